"""Requests about the spreadsheet and its sheets as a whole."""

from __future__ import annotations

import copy
import itertools

from targets.google.sheets.twin.a1 import Reference, quoted, rewrite
from targets.google.sheets.twin.model import Formula, Sheet, Spreadsheet, new_sheet
from targets.google.sheets.twin.refusals import unevidenced
from targets.google.sheets.twin.requests.common import (
    InvalidRequest,
    Json,
    Request,
    mask_of,
    new_id,
    sheet_of,
)
from targets.google.sheets.twin.requests.documents import assign, stored
from targets.google.state import GoogleState


def update_spreadsheet_properties(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Changes what ``fields`` names."""
    properties = stored("SpreadsheetProperties", message.get("properties", {}))
    assign("SpreadsheetProperties", spreadsheet.properties, properties, mask_of(message))
    return {}


def add_sheet(state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Adds an empty sheet, last where no index is given; replies with its properties."""
    given = stored("SheetProperties", message.get("properties", {}))
    if given.get("sheetType", "GRID") != "GRID":
        raise unevidenced("adding a sheet that is not a grid")
    sheet_id = _free_id(state, spreadsheet, given.get("sheetId"))
    title = _free_title(spreadsheet, given.get("title") or _next_title(spreadsheet))
    sheet = new_sheet(sheet_id, title, 0)
    grid = sheet.properties["gridProperties"] | given.get("gridProperties", {})
    sheet.properties |= given | {"sheetId": sheet_id, "title": title, "gridProperties": grid}
    place(spreadsheet, sheet, given.get("index"))
    return {"addSheet": {"properties": copy.deepcopy(sheet.properties)}}


def delete_sheet(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Deletes a sheet with all that refers to it."""
    sheet = sheet_of(spreadsheet, message)
    if len(spreadsheet.sheets) == 1:
        raise unevidenced("deleting the only sheet")
    spreadsheet.sheets.remove(sheet)
    spreadsheet.renumber()
    spreadsheet.named_ranges = [
        named for named in spreadsheet.named_ranges if named["range"].get("sheetId", 0) != sheet.sheet_id
    ]
    return {}


def duplicate_sheet(state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Copies a sheet within the spreadsheet, to the front where no index is given."""
    source = sheet_of(spreadsheet, {"sheetId": message.get("sourceSheetId", 0)})
    name = message.get("newSheetName")
    title = _free_title(spreadsheet, name) if name else copy_title(spreadsheet, source.title)
    sheet = copied(state, source, _free_id(state, spreadsheet, message.get("newSheetId")), title)
    place(spreadsheet, sheet, message.get("insertSheetIndex", 0))
    return {"duplicateSheet": {"properties": copy.deepcopy(sheet.properties)}}


def update_sheet_properties(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Changes what ``fields`` names: title, tab order, size of the grid, frozen rows, colour ..."""
    given = stored("SheetProperties", message.get("properties", {}))
    sheet = sheet_of(spreadsheet, given)
    wanted = copy.deepcopy(sheet.properties)
    assign("SheetProperties", wanted, given, mask_of(message))
    wanted = stored("SheetProperties", wanted | {"sheetId": sheet.sheet_id})
    _check_properties(spreadsheet, sheet, wanted)
    grid = wanted.get("gridProperties", {})
    sheet.resize(grid.get("rowCount", sheet.row_count), grid.get("columnCount", sheet.column_count))
    index, title = wanted.get("index"), sheet.title
    sheet.properties = wanted
    _rename_references(spreadsheet, title, sheet.title)
    move(spreadsheet, sheet, spreadsheet.sheets.index(sheet) if index is None else index)
    return {}


def _check_properties(spreadsheet: Spreadsheet, sheet: Sheet, wanted: Json) -> None:
    others = [other for other in spreadsheet.sheets if other is not sheet]
    if wanted.get("hidden") and all(other.properties.get("hidden") for other in others):
        raise InvalidRequest("You can't hide all the sheets in a document.")
    if "title" not in wanted:
        raise unevidenced("a sheet without a title")
    if wanted["title"] != sheet.title and any(wanted["title"] == other.title for other in others):
        raise unevidenced("two sheets with one title")


def _rename_references(spreadsheet: Spreadsheet, old: str, new: str) -> None:
    """Let the formulas that name a sheet by its title follow a new title."""

    def change(reference: Reference) -> str:
        if reference.sheet is None or reference.sheet.casefold() != old.casefold():
            return reference.text
        return f"{quoted(new)}!{reference.cells or reference.name}"

    for cell in (cell for sheet in spreadsheet.sheets for cell in sheet.cells.values() if old != new):
        if isinstance(cell.entered, Formula):
            cell.entered = Formula(rewrite(cell.entered.text, change))


# --- shared with sheets.copyTo

GROUP_CONTROLS = ("rowGroupControlAfter", "columnGroupControlAfter")
"""What a copy does not take over, though it takes the groups."""


def copied(state: GoogleState, source: Sheet, sheet_id: int, title: str) -> Sheet:
    """A copy of a sheet under another id and title, with ids of its own for what has ids."""
    sheet = copy.deepcopy(source)
    sheet.properties |= {"sheetId": sheet_id, "title": title}
    for control in GROUP_CONTROLS:
        sheet.properties["gridProperties"].pop(control, None)
    for document in _ranges(sheet):
        document |= {"sheetId": sheet_id}
    for documents, key in ((sheet.protected_ranges, "protectedRangeId"), (sheet.banded_ranges, "bandedRangeId")):
        for document in documents:
            document[key] = new_id(state)
    for table in sheet.tables:
        table["tableId"] = str(new_id(state))
    return sheet


def _ranges(sheet: Sheet) -> list[Json]:
    """Every GridRange and DimensionRange that the sheet's documents hold."""
    holders = [
        *sheet.protected_ranges,
        *sheet.banded_ranges,
        *sheet.tables,
        *sheet.filter_views,
        *sheet.row_groups,
        *sheet.column_groups,
        *([sheet.basic_filter] if sheet.basic_filter else []),
    ]
    formats = itertools.chain.from_iterable(rule.get("ranges", []) for rule in sheet.conditional_formats)
    return [*sheet.merges, *(holder["range"] for holder in holders if "range" in holder), *formats]


def copy_title(spreadsheet: Spreadsheet, title: str) -> str:
    """``Copy of X``, or ``Copy of X 1`` ... where that is taken."""
    name = f"Copy of {title}"
    candidates = itertools.chain([name], (f"{name} {number}" for number in itertools.count(1)))
    return next(candidate for candidate in candidates if spreadsheet.sheet_by_title(candidate) is None)


def place(spreadsheet: Spreadsheet, sheet: Sheet, index: int | None) -> None:
    """Put a new sheet at ``index`` among the tabs, last for None."""
    spreadsheet.sheets.insert(len(spreadsheet.sheets) if index is None else index, sheet)
    spreadsheet.renumber()


def move(spreadsheet: Spreadsheet, sheet: Sheet, index: int) -> None:
    """Move a sheet to before the tab that has ``index`` now; the places it stands between are no move."""
    at = spreadsheet.sheets.index(sheet)
    if index not in (at, at + 1):
        spreadsheet.sheets.pop(at)
        spreadsheet.sheets.insert(index - 1 if index > at else index, sheet)
    spreadsheet.renumber()


def _free_id(state: GoogleState, spreadsheet: Spreadsheet, wanted: int | None) -> int:
    if wanted is None:
        return new_id(state)
    if spreadsheet.sheet_by_id(wanted) is not None:
        raise unevidenced("two sheets with one id")
    state.ids.reserve(wanted)
    return wanted


def _free_title(spreadsheet: Spreadsheet, title: str) -> str:
    if spreadsheet.sheet_by_title(title) is not None:
        raise unevidenced("two sheets with one title")
    return title


def _next_title(spreadsheet: Spreadsheet) -> str:
    titles = (f"Sheet{number}" for number in itertools.count(len(spreadsheet.sheets) + 1))
    return next(title for title in titles if spreadsheet.sheet_by_title(title) is None)


REQUESTS: dict[str, Request] = {
    "updateSpreadsheetProperties": update_spreadsheet_properties,
    "addSheet": add_sheet,
    "deleteSheet": delete_sheet,
    "duplicateSheet": duplicate_sheet,
    "updateSheetProperties": update_sheet_properties,
}
