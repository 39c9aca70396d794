"""The control plane of a twin: reset, seed, faults, clock. Twins of others may have none."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from conformance.errors import TwinUnavailable
from conformance.twinkit.twin import CONTROL_PREFIX, MARKER
from conformance.worlds.bounded import FAILURES, Connection
from conformance.worlds.patience import Patience

STARTING = 3.0
"""Seconds that a twin may need to start listening."""

HEALTH_BYTES = 4096
"""So much of a health answer is read: it may never end."""

START_GRACE = 3.0
"""Seconds in which a twin that was just started may begin to listen."""

SHOWN = 300
"""Bytes of a refusal that are shown."""


class ControlRefused(Exception):
    """The control plane answered with an error: the kit cannot arrange what a program needs."""


class Control:
    """Client of one twin. ``timeout`` is in seconds.

    ``available`` tells whether it has a control plane of ours, ``paced`` whether a second passes with each write.
    """

    def __init__(self, base_url: str, timeout: float) -> None:
        self.base_url = base_url
        self.timeout = timeout
        self.patience = Patience(timeout)
        self._connection = Connection(base_url, timeout)
        self.available = False
        self.paced = False

    def check(self) -> None:
        """Make sure that the twin answers, and find out whether it has a control plane.

        Raises:
            TwinUnavailable: nothing listens, it hangs, or it does not speak HTTP.
        """
        status, start = self._first_answer()
        self.available = status == 200 and MARKER.encode() in start
        self.paced = self.available and _pace(start) >= 1

    def _first_answer(self) -> tuple[int, bytes]:
        """Health, asked again for a while: a twin started just before may still be on its way."""
        limit = time.monotonic() + min(START_GRACE, self.timeout)
        while True:
            try:
                return self._ask("GET", "health", limit=HEALTH_BYTES)
            except TwinUnavailable as error:
                if not isinstance(error.__cause__, ConnectionRefusedError) or time.monotonic() > limit:
                    raise
            time.sleep(0.1)

    def ready(self) -> None:
        """Like ``check``, but a twin that is just starting gets a moment.

        Raises:
            TwinUnavailable: it does not answer after that either.
        """
        limit = time.monotonic() + min(STARTING, self.timeout)
        while True:
            try:
                return self.check()
            except TwinUnavailable as error:
                if not isinstance(error.__cause__, ConnectionRefusedError) or time.monotonic() > limit:
                    raise
            time.sleep(0.1)

    def _ask(self, method: str, name: str, body: bytes | None = None, limit: int | None = None) -> tuple[int, bytes]:
        try:
            return self._connection.ask(method, CONTROL_PREFIX + name, body, limit)
        except FAILURES as error:
            raise TwinUnavailable(self._why(error)) from error

    def _why(self, error: Exception) -> str:
        if isinstance(error, TimeoutError):
            return f"The twin at {self.base_url} does not answer within {self.timeout:g} s; is it stuck?"
        if isinstance(error, OSError) and not isinstance(error, ConnectionResetError | BrokenPipeError):
            return f"No twin answers at {self.base_url} ({error}); start it, or correct the URL."
        return f"What listens at {self.base_url} does not speak HTTP ({error!r}); correct the URL."

    def reset(self) -> None:
        """Back to the empty state.

        Raises:
            TwinUnavailable: it cannot be, so nothing that follows could be blamed on the twin.
        """
        try:
            self._send("POST", "reset", {})
        except ControlRefused as refused:
            raise TwinUnavailable(f"The twin at {self.base_url} cannot be reset ({refused}); correct it.") from refused

    def waited(self, operation: str, seconds: float, *, answered: bool) -> None:
        """A call of ``operation`` took so long.

        Raises:
            TwinUnavailable: the twin is gone, or has kept calls waiting for too long.
        """
        if answered and seconds < self.timeout:
            self.patience.answered()
            return
        self.patience.unanswered(operation, seconds)
        self.check()
        if self.patience.over:
            raise TwinUnavailable(
                f"The twin at {self.base_url} left call after call unanswered for {self.timeout:g} s each, the last "
                f"one {operation}; is it stuck?"
            )

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
        status, answer = self._ask(method, name, None if body is None else json.dumps(body).encode())
        if status != 200:
            raise ControlRefused(f"{name}: {status} {answer[:SHOWN].decode('utf-8', 'replace')}")

    def close(self) -> None:
        """Release connections."""
        self._connection.close()


def _pace(health: bytes) -> float:
    """Seconds that a twin says to pass with each write; 0 where it does not say."""
    try:
        return float(json.loads(health)["pace"])
    except (ValueError, KeyError, TypeError):
        return 0.0
