"""Spans of time, as people write them (``1d 2h``): a day has eight hours, a week five days."""

from __future__ import annotations

import re

UNITS = {"w": 5 * 8 * 3600, "d": 8 * 3600, "h": 3600, "m": 60, "s": 1}
"""Seconds."""
ESTIMATES = {"originalEstimate": "timeoriginalestimate", "remainingEstimate": "timeestimate"}
"""Members of ``timetracking``, and the fields that hold the seconds."""

_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([wdhms])")


def seconds(text: str) -> int:
    """The seconds that ``1d 2h`` means; a bare number is minutes."""
    if text.strip().isdigit():
        return int(text) * 60
    return int(sum(float(number) * UNITS[unit] for number, unit in _PART.findall(text)))


def spelled(span: int) -> str:
    """Seconds as ``1d 2h``, ``0m`` for none."""
    parts = []
    for unit in ("w", "d", "h", "m"):
        number, span = divmod(span, UNITS[unit])
        parts += [f"{number}{unit}"] if number else []
    return " ".join(parts) or "0m"
