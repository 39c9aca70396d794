"""False alarms: leave the recordings of one test out, learn from the others, judge them. Every flag is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from conformance.oracle.expectations.judge import THRESHOLD, ExpectationJudge, Judgement, Memory
from conformance.oracle.expectations.learn import concrete, learn
from conformance.oracle.expectations.model import Expectations
from conformance.oracle.expectations.sources import Source
from conformance.programs.model import Call, Trace
from conformance.target import Target

EXAMPLES = 20


@dataclass(frozen=True)
class Judged:
    """One step of a recording that was left out."""

    target: str
    operation: str
    recording: str
    judgement: Judgement


@dataclass(frozen=True)
class FalseAlarms:
    """Steps judged, those judged by at least one rule strong enough to fail, and those flagged."""

    target: str
    steps: int
    judged_steps: int
    strong_steps: int
    false_alarms: int
    examples: tuple[Judged, ...] = ()

    @property
    def rate(self) -> float:
        """Flagged steps in a thousand judged ones."""
        return 1000 * self.false_alarms / self.judged_steps if self.judged_steps else 0.0


def leave_out(
    traces: Sequence[Trace], targets: Mapping[str, Target], expectations: Expectations, whole_origin: bool = False
) -> list[Judged]:
    """Judge every recording by the recordings of the other groups (or, sterner, of the other origins).

    Nothing is learned twice: who is left out is left out of the scope.
    """
    found: list[Judged] = []
    memories: dict[tuple[tuple[str, int], str], Memory] = {}
    for source, trace in zip(expectations.sources, traces, strict=True):
        key = (source.period, source.origin if whole_origin else source.group)
        if key not in memories:
            memories.clear()  # groups come one after the other: only the present one is of use
            memories[key] = Memory(expectations, _scope(expectations, source, whole_origin), source.year)
        found += _judge(trace, targets, expectations, memories[key])
    return found


def _scope(expectations: Expectations, source: Source, whole_origin: bool) -> int:
    groups = {source.group}
    if whole_origin:
        groups = {other.group for other in expectations.sources if other.origin == source.origin}
    return expectations.scope(source, groups)


def _judge(
    trace: Trace, targets: Mapping[str, Target], expectations: Expectations, memory: Memory
) -> Iterable[Judged]:
    judge = ExpectationJudge(expectations, memory=memory)
    for step, observation in zip(trace.program.steps, trace.observations, strict=True):
        call: Call = concrete(step.call)
        judgement = judge.step(call, observation, targets[call.target], None)
        yield Judged(call.target, call.operation, trace.program.name, judgement)


def measure(traces: Sequence[Trace], targets: Mapping[str, Target]) -> list[FalseAlarms]:
    """False alarms by target."""
    judged = leave_out(traces, targets, learn(traces, targets))
    return [tally(name, judged) for name in sorted({one.target for one in judged})]


def tally(target: str, judged: Iterable[Judged], threshold: float = THRESHOLD) -> FalseAlarms:
    """Count the steps of one target, at any threshold."""
    own = [one for one in judged if one.target == target]
    known = [one for one in own if one.judgement.judged]
    strong = [one for one in known if one.judgement.strongest >= threshold]
    flagged = [one for one in known if max(one.judgement.strengths, default=0) >= threshold]
    return FalseAlarms(target, len(own), len(known), len(strong), len(flagged), tuple(flagged[:EXAMPLES]))
