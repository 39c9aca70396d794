"""Variants, error codes and conditions."""

import json

import pytest

from conformance.programs.model import Call, Exchange, Observation
from conformance.recordings.model import Request, Response
from conformance.target import Condition
from targets.google.drive import TARGET as DRIVE
from targets.google.sheets import TARGET as SHEETS


def batch(*kinds, **more):
    body = {"requests": [{kind: {}} for kind in kinds], **more}
    return Call(
        "sheets",
        "POST /v4/spreadsheets/{spreadsheetId}:batchUpdate",
        "spreadsheets.batchUpdate",
        {"spreadsheetId": "S", "body": body},
    )


@pytest.mark.parametrize(
    ("target", "call", "variant"),
    [
        (SHEETS, batch("updateCells", "addSheet", "updateCells"), "addSheet+updateCells"),
        (SHEETS, batch("a", "b", "c", "d", "e"), "a+b+c+2 more"),
        (SHEETS, batch("a", includeSpreadsheetInResponse=True), "a,includeSpreadsheetInResponse"),
        (SHEETS, batch(), ""),
        (
            SHEETS,
            Call(
                "sheets",
                "GET /v4/spreadsheets/{spreadsheetId}/values/{range}",
                "spreadsheets.values.get",
                {"valueRenderOption": "FORMULA", "majorDimension": "COLUMNS"},
            ),
            "COLUMNS,FORMULA",
        ),
        (
            SHEETS,
            Call(
                "sheets",
                "GET /v4/spreadsheets/{spreadsheetId}/values/{range}",
                "spreadsheets.values.get",
                {"valueRenderOption": "FORMATTED_VALUE", "majorDimension": "ROWS"},
            ),
            "",
        ),
        (
            DRIVE,
            Call("drive", "POST /drive/v3/files", "files.create", {"body": {"mimeType": "text/plain"}, "fields": "id"}),
            "text/plain,fields",
        ),
        (DRIVE, Call("drive", "GET /drive/v3/files/{fileId}", "files.get_media", {"fileId": "F"}), "media"),
        (DRIVE, Call("drive", "GET /drive/v3/files", "files.list", {"q": "", "orderBy": "name"}), "orderBy"),
    ],
)
def test_variants_name_what_splits_behaviours(target, call, variant):
    assert target.variant(call) == variant


def observed(status, body):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Observation(exchanges=(Exchange(Request("GET", "http://t/"), Response(status, body=body)),))


REASON = {"@type": "type.googleapis.com/google.rpc.ErrorInfo"}


@pytest.mark.parametrize(
    ("target", "body", "code"),
    [
        (DRIVE, {"error": {"errors": [{"reason": "notFound"}], "status": "NOT_FOUND"}}, "notFound"),
        (DRIVE, {"error": {"status": "NOT_FOUND"}}, "NOT_FOUND"),
        (SHEETS, {"error": {"errors": [{"reason": "badRequest"}], "status": "INVALID_ARGUMENT"}}, "INVALID_ARGUMENT"),
        (SHEETS, [{"error": {"status": "NOT_FOUND"}}], "NOT_FOUND"),
        (SHEETS, {"error": "gone"}, ""),
        (SHEETS, {"id": "no error"}, ""),
        (SHEETS, None, ""),
    ],
)
def test_error_codes_are_the_vendors(target, body, code):
    assert target.error_code(400, body) == code


@pytest.mark.parametrize(
    ("observation", "condition"),
    [
        (observed(429, {"error": {"status": "RESOURCE_EXHAUSTED"}}), "rate_limit"),
        (observed(403, {"error": {"errors": [{"reason": "userRateLimitExceeded"}]}}), "rate_limit"),
        (
            observed(
                403, {"error": {"status": "PERMISSION_DENIED", "details": [REASON | {"reason": "SERVICE_DISABLED"}]}}
            ),
            "service_disabled",
        ),
        (observed(403, {"error": {"status": "PERMISSION_DENIED"}}), "permission_denied"),
        (observed(429, b"<html>Sorry...</html>"), "automated_queries"),
        (observed(404, {"error": {"status": "NOT_FOUND"}}), None),
        (observed(400, {"error": {"status": "INVALID_ARGUMENT"}}), None),
        (observed(200, {}), None),
        (Observation(), None),
    ],
)
def test_conditions_are_what_no_call_causes(observation, condition):
    assert SHEETS.condition(observation) == (Condition(condition) if condition else None)


def test_501_says_that_the_twin_does_not_have_it():
    assert DRIVE.not_implemented(observed(501, {"error": {"code": 501}}))
    assert not DRIVE.not_implemented(observed(500, {}))
