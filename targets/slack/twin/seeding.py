"""What was there before a program began, put in under the ids it had.

This form of facts is what ``targets.slack.givens`` tells, for good.
Facts are an object with any of these members. A resource may be partial but for its id; what is told twice is merged.

``team``        team.info's team object (``id``, ``name``, ``domain``, ``url``, …)
``tokens``      ``[{"token", "user_id", "bot_id", "app_id", "scopes", "state"}]``: who calls with which token.
                ``scopes`` is what ``x-oauth-scopes`` said (text with commas), all there are if absent; ``state`` is
                ``active`` (default), ``revoked`` or ``inactive``. A fresh workspace knows the tokens of ``tokens``.
                The first active one that is told belongs to the app that calls: it and its user get these ids
``users``       ``[user object]``; ``bots``: ``[bot object (a message's bot_profile)]``
``channels``    ``[channel object]`` of any type (``is_im`` with ``user``, ``is_mpim``, ``is_private``), besides its own
                fields with ``members`` (``[user id]``) and ``num_members``; ``is_member`` and ``last_read`` are about
                the caller, who is a member where nothing says otherwise
``messages``    ``{channel id: [message object]}``: ``ts`` needed; replies are those with another ``thread_ts``
``files``       ``[file object]``; ``unseen_files``: how many more there are that nobody lists (``paging.total``)
``pins``        ``{channel id: [{"ts" or "file", "created", "created_by"}]}``
``bookmarks``   ``{channel id: [bookmark object]}``
``usergroups``  ``[usergroup object, with "users": [user id]]``
``scheduled``   ``[{"id", "channel_id", "post_at", "date_created", "text"}]``
``reminders``   ``[reminder object]``; ``emoji``: ``{name: url}``; ``profile_fields``: team.profile.get's fields
``dnd``         ``{user id: dnd.info's answer}``; ``presence``: ``{user id: users.getPresence's answer}``
``images``      ``{url: image block's own fields (image_width, image_height, image_bytes, is_animated, fallback)}``;
                null for a picture that cannot be downloaded
``triggers``    ``[trigger id]`` with which a view can be opened; ``views``: ``[view object]``
``uploads``     ``[file object]`` of files whose upload has begun and is not completed
``cursors``     ``{cursor: id}`` of the first member of its page; of messages the digits of its ``ts``, "" for the end
``sockets``     ``wss://host/…/{secret}``: where clients listen to events

The first facts clear a fresh workspace of all but the app that calls: from then on it is what the facts say. A resource
that was shown whole keeps the members it was shown with, and no others; of one that is only named the rest is made up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from conformance.recordings.model import Json
from targets.slack.twin import resources
from targets.slack.twin.state import Workspace
from targets.slack.twin.tokens import ALL_BOTS, BOT_TOKEN, OWN_TOKENS, USER_TOKEN, Token

Put = Callable[[Workspace, Any], None]

CHANNEL_ID = re.compile(r"[CDG][A-Z0-9]{6,}\Z")
WORKSPACE_URL = re.compile(r"https://([\w-]+)\.slack\.com/")
TEAM_NAMES = frozenset({"team_id", "team", "context_team_id", "user_team", "app_installed_team_id"})
"""Members that name the team a thing belongs to."""
WHOLE_CHANNEL, WHOLE_USER = ("created",), ("name", "profile")
"""Members by which a resource shows that it was shown whole."""


def seed(state: Workspace, facts: Json) -> None:
    """Put in what ``facts`` say."""
    unknown = facts.keys() - SEEDERS.keys()
    if unknown:
        raise ValueError(f"There are no facts called {', '.join(sorted(unknown))}; there are: {', '.join(SEEDERS)}.")
    if not state.is_furnished:
        _clear(state)
    for name, put in SEEDERS.items():
        if facts.get(name) is not None:
            put(state, facts[name])
    if not state.is_team_told:
        _learn_team(state, facts)


def _learn_team(state: Workspace, facts: Json) -> None:
    """Things name the team that they belong to, and links its address."""
    if isinstance(facts, list):
        for value in facts:
            _learn_team(state, value)
    elif isinstance(facts, dict):
        for name, value in facts.items():
            if name in TEAM_NAMES and isinstance(value, str) and value.startswith("T"):
                state.team["id"] = value
            elif name == "permalink" and (address := WORKSPACE_URL.match(str(value))):
                state.team.update(url=address.group(), domain=address.group(1))
            else:
                _learn_team(state, value)


def each(put: Put) -> Put:
    """Puts in the members of a list."""

    def put_all(state: Workspace, values: Iterable[Any]) -> None:
        for value in values:
            put(state, value)

    return put_all


def in_channels(put: Callable[[Workspace, str, Any], None]) -> Put:
    """Puts in lists that are told by channel."""

    def put_all(state: Workspace, shelves: Mapping[str, Iterable[Any]]) -> None:
        for name, values in shelves.items():
            channel_id = the_channel(state, name)
            for value in values:
                put(state, channel_id, value)

    return put_all


def _clear(state: Workspace) -> None:
    """Leave only the app that calls."""
    state.is_furnished = True
    state.channels.clear()
    state.members.clear()
    state.users = {state.bot_user: state.users[state.bot_user]}
    state.unlisted = {state.bot_user, *state.bots}
    _be_person(state, state.bot_user)


# Who calls


def _put_token(state: Workspace, facts: Json) -> None:
    token = _caller(state, facts) if _is_callers(state, facts) else _others(state, facts)
    state.tokens[token.value] = token


def _is_callers(state: Workspace, facts: Json) -> bool:
    return facts.get("state", "active") == "active" and (
        facts["token"] in OWN_TOKENS or not any(token.is_told for token in state.tokens.values())
    )


def _caller(state: Workspace, facts: Json) -> Token:
    """The token of the app that calls; its other tokens follow."""
    former = state.tokens[BOT_TOKEN]
    user_id, bot_id = facts.get("user_id") or former.user_id, facts.get("bot_id") or next(iter(state.bots))
    _become(state, user_id, bot_id, facts.get("app_id"))
    token = replace(
        former,
        value=facts["token"],
        user_id=user_id,
        bot_id="" if _is_person(facts) else bot_id,
        app_id=state.bots[bot_id].get("app_id", ""),
        scopes=_together(former, _scopes(facts)),
        is_told=True,
    )
    state.tokens.update({value: replace(token, value=value) for value in OWN_TOKENS})
    return token


def _together(former: Token, scopes: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """The scopes of a token that was told before: those of then and of now."""
    if not former.is_told:
        return scopes
    return None if former.scopes is None or scopes is None else tuple(dict.fromkeys((*former.scopes, *scopes)))


def _scopes(facts: Json) -> tuple[str, ...] | None:
    told = facts.get("scopes")
    return None if told is None else tuple(scope.strip() for scope in str(told).split(","))


def _is_person(facts: Json) -> bool:
    """Only people and classic bots have ``identify`` among their scopes."""
    scopes = _scopes(facts) or ()
    return not facts.get("bot_id") and "identify" in scopes and ALL_BOTS not in scopes


def _others(state: Workspace, facts: Json) -> Token:
    """The token of somebody else."""
    user_id = facts.get("user_id") or state.bot_user
    if user_id not in state.users:
        _put_user(state, {"id": user_id})
    standing = facts.get("state", "active")
    return Token(facts["token"], user_id, facts.get("bot_id", ""), facts.get("app_id", ""), _scopes(facts), standing)


def _become(state: Workspace, user_id: str, bot_id: str, app_id: str | None) -> None:
    """Give the app that calls, and its user, the ids they have in the recording."""
    former, former_bot = state.bot_user, next(iter(state.bots))
    user: Json = state.users.pop(former)
    state.users[user_id] = {**(state.users.get(user_id) or user), "id": user_id}
    bot = {**state.bots.pop(former_bot), "id": bot_id, "user_id": user_id}
    state.bots = {bot_id: {**bot, **({"app_id": app_id} if app_id else {})}, **state.bots}
    if bot_id != former_bot:
        state.unlisted.discard(former_bot)
    if user_id != former:
        state.unlisted.discard(former)
        for shelf in state.members.values():
            shelf[:] = [user_id if name == former else name for name in shelf]
    state.bot_user = user_id
    _be_person(state, user_id)


def _be_person(state: Workspace, user_id: str) -> None:
    """Nobody told who installed the app: what a person may do, its own user may."""
    state.person = user_id
    state.tokens[USER_TOKEN] = replace(state.tokens[USER_TOKEN], user_id=user_id)


def _put_team(state: Workspace, facts: Json) -> None:
    state.team = {**facts} if "icon" in facts and "id" in facts else {**state.team, **facts}
    state.is_team_told = state.is_team_told or "id" in facts


def _put_fields(state: Workspace, fields: Iterable[Json]) -> None:
    state.profile_fields.update({field["id"]: field for field in fields})


# Users


def _put_user(state: Workspace, facts: Json) -> None:
    name = facts["id"]
    state.unlisted.discard(name)
    if all(member in facts for member in WHOLE_USER):
        state.users[name] = facts
        return
    user = _merged(state.users.get(name) or resources.new_user(state, facts), facts)
    whole_profile = "real_name" in facts.get("profile", {})
    state.users[name] = {**user, "profile": facts["profile"]} if whole_profile else user


def _merged(known: Json, facts: Json) -> Json:
    """What is known, completed by facts; objects within it likewise."""
    inner = {
        name: _merged(known[name], value)
        for name, value in facts.items()
        if isinstance(value, dict) and isinstance(known.get(name), dict)
    }
    return {**known, **facts, **inner}


def _put_bot(state: Workspace, facts: Json) -> None:
    state.unlisted.discard(facts["id"])
    known = state.bots.get(facts["id"]) or resources.new_bot(state, facts)
    state.bots[facts["id"]] = dict(facts) if "icons" in facts else _merged(known, facts)


# Conversations


def _put_channel(state: Workspace, facts: Json) -> None:
    if not CHANNEL_ID.match(facts["id"]):  # a name where an id belongs
        name = facts["id"].removeprefix("#")
        facts = {"name": name, **facts, "id": _called(state, name) or state.new_id("C")}
    own = {name: value for name, value in facts.items() if name != "last_read"}
    whole = all(member in facts for member in WHOLE_CHANNEL)
    known = state.channels.get(own["id"])
    made = {**_implied(state, own), **own} if whole else resources.new_channel(state, own)
    channel = _merged(known, own) if known else made
    state.channels[channel["id"]] = channel
    state.ids.reserve(channel["id"])
    if "last_read" in facts:
        state.read_marks.setdefault(channel["id"], {})[state.bot_user] = facts["last_read"]
    _let_in(state, channel, facts)


def _implied(state: Workspace, facts: Json) -> Json:
    """Members that a conversation shown whole has as well, though the program's own writes hide what they were."""
    implied: Json = {"updated": state.milliseconds()} if "context_team_id" in facts else {}
    if "name_normalized" in facts:
        implied.update(is_member=True, is_archived=False, previous_names=[])
    return implied


def _let_in(state: Workspace, channel: Json, facts: Json) -> None:
    """Those who are in the conversation as far as it shows them; the caller is, where nothing says otherwise."""
    for user_id in facts.get("members") or ():
        state.join(channel["id"], user_id)
    if facts.get("is_member") is False:
        state.part(channel["id"], state.bot_user)
    elif not facts.get("is_archived"):
        state.join(channel["id"], state.bot_user)
    if channel.get("is_im") and "user" in channel:
        state.join(channel["id"], channel["user"])
    channel.update({name: facts[name] for name in ("num_members", "members") if name in facts})


def the_channel(state: Workspace, name: str) -> str:
    """The id of a conversation that is told by id or name; it is made where nobody told of it."""
    known = name if name in state.channels else _called(state, name.removeprefix("#"))
    if known:
        return known
    _put_channel(state, {"id": name})
    return next(reversed(state.channels))


def _called(state: Workspace, name: str) -> str:
    """The id of the conversation with this name, "" for none."""
    return next((key for key, channel in state.channels.items() if name and channel.get("name") == name), "")


# Messages and what hangs on them


def _put_message(state: Workspace, channel_id: str, facts: Json) -> None:
    app_id = state.tokens[BOT_TOKEN].app_id
    author = resources.signature(state, state.bot_user, "", app_id)
    made_up = {} if "text" in facts else {**author, "text": "Seeded message"}
    message = {**made_up, **{name: value for name, value in facts.items() if name != "permalink"}}
    state.post(channel_id, message)
    if "permalink" in facts:
        state.permalinks.setdefault(channel_id, {})[message["ts"]] = facts["permalink"]
    for reaction in message.get("reactions", ()):
        state.reacted += [(user_id, channel_id, message["ts"]) for user_id in reaction["users"]]


def _put_scheduled(state: Workspace, facts: Json) -> None:
    now = state.seconds()
    made_up = {"id": facts["id"], "channel_id": "", "post_at": now, "date_created": now, "text": "Seeded message"}
    state.scheduled[facts["id"]] = {**made_up, **facts}


def _put_pin(state: Workspace, channel_id: str, facts: Json) -> None:
    made_up = {"created": state.seconds(), "created_by": state.bot_user}
    state.pins.setdefault(channel_id, []).append({**made_up, **facts})


def _put_bookmark(state: Workspace, channel_id: str, facts: Json) -> None:
    bookmark = {"id": facts["id"], "channel_id": channel_id, **facts}
    state.bookmarks.setdefault(channel_id, {})[facts["id"]] = bookmark


def _put_file(state: Workspace, facts: Json) -> None:
    made_up = {} if "created" in facts else resources.new_file(state, facts["id"], "file.txt", 0)
    state.files[facts["id"]] = {**made_up, **facts}


def _put_upload(state: Workspace, facts: Json) -> None:
    name, size = str(facts.get("name") or "file.txt"), int(facts.get("size") or 0)
    made_up = resources.new_file(state, facts["id"], name, size, home=str(state.team.get("url", "")))
    state.uploads[state.upload_key()] = {**made_up, **facts}


def _count_files(state: Workspace, unseen: int) -> None:
    state.unseen_files = unseen


# The rest


def _put_usergroup(state: Workspace, facts: Json) -> None:
    made_up = {} if "date_create" in facts else resources.new_usergroup(state, facts["id"], "Seeded group")
    state.usergroups[facts["id"]] = {**made_up, **facts}


def _put_reminder(state: Workspace, facts: Json) -> None:
    owner = {
        "id": facts["id"],
        "creator": state.bot_user,
        "user": state.bot_user,
        "text": "Seeded reminder",
        "recurring": False,
    }
    state.reminders[facts["id"]] = {**owner, "time": state.seconds(), "complete_ts": 0, **facts}


def _put_view(state: Workspace, facts: Json) -> None:
    state.views[facts["id"]] = {"id": facts["id"], "type": "modal", "hash": "", "root_view_id": facts["id"], **facts}


def _put_sockets(state: Workspace, address: str) -> None:
    state.sockets = address


SEEDERS: Mapping[str, Put] = {
    "team": _put_team,
    "tokens": each(_put_token),
    "users": each(_put_user),
    "bots": each(_put_bot),
    "channels": each(_put_channel),
    "messages": in_channels(_put_message),
    "files": each(_put_file),
    "unseen_files": _count_files,
    "pins": in_channels(_put_pin),
    "bookmarks": in_channels(_put_bookmark),
    "usergroups": each(_put_usergroup),
    "scheduled": each(_put_scheduled),
    "reminders": each(_put_reminder),
    "emoji": lambda state, facts: state.emoji.update(facts),
    "profile_fields": _put_fields,
    "dnd": lambda state, facts: state.dnd.update(facts),
    "presence": lambda state, facts: state.presence.update(facts),
    "images": lambda state, facts: state.images.update(facts),
    "triggers": lambda state, facts: state.triggers.update(facts),
    "uploads": each(_put_upload),
    "cursors": lambda state, facts: state.cursors.update(facts),
    "sockets": _put_sockets,
    "views": each(_put_view),
}
"""In the order in which they depend on each other."""
