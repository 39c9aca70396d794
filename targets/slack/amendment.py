"""What a request must say that the SDK alone would not say, and how it is put right on its way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from conformance.errors import ForeignHost
from conformance.programs.model import Call
from targets.slack import requests


@dataclass(frozen=True)
class Outgoing:
    """A request on its way. ``headers`` are by their names as they are written."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Amendment:
    """How the requests of one call differ from the SDK's. ``spelling`` is as in ``requests``."""

    path: str | None = None
    extra: tuple[tuple[str, str], ...] = ()
    spelling: Mapping[str, Any] | None = None
    arguments: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, call: Call) -> Amendment:
        """What ``call`` asks for."""
        spelling = {name: value for name, value in call.arguments.items() if name in requests.SPELLING}
        return cls(call.sent_path, call.extra_query, spelling, requests.without_spelling(call.arguments))

    def __bool__(self) -> bool:
        return bool(self.path or self.extra or self.spelling)

    def apply(self, outgoing: Outgoing, origin: str) -> Outgoing:
        """The request as it is to go out; ``origin`` is where paths begin."""
        url = origin + self.path if self.path else outgoing.url
        if self.extra:
            url += ("&" if urlsplit(url).query else "?") + urlencode(self.extra)
        if not self.spelling:
            return Outgoing(outgoing.method, url, outgoing.headers, outgoing.body)
        body = self._body(dict(outgoing.headers).get("Authorization", ""))
        wanted = self.spelling.get(requests.HEADERS, {"Content-Type": requests.FORM})
        headers = {name: text for name, text in outgoing.headers.items() if name.lower() not in _OF_BODY}
        return Outgoing(self.spelling.get(requests.VERB, "POST"), url, {**headers, **wanted}, body)

    def _body(self, authorization: str) -> bytes:
        """The body in its own spelling; the token is in it where nothing else would be."""
        assert self.spelling is not None
        if requests.DATA in self.spelling:
            return str(self.spelling[requests.DATA]).encode()
        named = {name: value for name, value in (self.arguments or {}).items() if name != "api_method"}
        named = named or {requests.TOKEN: authorization.removeprefix("Bearer ")}
        return (json.dumps(named) if requests.HEADERS in self.spelling else urlencode(named)).encode()


_OF_BODY = frozenset({"content-type", "content-length"})


class Borders:
    """Keeps requests at one origin. ``replaying``: the vendor's hosts in recorded answers stand for that origin."""

    def __init__(self, base_url: str, *, replaying: bool) -> None:
        parts = urlsplit(base_url)
        self.base_url = base_url
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._replaying = replaying

    def within(self, url: str) -> str:
        """``url``, or what it stands for.

        Raises:
            ForeignHost: it leads elsewhere; nothing was sent.
        """
        if url.startswith((f"{self._origin}/", f"{self._origin}?")):
            return url
        parts = urlsplit(url)
        if self._replaying and requests.HOSTS.fullmatch(parts.hostname or ""):
            return self.base_url + parts._replace(scheme="", netloc="").geturl()
        raise ForeignHost(f"The call would have left {self._origin} for {url[:200]}; nothing was sent.")
