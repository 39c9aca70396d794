"""When two requests are the same: method, path, query as a multiset, body as a value."""

from __future__ import annotations

import json
from collections.abc import Iterable
from urllib.parse import parse_qsl, unquote

from conformance.recordings.model import Request

RequestKey = tuple[str, str, tuple[tuple[str, str], ...], str]

_TRUTH = {"true", "false"}


def request_key(request: Request, always_added: Iterable[tuple[str, str]] = ()) -> RequestKey:
    """A hashable form of ``request``: equal for requests that mean the same.

    Percent-encoding, the order of parameters, the spelling of booleans (``True``, ``true``) and what the SDK
    adds to every request do not count; a missing body equals an empty one.
    """
    added = set(always_added)
    query = sorted((name, _plain(value)) for name, value in request.query if (name, value) not in added)
    return request.method.upper(), unquote(request.path), tuple(query), _body_key(request)


def _plain(value: str) -> str:
    lowered = value.lower()
    return lowered if lowered in _TRUTH else value


def _body_key(request: Request) -> str:
    if not request.body or request.body in (b"{}", b"null"):
        return ""
    content_type = request.header("content-type") or ""
    if "x-www-form-urlencoded" in content_type:
        return json.dumps(sorted(parse_qsl(request.body.decode("latin-1"), keep_blank_values=True)))
    if request.json is not None:
        return json.dumps(request.json, sort_keys=True)
    return _without_boundary(request.body, content_type)


def _without_boundary(body: bytes, content_type: str) -> str:
    """A multipart body with its random boundary taken out, line ends evened out."""
    boundary = content_type.partition("boundary=")[2].strip('"; ')
    text = body.decode("latin-1").replace("\r\n", "\n")  # loses no byte, whatever the encoding is
    return text.replace(boundary, "") if boundary else text
