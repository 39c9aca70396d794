"""The rest of Slack's twin: people, files, views, groups, search, and what seeds put in."""

import json
import re

import pytest
from slack_calls import Client

from conformance.twinkit.service import TwinRequest


@pytest.fixture
def slack():
    return Client()


# People


def test_users_are_listed_in_the_order_of_their_ids(slack):
    slack.seed(users=[{"id": "U0BBB222222"}, {"id": "U9AAA1111"}, {"id": "USLACKBOT"}])
    everyone = slack.ok("users.list")
    assert [user["id"] for user in everyone["members"]] == ["USLACKBOT", "U9AAA1111", "U0BBB222222"]
    assert everyone["response_metadata"] == {"next_cursor": ""}
    page = slack.ok("users.list", limit=1)
    assert (page["offset"], len(page["members"])) == ("U9AAA1111", 1)


def test_looking_people_up(slack):
    slack.seed(users=[{"id": "U0BBB222222", "profile": {"email": "Ann@Example.com"}}])
    assert slack.ok("users.lookupByEmail", email="ann@example.com")["user"]["id"] == "U0BBB222222"
    assert slack.error("users.lookupByEmail", email="bob@example.com") == "users_not_found"
    assert slack.error("users.info", user="U0NOBODY999") == "user_not_found"


def test_a_profile_is_set_and_read(slack):
    person = slack.person()
    person.ok("users.profile.set", profile={"status_text": "away", "status_emoji": ":palm_tree:"})
    person.ok("users.profile.set", name="first_name", value="Ann")
    shown = person.ok("users.profile.get")["profile"]
    assert (shown["status_text"], shown["first_name"], shown["fields"]) == ("away", "Ann", {})
    assert "team" not in shown
    assert shown["status_emoji_display_info"][0]["unicode"] == "1f334"
    person.ok("users.profile.set", profile={"status_text": "", "status_emoji": ""})
    assert person.ok("users.profile.get")["profile"]["status_emoji_display_info"] == []
    answer = person.call("users.profile.set", profile={"real_name": ""})
    assert (answer["error"], answer["field"]) == ("invalid_name_required", "real_name")
    assert person.error("users.profile.set", profile="{") == "invalid_profile"


def test_presence_and_quiet_hours(slack):
    person = slack.person()
    assert slack.ok("dnd.info")["snooze_enabled"] is False
    person.ok("dnd.setSnooze", num_minutes="5")
    assert person.ok("dnd.info")["snooze_enabled"] is True
    me = person.ok("auth.test")["user_id"]
    assert "snooze_enabled" not in slack.ok("dnd.info", user=me)
    person.ok("dnd.endSnooze")
    assert person.error("dnd.endSnooze") == "snooze_end_failed"
    person.ok("users.setPresence", presence="away")
    assert person.ok("users.getPresence")["manual_away"] is True
    assert slack.ok("users.getPresence", user=me) == {"ok": True, "presence": "away"}
    assert person.error("users.setPresence", presence="gone") == "invalid_presence"


def test_who_calls(slack):
    assert slack.ok("auth.test")["bot_id"].startswith("B")
    assert "bot_id" not in slack.person().ok("auth.test")
    assert slack.person().ok("auth.revoke")["revoked"] is True
    assert slack.person().error("auth.test") == "invalid_auth"
    assert slack.call("api.test", error="broken", foo="bar") == {
        "ok": False,
        "error": "broken",
        "args": {"error": "broken", "foo": "bar"},
    }
    assert Client("", slack.twin).error("oauth.v2.access", code="x") == "invalid_code"


# Files


def upload(slack, name="notes.txt", content=b"hello"):
    begun = slack.ok("files.getUploadURLExternal", filename=name, length=len(content))
    assert begun["upload_url"].startswith("http://t/upload/v1/")
    path = begun["upload_url"].removeprefix("http://t")
    reply = slack.twin.handle(TwinRequest("POST", path, body=content, base_url="http://t")).reply
    assert reply.body == f"OK - {len(content)}".encode()
    return begun["file_id"]


def test_an_upload_in_three_steps(slack):
    channel = slack.channel("files")
    identifier = upload(slack)
    [file] = slack.ok(
        "files.completeUploadExternal",
        files=json.dumps([{"id": identifier, "title": "Notes"}]),
        channel_id=channel,
        initial_comment="See & read",
    )["files"]
    assert (file["id"], file["title"], file["size"], file["channels"]) == (identifier, "Notes", 5, [])
    assert slack.ok("files.info", file=identifier)["file"]["channels"] == [channel]
    [message] = slack.messages(channel)
    assert (message["text"], message["files"][0]["id"]) == ("See &amp; read", identifier)
    assert slack.ok("files.list", channel=channel)["paging"] == {"count": 100, "total": 1, "page": 1, "pages": 1}
    slack.ok("files.delete", file=identifier)
    assert slack.error("files.delete", file=identifier) == "file_not_found"


def test_uploads_that_cannot_be(slack):
    theirs = slack.person().channel("theirs")
    identifier = upload(slack)
    files = [{"id": identifier}]
    assert slack.error("files.completeUploadExternal", files=files, channel_id=theirs) == "not_in_channel"
    assert slack.error("files.completeUploadExternal", files=[{"id": "F0NOTHING99"}]) == "file_not_found"
    assert slack.ok("files.completeUploadExternal", files=files)["files"][0]["title"] == "notes.txt"
    assert slack.error("files.completeUploadExternal", files=files) == "file_not_found"
    assert slack.error("files.completeUploadExternal", files=[{"id": ["F0NOTHING99"]}]) == "file_not_found"
    assert slack.twin.handle(TwinRequest("POST", "/upload/v1/nonsense", body=b"x")).reply.status == 404


# Views


def test_views_are_checked_before_their_trigger(slack):
    answer = slack.call("views.open", trigger_id="t", view={})
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] failed to match all allowed schemas [json-pointer:/view]",
        "[ERROR] missing required field: type [json-pointer:/view]",
    ]
    view = {"type": "modal", "title": {"type": "plain_text", "text": "Hi"}, "blocks": [{"type": "divider"}]}
    assert slack.error("views.open", trigger_id="t", view=view) == "invalid_trigger_id"
    slack.seed(triggers=["t"])
    made = slack.ok("views.open", trigger_id="t", view=json.dumps(view))["view"]
    assert (made["root_view_id"], made["title"]["emoji"]) == (made["id"], True)
    changed = slack.ok("views.update", view_id=made["id"], view={**view, "callback_id": "c"})["view"]
    assert (changed["id"], changed["callback_id"]) == (made["id"], "c")
    assert slack.error("views.update", view_id=made["id"], view=view, hash=made["hash"]) == "hash_conflict"
    assert slack.error("views.update", view_id="V0NOTHING99", view=view) == "not_found"
    pushed = slack.ok("views.push", trigger_id="t", view=view)["view"]
    assert pushed["previous_view_id"] == made["id"]


def test_a_home_tab_is_published_again(slack):
    view = {"type": "home", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x"}}]}
    me = slack.person().ok("auth.test")["user_id"]
    first = slack.ok("views.publish", user_id=me, view=view)["view"]
    second = slack.ok("views.publish", user_id=me, view=view)["view"]
    assert first["id"] == second["id"]
    assert first["blocks"][0]["text"]["verbatim"] is False


# Small things


def test_bookmarks(slack):
    channel = slack.channel("marks")
    facts = {"channel_id": channel, "title": "Docs", "type": "link", "link": "https://docs.example"}
    made = slack.ok("bookmarks.add", **facts)["bookmark"]
    slack.ok("bookmarks.edit", channel_id=channel, bookmark_id=made["id"], title="Manual")
    [listed] = slack.ok("bookmarks.list", channel_id=channel)["bookmarks"]
    assert (listed["title"], listed["link"]) == ("Manual", "https://docs.example")
    slack.ok("bookmarks.remove", channel_id=channel, bookmark_id=made["id"])
    assert slack.ok("bookmarks.list", channel_id=channel)["bookmarks"] == []
    assert slack.error("bookmarks.list", channel_id=slack.person().channel("x")) == "not_in_channel"


def test_user_groups(slack):
    me = slack.ok("auth.test")["user_id"]
    group = slack.ok("usergroups.create", name="Night Shift")["usergroup"]
    assert (group["handle"], group["user_count"]) == ("night-shift", 0)
    assert slack.error("usergroups.create", name="Night Shift") == "name_already_exists"
    changed = slack.ok("usergroups.users.update", usergroup=group["id"], users=me)["usergroup"]
    assert (changed["users"], changed["user_count"]) == ([me], 1)
    assert slack.ok("usergroups.users.list", usergroup=group["id"])["users"] == [me]
    assert "users" not in slack.ok("usergroups.list")["usergroups"][0]
    slack.ok("usergroups.disable", usergroup=group["id"])
    assert slack.ok("usergroups.list")["usergroups"] == []
    assert len(slack.ok("usergroups.list", include_disabled=True, include_users=True)["usergroups"]) == 1
    assert slack.error("usergroups.users.list", usergroup="S0NOTHING99") == "no_such_subteam"


def test_reminders_and_stars(slack):
    person = slack.person()
    made = person.ok("reminders.add", text="tea", time="2000000000")["reminder"]
    person.ok("reminders.complete", reminder=made["id"])
    assert person.ok("reminders.info", reminder=made["id"])["reminder"]["complete_ts"] > 0
    person.ok("reminders.delete", reminder=made["id"])
    assert person.ok("reminders.list")["reminders"] == []
    channel = person.channel("stars")
    item = {"channel": channel, "timestamp": person.post(channel, "bright")}
    person.ok("stars.add", **item)
    assert person.error("stars.add", **item) == "already_starred"
    [star] = person.ok("stars.list")["items"]
    assert star["message"]["text"] == "bright"
    person.ok("stars.remove", **item)
    assert person.error("stars.remove", **item) == "not_starred"


# Search


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("apple", ["apple pie", "apple juice"]),
        ("apple -juice", ["apple pie"]),
        ('"apple pie"', ["apple pie"]),
        ("from:ann", ["apple pie"]),
        ("from:ann in:kitchen after:2023-11-13 before:2023-11-15", ["apple pie"]),
        ("after:2023-11-14", ["apple juice"]),
        ("on:2023-11-14", ["apple pie"]),
        ("in:nowhere", []),
    ],
)
def test_search(slack, query, found):
    slack.seed(users=[{"id": "U0ANN111111", "name": "ann"}])
    pie = {"ts": "1699999999.000100", "user": "U0ANN111111", "text": "apple pie"}
    juice = {"ts": "1700099999.000100", "user": "U0BOB222222", "text": "apple juice"}
    slack.seed(channels=[{"id": "C0KITCHEN11", "name": "kitchen"}], messages={"C0KITCHEN11": [pie, juice]})
    slack.seed(tokens=[{"token": slack.token, "scopes": "identify,search:read"}])
    messages = slack.ok("search.messages", query=query, sort_dir="asc")["messages"]
    assert [match["text"] for match in messages["matches"]] == found
    assert messages["total"] == messages["pagination"]["total_count"] == len(found)
    assert slack.error("search.all", query=" ") == "no_query"


# What was there before


def test_facts_replace_a_fresh_workspace(slack):
    slack.seed(channels=[{"id": "C0KITCHEN11"}])
    assert [one["id"] for one in slack.ok("conversations.list")["channels"]] == ["C0KITCHEN11"]
    assert slack.ok("users.list")["members"] == []
    assert slack.ok("conversations.members", channel="C0KITCHEN11")["members"] == []


def test_the_caller_gets_the_ids_that_are_told(slack):
    told = {"user_id": "U0CALLER111", "bot_id": "B0CALLER111", "app_id": "A0CALLER111"}
    slack.seed(tokens=[{"token": slack.token, **told}], channels=[{"id": "C0KITCHEN11"}])
    message = slack.ok("chat.postMessage", channel="C0KITCHEN11", text="x")["message"]
    assert {"user_id": message["user"], "bot_id": message["bot_id"], "app_id": message["app_id"]} == told
    assert slack.ok("conversations.members", channel="C0KITCHEN11")["members"] == ["U0CALLER111"]
    slack.seed(tokens=[{"token": "xoxp-other", "user_id": "U0OTHER1111", "state": "revoked"}])
    assert Client("xoxp-other", slack.twin).error("auth.test") == "token_revoked"
    assert slack.ok("auth.test")["user_id"] == "U0CALLER111"


def test_what_was_shown_whole_gets_no_further_members(slack):
    whole = {"id": "C0KITCHEN11", "name": "kitchen", "created": 1400000000, "is_channel": True}
    slack.seed(channels=[whole], users=[{"id": "U0OLD111111", "name": "old", "profile": {"real_name": "Old"}}])
    assert slack.ok("conversations.info", channel="C0KITCHEN11")["channel"] == {
        **whole,
        "last_read": "0000000000.000000",
    }
    assert set(slack.ok("users.info", user="U0OLD111111")["user"]) == {"id", "name", "profile"}


def test_things_tell_which_team_they_belong_to(slack):
    link = "https://kitchen.slack.com/archives/C0KITCHEN11/p1"
    message = {"ts": "1700000000.000100", "team": "T0KITCHEN11", "text": "x", "permalink": link}
    slack.seed(messages={"#kitchen": [message]})
    assert slack.ok("auth.test")["team_id"] == "T0KITCHEN11"
    assert slack.ok("auth.test")["url"] == "https://kitchen.slack.com/"
    assert slack.texts("kitchen") == ["x"]


def test_facts_that_nobody_knows_are_refused(slack):
    with pytest.raises(ValueError, match="no facts called moons"):
        slack.seed(moons=[])


def test_a_profile_that_was_shown_gets_no_further_members(slack):
    slack.seed(users=[{"id": "U0ANN111111", "profile": {"real_name": "Ann", "title": ""}}])
    profile = slack.ok("users.profile.get", user="U0ANN111111")["profile"]
    assert profile == {"real_name": "Ann", "title": "", "fields": {}}


# Real time


def test_where_clients_listen_is_told_and_stays(slack):
    slack.seed(sockets="wss://here.example/websocket/{secret}")
    one, other = slack.ok("rtm.connect")["url"], slack.ok("rtm.start")["url"]
    assert one == other and re.fullmatch(r"wss://here\.example/websocket/[0-9a-f]{40}", one)
    assert slack.person().ok("rtm.connect")["url"] != one


def test_a_workspace_in_which_nothing_happens_begins_with_the_same_event(slack):
    one = slack.ok("rtm.start")
    slack.twin.store.clock.advance(5)
    other = slack.ok("rtm.start")
    assert (one["latest_event_ts"], one["links"]) == (other["latest_event_ts"], other["links"])
    assert one["cache_ts"] < other["cache_ts"]


def test_members_that_were_shown_are_shown_and_change(slack):
    channel = {"id": "C0AAA111111", "name": "den", "created": 1, "is_member": True, "members": ["U0ANN111111"]}
    slack.seed(users=[{"id": "U0BEN111111"}], channels=[channel])
    slack.ok("conversations.invite", channel=channel["id"], users="U0BEN111111")
    shown = slack.ok("rtm.start")["channels"]
    assert [one["members"] for one in shown] == [["U0ANN111111", "U0BEN111111"]]
    slack.ok("conversations.archive", channel=channel["id"])
    assert [one["members"] for one in slack.ok("rtm.start")["channels"]] == [[]]


def test_matches_in_direct_messages_tell_less_of_where(slack):
    person, bot = slack.person(), slack.ok("auth.test")["user_id"]
    direct = person.ok("conversations.open", users=bot)["channel"]["id"]
    person.post(direct, "a quokka")
    person.post(person.channel("animals"), "no quokka")
    found = person.ok("search.messages", query="quokka", sort_dir="asc")["messages"]["matches"]
    assert [set(match["channel"]) - {"name"} for match in found] == [{"id"}, {"id", "is_shared", "is_org_shared"}]


def test_a_call_without_what_it_needs_is_invalid(slack):
    answer = slack.call("usergroups.users.update")
    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] missing required field: usergroup",
        "[ERROR] missing required field: users",
    ]


# What was begun before


def test_an_upload_that_was_begun_before_is_completed(slack):
    slack.seed(uploads=[{"id": "F0AAA111111", "name": "a.txt", "size": 3}])
    (file,) = slack.ok("files.completeUploadExternal", files=[{"id": "F0AAA111111", "title": "A"}])["files"]
    assert (file["id"], file["name"], file["title"], file["size"]) == ("F0AAA111111", "a.txt", "A", 3)
    assert slack.error("files.completeUploadExternal", files=[{"id": "F0AAA111111"}]) == "file_not_found"


def test_cursors_that_were_given_before(slack):
    users = [{"id": "U0AAA111111"}, {"id": "U0BBB111111"}]
    slack.seed(users=users, cursors={"on": "U0BBB111111", "over": "", "astray": "U0CCC111111"})
    assert [user["id"] for user in slack.ok("users.list", cursor="on")["members"]] == ["U0BBB111111"]
    assert slack.ok("users.list", cursor="over")["members"] == []
    assert slack.error("users.list", cursor="astray") == slack.error("users.list", cursor="off") == "invalid_cursor"
    home = slack.channel("home")
    first, second = slack.post(home, "one"), slack.post(home, "two")
    slack.seed(cursors={"back": first.replace(".", "")})
    assert second not in slack.ok("conversations.history", channel=home, cursor="back")["messages"]
    assert slack.texts(home, cursor="back") == ["one"]


@pytest.mark.parametrize(
    ("types", "shown"),
    [("", ["P", "Z", "I"]), ("all", ["P", "Z", "I"]), ("images,zips", ["Z", "I"]), (["pdfs"], ["P"]), ("gdocs", [])],
)
def test_files_are_listed_by_their_types(slack, types, shown):
    kinds = {"I": {"mimetype": "image/png"}, "Z": {"filetype": "zip"}, "P": {"filetype": "pdf"}}
    slack.seed(files=[{"id": name, "created": 1, "user": "U0", **kind} for name, kind in kinds.items()])
    assert [file["id"] for file in slack.ok("files.list", types=types)["files"]] == shown
    assert slack.error("files.list", types="tunes") == "unknown_type"


def test_pages_are_as_long_as_the_contract_says(slack):
    home = slack.channel("home")
    head = slack.post(home, "head")
    for number in range(120):
        slack.post(home, str(number), thread_ts=head)
        slack.post(home, f"also {number}")
    assert len(slack.ok("conversations.replies", channel=home, ts=head)["messages"]) == 121
    assert len(slack.ok("conversations.history", channel=home)["messages"]) == 100
