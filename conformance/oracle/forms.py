"""Forms of strings that are not compared letter by letter: URLs, made-up tokens."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, urlsplit

from conformance.programs.moments import timestamp

_NAMED_BASE = re.compile(r"<[A-Z][A-Z0-9_]*_(?:URL|URI|HOST|BASE|SITE|SERVER|ENDPOINT)>/?(?=\S*\Z)")


def split_host(value: str) -> tuple[str, str] | None:
    """``https://host/rest`` → ("https://host", "/rest"); also ``//host/rest``. None for other strings."""
    if "//" not in value:
        return None
    parts = urlsplit(value)
    if not parts.netloc or " " in value:
        return None
    origin = value[: value.index("//") + 2 + len(parts.netloc)]
    return origin, value[len(origin) :]


def moved_home(text: str, origin: str, home: str) -> str:
    """``text`` with the base of every URL on ``origin`` replaced, in the queries of other URLs too.

    A link may begin with what a recorder put in the place of its base: ``<SITE_URL>rest/…``.
    """
    if found := _NAMED_BASE.match(text):
        return f"{home}/{text[found.end() :]}"
    if not origin or _host_of(origin) not in text:
        return text
    plain, encoded = _base_patterns(origin)
    return encoded.sub(lambda _: quote(home, safe=""), plain.sub(lambda _: home, text))


def _host_of(origin: str) -> str:
    return origin.partition("://")[2]


@lru_cache(maxsize=1024)
def _base_patterns(origin: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    ends = r"(?![\w.:@-])"
    return re.compile(re.escape(origin) + ends), re.compile(re.escape(quote(origin, safe="")) + ends, re.IGNORECASE)


def without_account(text: str, origin: str) -> str:
    """``text`` without the hosts that belong to the account which lives at ``origin``."""
    if not origin or (_host_of(origin) not in text and "//" not in text):
        return text
    host = _host_of(origin)
    base = split_host(text)
    if text == host or (base and of_one_account(host, _host_of(base[0]))):
        return base[1] if base else ""
    return moved_home(text, origin, "")


def of_one_account(host: str, other: str) -> bool:
    """Whether two hosts differ only in what is added to the account's name: ``acme`` and ``acme-admin`` of a vendor."""
    (one, _, vendor), (two, _, others) = host.partition("."), other.partition(".")
    return "." in vendor and vendor == others and (two.startswith(f"{one}-") or one.startswith(f"{two}-"))


@lru_cache(maxsize=65536)
def alphabet(value: str) -> frozenset[str]:
    """Classes of characters in a string: ``a``, ``A``, ``0``, or the character itself."""
    return frozenset(_class(char) for char in value)


def _class(char: str) -> str:
    if char.isdigit():
        return "0"
    if char.isalpha():
        return "A" if char.isupper() else "a"
    return char


def form(value: object) -> str:
    """What kind of value it is, for noise that may take any value of one form."""
    if isinstance(value, str):
        if timestamp(value):
            return "timestamp"
        return "url" if split_host(value) else "string"
    if isinstance(value, bool) or value is None:
        return str(type(value).__name__)
    return "number" if isinstance(value, (int, float)) else type(value).__name__
