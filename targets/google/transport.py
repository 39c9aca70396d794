"""The HTTP client under the SDK: adds the token, keeps every exchange, stays on one host, never waits for ever."""

from __future__ import annotations

import http.client
import time
from typing import Any

import httplib2

from conformance.errors import ForeignHost
from conformance.programs.model import Exchange
from conformance.recordings.model import Headers, Request, Response, fold_headers
from targets.google.lifting import logical

MAX_BODY = 64 * 1024 * 1024
"""Longest answer that is read, in bytes."""


class BodyTooLong(http.client.HTTPException):
    """An answer that is longer than MAX_BODY."""


class _Response(http.client.HTTPResponse):
    """An answer whose body is bounded in size and in time: a server may also send without end, or a byte a minute."""

    limit = 0.0

    def read(self, amt: int | None = None) -> bytes:
        """The body; ``amt`` as in the base class.

        Raises:
            BodyTooLong: it is longer than MAX_BODY.
            TimeoutError: it did not end within the connection's timeout.
            http.client.IncompleteRead: the connection broke before the end.
        """
        if amt is not None or self.fp is None:
            return super().read(amt)
        try:
            return self._whole()
        finally:
            self.close()

    def _whole(self) -> bytes:
        pieces = [self._piece()]
        size = len(pieces[0])
        while self.fp is not None and pieces[-1]:
            pieces.append(self._piece())
            size += len(pieces[-1])
            if size > MAX_BODY:
                raise BodyTooLong(f"the answer is longer than {MAX_BODY} bytes")
            if time.monotonic() > self.limit:
                raise TimeoutError("timed out")
        if self.length:
            raise http.client.IncompleteRead(b"".join(pieces), self.length)
        return b"".join(pieces)

    def _piece(self) -> bytes:
        piece = self.read1(1 << 20)
        if self.length == 0:
            self._close_conn()  # type: ignore[attr-defined]  # read1 leaves it to the next read, which we spare
        return piece


class _Connection(httplib2.HTTPConnectionWithTimeout):  # type: ignore[misc]  # httplib2 has no types
    response_class = _Response

    def getresponse(self) -> Any:
        self.answer = super().getresponse()
        self.answer.limit = time.monotonic() + self.timeout
        return self.answer


class _SecureConnection(httplib2.HTTPSConnectionWithTimeout):  # type: ignore[misc]  # httplib2 has no types
    response_class = _Response
    getresponse = _Connection.getresponse


class Transport(httplib2.Http):  # type: ignore[misc]  # httplib2 has no types
    """An ``httplib2.Http`` for one origin. ``exchanges`` is what went over the wire since it was last emptied.

    Proxies of the environment are not used. ``timeout`` (seconds) bounds connecting, every wait, and a whole body.
    """

    def __init__(self, base_url: str, credentials: str | None, timeout: float) -> None:
        super().__init__(timeout=timeout, proxy_info=None)
        self.redirect_codes: frozenset[int] = httplib2.REDIRECT_CODES - {308}  # answers a chunk of an upload
        self.exchanges: list[Exchange] = []
        scheme, _, rest = base_url.partition("://")
        self._origin = f"{scheme}://{rest.partition('/')[0]}"
        self._inside = (f"{self._origin}/", f"{self._origin}?")
        self._connection = _SecureConnection if scheme == "https" else _Connection
        self._token = {"authorization": f"Bearer {credentials}"} if credentials is not None else {}

    def request(
        self, uri: str, method: str = "GET", body: Any = None, headers: Any = None, *rest: Any, **more: Any
    ) -> Any:
        """As in the base class, with the token.

        Raises:
            ForeignHost: ``uri`` leads elsewhere (a redirect, an upload location of the vendor); nothing was sent.
        """
        if not uri.startswith(self._inside):
            raise ForeignHost(f"The call would have left {self._origin} for {uri[:200]}; nothing was sent.")
        more["connection_type"] = self._connection
        return super().request(uri, method, body, {**(headers or {}), **self._token}, *rest, **more)

    def _conn_request(self, conn: Any, request_uri: str, method: str, body: Any, headers: Any) -> Any:
        """One exchange; redirects and retries come through here one by one."""
        response, content = super()._conn_request(conn, request_uri, method, body, headers)
        self.exchanges.append(
            Exchange(
                self._sent(request_uri, method, body, headers),
                Response(
                    response.status,
                    response.reason,
                    fold_headers(conn.answer.headers.items()),
                    content,
                ),
            )
        )
        return response, content

    def _sent(self, request_uri: str, method: str, body: Any, headers: Any) -> Request:
        """The request that is meant; a form as content type tells of one that travelled as another."""
        lines = {name.lower(): (str(line),) for name, line in headers.items()}
        request = Request(method, self._origin + request_uri, lines, _bytes(body, lines))
        return logical(request) if method == "POST" else request


def _bytes(body: Any, headers: Headers) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    return body if isinstance(body, bytes) else _chunk(body, headers)


def _chunk(body: Any, headers: Headers) -> bytes:
    """What was just sent of the stream of a resumable upload, which may be wrapped in a slice."""
    stream = getattr(body, "_stream", body)
    length = int(headers["content-length"][0])
    stream.seek(stream.tell() - length)
    chunk: bytes = stream.read(length)
    return chunk
