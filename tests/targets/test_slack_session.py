"""What a caller of either client sees, whatever the server does."""

import os
import time

import pytest

from conformance.programs.model import Call
from slack_server import serving
from targets.slack import ASYNC, SYNC
from targets.slack.session import ALL_PAGES, RETRIES
from targets.slack.surface import API_CALL, UPLOAD, UPLOAD_OPERATION

BOTH = pytest.mark.parametrize("target", [SYNC, ASYNC], ids=["sync", "async"])


@pytest.fixture
def server():
    with serving() as running:
        yield running


@pytest.fixture
def caller(server):
    """A function that makes a call with a target's session."""
    sessions = []

    def call(target, api, timeout=5.0, credentials="xoxb-1", sdk_call="", **arguments):
        session = target.session(server.url, credentials, timeout)
        sessions.append(session)
        return session.call(Call(target.name, f"POST /api/{api}", sdk_call or api.replace(".", "_"), arguments))

    yield call
    for session in sessions:
        session.close()


@BOTH
def test_a_success_is_the_answers_data(target, caller, server):
    seen = caller(target, "conversations.create", name="plans")
    assert seen.value == {"ok": True, "arguments": {}} and seen.error is None
    assert len(seen.exchanges) == 1 and seen.status == 200
    assert server.seen[0].header("authorization") == "Bearer xoxb-1"


def test_the_clients_put_different_requests_on_the_wire_for_one_call(caller, server):
    for target in (SYNC, ASYNC):
        caller(target, "conversations.info", channel="C1")
        caller(target, "chat.postMessage", channel="C1", text="hello")
    assert [request.method for request in server.seen] == ["POST", "POST", "GET", "POST"]
    assert server.seen[2].query == (("channel", "C1"),)
    keys = [target.canonical_request(request) for target, request in zip((SYNC, ASYNC), server.seen[::2], strict=True)]
    assert keys[0].body == keys[1].body


@BOTH
def test_an_error_in_a_200_has_the_services_code(target, caller):
    error = caller(target, "auth.test").error
    assert (error.type, error.status, error.code) == ("SlackApiError", 200, "invalid_auth")


@BOTH
@pytest.mark.parametrize("api", ["emoji.list", "bots.info"])
def test_answers_that_are_no_json_are_errors_without_a_code(target, api, caller):
    seen = caller(target, api)
    assert seen.error.type == "SlackApiError" and seen.error.code == "" and len(seen.exchanges) == 1


@BOTH
def test_pages_are_followed_to_the_end(target, caller):
    seen = caller(target, "users.list", limit=1, **{ALL_PAGES: True})
    assert [page["members"][0]["id"] for page in seen.value] == ["U0", "U1", "U2"] and len(seen.exchanges) == 3


@BOTH
def test_a_server_that_ignores_cursors_is_found_out(target, caller):
    seen = caller(target, "conversations.list", **{ALL_PAGES: True})
    assert seen.error.type == "PagingLoop" and "again" in seen.error.text and len(seen.exchanges) == 2


@BOTH
def test_rate_limits_are_retried_without_waiting(target, caller):
    start = time.monotonic()
    seen = caller(target, "team.info", **{RETRIES: 1})
    assert seen.value["team"] == {"id": "T1"} and [e.response.status for e in seen.exchanges] == [429, 200]
    assert seen.warnings == ("would have waited 30 s for the rate limit",) and time.monotonic() - start < 5


@BOTH
def test_without_a_handler_a_rate_limit_is_an_error(target, caller):
    seen = caller(target, "team.info")
    assert (seen.error.status, seen.error.code) == (429, "ratelimited") and target.condition(seen).name == "rate_limit"


@BOTH
def test_warnings_are_observed_whatever_the_environment_says(target, caller, monkeypatch):
    monkeypatch.setenv("SKIP_SLACK_SDK_WARNING", "1")
    seen = caller(target, "chat.postMessage", channel="C1", blocks=[])
    assert any("`text` argument is missing" in text for text in seen.warnings)
    assert os.environ["SKIP_SLACK_SDK_WARNING"] == "1"


@BOTH
def test_an_upload_is_three_requests(target, caller, server):
    call = {"filename": "a.txt", "content": "hello", "title": "A", "channel": "C1"}
    session = target.session(server.url, None)
    seen = session.call(Call(target.name, UPLOAD_OPERATION, UPLOAD, call))
    session.close()
    assert [request.path.rpartition("/")[2] for request in server.seen] == [
        "files.getUploadURLExternal",
        "UP1",
        "files.completeUploadExternal",
    ]
    assert server.seen[1].body == b"hello" and seen.value["file"] == {"id": "F1", "title": "A"}


@BOTH
def test_several_files_are_one_upload(target, caller, server):
    files = [{"filename": f"{n}.bin", "content": {"base64": "/wA="}, "title": str(n)} for n in (1, 2)]
    session = target.session(server.url, None)
    seen = session.call(Call(target.name, UPLOAD_OPERATION, UPLOAD, {"file_uploads": files, "channel": "C1"}))
    session.close()
    assert len(seen.exchanges) == 5 and [r.body for r in server.seen if "/upload/" in r.path] == [b"\xff\x00"] * 2


@BOTH
def test_an_upload_to_another_host_is_refused(target, caller, server):
    server.upload_host = "https://files.slack.com"
    session = target.session(server.url, "xoxb-1")
    seen = session.call(Call(target.name, UPLOAD_OPERATION, UPLOAD, {"filename": "a", "content": "b"}))
    session.close()
    assert seen.error.type == "ForeignHost" and len(server.seen) == 1


@BOTH
def test_in_the_recorded_world_the_vendors_host_stands_for_the_player(target, server):
    server.upload_host = "https://files.slack.com"
    session = target.session(server.url, "recorded")
    seen = session.call(Call(target.name, UPLOAD_OPERATION, UPLOAD, {"filename": "a", "content": "b"}))
    session.close()
    assert seen.error is None and len(seen.exchanges) == 3


@BOTH
def test_redirects_to_another_host_are_refused(target, caller):
    assert caller(target, "usergroups.list").error.type == "ForeignHost"


@BOTH
def test_no_call_outlasts_its_time(target, caller):
    start = time.monotonic()
    seen = caller(target, "reminders.list", timeout=0.3)
    assert seen.error is not None and "Timeout" in seen.error.type and time.monotonic() - start < 3


@BOTH
def test_a_dead_port_is_an_error_without_a_status(target):
    session = target.session("http://127.0.0.1:9", "xoxb-1", 2.0)
    error = session.call(Call(target.name, "POST /api/auth.test", "auth_test", {})).error
    session.close()
    assert error.status is None and error.text


@BOTH
def test_proxies_of_the_environment_are_not_used(target, caller, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert caller(target, "conversations.create", name="plans").error is None


@BOTH
def test_empty_credentials_send_no_token(target, caller, server):
    caller(target, "conversations.create", name="plans", credentials="")
    assert server.seen[0].header("authorization") is None


@BOTH
def test_a_call_that_the_sdk_refuses_is_made_all_the_same(target, caller, server):
    seen = caller(target, "conversations.open")
    assert seen.error is None and "refuses the call" in seen.sdk_defect and len(server.seen) == 1


@BOTH
def test_json_without_a_charset_goes_out_as_recorded(target, caller, server):
    spelled = {"headers": {"Content-Type": "application/json"}}
    caller(target, "conversations.archive", sdk_call=API_CALL, channel="C1", **spelled)
    assert server.seen[0].header("content-type") == "application/json" and server.seen[0].json == {"channel": "C1"}


@BOTH
def test_a_get_with_a_body_goes_out_as_recorded(target, caller, server):
    caller(target, "users.list", sdk_call=API_CALL, http_verb="GET", limit="1")
    assert server.seen[0].method == "GET" and server.seen[0].body == b"limit=1"


@BOTH
def test_names_that_come_twice_and_odd_paths_go_out_as_recorded(target, server):
    session = target.session(server.url, "xoxb-1")
    call = Call(target.name, "POST /api/{method}", API_CALL, {"api_method": "a/b", "x": "1"}, (("x", "2"),), "/api/a/b")
    session.call(call)
    session.close()
    request = server.seen[0]
    assert request.path == "/api/a/b" and ("x", "2") in request.query
