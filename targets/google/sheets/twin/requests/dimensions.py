"""Requests about rows and columns: inserting, deleting, hiding, sizing, grouping."""

from __future__ import annotations

import copy
from typing import cast

from targets.google.sheets.twin.grid import GridReader
from targets.google.sheets.twin.model import Dimension, Sheet, Spreadsheet
from targets.google.sheets.twin.refusals import unevidenced
from targets.google.sheets.twin.requests.common import (
    Json,
    Request,
    located,
    mask_of,
    sheet_of,
    span,
)
from targets.google.sheets.twin.requests.documents import assign, stored
from targets.google.sheets.twin.requests.text_width import column_width
from targets.google.state import GoogleState


def insert_dimension(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Inserts empty rows or columns; they look like those before or after them."""
    sheet = sheet_of(spreadsheet, message["range"])
    dimension, start = message["range"]["dimension"], message["range"].get("startIndex", 0)
    count = message["range"]["endIndex"] - start
    spreadsheet.insert_dimension(sheet, dimension, start, count)
    _inherit(sheet, dimension, start, count, bool(message.get("inheritFromBefore")))
    return {}


def _inherit(sheet: Sheet, dimension: Dimension, start: int, count: int, before: bool) -> None:
    """Give the new cells the formats of the row or column before (or after) them."""
    model = start - 1 if before else start + count
    for (row, column), cell in list(sheet.cells.items()):
        if (row if dimension == "ROWS" else column) == model and cell.format:
            for index in range(start, start + count):
                at = (index, column) if dimension == "ROWS" else (row, index)
                sheet.make(*at).format = copy.deepcopy(cell.format)


def append_dimension(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Adds rows or columns at the end of the sheet."""
    sheet = sheet_of(spreadsheet, message)
    extra = message.get("length", 0)
    rows = message.get("dimension") == "ROWS"
    sheet.resize(sheet.row_count + extra * rows, sheet.column_count + extra * (not rows))
    return {}


def delete_dimension(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Deletes rows or columns with all that is in them."""
    sheet = sheet_of(spreadsheet, message["range"])
    dimension, start, end = span(sheet, message["range"])
    if end - start >= sheet.count(dimension):
        raise unevidenced("deleting all rows or columns")
    spreadsheet.delete_dimension(sheet, dimension, start, end - start)
    return {}


def move_dimension(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Moves rows or columns to before the destination, counted before the move."""
    sheet = sheet_of(spreadsheet, message["source"])
    dimension, start, end = span(sheet, message["source"])
    spreadsheet.move_dimension(sheet, dimension, start, end - start, message.get("destinationIndex", 0))
    return {}


def insert_range(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Inserts empty cells, pushing what was there down or to the right."""
    sheet, box = located(spreadsheet, message["range"])
    sheet.insert_cells(box, message["shiftDimension"])
    return {}


def delete_range(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Deletes cells and pulls those behind them up or to the left; the grid keeps its size."""
    sheet, box = located(spreadsheet, message["range"])
    sheet.delete_cells(box, message["shiftDimension"])
    return {}


# --- properties


def update_dimension_properties(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Hides, shows or sizes rows or columns."""
    sheet = sheet_of(spreadsheet, message["range"])
    dimension, start, end = span(sheet, message["range"])
    given = stored("DimensionProperties", message.get("properties", {}))
    shelf = _metadata(sheet, dimension)
    for index in range(start, end):
        document = shelf.setdefault(index, {})
        assign("DimensionProperties", document, given, mask_of(message))
        if not document:
            del shelf[index]
    return {}


def auto_resize_dimensions(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Makes columns as wide as their longest text; rows of one line have their height already."""
    sheet = sheet_of(spreadsheet, message["dimensions"])
    dimension, start, end = span(sheet, message["dimensions"])
    if dimension == "COLUMNS":
        reader = GridReader(spreadsheet)
        for index in range(start, end):
            width = column_width(reader, sheet, index)
            if width is not None:
                sheet.column_metadata.setdefault(index, {})["pixelSize"] = width
    return {}


def _metadata(sheet: Sheet, dimension: Dimension) -> dict[int, Json]:
    return sheet.row_metadata if dimension == "ROWS" else sheet.column_metadata


# --- groups


def add_dimension_group(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Makes rows or columns one level deeper; replies with all groups of that dimension."""
    sheet = sheet_of(spreadsheet, message["range"])
    control = "rowGroupControlAfter" if message["range"]["dimension"] == "ROWS" else "columnGroupControlAfter"
    sheet.properties["gridProperties"].setdefault(control, True)
    return {"addDimensionGroup": {"dimensionGroups": _regroup(sheet, message["range"], 1)}}


def delete_dimension_group(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Makes rows or columns one level less deep; replies with the groups left of that dimension."""
    sheet = sheet_of(spreadsheet, message["range"])
    groups = _regroup(sheet, message["range"], -1)
    return {"deleteDimensionGroup": {"dimensionGroups": groups} if groups else {}}


def update_dimension_group(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Collapses or expands a group."""
    given = stored("DimensionGroup", message["dimensionGroup"])
    sheet = sheet_of(spreadsheet, given["range"])
    shelf = _groups(sheet, given["range"]["dimension"])
    for group in shelf:
        if (group["range"], group["depth"]) == (given["range"], given.get("depth")):
            assign("DimensionGroup", group, given, mask_of(message))
            return {}
    raise unevidenced("a request for a missing group")


def _groups(sheet: Sheet, dimension: str) -> list[Json]:
    return sheet.row_groups if dimension == "ROWS" else sheet.column_groups


def _regroup(sheet: Sheet, dimension_range: Json, by: int) -> list[Json]:
    """Change the depth of a range and make the groups anew: one for each unbroken run at each depth."""
    dimension, start, end = span(sheet, dimension_range)
    groups = _groups(sheet, dimension)
    depths = [0] * sheet.count(dimension)
    for group in groups:
        for index in range(group["range"]["startIndex"], group["range"]["endIndex"]):
            depths[index] += 1
    for index in range(start, end):
        depths[index] = max(0, depths[index] + by)
    groups[:] = [_group(sheet, dimension, run, depth, groups) for depth, run in _runs(depths)]
    return copy.deepcopy(groups)


def _runs(depths: list[int]) -> list[tuple[int, tuple[int, int]]]:
    """(depth, (start, end)) of every run of indices that are at least that deep, outer ones first."""
    found = []
    for depth in range(1, max(depths, default=0) + 1):
        start = None
        for index, here in enumerate([*depths, 0]):
            if here >= depth and start is None:
                start = index
            elif here < depth and start is not None:
                found.append((depth, (start, index)))
                start = None
    return found


def _group(sheet: Sheet, dimension: Dimension, run: tuple[int, int], depth: int, old: list[Json]) -> Json:
    """The group of a run; an old one stays what it is (collapsed or not)."""
    bounds = {"sheetId": sheet.sheet_id, "dimension": dimension, "startIndex": run[0], "endIndex": run[1]}
    new = {"range": stored("DimensionRange", cast(Json, bounds)), "depth": depth}
    return next((group for group in old if {**group, **new} == group), new)


REQUESTS: dict[str, Request] = {
    "insertDimension": insert_dimension,
    "appendDimension": append_dimension,
    "deleteDimension": delete_dimension,
    "moveDimension": move_dimension,
    "insertRange": insert_range,
    "deleteRange": delete_range,
    "updateDimensionProperties": update_dimension_properties,
    "autoResizeDimensions": auto_resize_dimensions,
    "addDimensionGroup": add_dimension_group,
    "deleteDimensionGroup": delete_dimension_group,
    "updateDimensionGroup": update_dimension_group,
}
