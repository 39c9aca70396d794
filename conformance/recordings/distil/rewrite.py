"""Carry a scribe through a recording: every URL, header and body of it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from hashlib import blake2b
from urllib.parse import parse_qsl, unquote, unquote_plus

from conformance.recordings.distil.forms import TAG, URL, as_json_text, is_prose
from conformance.recordings.distil.keys import role
from conformance.recordings.distil.parts import replace_between
from conformance.recordings.distil.scribe import Scribe, encoded
from conformance.recordings.model import Headers, Interaction, Json, Recording, Request, Response

REQUEST_HEADERS = re.compile(r"content-type|content-range|range|if-.*|prefer|x-http-method-override|x-upload-.*")
RESPONSE_HEADERS = re.compile(
    r"content-type|content-range|content-disposition|range|retry-after|location|etag|link|www-authenticate|date"
    r"|allow|(x-)?rate-?limit-.*|x-rate-limit-.*|.*-scopes|x-.*-failure|deprecation|sunset|warning"
)
"""Headers that clients act on; those of transport, caches and proxies say nothing about the service."""

MAX_BINARY = 65536
"""Bytes of a binary body that are made anew; the rest of a longer one is left out."""

_FORM = re.compile(r"[\w.%\[\]-]+=[^\s<>]*")
_BOUNDARY = re.compile(r'boundary="?([^";]+)"?')


class Rewriter:
    """Applies a scribe to requests and responses."""

    def __init__(self, scribe: Scribe) -> None:
        self._scribe = scribe

    def recording(self, recording: Recording) -> Recording:
        """The same recording with its private values made anew."""
        return replace(recording, interactions=tuple(map(self.interaction, recording.interactions)))

    def interaction(self, item: Interaction) -> Interaction:
        """The same exchange with its private values made anew."""
        return Interaction(item.index, self._request(item.request), self._response(item.response))

    def _request(self, request: Request) -> Request:
        return Request(
            method=request.method,
            uri=self._scribe.url(request.uri),
            headers=self._headers(request.headers, REQUEST_HEADERS),
            body=self._body(request, failed=False),
        )

    def _response(self, response: Response) -> Response:
        return Response(
            status=response.status,
            reason=response.reason,
            headers=self._headers(response.headers, RESPONSE_HEADERS),
            body=self._body(response, failed=response.failed),
        )

    def _headers(self, headers: Headers, kept: re.Pattern[str]) -> dict[str, tuple[str, ...]]:
        return {
            name: tuple(self._header(name, line) for line in lines)
            for name, lines in headers.items()
            if kept.fullmatch(name)
        }

    def _header(self, name: str, line: str) -> str:
        if name == "date" or (name.startswith("if-") and name.endswith("since")) or name == "sunset":
            return self._scribe.http_date(line)
        if name in ("etag", "if-match", "if-none-match", "content-disposition"):
            return self._scribe.parts(line, quotes_name=True)
        if name.endswith("reset"):
            return self._scribe.epoch(line)
        vendors = name == "content-type" or name.endswith("-scopes")
        return line if vendors else self._scribe.parts(line)

    def _body(self, message: Request | Response, failed: bool) -> bytes:
        if not message.body:
            return b""
        document = message.json
        if document is not None:
            return _dump(self.document(document, "", failed)).encode("utf-8", "surrogatepass")
        try:
            text = message.body.decode("utf-8")
        except UnicodeDecodeError:
            text = None
        kind = message.header("content-type") or ""
        if kind.startswith("multipart/") and (boundary := _BOUNDARY.search(kind)):
            return self._multipart(message.body, boundary[1].encode())
        if text is None:
            return _noise(message.body)
        return self._text(text, kind, failed).encode("utf-8")

    def document(self, node: Json, key: str, failed: bool, depth: int = 0) -> Json:
        """A JSON document with its leaves rewritten; ``depth`` counts lists directly inside lists."""
        if isinstance(node, dict):
            return {self._key(name): self.document(value, role(name, node), failed) for name, value in node.items()}
        if isinstance(node, list):
            return [self.document(value, key, failed, depth + 1) for value in node]
        if isinstance(node, str):
            return self._leaf(node, key, failed, cell=depth > 1)
        if isinstance(node, int) and not isinstance(node, bool) and depth < 2:
            return self._scribe.integer(node, key)
        return node

    def _key(self, name: str) -> str:
        return self._scribe.key(name) if len(name) > 4 else name

    def _leaf(self, text: str, key: str, failed: bool, cell: bool) -> str:
        if as_json_text(text):
            try:
                return _dump(self.document(json.loads(text), key, failed))
            except (ValueError, RecursionError):
                pass
        return self._scribe.leaf(text, key, failed, cell)

    def _text(self, text: str, kind: str, failed: bool) -> str:
        """A body that is no JSON: a form, a web page, lines of text or CSV."""
        if kind.startswith("application/x-www-form-urlencoded") or (not kind and _FORM.fullmatch(text)):
            return self._form(text)
        if failed or URL.fullmatch(text):
            return self._scribe.leaf(text, "", failed)
        if "xml" in kind or text.startswith("<?xml"):
            return replace_between(text, TAG, self._scribe.parts, lambda content: self._scribe.leaf(content, ""))
        return "".join(self._line(line) for line in text.splitlines(keepends=True))

    def _form(self, body: str) -> str:
        return "&".join(map(self._pair, body.split("&"))) if parse_qsl(body) else body

    def _pair(self, raw: str) -> str:
        """A field of a form; some hold JSON."""
        key, equals, value = raw.partition("=")
        text = unquote_plus(value)
        if not as_json_text(text):
            return self._scribe.pair(raw)
        return key + equals + encoded(self._leaf(text, unquote(key), failed=False, cell=False), text, value)

    def _line(self, line: str) -> str:
        return self._scribe.name(line) if is_prose(line) else self._scribe.parts(line)

    def _multipart(self, body: bytes, boundary: bytes) -> bytes:
        """Each part by its own kind; boundaries and part headers stay."""
        return (b"--" + boundary).join(self._part(part) for part in body.split(b"--" + boundary))

    def _part(self, part: bytes) -> bytes:
        found = re.search(rb"\r?\n\r?\n", part)
        if not found:
            return part
        head, body = part[: found.end()], part[found.end() :]
        content = body.rstrip(b"\r\n")
        kind = re.search(rb"(?i)content-type:\s*([^\r\n]+)", head)
        headers = {"content-type": (kind[1].decode("latin-1"),)} if kind else {}
        inner = Request("POST", "", headers, content)
        return head + self._body(inner, failed=False) + body[len(content) :]


def _dump(document: Json) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _noise(body: bytes) -> bytes:
    """Bytes that mean nothing, after the few that tell the file's type."""
    wanted = min(len(body), MAX_BINARY)
    seed = blake2b(body).digest()
    blocks = (blake2b(seed + n.to_bytes(4, "big")).digest() for n in range(wanted // 64 + 1))
    return (body[:8] + b"".join(blocks))[:wanted]
