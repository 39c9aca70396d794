"""Turn the parts of a cassette into requests and responses, whatever recorder wrote them."""

from __future__ import annotations

import base64
import binascii
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from conformance.recordings.model import Interaction, Request, Response, fold_headers


class MalformedError(ValueError):
    """What is wrong and what to do, as a phrase that follows the place where it was found."""


def interaction(index: int, raw: Any) -> Interaction:
    """One exchange as it stands in the cassette, bodies still encoded.

    Raises:
        MalformedError: When a part that a recording must have is missing or of the wrong kind.
    """
    if not isinstance(raw, dict):
        raise MalformedError("there is no mapping with request and response; repair the cassette")
    return Interaction(index, _request(_mapping(raw, "request")), _response(_mapping(raw, "response")))


def decoded(recorded: Interaction) -> Interaction:
    """The exchange with its response body decoded, and without the headers that told of the encoding."""
    response = recorded.response
    told = ",".join(response.headers.get("content-encoding", ()))
    encodings = [word.strip().lower() for word in told.split(",") if word.strip()]
    if not encodings:
        return recorded
    if not set(encodings) <= {"gzip", "x-gzip", "deflate", "identity"}:
        return _without_encoding(recorded, response.body) if _is_text(response.body) else recorded
    body = response.body
    for encoding in reversed(encodings):
        body = _decompressed(body, encoding)
    return _without_encoding(recorded, body)


def _without_encoding(recorded: Interaction, body: bytes) -> Interaction:
    told = {"content-encoding"} | ({"content-length"} if body != recorded.response.body else set())
    headers = {name: lines for name, lines in recorded.response.headers.items() if name not in told}
    return replace(recorded, response=replace(recorded.response, headers=headers, body=body))


def _is_text(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decompressed(body: bytes, encoding: str) -> bytes:
    """Recorders may have decoded the body already and kept the header: such a body stays as it is."""
    try:
        if body[:2] == b"\x1f\x8b":
            return gzip.decompress(body)
        if encoding == "deflate":
            return _inflated(body)
    except (OSError, EOFError, zlib.error):
        raise MalformedError("the compressed body is damaged; record it again") from None
    return body


def _inflated(body: bytes) -> bytes:
    """Servers send deflate with or without the zlib frame; text is a body decoded before."""
    if not body or _is_text(body):
        return body
    try:
        return zlib.decompress(body)
    except zlib.error:
        return zlib.decompress(body, -zlib.MAX_WBITS)


def _mapping(raw: dict[str, Any], key: str) -> dict[str, Any]:
    value = raw.get(key)
    if not isinstance(value, dict):
        raise MalformedError(f"{key} is missing or no mapping; repair the cassette")
    return value


def _request(raw: dict[str, Any]) -> Request:
    method, uri = raw.get("method"), raw.get("uri", raw.get("url"))
    if not isinstance(method, str) or not method.isalpha():
        raise MalformedError("the request has no HTTP method; repair the cassette")
    return Request(method.upper(), _uri(uri), _headers(raw.get("headers")), _body(raw.get("body")))


def _uri(uri: Any) -> str:
    try:
        parts = urlsplit(uri) if isinstance(uri, str) else None
    except ValueError:
        parts = None
    if not parts or parts.scheme not in ("http", "https") or not parts.netloc:
        raise MalformedError("the request has no absolute http(s) URI; repair the cassette")
    return str(uri)


def _response(raw: dict[str, Any]) -> Response:
    code, reason = _status(raw)
    body = raw.get("body", raw.get("content"))  # ``content`` is what vcrpy once wrote for httpx
    return Response(code, reason, _headers(raw.get("headers")), _body(body))


def _status(raw: dict[str, Any]) -> tuple[int, str]:
    status = raw.get("status", raw.get("status_code"))
    code, reason = (status.get("code"), status.get("message")) if isinstance(status, dict) else (status, None)
    if isinstance(code, str) and code.isdecimal():
        code = int(code)
    if isinstance(code, bool) or not isinstance(code, int) or not 100 <= code <= 599:
        raise MalformedError("the response has no HTTP status between 100 and 599; repair the cassette")
    return code, str(reason) if reason is not None else _reason(code)


def _reason(code: int) -> str:
    try:
        return HTTPStatus(code).phrase
    except ValueError:
        return ""


def _headers(raw: Any) -> dict[str, tuple[str, ...]]:
    if raw is None:
        return {}
    if not isinstance(raw, dict):
        raise MalformedError("headers are no mapping; repair the cassette")
    return fold_headers(_lines(raw))


def _lines(raw: dict[Any, Any]) -> Iterator[tuple[str, str]]:
    for name, lines in raw.items():
        for line in lines if isinstance(lines, list | tuple) else (lines,):
            if isinstance(line, dict | list):
                raise MalformedError(f"header {name} is neither text nor a list; repair the cassette")
            yield str(name), line.decode("latin-1") if isinstance(line, bytes) else str(line)


def _body(raw: Any) -> bytes:
    """The body's bytes: text, ``!!binary``, or a mapping with ``string``, ``base64`` or ``base64_string``."""
    if isinstance(raw, dict):
        for key in ("base64", "base64_string"):
            if raw.get(key) is not None:
                return _base64(raw[key])
        if raw and "string" not in raw:
            raise MalformedError("a body has neither string nor base64; repair the cassette")
        raw = raw.get("string")
    if raw is None:
        return b""
    if isinstance(raw, bytes):
        return raw
    if not isinstance(raw, str):
        raise MalformedError("a body is neither text nor bytes; repair the cassette")
    return raw.encode("utf-8", "surrogatepass")


def _base64(raw: Any) -> bytes:
    try:
        return base64.b64decode(raw, validate=False)
    except (binascii.Error, TypeError, ValueError):
        raise MalformedError("a body is not base64 though it says so; repair the cassette") from None
