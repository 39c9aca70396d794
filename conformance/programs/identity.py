"""Which values are opaque: names that a server makes up and a client only hands back.

Two marks make a value opaque. A *token* shows it by its form alone (long, no spaces, letters and digits mixed, or a
long run of digits). A short string or a number is opaque only where it stands under a key that says so (``sheetId``,
``pageToken``, ``etag``), and then only within that kind of key: sheet 0 and row 0 are not the same thing.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from conformance.recordings.ids import MOMENT, is_capital_id
from conformance.recordings.model import Json

SHORT = "id"

Identity = tuple[str, str | int]
"""A namespace ("" for tokens, which are unique everywhere) and the value."""

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_IDENTITY_WORDS = {"id", "ids", "key", "token", "etag", "cursor", "uuid", "guid", "ts", "revision", "reference", "hash"}
_WORD_TOKEN = re.compile(r"[A-Za-z0-9_\-]+\Z")
_LONG_TOKEN = re.compile(r"[A-Za-z0-9_\-~!.=+/:]+\Z")
_DELIMITED = re.compile(r"[A-Za-z0-9_\-]+")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+\Z")
_FOLDED = re.compile(
    r"\s*(?:-+BEGIN [A-Z ]+-+\s+)?((?:[A-Za-z0-9+/]{40,}\s+)+[A-Za-z0-9+/]*={0,2})\s*(?:-+END [A-Z ]+-+)?\s*\Z"
)
"""Base64 in lines, as certificates have it."""
_BLANK = re.compile(
    r"[\[<]?(?:REDACTED|FILTERED)(?:[-_ ]?\w{1,20})?[\]>]?|[\[<](?i:redacted|filtered|hidden)[\]>]|\*{3,}"
)
_MARK = re.compile(r"[-_][0-9a-f]{4,}\b")
_LETTERS = re.compile(r"[a-z]{16,}")
_CONSONANTS = re.compile(r"[b-df-hj-np-tv-z]{5}")
_RANK = re.compile(r"\d\|[0-9a-z]{5,}:[0-9a-z]*")
"""A place in an order that servers make up between two others (LexoRank); it depends on all that was made before."""
MIN_TOKEN, MIN_MIXED, MIN_NUMBER, MIN_CURSOR = 9, 10, 12, 40
MIN_NUMBER_PART = 9
MIN_NAMING_NUMBER = 5
"""Shortest strings that are tokens: any, mixed ones, runs of digits, those with punctuation; numbers within a text and
without a key that says that they are ids."""


@lru_cache(maxsize=65536)
def is_token(value: str) -> bool:
    """True for names that a machine made up (``1BxiMVs0XRA5nFMdKvBdBZjgmUUq``, ``117093194479``), and e-mails."""
    if len(value) < MIN_TOKEN or "://" in value or is_blank(value):
        return False
    if "\n" in value:
        value = _unfolded(value)
    if is_capital_id(value) or MOMENT.fullmatch(value) or _RANK.fullmatch(value):
        return True
    if len(value) < MIN_MIXED:
        return False
    if _EMAIL.match(value):
        return True
    if value.isdecimal():
        return len(value) >= MIN_NUMBER
    pattern = _WORD_TOKEN if len(value) < MIN_CURSOR else _LONG_TOKEN
    return bool(pattern.match(value)) and _looks_random(value)


def _unfolded(value: str) -> str:
    """Bytes in base64 without their line breaks, nor the lines around them that say what they are."""
    found = _FOLDED.match(value)
    return "".join(found[1].split()) if found else value


def is_blank(value: str) -> bool:
    """True for what a recorder put where a value was that nobody may see: evidence of a text being there, no more."""
    return bool(value) and value[0] in "R[<*F" and bool(_BLANK.fullmatch(value))


def is_marked_blank(value: str) -> bool:
    """True for a blank that says at least which of the values that it hides are equal: by a hash."""
    return is_blank(value) and bool(_MARK.search(value))


def is_opaque_part(part: str) -> bool:
    """True for parts of a text that look made up; there, shorter numbers and letters alone do."""
    return is_token(part) or (part.isdecimal() and len(part) >= MIN_NUMBER_PART) or is_unspeakable(part)


def is_unspeakable(part: str) -> bool:
    """True for many small letters that are no words: five consonants in a row, or too many rare letters."""
    if not _LETTERS.fullmatch(part):
        return False
    return bool(_CONSONANTS.search(part)) or sum(char in "jqxzvkw" for char in part) * 6 >= len(part)


def _looks_random(value: str) -> bool:
    """Random strings change between digits, capitals and small letters often; words and file names do not."""
    digits = sum(char.isdigit() for char in value)
    if digits < (3 if len(value) < 16 else 1) or value.replace("-", "").replace("_", "").isdecimal():
        return False
    changes = sum(_char_class(a) != _char_class(b) for a, b in pairwise(value))
    return changes * 4 >= len(value)


def _char_class(char: str) -> int:
    if char.isdigit():
        return 0
    if char.isupper():
        return 1
    return 2 if char.islower() else 3


@lru_cache(maxsize=8192)
def namespace_of(key: str) -> str:
    """The kind of thing a key names, "" for none: ``sourceSheetId`` and ``sheetId`` → ``sheet id``."""
    words = [word.lower() for word in _WORDS.findall(key)]
    if not words or words[-1] not in _IDENTITY_WORDS:
        return ""
    return " ".join(words[-2:])


def identity(key: str | int, value: object) -> Identity | None:
    """The identity of a leaf under ``key``; None for values that are compared as they are."""
    if isinstance(value, str):
        return _text_identity(key, value)
    if isinstance(value, bool) or not isinstance(value, int) or not isinstance(key, str):
        return None
    namespace = namespace_of(key)
    return (namespace, value) if namespace else None


def _text_identity(key: str | int, value: str) -> Identity | None:
    """Short strings share one namespace: ``commentId`` in a call is ``id`` in an answer."""
    if is_token(value) or is_marked_blank(value):
        return ("", value)
    if is_blank(value):
        return None
    named = value and " " not in value and isinstance(key, str) and namespace_of(key)
    return (SHORT, value) if named else None


def is_number_id(key: str | int, text: str) -> bool:
    """True for digits under a key that says that they are an id: answers may show it as a number."""
    named = isinstance(key, str) and bool(namespace_of(key))
    return named and text.isascii() and text.isdecimal() and str(int(text)) == text


def is_long_number(text: str) -> bool:
    """True for digits that are too many to be the same as an id by chance, whatever key they stand under."""
    return len(text) >= MIN_NAMING_NUMBER and text.isascii() and text.isdecimal() and text[0] != "0"


def split_parts(text: str) -> list[str]:
    """Delimited parts of a string: words at odd places, what stands between them at even places."""
    parts: list[str] = []
    end = 0
    for word in _DELIMITED.finditer(text):
        parts += (text[end : word.start()], word.group())
        end = word.end()
    parts.append(text[end:])
    return parts


def element_identity(item: Json) -> Identity | None:
    """The identity of a list element: of itself, or its ``id``, or the first of its own fields that has one.

    Members of objects have no order: what has an ``id`` is called by it, wherever it stands.
    """
    if not isinstance(item, dict):
        return identity("", item)
    own = item.get(SHORT)
    for key, value in ((SHORT, own), *item.items()) if own else item.items():
        found = None if isinstance(value, (dict, list)) else identity(key, value)
        if found:
            return found
    return None
