"""How wide a column must be for its texts: what ``autoResizeDimensions`` measures."""

from __future__ import annotations

from targets.google.sheets.twin.grid import GridReader
from targets.google.sheets.twin.model import Sheet

UNITS = 2048
"""Font units to the em."""
PIXELS_PER_POINT = 1.3
"""10 points are drawn with 13 pixels."""
PADDING = 7
"""Pixels left and right of a text, the border included."""

_ADVANCES = {
    489: "j", 497: "il", 507: " |", 540: ".,:;'`!", 557: "I", 669: "t", 693: "r", 711: "f()[]{}", 900: "-\"/\\",
    969: "y", 992: "v", 1015: "xz", 1038: "k", 1057: "s", 1072: "c", 1085: "e", 1102: "L", 1114: "a",
    1130: "nhuJF", 1150: "0123456789bpdgqE$_", 1168: "o", 1230: "YZTSR?*^", 1275: "BKXPU+=<>~#&",
    1336: "ACDV", 1408: "OQGHN", 1539: "w", 1788: "mMW%@",
}  # fmt: skip
ADVANCE = {character: width for width, characters in _ADVANCES.items() for character in characters}
"""Width of a character in font units, to within a few of a sans-serif face; others are as wide as ``A``."""


def column_width(reader: GridReader, sheet: Sheet, column: int) -> int | None:
    """Pixels that the widest text of a column needs; None where it has no text."""
    rows = [row for (row, at), cell in sheet.cells.items() if at == column and cell.entered is not None]
    return max((_width(reader, sheet, row, column) for row in rows), default=None)


def _width(reader: GridReader, sheet: Sheet, row: int, column: int) -> int:
    points = sheet.cell(row, column).format.get("textFormat", {}).get("fontSize", 10)
    lines = reader.text(sheet, row, column).split("\n")
    units = max(sum(ADVANCE.get(character, ADVANCE["A"]) for character in line) for line in lines)
    return int(units / UNITS * points * PIXELS_PER_POINT) + PADDING
