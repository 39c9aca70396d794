"""What a handler of the twin works with: the organisation, one request, and what both say together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from conformance.programs.trees import map_texts
from conformance.recordings.model import Json
from conformance.twinkit.service import Handler, Reply, TwinRequest
from targets.okta.places import places_of
from targets.okta.twin import errors
from targets.okta.twin.org import BASE, Org


@dataclass(frozen=True)
class Context:
    """One request to one organisation."""

    org: Org
    request: TwinRequest
    kind: str = ""
    """What the path leads to, as facts name it."""

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The path's parameters, in order."""
        return tuple(self.request.params.values())

    @cached_property
    def body(self) -> dict[str, Any]:
        """The body, which must be an object; {} where there is none. Raises Refusal: 400."""
        try:
            body = self.request.json
        except ValueError as error:
            raise errors.malformed(self.org) from error
        if body is None:
            return {}
        if not isinstance(body, dict):
            raise errors.malformed(self.org)
        return body

    def flag(self, name: str, default: bool = False) -> bool:
        """A query parameter that is true or false."""
        value = self.request.first(name)
        return default if value is None else value.lower() == "true"

    def href(self, path: str) -> str:
        """The URL of ``path`` in the organisation."""
        return self.request.base_url + path

    def shown(self, value: Json) -> Any:
        """``value`` with the organisation's address where it stands for it."""
        return map_texts(value, lambda text: text.replace(BASE, self.request.base_url))


Answering = Callable[[Context], Reply]
MISREAD = (AttributeError, IndexError, KeyError, TypeError, ValueError)
"""What reading a body raises of which a member has another shape than Okta takes. Nothing tells how Okta words each."""


def routes(table: Mapping[str, Answering]) -> dict[str, Handler]:
    """Operations and what answers them, in the form of a ``Service``."""
    return {operation: _handler(_kind(operation), answer) for operation, answer in table.items()}


def _kind(operation: str) -> str:
    return next((place.kind for place in reversed([*places_of(operation.partition(" ")[2], {})])), "")


def _handler(kind: str, answer: Answering) -> Handler:
    def handle(org: Org, request: TwinRequest) -> Reply:
        if org.lacks(kind):
            raise errors.no_feature(org)
        try:
            return answer(Context(org, request, kind))
        except MISREAD as error:
            if not request.body and not isinstance(error, errors.Malformed):
                raise
            raise errors.malformed(org) from error

    return handle
