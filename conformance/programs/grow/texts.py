"""Texts that a service only echoes: which of a line may be others, and what is sent instead."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from conformance.oracle.forms import alphabet
from conformance.oracle.situation import FreeArguments
from conformance.programs.grow.choice import Dice
from conformance.programs.identity import MIN_CURSOR
from conformance.programs.model import Call, Trace
from conformance.programs.trees import dotted, leaves
from conformance.recordings.model import Json

Place = tuple[str, str]
"""Operation and dotted path of an argument."""

SAMPLES = {
    "a": "abcdefghijklmnopqrstuvwxyz",
    "A": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "0": "0123456789",
}
"""Characters of a class (see ``forms.alphabet``); other classes are the character itself."""

ANY = "aZ0 -_.,;:!?#%&+='\"/\\()[]{}<>@$*|~^`äßçñøŁŽжщλΩאبあ漢字한🙂"
"""Characters where any will do, the awkward ones among them."""

MARKERS = "aZ0"
"""The first and last character: nobody trims these."""


@dataclass(frozen=True)
class TextLimit:
    """What the vendor's documents allow: length in characters, and whether any character will do."""

    longest: int
    any_character: bool = False


class Limiting(Protocol):
    """A target that knows documented limits of free texts."""

    def text_limit(self, operation: str, path: str) -> TextLimit | None:
        """The limit of an argument; None where the documents say nothing, and only what was seen is sent."""
        ...


Limits = Mapping[Place, tuple[int, str]]
"""For each free argument the longest text and the characters that may be sent."""


def written(traces: Iterable[Trace], free: FreeArguments, targets: Mapping[str, object]) -> FreeArguments:
    """The free arguments in which people write: others may be too, but could be words that the service knows.

    A text with a space in it shows that, or a documented limit; bytes in base64 show that it is not so.
    """
    found: set[Place] = set()
    bytes_of: set[Place] = set()
    for trace in traces:
        for step in trace.program.steps:
            for place, text in texts(step.call, free):
                if " " in text or _has_limit(targets.get(step.call.target), place):
                    found.add(place)
                if max(map(len, text.split()), default=0) >= MIN_CURSOR and "://" not in text:
                    bytes_of.add(place)
    return frozenset(found - bytes_of)


def _has_limit(target: object, place: Place) -> bool:
    return isinstance(target.text_limit(*place), TextLimit) if hasattr(target, "text_limit") else False


def learn_limits(traces: Iterable[Trace], free: FreeArguments, targets: Mapping[str, object]) -> Limits:
    """Limits from what was sent, and from what the targets know. Linear in the arguments' size."""
    longest: dict[Place, int] = defaultdict(int)
    classes: dict[Place, set[str]] = defaultdict(set)
    owner: dict[Place, str] = {}
    for trace in traces:
        for step in trace.program.steps:
            for place, text in texts(step.call, free):
                longest[place] = max(longest[place], len(text))
                classes[place] |= alphabet(text)
                owner[place] = step.call.target
    return {place: _limit(place, longest[place], classes[place], targets[owner[place]]) for place in longest}


def _limit(place: Place, longest: int, classes: Iterable[str], target: object) -> tuple[int, str]:
    seen = "".join(SAMPLES.get(kind, kind) for kind in sorted(classes))
    limit = target.text_limit(*place) if hasattr(target, "text_limit") else None
    if not isinstance(limit, TextLimit):
        return longest, seen
    return limit.longest, ANY if limit.any_character else seen


def texts(call: Call, free: FreeArguments) -> Iterator[tuple[Place, str]]:
    """The free texts of a call."""
    for path, value in leaves(call.arguments):
        place = (call.operation, dotted(path))
        if isinstance(value, str) and value and place in free:
            yield place, value


def replaceable(trace: Trace, free: FreeArguments) -> tuple[tuple[Place, str], ...]:
    """Free texts of a trace that are nowhere a part of another text, so that all of them can be replaced alike."""
    found: dict[str, Place] = {}
    there = {value for given in trace.program.givens for _, value in leaves(given.facts)}
    there.update(_said_elsewhere(trace, free))
    for step, seen in zip(trace.program.steps, trace.observations, strict=True):
        found.update({text: place for place, text in texts(step.call, free) if text not in there})
        there.update(value for _, value in leaves(seen.body) if value not in found)
    if not found:
        return ()
    others = {value for value in _all_texts(trace) if value not in found}
    sorting = {text for seen in trace.observations for text in _sorting(seen.body)}
    whole = [text for text in found if text not in sorting and not any(text in other for other in others)]
    return tuple((found[text], text) for text in whole if sum(text in other for other in found) == 1)


def _sorting(tree: Json) -> Iterator[str]:
    """Texts in whose order the members of a list are, whatever their case: others could change places."""
    if isinstance(tree, dict):
        for value in tree.values():
            yield from _sorting(value)
    if not isinstance(tree, list) or len(tree) < 2:
        return
    members = [dict(leaves(member)) for member in tree]
    for path in members[0]:
        told = [text for member in members if isinstance(text := member.get(path), str)]
        if len(told) == len(members) and told == sorted(told, key=str.casefold):
            yield from told


def _said_elsewhere(trace: Trace, free: FreeArguments) -> Iterator[str]:
    """Texts that writes send where they could be words that the service knows."""
    for step in trace.program.steps:
        for path, value in leaves(step.call.arguments) if not step.call.reads else ():
            if isinstance(value, str) and (step.call.operation, dotted(path)) not in free:
                yield value


def _all_texts(trace: Trace) -> Iterator[str]:
    for step, seen in zip(trace.program.steps, trace.observations, strict=True):
        for tree in (step.call.arguments, seen.body):
            yield from (value for _, value in leaves(tree) if isinstance(value, str))
        if isinstance(seen.value, bytes):
            yield seen.value.decode("utf-8", "replace")


def draw_text(dice: Dice, longest: int, characters: str) -> str:
    """A text of any length up to the longest; the shortest and the longest are drawn often."""
    length = dice.one_of([1, 2, 3, 12, longest, longest, 1 + int(dice.fraction() * longest)])
    length = min(length, longest)
    marks = [mark for mark in MARKERS if mark in characters] or [characters[0]]
    inner = "".join(dice.one_of(characters) for _ in range(max(0, length - 2)))
    return f"{dice.one_of(marks)}{inner}{dice.one_of(marks)}"[:length]
