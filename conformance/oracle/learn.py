"""Learns noise by comparing recordings of the same behaviour with each other.

Two answers given in the same situation should be the same but for made-up values. Where they are not, real answers
disagree, and a twin must not be blamed for either. What never differs within a recording and differs between
recordings (a person's name, a locale) belongs to the account.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from conformance.oracle.disagreements import learn_from_group
from conformance.oracle.eras import Eras
from conformance.oracle.forms import without_account
from conformance.oracle.fresh import Fresh
from conformance.oracle.noise import Format, Kind, Noise, TypeOf, place_of
from conformance.oracle.orders import Orders
from conformance.oracle.paging import cursors
from conformance.oracle.sets import Sets
from conformance.oracle.sightings import Sighting, sightings
from conformance.programs.identity import identity, is_blank, is_token
from conformance.programs.model import PathKey, Trace
from conformance.programs.moments import timestamp
from conformance.programs.trees import last_key, leaves
from conformance.recordings.model import Json
from conformance.target import Target

MIN_RECORDINGS = 3
"""Recordings that must show a value to be constant before it can belong to an account."""


def learn(traces: Iterable[Trace], targets: Mapping[str, Target]) -> Noise:
    """Noise, formats and known keys from all recorded traces. Linear in the number of recorded leaves."""
    traces = list(traces)
    noise = Noise(cursors=cursors(trace.program for trace in traces))
    accounts, eras, orders, sets, fresh = _Accounts(), Eras(), Orders(), Sets(), Fresh()
    for trace in traces:
        orders.saw(trace, targets)
        sets.saw(trace, targets)
        fresh.saw(trace, targets)
    groups: dict[str, list[Sighting]] = defaultdict(list)
    for sighting in sightings(traces, targets):
        groups[sighting.situation].append(sighting)
        eras.saw(sighting, targets[sighting.target].leaf_type)
        _take_sample(noise, accounts, sighting, targets[sighting.target].leaf_type)
    for group in groups.values():
        learn_from_group(noise, group, targets[group[0].target].leaf_type)
    accounts.conclude(noise)
    eras.conclude(noise)
    orders.conclude(noise)
    sets.conclude(noise)
    fresh.conclude(noise)
    return noise


def _take_sample(noise: Noise, accounts: _Accounts, sighting: Sighting, type_of: TypeOf) -> None:
    """Note keys, formats of made-up values, and values that may belong to the account."""
    body = sighting.observation.body
    telling = sighting.observation.error is None and not sighting.of_given
    _note_keys(noise, sighting.subject, body, (), type_of)
    if sighting.lost_body:
        return  # who knows which values the client had chosen
    for path, value in leaves(body):
        if not isinstance(value, str) or value in sighting.sent or is_blank(value):
            continue
        value = without_account(value, sighting.origin)  # that another account lives elsewhere is no news
        if is_token(value):
            place = place_of(type_of, sighting.subject, path)
            noise.formats.setdefault(place, Format()).add(value)
        elif telling and not timestamp(value) and identity(last_key(path), value) is None:
            accounts.saw(place_of(type_of, sighting.subject, path), sighting.recording, value)


def _note_keys(noise: Noise, subject: str, tree: Json, path: PathKey, type_of: TypeOf) -> None:
    if isinstance(tree, dict):
        place = place_of(type_of, subject, path)
        noise.keys.setdefault(place, set()).update(tree)
        noise.nulls.update(place_of(type_of, subject, (*path, key)) for key, value in tree.items() if value is None)
        for key, value in tree.items():
            _note_keys(noise, subject, value, (*path, key), type_of)
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            _note_keys(noise, subject, value, (*path, index), type_of)


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
