"""Requests that sort the rows of a range, or split the texts of a column."""

from __future__ import annotations

from targets.google.sheets.twin.entry import typed
from targets.google.sheets.twin.grid import GridReader
from targets.google.sheets.twin.model import Box, Cell, CellError, Effective, Formula, Sheet, Spreadsheet
from targets.google.sheets.twin.refusals import unevidenced
from targets.google.sheets.twin.requests.common import Json, Request, located
from targets.google.sheets.twin.requests.copying import shifted
from targets.google.state import GoogleState

SortKey = tuple[int, float | str]


def sort_range(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Sorts the rows of a range by one column after the other; empty cells come last either way."""
    sheet, box = located(spreadsheet, message["range"])
    order, reader = list(range(box.top, box.bottom)), GridReader(spreadsheet)
    for spec in reversed(message.get("sortSpecs", [])):
        if set(spec) - {"dimensionIndex", "sortOrder"}:
            raise unevidenced("sorting by colour")
        column = spec.get("dimensionIndex", 0)
        keys = {row: _sort_key(reader.value(sheet, row, column)) for row in order}
        order = _sorted(order, keys, spec.get("sortOrder") == "DESCENDING")
    _reorder(sheet, box, order)
    return {}


def _sort_key(value: Effective) -> SortKey | None:
    """Numbers before texts (case does not matter) before truth values before errors; None for nothing."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return 2, float(value)
    if isinstance(value, int | float):
        return 0, float(value)
    return (3, value.code) if isinstance(value, CellError) else (1, value.casefold())


def _sorted(rows: list[int], keys: dict[int, SortKey | None], descending: bool) -> list[int]:
    filled = [(key, row) for row in rows if (key := keys[row]) is not None]
    filled.sort(key=lambda pair: pair[0], reverse=descending)
    return [row for _, row in filled] + [row for row in rows if keys[row] is None]


def _reorder(sheet: Sheet, box: Box, order: list[int]) -> None:
    """Move the cells of the rows in ``order`` (old indices) to the rows of ``box`` from its top."""
    taken = {place: sheet.cells.pop(place) for place in sheet.inside(box)}
    target = {old: box.top + at for at, old in enumerate(order)}
    for (row, column), cell in taken.items():
        sheet.cells[(target[row], column)] = _carried(cell, target[row] - row)


def _carried(cell: Cell, rows: int) -> Cell:
    if isinstance(cell.entered, Formula):
        cell.entered = Formula(shifted(cell.entered.text, rows, 0))
    return cell


DELIMITERS = {"COMMA": ",", "SEMICOLON": ";", "PERIOD": ".", "SPACE": " "}


def text_to_columns(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Splits the texts of a column into the columns from there on, over what stood there."""
    sheet, box = located(spreadsheet, message["source"])
    delimiter = DELIMITERS.get(message.get("delimiterType", ""), message.get("delimiter"))
    if box.width != 1 or not delimiter:
        raise unevidenced("splitting more than a column, or by no given delimiter")
    for row in range(box.top, box.bottom):
        text = sheet.cell(row, box.left).entered
        pieces = text.split(delimiter) if isinstance(text, str) else []
        if len(pieces) > 1:
            sheet.grow(0, box.left + len(pieces))
            for offset, piece in enumerate(pieces):
                sheet.enter(row, box.left + offset, typed(piece, spreadsheet.locale).value)
    return {}


REQUESTS: dict[str, Request] = {"sortRange": sort_range, "textToColumns": text_to_columns}
