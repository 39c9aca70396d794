"""Okta's error answers: a code, a summary that may name things, and causes."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable
from typing import Any

from conformance.twinkit.service import Refusal, Reply, TwinRequest
from targets.okta.twin.org import ALPHANUMERIC, Org

ERROR_ID_LENGTH = 25
NO_FEATURE = "You do not have permission to access the feature you are requesting"
WRONG_METHOD = ("E0000022", "The endpoint does not support the provided HTTP method")
TOO_MANY = "API call exceeded rate limit due to too many requests."


def body(code: str, summary: str, error_id: str, causes: Iterable[str] = ()) -> dict[str, Any]:
    """The one form that all of Okta's errors have."""
    listed = [{"errorSummary": cause} for cause in causes]
    return {"errorCode": code, "errorSummary": summary, "errorLink": code, "errorId": error_id, "errorCauses": listed}


def error(org: Org, status: int, code: str, summary: str, causes: Iterable[str] = ()) -> Refusal:
    """A refusal in Okta's form, with an id of its own."""
    error_id = org.ids.token(ERROR_ID_LENGTH, ALPHANUMERIC + "-_", "oae")
    return Refusal(Reply(body(code, summary, error_id, causes), status))


_TOLD = itertools.count()


class Malformed(ValueError):
    """A member of a body has another shape than Okta reads."""


def record(value: Any) -> dict[str, Any]:
    """``value``, which must be an object; {} where it is null. Raises Malformed."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Malformed(f"{value!r:.40} is no object")
    return value


def records(value: Any) -> list[dict[str, Any]]:
    """``value``, which must be a list of objects; [] where it is null. Raises Malformed."""
    if not isinstance(value, list | None):
        raise Malformed(f"{value!r:.40} is no list")
    return [record(item) for item in value or ()]


def texts(value: Any) -> list[str]:
    """``value``, which must be a list of texts; [] where it is null. Raises Malformed."""
    if not isinstance(value, list | None) or not all(isinstance(item, str) for item in value or ()):
        raise Malformed(f"{value!r:.40} is no list of texts")
    return value or []


def stateless(status: int, code: str, summary: str, *causes: str) -> Reply:
    """An error answer that is given before any organisation is asked: its id follows from how many there were."""
    digest = hashlib.sha256(f"{next(_TOLD)} {summary}".encode()).hexdigest()
    return Reply(body(code, summary, f"oae{digest}"[:ERROR_ID_LENGTH], causes), status)


def feature_disabled(_: TwinRequest) -> Reply:
    """The condition that the organisation does not have the feature."""
    return stateless(401, "E0000015", NO_FEATURE)


def internal_error(_: TwinRequest) -> Reply:
    """The condition that Okta fails."""
    return stateless(500, "E0000009", "Internal Server Error")


def not_found(org: Org, name: str, entity: str) -> Refusal:
    """404: there is no ``entity`` called ``name``."""
    return error(org, 404, "E0000007", f"Not found: Resource not found: {name} ({entity})")


def invalid(org: Org, what: str, *causes: str) -> Refusal:
    """400: ``what`` is not as it must be."""
    return error(org, 400, "E0000001", f"Api validation failed: {what}", causes)


def malformed(org: Org) -> Refusal:
    """400: the body cannot be read."""
    return error(org, 400, "E0000003", "The request body was not well-formed.")


def bad_search(org: Org, *causes: str) -> Refusal:
    """400: a search, filter or cursor that cannot be understood."""
    return error(org, 400, "E0000031", "Invalid search criteria.", causes)


def not_allowed(org: Org, code: str, summary: str, *causes: str) -> Refusal:
    """403: the state of things forbids it."""
    return error(org, 403, code, summary, causes)


def no_feature(org: Org) -> Refusal:
    """401: the organisation does not have the feature."""
    return error(org, 401, "E0000015", NO_FEATURE)


def wrong_method(org: Org) -> Refusal:
    """405: there is something at this path, but not with this method."""
    return error(org, 405, *WRONG_METHOD)


def unevidenced(org: Org, what: str) -> Refusal:
    """501: no recording shows what Okta answers to this, so the twin does not say anything."""
    return error(org, 501, "E0000060", f"Unsupported operation: the twin has no evidence for {what}.")
