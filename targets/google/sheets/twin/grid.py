"""Cells as the service shows them (CellData, GridData), and CellData put back into cells."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from targets.google.sheets.twin.entry import extended, from_extended
from targets.google.sheets.twin.formats import display
from targets.google.sheets.twin.formulas import Calculator
from targets.google.sheets.twin.model import (
    Box,
    Cell,
    CellError,
    Dimension,
    Effective,
    Sheet,
    Spreadsheet,
)
from targets.google.sheets.twin.reading import number_format_of

Json = dict[str, Any]
Place = tuple[int, int]

PIXELS: dict[Dimension, int] = {"ROWS": 21, "COLUMNS": 100}
"""Height of a row and width of a column that nobody sized."""


class GridReader:
    """Reads the cells of a spreadsheet as it is at the first question; a later change needs a new reader."""

    def __init__(self, spreadsheet: Spreadsheet) -> None:
        self._spreadsheet = spreadsheet
        self._calculator = Calculator(spreadsheet)

    def value(self, sheet: Sheet, row: int, column: int) -> Effective:
        """What a cell comes to; None for an empty one."""
        return self._calculator.value(sheet, row, column)

    def text(self, sheet: Sheet, row: int, column: int) -> str:
        """What a cell shows."""
        cell, value = sheet.cell(row, column), self.value(sheet, row, column)
        return display(value, number_format_of(cell), self._spreadsheet.locale)

    def grid(self, sheet: Sheet, box: Box) -> Json:
        """GridData of a rectangle: rows and cells up to the last that holds something, sizes of all."""
        start: Json = {"startRow": box.top, "startColumn": box.left, "rowData": self._rows(sheet, box)}
        return {name: value for name, value in start.items() if value} | {
            "rowMetadata": _metadata(sheet.row_metadata, "ROWS", range(box.top, box.bottom)),
            "columnMetadata": _metadata(sheet.column_metadata, "COLUMNS", range(box.left, box.right)),
        }

    def _rows(self, sheet: Sheet, box: Box) -> list[Json]:
        places = {*sheet.inside(box), *(place for place in self._calculator.spilled(sheet) if place in box)}
        widths = _widths(places)
        return [
            {"values": [self._at(sheet, (row, column), places) for column in range(box.left, widths[row])]}
            if row in widths
            else {}
            for row in range(box.top, max(widths, default=box.top - 1) + 1)
        ]

    def _at(self, sheet: Sheet, place: Place, places: set[Place]) -> Json:
        return self.cell(sheet, *place) if place in places else {}

    def cell(self, sheet: Sheet, row: int, column: int) -> Json:
        """CellData of one cell, with all that follows from what was entered."""
        cell, value = sheet.cell(row, column), self.value(sheet, row, column)
        document = cell_document(cell)
        if value is not None:
            document["effectiveValue"] = extended(value)
            document["formattedValue"] = self.text(sheet, row, column)
        if value is not None or cell.format:
            document["effectiveFormat"] = effective_format(self._spreadsheet, cell, value)
        return document


def _widths(places: Iterable[Place]) -> dict[int, int]:
    """For every row that holds something, the column after the last that does."""
    widths: dict[int, int] = {}
    for row, column in places:
        widths[row] = max(widths.get(row, 0), column + 1)
    return widths


def _metadata(shelf: dict[int, Json], dimension: Dimension, indices: range) -> list[Json]:
    return [{"pixelSize": PIXELS[dimension]} | shelf.get(index, {}) for index in indices]


def effective_format(spreadsheet: Spreadsheet, cell: Cell, value: Effective) -> Json:
    """The format of the spreadsheet, aligned by the type of the value, under the cell's own."""
    properties = spreadsheet.properties
    base = copy.deepcopy(properties.get("defaultFormat", {}))
    text = base.get("textFormat", {})
    text["fontFamily"] = properties.get("spreadsheetTheme", {}).get("primaryFontFamily", "Arial")
    base |= {"horizontalAlignment": _alignment(value), "hyperlinkDisplayType": "PLAIN_TEXT"}
    own = copy.deepcopy(cell.format)
    return {**base, **own, "textFormat": text | own.get("textFormat", {})}


def _alignment(value: Effective) -> str:
    if isinstance(value, bool | CellError):
        return "CENTER"
    return "RIGHT" if isinstance(value, int | float) else "LEFT"


# --- what was entered, as documents


def cell_document(cell: Cell) -> Json:
    """CellData with what was entered only."""
    parts = {
        "userEnteredValue": extended(cell.entered),
        "userEnteredFormat": cell.format,
        "note": cell.note,
        "dataValidation": cell.validation,
        "textFormatRuns": cell.text_runs,
        **cell.extra,
    }
    return {name: copy.deepcopy(part) for name, part in parts.items() if part}


def set_cell(sheet: Sheet, place: Place, document: Json) -> None:
    """Make a cell what ``document`` (CellData in stored form, derived parts left out) says."""
    rest = copy.deepcopy(document)
    sheet.cells[place] = Cell(
        entered=from_extended(rest.pop("userEnteredValue", {})),
        format=rest.pop("userEnteredFormat", {}),
        note=rest.pop("note", ""),
        validation=rest.pop("dataValidation", None),
        text_runs=rest.pop("textFormatRuns", []),
        extra=rest,
    )
    sheet.drop_blank(*place)
