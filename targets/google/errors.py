"""Google's two error forms: that of Sheets and Docs, and that of Drive."""

from __future__ import annotations

from conformance.recordings.model import Json
from conformance.twinkit.service import Refusal, Reply


def sheets_error(code: int, status: str, message: str, details: Json = None) -> Json:
    """``{"error": {"code", "message", "status", "details"?}}``."""
    error = {"code": code, "message": message, "status": status}
    if details is not None:
        error["details"] = details
    return {"error": error}


def sheets_refusal(code: int, status: str, message: str, details: Json = None) -> Refusal:
    """An error as Sheets and Docs answer it; ``status`` is the canonical name (``INVALID_ARGUMENT``)."""
    return Refusal(Reply(sheets_error(code, status, message, details), code))


def drive_error(
    code: int,
    message: str,
    reason: str,
    domain: str = "global",
    location: str | None = None,
    location_type: str | None = None,
) -> Json:
    """``{"error": {"code", "message", "errors": [{"message", "domain", "reason", "location"?, ...}]}}``."""
    item = {"message": message, "domain": domain, "reason": reason}
    if location is not None:
        item |= {"location": location, "locationType": location_type or "parameter"}
    return {"error": {"code": code, "message": message, "errors": [item]}}


def drive_refusal(
    code: int,
    message: str,
    reason: str,
    domain: str = "global",
    location: str | None = None,
    location_type: str | None = None,
) -> Refusal:
    """An error as Drive answers it; ``location`` names the offending parameter."""
    return Refusal(Reply(drive_error(code, message, reason, domain, location, location_type), code))
