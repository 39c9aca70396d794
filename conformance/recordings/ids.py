"""Forms of made-up names that no length or disorder gives away, and names of moments."""

from __future__ import annotations

import re

MOMENT = re.compile(r"(\d{9,10})(\.\d{6})")
"""Seconds since 1970 and a counter: a moment that names what happened then."""

_TIME = re.compile(r"(?:^|_)(?:ts|created|updated|modified|edited|timestamp|date|at|time|set|since|until)$|^date_\w+$")
_CAPITALS = re.compile(r"[A-Z][A-Z0-9]{8,}")
_SWITCH = re.compile(r"(?<=[A-Z])(?=[0-9])|(?<=[0-9])(?=[A-Z])")


def is_capital_id(text: str) -> bool:
    """True for ids in capitals and digits with a letter for their kind (``C04ASG29V``); not for words with a number."""
    if not _CAPITALS.fullmatch(text):
        return False
    return any(char.isdigit() for char in text[1:3]) or len(_SWITCH.findall(text)) > 2


def names_time(key: str) -> bool:
    """True for keys of moments (``date_create``, ``post_at``, ``updated``, ``last_set``)."""
    return bool(_TIME.search(key))
