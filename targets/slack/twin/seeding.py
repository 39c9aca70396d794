"""What was there before a program began, put in one fact after the other.

The form of facts is that of ``targets.slack.givens``: ``{"kind", "id", "of", "resource", "after"}``. Two kinds that no
answer shows may be told as well: ``images`` (id: the URL of a picture; resource: what an image block says of it, or
``{"is_missing": true}``) and ``counts`` (id: ``files``; resource: ``{"unseen": how many more there are}``).

The first fact clears a fresh workspace of all but the app that calls: from then on it is what the facts say. A resource
that was shown whole keeps the members it was shown with, and no others; of one that is only named the rest is made up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from conformance.recordings.model import Json
from targets.slack.twin import resources
from targets.slack.twin.state import Workspace
from targets.slack.twin.tokens import ALL_BOTS, BOT_TOKEN

Put = Callable[[Workspace, str, Sequence[str], dict[str, Any]], None]
"""Takes the id, the ids of what it hangs on, and the resource."""

CHANNEL_ID = re.compile(r"[CDG][A-Z0-9]{6,}\Z")
UNTRUE_AFTER: Mapping[str, tuple[str, ...]] = {
    "chat.update": ("edited",),
    "conversations.archive": ("is_archived",),
    "conversations.unarchive": ("is_archived",),
    "conversations.create": (),
    "conversations.invite": ("num_members",),
    "conversations.kick": ("num_members",),
    "conversations.join": ("is_member", "num_members"),
    "conversations.leave": ("is_member", "num_members"),
    "conversations.rename": ("previous_names",),
    "conversations.setTopic": ("topic",),
    "conversations.setPurpose": ("purpose",),
    "pins.add": ("pinned_to", "pinned_info"),
    "reactions.add": ("reactions",),
    "reactions.remove": ("reactions",),
}
"""What a program's own writes changed before it was seen, by method."""


def seed(state: Workspace, facts: Json) -> None:
    """Put in one fact."""
    if not state.is_furnished:
        _clear(state)
    changed = {name for method in facts.get("after") or () for name in UNTRUE_AFTER.get(method, ())}
    resource = {name: value for name, value in (facts.get("resource") or {}).items() if name not in changed}
    put = SEEDERS.get(facts["kind"])
    if put is None:
        raise ValueError(f"There are no facts of the kind '{facts['kind']}'; there are: {', '.join(SEEDERS)}.")
    put(state, str(facts.get("id", "")), facts.get("of") or (), resource)


def _clear(state: Workspace) -> None:
    """Leave only the app that calls."""
    state.is_furnished = True
    state.channels.clear()
    state.members.clear()
    state.users = {state.bot_user: state.users[state.bot_user]}
    state.unlisted = {state.bot_user}
    state.person = state.bot_user


# Who calls


def _put_auth(state: Workspace, _id: str, _of: Sequence[str], resource: dict[str, Any]) -> None:
    if resource.get("team_id"):
        state.team["id"] = resource["team_id"]
    token = state.tokens[BOT_TOKEN]
    scopes = resource.get("scopes")
    user_id, bot_id = resource.get("user_id") or token.user_id, resource.get("bot_id") or token.bot_id
    _become(state, user_id, bot_id, resource.get("app_id"))
    state.tokens[BOT_TOKEN] = replace(
        token,
        user_id=user_id,
        bot_id="" if _is_person(resource) else bot_id,
        app_id=state.bots[bot_id].get("app_id", ""),
        scopes=None if scopes is None else tuple(scopes),
    )


def _is_person(resource: dict[str, Any]) -> bool:
    """Only people and classic bots have ``identify`` among their scopes."""
    scopes = resource.get("scopes") or ()
    return not resource.get("bot_id") and "identify" in scopes and ALL_BOTS not in scopes


def _become(state: Workspace, user_id: str, bot_id: str, app_id: str | None) -> None:
    """Give the app that calls, and its user, the ids they have in the recording."""
    former = state.tokens[BOT_TOKEN]
    user = state.users.pop(former.user_id)
    state.users[user_id] = {**user, "id": user_id}
    bot = {**state.bots.pop(former.bot_id or next(iter(state.bots))), "id": bot_id, "user_id": user_id}
    state.bots[bot_id] = {**bot, **({"app_id": app_id} if app_id else {})}
    if user_id != former.user_id:
        state.unlisted.discard(former.user_id)
        for shelf in state.members.values():
            shelf[:] = [user_id if name == former.user_id else name for name in shelf]
    state.bot_user = state.person = user_id


def _put_team(state: Workspace, identifier: str, _of: Sequence[str], resource: dict[str, Any]) -> None:
    if identifier:
        resource = {"id": identifier, **resource}
    if "icon" in resource:
        state.team = resource
    else:
        state.team.update(resource)


def _put_field(state: Workspace, identifier: str, _of: Sequence[str], resource: dict[str, Any]) -> None:
    state.profile_fields[identifier] = {"id": identifier, **resource}


# Users


def _put_user(state: Workspace, identifier: str, _of: Sequence[str], resource: dict[str, Any]) -> None:
    state.unlisted.discard(identifier)
    for name, shelf in (("presence", state.presence), ("dnd", state.dnd)):
        known = resource.pop(name, None)
        if known is not None:
            shelf[identifier] = known if isinstance(known, dict) else {name: known}
    facts = {"id": identifier, **resource}
    if "profile" in resource and "name" in resource:
        state.users[identifier] = facts
    else:
        state.users[identifier] = _merged(state.users.get(identifier) or resources.new_user(state, facts), facts)


def _merged(known: Json, facts: Json) -> Json:
    """What is known, completed by facts; objects within it likewise."""
    inner = {
        name: _merged(known[name], value)
        for name, value in facts.items()
        if isinstance(value, dict) and isinstance(known.get(name), dict)
    }
    return {**known, **facts, **inner}


def _put_bot(state: Workspace, identifier: str, _of: Sequence[str], resource: dict[str, Any]) -> None:
    facts = {"id": identifier, **resource}
    whole = "icons" in resource
    state.bots[identifier] = facts if whole else _merged(state.bots.get(identifier) or _bot(state, facts), facts)


def _bot(state: Workspace, facts: Json) -> Json:
    return resources.new_bot(state, facts)


# Conversations


def _put_channel(state: Workspace, identifier: str, _of: Sequence[str], resource: dict[str, Any]) -> None:
    facts = {"id": identifier, **resource}
    if not CHANNEL_ID.match(identifier):
        facts = {"name": identifier.removeprefix("#"), **resource, "id": state.new_id("C")}
    marks = facts.pop("last_read", None)
    known = state.channels.get(facts["id"])
    made = facts if "created" in facts else resources.new_channel(state, facts)
    channel = _merged(known, facts) if known else made
    state.channels[channel["id"]] = channel
    state.ids.reserve(channel["id"])
    if marks:
        state.read_marks.setdefault(channel["id"], {})[state.bot_user] = marks
    _let_in(state, channel, facts)


def _let_in(state: Workspace, channel: Json, facts: Json) -> None:
    """Those who are in the conversation as far as it shows them; the caller is, where nothing says otherwise."""
    if facts.get("is_member", not facts.get("is_archived")):
        state.join(channel["id"], state.bot_user)
    for user_id in facts.get("members") or ():
        state.join(channel["id"], user_id)
    if channel.get("is_im") and "user" in channel:
        state.join(channel["id"], channel["user"])


def _put_member(state: Workspace, identifier: str, of: Sequence[str], resource: dict[str, Any]) -> None:
    channel_id = _the_channel(state, of[0])
    if identifier not in state.users:
        _put_user(state, identifier, (), {})
    state.unlisted.discard(identifier)
    if resource.get("is_member", True):
        state.join(channel_id, identifier)
    else:
        state.part(channel_id, identifier)


def _the_channel(state: Workspace, name: str) -> str:
    """The id of a conversation that was told by id or name; it is made where it was not."""
    for channel in state.channels.values():
        if name == channel["id"] or name.removeprefix("#") == channel.get("name"):
            return str(channel["id"])
    _put_channel(state, name, (), {})
    return next(reversed(state.channels))


# Messages and what hangs on them


def _put_message(state: Workspace, identifier: str, of: Sequence[str], resource: dict[str, Any]) -> None:
    channel_id = _the_channel(state, of[0])
    whole = "text" in resource or "blocks" in resource
    made_up = {} if whole else {"type": "message", "user": state.bot_user, "text": "Seeded message"}
    message = {**made_up, **resource, "ts": identifier}
    message.pop("permalink", None)
    state.messages.setdefault(channel_id, {})[identifier] = message
    for reaction in message.get("reactions", ()):
        state.reacted += [(user_id, channel_id, identifier) for user_id in reaction["users"]]


def _put_scheduled(state: Workspace, identifier: str, of: Sequence[str], resource: dict[str, Any]) -> None:
    known = {"post_at": state.seconds(), "date_created": state.seconds(), "text": "Seeded message"}
    place = {"channel_id": _the_channel(state, of[0])} if of else {}
    state.scheduled[identifier] = {"id": identifier, **known, **place, **resource}


def _put_pin(state: Workspace, identifier: str, of: Sequence[str], resource: dict[str, Any]) -> None:
    if resource.get("is_pinned") is False:
        return
    channel_id = _the_channel(state, of[0])
    what = "ts" if "." in identifier else "file"
    made = {"created": resource.get("created", state.seconds())}
    by = {"created_by": resource.get("created_by", state.bot_user)}
    state.pins.setdefault(channel_id, []).append({what: identifier, **made, **by})


def _put_bookmark(state: Workspace, identifier: str, of: Sequence[str], resource: dict[str, Any]) -> None:
    channel_id = _the_channel(state, of[0])
    state.bookmarks.setdefault(channel_id, {})[identifier] = {"id": identifier, "channel_id": channel_id, **resource}


def _put_file(state: Workspace, identifier: str, _of: Sequence[str], resource: dict[str, Any]) -> None:
    made_up = {} if "created" in resource else resources.new_file(state, identifier, "file.txt", 0)
    state.files[identifier] = {**made_up, "id": identifier, **resource}


def _put_upload(state: Workspace, identifier: str, _of: Sequence[str], resource: dict[str, Any]) -> None:
    key = str(resource.get("upload_url", "")).rpartition("/")[2] or state.upload_key()
    file = resources.new_file(state, identifier, resource.get("filename", "file.txt"), resource.get("length", 0))
    state.uploads[key] = {**file, **{name: resource[name] for name in ("title", "size") if name in resource}}


# The rest


def _put_usergroup(state: Workspace, identifier: str, _of: Sequence[str], resource: dict[str, Any]) -> None:
    made_up = {} if "date_create" in resource else resources.new_usergroup(state, identifier, "Seeded group")
    state.usergroups[identifier] = {**made_up, "id": identifier, **resource}


def _put_reminder(state: Workspace, identifier: str, _of: Sequence[str], resource: dict[str, Any]) -> None:
    owner = {"creator": state.bot_user, "user": state.bot_user, "text": "Seeded reminder", "recurring": False}
    state.reminders[identifier] = {"id": identifier, **owner, "time": state.seconds(), "complete_ts": 0, **resource}


def _put_view(state: Workspace, identifier: str, _of: Sequence[str], resource: dict[str, Any]) -> None:
    state.views[identifier] = {"id": identifier, "type": "modal", "hash": "", **resource}


def _put_trigger(state: Workspace, identifier: str, _of: Sequence[str], _resource: dict[str, Any]) -> None:
    state.triggers.add(identifier)


def _put_emoji(state: Workspace, identifier: str, _of: Sequence[str], resource: dict[str, Any]) -> None:
    state.emoji[identifier] = str(resource.get("url", ""))


def _put_image(state: Workspace, identifier: str, _of: Sequence[str], resource: dict[str, Any]) -> None:
    state.images[identifier] = None if resource.get("is_missing") else resource


def _put_count(state: Workspace, _id: str, _of: Sequence[str], resource: dict[str, Any]) -> None:
    state.unseen_files = int(resource.get("unseen", 0))


SEEDERS: Mapping[str, Put] = {
    "auth": _put_auth,
    "teams": _put_team,
    "team_profile_fields": _put_field,
    "users": _put_user,
    "bots": _put_bot,
    "channels": _put_channel,
    "members": _put_member,
    "messages": _put_message,
    "scheduled_messages": _put_scheduled,
    "pins": _put_pin,
    "bookmarks": _put_bookmark,
    "files": _put_file,
    "uploads": _put_upload,
    "usergroups": _put_usergroup,
    "reminders": _put_reminder,
    "views": _put_view,
    "triggers": _put_trigger,
    "emoji": _put_emoji,
    "images": _put_image,
    "counts": _put_count,
}
