"""What a handler of the twin works with: the site, one request, and what both say together."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from conformance.recordings.model import Json
from conformance.twinkit.service import Handler, Reply, TwinRequest
from targets.jira.requests import root_relative
from targets.jira.twin import errors
from targets.jira.twin.site import BASE, Resource, Site

_VERSION = re.compile(r"/rest/\w+/([\w.]+)(?:/|$)")
_SELF = re.compile(re.escape(BASE) + r"/rest/api/(?:2|3|latest)(?=/)")


@dataclass(frozen=True)
class Context:
    """One request to one site."""

    site: Site
    request: TwinRequest

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The path's parameters, in order."""
        return tuple(self.request.params.values())

    @cached_property
    def asked_version(self) -> str:
        """The version in the path, as it was asked for: ``2``, ``3``, ``latest``, or another API's."""
        found = _VERSION.search(root_relative(self.request.path))
        return found[1] if found else "2"

    @property
    def version(self) -> str:
        """The version that the answer speaks: ``2`` or ``3``."""
        return "3" if self.asked_version == "3" else "2"

    @property
    def has_documents(self) -> bool:
        """Whether long texts are documents (ADF)."""
        return self.version == "3"

    @cached_property
    def api(self) -> str:
        """Where the API is, as it was asked for; in stored form."""
        return f"{BASE}/rest/api/{self.asked_version if '/rest/api/' in self.request.path else '2'}"

    @cached_property
    def base(self) -> str:
        """The address of the site: with the context path that was asked for, else with its own."""
        path = self.request.path
        asked = path.removesuffix(root_relative(path))
        return self.request.base_url + (asked or self.site.path)

    @cached_property
    def body(self) -> dict[str, Any]:
        """The body, which must be an object; {} where there is none. Raises Refusal: 400."""
        try:
            body = self.request.json
        except ValueError as error:
            raise errors.malformed() from error
        if body is None:
            return {}
        if not isinstance(body, dict):
            raise errors.malformed()
        return body

    @cached_property
    def query(self) -> dict[str, Json]:
        """The query, with a list where a parameter came several times."""
        return {name: values[0] if len(values) == 1 else list(values) for name, values in self.request.query.items()}

    def words(self, name: str) -> list[str]:
        """The words of a parameter that is a list: joined by commas, or sent several times; also of the body."""
        values = [*self.request.query.get(name, ()), *_texts(self._member(name))]
        return [word.strip() for value in values for word in value.split(",") if word.strip()]

    def text(self, name: str, default: str = "") -> str:
        """A parameter of the query, or a member of the body where a search is sent as one."""
        value = self.request.first(name)
        if value is None:
            value = self._member(name)
        return default if value is None else str(value)

    def number(self, name: str, default: int) -> int:
        """A parameter that is a number; what is none counts as left out."""
        text = self.text(name)
        return int(text) if re.fullmatch(r"-?\d+", text) else default

    def flag(self, name: str, default: bool = False) -> bool:
        """A parameter that is true or false."""
        return self.text(name, str(default)).lower() == "true"

    def _member(self, name: str) -> Any:
        return self.body.get(name) if self.request.method == "POST" else None

    def shown(self, value: Json) -> Any:
        """``value`` as an answer shows it: without what is hidden, with the site's address, in the API's version."""
        if isinstance(value, str):
            return value.replace(BASE, self.base) if BASE in value else value
        if isinstance(value, list):
            return [self.shown(item) for item in value]
        if isinstance(value, dict):
            return {name: self._member_shown(name, item) for name, item in value.items() if not name.startswith("~")}
        return value

    def _member_shown(self, name: str, value: Json) -> Any:
        if name == "self" and isinstance(value, str):
            value = _SELF.sub(f"{BASE}/rest/api/{self.version}", value)
        return self.shown(value)

    def on_top(self, resource: Mapping[str, Any], link: str) -> Any:
        """A resource as the answer's own subject: its link is in the version that was asked for."""
        view: Resource = self.shown(dict(resource))
        return {"self": self.shown(f"{self.api}/{link}"), **view, **{"self": self.shown(f"{self.api}/{link}")}}


def _texts(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(item) for item in value]
    return [str(value)] if value is not None else []


Answering = Callable[[Context], Reply]


def handler(answer: Answering) -> Handler:
    """What answers an operation, in the form of a ``Service``."""

    def handle(site: Site, request: TwinRequest) -> Reply:
        reply = answer(Context(site, request))
        return replace(reply, headers={**reply.headers, "Retry-After": "0"}) if site.is_limited else reply

    return handle


def routes(table: Mapping[str, Answering]) -> dict[str, Handler]:
    """``METHOD path`` → what answers; a path without ``/rest/`` is one of the platform's API, in both versions."""
    found: dict[str, Handler] = {}
    for operation, answer in table.items():
        method, _, path = operation.partition(" ")
        paths = [path] if path.startswith("/rest/") else [f"/rest/api/{version}/{path}" for version in ("2", "3")]
        found |= {f"{method} {way}": handler(answer) for way in paths}
    return found
