"""The way of a call through Slack's twin: shapes, tokens, scopes, and how answers are wrapped."""

import pytest
from slack_calls import FORM, Client

from targets.slack.twin.tokens import INACTIVE_TOKEN, REVOKED_TOKEN

ACCEPTED, GIVEN = "X-Accepted-OAuth-Scopes", "X-OAuth-Scopes"


@pytest.fixture
def slack():
    return Client()


def scopes(reply):
    return GIVEN in reply.headers, ACCEPTED in reply.headers


def test_an_unknown_method_is_no_404(slack):
    reply = slack.reply("nothing.here")
    assert (reply.status, reply.body) == (200, {"ok": False, "error": "unknown_method", "req_method": "nothing.here"})


@pytest.mark.parametrize("path", ["/api/no_such_thing", "/api/bad-users.list", "/api/chat.postMessage/x", "/other"])
def test_a_path_that_is_no_name_is_a_page(slack, path):
    reply = slack.raw("GET", path, kind="")
    assert reply.status == 404
    assert reply.headers["Content-Type"].startswith("text/html")


def test_a_get_with_a_body_does_not_get_through(slack):
    reply = slack.raw("GET", "/api/users.list", b"limit=1")
    assert reply.status == 403
    assert reply.headers["Content-Type"] == "text/html"


@pytest.mark.parametrize(
    ("body", "kind", "error"),
    [
        (b"text[]=a", FORM, "invalid_array_arg"),
        (b"a[b]=c", FORM, "invalid_array_arg"),
        (b"%2Ftoken=x", FORM, "invalid_arg_name"),
        (b"token", FORM, "invalid_form_data"),
        (b"text=a", "Application/Json", "invalid_post_type"),
        (b"{", "application/json", "invalid_json"),
        (b"[1]", "application/json", "json_not_object"),
    ],
)
def test_a_bad_shape_is_refused_before_the_token(body, kind, error):
    reply = Client(token="").raw("POST", "/api/chat.postMessage", body, kind)
    assert reply.body["error"] == error
    assert scopes(reply) == (False, False)


@pytest.mark.parametrize(
    ("token", "error", "shown"),
    [
        ("", "not_authed", (False, True)),
        ("xoxb-unknown", "invalid_auth", (False, False)),
        (REVOKED_TOKEN, "token_revoked", (False, False)),
        (INACTIVE_TOKEN, "account_inactive", (False, False)),
    ],
)
def test_a_bad_token_is_refused_before_the_arguments(token, error, shown):
    reply = Client(token).reply("conversations.info")
    assert reply.body == {"ok": False, "error": error}
    assert scopes(reply) == shown


def test_conditions_answer_like_bad_tokens(slack):
    for code, shown in (("invalid_auth", (False, False)), ("not_authed", (False, True))):
        slack.twin.faults.add({"kind": code, "service": "slack"})
        reply = slack.reply("users.list")
        assert (reply.body, scopes(reply)) == ({"ok": False, "error": code}, shown)
    assert slack.ok("users.list")


def test_too_many_calls(slack):
    slack.twin.faults.add({"kind": "ratelimited", "service": "slack", "operation": "POST /api/users.list"})
    assert slack.ok("auth.test")
    reply = slack.reply("users.list")
    assert (reply.status, reply.body) == (429, {"ok": False, "error": "ratelimited"})
    assert int(reply.headers["Retry-After"]) > 0


def test_a_missing_scope_is_named(slack):
    slack.seed(
        tokens=[{"token": slack.token, "user_id": "U0AAA111111", "bot_id": "B0AAA111111", "scopes": "chat:write"}]
    )
    reply = slack.reply("users.list")
    assert reply.body == {"ok": False, "error": "missing_scope", "needed": "users:read", "provided": "chat:write"}
    assert scopes(reply) == (True, True)


def test_scopes_of_classic_apps_reach_further(slack):
    slack.seed(tokens=[{"token": slack.token, "scopes": "identify,read,post,client"}])
    assert slack.ok("conversations.list")
    assert slack.reply("users.list").headers[ACCEPTED] == "users:read,read"
    slack.seed(tokens=[{"token": "xoxb-classic", "bot_id": "B0AAA222222", "scopes": "identify,bot:basic"}])
    assert Client("xoxb-classic", slack.twin).ok("users.list")


def test_methods_for_people_are_not_for_bots(slack):
    assert slack.error("search.all", query="x") == "not_allowed_token_type"
    assert slack.person().ok("search.all", query="x")


def test_what_is_left_out_is_said(slack):
    answer = slack.call("conversations.info")
    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"] == {"messages": ["[ERROR] missing required field: channel"]}
    assert slack.error("conversations.info", channel="") == "channel_not_found"


def test_json_without_charset_is_warned_of(slack):
    for body, ok in ((b'{"name": "made"}', True), (b'{"name": ""}', False)):
        answer = slack.raw("POST", "/api/conversations.create", body, "application/json").body
        assert (answer["ok"], answer["warning"]) == (ok, "missing_charset")
        assert answer["response_metadata"]["warnings"] == ["missing_charset"]
    assert "warning" not in slack.form("users.list", limit="1")


def test_every_way_of_sending_reads_the_same(slack):
    expected = slack.ok("conversations.list", limit=1)["channels"]
    assert slack.form("conversations.list", limit="1")["channels"] == expected
    assert slack.get("conversations.list", limit="1")["channels"] == expected
    nameless = Client("", slack.twin)
    assert nameless.get("conversations.list", limit="1", token=slack.token)["channels"] == expected


def test_multipart_forms_are_read(slack):
    body = b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nparts\r\n--b--\r\n'
    answer = slack.raw("POST", "/api/conversations.create", body, "multipart/form-data; boundary=b").body
    assert answer["channel"]["name"] == "parts"


def test_methods_without_evidence_are_not_guessed(slack):
    reply = slack.reply("bookmarks.list")  # one that there is
    assert reply.status == 200
    reply = slack.reply("team.billing.info")
    assert (reply.status, reply.body["error"]) == (501, "not_implemented")
    assert Client("xoxb-unknown", slack.twin).error("team.billing.info") == "invalid_auth"


def test_retired_methods_name_their_successor(slack):
    reply = slack.reply("channels.info", channel="C0AAAAAAAAA")
    assert reply.body["error"] == "method_deprecated"
    assert "conversations.info instead" in reply.body["response_metadata"]["messages"][0]
    assert scopes(reply) == (True, False)


def test_answers_do_not_change_with_the_state(slack):
    channel = slack.channel("kept")
    reply = slack.reply("conversations.info", channel=channel)
    slack.ok("conversations.rename", channel=channel, name="other")
    assert reply.body["channel"]["name"] == "kept"


def test_the_state_can_be_kept_and_put_back(slack):
    channel = slack.channel("before")
    slack.post(channel, "one")
    name = slack.twin.store.snapshot()
    slack.post(channel, "two")
    slack.twin.store.reset(name)
    assert slack.texts(channel) == ["one"]
    slack.twin.store.reset()
    assert slack.error("conversations.info", channel=channel) == "channel_not_found"
