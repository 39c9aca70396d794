"""Spreadsheets as a whole: create, get, masks, grid data, copies, conditions, seeds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.twinkit.service import TwinRequest
from conformance.twinkit.twin import Twin
from targets.google.sheets.twin.requests.documents import UnknownField, assign, single, stored
from targets.google.sheets.twin.service import SERVICE, normalise_path

ROOT = "/v4/spreadsheets"


class Client:
    """Calls the twin in-process."""

    def __init__(self) -> None:
        self.twin = Twin([SERVICE])

    def call(self, method: str, path: str, body: Any = None, headers: Any = None, **query: Any) -> tuple[int, Any]:
        sent = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        values = {name: value if isinstance(value, list) else [value] for name, value in query.items()}
        reply = self.twin.handle(TwinRequest(method, ROOT + path, query=values, body=sent, headers=headers or {})).reply
        return reply.status, reply.body

    def create(self, **resource: Any) -> str:
        status, body = self.call("POST", "", {"properties": {"title": "Ledger"}, **resource})
        assert status == 200
        return body["spreadsheetId"]

    def get(self, spreadsheet_id: str, **query: Any) -> Any:
        status, body = self.call("GET", f"/{spreadsheet_id}", **query)
        assert status == 200, body
        return body

    def values(self, spreadsheet_id: str, where: str, rows: Any, option: str = "RAW") -> None:
        path = f"/{spreadsheet_id}/values/{where}"
        status, body = self.call("PUT", path, {"values": rows}, valueInputOption=option)
        assert status == 200, body


@pytest.fixture
def client() -> Client:
    return Client()


def test_a_new_spreadsheet_has_one_empty_sheet(client: Client) -> None:
    body = client.get(client.create())
    assert body["properties"]["title"] == "Ledger"
    assert body["sheets"] == [
        {
            "properties": {
                "sheetId": 0,
                "title": "Sheet1",
                "index": 0,
                "sheetType": "GRID",
                "gridProperties": {"rowCount": 1000, "columnCount": 26},
            }
        }
    ]
    assert body["spreadsheetUrl"] == f"https://docs.google.com/spreadsheets/d/{body['spreadsheetId']}/edit"
    assert "namedRanges" not in body


def test_a_new_spreadsheet_is_a_file_in_drive(client: Client) -> None:
    made = client.create()
    state = client.twin.store["google"]
    assert state.files[made]["name"] == "Ledger"
    rename = {"updateSpreadsheetProperties": {"properties": {"title": "Journal"}, "fields": "title"}}
    assert client.call("POST", f"/{made}:batchUpdate", {"requests": [rename]})[0] == 200
    assert state.files[made]["name"] == "Journal"


def test_create_takes_sheets_and_cells(client: Client) -> None:
    cell = {"userEnteredValue": {"numberValue": 7}}
    sheet = {"properties": {"title": "In"}, "data": [{"startRow": 1, "rowData": [{"values": [{}, cell]}]}]}
    made = client.create(sheets=[sheet, {"properties": {"title": "Out", "sheetId": 12}}])
    sheets = client.get(made)["sheets"]
    assert [one["properties"]["title"] for one in sheets] == ["In", "Out"]
    assert sheets[1]["properties"]["sheetId"] == 12
    assert client.call("GET", f"/{made}/values/In!B2")[1]["values"] == [["7"]]


def test_an_unknown_spreadsheet_is_not_found(client: Client) -> None:
    status, body = client.call("GET", "/nowhere")
    assert status == 404
    assert body == {"error": {"code": 404, "message": "Requested entity was not found.", "status": "NOT_FOUND"}}


@pytest.mark.parametrize("path", ["/{}/", "/{}"])
def test_a_slash_at_the_end_is_ignored(client: Client, path: str) -> None:
    made = client.create()
    assert client.call("GET", path.format(made))[1]["spreadsheetId"] == made


def test_slashes_inside_a_range_are_kept() -> None:
    assert normalise_path("/v4/spreadsheets/a/values/b%2F:clear") == "/v4/spreadsheets/a/values/b%2F:clear"
    assert normalise_path("/v4/spreadsheets/a/:batchUpdate") == "/v4/spreadsheets/a:batchUpdate"


# --- masks


def test_fields_cut_the_answer_and_keep_empty_objects(client: Client) -> None:
    made = client.create()
    assert client.get(made, fields="sheets.properties(title,sheetId)") == {
        "sheets": [{"properties": {"sheetId": 0, "title": "Sheet1"}}]
    }
    assert client.get(made, fields="sheets.properties.tabColorStyle") == {"sheets": [{"properties": {}}]}
    assert client.get(made, fields="namedRanges") == {}


def test_fields_that_do_not_exist_are_refused(client: Client) -> None:
    status, body = client.call("GET", f"/{client.create()}", fields="sheets.colour")
    assert status == 400
    assert body["error"]["message"] == "Request contains an invalid argument."
    (violation,) = body["error"]["details"][0]["fieldViolations"]
    assert violation == {
        "field": "sheets.colour",
        "description": "Error expanding 'fields' parameter. Cannot find matching fields for path 'sheets.colour'.",
    }


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({}, False),
        ({"includeGridData": "false"}, False),
        ({"includeGridData": "True"}, True),
        ({"fields": "sheets.data.rowData"}, True),
        ({"fields": "sheets.data", "includeGridData": "False"}, True),
        ({"fields": "sheets.properties", "includeGridData": "true"}, False),
    ],
)
def test_cells_are_shown_when_asked_for_or_named(client: Client, query: Any, shown: bool) -> None:
    assert ("data" in client.get(client.create(), **query)["sheets"][0]) is shown


def test_a_long_query_may_travel_as_a_post(client: Client) -> None:
    made = client.create()
    headers = {"x-http-method-override": "GET"}
    status, body = client.call("POST", f"/{made}", b"fields=spreadsheetId", headers)
    assert (status, body) == (200, {"spreadsheetId": made})
    assert client.call("POST", f"/{made}", b"fields=spreadsheetId")[0] == 501


# --- grid data


def test_grid_data_ends_with_the_last_cell_that_holds_something(client: Client) -> None:
    made = client.create()
    client.values(made, "A1:C3", [["a", 2], [], ["", "", True]])
    (data,) = client.get(made, ranges="A1:D5", includeGridData="true")["sheets"][0]["data"]
    rows = data["rowData"]
    assert [len(row.get("values", [])) for row in rows] == [2, 0, 3]
    assert rows[2]["values"][:2] == [{}, {}]
    assert data["rowMetadata"] == [{"pixelSize": 21}] * 5
    assert data["columnMetadata"] == [{"pixelSize": 100}] * 4
    assert "startRow" not in data


def test_grid_data_of_an_empty_range_has_no_rows(client: Client) -> None:
    made = client.create()
    sheet = client.get(made, ranges="C3:D4", fields="sheets.data(startRow,startColumn,rowData)")["sheets"][0]
    assert sheet["data"] == [{"startRow": 2, "startColumn": 2}]


def test_a_cell_shows_value_text_and_format(client: Client) -> None:
    made = client.create()
    client.values(made, "A1:B1", [["word", 1.5]])
    word, number = client.get(made, ranges="A1:B1", includeGridData="true")["sheets"][0]["data"][0]["rowData"][0][
        "values"
    ]
    assert word["userEnteredValue"] == word["effectiveValue"] == {"stringValue": "word"}
    assert number["formattedValue"] == "1.5"
    assert word["effectiveFormat"]["horizontalAlignment"] == "LEFT"
    assert number["effectiveFormat"]["horizontalAlignment"] == "RIGHT"
    assert "userEnteredFormat" not in word


def test_ranges_leave_out_other_sheets(client: Client) -> None:
    made = client.create(sheets=[{"properties": {"title": "In"}}, {"properties": {"title": "Out"}}])
    shown = client.get(made, ranges=["Out!A1", "Out!C3"], includeGridData="true")["sheets"]
    assert [sheet["properties"]["title"] for sheet in shown] == ["Out"]
    assert len(shown[0]["data"]) == 2


def test_data_filters_select_like_ranges(client: Client) -> None:
    made = client.create()
    client.values(made, "A1", [["x"]])
    body = {"dataFilters": [{"gridRange": {"endRowIndex": 1, "endColumnIndex": 1}}], "includeGridData": True}
    status, shown = client.call("POST", f"/{made}:getByDataFilter", body)
    assert status == 200
    assert shown["sheets"][0]["data"][0]["rowData"][0]["values"][0]["formattedValue"] == "x"


def test_copy_to_puts_a_copy_last(client: Client) -> None:
    source, target = client.create(), client.create()
    client.values(source, "A1", [["kept"]])
    path = f"/{source}/sheets/0:copyTo"
    first = client.call("POST", path, {"destinationSpreadsheetId": target})[1]
    second = client.call("POST", path, {"destinationSpreadsheetId": target})[1]
    assert (first["title"], first["index"]) == ("Copy of Sheet1", 1)
    assert (second["title"], second["index"]) == ("Copy of Sheet1 1", 2)
    assert client.call("GET", f"/{target}/values/'Copy of Sheet1'!A1")[1]["values"] == [["kept"]]
    client.values(target, "'Copy of Sheet1'!A1", [["changed"]])
    assert client.call("GET", f"/{source}/values/A1")[1]["values"] == [["kept"]]


# --- conditions, seeds


@pytest.mark.parametrize(("method", "path", "metric"), [("GET", "", "read"), ("POST", ":batchUpdate", "write")])
def test_rate_limits_name_the_quota(client: Client, method: str, path: str, metric: str) -> None:
    reply = SERVICE.conditions["rate_limit"](TwinRequest(method, f"{ROOT}/x{path}"))
    error = reply.body["error"]
    assert (reply.status, error["status"]) == (429, "RESOURCE_EXHAUSTED")
    assert error["details"][0]["metadata"]["quota_metric"] == f"sheets.googleapis.com/{metric}_requests"


def test_a_seeded_spreadsheet_reads_back_as_it_was_given(client: Client) -> None:
    cells = [{"values": [{"userEnteredValue": {"formulaValue": "=1+1"}, "note": "why"}]}]
    grid = {"rowCount": 3, "columnCount": 2}
    merge = {"sheetId": 9, "startRowIndex": 0, "endRowIndex": 2, "startColumnIndex": 0, "endColumnIndex": 1}
    resource = {
        "spreadsheetId": "seeded-1",
        "properties": {"title": "Given", "locale": "en_GB", "timeZone": "Etc/GMT", "defaultFormat": {}},
        "sheets": [
            {
                "properties": {
                    "sheetId": 5,
                    "title": "One",
                    "index": 0,
                    "gridProperties": grid,
                }
            },
            {
                "properties": {"sheetId": 9, "title": "Two", "index": 1, "hidden": True},
                "merges": [merge],
                "data": [{"rowData": cells, "columnMetadata": [{"pixelSize": 40}]}],
            },
        ],
        "namedRanges": [{"namedRangeId": "n1", "name": "Here", "range": {"sheetId": 9, "endRowIndex": 1}}],
    }
    client.twin.services["sheets"].seed(client.twin.store["google"], {"spreadsheets": [resource]})
    shown = client.get("seeded-1")
    assert shown["properties"] == resource["properties"]
    assert shown["namedRanges"] == resource["namedRanges"]
    assert shown["sheets"][1]["merges"] == resource["sheets"][1]["merges"]
    assert shown["sheets"][0]["properties"]["gridProperties"] == {"rowCount": 3, "columnCount": 2}
    data = client.get("seeded-1", ranges="Two!A1", includeGridData="true")["sheets"][0]["data"][0]
    assert data["columnMetadata"] == [{"pixelSize": 40}]
    assert data["rowData"][0]["values"][0]["note"] == "why"
    assert client.twin.store["google"].files["seeded-1"]["name"] == "Given"


def test_seeded_values_are_shown_as_they_were_given(client: Client) -> None:
    rows = [["Name", "Count"], ["nail", "1000"], ["bolt", "0012"], ["", "TRUE"]]
    facts = {"values": [{"spreadsheetId": "seeded-2", "range": "'My list'!B2:C5", "values": rows}]}
    client.twin.services["sheets"].seed(client.twin.store["google"], facts)
    assert client.call("GET", "/seeded-2/values/'My list'!B2:C5")[1]["values"] == rows


def test_seeding_twice_completes_what_is_there(client: Client) -> None:
    made = client.create()
    sheet = {"properties": {"sheetId": 0, "title": "Renamed"}}
    client.twin.services["sheets"].seed(
        client.twin.store["google"], {"spreadsheets": [{"spreadsheetId": made, "sheets": [sheet]}]}
    )
    (shown,) = client.get(made)["sheets"]
    assert shown["properties"]["title"] == "Renamed"
    assert shown["properties"]["gridProperties"]["rowCount"] == 1000


# --- stored form


def test_colours_have_eight_bits_and_both_spellings() -> None:
    kept = stored("SheetProperties", {"tabColor": {"red": 1.0, "green": 0, "blue": 0.5}})
    assert kept["tabColor"] == {"red": 1, "blue": 0.49803922}
    assert kept["tabColorStyle"] == {"rgbColor": kept["tabColor"]}


def test_defaults_are_left_out_but_where_presence_counts() -> None:
    kept = stored(
        "SheetProperties",
        {"sheetId": 0, "index": 0, "hidden": False, "title": "x", "tabColorStyle": {"rgbColor": None}},
    )
    assert kept == {"sheetId": 0, "index": 0, "title": "x"}
    assert stored("GridRange", {"sheetId": 0, "startRowIndex": 0}) == {"startRowIndex": 0}
    assert stored("ExtendedValue", {"numberValue": 0}) == {"numberValue": 0}


@given(st.floats(0, 1))
def test_storing_a_colour_again_changes_nothing(part: float) -> None:
    once = stored("Color", {"red": part})
    assert stored("Color", once) == once
    assert abs(once.get("red", 0) - part) < 1 / 255 + 1e-6


@given(st.floats(-1e6, 1e6, allow_nan=False, width=32))
def test_single_precision_is_written_shortest(number: float) -> None:
    assert pytest.approx(single(number), rel=1e-6) == number
    assert len(repr(single(number))) <= len(repr(number))


def test_assign_changes_only_what_the_mask_names() -> None:
    target = {"title": "a", "gridProperties": {"rowCount": 3, "frozenRowCount": 1}}
    source = {"title": "b", "gridProperties": {"rowCount": 5}}
    assign("SheetProperties", target, source, "grid_properties(row_count,frozenRowCount)")
    assert target == {"title": "a", "gridProperties": {"rowCount": 5}}
    assign("SheetProperties", target, source, "*")
    assert target == source


def test_assign_refuses_names_that_are_not_there() -> None:
    with pytest.raises(UnknownField):
        assign("SheetProperties", {}, {}, "colour")


def test_sheets_known_by_title_only_get_ids_of_their_own(client: Client) -> None:
    values = [{"spreadsheetId": "seeded-3", "range": f"{title}!A1", "values": [["x"]]} for title in ("One", "Two")]
    client.twin.services["sheets"].seed(client.twin.store["google"], {"values": values})
    ids = [sheet["properties"]["sheetId"] for sheet in client.get("seeded-3")["sheets"]]
    assert ids[0] == 0 != ids[1]


def test_a_spreadsheet_known_by_its_id_only_has_a_sheet(client: Client) -> None:
    client.twin.services["sheets"].seed(client.twin.store["google"], {"spreadsheets": [{"spreadsheetId": "seeded-4"}]})
    assert client.get("seeded-4")["sheets"][0]["properties"]["title"] == "Sheet1"


def test_what_was_entered_wins_over_what_was_shown(client: Client) -> None:
    def read(value: Any, option: str) -> Any:
        return {"spreadsheetId": "seeded-5", "range": "A1", "values": [[value]], "valueRenderOption": option}

    facts = {
        "spreadsheets": [{"spreadsheetId": "seeded-5", "sheets": [{"properties": {"title": "S"}}]}],
        "values": [read("=1+1", "FORMULA"), read("2", "FORMATTED_VALUE")],
    }
    client.twin.services["sheets"].seed(client.twin.store["google"], facts)
    shown = client.call("GET", "/seeded-5/values/A1", valueRenderOption="FORMULA")[1]
    assert shown["values"] == [["=1+1"]]
