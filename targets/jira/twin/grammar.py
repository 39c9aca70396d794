"""The Jira Query Language: ``project = TEST and (status in (Open, "In Progress") or due < 2w) order by key desc``.

This module reads it; what it means for issues is in ``jql``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import LarkError, UnexpectedCharacters, UnexpectedToken

GRAMMAR = r"""
start: [either] [order]
?either: both (_OR both)* -> any_of
?both: term (_AND term)* -> all_of
?term: _NOT term -> negation
    | "(" either ")"
    | clause
clause: field OPERATOR operand -> compare
    | field _IN group -> within
    | field _NOT _IN group -> outside
    | field _IS operand -> is_it
    | field _IS _NOT operand -> is_not
    | field _WAS operand -> was
    | field _WAS _NOT operand -> was_not
    | field _WAS _IN group -> was_within
    | field _WAS _NOT _IN group -> was_outside
    | field _CHANGED -> changed
group: "(" operand ("," operand)* ")"
    | function
?operand: function
    | text
    | _EMPTY -> empty
function: WORD "(" [argument ("," argument)*] ")"
argument: WORD | STRING
text: STRING | WORD
field: STRING | WORD | CF
order: _ORDER_BY sorting ("," sorting)*
sorting: field [DIRECTION]

_OR.3: /(or\b|\|\|?)(?![.\-])/i
_AND.3: /(and\b|&&?)(?![.\-])/i
_NOT.3: /(not\b(?![.\-])|!(?![=~]))/i
_IN.3: /in\b(?![.\-])/i
_IS.3: /is\b(?![.\-])/i
_WAS.3: /was\b(?![.\-])/i
_CHANGED.3: /changed\b(?![.\-])/i
_EMPTY.3: /(empty|null)\b(?![.\-])/i
_ORDER_BY.3: /order\s+by\b/i
DIRECTION.3: /(asc|desc)\b/i
OPERATOR.2: /!=|!~|>=|<=|=|~|>|</
CF.4: /cf\[\d+\]/i
STRING: /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/
WORD.1: /[^\s"'()=!<>~,|&;\[\]{}?]+/
%ignore /\s+/
"""


class BadQuery(ValueError):
    """The text is not in the language; the message is Jira's."""


@dataclass(frozen=True)
class Empty:
    """``EMPTY`` or ``NULL``."""


@dataclass(frozen=True)
class Function:
    """``startOfDay(-1d)``."""

    name: str
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Text:
    """A word or a quoted text."""

    text: str


Operand = Empty | Function | Text


@dataclass(frozen=True)
class Clause:
    """A condition on a field. ``operator`` is in lower case (``not in``); ``operands`` are several for lists."""

    field: str
    operator: str
    operands: tuple[Operand, ...] = ()


@dataclass(frozen=True)
class Logic:
    """``and``, ``or`` or ``not`` of other conditions."""

    word: str
    parts: tuple[Any, ...]


Condition = Clause | Logic


@dataclass(frozen=True)
class Query:
    """A whole query. ``order`` has fields and whether they are sorted downwards."""

    where: Condition | None
    order: tuple[tuple[str, bool | None], ...] = ()


def _compared(operator: str, several: bool = False) -> Any:
    def clause(_: _Reader, field: str, *operands: Any) -> Clause:
        return Clause(field, operator, tuple(operands[0]) if several else operands)

    return clause


@v_args(inline=True)
class _Reader(Transformer[Token, Query]):
    """Parse tree → query."""

    def start(self, where: Condition | None, order: Any) -> Query:
        return Query(where, order or ())

    def any_of(self, *parts: Condition) -> Condition:
        return Logic("or", parts) if len(parts) > 1 else parts[0]

    def all_of(self, *parts: Condition) -> Condition:
        return Logic("and", parts) if len(parts) > 1 else parts[0]

    def negation(self, part: Condition) -> Condition:
        return Logic("not", (part,))

    def compare(self, field: str, operator: Token, operand: Operand) -> Clause:
        return Clause(field, str(operator), (operand,))

    within = _compared("in", several=True)
    outside = _compared("not in", several=True)
    is_it = _compared("is")
    is_not = _compared("is not")
    was = _compared("was")
    was_not = _compared("was not")
    was_within = _compared("was in", several=True)
    was_outside = _compared("was not in", several=True)
    changed = _compared("changed")

    def group(self, *operands: Operand) -> tuple[Operand, ...]:
        return operands

    def function(self, name: Token, *arguments: str | None) -> Function:
        return Function(str(name), tuple(one for one in arguments if one is not None))

    def argument(self, token: Token) -> str:
        return _unquoted(token)

    def text(self, token: Token) -> Text:
        return Text(_unquoted(token))

    def empty(self) -> Empty:
        return Empty()

    def field(self, token: Token) -> str:
        return _unquoted(token)

    def order(self, *sortings: tuple[str, bool | None]) -> tuple[tuple[str, bool | None], ...]:
        return sortings

    def sorting(self, field: str, direction: Token | None) -> tuple[str, bool | None]:
        return field, None if direction is None else direction.lower() == "desc"


def _unquoted(token: Token) -> str:
    if token[0] not in "\"'":
        return str(token)
    return (
        str(token[1:-1]).encode().decode("unicode_escape").encode("latin-1").decode() if "\\" in token else token[1:-1]
    )


_PARSER = Lark(GRAMMAR, parser="lalr", transformer=_Reader())


@lru_cache(maxsize=256)
def parse(text: str) -> Query:
    """The query that a text means.

    Raises:
        BadQuery: it is not in the language.
    """
    try:
        query: Query = _PARSER.parse(text)  # type: ignore[assignment]  # the transformer gives queries
    except UnexpectedToken as problem:
        raise BadQuery(_expected(problem)) from problem
    except UnexpectedCharacters as problem:
        raise BadQuery(_illegal(problem, text)) from problem
    except LarkError as problem:
        raise BadQuery(f"Error in the JQL Query: {text}") from problem
    return query


_VALID = "The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'."
_SURROUND = "You must surround '{0}' in quotation marks to use it as a {1}."


def _expected(problem: UnexpectedToken) -> str:
    """What Jira says of a word that cannot stand where it does: what could. Field names are the only ``cf[…]``."""
    wanted = problem.accepts or problem.expected
    word, at_end = str(problem.token), problem.token.type == "$END"
    if "CF" in wanted:
        what, hint, where = "a field name", _SURROUND.format(word, "field name"), "at"
    elif "OPERATOR" in wanted:
        what, hint, where = ("an operator" if at_end else "operator"), _VALID, "before"
    elif "_EMPTY" in wanted or ("LPAR" in wanted and "_AND" not in wanted):
        what, hint, where = "either a value, list or function", _SURROUND.format(word, "value"), "before"
    elif at_end or "_AND" not in wanted:
        what, hint, where = "')'", "", "before"
    else:
        what, hint, where = "either 'OR' or 'AND'", "", "before"
    if at_end:
        rest = f"{where} the end of the query." + (f" {_VALID}" if hint is _VALID else "")
    else:
        rest = f"but got '{word}'. {hint}".rstrip() + _place(problem)
    return f"Error in the JQL Query: Expecting {what} {rest}"


def _place(problem: UnexpectedToken | UnexpectedCharacters) -> str:
    return f" (line {problem.line}, character {problem.column})"


def _illegal(problem: UnexpectedCharacters, text: str) -> str:
    """What Jira says of a character that begins nothing."""
    if problem.char in "\"'":
        rest = text[(problem.pos_in_stream or 0) + 1 :]
        return f"Error in the JQL Query: The quoted string '{rest}' has not been completed.{_place(problem)}"
    escape = f"You must enclose it in a string or use the escape '\\u{ord(problem.char):04x}' instead."
    return (
        f"Error in the JQL Query: The character '{problem.char}' is a reserved JQL character. {escape}{_place(problem)}"
    )
