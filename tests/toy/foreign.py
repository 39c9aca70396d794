"""The library as somebody else's twin: right, but with nothing of ours in it."""

from __future__ import annotations

from conformance.twinkit.asgi import Receive, Scope, Send, TwinApp
from conformance.twinkit.service import Service
from conformance.twinkit.twin import Twin
from toy.twin import SERVICE


class Foreign:
    """Somebody else's twin: the library, but without a control plane, at a URL with a prefix."""

    def __init__(self, service: Service = SERVICE) -> None:
        self._app = TwinApp(Twin([service]))
        self.paths: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.paths.append(scope["path"])
        path = scope["raw_path"].decode().removeprefix("/library")
        if path.startswith("/_twin"):
            path = "/nowhere"
        headers = [(name, value + b"/library" if name == b"host" else value) for name, value in scope["headers"]]
        await self._app({**scope, "raw_path": path.encode(), "headers": headers}, receive, send)
