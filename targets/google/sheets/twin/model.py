"""The documents of the Sheets twin: spreadsheets, sheets, cells.

A cell holds only what was entered; what it shows is computed when it is read (``formulas``, ``formats``), so
nothing can go stale. Everything that is merely kept (merges, filters, tables, ...) stays in the vendor's JSON
form. Rows and columns count from 0, and ranges are half-open, as in the vendor's ``GridRange``.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product

from targets.google.sheets.twin.defaults import DEFAULT_FORMAT, DEFAULT_THEME
from targets.google.sheets.twin.moves import (
    Dimension,
    Json,
    Move,
    Stretch,
    deletion,
    groups_after,
    insertion,
    relocation,
    stretched,
    with_range,
    with_ranges,
)

__all__ = [
    "Box",
    "Cell",
    "CellError",
    "Dimension",
    "Effective",
    "Entered",
    "Formula",
    "Json",
    "Scalar",
    "Sheet",
    "Spreadsheet",
    "Stretch",
    "new_sheet",
    "new_spreadsheet",
]

ROW_COUNT = 1000
"""Rows of a new sheet."""
COLUMN_COUNT = 26
"""Columns of a new sheet."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula as entered, with its leading ``=``."""

    text: str


@dataclass(frozen=True, slots=True)
class CellError:
    """An error value: ``code`` is what the cell shows (``#DIV/0!``), ``message`` the vendor's explanation."""

    code: str
    message: str = ""


Scalar = bool | int | float | str
Entered = Scalar | Formula | CellError | None
Effective = Scalar | CellError | None


@dataclass(slots=True)
class Cell:
    """One cell. ``format`` is the vendor's userEnteredFormat; the rest has the vendor's form too."""

    entered: Entered = None
    format: Json = field(default_factory=dict)
    note: str = ""
    validation: Json | None = None
    text_runs: list[Json] = field(default_factory=list)
    extra: Json = field(default_factory=dict)
    """Any other CellData field that the twin only keeps (``pivotTable``, ``chipRuns``, ...)."""

    def is_blank(self) -> bool:
        """True when nothing is left to keep."""
        return self.entered is None and not (
            self.format or self.note or self.validation or self.text_runs or self.extra
        )


@dataclass(frozen=True, slots=True)
class Box:
    """A bounded rectangle of cells, half-open: rows ``top .. bottom - 1``, columns ``left .. right - 1``."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        """Number of rows."""
        return max(0, self.bottom - self.top)

    @property
    def width(self) -> int:
        """Number of columns."""
        return max(0, self.right - self.left)

    def __contains__(self, place: tuple[int, int]) -> bool:
        return self.top <= place[0] < self.bottom and self.left <= place[1] < self.right

    def overlaps(self, other: Box) -> bool:
        """True when both have a cell in common."""
        return (
            self.top < other.bottom and other.top < self.bottom and self.left < other.right and other.left < self.right
        )

    def places(self) -> Iterator[tuple[int, int]]:
        """All (row, column) pairs, row by row."""
        return product(range(self.top, self.bottom), range(self.left, self.right))


COUNTS: dict[Dimension, str] = {"ROWS": "rowCount", "COLUMNS": "columnCount"}


@dataclass(slots=True)
class Sheet:
    """One sheet. ``properties`` is the vendor's SheetProperties (sheetId, title, index, ...)."""

    properties: Json
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    row_metadata: dict[int, Json] = field(default_factory=dict)
    """DimensionProperties of the rows that have other than default ones."""
    column_metadata: dict[int, Json] = field(default_factory=dict)
    merges: list[Json] = field(default_factory=list)
    protected_ranges: list[Json] = field(default_factory=list)
    basic_filter: Json | None = None
    filter_views: list[Json] = field(default_factory=list)
    tables: list[Json] = field(default_factory=list)
    banded_ranges: list[Json] = field(default_factory=list)
    conditional_formats: list[Json] = field(default_factory=list)
    row_groups: list[Json] = field(default_factory=list)
    """DimensionGroup documents, each with ``range`` {startIndex, endIndex, ...} and ``depth``."""
    column_groups: list[Json] = field(default_factory=list)
    charts: list[Json] = field(default_factory=list)
    slicers: list[Json] = field(default_factory=list)

    @property
    def sheet_id(self) -> int:
        """The sheet's id."""
        return int(self.properties.get("sheetId", 0))

    @property
    def title(self) -> str:
        """The sheet's title."""
        return str(self.properties["title"])

    @property
    def row_count(self) -> int:
        """Rows of the grid."""
        return int(self.properties.get("gridProperties", {}).get("rowCount", 0))

    @property
    def column_count(self) -> int:
        """Columns of the grid."""
        return int(self.properties.get("gridProperties", {}).get("columnCount", 0))

    @property
    def grid(self) -> Box:
        """The whole grid."""
        return Box(0, 0, self.row_count, self.column_count)

    def count(self, dimension: Dimension) -> int:
        """Rows or columns of the grid."""
        return self.row_count if dimension == "ROWS" else self.column_count

    def grow(self, rows: int, columns: int) -> None:
        """Make the grid at least this large."""
        grid = self.properties.setdefault("gridProperties", {})
        grid["rowCount"] = max(self.row_count, rows)
        grid["columnCount"] = max(self.column_count, columns)

    def resize(self, rows: int, columns: int) -> None:
        """Give the grid this size; cells outside of it go away."""
        if rows < self.row_count:
            self._rearrange("ROWS", *deletion(rows, self.row_count - rows))
        if columns < self.column_count:
            self._rearrange("COLUMNS", *deletion(columns, self.column_count - columns))
        self.properties.setdefault("gridProperties", {}).update(rowCount=rows, columnCount=columns)

    # --- cells

    def cell(self, row: int, column: int) -> Cell:
        """The cell to read; a blank one (not kept) where there is none."""
        return self.cells.get((row, column)) or Cell()

    def make(self, row: int, column: int) -> Cell:
        """The cell to change; made where there is none."""
        return self.cells.setdefault((row, column), Cell())

    def drop_blank(self, row: int, column: int) -> None:
        """Forget the cell if nothing is left in it."""
        cell = self.cells.get((row, column))
        if cell is not None and cell.is_blank():
            del self.cells[(row, column)]

    def enter(self, row: int, column: int, entered: Entered) -> None:
        """Put a value in; None clears it. Formats, notes and validation stay."""
        if entered is None and (row, column) not in self.cells:
            return
        cell = self.make(row, column)
        cell.entered = entered
        cell.text_runs = []
        self.drop_blank(row, column)

    def clear_values(self, box: Box) -> None:
        """Clear what was entered in ``box``; formats, notes and validation stay."""
        for place in self.inside(box):
            self.enter(*place, None)

    def inside(self, box: Box) -> list[tuple[int, int]]:
        """Places in ``box`` that hold a cell, row by row."""
        return sorted(place for place in self.cells if place in box)

    def extent(self) -> tuple[int, int]:
        """(rows, columns) up to the last cell that holds a value; (0, 0) when there is none."""
        filled = [place for place, cell in self.cells.items() if cell.entered is not None]
        if not filled:
            return 0, 0
        return max(row for row, _ in filled) + 1, max(column for _, column in filled) + 1

    def box(self, grid_range: Json | None) -> Box:
        """A GridRange of the vendor as a rectangle; open ends reach to the edge of the grid."""
        given = grid_range or {}
        return Box(
            given.get("startRowIndex", 0),
            given.get("startColumnIndex", 0),
            given.get("endRowIndex", self.row_count),
            given.get("endColumnIndex", self.column_count),
        )

    def grid_range(self, box: Box) -> Json:
        """A rectangle as the vendor's GridRange (every bound given, ``sheetId`` included)."""
        return {
            "sheetId": self.sheet_id,
            "startRowIndex": box.top,
            "endRowIndex": box.bottom,
            "startColumnIndex": box.left,
            "endColumnIndex": box.right,
        }

    # --- parts of the sheet that move together

    def insert_cells(self, box: Box, dimension: Dimension) -> None:
        """Make room at ``box``, pushing cells down (ROWS) or right (COLUMNS); the grid grows if it must."""
        self._shift_cells(box, dimension, box.height if dimension == "ROWS" else box.width)
        self.grow(*self.extent())

    def delete_cells(self, box: Box, dimension: Dimension) -> None:
        """Take out the cells of ``box`` and pull the ones behind it up (ROWS) or to the left (COLUMNS)."""
        for place in self.inside(box):
            del self.cells[place]
        self._shift_cells(box, dimension, -box.height if dimension == "ROWS" else -box.width)

    def _shift_cells(self, box: Box, dimension: Dimension, by: int) -> None:
        if dimension == "ROWS":
            behind, step = Box(box.top, box.left, self.row_count, box.right), (by, 0)
        else:
            behind, step = Box(box.top, box.left, box.bottom, self.column_count), (0, by)
        taken = {place: self.cells.pop(place) for place in self.inside(behind)}
        self.cells.update({(row + step[0], column + step[1]): cell for (row, column), cell in taken.items()})

    def _rearrange(self, dimension: Dimension, move: Move, stretch: Stretch) -> None:
        """Move cells and everything that is bound to rows or columns of this sheet."""
        self._move_cells(dimension, move)
        self._move_metadata(dimension, move)
        self.merges = [r for r in (stretched(m, dimension, stretch) for m in self.merges) if r]
        self.merges = [m for m in self.merges if self.box(m).height * self.box(m).width > 1]
        for name in ("protected_ranges", "filter_views", "tables", "banded_ranges"):
            setattr(self, name, with_range(getattr(self, name), dimension, stretch))
        kept_filter = with_range([self.basic_filter], dimension, stretch) if self.basic_filter else []
        self.basic_filter = kept_filter[0] if kept_filter else None
        self.conditional_formats = with_ranges(self.conditional_formats, dimension, stretch)
        groups = "row_groups" if dimension == "ROWS" else "column_groups"
        setattr(self, groups, groups_after(getattr(self, groups), stretch))

    def _move_cells(self, dimension: Dimension, move: Move) -> None:
        moved: dict[tuple[int, int], Cell] = {}
        for (row, column), cell in self.cells.items():
            to = move(row if dimension == "ROWS" else column)
            if to is not None:
                moved[(to, column) if dimension == "ROWS" else (row, to)] = cell
        self.cells = moved

    def _move_metadata(self, dimension: Dimension, move: Move) -> None:
        name = "row_metadata" if dimension == "ROWS" else "column_metadata"
        kept = ((move(index), document) for index, document in getattr(self, name).items())
        setattr(self, name, {index: document for index, document in kept if index is not None})


@dataclass(slots=True)
class Spreadsheet:
    """One spreadsheet. ``properties`` is the vendor's SpreadsheetProperties; ``sheets`` are in tab order."""

    spreadsheet_id: str
    properties: Json
    sheets: list[Sheet]
    named_ranges: list[Json] = field(default_factory=list)
    """NamedRange documents: ``namedRangeId``, ``name``, ``range`` (GridRange)."""
    developer_metadata: list[Json] = field(default_factory=list)
    """DeveloperMetadata documents of all locations, in order of creation."""
    data_sources: list[Json] = field(default_factory=list)
    extra: Json = field(default_factory=dict)
    """Any other Spreadsheet field that the twin only keeps."""

    @property
    def locale(self) -> str:
        """Locale, as in ``en_US``."""
        return str(self.properties.get("locale", "en_US"))

    def sheet_by_id(self, sheet_id: int) -> Sheet | None:
        """The sheet with this id."""
        return next((sheet for sheet in self.sheets if sheet.sheet_id == sheet_id), None)

    def sheet_by_title(self, title: str) -> Sheet | None:
        """The sheet with this title; titles differ not by case alone."""
        exact = next((sheet for sheet in self.sheets if sheet.title == title), None)
        folded = title.casefold()
        return exact or next((sheet for sheet in self.sheets if sheet.title.casefold() == folded), None)

    def named_range(self, name: str) -> Json | None:
        """The named range called ``name`` (case does not matter)."""
        folded = name.casefold()
        return next((r for r in self.named_ranges if r["name"].casefold() == folded), None)

    def table(self, name: str) -> tuple[Sheet, Json] | None:
        """The table called ``name`` (case does not matter), with its sheet."""
        folded = name.casefold()
        found = ((s, t) for s in self.sheets for t in s.tables if str(t.get("name", "")).casefold() == folded)
        return next(found, None)

    def renumber(self) -> None:
        """Make every sheet's ``index`` its place among the tabs."""
        for index, sheet in enumerate(self.sheets):
            sheet.properties["index"] = index

    # --- rows and columns of a sheet, and all that hangs on them anywhere in the spreadsheet

    def insert_dimension(self, sheet: Sheet, dimension: Dimension, start: int, count: int) -> None:
        """Insert ``count`` empty rows or columns before index ``start``; the grid grows by them."""
        grid = sheet.properties.setdefault("gridProperties", {})
        grid[COUNTS[dimension]] = sheet.count(dimension) + count
        self._rearrange(sheet, dimension, *insertion(start, count))

    def delete_dimension(self, sheet: Sheet, dimension: Dimension, start: int, count: int) -> None:
        """Delete ``count`` rows or columns from index ``start``; the grid shrinks by them."""
        count = max(0, min(count, sheet.count(dimension) - start))
        self._rearrange(sheet, dimension, *deletion(start, count))
        sheet.properties["gridProperties"][COUNTS[dimension]] = sheet.count(dimension) - count

    def move_dimension(self, sheet: Sheet, dimension: Dimension, start: int, count: int, destination: int) -> None:
        """Move ``count`` rows or columns from ``start`` to before ``destination`` (as counted before)."""
        self._rearrange(sheet, dimension, *relocation(start, count, destination))

    def _rearrange(self, sheet: Sheet, dimension: Dimension, move: Move, stretch: Stretch) -> None:
        sheet._rearrange(dimension, move, stretch)
        self.named_ranges = [
            kept
            for named in self.named_ranges
            for kept in (
                with_range([named], dimension, stretch)
                if named["range"].get("sheetId", 0) == sheet.sheet_id
                else [named]
            )
        ]
        self._move_metadata(sheet, dimension, stretch)
        self._move_formulas(sheet, dimension, stretch)

    def _move_metadata(self, sheet: Sheet, dimension: Dimension, stretch: Stretch) -> None:
        """Let developer metadata follow its rows or columns; it goes when they go."""
        kept = []
        for metadata in self.developer_metadata:
            span = metadata.get("location", {}).get("dimensionRange", {})
            if span.get("dimension") == dimension and span.get("sheetId", 0) == sheet.sheet_id:
                bounds = stretch(span.get("startIndex", 0), span["endIndex"])
                if bounds is None:
                    continue
                span |= {"startIndex": bounds[0], "endIndex": bounds[1]}
            kept.append(metadata)
        self.developer_metadata = kept

    def _move_formulas(self, moved: Sheet, dimension: Dimension, stretch: Stretch) -> None:
        """Let the references of all formulas follow what they refer to."""
        from targets.google.sheets.twin.a1 import follow  # a1 needs this module's types

        for sheet in self.sheets:
            for cell in sheet.cells.values():
                if isinstance(cell.entered, Formula):
                    text = follow(cell.entered.text, sheet.title, moved.title, dimension, stretch)
                    cell.entered = Formula(text)


# --- new documents


def new_spreadsheet(spreadsheet_id: str, title: str, locale: str = "en_US", time_zone: str = "Etc/GMT") -> Spreadsheet:
    """A spreadsheet as the service makes it: one empty sheet, ``Sheet1``, id 0."""
    properties: Json = {
        "title": title,
        "locale": locale,
        "autoRecalc": "ON_CHANGE",
        "timeZone": time_zone,
        "defaultFormat": copy.deepcopy(DEFAULT_FORMAT),
        "spreadsheetTheme": copy.deepcopy(DEFAULT_THEME),
    }
    return Spreadsheet(spreadsheet_id, properties, [new_sheet(0, "Sheet1", 0)])


def new_sheet(sheet_id: int, title: str, index: int, rows: int = ROW_COUNT, columns: int = COLUMN_COUNT) -> Sheet:
    """An empty grid sheet."""
    grid = {"rowCount": rows, "columnCount": columns}
    return Sheet({"sheetId": sheet_id, "title": title, "index": index, "sheetType": "GRID", "gridProperties": grid})
