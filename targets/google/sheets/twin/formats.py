"""How a value is shown: number and date patterns, and what is shown without any."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

from targets.google.sheets.twin.dates import FIRST_DAY, LAST_DAY, Token, show_date
from targets.google.sheets.twin.model import CellError, Effective, Json

SIGNIFICANT = 10
"""Digits shown of a number without a pattern, when it has a fraction."""
LARGE = 1e15
"""From here on a number without a pattern is shown in scientific notation."""
SMALL = 1e-10
"""Likewise below this."""

EXACT = Context(prec=700, rounding=ROUND_HALF_UP)
"""Holds every digit of every float."""

DATES = frozenset({"DATE", "TIME", "DATE_TIME"})
"""Types of number format that show a serial date."""


@dataclass(frozen=True, slots=True)
class Conventions:
    """What differs between locales: separators, order of day and month, currency."""

    decimal: str
    group: str
    day_first: bool
    currency: str


_POINT_LANGUAGES = frozenset({"en", "ja", "zh", "ko", "th", "hi", "he", "ar", "bn", "fil", "cy", "ga", "ur"})
_CURRENCIES = {"GB": "£", "JP": "¥", "CN": "¥", "IN": "₹"}
_EURO = frozenset({"AT", "BE", "DE", "ES", "FI", "FR", "GR", "IE", "IT", "LU", "NL", "PT"})
_POINT_TERRITORIES = frozenset({"es_MX"})


@lru_cache
def conventions(locale: str) -> Conventions:
    """The conventions of a locale such as ``en_US``."""
    language, _, territory = locale.partition("_")
    comma = language not in _POINT_LANGUAGES and locale not in _POINT_TERRITORIES
    currency = "€" if territory in _EURO else _CURRENCIES.get(territory, "$")
    return Conventions("," if comma else ".", "." if comma else ",", locale not in ("en", "en_US"), currency)


def default_pattern(kind: str, locale: str) -> str:
    """The pattern of a number format that has a type only; "" for none."""
    local = conventions(locale)
    day = "dd/MM/yyyy" if local.day_first else "M/d/yyyy"
    patterns = {
        "NUMBER": "#,##0.00",
        "PERCENT": "0.00%",
        "CURRENCY": f'"{local.currency}"#,##0.00',
        "DATE": day,
        "TIME": "H:mm:ss" if local.day_first else "h:mm:ss am/pm",
        "DATE_TIME": f"{day} H:mm:ss",
        "SCIENTIFIC": "0.00E+00",
    }
    return patterns.get(kind, "")


def display(value: Effective, number_format: Json | None = None, locale: str = "en_US") -> str:
    """What a cell shows.

    Args:
        value: The cell's effective value.
        number_format: The vendor's NumberFormat (``type``, ``pattern``), if the cell has one.
        locale: The spreadsheet's locale.
    """
    if value is None:
        return ""
    if isinstance(value, CellError):
        return value.code
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    chosen = number_format or {}
    pattern = chosen.get("pattern") or default_pattern(chosen.get("type", ""), locale)
    if isinstance(value, str):
        return _text(value, pattern)
    if not pattern or pattern == "@" or pattern.casefold() == "general":
        return general(value).replace(".", conventions(locale).decimal)
    return _number(value, pattern, conventions(locale))


def general(number: float) -> str:
    """A number without a pattern, with a decimal point: ``1.5``, ``0.3333333333``, ``1.23457E+15``."""
    size = abs(number)
    if size and (size >= LARGE or size < SMALL):
        mantissa, exponent = f"{number:.5E}".split("E")
        return f"{mantissa.rstrip('0').rstrip('.')}E{exponent[0]}{exponent[1:].zfill(2)}"
    exact = Decimal(repr(number)) if isinstance(number, float) else Decimal(number)
    if exact == exact.to_integral_value():
        return f"{exact:.0f}"
    rounded = Context(prec=SIGNIFICANT, rounding=ROUND_HALF_UP).create_decimal(exact)
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


# --- patterns

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_(?P<space>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]|(?P<char>.)', re.DOTALL
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)\Z")
_ELAPSED = re.compile(r"(h+|m+|s+)\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a pattern, between semicolons; ``condition`` as in ``[>=100]``."""

    tokens: tuple[Token, ...]
    condition: tuple[str, float] | None = None

    @property
    def is_date(self) -> bool:
        """True when it shows the number as a date, a time or a duration."""
        return any(kind == "char" and text in "yYdDhHsS" for kind, text in self.tokens) or any(
            kind == "elapsed" or (kind == "char" and text in "mM") for kind, text in self.tokens
        )

    @property
    def is_text(self) -> bool:
        """True when it is the part for text."""
        return ("char", "@") in self.tokens


@lru_cache(maxsize=256)
def _sections(pattern: str) -> tuple[Section, ...]:
    """The parts of a pattern."""
    parts: list[list[Token]] = [[]]
    for token in _tokens(pattern):
        if token == ("char", ";"):
            parts.append([])
        else:
            parts[-1].append(token)
    return tuple(_section(part) for part in parts)


def _tokens(pattern: str) -> Iterator[Token]:
    for found in _TOKEN.finditer(pattern):
        kind = found.lastgroup
        text = found[kind] if kind else ""
        if kind in ("quoted", "escaped"):
            yield "literal", text
        elif kind == "space":
            yield "literal", " "
        elif kind == "bracket":
            yield "elapsed" if _ELAPSED.match(text) else "bracket", text
        elif kind == "char":
            yield "char", text


def _section(tokens: list[Token]) -> Section:
    condition = None
    kept: list[Token] = []
    for kind, text in tokens:
        if kind != "bracket":
            kept.append((kind, text))
        elif text.startswith("$"):
            kept.append(("literal", text[1:].partition("-")[0]))
        elif found := _CONDITION.match(text):
            condition = (found[1], float(found[2]))
    return Section(tuple(kept), condition)


def _text(value: str, pattern: str) -> str:
    section = next((section for section in _sections(pattern) if section.is_text), None) if pattern else None
    if section is None:
        return value
    return "".join(value if token == ("char", "@") else token[1] for token in section.tokens)


_COMPARISONS = {
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "=": lambda a, b: a == b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "<>": lambda a, b: a != b,
}


def _choose(value: float, sections: list[Section]) -> tuple[Section, bool]:
    """The part for ``value``, and whether a minus sign has to be put before it."""
    conditional = [section for section in sections if section.condition]
    for section in conditional:
        if section.condition and _COMPARISONS[section.condition[0]](value, section.condition[1]):
            return section, value < 0
    if conditional:
        plain = [section for section in sections if not section.condition]
        return (plain or sections)[-1], value < 0
    if value < 0 and len(sections) > 1:
        return sections[1], False
    if value == 0 and len(sections) > 2:
        return sections[2], False
    return sections[0], value < 0


def _number(value: float, pattern: str, local: Conventions) -> str:
    sections = [section for section in _sections(pattern) if not section.is_text]
    if not sections:
        return general(value).replace(".", local.decimal)
    section, minus = _choose(value, sections)
    if section.is_date:
        return show_date(value, section.tokens) if FIRST_DAY < value < LAST_DAY else general(value)
    shown = _digits(abs(value), section.tokens, local)
    return "-" + shown if minus and any(digit in shown for digit in "123456789") else shown


# --- numbers


def _digits(size: float, tokens: tuple[Token, ...], local: Conventions) -> str:
    places = [index for index, (kind, text) in enumerate(tokens) if kind == "char" and text in "0#?"]
    if not places:
        return "".join(text for _, text in tokens)
    exact = Decimal(repr(size)) if isinstance(size, float) else Decimal(size)
    exact = EXACT.multiply(exact, 100 ** sum(token == ("char", "%") for token in tokens))
    exponent = next((i for i, token in enumerate(tokens) if token in (("char", "E"), ("char", "e"))), None)
    if exponent is not None:
        return _scientific(exact, tokens, exponent, local)
    return _plain(exact, tokens, local)


def _plain(exact: Decimal, tokens: tuple[Token, ...], local: Conventions) -> str:
    kept, scale, grouped = _without_commas(tokens)
    point = next((i for i, token in enumerate(kept) if token == ("char", ".")), len(kept))
    head, tail = kept[:point], kept[point + 1 :]
    decimals = sum(_is_digit(token) for token in tail)
    rounded = EXACT.quantize(EXACT.divide(exact, 1000**scale), Decimal(1).scaleb(-decimals))
    whole, _, fraction = f"{rounded:f}".partition(".")
    shown = _whole(whole.lstrip("0"), head, local.group if grouped else "")
    return shown + (local.decimal if point < len(kept) else "") + _fraction(fraction, tail)


def _without_commas(tokens: tuple[Token, ...]) -> tuple[tuple[Token, ...], int, bool]:
    """The tokens without the commas that rule digits; how often these divide by 1000, and whether they group."""
    digits = [i for i, token in enumerate(tokens) if _is_digit(token)]
    first, last = digits[0], digits[-1]
    end = last + 1
    while end < len(tokens) and tokens[end] == ("char", ","):
        end += 1
    inner = tuple(token for token in tokens[first:last] if token != ("char", ","))
    grouped = len(inner) < last - first
    return tokens[:first] + inner + tokens[last : last + 1] + tokens[end:], end - last - 1, grouped


def _is_digit(token: Token) -> bool:
    return token[0] == "char" and token[1] in "0#?"


def _whole(digits: str, tokens: tuple[Token, ...], group: str) -> str:
    """Digits before the point, filled into the placeholders from the right."""
    shown: list[str] = []
    count = 0
    remaining = list(digits)
    first = next((i for i, token in enumerate(tokens) if _is_digit(token)), -1)

    def put(digit: str) -> None:
        nonlocal count
        if group and count and count % 3 == 0 and digit.isdigit():
            shown.append(group)
        shown.append(digit)
        count += 1

    for index in range(len(tokens) - 1, -1, -1):
        kind, text = tokens[index]
        if not _is_digit((kind, text)):
            shown.append(text[::-1])
            continue
        digit = remaining.pop() if remaining else {"0": "0", "?": " "}.get(text, "")
        if digit:
            put(digit)
        while index == first and remaining:
            put(remaining.pop())
    return "".join(shown)[::-1]


def _fraction(digits: str, tokens: tuple[Token, ...]) -> str:
    """Digits after the point."""
    marks = [text for kind, text in tokens if _is_digit((kind, text))]
    needed = max((i + 1 for i, mark in enumerate(marks) if mark != "#" or digits[i] != "0"), default=0)
    shown = []
    place = 0
    for token in tokens:
        if not _is_digit(token):
            shown.append(token[1])
            continue
        if place < needed:
            blank = token[1] == "?" and not digits[place:].strip("0")
            shown.append(" " if blank else digits[place])
        place += 1
    return "".join(shown)


def _scientific(exact: Decimal, tokens: tuple[Token, ...], at: int, local: Conventions) -> str:
    point = next((i for i, token in enumerate(tokens[:at]) if token == ("char", ".")), at)
    wide = max(1, sum(_is_digit(token) for token in tokens[:point]))
    decimals = sum(_is_digit(token) for token in tokens[point:at])
    power = exact.adjusted() // wide * wide if exact else 0
    if exact and len(str(round(exact.scaleb(-power), decimals)).partition(".")[0]) > wide:
        power += wide  # rounding made it one digit longer
    sign = tokens[at + 1][1] if at + 1 < len(tokens) else ""
    width = sum(_is_digit(token) for token in tokens[at:])
    after = "".join(text for kind, text in tokens[at + 2 :] if not _is_digit((kind, text)))
    mark = "-" if power < 0 else ("+" if sign == "+" else "")
    return f"{_plain(exact.scaleb(-power), tokens[:at], local)}E{mark}{str(abs(power)).zfill(width)}{after}"
