"""From a recorded request to the SDK call that causes it.

What the SDK cannot say by itself is kept apart, so that reports can mark it: ``extra_query`` holds parameters that
the SDK does not know or whose value it refuses, ``sent_path`` a path spelled otherwise than the SDK spells it. A
call that lacks a parameter which the SDK requires has the SDK's own template as ``sent_path``: it marks that the
session must build the request around the SDK's check.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from conformance.programs.model import Call
from conformance.recordings.model import Json, Request
from targets.google.discovery import Api, Method
from targets.google.media import parse_upload

OVERRIDE = "x-http-method-override"
UPLOAD = re.compile(r"^/upload(?=/)")
SENT_BY_SDK = frozenset({"alt", "uploadType"})
"""Query parameters that the SDK sets by itself, by what is called."""


def logical(request: Request) -> Request:
    """The request that is meant: a GET with a long URI travels as POST with its query as a form."""
    method = request.header(OVERRIDE)
    if request.method != "POST" or not method:
        return request
    uri = request.uri
    body = request.body
    if (request.header("content-type") or "").startswith("application/x-www-form-urlencoded"):
        uri = f"{uri.partition('?')[0]}?{body.decode('ascii', 'replace')}"
        body = b""
    headers = {name: lines for name, lines in request.headers.items() if name != OVERRIDE}
    return Request(method.upper(), uri, headers, body)


class Unliftable(Exception):
    """There is no SDK call for a request; ``str()`` is the reason, a short phrase used for counting."""


@dataclass(frozen=True)
class Route:
    """A method, and the pattern that recognises its path in all spellings that still reach it."""

    method: Method

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Captures the path parameters, percent-encoded; takes doubled, trailing and misplaced slashes."""
        tokens = re.split(r"(\{\w+\}|/|:)", self.method.template)
        return re.compile("".join(map(_token_pattern, tokens)) + "/*")

    @property
    def rank(self) -> tuple[int, int]:
        """Routes with fewer parameters and longer literals are tried first."""
        return self.method.template.count("{"), -len(self.method.template)


def _token_pattern(token: str) -> str:
    if token.startswith("{"):
        return f"(?P<{token[1:-1]}>[^/]+)"
    return {"/": "/+", ":": "/*(?::|%3[Aa])"}.get(token) or re.escape(token)


class Lifter:
    """Lifts the requests of one API. ``hosts`` and ``roots`` (full matches) say which requests are this API's."""

    def __init__(self, target: str, api: Api, hosts: str, roots: str, root: str) -> None:
        self._target = target
        self._hosts = re.compile(hosts)
        self._roots = re.compile(roots)
        self._root = re.compile(rf"/+{root}(?:/|$)")
        self._routes: dict[str, list[Route]] = defaultdict(list)
        for route in sorted(map(Route, api.methods.values()), key=lambda route: route.rank):
            self._routes[route.method.http_method].append(route)

    def lift(self, request: Request) -> Call | str | None:
        """The call that causes ``request``; a reason where there is none; None if it is not this API's."""
        path = request.path
        if not self._hosts.fullmatch(request.host) or not self._roots.match(path):
            return None
        try:
            return self._lift(logical(request))
        except Unliftable as reason:
            return str(reason)

    def _lift(self, request: Request) -> Call:
        path, uploads = UPLOAD.subn("", request.path)
        if not self._root.match(path):
            raise Unliftable(_foreign_root(path))
        method, match = self._find(request.method, path)
        arguments, sent_path = _path_arguments(method, match)
        asked, extra = _query_arguments(method, request)
        arguments |= asked | (_upload(method, request) if uploads else _body(method, request))
        if sent_path is None and _lacks_required(method, arguments):
            sent_path = method.template
        return Call(self._target, method.operation, _sdk_call(method, request), arguments, tuple(extra), sent_path)

    def _find(self, http_method: str, path: str) -> tuple[Method, re.Match[str]]:
        for route in self._routes.get(http_method, ()):
            if match := route.pattern.fullmatch(path):
                return route.method, match
        raise Unliftable("no operation of this SDK has this method and path")


def _foreign_root(path: str) -> str:
    if "batch" in path.split("/"):
        return "a batch: several calls in one request"
    return "another version of the API"


def _path_arguments(method: Method, match: re.Match[str]) -> tuple[dict[str, Any], str | None]:
    """Path parameters as arguments, and the template that was sent where it is not the SDK's.

    A value that the parameter's type refuses stays in that template as it is.
    """
    arguments: dict[str, Any] = {}
    sent, end = "", 0
    for name in match.re.groupindex:
        text = unquote(match[name])
        sent += unquote(match.string[end : match.start(name)])
        end = match.end(name)
        try:
            arguments[name] = method.parameters[name].parse(text)
            sent += f"{{{name}}}"
        except ValueError:
            sent += match[name]
    sent += unquote(match.string[end:])
    return arguments, None if sent == method.template else sent


def _query_arguments(method: Method, request: Request) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Query parameters as arguments, and those that the SDK does not know or whose value it refuses."""
    arguments: dict[str, Any] = {}
    extra: list[tuple[str, str]] = []
    for name, text in request.query:
        if name in SENT_BY_SDK:
            continue
        try:
            _add_argument(method, arguments, name, text)
        except (KeyError, ValueError):
            extra.append((name, text))
    return arguments, extra


def _add_argument(method: Method, arguments: dict[str, Any], name: str, text: str) -> None:
    parameter = method.parameters[name]
    if parameter.location != "query" or not name.isidentifier():
        raise KeyError(name)
    value = parameter.parse(text)
    if parameter.repeated:
        arguments.setdefault(name, []).append(value)
    elif name in arguments:
        raise ValueError(name)  # the SDK sends it once
    else:
        arguments[name] = value


def _body(method: Method, request: Request) -> dict[str, Json]:
    if not request.body:
        return {}
    if not method.takes_body:
        raise Unliftable("a body where the SDK sends none")
    try:
        body = json.loads(request.body)
    except ValueError:
        raise Unliftable("the body is not JSON") from None
    if body is None:
        raise Unliftable("a body that the SDK cannot send")
    return {"body": body}


def _upload(method: Method, request: Request) -> dict[str, Json]:
    if not method.takes_media:
        raise Unliftable("no operation of this SDK has this method and path")
    if dict(request.query).get("uploadType") == "resumable":
        raise Unliftable("a resumable upload: one call that spans several exchanges")
    try:
        metadata, media = parse_upload(request)
    except ValueError:
        raise Unliftable("the body of the upload was not recorded, or cannot be read") from None
    return {"media_body": media} | ({} if metadata is None else {"body": metadata})


def _lacks_required(method: Method, arguments: Mapping[str, Any]) -> bool:
    return any(p.required and p.location == "query" and p.name not in arguments for p in method.parameters.values())


def _sdk_call(method: Method, request: Request) -> str:
    alt = dict(request.query).get("alt", "json")
    if alt == "media" and method.gives_media:
        return f"{method.sdk_call}_media"
    if alt != "json":
        raise Unliftable("a data format that the SDK does not ask for")
    return method.sdk_call


def canonical(request: Request) -> Request:
    """``request`` with the two parts of an upload spelled in one way; any other as it is."""
    if not UPLOAD.match(request.path):
        return request
    body = json.dumps(canonical_body(request), sort_keys=True, default=repr).encode()
    return replace(request, headers={"content-type": ("application/json",)}, body=body)


def canonical_body(request: Request) -> Json:
    """The body of ``request`` as JSON; the two parts of an upload without their boundary."""
    if not UPLOAD.match(request.path):
        return request.json
    try:
        metadata, media = parse_upload(request)
    except ValueError:
        return request.json
    return {"metadata": metadata, "media": media}
