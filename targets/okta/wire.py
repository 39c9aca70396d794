"""The HTTP session under the SDK: keeps every exchange, stays on one host, and sends what the call means.

The SDK hands each request that it has built to an ``aiohttp`` session; it takes any object that has ``request``. What
it built is compared with what the call means. The models of the SDK drop and rename members that the real service
takes: then the request is put right before it leaves, and ``altered`` says what was not as it should be.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import aiohttp

from conformance.errors import ForeignHost
from conformance.recordings.model import Json, Request
from conformance.worlds.canonical import request_key
from conformance.worlds.traced import TracedSession
from targets.okta.lifting import canonical


@dataclass(frozen=True)
class Intention:
    """The request that a call means. ``extra`` are query parameters that the SDK does not know."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    extra: tuple[tuple[str, str], ...] = ()
    body: Json = None

    @property
    def target(self) -> str:
        """Path and query as they go out."""
        pairs = (*self.query, *self.extra)
        return self.path + (f"?{urlencode(pairs)}" if pairs else "")

    @property
    def payload(self) -> bytes:
        """The body as it goes out."""
        return b"" if self.body is None else json.dumps(self.body).encode()


class Wire(TracedSession):
    """What the SDK takes for an ``aiohttp.ClientSession``. ``base_url`` has no trailing slash."""

    def __init__(self, base_url: str) -> None:
        super().__init__(self._within_origin)
        self._base_url = base_url
        parts = urlsplit(base_url)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._intention: Intention | None = None
        self.altered = ""

    def expect(self, intention: Intention | None) -> None:
        """Forget the last call; the next request is to be this one (None: whatever the SDK builds)."""
        self.forget()
        self._intention = intention
        self.altered = ""

    def request(self, method: str, url: str, **more: Any) -> Any:
        """As of ``aiohttp.ClientSession``, with the request put right."""
        intention, self._intention = self._intention, None
        if intention is not None:
            url = self._put_right(intention, url, more)
        return self._session.request(method, url, **more)

    def _put_right(self, intention: Intention, url: str, more: dict[str, Any]) -> str:
        built = Request("", url, {}, _bytes(more.get("data")))
        meant = Request("", self._base_url + intention.path + _query(intention.query), {}, intention.payload)
        if not isinstance(more.get("data"), aiohttp.FormData) and not _same_body(built, meant):
            self.altered = _difference(built.json, meant.json)
            _set_body(more, meant.body)
        if intention.extra or request_key(canonical(built))[:3] != request_key(canonical(meant))[:3]:
            return self._base_url + intention.target
        return url

    def _within_origin(self, url: str) -> None:
        if not url.startswith((f"{self._origin}/", f"{self._origin}?")):
            raise ForeignHost(f"The call would have left {self._origin} for {url[:200]}; nothing was sent.")


def _query(pairs: tuple[tuple[str, str], ...]) -> str:
    return f"?{urlencode(pairs)}" if pairs else ""


def _bytes(data: Any) -> bytes:
    if isinstance(data, str):
        return data.encode()
    return data if isinstance(data, bytes) else b""


def _same_body(built: Request, meant: Request) -> bool:
    return request_key(built)[3] == request_key(meant)[3]


def _set_body(more: dict[str, Any], body: bytes) -> None:
    headers: Mapping[str, str] = more.get("headers") or {}
    kept = {name: value for name, value in headers.items() if name.lower() != "content-type"}
    more.pop("data", None)
    more["headers"] = kept
    if body:
        more["data"] = body
        more["headers"] = {**kept, "Content-Type": "application/json"}


def _difference(built: Json, meant: Json, path: str = "body") -> str:
    """Where the SDK's body first differs from the one that was meant, in a few words without values."""
    if isinstance(built, dict) and isinstance(meant, dict):
        for name in meant:
            if name not in built:
                return f"leaves out {path}.{name}"
            if built[name] != meant[name]:
                return _difference(built[name], meant[name], f"{path}.{name}")
        added = next((name for name in built if name not in meant), "")
        return f"adds {path}.{added}"
    if isinstance(built, list) and isinstance(meant, list) and len(built) == len(meant):
        pairs = ((one, other) for one, other in zip(built, meant, strict=True) if one != other)
        one, other = next(pairs, (None, None))
        return _difference(one, other, f"{path}[]")
    return f"leaves out {path}" if built is None else f"changes {path}"
