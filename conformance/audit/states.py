"""Faults in state: writes that are lost or go astray, reads of what is past. None of them knows a service."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote

from conformance.audit.answers import any_sample
from conformance.audit.places import EACH, slots
from conformance.audit.plant import Fault, Serve, content_of, status_of, with_content
from conformance.audit.survey import Spot, Survey
from conformance.programs.identity import Identity, element_identity, identity
from conformance.programs.trees import last_key, leaves, map_leaves
from conformance.recordings.model import Json
from conformance.twinkit.service import Reply, TwinRequest
from conformance.twinkit.store import Store


def writes(survey: Survey) -> Iterator[Spot]:
    """Good writes, deletions apart."""
    return (spot for spot in survey.forms(good=True, reads=False) if not spot.route.startswith("DELETE "))


def deletions(survey: Survey) -> Iterator[Spot]:
    """Good deletions."""
    return (spot for spot in survey.forms(good=True, reads=False) if spot.route.startswith("DELETE "))


def reads(survey: Survey) -> Iterator[Spot]:
    """Good reads."""
    return survey.forms(good=True, reads=True)


def good_calls(survey: Survey) -> Iterator[Spot]:
    """All good calls."""
    return (Spot(route, status) for route, status in survey.routes(good=True))


def listings(survey: Survey) -> Iterator[Spot]:
    """Lists of things with ids in the answers to reads."""

    def listed(spot: Spot, value: Json) -> bool:
        if not survey.is_read(spot.route) or EACH in spot.place:
            return False
        return isinstance(value, list) and any(map(element_identity, value))

    return any_sample(listed)(survey)


class LostWrite(Fault):
    """A write is answered well and has no effect."""

    def __init__(self, spot: Spot) -> None:
        self._spot = spot

    def answer(self, route: str, request: TwinRequest, serve: Serve, store: Store) -> Reply:
        """The right answer; then all is as before."""
        if not self._spot.asked(route, request):
            return serve(request)
        before = store.keep()
        reply = serve(request)
        if not self.fails(reply):
            store.put_back(before)
        return reply


class StaleRead(Fault):
    """The same read is answered as it was the first time."""

    def __init__(self, spot: Spot) -> None:
        self._spot = spot
        self._cache: dict[str, Reply] = {}

    def answer(self, route: str, request: TwinRequest, serve: Serve, store: Store) -> Reply:
        """From a cache that nothing empties."""
        if not self._spot.asked(route, request):
            return serve(request)
        key = _question(request)
        if key not in self._cache:
            reply = serve(request)
            if status_of(reply, self.fails) != self._spot.status:
                return reply
            self._cache[key] = reply
        return self._cache[key]


def _question(request: TwinRequest) -> str:
    return json.dumps([request.method, request.path, dict(request.query), request.body.decode("latin-1")])


class StillThere(Fault):
    """What is gone can still be read: errors for what was readable before are answered as then."""

    def __init__(self, spot: Spot) -> None:
        self._spot = spot
        self._last: dict[str, Reply] = {}

    def answer(self, route: str, request: TwinRequest, serve: Serve, store: Store) -> Reply:
        """The last good answer, where there is none any more."""
        reply = serve(request)
        if not self._spot.asked(route, request):
            return reply
        key = _question(request)
        if status_of(reply, self.fails) == self._spot.status:
            self._last[key] = reply
        return self._last.get(key, reply) if self.fails(reply) else reply


class StillListed(Fault):
    """A list goes on showing what is gone."""

    def __init__(self, spot: Spot) -> None:
        self._spot = spot
        self._shown: dict[str, dict[Identity, Json]] = {}

    def answer(self, route: str, request: TwinRequest, serve: Serve, store: Store) -> Reply:
        """The answer, with all that the same question showed before."""
        reply = serve(request)
        if route != self._spot.route or status_of(reply, self.fails) != self._spot.status:
            return reply
        before = self._shown.setdefault(_question(request), {})
        for holder, key in slots(reply.body, self._spot.place):
            if isinstance(holder[key], list):
                now = {found: item for item in holder[key] if (found := element_identity(item))}
                holder[key] = [*holder[key], *(item for found, item in before.items() if found not in now)]
                before.update(now)
        return reply


class NotListed(Fault):
    """What the program made is missing in a list."""

    def __init__(self, spot: Spot) -> None:
        self._spot = spot
        self._made: set[Identity] = set()
        self._seen: set[Identity] = set()

    def answer(self, route: str, request: TwinRequest, serve: Serve, store: Store) -> Reply:
        """The answer without what earlier writes showed first."""
        reply = serve(request)
        if route == self._spot.route and status_of(reply, self.fails) == self._spot.status:
            for holder, key in slots(reply.body, self._spot.place):
                if isinstance(holder[key], list):
                    holder[key] = [item for item in holder[key] if element_identity(item) not in self._made]
        shown = set(_identities(reply.body))
        if not self.reads(route):
            self._made |= shown - self._seen - set(_identities(content_of(request)))
        self._seen |= shown
        return reply


def _identities(tree: Json) -> Iterator[Identity]:
    for path, value in leaves(tree):
        found = identity(last_key(path), value)
        if found:
            yield found


class WrongNeighbour(Fault):
    """A write reaches another thing of the same kind than the one it names; its answer is right."""

    def __init__(self, spot: Spot) -> None:
        self._spot = spot
        self._known: dict[str, dict[Any, None]] = {}

    def answer(self, route: str, request: TwinRequest, serve: Serve, store: Store) -> Reply:
        """The right answer; but a neighbour was changed."""
        astray = self._astray(request) if self._spot.asked(route, request) else None
        if astray is None:
            reply = serve(request)
        else:
            before = store.keep()
            reply = serve(request)
            right = store.keep()
            store.put_back(before)
            with store.aside():
                if self.fails(reply) or self.fails(serve(astray)):
                    store.put_back(right)
        self._remember(request, reply)
        return reply

    def _remember(self, request: TwinRequest, reply: Reply) -> None:
        for tree in (content_of(request), reply.body):
            for namespace, value in _identities(tree):
                self._known.setdefault(namespace, {})[value] = None

    def _astray(self, request: TwinRequest) -> TwinRequest | None:
        """The request with one id exchanged for that of a neighbour: in the path, else in the body."""
        for part in request.path.split("/"):
            other = self._neighbour(unquote(part), "")
            if other is not None:
                return replace(request, path=request.path.replace(part, quote(str(other), safe="")))
        return self._body_astray(request)

    def _neighbour(self, value: Any, namespace: str) -> Any:
        known = self._known.get(namespace, {})
        alike = [one for one in known if one != value and type(one) is type(value) and len(str(one)) == len(str(value))]
        return alike[-1] if value in known and alike else None

    def _body_astray(self, request: TwinRequest) -> TwinRequest | None:
        content = content_of(request)

        def exchanged(key: str | int, leaf: Any) -> Any:
            found = identity(key, leaf)
            known = [one for one in self._known.get(found[0], ()) if one != leaf] if found else []
            return known[-1] if known else leaf

        changed = map_leaves(content, exchanged)
        return with_content(request, changed) if changed != content else None


class Meddling(Fault):
    """A call undoes what the last write before it did."""

    def __init__(self, spot: Spot) -> None:
        self._spot = spot
        self._before: bytes | None = None
        self._write: TwinRequest | None = None

    def answer(self, route: str, request: TwinRequest, serve: Serve, store: Store) -> Reply:
        """The right answer; but something else happened too."""
        writes_now = not self.reads(route)
        before = store.keep() if writes_now else b""
        reply = serve(request)
        good = not self.fails(reply)
        if route == self._spot.route and good:
            self._meddle(serve, store)
        elif writes_now and good:
            self._before, self._write = before, request
        return reply

    def _meddle(self, serve: Serve, store: Store) -> None:
        if self._spot.detail == "undo" and self._before is not None:
            store.put_back(self._before)
        elif self._spot.detail == "again" and self._write is not None:
            with store.aside():
                serve(self._write)
        self._before = self._write = None


def deleting(survey: Survey, spot: Spot) -> Fault:
    """What was deleted is still there: for all, in one list, or in one read."""
    if not survey.is_read(spot.route):
        return LostWrite(spot)
    return StillListed(spot) if spot.place else StillThere(spot)


def either(*kinds: Callable[[Survey], Iterator[Spot]]) -> Callable[[Survey], Iterator[Spot]]:
    """Spots of any of these kinds."""
    return lambda survey: (spot for kind in kinds for spot in kind(survey))
