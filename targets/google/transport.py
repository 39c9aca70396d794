"""The HTTP client under the SDK: adds the token, keeps every exchange, stays on one host, never waits for ever."""

from __future__ import annotations

from typing import Any

import httplib2

from conformance.errors import ForeignHost
from conformance.programs.model import Exchange
from conformance.recordings.model import Headers, Request, Response, fold_headers
from conformance.worlds.bounded import bounded
from targets.google.lifting import logical


class _Connection(httplib2.HTTPConnectionWithTimeout):  # type: ignore[misc]  # httplib2 has no types
    """Its answers end, and the last one is kept: httplib2 folds repeated headers into one."""

    def __init__(self, *rest: Any, **more: Any) -> None:
        super().__init__(*rest, **more)
        bounded(self, self.timeout)

    def getresponse(self) -> Any:
        self.answer = super().getresponse()
        return self.answer


class _SecureConnection(httplib2.HTTPSConnectionWithTimeout):  # type: ignore[misc]  # httplib2 has no types
    def __init__(self, *rest: Any, **more: Any) -> None:
        super().__init__(*rest, **more)
        bounded(self, self.timeout)

    getresponse = _Connection.getresponse


class Transport(httplib2.Http):  # type: ignore[misc]  # httplib2 has no types
    """An ``httplib2.Http`` for one origin. ``exchanges`` is what went over the wire since it was last emptied.

    Proxies of the environment are not used. ``timeout`` (seconds) bounds connecting and every whole answer.
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
