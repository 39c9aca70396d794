"""The control plane of a twin: reset, seed, faults, clock. Twins of others may have none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from conformance.errors import TwinUnavailable
from conformance.twinkit.twin import CONTROL_PREFIX, MARKER

if TYPE_CHECKING:
    import httpx


class ControlRefused(Exception):
    """The control plane answered with an error: the kit cannot arrange what a program needs."""


class Control:
    """Client of one twin. ``available`` tells whether it has a control plane of ours."""

    def __init__(self, base_url: str, timeout: float) -> None:
        import httpx  # late: 60 ms of start-up that only runs need

        self.base_url = base_url
        self._timeout = timeout
        self._client = httpx.Client(base_url=base_url, timeout=timeout, trust_env=False, follow_redirects=False)
        self.available = False

    def check(self) -> None:
        """Make sure that the twin answers, and find out whether it has a control plane.

        Raises:
            TwinUnavailable: nothing listens, it hangs, or it does not speak HTTP.
        """
        import httpx

        try:
            with self._client.stream("GET", f"{CONTROL_PREFIX}health") as response:
                self.available = response.status_code == 200 and _is_ours(response)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise TwinUnavailable(self._why(error)) from error

    def _why(self, error: Exception) -> str:
        import httpx

        if isinstance(error, httpx.ConnectError):
            return f"No twin answers at {self.base_url} ({error}); start it, or correct the URL."
        if isinstance(error, httpx.TimeoutException):
            return f"The twin at {self.base_url} does not answer within {self._timeout:g} s; is it stuck?"
        return f"What listens at {self.base_url} does not speak HTTP ({error}); correct the URL."

    def reset(self) -> None:
        """Back to the empty state."""
        self._send("POST", "reset", {})

    def seed(self, facts: Mapping[str, Any]) -> None:
        """Put in what was there before a program begins: service → list of facts."""
        if facts:
            self._send("POST", "seed", facts)

    def arrange(self, fault: Mapping[str, Any]) -> None:
        """Arrange a fault for the next request that it fits."""
        self._send("POST", "faults", fault)

    def clear_faults(self) -> None:
        """Forget faults that hit nothing."""
        self._send("DELETE", "faults", None)

    def set_clock(self, moment: str) -> None:
        """Move the twin's clock to an ISO 8601 moment, never backwards."""
        self._send("POST", "clock", {"now": moment})

    def _send(self, method: str, name: str, body: Any) -> None:
        import httpx

        try:
            response = self._client.request(method, CONTROL_PREFIX + name, json=body)
        except httpx.HTTPError as error:
            raise TwinUnavailable(self._why(error)) from error
        if response.status_code != 200:
            raise ControlRefused(f"{name}: {response.status_code} {response.text[:300]}")

    def close(self) -> None:
        """Release connections."""
        self._client.close()


def _is_ours(response: httpx.Response) -> bool:
    """Whether a health answer carries our marker; reads at most the first chunk, for it may never end."""
    start = next(response.iter_bytes(4096), b"")
    return MARKER.encode() in start
