"""Learns expectations: each recording is read once, by itself; the parts are then put together."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

from conformance.files import without_collection
from conformance.oracle.expectations.cache import LearnCache
from conformance.oracle.expectations.facts import Kind, Shape
from conformance.oracle.expectations.model import Expectations, Part
from conformance.oracle.expectations.reader import Reader
from conformance.oracle.expectations.sources import sources
from conformance.oracle.outcomes import outcome
from conformance.oracle.verdict import Behaviour
from conformance.programs.gaps import gaps_of
from conformance.programs.model import Call, Observation, Trace
from conformance.programs.references import resolve
from conformance.target import Target


class _Learner:
    """Takes facts into a part."""

    once = True

    def __init__(self) -> None:
        self.part = Part()

    def fact(self, kind: Kind, place: str, answer: Hashable, path: str, value: object) -> None:
        """Note an answer."""
        self.part.answers[kind, place].add(answer)

    def shape(self, place: str, shape: Shape, path: str) -> None:
        """Note the fields of an object."""
        self.part.shapes[place].add(shape)


def concrete(call: Call) -> Call:
    """A call with the arguments that were recorded."""
    return resolve(call, lambda source: source.recorded)


def behaviour_of(call: Call, target: Target, observation: Observation) -> Behaviour:
    """The behaviour that an observation shows."""
    return Behaviour(call.target, call.operation, outcome(target, observation), target.variant(call))


def part_of(trace: Trace, targets: Mapping[str, Target]) -> Part:
    """All that one recording says. Linear in its size."""
    learner = _Learner()
    reader = Reader(learner)
    gaps = gaps_of(trace.program)
    for place, (step, observation) in enumerate(zip(trace.program.steps, trace.observations, strict=True)):
        call = concrete(step.call)
        target = targets[call.target]
        if place in gaps:
            reader.gap()
        reader.step(call, observation, target)
        learner.part.behaviours.add(behaviour_of(call, target, observation))
    return learner.part


def learn(traces: Iterable[Trace], targets: Mapping[str, Target], cache: LearnCache | None = None) -> Expectations:
    """Expectations from all traces. Only what the cache does not know is read; the rest is put together again."""
    known = list(traces)
    kept = cache or LearnCache(None)
    digests = [trace.program.recording.digest if trace.program.recording else "" for trace in known]
    whole = kept.whole(digests) if all(digests) else None
    if whole is not None:
        return whole
    expectations = Expectations()
    with without_collection():
        for source, trace, digest in zip(sources(known), known, digests, strict=True):
            expectations.add(source, _part(trace, targets, digest, kept))
        expectations.conclude()
    if all(digests):
        kept.keep_whole(digests, expectations)
    return expectations


def _part(trace: Trace, targets: Mapping[str, Target], digest: str, cache: LearnCache) -> Part:
    part = cache.part(digest)
    if part is None:
        part = part_of(trace, targets)
        cache.keep_part(digest, part)
    return part
