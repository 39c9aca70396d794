"""Conditions of group rules: ``String.startsWith(user.firstName, "a") AND isMemberOfAnyGroup("00g1")``.

The part of the Okta Expression Language that says whom a rule is about. What is not in the part is true of nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import LarkError

from targets.okta.twin import memberships
from targets.okta.twin.org import Org, Resource

GRAMMAR = r"""
?start: either
?either: both
    | both (("or"i | "||") both)+ -> any_of
?both: term
    | term (("and"i | "&&") term)+ -> all_of
?term: ("not"i | "!") term -> negation
    | value
    | value "==" value -> equal
    | value "!=" value -> unequal
?value: "(" either ")"
    | NAME "(" [either ("," either)*] ")" -> call
    | "{" [either ("," either)*] "}" -> array
    | "true"i -> true
    | "false"i -> false
    | "null"i -> null
    | STRING -> string
    | NUMBER -> number
    | NAME -> attribute
NAME: /(?!(?:not|and|or|true|false|null)\b)[A-Za-z_][\w.]*/i
STRING: /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/
NUMBER: /-?\d+(\.\d+)?/
%ignore /\s+/
"""


@dataclass(frozen=True)
class Subject:
    """The user whom a condition is asked about."""

    org: Org
    user: Resource

    def groups(self) -> list[Resource]:
        """The groups that the user is in."""
        return memberships.groups_of(self.org, str(self.user["id"]))

    def group_names(self) -> list[str]:
        """The names of these groups."""
        return [str(group["profile"].get("name")) for group in self.groups()]


Value = Callable[[Subject], Any]


def _any_group(subject: Subject, *ids: Any) -> bool:
    return any(group["id"] in ids for group in subject.groups())


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "String.startsWith": lambda _, text, start: str(text or "").startswith(start),
    "String.stringContains": lambda _, text, part: part in str(text or ""),
    "String.toLowerCase": lambda _, text: str(text or "").lower(),
    "String.toUpperCase": lambda _, text: str(text or "").upper(),
    "String.len": lambda _, text: len(str(text or "")),
    "Arrays.contains": lambda _, array, value: value in (array or []),
    "Arrays.isEmpty": lambda _, array: not array,
    "Arrays.size": lambda _, array: len(array or []),
    "isMemberOfGroup": _any_group,
    "isMemberOfAnyGroup": _any_group,
    "isMemberOfGroupName": lambda subject, name: name in subject.group_names(),
    "isMemberOfGroupNameStartsWith": lambda subject, start: any(n.startswith(start) for n in subject.group_names()),
    "isMemberOfGroupNameContains": lambda subject, part: any(part in name for name in subject.group_names()),
}


class BadExpression(ValueError):
    """The text is not in the part of the language that the twin has."""


@v_args(inline=True)
class _Values(Transformer[Token, Value]):
    """Parse tree → what a subject is asked."""

    def any_of(self, *parts: Value) -> Value:
        return lambda subject: any(part(subject) for part in parts)

    def all_of(self, *parts: Value) -> Value:
        return lambda subject: all(part(subject) for part in parts)

    def negation(self, part: Value) -> Value:
        return lambda subject: not part(subject)

    def equal(self, left: Value, right: Value) -> Value:
        return lambda subject: left(subject) == right(subject)

    def unequal(self, left: Value, right: Value) -> Value:
        return lambda subject: left(subject) != right(subject)

    def call(self, name: Token, *arguments: Value | None) -> Value:
        if name not in FUNCTIONS:
            raise BadExpression(name)
        asked = [one for one in arguments if one is not None]
        return lambda subject: FUNCTIONS[name](subject, *(one(subject) for one in asked))

    def array(self, *items: Value | None) -> Value:
        return lambda subject: [item(subject) for item in items if item is not None]

    def attribute(self, name: Token) -> Value:
        owner, _, member = name.partition(".")
        if owner != "user" or not member:
            raise BadExpression(name)
        return lambda subject: subject.user.get("profile", {}).get(member)

    def string(self, token: Token) -> Value:
        text = token[1:-1].replace('\\"', '"').replace("\\'", "'").replace("\\\\", "\\")
        return lambda _: text

    def number(self, token: Token) -> Value:
        number = float(token) if "." in token else int(token)
        return lambda _: number

    def true(self) -> Value:
        return lambda _: True

    def false(self) -> Value:
        return lambda _: False

    def null(self) -> Value:
        return lambda _: None


_PARSER = Lark(GRAMMAR, parser="lalr", transformer=_Values(), maybe_placeholders=False)


@lru_cache(maxsize=64)
def parse(text: str) -> Value:
    """What an expression asks. Raises BadExpression: it is not in the part of the language that the twin has."""
    try:
        value: Value = _PARSER.parse(text)  # type: ignore[assignment]  # the transformer gives these functions
    except LarkError as error:
        raise BadExpression(text) from error
    return value


def is_about(text: str, subject: Subject) -> bool:
    """The condition is true of the user."""
    try:
        return bool(parse(text)(subject))
    except (BadExpression, TypeError):
        return False
