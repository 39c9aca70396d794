"""Calls of the Okta twin without a server in between."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

from conformance.twinkit.service import Reply, TwinRequest
from conformance.twinkit.twin import Twin
from targets.okta.twin.service import service

BASE = "https://twin.example"


def okta() -> Twin:
    """A new twin."""
    return Twin([service()])


def call(twin: Twin, operation: str, body: Any = None) -> Reply:
    """The answer to ``METHOD /path?query`` with a JSON body."""
    method, _, target = operation.partition(" ")
    path, _, query = target.partition("?")
    content = b"" if body is None else json.dumps(body).encode()
    headers = {"authorization": "SSWS conformance", "content-type": "application/json"}
    return twin.handle(TwinRequest(method, path, {}, parse_qs(query), headers, content, BASE)).reply


def ok(twin: Twin, operation: str, body: Any = None) -> Any:
    """The body of an answer that must be a success."""
    reply = call(twin, operation, body)
    assert 200 <= reply.status < 300, reply
    return reply.body


def seed(twin: Twin, kind: str, id_: str, resource: Any = None, of: tuple[str, ...] = ()) -> None:
    """Put in what was there before."""
    fact = {"kind": kind, "id": id_, "of": list(of), "resource": resource, "after": []}
    reply = call(twin, "POST /_twin/seed", {"okta": [fact]})
    assert reply.status == 200, reply
