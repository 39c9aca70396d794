"""What must be there before a program begins, read off what it was answered."""

import json

import pytest

from conformance.programs.model import Call, Exchange, GivenRef, Observation, Step
from conformance.recordings.model import Request, Response
from targets.google.drive import TARGET as DRIVE
from targets.google.sheets import TARGET as SHEETS

FOLDER = "application/vnd.google-apps.folder"
SPREADSHEET = "application/vnd.google-apps.spreadsheet"
ROOT_ID = "0AexampleUk9PVA"


def program(*exchanges):
    """Steps and observations of ``(method and URL, body sent, status, body answered)``."""
    steps, observations = [], []
    for number, (line, sent, status, answered) in enumerate(exchanges):
        method, _, path = line.partition(" ")
        host = "sheets.googleapis.com" if path.startswith("/v4") else "www.googleapis.com"
        body = json.dumps(sent).encode() if sent is not None else b""
        request = Request(method, f"https://{host}{path}", {}, body)
        call = SHEETS.lift(request) or DRIVE.lift(request)
        assert isinstance(call, Call), call
        steps.append(Step(call, number))
        response = Response(status, body=json.dumps(answered).encode() if answered is not None else b"")
        observations.append(Observation(exchanges=(Exchange(request, response),)))
    return steps, observations


def drive(*exchanges):
    return {given.recorded: given for given in DRIVE.givens(*program(*exchanges))}


def sheets(*exchanges):
    return {given.recorded: given for given in SHEETS.givens(*program(*exchanges))}


def test_a_file_that_was_read_is_given_with_all_that_was_shown():
    given = drive(
        ("GET /drive/v3/files/F?fields=name", None, 200, {"name": "a"}),
        ("GET /drive/v3/files/F?fields=id,mimeType", None, 200, {"id": "F", "mimeType": "text/plain"}),
    )["F"]
    assert given.kind == "drive#file"
    assert given.facts == {"files": [{"id": "F", "name": "a", "mimeType": "text/plain"}]}
    assert given.create.sdk_call == "files.create"
    assert given.create.arguments["body"] == {"name": "a", "mimeType": "text/plain"}
    assert given.id_path == ("id",)


@pytest.mark.parametrize(
    "exchanges",
    [
        [("GET /drive/v3/files/F", None, 404, {"error": {"code": 404}})],
        [("GET /drive/v3/files/F", None, 429, {"error": {"code": 429}})],
        [
            ("POST /drive/v3/files", {"name": "a"}, 200, {"id": "F"}),
            ("GET /drive/v3/files/F", None, 200, {"id": "F"}),
            ("GET /drive/v3/files", None, 200, {"files": [{"id": "F"}]}),
            ("POST /drive/v3/files/F/comments?fields=*", {"content": "c"}, 200, {"id": "C"}),
            ("GET /drive/v3/files/F/comments/C?fields=*", None, 200, {"id": "C"}),
        ],
        [
            ("POST /v4/spreadsheets", {}, 200, {"spreadsheetId": "S"}),
            ("DELETE /drive/v3/files/S", None, 204, None),
            ("POST /drive/v3/files", {}, 200, {"id": "F"}),
            ("POST /drive/v3/files/F/copy", {}, 200, {"id": "G"}),
            ("GET /v4/spreadsheets/G", None, 200, {"spreadsheetId": "G"}),
        ],
    ],
)
def test_what_was_not_found_or_was_made_by_the_program_is_no_given(exchanges):
    assert drive(*exchanges) == {}
    assert sheets(*exchanges) == {}


def test_facts_are_those_from_before_the_program_changed_them():
    given = drive(
        ("GET /drive/v3/files/F?fields=name", None, 200, {"name": "old"}),
        ("PATCH /drive/v3/files/F", {"name": "new", "starred": True}, 200, {"id": "F", "name": "new", "kind": "k"}),
        (
            "GET /drive/v3/files/F",
            None,
            200,
            {"name": "new", "starred": True, "modifiedTime": "late", "trashed": False},
        ),
    )["F"]
    assert given.facts == {"files": [{"id": "F", "name": "old", "kind": "k", "trashed": False}]}


def test_a_moved_file_was_where_it_was_taken_from():
    found = drive(("PATCH /drive/v3/files/F?addParents=B&removeParents=A", None, 200, {"id": "F", "parents": ["B"]}))
    assert found["F"].facts == {"files": [{"id": "F", "parents": ["A"]}]}
    assert found["A"].facts == found["B"].facts | {"files": [{"id": "A", "mimeType": FOLDER}]}


def test_a_list_shows_what_its_query_asked_for():
    query = "q=mimeType%3D%27text/plain%27%20and%20trashed%20%3D%20false&fields=files(id)"
    facts = drive((f"GET /drive/v3/files?{query}", None, 200, {"files": [{"id": "F"}]}))["F"].facts
    assert facts == {"files": [{"id": "F", "mimeType": "text/plain", "trashed": False}]}
    query = "q=mimeType%3D%27text/plain%27%20or%20trashed%20%3D%20false&fields=files(id)"
    facts = drive((f"GET /drive/v3/files?{query}", None, 200, {"files": [{"id": "F"}]}))["F"].facts
    assert facts == {"files": [{"id": "F"}]}


def test_what_is_only_listed_has_no_creating_call():
    assert drive(("GET /drive/v3/files", None, 200, {"files": [{"id": "F"}]}))["F"].create is None


def test_the_root_folder_is_known_by_its_name():
    found = drive(("GET /drive/v3/files/root", None, 200, {"id": ROOT_ID, "name": "My Drive"}))
    assert found[ROOT_ID].facts == {"files": [{"id": ROOT_ID, "name": "My Drive"}], "rootFolderId": ROOT_ID}
    assert "root" not in found


@pytest.mark.parametrize(
    "exchanges",
    [
        [("POST /drive/v3/files?fields=*", {"name": "a"}, 200, {"id": "F", "parents": ["R"]})],
        [
            ("POST /v4/spreadsheets", {}, 200, {"spreadsheetId": "S"}),
            ("GET /drive/v3/files/S?fields=parents", None, 200, {"parents": ["R"]}),
            ("PATCH /drive/v3/files/S?addParents=A&removeParents=R", None, 200, {"parents": ["A"]}),
        ],
        [("GET /drive/v3/files?q='root'+in+parents", None, 200, {"files": [{"id": "F", "parents": ["R"]}]})],
    ],
)
def test_the_root_folder_is_where_files_are_made_and_what_queries_call_root(exchanges):
    assert drive(*exchanges)["R"].facts == {"files": [{"id": "R"}], "rootFolderId": "R"}


def test_what_hangs_on_a_file_comes_after_it():
    givens = DRIVE.givens(
        *program(
            ("GET /drive/v3/files/F/comments/C/replies/R?fields=*", None, 200, {"id": "R", "content": "r"}),
            ("GET /drive/v3/files/F/permissions", None, 200, {"permissions": [{"id": "P", "type": "anyone"}]}),
        )
    )
    facts = [given.facts for given in givens]
    assert facts == [
        {"files": [{"id": "F"}]},
        {"comments": {"F": [{"id": "C"}]}},
        {"permissions": {"F": [{"id": "P", "type": "anyone"}]}},
        {"replies": {"F": {"C": [{"id": "R", "content": "r"}]}}},
    ]
    assert givens[-1].create.arguments["fileId"] == GivenRef("F")


def test_shared_drives_account_and_page_token_are_given():
    found = drive(
        ("GET /drive/v3/about?fields=user", None, 200, {"user": {"permissionId": "1"}}),
        ("GET /drive/v3/changes/startPageToken", None, 200, {"startPageToken": "7"}),
        ("GET /drive/v3/files?corpora=drive&driveId=D", None, 200, {"files": [{"id": "F"}]}),
    )
    assert found["1"].facts == {"about": {"user": {"permissionId": "1"}}}
    assert found["7"].facts == {"startPageToken": "7"}
    assert found["D"].facts == {"drives": [{"id": "D"}]}
    assert found["F"].facts == {"files": [{"id": "F", "driveId": "D"}]}


def test_the_user_shows_as_me_and_as_owner_of_what_the_program_makes():
    me = {"me": True, "displayName": "N"}
    found = drive(
        ("POST /drive/v3/files", {}, 200, {"id": "F", "lastModifyingUser": me}),
        ("GET /drive/v3/files/F/permissions", None, 200, {"permissions": [{"id": "7", "role": "owner"}]}),
    )
    assert found["7"].facts == {"about": {"user": {**me, "permissionId": "7"}}}


def test_a_page_that_another_one_follows_says_that_there_is_more():
    page = {"files": [{"id": "F" * 20, "name": "a"}], "nextPageToken": "t"}
    found = drive(("GET /drive/v3/files?pageSize=1", None, 200, page))
    assert [given.facts["files"][0]["name"] for given in found.values()] == ["a", "a"]
    found = drive(
        ("GET /drive/v3/files?pageSize=1", None, 200, page),
        ("GET /drive/v3/files?pageSize=1&pageToken=t", None, 200, {"files": []}),
    )
    assert list(found) == ["F" * 20]


def test_a_page_token_from_after_a_write_says_nothing_of_the_beginning():
    found = drive(
        ("POST /drive/v3/files", {}, 200, {"id": "F"}),
        ("GET /drive/v3/changes/startPageToken", None, 200, {"startPageToken": "7"}),
    )
    assert found == {}


def test_a_file_served_by_sheets_is_a_spreadsheet():
    found = drive(
        ("GET /v4/spreadsheets/S", None, 200, {"spreadsheetId": "S"}),
        ("GET /drive/v3/files/S?fields=id", None, 200, {"id": "S"}),
    )
    assert found["S"].facts == {"files": [{"id": "S", "mimeType": SPREADSHEET}]}


VALUES = {"range": "One!A1:B1", "majorDimension": "ROWS", "values": [["a", "b"]]}


def test_a_spreadsheet_is_given_with_what_was_read_before_the_first_write():
    given = sheets(
        ("GET /v4/spreadsheets/S", None, 200, {"sheets": [{"properties": {"sheetId": 5, "title": "One"}}]}),
        ("GET /v4/spreadsheets/S/values/One!A1:B1?valueRenderOption=FORMULA", None, 200, VALUES),
        ("PUT /v4/spreadsheets/S/values/One", {"values": [["c"]]}, 200, {"updatedRange": "One!A1"}),
        ("GET /v4/spreadsheets/S/values/One!A1:B1", None, 200, VALUES | {"values": [["c", "b"]]}),
    )["S"]
    assert given.facts["spreadsheets"] == [
        {"spreadsheetId": "S", "sheets": [{"properties": {"sheetId": 5, "title": "One"}}]}
    ]
    assert given.facts["values"] == [{"spreadsheetId": "S", "valueRenderOption": "FORMULA", **VALUES}]
    assert given.create.arguments["body"]["sheets"] == [{"properties": {"sheetId": 5, "title": "One"}}]
    assert given.id_path == ("spreadsheetId",)


def test_partial_reads_are_joined_sheet_by_sheet():
    [resource] = sheets(
        ("GET /v4/spreadsheets/S?fields=a", None, 200, {"sheets": [{"properties": {"sheetId": 0, "title": "One"}}]}),
        (
            "GET /v4/spreadsheets/S?fields=b",
            None,
            200,
            {
                "properties": {"title": "T"},
                "sheets": [{"properties": {"sheetId": 0, "index": 0}}, {"properties": {"sheetId": 1}}],
            },
        ),
    )["S"].facts["spreadsheets"]
    assert resource["properties"] == {"title": "T"}
    assert resource["sheets"] == [
        {"properties": {"sheetId": 0, "title": "One", "index": 0}},
        {"properties": {"sheetId": 1, "title": "Sheet1"}},
    ]


def test_sheets_show_by_their_titles_and_ids_unless_the_program_made_them():
    [resource] = sheets(
        ("PUT /v4/spreadsheets/S/values/x", {"values": []}, 200, {"updatedRange": "'It''s'!A1"}),
        (
            "POST /v4/spreadsheets/S:batchUpdate",
            {"requests": [{"addSheet": {"properties": {"title": "New"}}}, {"deleteRange": {"range": {"sheetId": 7}}}]},
            200,
            {"replies": [{"addSheet": {"properties": {"sheetId": 9, "title": "New"}}}, {}]},
        ),
        (
            "POST /v4/spreadsheets/S:batchUpdate",
            {"requests": [{"deleteSheet": {"sheetId": 9}}]},
            200,
            {"replies": [{}]},
        ),
        ("GET /v4/spreadsheets/S/values/New", None, 200, {"range": "New!A1:Z9"}),
    )["S"].facts["spreadsheets"]
    assert resource["sheets"] == [{"properties": {"title": "It's", "sheetId": 7}}]


def test_a_refused_range_speaks_for_the_spreadsheet():
    assert "S" in sheets(("GET /v4/spreadsheets/S/values/No!A1", None, 400, {"error": {"code": 400}}))


def test_the_destination_of_a_copied_sheet_was_there_and_the_copy_was_not():
    found = sheets(
        (
            "POST /v4/spreadsheets/S/sheets/3:copyTo",
            {"destinationSpreadsheetId": "T"},
            200,
            {"sheetId": 8, "title": "Copy of One", "index": 2},
        ),
        (
            "POST /v4/spreadsheets/T:batchUpdate",
            {"requests": [{"deleteSheet": {"sheetId": 8}}]},
            200,
            {"replies": [{}]},
        ),
    )
    assert found["S"].facts["spreadsheets"][0]["sheets"] == [{"properties": {"sheetId": 3, "title": "One"}}]
    assert [sheet["properties"]["title"] for sheet in found["T"].facts["spreadsheets"][0]["sheets"]] == [
        "Sheet1",
        "Sheet2",
    ]


def test_a_sheet_named_alone_shows_its_size():
    [resource] = sheets(("POST /v4/spreadsheets/S/values/One:clear", {}, 200, {"clearedRange": "One!A1:AB7"}))[
        "S"
    ].facts["spreadsheets"]
    assert resource["sheets"][0]["properties"]["gridProperties"] == {"rowCount": 7, "columnCount": 28}


@pytest.mark.parametrize(
    ("asked", "answered", "size"),
    [
        ("One", "One!A1:AB7", {"rowCount": 7, "columnCount": 28}),
        ("One!A1:D9", "One!A1:D4", {"rowCount": 4}),
        ("One!A2:2", "One!A2:H2", {"columnCount": 8}),
        ("One!B:C", "One!B1:C50", {"rowCount": 50}),
        ("One!A1:D4", "One!A1:D4", None),
        ("One!A1", "One!A1", None),
        ("SomeName", "One!A1:B2", None),
    ],
)
def test_a_range_is_cut_where_the_sheet_ends(asked, answered, size):
    line = f"GET /v4/spreadsheets/S/values/{asked}"
    [resource] = sheets((line, None, 200, {"range": answered}))["S"].facts["spreadsheets"]
    assert resource["sheets"][0]["properties"].get("gridProperties") == size


def test_a_deleted_sheet_was_not_the_last_one():
    batch = {"requests": [{"deleteSheet": {"sheetId": 5}}]}
    [resource] = sheets(("POST /v4/spreadsheets/S:batchUpdate", batch, 200, {"replies": [{}]}))["S"].facts[
        "spreadsheets"
    ]
    assert [sheet["properties"]["sheetId"] for sheet in resource["sheets"]] == [5, 0]


def test_an_appended_row_shows_the_table_that_it_was_appended_to():
    answer = {"tableRange": "One!B2:C3", "updates": {"updatedRange": "One!B4:C4"}}
    facts = sheets(("POST /v4/spreadsheets/S/values/One:append", {"values": [[1, 2]]}, 200, answer))["S"].facts
    [table] = facts["values"]
    assert table["range"] == "One!B2:C3"
    assert [len(row) for row in table["values"]] == [2, 2]
    assert "gridProperties" not in facts["spreadsheets"][0]["sheets"][0]["properties"]


def test_a_sheet_was_no_wider_than_it_became():
    batch = {"requests": [{"insertDimension": {"range": {"sheetId": 0, "dimension": "ROWS"}}}]}
    [resource] = sheets(
        ("GET /v4/spreadsheets/S/values/One!A1:D6", None, 200, {"range": "One!A1:D4"}),
        ("POST /v4/spreadsheets/S:batchUpdate", batch, 200, {"replies": [{}]}),
        ("GET /v4/spreadsheets/S/values/One!A2:2", None, 200, {"range": "One!A2:H2"}),
    )["S"].facts["spreadsheets"]
    assert resource["sheets"][0]["properties"]["gridProperties"] == {"rowCount": 4, "columnCount": 4}


def test_a_replaced_rule_was_there_before():
    asked = {"requests": [{"updateConditionalFormatRule": {"sheetId": 3, "index": 1, "rule": {"ranges": []}}}]}
    reply = {"replies": [{"updateConditionalFormatRule": {"oldRule": {"ranges": [{"endRowIndex": 2}]}}}]}
    [resource] = sheets(("POST /v4/spreadsheets/S:batchUpdate", asked, 200, reply))["S"].facts["spreadsheets"]
    assert resource["sheets"][0]["properties"]["sheetId"] == 3
    assert resource["sheets"][0]["conditionalFormats"] == [{"ranges": [{"endRowIndex": 2}]}] * 2


def test_a_new_sheet_counts_those_before_it():
    batch = {"requests": [{"addSheet": {"properties": {"title": "New"}}}]}
    reply = {"replies": [{"addSheet": {"properties": {"sheetId": 9, "title": "New", "index": 1}}}]}
    metadata = {
        "properties": {"title": "T"},
        "sheets": [
            {"properties": {"sheetId": 4, "title": "Old", "index": 0}},
            {"properties": {"sheetId": 9, "title": "New", "index": 1}},
        ],
    }
    [resource] = sheets(
        ("POST /v4/spreadsheets/S:batchUpdate", batch, 200, reply),
        ("GET /v4/spreadsheets/S", None, 200, metadata),
    )["S"].facts["spreadsheets"]
    assert resource["properties"] == {"title": "T"}
    assert resource["sheets"] == [{"properties": {"sheetId": 4, "title": "Old"}}]


def test_values_of_a_sheet_are_known_until_that_sheet_is_written():
    other = {"range": "Two!A1", "majorDimension": "ROWS", "values": [["z"]]}
    facts = sheets(
        ("PUT /v4/spreadsheets/S/values/One!A1", {"values": [["c"]]}, 200, {"updatedRange": "One!A1"}),
        ("GET /v4/spreadsheets/S/values/Two!A1", None, 200, other),
        ("GET /v4/spreadsheets/S/values/One!A1:B1", None, 200, VALUES),
    )["S"].facts
    assert [read["range"] for read in facts["values"]] == ["Two!A1"]
