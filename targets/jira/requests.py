"""When two requests to Jira mean the same, beyond what holds for HTTP: one spelling for all of them.

A site may have a context path (``/jira/rest/api/2/…``); ``latest`` is version 2; lists are joined by commas or sent
one by one; what equals the service's default may be left out; an empty member of a body says nothing; and a
transition's id is a number for this SDK and a string for others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from conformance.recordings.model import Json, Request

_ROOT = re.compile(
    r"^(?!.*/wiki/).*?"
    r"(/rest/(?:api/(?:2|3|latest)|agile|auth|applinks|greenhopper|servicedeskapi|internal|issueNav|dev-status)/.*)$"
)
_LATEST = re.compile(r"/rest/(api|auth)/latest(?=/|$)")
_VERSIONS = {"api": "2", "auth": "1"}
_LISTS = frozenset({"fields", "expand", "properties", "permissions", "projectKeys", "projectIds", "issuetypeIds"})

_PAGED = {"startAt": "0", "maxResults": "50"}
_DEFAULTS: tuple[tuple[re.Pattern[str], Mapping[str, str]], ...] = (
    (re.compile(r"/rest/api/\w+/search$"), _PAGED | {"validateQuery": "true", "fields": "*navigable"}),
    (re.compile(r"/search/jql$"), {"maxResults": "50", "fields": "id"}),
    (re.compile(r"/issue/[^/]+$"), {"deleteSubtasks": "false", "fields": "*all", "notifyUsers": "true"}),
    (
        re.compile(r"/users?(?:/\w+)*/search$"),
        _PAGED | {"includeActive": "true", "includeInactive": "false"},
    ),
    (re.compile(r"/rest/agile/1\.0/.*(?:board|sprint|issue|epic)$"), _PAGED),
    (re.compile(r"/project/search$|/dashboard$|/comment$"), _PAGED),
    (re.compile(r"/issue/createmeta/.*$"), _PAGED),
)
"""What the service takes where a parameter is left out, by path."""


def root_relative(path: str) -> str:
    """The path without the site's context path; the path itself where it is not the REST API's."""
    found = _ROOT.match(path)
    return found[1] if found else path


def is_rest(path: str) -> bool:
    """Whether a path is one of the REST API's."""
    return _ROOT.match(path) is not None


def defaults_for(path: str) -> Mapping[str, str]:
    """What the service takes for parameters that are left out."""
    return next((values for pattern, values in _DEFAULTS if pattern.search(path)), {})


def canonical(request: Request) -> Request:
    """``request`` in the one spelling."""
    if not is_rest(request.path):
        return request
    parts = urlsplit(request.uri)
    path = _LATEST.sub(_numbered, root_relative(parts.path)).rstrip("/")
    query = _query(parse_qsl(parts.query, keep_blank_values=True), defaults_for(path))
    body = _body(path, request)
    if (path, query, body) == (parts.path, parts.query, request.body):
        return request
    return replace(request, uri=urlunsplit(parts._replace(path=path, query=query)), body=body)


def _numbered(latest: re.Match[str]) -> str:
    return f"/rest/{latest[1]}/{_VERSIONS[latest[1]]}"


def _query(pairs: Iterable[tuple[str, str]], defaults: Mapping[str, str]) -> str:
    joined: dict[str, str] = {}
    others: list[tuple[str, str]] = []
    for name, value in pairs:
        if name in _LISTS:
            joined[name] = f"{joined[name]},{value}" if name in joined else value
        else:
            others.append((name, value))
    meant = [*joined.items(), *others]
    return urlencode([(name, value) for name, value in meant if not _says_default(defaults, name, value)])


def _says_default(defaults: Mapping[str, str], name: str, value: str) -> bool:
    return defaults.get(name) in (value, value.lower())


def _body(path: str, request: Request) -> bytes:
    body = request.json
    if not isinstance(body, dict):
        return request.body
    defaults = defaults_for(path) if "/search" in path else {}
    said = {name: value for name, value in body.items() if not _says_nothing(name, value, defaults)}
    if path.endswith("/transitions") and isinstance(said.get("transition"), dict):
        transition = said["transition"]
        said["transition"] = transition | ({"id": str(transition["id"])} if "id" in transition else {})
    return request.body if said == body else json.dumps(said).encode()


def _says_nothing(name: str, value: Json, defaults: Mapping[str, str]) -> bool:
    if value in ({}, [], None) and not isinstance(value, bool):
        return name in ("fields", "update", "properties", "expand", "reconcileIssues", "comment")
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return _says_default(defaults, name, text)
