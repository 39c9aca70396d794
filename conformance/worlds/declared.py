"""Programs whose outcome a contract asserts, in the live world: nothing of the answer counts but its outcome."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.oracle.judge import describe
from conformance.oracle.noise import Noise
from conformance.oracle.outcomes import outcome
from conformance.oracle.verdict import Axis, Behaviour, Deviation, StepResult, Verdict
from conformance.programs.model import Observation, Trace
from conformance.programs.references import resolve
from conformance.target import Assertion, Target
from conformance.worlds.control import Control
from conformance.worlds.live import NO_TWIN, ProgramRun, TwinAddress, Unreachable


class DeclaredRun(ProgramRun):
    """The program of an assertion. Its result has one step, the last: what leads there is only made."""

    def __init__(
        self,
        assertion: Assertion,
        targets: Mapping[str, Target],
        addresses: Mapping[str, TwinAddress],
        controls: Mapping[str, Control],
    ) -> None:
        assert assertion.program is not None
        unseen = (Observation(),) * len(assertion.program.steps)
        super().__init__(Trace(assertion.program, unseen), Noise(), targets, addresses, controls)
        self._expected = assertion.outcome
        self._last = assertion.program.steps[-1]
        self._target = targets[self._last.call.target]

    def all_steps(self) -> None:
        """Prepare the world, make every call, and compare what the last one came to."""
        self._prepare()
        why_not = self._why_not()
        self._results.append(self._said(Verdict.VOID, reason=why_not) if why_not else self._judged())

    def _why_not(self) -> str:
        if any(step.call.target not in self._controls for step in self._program.steps):
            return NO_TWIN
        return next(iter(self._missing.values()), "")

    def _judged(self) -> StepResult:
        try:
            for place, step in enumerate(self._program.steps):
                self._live[place] = self._call(resolve(step.call, self._value_of))
        except Unreachable as error:
            return self._said(error.verdict, reason=error.reason)
        last = self._live[len(self._program.steps) - 1]
        actual = outcome(self._target, last)
        if self._target.not_implemented(last) and actual != self._expected:
            return self._said(Verdict.NOT_IMPLEMENTED, actual)
        return self._said(Verdict.SAME if actual == self._expected else Verdict.DIFFERS, actual)

    def _said(self, verdict: Verdict, actual: str = "", reason: str = "") -> StepResult:
        call = self._last.call
        differs = verdict is Verdict.DIFFERS
        return StepResult(
            behaviour=Behaviour(call.target, call.operation, self._expected, self._target.variant(call)),
            sdk_call=call.sdk_call,
            verdict=verdict,
            interaction=self._last.interaction,
            request=describe(call),
            recorded=self._expected,
            actual=actual,
            deviations=(Deviation(Axis.DECLARED, "", self._expected, actual),) if differs else (),
            reason=reason,
        )
