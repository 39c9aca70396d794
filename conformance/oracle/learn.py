"""Learns noise by comparing recordings of the same behaviour with each other.

Two answers given in the same situation should be the same but for made-up values. Where they are not, real answers
disagree, and a twin must not be blamed for either. What never differs within one account and differs between accounts
(a person's name, a locale) belongs to the account.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from conformance.oracle.forms import timestamp
from conformance.oracle.noise import Format, Kind, Noise, TypeOf, place_of
from conformance.oracle.situation import situations
from conformance.programs.identity import identity, is_token
from conformance.programs.model import Observation, PathKey, Trace
from conformance.programs.trees import last_key, leaves
from conformance.recordings.model import Json


@dataclass(frozen=True)
class Sighting:
    """One recorded answer in its situation."""

    operation: str
    target: str
    source: str
    observation: Observation


def learn(traces: Iterable[Trace], type_of: Mapping[str, TypeOf]) -> Noise:
    """Noise, formats and known keys from all recorded traces. Linear in the number of recorded leaves."""
    noise = Noise()
    groups: dict[str, list[Sighting]] = defaultdict(list)
    accounts = _Accounts()
    for trace in traces:
        sent = _sent_values(trace)
        for situation, sighting in _sightings(trace):
            groups[f"{situation} {sighting.observation.status}"].append(sighting)
            _take_sample(noise, accounts, sighting, sent, type_of[sighting.target])
    for group in groups.values():
        _compare_group(noise, group, type_of[group[0].target])
    accounts.conclude(noise)
    return noise


def _sightings(trace: Trace) -> Iterator[tuple[str, Sighting]]:
    source = trace.program.recording.provenance.source if trace.program.recording else ""
    steps = zip(situations(trace.program), trace.program.steps, trace.observations, strict=True)
    for situation, step, observation in steps:
        yield situation, Sighting(step.call.operation, step.call.target, source, observation)


def _sent_values(trace: Trace) -> set[object]:
    return {value for step in trace.program.steps for _, value in leaves(step.call.arguments)}


def _take_sample(noise: Noise, accounts: _Accounts, sighting: Sighting, sent: set[object], type_of: TypeOf) -> None:
    """Note keys, formats of made-up values, and values that may belong to the account."""
    body = sighting.observation.body
    _note_keys(noise, sighting.operation, body, (), type_of)
    for path, value in leaves(body):
        if not isinstance(value, str) or value in sent:
            continue
        if is_token(value):
            place = place_of(type_of, sighting.operation, path)
            noise.formats.setdefault(place, Format()).add(value)
        elif not timestamp(value):
            accounts.saw(place_of(type_of, sighting.operation, path), sighting.source, value)


def _note_keys(noise: Noise, operation: str, tree: Json, path: PathKey, type_of: TypeOf) -> None:
    if isinstance(tree, dict):
        place = place_of(type_of, operation, path)
        noise.keys.setdefault(place, set()).update(tree)
        for key, value in tree.items():
            _note_keys(noise, operation, value, (*path, key), type_of)
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            _note_keys(noise, operation, value, (*path, index), type_of)


def _compare_group(noise: Noise, group: list[Sighting], type_of: TypeOf) -> None:
    """Compare each answer with the first of its group: enough to find all that varies."""
    first = group[0]
    for other in group[1:]:
        _Comparison(noise, first.operation, type_of).compare(first.observation.body, other.observation.body, ())


class _Comparison:
    """A walk over two real answers."""

    def __init__(self, noise: Noise, operation: str, type_of: TypeOf) -> None:
        self._noise = noise
        self._operation = operation
        self._type_of = type_of

    def compare(self, one: Json, other: Json, path: PathKey) -> None:
        """Learn from every disagreement between two trees."""
        if isinstance(one, dict) and isinstance(other, dict):
            self._compare_objects(one, other, path)
        elif isinstance(one, list) and isinstance(other, list):
            self._compare_lists(one, other, path)
        elif one != other and not _same_made_up(one, other, path):
            self._learn(path, Kind.VALUE, one, other)

    def _compare_objects(self, one: Json, other: Json, path: PathKey) -> None:
        for key in {**one, **other}:
            if key in one and key in other:
                self.compare(one[key], other[key], (*path, key))
            else:
                self._learn((*path, key), Kind.PRESENCE)

    def _compare_lists(self, one: list[Json], other: list[Json], path: PathKey) -> None:
        if len(one) != len(other):
            self._learn(path, Kind.MEMBERS)
        elif one != other and _sorted(one) == _sorted(other):
            self._learn(path, Kind.ORDER)
        else:
            for index, (left, right) in enumerate(zip(one, other, strict=True)):
                self.compare(left, right, (*path, index))

    def _learn(self, path: PathKey, kind: Kind, *values: object) -> None:
        self._noise.learn(place_of(self._type_of, self._operation, path), kind, *values)


def _same_made_up(one: object, other: object, path: PathKey) -> bool:
    """Whether both are made-up values, which differ by nature."""
    if isinstance(one, str) and isinstance(other, str):
        if timestamp(one) and timestamp(other):
            return True
        if is_token(one) and is_token(other):
            return True
    return identity(last_key(path), one) is not None and identity(last_key(path), other) is not None


def _sorted(values: list[Json]) -> list[str]:
    return sorted(repr(value) for value in values)


class _Accounts:
    """Finds places whose value is one per source, and not the same in all."""

    def __init__(self) -> None:
        self._values: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))

    def saw(self, place: str, source: str, value: str) -> None:
        """Note a string that no client sent."""
        self._values[place][source].add(value)
        self._counts[place][source] += 1

    def conclude(self, noise: Noise) -> None:
        """Learn the places that belong to accounts."""
        for place, by_source in self._values.items():
            distinct = {value for values in by_source.values() for value in values}
            one_each = all(len(values) == 1 for values in by_source.values())
            if one_each and len(distinct) > 1 and min(self._counts[place].values()) > 1:
                noise.learn(place, Kind.VALUE, *sorted(distinct))
