"""Calls of the Jira twin without a server in between."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import parse_qs

from conformance.twinkit.service import Reply, TwinRequest
from conformance.twinkit.twin import Twin
from targets.jira.twin.service import service

BASE = "https://twin.example"
API = f"{BASE}/rest/api/2"
BEARER = "Bearer conformance"


def jira() -> Twin:
    """A new twin: a Cloud site with one empty project."""
    return Twin([service()])


def server(**more: Any) -> Twin:
    """A twin that is a server, with a project."""
    twin = jira()
    seed(twin, "site", "", {"deployment": "server", "version": "2", "path": "", **more})
    seed(twin, "project", "10000", {"self": f"{API}/project/10000", "id": "10000", "key": "TEST", "name": "Test"})
    return twin


def basic(password: str) -> str:
    """Credentials of a user with that password."""
    return "Basic " + base64.b64encode(f"ann:{password}".encode()).decode()


def call(
    twin: Twin, operation: str, body: Any = None, credentials: str = BEARER, headers: dict[str, str] | None = None
) -> Reply:
    """The answer to ``METHOD path?query``; a path without ``/rest/`` is one of version 2."""
    method, _, target = operation.partition(" ")
    path, _, query = target.partition("?")
    path = path if path.startswith("/") else f"/rest/api/2/{path}"
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    sent = {"authorization": credentials, **(headers or {})} if credentials else dict(headers or {})
    return twin.handle(TwinRequest(method, path, {}, parse_qs(query), sent, content, BASE)).reply


def ok(twin: Twin, operation: str, body: Any = None) -> Any:
    """The body of an answer that must be a success."""
    reply = call(twin, operation, body)
    assert 200 <= reply.status < 300, reply
    return reply.body


def seed(twin: Twin, kind: str, id_: str, resource: Any = None, of: tuple[str, ...] = ()) -> None:
    """Put in what was there before."""
    fact = {"kind": kind, "id": id_, "of": list(of), "resource": resource or {}, "after": []}
    reply = call(twin, "POST /_twin/seed", {"jira": [fact]})
    assert reply.status == 200, reply


def issue(twin: Twin, **fields: Any) -> Any:
    """Id, key and link of a new issue."""
    known = {"project": {"key": "TEST"}, "issuetype": {"name": "Task"}, "summary": "One thing"}
    return ok(twin, "POST issue", {"fields": known | fields})


def fields_of(twin: Twin, name: str, query: str = "") -> Any:
    """The fields of an issue."""
    return ok(twin, f"GET issue/{name}{query}")["fields"]


def document(text: str) -> Any:
    """A document with one paragraph."""
    return {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}],
    }
