"""Synthetic results and scores: a service that exists nowhere, as large as a real one if need be."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime

from conformance.oracle.verdict import (
    Axis,
    Behaviour,
    Deviation,
    ProgramResult,
    StepResult,
    UnliftedCount,
    Verdict,
)
from conformance.scoring.compatibility import score
from conformance.scoring.model import (
    Audit,
    ClientsScore,
    DeclaredScore,
    Disagreement,
    Evidence,
    Masks,
    Miss,
    RunScore,
    SdkDefect,
    TargetFacts,
    Twin,
)
from conformance.target import Operation, Sdk

DEFECT = SdkDefect(
    "drops 'notes' when it is empty", "PATCH /v1/barges/{bargeId}", "barges.update", 4, ("canal/voyage-2.json",)
)
DECLARED = DeclaredScore(
    asserted=9,
    run=6,
    recorded=1,
    agree=3,
    not_implemented=2,
    misses=(Miss("GET /v1/barges", "barges.list", {"limit": 0}, "400 badRequest", "200", "the charter of the canal"),),
    not_run={"the charter does not tell with which arguments": 3},
)
CLIENTS = ClientsScore(
    "canal",
    ("canal", "canal-by-night"),
    programs=60,
    agree=57,
    disagreements=(
        Disagreement("GET /v1/barges", ("200 same", "200 differs: shape name"), "", 1, ("canal/voyage-1.json",)),
        Disagreement("GET /v1/harbours", ("200 same", "no call"), "only canal makes this call", 4),
    ),
)
NOW = datetime(2030, 5, 17, 9, 30, tzinfo=UTC)

SURFACE = {
    operation.name: operation
    for operation in (
        Operation("GET /v1/barges", "barges.list"),
        Operation("POST /v1/barges", "barges.create"),
        Operation("GET /v1/barges/{bargeId}", "barges.get"),
        Operation("PATCH /v1/barges/{bargeId}", "barges.update"),
        Operation("DELETE /v1/barges/{bargeId}", "barges.delete"),
        Operation("GET /v1/barges/{bargeId}/cargo", "barges.cargo.list"),
        Operation("POST /v1/barges/{bargeId}/cargo:load", "barges.cargo.load"),
        Operation("POST /v1/barges/{bargeId}/cargo:unload", "barges.cargo.unload"),
        Operation("GET /v1/locks/{lockId}/queue", "locks.queue"),
        Operation("POST /v1/locks/{lockId}/queue", "locks.enqueue"),
        Operation("GET /v1/harbours", "harbours.list"),
        Operation("GET /v1/harbours/{harbourId}", "harbours.get"),
        Operation("GET /v1/tolls", "tolls.list"),
        Operation("POST /v1/tolls/{tollId}/receipts/{receiptId}/corrections", "tolls.receipts.corrections.create"),
    )
}


def behaviour(operation="GET /v1/barges", outcome="200", variant="", target="canal") -> Behaviour:
    return Behaviour(target, operation, outcome, variant)


def deviation(axis=Axis.SHAPE, path="name", expected='"Ada"', actual="absent") -> Deviation:
    return Deviation(axis, path, expected, actual)


def step(met: Behaviour | None = None, verdict=Verdict.SAME, deviations=(), *, made=4, same=None, **more) -> StepResult:
    met = met or behaviour()
    judged = verdict in (Verdict.SAME, Verdict.DIFFERS, Verdict.NOT_IMPLEMENTED)
    made = made if judged else 0
    values = {
        "sdk_call": SURFACE[met.operation].sdk_call if met.operation in SURFACE else "x",
        "interaction": 0,
        "request": f"{met.operation.split()[0].lower()}(…)",
        "recorded": met.outcome,
        "actual": met.outcome if judged else "",
    } | more
    return StepResult(
        behaviour=met,
        verdict=verdict,
        made=made,
        same=(made - len(deviations) if verdict is Verdict.SAME else max(0, made - 1)) if same is None else same,
        deviations=tuple(deviations),
        **values,
    )


def program(*steps: StepResult, name="canal/one.json", generated=False) -> ProgramResult:
    return ProgramResult(name, f"synthetic, {name}, 2029-01-02", tuple(steps), generated)


def facts(evidence=None, target="canal", **more) -> TargetFacts:
    values = {
        "sdk": Sdk("canal-sdk", "4.2.0"),
        "twin": Twin("embedded", "canal", "http://127.0.0.1:4000"),
        "surface": SURFACE,
    } | more
    return TargetFacts(target=target, evidence=evidence or {}, **values)


def run(*programs: ProgramResult, evidence=None, holdout=(), **more) -> RunScore:
    return score(programs, [facts(evidence, **more)], seed=7, holdout=holdout, generated_at=NOW)


def realistic(seed=1, programs=60, target="canal", faults=0.12) -> RunScore:
    """A run of a plausible twin: most behaviour held, some families wrong, some not there."""
    dice = random.Random(seed)
    known = [b for b in _behaviours(target) if dice.random() < 0.9]
    spoiled = {b: _damage(dice, b) for b in known if dice.random() < faults * 2}
    results = [_program(dice, known, spoiled, index) for index in range(programs)]
    evidence = {
        b: Evidence(n := dice.randint(1, 12), tuple(f"canal/voyage-{i}.json" for i in range(n)), "2028-11-03")
        for b in known
    }
    return score(
        results,
        [
            facts(
                evidence,
                target,
                unlifted=(
                    UnliftedCount("another service's host", 14, ("canal/voyage-3.json #2 GET /login",)),
                    UnliftedCount("batch request", 3, ("canal/voyage-9.json #0 POST /batch",)),
                ),
                masks=Masks(tuple(f"barges[].{name}: differs between recordings" for name in ("etag", "seen"))),
                sdk_defects=(DEFECT,),
                wishlist=("POST /v1/tolls/{tollId}/receipts/{receiptId}/corrections", "GET /v1/tolls → 403"),
                audit=Audit(judged=812, false_alarms=4, faults=1200, caught=1131),
                declared=DECLARED,
            )
        ],
        seed=seed,
        holdout=results[:9],
        generated_at=NOW,
        clients=(CLIENTS,),
    )


def _behaviours(target):
    for name in list(SURFACE)[:-2]:
        yield behaviour(name, "200", target=target)
        if "{" in name:
            yield behaviour(name, "404 notFound", target=target)
        if name.startswith("POST"):
            yield behaviour(name, "400 badRequest", target=target)
            yield behaviour(name, "200", "frozen", target=target)


def _damage(dice, met):
    if dice.random() < 0.25:
        return Verdict.NOT_IMPLEMENTED, (deviation(Axis.OUTCOME, "", met.outcome, "501 notImplemented"),)
    axis = dice.choice([axis for axis in Axis if axis is not Axis.DECLARED])
    path = dice.choice(("barges[].owner.displayName", "nextPageToken", "cargo[].weightKg", "updatedAt", "links.self"))
    values = dice.choice(
        (
            ('"2029-04-01T10:22:31.000Z"', '"2029-04-01T10:22:31Z"'),
            ("12", '"12"'),
            ("absent", "null"),
            ('{"displayName": "Ines Kahn", "kind": "owner", "permissionId": "0819"}', "absent"),
        )
    )
    return Verdict.DIFFERS, (deviation(axis, path, *values), *([deviation()] if dice.random() < 0.3 else []))


def _program(dice, known, spoiled, index):
    steps, broken = [], False
    for position in range(dice.randint(1, 28)):
        met = dice.choice(known)
        request = f"{SURFACE[met.operation].sdk_call}(bargeId=…, fields='id,name,owner(displayName)', pageSize=10)"
        common = {"request": request, "interaction": position}
        if met in spoiled:
            verdict, found = spoiled[met]
            actual = "501 notImplemented" if verdict is Verdict.NOT_IMPLEMENTED else met.outcome
            steps.append(step(met, verdict, found, made=9, masked=1, actual=actual, **common))
            broken = True
        elif dice.random() < 0.004:
            steps.append(step(met, Verdict.VOID, reason="no barge could be supplied", **common))
        elif broken and dice.random() < 0.01:
            steps.append(step(met, Verdict.BLOCKED, reason="its barge was never created", **common))
        else:
            notes = (deviation(Axis.HEADERS, "cache-control", '"no-cache"', "absent"),) if index % 9 == 0 else ()
            steps.append(step(met, made=9, masked=1, notes=notes, **common))
    return program(*steps, name=f"canal/voyage-{index}.json", generated=index % 3 == 0)


def filled_with(text: str) -> RunScore:
    """A run in which everything that comes from outside is ``text``."""
    met = [Behaviour("canal", f"{text} {number}", text, text) for number in range(len(Verdict))]
    found = Deviation(Axis.VALUE, text, text, text)
    common = {"sdk_call": text, "request": text, "recorded": text, "actual": text, "reason": text}
    steps = (
        step(met[0], notes=(found,), **common),
        step(met[1], Verdict.NOT_IMPLEMENTED, **common),
        step(met[2], Verdict.BLOCKED, **common),
        step(met[3], Verdict.VOID, **common),
        step(met[4], Verdict.DIFFERS, (found,), **common),
    )
    described = facts(
        {b: Evidence(1, (text,), text) for b in met},
        sdk=Sdk(text, text),
        twin=Twin("external", text, text),
        surface={b.operation: Operation(b.operation, text) for b in met},
        unlifted=(UnliftedCount(text, 1, (text,)),),
        masks=Masks((text,)),
        sdk_defects=(SdkDefect(text, text, text, 1, (text,)),),
        wishlist=(text,),
        declared=DeclaredScore(3, 2, 1, 0, 1, (Miss(text, text, {text: [text]}, text, text, text, True),), {text: 1}),
    )
    disagreement = Disagreement(text, (text, text), text, 1, (text,))
    clients = ClientsScore(text, (text, text), 2, 0, (disagreement, replace(disagreement, why="")))
    results = [ProgramResult(text, text, steps), ProgramResult(text, text, steps, generated=True)]
    return score(results, [described], generated_at=NOW, clients=(clients,))
