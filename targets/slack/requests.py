"""What a request to the API says, whichever way it is written.

Every method takes its arguments from the query, from a form or from a JSON object, by GET or by POST, and the token
beside them or in a header. All of these are spellings of one call. A few spellings change the answer, and are kept
(``spelling``): JSON without a charset draws a warning, a body of another type is refused, so is a GET with a body.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

from conformance.recordings.model import Json, Request
from targets.slack.surface import Method, Surface

API = re.compile(r"/api/(?!(?:v\d+|internal)(?:/|$))(?P<method>.+)")
"""Other services have versions below ``/api``, and their requests come by here too."""

UPLOADS = re.compile(r"/upload/v1/[^/]+")
HOSTS = re.compile(r"(?:.*\.)?slack(?:-gov)?\.com")

HEADERS, VERB, DATA = "headers", "http_verb", "data"
"""Parameters of the SDK's ``api_call`` that say how a request is spelled; no method has arguments of these names."""

SPELLING = frozenset({HEADERS, VERB, DATA})
TOKEN = "token"
FORM = "application/x-www-form-urlencoded"
JSON_TYPE = "application/json"
MULTIPART = "multipart/form-data"
_YES, _NO = frozenset({"1", "true"}), frozenset({"0", "false"})

Pairs = list[tuple[str, Json]]
"""Arguments in order; a name may come twice."""


def is_ours(request: Request, surface: Surface) -> bool:
    """Whether a request is for Slack: by its host or, where a proxy or a stand-in took it, by the method's name."""
    return bool(HOSTS.fullmatch(request.host)) or api_method(request) in surface.methods


def is_api(request: Request) -> bool:
    """Whether the path is one of the API or of its uploads."""
    return bool(API.fullmatch(request.path) or UPLOADS.fullmatch(request.path))


def api_method(request: Request) -> str | None:
    """What follows ``/api/`` in the path; None for other paths."""
    found = API.fullmatch(request.path)
    return unquote(found["method"]) if found else None


def spelling(request: Request) -> dict[str, Json]:
    """The parameters of ``api_call`` that say what is unusual about the request; {} for nothing."""
    if not request.body:
        return {}
    if request.method == "GET":
        return {VERB: "GET"}
    content_type = request.header("content-type") or FORM
    media = content_type.partition(";")[0].strip().lower()
    if media == MULTIPART or (media == FORM and b"=" in request.body):
        return {}
    if media == JSON_TYPE and isinstance(request.json, dict):
        return {} if "charset" in content_type.lower() else {HEADERS: {"Content-Type": content_type}}
    return {HEADERS: {"Content-Type": content_type}, DATA: request.body.decode("utf-8", "backslashreplace")}


def arguments(request: Request) -> Pairs:
    """All arguments, the token apart: those of the query, then those of the body and of Basic authentication."""
    pairs = [*request.query, *_in_body(request), *_credentials(request)]
    return [(name, value) for name, value in pairs if name != TOKEN and value is not None]


def _in_body(request: Request) -> Iterable[tuple[str, Json]]:
    content_type = (request.header("content-type") or FORM).lower()
    if not request.body or DATA in spelling(request):
        return ()
    if content_type.startswith(MULTIPART):
        return _parts(request)
    if content_type.startswith(JSON_TYPE) and isinstance(request.json, dict):
        return request.json.items()
    return parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)


def _credentials(request: Request) -> Iterator[tuple[str, Json]]:
    """An application's own credentials, which its OAuth calls send as arguments or in the header."""
    kind, _, secret = (request.header("authorization") or "").partition(" ")
    if kind.lower() != "basic":
        return
    try:
        name, _, password = b64decode(secret, validate=True).decode().partition(":")
    except ValueError:
        return  # a recording that hides its secrets has a word in their place
    yield from (("client_id", name), ("client_secret", password))


def _parts(request: Request) -> Iterator[tuple[str, Json]]:
    """Fields of a multipart form; bytes are told letter by letter, as Latin-1."""
    header = f"content-type: {request.header('content-type')}\r\n\r\n".encode()
    for part in BytesParser(policy=HTTP).parsebytes(header + request.body).iter_parts():
        content = part.get_payload(decode=True)
        name = part.get_param("name", header="content-disposition")
        yield str(name), content.decode("latin-1") if isinstance(content, bytes) else ""


def canonical(request: Request, surface: Surface) -> Request:
    """The one request that stands for all spellings of a call: arguments as sorted pairs, the spelling as query."""
    if UPLOADS.fullmatch(request.path):
        return Request("POST", request.uri, {"content-type": ("application/octet-stream",)}, request.body)
    api = api_method(request)
    if api is None:
        return request
    method = surface.method(api)
    pairs = sorted([name, plain(method, name, value)] for name, value in arguments(request))
    spelled = urlencode({name: json.dumps(value) for name, value in spelling(request).items()})
    uri = request.uri.partition("?")[0] + (f"?{spelled}" if spelled else "")
    return Request("POST", uri, {"content-type": (JSON_TYPE,)}, json.dumps(pairs).encode())


def plain(method: Method, name: str, value: Json) -> str:
    """An argument's value as one text, equal for all its spellings."""
    kind = method.kind(name)
    if kind == "structure" and isinstance(value, str):
        value = structure(value)
    if kind == "texts" and isinstance(value, list):
        return ",".join(map(str, value))
    if isinstance(value, bool):
        return "1" if value else "0"
    if kind == "boolean" and str(value).lower() in _YES | _NO:
        return "1" if str(value).lower() in _YES else "0"
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else str(value)


def structure(text: str) -> Json:
    """What a JSON text of an object or a list says; any other text as it is."""
    if not text.lstrip().startswith(("{", "[")):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def typed(method: Method, name: str, value: Json) -> Json:
    """An argument as the SDK takes it: what goes out for it is ``value`` in one of its spellings."""
    kind, parameter = method.kind(name), method.parameters.get(name)
    as_text = method.carrier != "json" and (kind == "text" or (kind == "structure" and parameter and parameter.as_text))
    if not isinstance(value, str):
        return _for_a_form(value) if as_text else value
    if kind == "structure":
        return value if as_text else structure(value)
    if kind == "texts":
        return value.split(",") if value else value
    if kind == "boolean" and value.lower() in _YES | _NO:
        return value.lower() in _YES
    if kind == "integer" and re.fullmatch(r"-?(?:0|[1-9]\d*)", value):
        return int(value)
    return value


def untyped(method: Method, name: str, value: Json) -> Json:
    """An argument as the SDK's ``api_call`` takes it, which puts it on the wire as it is."""
    if method.kind(name) == "texts" and isinstance(value, list):
        return ",".join(map(str, value))
    return value if method.carrier == "json" else _for_a_form(value)


def _for_a_form(value: Json) -> Json:
    """Forms hold texts: a structure goes as JSON."""
    return json.dumps(value) if isinstance(value, dict | list) else value


def without_spelling(arguments_: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of the API among those of a call."""
    return {name: value for name, value in arguments_.items() if name not in SPELLING}
