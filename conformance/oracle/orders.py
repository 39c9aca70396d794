"""Lists in the order of made-up ids: no client can know it, and no twin can repeat it.

The things that a program made stand in a list in the order in which it made them, the last one first, by their names,
or by something else that is the same when the program runs again; or in the order of ids that the service drew. The
last is learned where all recorded lists are in the order of their ids, and nothing else explains all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from conformance.oracle.compare import element_identity
from conformance.oracle.noise import Kind, Noise, place_of
from conformance.oracle.outcomes import subject_of
from conformance.programs.identity import Identity, is_token
from conformance.programs.model import PathKey, Trace
from conformance.programs.moments import timestamp
from conformance.programs.trees import dotted, leaves
from conformance.recordings.model import Json
from conformance.target import Target

MIN_LISTS = 2
"""Lists, of different things, that must be in the order of their ids."""


class Orders:
    """Collects, list by list, in which orders the things in it are."""

    def __init__(self) -> None:
        self._lists: dict[str, dict[tuple[Identity, ...], set[str]]] = defaultdict(dict)

    def saw(self, trace: Trace, targets: Mapping[str, Target]) -> None:
        """Note all lists of things that the program made. Linear in the size of the trace, but for sorting."""
        made: dict[Identity, int] = {}
        for place, (step, observation) in enumerate(zip(trace.program.steps, trace.observations, strict=True)):
            target = targets[step.call.target]
            subject = subject_of(target, step.call.operation, observation)
            if step.call.reads:
                for path, items in _lists(observation.body, ()):
                    self._note(place_of(target.leaf_type, subject, path), items, made)
            elif (found := element_identity(observation.body)) is not None:
                made.setdefault(found, place)

    def _note(self, place: str, items: list[Json], made: Mapping[Identity, int]) -> None:
        own = [(found, item) for item in items if (found := element_identity(item)) in made and found is not None]
        if len(own) > 1:
            self._lists[place][tuple(found for found, _ in own)] = set(_explanations(own, made))

    def conclude(self, noise: Noise) -> None:
        """Learn the places whose lists are in the order of their ids and in no other."""
        for place, lists in self._lists.items():
            common = set.intersection(*lists.values())
            if len(lists) >= MIN_LISTS and common in ({"id up"}, {"id down"}):
                noise.learn(place, Kind.ORDER)


def _explanations(own: list[tuple[Identity, Json]], made: Mapping[Identity, int]) -> Iterator[str]:
    """What the elements are in the order of, rising or falling."""
    yield from _directions("id", [str(found[1]) for found, _ in own])
    yield from _directions("made", [made[found] for found, _ in own])
    told: dict[PathKey, list[str | int]] = defaultdict(list)
    for _, item in own:
        for path, value in leaves(item):
            if isinstance(value, str) and not is_token(value) and not timestamp(value):
                told[path].append(value.casefold())
            elif isinstance(value, int):
                told[path].append(value)
    for where, values in told.items():
        if len(values) == len(own) and len({type(value) for value in values}) == 1:
            yield from _directions(dotted(where), values)


def _directions(what: str, values: Sequence[Any]) -> Iterator[str]:
    """``what`` with the direction in which the values, all of one type, go; equal ones go nowhere."""
    if all(one < other for one, other in pairwise(values)):
        yield f"{what} up"
    if all(one > other for one, other in pairwise(values)):
        yield f"{what} down"


def _lists(tree: Json, path: PathKey) -> Iterable[tuple[PathKey, list[Json]]]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from _lists(value, (*path, key))
    elif isinstance(tree, list):
        yield path, tree
        for index, value in enumerate(tree):
            yield from _lists(value, (*path, index))
