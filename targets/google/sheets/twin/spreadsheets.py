"""Handlers of ``spreadsheets.*``: create, get, getByDataFilter, batchUpdate, sheets.copyTo."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields as dataclass_fields
from typing import Any

from conformance.twinkit.service import Handler, Reply, TwinRequest
from targets.google import fields, protojson
from targets.google.errors import sheets_refusal
from targets.google.sheets.twin.a1 import Area, parse
from targets.google.sheets.twin.access import changed, spreadsheet_of
from targets.google.sheets.twin.metadata import filtered_areas
from targets.google.sheets.twin.model import Box, Spreadsheet, new_sheet
from targets.google.sheets.twin.refusals import unevidenced
from targets.google.sheets.twin.requests import REQUESTS, InvalidRequest
from targets.google.sheets.twin.requests.documents import UnknownField
from targets.google.sheets.twin.requests.sheets import add_sheet, copied, copy_title, place
from targets.google.sheets.twin.resource import fill_sheet, make_spreadsheet, spreadsheet_resource
from targets.google.state import SPREADSHEET, GoogleState

Json = dict[str, Any]


def create(state: GoogleState, request: TwinRequest) -> Reply:
    """A new spreadsheet: as given, with one empty sheet where none is."""
    given = protojson.read("sheets", "Spreadsheet", request.json)
    spreadsheet = make_spreadsheet(state.new_file_id(SPREADSHEET), given)
    for sheet in given.get("sheets", []):
        add_sheet(state, spreadsheet, {"properties": sheet.get("properties", {})})
        fill_sheet(spreadsheet, spreadsheet.sheets[-1], sheet)
    if not spreadsheet.sheets:
        spreadsheet.sheets = [new_sheet(0, "Sheet1", 0)]
    state.add_spreadsheet(spreadsheet)
    return Reply(spreadsheet_resource(spreadsheet, grid=_names_data(request)))


def get(state: GoogleState, request: TwinRequest) -> Reply:
    """A spreadsheet, or the sheets that ``ranges`` name, with cells where they are asked for."""
    spreadsheet = spreadsheet_of(state, request)
    areas = [parse(spreadsheet, text) for text in request.query.get("ranges", ())]
    grid = _names_data(request) if request.first("fields") else _flag(request, "includeGridData")
    exclude = _flag(request, "excludeTablesInBandedRanges")
    return Reply(spreadsheet_resource(spreadsheet, _boxes(areas) if areas else None, grid, exclude))


def get_by_data_filter(state: GoogleState, request: TwinRequest) -> Reply:
    """Like ``get``, for the ranges that filters select."""
    spreadsheet = spreadsheet_of(state, request)
    given = protojson.read("sheets", "GetSpreadsheetByDataFilterRequest", request.json)
    areas = [area for area, _ in filtered_areas(spreadsheet, given.get("dataFilters", []))]
    grid = _names_data(request) if request.first("fields") else given.get("includeGridData", False)
    boxes = _boxes(areas) if "dataFilters" in given else None
    return Reply(spreadsheet_resource(spreadsheet, boxes, grid, given.get("excludeTablesInBandedRanges", False)))


def copy_to(state: GoogleState, request: TwinRequest) -> Reply:
    """A copy of a sheet as the last one of a spreadsheet; answers with the copy's properties."""
    sheet_id = request.params["sheetId"]
    source = spreadsheet_of(state, request).sheet_by_id(int(sheet_id) if sheet_id.isdecimal() else -1)
    given = protojson.read("sheets", "CopySheetToAnotherSpreadsheetRequest", request.json)
    target = state.spreadsheets.get(given.get("destinationSpreadsheetId", ""))
    if source is None or target is None:
        raise unevidenced("copying a missing sheet, or to a missing spreadsheet")
    sheet = copied(state, source, state.ids.number(1, 2**31 - 1), copy_title(target, source.title))
    place(target, sheet, None)
    changed(state, target)
    return Reply(copy.deepcopy(sheet.properties))


# --- batchUpdate


def batch_update(state: GoogleState, request: TwinRequest) -> Reply:
    """Runs requests in order; where one is refused, none of them has happened."""
    spreadsheet = spreadsheet_of(state, request)
    given = protojson.read("sheets", "BatchUpdateSpreadsheetRequest", request.json)
    with all_or_nothing(spreadsheet):
        replies = [_run(state, spreadsheet, index, one) for index, one in enumerate(_requests(given))]
        answer: Json = {"spreadsheetId": spreadsheet.spreadsheet_id, "replies": replies}
        if given.get("includeSpreadsheetInResponse"):
            answer["updatedSpreadsheet"] = _updated(spreadsheet, given)
    if spreadsheet.spreadsheet_id in state.files:
        state.rename(spreadsheet.spreadsheet_id, spreadsheet.properties["title"])
    changed(state, spreadsheet)
    return Reply(answer)


def _requests(given: Json) -> Sequence[Json]:
    requests: Sequence[Json] = given.get("requests", [])
    if not requests:
        raise unevidenced("an update without requests")
    return requests


def _run(state: GoogleState, spreadsheet: Spreadsheet, index: int, request: Json) -> Json:
    """The reply to one request. Raises Refusal with the service's words for a refused one."""
    if len(request) != 1:
        raise unevidenced("a request that is not of exactly one kind")
    (kind, message), *_ = request.items()
    if kind not in REQUESTS:
        raise unevidenced(f"requests of kind {kind}")
    try:
        return REQUESTS[kind](state, spreadsheet, message)
    except InvalidRequest as refused:
        text = f"Invalid requests[{index}].{kind}: {refused}"
        raise sheets_refusal(400, "INVALID_ARGUMENT", text) from refused
    except (fields.BadMask, UnknownField) as refused:
        raise unevidenced(f"an update mask that does not fit, in {kind}") from refused
    except (KeyError, TypeError, AttributeError) as refused:  # a part of the message is missing, or of another type
        raise unevidenced(f"{kind} in this form ({refused})") from refused


def _updated(spreadsheet: Spreadsheet, given: Json) -> Json:
    areas = [parse(spreadsheet, text) for text in given.get("responseRanges", [])]
    grid = given.get("responseIncludeGridData", False)
    return spreadsheet_resource(spreadsheet, _boxes(areas) if areas else None, grid)


@contextmanager
def all_or_nothing(spreadsheet: Spreadsheet) -> Iterator[None]:
    """Put the spreadsheet back as it was when the block is left by an error."""
    before = pickle.dumps(spreadsheet, protocol=pickle.HIGHEST_PROTOCOL)
    try:
        yield
    except Exception:
        old = pickle.loads(before)
        for attribute in dataclass_fields(spreadsheet):
            setattr(spreadsheet, attribute.name, getattr(old, attribute.name))
        raise


# --- what handlers share


def _boxes(areas: Sequence[Area]) -> dict[int, list[Box]]:
    boxes: dict[int, list[Box]] = {}
    for area in areas:
        boxes.setdefault(area.sheet.sheet_id, []).append(area.clipped)
    return boxes


def _flag(request: TwinRequest, name: str) -> bool:
    return (request.first(name) or "").lower() == "true"


def _names_data(request: TwinRequest) -> bool:
    """True when the ``fields`` mask selects cells; then they are shown, whatever else was asked for."""
    text = request.first("fields")
    if not text:
        return False
    schema = {"spreadsheetId": "", "sheets": [{"data": True}]}
    shown = fields.apply(text, schema)
    return any(sheet.get("data", False) for sheet in shown.get("sheets", []))


_SPREADSHEET = "/v4/spreadsheets/{spreadsheetId}"

SPREADSHEET_ROUTES: Mapping[str, Handler] = {
    "POST /v4/spreadsheets": create,
    f"GET {_SPREADSHEET}": get,
    f"POST {_SPREADSHEET}:getByDataFilter": get_by_data_filter,
    f"POST {_SPREADSHEET}:batchUpdate": batch_update,
    f"POST {_SPREADSHEET}/sheets/{{sheetId}}:copyTo": copy_to,
}
"""All methods of ``spreadsheets`` and ``spreadsheets.sheets`` by operation."""
