"""From a recorded request to the SDK call that causes it, whichever client recorded it.

Arguments are keyed by the API's names, which the SDK's are too. What no method of the SDK can send goes through
``api_call``: methods that it does not know, calls without an argument that it demands, and spellings that change the
answer (see ``requests``). What not even that can send is kept apart, so that reports can mark it: a name that comes
twice (``extra_query``), a path that is none of a method (``sent_path``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from conformance.programs.model import Call
from conformance.recordings.model import Request
from targets.slack import requests
from targets.slack.surface import ANY, API_CALL, Method, Surface

NO_METHOD = "the path names no method of the API"
LONE_UPLOAD = "an upload without the calls that begin and complete it"
API_METHOD = "api_method"
"""Parameter of ``api_call`` that names a method which the SDK does not know."""

_SAFE = re.compile(r"[A-Za-z0-9_.-]+")


class Lifter:
    """Lifts the requests of one service for one target."""

    def __init__(self, target: str, surface: Surface) -> None:
        self._target = target
        self._surface = surface

    def lift(self, request: Request) -> Call | str | None:
        """The call that causes ``request``; a reason where there is none; None if it is not Slack's."""
        if not requests.is_ours(request, self._surface):
            return None
        if requests.UPLOADS.fullmatch(request.path):
            return LONE_UPLOAD
        api = requests.api_method(request)
        return self._call(api, request) if api else NO_METHOD

    def _call(self, api: str, request: Request) -> Call:
        method = self._surface.method(api)
        arguments: dict[str, Any] = {}
        extra: list[tuple[str, str]] = []
        for name, value in requests.arguments(request):
            if name in arguments:
                extra.append((name, str(value)))
            else:
                arguments[name] = requests.typed(method, name, value)
        spelled = requests.spelling(request)
        if method.python == API_CALL:
            return self._unknown(api, arguments | spelled, extra)
        sdk_call = API_CALL if spelled or not _complete(method, arguments) else method.python
        return Call(self._target, method.operation, sdk_call, arguments | spelled, tuple(extra))

    def _unknown(self, api: str, arguments: Mapping[str, Any], extra: list[tuple[str, str]]) -> Call:
        """A call of a method that the SDK does not know; its name is an argument."""
        path = None if _SAFE.fullmatch(api) else f"/api/{quote(api, safe='/:')}"
        return Call(self._target, ANY, API_CALL, {API_METHOD: api, **arguments}, tuple(extra), path)


def _complete(method: Method, arguments: Mapping[str, Any]) -> bool:
    """Whether the SDK's method takes these arguments."""
    return all(name in arguments for name in method.required())
