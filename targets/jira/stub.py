"""A transport for dry runs: the SDK builds its requests, and nothing is sent."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from conformance.recordings.model import Request

NOTHING = b'{"issueLinkTypes": [], "list": []}'
"""Answers what the SDK looks up before the request itself: there is nothing that it could improve on the arguments."""
MOST_LOOKUPS = 4


class Sent(BaseException):
    """Raised by the stub instead of sending: nothing that catches ``Exception`` stops it."""

    def __init__(self, request: Request) -> None:
        self.request = request


class Stub:
    """A transport adapter that sends nothing. ``wanted`` tells the request itself from look-ups before it."""

    def __init__(self) -> None:
        self.wanted: Callable[[Request], bool] = lambda _: True
        self._asked = 0

    def send(self, request: Any, **_: Any) -> Any:
        """Answer a look-up; raise ``Sent`` for the request that is wanted."""
        built = as_request(request)
        self._asked += 1
        if self.wanted(built):
            raise Sent(built)
        if request.method != "GET" or self._asked > MOST_LOOKUPS:
            raise Refused
        return answer(request, NOTHING)

    def caught(self, call: Callable[[], Any]) -> Request | None:
        """The wanted request that a call would send; None if there is none."""
        self._asked = 0
        try:
            call()
        except Sent as sent:
            return sent.request
        except (Exception, Refused):
            return None
        return None

    def close(self) -> None:
        """There is nothing to release."""


class Refused(BaseException):
    """Raised by the stub for what is no look-up."""


def as_request(prepared: Any) -> Request:
    """A request of the SDK's HTTP library in the kit's form."""
    body = prepared.body or b""
    body = body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else b""
    headers = {name.lower(): (str(value),) for name, value in prepared.headers.items()}
    return Request(prepared.method, prepared.url, headers, body)


def answer(prepared: Any, body: bytes) -> Any:
    """An answer of the SDK's HTTP library that nobody sent."""
    response = import_module("requests").Response()
    response.status_code, response._content, response.url = 200, body, prepared.url
    response.request = prepared
    response.headers["content-type"] = "application/json"
    return response


def new_resource(client: Any, kind: str, link: str) -> Any:
    """A resource as an answer with this ``self`` link would make it; None where it takes more than that."""
    made = getattr(import_module("jira.resources"), kind)
    try:
        return made(client._options, client._session, raw={"self": link, "id": link.rpartition("/")[2]})
    except (TypeError, KeyError, AttributeError):
        return None
