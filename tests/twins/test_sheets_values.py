"""The values methods of the Sheets twin, called in-process."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.twinkit.router import Router
from conformance.twinkit.service import Refusal, TwinRequest
from conformance.twinkit.store import Clock, Ids
from targets.google import schemas
from targets.google.sheets.twin.formulas import Calculator, implied_format
from targets.google.sheets.twin.metadata import METADATA_ROUTES, create
from targets.google.sheets.twin.model import CellError, Formula, Spreadsheet, new_sheet
from targets.google.sheets.twin.values import VALUES_ROUTES
from targets.google.state import SPREADSHEET, GoogleState

ROUTES = {**VALUES_ROUTES, **METADATA_ROUTES}
ROUTER = Router(ROUTES)


class Client:
    """Calls the twin's handlers as the router would."""

    def __init__(self) -> None:
        self.state = GoogleState(Clock(), Ids())
        self.id = self.state.create_file({"name": "Book", "mimeType": SPREADSHEET})["id"]
        self.book.sheets.append(new_sheet(5, "Small one", 1, rows=3, columns=3))

    @property
    def book(self) -> Spreadsheet:
        return self.state.spreadsheets[self.id]

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        full = f"/v4/spreadsheets/{self.id}/{path}"
        match = ROUTER.match(method, full)
        assert match is not None, full
        values = {name: value if isinstance(value, list) else [value] for name, value in query.items()}
        content = b"" if body is None else json.dumps(body).encode()
        return ROUTES[match.operation](self.state, TwinRequest(method, full, match.params, values, {}, content)).body

    def get(self, name: str, **query: Any) -> Any:
        return self.call("GET", f"values/{name}", **query)

    def put(self, name: str, values: Any, option: str = "RAW", dimension: str | None = None, **query: Any) -> Any:
        body = {"values": values, "majorDimension": dimension}
        return self.call("PUT", f"values/{name}", body, valueInputOption=option, **query)

    def append(self, name: str, values: Any, **query: Any) -> Any:
        return self.call("POST", f"values/{name}:append", {"values": values}, **{"valueInputOption": "RAW"} | query)


@pytest.fixture
def client() -> Client:
    return Client()


def refusal(client: Client, *args: Any, **kwargs: Any) -> tuple[int, str]:
    with pytest.raises(Refusal) as refused:
        client.call(*args, **kwargs)
    error = refused.value.reply.body["error"]
    return error["code"], error["message"]


def test_every_operation_of_values_and_metadata_has_a_handler() -> None:
    ours = {name for name in schemas.surface("sheets") if "/values" in name or "developerMetadata" in name}
    assert set(ROUTES) == ours


# --- reading


def test_empty_ends_are_left_out_and_ranges_are_made_whole(client: Client) -> None:
    client.put("Sheet1!A1", [["", "b", ""], ["", "", ""], [1, 2, 3], ["", "", ""]])
    assert client.get("A1:D9") == {
        "range": "Sheet1!A1:D9",
        "majorDimension": "ROWS",
        "values": [["", "b"], [], ["1", "2", "3"]],
    }
    assert client.get("B:B")["range"] == "Sheet1!B1:B1000"
    assert client.get("Sheet1!C1:C9", majorDimension="COLUMNS")["values"] == [["", "", "3"]]
    assert client.get("'Small one'") == {"range": "'Small one'!A1:C3", "majorDimension": "ROWS"}


def test_values_are_rendered_as_asked(client: Client) -> None:
    client.put("A1", [["=4/2", "2031-04-05", "x", 53, "TRUE", "10%"]], "USER_ENTERED")
    assert client.get("1:1")["values"] == [["2", "2031-04-05", "x", "53", "TRUE", "10%"]]
    plain = client.get("1:1", valueRenderOption="UNFORMATTED_VALUE")["values"]
    assert plain == [[2, 47943, "x", 53, True, 0.1]]
    options = {"valueRenderOption": "UNFORMATTED_VALUE", "dateTimeRenderOption": "FORMATTED_STRING"}
    assert client.get("1:1", **options)["values"] == [[2, "2031-04-05", "x", 53, True, 0.1]]
    assert client.get("1:1", valueRenderOption="FORMULA")["values"] == [["=4/2", 47943, "x", 53, True, 0.1]]


def test_ranges_are_read_in_batches(client: Client) -> None:
    client.put("A1", [["a", "b"]])
    answer = client.call("GET", "values:batchGet", ranges=["B1", "A1", "A2"])
    assert [item.get("values") for item in answer["valueRanges"]] == [[["b"]], [["a"]], None]
    assert answer["spreadsheetId"] == client.id


# --- writing


def test_raw_is_taken_as_it_is(client: Client) -> None:
    client.put("A1", [["=1+1", "2031-04-05", "12%", "'x", True, 1.5]])
    assert client.get("1:1")["values"] == [["=1+1", "2031-04-05", "12%", "'x", "TRUE", "1.5"]]


def test_null_leaves_alone_and_blank_clears(client: Client) -> None:
    client.put("A1", [["a", "b", "c"]])
    answer = client.put("A1:C1", [[None, "", "C"]])
    assert answer == {
        "spreadsheetId": client.id,
        "updatedRange": "Sheet1!B1:C1",
        "updatedRows": 1,
        "updatedColumns": 2,
        "updatedCells": 2,
    }
    assert client.get("1:1")["values"] == [["a", "", "C"]]


def test_counts_are_of_what_was_written(client: Client) -> None:
    answer = client.put("A1:D2", [["a", "b"], [1, 2, 3, 4]])
    assert (answer["updatedRange"], answer["updatedCells"]) == ("Sheet1!A1:D2", 6)
    assert client.put("A1:D9", [["a"]])["updatedRange"] == "Sheet1!A1"
    assert client.put("B:B", [["x", "y"]], dimension="COLUMNS")["updatedRange"] == "Sheet1!B1:B2"
    assert client.put("A1", [])["updatedRange"] == "Sheet1!A1"


def test_written_values_come_back_for_the_range_that_was_asked_for(client: Client) -> None:
    client.put("C1", [["old"]])
    answer = client.put("A1:C2", [["1", None]], "USER_ENTERED", includeValuesInResponse="True")
    assert answer["updatedRange"] == "Sheet1!A1"
    assert answer["updatedData"] == {"range": "Sheet1!A1:C2", "majorDimension": "ROWS", "values": [["1", "", "old"]]}


def test_the_grid_grows(client: Client) -> None:
    assert client.put("'Small one'!A1:E5", [["x"] * 5] * 5)["updatedRange"] == "'Small one'!A1:E5"
    assert client.get("'Small one'")["range"] == "'Small one'!A1:E5"


def test_batches_count_rows_columns_and_sheets_once(client: Client) -> None:
    data = [
        {"range": "A1:B1", "values": [["a", "b"]]},
        {"range": "A2", "values": [["c"]]},
        {"range": "'Small one'!A1", "values": [["d"]]},
    ]
    answer = client.call("POST", "values:batchUpdate", {"valueInputOption": "RAW", "data": data})
    responses = answer.pop("responses")
    assert answer == {
        "spreadsheetId": client.id,
        "totalUpdatedRows": 3,
        "totalUpdatedColumns": 3,
        "totalUpdatedCells": 4,
        "totalUpdatedSheets": 2,
    }
    assert [item["updatedRange"] for item in responses] == ["Sheet1!A1:B1", "Sheet1!A2", "'Small one'!A1"]


def test_bodies_are_read_generously(client: Client) -> None:
    data = [[{"range": "A1", "major_dimension": "COLUMNS", "values": [["a", "b"]]}]]
    body: dict[str, Any] = {"value_input_option": "RAW", "data": data}
    assert client.call("POST", "values:batchUpdate", body)["totalUpdatedRows"] == 2
    body = {"valueInputOption": "RAW", "data": {"range": "B1", "values": [["c"]]}}
    assert client.call("POST", "values:batchUpdate", body)["totalUpdatedCells"] == 1
    assert client.get("A1:B2")["values"] == [["a", "c"], ["b"]]


def test_the_format_of_a_cell_has_a_say_in_what_is_typed(client: Client) -> None:
    client.put("A1", [["4/5/31", "5%"]], "USER_ENTERED")
    client.book.sheets[0].make(0, 2).format["numberFormat"] = {"type": "TEXT"}
    client.put("A1", [["2032-01-02", "2031-04-05", "0042"]], "USER_ENTERED")
    assert client.get("1:1")["values"] == [["1/2/32", "2031-04-05", "0042"]]


def test_clearing_keeps_formats(client: Client) -> None:
    client.put("A1", [["5%", "x"]], "USER_ENTERED")
    assert client.call("POST", "values/A1:clear")["clearedRange"] == "Sheet1!A1"
    client.put("A1", [[0.5]])
    assert client.get("1:1")["values"] == [["50%", "x"]]
    answer = client.call("POST", "values:batchClear", {"ranges": ["A:A", "B1"]})
    assert answer["clearedRanges"] == ["Sheet1!A1:A1000", "Sheet1!B1"]
    assert "values" not in client.get("1:1")


# --- appending


def test_values_go_below_the_last_table_in_the_range(client: Client) -> None:
    first = client.append("Sheet1", [["a", "", "c"]])
    assert "tableRange" not in first
    assert first["updates"]["updatedRange"] == "Sheet1!A1:C1"
    second = client.append("Sheet1", [["d", "e"]])
    assert (second["tableRange"], second["updates"]["updatedRange"]) == ("Sheet1!C1", "Sheet1!C2:D2")
    third = client.append("A1", [["f", None]])
    assert (third["tableRange"], third["updates"]["updatedRange"]) == ("Sheet1!A1", "Sheet1!A2")


def test_a_table_reaches_beyond_the_range_and_over_corners(client: Client) -> None:
    client.put("D6:G8", [["x", "", "", ""], ["", "x", "", ""], ["", "", "x", "x"]])
    answer = client.append("A1:D", [["y"]], insertDataOption="INSERT_ROWS", includeValuesInResponse="true")
    assert answer["tableRange"] == "Sheet1!D6:G8"
    assert answer["updates"]["updatedData"] == {"range": "Sheet1!D9", "majorDimension": "ROWS", "values": [["y"]]}
    assert client.book.sheets[0].row_count == 1001


def test_a_range_without_data_is_written_at_its_corner(client: Client) -> None:
    client.put("A1", [["a"], [""], ["c"]])
    answer = client.append("A2", [["b"]])
    assert "tableRange" not in answer
    assert client.get("A1:A3")["values"] == [["a"], ["b"], ["c"]]


def test_appending_grows_the_grid(client: Client) -> None:
    client.put("'Small one'!A1", [["x"]] * 3)
    answer = client.append("'Small one'", [["y", "z"], [1, 2, 3, 4]])
    assert answer["updates"]["updatedRange"] == "'Small one'!A4:D5"
    assert client.get("'Small one'")["range"] == "'Small one'!A1:D5"


# --- refusals


def test_what_is_not_there_is_refused(client: Client) -> None:
    assert refusal(client, "GET", "values/NOPE!A5:F15") == (400, "Unable to parse range: NOPE!A5:F15")
    assert refusal(client, "GET", "developerMetadata/1") == (404, "Requested entity was not found.")
    client.state.spreadsheets.clear()
    assert refusal(client, "GET", "values/A1") == (404, "Requested entity was not found.")


def test_rows_that_are_no_lists_are_refused_with_their_place(client: Client) -> None:
    with pytest.raises(Refusal) as refused:
        client.put("A1", ["x", ["fine"], 3])
    error = refused.value.reply.body["error"]
    listed = "(type.googleapis.com/google.protobuf.ListValue)"
    told = [f"Invalid value at 'data.values[0]' {listed}, \"x\"", f"Invalid value at 'data.values[2]' {listed}, 3"]
    assert error["message"] == "\n".join(told)
    assert [found["field"] for found in error["details"][0]["fieldViolations"]] == ["data.values[0]", "data.values[2]"]


@pytest.mark.parametrize(
    ("path", "body", "query"),
    [
        ("values/A1:B1", {"values": [["a", "b", "c"]]}, {"valueInputOption": "RAW"}),
        ("values/A1", {"values": [["a"]]}, {}),
        ("values/A1", {"values": [["a", {"k": 1}]]}, {"valueInputOption": "RAW"}),
        ("values/A2000", {"values": [["a"]]}, {"valueInputOption": "RAW"}),
        ("values/A1", {"values": [["a"]], "range": "B1"}, {"valueInputOption": "RAW"}),
        ("values/A1", {"values": [["a"]]}, {"valueInputOption": "RAW", "responseValueRenderOption": "X"}),
    ],
)
def test_what_is_not_evidenced_is_not_guessed_and_changes_nothing(
    client: Client, path: str, body: Any, query: dict[str, str]
) -> None:
    assert refusal(client, "PUT", path, body, **query)[0] == 501
    assert client.book.sheets[0].cells == {}


# --- formulas


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("=SUM(A1:A3)", "6"),
        ("=sum(A2:A)", "5"),
        ("=$A$1+1.5", "2.5"),
        ('=A1&" of "&A3', "1 of 3"),
        ("=Sheet1!A1+'Small one'!B2", "41"),
        ("=SUM(Rates)", "5"),
        ("=IF(A1<A2,TRUE,FALSE)", "TRUE"),
        ("=1/0", "#DIV/0!"),
        ("=NOSUCH(1)", "#NAME?"),
        ("=Missing!A1", "#REF!"),
        ("=SUM(", "#ERROR!"),
        ("=C1", "#REF!"),
        ("=DATE(2031,4,5)", "4/5/2031"),
    ],
)
def test_formulas_are_worked_out(client: Client, formula: str, shown: str) -> None:
    client.put("A1", [[1], [2], [3]])
    client.put("'Small one'!B2", [[40]])
    rates = {"sheetId": 0, "startRowIndex": 1, "endRowIndex": 3, "endColumnIndex": 1}
    client.book.named_ranges = [{"namedRangeId": "n", "name": "Rates", "range": rates}]
    client.put("C1", [[formula]], "USER_ENTERED")
    assert client.get("C1")["values"] == [[shown]]
    assert client.get("C1", valueRenderOption="FORMULA")["values"] == [[formula]]


def test_formulas_follow_changes_and_each_other(client: Client) -> None:
    client.put("A1", [[2, "=A1*10", "=B1+1"]], "USER_ENTERED")
    assert client.get("1:1", valueRenderOption="UNFORMATTED_VALUE")["values"] == [[2, 20, 21]]
    client.put("A1", [[3]])
    assert client.get("C1", valueRenderOption="UNFORMATTED_VALUE")["values"] == [[31]]
    client.book.insert_dimension(client.book.sheets[0], "COLUMNS", 0, 1)
    assert client.get("1:1", valueRenderOption="FORMULA")["values"] == [["", 3, "=B1*10", "=C1+1"]]
    assert client.get("D1")["values"] == [["31"]]


def test_results_spill_into_empty_cells(client: Client) -> None:
    client.put("A1", [["=SEQUENCE(3)"]], "USER_ENTERED")
    assert client.get("A1:A9")["values"] == [["1"], ["2"], ["3"]]
    assert client.get("A1:A9", valueRenderOption="FORMULA")["values"] == [["=SEQUENCE(3)"]]
    assert client.book.sheets[0].cells.keys() == {(0, 0)}


def test_array_formulas_are_taken_whole(client: Client) -> None:
    client.put("A1", [[1], [2]])
    client.put("B1", [["=ArrayFormula(A1:A2*10)"]], "USER_ENTERED")
    assert client.get("B:B")["values"] == [["10"], ["20"]]


def test_the_engine_is_not_asked_without_formulas(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("targets.google.sheets.twin.formulas._engine", lambda: pytest.fail("asked"))
    client.put("A1", [[1, CellError("#N/A").code]])
    assert client.get("A1:B1")["values"] == [["1", "#N/A"]]


def test_a_missing_engine_is_said(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "ironcalc", None)
    client.book.sheets[0].enter(0, 0, Formula("=1"))
    with pytest.raises(Refusal) as refused:
        Calculator(client.book).value(client.book.sheets[0], 0, 0)
    assert refused.value.reply.status == 501
    assert implied_format("= now()") == "DATE_TIME"


# --- data filters and developer metadata


def located(client: Client, key: str, location: dict[str, Any]) -> dict[str, Any]:
    document = {"metadataKey": key, "metadataValue": "v", "visibility": "DOCUMENT", "location": location}
    return create(client.state, client.book, document)


def test_data_filters_select_by_range_grid_and_metadata(client: Client) -> None:
    client.put("A1", [["a", "b"], ["c", "d"]])
    located(client, "row", {"dimensionRange": {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}})
    grid = {"gridRange": {"sheetId": 0, "endRowIndex": 1, "endColumnIndex": 2}}
    lookup = {"developerMetadataLookup": {"metadataKey": "row"}}
    filters = [{"a1Range": "A1:B1"}, grid, lookup]
    found = client.call("POST", "values:batchGetByDataFilter", {"dataFilters": filters})["valueRanges"]
    assert [item["valueRange"]["range"] for item in found] == ["Sheet1!A1:B1", "Sheet1!A2:Z2"]
    assert [item["dataFilters"] for item in found] == [filters[:2], filters[2:]]
    data = [{"dataFilter": lookup, "values": [["C"]]}]
    answer = client.call("POST", "values:batchUpdateByDataFilter", {"valueInputOption": "RAW", "data": data})
    assert answer["responses"][0] | {"updatedRange": ""} == {
        "updatedRange": "",
        "updatedRows": 1,
        "updatedColumns": 1,
        "updatedCells": 1,
        "dataFilter": lookup,
    }
    cleared = client.call("POST", "values:batchClearByDataFilter", {"dataFilters": [lookup]})
    assert cleared["clearedRanges"] == ["Sheet1!A2:Z2"]


def test_metadata_goes_with_its_rows(client: Client) -> None:
    span = {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}
    located(client, "r", {"dimensionRange": span})
    located(client, "c", {"dimensionRange": span | {"dimension": "COLUMNS"}})
    client.book.insert_dimension(client.book.sheets[0], "ROWS", 0, 3)
    spans = [found["location"]["dimensionRange"]["startIndex"] for found in client.book.developer_metadata]
    assert spans == [4, 1]
    client.book.delete_dimension(client.book.sheets[0], "ROWS", 4, 1)
    assert [found["metadataKey"] for found in client.book.developer_metadata] == ["c"]


def test_metadata_is_found_by_its_features_and_by_where_it_is(client: Client) -> None:
    assert client.call("POST", "developerMetadata:search", {"dataFilters": [{"developerMetadataLookup": {}}]}) == {}
    sheet = located(client, "s", {"sheetId": 5})
    row = located(client, "r", {"dimensionRange": {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}})
    book = located(client, "b", {"spreadsheet": True})

    def search(**lookup: Any) -> list[Any]:
        body = {"dataFilters": [{"developerMetadataLookup": lookup}]}
        found = client.call("POST", "developerMetadata:search", body).get("matchedDeveloperMetadata", [])
        return [item["developerMetadata"]["metadataKey"] for item in found]

    assert search() == ["s", "r", "b"]
    assert search(metadataKey="r") == ["r"]
    assert search(metadataId=book["metadataId"], metadataKey="r") == []
    assert search(locationType="SHEET") == ["s"]
    assert search(metadataLocation={"sheetId": 5}) == ["s"]
    strategy = {"locationMatchingStrategy": "INTERSECTING_LOCATION"}
    assert search(metadataLocation={"sheetId": 0}, **strategy) == ["r", "b"]
    assert client.call("GET", f"developerMetadata/{sheet['metadataId']}") == sheet
    filters = {"dataFilters": [{"a1Range": "A2:B2"}]}
    (found,) = client.call("POST", "developerMetadata:search", filters)["matchedDeveloperMetadata"]
    assert found == {"developerMetadata": row, **filters}


# --- whatever is sent

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6)
CELLS = SCALARS | st.sampled_from(["=A1", "=SUM(A:A)", "=1/0", "='", "1/1/2031", "9:61", "5%", "=B2:C3", "=A1:A9*2"])
RANGES = st.sampled_from(["A1", "A:B", "1:2", "Sheet1", "'Small one'!B2:D9", "A1:B2", "x", "R1C1", "Z9:A1", "!", "'"])
GRID = st.just({"sheetId": 5}) | SCALARS
FILTERS = st.fixed_dictionaries({}, optional={"a1Range": RANGES | SCALARS, "gridRange": GRID})
BODIES = SCALARS | st.fixed_dictionaries(
    {},
    optional={
        "values": st.lists(st.lists(CELLS, max_size=4) | SCALARS, max_size=4) | SCALARS,
        "majorDimension": st.sampled_from(["ROWS", "COLUMNS", "X", None, 5]),
        "range": RANGES | SCALARS,
        "ranges": st.lists(RANGES | SCALARS, max_size=3) | SCALARS,
        "dataFilters": st.lists(FILTERS, max_size=3) | SCALARS,
        "data": st.lists(st.fixed_dictionaries({"range": RANGES, "values": st.just([["x"]])}), max_size=3),
        "valueInputOption": st.sampled_from(["RAW", "USER_ENTERED", "X"]),
    },
)
QUERY = {
    "valueInputOption": st.sampled_from(["RAW", "USER_ENTERED", "X"]),
    "valueRenderOption": st.sampled_from(["FORMULA", "UNFORMATTED_VALUE", "X"]),
    "includeValuesInResponse": st.sampled_from(["true", "x"]),
    "insertDataOption": st.sampled_from(["INSERT_ROWS", "x"]),
    "ranges": RANGES,
}
CALLS = st.tuples(st.sampled_from(sorted(ROUTES)), RANGES, BODIES, st.fixed_dictionaries({}, optional=QUERY))


@settings(deadline=None)
@given(st.lists(CALLS, max_size=6))
def test_whatever_is_sent_is_answered(calls: list[tuple[str, str, Any, dict[str, str]]]) -> None:
    client = Client()
    for operation, name, body, query in calls:
        params = {"spreadsheetId": client.id, "range": name, "metadataId": name}
        values = {key: [value] for key, value in query.items()}
        request = TwinRequest("", "", params, values, {}, b"" if body is None else json.dumps(body).encode())
        try:
            json.dumps(ROUTES[operation](client.state, request).body)
        except Refusal as refused:
            assert refused.reply.status in (400, 404, 501)
        assert "range" in client.get("Sheet1")
