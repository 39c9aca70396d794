"""Deviations of many runs, gathered into differences that a person can work through."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from conformance.oracle.verdict import Axis, Behaviour, Deviation, ProgramResult, StepResult, Verdict
from conformance.scoring.model import Difference, Example, StepRow

MAX_EXAMPLES = 5
MAX_ROWS = 20
"""Rows of a step table; of longer programs the first and the last ones are shown."""
_FIRST_ROWS = 2

_FAILED = (Verdict.DIFFERS, Verdict.NOT_IMPLEMENTED)

_SEVERITY = {
    axis: rank
    for rank, axis in enumerate((Axis.OUTCOME, Axis.SDK, Axis.STATE, Axis.SHAPE, Axis.VALUE, Axis.PAGING, Axis.HEADERS))
}


@dataclass(frozen=True)
class _Seen:
    """One deviation and where it was seen."""

    program: ProgramResult
    position: int
    deviation: Deviation

    @property
    def step(self) -> StepResult:
        return self.program.steps[self.position]

    @property
    def ease(self) -> tuple[bool, int, int, str]:
        """Sorts what is easiest to understand first: recorded, with few failures and few steps before it."""
        before = self.program.steps[: self.position]
        failures = sum(verdict_of(step) is not Verdict.SAME for step in before)
        return self.program.generated, failures, self.position, self.program.name

    @property
    def example(self) -> Example:
        return Example(
            program=self.program.name,
            source=self.program.source,
            interaction=self.step.interaction,
            expected=self.deviation.expected,
            actual=self.deviation.actual,
            generated=self.program.generated,
        )


_Key = tuple[Behaviour, Axis, str]
_Pick = Callable[[StepResult], tuple[Deviation, ...]]


def differences(programs: Iterable[ProgramResult], target: str) -> tuple[Difference, ...]:
    """What differs in ``target``, the worst first."""
    return _gather(programs, target, deviations_of)


def notes(programs: Iterable[ProgramResult], target: str) -> tuple[Difference, ...]:
    """Deviations of ``target`` that are too weak to fail, in the same form."""
    return _gather(programs, target, lambda step: step.notes)


def difference_id(behaviour: Behaviour, axis: Axis, path: str) -> str:
    """Ten hexadecimal digits that stay the same from run to run."""
    text = "\0".join((behaviour.target, behaviour.name, axis, path))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:10]


def deviations_of(step: StepResult) -> tuple[Deviation, ...]:
    """The step's deviations; a step that failed without naming one differs by its outcome."""
    if step.deviations or step.verdict not in _FAILED:
        return step.deviations
    return (Deviation(Axis.OUTCOME, "", step.recorded, step.actual or step.verdict),)


def _gather(programs: Iterable[ProgramResult], target: str, pick: _Pick) -> tuple[Difference, ...]:
    groups: dict[_Key, list[_Seen]] = defaultdict(list)
    for seen in _all_seen(programs, target, pick):
        groups[seen.step.behaviour, seen.deviation.axis, seen.deviation.path].append(seen)
    found = (_difference(key, group) for key, group in groups.items())
    return tuple(sorted(found, key=_rank))


def _all_seen(programs: Iterable[ProgramResult], target: str, pick: _Pick) -> Iterator[_Seen]:
    for program in programs:
        for position, step in enumerate(program.steps):
            if step.behaviour.target == target:
                for deviation in pick(step):
                    yield _Seen(program, position, deviation)


def _difference(key: _Key, group: list[_Seen]) -> Difference:
    behaviour, axis, path = key
    easiest = sorted(group, key=lambda seen: seen.ease)
    steps, omitted = _step_table(easiest[0].program.steps[: easiest[0].position + 1])
    return Difference(
        id=difference_id(*key),
        behaviour=behaviour,
        axis=axis,
        path=path,
        count=len(group),
        examples=tuple(seen.example for seen in easiest[:MAX_EXAMPLES]),
        steps=steps,
        omitted=omitted,
    )


def _step_table(steps: Sequence[StepResult]) -> tuple[tuple[StepRow, ...], int]:
    """Rows of the table, and how many were left out after the first ones."""
    omitted = max(0, len(steps) - MAX_ROWS)
    shown = [*steps[:_FIRST_ROWS], *steps[_FIRST_ROWS + omitted :]] if omitted else steps
    return tuple(StepRow(s.request, s.recorded, s.actual, verdict_of(s)) for s in shown), omitted


def _rank(difference: Difference) -> tuple[bool, int, int, str, str]:
    """What is wrong before what is not there; then by axis and by how often it was seen."""
    missing = difference.steps[-1].verdict is Verdict.NOT_IMPLEMENTED
    severity = _SEVERITY[difference.axis]
    return missing, severity, -difference.count, difference.behaviour.name, difference.path


def verdict_of(step: StepResult) -> Verdict:
    """The step's verdict, trusted only where it can be: no pass with a deviation or without a check."""
    if step.verdict is not Verdict.SAME:
        return step.verdict
    if step.deviations:
        return Verdict.DIFFERS
    return Verdict.SAME if step.made else Verdict.VOID
