"""What a program knows of the things it has met: what was last seen of them, written to them, done to them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from conformance.oracle.expectations.facts import Kind, Taker
from conformance.oracle.expectations.strings import is_data
from conformance.programs.identity import element_identity, is_token, namespace_of
from conformance.programs.model import Call
from conformance.programs.moments import timestamp
from conformance.programs.trees import last_key, leaves
from conformance.recordings.model import Json

DEPTH, LONGEST, MOST = 4, 300, 60
"""How deep a thing is remembered, the longest list that is, and how many things a program knows at most."""
ELEMENTS = 50
"""So many elements of a list are looked at: the first."""


@dataclass
class _Sight:
    """What was seen of a thing at one place."""

    place: str
    step: int
    leaves: dict[str, Any]


@dataclass
class _Thing:
    """One thing: ``done`` are the successful writes that named it, with their steps, the last ones."""

    made_by: str = ""
    sights: dict[str, _Sight] = field(default_factory=dict)
    last: _Sight | None = None
    done: list[tuple[int, str]] = field(default_factory=list)
    written: dict[str, tuple[str, Any]] = field(default_factory=dict)
    sent_at: dict[str, int] = field(default_factory=dict)
    named: dict[str, int] = field(default_factory=dict)
    """What writes that named it named besides, with their steps: it may be shown from then on."""

    def shows_named(self, value: object, since: int) -> bool:
        """Whether a value shows what a write after the step ``since`` named."""
        return isinstance(value, str) and any(step > since and name in value for name, step in self.named.items())

    def history(self) -> str:
        """Its last two writes, the last one first."""
        return " after ".join(operation for _, operation in self.done[:-3:-1])


class Things:
    """The things of one program. Each step costs what its answer has leaves, for each earlier sight of a thing."""

    def __init__(self, taker: Taker) -> None:
        self._taker = taker
        self._things: dict[str, _Thing] = {}
        self._step = 0
        self._last_write = 0

    def forget(self) -> None:
        """Something was done that nobody knows: what was seen and written before need not hold any more."""
        for thing in self._things.values():
            thing.sights.clear()
            thing.written.clear()
            thing.last = None

    def asked(self, call: Call, outcome: str) -> None:
        """What came of asking for a thing."""
        thing = self._addressed(call)
        if thing is not None and thing.done:
            self._taker.fact(Kind.OUTCOME, f"{call.operation} after {thing.history()}", outcome, "", outcome)

    def answered(self, call: Call, body: Json, sent: set[object]) -> None:
        """A successful answer: compare what it shows with what is known, then remember it."""
        self._step += 1
        reading = call.reads
        if not reading:
            self._last_write = self._step
            self._note_write(call)
        for place, name, tree in things_in(body):
            self._meet(call, f"{call.operation} {place}".rstrip(), name, tree, sent)
        if isinstance(body, dict) and not name_of(body):  # what has no identifier is known by its address
            self._meet(call, call.operation + _asked(call), _address(call), body, sent)
        if reading:
            self._note_members(call, body)

    def _addressed(self, call: Call) -> _Thing | None:
        """The thing that the last parameter of the path names."""
        found = None
        for name, value in call.arguments.items():
            if f"{{{name}}}" in call.operation and not isinstance(value, (dict, list)):
                found = self._things.get(str(value))
        return found

    def _note_write(self, call: Call) -> None:
        named = {str(value) for _, value in leaves(call.arguments) if isinstance(value, (str, int))}
        for name in named & self._things.keys():
            self._things[name].done.append((self._step, call.operation))
            self._things[name].named |= dict.fromkeys(filter(is_token, named - {name}), self._step)
        addressed = self._things.get(_address(call)) or self._addressed(call)
        if addressed is not None:
            self._note_sent(addressed, call)

    def _note_sent(self, thing: _Thing, call: Call) -> None:
        body = call.arguments.get("body")
        for path, _ in leaves(body):
            thing.sent_at[last_key(path)] = self._step
        if isinstance(body, dict):
            thing.written |= {rel: (call.operation, value) for rel, value in list(_remembered(body))[:MOST]}

    def _meet(self, call: Call, place: str, name: str, tree: dict[str, Json], sent: set[object]) -> None:
        known = self._things.get(name)
        new = place == call.operation and name not in sent and name != _address(call)
        creating = new and not call.reads and call.operation.startswith("POST ")
        if creating:
            self._taker.fact(Kind.FRESH, call.operation, "known" if known else "new", "", name)
        if known is None:
            if len(self._things) >= MOST:
                return
            known = self._things[name] = _Thing(call.operation if creating else "")
            for other in _other_names(tree):
                self._things.setdefault(other, known)
            if creating:
                known.done.append((self._step, call.operation))
                self._note_sent(known, call)
        sight = _Sight(place, self._step, dict(_remembered(tree)))
        for earlier in {id(s): s for s in (known.last, known.sights.get(place)) if s}.values():
            self._compare(known, earlier, sight)
        self._compare_written(known, sight)
        known.sights[place] = known.last = sight

    def _compare(self, thing: _Thing, earlier: _Sight, now: _Sight) -> None:
        done = sorted({operation for step, operation in thing.done if step > earlier.step})
        undone = "writes elsewhere" if self._last_write > earlier.step else "no write"
        relation = " + ".join(done) or undone
        head = f"{now.place} | {earlier.place} | {relation} | "
        for rel, value in now.leaves.items():
            if rel not in earlier.leaves or (done and thing.sent_at.get(rel.rpartition(".")[2], 0) > earlier.step):
                continue
            before = earlier.leaves[rel]
            if before != value and thing.shows_named(value, earlier.step):
                continue
            self._taker.fact(Kind.STAYS, head + rel, _change(before, value), _path(now, rel), (before, value))

    def _compare_written(self, thing: _Thing, now: _Sight) -> None:
        for rel, (operation, value) in thing.written.items():
            if rel in now.leaves:
                shown = now.leaves[rel]
                place = f"{now.place} | {operation} | {rel}"
                same = "same" if agrees(value, shown) else "other"
                self._taker.fact(Kind.KEPT, place, same, _path(now, rel), (value, shown))

    def _note_members(self, call: Call, body: Json) -> None:
        asked = ",".join(sorted(name for name in call.arguments if f"{{{name}}}" not in call.operation))
        for place, listed in lists_in(body):
            names = {found for item in listed if (found := name_of(item))}
            if listed and not names:
                continue
            for name, thing in self._things.items():
                if thing.made_by and thing.done:
                    where = f"{call.operation}?{asked} {place}".rstrip() + f" | {thing.history()}"
                    self._taker.fact(Kind.MEMBER, where, "in" if name in names else "out", place, name)


def _address(call: Call) -> str:
    """The path of a request with its parameters: the same for reading and writing one thing."""
    path = call.operation.partition(" ")[2]
    return "/".join([path, *(str(value) for name, value in call.arguments.items() if f"{{{name}}}" in path)])


def _asked(call: Call) -> str:
    """The words of a query: they decide how a thing is shown."""
    words = (f" {name}={value}" for name, value in sorted(call.arguments.items()) if isinstance(value, str))
    return "".join(word for word in words if f"{{{word.strip().partition('=')[0]}}}" not in call.operation)


def _path(sight: _Sight, rel: str) -> str:
    place = sight.place.partition(" ")[2].partition(" ")[2]
    return f"{place}.{rel}" if place else rel


def plain(value: object) -> str:
    """A value as a client could have spelled it: truth values and numbers as text, nothing as empty."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def agrees(sent: object, shown: object) -> bool:
    """Whether a value is what was sent; services are free to spell it in small letters."""
    return sent == shown or plain(sent).casefold() == plain(shown).casefold()


def _change(before: object, now: object) -> str:
    """What became of a value; equal moments of whole seconds may be different ones."""
    one = timestamp(before) if isinstance(before, str) else None
    other = timestamp(now) if isinstance(now, str) else None
    if before == now:
        return "same second" if other and not other[0].microsecond else "same"
    if one and other and one[0] != other[0]:
        return "later" if other[0] > one[0] else "earlier"
    return "changed"


def name_of(item: Json) -> str:
    """The identifier of an object as text, "" if it has none."""
    found = element_identity(item) if isinstance(item, dict) else None
    return str(found[1]) if found else ""


def _other_names(tree: dict[str, Json]) -> Iterator[str]:
    """Services name things by an id and by a key."""
    for key, value in tree.items():
        if isinstance(value, str) and value and namespace_of(key) == key.lower():
            yield value


def lists_in(body: Json) -> Iterator[tuple[str, list[Json]]]:
    """Lists at the top of an answer, with their places."""
    if isinstance(body, list):
        yield "[]", body
    elif isinstance(body, dict):
        for key, value in body.items():
            if isinstance(value, list):
                yield f"{key}[]", value


def things_in(body: Json) -> Iterator[tuple[str, str, dict[str, Json]]]:
    """Place, name and tree of the things that an answer is about: itself, its members, the elements of its lists."""
    if isinstance(body, dict):
        own = name_of(body)
        if own:
            yield "", own, body
        for key, value in body.items():
            if isinstance(value, dict) and not is_data(key) and (inner := name_of(value)) and inner != own:
                yield key, inner, value
    for place, listed in lists_in(body):
        for item in listed[:ELEMENTS]:
            if inner := name_of(item):
                yield place, inner, item


def _remembered(tree: Json, prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        if is_data(key):
            continue
        rel = f"{prefix}{key}"
        if isinstance(value, dict):
            if depth < DEPTH:
                yield from _remembered(value, f"{rel}.", depth + 1)
        elif isinstance(value, list):
            if len(value) < ELEMENTS and len(text := json.dumps(value, sort_keys=True)) < LONGEST:
                yield rel, text
        else:
            yield rel, value
