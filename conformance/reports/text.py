"""Making other people's text safe. Every value from a twin or a recording may be hostile."""

from __future__ import annotations

import re

from conformance.scoring.model import Satisfaction

_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufe00-\ufe0f"
    "\ufeff\ufff9-\uffff\U000e0000-\U000e0fff]"
)
"""Control characters, line breaks, what changes writing direction, what is invisible, lone surrogates.

All that XML 1.0 forbids is among them, and all that a terminal could obey.
"""


def clean(text: str) -> str:
    r"""``text`` on one line, with every character that cannot be seen written out (``\x1b``, ``\u202e``)."""
    return _UNSEEN.sub(lambda found: ascii(found.group())[1:-1], text)


def shortened(text: str, limit: int) -> str:
    """``text``, cleaned, at most ``limit`` characters, the end replaced by ``…``."""
    text = clean(text)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def side_by_side(expected: str, actual: str, limit: int) -> tuple[str, str]:
    """Two values, cleaned, at most ``limit`` characters each, cut so that the first difference can be seen."""
    expected, actual = clean(expected), clean(actual)
    pairs = enumerate(zip(expected, actual, strict=False))
    common = next((place for place, (one, other) in pairs if one != other), min(len(expected), len(actual)))
    if max(len(expected), len(actual)) > limit and common > limit // 2:
        start = common - limit // 4
        expected, actual = f"…{expected[start:]}", f"…{actual[start:]}"
    return shortened(expected, limit), shortened(actual, limit)


def folded(path: str, limit: int) -> str:
    """A path or dotted name, cleaned, in lines of at most ``limit`` characters where its parts allow that."""
    lines = [""]
    for part in re.split(r"(?=[/:.])", clean(path)):
        if lines[-1] and len(lines[-1]) + len(part) > limit:
            lines.append("  ")
        lines[-1] += part
    return "\n".join(lines)


def percent_text(value: float | None) -> str:
    """``87.4 %``, ``100 %``, or ``—`` where nothing was measured."""
    if value is None:
        return "—"
    return f"{value:.1f} %" if value != 100 else "100 %"


def satisfaction_text(found: Satisfaction) -> str:
    """``92.3 % (12 of 13; 66.6–98.7)``: share, numbers, 95 % interval."""
    if found.interval is None:
        return "—"
    low, high = found.interval
    return f"{percent_text(found.percent)} ({found.satisfied} of {found.run}; {low:.1f}–{high:.1f})"


def plural(count: int, noun: str) -> str:
    """``1 file``, ``2 files``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
