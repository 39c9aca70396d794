"""Ranges in A1 notation, as far as answers need reading: titles, corners, open ends."""

from __future__ import annotations

import re
from math import inf

_TITLE = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!")
_CORNERS = re.compile(r"([A-Z]+)([0-9]+)(?::([A-Z]+)([0-9]+))?")
_CELLS = re.compile(r"[A-Z]*[0-9]*:([A-Z]*)([0-9]*)")


def title_of(text: str) -> str:
    """The sheet's title in ``'It''s'!A1:B2``; "" where the range names none."""
    match = _TITLE.match(text)
    if match is None:
        return ""
    return match[1].replace("''", "'") if match[1] else match[2]


def quoted(title: str) -> str:
    """The title as ranges write it where it is not a plain word."""
    doubled = title.replace("'", "''")
    return f"'{doubled}'"


def corners(text: str) -> tuple[int, int, int, int]:
    """Top, bottom, left and right of a bounded range, from 1; one cell where it is no such range."""
    match = _CORNERS.fullmatch(text.rpartition("!")[2])
    if match is None:
        return 1, 1, 1, 1
    left, top, right, bottom = match[1], match[2], match[3] or match[1], match[4] or match[2]
    return int(top), int(bottom), _column(left), _column(right)


def end_of(asked: str) -> tuple[float, float]:
    """Last row and column that a range asks for, from 1; infinite where it leaves them open."""
    match = _CELLS.fullmatch(asked.rpartition("!")[2])
    if match is None:
        return 0, 0
    return int(match[2]) if match[2] else inf, _column(match[1]) if match[1] else inf


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
