"""The yardstick: a bare ``files.get`` of Google's SDK against a canned answer, in the process and on loopback."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import socket
from collections.abc import Iterator
from typing import Any

import httplib2
from googleapiclient.discovery import build_from_document

from benchmarks.timing import Figure, best, microseconds
from targets.google.discovery import api

FILE = {
    "kind": "drive#file",
    "id": "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms",
    "name": "plan",
    "mimeType": "text/plain",
    "starred": False,
    "trashed": False,
    "explicitlyTrashed": False,
    "version": "3",
    "createdTime": "2024-03-01T08:30:00.000Z",
    "modifiedTime": "2024-03-01T08:31:12.345Z",
    "size": "1024",
    "parents": ["0AMk3rVxT0wQzUk9PVA"],
    "ownedByMe": True,
    "shared": False,
    "owners": [{"kind": "drive#user", "displayName": "Ada", "me": True, "permissionId": "06363836311498526126"}],
}
"""A body of 18 leaves."""


class _Canned:
    """An HTTP client in the process that answers everything alike."""

    def __init__(self) -> None:
        self._body = json.dumps(FILE).encode()
        self._response = httplib2.Response({"status": "200", "content-type": "application/json"})

    def request(self, *_: Any, **__: Any) -> tuple[httplib2.Response, bytes]:
        return self._response, self._body


def measure() -> list[Figure]:
    with canned_server() as url:
        return [
            microseconds("files.get, bare SDK, in the process", _call_seconds("http://canned", _Canned())),
            microseconds("files.get, bare SDK, on loopback", _call_seconds(url, httplib2.Http())),
        ]


def _call_seconds(url: str, http: Any) -> float:
    files = build_from_document({**api("drive").document, "rootUrl": f"{url}/"}, http=http).files()
    return best(lambda: files.get(fileId=FILE["id"]).execute(), 300)


@contextlib.contextmanager
def canned_server() -> Iterator[str]:
    """A server in another process that answers every request with FILE."""
    context = multiprocessing.get_context("spawn")
    listener = socket.create_server(("127.0.0.1", 0))
    process = context.Process(target=_serve, args=(listener,), daemon=True)
    process.start()
    try:
        yield "http://{}:{}".format(*listener.getsockname())
    finally:
        process.kill()
        process.join()
        listener.close()


def _serve(listener: socket.socket) -> None:
    body = json.dumps(FILE).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    while True:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection, contextlib.suppress(OSError):
            while connection.recv(65536):
                connection.sendall(head.encode() + body)
