"""Answers in XML, certificates, and names that the server made up and that stand in more than one place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from making import trace

from conformance.oracle.compare import Comparison
from conformance.oracle.findings import Context
from conformance.oracle.judge import Judge
from conformance.oracle.noise import Format, Kind, Noise
from conformance.oracle.verdict import Axis, StepResult, Verdict
from conformance.programs.identity import is_opaque_part, is_token
from conformance.programs.model import Exchange, Observation, Request
from conformance.recordings.model import Response
from toy.flaws import GET_BOOK
from toy.target import TARGET

CERTIFICATE = "MIIDwjCCAqqgAwIBAgIGAZ6sg1sTMA0GCSqGSIb3DQEBCwUAMIGhMQswCQYDVQQG"
LINES = f"{CERTIFICATE}\n{CERTIFICATE[::-1]}\nAb3dE6gH9=="


def xml(text: str) -> Observation:
    request = Request("GET", "http://api.library.example/")
    body = text.encode()
    return Observation(text, None, (Exchange(request, Response(200, "", {"content-type": ("text/xml",)}, body)),))


def judged(recorded: str, live: str) -> StepResult:
    made = trace("r", (GET_BOOK, {"book_id": "L1"}, xml(recorded)))
    judge = Judge(made.program, Noise(), "http://127.0.0.1:1", complete=True)
    return judge.step(made.program.steps[0], TARGET, made.observations[0], xml(live))


def test_xml_is_compared_as_a_tree() -> None:
    recorded = f'<l:book xmlns:l="urn:l" id="abc123def456ghi"><l:key>{LINES}</l:key></l:book>'
    live = f'<book id="xyz789uvw012rst" xmlns="urn:l">\n<key>{LINES.replace("M", "N")}</key>\n</book>'
    assert judged(recorded, live).verdict is Verdict.SAME


def test_difference_in_xml_has_a_place() -> None:
    result = judged("<book><copies>2</copies><of>all</of></book>", "<book><copies>3</copies></book>")
    assert [(found.axis, found.path) for found in result.deviations] == [
        (Axis.VALUE, "book.copies[]"),
        (Axis.SHAPE, "book.of"),
    ]


def test_xml_for_xml() -> None:
    assert judged("<book/>", "book").verdict is Verdict.DIFFERS


@pytest.mark.parametrize("text", [LINES, f"-----BEGIN CERTIFICATE-----\n{LINES}\n-----END CERTIFICATE-----\n"])
def test_certificates_in_lines_are_made_up(text: str) -> None:
    assert is_token(text)


@pytest.mark.parametrize("text", ["one\ntwo\nthree", "Dear 1st reader,\nwe have 17 books\n", f"x {LINES}"])
def test_other_texts_in_lines_are_not(text: str) -> None:
    assert not is_token(text)


def test_letters_that_are_no_words() -> None:
    assert is_opaque_part("spqnwdkttzlclmemexwt")
    assert not any(map(is_opaque_part, ("authorizationservers", "serviceprovidermetadata", "spqnwdktt")))


def test_certificates_may_be_longer_elsewhere() -> None:
    known = Format()
    for number in range(8):
        known.add(f"A{number}b" * 100)
    assert known.accepts("A1b" * 110)
    assert not known.accepts("A1b" * 20)


# Names


def named(link: Any, **rule: Any) -> list[Axis]:
    noise = Noise()
    noise.learn("GET /it name", Kind.VALUE, "north_books_7", "south_books_2", **rule)
    judged = Comparison(Context(noise, twin_url="http://127.0.0.1:1"), "GET /it", lambda *_: "")
    judged.compare(
        {
            "name": "north_books_7",
            "urn": "urn:lib:x:north_books_7",
            "link": "https://l.example/north_books_7/a",
        },
        {"name": "western_books_1", "urn": f"urn:lib:x:{link}", "link": f"http://127.0.0.1:1/{link}/a"},
    )
    return [found.axis for found in judged.deviations]


def test_name_that_may_be_another_is_the_same_everywhere() -> None:
    assert named("western_books_1", free=True) == []
    assert named("eastern_books_1", free=True) == [Axis.VALUE, Axis.VALUE]


def test_name_that_stands_after_what_is_made_of_it() -> None:
    noise = Noise()
    noise.learn("GET /it name", Kind.VALUE, "north_books_7", "south_books_2", free=True)
    judged = Comparison(Context(noise), "GET /it", lambda *_: "")
    judged.compare(
        {"urn": "urn:lib:x:north_books_7", "name": "north_books_7"},
        {"urn": "urn:lib:x:western_books_1", "name": "western_books_1"},
    )
    assert judged.deviations == []


def test_nothing_is_remembered_without_a_rule() -> None:
    judged = Comparison(Context(Noise()), "GET /it", lambda *_: "")
    judged.compare({"name": "north_books_7"}, {"name": "western_books_1"})
    judged.compare({"urn": "urn:lib:x:north_books_7"}, {"urn": "urn:lib:x:western_books_1"})
    assert len(judged.deviations) == 2


def test_value_of_the_sdk_is_left_as_it_is() -> None:
    seen = xml("<a>1</a>")
    assert (seen.value, seen.body) == ("<a>1</a>", {"a": "1"})
    assert replace(seen, exchanges=()).body is None
