"""Masks: the ``fields`` parameter of partial responses and of updates.

One grammar serves both: names separated by commas, ``a/b`` or ``a.b`` for what is inside, ``a(b,c)`` for
several things inside, ``*`` for everything at a level; white space between them means nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from conformance.recordings.model import Json
from targets.google import schemas

Mask: TypeAlias = dict[str, "Mask"]
"""Selected names, each with what is selected inside it; an empty mask selects everything."""

ALL = "*"
_TOKEN = re.compile(r"\s*([^\s,()/.]+|[,()/.])")
_NAME = re.compile(r"[^\s,()/.]+")


class BadMask(ValueError):
    """The mask is not well-formed; ``position`` (from 0) is where reading it failed."""

    def __init__(self, mask: str, position: int) -> None:
        super().__init__(f"bad mask at {position}: {mask}")
        self.position = position


def parse(text: str) -> Mask:
    """Read a mask: ``a,b(c,d/e),f.g,*``.

    Raises:
        BadMask: it is empty or not well-formed.
    """
    parser = _Parser(text)
    mask = parser.selection()
    parser.expect_end()
    return mask


class _Parser:
    """Recursive descent over the tokens of a mask."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = [(match[1], match.start(1)) for match in _TOKEN.finditer(text)]
        self._next = 0

    def selection(self) -> Mask:
        """selection: path ("," path)*."""
        mask = self._path()
        while self._take(","):
            mask = merge(mask, self._path())
        return mask

    def expect_end(self) -> None:
        if self._next < len(self._tokens):
            raise self._bad()

    def _path(self) -> Mask:
        """path: NAME (("/" | ".") path | "(" selection ")")?"""
        name = self._name()
        if self._take("/") or self._take("."):
            return {name: self._path()}
        if self._take("("):
            inside = self.selection()
            if not self._take(")"):
                raise self._bad()
            return {name: inside}
        return {name: {}}

    def _name(self) -> str:
        token = self._peek()
        if token is None or not _NAME.fullmatch(token):
            raise self._bad()
        self._next += 1
        return token

    def _take(self, token: str) -> bool:
        found = self._peek() == token
        self._next += found
        return found

    def _peek(self) -> str | None:
        return self._tokens[self._next][0] if self._next < len(self._tokens) else None

    def _bad(self) -> BadMask:
        at_end = self._next >= len(self._tokens)
        return BadMask(self._text, len(self._text) if at_end else self._tokens[self._next][1])


def merge(one: Mask, other: Mask) -> Mask:
    """What either selects. Everything, where one of them selects everything."""
    return one if not one else other if not other else _union(one, other)


def _union(one: Mask, other: Mask) -> Mask:
    shared = {name: merge(one[name], other[name]) for name in one.keys() & other.keys()}
    return {**one, **other, **shared}


def apply(mask: Mask | str, document: Json) -> Json:
    """The part of ``document`` that ``mask`` selects; lists keep their length, the order is the document's.

    Raises:
        BadMask: ``mask`` is text and not well-formed.
    """
    return _apply(parse(mask) if isinstance(mask, str) else mask, document)


def _apply(mask: Mask, node: Json) -> Json:
    if not mask:
        return node
    if isinstance(node, list):
        return [_apply(mask, item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        name: _apply(inside, value) for name, value in node.items() if (inside := _selected(mask, name)) is not None
    }


def _selected(mask: Mask, name: str) -> Mask | None:
    """What ``mask`` selects inside ``name``; None where it does not select it at all."""
    chosen = [mask[key] for key in (name, ALL) if key in mask]
    if not chosen:
        return None
    return chosen[0] if len(chosen) == 1 else merge(*chosen)


def unknown_path(mask: Mask, api: str, schema: schemas.Schema) -> str | None:
    """The first path of ``mask`` (dotted) that ``schema`` does not have; None where it has them all."""
    return next(_unknown(mask, api, schema, ()), None)


def _unknown(mask: Mask, api: str, schema: schemas.Schema, above: tuple[str, ...]) -> Iterator[str]:
    for name, inside in mask.items():
        path = (*above, name)
        children = _children(api, schema, name)
        if not children:
            yield ".".join(path)
        elif inside and not any(next(_unknown(inside, api, child, path), None) is None for child in children):
            yield next(_unknown(inside, api, children[0], path))


def _children(api: str, schema: schemas.Schema, name: str) -> list[schemas.Schema]:
    """Schemas that ``name`` (or every name, for ``*``) stands for in ``schema``."""
    node = _element(api, schema)
    properties: Mapping[str, schemas.Schema] = node.get("properties", {})
    others = [node["additionalProperties"]] if "additionalProperties" in node else []
    if name == ALL:
        return [*properties.values(), *others]
    return [properties[name]] if name in properties else others


def _element(api: str, schema: schemas.Schema) -> schemas.Schema:
    """``schema`` with references followed and lists entered."""
    node = schemas.resolve(api, schema)
    while node.get("type") == "array":
        node = schemas.resolve(api, node["items"])
    return node


def paths(mask: Mask | str) -> tuple[tuple[str, ...], ...]:
    """The single paths of an update mask, in camelCase, in order: ``a.b,c(d)`` → ``(("a","b"), ("c","d"))``.

    Raises:
        BadMask: ``mask`` is text and not well-formed.
    """
    return tuple(_paths(parse(mask) if isinstance(mask, str) else mask))


def _paths(mask: Mask) -> Iterator[tuple[str, ...]]:
    for name, inside in mask.items():
        for below in _paths(inside) if inside else ((),):
            yield (camel(name), *below)


def camel(name: str) -> str:
    """``row_count`` → ``rowCount``; a camelCase name stays as it is."""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def camelise(body: Json, api: str, schema: schemas.Schema) -> Json:
    """``body`` with names that ``schema`` knows in camelCase only: the vendor takes both spellings."""
    node = _element(api, schema)
    if isinstance(body, list):
        return [camelise(item, api, node) for item in body]
    if not isinstance(body, dict):
        return body
    named = {_spelling(name, node): value for name, value in body.items()}
    return {name: camelise(value, api, _child(node, name)) for name, value in named.items()}


def _spelling(name: str, node: schemas.Schema) -> str:
    known = node.get("properties", {})
    return camel(name) if name not in known and camel(name) in known else name


def _child(node: schemas.Schema, name: str) -> schemas.Schema:
    child: schemas.Schema = node.get("properties", {}).get(name) or node.get("additionalProperties") or {}
    return child
