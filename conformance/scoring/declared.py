"""What a contract asserts and no recording has to show: counted by itself, apart from every percentage."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from conformance.oracle.verdict import Behaviour, StepResult, Verdict
from conformance.programs.model import Call
from conformance.recordings.model import Json
from conformance.scoring.model import DeclaredScore, Miss
from conformance.target import Assertion

RAN = (Verdict.SAME, Verdict.DIFFERS, Verdict.NOT_IMPLEMENTED)


@dataclass(frozen=True)
class Checked:
    """An assertion, and what came of its program; None where it was not run, for this reason."""

    assertion: Assertion
    result: StepResult | None = None
    reason: str = ""

    @property
    def why_not(self) -> str:
        """Why it says nothing of the twin; "" where it does."""
        if self.result is None:
            return self.reason
        return "" if self.result.verdict in RAN else self.result.reason


def declared_score(checked: Sequence[Checked], evidence: Iterable[Behaviour]) -> DeclaredScore:
    """All assertions about one target, in their order; ``evidence`` is what recordings show of it."""
    shown = {(known.operation, known.outcome) for known in evidence}
    ran = [(one.assertion, one.result) for one in checked if one.result and not one.why_not]
    verdicts = Counter(result.verdict for _, result in ran)
    return DeclaredScore(
        asserted=len(checked),
        run=len(ran),
        recorded=sum(_claim(result) in shown for _, result in ran),
        agree=verdicts[Verdict.SAME],
        not_implemented=verdicts[Verdict.NOT_IMPLEMENTED],
        misses=tuple(_miss(*one, shown) for one in ran if one[1].verdict is Verdict.DIFFERS),
        not_run=dict(Counter(one.why_not for one in checked if one.why_not).most_common()),
    )


def _claim(result: StepResult) -> tuple[str, str]:
    return result.behaviour.operation, result.behaviour.outcome


def _miss(assertion: Assertion, result: StepResult, shown: Container[tuple[str, str]]) -> Miss:
    assert assertion.program is not None
    return Miss(
        operation=result.behaviour.operation,
        sdk_call=result.sdk_call,
        arguments=_plain(assertion.program.steps[-1].call),
        expected=result.recorded,
        actual=result.actual,
        source=assertion.source,
        recorded=_claim(result) in shown,
    )


def _plain(call: Call) -> Mapping[str, Json]:
    """Arguments as JSON; what refers to an earlier step is only hinted at."""
    plain: dict[str, Json] = json.loads(json.dumps(dict(call.arguments), default=lambda _: "⟨…⟩"))
    return plain
