"""Requests that merge cells and take merged cells apart."""

from __future__ import annotations

from targets.google.sheets.twin.model import Box, Sheet, Spreadsheet
from targets.google.sheets.twin.refusals import unevidenced
from targets.google.sheets.twin.requests.common import Json, Request, located
from targets.google.sheets.twin.requests.documents import stored
from targets.google.state import GoogleState


def merge_cells(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Merges a range into one cell, or into one per column or row; only its first value stays."""
    sheet, box = located(spreadsheet, message["range"])
    unmerge(sheet, box)
    for piece in _pieces(box, message.get("mergeType", "MERGE_ALL")):
        sheet.merges.append(stored("GridRange", sheet.grid_range(piece)))
        _keep_first_value(sheet, piece)
    return {}


def _pieces(box: Box, merge_type: str) -> list[Box]:
    """What becomes one cell each; pieces that are one cell already are left out."""
    pieces = [box]
    if merge_type == "MERGE_COLUMNS":
        pieces = [Box(box.top, column, box.bottom, column + 1) for column in range(box.left, box.right)]
    elif merge_type == "MERGE_ROWS":
        pieces = [Box(row, box.left, row + 1, box.right) for row in range(box.top, box.bottom)]
    return [piece for piece in pieces if piece.height * piece.width > 1]


def _keep_first_value(sheet: Sheet, box: Box) -> None:
    filled = [place for place in sheet.inside(box) if sheet.cell(*place).entered is not None]
    if not filled:
        return
    value = sheet.cell(*filled[0]).entered
    sheet.clear_values(box)
    sheet.enter(box.top, box.left, value)


def unmerge_cells(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Takes all merged cells in a range apart."""
    unmerge(*located(spreadsheet, message["range"]))
    return {}


def unmerge(sheet: Sheet, box: Box) -> None:
    """Forget the merges that lie in ``box``; one that reaches out of it has no known answer."""
    touched = [merge for merge in sheet.merges if sheet.box(merge).overlaps(box)]
    if not all(within(sheet.box(merge), box) for merge in touched):
        raise unevidenced("a range that cuts a merged cell")
    sheet.merges = [merge for merge in sheet.merges if merge not in touched]


def within(inner: Box, outer: Box) -> bool:
    """True when ``outer`` holds all of ``inner``."""
    rows = outer.top <= inner.top and inner.bottom <= outer.bottom
    return rows and outer.left <= inner.left and inner.right <= outer.right


REQUESTS: dict[str, Request] = {"mergeCells": merge_cells, "unmergeCells": unmerge_cells}
