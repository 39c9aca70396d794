"""``aiohttp`` under an SDK: every exchange is kept, answers end, and redirects lead nowhere unseen.

Only targets whose SDKs use ``aiohttp`` import this: it is none of the kit's own requirements.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp
import yarl

from conformance.programs.model import Exchange
from conformance.recordings.model import Request, Response, fold_headers
from conformance.worlds.bounded import MAX_BYTES, AnswerTooLong


class TracedSession:
    """A base for what an SDK takes for an ``aiohttp.ClientSession``. Make it within a running loop.

    ``exchanges`` is what went over the wire since ``forget``, redirects among it; ``failure`` is what the transport
    raised. ``within`` is asked for the URL of every redirect and raises where it must not be followed.
    """

    def __init__(self, within: Callable[[str], object]) -> None:
        self._within = within
        self._body = b""
        self._length = 0
        self.exchanges: list[Exchange] = []
        self.failure: BaseException | None = None
        self._session = aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(),  # as sessions that SDKs make, which last for one request
            trace_configs=[self._tracing()],
            trust_env=False,
        )

    def forget(self) -> None:
        """Forget the last call."""
        self.exchanges = []
        self.failure = None

    async def close(self) -> None:
        """Release connections."""
        await self._session.close()
        await asyncio.sleep(0)  # transports of answers that never ended close in the next round

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
        self._length = 0

    async def _sent(self, _: Any, __: Any, params: aiohttp.TraceRequestChunkSentParams) -> None:
        self._body += params.chunk

    async def _received(self, _: Any, __: Any, params: aiohttp.TraceResponseChunkReceivedParams) -> None:
        self._length += len(params.chunk)
        if self._length > MAX_BYTES:
            raise AnswerTooLong(f"the answer is longer than {MAX_BYTES} bytes")

    async def _redirected(self, _: Any, __: Any, params: aiohttp.TraceRequestRedirectParams) -> None:
        await self._keep(params.response, b"")
        self._within(str(params.response.url.join(yarl.URL(params.response.headers.get("location", "")))))

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
