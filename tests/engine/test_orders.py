"""Lists in the order of made-up ids."""

from __future__ import annotations

import pytest
from making import answer
from making import trace as played

from conformance.oracle.noise import Kind, Noise
from conformance.oracle.orders import Orders
from conformance.programs.model import Trace
from toy.flaws import CREATE_BOOK, LIST_BOOKS
from toy.world import TARGETS

IDS = {"a": "k3Jx81mQz0TtW5vYp7Ra", "b": "m8Qw2Zt5Lc9Xv1Bn4Ks7", "c": "z1Pd6Yh3Fj8Ug5Te2Wo9"}
"""In the order of their names."""


def trace(made: str, listed: str, **more: list[object]) -> Trace:
    """A program that makes the things of ``made`` and then lists them as ``listed`` has them."""
    steps = [(CREATE_BOOK, {"body": {}}, answer({"id": IDS[name]})) for name in made]
    items = [
        {"id": IDS[name]} | {key: values[place] for key, values in more.items()} for place, name in enumerate(listed)
    ]
    return played("p", *steps, (LIST_BOOKS, {}, answer({"items": items})))


def learned(*traces: Trace) -> bool:
    orders, noise = Orders(), Noise()
    for one in traces:
        orders.saw(one, TARGETS)
    orders.conclude(noise)
    return any(kind is Kind.ORDER for _, kind in noise.rules)


def test_the_order_of_ids_is_nobodys_to_repeat() -> None:
    assert learned(trace("ab", "ab"), trace("cb", "bc"))
    assert learned(trace("ab", "ba"), trace("bc", "cb"), trace("cb", "cb"))


@pytest.mark.parametrize(
    "traces",
    [
        (trace("ab", "ab"), trace("bc", "bc")),
        (trace("ba", "ab"), trace("cb", "bc")),
        (trace("ab", "ab"),),
        (trace("ba", "ab"), trace("bc", "cb")),
        (trace("ab", "ab", rank=[1, 2]), trace("cb", "bc", rank=[4, 7])),
        (trace("ab", "ab", name=["Ann", "bob"]), trace("cb", "bc", name=["x", "Y"])),
    ],
    ids=["as made", "last first", "one list", "neither way", "by rank", "by name"],
)
def test_what_else_explains_the_order_is_to_be_repeated(traces: tuple[Trace, ...]) -> None:
    assert not learned(*traces)
