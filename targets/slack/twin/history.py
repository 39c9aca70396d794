"""Reading conversations: their messages, and those of a thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from conformance.recordings.model import Json
from targets.slack.calls import kind_of
from targets.slack.twin import threads
from targets.slack.twin.calls import Call, Method
from targets.slack.twin.errors import SlackError
from targets.slack.twin.lookups import find_message, the_channel
from targets.slack.twin.paging import continued, page

NEXT = "next_ts"


def history(call: Call) -> Json:
    """conversations.history: newest first, without replies that were not also sent to the channel."""
    channel = readable(call)
    shelf = call.state.messages.get(channel["id"], {})
    chosen = [one for one in shelf.values() if _in_channel(one) and _within(call, one["ts"])]
    newest_first = sorted(chosen, key=lambda one: str(one["ts"]), reverse=True)
    messages, cursor = _cut(call, newest_first)
    actions = {"channel_actions_ts": None, "channel_actions_count": 0}
    pins = len(call.state.pins.get(channel["id"], ()))
    return {
        "messages": messages,
        "has_more": bool(cursor),
        "pin_count": pins,
        **actions,
        **(continued(cursor) if cursor else {}),
    }


def readable(call: Call) -> Json:
    """The conversation that a call names. People read public channels without joining; bots do not."""
    channel = the_channel(call)
    public = kind_of(channel) == "public_channel" and not call.token.is_bot
    if not public and not call.state.is_member(channel["id"], call.user_id):
        raise SlackError("not_in_channel")
    return channel


def _in_channel(message: Json) -> bool:
    return not threads.is_reply(message) or message.get("subtype") == "thread_broadcast"


def _within(call: Call, ts: str) -> bool:
    """Between ``oldest`` and ``latest``, which belong to it only where the call says so."""
    oldest = call.arguments.moment("oldest", "invalid_ts_oldest")
    latest = call.arguments.moment("latest", "invalid_ts_latest")
    moment = float(ts)
    if call.arguments.flag("inclusive"):
        return (oldest is None or moment >= oldest) and (latest is None or moment <= latest)
    return (oldest is None or moment > oldest) and (latest is None or moment < latest)


def _cut(call: Call, messages: Sequence[Json]) -> tuple[list[Json], str]:
    """The page that is asked for, and the cursor of the next."""
    by_digits = {one["ts"].replace(".", ""): one for one in messages}
    here, cursor = page(call, list(by_digits), NEXT)
    return [_shown(call, by_digits[digits]) for digits in here], cursor


def _shown(call: Call, message: Json) -> Json:
    """A message; what apps keep with it is for those who ask."""
    if call.arguments.flag("include_all_metadata"):
        return message
    return {name: value for name, value in message.items() if name != "metadata"}


def _next(cursor: str) -> Json:
    """The last page says nothing of a next one."""
    return continued(cursor) if cursor else {}


def replies(call: Call) -> Json:
    """conversations.replies: the head of the thread, then its replies, oldest first."""
    channel = readable(call)
    named = find_message(call.state, channel["id"], call.text("ts"))
    if named is None:
        raise SlackError("thread_not_found")
    head = find_message(call.state, channel["id"], named.get("thread_ts", named["ts"])) or named
    answers = [one for one in threads.replies(call.state, channel, head["ts"]) if _within(call, one["ts"])]
    messages, cursor = _cut(call, [head, *answers])
    return {"messages": messages, "has_more": bool(cursor), **_next(cursor)}


METHODS: Mapping[str, Method] = {
    "conversations.history": Method(history),
    "conversations.replies": Method(replies, tolerates=frozenset({"ts"})),
}
