"""Noise is what real answers to the same behaviour disagree about, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from making import Played, answer, trace

from conformance.oracle.learn import learn
from conformance.oracle.noise import Format, Kind, Noise, Rule
from conformance.programs.model import Trace
from toy.flaws import CREATE_BOOK, CREATE_MEMBER, GET_BOOK, LIST_BOOKS, LIST_LOANS, UPDATE_BOOK
from toy.world import TARGETS

IDS = ("0UAqFzWsDK4FrUMp48Y3", "XYEqaPDVx7qXTzHQlIXq", "MTX6T5bC6O3hDpHJanr4", "i0VpEBOWfbZAVaBSo63b")


def learned(*traces: Trace) -> Noise:
    return learn(traces, TARGETS)


def rules(noise: Noise) -> set[tuple[str, Kind]]:
    return set(noise.rules)


def member(place: int, **answered: Any) -> Trace:
    """The same call in one more recording."""
    return trace(f"r{place}", (CREATE_MEMBER, {"name": "Uma"}, answer({"memberId": 40000 + place, **answered}, 201)))


def test_equal_answers_teach_nothing() -> None:
    assert rules(learned(*(member(place, active=True) for place in range(4)))) == set()


def test_made_up_values_are_no_noise() -> None:
    """Ids, tokens, moments and links to them differ by nature."""
    seen = [
        member(place, key=token, at=f"2024-03-0{place + 1}T08:30:00Z", link=f"http://h/m/{40000 + place}?k={token}")
        for place, token in enumerate(IDS)
    ]
    assert rules(learned(*seen)) == set()


def test_what_differs_in_the_same_situation_is_noise() -> None:
    noise = learned(member(0, mood="glad"), member(1, mood="sad"))
    rule = noise.rules[f"{CREATE_MEMBER} mood", Kind.VALUE]
    assert rules(noise) == {(f"{CREATE_MEMBER} mood", Kind.VALUE)}
    assert rule.accepts("glad")
    assert rule.accepts("sad")
    assert not rule.accepts("furious")
    assert not rule.accepts(None)
    assert "mood" in noise.lines()[0]


def test_what_differs_in_other_situations_is_none() -> None:
    other: Played = (CREATE_MEMBER, {"name": "Per"}, answer({"memberId": 40001, "mood": "sad"}, 201))
    assert rules(learned(member(0, mood="glad"), trace("r1", other))) == set()


def test_what_follows_from_a_write_is_none() -> None:
    """The same read before and after an update is not the same situation."""
    book = IDS[0]
    read = {"book_id": book}
    seen = trace(
        "r",
        (CREATE_BOOK, {"title": "T"}, answer({"id": book, "available": 1})),
        (GET_BOOK, read, answer({"id": book, "available": 1})),
        (UPDATE_BOOK, {**read, "copies": 2}, answer({"id": book, "available": 2})),
        (GET_BOOK, read, answer({"id": book, "available": 2})),
    )
    assert rules(learned(seen)) == set()


def test_presence_order_and_members() -> None:
    noise = learned(
        member(0, tags=["a", "b"], groups=["x"], note="n"),
        member(1, tags=["b", "a"], groups=["x", "y"]),
    )
    assert rules(noise) == {
        (f"{CREATE_MEMBER} note", Kind.PRESENCE),
        (f"{CREATE_MEMBER} tags", Kind.ORDER),
        (f"{CREATE_MEMBER} groups", Kind.MEMBERS),
    }


def test_many_values_make_a_place_free() -> None:
    rule = learned(*(member(place, mood=f"mood {place}") for place in range(12))).rules[
        f"{CREATE_MEMBER} mood", Kind.VALUE
    ]
    assert rule.accepts("any other")
    assert not rule.accepts(12)
    assert not rule.accepts("2024-03-01T08:30:00Z")


def cells(place: int, *values: str) -> Trace:
    """A list of what users wrote: as different as users are, in recordings that did different things."""
    found = {"items": [{"id": f"L{place}{index}", "text": value} for index, value in enumerate(values)]}
    return trace(f"r{place}", (LIST_LOANS, {"member_id": 1000 + place}, answer(found)))


def test_contents_are_no_noise() -> None:
    """Every recording shows other contents, for it asked about something else: none of that is explained away."""
    noise = learned(cells(0, "a", "b"), cells(1, "c"), cells(2, "d", "e", "f"), cells(3, "g", "h"), cells(4, "i"))
    assert rules(noise) == set()


def account(name: str, *owners: str) -> Trace:
    """One recording in which an owner's name is seen again and again."""
    seen: list[Played] = [
        (CREATE_BOOK, {"title": f"{name}{place}"}, answer({"owner": owner, "kind": "library#book"}))
        for place, owner in enumerate(owners)
    ]
    return trace(name, *seen)


def test_what_never_differs_within_a_recording_belongs_to_the_account() -> None:
    noise = learned(*(account(name, name, name, name) for name in ("Ann", "Bob", "Cem")))
    assert rules(noise) == {(f"{CREATE_BOOK} owner", Kind.VALUE)}
    assert noise.rules[f"{CREATE_BOOK} owner", Kind.VALUE].accepts("Dan")


@pytest.mark.parametrize(
    "owners",
    [
        [("Ann", "Ann"), ("Bob", "Bob")],
        [("Ann", "Ann"), ("Bob", "Bob"), ("Cem", "Dan")],
        [("Ann", "Ann"), ("Ann", "Ann"), ("Ann", "Ann")],
        [("Ann",), ("Bob",), ("Cem",)],
    ],
    ids=["too few", "not constant", "the same in all", "seen once"],
)
def test_what_does_not_belong_to_the_account(owners: list[tuple[str, ...]]) -> None:
    assert rules(learned(*(account(f"r{place}", *seen) for place, seen in enumerate(owners)))) == set()


def test_what_the_client_sends_never_belongs_to_the_account() -> None:
    seen = [
        trace(name, *[(CREATE_BOOK, {"title": name}, answer({"title": name}))] * 3) for name in ("Ann", "Bob", "Cem")
    ]
    assert rules(learned(*seen)) == set()


def test_errors_teach_about_their_status_not_their_operation() -> None:
    def down(operation: str, name: str, text: str) -> Trace:
        return trace(name, (operation, {}, answer({"error": {"code": "down", "message": text}}, 503)))

    noise = learned(down(LIST_BOOKS, "a", "Try later."), down(LIST_BOOKS, "b", "Try again."))
    assert {place for place, _ in rules(noise)} == {"library 503 error error.message"}


def test_history_is_no_noise() -> None:
    """An answer that all newer ones contradict shows how it was."""
    seen = [
        trace(f"r{place}", (CREATE_MEMBER, {"name": "U"}, answer({"memberId": place, "plan": plan})), date=date)
        for place, (plan, date) in enumerate(
            [("free", "2020-01-01"), ("basic", "2023-01-01"), ("basic", "2024-01-01"), ("basic", "2025-01-01")]
        )
    ]
    noise = learned(*seen)
    place = f"{CREATE_MEMBER} plan"
    assert noise.rule(place, Kind.VALUE, "2020-01-01") is not None
    assert noise.rule(place, Kind.VALUE, "2025-01-01") is None
    assert "until 2020-01-01" in noise.lines()[0]


def test_formats_are_known_after_some_samples() -> None:
    known = Format()
    assert known.accepts("anything at all")
    for sample in ("0a1b", "9f86", "d081", "884c", "7d65"):
        known.add(sample)
    assert known.accepts("abc1")
    assert not known.accepts("abc12")
    assert not known.accepts("ABC1")
    assert not known.accepts("ab-1")


def test_known_keys_are_those_of_all_answers() -> None:
    noise = learned(member(0, note=None), member(1, tags=[{"a": 1}, {"b": 2}]))
    assert noise.keys[f"{CREATE_MEMBER} "] == {"memberId", "note", "tags"}
    assert noise.keys[f"{CREATE_MEMBER} tags[]"] == {"a", "b"}


def test_cursors_are_learned() -> None:
    first = answer({"items": [], "nextCursor": IDS[0]})
    seen = trace("r", (LIST_BOOKS, {"limit": 1}, first), (LIST_BOOKS, {"limit": 1, "cursor": IDS[0]}, answer({})))
    assert learned(seen).cursors == {(LIST_BOOKS, "nextCursor")}


def test_naming_a_thing_is_not_paging() -> None:
    """A read that is about what another read of its kind showed goes on no list."""
    one, other = IDS[:2]
    seen = trace(
        "r",
        (GET_BOOK, {"book_id": one}, answer({"id": one, "sequelId": other})),
        (GET_BOOK, {"book_id": other}, answer({"id": other})),
    )
    assert learned(seen).cursors == frozenset()


def test_rules_are_text_for_people() -> None:
    rule = Rule("GET /things size", Kind.VALUE, forms={"number"}, values={1, 2}, evidence=3, until="")
    assert rule.text() == "GET /things size value varies (3 comparisons): 1, 2"


def test_rare_characters_may_be_missing_in_few_short_samples() -> None:
    few, many = Format(), Format()
    for number in range(8):
        few.add(f"AAAB{number}Fac{number}9x")
    for number in range(40):
        many.add(f"AAAB{number:02}Facx{number:02}")
    assert few.accepts("AAABoQZ_7Oc", names=True)
    assert not few.accepts("AAABoQZ.7Oc", names=True)
    assert not many.accepts("AAABoQZ_7Oc", names=True)


def test_moments_told_as_numbers_are_no_noise() -> None:
    noise = learned(member(0, created=1_700_000_000), member(1, created=1_700_009_999))
    assert rules(noise) == set()
    assert rules(learned(member(0, created=1_700_000_000), member(1, created=0))) == {
        (f"{CREATE_MEMBER} created", Kind.VALUE)
    }


def test_places_that_were_null_are_known() -> None:
    noise = learned(member(0, mood=None, town="Oslo"), member(1, mood="glad", town="Oslo"))
    assert noise.nulls == {f"{CREATE_MEMBER} mood"}


def test_what_one_operation_alone_shows_is_not_its_types() -> None:
    noise = Noise()
    noise.learn("Link.allow", Kind.MEMBERS, subject=GET_BOOK)
    assert noise.rule("Link.allow", Kind.MEMBERS, "", GET_BOOK)
    assert noise.rule("Link.allow", Kind.MEMBERS, "")
    assert noise.rule("Link.allow", Kind.MEMBERS, "", LIST_BOOKS) is None
    noise.learn("Link.allow", Kind.MEMBERS, subject=CREATE_BOOK)
    assert noise.rule("Link.allow", Kind.MEMBERS, "", LIST_BOOKS)
