"""The whole way, from cassettes to a score, for a service that the engine has never heard of."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from conformance import cli, runner
from conformance.commands.run import score_outcome
from conformance.errors import TwinUnavailable, UnknownTarget
from conformance.oracle.verdict import ProgramResult, Verdict
from conformance.runner import Outcome, Plan
from conformance.scoring.model import RunScore
from conformance.target import installed, load
from conformance.twinkit.server import Server
from conformance.worlds.live import TwinAddress
from toy import flaws
from toy.flaws import FLAWS, Flaw
from toy.foreign import Foreign
from toy.scripts import SCRIPTS
from toy.stage import Stage
from toy.target import OPERATIONS, TARGET
from toy.twin import SERVICE


class Watching:
    """Counts what a run tells."""

    def __init__(self) -> None:
        self.announced = self.done = 0

    def grow(self, steps: int) -> None:
        self.announced += steps

    def took(self, result: ProgramResult) -> None:
        self.done += len(result.steps)


def plan(cassettes: Path, stage: Stage | None = None, **more: object) -> Plan:
    twins = {TARGET.name: TwinAddress(stage.url)} if stage else {}
    return Plan((TARGET.name,), (cassettes,), twins, **more)  # type: ignore[arg-type]


def scored(made: Plan) -> tuple[Outcome, RunScore]:
    outcome = runner.run(made, Watching())
    assert outcome.failure == ""
    return outcome, score_outcome(made, outcome)


def verdicts(results: Iterable[ProgramResult]) -> set[Verdict]:
    return {step.verdict for result in results for step in result.steps}


@pytest.mark.usefixtures("library_only")
def test_targets_are_found_by_entry_point() -> None:
    assert installed() == {"library": "toy.target:TARGET"}
    assert load("library") is TARGET
    with pytest.raises(UnknownTarget, match="library"):
        load("museum")


@pytest.mark.usefixtures("library_only")
def test_right_twin_scores_everything(library_cassettes: Path) -> None:
    watching = Watching()
    made = plan(library_cassettes)
    outcome = runner.run(made, watching)
    assert watching.announced == watching.done > 100
    assert verdicts(outcome.results) == {Verdict.SAME}
    assert len(outcome.results) == 2 * len(SCRIPTS)
    target = score_outcome(made, outcome).targets[0]
    assert (target.name, target.compatibility, target.fidelity) == ("library", 100.0, 100.0)
    assert target.differences == ()
    (defect,) = target.facts.sdk_defects
    assert (defect.sdk_call, defect.defect, defect.count) == ("get_visit", "raises on the answer: mood", 2)
    assert sorted(defect.recordings) == ["north/visits.json", "south/visits.json"]
    assert len(target.endpoints) == len(OPERATIONS)


@pytest.mark.usefixtures("library_only")
@pytest.mark.parametrize("seed", [0, 1])
def test_right_twin_is_not_blamed_by_grown_programs(library_cassettes: Path, seed: int) -> None:
    outcome, score = scored(plan(library_cassettes, sequences=60, steps=20, seed=seed))
    grown = [result for result in outcome.results if result.generated]
    assert len(grown) >= 30
    assert verdicts(grown) <= {Verdict.SAME, Verdict.VOID}
    assert score.targets[0].differences == ()


@pytest.mark.usefixtures("library_only")
def test_flaws_are_found_in_grown_programs_too(library_cassettes: Path, library_stage: Stage) -> None:
    flaw = next(one for one in FLAWS if one.name == "lost update")
    library_stage.play(flaw.service())
    outcome, _ = scored(plan(library_cassettes, library_stage, sequences=40, steps=20))
    found = {
        (step.behaviour.operation, one.axis, one.path)
        for result in outcome.results
        if result.generated
        for step in result.steps
        for one in step.deviations
    }
    assert (flaw.seen_at, flaw.axis, flaw.path) in found


@pytest.mark.usefixtures("library_only")
def test_flaw_lowers_the_score_of_its_endpoint_only(library_cassettes: Path, library_stage: Stage) -> None:
    flaw = next(one for one in FLAWS if one.name == "vocabulary")
    library_stage.play(flaw.service())
    _, score = scored(plan(library_cassettes, library_stage))
    target = score.targets[0]
    assert target.compatibility < 100.0
    assert {endpoint.operation.name for endpoint in target.endpoints if endpoint.compatibility != 100.0} == {
        flaw.operation
    }
    assert {(found.behaviour.operation, found.axis, found.path) for found in target.differences} == {
        (flaw.operation, flaw.axis, flaw.path)
    }


@pytest.mark.usefixtures("library_only")
def test_what_is_missing_is_not_held(library_cassettes: Path, library_stage: Stage) -> None:
    missing = Flaw("", flaws.RESERVE, flaws.OUTCOME, "", flaws.without_route)
    library_stage.play(missing.service())
    _, score = scored(plan(library_cassettes, library_stage))
    endpoint = next(one for one in score.targets[0].endpoints if one.operation.name == flaws.RESERVE)
    assert endpoint.compatibility == 0.0


@pytest.mark.usefixtures("library_only")
def test_second_run_takes_traces_from_the_cache(
    library_cassettes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = plan(library_cassettes, cache=tmp_path)
    first = runner.run(made, Watching())
    monkeypatch.setattr("conformance.worker.RecordedWorld.trace", lambda *_: pytest.fail("played again"))
    second = runner.run(made, Watching())
    assert second.results == first.results
    assert second.traces == first.traces


@pytest.mark.usefixtures("library_only")
def test_twin_that_is_not_there(library_cassettes: Path) -> None:
    gone = {TARGET.name: TwinAddress("http://127.0.0.1:9")}
    with pytest.raises(TwinUnavailable, match="127"):
        runner.run(Plan((TARGET.name,), (library_cassettes,), gone, timeout=0.2), Watching())


@pytest.mark.usefixtures("library_only")
def test_right_twin_that_cannot_be_reset_is_not_blamed(library_cassettes: Path) -> None:
    """It has no control plane, and every program finds what those before it left."""
    with Server(Foreign()) as server:
        twins = {TARGET.name: TwinAddress(f"{server.url}/library")}
        outcome = runner.run(Plan((TARGET.name,), (library_cassettes,), twins, sequences=40, steps=20), Watching())
    assert verdicts(outcome.results) == {Verdict.SAME, Verdict.VOID}


@pytest.mark.usefixtures("library_installed")
def test_several_processes_find_the_same(library_cassettes: Path, library_stage: Stage) -> None:
    library_stage.play(SERVICE)
    assert "library" in installed()
    here = runner.run(plan(library_cassettes), Watching())
    there = runner.run(plan(library_cassettes, workers=2), Watching())
    assert there.results == here.results
    assert there.unlifted == here.unlifted
    assert there.noise.lines() == here.noise.lines()


@pytest.mark.usefixtures("library_only")
def test_command_line(
    library_cassettes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    options = ["--recordings", str(library_cassettes), "--workers", "1", "--sequences", "5", "--no-cache"]
    monkeypatch.setattr("sys.argv", ["conformance", "run", "library", *options, "--out", "report"])
    try:
        cli.main()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0
    assert code == 0, capsys.readouterr().err
    report = json.loads((tmp_path / "report" / "report.json").read_text())
    assert [target["target"] for target in report["targets"]] == ["library"]
    assert report["targets"][0]["compatibility"] == 100.0
    declared = report["targets"][0]["declared"]
    assert (declared["run"], declared["agree"], len(declared["misses"])) == (3, 2, 1)  # and the exit code is 0
    assert "library" in capsys.readouterr().out
