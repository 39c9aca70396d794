"""Pairs the elements of two lists whose order or members are known to vary."""

from __future__ import annotations

from conformance.recordings.model import Json

Pair = tuple[int, int]


def alike(one: Json, other: Json) -> int:
    """How much two elements have in common: equal members of objects, or all or nothing."""
    if isinstance(one, dict) and isinstance(other, dict):
        return sum(2 if other[key] == value else 1 for key, value in one.items() if key in other)
    return 2 if one == other else 0


def best_pairs(left: list[Json], right: list[Json]) -> list[Pair]:
    """Indexes of elements that belong together, the most alike first. Quadratic: for the short lists that vary."""
    scores = [(alike(a, b), -i, -j) for i, a in enumerate(left) for j, b in enumerate(right)]
    pairs: list[Pair] = []
    taken: set[int] = set()
    given: set[int] = set()
    for score, i, j in sorted(scores, reverse=True):
        if score and -i not in taken and -j not in given:
            taken.add(-i)
            given.add(-j)
            pairs.append((-i, -j))
    return sorted(pairs)
