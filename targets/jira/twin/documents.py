"""Long texts: plain in version 2 of the API, documents (Atlassian Document Format) in version 3.

They are stored as they were sent and turned into the form of the version in which they are read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.recordings.model import Json

BLOCKS = frozenset({"paragraph", "heading", "codeBlock", "blockquote", "listItem", "rule", "panel"})
"""Nodes that end a line."""


def is_document(value: Json) -> bool:
    """Whether a value is a document."""
    return isinstance(value, dict) and value.get("type") == "doc"


def as_document(value: Json) -> Json:
    """The document that says what a text says: a paragraph for each part between empty lines."""
    if not isinstance(value, str):
        return value
    paragraphs = [part for part in value.split("\n\n") if part]
    return {"type": "doc", "version": 1, "content": [_paragraph(part) for part in paragraphs]}


def _paragraph(text: str) -> Json:
    content: list[Any] = []
    for line in text.split("\n"):
        content += [{"type": "hardBreak"}] if content else []
        content += [{"type": "text", "text": line}] if line else []
    return {"type": "paragraph", "content": content}


def as_text(value: Json) -> Json:
    """The text of a document."""
    return "".join(_words(value)).strip("\n") if is_document(value) else value


def _words(node: Json) -> Iterator[str]:
    if not isinstance(node, dict):
        return
    if node.get("type") == "text":
        yield str(node.get("text", ""))
    elif node.get("type") == "hardBreak":
        yield "\n"
    elif node.get("type") == "mention":
        yield str((node.get("attrs") or {}).get("text", ""))
    for child in node.get("content") or ():
        yield from _words(child)
    if node.get("type") in BLOCKS:
        yield "\n\n" if node.get("type") == "paragraph" else "\n"
