"""The ``spreadsheets.values`` methods: reading, writing, appending and clearing plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from conformance.recordings.model import Json
from conformance.twinkit.service import Handler, Reply, TwinRequest
from targets.google.protojson import read
from targets.google.sheets.twin import a1
from targets.google.sheets.twin.a1 import Area
from targets.google.sheets.twin.entry import Entry, raw, typed
from targets.google.sheets.twin.formats import DATES, display
from targets.google.sheets.twin.formulas import Calculator, implied_format
from targets.google.sheets.twin.metadata import filtered_areas
from targets.google.sheets.twin.model import Box, Cell, CellError, Effective, Formula, Sheet, Spreadsheet
from targets.google.sheets.twin.refusals import not_found, unevidenced
from targets.google.state import GoogleState

# --- parameters


def spreadsheet_of(state: GoogleState, request: TwinRequest) -> Spreadsheet:
    """The spreadsheet that the path names. Raises Refusal (404) where there is none."""
    spreadsheet = state.spreadsheets.get(request.params["spreadsheetId"])
    if spreadsheet is None:
        raise not_found()
    return spreadsheet


def changed(state: GoogleState, spreadsheet: Spreadsheet) -> None:
    """Tell Drive that the spreadsheet's content changed."""
    if spreadsheet.spreadsheet_id in state.files:
        state.touch(spreadsheet.spreadsheet_id)


@dataclass(frozen=True, slots=True)
class Rendering:
    """How values are shown; the vendor's ``valueRenderOption`` and ``dateTimeRenderOption``."""

    values: str = "FORMATTED_VALUE"
    dates: str = "SERIAL_NUMBER"


def rendering_of(options: Mapping[str, Any], prefix: str = "") -> Rendering:
    """From query parameters or a body; ``prefix`` is ``response`` for what a write answers."""
    values = options.get(prefix + "ValueRenderOption" if prefix else "valueRenderOption")
    dates = options.get(prefix + "DateTimeRenderOption" if prefix else "dateTimeRenderOption")
    return Rendering(values or "FORMATTED_VALUE", dates or "SERIAL_NUMBER")


def options_of(request: TwinRequest) -> dict[str, str]:
    """Query parameters, the first value of each."""
    return {name: values[0] for name, values in request.query.items() if values}


def _flag(value: Any) -> bool:
    """A boolean, as JSON or as text (``True`` and ``true`` alike)."""
    return value if isinstance(value, bool) else str(value).lower() == "true"


# --- reading


class Reader:
    """Shows the values of one spreadsheet, as it is when the first one is asked for."""

    def __init__(self, spreadsheet: Spreadsheet, rendering: Rendering) -> None:
        self._spreadsheet = spreadsheet
        self._rendering = rendering
        self._calculator = Calculator(spreadsheet)

    def value_range(self, area: Area, dimension: str | None = None) -> Json:
        """The vendor's ValueRange: empty rows and cells at the end left out, no ``values`` where all are empty."""
        box = on_grid(area)
        return self._value_range(area.sheet, box, dimension)

    def _value_range(self, sheet: Sheet, box: Box, dimension: str | None) -> Json:
        dimension = dimension if dimension == "COLUMNS" else "ROWS"
        document = {"range": a1.range_name(sheet, box), "majorDimension": dimension}
        values = self._values(sheet, box, dimension)
        return document | {"values": values} if values else document

    def written(self, sheet: Sheet, box: Box, dimension: str | None) -> Json:
        """The ValueRange of what a request has just written."""
        return self._value_range(sheet, box, dimension)

    def _values(self, sheet: Sheet, box: Box, dimension: str) -> list[list[Json]]:
        places = {place: self._shown(sheet, *place) for place in sheet.inside(box) if _holds(sheet.cells[place])}
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


def _holds(cell: Cell) -> bool:
    return cell.entered is not None


def _line(cells: Mapping[int, Json]) -> list[Json]:
    return [cells.get(index, "") for index in range(max(cells, default=-1) + 1)]


def on_grid(area: Area) -> Box:
    """The part of the area that the grid has. Raises Refusal where it begins outside."""
    if area.top >= area.sheet.row_count or area.left >= area.sheet.column_count:
        raise unevidenced("a range that begins outside of the grid")
    return area.clipped


# --- writing


@dataclass(slots=True)
class Written:
    """What a write changed: the rectangle of the data, and the cells in it that were not left alone."""

    sheet: Sheet
    box: Box
    places: list[tuple[int, int]] = field(default_factory=list)

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
        return {"updatedRange": a1.range_name(self.sheet, self.box), **_counted(counts)}


def _counted(counts: Mapping[str, int]) -> Json:
    """Counts as the vendor writes them: 0 is left out."""
    return {name: count for name, count in counts.items() if count}


@dataclass(frozen=True, slots=True)
class Data:
    """Values to be written to an area."""

    area: Area
    values: Sequence[Sequence[Json]]
    dimension: str | None

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
    sheet, (rows, columns) = data.area.sheet, data.size
    top, left = data.area.top, data.area.left
    written = Written(sheet, Box(top, left, top + max(rows, 1), left + max(columns, 1)))
    sheet.grow(written.box.bottom, written.box.right)
    for row, column, value in data.placed():
        if value is not None:
            put(sheet, top + row, left + column, entry_of(value, input_option, spreadsheet.locale))
            written.places.append((top + row, left + column))
    return written


def entry_of(value: Json, input_option: str, locale: str) -> Entry:
    """What a JSON value becomes in a cell. Raises Refusal for a list, an object or an unknown option."""
    if isinstance(value, list | dict):
        raise unevidenced("a cell value that is a list or an object")
    if input_option == "RAW":
        return raw(value)
    if input_option == "USER_ENTERED":
        return typed(value, locale)
    raise unevidenced(f"valueInputOption={input_option!r}")


def put(sheet: Sheet, row: int, column: int, entry: Entry) -> None:
    """Put an entry into a cell, with the number format it brings."""
    sheet.enter(row, column, entry.value)
    if entry.number_format:
        sheet.cells[(row, column)].format |= {"numberFormat": dict(entry.number_format)}


# --- finding the table to append to


def table_in(area: Area) -> Box | None:
    """The last table in the area: the cells around its last filled cell, to the next empty row and column."""
    filled = {place for place, cell in area.sheet.cells.items() if _holds(cell)}
    box = area.clipped
    last = max((place for place in filled if place in box), default=None)
    return _region(filled, last) if last else None


def _region(filled: set[tuple[int, int]], start: tuple[int, int]) -> Box:
    """The smallest rectangle around ``start`` that no filled cell touches from outside."""
    region = Box(start[0], start[1], start[0] + 1, start[1] + 1)
    while True:
        near = Box(region.top - 1, region.left - 1, region.bottom + 1, region.right + 1)
        touched = [place for place in filled if place in near]
        grown = _around(touched)
        if grown == region:
            return region
        region = grown


def _around(places: Sequence[tuple[int, int]]) -> Box:
    rows, columns = [row for row, _ in places], [column for _, column in places]
    return Box(min(rows), min(columns), max(rows) + 1, max(columns) + 1)


# --- methods


def get(state: GoogleState, request: TwinRequest) -> Reply:
    """``values.get``."""
    spreadsheet, options = spreadsheet_of(state, request), options_of(request)
    area = a1.parse(spreadsheet, request.params["range"])
    return Reply(Reader(spreadsheet, rendering_of(options)).value_range(area, options.get("majorDimension")))


def batch_get(state: GoogleState, request: TwinRequest) -> Reply:
    """``values.batchGet``."""
    spreadsheet, options = spreadsheet_of(state, request), options_of(request)
    areas = [a1.parse(spreadsheet, text) for text in request.query.get("ranges", ())]
    reader = Reader(spreadsheet, rendering_of(options))
    found = [reader.value_range(area, options.get("majorDimension")) for area in areas]
    return Reply(_with_list({"spreadsheetId": spreadsheet.spreadsheet_id}, "valueRanges", found))


def batch_get_by_data_filter(state: GoogleState, request: TwinRequest) -> Reply:
    """``values.batchGetByDataFilter``."""
    spreadsheet = spreadsheet_of(state, request)
    body = read("sheets", "BatchGetValuesByDataFilterRequest", request.json)
    reader = Reader(spreadsheet, rendering_of(body))
    found = [
        {"valueRange": reader.value_range(area, body.get("majorDimension")), "dataFilters": filters}
        for area, filters in filtered_areas(spreadsheet, body.get("dataFilters", []))
    ]
    return Reply(_with_list({"spreadsheetId": spreadsheet.spreadsheet_id}, "valueRanges", found))


def update(state: GoogleState, request: TwinRequest) -> Reply:
    """``values.update``."""
    spreadsheet, options = spreadsheet_of(state, request), options_of(request)
    body = read("sheets", "ValueRange", request.json, "data")
    data = _data(a1.parse(spreadsheet, request.params["range"]), body)
    written = _write_all(state, spreadsheet, [data], options.get("valueInputOption"))[0]
    return Reply(_update_answer(spreadsheet, written, body.get("majorDimension"), options))


def batch_update(state: GoogleState, request: TwinRequest) -> Reply:
    """``values.batchUpdate``."""
    spreadsheet = spreadsheet_of(state, request)
    body = read("sheets", "BatchUpdateValuesRequest", request.json)
    ranges = body.get("data", [])
    data = [_data(a1.parse(spreadsheet, item.get("range", "")), item) for item in ranges]
    written = _write_all(state, spreadsheet, data, body.get("valueInputOption"))
    responses = [
        _update_answer(spreadsheet, one, item.get("majorDimension"), body)
        for one, item in zip(written, ranges, strict=True)
    ]
    return Reply(_with_list(_totals(spreadsheet, written), "responses", responses))


def batch_update_by_data_filter(state: GoogleState, request: TwinRequest) -> Reply:
    """``values.batchUpdateByDataFilter``."""
    spreadsheet = spreadsheet_of(state, request)
    body = read("sheets", "BatchUpdateValuesByDataFilterRequest", request.json)
    chosen = [
        (area, item)
        for item in body.get("data", [])
        for area, _ in filtered_areas(spreadsheet, [item.get("dataFilter", {})])
    ]
    data = [_data(area, item) for area, item in chosen]
    written = _write_all(state, spreadsheet, data, body.get("valueInputOption"))
    responses = []
    for one, (_, item) in zip(written, chosen, strict=True):
        answer = _update_answer(spreadsheet, one, item.get("majorDimension"), body)
        del answer["spreadsheetId"]
        responses.append(answer | {"dataFilter": item.get("dataFilter", {})})
    return Reply(_with_list(_totals(spreadsheet, written), "responses", responses))


def append(state: GoogleState, request: TwinRequest) -> Reply:
    """``values.append``: below the last table in the range, else at the range's corner."""
    spreadsheet, options = spreadsheet_of(state, request), options_of(request)
    body = read("sheets", "ValueRange", request.json, "data")
    area = a1.parse(spreadsheet, request.params["range"])
    on_grid(area)
    table = table_in(area)
    corner = (table.bottom, table.left) if table else (area.top, area.left)
    data = Data(Area(area.sheet, *corner), body.get("values", []), body.get("majorDimension"))
    entry_of("", options.get("valueInputOption", ""), spreadsheet.locale)
    if options.get("insertDataOption") == "INSERT_ROWS" and data.size[0]:
        spreadsheet.insert_dimension(area.sheet, "ROWS", corner[0], data.size[0])
    written = write(spreadsheet, data, options["valueInputOption"])
    changed(state, spreadsheet)
    answer: dict[str, Json] = {"spreadsheetId": spreadsheet.spreadsheet_id}
    if table:
        answer["tableRange"] = a1.range_name(area.sheet, table)
    answer["updates"] = _update_answer(spreadsheet, written, body.get("majorDimension"), options)
    return Reply(answer)


def clear(state: GoogleState, request: TwinRequest) -> Reply:
    """``values.clear``."""
    spreadsheet = spreadsheet_of(state, request)
    cleared = _clear(state, spreadsheet, [a1.parse(spreadsheet, request.params["range"])])
    return Reply({"spreadsheetId": spreadsheet.spreadsheet_id, "clearedRange": cleared[0]})


def batch_clear(state: GoogleState, request: TwinRequest) -> Reply:
    """``values.batchClear``."""
    spreadsheet = spreadsheet_of(state, request)
    body = read("sheets", "BatchClearValuesRequest", request.json)
    cleared = _clear(state, spreadsheet, [a1.parse(spreadsheet, text) for text in body.get("ranges", [])])
    return Reply(_with_list({"spreadsheetId": spreadsheet.spreadsheet_id}, "clearedRanges", cleared))


def batch_clear_by_data_filter(state: GoogleState, request: TwinRequest) -> Reply:
    """``values.batchClearByDataFilter``."""
    spreadsheet = spreadsheet_of(state, request)
    body = read("sheets", "BatchClearValuesByDataFilterRequest", request.json)
    areas = [area for area, _ in filtered_areas(spreadsheet, body.get("dataFilters", []))]
    cleared = _clear(state, spreadsheet, areas)
    return Reply(_with_list({"spreadsheetId": spreadsheet.spreadsheet_id}, "clearedRanges", cleared))


# --- what methods share


def _with_list(document: Json, name: str, items: list[Any]) -> Json:
    """The document with a list; the vendor leaves out empty ones."""
    return document | {name: items} if items else document


def _data(area: Area, body: Json) -> Data:
    return Data(area, body.get("values", []), body.get("majorDimension")).checked()


def _write_all(
    state: GoogleState, spreadsheet: Spreadsheet, data: Sequence[Data], input_option: str | None
) -> list[Written]:
    """Write everything or, where something cannot be entered, nothing."""
    for one in data:
        for _, _, value in one.placed():
            entry_of(value, input_option or "", spreadsheet.locale)
    written = [write(spreadsheet, one, input_option or "") for one in data]
    changed(state, spreadsheet)
    return written


def _update_answer(
    spreadsheet: Spreadsheet, written: Written, dimension: str | None, options: Mapping[str, Any]
) -> dict[str, Json]:
    """The vendor's UpdateValuesResponse."""
    answer: dict[str, Json] = {"spreadsheetId": spreadsheet.spreadsheet_id, **written.summary()}
    if _flag(options.get("includeValuesInResponse")):
        reader = Reader(spreadsheet, rendering_of(options, "response"))
        answer["updatedData"] = reader.written(written.sheet, written.box, dimension)
    return answer


def _totals(spreadsheet: Spreadsheet, written: Sequence[Written]) -> dict[str, Json]:
    """What a batch changed; a row, column or sheet that was written twice counts once."""
    counts = {
        "totalUpdatedRows": len(set[Any]().union(*(one.rows for one in written))),
        "totalUpdatedColumns": len(set[Any]().union(*(one.columns for one in written))),
        "totalUpdatedCells": sum(len(one.places) for one in written),
        "totalUpdatedSheets": len({one.sheet.sheet_id for one in written if one.places}),
    }
    return {"spreadsheetId": spreadsheet.spreadsheet_id, **_counted(counts)}


def _clear(state: GoogleState, spreadsheet: Spreadsheet, areas: Sequence[Area]) -> list[str]:
    """Clear the areas and return their names."""
    boxes = [(area.sheet, on_grid(area)) for area in areas]
    for sheet, box in boxes:
        sheet.clear_values(box)
    changed(state, spreadsheet)
    return [a1.range_name(sheet, box) for sheet, box in boxes]


_VALUES = "/v4/spreadsheets/{spreadsheetId}/values"

VALUES_ROUTES: Mapping[str, Handler] = {
    f"GET {_VALUES}/{{range}}": get,
    f"PUT {_VALUES}/{{range}}": update,
    f"POST {_VALUES}/{{range}}:append": append,
    f"POST {_VALUES}/{{range}}:clear": clear,
    f"GET {_VALUES}:batchGet": batch_get,
    f"POST {_VALUES}:batchUpdate": batch_update,
    f"POST {_VALUES}:batchClear": batch_clear,
    f"POST {_VALUES}:batchGetByDataFilter": batch_get_by_data_filter,
    f"POST {_VALUES}:batchUpdateByDataFilter": batch_update_by_data_filter,
    f"POST {_VALUES}:batchClearByDataFilter": batch_clear_by_data_filter,
}
"""All methods of ``spreadsheets.values`` by operation."""
