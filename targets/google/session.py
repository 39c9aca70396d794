"""A client of the SDK for one program: makes calls, and tells all that a caller can see of them."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

import httplib2
from googleapiclient.discovery import build_from_document
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaIoBaseUpload

from conformance.programs.model import Call, Observation, SdkError
from conformance.recordings.model import Json
from targets.google.discovery import Api, Method, Parameter, api
from targets.google.media import media_content
from targets.google.transport import Transport

ErrorCode = Callable[[int, Json], str]
PLACEHOLDER = "0"
"""Stands for a required argument while the SDK builds a request that is sent without it."""


class Client:
    """The SDK's client for one API at one base URL, with its resources built once.

    A resource costs 30 ms to build, because the SDK rebuilds all its docstrings. It keeps no state between calls:
    sessions share it, and give their own transport to each request.
    """

    def __init__(self, document: Mapping[str, Any], base_url: str) -> None:
        patched = {**document, "rootUrl": f"{base_url}/"}
        patched.pop("mtlsRootUrl", None)
        self._resources = {"": build_from_document(patched, http=httplib2.Http())}
        self._methods: dict[str, Callable[..., Any]] = {}
        self._lock = threading.Lock()

    def method(self, sdk_call: str) -> Callable[..., Any]:
        """The SDK's method ``files.list``. Raises AttributeError where there is none."""
        found = self._methods.get(sdk_call)
        if found is None:
            resource, _, name = sdk_call.rpartition(".")
            with self._lock:
                found = self._methods[sdk_call] = getattr(self._resource(resource), name)
        return found

    def _resource(self, name: str) -> Any:
        if name not in self._resources:
            parent, _, own = name.rpartition(".")
            self._resources[name] = getattr(self._resource(parent), own)()
        return self._resources[name]


@lru_cache(maxsize=32)  # a process talks to few twins, but tests start many servers
def client(name: str, base_url: str) -> Client:
    """The client of an API at ``base_url`` (no trailing slash)."""
    return Client(api(name).document, base_url)


class GoogleSession:
    """A session of one API. ``timeout`` is in seconds; ``error_code`` reads the vendor's code in an error body."""

    def __init__(
        self,
        described: Api,
        base_url: str,
        credentials: str | None,
        error_code: ErrorCode,
        timeout: float = 30.0,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._api = described
        self._client = client(described.document["name"], self._base_url)
        self._transport = Transport(self._base_url, credentials, timeout)
        self._error_code = error_code

    def call(self, call: Call) -> Observation:
        """Make the call; what the SDK raises becomes the observation's error."""
        self._transport.exchanges = []
        value: Json = None
        error = None
        try:
            value = self._request(call).execute(http=self._transport, num_retries=0)
        except Exception as raised:
            error = self._error(raised)
        return Observation(value, error, tuple(self._transport.exchanges))

    def close(self) -> None:
        """Release connections."""
        self._transport.close()

    def _request(self, call: Call) -> Any:
        arguments = dict(call.arguments)
        if "media_body" in arguments:
            arguments["media_body"] = _media(arguments["media_body"])
        if not call.amended:
            return self._client.method(call.sdk_call)(**arguments)
        return self._amended_request(call, arguments)

    def _amended_request(self, call: Call, arguments: dict[str, Any]) -> Any:
        """A request that the SDK would not have built so: built around its checks, then put right."""
        absent = _absent(self._api.methods[call.operation], arguments)
        placeholders = dict.fromkeys(absent, PLACEHOLDER)
        request = self._client.method(call.sdk_call)(**arguments, **placeholders)
        pairs = [*call.extra_query]
        uri = _without(request.uri, absent)
        if call.sent_path is not None:
            uri = self._at(uri, _expand(call.sent_path, arguments))
        request.uri = _with(uri, pairs)
        return request

    def _at(self, uri: str, path: str) -> str:
        return f"{self._base_url}{path}?{urlsplit(uri).query}"

    def _error(self, raised: Exception) -> SdkError:
        kind = type(raised).__name__
        if not isinstance(raised, HttpError):
            self._transport.close()  # a connection that broke off half-way is of no more use
            return SdkError(kind, None, "", str(raised))
        status = raised.resp.status
        exchanges = self._transport.exchanges
        body = exchanges[-1].response.json if exchanges else None
        return SdkError(kind, status, self._error_code(status, body), raised.reason)


def _media(media: Mapping[str, Any]) -> MediaIoBaseUpload:
    return MediaIoBaseUpload(
        io.BytesIO(media_content(media)),
        mimetype=media["mimetype"],
        resumable=media.get("resumable", False),
        **({"chunksize": media["chunksize"]} if "chunksize" in media else {}),
    )


def _absent(method: Method, arguments: Mapping[str, Any]) -> dict[str, Parameter]:
    """Required parameters that the call does not have."""
    return {p.name: p for p in method.parameters.values() if p.required and p.name not in arguments}


def _without(uri: str, names: Mapping[str, Parameter]) -> str:
    if not names:
        return uri
    parts = urlsplit(uri)
    kept = [pair for pair in parts.query.split("&") if pair.partition("=")[0] not in names]
    return urlunsplit(parts._replace(query="&".join(kept)))


def _with(uri: str, pairs: list[tuple[str, str]]) -> str:
    if not pairs:
        return uri
    separator = "&" if urlsplit(uri).query else "" if uri.endswith("?") else "?"
    return f"{uri}{separator}{urlencode(pairs)}"


def _expand(template: str, arguments: Mapping[str, Any]) -> str:
    for name, value in arguments.items():
        template = template.replace(f"{{{name}}}", quote(str(value), safe=""))
    return template
