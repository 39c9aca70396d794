"""Channels of Slack's twin: names, members, lists, direct messages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_calls import Client

SLACKBOT = "USLACKBOT"


@pytest.fixture
def slack():
    return Client()


def test_a_new_channel_has_all_that_channels_have(slack):
    made = slack.ok("conversations.create", name="plans")["channel"]
    assert (made["name"], made["is_member"], made["is_private"], made["priority"]) == ("plans", True, False, 0)
    assert made["last_read"] == "0000000000.000000"
    shown = slack.ok("conversations.info", channel=made["id"], include_num_members=True)["channel"]
    assert shown["num_members"] == 1
    assert {*made} - {*shown} == {"priority"}


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("", "invalid_name_required"),
        ("x" * 81, "invalid_name_maxlength"),
        ("--", "invalid_name_punctuation"),
        ("Plans", "invalid_name_specials"),
        ("a b", "invalid_name_specials"),
        ("general", "name_taken"),
    ],
)
def test_names_that_cannot_be(slack, name, error):
    assert slack.error("conversations.create", name=name) == error


def test_renaming_keeps_the_former_names(slack):
    channel = slack.channel("first")
    slack.ok("conversations.rename", channel=channel, name="second")
    assert slack.ok("conversations.rename", channel=channel, name="Third")["channel"]["previous_names"] == [
        "second",
        "first",
    ]
    again = slack.ok("conversations.rename", channel=channel, name="third")["channel"]
    assert (again["name"], again["previous_names"]) == ("third", ["second", "first"])


def test_topics_say_who_set_them(slack):
    channel = slack.channel("plans")
    made = slack.ok("conversations.setTopic", channel=channel, topic="Soon")["channel"]
    me = slack.ok("auth.test")["user_id"]
    assert (made["topic"]["value"], made["topic"]["creator"]) == ("Soon", me)
    assert slack.ok("conversations.info", channel=channel)["channel"]["topic"] == made["topic"]
    assert slack.error("conversations.setPurpose", channel=channel, purpose="x" * 251) == "too_long"


def test_an_archived_channel_takes_nothing_more(slack):
    channel = slack.channel("old")
    slack.ok("conversations.archive", channel=channel)
    assert slack.error("conversations.archive", channel=channel) == "already_archived"
    assert slack.error("conversations.setTopic", channel=channel, topic="x") == "is_archived"
    assert slack.error("conversations.join", channel=channel) == "is_archived"
    listed = {one["name"] for one in slack.ok("conversations.list", exclude_archived=True)["channels"]}
    assert "old" not in listed
    slack.ok("conversations.unarchive", channel=channel)
    slack.post(channel, "back again")


def test_joining_twice_is_warned_of(slack):
    channel = slack.person().channel("open")
    assert slack.error("conversations.archive", channel=channel) == "not_in_channel"
    assert "warning" not in slack.ok("conversations.join", channel=channel)
    again = slack.ok("conversations.join", channel=channel)
    assert (again["warning"], again["channel"]["is_member"]) == ("already_in_channel", True)
    slack.ok("conversations.leave", channel=channel)
    assert slack.ok("conversations.leave", channel=channel)["not_in_channel"] is True


def test_inviting_is_for_all_or_none(slack):
    channel = slack.channel("plans")
    me, other = slack.ok("auth.test")["user_id"], slack.person().ok("auth.test")["user_id"]
    assert slack.error("conversations.invite", channel=channel, users="") == "no_user"
    assert slack.error("conversations.invite", channel=channel, users=me) == "cant_invite_self"
    assert slack.error("conversations.invite", channel=channel, users=f"{other},U0NOBODY999") == "user_not_found"
    slack.ok("conversations.invite", channel=channel, users=f"{other},{other}")
    again = slack.call("conversations.invite", channel=channel, users=other)
    assert again["errors"] == [{"user": other, "ok": False, "error": "already_in_channel"}]
    assert sorted(slack.ok("conversations.members", channel=channel)["members"]) == sorted([me, other])
    assert slack.ok("conversations.kick", channel=channel, user=other)["errors"] == {}
    assert slack.error("conversations.kick", channel=channel, user=other) == "not_in_channel"


def test_private_channels_are_not_seen_from_outside(slack):
    hidden = slack.person().channel("hidden", is_private=True)
    assert slack.error("conversations.info", channel=hidden) == "channel_not_found"
    assert slack.ok("conversations.list", types="private_channel")["channels"] == []
    mine = slack.person().ok("conversations.list", types="private_channel,mpim")["channels"]
    assert [(one["id"], one["is_private"], one["num_members"]) for one in mine] == [(hidden, True, 1)]
    assert slack.error("conversations.list", types="secret") == "invalid_types"


def test_direct_messages_are_opened_once(slack):
    first = slack.ok("conversations.open", users=SLACKBOT)
    again = slack.ok("conversations.open", users=SLACKBOT)
    assert again == {"ok": True, "no_op": True, "already_open": True, "channel": first["channel"]}
    slack.ok("conversations.close", channel=first["channel"]["id"])
    assert slack.ok("conversations.close", channel=first["channel"]["id"])["already_closed"] is True
    assert "no_op" not in slack.ok("conversations.open", channel=first["channel"]["id"])
    assert slack.error("conversations.open") == "users_list_not_supplied"
    other = slack.person().ok("auth.test")["user_id"]
    group = slack.ok("conversations.open", users=f"{other},{SLACKBOT}", return_im=True)["channel"]
    assert (group["is_mpim"], group["name"].startswith("mpdm-")) == (True, True)
    assert slack.error("conversations.invite", channel=group["id"], users=other).startswith("method_not_supported")


def test_what_users_are_in(slack):
    channel = slack.channel("mine")
    other = slack.person().ok("auth.test")["user_id"]
    assert channel in [one["id"] for one in slack.ok("users.conversations")["channels"]]
    assert channel not in [one["id"] for one in slack.ok("users.conversations", user=other)["channels"]]


@given(limit=st.integers(1, 12), count=st.integers(0, 9))
def test_pages_are_the_list_cut_up(limit, count):
    slack = Client()
    for number in range(count):
        slack.channel(f"n{number}")
    whole = [one["id"] for one in slack.ok("conversations.list", limit=1000)["channels"]]
    pages, cursor = [], ""
    while True:
        answer = slack.ok("conversations.list", limit=limit, cursor=cursor)
        pages += [one["id"] for one in answer["channels"]]
        assert len(answer["channels"]) <= limit
        cursor = answer["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert pages == whole


def test_bad_pages(slack):
    assert slack.error("conversations.list", cursor="nonsense") == "invalid_cursor"
    assert slack.error("conversations.list", limit="many") == "invalid_limit"
    assert slack.reply("users.list", limit="many").status == 501
    assert slack.error("conversations.list", limit=1001) == "invalid_limit"


def test_told_counts_of_members_go_on(slack):
    slack.seed(channels=[{"id": "C0KITCHEN11", "num_members": 7}], users=[{"id": "U0ANN111111"}])

    def count():
        [listed] = slack.ok("conversations.list")["channels"]
        return listed["num_members"]

    assert count() == 7
    slack.ok("conversations.invite", channel="C0KITCHEN11", users="U0ANN111111")
    assert count() == 8
    slack.ok("conversations.kick", channel="C0KITCHEN11", user="U0ANN111111")
    slack.ok("conversations.leave", channel="C0KITCHEN11")
    assert count() == 6


def test_the_channels_of_a_user_come_by_name(slack):
    for name in ("zebra", "apple"):
        slack.channel(name)
    names = [one["name"] for one in slack.ok("users.conversations")["channels"]]
    assert names == sorted(names)


def test_a_channel_tells_who_came_and_went(slack):
    channel = slack.channel("door")
    me, other = slack.ok("auth.test")["user_id"], slack.person().ok("auth.test")["user_id"]
    slack.ok("conversations.invite", channel=channel, users=other)
    slack.person().ok("conversations.leave", channel=channel)
    found = slack.ok("conversations.history", channel=channel)["messages"]
    assert [(one["subtype"], one["user"], one.get("inviter")) for one in found] == [
        ("channel_leave", other, None),
        ("channel_join", other, me),
        ("channel_join", me, None),
    ]
