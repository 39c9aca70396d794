"""Fields that a vendor added: absent in every older answer to a request, present in every newer one.

Unlike disagreements this needs no equal situation, only equal requests, or that a thing is shown so by all operations
that ever show the field: one that depends on state comes and goes, but hardly ever keeps to a date.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from conformance.oracle.noise import Kind, Noise, TypeOf, place_of
from conformance.oracle.sightings import Sighting
from conformance.programs.model import PathKey
from conformance.recordings.model import Json

OLDER, NEWER = 3, 5
"""Answers that must show the old way, and the new."""

_Dates = tuple[set[tuple[str, str]], set[tuple[str, str]]]
"""(date, recording) of the answers without and with a field."""

_Kinds = dict[frozenset[str], set[tuple[str, str]]]
"""(date, recording) of the answers that had exactly these fields."""


class Eras:
    """Collects presence by date. Linear in the number of recorded fields."""

    def __init__(self) -> None:
        self._objects: dict[tuple[str, PathKey], _Kinds] = {}
        self._places: dict[tuple[str, PathKey], tuple[Sighting, TypeOf]] = {}

    def saw(self, sighting: Sighting, type_of: TypeOf) -> None:
        """Note which fields an answer has."""
        if sighting.observation.error is None:
            self._walk(sighting, sighting.request, sighting.observation.body, (), type_of)

    def _walk(self, sighting: Sighting, request: str, tree: Json, path: PathKey, type_of: TypeOf) -> None:
        if isinstance(tree, dict):
            kinds = self._objects.setdefault((request, path), defaultdict(set))
            kinds[frozenset(tree)].add((sighting.date, sighting.recording))
            self._places.setdefault((request, path), (sighting, type_of))
            for key, value in tree.items():
                self._walk(sighting, request, value, (*path, key), type_of)
        elif isinstance(tree, list):
            for value in tree:
                self._walk(sighting, request, value, (*path, 0), type_of)

    def conclude(self, noise: Noise) -> None:
        """Learn what came at a date."""
        by_operation = list(self._dates(self._by_operation()))
        found = _elsewhere_too(self._dates(self._objects))
        for place, until in (found | _turns(_pooled(by_operation)) | _turns(by_operation)).items():
            noise.learn(place, Kind.PRESENCE, until=until)

    def _dates(self, objects: Mapping[tuple[str, PathKey], _Kinds]) -> Iterator[tuple[str, _Dates]]:
        """By place: when a field was not there, and when it was. Fields that were never there are not told of."""
        for (asked, path), kinds in objects.items():
            sighting, type_of = self._places[asked, path]
            for name in frozenset().union(*kinds):
                yield place_of(type_of, sighting.subject, (*path, name)), _by_presence(kinds, name)

    def _by_operation(self) -> dict[tuple[str, PathKey], _Kinds]:
        """All requests of an operation together, under one of them."""
        first: dict[tuple[str, PathKey], tuple[str, PathKey]] = {}
        merged: dict[tuple[str, PathKey], _Kinds] = {}
        for key, kinds in self._objects.items():
            one = first.setdefault((self._places[key][0].operation, key[1]), key)
            together = merged.setdefault(one, defaultdict(set))
            for names, seen in kinds.items():
                together[names] |= seen
        return merged


def _pooled(dates: Iterable[tuple[str, _Dates]]) -> list[tuple[str, _Dates]]:
    """By place: the dates of all operations that show the field there."""
    pools: dict[str, _Dates] = defaultdict(lambda: (set(), set()))
    for place, (without, having) in dates:
        pools[place][0].update(without)
        pools[place][1].update(having)
    return list(pools.items())


def _turns(dates: Iterable[tuple[str, _Dates]]) -> dict[str, str]:
    """Places at which a field came, with the date of the last answer without it."""
    found: dict[str, str] = {}
    for place, known in dates:
        if until := _turn(known):
            found[place] = max(found.get(place, ""), until)
    return found


def _elsewhere_too(dates: Iterable[tuple[str, _Dates]]) -> dict[str, str]:
    """Likewise, of single requests: where it still comes and goes in others, that is state, not time."""
    known = list(dates)
    newest_without: dict[str, str] = defaultdict(str)
    for place, (without, _) in known:
        newest_without[place] = max(newest_without[place], max(without, default=("", ""))[0])
    return {place: until for place, until in _turns(known).items() if newest_without[place] <= until}


def _by_presence(kinds: _Kinds, name: str) -> _Dates:
    without: set[tuple[str, str]] = set()
    having: set[tuple[str, str]] = set()
    for names, seen in kinds.items():
        (having if name in names else without).update(seen)
    return without, having


def _turn(dates: _Dates) -> str:
    """The date of the last answer without, if all those with are newer; else ""."""
    without, having = dates
    turned = len(without) >= OLDER and len(having) >= NEWER and max(without)[0] < min(having)[0]
    return max(without)[0] if turned else ""
