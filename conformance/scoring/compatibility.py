"""From verdicts on steps to percentages.

*Behaviour.* Its verdict is the worst judged one over all runs: differs, then not_implemented, then blocked, then
same. So one bad run outweighs any number of good ones. A void run says nothing about the twin; a behaviour is void
only when no run of it was judged, and unobserved when there was no run at all. Void runs beside judged ones stay
visible in the counts.

*Endpoint.* Held behaviours of the evidenced ones. Void ones are taken out of the denominator, because the kit failed
and not the twin; unobserved ones stay in it as not held, because otherwise running less would score more.

*Target.* Mean over the endpoints that have a figure, rounded down; below 100 as long as one evidenced behaviour is
not held, void ones included.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

from conformance import __version__
from conformance.oracle.verdict import Behaviour, ProgramResult, StepResult, Verdict
from conformance.scoring.differences import differences, notes, verdict_of
from conformance.scoring.figures import mean, percent, ratio, ratio_up, wilson
from conformance.scoring.model import (
    BehaviourScore,
    Checks,
    ClientsScore,
    EndpointScore,
    Evidence,
    FlavourScore,
    RunScore,
    Satisfaction,
    TargetFacts,
    TargetScore,
)
from conformance.target import Operation

_PRECEDENCE = (Verdict.DIFFERS, Verdict.NOT_IMPLEMENTED, Verdict.BLOCKED, Verdict.SAME, Verdict.VOID)
"""The first of these that any run has is the behaviour's verdict."""

_ALMOST = 99.9
"""What a target gets at most while something is not held."""


def score(
    programs: Sequence[ProgramResult],
    targets: Sequence[TargetFacts],
    *,
    seed: int = 0,
    holdout: Sequence[ProgramResult] = (),
    generated_at: datetime | None = None,
    clients: tuple[ClientsScore, ...] = (),
    problems: tuple[str, ...] = (),
) -> RunScore:
    """Score a run.

    Args:
        programs: results on all programs of all targets; a program counts for every target that it calls.
        targets: what is known of the selected targets, in the order in which reports show them.
        seed: from which programs were grown.
        holdout: results on held-out recordings; only their satisfaction is counted, so that no report gives them away.
        generated_at: time of the run, aware; now if not given.
        clients: targets that drive the same service, compared.
        problems: what kept the run from being whole, a sentence each.
    """
    return RunScore(
        generated_at=generated_at or datetime.now(UTC),
        kit_version=__version__,
        seed=seed,
        targets=tuple(_target(facts, programs, holdout) for facts in targets),
        clients=clients,
        problems=problems,
    )


def with_repros(run: RunScore, repros: Mapping[str, str]) -> RunScore:
    """The same score, its differences pointing to the pytest files that show them (difference id → path)."""
    targets = (
        replace(
            target,
            differences=tuple(replace(found, repro=repros.get(found.id, found.repro)) for found in target.differences),
        )
        for target in run.targets
    )
    return replace(run, targets=tuple(targets))


def _target(facts: TargetFacts, programs: Sequence[ProgramResult], holdout: Sequence[ProgramResult]) -> TargetScore:
    mine = _calling(programs, facts.target)
    endpoints = _endpoints(_operations(facts, mine), _behaviours(facts, mine))
    checks = _total(endpoint.checks for endpoint in endpoints)
    evidenced = sum(endpoint.operation.name in facts.surface for endpoint in endpoints)
    return TargetScore(
        facts=facts,
        compatibility=_compatibility(endpoints),
        endpoints=endpoints,
        checks=checks,
        fidelity=ratio(checks.same, checks.made),
        masked=_masked(facts, checks),
        evidenced=evidenced,
        coverage=ratio(evidenced, len(facts.surface)),
        recorded=_satisfaction(facts.target, (program for program in mine if not program.generated)),
        generated=_satisfaction(facts.target, (program for program in mine if program.generated)),
        holdout=_satisfaction(facts.target, _calling(holdout, facts.target)),
        differences=differences(mine, facts.target),
        notes=notes(mine, facts.target),
        flavours=_flavours(endpoints),
    )


def _flavours(endpoints: Sequence[EndpointScore]) -> tuple[FlavourScore, ...]:
    """Each flavour's endpoints by themselves: one that is little recorded is not hidden behind the others."""
    groups: dict[str, list[EndpointScore]] = defaultdict(list)
    for endpoint in endpoints:
        groups[endpoint.operation.flavour].append(endpoint)
    return tuple(_flavour(name, group) for name, group in sorted(groups.items()) if name)


def _flavour(name: str, endpoints: Sequence[EndpointScore]) -> FlavourScore:
    return FlavourScore(
        name=name,
        compatibility=_compatibility(endpoints),
        endpoints=len(endpoints),
        evidenced=sum(len(endpoint.behaviours) for endpoint in endpoints),
        held=sum(endpoint.held for endpoint in endpoints),
    )


def _calling(programs: Iterable[ProgramResult], target: str) -> list[ProgramResult]:
    return [p for p in programs if any(step.behaviour.target == target for step in p.steps)]


def _behaviours(facts: TargetFacts, programs: Sequence[ProgramResult]) -> list[BehaviourScore]:
    """Every evidenced behaviour, and any other that a step met: nothing that ran is left out."""
    steps: dict[Behaviour, list[StepResult]] = defaultdict(list)
    names: dict[Behaviour, dict[str, None]] = defaultdict(dict)
    for program in programs:
        for step in program.steps:
            if step.behaviour.target == facts.target:
                steps[step.behaviour].append(step)
                names[step.behaviour][program.name] = None
    evidence = {behaviour: Evidence(len(found), tuple(found)) for behaviour, found in names.items()}
    evidence |= {known: found for known, found in facts.evidence.items() if known.target == facts.target}
    return [_behaviour(key, steps[key], found) for key, found in sorted(evidence.items(), key=lambda e: e[0])]


def _behaviour(behaviour: Behaviour, steps: Sequence[StepResult], evidence: Evidence) -> BehaviourScore:
    verdicts = Counter(verdict_of(step) for step in steps)
    verdict = next((worst for worst in _PRECEDENCE if verdicts[worst]), Verdict.UNOBSERVED)
    reasons = Counter(step.reason for step in steps if step.reason and step.verdict is verdict)
    return BehaviourScore(
        behaviour=behaviour,
        verdict=verdict,
        evidence=evidence,
        checks=_total(_checks(step) for step in steps),
        verdicts=dict(verdicts),
        reason=reasons.most_common(1)[0][0] if reasons else "",
    )


def _checks(step: StepResult) -> Checks:
    """The step's checks; whatever the counts say, a deviation is never among those that were same."""
    differs = min(step.made, max(step.made - step.same, len(step.deviations)))
    return Checks(same=step.made - differs, differs=differs, masked=step.masked)


def _total(parts: Iterable[Checks]) -> Checks:
    same = differs = masked = 0
    for part in parts:
        same, differs, masked = same + part.same, differs + part.differs, masked + part.masked
    return Checks(same, differs, masked)


def _operations(facts: TargetFacts, programs: Iterable[ProgramResult]) -> dict[str, Operation]:
    """The surface, and operations beside it that steps called all the same."""
    called = {
        step.behaviour.operation: Operation(step.behaviour.operation, step.sdk_call)
        for program in programs
        for step in program.steps
        if step.behaviour.target == facts.target
    }
    return called | dict(facts.surface)


def _endpoints(operations: Mapping[str, Operation], behaviours: Sequence[BehaviourScore]) -> tuple[EndpointScore, ...]:
    groups: dict[str, list[BehaviourScore]] = defaultdict(list)
    for found in behaviours:
        groups[found.behaviour.operation].append(found)
    return tuple(_endpoint(operations.get(name, Operation(name, "")), group) for name, group in groups.items())


def _endpoint(operation: Operation, behaviours: Sequence[BehaviourScore]) -> EndpointScore:
    held = sum(found.held for found in behaviours)
    measured = sum(found.verdict is not Verdict.VOID for found in behaviours)
    checks = _total(found.checks for found in behaviours)
    return EndpointScore(
        operation=operation,
        behaviours=tuple(behaviours),
        held=held,
        measured=measured,
        compatibility=ratio(held, measured),
        checks=checks,
        fidelity=ratio(checks.same, checks.made),
    )


def _compatibility(endpoints: Sequence[EndpointScore]) -> float | None:
    average = mean([Fraction(e.held, e.measured) for e in endpoints if e.measured])
    if average is None:
        return None
    complete = all(found.held for endpoint in endpoints for found in endpoint.behaviours)
    return percent(average) if complete else min(percent(average), _ALMOST)


def _masked(facts: TargetFacts, checks: Checks) -> float | None:
    if facts.masks.share is not None:
        return round(facts.masks.share * 100, 1)
    # Masked leaves are checks too, but for list elements that were not compared at all.
    return ratio_up(checks.masked, max(checks.made, checks.masked))


def _satisfaction(target: str, programs: Iterable[ProgramResult]) -> Satisfaction:
    """Of a program that calls several targets, each answers for its own steps."""
    verdicts = ([verdict_of(s) for s in program.steps if s.behaviour.target == target] for program in programs)
    judged = [[v for v in found if v is not Verdict.VOID] for found in verdicts]
    run = sum(bool(found) for found in judged)
    satisfied = sum(bool(found) and set(found) == {Verdict.SAME} for found in judged)
    return Satisfaction(
        run=run,
        satisfied=satisfied,
        void=len(judged) - run,
        percent=ratio(satisfied, run),
        interval=wilson(satisfied, run),
    )
