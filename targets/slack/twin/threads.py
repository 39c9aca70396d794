"""Threads: where a reply belongs, and what the head of a thread says of its replies."""

from __future__ import annotations

from typing import Any

from conformance.recordings.model import Json
from targets.slack.twin.calls import Call
from targets.slack.twin.lookups import find_message
from targets.slack.twin.state import Workspace

SLACKBOT = "USLACKBOT"
COUNTS = ("reply_count", "reply_users_count", "latest_reply", "reply_users", "is_locked", "subscribed")


def is_reply(message: Json) -> bool:
    """Whether it is a reply, rather than the head of a thread or a message without one."""
    return "thread_ts" in message and message["thread_ts"] != message["ts"]


def place(call: Call, channel: Json) -> dict[str, Any]:
    """The members that put a message into the thread that the call names; {} for none.

    A reply to a reply goes into the same thread. A thread that is not there is made without a head.
    """
    ts = call.text("thread_ts")
    if not ts:
        return {}
    named = find_message(call.state, channel["id"], ts)
    head_ts = named["thread_ts"] if named and "thread_ts" in named else ts
    head = find_message(call.state, channel["id"], head_ts)
    parent = {"parent_user_id": head["user"]} if head and "user" in head else {}
    return {"thread_ts": head_ts, **parent}


def count(state: Workspace, channel: Json, reply: Json) -> None:
    """Let the head of a thread know of a new reply."""
    head = find_message(state, channel["id"], reply.get("thread_ts", ""))
    if head is None or head is reply:
        return
    users = list(head.get("reply_users", ()))
    if reply.get("user") and reply["user"] not in users:
        users.append(reply["user"])
    head.update(
        thread_ts=head["ts"],
        reply_count=head.get("reply_count", 0) + 1,
        reply_users=users,
        reply_users_count=max(len(users), head.get("reply_users_count", 0)),
        latest_reply=reply["ts"],
        is_locked=False,
        subscribed=head.get("subscribed", False),
    )


def replies(state: Workspace, channel: Json, head_ts: str) -> list[Json]:
    """The replies of a thread, oldest first."""
    found = (one for one in state.messages.get(channel["id"], {}).values() if one.get("thread_ts") == head_ts)
    return sorted((one for one in found if is_reply(one)), key=lambda one: str(one["ts"]))


def remove(state: Workspace, channel: Json, message: Json) -> None:
    """Take a message away, and tell its thread."""
    shelf = state.messages[channel["id"]]
    if message.get("reply_count") and not is_reply(message):
        kept = {name: message[name] for name in ("ts", "thread_ts", *COUNTS) if name in message}
        grave = {"type": "message", "subtype": "tombstone", "text": "This message was deleted.", "user": SLACKBOT}
        shelf[message["ts"]] = {**grave, "hidden": True, **kept}
        return
    del shelf[message["ts"]]
    head = shelf.get(message.get("thread_ts", ""))
    if head is not None:
        _recount(state, channel, head)


def _recount(state: Workspace, channel: Json, head: Json) -> None:
    left = replies(state, channel, head["ts"])
    count = max(head.get("reply_count", 1) - 1, len(left))
    if not count:
        for name in (*COUNTS, "thread_ts"):
            head.pop(name, None)
        return
    head["reply_count"] = count
    if left:
        head["latest_reply"] = left[-1]["ts"]
    if len(left) == count:
        head["reply_users"] = list(dict.fromkeys(one["user"] for one in left if "user" in one))
        head["reply_users_count"] = len(head["reply_users"])
