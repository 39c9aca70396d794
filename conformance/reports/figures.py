"""The figures that stand beside a percentage, in words; the same in every report."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from conformance.oracle.verdict import Verdict
from conformance.reports.text import percent_text, plural, satisfaction_text
from conformance.scoring.model import Audit, ClientsScore, DeclaredScore, Difference, Miss, SdkDefect, TargetScore

_REASONS = 4
_DEFECTS = 2
"""So many are named."""

UNEXPLAINED = "the twin treats them differently"
"""Why two clients disagree, where nothing that they do explains it."""

WORDS = {
    Verdict.SAME: "held",
    Verdict.DIFFERS: "differs",
    Verdict.NOT_IMPLEMENTED: "not implemented",
    Verdict.BLOCKED: "blocked",
    Verdict.UNOBSERVED: "unobserved",
    Verdict.VOID: "void",
}
"""What a verdict on a behaviour is called."""


def counts(target: TargetScore) -> list[tuple[Verdict, int]]:
    """How many behaviours have each verdict that occurs, in the order of the verdicts."""
    found = ((verdict, target.count(verdict)) for verdict in Verdict)
    return [(verdict, count) for verdict, count in found if count]


def worst(target: TargetScore, count: int) -> list[Difference]:
    """The ``count`` worst differences, of as many behaviours as there are."""
    first = {found.behaviour: found for found in reversed(target.differences)}
    order = sorted(target.differences, key=lambda found: first[found.behaviour] is not found)
    return order[:count]


def behaviours_text(target: TargetScore) -> str:
    """``14 of 26 held (differs 6, blocked 3)``."""
    rest = ", ".join(f"{WORDS[v]} {count}" for v, count in counts(target) if v is not Verdict.SAME)
    return f"{target.count(Verdict.SAME)} of {len(target.behaviours)} held{f' ({rest})' if rest else ''}"


def unlifted_text(target: TargetScore) -> str:
    """``17 recorded requests did not become calls: another host 14, batch 3``."""
    found = target.facts.unlifted
    reasons = ", ".join(f"{one.reason} {one.count}" for one in found[:_REASONS])
    more = ", …" if len(found) > _REASONS else ""
    return f"{plural(sum(one.count for one in found), 'recorded request')} did not become calls: {reasons}{more}"


def sdk_defects_text(found: Sequence[SdkDefect]) -> str:
    """``3 defects of the SDK on real traffic, judged on the wire: users.list raises on the answer 4, …``."""
    shown = ", ".join(f"{one.sdk_call} {one.defect} {one.count}" for one in found[:_DEFECTS])
    more = ", …" if len(found) > _DEFECTS else ""
    return f"{plural(len(found), 'defect')} of the SDK on real traffic, judged on the wire: {shown}{more}"


def declared_text(found: DeclaredScore) -> str:
    """``44 of 51 outcomes that a contract asserts (differ 1; 4 recorded too; 20 more not run)``."""
    misses = [("differ", len(found.misses)), (WORDS[Verdict.NOT_IMPLEMENTED], found.not_implemented)]
    parts = (
        ", ".join(f"{word} {count}" for word, count in misses if count),
        f"{found.recorded} recorded too" if found.recorded else "",
        f"{found.asserted - found.run} more not run" if found.asserted > found.run else "",
    )
    more = "; ".join(filter(None, parts))
    return f"{found.agree} of {plural(found.run, 'outcome')} that a contract asserts{f' ({more})' if more else ''}"


def clients_text(found: ClientsScore) -> str:
    """``slack and slack-async agree in 221 of 221 programs that both ran``."""
    text = f"{' and '.join(found.targets)} agree in {found.agree} of {plural(found.programs, 'program')} that both ran"
    return f"{text}; {plural(found.unexplained, 'call')} that the clients do not explain" if found.unexplained else text


def false_alarms_text(found: Audit) -> str:
    """``1 false alarm in 4,832 real answers``; "" where another target of the service judged them all."""
    return f"{plural(found.false_alarms, 'false alarm')} in {found.judged:,} real answers" if found.judged else ""


def miss_text(found: Miss) -> str:
    """The call of a miss: ``users.list(limit=0)``."""
    arguments = ", ".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in found.arguments.items())
    return f"{found.sdk_call}({arguments})"


def figures(target: TargetScore) -> Iterator[tuple[str, str]]:
    """The figures that stand beside the compatibility of a target: label and words."""
    yield "behaviours", behaviours_text(target)
    for flavour in target.flavours:
        held = f"{flavour.held} of {plural(flavour.evidenced, 'behaviour')} held"
        share = percent_text(flavour.compatibility)
        yield "flavour", f"{flavour.name} {share} ({held}, {plural(flavour.endpoints, 'endpoint')})"
    yield "fidelity", f"{percent_text(target.fidelity)} of {target.checks.made:,} checks"
    surface = len(target.facts.surface)
    yield "coverage", f"{percent_text(target.coverage)} ({target.evidenced} of {surface} endpoints have evidence)"
    yield "satisfied", f"{satisfaction_text(target.recorded)} recorded"
    if target.generated.run:
        yield "", f"{satisfaction_text(target.generated)} generated"
    if target.holdout.run:
        yield "", f"{satisfaction_text(target.holdout)} held out"
    if found := target.facts.held_out:
        yield "", f"{found.flagged} of {plural(found.judged, 'held-out step')} flagged by what was learned elsewhere"
    if declared := target.facts.declared:
        yield "declared", f"{declared_text(declared)}, apart from the percentages"
    yield "masked", f"{percent_text(target.masked)} of fields are hidden by learned noise"
    if voids := target.count(Verdict.VOID):
        yield "void", f"{plural(voids, 'behaviour')} that the kit itself could not judge"
    if unseen := target.count(Verdict.UNOBSERVED):
        yield "unobserved", f"{plural(unseen, 'evidenced behaviour')} that nothing ran"
    if target.facts.unlifted:
        yield "unlifted", unlifted_text(target)
    if defects := target.facts.sdk_defects:
        yield "SDK defects", sdk_defects_text(defects)
    if (audit := target.facts.audit) is not None:
        caught = f"caught {audit.caught} of {audit.faults} seeded faults"
        yield "the judge", ", ".join(filter(None, (false_alarms_text(audit), caught)))
