"""Every kind of flaw is found, at the right operation and place and by the right axis; a right twin is not blamed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from conformance.oracle.noise import Noise
from conformance.oracle.verdict import Axis, Verdict
from conformance.programs.model import Trace
from conformance.twinkit.service import Reply, Service
from toy import flaws, world
from toy.flaws import FLAWS, GAPS, Flaw
from toy.stage import Stage, elsewhere
from toy.twin import SERVICE

OTHER_LIVES = {
    "as it is": SERVICE,
    "other ids": replace(SERVICE, new_state=elsewhere(SERVICE, 4711, datetime(2026, 1, 5, tzinfo=UTC)).new_state),
    "long ago": elsewhere(SERVICE, 0, datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    "far ahead": elsewhere(SERVICE, 31, datetime(2061, 7, 28, tzinfo=UTC)),
}


@pytest.mark.parametrize("life", OTHER_LIVES)
def test_right_twin_is_right(life: str, library_stage: Stage, traces: list[Trace], noise: Noise) -> None:
    library_stage.play(OTHER_LIVES[life])
    results = world.judge_all(traces, noise, library_stage.url)
    assert world.deviations(results) == []
    assert set(world.verdicts(results)) == {Verdict.SAME}
    assert all(result.satisfied for result in results)
    assert all(step.made == step.same for result in results for step in result.steps)


def test_right_twin_is_right_whatever_is_learned(library_stage: Stage, traces: list[Trace]) -> None:
    """No noise at all: nothing that the right twin does has to be excused."""
    library_stage.play(SERVICE)
    assert world.deviations(world.judge_all(traces, Noise(), library_stage.url)) == []


@pytest.mark.parametrize("flaw", FLAWS, ids=lambda flaw: flaw.name)
def test_flaw_is_found(flaw: Flaw, library_stage: Stage, traces: list[Trace], noise: Noise) -> None:
    library_stage.play(flaw.service())
    found = world.deviations(world.judge_all(traces, noise, library_stage.url))
    assert (flaw.seen_at, flaw.axis, flaw.path) in {(name, one.axis, one.path) for name, one in found}


@pytest.mark.parametrize(
    "flaw",
    [
        pytest.param(flaw, id=flaw.name, marks=pytest.mark.xfail(strict=True, reason=reason))
        for reason, found in GAPS.items()
        for flaw in found
    ],
)
def test_flaw_is_not_found_yet(flaw: Flaw, library_stage: Stage, traces: list[Trace], noise: Noise) -> None:
    test_flaw_is_found(flaw, library_stage, traces, noise)


ONE_ANSWER = {Axis.HEADERS, Axis.VALUE, Axis.SHAPE}
SPREADS = {"id of another form", "text as number", "wrapped answer", "no side effect"}
SPREADS |= {"no address", "address of something else", "staff here and there"}
"""Flaws of one answer that later answers cannot but show too."""


@pytest.mark.parametrize(
    "flaw", [flaw for flaw in FLAWS if flaw.axis in ONE_ANSWER and flaw.name not in SPREADS], ids=lambda flaw: flaw.name
)
def test_flaw_of_one_answer_blames_no_other(
    flaw: Flaw, library_stage: Stage, traces: list[Trace], noise: Noise
) -> None:
    library_stage.play(flaw.service())
    found = world.deviations(world.judge_all(traces, noise, library_stage.url))
    assert {name for name, _ in found} == {flaw.seen_at}


def test_every_axis_has_flaws() -> None:
    """What a contract asserts is no answer of a recording, and has no part in them."""
    assert {flaw.axis for flaw in FLAWS} == set(Axis) - {Axis.DECLARED}


def _judged(service: Service, stage: Stage, traces: list[Trace], noise: Noise) -> dict[str, set[Verdict]]:
    stage.play(service)
    verdicts: dict[str, set[Verdict]] = {}
    for result in world.judge_all(traces, noise, stage.url):
        for step in result.steps:
            verdicts.setdefault(step.behaviour.operation, set()).add(step.verdict)
    return verdicts


def test_what_a_twin_does_not_have(library_stage: Stage, traces: list[Trace], noise: Noise) -> None:
    routes = {name: handler for name, handler in SERVICE.routes.items() if name != flaws.RESERVE}
    verdicts = _judged(replace(SERVICE, routes=routes), library_stage, traces, noise)
    assert verdicts.pop(flaws.RESERVE) == {Verdict.NOT_IMPLEMENTED}
    assert set().union(*verdicts.values()) == {Verdict.SAME}


def test_what_cannot_be_reached_is_blocked(library_stage: Stage, traces: list[Trace], noise: Noise) -> None:
    """Without members nothing can be lent, and none of that is blamed on lending."""
    routes = {**SERVICE.routes, flaws.CREATE_MEMBER: lambda _state, request: SERVICE.not_implemented(request)}
    verdicts = _judged(replace(SERVICE, routes=routes), library_stage, traces, noise)
    assert verdicts[flaws.CREATE_MEMBER] == {Verdict.NOT_IMPLEMENTED}
    assert verdicts[flaws.RESERVE] == {Verdict.BLOCKED}
    assert Verdict.BLOCKED in verdicts[flaws.CREATE_LOAN]
    assert verdicts[flaws.RETURN_LOAN] == {Verdict.BLOCKED}


def test_rate_limit_without_its_header(library_stage: Stage, traces: list[Trace], noise: Noise) -> None:
    bare = Reply({"error": {"code": "slow_down", "message": "Too many calls."}}, 429)
    library_stage.play(replace(SERVICE, conditions={"rate_limit": lambda _: bare}))
    found = world.deviations(world.judge_all(traces, noise, library_stage.url))
    assert {(name, one.axis, one.path) for name, one in found} == {(flaws.CREATE_BOOK, Axis.HEADERS, "retry-after")}


def test_unknown_condition_is_seen(library_stage: Stage, traces: list[Trace], noise: Noise) -> None:
    """A twin that does not know the condition answers with the plain fault's status."""
    library_stage.play(replace(SERVICE, conditions={}))
    found = world.deviations(world.judge_all(traces, noise, library_stage.url))
    assert {(name, one.axis) for name, one in found} == {(flaws.CREATE_BOOK, Axis.OUTCOME)}
    assert all(one.expected == "429 slow_down" for _, one in found)


def test_extra_fields_are_notes(library_stage: Stage, traces: list[Trace], noise: Noise) -> None:
    library_stage.play(Flaw("more", flaws.GET_BOOK, Axis.SHAPE, "", flaws.put(isbn="978")).service())
    results = world.judge_all(traces, noise, library_stage.url)
    assert world.deviations(results) == []
    notes = {note.path for result in results for step in result.steps for note in step.notes}
    assert notes == {"isbn"}
