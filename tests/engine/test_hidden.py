"""What a recorder hid is no evidence of a value."""

from __future__ import annotations

from typing import Any

import pytest
from making import answer, trace

from conformance.oracle.compare import Comparison
from conformance.oracle.findings import Context
from conformance.oracle.learn import learn
from conformance.oracle.noise import Noise
from conformance.programs.identity import is_blank, is_token
from conformance.programs.model import Ref
from toy.flaws import CREATE_BOOK, GET_BOOK, UPDATE_BOOK
from toy.target import TARGET


@pytest.mark.parametrize(
    "text", ["REDACTED", "REDACTED-7c3607", "<redacted>", "[FILTERED]", "***", "*****", "<REDACTED_TOKEN>"]
)
def test_blanks(text: str) -> None:
    assert is_blank(text)
    assert not is_token(text)


@pytest.mark.parametrize("text", ["", "redacted", "UNREDACTED", "**", "* * *", "<b>", "REDACTED by the editor of it"])
def test_no_blanks(text: str) -> None:
    assert not is_blank(text)


def differ(*pairs: tuple[Any, Any], sent: frozenset[object] = frozenset()) -> list[str]:
    judged = Comparison(Context(Noise(), sent=set(sent)), "GET /it", lambda *_: "")
    for recorded, live in pairs:
        judged.compare(recorded, live)
    return [found.path for found in judged.deviations]


def test_any_text_will_do() -> None:
    assert differ(({"secret": "REDACTED"}, {"secret": "s3cr3t"}), ({"secret": "REDACTED"}, {"secret": "other"})) == []
    assert differ(({"url": "https://l.example/a?k=REDACTED"}, {"url": "https://l.example/a?k=z"})) == []


@pytest.mark.parametrize("live", ["", None, 5, {"a": 1}])
def test_but_it_must_be_there(live: object) -> None:
    assert differ(({"secret": "REDACTED"}, {"secret": live})) == ["secret"]


def test_equal_marks_hide_equal_values() -> None:
    first = ({"secret": "REDACTED-7c3607"}, {"secret": "s3cr3t"})
    assert differ(first, first) == []
    assert differ(first, ({"secret": "REDACTED-7c3607"}, {"secret": "other"})) == ["secret"]


def test_what_the_client_sent_comes_back_where_a_mark_says_so() -> None:
    pair = ({"secret": "REDACTED-7c3607"}, {"secret": "other"})
    assert differ(pair, sent=frozenset(["REDACTED-7c3607"])) == ["secret"]
    assert differ(({"secret": "REDACTED"}, {"secret": "other"}), sent=frozenset(["REDACTED"])) == []


def test_references_to_what_is_hidden() -> None:
    """Only where a mark says which."""
    made = trace(
        "r",
        (CREATE_BOOK, {"title": "T"}, answer({"id": "L1", "key": "REDACTED-7c3607", "token": "REDACTED"})),
        (UPDATE_BOOK, {"key": "REDACTED-7c3607", "token": "REDACTED"}, answer({})),
    )
    sent = made.program.steps[1].call.arguments
    assert sent["key"] == Ref(0, ("key",), "REDACTED-7c3607")
    assert sent["token"] == "REDACTED"


def test_nothing_is_learned_from_it() -> None:
    answers = [{"id": "L1abc2def3ghi", "note": note} for note in ("REDACTED-7c3607", "REDACTED-99aa00", "plain")]
    found = learn(
        [trace(f"r{at}", (GET_BOOK, {"book_id": "x"}, answer(body))) for at, body in enumerate(answers)],
        {TARGET.name: TARGET},
    )
    assert found.lines() == []
