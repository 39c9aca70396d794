"""Texts of messages: what is escaped in them."""

from __future__ import annotations

import re

LONGEST = 40_000
"""Characters of a message; more are cut off."""

CONTROL = re.compile(r"<(?:[@#!][^<>\n]*|[a-z][a-z0-9+.\-]*:[^<>\n]*)>")
"""Mentions and links."""

_ENTITY = re.compile(r"&(?!amp;|lt;|gt;)")


def escaped(text: str) -> str:
    """``&``, ``<`` and ``>`` as entities, but for those of mentions and links."""
    parts: list[str] = []
    end = 0
    for control in CONTROL.finditer(text):
        parts += (_plain(text[end : control.start()]), control.group())
        end = control.end()
    return "".join(parts) + _plain(text[end:])


def _plain(text: str) -> str:
    return _ENTITY.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;")


def unescaped(text: str) -> str:
    """Entities as the characters they stand for."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
