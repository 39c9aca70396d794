"""The SDK's retry handlers without their waits: what they would wait is told, not slept through."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

Tell = Callable[[str], None]


def _wait(response: Any) -> str:
    """How long the SDK would have waited, in words."""
    for name, value in response.headers.items():
        if name.lower() == "retry-after":
            seconds = value[0] if isinstance(value, list) else value
            return f"would have waited {seconds} s for the rate limit"
    return "would have waited for a rate limit of unknown length"


@cache
def _blocking() -> tuple[type, type]:
    from slack_sdk.http_retry.builtin_handlers import ConnectionErrorRetryHandler, RateLimitErrorRetryHandler

    class Reconnect(ConnectionErrorRetryHandler):
        """Tries again at once; not after a time-out, whose time is used up."""

        def _can_retry(self, *, error: Any = None, **more: Any) -> bool:
            late = isinstance(error, TimeoutError) or isinstance(getattr(error, "reason", None), TimeoutError)
            return not late and super()._can_retry(error=error, **more)

        def prepare_for_next_attempt(self, *, state: Any, **_: Any) -> None:
            state.next_attempt_requested = True
            state.increment_current_attempt()

    class RateLimit(RateLimitErrorRetryHandler):
        """Tells the wait."""

        tell: Tell

        def prepare_for_next_attempt(self, *, state: Any, response: Any = None, **_: Any) -> None:
            self.tell(_wait(response))
            state.next_attempt_requested = True
            state.increment_current_attempt()

    return Reconnect, RateLimit


@cache
def _nonblocking() -> tuple[type, type]:
    from slack_sdk.http_retry import builtin_async_handlers as builtin

    class Reconnect(builtin.AsyncConnectionErrorRetryHandler):
        """Tries again at once; not after a time-out, whose time is used up."""

        async def _can_retry_async(self, *, error: Any = None, **more: Any) -> bool:
            return not isinstance(error, TimeoutError) and await super()._can_retry_async(error=error, **more)

        async def prepare_for_next_attempt_async(self, *, state: Any, **_: Any) -> None:
            state.next_attempt_requested = True
            state.increment_current_attempt()

    class RateLimit(builtin.AsyncRateLimitErrorRetryHandler):
        """Tells the wait."""

        tell: Tell

        async def prepare_for_next_attempt_async(self, *, state: Any, response: Any = None, **_: Any) -> None:
            self.tell(_wait(response))
            state.next_attempt_requested = True
            state.increment_current_attempt()

    return Reconnect, RateLimit


def handlers(tell: Tell, rate_limit_retries: int, *, nonblocking: bool) -> list[Any]:
    """What the SDK has by default, a reconnection, and the handler of rate limits where retries are wanted."""
    reconnect, rate_limit = _nonblocking() if nonblocking else _blocking()
    found = [reconnect()]
    if rate_limit_retries:
        patient = rate_limit(max_retry_count=rate_limit_retries)
        patient.tell = tell
        found.append(patient)
    return found
