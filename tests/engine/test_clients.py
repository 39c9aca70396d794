"""Two targets that drive one service: each makes the calls that the service's recordings show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest

from conformance import runner
from conformance import target as targets
from conformance.commands.run import score_outcome
from conformance.oracle.verdict import ProgramResult, Verdict
from conformance.programs.model import Call
from conformance.recordings.model import Request
from conformance.runner import Plan
from conformance.scoring.clients import NO_CALL
from conformance.scoring.model import ClientsScore
from conformance.twinkit.asgi import TwinApp
from conformance.twinkit.server import Server
from conformance.twinkit.service import Handler, Reply, TwinRequest
from conformance.twinkit.twin import Twin
from conformance.worlds.live import TwinAddress
from toy.flaws import FLAWS, OUTCOME, RESERVE, Flaw
from toy.kiosk import KioskTarget
from toy.scripts import SCRIPTS
from toy.stage import Stage
from toy.target import LibraryTarget
from toy.twin import SERVICE, Library, refusal


class Watching:
    """Hears nothing."""

    def grow(self, steps: int) -> None: ...

    def took(self, result: ProgramResult) -> None: ...


@pytest.fixture(autouse=True)
def both_installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The library and its kiosk are all that is installed."""
    named = {"library": "toy.target:TARGET", "kiosk": "toy.kiosk:TARGET"}
    points = EntryPoints([EntryPoint(name, value, targets.ENTRY_POINT_GROUP) for name, value in named.items()])
    monkeypatch.setattr(targets, "entry_points", lambda **wanted: points.select(**wanted))
    targets.load.cache_clear()
    yield
    targets.load.cache_clear()


def steps(selected: tuple[str, ...], cassettes: Path, **more: object) -> Counter[str]:
    """Judged steps by target; every one must be the same as recorded."""
    outcome = runner.run(Plan(selected, (cassettes,), {}, **more), Watching())  # type: ignore[arg-type]
    assert outcome.failure == "" and len({result.name for result in outcome.results}) == len(outcome.results)
    judged = [step for result in outcome.results for step in result.steps]
    assert {step.verdict for step in judged} == {Verdict.SAME}
    return Counter(step.behaviour.target for step in judged)


def test_each_makes_all_the_calls(library_cassettes: Path, tmp_path: Path) -> None:
    alone = steps(("library",), library_cassettes, cache=tmp_path)
    both = steps(("library", "kiosk"), library_cassettes, cache=tmp_path)
    assert alone["library"] > 100 and both == {"library": alone["library"], "kiosk": alone["library"]}
    assert steps(("kiosk",), library_cassettes, cache=tmp_path) == {"kiosk": alone["library"]}


def compared(cassettes: Path, **twins: str) -> tuple[ClientsScore, ...]:
    """Comparisons of the two targets, in a run on these twins."""
    addresses = {name: TwinAddress(url) for name, url in twins.items()}
    plan = Plan(("library", "kiosk"), (cassettes,), addresses)
    return score_outcome(plan, runner.run(plan, Watching())).clients


def test_they_agree_on_a_twin_that_treats_them_alike(library_cassettes: Path, library_stage: Stage) -> None:
    (found,) = compared(library_cassettes)
    assert (found.service, found.targets) == ("library", ("library", "kiosk"))
    assert found.programs == found.agree == 2 * len(SCRIPTS) and found.disagreements == ()
    flaw = next(one for one in FLAWS if one.name == "vocabulary")
    library_stage.play(flaw.service())
    (found,) = compared(library_cassettes, library=library_stage.url)
    assert found.programs == found.agree  # both see the flaw


def test_a_twin_that_is_named_for_one_is_that_of_both(library_cassettes: Path, library_stage: Stage) -> None:
    library_stage.play(SERVICE)
    plan = Plan(("library", "kiosk"), (library_cassettes,), {"library": TwinAddress(library_stage.url)})
    scored = score_outcome(plan, runner.run(plan, Watching()))
    assert {(target.facts.twin.kind, target.facts.twin.base_url) for target in scored.targets} == {
        ("external", library_stage.url)
    }


def test_a_twin_that_is_not_the_same_to_both_is_named(library_cassettes: Path, library_stage: Stage) -> None:
    """It remembers, whatever is reset: once two recordings were run by the first client, nothing can be reserved."""
    seen: list[object] = []

    def moody(handler: Handler) -> Handler:
        def answer(state: Library, request: TwinRequest) -> Reply:
            seen.append(request)
            return handler(state, request) if len(seen) <= 2 else refusal(409, "reserved", "No.").reply

        return answer

    library_stage.play(Flaw("", RESERVE, OUTCOME, "", moody).service())
    (found,) = compared(library_cassettes, library=library_stage.url)
    assert found.agree < found.programs and found.unexplained
    assert {one.operation for one in found.disagreements} == {RESERVE}


def test_two_twins_are_not_compared(library_cassettes: Path, library_stage: Stage) -> None:
    with Server(TwinApp(Twin([SERVICE]))) as other:
        library_stage.play(SERVICE)
        assert compared(library_cassettes, library=library_stage.url, kiosk=other.url) == ()


def test_what_a_client_cannot_make_is_its_own(library_cassettes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(KioskTarget, "lift", no_covers)
    plan = Plan(("library", "kiosk"), (library_cassettes,), {})
    outcome = runner.run(plan, Watching())
    assert outcome.unlifted["library"] == []
    assert {one.reason for one in outcome.unlifted["kiosk"]} == {"a kiosk shows no covers"}
    (found,) = score_outcome(plan, outcome).clients
    assert found.agree < found.programs and found.unexplained == 0
    assert {one.why for one in found.disagreements} == {"only library makes this call"}
    assert {one.results[1] for one in found.disagreements} == {NO_CALL}


def no_covers(target: KioskTarget, request: Request) -> Call | str | None:
    if request.path.endswith("/cover"):
        return "a kiosk shows no covers"
    return LibraryTarget.lift(target, request)
