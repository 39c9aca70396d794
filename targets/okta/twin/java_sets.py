"""The order in which some answers list what is a set to Okta: that of a ``java.util.HashSet`` of strings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
_BITS = 0xFFFFFFFF
_FULL = 0.75
"""Share of a table's places that are taken when it grows."""


def _hashed(text: str) -> int:
    """``String.hashCode``."""
    hashed = 0
    for unit in text.encode("utf-16-be").hex(" ", 2).split():
        hashed = (31 * hashed + int(unit, 16)) & _BITS
    return hashed


def _ordered(things: Sequence[T], hash_of: Callable[[T], int]) -> list[T]:
    """``things`` in the order of their places in a ``HashMap``'s table."""
    places = 16
    while len(things) > places * _FULL:
        places *= 2

    def place(thing: T) -> int:
        hashed = hash_of(thing)
        return (hashed ^ (hashed >> 16)) & (places - 1)

    return sorted(things, key=place)


def hash_order(texts: Iterable[str]) -> list[str]:
    """``texts`` without repetitions, in the order in which a ``HashSet`` that they were put into gives them."""
    return _ordered(list(dict.fromkeys(texts)), _hashed)


def record_order(records: Iterable[dict[str, Any]], *members: str) -> list[dict[str, Any]]:
    """The same for records that are hashed by ``members``, texts or None, with commons-lang's ``HashCodeBuilder``."""

    def hash_of(record: dict[str, Any]) -> int:
        hashed = 17
        for member in members:
            hashed = (37 * hashed + _hashed(record[member] or "")) & _BITS
        return hashed

    return _ordered(list(records), hash_of)
