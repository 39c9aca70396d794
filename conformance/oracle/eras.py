"""Fields that a vendor added: absent in every older answer to a request, present in every newer one.

Unlike disagreements this needs no equal situation, only equal requests: a field that depends on state comes and goes,
but hardly ever keeps to a date.
"""

from __future__ import annotations

from collections import defaultdict

from conformance.oracle.noise import Kind, Noise, TypeOf, place_of
from conformance.oracle.sightings import Sighting
from conformance.programs.model import PathKey
from conformance.recordings.model import Json

OLDER, NEWER = 3, 5
"""Answers that must show the old way, and the new."""

_Dates = tuple[set[tuple[str, str]], set[tuple[str, str]]]
"""(date, recording) of the answers without and with a field."""


class Eras:
    """Collects presence by date. Linear in the number of recorded fields."""

    def __init__(self) -> None:
        self._objects: dict[tuple[str, PathKey], dict[frozenset[str], set[tuple[str, str]]]] = {}
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
        found: dict[str, str] = {}
        newest_without: dict[str, str] = defaultdict(str)
        for key, kinds in self._objects.items():
            sighting, type_of = self._places[key]
            for name in set().union(*kinds):
                place = place_of(type_of, sighting.subject, (*key[1], name))
                without, having = _by_presence(kinds, name)
                newest_without[place] = max(newest_without[place], max(without, default=("", ""))[0])
                until = _turn((without, having))
                if until:
                    found[place] = max(found.get(place, ""), until)
        for place, until in found.items():
            if newest_without[place] <= until:  # elsewhere it still comes and goes: that is state, not time
                noise.learn(place, Kind.PRESENCE, until=until)


def _by_presence(kinds: dict[frozenset[str], set[tuple[str, str]]], name: str) -> _Dates:
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
