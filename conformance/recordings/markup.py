"""XML as a tree of JSON values, so that it is compared, learned from and linked like any other answer.

An element is an object: its attributes under ``@name``, its children in lists under their names, its text under
``#text``. One that has nothing but text is that text. Names are without prefixes, which mean nothing; the namespace
stands under ``@xmlns`` where it is another than that of the element around it.
"""

from __future__ import annotations

from typing import Any
from xml.parsers import expat

LONGEST = 1 << 20
"""Bytes of the longest document that is read."""

DEEPEST = 60
"""Elements within elements."""

_SEPARATOR = " "


class _TooMuch(Exception):
    """A document that declares entities, or is too deep."""


def xml_tree(body: bytes) -> Any:
    """The tree of an XML document; None for anything else, and for what could be meant to exhaust its reader.

    Documents with a DOCTYPE are not read: only they can define entities. Linear in the length of the body.
    """
    if len(body) > LONGEST or not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return None
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, _TooMuch):
        return None
    return builder.root


def _refuse(*_: object) -> None:
    raise _TooMuch


class _Builder:
    """Makes the tree of what the parser tells."""

    def __init__(self) -> None:
        self.root: dict[str, Any] = {}
        self._open: list[tuple[str, dict[str, Any]]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if len(self._open) > DEEPEST:
            raise _TooMuch
        space = name.rpartition(_SEPARATOR)[0]
        element: dict[str, Any] = {}
        if space != (self._open[-1][0] if self._open else ""):
            element["@xmlns"] = space
        element.update({f"@{_local(key)}": value for key, value in attributes.items()})
        self._open.append((space, element))

    def text(self, text: str) -> None:
        """Text within an element."""
        element = self._open[-1][1]
        element["#text"] = element.get("#text", "") + text

    def end(self, name: str) -> None:
        """An element ends: it becomes a child of the one around it."""
        _, element = self._open.pop()
        if not element.get("#text", "x").strip():
            del element["#text"]  # white space between elements
        value = element["#text"] if element.keys() == {"#text"} else element
        if self._open:
            self._open[-1][1].setdefault(_local(name), []).append(value)
        else:
            self.root[_local(name)] = value


def _local(name: str) -> str:
    return name.rpartition(_SEPARATOR)[2]
