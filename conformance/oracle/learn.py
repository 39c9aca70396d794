"""Learns noise by comparing recordings of the same behaviour with each other.

Two answers given in the same situation should be the same but for made-up values. Where they are not, real answers
disagree, and a twin must not be blamed for either. What never differs within one account and differs between accounts
(a person's name, a locale) belongs to the account.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from conformance.oracle.forms import timestamp
from conformance.oracle.noise import Format, Kind, Noise, TypeOf, place_of
from conformance.oracle.situation import FreeArguments, situations
from conformance.programs.identity import identity, is_token, split_parts
from conformance.programs.model import Call, GivenRef, Observation, PathKey, Trace
from conformance.programs.references import references
from conformance.programs.trees import dotted, last_key, leaves
from conformance.recordings.model import Json

MIN_TEXTS = 5
"""Different texts from which an argument that is always echoed counts as free."""


MIN_RECORDINGS = 3
"""Recordings that must show a value to be constant before it can belong to an account."""


@dataclass(frozen=True)
class Sighting:
    """One recorded answer in its situation."""

    operation: str
    target: str
    recording: str
    observation: Observation
    sent: frozenset[object]
    of_given: bool
    """It is about something that the program did not make, and may show anybody's choices."""


def learn(traces: Iterable[Trace], type_of: Mapping[str, TypeOf]) -> Noise:
    """Noise, formats and known keys from all recorded traces. Linear in the number of recorded leaves."""
    noise = Noise()
    groups: dict[str, list[Sighting]] = defaultdict(list)
    accounts = _Accounts()
    known = list(traces)
    free = free_arguments(known)
    for trace in known:
        for situation, sighting in _sightings(trace, free):
            groups[f"{situation} {sighting.observation.status}"].append(sighting)
            _take_sample(noise, accounts, sighting, type_of[sighting.target])
    for group in groups.values():
        _compare_group(noise, group, type_of[group[0].target])
    accounts.conclude(noise)
    return noise


def _sightings(trace: Trace, free: FreeArguments) -> Iterator[tuple[str, Sighting]]:
    sent = frozenset(value for step in trace.program.steps for _, value in leaves(step.call.arguments))
    steps = zip(situations(trace.program, free), trace.program.steps, trace.observations, strict=True)
    for situation, step, observation in steps:
        yield (
            situation,
            Sighting(
                step.call.operation, step.call.target, trace.program.name, observation, sent, _of_given(step.call)
            ),
        )


def _of_given(call: Call) -> bool:
    return any(isinstance(source, GivenRef) for source in references(call))


def free_arguments(traces: Iterable[Trace]) -> FreeArguments:
    """Arguments whose text a service only echoes: many different ones were sent, and each answer gave it back."""
    seen: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    swallowed: set[tuple[str, str]] = set()
    for trace in traces:
        for step, observation in zip(trace.program.steps, trace.observations, strict=True):
            answered = {value for _, value in leaves(observation.body)}
            for path, value in leaves(step.call.arguments):
                if isinstance(value, str) and (observation.status or 500) < 300:
                    place = (step.call.operation, dotted(path))
                    seen[place][value] += 1
                    if value not in answered:
                        swallowed.add(place)
    return frozenset(place for place, texts in seen.items() if place not in swallowed and _many(texts))


def _many(texts: Counter[str]) -> bool:
    """Free text varies; an enumeration repeats itself."""
    return len(texts) >= MIN_TEXTS and len(texts) * 4 >= texts.total()


def _take_sample(noise: Noise, accounts: _Accounts, sighting: Sighting, type_of: TypeOf) -> None:
    """Note keys, formats of made-up values, and values that may belong to the account."""
    body = sighting.observation.body
    telling = sighting.observation.error is None and not sighting.of_given
    _note_keys(noise, sighting.operation, body, (), type_of)
    for path, value in leaves(body):
        if not isinstance(value, str) or value in sighting.sent:
            continue
        if is_token(value):
            place = place_of(type_of, sighting.operation, path)
            noise.formats.setdefault(place, Format()).add(value)
        elif telling and not timestamp(value) and identity(last_key(path), value) is None:
            accounts.saw(place_of(type_of, sighting.operation, path), sighting.recording, value)


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
        _Comparison(noise, first, other, type_of).compare(first.observation.body, other.observation.body, ())


class _Comparison:
    """A walk over two real answers."""

    def __init__(self, noise: Noise, one: Sighting, other: Sighting, type_of: TypeOf) -> None:
        self._noise = noise
        self._operation = one.operation
        self._sent = one.sent, other.sent
        self._type_of = type_of

    def compare(self, one: Json, other: Json, path: PathKey) -> None:
        """Learn from every disagreement between two trees."""
        if isinstance(one, dict) and isinstance(other, dict):
            self._compare_objects(one, other, path)
        elif isinstance(one, list) and isinstance(other, list):
            self._compare_lists(one, other, path)
        elif one != other and not self._echoes(one, other) and not _same_made_up(one, other, path):
            self._learn(path, Kind.VALUE, one, other)

    def _echoes(self, one: object, other: object) -> bool:
        """Whether each value is what its own client had sent."""
        return isinstance(one, str) and one in self._sent[0] and isinstance(other, str) and other in self._sent[1]

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
        return _same_parts(one, other) or _both_identities(one, other, path)
    return _both_identities(one, other, path)


def _both_identities(one: object, other: object, path: PathKey) -> bool:
    return identity(last_key(path), one) is not None and identity(last_key(path), other) is not None


def _same_parts(one: str, other: str) -> bool:
    """Whether two strings differ only in delimited parts that are tokens."""
    left, right = split_parts(one), split_parts(other)
    pairs = zip(left, right, strict=False)
    return len(left) == len(right) and all(a == b or (is_token(a) and is_token(b)) for a, b in pairs)


def _sorted(values: list[Json]) -> list[str]:
    return sorted(repr(value) for value in values)


class _Accounts:
    """Finds places whose value never changes within a recording, and is not the same in all recordings."""

    def __init__(self) -> None:
        self._values: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))

    def saw(self, place: str, recording: str, value: str) -> None:
        """Note a string that no client sent."""
        self._values[place][recording][value] += 1

    def conclude(self, noise: Noise) -> None:
        """Learn the places that belong to accounts: seen again and again, and by several accounts."""
        for place, by_recording in self._values.items():
            repeated = [values for values in by_recording.values() if values.total() > 1]
            distinct = set().union(*repeated)
            constant = all(len(values) == 1 for values in by_recording.values())
            if constant and len(repeated) >= MIN_RECORDINGS and len(distinct) > 1:
                noise.learn(place, Kind.VALUE, *sorted(distinct), free=True)
