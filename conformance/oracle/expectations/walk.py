"""A walk over the body of an answer: the facts that each of its values is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from conformance.oracle.expectations.asked import Asked
from conformance.oracle.expectations.facts import Kind, Shape, Taker
from conformance.oracle.expectations.strings import PREFIX, form_of, is_data, is_masked, is_word
from conformance.oracle.expectations.things import ELEMENTS, agrees, lists_in, plain
from conformance.oracle.forms import alphabet
from conformance.programs.identity import element_identity, identity, namespace_of
from conformance.programs.model import PathKey
from conformance.programs.moments import timestamp
from conformance.programs.trees import last_key, type_name
from conformance.recordings.model import Json
from conformance.target import Target, flavour_of

ANCESTORS = 2
"""Objects that hold an object, and may decide which fields it has."""
LINKED = 3
"""How deep below an object its own URLs lie."""
MOMENT = len("2000-01-01T00:00:00Z")
MOMENTS = 6
"""Timestamps in one object that are compared with each other."""


def service_of(target: str, subject: str) -> str:
    """Whose evidence is pooled: a target's, and where its service has flavours, each flavour's by itself."""
    flavour = flavour_of(subject)
    return f"{target}#{flavour}" if flavour else target


def spoken(service: str, path: str) -> str:
    """Where all is pooled that a service says under the last two names of a path, wherever they stand."""
    return f"{service} *.{'.'.join(path.split('.')[-2:])}"


def envelope(service: str, subject: str) -> str:
    """Where the outermost objects of all answers are pooled; errors have one of their own."""
    return f"{service} *errors" if subject.endswith(" error") else f"{service} *answers"


class Walk:
    """One walk over an answer's body."""

    def __init__(
        self,
        taker: Taker,
        subject: str,
        target: Target,
        asked: Asked,
        sent: set[object],
        names: frozenset[str],
        pools: dict[str, tuple[str, str]],
        known: set[tuple[str, str]] | None,
    ) -> None:
        self._taker = taker
        self._subject = subject
        self._target = target
        self._service = service_of(target.name, subject)
        self._asked = asked
        self._sent = sent
        self._names = names
        self._pools = pools
        self._known = known
        self._anchors: list[tuple[int, str, str]] = []
        self.names: frozenset[str] = frozenset()
        """Words in the answer that could name what it is about, beside its identifier."""

    def value(self, value: Json, place: str, path: PathKey, features: tuple[tuple[str, str], ...]) -> None:
        """Facts of a tree. ``place`` is the subject and the dotted path."""
        if isinstance(value, dict):
            self._object(value, place, path, features)
        elif isinstance(value, list):
            self._list(value, place, path, features)
        elif path:
            self._leaf(value, place, path)

    def _pooled(self, place: str, path: PathKey) -> tuple[str, str]:
        """Where values are pooled: under their declared type if there is one, and under their last two names."""
        pools = self._pools.get(place)
        if pools is None:
            declared = self._target.leaf_type(self._subject, path)
            each = "[]" if path and isinstance(path[-1], int) else ""  # a list and its elements are not of one type
            typed = f"{declared}{each}" if declared else place
            pools = self._pools[place] = (typed, spoken(self._service, self._shown(place)))
        return pools

    def _object(self, tree: dict[str, Json], place: str, path: PathKey, inherited: tuple[tuple[str, str], ...]) -> None:
        own = tuple(
            (key, plain(value))
            for key, value in tree.items()
            if value is True or value is False or (type(value) is str and is_word(value) and not is_data(key))
        )
        keys = frozenset(key for key in tree if not is_data(key))
        shown = self._shown(place)
        shape = Shape(keys, self._names, self._asked.features.union(own, inherited))
        self._taker.shape(place + self._asked.mask, shape, shown)
        if not path and not self._asked.mask:
            given = Shape(keys - self._names, self._names, frozenset())
            self._taker.shape(envelope(self._service, self._subject), given, shown)
        self._moments(tree, place, path)
        depth = len(path)
        anchored = self._anchor(tree, place, depth)
        below = own + inherited
        handed = tuple((f"^{key}", value) for key, value in below if not key.startswith("^" * ANCESTORS))
        for key, value in tree.items():
            step = "*" if is_data(key) else key
            inner = f"{place}.{step}" if path else f"{place} {step}"
            if step == key:
                self._type(value, inner, (*path, key))
            self.value(value, inner, (*path, key), handed)
        if anchored:
            self._anchors.pop()

    def _shown(self, place: str) -> str:
        return place[len(self._subject) + 1 :]

    def _type(self, value: Json, place: str, path: PathKey) -> None:
        name = type_name(value)
        if self._repeats(place, name):
            return
        shown = self._shown(place)
        for pool in self._pooled(place, path):
            self._taker.fact(Kind.TYPE, pool, name, shown, value)

    def _repeats(self, place: str, answer: str) -> bool:
        """Whether this was handed over before, where once is enough."""
        if self._known is None:
            return False
        size = len(self._known)
        self._known.add((place, answer))
        return len(self._known) == size

    def _anchor(self, tree: dict[str, Json], place: str, depth: int) -> bool:
        for key, value in tree.items():
            if type(value) in (str, int) and value and namespace_of(key):
                self._anchors.append((depth, f"{place}.{key}", str(value)))
                return True
        return False

    def _moments(self, tree: dict[str, Json], place: str, path: PathKey) -> None:
        found = sorted(
            (key, read[0])
            for key, value in tree.items()
            if type(value) is str and len(value) >= MOMENT and (read := timestamp(value))
        )
        for index, (key, moment) in enumerate(found[:MOMENTS]):
            for other, later in found[index + 1 : MOMENTS]:
                order = "same" if moment == later else "before" if moment < later else "after"
                where = f"{self._shown(place)}.{key}".lstrip(".")
                self._taker.fact(Kind.MOMENTS, f"{place} | {key} | {other}", order, where, (tree[key], tree[other]))

    def _list(self, listed: list[Json], place: str, path: PathKey, features: tuple[tuple[str, str], ...]) -> None:
        inner = f"{place}[]" if path else f"{place} []"
        for index, value in enumerate(listed[:ELEMENTS]):
            where = (*path, index)
            self._type(value, inner, where)
            self.value(value, inner, where, features)
        if len(listed) > 1:
            self._elements(listed, inner)

    def _elements(self, listed: list[Json], place: str) -> None:
        shown = self._shown(place)
        names = [found for item in listed if isinstance(item, dict) and (found := element_identity(item))]
        if len(names) == len(listed):
            unique = "unique" if len(set(names)) == len(names) else "repeated"
            self._taker.fact(Kind.UNIQUE, place, unique, shown, unique)
        if len(listed) > 2 and isinstance(listed[0], dict):
            for key, values in _columns(listed):
                order = _order(values)
                if order:
                    self._taker.fact(Kind.ORDER, f"{place}.{key}", order, f"{shown}.{key}", order)

    def lists(self, body: Json) -> None:
        """How long the lists at the top are, by the numbers that were asked for."""
        for name, number in self._asked.numbers.items():
            for place, listed in lists_in(body):
                fits = "over" if len(listed) > number else "up to it"
                self._taker.fact(Kind.LIMIT, f"{self._subject} {place} | {name}", fits, place, len(listed))

    def _leaf(self, value: Json, place: str, path: PathKey) -> None:
        if type(value) is str:
            self._string(value, place, path)
        key = path[-1]
        if isinstance(key, str) and key in self._asked.by_name:
            self._echo(value, place, path)
        if self._asked.named and isinstance(value, (str, int)):
            self._named(value, place, path)

    def _string(self, value: str, place: str, path: PathKey) -> None:
        form = form_of(value)
        if form == "url":
            self._linked(value, place, path)
        if value in self._sent or is_masked(value) or self._derived(value) or self._repeats(place, f"={value}"):
            return
        shown = self._shown(place)
        pool, habit = self._pooled(place, path)
        take = self._taker.fact
        take(Kind.FORM, pool, form, shown, value)
        take(Kind.FORM, habit, form, shown, value)
        key = last_key(path)
        if identity(key, value) is not None and any(map(str.isdigit, value)):
            self._made_up(value, pool, shown)
        else:
            word = value if is_word(value) else "…"
            take(Kind.WORD, pool, word, shown, value)
            take(Kind.SPOKEN, spoken(self._service, shown.rpartition(".")[2]), word, shown, value)

    def _derived(self, value: str) -> bool:
        """Whether it is a word made of one that was sent: ``shop_login`` of ``shop``."""
        parts = value.split("_")
        return (
            len(parts) > 1
            and is_word(value)
            and any("_".join(parts[:end]) in self._sent for end in range(1, len(parts)))
        )

    def _made_up(self, value: str, pool: str, shown: str) -> None:
        """Identifiers: those that only count up have no form of their own."""
        take = self._taker.fact
        for char in alphabet(value):
            take(Kind.ALPHABET, pool, char, shown, value)
        if not value.isdecimal():
            take(Kind.LENGTH, pool, len(value), shown, value)
            take(Kind.PREFIX, pool, value[:PREFIX], shown, value)

    def _linked(self, value: str, place: str, path: PathKey) -> None:
        for depth, anchor, name in self._anchors:
            if len(path) - depth <= LINKED:
                found = "contains it" if name in value else self._otherwise(value)
                shown = self._shown(place)
                self._taker.fact(Kind.LINK, f"{anchor} | {shown}", found, shown, (name, value))

    def _echo(self, value: Json, place: str, path: PathKey) -> None:
        indexes = tuple(part for part in path if isinstance(part, int))
        for argument in self._asked.by_name[str(path[-1])]:
            if argument.indexes == indexes and argument.value is not None:
                same = "same" if agrees(argument.value, value) else "other"
                form = f" ({_spelling(argument.value)})" if argument.path in self._asked.named else ""
                question = f"{place} | {argument.path}{form}"
                self._taker.fact(Kind.ECHO, question, same, self._shown(place), (argument.value, value))

    def _named(self, value: str | int, place: str, path: PathKey) -> None:
        if any(isinstance(part, int) for part in path) or len(path) > LINKED:
            return
        text = str(value)
        url = "/" in text
        if not url and not namespace_of(last_key(path)):
            return
        for name, wanted in self._asked.named.items():
            same = wanted in text if url else wanted == text
            if not same and value in self._sent:
                continue  # a name that the client chose itself
            self._taker.fact(
                Kind.NAMED,
                f"{place} | {name} ({_spelling(wanted)})",
                "same" if same else self._otherwise(text) if url else "other",
                self._shown(place),
                (wanted, value),
            )

    def _otherwise(self, url: str) -> str:
        """A URL may name a thing by another of its names."""
        return "other" if self.names.isdisjoint(url.split("/")) else "another name"


def _spelling(value: object) -> str:
    """How a thing is named: people may give an address or an alias instead of an id."""
    text = plain(value)
    return "word" if is_word(text) else form_of(text)


def _columns(listed: list[Json]) -> Iterator[tuple[str, list[Any]]]:
    """Fields that all elements have, with their values."""
    if not all(isinstance(item, dict) for item in listed):
        return
    for key, first in listed[0].items():
        values = [item.get(key) for item in listed]
        if type(first) in (str, int) and all(type(value) is type(first) for value in values):
            yield key, values


def _order(values: list[Any]) -> str:
    """``ascending``, ``descending`` or ``neither``; "" where all are equal."""
    rises = any(one < other for one, other in pairwise(values))
    falls = any(one > other for one, other in pairwise(values))
    if rises and falls:
        return "neither"
    return "ascending" if rises else "descending" if falls else ""
