"""The language of ``q``: ``mimeType = 'text/plain' and ('<id>' in parents or starred = true)``.

Parsing gives a predicate over a *view* of a file: a mapping from term to value. Which operators a term takes and what
its values are is the vendor's documented table. ``and`` and ``or`` bind alike and are read from left to right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Protocol

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import LarkError, VisitError


class View(Protocol):
    """One file: the values that terms have for it."""

    def get(self, term: str, /) -> Any:
        """A str, bool, int, datetime, set of str or dict of properties; None where there is no value."""
        ...


Predicate = Callable[[View], bool]


class BadQuery(ValueError):
    """The text is not in the language, or a term does not take the operator or the value."""


@dataclass(frozen=True)
class Term:
    """What a term takes: its operators, and how its literal is read."""

    operators: frozenset[str]
    read: Callable[[Any], Any]


GRAMMAR = r"""
start: expression
?expression: operand
    | expression "and" operand -> both
    | expression "or" operand -> either
?operand: "not" operand -> negation
    | "(" expression ")"
    | comparison
comparison: TERM OPERATOR literal -> compare
    | TERM "contains" literal -> contains
    | TERM "has" "{" pair ("and" pair)* "}" -> has
    | literal "in" TERM -> member
    | TERM -> holds
pair: "key" "=" literal -> key
    | "value" "=" literal -> value
?literal: STRING -> string
    | BOOLEAN -> boolean
    | NUMBER -> number
OPERATOR: "<=" | ">=" | "!=" | "<" | ">" | "="
STRING: /'(?:[^'\\]|\\.)*'/ | /"(?:[^"\\]|\\.)*"/
BOOLEAN.2: /(true|false)\b/
NUMBER: /\d+/
TERM: /[a-zA-Z]+(\.[a-zA-Z]+)*/
%ignore /\s+/
"""


def text(value: Any) -> str:
    """A literal that must be a string."""
    if not isinstance(value, str):
        raise BadQuery(f"{value!r} is no string")
    return value


def truth(value: Any) -> bool:
    """A literal that must be true or false."""
    if not isinstance(value, bool):
        raise BadQuery(f"{value!r} is neither true nor false")
    return value


def count(value: Any) -> int:
    """A literal that must be a number."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadQuery(f"{value!r} is no number")
    return value


def moment(value: Any) -> datetime:
    """A literal that must be an RFC 3339 date; UTC where it names no zone."""
    try:
        parsed = datetime.fromisoformat(text(value))
    except ValueError as error:
        raise BadQuery(f"{value!r} is no date") from error
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


EQUAL = frozenset({"=", "!="})
ORDERED = EQUAL | {"<", "<=", ">", ">="}
WITHIN = frozenset({"in"})

FILE_TERMS: Mapping[str, Term] = {
    "name": Term(EQUAL | {"contains"}, text),
    "fullText": Term(frozenset({"contains"}), text),
    "mimeType": Term(EQUAL | {"contains"}, text),
    "modifiedTime": Term(ORDERED, moment),
    "viewedByMeTime": Term(ORDERED, moment),
    "createdTime": Term(ORDERED, moment),
    "sharedWithMeTime": Term(ORDERED, moment),
    "trashed": Term(EQUAL, truth),
    "starred": Term(EQUAL, truth),
    "sharedWithMe": Term(EQUAL, truth),
    "parents": Term(WITHIN, text),
    "owners": Term(WITHIN, text),
    "writers": Term(WITHIN, text),
    "readers": Term(WITHIN, text),
    "labels": Term(WITHIN, text),
    "properties": Term(frozenset({"has"}), text),
    "appProperties": Term(frozenset({"has"}), text),
    "visibility": Term(EQUAL, text),
    "shortcutDetails.targetId": Term(EQUAL, text),
}

DRIVE_TERMS: Mapping[str, Term] = {
    "createdTime": Term(ORDERED, moment),
    "hidden": Term(EQUAL, truth),
    "memberCount": Term(ORDERED, count),
    "name": Term(EQUAL | {"contains"}, text),
    "organizerCount": Term(ORDERED, count),
}

COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": lambda held, wanted: held == wanted,
    "!=": lambda held, wanted: held != wanted,
    "<": lambda held, wanted: held is not None and held < wanted,
    "<=": lambda held, wanted: held is not None and held <= wanted,
    ">": lambda held, wanted: held is not None and held > wanted,
    ">=": lambda held, wanted: held is not None and held >= wanted,
}


@lru_cache(maxsize=512)
def parse(query: str, drives: bool = False) -> Predicate:
    """The predicate that ``query`` stands for, over files or over shared drives.

    Raises:
        BadQuery: it stands for none.
    """
    builder = _Builder(DRIVE_TERMS if drives else FILE_TERMS)
    try:
        predicate: Predicate = builder.transform(_PARSER.parse(query))
    except VisitError as error:
        raise BadQuery(str(error.orig_exc)) from error
    except LarkError as error:
        raise BadQuery(str(error)) from error
    return predicate


_PARSER = Lark(GRAMMAR, parser="lalr")


@v_args(inline=True)
class _Builder(Transformer[Token, Predicate]):
    """Turns the parse tree into a predicate, from the leaves up."""

    def __init__(self, terms: Mapping[str, Term]) -> None:
        super().__init__()
        self._terms = terms

    def start(self, predicate: Predicate) -> Predicate:
        return predicate

    def both(self, left: Predicate, right: Predicate) -> Predicate:
        return lambda view: left(view) and right(view)

    def either(self, left: Predicate, right: Predicate) -> Predicate:
        return lambda view: left(view) or right(view)

    def negation(self, operand: Predicate) -> Predicate:
        return lambda view: not operand(view)

    def compare(self, name: Token, operator: Token, literal: Any) -> Predicate:
        wanted = self._read(name, str(operator), literal)
        relation = COMPARE[str(operator)]
        return lambda view: relation(view.get(name), wanted)

    def contains(self, name: Token, literal: Any) -> Predicate:
        wanted = self._read(name, "contains", literal)
        matches = CONTAINS[str(name)]
        return lambda view: matches(view.get(name) or "", wanted)

    def holds(self, name: Token) -> Predicate:
        return self.compare(name, Token("OPERATOR", "="), True)

    def member(self, literal: Any, name: Token) -> Predicate:
        wanted = self._read(name, "in", literal)
        return lambda view: wanted in (view.get(name) or ())

    def has(self, name: Token, *pairs: tuple[str, Any]) -> Predicate:
        parts = {part: self._read(name, "has", literal) for part, literal in pairs}
        if "key" not in parts:
            raise BadQuery("a property is looked up by its key")
        return lambda view: _has(view.get(name) or {}, parts)

    def key(self, literal: Any) -> tuple[str, Any]:
        return "key", literal

    def value(self, literal: Any) -> tuple[str, Any]:
        return "value", literal

    def string(self, token: Token) -> str:
        return re.sub(r"\\(.)", r"\1", token[1:-1], flags=re.DOTALL)

    def boolean(self, token: Token) -> bool:
        return str(token) == "true"

    def number(self, token: Token) -> int:
        return int(token)

    def _read(self, name: Token, operator: str, literal: Any) -> Any:
        term = self._terms.get(str(name))
        if term is None or operator not in term.operators:
            raise BadQuery(f"{name} does not take {operator}")
        return term.read(literal)


def _has(properties: Mapping[str, str], parts: Mapping[str, str]) -> bool:
    key = parts["key"]
    return key in properties and parts.get("value", properties[key]) == properties[key]


def _words(phrase: str) -> list[str]:
    return re.findall(r"[^\W_]+", phrase.casefold())


def begins_words(held: str, wanted: str) -> bool:
    """True when every word of ``wanted`` begins a word of ``held``."""
    words = _words(held)
    return all(any(word.startswith(part) for word in words) for part in _words(wanted))


def mentions(held: str, wanted: str) -> bool:
    """True when ``held`` has every word of ``wanted``, or the phrase where it is in double quotes."""
    words = _words(held)
    parts = _words(wanted)
    if wanted.startswith('"') and wanted.endswith('"'):
        return any(words[at : at + len(parts)] == parts for at in range(len(words)))
    return all(part in words for part in parts)


CONTAINS: Mapping[str, Callable[[str, str], bool]] = {
    "name": begins_words,
    "mimeType": str.startswith,
    "fullText": mentions,
}
