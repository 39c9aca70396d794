"""The twin as an ASGI application."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from conformance.twinkit.service import Reply, TwinRequest
from conformance.twinkit.twin import Answer, Twin, parse_query

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

JSON_TYPE = "application/json; charset=UTF-8"


class ConnectionCut(Exception):
    """Ends a connection in the middle of an answer."""


class TwinApp:
    """Serves a Twin. Requests are handled one at a time: a twin's state has one writer."""

    def __init__(self, twin: Twin) -> None:
        self.twin = twin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI entry point; only HTTP is served."""
        if scope["type"] != "http":
            return
        answer = self.twin.handle(read_request(scope, await read_body(receive)))
        await deliver(answer, send)


async def read_body(receive: Receive) -> bytes:
    """The whole request body."""
    chunks = []
    more = True
    while more:
        message = await receive()
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(chunks)


def read_request(scope: Scope, body: bytes) -> TwinRequest:
    """ASGI scope → request."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    raw_path = scope.get("raw_path") or scope["path"].encode()
    return TwinRequest(
        method=scope["method"],
        path=raw_path.partition(b"?")[0].decode("latin-1"),
        query=parse_query(scope["query_string"].decode("latin-1")),
        headers=headers,
        body=body,
        base_url=f"{scope['scheme']}://{headers.get('host', '')}",
    )


async def deliver(answer: Answer, send: Send) -> None:
    """Send an answer; a cut one promises more than it sends."""
    if answer.delay:
        await asyncio.sleep(answer.delay)
    start, body = encode_reply(answer.reply)
    await send(start)
    if answer.cut:
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        raise ConnectionCut
    await send({"type": "http.response.body", "body": body})


def encode_reply(reply: Reply) -> tuple[MutableMapping[str, Any], bytes]:
    """The ASGI start message and the body bytes."""
    body, content_type = _encode_body(reply.body)
    headers = reply.lines()
    if content_type:
        headers.setdefault("content-type", (content_type,))
    if reply.status == 204:
        headers.pop("content-type", None)
    else:
        headers["content-length"] = (str(len(body)),)
    lines = [(name.encode("latin-1"), line.encode("latin-1")) for name, said in headers.items() for line in said]
    return {"type": "http.response.start", "status": reply.status, "headers": lines}, body


def _encode_body(body: Any) -> tuple[bytes, str]:
    if body is None:
        return b"", ""
    if isinstance(body, bytes):
        return body, ""
    return json.dumps(body, ensure_ascii=False).encode(), JSON_TYPE
