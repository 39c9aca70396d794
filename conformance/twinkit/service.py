"""The description of an embedded twin's service: routes, state, seed, errors.

A twin is one process that serves several services over one store. A service is data and plain functions: nothing
here knows about sockets, so that a twin can also be called in-process.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from conformance.recordings.model import Json
from conformance.twinkit.store import Clock, Ids


@dataclass(frozen=True)
class TwinRequest:
    """A request as a handler sees it.

    ``params`` are the path parameters, percent-decoded; ``query`` holds each parameter's values in order;
    ``headers`` have lower-case names; ``base_url`` has no trailing slash.
    """

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Sequence[str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    base_url: str = ""

    @cached_property
    def json(self) -> Json:
        """The body as JSON; None where it is empty. Raises ValueError for anything else."""
        return json.loads(self.body) if self.body else None

    def first(self, name: str, default: str | None = None) -> str | None:
        """First value of the query parameter ``name``."""
        values = self.query.get(name)
        return values[0] if values else default


HeaderLines = str | Sequence[str]
"""What a header says: one line, or several that go out one after the other under the same name."""


@dataclass(frozen=True)
class Reply:
    """An answer. ``body``: None is no body, bytes go out as they are, anything else as JSON."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, HeaderLines] = field(default_factory=dict)

    def lines(self) -> dict[str, tuple[str, ...]]:
        """The headers by their names in lower case, each with its lines in order."""
        return {name.lower(): (said,) if isinstance(said, str) else tuple(said) for name, said in self.headers.items()}


class Refusal(Exception):
    """Raised by a handler to answer with an error. Handlers raise it before they change anything, or undo it."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


Handler = Callable[[Any, TwinRequest], Reply]
"""Takes the service's state and the request."""


@dataclass(frozen=True)
class Service:
    """One service of a twin.

    ``routes`` map ``METHOD path-template`` to handlers; services with one ``state_key`` share one state, made by
    ``new_state``. ``seed(state, facts)`` puts in what was there before a program begins. ``conditions`` answer when
    the control plane arranged one (``rate_limit``). ``unknown_route`` and ``not_implemented`` answer in the vendor's
    error form. ``surface`` are the operations the vendor has: one without a route is answered 501. ``roots`` are what
    its paths begin with: where services share an address, they tell whose unknown route it is.
    ``normalise_path`` undoes spellings of a path that the vendor accepts. ``guard`` runs before every handler
    (authentication) and returns an answer to refuse.
    """

    name: str
    routes: Mapping[str, Handler]
    state_key: str
    new_state: Callable[[Clock, Ids], Any]
    seed: Callable[[Any, Json], None]
    dump: Callable[[Any], Json]
    unknown_route: Callable[[TwinRequest], Reply]
    not_implemented: Callable[[TwinRequest], Reply]
    surface: frozenset[str] = frozenset()
    roots: tuple[str, ...] = ()
    conditions: Mapping[str, Callable[[TwinRequest], Reply]] = field(default_factory=dict)
    normalise_path: Callable[[str], str] = str
    guard: Callable[[Any, TwinRequest], Reply | None] = lambda _state, _request: None
    headers: Mapping[str, HeaderLines] = field(default_factory=dict)
    """Headers on every answer."""
