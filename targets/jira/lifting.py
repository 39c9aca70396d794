"""From a recorded request to the SDK call that causes it: guess and verify.

The path's template gives the candidates. Each is called with the request's arguments on a transport that sends
nothing; the first that builds the recorded request is the call. Where none does, the SDK's generic calls are left.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from conformance.programs.model import Call
from conformance.recordings.model import Json, Recording, Request
from conformance.worlds.canonical import request_key
from targets.jira import calls
from targets.jira.client import new_client
from targets.jira.flavours import CLOUD, SERVER, Flavour, deployment_for, deployment_of, flavour_of
from targets.jira.paths import Paths
from targets.jira.requests import canonical, is_rest, root_relative
from targets.jira.stub import Stub
from targets.jira.surface import BODY, Endpoint, Surface

ATLASSIAN = re.compile(r"(?:.*\.)?(?:atlassian\.(?:net|com)|jira\.com)")
OTHERS = re.compile(r"(?:.*\.)?(?:googleapis|google|slack|okta|oktapreview)\.com")
NOT_REST = "not a call of Jira's REST API"
UPLOAD = "an upload of a file: recordings do not hold its bytes"
NOT_JSON = "the body is not JSON"
SITE = "http://site"


class Lifter:
    """Lifts the requests of one SDK version."""

    def __init__(self, target: str, surface: Surface) -> None:
        self._target = target
        self._surface = surface
        self._clients: dict[tuple[Flavour, bool], tuple[Any, Stub]] = {}

    @cached_property
    def _paths(self) -> Paths:
        return Paths(self._surface.endpoints)

    def in_recording(self, recording: Recording) -> Callable[[Request], Call | str | None]:
        """A lifter for one recording, whose flavour is told from all of it."""
        deployment = deployment_of(recording) if any(is_rest(i.request.path) for i in recording.interactions) else CLOUD
        return lambda request: self.lift(request, deployment)

    def lift(self, request: Request, deployment: str = SERVER) -> Call | str | None:
        """The call that causes ``request``; a reason where there is none; None if it is not Jira's."""
        if OTHERS.fullmatch(request.host):
            return None
        if not is_rest(request.path):
            return NOT_REST if ATLASSIAN.fullmatch(request.host) else None
        if (request.header("content-type") or "").startswith("multipart/"):
            return UPLOAD
        if request.body and request.json is None:
            return NOT_JSON
        return self._call(request, deployment_for(request, deployment))

    def _call(self, request: Request, deployment: str) -> Call:
        operation, arguments = self._read(canonical(request).path, request, deployment)
        for endpoint in self._surface.endpoints.get(operation, ()):
            if self._builds(endpoint, operation, arguments, request):
                return Call(self._target, operation, endpoint.sdk_call, arguments)
        return Call(self._target, operation, calls.generic_name(request.method), arguments)

    def _read(self, path: str, request: Request, deployment: str) -> tuple[str, Mapping[str, Json]]:
        """The operation, and the arguments as they are on the wire."""
        operation, ids = self._paths.read(request.method, path, deployment)
        arguments: dict[str, Json] = {name: unquote(value) for name, value in ids.items()}
        for name, value in request.query:
            known = arguments.get(name)
            arguments[name] = value if known is None else [*(known if isinstance(known, list) else [known]), value]
        if request.body:
            arguments[BODY] = request.json
        if root_relative(request.path).startswith("/rest/api/latest/"):
            arguments[calls.VERSION_OPTION] = "latest"
        return operation, arguments

    def _builds(self, endpoint: Endpoint, operation: str, arguments: Mapping[str, Json], request: Request) -> bool:
        """Whether the method builds the recorded request; it may look things up before."""
        client, stub = self._client(flavour_of(operation), endpoint.informed)
        link = SITE + calls.path_of(calls.template_of(operation), arguments)
        wanted = request_key(canonical(request))
        stub.wanted = lambda built: request_key(canonical(built)) == wanted
        try:
            method = calls.bound(client, endpoint, arguments, link)
        except calls.NotSayable:
            return False
        return stub.caught(method) is not None

    def _client(self, flavour: Flavour, informed: bool) -> tuple[Any, Stub]:
        if (flavour, informed) not in self._clients:
            stub = Stub()
            self._clients[flavour, informed] = new_client(SITE, flavour, stub, informed=informed), stub
        return self._clients[flavour, informed]
