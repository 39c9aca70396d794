"""Follows a recorded program, and collects what was in its workspace before.

Things are recognised in answers by the key that holds them, whatever method answers; what a program made or changed
itself is no fact. A few tables say what else follows from a method's success, or from an error.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.programs.model import Call, Observation
from conformance.recordings.model import Json
from targets.slack.calls import api_of, failed_with, is_id, named

Thing = tuple[str, ...]
"""A kind and an id; for messages a channel's id between them."""

HOLDS: Mapping[str, str] = {
    "channel": "channels", "channels": "channels", "ims": "channels", "groups": "channels", "mpims": "channels",
    "user": "users", "users": "users", "members": "users", "self": "users",
    "bot_profile": "bots", "bots": "bots", "bot": "bots", "team": "team",
    "message": "messages", "messages": "messages", "latest": "messages",
    "file": "files", "files": "files",
    "usergroup": "usergroups", "usergroups": "usergroups", "bookmark": "bookmarks", "bookmarks": "bookmarks",
    "reminder": "reminders", "reminders": "reminders", "scheduled_messages": "scheduled",
}  # fmt: skip
"""Kinds of things, by the key under which an answer holds one or a list of them."""

FOUND = "matches"
"""What a search has found is of the kind of the list above it."""

CHANGES: Mapping[str, tuple[str, ...]] = {
    "setTopic": ("topic",),
    "setPurpose": ("purpose",),
    "rename": ("name", "name_normalized", "previous_names"),
    "archive": ("is_archived", "is_member", "members", "num_members"),
    "unarchive": ("is_archived", "is_member", "members", "num_members"),
    "join": ("is_member", "members", "num_members"),
    "leave": ("is_member", "members", "num_members"),
    "invite": ("members", "num_members"),
    "kick": ("members", "num_members"),
    "mark": ("last_read", "unread_count", "unread_count_display"),
    "open": ("is_open", "members", "num_members"),
    "close": ("is_open",),
    "update": ("text", "blocks", "attachments", "edited"),
}
"""What a write changes in the thing that it names, by the last word of its method."""

MOVING = ("updated", "latest", "last_read", "unread_count", "unread_count_display", "latest_reply")
"""What any write may change."""

MEMBER_ONLY = re.compile(r"conversations\.(?:rename|invite|kick|leave|archive)|chat\.post.*")
"""Methods that only members of a channel may call."""

AMONG_MEMBERS = frozenset({"conversations.kick", "chat.postEphemeral"})
"""Methods whose ``user`` must be a member too."""

OUTSIDE = frozenset({"not_in_channel"})
"""Errors by which the caller is no member of the channel that it names."""

ABSENT: Mapping[str, frozenset[str]] = {
    "channel_not_found": frozenset({"channels", "messages"}),
    "user_not_found": frozenset({"users"}),
    "users_not_found": frozenset({"users"}),
    "message_not_found": frozenset({"messages"}),
    "thread_not_found": frozenset({"messages"}),
    "file_not_found": frozenset({"files"}),
    "no_such_subteam": frozenset({"usergroups"}),
}
"""By the error, the kinds of which something that the call names is not there."""


class Gatherer:
    """What has been seen of a workspace so far. ``found`` are first states, by thing, in the order of sighting."""

    def __init__(self) -> None:
        self.found: dict[Thing, dict[str, Any]] = {}
        self.caller: dict[str, Any] = {}
        self.unseen_files = 0
        self.sockets = ""
        self.begun: set[str] = set()
        """Ids of files whose upload the program began."""
        self._made: set[Thing] = set()
        self._changed: dict[Thing, set[str]] = defaultdict(set)

    def take(self, call: Call, observation: Observation) -> None:
        """Take the next step."""
        error = failed_with(observation)
        body = observation.body if isinstance(observation.body, dict) else {}
        if error is None:
            self._succeeded(call, body)
        else:
            self._refused(call, error, body)

    def know(self, thing: Thing, **facts: Json) -> None:
        """Take what is known of a thing's first state; nothing where the program made it."""
        if thing in self._made or not thing[-1]:
            return
        known = self.found.setdefault(thing, {})
        changed = self._changed[thing]
        for name, value in facts.items():
            if name not in changed:
                known.setdefault(name, value)

    def _first(self, thing: Thing, **facts: Json) -> None:
        """Take facts of a known thing that held before what the program itself changed."""
        known = self.found.get(thing, {})
        for name, value in facts.items():
            known.setdefault(name, value)

    def is_called_by(self, **facts: Json) -> None:
        """Take what is known of who calls; what came first holds."""
        for name, value in facts.items():
            if value:
                self.caller.setdefault(name, value)

    def _succeeded(self, call: Call, body: Mapping[str, Any]) -> None:
        if not call.reads:
            self._made.update(_made_by(call, body, self.found))
        for thing in named(call):
            self.know(thing)
        if not call.reads:
            self._wrote(call)
        self._walk(body, str(call.arguments.get("channel", "")), "")
        self._implied(call, body)

    def _implied(self, call: Call, body: Mapping[str, Any]) -> None:
        """What a success says of who is where, if its answer does not say otherwise."""
        api = api_of(call)
        if MEMBER_ONLY.fullmatch(api):
            self._named_channel(call, body, is_member=True)
            self._first(_channel_of(call), is_member=True)
        if api in AMONG_MEMBERS:
            self._first(_channel_of(call), members=[call.arguments.get("user")])

    def _refused(self, call: Call, error: str, body: Mapping[str, Any]) -> None:
        """What a refused call named was there all the same, but for what the error says is not."""
        absent = ABSENT.get(error, frozenset())
        for thing in named(call):
            if thing[0] not in absent:
                self.know(thing)
        channel = str(call.arguments.get("channel") or "")
        if "channels" not in absent and error and not is_id(channel):
            self.know(("channels", another(channel) if channel else ""), name=channel.lstrip("#"))
        if error in OUTSIDE:
            self._named_channel(call, body, is_member=False)
        elif error == "is_archived":
            self._named_channel(call, body, is_archived=True)
        elif error == "already_in_channel":
            users = call.arguments.get("users")
            self._named_channel(call, body, members=users if isinstance(users, list) else [users], is_member=True)
        elif error == "name_taken":
            name = str(call.arguments.get("name", ""))
            self.know(("channels", another(name)), name=name)

    def _named_channel(self, call: Call, body: Mapping[str, Any], **facts: Json) -> None:
        """Facts of the channel that a call names, by its id or, in a call that answers with the id, by its name."""
        given = str(call.arguments.get("channel") or call.arguments.get("channel_id") or "")
        shown = body.get("channel")
        if isinstance(shown, str) and shown != given:
            where = {"user": given, "is_im": True} if given.startswith(("U", "W")) else {"name": given.lstrip("#")}
            self.know(("channels", shown), **where, **facts)
        else:
            self.know(("channels", given), **facts)

    def _wrote(self, call: Call) -> None:
        """What this write changes is no first state in its answer, nor in any later one."""
        changed = (*CHANGES.get(api_of(call).rpartition(".")[2], ()), *MOVING)
        for thing in named(call):
            self._changed[thing].update(changed)

    def _walk(self, value: Json, channel: str, key: str) -> None:
        """Take all things in an answer; ``channel`` is the one that messages without one are in."""
        if isinstance(value, list):
            for member in value:
                self._walk(member, channel, key)
        elif isinstance(value, dict):
            channel = self._thing(value, channel, HOLDS.get(key, ""))
            for name, member in value.items():
                if isinstance(member, dict | list):
                    self._walk(member, channel, key if name == FOUND else name)

    def _thing(self, value: dict[str, Any], channel: str, kind: str) -> str:
        """Take one object; returns the channel that messages within it are in."""
        if kind == "messages" and isinstance(value.get("ts"), str):
            within = value.get("channel")
            channel = str(within.get("id") if isinstance(within, dict) else within or channel)
            self.know(("messages", channel, value["ts"]), **value)
        elif kind == "channels" and isinstance(value.get("id"), str):
            self.know((kind, value["id"]), **value)
            former = value.get("previous_names") or [None]
            if former[0]:  # former names are no change of the program's own
                self._first((kind, value["id"]), name=former[0], previous_names=former[1:])
            return str(value["id"])
        elif kind == "scheduled" and isinstance(value.get("id"), str):
            self.know((kind, str(value.get("channel_id", "")), value["id"]), **value)
        elif kind not in ("", "messages") and isinstance(value.get("id"), str):
            self.know((kind, value["id"]), **value)
        elif isinstance(value.get("channel"), str):
            return str(value["channel"])
        return channel


def _channel_of(call: Call) -> Thing:
    return ("channels", str(call.arguments.get("channel", "")))


def _made_by(call: Call, body: Mapping[str, Any], found: Mapping[Thing, Any]) -> Iterator[Thing]:
    """What a write answers with under a new id was made by it."""
    if body.get("already_open") or body.get("no_op"):
        return
    there = {*named(call), *found}
    for thing in _shown(call, body):
        if thing not in there:
            yield thing


def _shown(call: Call, body: Mapping[str, Any]) -> Iterator[Thing]:
    """The things at the top of an answer."""
    channel = body.get("channel") or call.arguments.get("channel")
    for name in ("ts", "message_ts"):
        if isinstance(body.get(name), str):
            yield ("messages", str(channel), body[name])
    if isinstance(body.get("scheduled_message_id"), str):
        yield ("scheduled", str(channel), body["scheduled_message_id"])
    for key, value in body.items():
        for one in value if isinstance(value, list) else [value]:
            kind = HOLDS.get(key, "messages")
            if (
                kind not in ("messages", "scheduled_messages")
                and isinstance(one, dict)
                and isinstance(one.get("id"), str)
            ):
                yield (kind, one["id"])


def another(name: str) -> str:
    """An id that stands for something of which only ``name`` is known; the same for the same name."""
    letters = "0123456789ABCDEFGHJKLMNPQRSTUVWX"
    return "C0" + "".join(letters[(ord(char) * (place + 7)) % 32] for place, char in enumerate(f"{name:~>9}"[-9:]))
