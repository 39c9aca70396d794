"""A twin that ignores cursors sends its clients round and round; the report says so."""

from __future__ import annotations

import pytest
from making import answer, trace

from conformance.oracle.judge import Judge
from conformance.oracle.learn import learn
from conformance.oracle.verdict import Axis
from toy.flaws import LIST_BOOKS
from toy.target import TARGET

FIRST, SECOND, THIRD = "aaa111bbb222", "ccc333ddd444", "eee555fff666"
MADE = trace(
    "r",
    (LIST_BOOKS, {"limit": 1}, answer({"items": [], "nextCursor": FIRST})),
    (LIST_BOOKS, {"limit": 1, "cursor": FIRST}, answer({"items": [], "nextCursor": SECOND})),
    (LIST_BOOKS, {"limit": 1, "cursor": SECOND}, answer({"items": [], "nextCursor": ""})),
)


def pages(*cursors: str) -> list[list[tuple[Axis, str]]]:
    """What is said of each page whose answers give these cursors ("" for none)."""
    judge = Judge(MADE.program, learn([MADE], {TARGET.name: TARGET}), "http://127.0.0.1:1", MADE.observations)
    found = []
    for step, recorded, cursor in zip(MADE.program.steps, MADE.observations, cursors, strict=True):
        live = answer({"items": [], "nextCursor": cursor})
        result = judge.step(step, TARGET, recorded, live)
        found.append([(deviation.axis, deviation.actual) for deviation in result.deviations])
    return found


def test_cursors_of_the_twins_own_are_right() -> None:
    assert pages("one1one1one1", "two2two2two2", "") == [[], [], []]


@pytest.mark.parametrize("page", [1, 2])
def test_a_cursor_that_was_given_before_leads_back(page: int) -> None:
    cursors = ["one1one1one1", "two2two2two2", ""]
    cursors[page] = "one1one1one1"
    ((axis, told),) = pages(*cursors)[page]
    assert axis is Axis.PAGING
    assert told == '"one1one1one1", given before: who follows it never comes to the end'


def test_a_page_too_many_is_no_loop() -> None:
    (_, _, ((axis, told),)) = pages("one1one1one1", "two2two2two2", "six6six6six6")
    assert (axis, told) == (Axis.PAGING, '"six6six6six6"')


def test_a_page_that_is_asked_for_again_gives_its_cursor_again() -> None:
    again = trace("r", *((LIST_BOOKS, {"limit": 1}, answer({"items": [], "nextCursor": FIRST})),) * 2)
    judge = Judge(again.program, learn([MADE], {TARGET.name: TARGET}), "http://127.0.0.1:1", again.observations)
    live = answer({"items": [], "nextCursor": "one1one1one1"})
    seen = zip(again.program.steps, again.observations, strict=True)
    assert [judge.step(step, TARGET, recorded, live).deviations for step, recorded in seen] == [(), ()]
