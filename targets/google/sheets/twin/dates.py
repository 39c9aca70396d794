"""Serial dates, and how patterns show them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

Token = tuple[str, str]
"""A piece of a pattern: its kind (``char``, ``literal``, ``elapsed``) and its text."""

EPOCH = datetime(1899, 12, 30)
"""Day 0 of serial dates."""

FIRST_DAY, LAST_DAY = (datetime.min - EPOCH).days, (datetime.max - EPOCH).days
"""Between these a number can be shown as a date."""


def serial(moment: datetime) -> float:
    """A moment as a serial number: days since 30 December 1899; whole when it is midnight."""
    days = (moment - EPOCH) / timedelta(days=1)
    return int(days) if days == int(days) else days


_HALVES = re.compile(r"(am/pm|a/p)", re.IGNORECASE)
_RUN = re.compile(r"([yYmMdDhHsS])\1*")


def show_date(value: float, tokens: tuple[Token, ...]) -> str:
    """A serial date, between ``FIRST_DAY`` and ``LAST_DAY``, as the tokens of a pattern say."""
    milliseconds = round(abs(value) * 86_400_000)
    moment = EPOCH + timedelta(milliseconds=milliseconds if value >= 0 else -milliseconds)
    parts = list(_date_parts(tokens))
    twelve = any(kind == "half" for kind, _ in parts)
    return "".join(
        _date_part(kind, text, moment, milliseconds, twelve, _is_minute(parts, index))
        for index, (kind, text) in enumerate(parts)
    )


def _date_parts(tokens: tuple[Token, ...]) -> Iterator[Token]:
    """Runs of one letter (``run``), ``am/pm`` (``half``), fractions of a second, elapsed units, and literals."""
    index = 0
    while index < len(tokens):
        kind, text = tokens[index]
        if kind != "char":
            yield kind, text
            index += 1
            continue
        end = index
        while end < len(tokens) and tokens[end][0] == "char":
            end += 1
        yield from _char_parts("".join(character for _, character in tokens[index:end]))
        index = end


def _char_parts(text: str) -> Iterator[Token]:
    position = 0
    while position < len(text):
        if found := _HALVES.match(text, position):
            yield "half", found[0]
        elif found := _RUN.match(text, position):
            yield "run", found[0].lower()
        elif found := re.compile(r"\.0+|0+").match(text, position):
            yield "thousandths", found[0]
        else:
            found = re.compile(".", re.DOTALL).match(text, position)
            yield "literal", text[position]
        position = found.end() if found else position + 1


def _is_minute(parts: list[Token], index: int) -> bool:
    """True for an ``m`` that follows hours or comes before seconds."""
    units = [i for i, (kind, _) in enumerate(parts) if kind in ("run", "elapsed")]
    if index not in units:
        return False
    at = units.index(index)
    before = parts[units[at - 1]][1][0].lower() if at else ""
    after = parts[units[at + 1]][1][0].lower() if at + 1 < len(units) else ""
    return before == "h" or after == "s"


def _date_part(kind: str, text: str, moment: datetime, elapsed: int, twelve: bool, minute: bool) -> str:
    if kind == "elapsed":
        unit = {"h": 3_600_000, "m": 60_000, "s": 1000}[text[0].lower()]
        return str(elapsed // unit).zfill(len(text))
    if kind == "half":
        half = "AM" if moment.hour < 12 else "PM"
        return half if len(text) > 3 else half[0]
    if kind == "thousandths":
        digits = f"{moment.microsecond // 1000:03d}"[: text.count("0")]
        return "." + digits if text.startswith(".") else digits
    return _unit(text, moment, twelve, minute) if kind == "run" else text


def _unit(run: str, moment: datetime, twelve: bool, minute: bool) -> str:
    letter, width = run[0], len(run)
    if letter == "y":
        return f"{moment.year:04d}" if width > 2 else f"{moment.year % 100:02d}"
    if letter == "h":
        return str((moment.hour - 1) % 12 + 1 if twelve else moment.hour).zfill(min(width, 2))
    if letter == "s":
        return str(moment.second).zfill(min(width, 2))
    if letter == "d":
        return str(moment.day).zfill(width) if width < 3 else moment.strftime("%a" if width == 3 else "%A")
    if minute:
        return str(moment.minute).zfill(min(width, 2))
    if width < 3:
        return str(moment.month).zfill(width)
    return {3: moment.strftime("%b"), 5: moment.strftime("%B")[0]}.get(width, moment.strftime("%B"))
