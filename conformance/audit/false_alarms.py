"""False alarms: leave the recordings of one test out, learn from the others, judge them. Every flag is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from conformance.oracle.expectations.judge import THRESHOLD, ExpectationJudge, Judgement, Memory
from conformance.oracle.expectations.learn import concrete, learn
from conformance.oracle.expectations.model import Expectations
from conformance.oracle.expectations.sources import Source
from conformance.programs.gaps import gaps_of
from conformance.programs.model import Call, Trace
from conformance.target import Target

EXAMPLES = 20
THRESHOLDS = (2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 20)
"""Thresholds at which the trade-off is measured."""


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
            left_out = _left_out(expectations, source, whole_origin)
            scope, known = expectations.scope(source, left_out), expectations.all_but(left_out)
            memories[key] = Memory(expectations, scope, source.year, known)
        found += _judge(trace, targets, expectations, memories[key])
    return found


def _left_out(expectations: Expectations, source: Source, whole_origin: bool) -> set[str]:
    if not whole_origin:
        return {source.group}
    return {other.group for other in expectations.sources if other.origin == source.origin}


def _judge(trace: Trace, targets: Mapping[str, Target], expectations: Expectations, memory: Memory) -> Iterable[Judged]:
    judge = ExpectationJudge(expectations, memory=memory)
    gaps = gaps_of(trace.program)
    for place, (step, observation) in enumerate(zip(trace.program.steps, trace.observations, strict=True)):
        if place in gaps:
            judge.gap()
        call: Call = concrete(step.call)
        judgement = judge.step(call, observation, targets[call.target], None)
        yield Judged(call.target, call.operation, trace.program.name, judgement)


def judged(traces: Sequence[Trace], targets: Mapping[str, Target]) -> list[Judged]:
    """Every step of every recording, judged by the recordings of other groups."""
    return leave_out(traces, targets, learn(traces, targets))


def measure(traces: Sequence[Trace], targets: Mapping[str, Target]) -> list[FalseAlarms]:
    """False alarms by target."""
    found = judged(traces, targets)
    return [tally(name, found) for name in sorted({one.target for one in found})]


@dataclass(frozen=True)
class Point:
    """What a threshold costs and what it leaves: one point of the trade-off."""

    threshold: float
    judged_steps: int
    strong_steps: int
    flagged_steps: int

    @property
    def false_alarms(self) -> float:
        """Flagged steps in a thousand judged ones."""
        return 1000 * self.flagged_steps / self.judged_steps if self.judged_steps else 0.0

    @property
    def strong(self) -> float:
        """Share of the judged steps that are judged by at least one rule strong enough to fail."""
        return self.strong_steps / self.judged_steps if self.judged_steps else 0.0


def curve(target: str, judged: Iterable[Judged], thresholds: Iterable[float] = THRESHOLDS) -> list[Point]:
    """The trade-off between false alarms and strength for one target, by threshold."""
    known = [one.judgement for one in judged if one.target == target and one.judgement.judged]
    return [
        Point(
            threshold,
            len(known),
            sum(one.strongest >= threshold for one in known),
            sum(max(one.strengths, default=0.0) >= threshold for one in known),
        )
        for threshold in thresholds
    ]


def choose(points: Iterable[Point], budget: float) -> float:
    """The lowest threshold with at most ``budget`` false alarms in a thousand, there and at all higher ones.

    Returns infinity if there is none.
    """
    found = float("inf")
    for point in sorted(points, key=lambda point: -point.threshold):
        if point.false_alarms > budget:
            break
        found = point.threshold
    return found


def draw(points: Iterable[Point]) -> str:
    """The trade-off as a text table with bars, for people."""
    lines = ["threshold  false alarms in 1,000   judged by strong rules"]
    for point in points:
        bar = "█" * round(20 * point.strong)
        lines.append(f"{point.threshold:9g}  {point.false_alarms:21.1f}   {point.strong:6.1%} {bar}")
    return "\n".join(lines)


def tally(target: str, judged: Iterable[Judged], threshold: float = THRESHOLD) -> FalseAlarms:
    """Count the steps of one target, at any threshold."""
    own = [one for one in judged if one.target == target]
    known = [one for one in own if one.judgement.judged]
    strong = [one for one in known if one.judgement.strongest >= threshold]
    flagged = [one for one in known if max(one.judgement.strengths, default=0) >= threshold]
    return FalseAlarms(target, len(own), len(known), len(strong), len(flagged), tuple(flagged[:EXAMPLES]))
