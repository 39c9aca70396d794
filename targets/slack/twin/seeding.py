"""What was there before a program began, put in one fact after the other.

The form of facts is settled and told in ``targets.slack.givens``: ``{"kind", "id", "of", "resource"}``. Besides the
kinds told there, there may be ``tokens`` (id: the token; resource: ``user_id``, ``bot_id``, ``app_id``, ``scopes`` and
``state``, which is ``active``, ``revoked`` or ``inactive``), ``views``, and ``triggers`` (id: a trigger id that can
still open a view).

The first fact clears a fresh workspace of all but the app that calls: from then on it is what the facts say. A resource
that was shown whole keeps the members it was shown with, and no others; of one that is only named the rest is made up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from conformance.recordings.model import Json
from targets.slack.twin import resources
from targets.slack.twin.state import Workspace
from targets.slack.twin.tokens import ALL_BOTS, BOT_TOKEN, OWN_TOKENS, Token

CHANNEL_ID = re.compile(r"[CDG][A-Z0-9]{6,}\Z")
WHOLE_CHANNEL, WHOLE_USER = ("created",), ("name", "profile")
"""Members by which a resource shows that it was shown whole."""


def seed(state: Workspace, facts: Json) -> None:
    """Put in one fact."""
    kind, own, of = facts["kind"], str(facts.get("id", "")), facts.get("of") or ()
    if kind not in SEEDERS and kind not in IN_CHANNELS:
        known = ", ".join((*SEEDERS, *IN_CHANNELS))
        raise ValueError(f"There are no facts of the kind '{kind}'; there are: {known}.")
    if not state.is_furnished:
        _clear(state)
    resource = dict(facts.get("resource") or {})
    if kind in IN_CHANNELS:
        IN_CHANNELS[kind](state, the_channel(state, of[0] if of else ""), own, resource)
    else:
        SEEDERS[kind](state, own, resource)


def _clear(state: Workspace) -> None:
    """Leave only the app that calls."""
    state.is_furnished = True
    state.channels.clear()
    state.members.clear()
    state.users = {state.bot_user: state.users[state.bot_user]}
    state.unlisted = {state.bot_user}
    state.person = state.bot_user


# Who calls


def _put_caller(state: Workspace, _: str, facts: Json) -> None:
    """Give the app that calls, and its user, the ids they have in the recording."""
    former = state.tokens[BOT_TOKEN]
    user_id, bot_id = facts.get("user_id") or former.user_id, facts.get("bot_id") or next(iter(state.bots))
    _become(state, user_id, bot_id, facts.get("app_id"))
    if facts.get("team_id"):
        state.team["id"] = facts["team_id"]
    token = replace(
        former,
        user_id=user_id,
        bot_id="" if _is_person(facts) else bot_id,
        app_id=state.bots[bot_id].get("app_id", ""),
        scopes=_scopes(facts),
    )
    state.tokens.update({value: replace(token, value=value) for value in OWN_TOKENS})


def _scopes(facts: Json) -> tuple[str, ...] | None:
    told = facts.get("scopes")
    return None if told is None else tuple(told.split(",") if isinstance(told, str) else told)


def _is_person(facts: Json) -> bool:
    """Only people and classic bots have ``identify`` among their scopes."""
    scopes = _scopes(facts) or ()
    return not facts.get("bot_id") and "identify" in scopes and ALL_BOTS not in scopes


def _become(state: Workspace, user_id: str, bot_id: str, app_id: str | None) -> None:
    former, former_bot = state.bot_user, next(iter(state.bots))
    user: Json = state.users.pop(former)
    state.users[user_id] = {**(state.users.get(user_id) or user), "id": user_id}
    bot = {**state.bots.pop(former_bot), "id": bot_id, "user_id": user_id}
    state.bots = {bot_id: {**bot, **({"app_id": app_id} if app_id else {})}, **state.bots}
    if user_id != former:
        state.unlisted.discard(former)
        for shelf in state.members.values():
            shelf[:] = [user_id if name == former else name for name in shelf]
    state.bot_user = state.person = user_id


def _put_token(state: Workspace, value: str, facts: Json) -> None:
    """The token of somebody else."""
    user_id = facts.get("user_id") or state.bot_user
    if user_id not in state.users:
        _put_user(state, user_id, {})
    standing = facts.get("state", "active")
    state.tokens[value] = Token(
        value, user_id, facts.get("bot_id", ""), facts.get("app_id", ""), _scopes(facts), standing
    )


def _put_team(state: Workspace, own: str, facts: Json) -> None:
    facts = {**({"id": own} if own else {}), **facts}
    state.team = facts if "icon" in facts and "id" in facts else {**state.team, **facts}


def _put_field(state: Workspace, own: str, facts: Json) -> None:
    state.profile_fields[own] = {"id": own, **facts}


# Users


def _put_user(state: Workspace, own: str, facts: Json) -> None:
    state.unlisted.discard(own)
    for name, shelf in (("presence", state.presence), ("dnd", state.dnd)):
        if isinstance(facts.get(name), dict):
            shelf[own] = facts.pop(name)
    facts = {"id": own, **facts}
    if all(member in facts for member in WHOLE_USER):
        state.users[own] = facts
    else:
        state.users[own] = _merged(state.users.get(own) or resources.new_user(state, facts), facts)


def _merged(known: Json, facts: Json) -> Json:
    """What is known, completed by facts; objects within it likewise."""
    inner = {
        name: _merged(known[name], value)
        for name, value in facts.items()
        if isinstance(value, dict) and isinstance(known.get(name), dict)
    }
    return {**known, **facts, **inner}


def _put_bot(state: Workspace, own: str, facts: Json) -> None:
    facts = {"id": own, **facts}
    known = state.bots.get(own) or resources.new_bot(state, facts)
    state.bots[own] = facts if "icons" in facts else _merged(known, facts)


# Conversations


def _put_channel(state: Workspace, own: str, facts: Json) -> None:
    if not CHANNEL_ID.match(own):  # a name where an id belongs
        own, facts = state.new_id("C"), {"name": own.removeprefix("#"), **facts}
    shown = {**{name: value for name, value in facts.items() if name != "last_read"}, "id": own}
    whole = all(member in shown for member in WHOLE_CHANNEL)
    known = state.channels.get(own)
    state.channels[own] = _merged(known, shown) if known else shown if whole else resources.new_channel(state, shown)
    state.ids.reserve(own)
    if "last_read" in facts:
        state.read_marks.setdefault(own, {})[state.bot_user] = facts["last_read"]
    _let_in(state, state.channels[own], facts)


def _let_in(state: Workspace, channel: Json, facts: Json) -> None:
    """Those who are in the conversation as far as it shows them; the caller is, where nothing says otherwise."""
    for user_id in facts.get("members") or ():
        state.join(channel["id"], user_id)
    if facts.get("is_member", not facts.get("is_archived")):
        state.join(channel["id"], state.bot_user)
    if channel.get("is_im") and "user" in channel:
        state.join(channel["id"], channel["user"])


def the_channel(state: Workspace, name: str) -> str:
    """The id of a conversation that is told by id or name; it is made where nobody told of it."""
    for channel in state.channels.values():
        if name == channel["id"] or name.removeprefix("#") == channel.get("name"):
            return str(channel["id"])
    _put_channel(state, name, {})
    return next(reversed(state.channels))


# Messages and what hangs on them


def _put_message(state: Workspace, channel_id: str, own: str, facts: Json) -> None:
    whole = "text" in facts or "blocks" in facts
    made_up = {} if whole else {"type": "message", "user": state.bot_user, "text": "Seeded message"}
    message = {**made_up, **{name: value for name, value in facts.items() if name != "permalink"}, "ts": own}
    state.post(channel_id, message)
    for reaction in message.get("reactions", ()):
        state.reacted += [(user_id, channel_id, own) for user_id in reaction["users"]]


def _put_scheduled(state: Workspace, channel_id: str, own: str, facts: Json) -> None:
    now = state.seconds()
    made_up = {"channel_id": channel_id, "post_at": now, "date_created": now, "text": "Seeded message"}
    state.scheduled[own] = {"id": own, **made_up, **facts}


def _put_pin(state: Workspace, channel_id: str, own: str, facts: Json) -> None:
    if facts.get("is_pinned") is False:
        return
    made_up = {"created": state.seconds(), "created_by": state.bot_user}
    what = "ts" if "." in own else "file"
    stamps = {name: facts.get(name, value) for name, value in made_up.items()}
    state.pins.setdefault(channel_id, []).append({what: own, **stamps})


def _put_bookmark(state: Workspace, channel_id: str, own: str, facts: Json) -> None:
    state.bookmarks.setdefault(channel_id, {})[own] = {"id": own, "channel_id": channel_id, **facts}


def _put_member(state: Workspace, channel_id: str, own: str, facts: Json) -> None:
    if own not in state.users:
        _put_user(state, own, {})
    state.unlisted.discard(own)
    if facts.get("is_member", True):
        state.join(channel_id, own)
    else:
        state.part(channel_id, own)


def _put_file(state: Workspace, own: str, facts: Json) -> None:
    made_up = {} if "created" in facts else resources.new_file(state, own, "file.txt", 0)
    state.files[own] = {**made_up, "id": own, **facts}


# The rest


def _put_usergroup(state: Workspace, own: str, facts: Json) -> None:
    made_up = {} if "date_create" in facts else resources.new_usergroup(state, own, "Seeded group")
    state.usergroups[own] = {**made_up, "id": own, **facts}


def _put_reminder(state: Workspace, own: str, facts: Json) -> None:
    owner = {"creator": state.bot_user, "user": state.bot_user, "text": "Seeded reminder", "recurring": False}
    state.reminders[own] = {"id": own, **owner, "time": state.seconds(), "complete_ts": 0, **facts}


def _put_view(state: Workspace, own: str, facts: Json) -> None:
    state.views[own] = {"id": own, "type": "modal", "hash": "", "root_view_id": own, **facts}


def _put_trigger(state: Workspace, own: str, _: Json) -> None:
    state.triggers.add(own)


def _put_emoji(state: Workspace, own: str, facts: Json) -> None:
    state.emoji[own] = str(facts.get("url", ""))


def _put_image(state: Workspace, own: str, facts: Json) -> None:
    state.images[own] = None if facts.get("is_missing") else facts


def _put_count(state: Workspace, _: str, facts: Json) -> None:
    state.unseen_files = int(facts.get("unseen", 0))


SEEDERS: Mapping[str, Callable[[Workspace, str, Json], None]] = {
    "auth": _put_caller,
    "tokens": _put_token,
    "teams": _put_team,
    "team_profile_fields": _put_field,
    "users": _put_user,
    "bots": _put_bot,
    "channels": _put_channel,
    "files": _put_file,
    "usergroups": _put_usergroup,
    "reminders": _put_reminder,
    "views": _put_view,
    "triggers": _put_trigger,
    "emoji": _put_emoji,
    "images": _put_image,
    "counts": _put_count,
}
"""By kind; each takes the id and the resource."""

IN_CHANNELS: Mapping[str, Callable[[Workspace, str, str, Json], None]] = {
    "members": _put_member,
    "messages": _put_message,
    "scheduled_messages": _put_scheduled,
    "pins": _put_pin,
    "bookmarks": _put_bookmark,
}
"""Likewise of what hangs on a conversation; each also takes the id of that."""
