"""Messages of Slack's twin: texts, blocks, threads, history, schedules, reactions, pins."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_calls import Client

from targets.slack.twin.richtext import rich_text
from targets.slack.twin.texts import escaped, unescaped

PICTURE = "https://pictures.example/one.png"


@pytest.fixture
def slack():
    return Client()


@pytest.fixture
def channel(slack):
    return slack.channel("talk")


def test_a_message_says_who_sent_it(slack, channel):
    answer = slack.ok("chat.postMessage", channel=channel, text="hello")
    message, me = answer["message"], slack.ok("auth.test")
    assert (message["user"], message["bot_id"], message["team"]) == (me["user_id"], me["bot_id"], me["team_id"])
    assert message["bot_profile"]["id"] == me["bot_id"]
    assert message["blocks"][0]["elements"][0]["elements"] == [{"type": "text", "text": "hello"}]
    assert slack.messages(channel) == [message]


def test_channels_can_be_named_and_people_written_to(slack):
    assert (
        slack.ok("chat.postMessage", channel="#general", text="a")["channel"]
        == slack.ok("chat.postMessage", channel="general", text="b")["channel"]
    )
    person = slack.person().ok("auth.test")["user_id"]
    direct = slack.ok("chat.postMessage", channel=person, text="psst")["channel"]
    assert direct.startswith("D")
    assert slack.ok("conversations.open", users=person)["channel"]["id"] == direct


def test_the_channel_is_looked_at_before_the_text(slack, channel):
    assert slack.error("chat.postMessage", channel="C0NOWHERE99") == "channel_not_found"
    assert slack.error("chat.postMessage", channel=channel) == "no_text"
    other = slack.person().channel("theirs")
    slack.seed(tokens=[{"token": slack.token, "scopes": "chat:write,channels:read"}])
    slack.seed(channels=[{"id": "C0THEIRS999", "is_member": False}])
    assert slack.error("chat.postMessage", channel="C0THEIRS999") == "not_in_channel"
    assert slack.error("chat.postMessage", channel=other, text="x") == "channel_not_found"  # facts cleared it away


def test_what_is_archived_is_said_to_be(slack, channel):
    slack.ok("conversations.archive", channel=channel)
    assert slack.error("chat.postMessage", channel=channel, text="x") == "is_archived"
    assert slack.error("conversations.invite", channel=channel, users="USLACKBOT") == "is_archived"


def test_an_app_may_write_in_public_without_joining(slack):
    slack.seed(tokens=[{"token": slack.token, "scopes": "chat:write,chat:write.public"}])
    slack.seed(channels=[{"id": "C0THEIRS999", "is_member": False}])
    assert slack.post("C0THEIRS999", "hello")


def test_long_texts_are_cut(slack, channel):
    answer = slack.ok("chat.postMessage", channel=channel, text="x" * 40_001)
    assert (len(answer["message"]["text"]), answer["warning"]) == (40_000, "message_truncated")
    assert "warning" not in slack.ok("chat.postMessage", channel=channel, text="x" * 40_000)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a & b > c < d", "a &amp; b &gt; c &lt; d"),
        ("<@U0AAA111111> <!here> <#C0AAA111111|x>", "<@U0AAA111111> <!here> <#C0AAA111111|x>"),
        ("<https://a.example/?x=1&y=2|link>", "<https://a.example/?x=1&y=2|link>"),
        ("&amp; stays", "&amp; stays"),
    ],
)
def test_texts_are_escaped_but_for_controls(text, said):
    assert escaped(text) == said


@given(st.text(max_size=60))
def test_escaping_twice_changes_nothing_more(text):
    assert escaped(escaped(text)) == escaped(text)


@given(st.text(alphabet=st.characters(codec="ascii", exclude_characters="<>&:*_~`"), min_size=1, max_size=40))
def test_plain_text_is_one_element(text):
    [section] = rich_text(escaped(text), "b")["elements"]
    assert "".join(one["text"] for one in section["elements"]) == unescaped(text)


def test_rich_text_has_elements_for_controls():
    [section] = rich_text("hi <@U1> in <#C1|> :wave: <!channel> <https://a.example|b>", "b")["elements"]
    assert [one for one in section["elements"] if one["type"] != "text"] == [
        {"type": "user", "user_id": "U1"},
        {"type": "channel", "channel_id": "C1"},
        {"type": "emoji", "name": "wave", "unicode": "1f44b"},
        {"type": "broadcast", "range": "channel"},
        {"type": "link", "url": "https://a.example", "text": "b"},
    ]


def test_rich_text_has_styles_quotes_and_fences():
    text = escaped("*bold* and _it `x*y*`_\n> quoted\n```\na < b\n```\nsnake_case_name 2*3*4 :custom:")
    first, quote, fence, last = rich_text(text, "b")["elements"]
    assert first["elements"] == [
        {"type": "text", "text": "bold", "style": {"bold": True}},
        {"type": "text", "text": " and "},
        {"type": "text", "text": "it ", "style": {"italic": True}},
        {"type": "text", "text": "x*y*", "style": {"italic": True, "code": True}},
    ]
    assert (quote["type"], quote["elements"]) == ("rich_text_quote", [{"type": "text", "text": "quoted"}])
    assert (fence["type"], fence["elements"]) == ("rich_text_preformatted", [{"type": "text", "text": "a < b"}])
    assert last["elements"] == [
        {"type": "text", "text": "snake_case_name 2*3*4 "},
        {"type": "emoji", "name": "custom"},
    ]


def test_blocks_are_completed_and_stand_for_the_text(slack, channel):
    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": "One"}},
        {"type": "image", "image_url": PICTURE, "alt_text": "Two"},
    ]
    slack.state.images[PICTURE] = {"image_width": 10, "image_height": 20, "image_bytes": 30, "is_animated": True}
    message = slack.form("chat.postMessage", channel=channel, blocks=json.dumps(blocks))["message"]
    section, image = message["blocks"]
    assert message["text"] == "One Two"
    assert section["text"] == {"type": "mrkdwn", "text": "One", "verbatim": False}
    assert (image["fallback"], image["is_animated"]) == ("10x20px image", True)
    assert section["block_id"] != image["block_id"]


def test_bad_blocks_are_named_with_their_place(slack, channel):
    slack.state.images[PICTURE] = None
    blocks = [{"type": "divider"}, {"type": "image", "image_url": PICTURE, "alt_text": ""}]
    answer = slack.call("chat.postMessage", channel=channel, blocks=blocks)
    complaint = "downloading image failed [json-pointer:/blocks/1/image_url]"
    assert (answer["error"], answer["errors"]) == ("invalid_blocks", [complaint])
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {complaint}"]
    assert slack.error("chat.postMessage", channel=channel, blocks="{") == "invalid_blocks_format"
    assert slack.error("chat.postMessage", channel=channel, blocks=[{"type": "nothing"}]) == "invalid_blocks"
    assert slack.error("chat.postMessage", channel=channel, attachments="{") == "invalid_attachments"
    assert slack.texts(channel) == []


def test_attachments_are_numbered(slack, channel):
    sent = [{"color": "#ff0000", "text": "a > b"}, {"title": "t"}]
    first, second = slack.ok("chat.postMessage", channel=channel, text="x", attachments=sent)["message"]["attachments"]
    assert first == {"id": 1, "color": "ff0000", "text": "a &gt; b", "fallback": "a &gt; b"}
    assert (second["id"], second["fallback"]) == (2, "t")


# Threads


def test_threads_are_counted(slack, channel):
    head = slack.post(channel, "head")
    first = slack.post(channel, "first", thread_ts=head)
    answer = slack.person().error("chat.postMessage", channel=channel, text="x", thread_ts=head)
    assert answer == "not_in_channel"
    second = slack.ok("chat.postMessage", channel=channel, text="second", thread_ts=first)["message"]
    me = slack.ok("auth.test")["user_id"]
    assert (second["thread_ts"], second["parent_user_id"]) == (head, me)
    [shown] = slack.messages(channel)
    assert (shown["reply_count"], shown["latest_reply"], shown["reply_users"]) == (2, second["ts"], [me])
    assert (shown["thread_ts"], shown["subscribed"], shown["reply_users_count"]) == (head, False, 1)
    replies = slack.ok("conversations.replies", channel=channel, ts=head)
    assert [one["text"] for one in replies["messages"]] == ["head", "first", "second"]
    assert replies["has_more"] is False


def test_a_broadcast_reply_is_in_the_channel_too(slack, channel):
    head = slack.post(channel, "head")
    slack.post(channel, "loud", thread_ts=head, reply_broadcast=True)
    found = slack.messages(channel)
    assert [(one["text"], one.get("subtype")) for one in found] == [("loud", "thread_broadcast"), ("head", None)]


def test_deleting_in_threads(slack, channel):
    head = slack.post(channel, "head")
    reply = slack.post(channel, "reply", thread_ts=head)
    slack.ok("chat.delete", channel=channel, ts=head)
    [grave] = slack.messages(channel)
    assert (grave["subtype"], grave["reply_count"]) == ("tombstone", 1)
    slack.ok("chat.delete", channel=channel, ts=reply)
    assert slack.error("chat.delete", channel=channel, ts=reply) == "message_not_found"
    assert slack.error("conversations.replies", channel=channel, ts=reply) == "thread_not_found"
    assert slack.error("conversations.replies", channel=channel) == "thread_not_found"


# Changing


def test_an_update_replaces_text_but_keeps_blocks_that_were_sent(slack, channel):
    plain = slack.post(channel, "one")
    answer = slack.ok("chat.update", channel=channel, ts=plain, text="two")
    assert (answer["text"], "ts" in answer["message"]) == ("two", False)
    assert answer["message"]["edited"]["user"] == slack.ok("auth.test")["bot_id"]
    [message] = slack.messages(channel)
    assert (message["text"], message["blocks"][0]["elements"][0]["elements"][0]["text"]) == ("two", "two")
    blocks = [{"type": "section", "text": {"type": "plain_text", "text": "s"}}]
    sent = slack.ok("chat.postMessage", channel=channel, text="x", blocks=blocks)
    kept = slack.ok("chat.update", channel=channel, ts=sent["ts"], text="y")["message"]["blocks"]
    assert kept == sent["message"]["blocks"]


def test_messages_of_others_stay(slack):
    person = slack.person()
    channel = slack.ok("conversations.list")["channels"][0]["id"]
    ts = person.post(channel, "theirs")
    assert slack.error("chat.update", channel=channel, ts="1.000000", text="x") == "message_not_found"
    slack.seed(messages={"C0AAAAAAAA9": [{"ts": "1500000000.000100", "user": "U0OTHER9999", "text": "old"}]})
    assert slack.error("chat.update", channel="C0AAAAAAAA9", ts="1500000000.000100", text="x") == "cant_update_message"
    assert slack.error("chat.delete", channel="C0AAAAAAAA9", ts="1500000000.000100") == "cant_delete_message"
    assert ts


# Reading


@given(count=st.integers(0, 8), limit=st.integers(1, 5))
def test_history_in_pages_is_all_of_it_newest_first(count, limit):
    slack = Client()
    channel = slack.channel("pages")
    sent = [slack.post(channel, str(number)) for number in range(count)]
    assert sent == sorted(set(sent))
    found, cursor = [], ""
    while True:
        answer = slack.ok("conversations.history", channel=channel, limit=limit, cursor=cursor)
        found += [message["ts"] for message in answer["messages"] if "subtype" not in message]
        assert answer["has_more"] is ("response_metadata" in answer)
        if not answer["has_more"]:
            break
        cursor = answer["response_metadata"]["next_cursor"]
    assert found == sent[::-1]


def test_history_between_moments(slack, channel):
    one, two, three = (slack.post(channel, text) for text in ("one", "two", "three"))
    assert slack.texts(channel, oldest=one, latest=three) == ["two"]
    assert slack.texts(channel, oldest=one, latest=three, inclusive=True) == ["three", "two", "one"]
    assert slack.texts(channel, latest=two, inclusive=True, limit=1) == ["two"]
    assert slack.error("conversations.history", channel=channel, oldest="soon") == "invalid_ts_oldest"


def test_bots_read_only_where_they_are(slack):
    channel = slack.person().channel("theirs")
    assert slack.error("conversations.history", channel=channel) == "not_in_channel"
    assert slack.person().ok("conversations.history", channel=slack.channel("mine"))


def test_addresses_of_messages(slack, channel):
    ts = slack.post(channel, "here")
    link = slack.ok("chat.getPermalink", channel=channel, message_ts=ts)["permalink"]
    assert link == f"{slack.ok('auth.test')['url']}archives/{channel}/p{ts.replace('.', '')}"
    assert slack.error("chat.getPermalink", channel=channel, message_ts="1.2") == "message_not_found"


# Elsewhere


def test_ephemeral_messages_are_kept_nowhere(slack, channel):
    me = slack.ok("auth.test")["user_id"]
    assert slack.ok("chat.postEphemeral", channel=channel, user=me, text="psst")["message_ts"]
    other = slack.person().ok("auth.test")["user_id"]
    assert slack.error("chat.postEphemeral", channel=channel, user=other, text="psst") == "user_not_in_channel"
    assert slack.texts(channel) == []


def test_scheduled_messages(slack, channel):
    made = slack.ok("chat.scheduleMessage", channel=channel, text="later", post_at=2_000_000_000)
    [listed] = slack.ok("chat.scheduledMessages.list")["scheduled_messages"]
    assert (listed["id"], listed["text"], listed["post_at"]) == (made["scheduled_message_id"], "later", 2_000_000_000)
    assert "message" not in listed
    slack.ok("chat.deleteScheduledMessage", channel=channel, scheduled_message_id=listed["id"])
    again = slack.error("chat.deleteScheduledMessage", channel=channel, scheduled_message_id=listed["id"])
    assert again == "invalid_scheduled_message_id"
    assert slack.ok("chat.scheduledMessages.list")["scheduled_messages"] == []


def test_reactions(slack, channel):
    ts = slack.post(channel, "nice")
    item = {"channel": channel, "timestamp": ts}
    slack.ok("reactions.add", name="fire", **item)
    assert slack.error("reactions.add", name="fire", **item) == "already_reacted"
    assert slack.error("reactions.add", name="not an emoji", **item) == "invalid_name"
    assert slack.error("reactions.add", name="x", channel=channel, timestamp="1.000000") == "message_not_found"
    assert slack.error("reactions.add", name="x", channel=channel, timestamp="now") == "bad_timestamp"
    me = slack.ok("auth.test")["user_id"]
    shown = slack.ok("reactions.get", **item)["message"]
    assert shown["reactions"] == [{"name": "fire", "users": [me], "count": 1}]
    [listed] = slack.ok("reactions.list")["items"]
    assert (listed["channel"], listed["message"]["ts"]) == (channel, ts)
    slack.ok("reactions.remove", name="fire", **item)
    assert slack.error("reactions.remove", name="fire", **item) == "no_reaction"
    assert "reactions" not in slack.ok("reactions.get", **item)["message"]
    assert slack.ok("reactions.list")["items"] == []


def test_pins(slack, channel):
    ts = slack.post(channel, "important")
    assert slack.error("pins.add", channel=channel) == "no_item_specified"
    assert slack.error("pins.remove", channel=channel, timestamp=ts) == "no_pin"
    slack.ok("pins.add", channel=channel, timestamp=ts)
    assert slack.error("pins.add", channel=channel, timestamp=ts) == "already_pinned"
    [item] = slack.ok("pins.list", channel=channel)["items"]
    assert (item["message"]["ts"], item["created_by"]) == (ts, slack.ok("auth.test")["user_id"])
    assert slack.ok("conversations.history", channel=channel)["pin_count"] == 1
    slack.ok("pins.remove", channel=channel, timestamp=ts)
    assert slack.ok("pins.list", channel=channel)["items"] == []


def test_metadata_is_for_those_who_ask(slack, channel):
    metadata = {"event_type": "made", "event_payload": {"a": 1}}
    slack.post(channel, "x", metadata=metadata)
    [message] = slack.messages(channel)
    assert "metadata" not in message
    [message] = slack.messages(channel, include_all_metadata=True)
    assert message["metadata"] == metadata
