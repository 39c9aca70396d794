"""The figures that stand beside a percentage, in words; the same in every report."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.oracle.verdict import Verdict
from conformance.reports.text import percent_text, satisfaction_text
from conformance.scoring.model import TargetScore


def behaviours_text(target: TargetScore) -> str:
    """``14 of 26 held, 6 differs, 3 blocked``."""
    rest = ((verdict, target.count(verdict)) for verdict in Verdict if verdict is not Verdict.SAME)
    counts = (f", {count} {verdict.replace('_', ' ')}" for verdict, count in rest if count)
    return f"{target.count(Verdict.SAME)} of {len(target.behaviours)} held{''.join(counts)}"


def figures(target: TargetScore) -> Iterator[tuple[str, str]]:
    """The figures that stand beside the compatibility of a target, for people."""
    yield "behaviours", behaviours_text(target)
    yield "fidelity", f"{percent_text(target.fidelity)} of {target.checks.made:,} checks"
    surface = len(target.facts.surface)
    yield "coverage", f"{percent_text(target.coverage)} ({target.evidenced} of {surface} endpoints have evidence)"
    yield "satisfied", f"{satisfaction_text(target.recorded)} recorded"
    if target.generated.run:
        yield "", f"{satisfaction_text(target.generated)} generated"
    if target.holdout.run:
        yield "", f"{satisfaction_text(target.holdout)} held out"
    yield "masked", f"{percent_text(target.masked)} of fields are hidden by learned noise"
    if (audit := target.facts.audit) is not None:
        yield "the judge", (
            f"{audit.false_alarms} false alarms in {audit.judged:,} real answers, "
            f"caught {audit.caught} of {audit.faults} seeded faults"
        )
