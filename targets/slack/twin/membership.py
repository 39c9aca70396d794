"""Who is in a conversation: joining, leaving, inviting, removing, and opening direct messages."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.recordings.model import Json
from targets.slack.calls import kind_of
from targets.slack.twin.calls import Call, Method
from targets.slack.twin.channels import announce, shown, with_last_read
from targets.slack.twin.errors import SlackError
from targets.slack.twin.lookups import my_open_channel, the_channel, the_user, users_named, writable
from targets.slack.twin.resources import add_channel
from targets.slack.twin.state import Workspace

DIRECT = ("im", "mpim")
MOST_IN_GROUP = 9
"""People in a group message, the caller among them."""


def join(call: Call) -> Json:
    """conversations.join: a member who joins again is told so."""
    channel = writable(the_channel(call))
    if kind_of(channel) != "public_channel":
        raise SlackError("method_not_supported_for_channel_type")
    if call.state.join(channel["id"], call.user_id):
        announce(call.state, channel, call.user_id, "join", "joined")
    else:
        call.warnings.append("already_in_channel")
    return {"channel": {**shown(call.state, channel, call.user_id), "priority": 0}}


def leave(call: Call) -> Json:
    """conversations.leave; leaving what one is not in is no error."""
    channel = writable(the_channel(call))
    if kind_of(channel) == "im":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.get("is_general"):
        raise SlackError("cant_leave_general")
    if not call.state.part(channel["id"], call.user_id):
        return {"not_in_channel": True}
    announce(call.state, channel, call.user_id, "leave", "left")
    return {}


def invite(call: Call) -> Json:
    """conversations.invite: all of them or none."""
    channel = my_open_channel(call)
    if kind_of(channel) in DIRECT:
        raise SlackError("method_not_supported_for_channel_type")
    if not call.arguments.names("users"):
        raise SlackError("no_user")
    invited = users_named(call)
    complaints = [_complaint(call, channel, user_id) for user_id in invited]
    if any(complaints):
        errors = [{"user": one, "ok": False, "error": word} for one, word in zip(invited, complaints, strict=True)]
        raise SlackError(next(filter(None, complaints)), errors=[error for error in errors if error["error"]])
    for user_id in invited:
        call.state.join(channel["id"], user_id)
        announce(call.state, channel, user_id, "join", "joined", inviter=call.user_id)
    return {"channel": with_last_read(call.state, channel, call.user_id)}


def _complaint(call: Call, channel: Json, user_id: str) -> str:
    """Why a user cannot be invited, "" if they can."""
    if user_id == call.user_id:
        return "cant_invite_self"
    return "already_in_channel" if call.state.is_member(channel["id"], user_id) else ""


def kick(call: Call) -> Json:
    """conversations.kick."""
    channel = my_open_channel(call)
    if kind_of(channel) in DIRECT:
        raise SlackError("method_not_supported_for_channel_type")
    user = the_user(call)
    if user["id"] == call.user_id:
        raise SlackError("cant_kick_self")
    if channel.get("is_general"):
        raise SlackError("cant_kick_from_general")
    if not call.state.part(channel["id"], user["id"]):
        raise SlackError("not_in_channel")
    return {"errors": {}}


# Direct messages


def open_direct(call: Call) -> Json:
    """conversations.open: by users, or by the id of a conversation that there is."""
    if not call.arguments.names("users"):
        return _reopen(call)
    others = [name for name in users_named(call) if name != call.user_id] or [call.user_id]
    if len(others) >= MOST_IN_GROUP:
        raise SlackError("too_many_users")
    found = direct_with(call.state, call.user_id, others)
    if found:
        return _opened(call, found, again=not found.get("is_closed"))
    if call.arguments.flag("prevent_creation"):
        raise SlackError("channel_not_found")
    return _opened(call, new_direct(call.state, call.user_id, others), again=False)


def _reopen(call: Call) -> Json:
    if not call.text("channel"):
        raise SlackError("users_list_not_supplied")
    channel = the_channel(call)
    if kind_of(channel) not in DIRECT:
        raise SlackError("method_not_supported_for_channel_type")
    return _opened(call, channel, again=not channel.get("is_closed"))


def _opened(call: Call, channel: Json, again: bool) -> Json:
    channel.pop("is_closed", None)
    shape = {"id": channel["id"]}
    if call.arguments.flag("return_im"):
        shape = shown(call.state, channel, call.user_id)
    return {**({"no_op": True, "already_open": True} if again else {}), "channel": shape}


def direct_with(state: Workspace, user_id: str, others: list[str]) -> Json | None:
    """The direct or group message of exactly these people."""
    group = {user_id, *others}
    for name, channel in state.channels.items():
        if kind_of(channel) in DIRECT and set(state.members.get(name, ())) == group:
            return channel
    return None


def new_direct(state: Workspace, user_id: str, others: list[str]) -> Json:
    """A new direct message with one, or group message with several."""
    if len(others) == 1:
        return add_channel(state, {"id": state.new_id("D"), "is_im": True, "user": others[0]}, [user_id, *others])
    handles = [state.users[name]["name"] for name in (user_id, *others)]
    facts = {"id": state.new_id("C"), "is_mpim": True, "name": f"mpdm-{'--'.join(handles)}-1", "creator": user_id}
    facts["purpose"] = {"value": f"Group messaging with: @{' @'.join(handles)}", "creator": user_id, "last_set": 0}
    return add_channel(state, facts, [user_id, *others])


def close(call: Call) -> Json:
    """conversations.close: out of sight, until it is opened again."""
    channel = the_channel(call)
    if kind_of(channel) not in DIRECT:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.get("is_closed"):
        return {"no_op": True, "already_closed": True}
    channel["is_closed"] = True
    return {}


METHODS: Mapping[str, Method] = {
    "conversations.join": Method(join),
    "conversations.leave": Method(leave),
    "conversations.invite": Method(invite, tolerates=frozenset({"users"})),
    "conversations.kick": Method(kick),
    "conversations.open": Method(open_direct),
    "conversations.close": Method(close),
}
