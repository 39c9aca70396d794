"""What a value becomes when it is entered: taken as it is (RAW), or read as a user would type it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from conformance.recordings.model import Json
from targets.google.sheets.twin.dates import serial
from targets.google.sheets.twin.formats import Conventions, conventions
from targets.google.sheets.twin.model import CellError, Effective, Entered, Formula


@dataclass(frozen=True, slots=True)
class Entry:
    """What goes into a cell. ``number_format`` is the NumberFormat that the entry brings with it, if any."""

    value: Entered
    number_format: Json | None = None


def raw(value: Json) -> Entry:
    """A JSON value as it is; an empty string clears."""
    if isinstance(value, float):
        return Entry(tidy(value))
    return Entry(None if value == "" else value)


def typed(value: Json, locale: str = "en_US") -> Entry:
    """A JSON value as if typed into the cell; an empty string clears."""
    if not isinstance(value, str) or value == "":
        return raw(value)
    if value.startswith("'"):
        return Entry(value[1:])
    if value.startswith("=") and len(value) > 1:
        return Entry(Formula(value))
    return _recognised(value.strip(), conventions(locale)) or Entry(value)


def _recognised(text: str, local: Conventions) -> Entry | None:
    readers: tuple[Callable[[str, Conventions], Entry | None], ...] = (_boolean, _number, _moment, _error)
    return next((entry for reader in readers if (entry := reader(text, local)) is not None), None)


def _boolean(text: str, _local: Conventions) -> Entry | None:
    known = {"TRUE": True, "FALSE": False}
    return Entry(known[text.upper()]) if text.upper() in known else None


ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#ERROR!"})


def _error(text: str, _local: Conventions) -> Entry | None:
    return Entry(CellError(text)) if text in ERRORS else None


# --- numbers


@lru_cache
def _number_pattern(group: str, decimal: str) -> re.Pattern[str]:
    """Numbers as people type them: sign, currency, groups, fraction, exponent, per cent."""
    group, decimal = re.escape(group), re.escape(decimal)
    return re.compile(
        r"(?P<sign>[+-]?)(?P<currency>[$£€¥₹]?)\s?(?P<inner>[+-]?)"
        rf"(?P<whole>\d{{1,3}}(?:{group}\d{{3}})+|\d*)(?P<fraction>{decimal}\d*)?"
        r"(?P<exponent>[eE][+-]?\d+)?\s?(?P<behind>[%€]?)\Z"
    )


def _number(text: str, local: Conventions) -> Entry | None:
    found = _number_pattern(local.group, local.decimal).match(text)
    if not found or not (found["whole"] or (found["fraction"] or "")[1:]) or (found["sign"] and found["inner"]):
        return None
    grouped, fraction = local.group in found["whole"], found["fraction"] or ""
    plain = (found["whole"].replace(local.group, "") or "0") + fraction.replace(local.decimal, ".")
    number = float(plain + (found["exponent"] or ""))
    if math.isinf(number):
        return None
    if found["behind"] == "%":
        number /= 100
    value = -number if "-" in (found["sign"], found["inner"]) else number
    currency = found["currency"] or found["behind"].replace("%", "")
    return Entry(tidy(value), _number_format(found, grouped, bool(fraction), currency))


def _number_format(found: re.Match[str], grouped: bool, fraction: bool, currency: str) -> Json | None:
    if currency:
        digits = "#,##0.00" if fraction else "#,##0"
        behind = found["behind"] == currency
        return {"type": "CURRENCY", "pattern": f'{digits}"{currency}"' if behind else f'"{currency}"{digits}'}
    if found["behind"] == "%":
        return {"type": "PERCENT", "pattern": "0.00%" if fraction else "0%"}
    if found["exponent"]:
        return {"type": "SCIENTIFIC", "pattern": "0.00E+00"}
    if grouped:
        return {"type": "NUMBER", "pattern": "#,##0.00" if fraction else "#,##0"}
    return None


def tidy(number: float) -> float:
    """A number as JSON shows it best: whole ones without a fraction."""
    return int(number) if float(number).is_integer() and abs(number) < 1 << 53 else number


# --- dates and times

_TIME = (
    r"(?P<hour>\d{1,3}):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?P<thousandths>\.\d{1,3})?)?"
    r"(?P<half>\s?[AaPp][Mm])?"
)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = (
    r"(?P<name>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_DATES = tuple(
    re.compile(pattern + r"\Z", re.IGNORECASE)
    for pattern in (
        r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})",
        r"(?P<one>\d{1,2})(?P<mark>[-/.])(?P<two>\d{1,2})(?P=mark)(?P<year>\d{4}|\d{2})",
        _MONTH + r"\s(?P<day>\d{1,2}),?\s(?P<year>\d{4})",
        r"(?P<day>\d{1,2})(?P<mark>[-\s])" + _MONTH + r"(?P=mark)(?P<year>\d{4}|\d{2})",
    )
)
_BOTH = re.compile(rf"(?P<date>.+?)(?:\s+|T)(?P<time>{_TIME})\Z")


def _moment(text: str, local: Conventions) -> Entry | None:
    date = _date(text, local)
    if date:
        return Entry(serial(date[0]), {"type": "DATE", "pattern": date[1]})
    time = re.compile(_TIME + r"\Z").match(text)
    if time:
        span = _time(time)
        return span and Entry(tidy(span[0]), {"type": "TIME", "pattern": span[1]})
    both = _BOTH.match(text)
    date, span = (_date(both["date"], local), _time(both)) if both else (None, None)
    if not date or not span or span[0] >= 1:
        return None
    value = serial(date[0] + timedelta(seconds=round(span[0] * 86400, 3)))
    return Entry(value, {"type": "DATE_TIME", "pattern": f"{date[1]} {span[1]}"})


def _date(text: str, local: Conventions) -> tuple[datetime, str] | None:
    found = next((match for pattern in _DATES if (match := pattern.match(text))), None)
    if found is None:
        return None
    parts = found.groupdict()
    first_is_day = local.day_first
    day = int(parts.get("day") or parts["one" if first_is_day else "two"])
    month = (
        _MONTHS.index(parts["name"][:3].lower()) + 1
        if parts.get("name")
        else int(parts.get("month") or parts["two" if first_is_day else "one"])
    )
    try:
        return datetime(_year(parts["year"]), month, day), _date_pattern(parts, first_is_day)
    except ValueError:
        return None


def _year(text: str) -> int:
    year = int(text)
    if len(text) == 4:
        return year
    return year + (2000 if year < 30 else 1900)


def _date_pattern(parts: dict[str, str], day_first: bool) -> str:
    """The pattern that shows a date the way it was typed."""
    mark, year = parts.get("mark") or "", "y" * len(parts["year"])
    day = "d" * len(parts.get("day") or parts.get("one") or "d")
    if parts.get("name"):
        name = "mmm" if len(parts["name"]) == 3 else "mmmm"
        return f"{day}{mark}{name}{mark}{year}" if mark else f"{name} {day}, {year}"
    if parts.get("month"):
        return f"{year}{mark}{'m' * len(parts['month'])}{mark}{day}"
    one, two = ("d", "m") if day_first else ("m", "d")
    return f"{one * len(parts['one'])}{mark}{two * len(parts['two'])}{mark}{year}"


def _time(found: re.Match[str]) -> tuple[float, str] | None:
    """Share of a day, and the pattern that shows it the way it was typed."""
    hour, half = int(found["hour"]), (found["half"] or "").strip().lower()
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    seconds = hour * 3600 + int(found["minute"]) * 60 + float((found["second"] or "0") + (found["thousandths"] or ""))
    pattern = "h:mm" + (":ss" if found["second"] else "") + (" am/pm" if half else "")
    return seconds / 86400, pattern if hour < 24 else pattern.replace("h", "[h]")


# --- the vendor's form

ERROR_TYPES = {
    "#ERROR!": "ERROR",
    "#NULL!": "NULL_VALUE",
    "#DIV/0!": "DIVIDE_BY_ZERO",
    "#VALUE!": "VALUE",
    "#REF!": "REF",
    "#NAME?": "NAME",
    "#NUM!": "NUM",
    "#N/A": "N_A",
}


def extended(value: Entered | Effective) -> Json | None:
    """A value as the vendor's ExtendedValue; None for an empty cell."""
    if value is None:
        return None
    if isinstance(value, Formula):
        return {"formulaValue": value.text}
    if isinstance(value, CellError):
        message = {"message": value.message} if value.message else {}
        return {"errorValue": {"type": ERROR_TYPES.get(value.code, "ERROR"), **message}}
    if isinstance(value, bool):
        return {"boolValue": value}
    return {"stringValue": value} if isinstance(value, str) else {"numberValue": value}


def from_extended(document: Json) -> Entered:
    """The value of an ExtendedValue document (one of ``numberValue``, ``stringValue``, ...); None for ``{}``."""
    if "formulaValue" in document:
        return Formula(document["formulaValue"])
    found = (document[name] for name in ("numberValue", "stringValue", "boolValue") if name in document)
    return raw(next(found, None)).value
