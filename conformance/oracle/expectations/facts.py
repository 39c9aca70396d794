"""Questions and answers: the one form of all that recordings tell.

A *question* is something that every answer of a kind answers anew: which type is at this place? which word? does the
list come in order? does a read give back what the last write left? A recording contributes the answers it shows; a
rule is a question to which the recordings know only some answers. An answer that none of them gave is a deviation,
as strong as the evidence that could have shown it and did not.
"""

from __future__ import annotations

from collections.abc import Hashable
from enum import StrEnum
from typing import NamedTuple, Protocol

from conformance.oracle.verdict import Axis


class Kind(StrEnum):
    """What is asked."""

    ASKED = "asked"
    """Which words are asked for in the query? No rule: what is asked for a first time is judged by little."""
    SENT = "sent"
    """Which members, of which types, does the call send? No rule: what nobody sent may be answered as nobody saw."""
    BODY = "body"
    """What is the answer: an object, a list, nothing?"""
    PRESENCE = "presence"
    """Which fields has the object?"""
    TYPE = "type"
    FORM = "form"
    """Is the string a timestamp (of which precision), a URL, one word, a text?"""
    LENGTH = "length"
    ALPHABET = "alphabet"
    PREFIX = "prefix"
    WORD = "word"
    """Which word of the vendor's vocabulary?"""
    SPOKEN = "spoken"
    """Which words does the service say under this name, wherever? No rule, but what excuses a word."""
    ECHO = "echo"
    """Is it what was sent under that name?"""
    NAMED = "named"
    """Is it, or does it contain, what the path of the request names?"""
    LINK = "link"
    """Does the URL contain the identifier of the object that it belongs to?"""
    ORDER = "order"
    MOMENTS = "moments"
    """Which of two timestamps comes first?"""
    UNIQUE = "unique"
    LIMIT = "limit"
    """Has the list at most as many elements as were asked for?"""
    STAYS = "stays"
    """Is it what was last seen of the same thing?"""
    KEPT = "kept"
    """Is it what was last written to the same thing?"""
    MEMBER = "member"
    """Is the thing in the list?"""
    FRESH = "fresh"
    """Is the identifier of a new thing new?"""
    OUTCOME = "outcome"
    """What comes of asking for a thing after what was done to it?"""
    HEADER = "header"


AXES = {
    Kind.BODY: Axis.SHAPE,
    Kind.PRESENCE: Axis.SHAPE,
    Kind.TYPE: Axis.SHAPE,
    Kind.LIMIT: Axis.PAGING,
    Kind.STAYS: Axis.STATE,
    Kind.KEPT: Axis.STATE,
    Kind.MEMBER: Axis.STATE,
    Kind.OUTCOME: Axis.OUTCOME,
    Kind.HEADER: Axis.HEADERS,
}
"""The axis on which a wrong answer differs; value for the others."""


Question = tuple[Kind, str]
"""A kind and where it is asked: a place (an operation and a path, or a declared type), or two and what relates them."""


class Shape(NamedTuple):
    """The fields of one object, in its circumstances.

    ``sent`` are all names under which the client sent anything so far: what it sent is no evidence of what the
    service gives by itself. ``features`` are what may decide which fields there are: words and truth values in the
    object and in what holds it, and what was asked for.
    """

    keys: frozenset[str]
    sent: frozenset[str]
    features: frozenset[tuple[str, str]]


class Taker(Protocol):
    """Takes what a reader finds in an answer: to learn it, or to judge it."""

    once: bool
    """Whether what a program was already seen to show at one place need not be handed over again."""

    def fact(self, kind: Kind, place: str, answer: Hashable, path: str, value: object) -> None:
        """``answer`` was given to a question; ``path`` and ``value`` say where and what, for people."""

    def shape(self, place: str, shape: Shape, path: str) -> None:
        """An object was seen at a place."""
