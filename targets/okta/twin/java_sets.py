"""The order in which some answers list what is a set to Okta: that of a ``java.util.HashSet`` of strings."""

from __future__ import annotations

from collections.abc import Iterable

_BITS = 0xFFFFFFFF
_FULL = 0.75
"""Share of a table's places that are taken when it grows."""


def _spread(text: str) -> int:
    """``String.hashCode``, spread as ``HashMap`` does."""
    hashed = 0
    for unit in text.encode("utf-16-be").hex(" ", 2).split():
        hashed = (31 * hashed + int(unit, 16)) & _BITS
    return hashed ^ (hashed >> 16)


def hash_order(texts: Iterable[str]) -> list[str]:
    """``texts`` without repetitions, in the order in which a ``HashSet`` that they were put into gives them."""
    distinct = list(dict.fromkeys(texts))
    places = 16
    while len(distinct) > places * _FULL:
        places *= 2
    return sorted(distinct, key=lambda text: _spread(text) & (places - 1))
