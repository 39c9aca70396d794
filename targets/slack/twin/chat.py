"""Messages: posting, changing, deleting, scheduling, and their addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.recordings.model import Json
from targets.slack.calls import kind_of
from targets.slack.twin import resources, threads
from targets.slack.twin.blocks import checked_blocks, read_attachments, read_blocks, text_of
from targets.slack.twin.calls import Call, Method
from targets.slack.twin.errors import SlackError
from targets.slack.twin.lookups import find_channel, my_open_channel, the_channel, the_message, writable
from targets.slack.twin.membership import direct_with, new_direct
from targets.slack.twin.paging import continued, page
from targets.slack.twin.richtext import rich_text
from targets.slack.twin.texts import LONGEST, escaped

PUBLIC = "chat:write.public"
"""The scope with which an app posts into public channels without joining."""

IDENTITY = ("username", "icon_emoji", "icon_url")
"""Arguments with which a post looks as if somebody else had sent it."""

NOT_LISTED = frozenset({"message"})


# What is said


def content(call: Call) -> dict[str, Any]:
    """Text, blocks and attachments of a call, as a message has them."""
    given = read_blocks(call.arguments)
    attachments = read_attachments(call.arguments)
    text = call.text("text") or call.text("markdown_text")
    if not (text or given or attachments):
        raise SlackError("no_text")
    blocks = checked_blocks(call.state, given)
    said = shortened(call, escaped(text)) if text else text_of(blocks)
    made: dict[str, Any] = {"text": said}
    if blocks:
        made["blocks"] = blocks
    elif said:
        made["blocks"] = [rich_text(said, call.state.block_id())]
    if attachments:
        made["attachments"] = attachments
    metadata = call.arguments.document("metadata", code="invalid_metadata_format")
    return {**made, "metadata": metadata} if metadata else made


def shortened(call: Call, text: str) -> str:
    """A text that fits; the answer warns where it did not."""
    if len(text) > LONGEST:
        call.warnings.append("message_truncated")
    return text[:LONGEST]


def author(call: Call) -> dict[str, Any]:
    """Who a message is from: the user, and the app that sent it."""
    return resources.signature(call.state, call.user_id, call.token.bot_id, call.token.app_id)


def disguise(call: Call) -> dict[str, Any]:
    """The name and picture that the caller chose for this message."""
    if call.arguments.flag("as_user") or not any(call.text(name) for name in IDENTITY):
        return {}
    icons = {name.removeprefix("icon_"): call.text(name) for name in IDENTITY[1:] if call.text(name)}
    names = {"username": call.text("username")} if call.text("username") else {}
    return {"subtype": "bot_message", **names, **({"icons": icons} if icons else {})}


# Posting


def destination(call: Call) -> Json:
    """The conversation that a message goes to: an id, a name, or a user."""
    state = call.state
    named = call.text("channel")
    if named in state.users:
        others = [named]
        return direct_with(state, call.user_id, others) or new_direct(state, call.user_id, others)
    channel = find_channel(state, named, call.user_id)
    if channel is None:
        raise SlackError("channel_not_found")
    writable(channel)
    everywhere = kind_of(channel) == "public_channel" and PUBLIC in (call.token.scopes or ())
    if not state.is_member(channel["id"], call.user_id) and not everywhere:
        raise SlackError("not_in_channel")
    return channel


def post_message(call: Call) -> Json:
    """chat.postMessage."""
    channel = destination(call)
    made = {**author(call), **content(call), **disguise(call), **threads.place(call, channel)}
    if call.arguments.flag("reply_broadcast") and "thread_ts" in made:
        made["subtype"] = "thread_broadcast"
    message = call.state.post(channel["id"], {**made, "ts": call.state.new_ts()})
    threads.count(call.state, channel, message)
    return {"channel": channel["id"], "ts": message["ts"], "message": message}


def me_message(call: Call) -> Json:
    """chat.meMessage."""
    channel = my_open_channel(call)
    if not call.text("text"):
        raise SlackError("no_text")
    text = shortened(call, escaped(call.text("text")))
    ts = call.state.new_ts()
    call.state.post(channel["id"], {**author(call), "subtype": "me_message", "text": text, "ts": ts})
    return {"channel": channel["id"], "ts": ts}


def post_ephemeral(call: Call) -> Json:
    """chat.postEphemeral: seen once, kept nowhere."""
    channel = destination(call)
    user_id = call.text("user")
    if not call.state.is_member(channel["id"], user_id):
        raise SlackError("user_not_in_channel")
    content(call)
    return {"message_ts": f"{call.state.new_ts().partition('.')[0]}.{call.state.ids.number(1, 9999):04d}00"}


# Changing


def own_message(call: Call, channel: Json, refusal: str) -> Json:
    """The message that a call names, which must be the caller's own."""
    message = the_message(call, channel, "ts")
    by_my_app = call.token.is_bot and message.get("bot_id") == call.token.bot_id
    if message.get("user") != call.user_id and not by_my_app:
        raise SlackError(refusal)
    return message


def update(call: Call) -> Json:
    """chat.update: new text replaces the old; blocks that were sent stay until others are sent."""
    channel = the_channel(call)
    message = own_message(call, channel, "cant_update_message")
    made = content(call)
    if "blocks" not in call.arguments and _has_own_blocks(message):
        made.pop("blocks", None)
    editor = call.token.bot_id or call.user_id
    message.update(made, edited={"user": editor, "ts": f"{call.state.seconds()}.000000"})
    shown = {name: value for name, value in message.items() if name != "ts"}
    return {"channel": channel["id"], "ts": message["ts"], "text": made["text"], "message": shown}


def _has_own_blocks(message: Json) -> bool:
    """Whether its author sent blocks; of a text alone, the service makes one of rich text."""
    blocks = message.get("blocks") or []
    return any(block.get("type") != "rich_text" for block in blocks)


def delete(call: Call) -> Json:
    """chat.delete: the head of a thread leaves a gravestone."""
    channel = the_channel(call)
    message = own_message(call, channel, "cant_delete_message")
    threads.remove(call.state, channel, message)
    return {"channel": channel["id"], "ts": message["ts"]}


def permalink(call: Call) -> Json:
    """chat.getPermalink."""
    channel = the_channel(call)
    message = the_message(call, channel, "message_ts")
    return {"permalink": call.permalink(channel["id"], message), "channel": channel["id"]}


# Scheduling


def schedule(call: Call) -> Json:
    """chat.scheduleMessage.

    That the time has not passed is not checked: the twin's clock is not that of its clients.
    """
    channel = destination(call)
    post_at = call.arguments.number("post_at", -1)
    if post_at < 0:
        raise SlackError("invalid_time")
    message = {**author(call), **content(call), **threads.place(call, channel)}
    identifier = call.state.new_id("Q")
    call.state.scheduled[identifier] = {
        "id": identifier,
        "channel_id": channel["id"],
        "post_at": post_at,
        "date_created": call.state.seconds(),
        "text": message["text"],
        "message": message,
    }
    answer = {"scheduled_message_id": identifier, "channel": channel["id"], "post_at": post_at}
    return {**answer, "message": message}


def list_scheduled(call: Call) -> Json:
    """chat.scheduledMessages.list: the first to come first."""
    wanted = call.text("channel")
    if wanted and wanted not in call.state.channels:
        raise SlackError("invalid_channel")
    chosen = [one for one in call.state.scheduled.values() if wanted in ("", one["channel_id"]) and _within(call, one)]
    ordered = [one["id"] for one in sorted(chosen, key=lambda one: int(one["post_at"]))]
    names, cursor = page(call, ordered, "scheduled")
    listed = [_listed(call.state.scheduled[name]) for name in names]
    return {"scheduled_messages": listed, **continued(cursor)}


def _within(call: Call, one: Json) -> bool:
    latest = call.arguments.number("latest")
    return call.arguments.number("oldest") <= int(one["post_at"]) and (not latest or int(one["post_at"]) <= latest)


def _listed(one: Json) -> Json:
    return {name: value for name, value in one.items() if name not in NOT_LISTED}


def delete_scheduled(call: Call) -> Json:
    """chat.deleteScheduledMessage."""
    channel = the_channel(call)
    found = call.state.scheduled.get(call.text("scheduled_message_id"))
    if found is None or found["channel_id"] != channel["id"]:
        raise SlackError("invalid_scheduled_message_id")
    del call.state.scheduled[found["id"]]
    return {}


METHODS: Mapping[str, Method] = {
    "chat.postMessage": Method(post_message),
    "chat.meMessage": Method(me_message, tolerates=frozenset({"text"})),
    "chat.postEphemeral": Method(post_ephemeral),
    "chat.update": Method(update),
    "chat.delete": Method(delete),
    "chat.getPermalink": Method(permalink),
    "chat.scheduleMessage": Method(schedule),
    "chat.scheduledMessages.list": Method(list_scheduled),
    "chat.deleteScheduledMessage": Method(delete_scheduled),
}
