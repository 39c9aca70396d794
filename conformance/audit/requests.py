"""Faults in how a request is understood: what was asked for is ignored."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from conformance.audit.places import Place, nodes, slots
from conformance.audit.plant import Fault, Serve, body_of, is_form, is_good
from conformance.audit.survey import Spot, Survey, scalars
from conformance.target import Target
from conformance.twinkit.service import Reply, TwinRequest
from conformance.twinkit.store import Store

QUERY = "?"
"""First part of the place of an argument that is not in a JSON body."""


class Ignored(Fault):
    """A route does not see one of its arguments."""

    def __init__(self, spot: Spot) -> None:
        self._spot = spot

    def answer(self, route: str, request: TwinRequest, serve: Serve, store: Store) -> Reply:
        """The answer to a request that does not have the argument."""
        return serve(without(request, self._spot.place) if route == self._spot.route else request)


def without(request: TwinRequest, place: Place) -> TwinRequest:
    """The request without an argument."""
    if place[0] == QUERY:
        return _without_parameter(request, place[1])
    body = body_of(request)
    for holder, key in reversed(list(slots(body, place))):
        del holder[key]
    return _with_body(request, json.dumps(body).encode() if body is not None else request.body)


def _without_parameter(request: TwinRequest, name: str) -> TwinRequest:
    request = replace(request, query={key: found for key, found in request.query.items() if key != name})
    form = parse_qsl(request.body.decode("utf-8", "replace"), True) if is_form(request) else []
    if not any(key == name for key, _ in form):
        return request
    return _with_body(request, urlencode([pair for pair in form if pair[0] != name]).encode())


def _with_body(request: TwinRequest, body: bytes) -> TwinRequest:
    """``json`` of a request is parsed once: a new one is made."""
    return replace(request, body=body)


def arguments(request: TwinRequest) -> Iterator[tuple[Place, Any]]:
    """All arguments but those in the path: query, form, and every member of a JSON body."""
    for name in request.query:
        yield (QUERY, name), request.query[name][0]
    if is_form(request):
        for name, value in parse_qsl(request.body.decode("utf-8", "replace"), True):
            yield (QUERY, name), value
    yield from nodes(body_of(request))


def role_of(target: Target, place: Place) -> str:
    """What an argument means: ``limit``, ``cursor``, ``filter``, ``order``, ``projection``, or ""."""
    return target.roles.get(place[-1], "") if len(place) <= len((QUERY, "name")) else ""


def ignorable(wanted: Callable[[bool, str, Any], bool]) -> Callable[[Survey], Iterator[Spot]]:
    """Arguments by whether the route only reads, role and value."""

    def found(survey: Survey) -> Iterator[Spot]:
        spots: dict[Spot, None] = {}
        for (route, status), answers in sorted(survey.answers.items()):
            for served in answers if is_good(status) else ():
                for place, value in arguments(served.request):
                    if wanted(survey.is_read(route), role_of(survey.target, place), value):
                        spots.setdefault(Spot(route, place=place))
        yield from spots

    return found


def with_role(role: str) -> Callable[[Survey], Iterator[Spot]]:
    """Arguments of this role."""
    return ignorable(lambda _reads, found, _value: found == role)


options = ignorable(lambda reads, role, value: not role and scalars(value) and reads)
"""Other arguments of reads."""

inputs = ignorable(lambda reads, role, value: not role and scalars(value) and not reads)
"""Arguments of writes."""


def ignored(_: Survey, spot: Spot) -> Fault:
    """An argument is ignored."""
    return Ignored(spot)
