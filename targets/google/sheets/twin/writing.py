"""Writing values into cells, and finding the table that values are appended to."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from conformance.recordings.model import Json
from targets.google.sheets.twin import a1
from targets.google.sheets.twin.a1 import Area
from targets.google.sheets.twin.entry import Entry, raw, typed
from targets.google.sheets.twin.model import Box, Sheet, Spreadsheet
from targets.google.sheets.twin.reading import on_grid
from targets.google.sheets.twin.refusals import unevidenced


@dataclass(slots=True)
class Written:
    """What a write changed: the cells that were not left alone, in the area it was asked to write to."""

    area: Area
    dimension: str
    places: list[tuple[int, int]] = field(default_factory=list)

    @property
    def sheet(self) -> Sheet:
        """The sheet written to."""
        return self.area.sheet

    @property
    def box(self) -> Box:
        """The smallest rectangle around the cells; the area's first cell where there are none."""
        return around(self.places) if self.places else around([(self.area.top, self.area.left)])

    @property
    def asked(self) -> Box:
        """What the area has on the grid, and the cells, which may spread over its edge."""
        area, box = self.area.clipped, self.box
        return Box(area.top, area.left, max(area.bottom, box.bottom), max(area.right, box.right))

    @property
    def rows(self) -> set[tuple[int, int]]:
        """The rows written to, with their sheet's id."""
        return {(self.sheet.sheet_id, row) for row, _ in self.places}

    @property
    def columns(self) -> set[tuple[int, int]]:
        """The columns written to, with their sheet's id."""
        return {(self.sheet.sheet_id, column) for _, column in self.places}

    def summary(self) -> Json:
        """``updatedRange``, and the counts that are not 0."""
        counts = {
            "updatedRows": len(self.rows),
            "updatedColumns": len(self.columns),
            "updatedCells": len(self.places),
        }
        return {"updatedRange": a1.range_name(self.sheet, self.box), **counted(counts)}


def counted(counts: Mapping[str, int]) -> Json:
    """Counts as the vendor writes them: 0 is left out."""
    return {name: count for name, count in counts.items() if count}


@dataclass(frozen=True, slots=True)
class Data:
    """Values to be written to an area."""

    area: Area
    values: Sequence[Sequence[Json]]
    dimension: str

    def placed(self) -> Iterable[tuple[int, int, Json]]:
        """(row, column, value) of each value; rows and columns count from the area's corner."""
        for major, line in enumerate(self.values):
            for minor, value in enumerate(line):
                yield (minor, major, value) if self.dimension == "COLUMNS" else (major, minor, value)

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of the data."""
        longest = max((len(line) for line in self.values), default=0)
        return (longest, len(self.values)) if self.dimension == "COLUMNS" else (len(self.values), longest)

    def checked(self) -> Data:
        """The data. Raises Refusal where they do not fit in the area, or it begins outside of the grid."""
        area, (rows, columns) = self.area, self.size
        on_grid(area)
        too_long = area.bottom is not None and rows > area.bottom - area.top
        too_wide = area.right is not None and columns > area.right - area.left
        if (too_long or too_wide) and not area.is_cell:
            raise unevidenced("writing more values than the range has room for")
        return self


def write(spreadsheet: Spreadsheet, data: Data, input_option: str) -> Written:
    """Write; ``null`` leaves a cell alone, the grid grows where it must."""
    sheet, top, left = data.area.sheet, data.area.top, data.area.left
    written = Written(data.area, data.dimension)
    for row, column, value in data.placed():
        if value is not None:
            kept_as_text = _number_type(sheet, top + row, left + column) == "TEXT"
            entry = entry_of(value, "RAW" if kept_as_text else input_option, spreadsheet.locale)
            put(sheet, top + row, left + column, entry)
            written.places.append((top + row, left + column))
    sheet.grow(written.box.bottom, written.box.right)
    return written


def entry_of(value: Json, input_option: str | None, locale: str) -> Entry:
    """What a JSON value becomes in a cell. Raises Refusal for a list, an object or an unknown option."""
    if isinstance(value, list | dict) or (isinstance(value, float) and not math.isfinite(value)):
        raise unevidenced("a cell value that is a list, an object or no finite number")
    if input_option == "RAW":
        return raw(value)
    if input_option == "USER_ENTERED":
        return typed(value, locale)
    raise unevidenced(f"valueInputOption={input_option!r}")


def put(sheet: Sheet, row: int, column: int, entry: Entry) -> None:
    """Put an entry into a cell, with the number format it brings unless the cell has one of that type."""
    sheet.enter(row, column, entry.value)
    if entry.number_format and entry.number_format["type"] != _number_type(sheet, row, column):
        sheet.cells[(row, column)].format |= {"numberFormat": dict(entry.number_format)}


def _number_type(sheet: Sheet, row: int, column: int) -> str | None:
    """Type of the cell's own number format."""
    number_format: Json = sheet.cell(row, column).format.get("numberFormat", {})
    return str(number_format["type"]) if "type" in number_format else None


# --- finding the table to append to


def table_in(area: Area) -> Box | None:
    """The last table in the area: the cells around its last filled cell, to the next empty row and column."""
    filled = {place for place, cell in area.sheet.cells.items() if cell.entered is not None}
    box = area.clipped
    last = max((place for place in filled if place in box), default=None)
    return _region(filled, last) if last else None


def _region(filled: set[tuple[int, int]], start: tuple[int, int]) -> Box:
    """The smallest rectangle around ``start`` that no filled cell touches from outside, corners included."""
    region = around(_connected(filled, start))
    while True:
        near = Box(region.top - 1, region.left - 1, region.bottom + 1, region.right + 1)
        grown = around([place for place in filled if place in near])
        if grown == region:
            return region
        region = grown


def _connected(filled: set[tuple[int, int]], start: tuple[int, int]) -> set[tuple[int, int]]:
    """The filled cells that can be reached from ``start`` over filled cells, diagonally too."""
    reached, waiting = {start}, [start]
    while waiting:
        row, column = waiting.pop()
        near = set(Box(row - 1, column - 1, row + 2, column + 2).places()) & filled - reached
        reached |= near
        waiting += near
    return reached


def around(places: Collection[tuple[int, int]]) -> Box:
    """The smallest rectangle around the places, of which there is at least one."""
    rows, columns = [row for row, _ in places], [column for _, column in places]
    return Box(min(rows), min(columns), max(rows) + 1, max(columns) + 1)
