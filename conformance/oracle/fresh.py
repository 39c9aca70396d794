"""Values that are made up anew for every answer and never said again: the number of an error, of a request.

Two answers to one and the same request have the same names of things in them, and other such values. What names a
thing comes back: in the next read, in the call that removes it. A place is learned where requests were repeated and
nothing that ever stood there was seen a second time in its recording, neither in an answer nor in a call.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from conformance.oracle.noise import Kind, Noise, place_of
from conformance.oracle.outcomes import is_failure, subject_of
from conformance.programs.identity import is_token
from conformance.programs.model import Observation, PathKey, Step, Trace
from conformance.programs.references import references
from conformance.programs.trees import dotted, leaves
from conformance.target import Target

MIN_REPEATED = 2
"""Requests that must have been repeated, and answered by another value each time."""


class Fresh:
    """Collects, place by place, how often a made-up value was seen. Errors of all statuses are alike."""

    def __init__(self) -> None:
        self._places: dict[str, set[str]] = defaultdict(set)
        """Where noise is pooled, by where this is."""
        self._repeated: Counter[str] = Counter()
        self._named: set[str] = set()
        """Places of which a value was seen again."""

    def saw(self, trace: Trace, targets: Mapping[str, Target]) -> None:
        """Note all made-up values of a trace. Linear in its size."""
        seen = _times_seen(trace)
        asked: dict[tuple[object, ...], set[str]] = {}
        for step, observation in zip(trace.program.steps, trace.observations, strict=True):
            places = set(self._noted(step, observation, targets[step.call.target], seen))
            if observation.exchanges:
                request = observation.exchanges[-1].request
                key = (request.method, request.uri, request.body, observation.status)
                self._repeated.update(places & asked.get(key, set()))
                asked[key] = places

    def _noted(self, step: Step, observation: Observation, target: Target, seen: Counter[object]) -> Iterator[str]:
        """The places of an answer's made-up values."""
        subject = subject_of(target, step.call.operation, observation)
        for path, value in _tokens(observation):
            place = place_of(target.leaf_type, subject, path)
            pool = f"{target.name} error {dotted(path)}" if is_failure(target, observation) else place
            self._places[pool].add(place)
            if seen[value] > 1:
                self._named.add(pool)
            yield pool

    def conclude(self, noise: Noise) -> None:
        """Learn the places whose values never come back."""
        for pool, times in self._repeated.items():
            if times >= MIN_REPEATED and pool not in self._named:
                for place in self._places[pool]:
                    noise.learn(place, Kind.FRESH)


def _times_seen(trace: Trace) -> Counter[object]:
    """How often each made-up value was shown or sent."""
    seen: Counter[object] = Counter()
    for step, observation in zip(trace.program.steps, trace.observations, strict=True):
        seen.update(value for _, value in _tokens(observation))
        seen.update(source.recorded for source in references(step.call))
        seen.update(leaf for _, leaf in leaves(step.call.arguments) if isinstance(leaf, str))
    return seen


def _tokens(observation: Observation) -> Iterator[tuple[PathKey, str]]:
    for path, value in leaves(observation.body):
        if isinstance(value, str) and is_token(value):
            yield path, value
