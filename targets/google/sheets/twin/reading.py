"""Values as the ``spreadsheets.values`` methods show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.recordings.model import Json
from targets.google.sheets.twin import a1
from targets.google.sheets.twin.a1 import Area
from targets.google.sheets.twin.formats import DATES, display
from targets.google.sheets.twin.formulas import Calculator, implied_format
from targets.google.sheets.twin.model import Box, Cell, CellError, Effective, Formula, Sheet, Spreadsheet
from targets.google.sheets.twin.refusals import unevidenced


@dataclass(frozen=True, slots=True)
class Rendering:
    """How values are shown; the vendor's ``valueRenderOption`` and ``dateTimeRenderOption``."""

    values: str = "FORMATTED_VALUE"
    dates: str = "SERIAL_NUMBER"


VALUE_OPTIONS = ("FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA")
DATE_OPTIONS = ("SERIAL_NUMBER", "FORMATTED_STRING")
DIMENSIONS = ("ROWS", "COLUMNS")


def rendering_of(options: Mapping[str, Any], response: bool = False) -> Rendering:
    """From query parameters or a body; ``response`` for what a write answers. Raises Refusal for unknown names."""
    names = ("valueRenderOption", "dateTimeRenderOption")
    if response:
        names = ("responseValueRenderOption", "responseDateTimeRenderOption")
    return Rendering(one_of(options, names[0], VALUE_OPTIONS), one_of(options, names[1], DATE_OPTIONS))


def dimension_of(options: Mapping[str, Any]) -> str:
    """``ROWS`` or ``COLUMNS``. Raises Refusal for anything else."""
    return one_of(options, "majorDimension", DIMENSIONS)


def one_of(options: Mapping[str, Any], name: str, known: Sequence[str]) -> str:
    """The option, or the first known value where it is missing. Raises Refusal for an unknown one."""
    chosen = options.get(name) or known[0]
    if chosen not in known:
        raise unevidenced(f"{name}={chosen!r}")
    return str(chosen)


class Reader:
    """Shows the values of one spreadsheet, as it is when the first one is asked for."""

    def __init__(self, spreadsheet: Spreadsheet, rendering: Rendering) -> None:
        self._spreadsheet = spreadsheet
        self._rendering = rendering
        self._calculator = Calculator(spreadsheet)

    def value_range(self, area: Area, dimension: str = "ROWS") -> Json:
        """The vendor's ValueRange: empty rows and cells at the end left out, no ``values`` where all are empty."""
        return self.of_box(area.sheet, on_grid(area), dimension)

    def of_box(self, sheet: Sheet, box: Box, dimension: str = "ROWS") -> Json:
        """Likewise, of a rectangle that is known to be on the grid."""
        document = {"range": a1.range_name(sheet, box), "majorDimension": dimension}
        values = self._values(sheet, box, dimension)
        return document | {"values": values} if values else document

    def _values(self, sheet: Sheet, box: Box, dimension: str) -> list[list[Json]]:
        filled = (place for place in sheet.inside(box) if sheet.cells[place].entered is not None)
        places = {place: self._shown(sheet, *place) for place in filled}
        spilled = self._calculator.spilled(sheet) if self._rendering.values != "FORMULA" else {}
        places |= {place: self._rendered(sheet.cell(*place), value) for place, value in spilled.items() if place in box}
        by_rows = dimension == "ROWS"
        lines: dict[int, dict[int, Json]] = {}
        for (row, column), value in places.items():
            major, minor = (row - box.top, column - box.left) if by_rows else (column - box.left, row - box.top)
            lines.setdefault(major, {})[minor] = value
        return [_line(lines.get(index, {})) for index in range(max(lines, default=-1) + 1)]

    def _shown(self, sheet: Sheet, row: int, column: int) -> Json:
        cell = sheet.cells[(row, column)]
        if isinstance(cell.entered, Formula) and self._rendering.values == "FORMULA":
            return cell.entered.text
        return self._rendered(cell, self._calculator.value(sheet, row, column))

    def _rendered(self, cell: Cell, value: Effective) -> Json:
        number_format = number_format_of(cell)
        as_shown = self._rendering.values == "FORMATTED_VALUE" or (
            self._rendering.dates == "FORMATTED_STRING" and number_format.get("type") in DATES
        )
        if as_shown and not (isinstance(value, str | bool) and self._rendering.values != "FORMATTED_VALUE"):
            return display(value, number_format, self._spreadsheet.locale)
        return value.code if isinstance(value, CellError) else value


def number_format_of(cell: Cell) -> Json:
    """The NumberFormat that shows the cell: its own, or what its formula brings; ``{}`` for none."""
    own = cell.format.get("numberFormat")
    if own or not isinstance(cell.entered, Formula):
        return own or {}
    implied = implied_format(cell.entered.text)
    return {"type": implied} if implied else {}


def _line(cells: Mapping[int, Json]) -> list[Json]:
    return [cells.get(index, "") for index in range(max(cells, default=-1) + 1)]


def on_grid(area: Area) -> Box:
    """The part of the area that the grid has. Raises Refusal where it begins outside."""
    if area.top >= area.sheet.row_count or area.left >= area.sheet.column_count:
        raise unevidenced("a range that begins outside of the grid")
    return area.clipped
