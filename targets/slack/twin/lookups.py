"""Finds what arguments name; refuses what is not there."""

from __future__ import annotations

from conformance.recordings.model import Json
from targets.slack.calls import kind_of
from targets.slack.twin.calls import Call
from targets.slack.twin.errors import SlackError
from targets.slack.twin.state import Workspace


def find_channel(state: Workspace, name: str, user_id: str) -> Json | None:
    """A conversation by id, or by name with or without ``#``, if the user can see it."""
    channel = state.channels.get(name) or next((one for one in state.channels.values() if _is_called(one, name)), None)
    if channel and (kind_of(channel) == "public_channel" or state.is_member(channel["id"], user_id)):
        return channel
    return None


def _is_called(channel: Json, name: str) -> bool:
    return bool(name) and "name" in channel and channel["name"] == name.removeprefix("#")


def the_channel(call: Call, argument: str = "channel") -> Json:
    """The conversation that an argument names."""
    channel = find_channel(call.state, call.text(argument), call.user_id)
    if channel is None:
        raise SlackError("channel_not_found")
    return channel


def my_channel(call: Call, argument: str = "channel") -> Json:
    """The conversation that an argument names, of which the caller must be a member."""
    channel = the_channel(call, argument)
    if not call.state.is_member(channel["id"], call.user_id):
        raise SlackError("not_in_channel")
    return channel


def my_open_channel(call: Call) -> Json:
    """Likewise; that it is archived, and so has no members any more, is said first."""
    writable(the_channel(call))
    return my_channel(call)


def the_user(call: Call, argument: str = "user", default: str = "") -> Json:
    """The user that an argument names."""
    user = call.state.users.get(call.text(argument) or default)
    if user is None:
        raise SlackError("user_not_found")
    return user


def users_named(call: Call, argument: str = "users") -> list[str]:
    """Ids of the users in a list, each of them once."""
    names = list(dict.fromkeys(call.arguments.names(argument)))
    if not all(name in call.state.users for name in names):
        raise SlackError("user_not_found")
    return names


def find_message(state: Workspace, channel_id: str, ts: str) -> Json | None:
    """A message by its timestamp."""
    return state.messages.get(channel_id, {}).get(ts)


def the_message(call: Call, channel: Json, argument: str = "timestamp") -> Json:
    """The message of the conversation that an argument names."""
    ts = call.text(argument)
    whole, dot, fraction = ts.partition(".")
    if not (dot and whole.isdigit() and fraction.isdigit()):
        raise SlackError("bad_timestamp" if argument == "timestamp" else "message_not_found")
    message = find_message(call.state, channel["id"], ts)
    if message is None:
        raise SlackError("message_not_found")
    return message


def writable(channel: Json) -> Json:
    """The conversation, if it is not archived."""
    if channel.get("is_archived"):
        raise SlackError("is_archived")
    return channel
