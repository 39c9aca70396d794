"""In which order the things in a list come, where that depends on ids that the service draws.

The things that a program made stand in a list in the order in which it made them, the last one first, by their names,
or by something else that is the same when the program runs again; or in the order of ids that the service drew, which
nobody can repeat. What can explain the order of all recorded lists of a kind may be the rule of the service. Where ids
can, a list may come in the order of the ids that it has now; and in the recorded one, as long as that is explained by
something else too. If nothing else does, but the lists are few, nobody knows. Where one request, made again at once,
was answered by the same things in other orders, there is no order; and where nothing explains a few short lists, nobody
knows of any.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import factorial
from typing import Any

from conformance.oracle.noise import ANY_ORDER, AS_RECORDED, IDS_DOWN, IDS_UP, Kind, Noise, order_place
from conformance.oracle.outcomes import is_failure
from conformance.programs.gaps import gaps_of
from conformance.programs.identity import Identity, element_identity, is_opaque_part, is_token, split_parts
from conformance.programs.model import PathKey, Trace
from conformance.programs.trees import dotted, leaves
from conformance.recordings.model import Json
from conformance.target import Target

CHANCES, SURE = 4, 100
"""One in so many is the highest chance at which all lists may have come in the order of their ids by accident, for
other orders to be excused, and for those to be blamed that are neither this nor explained otherwise."""

MIN_SHUFFLED = 2
"""So many times must a request be answered otherwise than a moment ago, but for the order of the things in it."""

NO_MATTER_WHEN = frozenset({"made up", "made down"})
"""Both explain a list of things that the program did not make: nobody knows when they were made."""

_Names = tuple[Identity, ...]


@dataclass
class _Seen:
    """The lists of one kind: what explains the order of each, and how often one was in another order a moment ago."""

    lists: dict[_Names, set[str]] = field(default_factory=dict)
    shuffled: int = 0

    def orders(self) -> set[str]:
        """The orders that such a list may come in; none where it is the recorded one."""
        common = set.intersection(*self.lists.values()) if self.lists else set(NO_MATTER_WHEN)
        chances = _chances(self.lists)
        drawn = common & {IDS_UP, IDS_DOWN}
        if drawn and chances >= CHANCES:
            alone = drawn if chances >= SURE else {ANY_ORDER}
            return {AS_RECORDED, *drawn} if common - drawn else alone
        unexplained = len(self.lists) > 1 and common in (set(), NO_MATTER_WHEN)
        return {ANY_ORDER} if unexplained and chances < SURE else set()


class Orders:
    """Collects, list by list, in which orders the things in it are."""

    def __init__(self) -> None:
        self._places: dict[str, _Seen] = defaultdict(_Seen)

    def saw(self, trace: Trace, targets: Mapping[str, Target]) -> None:
        """Note all lists of things that were read. Linear in the size of the trace, but for sorting."""
        made: dict[Identity, int] = {}
        before: dict[tuple[str, str], _Names] = {}
        gaps = gaps_of(trace.program)
        for place, (step, observation) in enumerate(zip(trace.program.steps, trace.observations, strict=True)):
            target = targets[step.call.target]
            if place in gaps or not step.call.reads:
                before.clear()
            if step.call.reads and not is_failure(target, observation):
                uri = observation.exchanges[-1].request.uri if observation.exchanges else ""
                for path, items in _lists(observation.body):
                    where = order_place(step.call, target.roles, path)
                    names = self._note(self._places[where], items, made)
                    self._places[where].shuffled += _shuffled(before.get((where, uri), ()), names)
                    before[where, uri] = names
            elif (found := element_identity(observation.body)) is not None:
                made.setdefault(found, place)

    def _note(self, seen: _Seen, items: list[Json], made: Mapping[Identity, int]) -> _Names:
        """Note a list of two things or more that all have drawn ids; gives these."""
        found = (element_identity(item) for item in items if isinstance(item, dict))
        names = tuple(name for name in found if name and name[0] == "")
        if len(set(names)) == len(items) > 1:
            explained = set(_explanations(names, items, made))
            seen.lists[names] = seen.lists.get(names, explained) & explained
        return names

    def conclude(self, noise: Noise) -> None:
        """Learn the places whose lists are in the order of their ids, or in none."""
        for place, seen in self._places.items():
            orders = {ANY_ORDER} if seen.shuffled >= MIN_SHUFFLED else seen.orders()
            if orders:
                noise.learn(place, Kind.DRAWN, *orders)


def _chances(lists: Iterable[_Names]) -> int:
    """One in so many times do all lists come in a given order by accident."""
    chances = 1
    for names in lists:
        chances *= factorial(min(len(names), CHANCES))
    return chances


def _shuffled(before: _Names, now: _Names) -> bool:
    return before != now and set(before) == set(now)


def _explanations(names: _Names, items: list[Json], made: Mapping[Identity, int]) -> Iterator[str]:
    """What the elements are in the order of, rising or falling."""
    yield from _directions("ids", [str(name[1]) for name in names])  # IDS_UP, IDS_DOWN
    own = [made[name] for name in names if name in made]
    yield from _directions("made", own) if len(own) > 1 else NO_MATTER_WHEN
    told: dict[PathKey, list[str | int]] = defaultdict(list)
    for item in items:
        for path, value in leaves(item):
            if isinstance(value, str) and not _holds_drawn(value):
                told[path].append(value.casefold())
            elif isinstance(value, int):
                told[path].append(value)
    for where, values in told.items():
        if len(values) == len(items) and len({type(value) for value in values}) == 1:
            yield from _directions(dotted(where), values)


def _holds_drawn(text: str) -> bool:
    """Whether a text is, or has in it, what the service draws: it is in the order of ids for no reason of its own."""
    return is_token(text) or any(is_opaque_part(part) for part in split_parts(text)[1::2])


def _directions(what: str, values: Sequence[Any]) -> Iterator[str]:
    """``what`` with the direction in which the values, all of one type, go; those all equal go nowhere."""
    if values[0] < values[-1] and all(one <= other for one, other in pairwise(values)):
        yield f"{what} up"
    if values[0] > values[-1] and all(one >= other for one, other in pairwise(values)):
        yield f"{what} down"


def _lists(tree: Json) -> Iterable[tuple[PathKey, list[Json]]]:
    """The list that an answer is, or those that it has; lists of what things have are in the order of who sent them."""
    if isinstance(tree, list):
        yield (), tree
    elif isinstance(tree, dict):
        yield from (((key,), value) for key, value in tree.items() if isinstance(value, list))
