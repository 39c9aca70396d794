"""Values that are made up anew for every answer are bound to nothing; names of things are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from making import Played, answer, trace

from conformance.oracle.judge import Judge
from conformance.oracle.learn import learn
from conformance.oracle.noise import Kind, Noise
from conformance.oracle.verdict import Verdict
from conformance.programs.model import Exchange, Observation, Request, Trace
from toy.flaws import CREATE_BOOK, GET_BOOK
from toy.target import TARGET

ERROR = f"{TARGET.name} 404 error error.number"
NUMBERS = [f"err{place}Ab{place}Cd{place}Ef" for place in range(9)]


def numbered(number: str, status: int = 404) -> Observation:
    return answer({"error": {"code": "not_found", "message": "No.", "number": number}}, status)


def asked(seen: Observation, method: str, path: str) -> Observation:
    """The answer to a request of its own."""
    request = Request(method, f"http://api.library.example/{path}")
    return replace(seen, exchanges=(Exchange(request, seen.exchanges[-1].response),))


def missed(name: str, numbers: list[str]) -> Trace:
    """One request, refused again and again."""
    return trace(name, *((GET_BOOK, {"book_id": "x"}, asked(numbered(one), "GET", "x")) for one in numbers))


def learned(*traces: Trace) -> Noise:
    return learn(traces, {TARGET.name: TARGET})


def test_numbers_of_errors_are_fresh() -> None:
    noise = learned(missed("one", NUMBERS[:2]), missed("two", NUMBERS[2:4]))
    assert noise.rule(ERROR, Kind.FRESH, "")
    assert f"{ERROR} fresh in every answer (1 comparisons)" in noise.lines()


def test_errors_of_all_statuses_are_alike() -> None:
    rare = trace("rare", (GET_BOOK, {"book_id": "x"}, numbered(NUMBERS[7], 403)))
    noise = learned(missed("one", NUMBERS[:2]), missed("two", NUMBERS[2:4]), rare)
    assert noise.rule(f"{TARGET.name} 403 error error.number", Kind.FRESH, "")


def test_one_repetition_is_no_evidence() -> None:
    assert not learned(missed("one", NUMBERS[:2])).rule(ERROR, Kind.FRESH, "")


def test_a_value_that_comes_back_is_not_fresh() -> None:
    noise = learned(missed("one", NUMBERS[:3]), missed("two", [NUMBERS[3], NUMBERS[3]]))
    assert not noise.rule(ERROR, Kind.FRESH, "")


def test_names_of_what_was_made_are_not_fresh() -> None:
    """Two equal calls make two things; one of them is called by its name."""

    def made() -> Iterator[Played]:
        for name in NUMBERS[:3]:
            body: dict[str, Any] = {"id": name, "title": "T"}
            yield CREATE_BOOK, {"title": "T"}, asked(answer(body), "POST", "books")
        yield GET_BOOK, {"book_id": NUMBERS[1]}, asked(answer({"title": "T"}), "GET", NUMBERS[1])

    noise = learned(trace("one", *made()), trace("two", *made()))
    assert not [rule for rule in noise.rules.values() if rule.kind is Kind.FRESH]


def judged(*live: str) -> list[Verdict]:
    """The same recorded error, due again and again."""
    noise = learned(missed("one", NUMBERS[:2]), missed("two", NUMBERS[2:4]))
    made = missed("one", NUMBERS[:1])
    judge = Judge(made.program, noise, "http://127.0.0.1:1", complete=True)
    step = made.program.steps[0]
    return [judge.step(step, TARGET, made.observations[0], numbered(number)).verdict for number in live]


def test_the_same_answer_twice_has_two_numbers() -> None:
    assert judged(NUMBERS[0], NUMBERS[5], NUMBERS[6]) == [Verdict.SAME] * 3


def test_a_number_that_comes_twice_differs() -> None:
    assert judged(NUMBERS[5], NUMBERS[5]) == [Verdict.SAME, Verdict.DIFFERS]
    assert judged(NUMBERS[0], NUMBERS[0]) == [Verdict.SAME, Verdict.DIFFERS]
