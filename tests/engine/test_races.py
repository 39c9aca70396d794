"""Where a recording contradicts itself it is no evidence; where it does not, it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from making import Played, answer, trace

from conformance.oracle.judge import Judge
from conformance.oracle.noise import Noise
from conformance.oracle.races import Contested, contested
from conformance.oracle.verdict import Verdict
from conformance.programs.grow.evidence import evidence
from conformance.programs.model import Exchange, Observation, Request, Trace
from toy.flaws import CREATE_BOOK, GET_BOOK, LIST_BOOKS, UPDATE_BOOK
from toy.target import TARGET

BOOK = "L1abc2def3ghi4"
READER, OTHER = "R1abc2def3ghi4", "R2abc2def3ghi4"


def at(second: int, address: str, seen: Observation) -> Observation:
    """An answer about an address, at a second."""
    headers = {"date": (f"Fri, 01 Mar 2024 08:30:{second:02} GMT",)}
    request = Request("GET", f"http://api.library.example/{address}")
    response = replace(seen.exchanges[-1].response, headers=headers)
    return replace(seen, exchanges=(Exchange(request, response),))


def tags(second: int, shown: str, sent: str = "", **more: Any) -> Played:
    """A read of a book's tags, each a letter, or a write that adds some."""
    seen = at(second, f"books/{BOOK}", answer({"id": BOOK, "tags": {name: {"of": 1} for name in shown}}))
    if not sent:
        return GET_BOOK, {"book_id": BOOK}, seen
    return UPDATE_BOOK, {"book_id": BOOK, "tags": {name: more or {"of": 1} for name in sent}}, seen


def keys(*played: Played) -> dict[int, str]:
    made = trace("r", *played)
    found = contested(made.program, made.observations)
    return {place: "".join(sorted(str(path[-1]) for path in one.keys)) for place, one in found.items()}


MERGES = (tags(40, "xy", "y"), tags(50, "xyz", "z"))
"""An update leaves what others put there."""


def test_lost_update_is_contested_until_it_is_there_again() -> None:
    played = (tags(0, "a", "a"), tags(0, "b", "b"), tags(1, "b"), tags(9, "ab"), tags(10, "ab"), *MERGES)
    assert keys(*played) == {1: "a", 2: "a"}


def test_what_is_removed_and_comes_back_is_contested() -> None:
    gone = (UPDATE_BOOK, {"book_id": BOOK, "tags": {"a": None}}, tags(2, "b")[2])
    assert keys(tags(0, "a", "a"), tags(1, "ab", "b"), gone, tags(2, "ab"), tags(9, "b")) == {3: "a"}


@pytest.mark.parametrize(
    "played",
    [
        (tags(0, "a", "a"), tags(20, "b", "b"), *MERGES),  # long after
        (tags(0, "a", "a"), tags(0, "b", "b")),  # nothing says that it adds: it replaces
        (tags(0, "a", "a"), tags(1, "a"), tags(2, "a")),  # it is all well
        (tags(0, "a", "a"), tags(0, "ab", "b"), (UPDATE_BOOK, {"book_id": BOOK, "tags": {"a": None}}, tags(1, "b")[2])),
    ],
)
def test_what_is_not_contested(played: tuple[Played, ...]) -> None:
    assert keys(*played) == {}


def test_another_write_may_have_done_it() -> None:
    cleared = (CREATE_BOOK, {"like": BOOK}, at(0, "books", answer({"id": "L9abc2def3ghi4"})))
    begun = (GET_BOOK, {"book_id": "x"}, at(0, "first", answer({"id": BOOK})))
    played = (begun, tags(0, "a", "a"), tags(0, "ab", "b"), cleared, tags(1, "b"), *MERGES)
    assert keys(*played) == {}


def readers(second: int, *names: str) -> Played:
    return LIST_BOOKS, {"book_id": BOOK}, at(second, "books/L/readers", answer([{"id": name} for name in names]))


def joins(second: int, name: str) -> Played:
    return UPDATE_BOOK, {"reader": name}, at(second, f"books/L/readers/{name}", answer(None, 204))


KNOWN = (GET_BOOK, {"book_id": "x"}, at(0, "people", answer({"one": READER, "other": OTHER})))


def late(*played: Played) -> dict[int, set[str]]:
    made = trace("r", KNOWN, *played)
    found = contested(made.program, made.observations)
    return {place: {str(name) for _, name in one.members} for place, one in found.items()}


def test_list_that_is_late() -> None:
    played = (joins(0, READER), joins(1, OTHER), readers(2, READER), readers(9, READER, OTHER))
    assert late(*played) == {3: {OTHER}}


def test_list_that_is_late_again_and_again() -> None:
    played = (joins(0, OTHER), readers(0), readers(1), readers(3, OTHER))
    assert late(*played) == {2: {OTHER}, 3: {OTHER}}
    assert late(joins(0, OTHER), readers(0), readers(8), readers(9, OTHER)) == {}  # too long to be a moment


@pytest.mark.parametrize(
    "played",
    [
        (joins(0, OTHER), readers(20, READER), readers(29, READER, OTHER)),  # long after
        (joins(0, READER), readers(1, READER), joins(2, OTHER), readers(3, READER, OTHER)),  # written in between
        (joins(0, OTHER), readers(1, READER)),  # never seen: it is not that the list shows them
        (readers(1, READER), readers(9, READER, OTHER)),  # nobody did anything
    ],
)
def test_list_that_is_not_late(played: tuple[Played, ...]) -> None:
    assert late(*played) == {}


def makes(second: int, name: str) -> Played:
    return CREATE_BOOK, {"book_id": BOOK}, at(second, "books/L/readers", answer({"id": name}))


def leaves(second: int, name: str) -> Played:
    return UPDATE_BOOK, {"reader": name, "gone": True}, at(second, f"books/L/readers/{name}", answer(None, 204))


def test_list_that_is_early() -> None:
    assert late(readers(0, OTHER, READER), makes(1, OTHER), readers(2, OTHER)) == {1: {OTHER}}


@pytest.mark.parametrize(
    "played",
    [
        (readers(0, OTHER), makes(9, OTHER)),  # long before
        (makes(0, OTHER), readers(1, OTHER), makes(2, OTHER)),  # it was made before
        (readers(0, OTHER), leaves(1, OTHER), makes(2, OTHER)),  # it was there, and is made again
        (readers(0, READER), makes(1, OTHER)),
    ],
)
def test_list_that_is_not_early(played: tuple[Played, ...]) -> None:
    made = trace("r", *played)
    assert contested(made.program, made.observations) == {}


def test_what_is_made_is_named_by_the_call_that_makes_it() -> None:
    made = trace("r", readers(0, OTHER), makes(1, OTHER), joins(2, OTHER))
    assert made.program.steps[2].call.arguments["reader"].step == 1
    read = trace("r", readers(0, OTHER), joins(1, OTHER), joins(2, OTHER))
    assert read.program.steps[2].call.arguments["reader"].step == 0


# Others


def looks(minute: int, *names: str, **shown: Any) -> Played:
    """A look at a shelf that holds some books, at a minute."""
    books = [{"id": name, "title": name.lower()} for name in names]
    seen = at(0, "shelf", answer({"books": books, **shown}))
    headers = {"date": (f"Fri, 01 Mar 2024 08:{minute:02}:00 GMT",)}
    exchange = seen.exchanges[-1]
    return (
        GET_BOOK,
        {"book_id": "x"},
        replace(seen, exchanges=(replace(exchange, response=replace(exchange.response, headers=headers)),)),
    )


def by_others(*played: Played) -> dict[int, set[str]]:
    made = trace("r", *played)
    found = contested(made.program, made.observations)
    names = {place: {str(path[-1]) for path in one.keys} for place, one in found.items()}
    return {place: names[place] | {str(name) for _, name in one.members} for place, one in found.items()}


def test_what_others_changed_meanwhile_is_contested() -> None:
    played = (looks(0, READER, note="a"), looks(12, READER, OTHER, note="b"), looks(12, READER, note="a"))
    assert by_others(*played) == {1: {"note", OTHER}}


@pytest.mark.parametrize(
    "played",
    [
        (looks(0, note="a"), looks(2, note="b")),  # soon after, it may be its own doing
        (looks(0, note="a"), tags(0, "a", "a"), looks(12, note="b")),  # it wrote in between
        (looks(0, READER, note="a"), looks(12, READER, note="a")),  # nothing changed
    ],
)
def test_what_nobody_else_can_have_changed(played: tuple[Played, ...]) -> None:
    assert by_others(*played) == {}


# Judged


def judged(made: Trace, live: list[Observation]) -> list[Verdict]:
    judge = Judge(made.program, Noise(), "http://127.0.0.1:1", made.observations, complete=True)
    steps = zip(made.program.steps, made.observations, live, strict=True)
    return [judge.step(step, TARGET, recorded, other).verdict for step, recorded, other in steps]


def test_what_is_contested_is_not_judged_and_the_rest_is() -> None:
    played = (tags(0, "a", "a"), tags(0, "b", "b"), *MERGES)
    made = trace("r", *played)
    right = [tags(0, "a")[2], tags(0, "ab")[2], *made.observations[2:]]
    assert judged(made, right) == [Verdict.SAME] * 4
    wrong = [tags(0, "a")[2], tags(0, "a")[2], *made.observations[2:]]
    assert judged(made, wrong)[1] is Verdict.DIFFERS


def test_what_hangs_on_an_object_having_anything_is_not_judged_while_that_is_contested() -> None:
    contest = Contested({("of", "tags", "a")})
    full: Any = {"of": {"tags": {"a": 1}, "count": [], "id": 7}, "more": 1}
    one, other = contest.settled(full, {"of": {"tags": {}, "id": 7}}, ())
    assert one == {"of": {"tags": {}, "id": 7}, "more": 1}
    assert other == {"of": {"tags": {}, "id": 7}}
    assert full["of"]["count"] == []
    one, other = contest.settled(full, {"of": {"tags": {"b": 1}, "id": 7}}, ())
    assert one == {"of": {"tags": {}, "count": [], "id": 7}, "more": 1}


def test_late_members_are_noted() -> None:
    made = trace("r", KNOWN, joins(1, OTHER), readers(2), readers(9, OTHER))
    judge = Judge(made.program, Noise(), "http://127.0.0.1:1", made.observations, complete=True)
    live = [*made.observations[:2], readers(2, OTHER)[2], made.observations[3]]
    steps = zip(made.program.steps, made.observations, live, strict=True)
    found = [judge.step(step, TARGET, recorded, other) for step, recorded, other in steps]
    assert [step.verdict for step in found] == [Verdict.SAME] * 4
    assert [(note.path, note.actual) for note in found[2].notes] == [(OTHER, "(not judged)")]


def test_what_others_changed_is_not_judged_and_what_stands_beside_it_is() -> None:
    made = trace("r", looks(0, READER, note="a", size=1), looks(12, READER, OTHER, note="b", size=1))
    still = [made.observations[0], looks(12, READER, note="a", size=1)[2]]
    assert judged(made, still) == [Verdict.SAME] * 2
    lost = [made.observations[0], looks(12, note="a", size=1)[2]]
    assert judged(made, lost)[1] is Verdict.DIFFERS
    wrong = [made.observations[0], looks(12, READER, note="a", size=2)[2]]
    assert judged(made, wrong)[1] is Verdict.DIFFERS


def test_what_is_contested_is_not_grown() -> None:
    """No other program may expect what a list did not show yet."""
    played = (joins(0, READER), joins(1, OTHER), readers(2, READER), readers(9, READER, OTHER))
    (line,) = evidence([trace("r", KNOWN, *played)], {TARGET.name: TARGET}).lines
    assert [step.interaction for step in line.program.steps] == [0, 1, 2, 4]
