"""What real answers given in the same situation disagree about, and whether time explains it.

Each answer is compared with the newest of its situation. A disagreement is *history* when all answers up to some date
disagree with the newest and all later ones, two at least, agree with it: the vendor changed, and only recordings up to
that date may show the old way. Any other disagreement is noise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from conformance.oracle.forms import split_host, without_account
from conformance.oracle.noise import Kind, Noise, TypeOf, place_of
from conformance.oracle.pairing import best_pairs
from conformance.oracle.sightings import Sighting
from conformance.programs.answers import MARK
from conformance.programs.identity import identity, is_blank, is_opaque_part, split_parts
from conformance.programs.model import PathKey
from conformance.programs.moments import epoch, timestamp
from conformance.programs.trees import last_key
from conformance.recordings.model import Json

AGREEING = 2
"""So many of the newest answers must agree before an older one is history."""


@dataclass
class _Found:
    """A disagreement at one place: which answers (by age) disagree with the newest, and about which values."""

    ages: set[int] = field(default_factory=set)
    values: list[object] = field(default_factory=list)


def learn_from_group(noise: Noise, group: Iterable[Sighting], type_of: TypeOf) -> None:
    """Learn from all answers given in one situation."""
    by_date = sorted(group, key=lambda sighting: sighting.date)
    newest = by_date[-1]
    found: dict[tuple[str, Kind], _Found] = defaultdict(_Found)
    for age, sighting in enumerate(by_date[:-1]):
        walk = _Walk(sighting, newest, type_of)
        walk.compare(sighting.observation.body, newest.observation.body, ())
        walk.settle()
        for place, kind, values in walk.found:
            found[place, kind].ages.add(age)
            found[place, kind].values += values
    for (place, kind), disagreement in found.items():
        until = _history(disagreement.ages, by_date)
        noise.learn(place, kind, *disagreement.values, free=newest.of_account, until=until, subject=newest.subject)
    _learn_headers(noise, by_date, type_of)


def _learn_headers(noise: Noise, by_date: list[Sighting], type_of: TypeOf) -> None:
    """Learn headers that came or went at a date; where they come and go, recorders lost lines."""
    newest = by_date[-1]
    for name in frozenset().union(*(sighting.headers for sighting in by_date)):
        ages = {age for age, older in enumerate(by_date) if (name in older.headers) != (name in newest.headers)}
        if ages and (until := _history(ages, by_date)):
            noise.learn(place_of(type_of, newest.subject, (MARK + name,)), Kind.PRESENCE, until=until)


def _history(ages: set[int], by_date: list[Sighting]) -> str:
    """The date of the last answer that disagrees, if all up to it do and enough later ones do not; else ""."""
    last = max(ages)
    agreeing = len(by_date) - 1 - last
    if len(ages) != last + 1 or agreeing < AGREEING or by_date[last].date == by_date[last + 1].date:
        return ""
    return by_date[last].date


class _Walk:
    """A walk over an older and the newest answer."""

    def __init__(self, older: Sighting, newest: Sighting, type_of: TypeOf) -> None:
        self._subject = newest.subject
        self._sent = older.sent, newest.sent
        self._origins = older.origin, newest.origin
        self._type_of = type_of
        self.found: list[tuple[str, Kind, list[object]]] = []
        self._names: set[tuple[str, str]] = set()
        self._links: list[tuple[PathKey, str, str]] = []

    def compare(self, older: Json, newest: Json, path: PathKey) -> None:
        """Note every disagreement between two trees."""
        if older == newest:
            return
        if isinstance(older, dict) and isinstance(newest, dict):
            self._objects(older, newest, path)
        elif isinstance(older, list) and isinstance(newest, list):
            self._lists(older, newest, path)
        elif self._say_the_same(older, newest) or _is_hidden(older) or _is_hidden(newest):
            return
        elif _both_identities(older, newest, path):
            self._names.add((str(older), str(newest)))
        elif isinstance(older, str) and isinstance(newest, str) and split_host(older):
            self._links.append((path, *self._at_home(older, newest)))
        elif not self._echoes(older, newest) and not _same_made_up(older, newest, path):
            self._note(path, Kind.VALUE, older, newest)

    def _at_home(self, older: str, newest: str) -> tuple[str, str]:
        """Both texts without the hosts of their accounts."""
        return without_account(older, self._origins[0]), without_account(newest, self._origins[1])

    def _say_the_same(self, older: object, newest: object) -> bool:
        """Whether two texts differ only in the hosts of their accounts."""
        if not isinstance(older, str) or not isinstance(newest, str):
            return False
        one, other = self._at_home(older, newest)
        return one == other

    def settle(self) -> None:
        """Links that differ in nothing but the names of things are the same."""
        for path, older, newest in self._links:
            if not self._echoes(older, newest) and not _same_parts(older, newest, self._names):
                self._note(path, Kind.VALUE, older, newest)

    def _objects(self, older: dict[str, Json], newest: dict[str, Json], path: PathKey) -> None:
        for key in {**older, **newest}:
            if key in older and key in newest:
                self.compare(older[key], newest[key], (*path, key))
            else:
                self._note((*path, key), Kind.PRESENCE)

    def _lists(self, older: list[Json], newest: list[Json], path: PathKey) -> None:
        pairs = [(index, index) for index in range(len(older))]
        if len(older) != len(newest):
            self._note(path, Kind.MEMBERS)
            pairs = best_pairs(older, newest)
            if any(left[1] > right[1] for left, right in pairwise(pairs)):
                self._note(path, Kind.ORDER)
        elif sorted(map(repr, older)) == sorted(map(repr, newest)):
            self._note(path, Kind.ORDER)
            return
        for left, right in pairs:
            self.compare(older[left], newest[right], (*path, left))

    def _echoes(self, older: object, newest: object) -> bool:
        """Whether each value is what its own client had sent."""
        both = isinstance(older, str) and isinstance(newest, str)
        return both and older in self._sent[0] and newest in self._sent[1]

    def _note(self, path: PathKey, kind: Kind, *values: object) -> None:
        self.found.append((place_of(self._type_of, self._subject, path), kind, list(values)))


def _is_hidden(value: object) -> bool:
    """Whether the recorder hid the value: nobody knows whether it was another."""
    return isinstance(value, str) and is_blank(value)


def _same_made_up(one: object, other: object, path: PathKey) -> bool:
    """Whether both are made-up values, which differ by nature."""
    moments = epoch(last_key(path), one), epoch(last_key(path), other)
    if moments[0] and moments[1]:
        return moments[0][1] == moments[1][1]
    if not isinstance(one, str) or not isinstance(other, str):
        return False
    return bool(timestamp(one) and timestamp(other)) or _same_parts(one, other)


def _both_identities(one: object, other: object, path: PathKey) -> bool:
    return identity(last_key(path), one) is not None and identity(last_key(path), other) is not None


def _same_parts(one: str, other: str, names: Collection[tuple[str, str]] = ()) -> bool:
    """Whether two strings differ only in delimited parts that are tokens, or ``names`` of things that differ."""
    left, right = split_parts(one), split_parts(other)
    pairs = zip(left, right, strict=False)
    return len(left) == len(right) and all(
        a == b or (is_opaque_part(a) and is_opaque_part(b)) or (a, b) in names for a, b in pairs
    )
