"""How programs are written out for ``WebClient`` and ``AsyncWebClient``."""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from typing import Any

from conformance.programs.model import Call
from conformance.programs.writing import CallText, Raw, fixture_of, header_claim, refusal_lines
from targets.slack import requests, uploads
from targets.slack.lifting import API_METHOD
from targets.slack.surface import API_CALL, Surface

IMPORTS = """\
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
"""

FIXTURE = '''\
@pytest.fixture
def slack():
    """Slack's client library, talking to the twin."""
    return WebClient(os.environ.get("CONFORMANCE_TWIN_TOKEN", "conformance"), base_url=f"{TWIN}/api/")
'''

ASYNC_IMPORTS = """\
import asyncio
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
"""

ASYNC_FIXTURE = '''\
class Awaited:
    """Does what a client does, and waits for it."""

    def __init__(self, client):
        self._client = client

    def __getattr__(self, name):
        return lambda **arguments: asyncio.run(getattr(self._client, name)(**arguments))


@pytest.fixture
def slack_async():
    """Slack's asynchronous client library, talking to the twin."""
    token = os.environ.get("CONFORMANCE_TWIN_TOKEN", "conformance")
    return Awaited(AsyncWebClient(token, base_url=f"{TWIN}/api/"))
'''


def written(call: Call, surface: Surface) -> CallText | None:
    """``slack.users_list(limit=1).data``; None for what the SDK does not send by itself."""
    if call.amended or requests.SPELLING & set(call.arguments):
        return None
    client = fixture_of(call.target)
    if call.sdk_call != API_CALL and all(map(_is_name, call.arguments)):
        return CallText(f"{client}.{call.sdk_call}", _plain(call.arguments), ".data")
    method = surface.method(call.operation.rpartition("/")[2])
    sent = {name: value for name, value in call.arguments.items() if name != API_METHOD}
    named = {API_METHOD: call.arguments.get(API_METHOD, method.api)}
    return CallText(f"{client}.{API_CALL}", {**named, "json" if method.carrier == "json" else "params": sent}, ".data")


def _is_name(text: str) -> bool:
    return text.isidentifier() and not keyword.iskeyword(text)


def _plain(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments, contents of files as bytes."""
    return {name: _bytes(value) for name, value in arguments.items()}


def _bytes(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) if isinstance(one, Mapping) else one for one in value]
    known = uploads.argument(value)
    return Raw(repr(known)) if isinstance(known, bytes) else value


def refusal(call: str, status: int, answer: str) -> list[str]:
    """Lines that make a call that must be refused."""
    claim = f"response.status_code == {status}"
    return refusal_lines(call, "SlackApiError", claim, answer, "refused.value.response.data")


def header(call: str, name: str, value: str) -> list[str]:
    """Lines that claim a header: the media type of ``content-type``, of others only that they are there."""
    lines = [f"answer = {call}", "headers = {name.lower(): line for name, line in answer.headers.items()}"]
    return [*lines, header_claim("headers", name, value)]
