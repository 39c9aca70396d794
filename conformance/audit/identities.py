"""Faults of ids and times that need a memory: what was shown before in the same program."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from conformance.audit.places import name_of, slots
from conformance.audit.plant import Fault, Serve, content_of, is_good, status_of, with_content
from conformance.audit.survey import Spot, Survey, sent
from conformance.programs.identity import element_identity, identity, is_token, namespace_of, split_parts
from conformance.programs.moments import timestamp
from conformance.programs.trees import leaves, map_leaves
from conformance.recordings.model import Json
from conformance.twinkit.service import Reply, TwinRequest
from conformance.twinkit.store import Store


def ids(survey: Survey) -> Iterator[Spot]:
    """Places of ids."""
    return _of_things(survey, lambda key, value: identity(key, value) is not None)


def id_texts(survey: Survey) -> Iterator[Spot]:
    """Places of ids that are made-up strings."""
    return _of_things(survey, lambda key, value: isinstance(value, str) and is_token(value) and bool(namespace_of(key)))


def _of_things(survey: Survey, test: Callable[[str, Json], bool]) -> Iterator[Spot]:
    for spot, samples in survey.places.items():
        name = name_of(spot.place)
        if is_good(spot.status) and name not in survey.cursors and any(test(name, value) for value, _ in samples):
            yield spot


class _WithMemory(Fault):
    """Knows which values the program has seen or sent."""

    def __init__(self, spot: Spot) -> None:
        self._spot = spot
        self._seen: set[object] = set()

    def answer(self, route: str, request: TwinRequest, serve: Serve, store: Store) -> Reply:
        """The answer, changed where it is the spot's."""
        self._seen |= sent(request)
        reply = serve(request)
        if route == self._spot.route and status_of(reply, self.fails) == self._spot.status:
            reply = self.changed(request, reply)
        self._seen.update(leaf for _, leaf in leaves(reply.body))
        return reply

    def changed(self, request: TwinRequest, reply: Reply) -> Reply:
        """What goes out instead."""
        raise NotImplementedError


class ReusedId(_WithMemory):
    """What is new gets the id of what was made first."""

    def __init__(self, spot: Spot) -> None:
        super().__init__(spot)
        self._first: Any = None

    def changed(self, request: TwinRequest, reply: Reply) -> Reply:
        """With the first new id for every other new one."""
        news = [h[k] for h, k in slots(reply.body, self._spot.place) if _new(h[k], self._seen)]
        if self._first is None:
            self._first, news = (news[0], news[1:]) if news else (None, [])
        names = {value: self._first for value in news if identity(name_of(self._spot.place), value)}
        return replace(reply, body=_renamed(reply.body, names))


def _new(value: Any, seen: set[object]) -> bool:
    return isinstance(value, str | int) and value not in seen


class UnstableId(_WithMemory):
    """An id that was shown before is another one now."""

    def __init__(self, spot: Spot) -> None:
        super().__init__(spot)
        self._times = 0

    def changed(self, request: TwinRequest, reply: Reply) -> Reply:
        """With other ids at the place, of the same format."""
        for holder, key in list(slots(reply.body, self._spot.place)):
            value = holder[key]
            if not identity(name_of(self._spot.place), value):
                continue
            known = value if is_token(str(value)) else (request.path, value)  # 1 is the first of many things
            if known in self._seen:
                self._times += 1
                holder[key] = _another(value, self._times)
            self._seen.add(known)
        return reply


def _another(value: Any, number: int) -> Any:
    """A value of the same length and alphabet."""
    if isinstance(value, int):
        return value + number
    shift = 1 + number % 8
    return value[:-2] + "".join(_turned(char, shift) for char in value[-2:])


def _turned(char: str, by: int) -> str:
    for alphabet in ("0123456789", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"):
        if char in alphabet:
            return alphabet[(alphabet.index(char) + by) % len(alphabet)]
    return char


class OtherFormat(Fault):
    """Ids that a route shows first have another format; the twin goes by them everywhere."""

    def __init__(self, spot: Spot) -> None:
        self._spot = spot
        self._seen: set[object] = set()
        self._shown: dict[Any, Any] = {}
        self._meant: dict[Any, Any] = {}

    def answer(self, route: str, request: TwinRequest, serve: Serve, store: Store) -> Reply:
        """The answer in other ids."""
        self._seen |= sent(request)
        reply = serve(meant(request, self._meant))
        if route == self._spot.route and status_of(reply, self.fails) == self._spot.status:
            for holder, key in slots(reply.body, self._spot.place):
                if _new(holder[key], self._seen) and isinstance(holder[key], str) and is_token(holder[key]):
                    self._learn(holder[key])
        self._seen.update(leaf for _, leaf in leaves(reply.body))
        return replace(reply, body=_renamed(reply.body, self._shown)) if self._shown else reply

    def _learn(self, value: str) -> None:
        other = {"short": value[: len(value) // 2], "prefix": f"id:{value}", "long": value + value[::-1]}
        self._shown[value] = other[self._spot.detail]
        self._meant[other[self._spot.detail]] = value


def meant(request: TwinRequest, names: dict[Any, Any]) -> TwinRequest:
    """The request with other ids."""
    if not names:
        return request
    path = "/".join(names.get(unquote(part), part) for part in request.path.split("/"))
    query = {name: [_text(value, names) for value in values] for name, values in request.query.items()}
    renamed = replace(request, path=path, query=query)
    content = content_of(request)
    return renamed if content is None else with_content(renamed, _renamed(content, names))


def _renamed(tree: Json, names: dict[Any, Any]) -> Json:
    """With other ids: whole leaves, or delimited parts of them."""
    return map_leaves(tree, lambda _, leaf: _leaf(leaf, names)) if names else tree


def _leaf(leaf: Any, names: dict[Any, Any]) -> Any:
    if isinstance(leaf, bool) or not isinstance(leaf, str | int):
        return leaf
    if leaf in names:
        return names[leaf]
    return _text(leaf, names) if isinstance(leaf, str) else leaf


def _text(text: str, names: dict[Any, Any]) -> str:
    """Delimited parts; or, where an id has delimiters of its own, wherever it stands."""
    if text in names:
        return str(names[text])
    if not any(isinstance(name, str) and name in text for name in names):
        return text
    for name, other in names.items():
        if isinstance(name, str) and not is_token(name):
            text = text.replace(name, str(other))
    return "".join(str(names.get(part, part)) for part in split_parts(text))


class StandingTime(Fault):
    """A timestamp stays what the program was shown first: for the same thing, or for all (``clock``)."""

    def __init__(self, spot: Spot) -> None:
        self._spot = spot
        self._first: dict[object, str] = {}

    def answer(self, route: str, request: TwinRequest, serve: Serve, store: Store) -> Reply:
        """The answer with an old time."""
        reply = serve(request)
        for thing, holder, key in _dated(reply.body, name_of(self._spot.place), request.path):
            first = self._first.setdefault("" if self._spot.detail == "clock" else thing, holder[key])
            if route == self._spot.route and status_of(reply, self.fails) == self._spot.status:
                holder[key] = first
        return reply


def _dated(tree: Json, name: str, thing: object) -> Iterator[tuple[object, Any, Any]]:
    """Times under this name, with whose they are: an id beside or above them, else the path that was asked."""
    if isinstance(tree, dict):
        own = element_identity(tree)
        thing = (own if own and is_token(str(own[1])) else (thing, own)) if own else thing
        if isinstance(tree.get(name), str) and timestamp(tree[name]):
            yield thing, tree, name
    inner = list(tree.values()) if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    for one in inner:
        if isinstance(one, dict | list):
            yield from _dated(one, name, thing)


def planted(fault: Callable[[Spot], Fault]) -> Callable[[Survey, Spot], Fault]:
    """Makes a fault that needs to know its spot only."""
    return lambda _, spot: fault(spot)
