"""Long queries: a GET whose address would be too long travels as a POST with the query in its body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

from conformance.twinkit.service import Handler, Reply, TwinRequest

HEADER = "x-http-method-override"


def with_overrides(routes: Mapping[str, Handler], otherwise: Handler) -> dict[str, Handler]:
    """``routes``, and for every GET that has no POST beside it a POST that the header turns into that GET.

    Args:
        routes: Handlers by operation.
        otherwise: Answers such a POST when the header is missing.
    """
    overridden = {
        operation.replace("GET", "POST", 1): _overridden(handler, otherwise)
        for operation, handler in routes.items()
        if operation.startswith("GET ")
    }
    return {**overridden, **routes}


def _overridden(handler: Handler, otherwise: Handler) -> Handler:
    def handle(state: Any, request: TwinRequest) -> Reply:
        if request.headers.get(HEADER, "").upper() != "GET":
            return otherwise(state, request)
        query = {**request.query, **parse_qs(request.body.decode(), keep_blank_values=True)}
        return handler(state, replace(request, method="GET", query=query, body=b""))

    return handle
