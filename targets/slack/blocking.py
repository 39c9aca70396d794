"""The HTTP transport under ``WebClient``: keeps every exchange, stays at one origin, never waits for ever.

The SDK opens its URLs with ``urllib.request.urlopen``, which takes proxies from the environment, follows redirects
anywhere and can wait for ever. While a session makes a call, the SDK's modules open them through the session's
transport; calls of others in this process are left as they are.
"""

from __future__ import annotations

import functools
import http.client
import io
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any
from urllib.error import HTTPError
from urllib.response import addinfourl

from conformance.errors import ForeignHost
from conformance.programs.model import Exchange
from conformance.recordings.model import Request, Response, fold_headers
from conformance.worlds.bounded import bounded
from targets.slack.amendment import Amendment, Borders, Outgoing

OPENERS = ("slack_sdk.web.base_client", "slack_sdk.web.internal_utils")
"""Modules of the SDK that open URLs."""

_now = threading.local()


class _Connection(http.client.HTTPConnection):
    def __init__(self, host: str, timeout: float, **more: Any) -> None:
        super().__init__(host, timeout=timeout, **more)
        bounded(self, timeout)


class _SecureConnection(http.client.HTTPSConnection):
    def __init__(self, host: str, timeout: float, **more: Any) -> None:
        super().__init__(host, timeout=timeout, **more)
        bounded(self, timeout)


class _Handler(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(_Connection, req)  # type: ignore[arg-type]  # its time-out is always given


class _SecureHandler(urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(_SecureConnection, req)  # type: ignore[arg-type]  # its time-out is always given


class _Redirects(urllib.request.HTTPRedirectHandler):
    def __init__(self, borders: Borders) -> None:
        self._borders = borders

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        try:
            inside = self._borders.within(newurl)
        except ForeignHost:
            fp.close()
            raise
        return super().redirect_request(req, fp, code, msg, headers, inside)


class BlockingWire:
    """Opens URLs for one session. ``exchanges`` is what went over the wire since ``expect``.

    ``timeout`` (seconds) bounds a whole call, whatever number of requests it makes.
    """

    def __init__(self, borders: Borders, timeout: float) -> None:
        self._borders = borders
        self._timeout = timeout
        self._amendment = Amendment()
        self._limit = 0.0
        self.exchanges: list[Exchange] = []
        self.failure: Exception | None = None
        handlers = (
            _Handler(),
            _SecureHandler(),
            _Redirects(borders),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.HTTPErrorProcessor(),
        )
        self._director = urllib.request.OpenerDirector()
        for handler in handlers:
            self._director.add_handler(handler)

    def expect(self, amendment: Amendment) -> None:
        """Forget the last call; the requests of the next one are to be amended so."""
        self._amendment = amendment
        self._limit = time.monotonic() + self._timeout
        self.exchanges = []
        self.failure = None

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Within this context, in this thread, the SDK opens its URLs through this transport."""
        _patch_modules()
        before, _now.wire = getattr(_now, "wire", None), self
        try:
            yield
        finally:
            _now.wire = before

    def open(self, request: urllib.request.Request) -> addinfourl:
        """As ``urlopen``, with the answer already read.

        Raises:
            HTTPError: the status says so.
            ForeignHost: the request, or where it is redirected, is for another origin.
            TimeoutError: the call's time is over.
        """
        try:
            return self._open(self._amended(request))
        except HTTPError:
            raise
        except Exception as error:
            self.failure = error
            raise

    def _open(self, request: urllib.request.Request) -> addinfourl:
        left = self._limit - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        try:
            with self._director.open(request, timeout=left) as response:
                body = response.read()
                self._keep(request, response.status, response.reason, response.headers, body)
                return addinfourl(io.BytesIO(body), response.headers, response.url, response.status)
        except HTTPError as error:
            body = error.read()
            self._keep(request, error.code, str(error.reason), error.headers, body)
            raise HTTPError(error.url, error.code, error.msg, error.headers, io.BytesIO(body)) from None

    def _amended(self, request: urllib.request.Request) -> urllib.request.Request:
        request.full_url = self._borders.within(request.full_url)
        if not self._amendment:
            return request
        body = request.data if isinstance(request.data, bytes) else b""
        outgoing = Outgoing(request.get_method(), request.full_url, dict(request.header_items()), body)
        right = self._amendment.apply(outgoing, self._borders.base_url)
        return urllib.request.Request(right.url, right.body or None, dict(right.headers), method=right.method)

    def _keep(self, sent: urllib.request.Request, status: int, reason: str, headers: Any, body: bytes) -> None:
        data = sent.data if isinstance(sent.data, bytes) else b""
        pairs = ((name, str(line)) for name, line in sent.header_items())
        request = Request(sent.get_method(), sent.full_url, fold_headers(pairs), data)
        self.exchanges.append(Exchange(request, Response(status, reason, fold_headers(headers.items()), body)))


@functools.cache
def _patch_modules() -> None:
    for name in OPENERS:
        module = import_module(name)
        module.urlopen = functools.partial(_dispatch, module.urlopen)  # type: ignore[attr-defined]


def _dispatch(original: Any, request: Any, *rest: Any, **more: Any) -> Any:
    wire = getattr(_now, "wire", None)
    return original(request, *rest, **more) if wire is None else wire.open(request)
