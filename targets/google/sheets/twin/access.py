"""The spreadsheet that a request is about."""

from __future__ import annotations

from conformance.twinkit.service import TwinRequest
from targets.google.sheets.twin.model import Spreadsheet
from targets.google.sheets.twin.refusals import not_found
from targets.google.state import GoogleState


def spreadsheet_of(state: GoogleState, request: TwinRequest) -> Spreadsheet:
    """The spreadsheet that the path names. Raises Refusal (404) where there is none."""
    spreadsheet = state.spreadsheets.get(request.params["spreadsheetId"])
    if spreadsheet is None:
        raise not_found()
    return spreadsheet


def changed(state: GoogleState, spreadsheet: Spreadsheet) -> None:
    """Tell Drive that the spreadsheet's content changed."""
    if spreadsheet.spreadsheet_id in state.files:
        state.touch(spreadsheet.spreadsheet_id)
