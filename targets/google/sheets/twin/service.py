"""Google Sheets v4 as a service of a twin: routes, masks, conditions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from conformance.twinkit.service import Handler, Reply, Service, TwinRequest
from targets.google import fields, schemas
from targets.google.errors import sheets_error, sheets_refusal
from targets.google.overrides import with_overrides
from targets.google.sheets.twin.metadata import METADATA_ROUTES
from targets.google.sheets.twin.refusals import unevidenced
from targets.google.sheets.twin.seed import dump, seed
from targets.google.sheets.twin.spreadsheets import SPREADSHEET_ROUTES
from targets.google.sheets.twin.values import VALUES_ROUTES
from targets.google.state import GoogleState

HEADERS = {
    "Content-Type": "application/json; charset=UTF-8",
    "Vary": "Origin, X-Origin, Referer",
    "Cache-Control": "private",
    "Server": "ESF",
    "X-XSS-Protection": "0",
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
}

ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo"
HELP = "type.googleapis.com/google.rpc.Help"
LOCALIZED = "type.googleapis.com/google.rpc.LocalizedMessage"
BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"

PROJECT = "100000000000"
"""Number of the cloud project that the clients of the twin belong to."""


# --- partial responses


def endpoint(operation: str, handler: Handler) -> Handler:
    """The handler, honouring the ``fields`` parameter; a body that is no JSON never reaches it."""
    schema = schemas.answer_schema("sheets", operation)

    def handle(state: GoogleState, request: TwinRequest) -> Reply:
        _check_body(request)
        text = request.first("fields")
        if not text or schema is None:
            return handler(state, request)
        mask = _mask(text, schema)
        reply = handler(state, request)
        return replace(reply, body=fields.apply(mask, reply.body))

    return handle


def _check_body(request: TwinRequest) -> None:
    try:
        body = request.json
    except ValueError as error:
        raise unevidenced("a body that is no JSON") from error
    if body is not None and not isinstance(body, dict):
        raise unevidenced("a body that is no object")


def _mask(text: str, schema: schemas.Schema) -> fields.Mask:
    """Raises Refusal: 400 for names that the answer does not have."""
    try:
        mask = fields.parse(text)
    except fields.BadMask as error:
        raise unevidenced("a fields mask that is not well-formed") from error
    path = fields.unknown_path(mask, "sheets", schema)
    if path is None:
        return mask
    description = f"Error expanding 'fields' parameter. Cannot find matching fields for path '{path}'."
    violation = {"field": path, "description": description}
    details = [{"@type": BAD_REQUEST, "fieldViolations": [violation]}]
    raise sheets_refusal(400, "INVALID_ARGUMENT", "Request contains an invalid argument.", details)


# --- conditions of the surroundings


READING = re.compile(r":(?:get|batchGet)ByDataFilter\Z|:search\Z")
"""Paths of reads that are POST."""


def rate_limit(request: TwinRequest) -> Reply:
    """The quota of reads or of writes per minute is used up."""
    kind = "Read" if request.method == "GET" or READING.search(request.path) else "Write"
    message = (
        f"Quota exceeded for quota metric '{kind} requests' and limit '{kind} requests per minute per user'"
        f" of service 'sheets.googleapis.com' for consumer 'project_number:{PROJECT}'."
    )
    info = _info(
        "RATE_LIMIT_EXCEEDED",
        quota_metric=f"sheets.googleapis.com/{kind.lower()}_requests",
        quota_limit=f"{kind}RequestsPerMinutePerUser",
        quota_limit_value="60",
        quota_unit="1/min/{project}/{user}",
        quota_location="global",
    )
    link = _help("Request a higher quota limit.", "https://cloud.google.com/docs/quotas/help/request_increase")
    return Reply(sheets_error(429, "RESOURCE_EXHAUSTED", message, [info, link]), 429)


def service_disabled(_request: TwinRequest) -> Reply:
    """Nobody switched the API on in the client's project."""
    url = f"https://console.developers.google.com/apis/api/sheets.googleapis.com/overview?project={PROJECT}"
    message = (
        f"Google Sheets API has not been used in project {PROJECT} before or it is disabled. Enable it by visiting"
        f" {url} then retry. If you enabled this API recently, wait a few minutes for the action to propagate to"
        " our systems and retry."
    )
    details = [
        _info("SERVICE_DISABLED", serviceTitle="Google Sheets API", activationUrl=url, containerInfo=PROJECT),
        {"@type": LOCALIZED, "locale": "en-US", "message": message},
        _help("Google developers console API activation", url),
    ]
    return Reply(sheets_error(403, "PERMISSION_DENIED", message, details), 403)


def permission_denied(_request: TwinRequest) -> Reply:
    """The spreadsheet is somebody else's, who did not share it."""
    return Reply(sheets_error(403, "PERMISSION_DENIED", "The caller does not have permission"), 403)


def _info(reason: str, **metadata: str) -> dict[str, Any]:
    known = {"service": "sheets.googleapis.com", "consumer": f"projects/{PROJECT}"}
    return {"@type": ERROR_INFO, "reason": reason, "domain": "googleapis.com", "metadata": known | metadata}


def _help(description: str, url: str) -> dict[str, Any]:
    return {"@type": HELP, "links": [{"description": description, "url": url}]}


# --- paths


def normalise_path(path: str) -> str:
    """Without the slashes that the vendor ignores: at the end, and before a custom method (``/id/:batchUpdate``)."""
    return re.sub(r"/(?=:[A-Za-z]+\Z)|/\Z", "", path)


def unknown_route(request: TwinRequest) -> Reply:
    """No recording shows a path that Sheets does not have."""
    return unevidenced(f"{request.method} {request.path}").reply


def not_implemented(request: TwinRequest) -> Reply:
    """An operation of Sheets that the twin does not have."""
    return unevidenced(f"{request.method} {request.path}").reply


def _routes() -> Mapping[str, Handler]:
    routes = {**SPREADSHEET_ROUTES, **VALUES_ROUTES, **METADATA_ROUTES}
    answering = {operation: endpoint(operation, handler) for operation, handler in routes.items()}
    return with_overrides(answering, lambda _state, request: unknown_route(request))


SERVICE = Service(
    name="sheets",
    routes=_routes(),
    state_key="google",
    new_state=GoogleState,
    seed=seed,
    dump=dump,
    unknown_route=unknown_route,
    not_implemented=not_implemented,
    surface=schemas.surface("sheets"),
    roots=("/v4/",),
    conditions={
        "rate_limit": rate_limit,
        "service_disabled": service_disabled,
        "permission_denied": permission_denied,
    },
    normalise_path=normalise_path,
    headers=HEADERS,
)
