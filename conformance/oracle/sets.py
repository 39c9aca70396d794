"""Lists that are sets: what comes back is in another order than it was sent in.

A service that keeps what it is sent in a hash set gives it back in whatever order that has: no client can rely on it,
and no twin can repeat it. This is learned of a place where one operation gave back the very list that a client sent in
two orders; or where no list ever kept its order, unless it happens to be sorted, and some came back neither as sent nor
sorted; and of a member of things that was told in another order again and again, though nobody wrote in between.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.oracle.noise import Kind, Noise, place_of
from conformance.oracle.outcomes import subject_of
from conformance.programs.gaps import gaps_of
from conformance.programs.identity import Identity, element_identity
from conformance.programs.model import GivenRef, PathKey, Ref, Template, Trace
from conformance.programs.trees import dotted, follow, map_leaves
from conformance.recordings.model import Json
from conformance.target import Target

MIN_SHUFFLED = 2
"""Answers that must show another order than the one sent, and no sorting; or than a moment ago."""

_Order = tuple[str | int, ...]


class Sets:
    """Collects, place by place, in which orders lists came back."""

    def __init__(self) -> None:
        self._kept: dict[str, set[_Order]] = defaultdict(set)
        self._shuffled: dict[str, int] = defaultdict(int)
        self._orders: dict[str, dict[tuple[str, _Order], set[_Order]]] = defaultdict(lambda: defaultdict(set))
        """By the operation that tells it and the list that was sent, for each place."""
        self._members: dict[tuple[str, str], set[str]] = defaultdict(set)
        """Places where a member of things is told."""
        self._retold: Counter[tuple[str, str]] = Counter()

    def saw(self, trace: Trace, targets: Mapping[str, Target]) -> None:
        """Note all lists of words and ids that come back from a service. Linear in the size of the trace."""
        sent: dict[frozenset[object], _Order] = {}
        for step, observation in zip(trace.program.steps, trace.observations, strict=True):
            target = targets[step.call.target]
            sent.update((frozenset(order), order) for _, order in _orders(_as_recorded(step.call.arguments), ()))
            subject = subject_of(target, step.call.operation, observation)
            for path, order in _orders(observation.body, ()) if sent else ():
                if (before := sent.get(frozenset(order))) is not None:
                    self._note(place_of(target.leaf_type, subject, path), step.call.operation, before, order)
        self._saw_members(trace, targets)

    def _saw_members(self, trace: Trace, targets: Mapping[str, Target]) -> None:
        """Note lists that things have, and what is told of them again without any write in between."""
        told: dict[tuple[Identity, PathKey], _Order] = {}
        gaps = gaps_of(trace.program)
        for place, (step, observation) in enumerate(zip(trace.program.steps, trace.observations, strict=True)):
            if place in gaps or not step.call.reads:
                told.clear()
            target = targets[step.call.target]
            subject = subject_of(target, step.call.operation, observation)
            for thing, way, path, order in _of_things(observation.body):
                member = (target.service, dotted(way))
                self._members[member].add(place_of(target.leaf_type, subject, path))
                before = told.get((thing, way), order)
                self._retold[member] += before != order and set(before) == set(order)
                told[thing, way] = order

    def _note(self, place: str, operation: str, sent: _Order, order: _Order) -> None:
        self._orders[place][operation, sent].add(order)
        in_order = sorted(order, key=str)
        if list(order) in (in_order, in_order[::-1]):
            return  # by chance, or because the service sorts
        if order == sent:
            self._kept[place].add(order)
        else:
            self._shuffled[place] += 1

    def conclude(self, noise: Noise) -> None:
        """Learn the places whose lists have no order."""
        for place, by_sent in self._orders.items():
            contradictory = any(len(orders) > 1 for orders in by_sent.values())
            never_kept = self._shuffled[place] >= MIN_SHUFFLED and not self._kept[place]
            if contradictory or never_kept:
                noise.learn(place, Kind.ORDER)
        for member, times in self._retold.items():
            for place in self._members[member] if times >= MIN_SHUFFLED else ():
                noise.learn(place, Kind.ORDER)


def _as_recorded(arguments: Any) -> Any:
    return map_leaves(arguments, lambda _, leaf: _recorded(leaf))


def _recorded(leaf: Any) -> Any:
    if isinstance(leaf, (Ref, GivenRef)):
        return leaf.recorded
    if isinstance(leaf, Template):
        return "".join(str(_recorded(part)) for part in leaf.parts)
    return leaf


def _of_things(tree: Json) -> Iterator[tuple[Identity, PathKey, PathKey, _Order]]:
    """The lists that things in a tree have: the thing, the ways to them from it and from the top, and the order."""
    for path, order in _orders(tree, ()):
        for depth in range(len(path) - 1, -1, -1):
            holder = follow(tree, path[:depth])
            if isinstance(holder, dict) and (thing := element_identity(holder)):
                yield thing, path[depth:], path, order
                break


def _orders(tree: Json, path: PathKey) -> Iterator[tuple[PathKey, _Order]]:
    """The lists in a tree that hold two words, ids or numbers or more, each once."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from _orders(value, (*path, key))
    elif isinstance(tree, list):
        if len(tree) > 1 and all(type(item) in (str, int) for item in tree) and len(set(tree)) == len(tree):
            yield path, tuple(tree)
        for index, value in enumerate(tree):
            yield from _orders(value, (*path, index))
