"""Learns expectations: each recording is read once, by itself; the parts are then put together."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

from conformance.oracle.expectations.facts import Kind, Question, Shape
from conformance.oracle.expectations.model import Expectations, Part
from conformance.oracle.expectations.reader import Reader, outcome_of
from conformance.oracle.expectations.sources import sources
from conformance.oracle.verdict import Behaviour
from conformance.programs.model import Call, Observation, Trace
from conformance.programs.references import resolve
from conformance.target import Target


class _Learner:
    """Takes facts into a part."""

    def __init__(self) -> None:
        self.part = Part()

    def fact(self, kind: Kind, place: str, answer: Hashable, path: str, value: object) -> None:
        """Note an answer."""
        self.part.answers[Question(kind, place)].add(answer)

    def shape(self, place: str, shape: Shape, path: str) -> None:
        """Note the fields of an object."""
        self.part.shapes[place].add(shape)


def concrete(call: Call) -> Call:
    """A call with the arguments that were recorded."""
    return resolve(call, lambda source: source.recorded)


def behaviour_of(call: Call, target: Target, observation: Observation) -> Behaviour:
    """The behaviour that an observation shows."""
    return Behaviour(call.target, call.operation, outcome_of(target, observation), target.variant(call))


def part_of(trace: Trace, targets: Mapping[str, Target]) -> Part:
    """All that one recording says. Linear in its size."""
    learner = _Learner()
    reader = Reader(learner)
    for step, observation in zip(trace.program.steps, trace.observations, strict=True):
        call = concrete(step.call)
        target = targets[call.target]
        reader.step(call, observation, target)
        learner.part.behaviours.add(behaviour_of(call, target, observation))
    return learner.part


def learn(traces: Iterable[Trace], targets: Mapping[str, Target]) -> Expectations:
    """Expectations from all traces."""
    known = list(traces)
    expectations = Expectations()
    for source, trace in zip(sources(known), known, strict=True):
        expectations.add(source, part_of(trace, targets))
    expectations.conclude()
    return expectations
