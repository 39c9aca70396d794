"""What answers show anew each time though nothing happened: of it no client can call one value wrong.

When an answer was made, numbers of requests, lists that go on by a cursor: found out by asking the correct twin the
same again, in another run, at once and a little later.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from conformance.audit.places import EACH, Place
from conformance.audit.plant import PlantedTwin, Tape, fingerprint
from conformance.recordings.model import Json
from conformance.twinkit.service import Reply, TwinRequest

LATER = (0.0, 60.0)
"""Seconds between two questions."""

ENOUGH = 12
"""So many reads of a route are asked again: to keep the twin's state costs time."""

_MADE_UP = re.compile(r"[A-Za-z]*[0-9][A-Za-z0-9]*")
"""Words with digits in them."""


class Volatile:
    """Volatile places by route, and names of headers. Texts under the keys ``cursors`` are volatile everywhere."""

    def __init__(self, cursors: frozenset[str] = frozenset()) -> None:
        self._cursors = cursors
        self._places: dict[str, set[Place]] = {}
        self._headers: set[str] = set()
        self._asked: Counter[str] = Counter()

    def learn(self, twin: PlantedTwin, tape: Tape, reads: Callable[[str, str], bool]) -> None:
        """Ask all that is on the tape again, and each read twice. ``reads`` takes service and route."""
        for served in tape:
            reply = twin.handle(replace(served.request)).reply
            if not served.route:
                continue
            self._note(served.route, served.reply, reply)
            if reads(served.service, served.route) and self._asked[served.route] < ENOUGH:
                self._asked[served.route] += 1
                for seconds in LATER:
                    self._note(served.route, reply, _later(twin, served.request, seconds))

    def _note(self, route: str, reply: Reply, again: Reply) -> None:
        if fingerprint(reply) == fingerprint(again) or reply.status != again.status:
            return
        self._places.setdefault(route, set()).update(_changed(reply.body, again.body, ()))
        both = reply.headers.keys() & again.headers.keys()
        self._headers.update(name for name in both if reply.headers[name] != again.headers[name])

    def alike(self, route: str, one: Reply, other: Reply) -> bool:
        """Whether two answers differ only in values, of one form, at volatile places."""
        return self._blurred(route, one) == self._blurred(route, other)

    def _blurred(self, route: str, reply: Reply) -> str:
        headers = {name: form(said) if name in self._headers else said for name, said in reply.headers.items()}
        body = reply.body if isinstance(reply.body, bytes) else self._blur(self._places.get(route, set()), reply.body)
        return fingerprint(replace(reply, headers=headers, body=body))

    def _blur(self, places: set[Place], tree: Json, place: Place = ()) -> Json:
        if isinstance(tree, dict):
            return {key: self._blur(places, value, (*place, key)) for key, value in tree.items()}
        if isinstance(tree, list):
            return [self._blur(places, value, (*place, EACH)) for value in tree]
        if place and place[-1] in self._cursors and isinstance(tree, str):
            return ""
        return form(tree) if place in places else tree


def _later(twin: PlantedTwin, request: TwinRequest, seconds: float) -> Reply:
    """The answer to the same question so much later; then all is as before."""
    kept = twin.store.keep()
    with twin.store.aside():
        twin.store.clock.advance(seconds)
        again = twin.handle(replace(request)).reply
    twin.store.put_back(kept)
    return again


def _changed(one: Json, other: Json, place: Place) -> set[Place]:
    """Places of scalars that are others."""
    if isinstance(one, dict) and isinstance(other, dict):
        pairs = [((*place, key), one[key], other[key]) for key in one if key in other]
    elif isinstance(one, list) and isinstance(other, list):
        pairs = [((*place, EACH), left, right) for left, right in zip(one, other, strict=False)]
    else:
        return {place} if one != other else set()
    return {found for inner, left, right in pairs for found in _changed(left, right, inner)}


def form(value: Any) -> Json:
    """Equal for values of one type and format."""
    if isinstance(value, (list, tuple)):
        return [form(one) for one in value]
    if type(value) in (int, float):
        return 0
    return _MADE_UP.sub(_blurred_word, value) if isinstance(value, str) else value


def _blurred_word(found: re.Match[str]) -> str:
    return "0" if found[0].isdecimal() else "x" * len(found[0])
