"""Requests that copy or move a block of cells."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass

from targets.google.sheets.twin.a1 import Reference, column_index, column_name, rewrite
from targets.google.sheets.twin.grid import GridReader
from targets.google.sheets.twin.model import Box, Cell, Entered, Formula, Sheet, Spreadsheet
from targets.google.sheets.twin.refusals import unevidenced
from targets.google.sheets.twin.requests.common import Json, Request, located, sheet_of
from targets.google.sheets.twin.requests.documents import stored
from targets.google.sheets.twin.requests.merging import unmerge, within
from targets.google.state import GoogleState

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Piece:
    """A copied cell and the place it comes from; ``fixed`` formulas keep their references."""

    cell: Cell
    place: Place
    fixed: bool = False


def copy_paste(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Copies a range over another, as often as it fits there, but at least once."""
    paste = message.get("pasteType", "PASTE_NORMAL")
    source, box = located(spreadsheet, message["source"])
    target, area = located(spreadsheet, message["destination"])
    block = _block(spreadsheet, source, box, paste)
    if message.get("pasteOrientation") == "TRANSPOSE":
        block = [list(column) for column in zip(*block, strict=True)]
    merges = [sheet_box for sheet_box in map(source.box, source.merges) if within(sheet_box, box)]
    for corner in _corners(area, len(block), len(block[0]) if block else 0):
        _paste_block(target, corner, block, paste)
        if paste in ("PASTE_NORMAL", "PASTE_NO_BORDERS") and message.get("pasteOrientation") != "TRANSPOSE":
            _paste_merges(target, corner, box, merges)
    return {}


def cut_paste(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Moves a range to a place; formulas in it keep what they refer to."""
    paste = message.get("pasteType", "PASTE_NORMAL")
    source, box = located(spreadsheet, message["source"])
    target = sheet_of(spreadsheet, message["destination"])
    corner = message["destination"].get("rowIndex", 0), message["destination"].get("columnIndex", 0)
    block = _block(spreadsheet, source, box, paste)
    merges = [sheet_box for sheet_box in map(source.box, source.merges) if within(sheet_box, box)]
    unmerge(source, box)
    for place in source.inside(box):
        del source.cells[place]
    moved = [[Piece(piece.cell, piece.place, fixed=True) for piece in row] for row in block]
    _paste_block(target, corner, moved, paste)
    _paste_merges(target, corner, box, merges)
    return {}


def _block(spreadsheet: Spreadsheet, sheet: Sheet, box: Box, paste: str) -> list[list[Piece]]:
    """The cells of ``box``, row by row; with values in place of formulas where only values are pasted."""
    reader = GridReader(spreadsheet)

    def piece(place: Place) -> Piece:
        cell = copy.deepcopy(sheet.cell(*place))
        if paste == "PASTE_VALUES":
            cell.entered = reader.value(sheet, *place)
        return Piece(cell, place)

    columns = range(box.left, box.right)
    return [[piece((row, column)) for column in columns] for row in range(box.top, box.bottom)]


def _corners(area: Box, height: int, width: int) -> list[Place]:
    """Where the copies begin: side by side in a direction in which the area holds several, else once."""
    if not height or not width:
        return []
    down = max(1, area.height // height) if area.height % height == 0 else 1
    across = max(1, area.width // width) if area.width % width == 0 else 1
    return [(area.top + i * height, area.left + j * width) for i in range(down) for j in range(across)]


def _paste_block(sheet: Sheet, corner: Place, block: list[list[Piece]], paste: str) -> None:
    bottom, right = corner[0] + len(block), corner[1] + max(map(len, block), default=0)
    if bottom > sheet.row_count or right > sheet.column_count:
        raise unevidenced("pasting beyond the grid")
    for down, row in enumerate(block):
        for across, piece in enumerate(row):
            _paste(sheet, (corner[0] + down, corner[1] + across), piece, paste)


def _paste(sheet: Sheet, place: Place, piece: Piece, paste: str) -> None:
    cell, given = sheet.make(*place), copy.deepcopy(piece.cell)
    given.entered = _moved(given.entered, piece, place)
    if paste == "PASTE_NORMAL":
        sheet.cells[place] = given
    elif paste == "PASTE_NO_BORDERS":
        given.format.pop("borders", None)
        sheet.cells[place] = given
    elif paste in ("PASTE_VALUES", "PASTE_FORMULA"):
        cell.entered, cell.text_runs = given.entered, given.text_runs
    elif paste == "PASTE_FORMAT":
        cell.format, cell.validation = given.format, given.validation
    elif paste == "PASTE_DATA_VALIDATION":
        cell.validation = given.validation
    else:
        raise unevidenced(f"pasting by {paste}")
    sheet.drop_blank(*place)


def _paste_merges(sheet: Sheet, corner: Place, source: Box, merges: list[Box]) -> None:
    down, across = corner[0] - source.top, corner[1] - source.left
    for merge in merges:
        box = Box(merge.top + down, merge.left + across, merge.bottom + down, merge.right + across)
        unmerge(sheet, box)
        sheet.merges.append(stored("GridRange", sheet.grid_range(box)))


# --- formulas that move


def _moved(entered: Entered, piece: Piece, place: Place) -> Entered:
    if not isinstance(entered, Formula) or piece.fixed:
        return entered
    return Formula(shifted(entered.text, place[0] - piece.place[0], place[1] - piece.place[1]))


_CORNER = re.compile(r"(\$?)([A-Za-z]*)(\$?)(\d*)\Z")


def shifted(formula: str, rows: int, columns: int) -> str:
    """The formula as it reads so many rows and columns further on: what has no ``$`` moves along."""

    def change(reference: Reference) -> str:
        prefix = reference.text[: len(reference.text) - len(reference.cells)]
        corners = [_shifted_corner(corner, rows, columns) for corner in reference.cells.split(":")]
        if not reference.cells:
            return reference.text
        return "#REF!" if None in corners else prefix + ":".join(corner or "" for corner in corners)

    return rewrite(formula, change)


def _shifted_corner(text: str, rows: int, columns: int) -> str | None:
    """One corner of a reference; None where it would leave the grid."""
    parts = _CORNER.match(text)
    if parts is None:
        return text
    fixed_column, letters, fixed_row, digits = parts.groups()
    if not letters and fixed_column:  # $3: the sign belongs to the row
        fixed_column, fixed_row = "", fixed_column
    column = column_index(letters) + (0 if fixed_column else columns) if letters else 0
    row = int(digits) + (0 if fixed_row else rows) if digits else 1
    if column < 0 or row < 1:
        return None
    return fixed_column + (column_name(column) if letters else "") + fixed_row + (str(row) if digits else "")


REQUESTS: dict[str, Request] = {"copyPaste": copy_paste, "cutPaste": cut_paste}
