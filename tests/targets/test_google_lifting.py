"""From requests to SDK calls, and back again through the SDK."""

import json
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.programs.model import Call
from conformance.recordings.model import Request
from conformance.worlds.canonical import request_key
from targets.google.drive import TARGET as DRIVE
from targets.google.lifting import canonical_body, logical
from targets.google.media import media_argument
from targets.google.session import GoogleSession
from targets.google.sheets import TARGET as SHEETS
from targets.google.transport import Transport

DRIVE_URL = "https://www.googleapis.com"
SHEETS_URL = "https://sheets.googleapis.com"
BASE = "http://127.0.0.1:1"


class Sent(Exception):
    """Stands for the network: it ends every call."""


@pytest.fixture
def send(monkeypatch):
    """Makes a call and gives the request that the SDK wanted to send."""
    requests = []

    def keep(self, conn, request_uri, method, body, headers):
        requests.append(self._sent(request_uri, method, body, headers))
        raise Sent

    monkeypatch.setattr(Transport, "_conn_request", keep)
    sessions = {target.name: target.session(BASE, "token") for target in (DRIVE, SHEETS)}

    def make(call: Call) -> Request:
        requests.clear()
        observation = sessions[call.target].call(call)
        assert requests, observation
        return requests[0]

    yield make
    for session in sessions.values():
        session.close()


def key(target, call: Call, request: Request):
    return request_key(target.canonical_request(request), target.always_added)


def get(url: str, **query: str) -> Request:
    return Request("GET", f"{url}?{urlencode(query)}" if query else url)


@pytest.mark.parametrize(
    ("target", "request_", "expected"),
    [
        (
            DRIVE,
            get(f"{DRIVE_URL}/drive/v3/files", q="name = 'a'", pageSize="10", supportsAllDrives="True", alt="json"),
            Call(
                "drive",
                "GET /drive/v3/files",
                "files.list",
                {"q": "name = 'a'", "pageSize": 10, "supportsAllDrives": True},
            ),
        ),
        (
            DRIVE,
            get(f"{DRIVE_URL}/drive/v3/files/generateIds", count="3"),
            Call("drive", "GET /drive/v3/files/generateIds", "files.generateIds", {"count": 3}),
        ),
        (
            DRIVE,
            get(f"{DRIVE_URL}/drive/v3/files/F", alt="media"),
            Call("drive", "GET /drive/v3/files/{fileId}", "files.get_media", {"fileId": "F"}),
        ),
        (
            DRIVE,
            get(f"{DRIVE_URL}/drive/v3/files/F/export", mimeType="text/csv"),
            Call(
                "drive", "GET /drive/v3/files/{fileId}/export", "files.export", {"fileId": "F", "mimeType": "text/csv"}
            ),
        ),
        (
            SHEETS,
            Request("POST", f"{SHEETS_URL}/v4/spreadsheets/S/values/%27A%2FB%27!A1:D:append", {}, b'{"values": [[1]]}'),
            Call(
                "sheets",
                "POST /v4/spreadsheets/{spreadsheetId}/values/{range}:append",
                "spreadsheets.values.append",
                {"spreadsheetId": "S", "range": "'A/B'!A1:D", "body": {"values": [[1]]}},
            ),
        ),
        (
            SHEETS,
            Request(
                "POST", f"{SHEETS_URL}/v4/spreadsheets/S/sheets/7:copyTo", {}, b'{"destinationSpreadsheetId": "T"}'
            ),
            Call(
                "sheets",
                "POST /v4/spreadsheets/{spreadsheetId}/sheets/{sheetId}:copyTo",
                "spreadsheets.sheets.copyTo",
                {"spreadsheetId": "S", "sheetId": 7, "body": {"destinationSpreadsheetId": "T"}},
            ),
        ),
        (
            SHEETS,
            get(f"{SHEETS_URL}/v4/spreadsheets/S/values:batchGet?ranges=A1&ranges=B2"),
            Call(
                "sheets",
                "GET /v4/spreadsheets/{spreadsheetId}/values:batchGet",
                "spreadsheets.values.batchGet",
                {"spreadsheetId": "S", "ranges": ["A1", "B2"]},
            ),
        ),
    ],
)
def test_a_request_becomes_the_call_that_causes_it(send, target, request_, expected):
    call = target.lift(request_)
    assert call == expected
    assert not call.amended
    assert key(target, call, send(call)) == key(target, call, request_)


@pytest.mark.parametrize(
    ("target", "request_", "extra", "sent_path"),
    [
        (DRIVE, get(f"{DRIVE_URL}/drive/v3/files/F", maxSize="5"), (("maxSize", "5"),), None),
        (DRIVE, get(f"{DRIVE_URL}/drive/v3/files", pageSize="lots"), (("pageSize", "lots"),), None),
        (DRIVE, get(f"{DRIVE_URL}/drive/v3/files?q=a&q=b"), (("q", "b"),), None),
        (DRIVE, get(f"{DRIVE_URL}/drive/v3/files/F/export"), (), "/drive/v3/files/{fileId}/export"),
        (
            SHEETS,
            get(f"{SHEETS_URL}/v4/spreadsheets/S/values/A1", valueRenderOption="PRETTY"),
            (("valueRenderOption", "PRETTY"),),
            None,
        ),
        (SHEETS, get(f"{SHEETS_URL}/v4/spreadsheets/S/"), (), "/v4/spreadsheets/{spreadsheetId}/"),
        (
            SHEETS,
            Request("POST", f"{SHEETS_URL}/v4/spreadsheets/S/:batchUpdate", {}, b'{"requests": []}'),
            (),
            "/v4/spreadsheets/{spreadsheetId}/:batchUpdate",
        ),
        (
            SHEETS,
            Request("POST", f"{SHEETS_URL}/v4/spreadsheets/S/sheets/first:copyTo"),
            (),
            "/v4/spreadsheets/{spreadsheetId}/sheets/first:copyTo",
        ),
    ],
)
def test_what_the_sdk_cannot_say_is_marked_and_sent_all_the_same(send, target, request_, extra, sent_path):
    call = target.lift(request_)
    assert (call.extra_query, call.sent_path) == (extra, sent_path)
    assert call.amended
    assert key(target, call, send(call)) == key(target, call, request_)


@pytest.mark.parametrize(
    "request_",
    [
        get("https://docs.googleapis.com/v1/documents/D"),
        get(f"{DRIVE_URL}/oauth2/v3/userinfo"),
        get("https://example.com/drive/v3/files"),
        get(f"{SHEETS_URL}/v4/spreadsheets/S"),
    ],
)
def test_requests_of_others_are_left_to_others(request_):
    assert DRIVE.lift(request_) is None


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (get(f"{DRIVE_URL}/drive/v2/files"), "another version"),
        (Request("POST", f"{DRIVE_URL}/batch/drive/v3"), "batch"),
        (get(f"{DRIVE_URL}/drive/v3/nothing"), "no operation"),
        (Request("PUT", f"{DRIVE_URL}/drive/v3/files"), "no operation"),
        (get(f"{DRIVE_URL}/drive/v3/files", alt="proto"), "data format"),
        (Request("POST", f"{DRIVE_URL}/drive/v3/files", {}, b"name=a"), "not JSON"),
        (Request("DELETE", f"{DRIVE_URL}/drive/v3/files/F", {}, b"{}"), "a body"),
        (Request("POST", f"{DRIVE_URL}/upload/drive/v3/files?uploadType=multipart"), "not recorded"),
        (Request("POST", f"{DRIVE_URL}/upload/drive/v3/files?uploadType=resumable", {}, b"{}"), "resumable"),
    ],
)
def test_what_cannot_be_lifted_has_a_reason(request_, reason):
    assert reason in DRIVE.lift(request_)


def test_a_long_uri_is_lifted_as_the_request_it_stands_for(send):
    call = Call("drive", "GET /drive/v3/files", "files.list", {"q": "x" * 3000})
    sent = send(call)
    assert sent.method == "GET"
    assert dict(sent.query)["q"] == "x" * 3000
    form = {"x-http-method-override": ("GET",), "content-type": ("application/x-www-form-urlencoded",)}
    travelled = Request("POST", f"{DRIVE_URL}/drive/v3/files", form, urlencode(call.arguments).encode())
    assert logical(travelled).query == (("q", "x" * 3000),)
    assert DRIVE.lift(travelled) == call


CONTENT = st.binary(min_size=1, max_size=60) | st.lists(
    st.sampled_from([b"\r", b"\n", b"\r\n", b"a", b"--", b"\xff"]), min_size=1
).map(b"".join)


@settings(max_examples=60, deadline=None)
@given(content=CONTENT, metadata=st.none() | st.dictionaries(st.sampled_from(["name", "description"]), st.text()))
def test_uploads_survive_the_way_through_the_sdk_and_back(content, metadata):
    arguments = {"media_body": media_argument("text/plain", content)}
    if metadata is not None:
        arguments["body"] = metadata
    call = Call("drive", "POST /drive/v3/files", "files.create", arguments)
    with pytest.MonkeyPatch.context() as patch:
        requests = []

        def keep(self, conn, request_uri, method, body, headers):
            requests.append(self._sent(request_uri, method, body, headers))
            raise Sent

        patch.setattr(Transport, "_conn_request", keep)
        session = DRIVE.session(BASE, None)
        session.call(call)
    sent = requests[0]
    assert DRIVE.lift(Request("POST", sent.uri.replace(BASE, DRIVE_URL), sent.headers, sent.body)) == call


RANGES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20)


@settings(max_examples=60, deadline=None)
@given(range_=RANGES.filter(lambda text: text not in (".", "..")), value=st.text(max_size=10))
def test_any_path_and_value_survives_the_way_there_and_back(range_, value):
    url = f"{SHEETS_URL}/v4/spreadsheets/S/values/{quote(range_, safe='')}?{urlencode({'fields': value})}"
    call = SHEETS.lift(get(url))
    assert call.arguments == {"spreadsheetId": "S", "range": range_, "fields": value}


def test_the_client_takes_a_path_prefix_of_the_twin():
    session = GoogleSession(DRIVE._api, f"{BASE}/prefix/", None, DRIVE.error_code)
    request = session._request(Call("drive", "GET /drive/v3/files/{fileId}", "files.get", {"fileId": "F"}))
    assert request.uri.startswith(f"{BASE}/prefix/drive/v3/files/F")
    session.close()


def test_body_is_json_up_to_order():
    one = Request("POST", f"{DRIVE_URL}/drive/v3/files", {}, json.dumps({"a": 1, "b": 2}).encode())
    other = Request("POST", f"{DRIVE_URL}/drive/v3/files", {}, json.dumps({"b": 2, "a": 1}).encode())
    assert canonical_body(one) == canonical_body(other)
