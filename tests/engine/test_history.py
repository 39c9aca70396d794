"""What a vendor added, dropped, or answers otherwise today is history: newer evidence says so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from making import answer, trace
from test_lost_bodies import losing, of

from conformance.oracle.judge import Judge
from conformance.oracle.learn import learn
from conformance.oracle.noise import Kind, Noise
from conformance.oracle.verdict import Verdict
from conformance.programs.model import Program, Trace
from toy import world
from toy.flaws import CREATE_BOOK, CREATE_MEMBER, LIST_BOOKS
from toy.stage import Stage
from toy.target import TARGET
from toy.twin import SERVICE

OLD = [f"2020-01-0{day}" for day in range(1, 4)]
NEW = [f"2024-01-0{day}" for day in range(1, 6)]


def member(date: str, **more: Any) -> Trace:
    """Every client asks for another one: no two requests are equal."""
    asked = {"name": f"Member of {date}"}
    return trace(f"r{date}", (CREATE_MEMBER, asked, answer({"memberId": int(date[-2:]), **more}, 201)), date=date)


def learned(traces: list[Trace]) -> Noise:
    return learn(traces, world.TARGETS)


def test_a_field_that_all_newer_answers_of_an_operation_have() -> None:
    noise = learned([*map(member, OLD), *(member(date, plan="basic") for date in NEW)])
    place = f"{CREATE_MEMBER} plan"
    assert noise.rule(place, Kind.PRESENCE, OLD[-1]) is not None
    assert noise.rule(place, Kind.PRESENCE, NEW[0]) is None


def test_a_field_that_comes_and_goes() -> None:
    noise = learned([*map(member, OLD), *(member(date, plan="basic") for date in NEW), member("2024-02-01")])
    assert noise.rule(f"{CREATE_MEMBER} plan", Kind.PRESENCE, OLD[-1]) is None


def books(date: str, **headers: str) -> Trace:
    return trace(f"r{date}", (LIST_BOOKS, {}, answer({"items": []}, **headers)), date=date)


def judged(made: Trace, noise: Noise) -> Verdict:
    """What is said of a twin that answers without the header."""
    return Judge(made.program, noise, "").step(made.program.steps[0], TARGET, made.observations[0], OF_TODAY).verdict


OF_TODAY = answer({"items": []})


def test_a_header_that_newer_answers_have_no_more() -> None:
    before, after = [books(date, etag='"1"') for date in OLD], [books(date) for date in NEW]
    assert judged(before[0], learned([*before, *after])) is Verdict.SAME
    assert judged(before[0], learned(before)) is Verdict.DIFFERS
    assert judged(before[0], learned([*before, *after, books("2024-02-01", etag='"1"')])) is Verdict.DIFFERS


@pytest.mark.parametrize(("mark", "said"), [("outdated", "today"), ("forged", "made up")])
def test_a_call_of_which_nothing_can_be_expected_is_not_made(
    library_stage: Stage, traces: list[Trace], noise: Noise, mark: str, said: str
) -> None:
    library_stage.play(SERVICE)
    lost = losing(of(traces, "life"), CREATE_BOOK)
    steps = tuple(
        replace(step, call=replace(step.call, **{"lost_body": False, mark: step.call.lost_body}))
        for step in lost.program.steps
    )
    program: Program = replace(lost.program, steps=steps)
    first = world.judge_all([Trace(program, lost.observations)], noise, library_stage.url)[0].steps[0]
    assert first.verdict is Verdict.VOID
    assert said in first.reason


def test_lists_of_which_only_some_members_look_made_up_are_compared_by_place() -> None:
    seen = answer({"items": ["spring-sale-12345", "autumn"]})
    made = trace("r", (LIST_BOOKS, {}, seen))
    judge = Judge(made.program, Noise(), "", complete=False)
    assert judge.step(made.program.steps[0], TARGET, seen, seen).verdict is Verdict.SAME
