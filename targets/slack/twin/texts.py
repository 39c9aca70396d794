"""Texts of messages: what is escaped in them, and the rich text that the service makes of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.recordings.model import Json

LONGEST = 40_000
"""Characters of a message; more are cut off."""

_CONTROL = re.compile(r"<(?:[@#!][^<>\n]*|[a-z][a-z0-9+.\-]*:[^<>\n]*)>")
_ENTITY = re.compile(r"&(?!amp;|lt;|gt;)")
_BROADCASTS = ("here", "channel", "everyone")
_EMOJI = re.compile(r":([a-z0-9_+'\-]+):")


def escaped(text: str) -> str:
    """``&``, ``<`` and ``>`` as entities, but for those of mentions and links."""
    parts: list[str] = []
    end = 0
    for control in _CONTROL.finditer(text):
        parts += (_plain(text[end : control.start()]), control.group())
        end = control.end()
    return "".join(parts) + _plain(text[end:])


def _plain(text: str) -> str:
    return _ENTITY.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;")


def unescaped(text: str) -> str:
    """Entities as the characters they stand for."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def rich_text(text: str, block_id: str) -> Json:
    """The block that shows a message's text."""
    section = {"type": "rich_text_section", "elements": list(_elements(text))}
    return {"type": "rich_text", "block_id": block_id, "elements": [section]}


def _elements(text: str) -> Iterator[Json]:
    end = 0
    for control in _CONTROL.finditer(text):
        yield from _words(text[end : control.start()])
        yield _control(control.group()[1:-1])
        end = control.end()
    yield from _words(text[end:])


def _words(text: str) -> Iterator[Json]:
    """Text and emoji, in order."""
    end = 0
    for emoji in _EMOJI.finditer(text):
        if emoji.start() > end:
            yield {"type": "text", "text": unescaped(text[end : emoji.start()])}
        yield {"type": "emoji", "name": emoji.group(1)}
        end = emoji.end()
    if end < len(text):
        yield {"type": "text", "text": unescaped(text[end:])}


def _control(inside: str) -> Json:
    """A mention or a link, without its angle brackets."""
    target, _, label = inside.partition("|")
    if target.startswith("@"):
        return {"type": "user", "user_id": target[1:]}
    if target.startswith("#"):
        return {"type": "channel", "channel_id": target[1:]}
    if target.startswith("!subteam^"):
        return {"type": "usergroup", "usergroup_id": target.partition("^")[2]}
    if target.startswith("!"):
        word = target[1:]
        return {"type": "broadcast", "range": word} if word in _BROADCASTS else {"type": "text", "text": f"<{inside}>"}
    return {"type": "link", "url": unescaped(target), **({"text": unescaped(label)} if label else {})}
