"""Lists in the order of ids that the service draws."""

from __future__ import annotations

from typing import Any

import pytest
from making import answer
from making import trace as played

from conformance.oracle.judge import Judge
from conformance.oracle.noise import ANY_ORDER, AS_RECORDED, IDS_DOWN, IDS_UP, Kind, Noise
from conformance.oracle.orders import Orders
from conformance.oracle.verdict import Verdict
from conformance.programs.model import Trace
from toy.flaws import CREATE_BOOK, LIST_BOOKS
from toy.target import TARGET
from toy.world import TARGETS

IDS = {name: f"{name}3Jx81mQz0TtW5vYp7Ra" for name in "abcdefgwyz"}
"""In the order of their names."""

PLACE = f"{LIST_BOOKS}? items"


def trace(made: str, listed: str, asked: dict[str, str] | None = None, **more: list[Any]) -> Trace:
    """A program that makes the things of ``made`` and then lists them as ``listed`` has them."""
    steps = [(CREATE_BOOK, {"body": {}}, answer({"id": IDS[name]})) for name in made]
    items = [
        {"id": IDS[name]} | {key: values[place] for key, values in more.items()} for place, name in enumerate(listed)
    ]
    return played("p", *steps, (LIST_BOOKS, asked or {}, answer({"items": items})))


def learned(*traces: Trace) -> set[Any]:
    """The orders in which the books may be listed; none where nothing but the recorded order is right."""
    orders, noise = Orders(), Noise()
    for one in traces:
        orders.saw(one, TARGETS)
    orders.conclude(noise)
    rule = noise.rule(PLACE, Kind.DRAWN, "")
    return rule.values if rule else set()


def test_the_order_of_ids_alone() -> None:
    assert learned(trace("abc", "abc"), trace("cba", "abc"), trace("cab", "abc")) == {ANY_ORDER}
    assert learned(*(trace("dcba", f"abcd{more}") for more in "efg"), trace("abcd", "abcd")) == {IDS_UP}
    assert learned(*(trace("dcba", f"{more}dcba") for more in "efg"), trace("abcd", "dcba")) == {IDS_DOWN}


def test_few_lists_in_the_order_of_ids_may_be_by_accident() -> None:
    assert learned(trace("ab", "ab"), trace("cb", "bc")) == {ANY_ORDER}
    assert learned(trace("ab", "ab")) == set()


@pytest.mark.parametrize(
    "traces",
    [
        (trace("ab", "ab"), trace("bc", "bc")),
        (trace("ba", "ab"), trace("cb", "bc")),
        (trace("ab", "ab", rank=[1, 2]), trace("cb", "bc", rank=[4, 7])),
        (trace("ab", "ab", name=["Ann", "bob"]), trace("cb", "bc", name=["x", "Y"])),
        (trace("", "abc"),),
    ],
    ids=["as made", "last first", "by rank", "by name", "made before"],
)
def test_what_else_explains_the_order_may_be_repeated(traces: tuple[Trace, ...]) -> None:
    assert learned(*traces) == {IDS_UP, AS_RECORDED}


@pytest.mark.parametrize(
    "traces",
    [
        (trace("abcd", "acbd"), trace("bcde", "bdce")),
        (trace("ab", "ab"), trace("bc", "bc"), trace("ca", "ca")),
    ],
    ids=["neither way", "as made, and not by ids"],
)
def test_ids_that_do_not_explain_all_say_nothing(traces: tuple[Trace, ...]) -> None:
    assert learned(*traces) == set()


def test_nobody_knows_the_order_of_a_few_short_lists_that_nothing_explains() -> None:
    assert learned(trace("ab", "ab"), trace("bc", "cb")) == {ANY_ORDER}
    assert learned(trace("", "ab"), trace("", "dc")) == {ANY_ORDER}
    assert learned(trace("", "ab", rank=[2, 4]), trace("", "dc", rank=[1, 7])) == set()


def test_lists_of_what_a_thing_has_are_in_the_order_of_who_sent_them() -> None:
    nested = [{"id": IDS["f"], "of": [{"id": IDS[name]} for name in names]} for names in ("ab", "dc")]
    seen = (played("p", (LIST_BOOKS, {}, answer({"items": [one]}))) for one in nested)
    assert learned(*seen) == set()


def test_names_of_things_in_their_links_are_no_other_reason() -> None:
    links = [{"href": f"https://api.library.example/{IDS[name]}"} for name in "abc"]
    assert learned(trace("cab", "abc", link=links), trace("bca", "abc", link=links)) == {ANY_ORDER}


def test_what_asks_for_an_order_has_orders_of_its_own() -> None:
    sorted_up, other = trace("ba", "ab", asked={"q": "x"}), trace("bc", "bc")
    assert learned(sorted_up, other) == set()


def again(*listed: str, between: tuple[Any, ...] = ()) -> Trace:
    """A program that only lists the books again and again."""
    reads = [(LIST_BOOKS, {}, answer({"items": [{"id": IDS[name]} for name in names]})) for names in listed]
    return played("p", *reads[:1], *between, *reads[1:])


def test_what_comes_in_another_order_when_asked_again_has_none() -> None:
    assert learned(again("abc", "acb", "bac")) == {ANY_ORDER}


def test_one_other_order_or_after_a_write_says_nothing() -> None:
    assert learned(again("acbd", "abcd", "abcd")) == set()
    write = (CREATE_BOOK, {"body": {}}, answer({"id": IDS["e"]}))
    assert learned(again("acbd", "cabd", "bcad", between=(write,))) == set()


def judged(orders: set[str], live: list[str], recorded: str = "ab") -> Verdict:
    """Two books are made, and listed with the ids that the twin gave them."""
    program = trace("ab", recorded)
    noise = Noise()
    noise.learn(PLACE, Kind.DRAWN, *orders)
    judge = Judge(program.program, noise, "")
    made = [answer({"id": name}) for name in (IDS["z"], IDS["y"])]
    listing = answer({"items": [{"id": name} for name in live]})
    lives = [*made, listing]
    results = [
        judge.step(step, TARGET, seen, now)
        for step, seen, now in zip(program.program.steps, program.observations, lives, strict=True)
    ]
    return results[-1].verdict


def test_a_list_in_the_order_of_the_ids_that_it_has_now() -> None:
    assert judged({IDS_UP}, [IDS["y"], IDS["z"]]) is Verdict.SAME
    assert judged({IDS_UP}, [IDS["z"], IDS["y"]]) is Verdict.DIFFERS
    assert judged({IDS_DOWN}, [IDS["z"], IDS["y"]]) is Verdict.SAME
    assert judged({IDS_UP, AS_RECORDED}, [IDS["z"], IDS["y"]]) is Verdict.SAME
    assert judged({IDS_UP, AS_RECORDED}, [IDS["z"], IDS["y"]], recorded="ba") is Verdict.DIFFERS
    assert judged({ANY_ORDER}, [IDS["z"], IDS["y"]], recorded="ba") is Verdict.SAME
    assert judged(set(), [IDS["y"], IDS["z"]]) is Verdict.DIFFERS


@pytest.mark.parametrize("orders", [{IDS_UP}, {IDS_UP, AS_RECORDED}, {ANY_ORDER}])
def test_all_must_be_there_and_nothing_else(orders: set[str]) -> None:
    assert judged(orders, [IDS["z"]]) is Verdict.DIFFERS
    assert judged(orders, [IDS["y"], IDS["z"], IDS["w"]]) is Verdict.DIFFERS
    assert judged(orders, [IDS["y"], IDS["w"]]) is Verdict.DIFFERS
