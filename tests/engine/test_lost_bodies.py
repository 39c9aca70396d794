"""Recordings that have lost what a call sent: the call is void, and what follows is judged as far as it can be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from making import Played, answer, trace

from conformance.oracle.expectations.learn import concrete
from conformance.oracle.learn import learn
from conformance.oracle.noise import Kind, Noise
from conformance.oracle.situation import situations
from conformance.oracle.verdict import ProgramResult, Verdict
from conformance.programs.grow.evidence import evidence
from conformance.programs.model import Program, Trace
from conformance.programs.references import with_references
from conformance.twinkit.service import Reply, TwinRequest
from toy import world
from toy.flaws import CREATE_BOOK, DELETE_BOOK, GET_BOOK, LIST_BOOKS, UPDATE_BOOK, Flaw, put
from toy.stage import Stage
from toy.target import TARGET
from toy.twin import SERVICE, Library, refusal

VOID, SAME, DIFFERS = Verdict.VOID, Verdict.SAME, Verdict.DIFFERS
BOOK = "0UAqFzWsDK4FrUMp48Y3"


def losing(made: Trace, *operations: str) -> Trace:
    """The same recording, but the bodies of these operations are lost."""
    steps = tuple(
        replace(step, call=replace(concrete(step.call), lost_body=step.call.operation in operations))
        for step in made.program.steps
    )
    program = Program(made.program.name, steps, recording=made.program.recording)
    return Trace(
        with_references(program, made.observations, TARGET.givens(steps, made.observations)), made.observations
    )


def of(traces: list[Trace], name: str) -> Trace:
    return next(trace for trace in traces if trace.program.name == f"north/{name}.json")


def judged(made: Trace, noise: Noise, stage: Stage) -> ProgramResult:
    return world.judge_all([made], noise, stage.url)[0]


def verdicts(result: ProgramResult) -> list[tuple[str, Verdict]]:
    return [(step.behaviour.operation, step.verdict) for step in result.steps]


def test_what_was_made_is_put_in_when_the_program_gets_there(
    library_stage: Stage, traces: list[Trace], noise: Noise
) -> None:
    library_stage.play(SERVICE)
    result = judged(losing(of(traces, "life"), CREATE_BOOK), noise, library_stage)
    assert verdicts(result)[0] == (CREATE_BOOK, VOID)
    assert "lost" in result.steps[0].reason
    assert {verdict for _, verdict in verdicts(result)[1:]} == {SAME}


def test_the_call_is_not_made(library_stage: Stage, traces: list[Trace], noise: Noise) -> None:
    def never(_: Library, __: TwinRequest) -> Reply:
        raise refusal(500, "called", "It was called.")

    library_stage.play(replace(SERVICE, routes={**SERVICE.routes, CREATE_BOOK: never}))
    result = judged(losing(of(traces, "life"), CREATE_BOOK), noise, library_stage)
    assert {verdict for _, verdict in verdicts(result)[1:]} == {SAME}


def test_it_is_not_there_before(library_stage: Stage, noise: Noise) -> None:
    """A list that was recorded before it was made does not have it; a twin that has it there is wrong."""
    listed = {"kind": "library#books", "items": []}
    book = {"kind": "library#book", "id": BOOK, "title": "T"}
    error = {"code": "book_not_found", "message": f"There is no book '{BOOK}'."}
    missing = answer({"error": error}, 404, "NotFound")
    before: Played = (LIST_BOOKS, {}, answer(listed))
    made: Played = (CREATE_BOOK, {}, answer(book))
    gone: Played = (GET_BOOK, {"book_id": BOOK}, missing)
    program = losing(trace("r", before, made, (DELETE_BOOK, {"book_id": BOOK}, answer(None, 204)), gone), CREATE_BOOK)
    library_stage.play(SERVICE)
    result = judged(program, Noise(), library_stage)
    assert [verdict for _, verdict in verdicts(result)] == [SAME, VOID, SAME, SAME]


def test_what_is_put_in_names_what_the_program_made_as_the_twin_does(library_stage: Stage) -> None:
    """The second book was made by a call that lost its body; its author is called like the first book."""
    first = {"kind": "library#book", "id": "0Fd2Xk9QmZtB7yLw5RsA", "title": "One", "author": ""}
    second = {"kind": "library#book", "id": "0Zq8Jm3Vt6Rc1Lx9WbNe", "title": "Two", "author": first["id"]}
    made: Played = (CREATE_BOOK, {"title": "One"}, answer(first))
    along: Played = (CREATE_BOOK, {}, answer(second))
    read: Played = (GET_BOOK, {"book_id": second["id"]}, answer(second))
    program = trace("r", made, along, read)
    steps = tuple(replace(step, call=concrete(step.call)) for step in program.program.steps)
    lost = (steps[0], replace(steps[1], call=replace(steps[1].call, lost_body=True)), steps[2])
    givens = TARGET.givens(lost, program.observations)
    linked = with_references(Program("r", lost), program.observations, givens)
    library_stage.play(SERVICE)
    result = judged(Trace(linked, program.observations), Noise(), library_stage)
    assert [verdict for _, verdict in verdicts(result)] == [SAME, VOID, SAME]


def test_what_names_what_the_program_made_is_put_in_after_that(library_stage: Stage) -> None:
    """Nobody's call made the second book, and its author is called like the first."""
    first = {"kind": "library#book", "id": "0Fd2Xk9QmZtB7yLw5RsA", "title": "One", "author": ""}
    second = {"kind": "library#book", "id": "0Zq8Jm3Vt6Rc1Lx9WbNe", "title": "Two", "author": first["id"]}
    made: Played = (CREATE_BOOK, {"title": "One"}, answer(first))
    reads = [(GET_BOOK, {"book_id": one["id"]}, answer(one)) for one in (first, second)]
    library_stage.play(SERVICE)
    result = judged(losing(trace("r", made, *reads)), Noise(), library_stage)
    assert [verdict for _, verdict in verdicts(result)] == [SAME, SAME, SAME]


def test_what_was_changed_unseen_is_only_noted(library_stage: Stage, traces: list[Trace], noise: Noise) -> None:
    library_stage.play(SERVICE)
    result = judged(losing(of(traces, "life"), UPDATE_BOOK), noise, library_stage)
    found = dict(enumerate(verdicts(result)))
    assert found[2] == (UPDATE_BOOK, VOID)
    assert {verdict for place, (_, verdict) in found.items() if place != 2} == {SAME}
    notes = {note.path for step in result.steps[3:] for note in step.notes}
    assert "title" in notes  # the new title, which nobody could send


def test_outcomes_of_what_was_changed_unseen_still_count(
    library_stage: Stage, traces: list[Trace], noise: Noise
) -> None:
    def undead(_: Library, __: TwinRequest) -> Reply:
        return Reply(None, 204)

    library_stage.play(replace(SERVICE, routes={**SERVICE.routes, DELETE_BOOK: undead}))
    result = judged(losing(of(traces, "life"), UPDATE_BOOK), noise, library_stage)
    assert (GET_BOOK, DIFFERS) in verdicts(result)[3:]


def test_a_twin_that_is_wrong_is_still_found(library_stage: Stage, traces: list[Trace], noise: Noise) -> None:
    library_stage.play(Flaw("other", GET_BOOK, None, "", put(author="Nobody")).service())  # type: ignore[arg-type]
    result = judged(losing(of(traces, "life"), CREATE_BOOK), noise, library_stage)
    assert (GET_BOOK, DIFFERS) in verdicts(result)


def lost(name: str, title: str) -> Trace:
    body: dict[str, Any] = {"id": name, "title": title}
    made: Played = (CREATE_BOOK, {}, answer(body))
    return losing(trace(title, made, (GET_BOOK, {"book_id": name}, answer(body))), CREATE_BOOK)


def test_answers_to_lost_bodies_are_no_noise() -> None:
    """Nobody knows what was asked, so that answers differ says nothing about the service."""
    one, other = lost(BOOK, "One"), lost("XYEqaPDVx7qXTzHQlIXq", "Two")
    assert situations(one.program) != situations(other.program)
    noise = learn([one, other], world.TARGETS)
    assert not [rule for (_, kind), rule in noise.rules.items() if kind is Kind.VALUE]
    assert noise.keys[f"{CREATE_BOOK} "] == {"id", "title"}


def test_nothing_is_grown_of_them(traces: list[Trace]) -> None:
    whole, untold = of(traces, "life"), losing(of(traces, "life"), UPDATE_BOOK)
    (line,) = evidence([whole], world.TARGETS).lines
    assert UPDATE_BOOK in {step.call.operation for step in line.program.steps}
    (line,) = evidence([untold], world.TARGETS).lines
    assert [step.call.operation for step in line.program.steps] == [CREATE_BOOK, GET_BOOK]
