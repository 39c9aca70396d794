"""What all handlers of Drive share: masks on answers, pages of lists, and the errors.

A handler takes the state and the request and returns a full resource (None for an empty answer, or a Reply that
goes out as it is). ``endpoint`` turns it into a route: it checks the ``fields`` mask before anything happens and
applies it to what comes back.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from hashlib import shake_256
from typing import Any

from conformance.recordings.model import Json
from conformance.twinkit.service import Handler, Refusal, Reply, TwinRequest
from targets.google import fields, schemas
from targets.google.errors import drive_error, drive_refusal
from targets.google.state import GoogleState

ResourceHandler = Callable[[GoogleState, TwinRequest], Json | Reply | None]

HEADERS = {
    "Vary": "Origin, X-Origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "X-XSS-Protection": "0",
    "Server": "ESF",
}
"""On every answer."""

NEVER_CACHED = {
    "Cache-Control": "no-cache, no-store, max-age=0, must-revalidate",
    "Pragma": "no-cache",
    "Expires": "Mon, 01 Jan 1990 00:00:00 GMT",
}
"""On every answer that is a resource."""

FILE_DEFAULT = "kind,id,name,mimeType,teamDriveId,driveId"
PERMISSION_DEFAULT = "kind,id,type,role,allowFileDiscovery"
CHANGE_DEFAULT = f"kind,removed,file({FILE_DEFAULT}),fileId,time,type,changeType,driveId,teamDriveId,teamDrive,drive"

DEFAULT_MASKS: Mapping[str, str] = {
    "File": FILE_DEFAULT,
    "FileList": f"kind,nextPageToken,incompleteSearch,files({FILE_DEFAULT})",
    "Permission": PERMISSION_DEFAULT,
    "PermissionList": f"kind,nextPageToken,permissions({PERMISSION_DEFAULT})",
    "Revision": "kind,id,mimeType,modifiedTime",
    "RevisionList": "kind,nextPageToken,revisions(kind,id,mimeType,modifiedTime)",
    "Drive": "kind,id,name",
    "DriveList": "kind,nextPageToken,drives(kind,id,name)",
    "ChangeList": f"kind,nextPageToken,newStartPageToken,changes({CHANGE_DEFAULT})",
}
"""What an answer shows when the caller does not say, by schema; everything for those not named here."""

MASK_REQUIRED = frozenset({"About", "Comment", "CommentList", "Reply", "ReplyList"})
"""Schemas that are only answered to callers who say which fields they want."""


def endpoint(operation: str, handler: ResourceHandler) -> Handler:
    """The route of ``operation`` (a name of the surface) that answers what ``handler`` returns."""
    schema = schemas.answer_schema("drive", operation)

    def handle(state: GoogleState, request: TwinRequest) -> Reply:
        mask = read_mask(request, schema) if schema else {}
        answer = handler(state, request)
        if isinstance(answer, Reply):
            return answer
        if answer is None:
            return Reply(None, 204, NEVER_CACHED)
        return Reply(fields.apply(mask, answer), headers=NEVER_CACHED)

    return handle


def read_mask(request: TwinRequest, schema: schemas.Schema) -> fields.Mask:
    """The mask of the answer. Refuses a missing one where the schema needs it."""
    text = request.first("fields")
    if request.first("alt") == "media":
        return {}
    if not text:
        return _default_mask(schema["id"])
    try:
        mask = fields.parse(text)
    except fields.BadMask as error:
        raise unevidenced("a malformed fields parameter") from error
    if fields.unknown_path(mask, "drive", schema) is not None:
        raise unevidenced("a field that the schema does not have")
    return mask


def _default_mask(schema_id: str) -> fields.Mask:
    if schema_id in MASK_REQUIRED:
        message = "The 'fields' parameter is required for this method."
        raise drive_refusal(400, message, "required", location="fields")
    default = DEFAULT_MASKS.get(schema_id)
    return fields.parse(default) if default else {}


# Errors


def not_found(what: str, identifier: str, location: str) -> Refusal:
    """404 as in ``File not found: x.`` with the parameter that named it."""
    return drive_refusal(404, f"{what} not found: {identifier}.", "notFound", location=location)


def invalid_value(parameter: str) -> Refusal:
    """400 for a parameter that cannot be read."""
    return drive_refusal(400, "Invalid Value", "invalid", location=parameter)


def unevidenced(what: str) -> Refusal:
    """501: no recording shows what the vendor answers here, and the twin does not guess."""
    return Refusal(not_implemented_reply(f"The twin has no evidence for {what}."))


def not_implemented_reply(message: str) -> Reply:
    """501 in Drive's error form."""
    return Reply(drive_error(501, message, "notImplemented"), 501)


# Parameters


def flag(request: TwinRequest, name: str, default: bool = False) -> bool:
    """A boolean query parameter; clients write it as ``true``, ``True`` or ``TRUE``."""
    text = request.first(name)
    return default if not text else text.lower() == "true"


def json_object(request: TwinRequest, schema_name: str) -> dict[str, Any]:
    """The request's body as a resource of that schema; empty where there is none."""
    try:
        return resource_like(request.json, schema_name)
    except ValueError as error:
        raise unevidenced("a body that is no JSON") from error


def resource_like(body: Json, schema_name: str) -> dict[str, Any]:
    """``body``, checked to be of the types that the schema asks for."""
    if not schemas.fits("drive", schemas.schema("drive", schema_name), body):
        raise unevidenced(f"a body that is no {schema_name}")
    return body or {}


# Pages


def page(
    request: TwinRequest, items: Sequence[Json], default_size: int, largest: int = 1000
) -> tuple[Sequence[Json], str | None]:
    """The page of ``items`` that the request asks for, and the token of the next one (None after the last)."""
    size = _page_size(request, default_size, largest)
    start = _read_token(request)
    end = start + size
    return items[start:end], _write_token(request, end) if end < len(items) else None


def _page_size(request: TwinRequest, default: int, largest: int) -> int:
    text = request.first("pageSize")
    if not text:
        return default
    if not text.isdecimal() or not 1 <= int(text) <= largest:
        raise unevidenced("a pageSize out of bounds")
    return int(text)


TOKEN_MARK = "~!!~"
"""How page tokens begin; URL-safe base64 follows."""

_TOKEN_HEAD = bytes.fromhex("008f4557b4")
_TOKEN_BYTES = {"/drive/v3/files": 267}
"""How long tokens are by path; those of all other lists are shorter."""

_SHORT_TOKEN_BYTES = 153

_BOUND = ("q", "orderBy", "corpora", "driveId", "spaces", "includeDeleted", "startModifiedTime")
"""Parameters that may not change from page to page."""


def _write_token(request: TwinRequest, start: int) -> str:
    """Where the next page begins, sealed with what may not change on the way there."""
    place = start.to_bytes(4, "big")
    bound = [request.path, *(request.first(name) or "" for name in _BOUND)]
    content = _TOKEN_HEAD + place
    size = _TOKEN_BYTES.get(request.path, _SHORT_TOKEN_BYTES) - len(content)
    seal = shake_256(place + json.dumps(bound).encode()).digest(size)
    return TOKEN_MARK + base64.urlsafe_b64encode(content + seal).decode()


def _read_token(request: TwinRequest) -> int:
    """Where the page begins. Refuses a token that was not given out for these parameters."""
    token = request.first("pageToken")
    if not token:
        return 0
    try:
        content = base64.urlsafe_b64decode(token.removeprefix(TOKEN_MARK))
    except ValueError as error:
        raise invalid_value("pageToken") from error
    start = int.from_bytes(content[len(_TOKEN_HEAD) : len(_TOKEN_HEAD) + 4], "big")
    if _write_token(request, start) != token:
        raise invalid_value("pageToken")
    return start


def listing(kind: str, name: str, items: Sequence[Json], next_token: str | None) -> Json:
    """A list resource: ``{"kind", name: items, "nextPageToken"?}``."""
    answer: dict[str, Any] = {"kind": kind, name: list(items)}
    return answer if next_token is None else {**answer, "nextPageToken": next_token}
