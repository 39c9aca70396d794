"""Reactions, pins and stars: what people put on messages."""

from __future__ import annotations

import re
from collections.abc import Mapping

from conformance.recordings.model import Json
from targets.slack.twin.calls import Call, Method
from targets.slack.twin.errors import SlackError
from targets.slack.twin.lookups import find_message, the_channel, the_message, the_user, writable
from targets.slack.twin.paging import continued, numbered, page, slice_of

_EMOJI = re.compile(r"[a-z0-9_+'\-]+(::skin-tone-[2-6])?\Z")


def the_item(call: Call) -> tuple[Json, Json]:
    """The channel and the message that a call is about."""
    if not call.text("timestamp"):
        raise SlackError("no_item_specified")
    channel = the_channel(call)
    return channel, the_message(call, channel)


# Reactions


def emoji_named(call: Call) -> str:
    """The name of an emoji, without colons."""
    name = call.text("name").strip(":")
    if not _EMOJI.match(name):
        raise SlackError("invalid_name")
    return name


def add(call: Call) -> Json:
    """reactions.add."""
    name = emoji_named(call)
    channel, message = the_item(call)
    writable(channel)
    reactions = message.setdefault("reactions", [])
    reaction = _named(reactions, name)
    if reaction is None:
        reaction = {"name": name, "users": [], "count": 0}
        reactions.append(reaction)
    if call.user_id in reaction["users"]:
        raise SlackError("already_reacted")
    reaction["users"].append(call.user_id)
    reaction["count"] += 1
    call.state.reacted.append((call.user_id, channel["id"], message["ts"]))
    return {}


def _named(reactions: list[Json], name: str) -> Json | None:
    return next((one for one in reactions if one["name"] == name), None)


def remove(call: Call) -> Json:
    """reactions.remove."""
    name = emoji_named(call)
    channel, message = the_item(call)
    reactions = message.get("reactions", [])
    reaction = _named(reactions, name)
    if reaction is None or call.user_id not in reaction["users"]:
        raise SlackError("no_reaction")
    reaction["users"].remove(call.user_id)
    reaction["count"] -= 1
    if not reaction["count"]:
        reactions.remove(reaction)
    if not reactions:
        message.pop("reactions")
    call.state.reacted.remove((call.user_id, channel["id"], message["ts"]))
    return {}


def get(call: Call) -> Json:
    """reactions.get."""
    channel, message = the_item(call)
    return {"type": "message", "channel": channel["id"], "message": linked(call, channel["id"], message)}


def linked(call: Call, channel_id: str, message: Json) -> Json:
    """A message with its address."""
    return {**message, "permalink": call.permalink(channel_id, message)}


def list_reacted(call: Call) -> Json:
    """reactions.list: what a user reacted to, the last first."""
    user = the_user(call, default=call.user_id)
    found = [(channel, ts) for who, channel, ts in reversed(call.state.reacted) if who == user["id"]]
    names, cursor = page(call, [f"{channel}/{ts}" for channel, ts in dict.fromkeys(found)], "reaction")
    places = [name.split("/") for name in names]
    messages = [(channel, find_message(call.state, channel, ts)) for channel, ts in places]
    items = [
        {"type": "message", "channel": channel, "message": linked(call, channel, message)}
        for channel, message in messages
        if message
    ]
    return {"items": items, **continued(cursor)}


# Pins


def pin(call: Call) -> Json:
    """pins.add."""
    channel, message = the_item(call)
    pins = call.state.pins.setdefault(channel["id"], [])
    if any(one.get("ts") == message["ts"] for one in pins):
        raise SlackError("already_pinned")
    pins.insert(0, {"ts": message["ts"], "created": call.state.seconds(), "created_by": call.user_id})
    message["pinned_to"] = [*message.get("pinned_to", ()), channel["id"]]
    return {}


def unpin(call: Call) -> Json:
    """pins.remove; what is not pinned, or not there at all, cannot be."""
    if not call.text("timestamp"):
        raise SlackError("no_item_specified")
    channel = the_channel(call)
    pins = call.state.pins.get(channel["id"], [])
    found = next((one for one in pins if one.get("ts") == call.text("timestamp")), None)
    if found is None:
        raise SlackError("no_pin")
    pins.remove(found)
    message = find_message(call.state, channel["id"], found["ts"])
    if message is not None:
        message.pop("pinned_to", None)
    return {}


def list_pins(call: Call) -> Json:
    """pins.list: the last first."""
    channel = the_channel(call)
    return {"items": [_pinned(call, channel["id"], one) for one in call.state.pins.get(channel["id"], ())]}


def _pinned(call: Call, channel_id: str, one: Json) -> Json:
    stamp = {"created": one["created"], "created_by": one["created_by"]}
    if "file" in one:
        return {"type": "file", "file": call.state.files.get(one["file"], {"id": one["file"]}), **stamp}
    message = find_message(call.state, channel_id, one["ts"]) or {"type": "message", "ts": one["ts"]}
    return {"type": "message", "channel": channel_id, "message": linked(call, channel_id, message), **stamp}


# Stars


def star(call: Call) -> Json:
    """stars.add: a message, a file or a conversation."""
    item = _starred(call)
    mine = call.state.stars.setdefault(call.user_id, [])
    if any(_same(item, one) for one in mine):
        raise SlackError("already_starred")
    mine.insert(0, {**item, "date_create": call.state.seconds()})
    return {}


def _starred(call: Call) -> Json:
    """What a call is about, as lists of stars name it."""
    if call.text("file"):
        if call.text("file") not in call.state.files:
            raise SlackError("file_not_found")
        return {"type": "file", "file": call.text("file")}
    if not call.text("channel"):
        raise SlackError("no_item_specified")
    if not call.text("timestamp"):
        return {"type": "channel", "channel": the_channel(call)["id"]}
    channel, message = the_item(call)
    return {"type": "message", "channel": channel["id"], "ts": message["ts"]}


def _same(item: Json, one: Json) -> bool:
    return all(one.get(name) == value for name, value in item.items())


def unstar(call: Call) -> Json:
    """stars.remove."""
    item = _starred(call)
    mine = call.state.stars.get(call.user_id, [])
    found = next((one for one in mine if _same(item, one)), None)
    if found is None:
        raise SlackError("not_starred")
    mine.remove(found)
    return {}


def list_stars(call: Call) -> Json:
    """stars.list."""
    mine = call.state.stars.get(call.user_id, [])
    paging = numbered(len(mine), call.arguments)
    return {"items": [_star(call, one) for one in mine[slice_of(paging)]], "paging": paging}


def _star(call: Call, one: Json) -> Json:
    shown = {name: value for name, value in one.items() if name != "ts"}
    if one["type"] == "file":
        shown["file"] = call.state.files.get(one["file"], {"id": one["file"]})
    if one["type"] == "message":
        message = find_message(call.state, one["channel"], one["ts"]) or {"type": "message", "ts": one["ts"]}
        shown["message"] = linked(call, one["channel"], message)
    return shown


METHODS: Mapping[str, Method] = {
    "reactions.add": Method(add, tolerates=frozenset({"timestamp"})),
    "reactions.remove": Method(remove),
    "reactions.get": Method(get),
    "reactions.list": Method(list_reacted),
    "pins.add": Method(pin),
    "pins.remove": Method(unpin),
    "pins.list": Method(list_pins),
    "stars.add": Method(star),
    "stars.remove": Method(unstar),
    "stars.list": Method(list_stars),
}
