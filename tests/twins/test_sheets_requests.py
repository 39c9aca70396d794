"""The requests of batchUpdate, by family."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.twinkit.service import TwinRequest
from conformance.twinkit.twin import Twin
from targets.google import schemas
from targets.google.sheets.twin.requests import REQUESTS
from targets.google.sheets.twin.requests.copying import shifted
from targets.google.sheets.twin.service import SERVICE


class Spreadsheet:
    """One spreadsheet of a twin, driven in-process."""

    def __init__(self) -> None:
        self.twin = Twin([SERVICE])
        self.id = self.call("POST", "/v4/spreadsheets", {"properties": {"title": "t"}})[1]["spreadsheetId"]
        self.root = f"/v4/spreadsheets/{self.id}"

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> tuple[int, Any]:
        sent = json.dumps(body).encode() if body is not None else b""
        values = {name: value if isinstance(value, list) else [value] for name, value in query.items()}
        reply = self.twin.handle(TwinRequest(method, path, query=values, body=sent)).reply
        return reply.status, reply.body

    def send(self, *requests: Any, **more: Any) -> tuple[int, Any]:
        return self.call("POST", f"{self.root}:batchUpdate", {"requests": list(requests), **more})

    def update(self, kind: str, **message: Any) -> Any:
        status, body = self.send({kind: message})
        assert status == 200, body
        return body["replies"][0].get(kind)

    def write(self, where: str, rows: Any, option: str = "RAW") -> None:
        path = f"{self.root}/values/{where}"
        status, body = self.call("PUT", path, {"values": rows}, valueInputOption=option)
        assert status == 200, body

    def read(self, where: str, **query: Any) -> Any:
        status, body = self.call("GET", f"{self.root}/values/{where}", **query)
        assert status == 200, body
        return body.get("values", [])

    def sheets(self) -> Any:
        return self.call("GET", self.root)[1]["sheets"]

    def sheet(self) -> Any:
        return self.sheets()[0]

    def cells(self, where: str) -> Any:
        body = self.call("GET", self.root, ranges=where, includeGridData="true")[1]
        return [row.get("values", []) for row in body["sheets"][0]["data"][0].get("rowData", [])]


@pytest.fixture
def book() -> Spreadsheet:
    return Spreadsheet()


def area(top: int, bottom: int, left: int, right: int, sheet_id: int = 0) -> dict[str, int]:
    return {
        "sheetId": sheet_id,
        "startRowIndex": top,
        "endRowIndex": bottom,
        "startColumnIndex": left,
        "endColumnIndex": right,
    }


def rows(start: int, end: int, dimension: str = "ROWS") -> dict[str, Any]:
    return {"sheetId": 0, "dimension": dimension, "startIndex": start, "endIndex": end}


KNOWN_TO_THE_SDK = set(schemas.schema("sheets", "Request")["properties"])
knows_tables = pytest.mark.skipif(
    "addTable" not in KNOWN_TO_THE_SDK, reason="tables are younger than this SDK, whose schemas the twin reads"
)


@knows_tables
def test_every_kind_is_one_of_the_service() -> None:
    assert set(REQUESTS) <= KNOWN_TO_THE_SDK


# --- the batch


def test_a_refused_request_undoes_those_before_it(book: Spreadsheet) -> None:
    before = book.sheets()
    status, body = book.send(
        {"addSheet": {"properties": {"title": "new"}}},
        {"updateCells": {"start": {}, "rows": [{"values": [{"note": "n"}]}], "fields": "note"}},
        {"updateSheetProperties": {"properties": {"sheetId": 0, "hidden": True}, "fields": "hidden"}},
        {"updateSheetProperties": {"properties": {"sheetId": 0, "hidden": True}, "fields": "colour"}},
    )
    assert status == 501
    assert body["error"]["status"] == "UNIMPLEMENTED"
    assert book.sheets() == before
    assert book.cells("A1") == []


def test_the_last_visible_sheet_cannot_be_hidden(book: Spreadsheet) -> None:
    hide = {"updateSheetProperties": {"properties": {"sheetId": 0, "hidden": True}, "fields": "hidden"}}
    note = {"repeatCell": {"range": area(0, 1, 0, 1), "cell": {"note": "n"}, "fields": "note"}}
    status, body = book.send(note, hide)
    assert status == 400
    assert body["error"]["message"] == (
        "Invalid requests[1].updateSheetProperties: You can't hide all the sheets in a document."
    )


def test_an_unknown_kind_is_not_implemented(book: Spreadsheet) -> None:
    assert book.send({"addChart": {"chart": {}}})[0] == 501


@pytest.mark.parametrize(
    "request_body",
    [
        {"updateCells": {"rows": [{"values": [{"note": "n"}]}], "fields": "note"}},
        {"updateCells": {"start": {"rowIndex": 1000}, "rows": [{"values": [{"note": "n"}]}], "fields": "note"}},
        {"repeatCell": {"range": area(0, 1, 0, 1), "cell": {"note": "n"}}},
        {"mergeCells": {}},
        {"mergeCells": {"range": "A1:B2"}},
        {"deleteSheet": {"sheetId": 0}},
        {"addSheet": {"properties": {"title": "Sheet1"}}},
        {"deleteNamedRange": {"namedRangeId": "nobody"}},
        {},
    ],
)
def test_what_no_recording_shows_is_not_implemented(book: Spreadsheet, request_body: Any) -> None:
    before = book.sheets()
    status, body = book.send(request_body)
    assert (status, body["error"]["status"]) == (501, "UNIMPLEMENTED")
    assert book.sheets() == before


def test_names_in_snake_case_and_a_single_request_are_understood(book: Spreadsheet) -> None:
    message = {"properties": {"sheet_id": 0, "grid_properties": {"frozen_row_count": 2}}}
    request = {"update_sheet_properties": {**message, "fields": "grid_properties(frozen_row_count)"}}
    assert book.call("POST", f"{book.root}/:batchUpdate", {"requests": request})[0] == 200
    assert book.sheet()["properties"]["gridProperties"]["frozenRowCount"] == 2


def test_the_answer_can_hold_the_spreadsheet(book: Spreadsheet) -> None:
    add = {"addSheet": {"properties": {"title": "new"}}}
    _, body = book.send(add, includeSpreadsheetInResponse=True, responseRanges=["new!A1"], responseIncludeGridData=True)
    (shown,) = body["updatedSpreadsheet"]["sheets"]
    assert shown["properties"]["title"] == "new"
    assert "data" in shown


# --- sheets


def test_sheets_come_and_go(book: Spreadsheet) -> None:
    made = book.update("addSheet", properties={"title": "b", "gridProperties": {"rowCount": 2, "columnCount": 3}})
    assert made["properties"] | {"sheetId": 0} == {
        "sheetId": 0,
        "title": "b",
        "index": 1,
        "sheetType": "GRID",
        "gridProperties": {"rowCount": 2, "columnCount": 3},
    }
    book.update("addSheet", properties={"title": "a", "index": 0})
    assert [sheet["properties"]["title"] for sheet in book.sheets()] == ["a", "Sheet1", "b"]
    book.update("deleteSheet", sheetId=0)
    assert [sheet["properties"]["index"] for sheet in book.sheets()] == [0, 1]


@pytest.mark.parametrize(
    ("sheet", "index", "order"),
    [(0, 2, [1, 0, 2]), (2, 0, [2, 0, 1]), (1, 1, [0, 1, 2]), (1, 2, [0, 1, 2]), (0, 3, [1, 2, 0])],
)
def test_tabs_move_to_before_the_index(book: Spreadsheet, sheet: int, index: int, order: list[int]) -> None:
    for number in (1, 2):
        book.update("addSheet", properties={"sheetId": number, "title": f"s{number}"})
    book.update("updateSheetProperties", properties={"sheetId": sheet, "index": index}, fields="index")
    assert [one["properties"]["sheetId"] for one in book.sheets()] == order


def test_a_smaller_grid_loses_its_cells(book: Spreadsheet) -> None:
    book.write("A1:C2", [["a", "b", "c"], ["d", "e", "f"]])
    book.update(
        "updateSheetProperties",
        properties={"sheetId": 0, "gridProperties": {"rowCount": 1, "columnCount": 2}},
        fields="gridProperties/rowCount,gridProperties.columnCount",
    )
    assert book.read("Sheet1") == [["a", "b"]]


def test_formulas_follow_a_new_title(book: Spreadsheet) -> None:
    book.update("addSheet", properties={"title": "b", "sheetId": 7})
    book.write("b!A1", [["=Sheet1!A1&\"Sheet1!A1\"&'Sheet1'!B:B"]], "USER_ENTERED")
    book.update("updateSheetProperties", properties={"sheetId": 0, "title": "New one"}, fields="title")
    assert book.read("b!A1", valueRenderOption="FORMULA") == [["='New one'!A1&\"Sheet1!A1\"&'New one'!B:B"]]


def test_a_colour_is_cleared_by_an_empty_one(book: Spreadsheet) -> None:
    properties = {"sheetId": 0, "tabColorStyle": {"rgbColor": {"red": 1, "green": 0.5}}}
    book.update("updateSheetProperties", properties=properties, fields="tabColorStyle")
    assert book.sheet()["properties"]["tabColor"] == {"red": 1, "green": 0.49803922}
    properties["tabColorStyle"] = {"rgbColor": None}
    book.update("updateSheetProperties", properties=properties, fields="tabColorStyle")
    assert "tabColor" not in book.sheet()["properties"]


def test_a_duplicate_goes_to_the_front_with_its_own_ids(book: Spreadsheet) -> None:
    book.write("A1", [["x"]])
    book.update("addProtectedRange", protectedRange={"range": {"sheetId": 0}})
    copy = book.update("duplicateSheet", sourceSheetId=0)["properties"]
    assert (copy["title"], copy["index"]) == ("Copy of Sheet1", 0)
    first, second = (sheet["protectedRanges"][0] for sheet in book.sheets())
    assert first["range"] == {"sheetId": copy["sheetId"]}
    assert first["protectedRangeId"] != second["protectedRangeId"]
    assert book.read("'Copy of Sheet1'!A1") == [["x"]]


# --- rows and columns


def test_rows_are_inserted_moved_and_deleted(book: Spreadsheet) -> None:
    book.write("A1:A3", [["a"], ["b"], ["c"]])
    book.update("insertDimension", range=rows(1, 2))
    assert book.read("A1:A4") == [["a"], [], ["b"], ["c"]]
    book.update("deleteDimension", range=rows(1, 2))
    book.update("moveDimension", source=rows(0, 1), destinationIndex=3)
    assert book.read("A1:A4") == [["b"], ["c"], ["a"]]
    book.update("appendDimension", sheetId=0, dimension="COLUMNS", length=4)
    assert book.sheet()["properties"]["gridProperties"]["columnCount"] == 30


@given(st.integers(0, 5), st.integers(1, 4), st.sampled_from(["ROWS", "COLUMNS"]))
@settings(max_examples=25, deadline=None)
def test_what_is_inserted_and_deleted_leaves_no_trace(start: int, count: int, dimension: str) -> None:
    book = Spreadsheet()
    book.write("A1:C3", [[1, 2, 3], [4, 5, "=SUM(A1:C1)"], [7, 8, 9]], "USER_ENTERED")
    book.update("addNamedRange", namedRange={"name": "here", "range": area(1, 3, 1, 3)})
    book.update("mergeCells", range=area(2, 3, 0, 2), mergeType="MERGE_ALL")
    before = book.call("GET", book.root, fields="*")[1]
    book.update("insertDimension", range=rows(start, start + count, dimension))
    book.update("deleteDimension", range=rows(start, start + count, dimension))
    assert book.call("GET", book.root, fields="*")[1] == before


def test_ranges_are_inserted_and_deleted(book: Spreadsheet) -> None:
    book.write("A1:B2", [["a", "b"], ["c", "d"]])
    book.update("insertRange", range=area(0, 1, 0, 1), shiftDimension="COLUMNS")
    assert book.read("A1:C2") == [["", "a", "b"], ["c", "d"]]
    book.update("deleteRange", range={"sheetId": 0, "startRowIndex": 0, "endRowIndex": 1}, shiftDimension="ROWS")
    assert book.read("A1:C2") == [["c", "d"]]
    assert book.sheet()["properties"]["gridProperties"] == {"rowCount": 1000, "columnCount": 26}


def test_rows_are_hidden_and_sized(book: Spreadsheet) -> None:
    book.update("updateDimensionProperties", range=rows(0, 2), properties={"hiddenByUser": True}, fields="hiddenByUser")
    book.update("updateDimensionProperties", range=rows(1, 2), properties={"pixelSize": 30}, fields="pixelSize")
    book.update(
        "updateDimensionProperties", range=rows(0, 1), properties={"hiddenByUser": False}, fields="hiddenByUser"
    )
    body = book.call("GET", book.root, ranges="A1:A3", fields="sheets.data.rowMetadata")[1]
    assert body["sheets"][0]["data"][0]["rowMetadata"] == [
        {"pixelSize": 21},
        {"pixelSize": 30, "hiddenByUser": True},
        {"pixelSize": 21},
    ]


def test_columns_get_as_wide_as_their_longest_text(book: Spreadsheet) -> None:
    book.write("A1:B2", [["short", "A" * 40], ["", "A" * 80]])
    book.update("autoResizeDimensions", dimensions=rows(0, 3, "COLUMNS"))
    body = book.call("GET", book.root, ranges="A1:C1", fields="sheets.data.columnMetadata")[1]
    narrow, wide, empty = (one["pixelSize"] for one in body["sheets"][0]["data"][0]["columnMetadata"])
    assert narrow < 100 < wide
    assert empty == 100


def test_groups_are_nested_by_depth(book: Spreadsheet) -> None:
    book.update("addDimensionGroup", range=rows(1, 4))
    (outer, inner) = book.update("addDimensionGroup", range=rows(2, 5))["dimensionGroups"]
    assert outer == {"range": {"dimension": "ROWS", "startIndex": 1, "endIndex": 5}, "depth": 1}
    assert inner == {"range": {"dimension": "ROWS", "startIndex": 2, "endIndex": 4}, "depth": 2}
    (left,) = book.update("deleteDimensionGroup", range=rows(1, 5))["dimensionGroups"]
    assert left == {"range": {"dimension": "ROWS", "startIndex": 2, "endIndex": 4}, "depth": 1}
    assert book.update("deleteDimensionGroup", range=rows(2, 4)) == {}
    assert "rowGroups" not in book.sheet()
    assert book.sheet()["properties"]["gridProperties"]["rowGroupControlAfter"] is True


# --- cells


def test_update_cells_clears_what_the_rows_do_not_reach(book: Spreadsheet) -> None:
    book.write("A1:B2", [["a", "b"], ["c", "d"]])
    cell = {"userEnteredValue": {"stringValue": "new"}, "note": "not named"}
    book.update("updateCells", range=area(0, 2, 0, 2), rows=[{"values": [cell]}], fields="userEnteredValue")
    assert book.read("A1:B2") == [["new"]]
    assert "note" not in book.cells("A1")[0][0]


def test_notes_are_set_and_cleared(book: Spreadsheet) -> None:
    book.write("A1", [["a"]])
    book.update("updateCells", range=area(0, 1, 0, 1), rows=[{"values": [{"note": "n"}]}], fields="note")
    assert book.cells("A1")[0][0]["note"] == "n"
    book.update("updateCells", range=area(0, 1, 0, 1), rows=[{"values": [{"note": ""}]}], fields="note")
    assert "note" not in book.cells("A1")[0][0]
    assert book.read("A1") == [["a"]]


def test_repeat_cell_formats_without_touching_values(book: Spreadsheet) -> None:
    book.write("A1", [["a"]])
    cell = {"userEnteredFormat": {"backgroundColor": {"green": 1}, "textFormat": {"bold": True, "fontSize": 12}}}
    fields = "userEnteredFormat(backgroundColor,textFormat.bold)"
    book.update("repeatCell", range=area(0, 2, 0, 1), cell=cell, fields=fields)
    first, second = (row[0]["userEnteredFormat"] for row in book.cells("A1:A2"))
    assert (
        first
        == second
        == {
            "backgroundColor": {"green": 1},
            "backgroundColorStyle": {"rgbColor": {"green": 1}},
            "textFormat": {"bold": True},
        }
    )
    assert book.cells("A1")[0][0]["effectiveFormat"]["textFormat"]["fontSize"] == 10
    assert book.read("A1:A2") == [["a"]]


def test_an_empty_range_is_no_mistake(book: Spreadsheet) -> None:
    book.update("repeatCell", range=area(0, 0, 0, 1), cell={"note": "n"}, fields="note")
    assert book.cells("A1") == []


def test_validation_is_kept_with_the_cell(book: Spreadsheet) -> None:
    rule = {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "y"}]}, "strict": True}
    book.update("setDataValidation", range=area(0, 1, 0, 1), rule=rule)
    assert book.cells("A1")[0][0]["dataValidation"] == rule
    book.update("setDataValidation", range=area(0, 1, 0, 1))
    assert book.cells("A1") == []


def test_append_cells_goes_below_the_data(book: Spreadsheet) -> None:
    book.write("A1:A2", [["a"], ["b"]])
    values = [{"userEnteredValue": {"numberValue": 0}}, {"userEnteredValue": {"boolValue": False}}]
    book.update("appendCells", sheetId=0, rows=[{"values": values}], fields="userEnteredValue")
    assert book.read("A1:B3") == [["a"], ["b"], ["0", "FALSE"]]


# --- merging, copying, sorting


def test_merging_keeps_the_first_value(book: Spreadsheet) -> None:
    book.write("A1:B2", [["", "b"], ["c", "d"]])
    book.update("mergeCells", range=area(0, 2, 0, 2), mergeType="MERGE_ALL")
    assert book.read("A1:B2") == [["b"]]
    bounds = {"startRowIndex": 0, "endRowIndex": 2, "startColumnIndex": 0, "endColumnIndex": 2}
    assert book.sheet()["merges"] == [bounds]
    book.update("unmergeCells", range=area(0, 5, 0, 5))
    assert "merges" not in book.sheet()


@pytest.mark.parametrize(("merge_type", "expected"), [("MERGE_ROWS", 2), ("MERGE_COLUMNS", 3)])
def test_merging_by_rows_or_columns(book: Spreadsheet, merge_type: str, expected: int) -> None:
    book.update("mergeCells", range=area(0, 2, 0, 3), mergeType=merge_type)
    assert len(book.sheet()["merges"]) == expected


def test_copies_fill_the_destination(book: Spreadsheet) -> None:
    book.write("A1:A2", [[1], ["=A1*2"]], "USER_ENTERED")
    book.update("copyPaste", source=area(0, 2, 0, 1), destination=area(0, 4, 1, 3), pasteType="PASTE_NORMAL")
    assert book.read("A1:C4") == [["1", "1", "1"], ["2", "2", "2"], ["", "1", "1"], ["", "2", "2"]]
    assert book.read("C4", valueRenderOption="FORMULA") == [["=C3*2"]]
    book.update("copyPaste", source=area(1, 2, 0, 1), destination=area(5, 6, 0, 1), pasteType="PASTE_VALUES")
    assert book.read("A6", valueRenderOption="FORMULA") == [[2]]


def test_copies_can_be_turned(book: Spreadsheet) -> None:
    book.write("A1:A3", [["a"], ["b"], ["c"]])
    book.update("copyPaste", source=area(0, 3, 0, 1), destination=area(4, 5, 0, 1), pasteOrientation="TRANSPOSE")
    assert book.read("A5:C5") == [["a", "b", "c"]]


def test_what_is_cut_is_gone(book: Spreadsheet) -> None:
    book.write("A1:B1", [["a", "=A1"]], "USER_ENTERED")
    destination = {"sheetId": 0, "rowIndex": 1, "columnIndex": 1}
    book.update("cutPaste", source=area(0, 1, 0, 2), destination=destination, pasteType="PASTE_NORMAL")
    assert book.read("A1:B1") == []
    assert book.read("B2:C2", valueRenderOption="FORMULA") == [["a", "=A1"]]


@pytest.mark.parametrize(
    ("formula", "moved"),
    [
        ("=A1+$A1+A$1+$A$1", "=C2+$A2+C$1+$A$1"),
        ("=SUM(A1:B2, Other!C3)", "=SUM(C2:D3, Other!E4)"),
        ('="A1"&B:B&3:3&$3:$4', '="A1"&D:D&4:4&$3:$4'),
    ],
)
def test_formulas_move_along(formula: str, moved: str) -> None:
    assert shifted(formula, 1, 2) == moved
    assert shifted(moved, -1, -2) == formula


def test_a_reference_that_leaves_the_grid_is_lost() -> None:
    assert shifted("=A1", -1, 0) == "=#REF!"


def test_sorting_puts_numbers_before_texts_and_gaps_last(book: Spreadsheet) -> None:
    book.write("A1:B5", [["b", 1], [10, 2], ["", 3], ["A", 4], [9, 5]])
    book.update("sortRange", range=area(0, 5, 0, 2), sortSpecs=[{"dimensionIndex": 0, "sortOrder": "ASCENDING"}])
    assert [row[1] for row in book.read("A1:B5")] == ["5", "2", "4", "1", "3"]
    book.update("sortRange", range=area(0, 5, 0, 2), sortSpecs=[{"dimensionIndex": 0, "sortOrder": "DESCENDING"}])
    assert [row[1] for row in book.read("A1:B5")] == ["1", "4", "2", "5", "3"]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=8))
@settings(max_examples=25, deadline=None)
def test_sorting_by_two_columns_is_sorting_by_pairs(pairs: list[tuple[int, int]]) -> None:
    book = Spreadsheet()
    book.write(f"A1:B{len(pairs)}", pairs)
    specs = [{"dimensionIndex": 0, "sortOrder": "ASCENDING"}, {"dimensionIndex": 1, "sortOrder": "ASCENDING"}]
    book.update("sortRange", range=area(0, len(pairs), 0, 2), sortSpecs=specs)
    shown = book.read(f"A1:B{len(pairs)}", valueRenderOption="UNFORMATTED_VALUE")
    assert [tuple(row) for row in shown] == sorted(pairs)


def test_texts_are_split_over_their_neighbours(book: Spreadsheet) -> None:
    book.write("A1:C2", [["a,1", "old", "kept"], ["whole", "kept", ""]])
    book.update("textToColumns", source=area(0, 2, 0, 1), delimiterType="COMMA")
    assert book.read("A1:C2", valueRenderOption="UNFORMATTED_VALUE") == [["a", 1, "kept"], ["whole", "kept"]]


# --- what is laid over ranges


def test_named_ranges_have_numbers_for_ids(book: Spreadsheet) -> None:
    made = book.update("addNamedRange", namedRange={"name": "here", "range": area(0, 2, 0, 1)})["namedRange"]
    assert made["namedRangeId"].isdecimal()
    assert "sheetId" not in made["range"]
    book.write("A1", [["x"]])
    assert book.read("here") == [["x"]]
    changed = {"namedRangeId": made["namedRangeId"], "name": "there"}
    book.update("updateNamedRange", namedRange=changed, fields="name")
    assert book.read("there") == [["x"]]
    book.update("deleteNamedRange", namedRangeId=made["namedRangeId"])
    assert "namedRanges" not in book.call("GET", book.root)[1]


def test_a_protected_range_lists_its_owner_on_the_next_read(book: Spreadsheet) -> None:
    made = book.update("addProtectedRange", protectedRange={"range": area(0, 1, 0, 1), "warningOnly": False})
    protected = made["protectedRange"]
    assert protected["requestingUserCanEdit"] is True
    assert protected["editors"] == {}
    assert "warningOnly" not in protected
    (shown,) = book.sheet()["protectedRanges"]
    assert len(shown["editors"]["users"]) == 1
    change = {"protectedRangeId": protected["protectedRangeId"], "description": "why", "range": {"sheetId": 0}}
    book.update("updateProtectedRange", protectedRange=change, fields="description")
    (shown,) = book.sheet()["protectedRanges"]
    assert (shown["description"], shown["range"]["endRowIndex"]) == ("why", 1)
    book.update("deleteProtectedRange", protectedRangeId=protected["protectedRangeId"])
    assert "protectedRanges" not in book.sheet()


def test_a_filter_without_bounds_covers_the_grid(book: Spreadsheet) -> None:
    book.update("setBasicFilter", filter={"range": {"sheetId": 0}})
    assert book.sheet()["basicFilter"]["range"]["endRowIndex"] == 1000
    book.update("clearBasicFilter", sheetId=0)
    assert "basicFilter" not in book.sheet()


def test_bands_come_and_go(book: Spreadsheet) -> None:
    banded = {"range": area(0, 4, 0, 2), "rowProperties": {"firstBandColor": {"red": 0.2}}}
    made = book.update("addBanding", bandedRange=banded)["bandedRange"]
    assert made["rowProperties"]["firstBandColorStyle"] == {"rgbColor": {"red": 0.2}}
    assert book.sheet()["bandedRanges"] == [made]
    book.update("deleteBanding", bandedRangeId=made["bandedRangeId"])
    assert "bandedRanges" not in book.sheet()


def test_rules_are_replaced_and_deleted_by_index(book: Spreadsheet) -> None:
    def rule(kind: str) -> dict[str, Any]:
        boolean = {"condition": {"type": kind}, "format": {"backgroundColor": {"red": 1}}}
        return {"ranges": [{"sheetId": 0, "endRowIndex": 2}], "booleanRule": boolean}

    assert book.update("addConditionalFormatRule", index=0, rule=rule("BLANK")) is None
    reply = book.update("updateConditionalFormatRule", index=0, sheetId=0, rule=rule("NOT_BLANK"))
    assert reply["oldRule"]["booleanRule"]["condition"]["type"] == "BLANK"
    assert reply["newRule"]["ranges"][0]["endColumnIndex"] == 26
    deleted = book.update("deleteConditionalFormatRule", index=0, sheetId=0)["rule"]
    assert deleted == reply["newRule"]
    assert "conditionalFormats" not in book.sheet()


@knows_tables
def test_a_table_names_its_columns_by_its_first_row_and_draws_bands(book: Spreadsheet) -> None:
    book.write("A1:B2", [["Item", 25], ["nail", 3]])
    table = book.update("addTable", table={"range": area(0, 2, 0, 2)})["table"]
    assert table["name"] == "Table1"
    assert table["columnProperties"] == [{"columnName": "Item"}, {"columnIndex": 1, "columnName": "25"}]
    book.update("updateTable", table={"tableId": table["tableId"], "range": area(0, 4, 0, 2)}, fields="range")
    shown = book.sheet()
    assert shown["tables"][0]["range"] == shown["bandedRanges"][0]["range"]
    assert shown["bandedRanges"][0]["bandedRangeReference"] == table["tableId"]
    assert shown["properties"]["gridProperties"]["frozenRowCount"] == 1
    assert "bandedRanges" not in book.call("GET", book.root, excludeTablesInBandedRanges="true")[1]["sheets"][0]
    book.update("deleteTable", tableId=table["tableId"])
    assert "tables" not in book.sheet()


def test_metadata_is_found_by_its_key(book: Spreadsheet) -> None:
    given = {"metadataKey": "k", "metadataValue": "v", "location": {"sheetId": 0}, "visibility": "DOCUMENT"}
    made = book.update("createDeveloperMetadata", developerMetadata=given)["developerMetadata"]
    assert book.sheet()["developerMetadata"] == [made]
    wanted = {"dataFilter": {"developerMetadataLookup": {"metadataKey": "k"}}}
    assert book.update("deleteDeveloperMetadata", **wanted)["deletedDeveloperMetadata"] == [made]
    assert book.update("deleteDeveloperMetadata", **wanted) == {}
