"""The ``spreadsheets.values`` methods: reading, writing, appending and clearing plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from conformance.recordings.model import Json
from conformance.twinkit.service import Handler, Reply, TwinRequest
from targets.google.protojson import read
from targets.google.sheets.twin import a1
from targets.google.sheets.twin.a1 import Area
from targets.google.sheets.twin.access import changed, spreadsheet_of
from targets.google.sheets.twin.metadata import filtered_areas
from targets.google.sheets.twin.model import Box, Spreadsheet
from targets.google.sheets.twin.reading import Reader, dimension_of, on_grid, one_of, rendering_of
from targets.google.sheets.twin.refusals import unevidenced
from targets.google.sheets.twin.writing import Data, Written, counted, entry_of, table_in, write
from targets.google.state import GoogleState

INSERT_OPTIONS = ("OVERWRITE", "INSERT_ROWS")


def options_of(request: TwinRequest) -> dict[str, str]:
    """Query parameters, the first value of each."""
    return {name: values[0] for name, values in request.query.items() if values}


def _flag(value: Any) -> bool:
    """A boolean, as JSON or as text (``True`` and ``true`` alike)."""
    return value if isinstance(value, bool) else str(value).lower() == "true"


# --- methods


def get(state: GoogleState, request: TwinRequest) -> Reply:
    """``values.get``."""
    spreadsheet, options = spreadsheet_of(state, request), options_of(request)
    area = a1.parse(spreadsheet, request.params["range"])
    return Reply(Reader(spreadsheet, rendering_of(options)).value_range(area, dimension_of(options)))


def batch_get(state: GoogleState, request: TwinRequest) -> Reply:
    """``values.batchGet``."""
    spreadsheet, options = spreadsheet_of(state, request), options_of(request)
    areas = [a1.parse(spreadsheet, text) for text in request.query.get("ranges", ())]
    reader = Reader(spreadsheet, rendering_of(options))
    found = [reader.value_range(area, dimension_of(options)) for area in areas]
    return Reply(_with_list({"spreadsheetId": spreadsheet.spreadsheet_id}, "valueRanges", found))


def batch_get_by_data_filter(state: GoogleState, request: TwinRequest) -> Reply:
    """``values.batchGetByDataFilter``."""
    spreadsheet = spreadsheet_of(state, request)
    body = read("sheets", "BatchGetValuesByDataFilterRequest", request.json)
    reader = Reader(spreadsheet, rendering_of(body))
    found = [
        {"valueRange": reader.value_range(area, dimension_of(body)), "dataFilters": filters}
        for area, filters in filtered_areas(spreadsheet, body.get("dataFilters", []))
    ]
    return Reply(_with_list({"spreadsheetId": spreadsheet.spreadsheet_id}, "valueRanges", found))


def update(state: GoogleState, request: TwinRequest) -> Reply:
    """``values.update``."""
    spreadsheet, options = spreadsheet_of(state, request), options_of(request)
    body = read("sheets", "ValueRange", request.json, "data")
    data = _data(_named_area(spreadsheet, request, body), body)
    written = _write_all(state, spreadsheet, [data], options)[0]
    return Reply(_update_answer(spreadsheet, written, options))


def batch_update(state: GoogleState, request: TwinRequest) -> Reply:
    """``values.batchUpdate``."""
    spreadsheet = spreadsheet_of(state, request)
    body = read("sheets", "BatchUpdateValuesRequest", request.json)
    data = [_data(a1.parse(spreadsheet, item.get("range", "")), item) for item in body.get("data", [])]
    written = _write_all(state, spreadsheet, data, body)
    responses = [_update_answer(spreadsheet, one, body) for one in written]
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
    written = _write_all(state, spreadsheet, data, body)
    responses = []
    for one, (_, item) in zip(written, chosen, strict=True):
        answer = _update_answer(spreadsheet, one, body)
        del answer["spreadsheetId"]
        responses.append(answer | {"dataFilter": item.get("dataFilter", {})})
    return Reply(_with_list(_totals(spreadsheet, written), "responses", responses))


def append(state: GoogleState, request: TwinRequest) -> Reply:
    """``values.append``: below the last table in the range, else at the range's corner."""
    spreadsheet, options = spreadsheet_of(state, request), options_of(request)
    body = read("sheets", "ValueRange", request.json, "data")
    area = _named_area(spreadsheet, request, body)
    on_grid(area)
    table = table_in(area)
    corner = (table.bottom, table.left) if table else (area.top, area.left)
    data = Data(Area(area.sheet, *corner), body.get("values", []), dimension_of(body))
    _check(spreadsheet, [data], options)
    if options.get("insertDataOption") == "INSERT_ROWS":
        spreadsheet.insert_dimension(area.sheet, "ROWS", corner[0], data.size[0])
    written = _write_all(state, spreadsheet, [data], options)[0]
    answer: dict[str, Json] = {"spreadsheetId": spreadsheet.spreadsheet_id}
    if table:
        answer["tableRange"] = a1.range_name(area.sheet, table)
    answer["updates"] = _update_answer(spreadsheet, written, options, written.box)
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
    return Data(area, body.get("values", []), dimension_of(body)).checked()


def _named_area(spreadsheet: Spreadsheet, request: TwinRequest, body: Json) -> Area:
    """The area that the path names. Raises Refusal where the body names another."""
    area = a1.parse(spreadsheet, request.params["range"])
    if "range" in body and a1.find(spreadsheet, body["range"]) != area:
        raise unevidenced("a body with another range than the path")
    return area


def _check(spreadsheet: Spreadsheet, data: Sequence[Data], options: Mapping[str, Any]) -> None:
    """Raises Refusal, before anything is written, where a value or an option cannot be taken in."""
    rendering_of(options, response=True)
    one_of(options, "insertDataOption", INSERT_OPTIONS)
    for value in ("", *(value for one in data for _, _, value in one.placed())):
        entry_of(value, options.get("valueInputOption"), spreadsheet.locale)


def _write_all(
    state: GoogleState, spreadsheet: Spreadsheet, data: Sequence[Data], options: Mapping[str, Any]
) -> list[Written]:
    """Write everything or, where something cannot be taken in, nothing."""
    _check(spreadsheet, data, options)
    written = [write(spreadsheet, one, options["valueInputOption"]) for one in data]
    changed(state, spreadsheet)
    return written


def _update_answer(
    spreadsheet: Spreadsheet, written: Written, options: Mapping[str, Any], shown: Box | None = None
) -> dict[str, Json]:
    """The vendor's UpdateValuesResponse; ``shown`` is what to show if values are wanted, else what was asked for."""
    answer: dict[str, Json] = {"spreadsheetId": spreadsheet.spreadsheet_id, **written.summary()}
    if _flag(options.get("includeValuesInResponse")):
        reader = Reader(spreadsheet, rendering_of(options, response=True))
        answer["updatedData"] = reader.of_box(written.sheet, shown or written.asked, written.dimension)
    return answer


def _totals(spreadsheet: Spreadsheet, written: Sequence[Written]) -> dict[str, Json]:
    """What a batch changed; a row, column or sheet that was written twice counts once."""
    counts = {
        "totalUpdatedRows": len(set[Any]().union(*(one.rows for one in written))),
        "totalUpdatedColumns": len(set[Any]().union(*(one.columns for one in written))),
        "totalUpdatedCells": sum(len(one.places) for one in written),
        "totalUpdatedSheets": len({one.sheet.sheet_id for one in written if one.places}),
    }
    return {"spreadsheetId": spreadsheet.spreadsheet_id, **counted(counts)}


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
