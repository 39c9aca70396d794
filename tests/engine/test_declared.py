"""What a contract asserts is tried on the twin, and stands apart from all that recordings show."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance import runner, worker
from conformance.commands.run import score_outcome
from conformance.declaring import declare
from conformance.errors import TwinUnavailable
from conformance.oracle.verdict import Axis, Verdict
from conformance.programs.model import Given
from conformance.runner import Plan
from conformance.scoring.declared import declared_score
from conformance.scoring.model import DeclaredScore, RunScore
from conformance.twinkit.server import Server
from conformance.worker import Worker, WorkerPlan
from conformance.worlds.live import TwinAddress
from engine.test_run import Watching
from toy import charter, flaws
from toy.charter import NOT_TOLD, SOURCE, Claim, program
from toy.flaws import Flaw
from toy.foreign import Foreign
from toy.stage import Stage
from toy.target import TARGET, LibraryTarget

COVER = "GET /v1/books/{book_id}/cover"
TITLED = ("POST /v1/books", "create_book", {"title": "New"})
pytestmark = pytest.mark.usefixtures("library_only")


@pytest.fixture
def claimed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """The library claims these things only."""
    return lambda *claims: monkeypatch.setattr(LibraryTarget, "declared_programs", lambda _: claims)


def tried(address: TwinAddress | None = None) -> DeclaredScore:
    """What comes of the claims, in one process."""
    twins = {TARGET.name: address} if address else {}
    here = Worker(WorkerPlan((TARGET.name,), twins, None, 2.0))
    worker.use(here)
    try:
        return declared_score(declare([TARGET.name], map)[TARGET.name], ())
    finally:
        here.close()


def test_each_claim_is_tried_by_itself() -> None:
    found = tried()
    assert (found.asserted, found.run, found.agree, found.not_implemented) == (4, 3, 2, 0)
    (miss,) = found.misses
    assert (miss.operation, miss.sdk_call, miss.arguments) == ("POST /v1/books", "create_book", {"author": "Ann Lee"})
    assert (miss.expected, miss.actual) == ("400 no_title", "400 title_required")
    assert (miss.source, miss.axis) == (SOURCE, Axis.DECLARED)
    assert found.not_run == {NOT_TOLD: 1}


def scored(cassettes: Path) -> RunScore:
    plan = Plan((TARGET.name,), (cassettes,), {})
    watching = Watching()
    outcome = runner.run(plan, watching)
    assert outcome.failure == "" and watching.announced == watching.done
    return score_outcome(plan, outcome)


def test_they_change_nothing_else(library_cassettes: Path, claimed: Callable[..., None]) -> None:
    (with_claims,) = scored(library_cassettes).targets
    claimed()
    (without,) = scored(library_cassettes).targets
    assert with_claims.facts.declared and with_claims.facts.declared.recorded == 2  # books and covers that are nowhere
    assert without.facts.declared is None
    assert replace(with_claims, facts=without.facts) == without
    assert with_claims.compatibility == 100 and with_claims.differences == ()


def test_what_the_twin_has_not_is_no_miss(library_stage: Stage) -> None:
    library_stage.play(Flaw("", COVER, flaws.OUTCOME, "", flaws.without_route).service())
    found = tried(TwinAddress(library_stage.url))
    assert (found.run, found.agree, found.not_implemented, len(found.misses)) == (3, 1, 1, 1)


def test_only_the_outcome_counts(library_stage: Stage) -> None:
    """Another text, no error of the SDK's own kind: nobody asserted these."""
    spoiled = flaws.error(lambda refused: replace(refused, body={"error": {"code": "no_cover"}, "more": 1}))
    library_stage.play(Flaw("", COVER, flaws.OUTCOME, "", spoiled).service())
    assert tried(TwinAddress(library_stage.url)).agree == 2


def test_what_the_twin_cannot_be_given_is_not_held_against_it(claimed: Callable[..., None]) -> None:
    known = {"kind": "book", "id": "B1", "known": {"title": "There"}, "base_url": "http://x"}
    there = Given(TARGET.name, "book", "B1", known)
    read = ("GET /v1/books/{book_id}", "get_book", {"book_id": "B1"})
    claimed(Claim("200", program(TARGET.name, read, givens=(there,))))
    assert tried().agree == 1
    with Server(Foreign()) as server:
        found = tried(TwinAddress(f"{server.url}/library"))
    assert (found.run, found.misses) == (0, ())
    assert found.not_run == {"there is no way to make a book in this twin": 1}


def test_what_cannot_be_reached_is_not_run(claimed: Callable[..., None]) -> None:
    bare = ("POST /v1/books", "create_book", {})
    then = charter.claims(TARGET.name)[2].program
    assert then is not None
    refused = replace(then, steps=(program(TARGET.name, bare).steps[0], then.steps[1]))
    claimed(Claim("404 no_cover", refused))
    assert tried().not_run == {"step 1 did not give what this needs": 1}


def test_a_twin_that_is_gone_ends_it_and_no_more(library_cassettes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was measured before is whole; what is left was not run."""
    real = worker.declared

    def dying(claim: Any) -> Any:
        if claim.outcome == "400 no_title":
            raise TwinUnavailable("It is gone.")
        return real(claim)

    monkeypatch.setattr(worker, "declared", dying)
    run = scored(library_cassettes)
    found = run.targets[0].facts.declared
    assert run.problems == () and found is not None
    assert (found.run, found.agree, found.not_run) == (1, 1, {"It is gone.": 2, NOT_TOLD: 1})


def test_an_interrupt_leaves_what_was_measured(library_cassettes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any) -> Iterable[Any]:
        raise KeyboardInterrupt

    monkeypatch.setattr(runner, "declare", interrupted)
    outcome = runner.run(Plan((TARGET.name,), (library_cassettes,), {}), Watching())
    assert outcome.failure == runner.INTERRUPTED and len(outcome.results) > 10


@pytest.mark.usefixtures("library_installed")
def test_several_processes_find_the_same(library_cassettes: Path) -> None:
    found = [
        runner.run(Plan((TARGET.name,), (library_cassettes,), {}, workers=workers), Watching()).declared
        for workers in (1, 2)
    ]
    assert found[0] == found[1]
    results = [one.result for one in found[0][TARGET.name] if one.result]
    assert [result.verdict for result in results] == [Verdict.SAME, Verdict.DIFFERS, Verdict.SAME]
