"""What a test claims about the last answer of a program: one thing that holds for the recorded answers, and not here.

Claims are made up from the place that differs, and checked on both sides before one is taken: a claim that the recorded
answers do not bear out, or that this twin's answers satisfy, is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.programs.identity import element_identity, identity, is_token
from conformance.programs.model import PathKey
from conformance.programs.moments import timestamp
from conformance.programs.trees import dotted, last_key, leaves
from conformance.programs.writing import quoted, value_text
from conformance.recordings.model import Json

_DIGITS_OR_NAME = re.compile(r"\d+|\b[A-Z][a-z]{2}\b")
"""What changes in the text of a moment: numbers, and names of days and months."""

MOST_CLAIMS = 3000
"""So many are checked."""


@dataclass(frozen=True)
class Leaf:
    """A place in the answer of a step."""

    step: int
    path: PathKey


@dataclass(frozen=True)
class Claim:
    """A condition on leaves. In ``text`` they stand as ``⟦0⟧``, ``⟦1⟧``."""

    text: str
    leaves: tuple[Leaf, ...]
    holds: Callable[..., bool]

    def check(self, answers: Sequence[Json]) -> bool:
        """Whether it holds for these answers, one for each step; False where a leaf is not there."""
        try:
            return self.holds(*(at(answers[leaf.step], leaf.path) for leaf in self.leaves))
        except (LookupError, TypeError, AttributeError):
            return False


def at(tree: Json, path: PathKey) -> Json:
    """The value at ``path``; raises LookupError or TypeError where there is none."""
    for key in path:
        tree = tree[key]
    return tree


def telling(path: str, recorded: Sequence[Json], live: Sequence[Json]) -> Claim | None:
    """A claim about ``path`` in the last answer that the recorded answers bear out and the live ones do not.

    A recorded answer that has nothing to do with the last one, because it was recorded elsewhere, is to be None.
    """
    for number, claim in enumerate(_claims(path, recorded, live)):
        if number > MOST_CLAIMS:
            return None
        if claim.check(recorded) and not claim.check(live):
            return claim
    return None


def _claims(path: str, recorded: Sequence[Json], live: Sequence[Json]) -> Iterator[Claim]:
    last = len(recorded) - 1
    if path.endswith("[]"):
        yield from _membership(path[:-2], recorded)
    for where in _places(recorded[last], path):
        yield from _about(where, recorded)
    for where in _places(live[last], path):
        yield from _absence(last, where)
    for where in _places(recorded[last], path):
        yield from _relations(where, recorded)


def _places(tree: Json, wanted: str, path: PathKey = ()) -> Iterator[PathKey]:
    """All places in a tree that are written ``wanted``."""
    if dotted(path) == wanted:
        yield path
    members = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, member in members:
        if wanted.startswith(dotted((*path, key))):
            yield from _places(member, wanted, (*path, key))


def _about(where: PathKey, recorded: Sequence[Json]) -> Iterator[Claim]:
    """Presence, length, type, value."""
    last = len(recorded) - 1
    value = at(recorded[last], where)
    leaf = Leaf(last, where)
    if where and isinstance(where[-1], str):
        yield _presence(last, where)
    if isinstance(value, list):
        yield _length(leaf, len(value))
    if isinstance(value, (dict, list)):
        yield _type(leaf, value)
        return
    yield _type(leaf, value)
    yield from _equal(leaf, value, recorded)


def _length(leaf: Leaf, size: int) -> Claim:
    return Claim(f"len(⟦0⟧) == {size}", (leaf,), lambda seen: len(seen) == size)


def _presence(last: int, where: PathKey) -> Claim:
    key = where[-1]
    return Claim(f"{quoted(str(key))} in ⟦0⟧", (Leaf(last, where[:-1]),), lambda seen: key in seen)


def _absence(last: int, where: PathKey) -> Iterator[Claim]:
    if where and isinstance(where[-1], str):
        key = where[-1]
        yield Claim(f"{quoted(key)} not in ⟦0⟧", (Leaf(last, where[:-1]),), lambda seen: key not in seen)


def _type(leaf: Leaf, value: Json) -> Claim:
    if value is None:
        return Claim("⟦0⟧ is None", (leaf,), lambda seen: seen is None)
    kind = type(value)
    return Claim(f"isinstance(⟦0⟧, {kind.__name__})", (leaf,), lambda seen: isinstance(seen, kind))


def _equal(leaf: Leaf, value: Json, recorded: Sequence[Json]) -> Iterator[Claim]:
    """The same as somewhere before, or the very value; made-up values only have their form in common."""
    made_up = identity(last_key(leaf.path), value) is not None
    if isinstance(value, str) and timestamp(value):
        yield _form(leaf, _DIGITS_OR_NAME.sub(_any_like, re.sub(r"[.+]", r"\\\g<0>", value)))
        return
    if made_up:
        yield from _links(leaf, value, recorded, same=True)
    if not (isinstance(value, str) and is_token(value)):
        yield Claim(f"⟦0⟧ == {value_text(value)}", (leaf,), lambda seen: bool(seen == value))


def _any_like(found: re.Match[str]) -> str:
    """The pattern of a moment's digits, or of the name of a day or a month."""
    kind = r"\d" if found[0].isdigit() else r"\w"
    return f"{kind}{{{len(found[0])}}}"


def _form(leaf: Leaf, pattern: str) -> Claim:
    return Claim(f're.fullmatch(r"{pattern}", ⟦0⟧)', (leaf,), lambda seen: bool(re.fullmatch(pattern, seen)))


def _links(leaf: Leaf, value: Json, recorded: Sequence[Json], *, same: bool) -> Iterator[Claim]:
    """Equal to what an earlier answer had, or to nothing that one had."""
    for step, answer in enumerate(recorded):
        for path, other in leaves(answer):
            there = Leaf(step, path)
            if there == leaf or isinstance(other, bool) or type(other) is not type(value):
                continue
            if same and other == value:
                yield Claim("⟦0⟧ == ⟦1⟧", (leaf, there), lambda one, two: bool(one == two))
            elif not same and other != value and identity(last_key(path), other):
                yield Claim("⟦0⟧ != ⟦1⟧", (leaf, there), lambda one, two: bool(one != two))


def _relations(where: PathKey, recorded: Sequence[Json]) -> Iterator[Claim]:
    """How a moment or a made-up value stands to others; the weakest claims, so the last."""
    last = len(recorded) - 1
    leaf, value = Leaf(last, where), at(recorded[last], where)
    moment = timestamp(value) if isinstance(value, str) else None
    if moment:
        yield from _moments(leaf, value, recorded)
    elif identity(last_key(where), value):
        yield from _links(leaf, value, recorded, same=False)
    if isinstance(value, str) and is_token(value):
        yield _length(leaf, len(value))


def _moments(leaf: Leaf, value: str, recorded: Sequence[Json]) -> Iterator[Claim]:
    for step, answer in enumerate(recorded):
        for path, other in leaves(answer):
            there = Leaf(step, path)
            if there == leaf or not isinstance(other, str) or not _sortable(value, other):
                continue
            if other < value:
                yield Claim("⟦0⟧ > ⟦1⟧", (leaf, there), lambda one, two: bool(one > two))
            elif other > value:
                yield Claim("⟦0⟧ < ⟦1⟧", (leaf, there), lambda one, two: bool(one < two))
            else:
                yield Claim("⟦0⟧ == ⟦1⟧", (leaf, there), lambda one, two: bool(one == two))


def _sortable(one: str, other: str) -> bool:
    """Whether two texts tell moments, and their order as texts is that of the moments."""
    told, others = timestamp(one), timestamp(other)
    return bool(told and others and told[1] == others[1]) and one[0].isdigit()


def _membership(path: str, recorded: Sequence[Json]) -> Iterator[Claim]:
    """A thing that an earlier step made is in the list, or is not."""
    last = len(recorded) - 1
    for where in _places(recorded[last], path):
        listed = at(recorded[last], where)
        key = _identity_key(listed)
        if not isinstance(listed, list) or key is None:
            continue
        ids = [item.get(key) for item in listed if isinstance(item, dict)]
        for step, answer in enumerate(recorded[:-1]):
            for there, value in leaves(answer):
                if identity(last_key(there), value):
                    yield _member(Leaf(last, where), Leaf(step, there), key, inside=value in ids)


def _identity_key(listed: Any) -> str | None:
    items = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    for item in items:
        found = element_identity(item)
        if found:
            return str(next(key for key, value in item.items() if value == found[1]))
    return "id"


def _member(listed: Leaf, thing: Leaf, key: str, *, inside: bool) -> Claim:
    word = "in" if inside else "not in"
    text = f"⟦1⟧ {word} [item[{quoted(key)}] for item in ⟦0⟧]"
    return Claim(text, (listed, thing), lambda items, one: (one in _ids(items, key)) is inside)


def _ids(items: Any, key: str) -> list[Any]:
    return [item[key] for item in items]
