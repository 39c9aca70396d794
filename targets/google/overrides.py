"""Long queries: a GET whose address would be too long travels as a POST with the query in its body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

from conformance.twinkit.service import Handler, Reply, TwinRequest

HEADER = "x-http-method-override"


def with_overrides(routes: Mapping[str, Handler], otherwise: Handler) -> dict[str, Handler]:
    """``routes``, and for every GET a POST that the header turns into that GET.

    Args:
        routes: Handlers by operation.
        otherwise: Answers such a POST when the header is missing and ``routes`` have no handler for it.
    """
    posts = {name: name.replace("GET", "POST", 1) for name in routes if name.startswith("GET ")}
    overridden = {post: _overridden(routes[get], routes.get(post, otherwise)) for get, post in posts.items()}
    return {**routes, **overridden}


def _overridden(handler: Handler, otherwise: Handler) -> Handler:
    def handle(state: Any, request: TwinRequest) -> Reply:
        if request.headers.get(HEADER, "").upper() != "GET":
            return otherwise(state, request)
        query = {**request.query, **parse_qs(request.body.decode(), keep_blank_values=True)}
        return handler(state, replace(request, method="GET", query=query, body=b""))

    return handle
