"""Requests that write cells: values, formats, notes, validation."""

from __future__ import annotations

from targets.google.sheets.twin.grid import cell_document, set_cell
from targets.google.sheets.twin.model import Box, Sheet, Spreadsheet
from targets.google.sheets.twin.refusals import unevidenced
from targets.google.sheets.twin.requests.common import (
    Json,
    Request,
    located,
    mask_of,
    sheet_of,
)
from targets.google.sheets.twin.requests.documents import assign, stored
from targets.google.state import GoogleState

READ_ONLY = frozenset({"effectiveValue", "formattedValue", "effectiveFormat", "hyperlink", "dataSourceTable"})
"""Parts of a CellData that follow from others: a mask may name them, to no effect."""


def update_cells(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Writes rows of cells; cells of the range that the rows do not reach are cleared of what ``fields`` names."""
    rows = [row.get("values", []) for row in message.get("rows", [])]
    sheet, box = _target(spreadsheet, message, rows)
    mask = mask_of(message)
    given = {
        (box.top + down, box.left + right): document
        for down, row in enumerate(rows)
        for right, document in enumerate(row)
    }
    if not all(place in box and place in sheet.grid for place in given):
        raise unevidenced("writing cells beyond the range or the grid")
    for place in sorted({*given, *sheet.inside(box)}):
        write(sheet, place, given.get(place, {}), mask)
    return {}


def _target(spreadsheet: Spreadsheet, message: Json, rows: list[list[Json]]) -> tuple[Sheet, Box]:
    """Where to write: the range, or as much as the rows fill from the start coordinate."""
    if "range" in message:
        return located(spreadsheet, message["range"])
    if "start" not in message:
        raise unevidenced("updating cells nowhere")
    sheet = sheet_of(spreadsheet, message["start"])
    top, left = message["start"].get("rowIndex", 0), message["start"].get("columnIndex", 0)
    return sheet, Box(top, left, top + len(rows), left + max(map(len, rows), default=0))


def append_cells(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Writes rows of cells after the last row that has data; the grid grows if it must."""
    sheet = sheet_of(spreadsheet, message)
    top = sheet.extent()[0]
    for down, row in enumerate(message.get("rows", [])):
        for right, document in enumerate(row.get("values", [])):
            sheet.grow(top + down + 1, right + 1)
            write(sheet, (top + down, right), document, mask_of(message))
    return {}


def repeat_cell(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Writes one cell into every cell of a range."""
    sheet, box = located(spreadsheet, message["range"])
    for place in box.places():
        write(sheet, place, message.get("cell", {}), mask_of(message))
    return {}


def write(sheet: Sheet, place: tuple[int, int], document: Json, mask: str) -> None:
    """Set in one cell what ``mask`` names to what the CellData ``document`` says."""
    wanted = cell_document(sheet.cell(*place))
    assign("CellData", wanted, stored("CellData", document), mask)
    set_cell(sheet, place, {name: value for name, value in wanted.items() if name not in READ_ONLY})


def set_data_validation(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Gives every cell of a range a rule, or takes it away where none is given."""
    cell = {"dataValidation": message["rule"]} if message.get("rule") else {}
    return repeat_cell(_state, spreadsheet, {"range": message["range"], "cell": cell, "fields": "dataValidation"})


def update_borders(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Draws borders at the edges of a range, and between its cells; sides not given stay."""
    sheet, box = located(spreadsheet, message["range"])
    for place in box.places():
        for side, border in _sides(message, box, place).items():
            document = {"userEnteredFormat": {"borders": {side: border}}}
            write(sheet, place, document, f"userEnteredFormat.borders.{side}")
    return {}


def _sides(message: Json, box: Box, place: tuple[int, int]) -> Json:
    """The borders to draw around one cell of ``box``."""
    row, column = place
    wanted = {
        "top": "top" if row == box.top else "innerHorizontal",
        "bottom": "bottom" if row == box.bottom - 1 else "innerHorizontal",
        "left": "left" if column == box.left else "innerVertical",
        "right": "right" if column == box.right - 1 else "innerVertical",
    }
    return {side: message[name] for side, name in wanted.items() if name in message}


REQUESTS: dict[str, Request] = {
    "updateCells": update_cells,
    "appendCells": append_cells,
    "repeatCell": repeat_cell,
    "setDataValidation": set_data_validation,
    "updateBorders": update_borders,
}
