"""What the two targets tell the engine of Slack, and what their contract declares."""

import json
import os
import subprocess
import sys

import pytest

from conformance.programs.model import Call, Exchange, Observation
from conformance.recordings.model import Request, Response
from targets.slack import ASYNC, SYNC
from targets.slack.contract import contract
from targets.slack.surface import ANY, UPLOAD_OPERATION


def seen(body, status=200):
    answer = Response(status, "", {}, json.dumps(body).encode())
    return Observation(exchanges=(Exchange(Request("POST", "http://x"), answer),))


def test_one_description_serves_both_clients():
    sync, other = SYNC.surface(), ASYNC.surface()
    assert {o.sdk_call for o in sync.values()} == {o.sdk_call for o in other.values()}
    assert sum(name.startswith("GET ") for name in sync) == 0 < sum(name.startswith("GET ") for name in other)
    assert UPLOAD_OPERATION in sync and len(sync) > 250


@pytest.mark.parametrize("target", [SYNC, ASYNC], ids=["sync", "async"])
def test_reading_is_told_by_what_a_method_does_not_by_its_verb(target):
    by_call = {operation.sdk_call: name for name, operation in target.surface().items()}
    for read in ("users_list", "bookmarks_list", "conversations_history", "auth_test", "search_all"):
        assert target.reads(by_call[read]), read
    for write in ("chat_postMessage", "dnd_setSnooze", "conversations_open", "files_getUploadURLExternal"):
        assert not target.reads(by_call[write]), write
    assert not target.reads(ANY) and not target.reads(UPLOAD_OPERATION)


def test_errors_in_a_200_have_a_code_and_successes_have_none():
    assert SYNC.error_code(200, {"ok": False, "error": "no_text"}) == "no_text"
    assert SYNC.error_code(200, {"ok": True, "error": "x"}) == "" == SYNC.error_code(404, None)


@pytest.mark.parametrize(
    ("error", "name", "credentials"),
    [
        ("ratelimited", "rate_limit", None),
        ("not_authed", "not_authed", ""),
        ("token_revoked", "token_revoked", "xoxb-revoked"),
    ],
)
def test_conditions_are_the_tokens_and_the_quotas(error, name, credentials):
    condition = SYNC.condition(seen({"ok": False, "error": error}))
    assert (condition.name, condition.credentials) == (name, credentials)
    assert SYNC.condition(seen({"ok": False, "error": "channel_not_found"})) is None
    assert SYNC.condition(seen({"ok": True})) is None


@pytest.mark.parametrize(
    ("arguments", "variant"),
    [
        ({}, ""),
        ({"types": ["mpim", "im"]}, "im+mpim"),
        ({"is_private": False, "name": "x"}, "not is_private"),
        ({"thread_ts": "1.2", "blocks": [{}], "cursor": ""}, "+thread_ts,+blocks"),
        ({"view": {"type": "modal"}}, "modal"),
    ],
)
def test_variants(arguments, variant):
    assert SYNC.variant(Call("slack", "POST /api/x", "x", arguments)) == variant


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        (("channels", 0, "topic", "value"), "topic.value"),
        (("user", "profile", "email"), "profile.email"),
        (("messages", 3, "text"), "message.text"),
        (("messages", 3, "edits"), "message.edits"),
        (("messages", 3, "edits", 0), "message.edits[]"),
        (("members", 0), ""),
        (("ok",), ""),
    ],
)
def test_leaves_have_owners(path, owner):
    assert SYNC.leaf_type("POST /api/x", path) == owner


def test_the_contract_is_whole():
    known = contract()
    post = known.methods["chat.postMessage"]
    assert (
        post.arguments["channel"].required and "channel_not_found" in post.errors and "chat:write" in post.scopes["bot"]
    )
    assert all(error and "." in api for api, error in known.asserted) and len(known.asserted) > 60


def test_asserted_pairs_are_programs_where_the_contract_tells_the_arguments():
    told = SYNC.declared_programs()
    assert len(told) == len(contract().asserted)
    for one in told:
        assert bool(one.program) != bool(one.reason)
    by_pair = {(one.api, one.error): one for one in told}
    (bare,) = by_pair["views.open", "invalid_arguments"].program.steps
    assert bare.call.arguments == {} and bare.call.sdk_call == "api_call"
    (stranger,) = by_pair["auth.revoke", "invalid_auth"].program.steps
    assert stranger.call.arguments["token"]
    assert by_pair["users.identity", "missing_scope"].program.givens
    assert by_pair["oauth.token", "unknown_method"].program.steps[0].call.operation == ANY
    assert by_pair["conversations.create", "invalid_name_maxlength"].program is None


def test_the_sdk_is_imported_late():
    late = "not {'slack_sdk', 'aiohttp'}.isdisjoint(sys.modules)"
    check = f"import sys, targets.slack as s; s.SYNC.surface(); sys.exit({late})"
    assert subprocess.run([sys.executable, "-c", check], env={**os.environ}, check=False).returncode == 0
