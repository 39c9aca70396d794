"""The run as a JSON document, ``conformance-report/1`` (its schema: ``schema/report.schema.json``)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from conformance.oracle.verdict import UnliftedCount, Verdict
from conformance.recordings.model import Json
from conformance.scoring.baseline import GateResult
from conformance.scoring.model import (
    Audit,
    BehaviourScore,
    Checks,
    ClientsScore,
    DeclaredScore,
    Difference,
    Disagreement,
    EndpointScore,
    Example,
    FlavourScore,
    HeldOut,
    Miss,
    RunScore,
    Satisfaction,
    SdkDefect,
    StepRow,
    TargetScore,
)

SCHEMA_NAME = "conformance-report/1"
_SCHEMA_FILE = Path(__file__).parent / "schema" / "report.schema.json"


def schema() -> Json:
    """The JSON Schema of the document."""
    return json.loads(_SCHEMA_FILE.read_text(encoding="utf-8"))


def document(run: RunScore, gate: GateResult | None = None) -> dict[str, Any]:
    """The whole run; every percentage with the numbers it is made of."""
    return {
        "schema": SCHEMA_NAME,
        "generated_at": run.generated_at.isoformat(timespec="seconds"),
        "kit_version": run.kit_version,
        "seed": run.seed,
        "gate": None if gate is None else {"passed": gate.passed, "failures": list(gate.failures)},
        "problems": list(run.problems),
        "targets": [_target(target) for target in run.targets],
        "clients": [_clients(found) for found in run.clients],
    }


def _target(target: TargetScore) -> dict[str, Any]:
    facts = target.facts
    return {
        "target": target.name,
        "sdk": {"name": facts.sdk.name, "version": facts.sdk.version},
        "twin": {"kind": facts.twin.kind, "name": facts.twin.name, "base_url": facts.twin.base_url},
        "compatibility": target.compatibility,
        "fidelity": target.fidelity,
        "coverage": target.coverage,
        "checks": _checks(target.checks),
        "surface": {
            "endpoints": len(facts.surface),
            "evidenced": target.evidenced,
            "exercised": target.exercised,
        },
        "behaviours": _behaviours(target),
        "flavours": [_flavour(found) for found in target.flavours],
        "programs": {
            "recorded": _satisfaction(target.recorded),
            "generated": _satisfaction(target.generated),
            "holdout": _satisfaction(target.holdout),
        },
        "declared": _declared(facts.declared),
        "masks": {"share": target.masked, "rules": list(facts.masks.rules)},
        "audit": _audit(facts.audit),
        "held_out": _held_out(target.facts.held_out),
        "endpoints": [_endpoint(endpoint) for endpoint in target.endpoints],
        "differences": [_difference(found) for found in target.differences],
        "notes": [_difference(found) for found in target.notes],
        "unlifted": [_unlifted(found) for found in facts.unlifted],
        "sdk_defects": [_sdk_defect(found) for found in facts.sdk_defects],
        "wishlist": list(facts.wishlist),
        "unexercised": list(facts.unexercised),
    }


def _behaviours(target: TargetScore) -> dict[str, int]:
    names = {
        "held": Verdict.SAME,
        "differs": Verdict.DIFFERS,
        "not_implemented": Verdict.NOT_IMPLEMENTED,
        "blocked": Verdict.BLOCKED,
        "unobserved": Verdict.UNOBSERVED,
        "void": Verdict.VOID,
    }
    counts = {name: target.count(verdict) for name, verdict in names.items()}
    return {"evidenced": len(target.behaviours), **counts}


def _flavour(found: FlavourScore) -> dict[str, Any]:
    return {
        "flavour": found.name,
        "compatibility": found.compatibility,
        "endpoints": found.endpoints,
        "behaviours": {"evidenced": found.evidenced, "held": found.held},
    }


def _declared(found: DeclaredScore | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "asserted": found.asserted,
        "run": found.run,
        "recorded": found.recorded,
        "agree": found.agree,
        "not_implemented": found.not_implemented,
        "misses": [_miss(miss) for miss in found.misses],
        "not_run": [{"reason": reason, "count": count} for reason, count in found.not_run.items()],
    }


def _miss(found: Miss) -> dict[str, Any]:
    return {
        "operation": found.operation,
        "sdk_call": found.sdk_call,
        "arguments": dict(found.arguments),
        "axis": found.axis.value,
        "expected": found.expected,
        "actual": found.actual,
        "source": found.source,
        "recorded": found.recorded,
    }


def _clients(found: ClientsScore) -> dict[str, Any]:
    return {
        "service": found.service,
        "targets": list(found.targets),
        "programs": found.programs,
        "agree": found.agree,
        "unexplained": found.unexplained,
        "disagreements": [_disagreement(one) for one in found.disagreements],
    }


def _disagreement(found: Disagreement) -> dict[str, Any]:
    return {
        "operation": found.operation,
        "results": list(found.results),
        "why": found.why,
        "count": found.count,
        "recordings": list(found.recordings),
    }


def _checks(checks: Checks) -> dict[str, int]:
    return {"same": checks.same, "differs": checks.differs, "masked": checks.masked}


def _satisfaction(found: Satisfaction) -> dict[str, Any]:
    return {
        "run": found.run,
        "satisfied": found.satisfied,
        "void": found.void,
        "satisfaction": found.percent,
        "interval": None if found.interval is None else list(found.interval),
    }


def _held_out(found: HeldOut | None) -> dict[str, int] | None:
    return None if found is None else {"judged": found.judged, "flagged": found.flagged}


def _audit(audit: Audit | None) -> dict[str, int] | None:
    if audit is None:
        return None
    return {
        "judged": audit.judged,
        "false_alarms": audit.false_alarms,
        "faults": audit.faults,
        "caught": audit.caught,
    }


def _endpoint(endpoint: EndpointScore) -> dict[str, Any]:
    return {
        "operation": endpoint.operation.name,
        "sdk_call": endpoint.operation.sdk_call,
        "compatibility": endpoint.compatibility,
        "held": endpoint.held,
        "measured": endpoint.measured,
        "fidelity": endpoint.fidelity,
        "checks": _checks(endpoint.checks),
        "behaviours": [_behaviour(found) for found in endpoint.behaviours],
    }


def _behaviour(found: BehaviourScore) -> dict[str, Any]:
    return {
        "outcome": found.behaviour.outcome,
        "variant": found.behaviour.variant,
        "verdict": found.verdict.value,
        "evidence": found.evidence.count,
        "recordings": list(found.evidence.recordings),
        "newest": found.evidence.newest,
        "runs": found.runs,
        "verdicts": {verdict.value: count for verdict, count in sorted(found.verdicts.items()) if count},
        "checks": _checks(found.checks),
        "reason": found.reason,
    }


def _difference(found: Difference) -> dict[str, Any]:
    return {
        "id": found.id,
        "operation": found.behaviour.operation,
        "outcome": found.behaviour.outcome,
        "variant": found.behaviour.variant,
        "axis": found.axis.value,
        "path": found.path,
        "expected": found.expected,
        "actual": found.actual,
        "count": found.count,
        "evidence": [_example(example) for example in found.examples],
        "steps": [_step(row) for row in found.steps],
        "steps_omitted": found.omitted,
        "repro": found.repro,
    }


def _example(example: Example) -> dict[str, Any]:
    return {
        "recording": example.program,
        "source": example.source,
        "interaction": example.interaction,
        "expected": example.expected,
        "actual": example.actual,
        "generated": example.generated,
    }


def _step(row: StepRow) -> dict[str, str]:
    return {
        "request": row.request,
        "recorded": row.recorded,
        "actual": row.actual,
        "verdict": row.verdict.value,
    }


def _sdk_defect(found: SdkDefect) -> dict[str, Any]:
    return {
        "defect": found.defect,
        "operation": found.operation,
        "sdk_call": found.sdk_call,
        "count": found.count,
        "recordings": list(found.recordings),
    }


def _unlifted(found: UnliftedCount) -> dict[str, Any]:
    return {"reason": found.reason, "count": found.count, "examples": list(found.examples)}
