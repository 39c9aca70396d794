"""Arguments of a call: read from query, form or JSON, checked for their shape, and taken by handlers as they need them.

What is refused here is refused before anyone asks who calls.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl

from conformance.recordings.model import Json
from conformance.twinkit.service import TwinRequest
from targets.slack.twin.errors import SlackError, invalid_arguments

JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"
MULTIPART_TYPE = "multipart/form-data"
TEXT_TYPE = "text/plain"

_ARRAY = re.compile(r".*\[.*\]\Z", re.DOTALL)
_ODD_NAME = re.compile(r"[/\\\s]")
_TRUE = frozenset({"1", "true", "True", "yes"})


@dataclass(frozen=True)
class Arguments:
    """What a caller sent, by name: texts, or any JSON value where it came as JSON."""

    values: Mapping[str, Json]
    lacks_charset: bool = False
    """It came as JSON that did not say its charset: every answer warns of that."""

    def __contains__(self, name: str) -> bool:
        return self.values.get(name) is not None

    def text(self, name: str, default: str = "") -> str:
        """A text; numbers are taken as they are written."""
        value = self.values.get(name)
        return default if value is None or isinstance(value, (dict, list)) else str(value)

    def flag(self, name: str, default: bool = False) -> bool:
        """A boolean in any of its spellings."""
        value = self.values.get(name)
        return default if value is None else str(value) in _TRUE

    def number(self, name: str, default: int = 0) -> int:
        """A whole number; what is none counts as the default."""
        text = self.text(name)
        return int(text) if re.fullmatch(r"-?\d+", text) else default

    def names(self, name: str) -> list[str]:
        """A list of names: a JSON array, or a text with commas."""
        value = self.document(name) if self.text(name).startswith("[") else self.values.get(name)
        parts = value if isinstance(value, list) else self.text(name).split(",")
        return [str(part).strip() for part in parts if str(part).strip()]

    def moment(self, name: str, code: str = "") -> float | None:
        """Seconds since 1970; None where none are said. Refuses, with ``code``, what is no number."""
        text = self.text(name)
        try:
            return float(text) if text not in ("", "0", "now") else None
        except ValueError as error:
            raise _unreadable(code, f"must be a valid number [json-pointer:/{name}]") from error

    def document(self, name: str, default: Json = None, code: str = "") -> Json:
        """A JSON value, which may travel as a text. Refuses, with ``code``, a text that is no JSON."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return default if value is None else value
        try:
            return json.loads(value) if value else default
        except ValueError as error:
            raise _unreadable(code, f"must be a valid JSON [json-pointer:/{name}]") from error


def _unreadable(code: str, complaint: str) -> SlackError:
    return SlackError(code) if code else invalid_arguments(complaint)


def read(request: TwinRequest) -> Arguments:
    """The arguments of a request; refuses those of a shape that no method takes."""
    pairs = [(name, value) for name, values in request.query.items() for value in values]
    kind, charset = _content_type(request)
    if not request.body:
        return Arguments(_checked(pairs))
    if kind == JSON_TYPE:
        body = _json_object(request)
        return Arguments({**_checked(pairs), **_checked(list(body.items()))}, lacks_charset=not charset)
    return Arguments(_checked(pairs + _form(request, kind)))


def _content_type(request: TwinRequest) -> tuple[str, str]:
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    found = re.search(r"charset=([\w-]+)", parameters)
    return kind.strip(), found.group(1) if found else ""


def _json_object(request: TwinRequest) -> Mapping[str, Json]:
    try:
        body = request.json
    except ValueError as error:
        raise SlackError("invalid_json") from error
    if not isinstance(body, dict):
        raise SlackError("json_not_object")
    return body


def _form(request: TwinRequest, kind: str) -> list[tuple[str, Any]]:
    """Pairs of a form. A body that says nothing of its type is taken for one."""
    if kind == MULTIPART_TYPE:
        return _multipart(request)
    if kind not in ("", FORM_TYPE, TEXT_TYPE):
        raise SlackError("invalid_post_type")
    if b"=" not in request.body:
        raise SlackError("invalid_form_data")
    return list(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))


def _multipart(request: TwinRequest) -> list[tuple[str, Any]]:
    """Fields of a multipart form; contents of files are kept as bytes in text form."""
    found = re.search(r'boundary="?([^";]+)', request.headers["content-type"])
    if not found:
        raise SlackError("invalid_form_data")
    pieces = request.body.split(b"--" + found.group(1).encode())[1:-1]
    return [pair for piece in pieces if (pair := _field(piece))]


def _field(piece: bytes) -> tuple[str, str] | None:
    head, _, content = piece.strip(b"\r\n").partition(b"\r\n\r\n")
    message = Message()
    for line in head.decode("utf-8", "replace").splitlines():
        name, _, value = line.partition(":")
        message[name] = value.strip()
    called = message.get_param("name", header="content-disposition")
    return (called, content.decode("utf-8", "replace")) if isinstance(called, str) else None


def _checked(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """The pairs as a mapping, the last of each name. An argument without a value is not looked at closely."""
    for name, value in pairs:
        if _ARRAY.match(name):
            raise SlackError("invalid_array_arg")
        if value != "" and _ODD_NAME.search(name):
            raise SlackError("invalid_arg_name")
    return dict(pairs)


def require(arguments: Arguments, names: Sequence[str]) -> None:
    """Refuse a call that leaves out any of ``names``; one that is there and empty is the handler's matter."""
    missing = [name for name in names if name not in arguments]
    if missing:
        raise invalid_arguments(*(f"missing required field: {name}" for name in missing))
