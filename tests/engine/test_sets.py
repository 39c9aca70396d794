"""Lists that are sets: their order is learned to mean nothing, their members are not."""

from __future__ import annotations

from typing import Any

import pytest
from making import answer, trace

from conformance.oracle.compare import Comparison
from conformance.oracle.findings import Context
from conformance.oracle.learn import learn
from conformance.oracle.noise import Kind, Noise, place_of
from conformance.oracle.sets import Sets
from conformance.oracle.verdict import Axis
from conformance.programs.model import Trace
from toy.flaws import GET_BOOK, LIST_BOOKS, UPDATE_BOOK
from toy.target import TARGET
from toy.world import TARGETS

PLACE = place_of(TARGET.leaf_type, UPDATE_BOOK, ("tags",))


def tagged(name: str, *pairs: tuple[str, str]) -> Trace:
    """Updates that send tags, each a letter, and the tags that came back."""
    steps = [(UPDATE_BOOK, {"book_id": "x", "tags": list(sent)}, answer({"tags": list(got)})) for sent, got in pairs]
    return trace(name, *steps)


def learned(*traces: Trace) -> bool:
    return learn(traces, {TARGET.name: TARGET}).rule(PLACE, Kind.ORDER, "") is not None


@pytest.mark.parametrize(
    "pairs",
    [
        [("pqr", "qpr"), ("pqr", "prq")],  # twice the same, back in two orders
        [("pqr", "pqr"), ("pqr", "qpr")],
        [("pqr", "qpr"), ("stu", "tsu")],  # never as sent
        [("pqr", "qpr"), ("stu", "tsu"), ("vw", "wv")],
        [("qp", "qp"), ("qp", "pq")],  # one of the two is sorted
    ],
)
def test_sets(pairs: list[tuple[str, str]]) -> None:
    assert learned(*(tagged(f"r{at}", pair) for at, pair in enumerate(pairs)))


@pytest.mark.parametrize(
    "pairs",
    [
        [("qpr", "qpr"), ("tsu", "tsu")],  # as sent
        [("qpr", "pqr"), ("tsu", "stu")],  # sorted
        [("qpr", "rqp"), ("tsu", "uts")],  # sorted the other way
        [("pqr", "qpr")],  # once is no evidence
        [("pqr", "qpr"), ("stu", "tsu"), ("yxz", "yxz")],  # something else explains it
        [("pqr", "qps"), ("stu", "tsv")],  # others
        [("ppr", "prp"), ("pps", "psp")],  # no sets
    ],
)
def test_lists(pairs: list[tuple[str, str]]) -> None:
    assert not learned(*(tagged(f"r{at}", pair) for at, pair in enumerate(pairs)))


BOOK = "k3Jx81mQz0TtW5vYp7Ra"


def told(*steps: tuple[str, str]) -> set[tuple[str, Kind]]:
    """What is learned where operations tell the tags of a book as they are, in a list of books or alone."""
    played = []
    for operation, tags in steps:
        book = {"id": BOOK, "of": {"marks": list(tags)}}
        body = {"items": [book]} if operation == LIST_BOOKS else book
        played.append((operation, {} if operation == LIST_BOOKS else {"book_id": BOOK}, answer(body)))
    noise = Noise()
    sets = Sets()
    sets.saw(trace("r", *played), TARGETS)
    sets.conclude(noise)
    return set(noise.rules)


def test_what_is_told_otherwise_again_and_again_is_a_set_wherever_it_is_told() -> None:
    retold = told((LIST_BOOKS, "pq"), (GET_BOOK, "qp"), (LIST_BOOKS, "pq"))
    assert retold == {(f"{GET_BOOK} of.marks", Kind.ORDER), (f"{LIST_BOOKS} items[].of.marks", Kind.ORDER)}


@pytest.mark.parametrize(
    "steps",
    [
        [(GET_BOOK, "pq"), (GET_BOOK, "qp")],
        [(GET_BOOK, "pq"), (UPDATE_BOOK, "qp"), (GET_BOOK, "qp"), (UPDATE_BOOK, "pq"), (GET_BOOK, "pq")],
        [(GET_BOOK, "pq"), (GET_BOOK, "qr"), (GET_BOOK, "pq")],
    ],
    ids=["once", "after writes", "others"],
)
def test_what_changes_is_no_set(steps: list[tuple[str, str]]) -> None:
    assert told(*steps) == set()


def differ(recorded: list[Any], live: list[Any]) -> list[tuple[Axis, str]]:
    noise = Noise()
    noise.learn("GET /it tags", Kind.ORDER)
    judged = Comparison(Context(noise), "GET /it", lambda *_: "")
    judged.compare({"tags": recorded}, {"tags": live})
    return [(found.axis, found.path) for found in judged.deviations]


def test_any_order_will_do() -> None:
    assert differ(["a", "b", "c"], ["c", "a", "b"]) == []


def test_members_still_count() -> None:
    assert differ(["a", "b", "c"], ["c", "a", "d"]) == [(Axis.VALUE, "tags[]")]
    assert differ(["a", "b", "c"], ["c", "a"]) == [(Axis.VALUE, "tags")]
    assert differ(["a", "b"], ["b", "a", "c"]) == [(Axis.VALUE, "tags")]
