"""Situations are equal for the same behaviour: whatever the ids, whatever was read, whatever else happened."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from making import Played, answer, trace

from conformance.oracle.situation import situations
from conformance.programs.model import Given
from toy.flaws import CREATE_BOOK, CREATE_MEMBER, GET_BOOK, LIST_BOOKS, READ_NOTE, UPDATE_BOOK

ONE, OTHER = "0UAqFzWsDK4FrUMp48Y3", "XYEqaPDVx7qXTzHQlIXq"


def create(name: str, title: str = "T") -> Played:
    return CREATE_BOOK, {"title": title}, answer({"id": name, "title": title})


def get(name: str) -> Played:
    return GET_BOOK, {"book_id": name}, answer({"id": name})


def update(name: str, **changes: Any) -> Played:
    return UPDATE_BOOK, {"book_id": name, **changes}, answer({"id": name})


def last(*played: Played, name: str = "a", **more: Any) -> str:
    return situations(trace(name, *played, **more).program)[-1]


def test_ids_do_not_matter() -> None:
    assert last(create(ONE), get(ONE)) == last(create(OTHER), get(OTHER), name="b")


def test_what_was_asked_matters() -> None:
    assert last(create(ONE, "A")) != last(create(ONE, "B"))
    assert last(create(ONE), get(ONE)) != last(create(ONE), (GET_BOOK, {"book_id": ONE, "fields": "id"}, answer()))


def test_reads_do_not_change_a_situation() -> None:
    assert last(create(ONE), get(ONE), get(ONE), get(ONE)) == last(create(ONE), get(ONE))
    assert last(create(ONE), get(ONE), update(ONE, copies=2)) == last(create(ONE), update(ONE, copies=2))


def test_reads_may_be_sent_as_posts() -> None:
    """Whether a POST reads is for the target to say."""
    asked: Played = (READ_NOTE, {"note": ONE}, answer({"id": ONE}))
    writing = trace("a", create(ONE), asked, get(ONE)).program
    made, note, read = writing.steps
    reading = replace(writing, steps=(made, replace(note, call=replace(note.call, harmless=True)), read))
    assert situations(reading)[-1] == last(create(ONE), get(ONE)) != situations(writing)[-1]


def test_writes_change_the_situation_of_what_they_touch() -> None:
    assert last(create(ONE), update(ONE, copies=2), get(ONE)) != last(create(ONE), get(ONE))
    assert last(create(ONE), update(ONE, copies=2), get(ONE)) != last(create(ONE), update(ONE, copies=3), get(ONE))


def test_writes_to_others_do_not() -> None:
    other = (create(OTHER), update(OTHER, copies=2))
    member: Played = (CREATE_MEMBER, {"name": "Uma"}, answer({"memberId": 12345}))
    assert last(create(ONE), *other, member, get(ONE)) == last(create(ONE), get(ONE))


def test_order_of_writes_matters() -> None:
    one, other = update(ONE, copies=2), update(ONE, shelf="x")
    assert last(create(ONE), one, other, get(ONE)) != last(create(ONE), other, one, get(ONE))


def test_how_a_thing_was_made_matters() -> None:
    assert last(create(ONE, "A"), get(ONE)) != last(create(ONE, "B"), get(ONE))


def test_givens_are_known_within_their_recording_only() -> None:
    given = Given("library", "book", ONE)
    assert last(get(ONE), name="a", givens=(given,)) == last(get(ONE), get(ONE), name="a", givens=(given,))
    assert last(get(ONE), name="a", givens=(given,)) != last(get(ONE), name="b", givens=(given,))


def test_what_a_list_shows_was_there_before() -> None:
    found: Played = (LIST_BOOKS, {}, answer({"items": [{"id": ONE}]}))
    assert last(found, get(ONE), name="a") == last(found, found, get(ONE), name="a")
    assert last(found, get(ONE), name="a") != last(found, get(ONE), name="b")


def test_texts_of_free_arguments_do_not_matter() -> None:
    free = frozenset({(CREATE_BOOK, "title")})
    one, other = (trace("a", create(ONE, title)).program for title in ("A", "B"))
    assert situations(one, free) == situations(other, free)
    assert situations(one) != situations(other)
