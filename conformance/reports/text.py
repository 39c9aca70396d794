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
    return f"{percent_text(found.percent)} ({found.satisfied} of {found.run}; {low:g}–{high:g})"


def plural(count: int, noun: str) -> str:
    """``1 file``, ``2 files``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
