"""A client of the SDK for one program: makes calls, and tells all that a caller can see of them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from conformance.programs.model import Call, Exchange, Observation, SdkError
from conformance.recordings.model import Json, Request
from conformance.recordings.model import Response as Answer
from conformance.worlds.recorded import NOT_RECORDED
from targets.jira import calls
from targets.jira.client import new_client
from targets.jira.flavours import FLAVOURS, Flavour, flavour_of
from targets.jira.requests import canonical
from targets.jira.surface import Surface
from targets.jira.wire import Over, Wire

ErrorCode = Callable[[int, Json], str]
DEFAULT = FLAVOURS[0]
MOST_LINKS = 10_000
Key = tuple[Flavour, bool, str]
"""Which client: of which flavour, whether it knows that, and the version it asks for."""


class JiraSession:
    """A session for one site. ``timeout`` is in seconds; ``error_code`` reads the code in an error body.

    The SDK's constructor asks a site what it is. Here the session does, with the same call: what comes of it is no
    part of any step, but a warning with the first one where a caller's client would not come into being, or would take
    the site for another. The client that makes the calls is told the recording's flavour whatever the site says.
    """

    def __init__(
        self, surface: Surface, base_url: str, credentials: str | None, error_code: ErrorCode, timeout: float = 30.0
    ) -> None:
        self._surface = surface
        self._base_url = base_url.rstrip("/")
        self._credentials = credentials
        self._error_code = error_code
        self._timeout = timeout
        self._wire = Wire(self._base_url, timeout)
        self._clients: dict[Key, Any] = {}
        self._links: dict[str, str] = {}
        self.probe: Observation | None = self._ask_server()
        """What the constructor sees; None once it has been told."""

    def _ask_server(self) -> Observation:
        client = self._client((DEFAULT, True, DEFAULT.version))
        self._wire.expect(None)
        return self._observe(client.server_info)

    def call(self, call: Call) -> Observation:
        """Make the call; what the SDK raises becomes the observation's error."""
        path = calls.path_of(calls.template_of(call.operation), call.arguments)
        self._wire.expect((call.operation.partition(" ")[0], canonical(Request("", f"http://site{path}")).path))
        observation = self._observe(self._method(call))
        self._remember(observation.body)
        said, self.probe = _said(self.probe, flavour_of(call.operation)), None
        return replace(observation, warnings=(*said, *observation.warnings)) if said else observation

    def close(self) -> None:
        """Release connections."""
        self._wire.close()
        self._clients.clear()

    def _method(self, call: Call) -> Callable[[], Any]:
        """The SDK's method with its arguments."""
        flavour = flavour_of(call.operation)
        version = str(call.arguments.get(calls.VERSION_OPTION, flavour.version))
        for endpoint in self._surface.called(call.operation, call.sdk_call):
            client = self._client((flavour, endpoint.informed, version))
            try:
                return calls.bound(client, endpoint, call.arguments, self._link(call, version))
            except calls.NotSayable:
                continue
        client = self._client((flavour, True, version))
        name = (
            call.sdk_call if calls.is_generic(call.sdk_call) else calls.generic_name(call.operation.partition(" ")[0])
        )
        template = calls.template_of(call.operation)
        return calls.bound_generic(client, name, template, call.arguments, self._base_url)

    def _link(self, call: Call, version: str) -> str:
        """The ``self`` link of what the call is about: as an answer gave it, else as it should be."""
        path = calls.path_of(calls.template_of(call.operation), call.arguments)
        told = self._links.get(path)
        return self._wire.origin + told if told else self._base_url + calls.in_version(path, version)

    def _remember(self, body: Json) -> None:
        if len(self._links) < MOST_LINKS:
            self._links |= {canonical(Request("", link)).path: _without_host(link) for link in _links(body)}

    def _client(self, key: Key) -> Any:
        if key not in self._clients:
            flavour, informed, version = key
            client = new_client(
                self._base_url,
                flavour,
                self._wire,
                token=self._credentials,
                timeout=self._timeout,
                informed=informed,
            )
            client._options[calls.VERSION_OPTION] = version
            self._clients[key] = client
        return self._clients[key]

    def _observe(self, method: Callable[[], Any]) -> Observation:
        returned: Any = None
        raised: Exception | None = None
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            try:
                returned = method()
            except Over:
                returned = None  # it had gone on to read back
            except Exception as caught:
                raised = caught
        exchanges = tuple(self._wire.exchanges)
        answer = exchanges[-1].response if exchanges else None
        defect = _defect(raised, answer)
        return Observation(
            value=_value(returned, answer),
            error=None if defect else self._error(raised, exchanges),
            exchanges=exchanges,
            warnings=tuple(str(warning.message) for warning in warned),
            sdk_defect=defect,
        )

    def _error(self, raised: Exception | None, exchanges: tuple[Exchange, ...]) -> SdkError | None:
        """What the caller catches."""
        if raised is None:
            return None
        kind = type(raised).__name__
        if not exchanges:
            return SdkError(kind, None, "", str(raised))
        answer = exchanges[-1].response
        text = getattr(raised, "text", None)
        return SdkError(
            kind,
            answer.status,
            self._error_code(answer.status, answer.json),
            str(raised) if text is None else str(text),
        )


def _said(probe: Observation | None, flavour: Flavour) -> tuple[str, ...]:
    """What a caller would notice of the constructor; a recording need not know what the site is."""
    if probe is None or probe.status in (None, NOT_RECORDED):
        return ()
    if probe.error is not None or not isinstance(probe.body, dict) or "versionNumbers" not in probe.body:
        return (f"the client cannot be made: it asks for serverInfo and gets {probe.status}",)
    told = probe.body.get("deploymentType")
    return () if (told == "Cloud") is flavour.is_cloud else (f"the client takes the site for {told}",)


def _defect(raised: Exception | None, answer: Answer | None) -> str:
    """An exception on a good answer that can be read is the SDK's own."""
    if raised is None or answer is None or not 200 <= answer.status < 300 or (answer.body and answer.json is None):
        return ""
    return f"raises on the answer: {type(raised).__name__}"


def _value(returned: Any, answer: Answer | None) -> Json:
    """What the SDK gave back: the names of its resources, and the data they were made of."""
    if answer is None:
        return None
    if answer.json is None:
        return answer.body or None
    return {"returned": _kind(returned), "data": answer.json}


def _kind(returned: Any) -> Json:
    """The class of a result; of a list, the classes in it."""
    if isinstance(returned, list):
        return sorted({type(member).__name__ for member in returned})
    return None if returned is None else type(returned).__name__


def _without_host(link: str) -> str:
    """Newer versions of the SDK do not mind which host a link names; here none does."""
    return urlunsplit(urlsplit(link)._replace(scheme="", netloc=""))


def _links(tree: Json) -> Iterator[str]:
    if isinstance(tree, dict):
        link = tree.get("self")
        if isinstance(link, str) and urlsplit(link).path:
            yield link
        for value in tree.values():
            yield from _links(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _links(value)
