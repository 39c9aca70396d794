"""Conversations as their methods show them, and their own names, topics and ends."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from conformance.recordings.model import Json
from targets.slack.calls import kind_of
from targets.slack.twin.calls import Call, Method
from targets.slack.twin.errors import SlackError
from targets.slack.twin.lookups import my_channel, my_open_channel, the_channel, writable
from targets.slack.twin.paging import continued, page
from targets.slack.twin.resources import NEVER_READ, add_channel
from targets.slack.twin.state import Workspace

CONVERSATION_TYPES = frozenset({"public_channel", "private_channel", "mpim", "im"})

ONLY_SOMETIMES = frozenset(
    {
        *("num_members", "last_read", "latest", "unread_count", "unread_count_display", "is_open", "locale"),
        *("is_thread_only", "is_read_only", "members", "is_closed"),
    }
)
"""Members of a conversation that only some methods show."""

ONLY_INFO = ("latest", "unread_count", "unread_count_display", "is_open")
MAX_NAME = 80
MAX_TEXT = 250
"""Characters of a channel's name, and of its topic or purpose."""

_NAME = re.compile(r"[\w\-]+\Z")
_PUNCTUATION = re.compile(r"[\W_]+\Z")


# What is shown


def shown(state: Workspace, channel: Json, user_id: str) -> dict[str, Json]:
    """A conversation as all methods show it to this user."""
    kept = {name: value for name, value in channel.items() if name not in ONLY_SOMETIMES}
    if kind_of(channel) == "mpim" and "members" in channel:
        kept["members"] = known_members(state, channel)
    if "is_member" in kept:
        kept["is_member"] = state.is_member(channel["id"], user_id)
    if kind_of(channel) != "im":
        kept.pop("priority", None)
    return kept


def with_last_read(state: Workspace, channel: Json, user_id: str) -> dict[str, Json]:
    """Likewise, with where a member has read to."""
    view = shown(state, channel, user_id)
    mark = state.read_marks.get(channel["id"], {}).get(user_id)
    if mark or (kind_of(channel) != "im" and state.is_member(channel["id"], user_id)):
        view["last_read"] = mark or NEVER_READ
    return view


def detailed(state: Workspace, channel: Json, user_id: str) -> dict[str, Json]:
    """As it is shown alone: with what is unread in it, where that is known."""
    view = with_last_read(state, channel, user_id)
    return {**view, **{name: channel[name] for name in ONLY_INFO if name in channel}}


def listed(state: Workspace, channel: Json, user_id: str) -> dict[str, Json]:
    """As lists show it: channels with how many members they have."""
    view = shown(state, channel, user_id)
    if kind_of(channel) in ("public_channel", "private_channel"):
        view["num_members"] = member_count(state, channel)
    return view


def member_count(state: Workspace, channel: Json) -> int:
    """How many are in it: what facts told, changed by who came and went since, or those that are known."""
    return int(channel.get("num_members", len(known_members(state, channel))))


def known_members(state: Workspace, channel: Json) -> list[str]:
    """Who is in it, without those that no list shows."""
    return [name for name in state.members.get(channel["id"], ()) if name not in state.unlisted]


def by_age(channels: Iterable[Json]) -> list[Json]:
    """In the order of lists: ids count up, direct messages begin with the one that changed last."""
    return sorted(channels, key=lambda channel: (-_changed(channel), len(channel["id"]), channel["id"]))


def _changed(channel: Json) -> int:
    return int(channel.get("updated", 0)) if kind_of(channel) == "im" else 0


# Reading


def list_all(call: Call) -> Json:
    """conversations.list."""
    mine = (channel for channel in call.state.channels.values() if _sees(call, channel))
    return _listing(call, by_age(mine))


def list_mine(call: Call) -> Json:
    """users.conversations: those of one user, or of the caller, by name."""
    user_id = call.text("user") or call.user_id
    if user_id not in call.state.users:
        raise SlackError("user_not_found")
    members = call.state.members
    theirs = (channel for name, channel in call.state.channels.items() if user_id in members.get(name, ()))
    seen = [channel for channel in theirs if _sees(call, channel)]
    return _listing(call, sorted(by_age(seen), key=lambda channel: str(channel.get("name", ""))))


def _sees(call: Call, channel: Json) -> bool:
    return kind_of(channel) == "public_channel" or call.state.is_member(channel["id"], call.user_id)


def _listing(call: Call, channels: Iterable[Json]) -> Json:
    types = call.arguments.names("types") or ["public_channel"]
    if not CONVERSATION_TYPES.issuperset(types):
        raise SlackError("invalid_types")
    archived = not call.arguments.flag("exclude_archived")
    chosen = [one for one in channels if kind_of(one) in types and (archived or not one.get("is_archived"))]
    names, cursor = page(call, [channel["id"] for channel in chosen], "team")
    views = [listed(call.state, call.state.channels[name], call.user_id) for name in names]
    return {"channels": views, **continued(cursor)}


def info(call: Call) -> Json:
    """conversations.info."""
    channel = the_channel(call)
    view = detailed(call.state, channel, call.user_id)
    if call.arguments.flag("include_num_members"):
        view["num_members"] = member_count(call.state, channel)
        view.update({name: channel.get(name, False) for name in ("is_thread_only", "is_read_only")})
    if call.arguments.flag("include_locale"):
        view["locale"] = channel.get("locale", "en-US")
    return {"channel": view}


def members(call: Call) -> Json:
    """conversations.members."""
    channel = the_channel(call)
    ordered = sorted(known_members(call.state, channel), key=lambda name: (len(name), name))
    names, cursor = page(call, ordered, "user")
    return {"members": list(names), **continued(cursor)}


# Names


def checked_name(state: Workspace, name: str, own: str = "") -> str:
    """A name that the channel ``own`` may have, or a new one."""
    if not name:
        raise SlackError("invalid_name_required")
    if len(name) > MAX_NAME:
        raise SlackError("invalid_name_maxlength")
    if _PUNCTUATION.match(name):
        raise SlackError("invalid_name_punctuation")
    if name != name.lower() or not _NAME.match(name):
        raise SlackError("invalid_name_specials")
    if any(channel.get("name") == name and channel["id"] != own for channel in state.channels.values()):
        raise SlackError("name_taken")
    return name


def create(call: Call) -> Json:
    """conversations.create: the maker is its first member."""
    state = call.state
    name = checked_name(state, call.text("name"))
    private = call.arguments.flag("is_private")
    facts = {"id": state.new_id("C"), "name": name, "creator": call.user_id, "is_private": private}
    channel = add_channel(state, facts, [call.user_id])
    announce(state, channel, call.user_id, "join", "joined")
    return {"channel": {**with_last_read(state, channel, call.user_id), "priority": 0}}


def announce(state: Workspace, channel: Json, user_id: str, what: str, done: str, **more: str) -> None:
    """The message that tells a channel who came or went."""
    kind = "channel" if kind_of(channel) == "public_channel" else "group"
    text = f"<@{user_id}> has {done} the {kind}"
    message = {"subtype": f"{kind}_{what}", "user": user_id, "text": text, **more, "type": "message"}
    state.post(channel["id"], {**message, "ts": state.new_ts()})


def rename(call: Call) -> Json:
    """conversations.rename: the former name is kept."""
    channel = _settable(my_open_channel(call))
    name = checked_name(call.state, call.text("name").lower(), channel["id"])
    if name != channel.get("name"):
        former = [channel["name"], *channel.get("previous_names", ())]
        channel.update(name=name, name_normalized=name, previous_names=former)
    return _touched(call, channel)


def set_topic(call: Call) -> Json:
    """conversations.setTopic."""
    return _set_text(call, "topic")


def set_purpose(call: Call) -> Json:
    """conversations.setPurpose."""
    return _set_text(call, "purpose")


def _set_text(call: Call, which: str) -> Json:
    channel = _settable(the_channel(call))
    value = call.text(which)
    if len(value) > MAX_TEXT:
        raise SlackError("too_long")
    channel[which] = {"value": value, "creator": call.user_id, "last_set": call.state.seconds()}
    return _touched(call, channel)


def _settable(channel: Json) -> Json:
    if kind_of(channel) in ("im", "mpim"):
        raise SlackError("method_not_supported_for_channel_type")
    return writable(channel)


def _touched(call: Call, channel: Json) -> Json:
    """The changed conversation, with the time of the change where it shows one."""
    if "updated" in channel:
        channel["updated"] = call.state.milliseconds()
    return {"channel": with_last_read(call.state, channel, call.user_id)}


# Ends


def archive(call: Call) -> Json:
    """conversations.archive: everyone leaves."""
    channel = the_channel(call)
    if kind_of(channel) == "im":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.get("is_archived"):
        raise SlackError("already_archived")
    if channel.get("is_general"):
        raise SlackError("cant_archive_general")
    my_channel(call)
    channel["is_archived"] = True
    channel.pop("num_members", None)
    for user_id in tuple(call.state.members[channel["id"]]):
        call.state.part(channel["id"], user_id)
    _touched(call, channel)
    return {}


def unarchive(call: Call) -> Json:
    """conversations.unarchive: who does it is a member again."""
    channel = the_channel(call)
    if not channel.get("is_archived"):
        raise SlackError("not_archived")
    channel["is_archived"] = False
    call.state.join(channel["id"], call.user_id)
    _touched(call, channel)
    return {}


def mark(call: Call) -> Json:
    """conversations.mark: read up to here."""
    channel = my_channel(call)
    ts = call.text("ts")
    if not re.fullmatch(r"\d+\.\d+", ts):
        raise SlackError("invalid_timestamp")
    call.state.read_marks.setdefault(channel["id"], {})[call.user_id] = ts
    return {}


METHODS: Mapping[str, Method] = {
    "conversations.list": Method(list_all),
    "conversations.info": Method(info),
    "conversations.members": Method(members),
    "conversations.create": Method(create),
    "conversations.rename": Method(rename),
    "conversations.setTopic": Method(set_topic),
    "conversations.setPurpose": Method(set_purpose),
    "conversations.archive": Method(archive),
    "conversations.unarchive": Method(unarchive),
    "conversations.mark": Method(mark),
    "users.conversations": Method(list_mine),
    "channels.create": Method(create, scopes={"bot": ("channels:manage",), "user": ("channels:write",)}),
}
