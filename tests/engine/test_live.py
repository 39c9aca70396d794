"""The live world: what is prepared before a program runs, and what cannot be blamed on the twin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from conformance.errors import TwinUnavailable
from conformance.oracle.noise import Noise
from conformance.oracle.verdict import ProgramResult, Verdict
from conformance.programs.model import Trace
from conformance.twinkit.server import Server
from conformance.twinkit.service import Reply
from conformance.worlds.live import LiveWorld, TwinAddress
from toy import flaws, sdk, world
from toy.foreign import Foreign
from toy.stage import Stage
from toy.target import TARGET
from toy.twin import SERVICE


@pytest.fixture
def foreign() -> Iterator[str]:
    with Server(Foreign()) as server:
        yield f"{server.url}/library"


def one(traces: list[Trace], name: str, account: str = "north") -> Trace:
    return next(trace for trace in traces if trace.program.name == f"{account}/{name}.json")


def judge(trace: Trace, noise: Noise, url: str) -> ProgramResult:
    return world.judge_all([trace], noise, url)[0]


def test_twin_is_reset_before_each_program(library_stage: Stage, traces: list[Trace], noise: Noise) -> None:
    library_stage.play(SERVICE)
    client = sdk.Library(library_stage.url)
    for _ in range(3):
        client.create_book(title="Left behind by somebody")
    client.close()
    results = world.judge_all(
        [one(traces, "life"), one(traces, "pages"), one(traces, "life")], noise, library_stage.url
    )
    assert all(result.satisfied for result in results)


def test_faults_are_gone_with_the_reset(library_stage: Stage, traces: list[Trace], noise: Noise) -> None:
    twin = library_stage.play(SERVICE)
    twin.faults.add({"kind": "status", "status": 500, "count": 99})
    assert judge(one(traces, "life"), noise, library_stage.url).satisfied


def test_clock_is_set_to_the_time_of_the_recording(library_stage: Stage, traces: list[Trace], noise: Noise) -> None:
    """As the twin's clock does not go back, only what is later than its start can be told."""
    twin = library_stage.play(SERVICE)
    trace = one(traces, "life")
    recording = trace.program.recording
    assert recording is not None
    later = replace(recording, provenance=replace(recording.provenance, recorded=("2031-02-03T04:05:06+00:00",)))
    judge(Trace(replace(trace.program, recording=later), trace.observations), noise, library_stage.url)
    writes = sum(not step.call.reads for step in trace.program.steps)
    assert twin.store.clock.now().isoformat().startswith(f"2031-02-03T04:05:{6 + writes:02}")


def test_givens_are_seeded_under_their_recorded_ids(library_stage: Stage, traces: list[Trace], noise: Noise) -> None:
    seeded: list[Any] = []

    def seed(state: Any, facts: Any) -> None:
        seeded.append(facts)
        SERVICE.seed(state, facts)

    library_stage.play(replace(SERVICE, seed=seed))
    trace = one(traces, "mid_life")
    result = judge(trace, noise, library_stage.url)
    assert result.satisfied
    assert {facts["id"] for facts in seeded} == {given.recorded for given in trace.program.givens}
    assert len(seeded) == 2


def test_twin_that_refuses_to_be_seeded_is_not_blamed(library_stage: Stage, traces: list[Trace], noise: Noise) -> None:
    def refuse(_state: Any, _facts: Any) -> None:
        raise ValueError("no room")

    library_stage.play(replace(SERVICE, seed=refuse))
    result = judge(one(traces, "mid_life"), noise, library_stage.url)
    assert {step.verdict for step in result.steps} == {Verdict.VOID}
    assert "no room" in result.steps[0].reason
    assert not result.satisfied


def test_without_control_plane_givens_are_created(traces: list[Trace], noise: Noise, foreign: str) -> None:
    result = judge(one(traces, "mid_life"), noise, foreign)
    assert world.deviations([result]) == []
    assert {step.verdict for step in result.steps} == {Verdict.SAME}


def test_base_url_may_have_a_prefix(traces: list[Trace], noise: Noise) -> None:
    app = Foreign()
    with Server(app) as server:
        judge(one(traces, "covers"), noise, f"{server.url}/library")
    assert all(path.startswith("/library/") for path in app.paths)
    assert len(app.paths) >= 4


def test_given_that_cannot_be_made_is_void(traces: list[Trace], noise: Noise) -> None:
    """Without members nothing can be lent; the given book is there all the same."""
    routes = {**SERVICE.routes, flaws.CREATE_MEMBER: lambda _state, request: SERVICE.not_implemented(request)}
    with Server(Foreign(replace(SERVICE, routes=routes))) as server:
        result = judge(one(traces, "mid_life"), noise, f"{server.url}/library")
    assert [step.verdict for step in result.steps] == [Verdict.SAME] * 3 + [Verdict.VOID]
    assert "member" in result.steps[-1].reason


def test_given_without_a_way_to_make_it_is_void(traces: list[Trace], noise: Noise, foreign: str) -> None:
    trace = one(traces, "mid_life")
    givens = tuple(replace(given, create=None) for given in trace.program.givens)
    result = judge(Trace(replace(trace.program, givens=givens), trace.observations), noise, foreign)
    assert {step.verdict for step in result.steps} == {Verdict.VOID}
    assert "book" in result.steps[0].reason


def test_condition_is_arranged_for_its_step_only(library_stage: Stage, traces: list[Trace], noise: Noise) -> None:
    library_stage.play(SERVICE)
    result = judge(one(traces, "too_fast"), noise, library_stage.url)
    assert [step.actual for step in result.steps] == ["429 slow_down", "200"]
    assert result.satisfied


def test_condition_without_control_plane_is_void(traces: list[Trace], noise: Noise, foreign: str) -> None:
    result = judge(one(traces, "too_fast"), noise, foreign)
    assert [step.verdict for step in result.steps] == [Verdict.VOID, Verdict.SAME]


def test_without_control_plane_programs_do_not_disturb_each_other(
    traces: list[Trace], noise: Noise, foreign: str
) -> None:
    """The state cannot be reset: lists show what earlier programs left, and that is no difference."""
    results = world.judge_all([*traces, *traces], noise, foreign)
    assert world.deviations(results) == []
    assert set(world.verdicts(results)) == {Verdict.SAME, Verdict.VOID}
    void = {step.behaviour.outcome for result in results for step in result.steps if step.verdict is Verdict.VOID}
    assert void == {"429 slow_down"}


def test_after_a_failed_create_the_rest_is_blocked(library_stage: Stage, traces: list[Trace], noise: Noise) -> None:
    crash = flaws.Flaw("", flaws.CREATE_BOOK, flaws.OUTCOME, "", flaws.reply(lambda _: Reply({"oops": 1}, 500)))
    library_stage.play(crash.service())
    result = judge(one(traces, "neighbours"), noise, library_stage.url)
    assert [step.verdict for step in result.steps[:2]] == [Verdict.DIFFERS] * 2
    assert {step.verdict for step in result.steps[2:]} == {Verdict.BLOCKED}
    assert {step.actual for step in result.steps[2:]} == {""}


def test_steps_that_need_nothing_run_after_a_failure(library_stage: Stage, traces: list[Trace], noise: Noise) -> None:
    crash = flaws.Flaw("", flaws.GET_BOOK, flaws.OUTCOME, "", flaws.reply(lambda _: Reply({"oops": 1}, 500)))
    library_stage.play(crash.service())
    result = judge(one(traces, "neighbours"), noise, library_stage.url)
    by_operation = {(step.behaviour.operation, step.verdict) for step in result.steps}
    assert (flaws.UPDATE_BOOK, Verdict.SAME) in by_operation
    assert (flaws.DELETE_BOOK, Verdict.SAME) in by_operation
    assert (flaws.GET_BOOK, Verdict.DIFFERS) in by_operation
    assert not result.satisfied


def test_target_without_twin_is_void(library_stage: Stage, traces: list[Trace], noise: Noise) -> None:
    live = LiveWorld(world.TARGETS, {})
    live.check()
    result = live.run(one(traces, "covers"), noise)
    live.close()
    assert {step.verdict for step in result.steps} == {Verdict.VOID}
    assert not result.satisfied


def test_twin_that_is_not_there() -> None:
    live = LiveWorld(world.TARGETS, {TARGET.name: TwinAddress("http://127.0.0.1:9")}, timeout=0.2)
    with pytest.raises(TwinUnavailable, match=r"127\.0\.0\.1:9"):
        live.check()
    live.close()


def test_twin_that_cuts_connections(library_stage: Stage, traces: list[Trace], noise: Noise) -> None:
    """What cannot be read is a difference of that step; the next one has a connection of its own."""

    def cut(state: Any, request: Any) -> Reply:
        twin.faults.add({"kind": "cut", "operation": flaws.GET_BOOK})
        return SERVICE.routes[flaws.UPDATE_BOOK](state, request)

    twin = library_stage.play(replace(SERVICE, routes={**SERVICE.routes, flaws.UPDATE_BOOK: cut}))
    result = judge(one(traces, "neighbours"), noise, library_stage.url)
    differing = [step for step in result.steps if step.verdict is not Verdict.SAME]
    assert [step.behaviour.operation for step in differing] == [flaws.GET_BOOK]
    assert differing[0].actual.startswith("no answer")


def test_result_names_its_source(library_stage: Stage, traces: list[Trace], noise: Noise) -> None:
    library_stage.play(SERVICE)
    result = judge(one(traces, "covers"), noise, library_stage.url)
    assert result.name == "north/covers.json"
    assert result.source == "north, library-sdk 1.2.0, 2024-03-05"
    assert [step.interaction for step in result.steps] == list(range(len(result.steps)))
