"""What can be said of a string without knowing what it means."""

from __future__ import annotations

import re
from functools import lru_cache

from conformance.oracle.forms import split_host
from conformance.programs.identity import is_blank, is_token
from conformance.programs.moments import timestamp

_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z")
_SECONDS_OF = re.compile(r"(?<=no zone), .*")
"""Whether there is a fraction says nothing where its zeros are not written."""
_SECONDS = re.compile(r"\d{9,}\.(\d+)\Z")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+\Z")
_WORD = re.compile(r"(?![A-Z][a-z])[A-Za-z][A-Za-z0-9_.:#/+-]{0,59}\Z")
_MASKED = re.compile(r"<[A-Z][A-Z0-9_ -]*>")
_SCHEMES = ("http://", "https://", "mailto:")
PREFIX = 3
_MANY_DIGITS = 3


@lru_cache(maxsize=1 << 17)
def form_of(value: str) -> str:
    """``timestamp 3 digits, Z``, ``date``, ``url``, ``e-mail``, ``empty``, ``plain`` (no white space) or ``text``."""
    if not value:
        return "empty"
    if value[0].isdigit():
        moment = timestamp(value)
        if moment:
            return f"timestamp, {_SECONDS_OF.sub('', moment[1])}"
        if _DATE.match(value):
            return "date"
        seconds = _SECONDS.match(value)
        if seconds:
            return f"seconds, {len(seconds[1])} digits"
    if value.startswith(_SCHEMES) or split_host(value):
        return "url"
    if _EMAIL.match(value):
        return "e-mail"
    return "text" if any(map(str.isspace, value)) else "plain"


@lru_cache(maxsize=1 << 17)
def is_word(value: str) -> bool:
    """Whether it could be a word of a vocabulary: ``ACTIVE``, ``drive#file``; no name and no made-up token."""
    return bool(_WORD.match(value)) and not is_token(value) and _digits(value) < _MANY_DIGITS and "://" not in value


STRUCTURED = ("timestamp", "date", "seconds", "url")
"""Forms that no free text has by chance."""

_FIELDS = re.compile(r"[\w.,()/*\[\]-]+\Z")
_NAME = re.compile(r"\w+")


@lru_cache(maxsize=1 << 12)
def names_in_mask(value: str) -> frozenset[str]:
    """Names in a text that could be a list of fields (``files(id,name)``); none where it could not."""
    return frozenset(_NAME.findall(value)) if _FIELDS.match(value) else frozenset()


def is_masked(value: str) -> bool:
    """Whether a recorder put a mark in place of a secret (``<TOKEN>``): such a value is no evidence."""
    return is_blank(value) or (value.startswith("<") and bool(_MASKED.match(value)))


@lru_cache(maxsize=1 << 16)
def is_data(key: str) -> bool:
    """Whether a key of an object is data (an identifier, an address) rather than the name of a field."""
    return _digits(key) >= _MANY_DIGITS or is_token(key) or not key or any(char in key for char in " @/:")


def _digits(text: str) -> int:
    return sum(char.isdigit() for char in text)
