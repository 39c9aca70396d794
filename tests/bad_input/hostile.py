"""Servers that misbehave, at the level of sockets."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator

Answer = Callable[[socket.socket, str], None]
"""Takes a connection and the request line; what it leaves open is closed afterwards."""

OWN_HEALTH = {"ok": True, "twin": "conformance-twin", "version": "0", "services": ["drive"]}


@contextlib.contextmanager
def server(answer: Answer, *, healthy: bool = True) -> Iterator[str]:
    """A server on loopback that gives every request to ``answer``; its URL.

    ``healthy`` servers answer the readiness check (404, for they have no control plane) before they misbehave.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.2)
    stopped = threading.Event()
    host, port = listener.getsockname()
    accepting = threading.Thread(target=_accept, args=(listener, stopped, _polite(answer) if healthy else answer))
    accepting.start()
    try:
        yield f"http://{host}:{port}"
    finally:
        stopped.set()
        accepting.join()
        listener.close()


def _accept(listener: socket.socket, stopped: threading.Event, answer: Answer) -> None:
    while not stopped.is_set():
        with contextlib.suppress(TimeoutError):
            connection, _ = listener.accept()
            connection.settimeout(30)
            threading.Thread(target=_serve, args=(connection, stopped, answer), daemon=True).start()


def _serve(connection: socket.socket, stopped: threading.Event, answer: Answer) -> None:
    with connection, contextlib.suppress(OSError):
        while not stopped.is_set():
            request_line = _request(connection)
            if not request_line:
                return
            answer(connection, request_line)


def _request(connection: socket.socket) -> str:
    """Read one whole request; its first line."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return ""
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head.split(b"\r\n", 1)[0].decode("latin-1")


def _polite(answer: Answer) -> Answer:
    def serve(connection: socket.socket, request_line: str) -> None:
        if " /_twin/health " in request_line:
            reply(connection, 404, b"not found", "text/plain")
        else:
            answer(connection, request_line)

    return serve


def reply(connection: socket.socket, status: int, body: bytes, kind: str = "application/json", extra: str = "") -> None:
    """A whole answer."""
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{extra}\r\n"
    connection.sendall(head.encode() + body)


def hangs(connection: socket.socket, _: str) -> None:
    """Accepts, reads, and never answers."""
    connection.settimeout(120)
    connection.recv(1)


def drops(connection: socket.socket, _: str) -> None:
    """Closes instead of answering."""
    connection.close()


def html(connection: socket.socket, _: str) -> None:
    """A page of a proxy or a login, as if all were well."""
    reply(connection, 200, b"<!doctype html><title>Sign in</title><script>alert(1)</script>", "text/html")


def garbage(connection: socket.socket, _: str) -> None:
    """Bytes that are not HTTP."""
    connection.sendall(b"\x00\xff\x16\x03garbage\r\n\r\n" * 20)
    connection.close()


def garbage_body(connection: socket.socket, _: str) -> None:
    """HTTP around bytes that are not JSON."""
    reply(connection, 200, bytes(range(256)) * 4)


def nested(connection: socket.socket, _: str) -> None:
    """JSON nested deeper than any parser of the kind likes."""
    reply(connection, 200, b"[" * 100_000 + b"]" * 100_000)


def surrogates(connection: socket.socket, _: str) -> None:
    """JSON with lone surrogates, control characters and numbers beyond all bounds."""
    reply(connection, 200, b'{"id":"\\ud800\\u0000\\u001b[31m","name":1e999,"n":' + b"9" * 6000 + b"}")


def wrong_shapes(connection: socket.socket, _: str) -> None:
    """JSON of other types than ever."""
    reply(connection, 200, json.dumps([None, {"id": {"id": []}, "error": [1]}]).encode())


def broken_errors(connection: socket.socket, _: str) -> None:
    """Errors in a form that is not the vendor's."""
    reply(connection, 400, b'{"error":{"errors":"x","code":"y","details":{"a":1}}}')


def endless(connection: socket.socket, _: str) -> None:
    """A body without end, as fast as it is read."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
    while True:
        connection.sendall(b"1," * 50_000)


def endless_headers(connection: socket.socket, _: str) -> None:
    """Preliminary answers without end."""
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)


def drips(connection: socket.socket, _: str) -> None:
    """A body without end, a byte now and then."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
    while True:
        connection.sendall(b" ")
        time.sleep(0.1)


def lies_about_length(connection: socket.socket, _: str) -> None:
    """Promises an exabyte and closes."""
    connection.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000000000000000\r\n\r\n{}"
    )
    connection.close()


def cuts(connection: socket.socket, _: str) -> None:
    """Closes in the middle of a body."""
    connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"id":')
    connection.close()


def redirects_away(connection: socket.socket, _: str) -> None:
    """Sends the client, and its token, to somebody else."""
    reply(connection, 302, b"", extra="Location: http://foreign.invalid/steal\r\n")


def only_healthy(connection: socket.socket, request_line: str) -> None:
    """Claims to have a control plane, which fails."""
    if " /_twin/health " in request_line:
        reply(connection, 200, json.dumps(OWN_HEALTH).encode())
    else:
        reply(connection, 500, b"out of order", "text/plain")


@contextlib.contextmanager
def mortal(calls: int) -> Iterator[str]:
    """A server that answers so many calls and is gone."""
    listener = socket.create_server(("127.0.0.1", 0))
    host, port = listener.getsockname()
    left = [calls]

    def answer(connection: socket.socket, _: str) -> None:
        if not left[0]:
            stop(listener)
            raise OSError("gone")
        left[0] -= 1
        reply(connection, 200, b'{"id":"1a2b3c4d5e6f7g8h9i0j","name":"plan"}')

    accepting = threading.Thread(target=_accept_until_gone, args=(listener, _polite(answer)), daemon=True)
    accepting.start()
    try:
        yield f"http://{host}:{port}"
    finally:
        stop(listener)


def stop(listener: socket.socket) -> None:
    """Stop listening at once, also for a thread that is waiting for a connection."""
    with contextlib.suppress(OSError):
        listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def _accept_until_gone(listener: socket.socket, answer: Answer) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_serve, args=(connection, threading.Event(), answer), daemon=True).start()


@contextlib.contextmanager
def tiring(answer: Answer, calls: int) -> Iterator[str]:
    """A server that answers so many calls, and from then on, also when asked for its health, as ``answer`` does."""
    left = [calls]

    def serve(connection: socket.socket, request_line: str) -> None:
        left[0] -= 1
        if left[0] < 0:
            answer(connection, request_line)
        elif " /_twin/health " in request_line:
            reply(connection, 404, b"not found", "text/plain")
        else:
            reply(connection, 200, b'{"id":"1a2b3c4d5e6f7g8h9i0j","name":"plan"}')

    with server(serve, healthy=False) as url:
        yield url
