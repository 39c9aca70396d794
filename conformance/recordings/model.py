"""What a recording is made of: requests, responses, and where they come from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from conformance.recordings.markup import xml_tree

Json = Any
"""A parsed JSON document: dict, list, str, int, float, bool or None."""

Headers = Mapping[str, tuple[str, ...]]
"""Header names in lower case, each with its lines in order."""


def fold_headers(pairs: Iterator[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Collect header lines under their lower-case names, order kept."""
    folded: dict[str, tuple[str, ...]] = {}
    for name, line in pairs:
        key = name.lower()
        folded[key] = (*folded.get(key, ()), line)
    return folded


class _Message:
    """What requests and responses share: headers and a body in bytes."""

    headers: Headers
    body: bytes

    def __getstate__(self) -> dict[str, Any]:
        """Without what was read of the body: copies in other processes read it again where they need it."""
        return {name: value for name, value in self.__dict__.items() if name != "json"}

    def header(self, name: str) -> str | None:
        """First line of the header ``name`` (any case), or None."""
        lines = self.headers.get(name.lower())
        return lines[0] if lines else None

    @cached_property
    def json(self) -> Json:
        """The body as JSON; None where it is empty or is not JSON."""
        try:
            return json.loads(self.body) if self.body else None
        except (ValueError, RecursionError):
            return None


@dataclass(frozen=True)
class Request(_Message):
    """An HTTP request as it went over the wire."""

    method: str
    uri: str
    headers: Headers = field(default_factory=dict)
    body: bytes = b""

    @cached_property
    def path(self) -> str:
        """Path part of the URI, still percent-encoded."""
        return urlsplit(self.uri).path

    @cached_property
    def host(self) -> str:
        """Host part of the URI, in lower case, without the port."""
        return (urlsplit(self.uri).hostname or "").lower()

    @cached_property
    def origin(self) -> str:
        """``https://host:port`` of the URI."""
        parts = urlsplit(self.uri)
        return f"{parts.scheme}://{parts.netloc}"

    @cached_property
    def query(self) -> tuple[tuple[str, str], ...]:
        """Query parameters, decoded, in order, blank ones kept."""
        return tuple(parse_qsl(urlsplit(self.uri).query, keep_blank_values=True))


@dataclass(frozen=True)
class Response(_Message):
    """An HTTP response as it came over the wire; the body is decoded (no gzip)."""

    status: int
    reason: str = ""
    headers: Headers = field(default_factory=dict)
    body: bytes = b""

    @property
    def failed(self) -> bool:
        """Whether it tells of an error: by its status, or because it says ``"ok": false``."""
        return self.status >= 400 or (isinstance(self.json, dict) and self.json.get("ok") is False)

    @cached_property
    def document(self) -> Json:
        """The body as JSON, or as the tree of its XML (see ``markup``); None where it is neither."""
        return self.json if self.json is not None else xml_tree(self.body)

    @cached_property
    def date(self) -> str:
        """When it was sent, by its Date header, as ISO 8601; "" if it does not say."""
        try:
            return parsedate_to_datetime(self.header("date") or "").isoformat()
        except ValueError:
            return ""


@dataclass(frozen=True)
class Interaction:
    """One recorded exchange; ``index`` is its place in the cassette, from 0."""

    index: int
    request: Request
    response: Response


@dataclass(frozen=True)
class Provenance:
    """Where a recording comes from. Dates are ISO 8601; unknown facts are empty strings."""

    service: str = ""
    source: str = ""
    repository: str = ""
    commit: str = ""
    path: str = ""
    licence: str = ""
    recorded: tuple[str, ...] = ()
    flavour: str = ""
    client: str = ""
    notes: str = ""
    synthetic: bool = False
    """True when the values were made anew by the distiller."""


@dataclass(frozen=True)
class Recording:
    """A cassette and its provenance. ``name`` is its path below the folder it was read from."""

    name: str
    path: Path
    provenance: Provenance
    interactions: tuple[Interaction, ...]
    digest: str = ""
    """SHA-256 of the file's bytes: the key under which results are cached."""

    def outline(self) -> Recording:
        """Which requests were made and how they ended, without what was said: for those who have the observations."""
        bare = tuple(
            Interaction(one.index, Request(one.request.method, one.request.uri), Response(one.response.status))
            for one in self.interactions
        )
        return replace(self, interactions=bare)
