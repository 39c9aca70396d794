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
from conformance.programs.model import Exchange
from conformance.recordings.model import Json, Request, Response, fold_headers
from conformance.worlds.canonical import request_key
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


class Wire:
    """What the SDK takes for an ``aiohttp.ClientSession``. Make it within a running loop.

    ``base_url`` has no trailing slash. ``exchanges`` is what went over the wire since ``expect``.
    """

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        parts = urlsplit(base_url)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._session = aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(),  # as the SDK's own sessions, which last for one request
            trace_configs=[self._tracing()],
            trust_env=False,
        )
        self._intention: Intention | None = None
        self.exchanges: list[Exchange] = []
        self.failure: BaseException | None = None
        self.altered = ""
        self._body = b""

    def expect(self, intention: Intention | None) -> None:
        """Forget the last call; the next request is to be this one (None: whatever the SDK builds)."""
        self._intention = intention
        self.exchanges = []
        self.failure = None
        self.altered = ""

    def request(self, method: str, url: str, **more: Any) -> Any:
        """As of ``aiohttp.ClientSession``, with the request put right."""
        intention, self._intention = self._intention, None
        if intention is not None:
            url = self._put_right(intention, url, more)
        self._body = _bytes(more.get("data"))
        return self._session.request(method, url, **more)

    async def close(self) -> None:
        """Release connections."""
        await self._session.close()

    def _put_right(self, intention: Intention, url: str, more: dict[str, Any]) -> str:
        built = Request("", url, {}, _bytes(more.get("data")))
        meant = Request("", self._base_url + intention.path + _query(intention.query), {}, intention.payload)
        if not isinstance(more.get("data"), aiohttp.FormData) and not _same_body(built, meant):
            self.altered = _difference(built.json, meant.json)
            _set_body(more, meant.body)
        if intention.extra or request_key(canonical(built))[:3] != request_key(canonical(meant))[:3]:
            return self._base_url + intention.target
        return url

    def _tracing(self) -> aiohttp.TraceConfig:
        tracing = aiohttp.TraceConfig()
        tracing.on_request_redirect.append(self._redirected)
        tracing.on_request_end.append(self._ended)
        tracing.on_request_exception.append(self._failed)
        return tracing

    async def _redirected(self, _: Any, __: Any, params: aiohttp.TraceRequestRedirectParams) -> None:
        await self._keep(params.response, b"")
        location = str(params.response.url.join(_url(params.response.headers.get("location", ""))))
        if not location.startswith((f"{self._origin}/", f"{self._origin}?")):
            raise ForeignHost(f"The call would have left {self._origin} for {location[:200]}; nothing was sent.")

    async def _ended(self, _: Any, __: Any, params: aiohttp.TraceRequestEndParams) -> None:
        await self._keep(params.response, await params.response.read())

    async def _failed(self, _: Any, __: Any, params: aiohttp.TraceRequestExceptionParams) -> None:
        self.failure = params.exception

    async def _keep(self, response: aiohttp.ClientResponse, body: bytes) -> None:
        sent = response.request_info
        self.exchanges.append(
            Exchange(
                Request(sent.method, str(sent.real_url), fold_headers(iter(sent.headers.items())), self._body),
                Response(response.status, response.reason or "", fold_headers(iter(response.headers.items())), body),
            )
        )


def _url(text: str) -> Any:
    import yarl

    return yarl.URL(text)


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
