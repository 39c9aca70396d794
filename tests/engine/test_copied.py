"""What a client copies from an answer into what it sends is not its choice."""

from __future__ import annotations

from typing import Any

from making import answer, trace

from conformance.oracle.judge import Judge
from conformance.oracle.noise import Kind, Noise, place_of
from conformance.oracle.sightings import reads_account
from conformance.oracle.situation import footprints
from conformance.oracle.verdict import StepResult, Verdict
from conformance.programs.model import Observation, Ref
from conformance.programs.references import resolve
from toy.flaws import CREATE_BOOK, GET_BOOK, LIST_BOOKS, UPDATE_BOOK
from toy.target import TARGET

THEN, NOW = "2020-01-01T10:00:00.000Z", "2026-01-01T10:00:00.000Z"
BOOK: dict[str, Any] = {"id": "L1abc2def3ghi", "title": "T", "createdTime": THEN}
SAVED = {"book_id": "L1abc2def3ghi", "title": "U", "createdTime": THEN}


def test_moment_that_was_read_is_a_reference() -> None:
    """Of several steps that told it, one that made what the call names."""
    other = {"id": "M1abc2def3ghi", "createdTime": THEN}
    made = trace(
        "r",
        (CREATE_BOOK, {"title": "other"}, answer(other)),
        (CREATE_BOOK, {"title": "T"}, answer(BOOK)),
        (UPDATE_BOOK, SAVED, answer(BOOK)),
    )
    sent = made.program.steps[2].call.arguments
    assert sent["createdTime"] == Ref(1, ("createdTime",), THEN)
    assert resolve(made.program.steps[2].call, lambda source: f"live {source.recorded}").arguments["title"] == "U"
    assert footprints(made.program)[2].roots == (1,)


def test_moment_that_the_client_sent_first_is_its_own() -> None:
    made = trace(
        "r",
        (CREATE_BOOK, {"title": "T", "createdTime": THEN}, answer(BOOK)),
        (UPDATE_BOOK, SAVED, answer(BOOK)),
    )
    assert made.program.steps[1].call.arguments["createdTime"] == THEN


def test_read_since_a_moment_is_still_about_all() -> None:
    made = trace("r", (GET_BOOK, {"book_id": "x"}, answer(BOOK)), (LIST_BOOKS, {"createdTime": THEN}, answer({})))
    assert isinstance(made.program.steps[1].call.arguments["createdTime"], Ref)
    assert reads_account(made.program.steps[1].call)


def judged(noise: Noise, *pairs: tuple[Observation, Observation], **sent: Any) -> list[StepResult]:
    """A creation and an update that sends back what it had read."""
    made = trace("r", (CREATE_BOOK, {"title": "T"}, pairs[0][0]), (UPDATE_BOOK, sent, pairs[1][0]))
    judge = Judge(made.program, noise, "http://127.0.0.1:1", complete=True)
    steps = zip(made.program.steps, pairs, strict=True)
    return [judge.step(step, TARGET, recorded, live) for step, (recorded, live) in steps]


def test_moment_that_was_sent_back_is_not_expected_literally() -> None:
    live = {**BOOK, "createdTime": NOW}
    found = judged(Noise(), (answer(BOOK), answer(live)), (answer(BOOK), answer(live)), **SAVED)
    assert [step.verdict for step in found] == [Verdict.SAME, Verdict.SAME]


def test_moment_that_was_sent_back_must_stay() -> None:
    live, later = {**BOOK, "createdTime": NOW}, {**BOOK, "createdTime": NOW.replace("00.000Z", "07.500Z")}
    recorded = {**BOOK, "createdTime": THEN.replace(".000Z", ".250Z")}
    sent = {**SAVED, "createdTime": recorded["createdTime"]}
    found = judged(Noise(), (answer(recorded), answer(live)), (answer(recorded), answer(later)), **sent)
    assert found[-1].verdict is Verdict.DIFFERS


def test_name_of_the_account_that_was_sent_back_is_nobodys_choice() -> None:
    """What noise says to be the account's own is excused, unless the client chose it."""
    noise = Noise()
    for operation in (CREATE_BOOK, UPDATE_BOOK):
        noise.learn(
            place_of(TARGET.leaf_type, operation, ("shelf",)), Kind.VALUE, "north wing", "south wing", free=True
        )
    recorded, live = {**BOOK, "shelf": "east wing"}, {**BOOK, "shelf": "west wing"}
    copied = judged(noise, (answer(recorded), answer(live)), (answer(recorded), answer(live)), shelf="east wing")
    assert [step.verdict for step in copied] == [Verdict.SAME, Verdict.SAME]
    chosen = judged(noise, (answer(BOOK), answer(BOOK)), (answer(recorded), answer(live)), shelf="east wing")
    assert [step.verdict for step in chosen] == [Verdict.SAME, Verdict.DIFFERS]
