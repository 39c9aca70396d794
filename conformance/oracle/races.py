"""Where a recording contradicts itself: parallel calls of its client, a service slow to know, writes of others.

Four things are recognised, and nothing else. *Lost updates*: what a client put into an object is there in one answer,
and not in the next answer about the same address, though only calls were made in between that add to this object
without taking away. *Late lists*: a list does not yet show what a write of a moment ago did to one of its members, and
shows it later, though nobody wrote in between. *Early lists*: a list shows what a call makes that is answered a moment
later. *Others*: what is read again after a while is another, though the client wrote nothing in between. A twin that
does one thing after the other, for one client, cannot repeat any of them, so what is contested is not judged until the
recording agrees with itself again.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from conformance.programs.identity import Identity, element_identity
from conformance.programs.model import Call, Observation, PathKey, Program, Step
from conformance.programs.references import references
from conformance.programs.trees import follow, leaves
from conformance.recordings.model import Json

MOMENT = timedelta(seconds=5)
"""How long parallel calls take, and how long a service may be late."""

WHILE = timedelta(minutes=5)
"""After this long without a write of the client, a change is somebody else's, and no late effect of its own."""

_Seen = tuple[Step, Observation]


@dataclass
class Contested:
    """What is not to be judged of one answer: keys of objects, and members of lists by their recorded identity."""

    keys: set[PathKey] = field(default_factory=set)
    members: set[Identity] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.keys or self.members)

    def settled(self, recorded: Json, live: Json, live_members: Collection[tuple[str, object]]) -> tuple[Json, Json]:
        """Both trees without what is contested, and without what hangs on an object having anything at all."""
        one, other = (
            _without(tree, (), self.keys, names) for tree, names in ((recorded, self.members), (live, live_members))
        )
        for path in {key[:-1] for key in self.keys if len(key) > 1}:
            if bool(follow(recorded, path)) != bool(follow(live, path)):
                _leave_common(follow(one, path[:-1]), follow(other, path[:-1]))
        return one, other


def contested(program: Program, observations: Sequence[Observation]) -> Mapping[int, Contested]:
    """What is contested of each answer, by the index of the interaction. Linear but for lists that are read often."""
    found: dict[int, Contested] = {}
    seen = list(zip(program.steps, observations, strict=True)) if len(observations) == len(program.steps) else []
    good = [one for one in seen if 200 <= (one[1].status or 0) < 300 and one[1].exchanges]
    for address, about in _by_address(good).items():
        for place, keys in _lost(address, about, good):
            found.setdefault(place, Contested()).keys |= keys
        for place, members in itertools.chain(_late(address, about, good), _early(about, good)):
            found.setdefault(place, Contested()).members |= members
        for place, changed in _by_others(address, good):
            known = found.setdefault(place, Contested())
            known.keys |= changed.keys
            known.members |= changed.members
    return found


def _by_address(seen: list[_Seen]) -> dict[str, list[_Seen]]:
    found: dict[str, list[_Seen]] = {}
    for one in seen:
        found.setdefault(_address(one[1]), []).append(one)
    return {address: about for address, about in found.items() if len(about) > 1}


def _address(seen: Observation) -> str:
    return seen.exchanges[-1].request.uri.partition("?")[0]


# Lost updates


def _lost(address: str, about: list[_Seen], all_of_them: list[_Seen]) -> Iterator[tuple[int, set[PathKey]]]:
    """Keys that an answer has or lacks in contradiction to what is known."""
    sent = _sent_keys(about)
    adding = {path for step, seen in about if not step.call.reads for path in _kept_by(step.call, seen, sent)}
    truth: dict[PathKey, tuple[bool, str]] = {}
    disputed: set[PathKey] = set()
    for step, seen in _with_others(address, about, all_of_them):
        if _address(seen) != address:
            truth, disputed = {}, set()  # something else was done to it
            continue
        objects = {path: names for path, names in _objects(seen.body, ()) if path in adding}
        written = _words(step.call)
        for path in {(*where, name) for where, names in objects.items() for name in names & sent} | truth.keys():
            if path[:-1] not in objects:
                continue
            there = path[-1] in objects[path[:-1]]
            known, date = truth.get(path, (there, seen.date))
            if path[-1] in written or there == known:
                disputed.discard(path)
                truth[path] = (there, seen.date)
            elif path in disputed or _at_once(date, seen.date):
                disputed.add(path)
            else:
                truth[path] = (there, seen.date)
        if disputed:
            yield step.interaction, set(disputed)


def _with_others(address: str, about: list[_Seen], all_of_them: list[_Seen]) -> Iterator[_Seen]:
    """What was done at an address, and all other writes that name what its calls name."""
    named = set().union(*(_named(step.call) for step, _ in about))
    for step, seen in all_of_them:
        if _address(seen) == address or (not step.call.reads and named & _named(step.call)):
            yield step, seen


def _named(call: Call) -> set[str | int]:
    return {source.recorded for source in references(call)}


def _sent_keys(about: list[_Seen]) -> set[str | int]:
    """The words that a client sent."""
    return set().union(*(_words(step.call) for step, _ in about))


def _kept_by(call: Call, seen: Observation, sent: set[str | int]) -> Iterator[PathKey]:
    """Objects in which a write left what the client had put there by other calls: it adds to them."""
    written = _words(call)
    for path, names in _objects(seen.body, ()):
        if names & written and (names & sent) - written:
            yield path


def _words(call: Call) -> set[str | int]:
    """The keys of all objects that a call sends."""
    return {key for path, _ in leaves(dict(call.arguments)) for key in path[1:] if isinstance(key, str)}


def _objects(tree: Json, path: PathKey) -> Iterator[tuple[PathKey, set[Any]]]:
    if isinstance(tree, dict):
        yield path, set(tree)
        for key, value in tree.items():
            yield from _objects(value, (*path, key))


# Late lists


def _late(address: str, about: list[_Seen], all_of_them: list[_Seen]) -> Iterator[tuple[int, set[Identity]]]:
    """Members that a list shows or lacks in contradiction to a write before it and to the next time it is settled."""
    writes = [(step.interaction, done.date, _named(step.call)) for step, done in _below(address, all_of_them)]
    for reads in _same_lists(about):
        everybody = set().union(*(_members(seen.body) for _, seen in reads))
        settled: dict[Identity, bool] = {}
        next_read = reads[-1][0].interaction
        for step, seen in reversed(reads):
            now, there = step.interaction, _members(seen.body)
            between = set().union(*(names for place, _, names in writes if now < place < next_read))
            settled = {member: shown for member, shown in settled.items() if member[1] not in between}
            other = {member for member in everybody if settled.setdefault(member, member in there) != (member in there)}
            recent = set().union(*(n for place, date, n in writes if place < now and _at_once(date, seen.date)))
            late = {member for member in other if member[1] in recent}
            settled |= {member: member in there for member in other - late}
            if late:
                yield now, late
            next_read = now


def _early(about: list[_Seen], all_of_them: list[_Seen]) -> Iterator[tuple[int, set[Identity]]]:
    """Members that a list shows before the answer of the call that makes them."""
    made = [(step.interaction, done.date, own) for step, done in about if (own := _made_by(step.call, done))]
    for step, seen in about:
        members = _members(seen.body) if made and step.call.reads and isinstance(seen.body, list) else set()
        for place, date, own in made:
            if own not in members or place < step.interaction or not _at_once(seen.date, date):
                continue
            others = {name for one, _ in all_of_them if one.interaction < place for name in _named(one.call)}
            if own[1] not in others and all(own != other for at, _, other in made if at < place):
                yield step.interaction, {own}


def _made_by(call: Call, done: Observation) -> Identity | None:
    """What a call made, by its answer."""
    own = element_identity(done.body) if isinstance(done.body, dict) and not call.reads else None
    return own if own and own[1] not in _named(call) else None


def _below(address: str, all_of_them: list[_Seen]) -> Iterator[_Seen]:
    """The writes to what is in a list."""
    return (one for one in all_of_them if not one[0].call.reads and _address(one[1]).startswith(f"{address}/"))


def _same_lists(about: list[_Seen]) -> Collection[list[_Seen]]:
    """The reads that ask for the same list in the same way."""
    found: dict[str, list[_Seen]] = {}
    for step, seen in about:
        if step.call.reads and isinstance(seen.body, list):
            found.setdefault(seen.exchanges[-1].request.uri, []).append((step, seen))
    return found.values()


def _members(items: list[Json]) -> set[Identity]:
    return {found for item in items if (found := element_identity(item)) is not None}


# Others


def _by_others(address: str, all_of_them: list[_Seen]) -> Iterator[tuple[int, Contested]]:
    """What an answer shows otherwise than the first one since the client's last write, a while before."""
    first: Observation | None = None
    for step, seen in all_of_them:
        if not step.call.reads:
            first = None
        elif _address(seen) == address:
            first = first or seen
            passed = _between(first.date, seen.date)
            changed = Contested()
            if passed and passed > WHILE:
                _note_changes(changed, first.body, seen.body, ())
            if changed:
                yield step.interaction, changed


def _note_changes(changed: Contested, one: Json, other: Json, path: PathKey) -> None:
    """Note what differs: keys of objects, and whole members of lists, which have no lasting place."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in one.keys() | other.keys():
            _note_changes(changed, one.get(key), other.get(key), (*path, key))
    elif isinstance(one, list) and isinstance(other, list) and None not in map(element_identity, [*one, *other]):
        changed.members |= {member for member, _ in _members_as_shown(one) ^ _members_as_shown(other) if member}
    elif one != other and path:
        changed.keys.add(path)


def _members_as_shown(items: list[Json]) -> set[tuple[Identity | None, str]]:
    """Members by identity, each with all that is shown of it."""
    return {(element_identity(item), repr(item)) for item in items}


# All of them


def _at_once(one: str, other: str) -> bool:
    """Whether two answers came within a moment, by the server's clock."""
    passed = _between(one, other)
    return passed is not None and passed <= MOMENT


def _between(one: str, other: str) -> timedelta | None:
    """How long it was from one answer to another; None where they do not say when they came."""
    try:
        return abs(datetime.fromisoformat(other) - datetime.fromisoformat(one))
    except (ValueError, TypeError):
        return None


def _leave_common(one: Json, other: Json) -> None:
    """Take out of two objects the keys that only one of them has."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in one.keys() ^ other.keys():
            one.pop(key, None)
            other.pop(key, None)


def _without(tree: Json, path: PathKey, keys: set[PathKey], members: Collection[tuple[str, object]]) -> Json:
    if isinstance(tree, dict):
        kept = {key: value for key, value in tree.items() if (*path, key) not in keys}
        return {key: _without(value, (*path, key), keys, members) for key, value in kept.items()}
    if isinstance(tree, list):
        return [
            _without(item, (*path, at), keys, members)
            for at, item in enumerate(tree)
            if element_identity(item) not in members
        ]
    return tree
