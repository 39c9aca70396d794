"""Programs written out for the SDK do what the kit did."""

import pytest

from conformance.programs.model import Call
from conformance.programs.writing import call_text
from slack_server import serving
from targets.slack import ASYNC, SYNC
from targets.slack.surface import ANY, API_CALL, UPLOAD, UPLOAD_OPERATION

CALLS = [
    (Call("slack", "POST /api/users.list", "users_list", {"limit": 1}), "slack.users_list(limit=1).data"),
    (
        Call("slack", "POST /api/users.info", API_CALL, {"query[a]": "b"}),
        'slack.api_call(api_method="users.info", params={"query[a]": "b"}).data',
    ),
    (
        Call("slack", ANY, API_CALL, {"api_method": "nobody.knows", "a": "1"}),
        'slack.api_call(api_method="nobody.knows", params={"a": "1"}).data',
    ),
    (
        Call("slack", UPLOAD_OPERATION, UPLOAD, {"filename": "a", "content": {"base64": "/wA="}}),
        "slack.files_upload_v2(filename=\"a\", content=b'\\xff\\x00').data",
    ),
]


@pytest.mark.parametrize("target", [SYNC, ASYNC], ids=lambda target: target.name)
@pytest.mark.parametrize(("call", "expected"), CALLS)
def test_calls_are_written_as_a_person_would_write_them_and_run(target, call, expected):
    text = target.repro(call)
    assert call_text(text, 0, 0) == expected
    with serving() as server:
        imports, fixture = target.repro_preamble()
        names = {"os": __import__("os"), "pytest": pytest, "TWIN": server.url}
        exec(imports + fixture.replace("@pytest.fixture\n", ""), names)  # as it stands in the file
        assert eval(expected, {"slack": names["slack"]()})["ok"] is True  # likewise
        assert server.seen[0].header("authorization")


def test_what_the_sdk_does_not_send_by_itself_is_not_written():
    spelled = {"channel": "C1", "headers": {"Content-Type": "application/json"}}
    assert SYNC.repro(Call("slack", "POST /api/pins.add", API_CALL, spelled)) is None
    assert SYNC.repro(Call("slack", ANY, API_CALL, {"api_method": "a/b"}, sent_path="/api/a/b")) is None
