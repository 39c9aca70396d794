"""The HTTP session under ``AsyncWebClient``: keeps every exchange, stays at one origin, never waits for ever."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import aiohttp

from conformance.programs.model import Exchange
from conformance.recordings.model import Request, Response, fold_headers
from conformance.worlds.bounded import MAX_BYTES, AnswerTooLong
from targets.slack.amendment import Amendment, Borders, Outgoing


class NonblockingWire:
    """What the SDK takes for an ``aiohttp.ClientSession``. Make it within a running loop.

    ``exchanges`` is what went over the wire since ``expect``. ``timeout`` (seconds) bounds a whole call.
    """

    closed = False

    def __init__(self, borders: Borders, timeout: float) -> None:
        self._borders = borders
        self._timeout = timeout
        self._amendment = Amendment()
        self._limit = 0.0
        self._body = b""
        self._length = 0
        self.exchanges: list[Exchange] = []
        self.failure: BaseException | None = None
        self._session = aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(),  # as the sessions that the SDK makes, which last for one request
            trace_configs=[self._tracing()],
            trust_env=False,
        )

    def expect(self, amendment: Amendment) -> None:
        """Forget the last call; the requests of the next one are to be amended so."""
        self._amendment = amendment
        self._limit = time.monotonic() + self._timeout
        self.exchanges = []
        self.failure = None

    def request(self, method: str, url: str, **more: Any) -> Any:
        """As of ``aiohttp.ClientSession``, with the request put right.

        Raises:
            ForeignHost: it is for another origin; nothing was sent.
        """
        try:
            url = self._borders.within(url)
        except Exception as error:
            self.failure = error
            raise
        if self._amendment:
            method, url = self._amend(method, url, more)
        self._length = 0
        left = max(self._limit - time.monotonic(), 0.001)
        return self._session.request(method, url, timeout=aiohttp.ClientTimeout(total=left), **more)

    async def close(self) -> None:
        """Release connections."""
        self.closed = True
        await self._session.close()
        await asyncio.sleep(0)  # transports of answers that never ended close in the next round

    def _amend(self, method: str, url: str, more: dict[str, Any]) -> tuple[str, str]:
        """Change the request in ``more``; returns its method and URL."""
        right = self._amendment.apply(Outgoing(method, url, more.get("headers") or {}, b""), self._borders.base_url)
        more["headers"] = dict(right.headers)
        if self._amendment.spelling:
            for name in ("params", "json", "data"):
                more.pop(name, None)
            more["data"] = right.body
        return right.method, right.url

    def _tracing(self) -> aiohttp.TraceConfig:
        tracing = aiohttp.TraceConfig()
        tracing.on_request_start.append(self._started)
        tracing.on_request_chunk_sent.append(self._sent)
        tracing.on_response_chunk_received.append(self._received)
        tracing.on_request_redirect.append(self._redirected)
        tracing.on_request_end.append(self._ended)
        tracing.on_request_exception.append(self._failed)
        return tracing

    async def _started(self, *_: Any) -> None:
        self._body = b""

    async def _sent(self, _: Any, __: Any, params: aiohttp.TraceRequestChunkSentParams) -> None:
        self._body += params.chunk

    async def _received(self, _: Any, __: Any, params: aiohttp.TraceResponseChunkReceivedParams) -> None:
        self._length += len(params.chunk)
        if self._length > MAX_BYTES:
            raise AnswerTooLong(f"the answer is longer than {MAX_BYTES} bytes")

    async def _redirected(self, _: Any, __: Any, params: aiohttp.TraceRequestRedirectParams) -> None:
        await self._keep(params.response, b"")
        self._borders.within(str(params.response.url.join(_location(params.response))))

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


def _location(response: aiohttp.ClientResponse) -> Any:
    import yarl

    return yarl.URL(response.headers.get("location", ""))
