"""The language of ``filter`` and ``search``: ``status eq "ACTIVE" and (profile.login sw "a" or created gt "2026")``.

It is SCIM's filter language (RFC 7644 §3.4.2.2). Operators and texts are compared whatever their case; times are texts
of one form, so that their order is that of the texts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import LarkError

from targets.okta.twin.org import Resource

Predicate = Callable[[Resource], bool]

GRAMMAR = r"""
?start: either
?either: both ("or"i both)* -> any_of
?both: term ("and"i term)* -> all_of
?term: "not"i term -> negation
    | "(" either ")"
    | PATH "pr"i -> present
    | PATH OPERATOR literal -> compare
?literal: STRING -> string
    | NUMBER -> number
    | "true"i -> true
    | "false"i -> false
    | "null"i -> null
OPERATOR.2: /(eq|ne|co|sw|ew|gt|ge|lt|le)(?=[\s"])/i
PATH: /(?!(?:not|and|or)\b)[A-Za-z_$][\w$.:\-]*/
STRING: /"(?:[^"\\]|\\.)*"/
NUMBER: /-?\d+(\.\d+)?/
%ignore /\s+/
"""


class BadExpression(ValueError):
    """The text is not in the language."""


def value_at(resource: Any, path: str) -> Any:
    """The value at a dotted path; None where there is none, a list where a list is on the way."""
    value = resource
    for name in path.split("."):
        if isinstance(value, list):
            value = [item[name] for item in value if isinstance(item, dict) and name in item]
        else:
            value = value.get(name) if isinstance(value, dict) else None
    return value


def _values(resource: Resource, path: str) -> Iterator[Any]:
    value = value_at(resource, path)
    yield from value if isinstance(value, list) else (value,)


def _folded(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda left, right: type(left) is type(right) and left is not None and compare(left, right)


def _of_texts(compare: Callable[[str, str], bool]) -> Callable[[Any, Any], bool]:
    return lambda left, right: isinstance(left, str) and isinstance(right, str) and compare(left, right)


OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda left, right: bool(left == right),
    "co": _of_texts(lambda left, right: right in left),
    "sw": _of_texts(str.startswith),
    "ew": _of_texts(str.endswith),
    "gt": _ordered(lambda left, right: bool(left > right)),
    "ge": _ordered(lambda left, right: bool(left >= right)),
    "lt": _ordered(lambda left, right: bool(left < right)),
    "le": _ordered(lambda left, right: bool(left <= right)),
}


@v_args(inline=True)
class _Predicates(Transformer[Token, Predicate]):
    """Parse tree → predicate."""

    def any_of(self, *parts: Predicate) -> Predicate:
        return lambda one: any(part(one) for part in parts)

    def all_of(self, *parts: Predicate) -> Predicate:
        return lambda one: all(part(one) for part in parts)

    def negation(self, part: Predicate) -> Predicate:
        return lambda one: not part(one)

    def present(self, path: Token) -> Predicate:
        return lambda one: any(value not in (None, "", []) for value in _values(one, str(path)))

    def compare(self, path: Token, operator: Token, literal: Any) -> Predicate:
        name, sought = operator.lower(), _folded(literal)
        if name == "ne":
            return lambda one: all(_folded(value) != sought for value in _values(one, str(path)))
        holds = OPERATORS[name]
        return lambda one: any(holds(_folded(value), sought) for value in _values(one, str(path)))

    def string(self, token: Token) -> Any:
        return json.loads(token, strict=False)

    def number(self, token: Token) -> Any:
        return json.loads(token)

    def true(self) -> Any:
        return True

    def false(self) -> Any:
        return False

    def null(self) -> Any:
        return None


_PARSER = Lark(GRAMMAR, parser="lalr", transformer=_Predicates())


@lru_cache(maxsize=256)
def parse(text: str) -> Predicate:
    """The predicate that an expression means.

    Raises:
        BadExpression: the text is not in the language.
    """
    try:
        predicate: Predicate = _PARSER.parse(text)  # type: ignore[assignment]  # the transformer gives predicates
    except LarkError as error:
        raise BadExpression(text) from error
    return predicate
