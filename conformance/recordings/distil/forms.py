"""What kind of value a text is, told from its form alone."""

from __future__ import annotations

import re
from base64 import b32decode
from typing import Final

from conformance.recordings.ids import is_capital_id

EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
URL = re.compile(r"(?:https?:)?//[A-Za-z0-9.-]+[^\s\"'<>\\)]*")
TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\d)([T ]\d\d[:-]\d\d[:-]\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)")
CTIME = re.compile(r"(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat) ([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d)( [A-Z]{3,4})? (\d{4})")
"""A moment as C and Java write it (``Thu Mar 05 08:36:28 UTC 2026``)."""
FIXED = re.compile(
    r"\$!?\{[\w.:()!]+\}"  # an expression in a template
    r"|(?<![\w/])(?:Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)(?:/[A-Z][A-Za-z_-]+){1,2}"
    r"|(?<![\w#&])#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})(?!\w)"  # a colour
    r"|&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,7}|#x[0-9a-fA-F]{1,6});"  # a character that markup spells out
    r"|(?<!\w)[A-Za-z]{1,6}n't(?!\w)"  # something negated (won't)
    r"|(?<!\w)REDACTED(?:-[0-9a-f]{4,})?(?!\w)"  # what a recorder put where something had been
    r"|-----(?:BEGIN|END) [A-Z0-9 ]+-----"  # around bytes in base64
)
"""What in a text is nobody's word."""
DAY = re.compile(r"\d{4}-\d\d-\d\d(?![\dT])")
RESERVED = re.compile(r"(?i:(?:[\w*-]+\.)*(?:example|test|invalid|localhost|example\.(?:com|net|org|edu)))")
"""Hosts that belong to nobody (RFC 2606)."""
EXAMPLE = re.compile(r"(?i:(?:[\w*-]+\.)*example\.(?:com|net|org|edu)(?![\w-]))")
"""Such a host in a text."""
DOMAIN = re.compile(r"(?i:(?:[a-z0-9_*-]+\.)+(?:com|net|org|edu|gov|info|io|dev|example|test))")
"""A host without the URL around it."""
BLOB = re.compile(r"(?<![\w+/])(?:[A-Za-z0-9+/]{40,}\s+)*[A-Za-z0-9+/]{40,}(?:\s+[A-Za-z0-9+/]+)?={0,2}(?![\w+/=-])")
"""What may be bytes in base64, in one line or several."""
MARKUP = re.compile(r"(?i)<!doctype html|<html|<\?xml|</[a-z][\w:]*>")
TAG = re.compile(r"(?is)<(style|script)\b.*?</\1\s*>|<[^<>]*>")
"""A tag, or all of what is written in another language."""
NUMBERED = re.compile(r"((?:[A-Za-z]+_)+)(\d{5,})")
"""A name that is a number behind words: elsewhere the number stands alone."""
# fmt: off
HOST_ROLES: Final = frozenset({
    "www", "api", "apis", "rest", "files", "file", "static", "cdn", "assets", "img", "image", "images", "media",
    "avatar", "avatars", "emoji", "download", "downloads", "upload", "uploads", "docs", "doc", "help", "support",
    "status", "developer", "developers", "dev", "test", "example", "preview", "sandbox", "stage", "staging", "prod",
    "public", "login", "signin", "auth", "oauth", "sso", "account", "accounts", "id", "admin", "app", "apps", "my",
    "mail", "email", "smtp", "wss", "ws", "mpmulti", "primary", "backup", "edge", "gateway", "proxy", "hooks",
    "management",
    "blog", "community", "type", "localhost", "marketplace", "workflows", "customdomains", "mobile", "web", "secure",
    "org", "default",
})
# fmt: on
"""What hosts are called for what they do; other words say whose they are."""

IPV4 = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
RUN = re.compile(r"[^\W\d_]+|\d+")
"""The words of a text: runs of letters and runs of digits."""

_BASE32 = re.compile(r"[A-Z2-7]{8,}")
_CONSTANT = re.compile(rb"[A-Z][A-Z_]{3,}")
_TOKEN = re.compile(r"[~!]*[A-Za-z0-9_.+/-]+={0,2}")
_SEGMENT = re.compile(r"[A-Za-z0-9_-]{8,}")
_HEX = re.compile(r"[0-9a-f]{16,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SWITCH = re.compile(r"(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])")
_MACHINE = re.compile(r"[\w.+-]+[/#][\w.+/-]+|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")

_PHRASE = re.compile(r"[A-Z]\w*(?: [\w&/().,'+-]+)*? [A-Z][\w&/().,'+-]*(?: [\w&/().,'+-]+)*")
_OPERATOR = re.compile(r"\s(?:==|!=|&&|\|\|)\s")
_CALL = re.compile(r"[A-Za-z]\w*(?:\.\w+)*\([^()]*\)")
_LOGGED = re.compile(r"\[(?:ERROR|WARN|WARNING|INFO)\]\s")
_NUMBERED_KIND = re.compile(r"[A-Z]{4,}\d{5,}")
"""An id that says in capitals what it is of (``USER10000``)."""
KEYED = re.compile(r"([A-Z][A-Z0-9_]*[A-Z0-9])-\d+")
"""A name that counts the things of a project (``KEY-123``), and the project's key in it."""
_TERMS = re.compile(r"-?[a-z]{2,}:\S+(?:\s+-?[a-z]{2,}:\S+)+")

LONG_NUMBER = 5
"""Digits from which on a number may be an id; shorter ones are counts, sizes and status codes."""

BYTES = 100
"""Characters from which on base64 is told from words."""

PROSE_WORDS = 4
"""Words from which on a text is a sentence somebody wrote."""


def is_hex(text: str) -> bool:
    """True for hashes and UUIDs."""
    return bool(_HEX.fullmatch(text))


def spells_constant(text: str) -> bool:
    """True for a constant in base32 (``KVJUKUS7IFCE2SKO`` is ``USER_ADMIN``)."""
    if not _BASE32.fullmatch(text):
        return False
    try:
        return bool(_CONSTANT.fullmatch(b32decode(text + "=" * (-len(text) % 8))))
    except ValueError:
        return False


def is_opaque(text: str) -> bool:
    """True for tokens nobody chose: long, no spaces, letters and digits in disorder; or capitals and digits."""
    if spells_constant(text):
        return False
    if is_capital_id(text) or _NUMBERED_KIND.fullmatch(text):
        return True
    if len(text) < 16 or not _TOKEN.fullmatch(text) or ("/" in text[:-2] and text.count("/") > len(text) / 16):
        return False
    mixed = not text.isdigit() and any(c.isdigit() for c in text)
    return mixed and (is_hex(text) or len(_SWITCH.findall(text)) >= 3)


def is_id(text: str) -> bool:
    """True for a value that, at the place of an id, was minted and not chosen (``root`` is chosen)."""
    if not _TOKEN.fullmatch(text) or len(text) < LONG_NUMBER:
        return False
    return any(c.isdigit() for c in text) and not spells_constant(text)


def is_blob(text: str) -> bool:
    """True for bytes in base64, at least a hundred characters, in one line or several (a certificate)."""
    if len(text) < BYTES or not BLOB.fullmatch(text):
        return False
    return text.count("/") <= len(text) / 16 and len(_SWITCH.findall(text)) > len(text) / 16


def is_segment_id(text: str) -> bool:
    """True for a path segment that is an id and no word of the API: ``11063853018104``, ``AB1q7zS4``."""
    if text.isascii() and text.isdigit():
        return len(text) >= 9
    if spells_constant(text):
        return False
    return bool(_SEGMENT.fullmatch(text)) and len(_SWITCH.findall(text)) >= 2


def is_machine(text: str) -> bool:
    """True for words of a vocabulary: MIME types, ``drive#file``, ``SOME_CONSTANT``."""
    return bool(_MACHINE.fullmatch(text))


def is_prose(text: str) -> bool:
    """True for a sentence: four words or more; a list of identifiers is none, nor is a formula."""
    words = text.split()
    if len(words) < PROSE_WORDS or text.startswith("="):
        return False
    if all(word.endswith(",") for word in words[:-1]):
        return False
    return sum(any(c.isalpha() for c in word) for word in words) >= PROSE_WORDS - 1


def is_phrase(text: str) -> bool:
    """True for what people call things (``Globex Employee``): two words with a capital at least, one in front."""
    return bool(_PHRASE.fullmatch(text))


def is_terms(text: str) -> bool:
    """True for what a search asks for, term by term (``from:somebody after:2020-01-31``)."""
    return bool(_TERMS.fullmatch(text)) and "//" not in text


def is_formula(text: str) -> bool:
    """True for what a service computes (``user.age == 7 ? "a" : "b"``): only what stands in quotes is somebody's."""
    return bool(_OPERATOR.search(text) or _CALL.fullmatch(text))


def is_logged(text: str) -> bool:
    """True for what a service tells about a request, whatever came of it (``[WARN] …``)."""
    return bool(_LOGGED.match(text))


def as_json_text(text: str) -> bool:
    """True where a text looks like a serialised JSON object or list."""
    return len(text) > 1 and (text[0], text[-1]) in (("{", "}"), ("[", "]"))
