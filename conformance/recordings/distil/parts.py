"""Delimited parts of a text: what may be replaced inside it without ever touching half a word."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from conformance.recordings.distil.forms import BLOB, CTIME, EMAIL, EXAMPLE, FIXED, TIMESTAMP, URL

Replace = Callable[[str], str]

QUOTED = re.compile(r"(?<!\w)'(?:[^'\\]|''|\\.)*'(?!\w)|(?<!\w)\"(?:[^\"\\]|\"\"|\\.)*\"(?!\w)")
REFERENCE = re.compile(r"[^\s'\"!:=(),;]+(?=!)")
TOKEN = re.compile(r"[A-Za-z0-9_-]{3,}")
MEMBER = re.compile(r"(?<!\w)(?:'[^']*'|\"[^\"]*\")(?=\s+in\s)")
"""What a query asks to be a member of something: an id, or a word of the API such as ``root``."""

WHOLE = re.compile(
    "|".join(
        (
            FIXED.pattern,
            BLOB.pattern,
            EMAIL.pattern,
            EXAMPLE.pattern,
            TIMESTAMP.pattern,
            CTIME.pattern,
            rf"(?<!\w){TOKEN.pattern}(?!\w)",
        )
    )
)
"""What inside a name or sentence may be something other than words."""

SOLID = re.compile(r"\S(?:.*\S)?", re.DOTALL)
"""All but the white space around it."""

_PARTS = {
    "fixed": FIXED,
    "url": URL,
    "blob": BLOB,
    "mail": EMAIL,
    "example": EXAMPLE,
    "time": re.compile(f"{TIMESTAMP.pattern}|{CTIME.pattern}"),
    "quoted": QUOTED,
    "reference": REFERENCE,
    "token": re.compile(r"[A-Za-z0-9_-]{2,}"),
}
_PART = re.compile("|".join(f"(?P<{kind}>{pattern.pattern})" for kind, pattern in _PARTS.items()))


def replace_parts(text: str, rules: Mapping[str, Replace]) -> str:
    """Replace the parts of ``text`` that have a rule, each once; all other parts stay.

    Args:
        text: Anything.
        rules: By kind of part: ``url``, ``blob`` (what may be base64), ``mail``, ``time``, ``quoted`` (quotes
            included), ``reference`` (what stands before an exclamation mark), ``token`` (two letters, digits,
            hyphens or underscores and more).
    """

    def once(found: re.Match[str]) -> str:
        kind = next(kind for kind in _PARTS if found[kind] is not None)
        rule = rules.get(kind)
        return rule(found[0]) if rule else found[0]

    return _PART.sub(once, text)


def replace_between(text: str, pattern: re.Pattern[str], replace: Replace, otherwise: Replace) -> str:
    """Replace what matches ``pattern`` by one rule and what stands between by another."""
    out, place = [], 0
    for found in pattern.finditer(text):
        out += [otherwise(text[place : found.start()]), replace(found[0])]
        place = found.end()
    return "".join([*out, otherwise(text[place:])])


def quoted(text: str) -> Iterator[str]:
    """The texts in quotes, unescaped (``'it''s'`` and ``'it\\'s'`` are both ``it's``)."""
    for found in QUOTED.finditer(text):
        yield unescaped(found[0])


def without_names(text: str) -> str:
    """``text`` without what may be a name in it: quoted parts, and what stands before an exclamation mark."""
    return QUOTED.sub("", text).rpartition("!")[2]


def unescaped(part: str) -> str:
    """What stands in the quotes of ``part``."""
    mark = part[0]
    return part[1:-1].replace(mark * 2, mark).replace("\\" + mark, mark)


def requoted(part: str, replace: Replace) -> str:
    """``part`` with what stands in its quotes replaced, and escaped again as it was."""
    inner, mark = unescaped(part), part[0]
    new = replace(inner)
    if new == inner:
        return part
    escaped = mark * 2 if mark * 2 in part[1:-1] else "\\" + mark
    return mark + new.replace(mark, escaped) + mark
