"""The HTTP session under ``AsyncWebClient``: keeps every exchange, stays at one origin, never waits for ever."""

from __future__ import annotations

import time
from typing import Any

import aiohttp

from conformance.worlds.traced import TracedSession
from targets.slack.amendment import Amendment, Borders, Outgoing


class NonblockingWire(TracedSession):
    """What the SDK takes for an ``aiohttp.ClientSession``. ``timeout`` (seconds) bounds a whole call."""

    closed = False

    def __init__(self, borders: Borders, timeout: float) -> None:
        super().__init__(borders.within)
        self._borders = borders
        self._timeout = timeout
        self._amendment = Amendment()
        self._limit = 0.0

    def expect(self, amendment: Amendment) -> None:
        """Forget the last call; the requests of the next one are to be amended so."""
        self.forget()
        self._amendment = amendment
        self._limit = time.monotonic() + self._timeout

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
        left = max(self._limit - time.monotonic(), 0.001)
        return self._session.request(method, url, timeout=aiohttp.ClientTimeout(total=left), **more)

    async def close(self) -> None:
        """Release connections."""
        self.closed = True
        await super().close()

    def _amend(self, method: str, url: str, more: dict[str, Any]) -> tuple[str, str]:
        """Change the request in ``more``; returns its method and URL."""
        right = self._amendment.apply(Outgoing(method, url, more.get("headers") or {}, b""), self._borders.base_url)
        more["headers"] = dict(right.headers)
        if self._amendment.spelling:
            for name in ("params", "json", "data"):
                more.pop(name, None)
            more["data"] = right.body
        return right.method, right.url
