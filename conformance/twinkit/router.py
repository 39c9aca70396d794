"""Finds the route of a path: an index by method and segment count, most literal template first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

_BESIDE = re.compile(r"[?#].*")
"""What is no part of a path: a query that an SDK always sends, a flavour."""
_PARAMETER = re.compile(r"\{\+?(\w+)\}")


@lru_cache(maxsize=8192)
def structure(operation: str) -> str:
    """An operation, or the name of a behaviour, without the names of path parameters.

    Two versions of an SDK call one endpoint ``GET /users/{userId}`` and ``GET /users/{id}``.
    """
    return _PARAMETER.sub("{}", operation)


def route(operation: str) -> str:
    """An operation without the query that an SDK always sends, and without its flavour."""
    return _BESIDE.sub("", operation)


@dataclass(frozen=True)
class Match:
    """A route that fits a path, and its path parameters, percent-decoded."""

    operation: str
    params: Mapping[str, str]


def template_pattern(template: str) -> re.Pattern[str]:
    """A pattern for percent-encoded paths; each ``{name}`` is one segment or a part of one."""
    pieces = _PARAMETER.split(template)
    pattern = "".join(f"(?P<{piece}>[^/]+?)" if place % 2 else re.escape(piece) for place, piece in enumerate(pieces))
    return re.compile(pattern + r"\Z")


def literal_length(template: str) -> int:
    """Characters of a template outside its parameters: the more, the more specific it is."""
    return len(_PARAMETER.sub("", template))


class Router:
    """Routes of one service. Look-up is O(templates with this method and number of segments)."""

    def __init__(self, operations: Iterable[str]) -> None:
        self._index: dict[tuple[str, int], list[tuple[re.Pattern[str], str]]] = {}
        by_specificity = sorted(operations, key=lambda name: -literal_length(name.partition(" ")[2]))
        for operation in by_specificity:
            method, _, template = route(operation).partition(" ")
            key = (method, template.count("/"))
            self._index.setdefault(key, []).append((template_pattern(template), operation))

    def match(self, method: str, path: str) -> Match | None:
        """The most literal route that fits, or None."""
        for pattern, operation in self._index.get((method, path.count("/")), ()):
            found = pattern.match(path)
            if found:
                return Match(operation, {name: unquote(value) for name, value in found.groupdict().items()})
        return None
