"""From a recorded request to the SDK call that causes it.

Arguments are keyed by their names on the wire, and the request's body is the argument ``body``: both generations of
the SDK are then called with the same arguments. What the SDK does not know is kept apart, so that reports can mark it
(``extra_query``). Whether the SDK's models take a body is found out when the call is made, not here.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from conformance.programs.model import Call
from conformance.recordings.model import Json, Request
from targets.okta.surface import Endpoint, Surface

HOSTS = re.compile(r"(?:.*[.-])?okta(?:preview|-emea|-gov|-miltest)?\.com")
OTHERS = re.compile(r"(?:.*\.)?(?:googleapis|google|slack|atlassian)\.(?:com|net)")
ROOTS = re.compile(
    r"/(?:\.well-known|api/(?:v1|internal)|oauth2|(?:governance|integrations|attack-protection)/api)(?:/|$)"
)
NO_OPERATION = "the SDK has no method for this endpoint"
TOKEN_REQUEST = "a request for a token, which the SDK makes by itself"
"""Sent by the SDK's OAuth client before the first call, with an assertion that is another one each time."""
_TOKEN_PATH = re.compile(r"/oauth2/(?:\w+/)?v1/token")


class Unliftable(Exception):
    """There is no SDK call for a request; ``str()`` is the reason, a short phrase used for counting."""


@dataclass(frozen=True)
class Route:
    """An endpoint, and the pattern that recognises its path."""

    endpoint: Endpoint

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Captures the path parameters in order, percent-encoded."""
        tokens = re.split(r"(\{\w+\})", self.endpoint.template.rstrip("/"))
        return re.compile("".join("([^/]+)" if token.startswith("{") else re.escape(token) for token in tokens))

    @cached_property
    def names(self) -> list[str]:
        """Names of the path parameters in order."""
        return re.findall(r"\{(\w+)\}", self.endpoint.template)

    @property
    def rank(self) -> tuple[int, int, int]:
        """Routes that ask for more, have fewer parameters and longer literals are tried first."""
        return -len(self.endpoint.fixed_query), len(self.names), -len(self.endpoint.template)

    def match(self, request: Request) -> re.Match[str] | None:
        """The path's match where this route takes the request."""
        if not set(self.endpoint.fixed_query) <= set(request.query):
            return None
        return self.pattern.fullmatch(request.path)


class Lifter:
    """Lifts the requests of one SDK version."""

    def __init__(self, target: str, surface: Surface) -> None:
        self._target = target
        self._routes: dict[str, list[Route]] = defaultdict(list)
        for route in sorted(map(Route, surface.endpoints.values()), key=lambda route: route.rank):
            self._routes[route.endpoint.method].append(route)

    def lift(self, request: Request) -> Call | str | None:
        """The call that causes ``request``; a reason where there is none; None if it is not Okta's."""
        request = canonical(request)
        if not self._is_ours(request):
            return None
        try:
            return self._lift(request)
        except Unliftable as reason:
            return str(reason)

    def _is_ours(self, request: Request) -> bool:
        """Organisations may have hosts of their own: there, the path must be one of Okta's."""
        if HOSTS.fullmatch(request.host):
            return True
        ours = ROOTS.match(request.path) or self._find(request) is not None
        return bool(ours) and not OTHERS.fullmatch(request.host)

    def _lift(self, request: Request) -> Call:
        found = self._find(request)
        if found is None:
            raise Unliftable(TOKEN_REQUEST if _TOKEN_PATH.fullmatch(request.path) else NO_OPERATION)
        route, match = found
        endpoint = route.endpoint
        arguments: dict[str, Json] = dict(zip(route.names, map(unquote, match.groups()), strict=True))
        extra = _query_arguments(endpoint, request, arguments)
        arguments |= _body(endpoint, request)
        lost = "body" not in arguments and endpoint.body is not None and endpoint.body.required
        return Call(self._target, endpoint.operation, endpoint.sdk_call, arguments, tuple(extra), lost_body=lost)

    def _find(self, request: Request) -> tuple[Route, re.Match[str]] | None:
        for route in self._routes.get(request.method, ()):
            if match := route.match(request):
                return route, match
        return None


def _query_arguments(endpoint: Endpoint, request: Request, arguments: dict[str, Any]) -> list[tuple[str, str]]:
    """Add query parameters to the arguments; returns those that the SDK cannot send."""
    extra: list[tuple[str, str]] = []
    for name, text in request.query:
        if (name, text) in endpoint.fixed_query:
            continue
        try:
            _add_argument(endpoint, arguments, name, text)
        except (KeyError, ValueError):
            extra.append((name, text))
    return extra


def _add_argument(endpoint: Endpoint, arguments: dict[str, Any], name: str, text: str) -> None:
    parameter = endpoint.by_name[name]
    if parameter.place != "query":
        raise KeyError(name)
    if parameter.repeated:
        arguments.setdefault(name, []).append(text)
    elif name in arguments:
        raise ValueError(name)  # the SDK sends it once
    else:
        arguments[name] = parameter.parse(text)


def _body(endpoint: Endpoint, request: Request) -> Mapping[str, Json]:
    if not request.body:
        return {}
    if (request.header("content-type") or "").startswith("multipart/"):
        raise Unliftable("an upload of a file: recordings do not hold its bytes")
    if request.json is None:
        raise Unliftable("the body is not JSON")
    return {"body": request.json}


def canonical(request: Request) -> Request:
    """``request`` with its path in the one spelling that Okta's others are redirected to, or taken for."""
    parts = urlsplit(request.uri)
    path = normal_path(parts.path)
    return request if path == parts.path else replace(request, uri=urlunsplit(parts._replace(path=path)))


def normal_path(path: str) -> str:
    """A path in its one spelling: without doubled slashes and the last one."""
    return re.sub(r"/{2,}", "/", path).rstrip("/") or "/"
