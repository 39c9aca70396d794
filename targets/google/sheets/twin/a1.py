"""Ranges written as text: A1 and R1C1 notation, titles, named ranges; and the references inside formulas."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from targets.google.sheets.twin.model import Box, Dimension, Json, Sheet, Spreadsheet, Stretch
from targets.google.sheets.twin.refusals import unparsable_range

_CELL = r"(?:\$?[A-Za-z]{1,3})?(?:\$?[1-9]\d{0,6})?"
_RANGE = re.compile(rf"(?P<first>{_CELL})(?::(?P<last>{_CELL}))?\Z")
_CORNER = re.compile(r"\$?(?P<column>[A-Za-z]*)\$?(?P<row>\d*)\Z")
_R1C1 = re.compile(r"[Rr](\d+)[Cc](\d+)(?::[Rr](\d+)[Cc](\d+))?\Z")
_PREFIXED = re.compile(r"(?:'(?P<quoted>(?:[^']|'')*)'|(?P<bare>[^'!]+))(?:!(?P<rest>.*))?\Z", re.DOTALL)
_PLAIN_TITLE = re.compile(r"[^\W\d][\w.]*\Z")
_LOOKS_LIKE_CELL = re.compile(r"(?:[A-Za-z]{1,3}\d+|[Rr]\d*[Cc]\d*)\Z")


@dataclass(frozen=True, slots=True)
class Area:
    """Cells of one sheet. Ends that were left open are None; they reach to the edge of the grid."""

    sheet: Sheet
    top: int = 0
    left: int = 0
    bottom: int | None = None
    right: int | None = None

    @property
    def is_cell(self) -> bool:
        """True for a single cell: values written there may spread."""
        return self.bottom == self.top + 1 and self.right == self.left + 1

    @property
    def box(self) -> Box:
        """The rectangle, open ends taken to the edge of the grid, closed ends as they are."""
        bottom = self.sheet.row_count if self.bottom is None else self.bottom
        right = self.sheet.column_count if self.right is None else self.right
        return Box(self.top, self.left, bottom, right)

    @property
    def clipped(self) -> Box:
        """The part of ``box`` that lies on the grid."""
        box = self.box
        bottom, right = min(box.bottom, self.sheet.row_count), min(box.right, self.sheet.column_count)
        return Box(box.top, box.left, bottom, right)


# --- writing


def column_name(column: int) -> str:
    """Letters of the column with index ``column`` (from 0): 0 is A, 26 is AA."""
    name = ""
    number = column + 1
    while number:
        number, letter = divmod(number - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


def column_index(name: str) -> int:
    """Index (from 0) of the column called ``name``."""
    number = 0
    for letter in name.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def quoted(title: str) -> str:
    """A title as it stands before ``!``: quoted where it could be taken for something else."""
    if _PLAIN_TITLE.match(title) and not _LOOKS_LIKE_CELL.match(title):
        return title
    return "'" + title.replace("'", "''") + "'"


def corner_name(row: int, column: int) -> str:
    """``A1`` for row 0, column 0."""
    return f"{column_name(column)}{row + 1}"


def box_name(box: Box) -> str:
    """``A1:C6``, or ``A1`` for a single cell."""
    first = corner_name(box.top, box.left)
    last = corner_name(max(box.top, box.bottom - 1), max(box.left, box.right - 1))
    return first if first == last else f"{first}:{last}"


def range_name(sheet: Sheet, box: Box) -> str:
    """A range as the service writes it: ``Sheet1!A1:C6``."""
    return f"{quoted(sheet.title)}!{box_name(box)}"


# --- reading


def parse(spreadsheet: Spreadsheet, text: str) -> Area:
    """The cells that ``text`` means: ``Sheet1!A1:B2``, ``A:A``, ``'My Sheet'``, a named range, a table.

    Raises:
        Refusal: 400 ``Unable to parse range``.
    """
    area = find(spreadsheet, text)
    if area is None:
        raise unparsable_range(text)
    return area


def find(spreadsheet: Spreadsheet, text: str) -> Area | None:
    """Like ``parse``, but None for what is no range."""
    split = _PREFIXED.match(text)
    if split is None:
        return None
    if split["rest"] is not None:
        sheet = spreadsheet.sheet_by_title(_title(split))
        return (_cells(sheet, split["rest"]) or _named(spreadsheet, split["rest"])) if sheet else None
    if split["quoted"] is None:
        found = _cells(_first_visible(spreadsheet), text) or _named(spreadsheet, text)
        if found:
            return found
    sheet = spreadsheet.sheet_by_title(_title(split))
    return Area(sheet) if sheet else None


def _first_visible(spreadsheet: Spreadsheet) -> Sheet:
    """The sheet that a range without a title is on."""
    visible = (sheet for sheet in spreadsheet.sheets if not sheet.properties.get("hidden"))
    return next(visible, spreadsheet.sheets[0])


def _title(split: re.Match[str]) -> str:
    return split["quoted"].replace("''", "'") if split["quoted"] is not None else split["bare"]


def _named(spreadsheet: Spreadsheet, name: str) -> Area | None:
    named = spreadsheet.named_range(name)
    if named is not None:
        sheet = spreadsheet.sheet_by_id(named["range"].get("sheetId", 0))
        return from_grid_range(sheet, named["range"]) if sheet else None
    table = spreadsheet.table(name)
    return from_grid_range(table[0], table[1]["range"]) if table else None


def from_grid_range(sheet: Sheet, grid_range: Json) -> Area:
    """A GridRange of ``sheet`` as an area."""
    return Area(
        sheet,
        grid_range.get("startRowIndex", 0),
        grid_range.get("startColumnIndex", 0),
        grid_range.get("endRowIndex"),
        grid_range.get("endColumnIndex"),
    )


def _cells(sheet: Sheet, text: str) -> Area | None:
    numbered = _R1C1.match(text)
    if numbered:
        first, last = numbered.group(1, 2), numbered.group(3, 4)
        rows = sorted(int(row) for row in (first[0], last[0]) if row)
        columns = sorted(int(column) for column in (first[1], last[1]) if column)
        return Area(sheet, rows[0] - 1, columns[0] - 1, rows[-1], columns[-1])
    return _corners(sheet, text)


def _corners(sheet: Sheet, text: str) -> Area | None:
    split = _RANGE.match(text)
    if split is None or not split["first"] or split["last"] == "":
        return None
    corners = [_corner(split["first"])] + ([_corner(split["last"])] if split["last"] else [])
    if split["last"] is None and None in corners[0]:
        return None  # a bare column or row number is no range
    top, bottom = _span([row for row, _ in corners])
    left, right = _span([column for _, column in corners])
    return Area(sheet, top, left, bottom, right)


def _corner(text: str) -> tuple[int | None, int | None]:
    """(row, column) of ``A1``, ``A`` or ``1``, from 0."""
    split = _CORNER.match(text)
    if split is None:
        return None, None
    row = int(split["row"]) - 1 if split["row"] else None
    return row, column_index(split["column"]) if split["column"] else None


def _span(bounds: list[int | None]) -> tuple[int, int | None]:
    """Start and end of one dimension; the end is open where only one corner names it."""
    given = sorted(bound for bound in bounds if bound is not None)
    if not given:
        return 0, None
    return given[0], given[-1] + 1 if len(given) == len(bounds) else None


# --- references inside formulas

_REFERENCE = re.compile(
    r"""
      (?P<text>"(?:[^"]|"")*")
    | (?<![\w.$])
      (?P<sheet>(?:'(?:[^']|'')*'|[^\W\d][\w.]*)!)?
      (?:
        (?P<cells>\$?[A-Za-z]{1,3}\$?[1-9]\d*(?::(?:\$?[A-Za-z]{1,3})?(?:\$?[1-9]\d*)?(?<!:))?
                | \$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}(?:\$?[1-9]\d*)?
                | \$?[1-9]\d*:\$?(?:[A-Za-z]{1,3}\$?)?[1-9]\d*)
        | (?P<name>[^\W\d][\w.]*)
      )
      (?![\w(.!])
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference in a formula: ``sheet`` is the title before ``!`` (None without one).

    ``cells`` is the text of the range, or "" when it is a ``name``.
    """

    text: str
    sheet: str | None
    cells: str
    name: str


def rewrite(formula: str, change: Callable[[Reference], str]) -> str:
    """The formula with every reference replaced by what ``change`` makes of it; quoted text is left alone."""

    def replace(found: re.Match[str]) -> str:
        if found["text"]:
            return found[0]
        prefix = found["sheet"]
        split = _PREFIXED.match(prefix[:-1]) if prefix else None
        sheet = _title(split) if split else None
        return change(Reference(found[0], sheet, found["cells"] or "", found["name"] or ""))

    return _REFERENCE.sub(replace, formula)


def follow(formula: str, own_title: str, moved_title: str, dimension: Dimension, stretch: Stretch) -> str:
    """The formula of a cell on sheet ``own_title`` after ``stretch`` of a dimension of sheet ``moved_title``."""

    def change(reference: Reference) -> str:
        title = own_title if reference.sheet is None else reference.sheet
        if not reference.cells or title.casefold() != moved_title.casefold():
            return reference.text
        cells = _followed(reference.cells, dimension, stretch)
        return reference.text.removesuffix(reference.cells) + cells if cells else "#REF!"

    return rewrite(formula, change)


_PARTS = re.compile(r"(\$?)([A-Za-z]*)(\$?)(\d*)\Z")


def _followed(cells: str, dimension: Dimension, stretch: Stretch) -> str:
    """``cells`` after ``stretch``, ``$`` signs kept; "" when nothing is left of it."""
    corners = [_PARTS.match(corner) for corner in cells.split(":")]
    parts = [list(corner.groups()) for corner in corners if corner]
    at = 3 if dimension == "ROWS" else 1
    if not all(part[at] for part in parts):
        return cells
    ends = [int(part[3]) - 1 if dimension == "ROWS" else column_index(part[1]) for part in parts]
    bounds = stretch(min(ends), max(ends) + 1)
    if bounds is None:
        return ""
    for part, end in zip(parts, (bounds[0], bounds[1] - 1), strict=False):
        part[at] = str(end + 1) if dimension == "ROWS" else column_name(end)
    return ":".join("".join(part) for part in parts)
