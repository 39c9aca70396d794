"""Verdicts on single steps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from making import answer, refused, silence, trace

from conformance.oracle.judge import Judge, behaviour, describe, outcome
from conformance.oracle.noise import Kind, Noise
from conformance.oracle.verdict import Axis, Deviation, StepResult, Verdict
from conformance.programs.model import Call, GivenRef, Observation, Ref, Template
from toy.flaws import CREATE_BOOK, GET_BOOK, LIST_BOOKS
from toy.target import TARGET

BOOK: dict[str, Any] = {"kind": "library#book", "id": "L1", "title": "T", "copies": 1}


def judged(recorded: Observation, live: Observation, noise: Noise | None = None, **arguments: Any) -> StepResult:
    """The verdict on one read."""
    made = trace("r", (GET_BOOK, {"book_id": "L1", **arguments}, recorded))
    judge = Judge(made.program, noise or Noise(), "http://127.0.0.1:1", complete=True)
    return judge.step(made.program.steps[0], TARGET, recorded, live)


def only(result: StepResult) -> Deviation:
    assert result.verdict is Verdict.DIFFERS
    assert len(result.deviations) == 1
    return result.deviations[0]


def test_same() -> None:
    result = judged(answer(BOOK, etag='"a"'), answer(BOOK, etag='"b"'))
    assert result.verdict is Verdict.SAME
    assert (result.made, result.same, result.masked) == (6, 6, 0)  # outcome, four leaves, one header
    assert (result.recorded, result.actual) == ("200", "200")


# Keys


def test_unknown_keys_are_notes() -> None:
    result = judged(answer(BOOK), answer({**BOOK, "isbn": "978"}))
    assert result.verdict is Verdict.SAME
    assert result.notes == (Deviation(Axis.SHAPE, "isbn", "(absent)", '"978"'),)


def test_known_keys_that_were_not_to_be_there_differ() -> None:
    noise = Noise(keys={f"{GET_BOOK} ": {"isbn", *BOOK}})
    assert only(judged(answer(BOOK), answer({**BOOK, "isbn": "978"}), noise)).path == "isbn"


def test_keys_that_come_and_go_are_masked() -> None:
    noise = Noise(keys={f"{GET_BOOK} ": {"isbn", *BOOK}})
    noise.learn(f"{GET_BOOK} isbn", Kind.PRESENCE)
    for one, other in ((BOOK, {**BOOK, "isbn": "978"}), ({**BOOK, "isbn": "978"}, BOOK)):
        result = judged(answer(one), answer(other), noise)
        assert (result.verdict, result.masked) == (Verdict.SAME, 1)


def test_missing_key() -> None:
    found = only(judged(answer(BOOK), answer({key: value for key, value in BOOK.items() if key != "title"})))
    assert found == Deviation(Axis.SHAPE, "title", "T", "(absent)")


@pytest.mark.parametrize("live", [None, [], "text", 7, [BOOK]])
def test_answer_of_another_shape(live: Any) -> None:
    assert only(judged(answer(BOOK), answer(live))).axis is Axis.SHAPE


def test_masked_values_count_as_checks() -> None:
    noise = Noise()
    noise.learn("Book.title", Kind.VALUE, "T", "U")
    result = judged(answer(BOOK), answer({**BOOK, "title": "U"}), noise)
    assert (result.verdict, result.masked, result.made) == (Verdict.SAME, 1, result.same)
    assert only(judged(answer(BOOK), answer({**BOOK, "title": "V"}), noise)).path == "title"


# Outcomes


def test_an_error_is_right_only_with_status_code_and_shape() -> None:
    right = refused(404, "book_not_found")
    assert judged(right, refused(404, "book_not_found")).verdict is Verdict.SAME
    for wrong in (
        refused(404, "member_not_found"),
        refused(410, "book_not_found"),
        answer({"error": "book_not_found"}, 404),
        answer("book_not_found", 404),
        answer(None, 404),
        answer(BOOK),
        answer(None, 204),
    ):
        found = only(judged(right, wrong))
        assert (found.axis, found.path, found.expected) == (Axis.OUTCOME, "", "404 book_not_found")


def test_an_error_with_the_right_code_is_compared_further() -> None:
    more = answer({"error": {"code": "book_not_found"}}, 404)
    assert only(judged(refused(404, "book_not_found"), more)).path == "error.message"


@pytest.mark.parametrize("status", [201, 204, 302, 400, 500, 503])
def test_wrong_status(status: int) -> None:
    found = only(judged(answer(BOOK), answer(BOOK, status)))
    assert (found.axis, found.expected) == (Axis.OUTCOME, "200")
    assert found.actual.startswith(str(status))


def test_no_answer() -> None:
    result = judged(answer(BOOK), silence("ConnectionResetError"))
    assert only(result).axis is Axis.OUTCOME
    assert result.actual == "no answer (ConnectionResetError)"


def test_an_sdk_that_breaks_on_the_answer() -> None:
    broken = replace(answer(BOOK), value=None, error=silence("JSONDecodeError").error)
    found = only(judged(answer(BOOK), broken))
    assert (found.axis, found.expected) == (Axis.SDK, "returned")
    assert found.actual.startswith("JSONDecodeError: ")


def test_an_sdk_that_breaks_on_the_real_answer_is_not_the_twins_fault() -> None:
    broken = replace(answer(BOOK), value=None, error=silence("JSONDecodeError").error)
    assert judged(broken, broken).verdict is Verdict.SAME


NOT_FOUND = "200 note_not_found"
BREAKS = "raises on the answer: KeyError"


def test_a_defect_of_the_sdk_that_only_the_twins_answer_shows() -> None:
    found = only(judged(answer(BOOK), replace(answer(BOOK), value=None, sdk_defect=BREAKS)))
    assert (found.axis, found.path, found.actual) == (Axis.SDK, "", BREAKS)


def test_where_the_sdk_breaks_on_real_answers_the_wire_is_judged() -> None:
    broken = replace(answer(BOOK), value=None, sdk_defect=BREAKS)
    assert judged(broken, broken).verdict is Verdict.SAME
    assert judged(broken, answer(BOOK)).verdict is Verdict.SAME
    assert only(judged(broken, replace(broken, exchanges=answer({**BOOK, "title": "U"}).exchanges))).path == "title"
    assert only(judged(broken, refused(404, "book_not_found"))).axis is Axis.OUTCOME


def test_errors_in_a_200() -> None:
    wrong = answer({"ok": False, "error": "note_not_found"})
    assert judged(wrong, wrong).recorded == "200 note_not_found"
    assert judged(wrong, wrong).verdict is Verdict.SAME
    assert not behaviour(Call("library", GET_BOOK, ""), TARGET, wrong).good
    for live in (answer({"ok": True}), answer({"ok": False, "error": "other"}), refused(404, "note_not_found")):
        assert (only(judged(wrong, live)).axis, only(judged(wrong, live)).expected) == (Axis.OUTCOME, NOT_FOUND)
    assert only(judged(answer({"ok": True}), wrong)).actual == NOT_FOUND


def test_an_error_of_another_class() -> None:
    found = only(judged(refused(404, "x"), replace(refused(404, "x"), error=silence("KeyError").error)))
    assert found.axis is Axis.SDK


def test_what_the_twin_does_not_have() -> None:
    result = judged(answer(BOOK), refused(501, "not_implemented"))
    assert result.verdict is Verdict.NOT_IMPLEMENTED
    assert (result.made, result.deviations) == (0, ())
    assert result.actual == "501 not_implemented"


def test_what_the_real_service_does_not_have_either() -> None:
    assert judged(refused(501, "not_implemented"), refused(501, "not_implemented")).verdict is Verdict.SAME


# Headers and bodies


@pytest.mark.parametrize(
    ("recorded", "live", "right"),
    [
        ("application/json; charset=utf-8", "application/json", True),
        ("application/json", "Application/JSON;charset=UTF-8", True),
        ("application/json", "text/html", False),
    ],
)
def test_media_types(recorded: str, live: str, right: bool) -> None:
    result = judged(answer(BOOK, content_type=recorded), answer(BOOK, content_type=live))
    assert (result.verdict is Verdict.SAME) is right
    assert all(found.axis is Axis.HEADERS and found.path == "content-type" for found in result.deviations)


def test_only_headers_that_sdks_act_on_are_compared() -> None:
    result = judged(answer(BOOK, server="a", x_request_id="b"), answer(BOOK))
    assert (result.verdict, result.made) == (Verdict.SAME, 5)


def test_missing_header() -> None:
    found = only(judged(answer(BOOK, etag="a"), answer(BOOK)))
    assert (found.axis, found.path, found.actual) == (Axis.HEADERS, "etag", "null")


def test_downloads_are_compared_byte_by_byte() -> None:
    def download(content: bytes) -> Observation:
        seen = answer(None)
        return replace(seen, value=content)

    assert judged(download(b"\xff\x00"), download(b"\xff\x00")).verdict is Verdict.SAME
    found = only(judged(download(b"\xff\x00"), download(b"\xff")))
    assert (found.axis, found.path) == (Axis.VALUE, "(body)")
    assert judged(download(b"x"), answer(BOOK)).verdict is Verdict.DIFFERS


def test_what_an_sdk_warns_of_is_a_note() -> None:
    """Its answers are the same all the same."""
    seen = replace(answer(BOOK), warnings=("as always",))
    result = judged(seen, replace(seen, warnings=("as always", "something is odd")))
    assert result.verdict is Verdict.SAME
    assert result.notes == (Deviation(Axis.SDK, "(warning)", "none", '"something is odd"'),)


# Members of lists


def lists(recorded: list[Any], live: list[Any], known: dict[str, str]) -> StepResult:
    """A list of the account, after the program has made what is ``known`` (recorded → live id)."""
    seen = answer({"items": recorded})
    made = trace("r", (LIST_BOOKS, {}, seen))
    judge = Judge(made.program, Noise(), "", complete=True)
    for one, other in known.items():
        judge.context.aliases.bind("id", one, other)
    return judge.step(made.program.steps[0], TARGET, seen, answer({"items": live}))


def things(*names: str) -> list[dict[str, str]]:
    return [{"id": name, "kind": "book"} for name in names]


def test_what_the_program_made_must_be_listed() -> None:
    known = {"a": "x", "b": "y"}
    assert lists(things("a", "b"), things("x", "y"), known).verdict is Verdict.SAME
    found = only(lists(things("a", "b"), things("x"), known))
    assert (found.axis, found.path, found.actual) == (Axis.STATE, "items[]", "(absent)")


def test_what_the_program_took_away_must_not_be_listed() -> None:
    found = only(lists(things("a"), things("x", "y"), {"a": "x", "b": "y"}))
    assert (found.axis, found.path, found.expected, found.actual) == (Axis.STATE, "items[]", "(absent)", '"y"')


def test_order_of_what_the_program_made() -> None:
    known = {"a": "x", "b": "y"}
    assert only(lists(things("a", "b"), things("y", "x"), known)).path == "items"


def test_what_others_made_may_be_listed() -> None:
    assert lists(things("a", "other"), things("q", "x", "r"), {"a": "x"}).verdict is Verdict.SAME


def test_nothing_is_listed_twice() -> None:
    assert only(lists(things("a"), things("x", "x"), {"a": "x"})).axis is Axis.STATE


# Words


def test_behaviours_are_named_by_outcome_and_variant() -> None:
    call = Call("library", LIST_BOOKS, "list_books", {"shelf": "poems"})
    assert behaviour(call, TARGET, answer({})).name == f"{LIST_BOOKS}[by shelf] → 200"
    assert behaviour(call, TARGET, refused(400, "bad_cursor")).outcome == "400 bad_cursor"
    assert outcome(TARGET, answer("not the vendor's form", 500)) == "500"
    assert outcome(TARGET, Observation()) == "no answer"


def test_calls_are_described_for_people() -> None:
    arguments = {
        "book_id": Ref(2, ("items", 0, "id"), "recorded"),
        "etag": GivenRef("etag-1"),
        "q": Template(("'", GivenRef("f1"), "' in parents")),
        "title": "Wände",
    }
    text = describe(Call("library", GET_BOOK, "get_book", arguments))
    assert text.startswith("get_book(book_id=⟨2:items.0.id⟩, etag=")
    assert 'title="Wände")' in text
    assert "etag-1" in text


def test_long_calls_are_cut() -> None:
    text = describe(Call("library", CREATE_BOOK, "create_book", {"title": "x" * 500}))
    assert len(text) == 200
    assert text.endswith("…)")


def test_amended_calls_are_marked() -> None:
    assert Call("library", GET_BOOK, "get_book", extra_query=(("x", "1"),)).amended
    assert Call("library", GET_BOOK, "get_book", sent_path="/v1/other").amended
    assert not Call("library", GET_BOOK, "get_book").amended
