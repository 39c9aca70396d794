"""Hosts that were masked in answers only are nobody's fault; all else about such a text is."""

import pytest
from making import answer, trace

from conformance.oracle.judge import Judge
from conformance.oracle.masked import masked
from conformance.oracle.noise import Noise
from conformance.oracle.verdict import Verdict
from toy.flaws import CREATE_BOOK, GET_BOOK
from toy.target import TARGET

BOOK = "L1abc2def3ghi4"
SENT, SHOWN = "See https://one.example/a?b=1 (new)", "See https://masked.example/a?b=1 (new)"


def told(sent: str, shown: str):
    return trace(
        "r",
        (CREATE_BOOK, {"title": sent, "isbn": "x"}, answer({"id": BOOK})),
        (GET_BOOK, {"book_id": BOOK}, answer({"id": BOOK, "title": shown, "copies": 3})),
    )


@pytest.mark.parametrize(
    ("sent", "shown", "is_masked"),
    [
        (SENT, SHOWN, True),
        (SENT, SENT, False),
        (SENT, SHOWN.replace("new", "old"), False),
        (SENT, SHOWN.replace("/a?", "/c?"), False),
        ("https://one.example/a", "https://masked.example/a", False),
        ("Nothing to see", "Nothing to see", False),
    ],
)
def test_a_sentence_comes_back_but_for_its_hosts(sent: str, shown: str, is_masked: bool) -> None:
    made = told(sent, shown)
    assert masked(made.program, made.observations) == ({1: {("title",)}} if is_masked else {})


@pytest.mark.parametrize(
    ("live", "verdict"),
    [
        ({"id": BOOK, "title": SENT, "copies": 3}, Verdict.SAME),
        ({"id": BOOK, "title": SENT, "copies": 4}, Verdict.DIFFERS),
        ({"id": BOOK, "title": SENT}, Verdict.DIFFERS),
    ],
)
def test_what_stands_beside_it_is_judged(live: dict[str, object], verdict: Verdict) -> None:
    made = told(SENT, SHOWN)
    judge = Judge(made.program, Noise(), "http://twin.example", made.observations)
    first, second = zip(made.program.steps, made.observations, strict=True)
    judge.step(first[0], TARGET, first[1], answer({"id": BOOK}))
    assert judge.step(second[0], TARGET, second[1], answer(live)).verdict is verdict
