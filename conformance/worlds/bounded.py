"""HTTP connections whose answers end: bounded in size and in time, whatever the server sends.

The standard library's time-out is one for each wait. A server that sends a byte now and then, headers without end or
a body without end never meets it.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import io
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

MAX_BYTES = 64 * 1024 * 1024
"""Longest answer that is read, in bytes, headers included."""

FAILURES = (OSError, http.client.HTTPException, UnicodeError)
"""What ``Connection.ask`` raises; UnicodeError is for a host that cannot be a name."""


class AnswerTooLong(http.client.HTTPException):
    """An answer that is longer than MAX_BYTES."""


class _Bounded(io.RawIOBase):
    """A socket's bytes, until ``seconds`` have passed or MAX_BYTES have come."""

    def __init__(self, raw: io.RawIOBase, seconds: float) -> None:
        self._raw = raw
        self._limit = time.monotonic() + seconds
        self._left = MAX_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        """As in the base class.

        Raises:
            TimeoutError: the answer did not end in time; at the latest after twice the time.
            AnswerTooLong: it is too long.
        """
        if time.monotonic() > self._limit:
            raise TimeoutError("timed out")
        if self._left <= 0:
            raise AnswerTooLong(f"the answer is longer than {MAX_BYTES} bytes")
        count = self._raw.readinto(buffer)
        self._left -= count or 0
        return count

    def close(self) -> None:
        """Close the socket's side too."""
        self._raw.close()
        super().close()


class BoundedResponse(http.client.HTTPResponse):
    """An answer that ends. ``seconds`` bounds it from the status line to the last byte."""

    def __init__(self, sock: Any, *rest: Any, seconds: float, **more: Any) -> None:
        super().__init__(sock, *rest, **more)
        self.fp: Any = io.BufferedReader(_Bounded(self.fp.detach(), seconds))

    def read(self, amt: int | None = None) -> bytes:
        """The body, piece by piece, so that a length that is a lie costs no memory; ``amt`` as in the base class.

        Raises:
            TimeoutError: it did not end in time.
            AnswerTooLong: it is longer than MAX_BYTES.
            http.client.IncompleteRead: the connection broke before the end.
        """
        if amt is not None or self.fp is None:
            return super().read(amt)
        try:
            return b"".join(self._pieces())
        finally:
            self.close()

    def _pieces(self) -> Iterator[bytes]:
        while piece := self._piece():
            yield piece
            if self.fp is None:
                break
        if self.length:
            raise http.client.IncompleteRead(b"", self.length)

    def _piece(self) -> bytes:
        piece = self.read1(1 << 20)
        if self.length == 0 and self.fp is not None:
            self._close_conn()  # type: ignore[attr-defined]  # before 3.13, read1 leaves it to the next read
        return piece


def bounded(connection: http.client.HTTPConnection, seconds: float) -> None:
    """Make every answer of ``connection`` a BoundedResponse."""
    connection.response_class = functools.partial(BoundedResponse, seconds=seconds)  # type: ignore[assignment]


class Connection:
    """A kept connection to one server; ``timeout`` (seconds) bounds connecting, and every whole answer."""

    def __init__(self, base_url: str, timeout: float) -> None:
        parts = urlsplit(base_url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._prefix = parts.path.rstrip("/")
        self._connection = kind(parts.hostname or "", parts.port, timeout=timeout)
        bounded(self._connection, timeout)

    def ask(self, method: str, path: str, body: bytes | None = None, limit: int | None = None) -> tuple[int, bytes]:
        """Status and body of the answer; of the body at most ``limit`` bytes.

        A request that meets a kept connection which the server has closed meanwhile is sent again.

        Raises:
            FAILURES: there is no whole answer.
        """
        kept = self._connection.sock is not None
        try:
            return self._exchange(method, path, body, limit)
        except (ConnectionError, http.client.RemoteDisconnected):
            self.close()
            if not kept:
                raise
            return self._exchange(method, path, body, limit)
        except FAILURES:
            self.close()
            raise

    def _exchange(self, method: str, path: str, body: bytes | None, limit: int | None) -> tuple[int, bytes]:
        headers = {"content-type": "application/json"} if body is not None else {}
        self._connection.request(method, self._prefix + path, body, headers)
        with self._connection.getresponse() as response:
            if limit is None:
                return response.status, response.read()
            start = response.read1(limit)
        self.close()  # the rest was not read
        return response.status, start

    def close(self) -> None:
        """Release the connection; the next request makes a new one."""
        with contextlib.suppress(OSError):
            self._connection.close()
