"""What recorded programs tell of the workspace before them."""

import json

import pytest

from conformance.programs.model import Call, Exchange, Observation, SdkError, Step
from conformance.recordings.model import Request, Response
from conformance.target import reads
from conformance.worlds.live import DEFAULT_CREDENTIALS
from targets.slack import SYNC

CHANNEL, USER, BOT = "C0CHANNEL1", "U0USER0001", "B0BOT00001"
TS, REPLY = "1700000000.000100", "1700000001.000200"


def step(api, body, headers=None, **arguments):
    """A call and its answer."""
    call = Call("slack", f"POST /api/{api}", api.replace(".", "_"), arguments)
    call = Call(call.target, call.operation, call.sdk_call, arguments, harmless=reads(SYNC, call.operation))
    lines = {name: (text,) for name, text in (headers or {}).items()}
    answer = Response(200, "OK", lines, json.dumps(body).encode())
    error = None if body.get("ok") else SdkError("SlackApiError", 200, body.get("error", ""), "")
    return Step(call, 0), Observation(body, error, (Exchange(Request("POST", "http://x/api"), answer),))


def facts(*made):
    """All facts by kind, as the twin's seed takes them."""
    found = {}
    for given in SYNC.givens([one for one, _ in made], [seen for _, seen in made]):
        for kind, value in given.facts.items():
            found.setdefault(kind, []).append(value)
    return found


def things(found, kind):
    """Things of a kind by their ids."""
    return {thing["id"]: thing for told in found.get(kind, []) for thing in told}


def ok(**body):
    return {"ok": True, **body}


def test_who_calls_comes_first_with_the_kits_token_and_the_scopes_shown():
    seen = facts(step("auth.test", ok(user_id=USER, bot_id=BOT, team_id="T1", team="x"), {"x-oauth-scopes": "a,b"}))
    token = {"token": DEFAULT_CREDENTIALS, "user_id": USER, "bot_id": BOT, "scopes": "a,b"}
    assert seen["tokens"] == [[token]] and next(iter(seen)) == "tokens"
    assert seen["team"] == [{"id": "T1", "name": "x"}]


def test_what_answers_show_was_there_and_what_the_program_made_was_not():
    seen = facts(
        step("conversations.create", ok(channel={"id": "C0NEWONE11", "creator": USER}), name="new"),
        step(
            "chat.postMessage", ok(channel="C0NEWONE11", ts=TS, message={"user": USER, "ts": TS}), channel="C0NEWONE11"
        ),
        step("conversations.list", ok(channels=[{"id": CHANNEL, "name": "old"}, {"id": "C0NEWONE11"}])),
    )
    assert list(things(seen, "channels")) == [CHANNEL] and "messages" not in seen


def test_the_first_state_is_told_without_what_the_program_changed():
    shown = {"id": CHANNEL, "name": "new", "topic": {"value": "t", "creator": USER}, "purpose": {"value": "p"}}
    seen = facts(
        step("conversations.setTopic", ok(channel=shown), channel=CHANNEL, topic="t"),
        step("conversations.rename", ok(channel={**shown, "previous_names": ["old"]}), channel=CHANNEL, name="new"),
    )
    told = things(seen, "channels")[CHANNEL]
    assert "topic" not in told and told["purpose"] == {"value": "p"} and told["is_member"] is True
    assert seen["tokens"][0][0]["user_id"] == USER  # who sets a topic is who calls


@pytest.mark.parametrize(
    ("error", "arguments", "expected"),
    [
        ("channel_not_found", {"channel": CHANNEL}, {}),
        ("not_in_channel", {"channel": CHANNEL}, {CHANNEL: {"id": CHANNEL, "is_member": False}}),
        ("is_archived", {"channel": CHANNEL}, {CHANNEL: {"id": CHANNEL, "is_archived": True}}),
        ("message_not_found", {"channel": CHANNEL, "ts": TS}, {CHANNEL: {"id": CHANNEL}}),
    ],
)
def test_errors_tell_what_was_there_too(error, arguments, expected):
    seen = facts(step("chat.update", {"ok": False, "error": error}, **arguments))
    assert things(seen, "channels") == expected and "messages" not in seen


def test_a_taken_name_was_somebodys():
    seen = facts(step("conversations.create", {"ok": False, "error": "name_taken"}, name="plans"))
    assert [thing["name"] for thing in things(seen, "channels").values()] == ["plans"]


def test_members_messages_and_pictures():
    picture = {"type": "image", "image_url": "https://x.test/a.png", "image_width": 4, "alt_text": "a"}
    message = {"user": USER, "bot_id": BOT, "thread_ts": TS, "parent_user_id": "U0USER0002", "blocks": [picture]}
    seen = facts(
        step("conversations.members", ok(members=[USER, "U0USER0002"]), channel=CHANNEL),
        step(
            "chat.postMessage",
            ok(channel=CHANNEL, ts="1700000009.0001", message=message),
            channel=CHANNEL,
            thread_ts=REPLY,
        ),
    )
    assert things(seen, "channels")[CHANNEL]["members"] == [USER, "U0USER0002"]
    told = {one["ts"]: one for listed in seen["messages"] for one in listed[CHANNEL]}
    assert told[TS]["user"] == "U0USER0002" and told[REPLY]["thread_ts"] == TS
    assert seen["images"] == [{"https://x.test/a.png": {"image_width": 4}}]


def test_a_list_that_went_on_has_one_more():
    page = ok(members=[{"id": USER, "name": "a"}], response_metadata={"next_cursor": "abc"})
    assert list(things(facts(step("users.list", page, limit=1)), "users")) == [USER, "U0USER0002"]
    whole = ok(members=[{"id": "U0USER0002"}], response_metadata={"next_cursor": ""})
    both = facts(step("users.list", page, limit=1), step("users.list", whole, limit=1, cursor="abc"))
    assert list(things(both, "users")) == [USER, "U0USER0002"]


def test_what_comes_next_is_told_by_the_offset():
    page = ok(members=[{"id": USER}], offset="U0USER0009", response_metadata={"next_cursor": "abc"})
    assert list(things(facts(step("users.list", page, limit=1)), "users")) == [USER, "U0USER0009"]


@pytest.mark.parametrize(
    ("api", "answer", "first"),
    [
        ("users.list", {"members": [{"id": USER}]}, USER),
        ("conversations.members", {"members": [USER]}, USER),
        ("conversations.history", {"messages": [{"ts": TS}]}, TS.replace(".", "")),
        ("conversations.list", {"channels": []}, ""),
    ],
)
def test_cursors_of_before_lead_to_their_pages(api, answer, first):
    seen = facts(step(api, ok(**answer), channel=CHANNEL, cursor="abc"))
    assert seen["cursors"] == [{"abc": first}]


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("wss://a.example/websocket/0123456789abcdef0123", "wss://a.example/websocket/{secret}"),
        ("ws://localhost:5/ws", "ws://localhost:5/ws"),
    ],
)
def test_where_clients_listen_is_told_without_the_secret(url, told):
    assert facts(step("rtm.connect", ok(url=url)))["sockets"] == [told]


def test_files_that_are_completed_had_been_begun():
    file = {"id": "F0FILE00001", "name": "a.txt", "size": 3}
    completed = step("files.completeUploadExternal", ok(files=[file]), files=[{"id": file["id"]}])
    assert facts(completed)["uploads"] == [[file]]
    begun = step("files.getUploadURLExternal", ok(file_id=file["id"], upload_url="https://x.test/u"), filename="a.txt")
    assert "uploads" not in facts(begun, completed)


def test_presence_of_lists_is_a_member_of_the_user():
    listed = step("users.list", ok(members=[{"id": USER, "presence": "away"}]), presence=True)
    asked = step("users.getPresence", ok(presence="active", online=True), user=USER)
    seen = facts(listed, asked)
    assert things(seen, "users")[USER]["presence"] == "away"
    assert seen["presence"] == [{USER: {"presence": "active", "online": True}}]


def test_files_that_a_search_has_found_are_files():
    page = {"total": 1, "matches": [{"id": "F0FILE00001", "user": USER, "name": "a.txt"}]}
    seen = facts(step("search.all", ok(query="a", messages={"total": 0, "matches": []}, files=page), query="a"))
    assert things(seen, "files")["F0FILE00001"]["name"] == "a.txt"


def test_blocks_that_an_update_did_not_send_were_there_before():
    picture = {"type": "image", "image_url": "https://x.test/a.png", "alt_text": "a"}
    of_text = {"type": "rich_text", "elements": []}
    for blocks, before in (([picture], [picture]), ([of_text], None)):
        answer = ok(channel=CHANNEL, ts=TS, text="new", message={"user": USER, "text": "new", "blocks": blocks})
        seen = facts(step("chat.update", answer, channel=CHANNEL, ts=TS, text="new"))
        (told,) = (one for listed in seen["messages"] for one in listed[CHANNEL])
        assert told.get("blocks") == before and "text" not in told


def test_calls_of_the_other_client_are_not_looked_at():
    (one, seen) = step("auth.test", ok(user_id=USER))
    other = Step(Call("slack-async", one.call.operation, one.call.sdk_call, {}), 0)
    assert SYNC.givens([other], [seen]) == ()


def test_a_search_that_counted_more_than_it_showed_has_as_many_more():
    match = {"ts": TS, "user": USER, "username": "ann", "text": "x", "channel": {"id": CHANNEL, "name": "plans"}}
    seen = facts(step("search.all", ok(query="x", messages={"total": 3, "matches": [match]}), query="x"))
    told = [one["ts"] for listed in seen["messages"] for one in listed[CHANNEL]]
    assert told == [TS, "1699999999.000100", "1699999998.000100"]
    assert things(seen, "users")[USER]["name"] == "ann" and things(seen, "channels")[CHANNEL]["name"] == "plans"
