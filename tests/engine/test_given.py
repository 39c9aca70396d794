"""What a twin was given of this account it must tell again; what accounts differ in stays noise otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from making import answer, trace

from conformance.oracle.given import GivenFacts
from conformance.oracle.judge import Judge
from conformance.oracle.noise import Kind, Noise
from conformance.oracle.verdict import StepResult
from conformance.programs.model import Given
from toy.flaws import GET_BOOK, LIST_BOOKS, UPDATE_BOOK
from toy.target import TARGET

ID, OTHER = "0UAqFzWsDK4FrUMp48Y3", "XYEqaPDVx7qXTzHQlIXq"
SHELF = {"id": ID, "title": "Old", "mood": "glad", "cover": {"size": 3, "url": "http://img.example/a"}}


def given(**facts: Any) -> Given:
    return Given(TARGET.name, "book", ID, {"books": [SHELF | facts]})


def noisy() -> Noise:
    noise = Noise()
    for path, values in (
        ("mood", ("glad", "sad")),
        ("cover.size", (3, 4)),
        ("cover.url", ("http://x/a", "http://x/b")),
    ):
        noise.learn(f"{GET_BOOK} {path}", Kind.VALUE, *values, free=True)
        noise.learn(f"{GET_BOOK} {path}", Kind.PRESENCE)
    return noise


def judged(
    live: dict[str, Any], *, givens: tuple[Given, ...] = (), complete: bool = True, write: bool = False
) -> list[str]:
    """Paths of what is found wrong with an answer to a read; ``write`` changes the book before."""
    played = [(GET_BOOK, {"book": ID}, answer(SHELF))]
    if write:
        played.insert(0, (UPDATE_BOOK, {"book": ID, "title": "Old"}, answer(SHELF)))
    program = trace("r", *played, givens=givens)
    judge = Judge(program.program, noisy(), "http://twin", program.observations, complete=complete)
    for one in givens:
        judge.bind_given(one.recorded, one.recorded, "")
    answers = [answer(SHELF)] * (len(played) - 1) + [answer(live)]
    results: list[StepResult] = [
        judge.step(step, TARGET, recorded, seen)
        for step, recorded, seen in zip(program.program.steps, program.observations, answers, strict=True)
    ]
    return [found.path for found in results[-1].deviations]


CHANGED: list[tuple[dict[str, Any], list[str]]] = [
    (SHELF | {"mood": "sad"}, ["mood"]),
    (SHELF | {"cover": {"size": 4, "url": "http://img.example/a"}}, ["cover.size"]),
    ({name: value for name, value in SHELF.items() if name != "mood"}, ["mood"]),
]


@pytest.mark.parametrize(("live", "wrong"), CHANGED)
def test_given_values_are_no_noise(live: dict[str, Any], wrong: list[str]) -> None:
    assert judged(live, givens=(given(),)) == wrong


@pytest.mark.parametrize(("live", "_"), CHANGED)
def test_what_was_not_given_is_noise(live: dict[str, Any], _: list[str]) -> None:
    assert judged(live) == []
    assert judged(live, givens=(Given(TARGET.name, "book", ID),)) == []
    assert judged(live, givens=(given(id=OTHER),)) == [], "another book's"
    assert judged(live, givens=(given(mood="calm", cover={"size": 9}),)) == [], "it has changed since"
    assert judged(live, givens=(given(),), complete=False) == [], "nobody gave it to this twin"
    assert judged(live, givens=(given(),), write=True) == [], "the write may have changed it"


def test_where_links_lead_is_the_affair_of_who_serves_them() -> None:
    assert judged(SHELF | {"cover": {"size": 3, "url": "http://cdn.example/b"}}, givens=(given(),)) == []


def test_facts_are_of_things_and_all_that_is_in_them() -> None:
    facts = GivenFacts([given()])
    assert facts.tell([SHELF], "mood", "glad")
    assert facts.tell([{"book": {}}, SHELF, {"size": 3}], "size", 3)
    assert not facts.tell([SHELF], "size", True)
    assert not facts.tell([{"id": OTHER}], "mood", "glad")
    facts.forget([ID])
    assert not facts.tell([SHELF], "mood", "glad")


LISTED = [{"title": "Old", "id": ID, "owner": {"memberKey": "Uma1234567890Key"}}, {"title": "New", "id": OTHER}]


def listed(live: list[dict[str, Any]], facts: list[dict[str, Any]]) -> list[str]:
    """What is found wrong with a list of all books, whose members belong to the account."""
    noise = Noise()
    noise.learn(f"{LIST_BOOKS} items", Kind.MEMBERS)
    givens = (Given(TARGET.name, "book", ID, {"books": facts}),) if facts else ()
    program = trace("r", (LIST_BOOKS, {}, answer({"items": LISTED})), givens=givens)
    judge = Judge(program.program, noise, "http://twin", program.observations)
    step = program.program.steps[0]
    result = judge.step(step, TARGET, program.observations[0], answer({"items": live}))
    return [found.path for found in result.deviations]


def test_what_was_given_is_in_the_list_under_its_own_name() -> None:
    assert listed(LISTED, LISTED) == []
    assert listed(LISTED[1:], LISTED) == ["items[]"]
    assert listed(LISTED[1:], []) == [], "nobody gave it to this twin"
    turned = [dict(reversed(one.items())) for one in LISTED]
    assert listed(turned, LISTED) == [], "members of objects have no order"
    renamed = [LISTED[0] | {"owner": {"memberKey": "Per1234567890Key"}}, LISTED[1]]
    assert listed(renamed, LISTED) == ["items[].owner.memberKey"]
    assert listed(renamed, []) == [], "made-up values may be others"
