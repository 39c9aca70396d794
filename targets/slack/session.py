"""Clients of the SDK for one program: they make calls, and tell all that a caller can see of them.

Besides the API's arguments, a call may have three of the kit's own, which are not sent: ``all_pages`` (true: iterate
over the answer to its end), ``rate_limit_retries`` (how often the SDK's handler may try again) and those that spell a
request (see ``requests``).
"""

from __future__ import annotations

import asyncio
import logging
import os
import warnings
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from conformance.programs.model import Call, Observation, SdkError
from conformance.recordings.model import Json
from conformance.worlds.live import DEFAULT_CREDENTIALS
from targets.slack import requests
from targets.slack.amendment import Amendment, Borders
from targets.slack.blocking import BlockingWire
from targets.slack.lifting import API_METHOD
from targets.slack.nonblocking import NonblockingWire
from targets.slack.retries import handlers
from targets.slack.surface import ANY, API_CALL, UPLOAD, Surface
from targets.slack.uploads import argument

Result = TypeVar("Result")
ErrorCode = Callable[[int, Json], str]
ALL_PAGES, RETRIES = "all_pages", "rate_limit_retries"
MOST_PAGES = 1000
RECORDED = "recorded"
"""The credentials in the recorded world: there, the vendor's hosts in answers stand for the server that plays them."""

SILENCERS = ("SKIP_SLACK_SDK_WARNING", "SLACKCLIENT_SKIP_DEPRECATION")
"""Variables of the environment that keep the SDK from warning."""


class PagingLoop(Exception):
    """The server gave a cursor again that it had given before: a client that follows it never ends."""


class Caller:
    """What both clients have in common: which method to call, with which arguments."""

    def __init__(self, surface: Surface, call: Call) -> None:
        self._method = surface.methods.get(call.operation.rpartition("/")[2])
        self._call = call
        self.all_pages = bool(call.arguments.get(ALL_PAGES))
        self.retries = int(call.arguments.get(RETRIES, 0))
        own = {ALL_PAGES, RETRIES, API_METHOD}
        sent = requests.without_spelling(call.arguments)
        self._arguments = {name: argument(value) for name, value in sent.items() if name not in own}

    def invoke(self, client: Any) -> Any:
        """The SDK's answer; of the asynchronous client, what is to be awaited for it."""
        call = self._call
        if call.sdk_call == UPLOAD:
            return client.files_upload_v2(**self._uploading())
        if call.sdk_call == API_CALL:
            return self.invoke_by_name(client)
        return getattr(client, call.sdk_call)(**self._arguments)

    def invoke_by_name(self, client: Any) -> Any:
        """The same through the SDK's general method, which checks no arguments."""
        if self._method is None or self._call.operation == ANY:
            return client.api_call(self._name(), params=self._arguments)
        method = self._method
        arguments = {name: requests.untyped(method, name, value) for name, value in self._arguments.items()}
        carried: dict[str, Any] = {"json" if method.carrier == "json" else "params": arguments}
        return client.api_call(method.api, http_verb=method.verb, **carried)

    def _name(self) -> str:
        """The name of an unknown method; one that makes no path of its own is put right on its way."""
        return "unknown" if self._call.sent_path else str(self._call.arguments.get(API_METHOD))

    def _uploading(self) -> dict[str, Any]:
        """The arguments of the upload, which may hold contents within its list of files."""
        files = self._arguments.get("file_uploads")
        if not isinstance(files, list):
            return self._arguments
        listed = [{name: argument(value) for name, value in file.items()} for file in files]
        return {**self._arguments, "file_uploads": listed}


class _Pages:
    """Collects the pages of one answer, and notices when they do not end."""

    def __init__(self) -> None:
        self.found: list[Json] = []
        self._cursors: set[str] = set()

    def take(self, data: Json) -> None:
        """Take the next page. Raises PagingLoop where it leads back."""
        self.found.append(data)
        cursor = _next_cursor(data)
        if cursor in self._cursors or len(self.found) >= MOST_PAGES:
            raise PagingLoop(f"page {len(self.found)} leads back to the cursor '{cursor}', which was given before")
        if cursor:
            self._cursors.add(cursor)


def _next_cursor(data: Json) -> str:
    if not isinstance(data, dict):
        return ""
    metadata = data.get("response_metadata")
    nested = metadata.get("next_cursor") if isinstance(metadata, dict) else None
    return str(nested or data.get("next_cursor") or "")


@dataclass(frozen=True)
class Outcome:
    """What a method of the SDK came to."""

    returned: Json = None
    raised: Exception | None = None

    def refusal(self, wire: BlockingWire | NonblockingWire) -> str:
        """What the SDK said when it refused to make a call that others have made; "" if it did not."""
        if self.raised is None or wire.exchanges or wire.failure is not None:
            return ""
        return f"refuses the call: {type(self.raised).__name__}: {self.raised}"


class _Session:
    """The part of a session that does not depend on how the client waits."""

    nonblocking = False

    def __init__(
        self, surface: Surface, base_url: str, credentials: str | None, error_code: ErrorCode, timeout: float = 30.0
    ) -> None:
        self._surface = surface
        self._base_url = base_url.rstrip("/")
        self._error_code = error_code
        self._token = DEFAULT_CREDENTIALS if credentials is None else credentials
        self._timeout = timeout
        self._borders = Borders(self._base_url, replaying=credentials == RECORDED)

    def _settings(self, told: list[str], retries: int) -> dict[str, Any]:
        """Arguments of the client's constructor."""
        return {
            "token": self._token or None,
            "base_url": f"{self._base_url}/api/",
            "timeout": self._timeout,
            "logger": _logger(),
            "retry_handlers": handlers(told.append, retries, nonblocking=self.nonblocking),
        }

    def _observation(
        self, wire: BlockingWire | NonblockingWire, outcome: Outcome, told: list[str], defect: str
    ) -> Observation:
        error = None if outcome.raised is None else self._error(outcome.raised, wire)
        return Observation(outcome.returned, error, tuple(wire.exchanges), tuple(told), defect)

    def _error(self, raised: Exception, wire: BlockingWire | NonblockingWire) -> SdkError:
        cause = raised if wire.exchanges or wire.failure is None else wire.failure
        answer = wire.exchanges[-1].response if wire.exchanges else None
        status = answer.status if answer else None
        code = self._error_code(status or 0, answer.json) if answer else ""
        return SdkError(type(cause).__name__, status, code, str(cause))


class WebSession(_Session):
    """A session of ``WebClient``. ``timeout`` is in seconds; ``error_code`` reads the code in an answer."""

    def __init__(self, *settings: Any, **more: Any) -> None:
        super().__init__(*settings, **more)
        self._wire = BlockingWire(self._borders, self._timeout)

    def call(self, call: Call) -> Observation:
        """Make the call; what the SDK raises becomes the observation's error."""
        caller = Caller(self._surface, call)
        self._wire.expect(Amendment.of(call))
        with listening() as told, self._wire.installed():
            client = self._client(told, caller.retries)
            outcome = self._attempt(caller, caller.invoke, client)
            if refusal := outcome.refusal(self._wire):
                outcome = self._attempt(caller, caller.invoke_by_name, client)
        return self._observation(self._wire, outcome, told, refusal)

    def close(self) -> None:
        """There is nothing to release: the client connects for each request."""

    def _client(self, told: list[str], retries: int) -> Any:
        from slack_sdk.web import WebClient

        client = WebClient(**self._settings(told, retries))
        client.proxy = None  # the constructor takes one from the environment
        return client

    def _attempt(self, caller: Caller, invoke: Callable[[Any], Any], client: Any) -> Outcome:
        try:
            answer = invoke(client)
            if not caller.all_pages:
                return Outcome(answer.data)
            pages = _Pages()
            for page in answer:
                pages.take(page.data)
        except Exception as raised:
            return Outcome(raised=raised)
        return Outcome(pages.found)


class AsyncWebSession(_Session):
    """A session of ``AsyncWebClient``, with an event loop of its own; else as ``WebSession``."""

    nonblocking = True

    def __init__(self, *settings: Any, **more: Any) -> None:
        super().__init__(*settings, **more)
        self._loop = asyncio.new_event_loop()
        self._wire = self._run(self._new_wire())
        self._blocking = BlockingWire(self._borders, self._timeout)  # older versions upload through it here too

    def call(self, call: Call) -> Observation:
        """Make the call; what the SDK raises becomes the observation's error."""
        with listening() as told, self._blocking.installed():
            outcome, refusal = self._run(self._made(Caller(self._surface, call), Amendment.of(call), told))
        return self._observation(self._wire, outcome, told, refusal)

    def close(self) -> None:
        """Release connections."""
        if not self._loop.is_closed():
            self._run(self._wire.close())
            self._loop.close()

    def _run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return self._loop.run_until_complete(work)

    async def _new_wire(self) -> NonblockingWire:
        return NonblockingWire(self._borders, self._timeout)

    async def _made(self, caller: Caller, amendment: Amendment, told: list[str]) -> tuple[Outcome, str]:
        """What came of the call, and how the SDK refused it at first."""
        await asyncio.sleep(0)  # connections that the server has closed meanwhile are noticed now
        self._wire.expect(amendment)
        self._blocking.expect(amendment)
        self._blocking.exchanges = self._wire.exchanges
        client = self._client(told, caller.retries)
        outcome = await self._attempt(caller, caller.invoke, client)
        if refusal := outcome.refusal(self._wire):
            outcome = await self._attempt(caller, caller.invoke_by_name, client)
        return outcome, refusal

    def _client(self, told: list[str], retries: int) -> Any:
        from slack_sdk.web.async_client import AsyncWebClient

        client = AsyncWebClient(**self._settings(told, retries), session=self._wire)  # type: ignore[arg-type]
        client.proxy = None  # the constructor takes one from the environment
        return client

    async def _attempt(self, caller: Caller, invoke: Callable[[Any], Any], client: Any) -> Outcome:
        try:
            answer = await invoke(client)
            if not caller.all_pages:
                return Outcome(answer.data)
            pages = _Pages()
            async for page in answer:
                pages.take(page.data)
        except Exception as raised:
            return Outcome(raised=raised)
        return Outcome(pages.found)


def _logger() -> logging.Logger:
    """The SDK's log goes nowhere: what it says is in the observation."""
    logger = logging.getLogger("conformance.slack")
    logger.setLevel(logging.CRITICAL)  # below, the SDK formats messages that nobody reads
    return logger


@contextmanager
def listening() -> Iterator[list[str]]:
    """Collects the texts of warnings, also of those that the environment would silence."""
    told: list[str] = []
    hidden: Mapping[str, str] = {name: os.environ.pop(name) for name in SILENCERS if name in os.environ}
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield told
        told += [str(warning.message) for warning in caught if not issubclass(warning.category, ResourceWarning)]
    finally:
        os.environ.update(hidden)
