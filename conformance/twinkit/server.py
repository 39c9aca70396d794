"""An ASGI application on a port, in a thread: how embedded twins and the recorded world are served."""

from __future__ import annotations

import socket
import threading
from types import TracebackType
from typing import Any

from conformance.errors import BadConfiguration

START_SECONDS = 10.0
KEEP_ALIVE_SECONDS = 120
"""How long a connection may be idle: on a busy machine, a client may need long for its next request."""


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; ``port`` 0 takes a free one.

    Raises:
        BadConfiguration: the port is taken or not allowed.
    """
    # The protocol is named because asyncio switches Nagle's algorithm off only where it is: 40 ms a call otherwise.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        raise BadConfiguration(
            f"Cannot listen on {host}:{port} ({error}); choose another port, or 0 for a free one."
        ) from error
    return listener


class Server:
    """Serves ``app`` until closed. Use as a context manager; ``url`` has no trailing slash."""

    def __init__(self, app: Any, host: str = "127.0.0.1", port: int = 0) -> None:
        import uvicorn  # late: costs 100 ms of every start-up otherwise

        self._socket = bind(host, port)
        self.host, self.port = self._socket.getsockname()[:2]
        self.url = f"http://{self.host}:{self.port}"
        config = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off", server_header=False, date_header=False,
            timeout_graceful_shutdown=1, timeout_keep_alive=KEEP_ALIVE_SECONDS, ws="none",
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, name=f"server-{self.port}", daemon=True)

    def _serve(self) -> None:
        self._server.run(sockets=[self._socket])

    def start(self) -> Server:
        """Start serving; returns when the server accepts connections (the socket already listens)."""
        self._thread.start()
        return self

    def close(self) -> None:
        """Stop and wait until the thread has ended."""
        self._server.should_exit = True
        self._thread.join(timeout=START_SECONDS)
        self._socket.close()

    def wait(self) -> None:
        """Block until the server ends (it is interrupted, or closed from another thread)."""
        while self._thread.is_alive():
            self._thread.join(timeout=0.5)

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def serve_twin(twin: Any, host: str = "127.0.0.1", port: int = 0) -> Server:
    """A server for a Twin."""
    from conformance.twinkit.asgi import TwinApp

    return Server(TwinApp(twin), host, port)
