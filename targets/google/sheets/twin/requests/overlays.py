"""Requests about what is laid over ranges: names, protection, filters, bands, tables, conditional formats."""

from __future__ import annotations

import copy
import itertools

from targets.google.sheets.twin.grid import GridReader
from targets.google.sheets.twin.model import Json as Document
from targets.google.sheets.twin.model import Spreadsheet
from targets.google.sheets.twin.refusals import unevidenced
from targets.google.sheets.twin.requests.common import (
    Json,
    Request,
    bounded,
    keyed,
    located,
    mask_of,
    new_id,
    position,
    sheet_of,
)
from targets.google.sheets.twin.requests.documents import assign, stored
from targets.google.state import GoogleState


def _free(state: GoogleState, wanted: int | str | None) -> int:
    """The id that the request asks for, or a new one."""
    if wanted is None:
        return new_id(state)
    state.ids.reserve(int(wanted))
    return int(wanted)


# --- what every sheet keeps on a shelf, by its id


def _updating(kind: str, member: str, shelf_name: str, id_key: str) -> Request:
    """Changes what ``fields`` names of the ``kind`` that is given under ``member``."""

    def update(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
        given = stored(kind, message[member])
        shelf, index = keyed(spreadsheet, shelf_name, id_key, given.get(id_key))
        assign(kind, shelf[index], given, mask_of(message))
        return {}

    return update


def _deleting(shelf_name: str, id_key: str) -> Request:
    """Takes the one with the id of the request away."""

    def delete(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
        shelf, index = keyed(spreadsheet, shelf_name, id_key, message.get(id_key))
        del shelf[index]
        return {}

    return delete


# --- named ranges


def add_named_range(state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Gives a range a name; replies with it and its id, a number in a string."""
    named = stored("NamedRange", message["namedRange"])
    if spreadsheet.named_range(named.get("name", "")) is not None:
        raise unevidenced("two ranges with one name")
    sheet_of(spreadsheet, named.get("range", {}))
    named.setdefault("namedRangeId", str(new_id(state)))
    spreadsheet.named_ranges.append(named)
    return {"addNamedRange": {"namedRange": copy.deepcopy(named)}}


def update_named_range(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Changes what ``fields`` names."""
    given = stored("NamedRange", message["namedRange"])
    index = position(spreadsheet.named_ranges, "namedRangeId", given.get("namedRangeId"))
    assign("NamedRange", spreadsheet.named_ranges[index], given, mask_of(message))
    return {}


def delete_named_range(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Takes the name away; the cells stay."""
    del spreadsheet.named_ranges[position(spreadsheet.named_ranges, "namedRangeId", message.get("namedRangeId"))]
    return {}


# --- protected ranges


def add_protected_range(state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Protects a range. The reply leaves out that the user may edit it; a later read has it."""
    protected = stored("ProtectedRange", message["protectedRange"])
    sheet = sheet_of(spreadsheet, protected.get("range", {}))
    protected["protectedRangeId"] = _free(state, protected.get("protectedRangeId"))
    protected |= {"requestingUserCanEdit": True, "editors": protected.get("editors", {})}
    reply = copy.deepcopy(protected)
    users = protected["editors"].setdefault("users", [])
    if state.user["emailAddress"] not in users:
        users.append(state.user["emailAddress"])
    sheet.protected_ranges.append(protected)
    return {"addProtectedRange": {"protectedRange": reply}}


# --- filters


def set_basic_filter(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Sets the one filter of a sheet, in place of any it has."""
    given = stored("BasicFilter", message["filter"])
    if "tableId" in given:
        raise unevidenced("a filter on a table")
    sheet = sheet_of(spreadsheet, given.get("range", {}))
    sheet.basic_filter = given | {"range": bounded(spreadsheet, given.get("range", {}))}
    return {}


def clear_basic_filter(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Takes the filter of a sheet away, if it has one."""
    sheet_of(spreadsheet, message).basic_filter = None
    return {}


# --- bands


def add_banding(state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Colours the rows or columns of a range in turn."""
    banded = stored("BandedRange", message["bandedRange"])
    sheet = sheet_of(spreadsheet, banded.get("range", {}))
    banded["bandedRangeId"] = _free(state, banded.get("bandedRangeId"))
    sheet.banded_ranges.append(banded)
    return {"addBanding": {"bandedRange": copy.deepcopy(banded)}}


# --- conditional formats


def _rule(spreadsheet: Spreadsheet, rule: Json) -> Json:
    """A rule in stored form, its ranges bounded."""
    kept = stored("ConditionalFormatRule", rule)
    return kept | {"ranges": [bounded(spreadsheet, grid_range) for grid_range in rule.get("ranges", [])]}


def _shelf(spreadsheet: Spreadsheet, message: Json) -> list[Document]:
    """The rules of the sheet that the request is about: named, or that of the rule's ranges."""
    ranges = message.get("rule", {}).get("ranges", [])
    named = message if "sheetId" in message or not ranges else ranges[0]
    return sheet_of(spreadsheet, named).conditional_formats


def _at(shelf: list[Document], message: Json) -> int:
    index = int(message.get("index", 0))
    if index >= len(shelf):
        raise unevidenced(f"a request for the missing rule {index}")
    return index


def add_conditional_format_rule(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Adds a rule at an index; the rules from there on move down."""
    _shelf(spreadsheet, message).insert(message.get("index", 0), _rule(spreadsheet, message["rule"]))
    return {}


def update_conditional_format_rule(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Replaces the rule at an index, or moves it; replies with the rule before and after."""
    shelf = _shelf(spreadsheet, message)
    index = _at(shelf, message)
    old = shelf.pop(index)
    if "rule" in message:
        new = _rule(spreadsheet, message["rule"])
        shelf.insert(index, new)
        return {"updateConditionalFormatRule": {"newRule": copy.deepcopy(new), "oldRule": old}}
    raise unevidenced("moving a rule")


def delete_conditional_format_rule(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Deletes the rule at an index and replies with it."""
    shelf = _shelf(spreadsheet, message)
    return {"deleteConditionalFormatRule": {"rule": shelf.pop(_at(shelf, message))}}


# --- tables

TABLE_COLORS: Json = {
    "headerColorStyle": {"rgbColor": {"red": 0.20784314, "green": 0.40784314, "blue": 0.32941177}},
    "firstBandColorStyle": {"rgbColor": {"red": 1, "green": 1, "blue": 1}},
    "secondBandColorStyle": {"rgbColor": {"red": 0.9647059, "green": 0.972549, "blue": 0.9764706}},
}
"""What a table looks like that was made without colours."""


def add_table(state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Makes a range a table; its columns are named by its first row, which is frozen at the top of a sheet."""
    table = stored("Table", message["table"])
    sheet, box = located(spreadsheet, table.get("range", {}))
    table.setdefault("tableId", str(new_id(state)))
    table.setdefault("name", _table_name(spreadsheet))
    table |= {"rowsProperties": TABLE_COLORS | table.get("rowsProperties", {})}
    table.setdefault("columnProperties", _columns(spreadsheet, message["table"]))
    sheet.tables.append(copy.deepcopy(table))
    if box.top == 0:
        grid = sheet.properties["gridProperties"]
        grid["frozenRowCount"] = max(1, grid.get("frozenRowCount", 0))
    return {"addTable": {"table": table}}


def _table_name(spreadsheet: Spreadsheet) -> str:
    names = (f"Table{number}" for number in itertools.count(1))
    return next(name for name in names if spreadsheet.table(name) is None)


def _columns(spreadsheet: Spreadsheet, table: Json) -> list[Json]:
    sheet, box = located(spreadsheet, table.get("range", {}))
    reader = GridReader(spreadsheet)
    names = [reader.text(sheet, box.top, column) for column in range(box.left, box.right)]
    columns = [{"columnIndex": index, "columnName": name or f"Column {index + 1}"} for index, name in enumerate(names)]
    return [stored("TableColumnProperties", column) for column in columns]


def update_table(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Changes what ``fields`` names."""
    given = stored("Table", message["table"])
    shelf, index = keyed(spreadsheet, "tables", "tableId", given.get("tableId"))
    assign("Table", shelf[index], given, mask_of(message))
    return {}


def delete_table(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Makes a table a plain range again."""
    shelf, index = keyed(spreadsheet, "tables", "tableId", message.get("tableId"))
    del shelf[index]
    return {}


REQUESTS: dict[str, Request] = {
    "addNamedRange": add_named_range,
    "updateNamedRange": update_named_range,
    "deleteNamedRange": delete_named_range,
    "addProtectedRange": add_protected_range,
    "updateProtectedRange": _updating("ProtectedRange", "protectedRange", "protected_ranges", "protectedRangeId"),
    "deleteProtectedRange": _deleting("protected_ranges", "protectedRangeId"),
    "setBasicFilter": set_basic_filter,
    "clearBasicFilter": clear_basic_filter,
    "addBanding": add_banding,
    "updateBanding": _updating("BandedRange", "bandedRange", "banded_ranges", "bandedRangeId"),
    "deleteBanding": _deleting("banded_ranges", "bandedRangeId"),
    "addConditionalFormatRule": add_conditional_format_rule,
    "updateConditionalFormatRule": update_conditional_format_rule,
    "deleteConditionalFormatRule": delete_conditional_format_rule,
    "addTable": add_table,
    "updateTable": update_table,
    "deleteTable": delete_table,
}
