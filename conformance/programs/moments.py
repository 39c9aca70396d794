"""Moments in the spellings of services: RFC 3339, and what the libraries of servers write when nobody asks for that."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

from conformance.recordings.ids import names_time

SHORTEST, LONGEST = 19, 40
"""Characters of the shortest and the longest text that tells a moment."""

_EARLIEST, _LATEST = 10**9, 4 * 10**9
"""Seconds since 1970 of the moments that services tell: 2001 to 2096."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH = f"({'|'.join(_MONTHS)})"

_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:?\d\d)\Z")
_SQL = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(\.\d+)?\Z")
_UNIX = re.compile(rf"{_DAY} {_MONTH} ([ \d]\d) (\d\d:\d\d:\d\d) (UTC|GMT|Z) (\d{{4}})\Z")
_HTTP = re.compile(rf"{_DAY}, (\d\d) {_MONTH} (\d{{4}}) (\d\d:\d\d:\d\d) (GMT|UTC|[+-]0000)\Z")

_CLOCKS = frozenset(("servertime", "currenttime", "now"))

Moment = tuple[datetime, str]
"""A moment, aware, and the format in which it is spelled: equal for two texts that one server would write."""


@lru_cache(maxsize=65536)
def timestamp(value: str) -> Moment | None:
    """The moment that a text tells and its format (precision and zone spelling); None for other texts.

    Moments without a zone are taken as UTC: what counts is their order.
    """
    if not SHORTEST <= len(value) <= LONGEST:
        return None
    for pattern, read in _SPELLINGS:
        found = pattern.match(value)
        if found:
            try:
                return read(found)
            except ValueError:  # the 31st of February
                return None
    return None


def _rfc3339(found: re.Match[str]) -> Moment:
    seconds, fraction, zone = found.groups()
    zone_form = "Z" if zone == "Z" else "±hh:mm" if ":" in zone else "±hhmm"
    moment = datetime.fromisoformat(seconds + (fraction or "")[:7] + zone)
    return moment, f"{len(fraction or '.') - 1} digits, {zone_form}"


def _sql(found: re.Match[str]) -> Moment:
    """Without a zone; such libraries cut zeros off the end of the fraction, so its length says nothing."""
    seconds, fraction = found.groups()
    moment = datetime.fromisoformat(seconds + (fraction or "")[:7]).replace(tzinfo=UTC)
    return moment, f"no zone, {'fraction' if fraction else 'seconds'}"


def _unix(found: re.Match[str]) -> Moment:
    month, day, time, zone, year = found.groups()
    return _spelled(year, month, day, time), f"date(1), {zone}"


def _http(found: re.Match[str]) -> Moment:
    day, month, year, time, zone = found.groups()
    return _spelled(year, month, day, time), f"HTTP date, {zone}"


def _spelled(year: str, month: str, day: str, time: str) -> datetime:
    return datetime.fromisoformat(f"{year}-{_MONTHS.index(month) + 1:02}-{int(day):02}T{time}+00:00")


_SPELLINGS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Moment]], ...] = (
    (_RFC3339, _rfc3339),
    (_SQL, _sql),
    (_UNIX, _unix),
    (_HTTP, _http),
)

_CAMEL = re.compile(r"(?<=[a-z\d])(?=[A-Z])")
_CLAIMS = {"exp", "iat", "nbf"}
"""Moments in tokens (RFC 7519)."""


def epoch(key: str, value: object) -> Moment | None:
    """The moment that a number, or its digits as text, tells in seconds or milliseconds since 1970.

    None for values in which this cannot be seen by their size and by their key.
    """
    if isinstance(value, str) and len(value) in (10, 13) and value.isascii() and value.isdecimal():
        return _epoch(int(value), "text") if _names_moment(key) else None
    return _epoch(value, "number") if type(value) is int and _names_moment(key) else None


def _epoch(value: int, kind: str) -> Moment | None:
    seconds, unit = (value / 1000, "ms") if value > _LATEST else (value, "s")
    return (datetime.fromtimestamp(seconds, UTC), f"{kind}, {unit}") if _EARLIEST < seconds < _LATEST else None


@lru_cache(maxsize=8192)
def _names_moment(key: str) -> bool:
    words = _CAMEL.sub("_", key).lower()
    return names_time(words) or words.startswith("last_") or words in _CLAIMS


def is_clock(key: str) -> bool:
    """True for keys under which an answer tells when it was made (``serverTime``): it is another one at each look."""
    return key.replace("_", "").lower() in _CLOCKS
