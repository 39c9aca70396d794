"""The HTTP transport under the SDK: keeps every exchange, stays on one host, never waits for ever.

One call is one request, and the pages after it. The SDK looks things up before it (link types, to guess what a caller
means) and reads back what it wrote after it. The look-ups are answered here with nothing, because arguments are what
they are; reading back ends the call: a recording that shows it has it as a step of its own.
"""

from __future__ import annotations

from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import PoolManager

from conformance.errors import ForeignHost
from conformance.programs.model import Exchange
from conformance.recordings.model import Request, fold_headers
from conformance.recordings.model import Response as Answer
from conformance.worlds.bounded import bounded
from targets.jira.requests import canonical
from targets.jira.stub import NOTHING, answer, as_request

Address = tuple[str, str]
"""Method and canonical path."""


class Over(BaseException):
    """Raised when the SDK goes on to another request than the call's own; nothing was sent."""


class Wire(HTTPAdapter):
    """A transport for one origin. ``exchanges`` is what went over the wire since ``expect``.

    ``timeout`` (seconds) bounds connecting, and every whole answer.
    """

    def __init__(self, base_url: str, timeout: float) -> None:
        self._timeout = timeout
        scheme, _, rest = base_url.partition("://")
        self.origin = f"{scheme}://{rest.partition('/')[0]}"
        self._wanted: Address | None = None
        self._redirected = False
        self.exchanges: list[Exchange] = []
        super().__init__(max_retries=0)

    def expect(self, wanted: Address | None) -> None:
        """Forget the last call; the next one is this one (None: whatever the SDK sends)."""
        self._wanted = wanted
        self._redirected = False
        self.exchanges = []

    def init_poolmanager(self, *_: Any, **__: Any) -> None:
        """Connections whose answers end."""
        self.poolmanager = PoolManager(num_pools=1, maxsize=1, retries=False)
        self.poolmanager.pool_classes_by_scheme = _pools(self._timeout)

    def send(self, request: PreparedRequest, *rest: Any, **more: Any) -> Response:
        """As in the base class.

        Raises:
            ForeignHost: the request leads elsewhere; nothing was sent.
            Over: the call has been made; nothing was sent.
        """
        sent = as_request(request)
        if not sent.uri.startswith((f"{self.origin}/", f"{self.origin}?")):
            raise ForeignHost(f"The call would have left {self.origin} for {sent.uri[:200]}; nothing was sent.")
        if not self._is_wanted(sent):
            if self.exchanges:
                raise Over
            found: Response = answer(request, NOTHING)
            return found
        response = super().send(request, *rest, **more)
        self._redirected = response.is_redirect
        self.exchanges.append(Exchange(sent, _kept(response)))
        return response

    def _is_wanted(self, sent: Request) -> bool:
        return self._wanted is None or self._redirected or (sent.method, canonical(sent).path) == self._wanted


def _kept(response: Response) -> Answer:
    headers = fold_headers(iter(response.raw.headers.items()))
    return Answer(response.status_code, response.reason or "", headers, response.content)


def _pools(timeout: float) -> dict[str, Any]:
    def ends(base: Any) -> Any:
        def start(self: Any, *rest: Any, **more: Any) -> None:
            base.__init__(self, *rest, **more)
            bounded(self, timeout)

        return type(base.__name__, (base,), {"__init__": start})

    def pool(base: Any, connection: Any) -> Any:
        return type(base.__name__, (base,), {"ConnectionCls": ends(connection)})

    return {
        "http": pool(HTTPConnectionPool, HTTPConnection),
        "https": pool(HTTPSConnectionPool, HTTPSConnection),
    }
