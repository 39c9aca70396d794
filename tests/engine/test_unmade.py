"""What requests changed that no step makes is no evidence; what steps changed is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from making import Played, answer, trace

from conformance.oracle.judge import Judge
from conformance.oracle.noise import Noise
from conformance.oracle.unmade import changed_by_others
from conformance.oracle.verdict import Verdict
from conformance.programs.model import Exchange, Observation, Trace
from conformance.recordings.model import Interaction, Request, Response
from toy.flaws import CREATE_BOOK, GET_BOOK, LIST_BOOKS, UPDATE_BOOK
from toy.target import TARGET

BOOK = "L1abc2def3ghi4"
HOST = "http://api.library.example"


def moment(second: int) -> str:
    return f"2024-03-01T08:30:{second:02}.000Z"


def at(second: int, seen: Observation) -> Observation:
    headers = {"date": (f"Fri, 01 Mar 2024 08:30:{second:02} GMT",)}
    exchange = seen.exchanges[-1]
    return replace(seen, exchanges=(Exchange(exchange.request, replace(exchange.response, headers=headers)),))


def book(updated: int, title: str = "T", **more: Any) -> dict[str, Any]:
    return {"id": BOOK, "title": title, "updated": moment(updated), **more}


def program(*played: Played | tuple[int, str]) -> Trace:
    """Steps, and between them requests that no step makes: the second and the address of each."""
    steps = [one for one in played if len(one) == 3]
    made = trace("r", *steps)
    interactions, places = [], []
    for index, one in enumerate(played):
        if len(one) == 3:
            seen = one[2].exchanges[-1]
            places.append(index)
            interactions.append(Interaction(index, Request("GET", HOST), seen.response))
        else:
            headers = {"date": (f"Fri, 01 Mar 2024 08:30:{one[0]:02} GMT",)}
            interactions.append(
                Interaction(index, Request("POST", f"{HOST}/{one[1]}"), Response(200, "", headers, b""))
            )
    recording = replace(made.program.recording, interactions=tuple(interactions))
    moved = tuple(replace(step, interaction=index) for step, index in zip(made.program.steps, places, strict=True))
    return replace(made, program=replace(made.program, steps=moved, recording=recording))


MADE: Played = (CREATE_BOOK, {"title": "T"}, at(1, answer(book(1))))
OTHER = (2, f"internal/books/{BOOK}/extra")


def read(second: int, tree: Any) -> Played:
    return GET_BOOK, {"book_id": BOOK}, at(second, answer(tree))


def update(second: int) -> Played:
    return UPDATE_BOOK, {"book_id": BOOK, "title": "T"}, at(second, answer(None, 204))


def changed(*played: Played | tuple[int, str]) -> dict[int, set[str]]:
    made = program(*played)
    found = changed_by_others(made.program, made.observations)
    return {place: {".".join(map(str, path)) for path in paths} for place, paths in found.items()}


def test_what_changed_with_no_step_in_between() -> None:
    assert changed(MADE, OTHER, read(9, book(1, "U"))) == {2: {"title"}}


def test_it_stays_so_until_it_changes_again() -> None:
    later = (read(9, book(1, "U")), read(10, book(1, "U")), update(11), read(12, book(11)), read(13, book(11)))
    assert changed(MADE, OTHER, *later) == {2: {"title"}, 3: {"title"}}


def test_it_is_so_in_lists_too() -> None:
    listed: Played = (LIST_BOOKS, {}, at(9, answer([book(1), {"id": "L2abc2def3ghi4", "title": "X"}])))
    assert changed(MADE, (2, f"books/{BOOK}/x"), read(3, book(2)), listed) == {2: {"updated"}}
    changed_list: Played = (LIST_BOOKS, {}, at(9, answer([book(2)])))
    assert changed(MADE, OTHER, changed_list) == {2: {"0.updated"}}


def test_moments_tell_which_of_two_writes_it_was() -> None:
    assert changed(MADE, OTHER, update(6), read(9, book(2))) == {3: {"updated"}}
    assert changed(MADE, OTHER, update(6), read(9, book(6))) == {}
    assert changed(MADE, OTHER, update(3), read(9, book(2))) == {}, "too close to tell"


@pytest.mark.parametrize(
    "played",
    [
        (MADE, read(9, book(2, "U"))),  # nobody knows who did that, but it is in the order of the steps
        (MADE, (2, "internal/books/L9abc2def3ghi4"), read(9, book(2, "U"))),  # about another
        (MADE, OTHER, update(6), read(9, book(1, "U"))),  # the update may have done it
        (MADE, OTHER, read(9, book(1))),  # nothing changed
        (MADE, OTHER, read(9, book(1)), read(10, book(1, "U"))),  # it was not that
    ],
)
def test_what_may_have_been_the_steps(played: Any) -> None:
    assert changed(*played) == {}


def test_the_rest_is_judged() -> None:
    made = program(MADE, OTHER, read(9, book(2, "U", pages=7)))
    judge = Judge(made.program, Noise(), "http://127.0.0.1:1", made.observations)
    first, last = made.program.steps
    judge.step(first, TARGET, made.observations[0], MADE[2])
    live = read(9, book(1, pages=7))[2]
    result = judge.step(last, TARGET, made.observations[1], live)
    assert result.verdict is Verdict.SAME
    assert {note.path for note in result.notes} == {"title", "updated"}
    judge = Judge(made.program, Noise(), "http://127.0.0.1:1", made.observations)
    judge.step(first, TARGET, made.observations[0], MADE[2])
    wrong = judge.step(last, TARGET, made.observations[1], read(9, book(1, pages=8))[2])
    assert [found.path for found in wrong.deviations] == ["pages"]
