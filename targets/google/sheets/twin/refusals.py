"""What the Sheets twin answers when it must refuse."""

from __future__ import annotations

from conformance.twinkit.service import Refusal
from targets.google.errors import sheets_refusal


def not_found() -> Refusal:
    """The spreadsheet, or what a request names by an id, is not there."""
    return sheets_refusal(404, "NOT_FOUND", "Requested entity was not found.")


def unparsable_range(text: str) -> Refusal:
    """``text`` is no range of this spreadsheet, as it was sent."""
    return sheets_refusal(400, "INVALID_ARGUMENT", f"Unable to parse range: {text}")


def unevidenced(what: str) -> Refusal:
    """No recording shows what the service answers to this."""
    return sheets_refusal(501, "UNIMPLEMENTED", f"The twin has no evidence of this: {what}.")
