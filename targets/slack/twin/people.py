"""Users: who they are, their profiles, whether they are there and want to be disturbed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from conformance.recordings.model import Json
from targets.slack.twin.calls import Call, Method
from targets.slack.twin.emoji import UNICODE
from targets.slack.twin.errors import SlackError
from targets.slack.twin.lookups import the_user
from targets.slack.twin.paging import continued, decode_cursor, limit_of, page
from targets.slack.twin.resources import SLACKBOT
from targets.slack.twin.state import Workspace

OF_SELF = ("prefs", "created", "first_login", "manual_presence")
"""What ``rtm.start`` shows of the caller besides the id and the name."""

NOT_OF_USER = frozenset(OF_SELF)
"""What is known of a user that is not part of the user object."""

NO_SNOOZE: Json = {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}
NAMES = {"real_name": "real_name_normalized", "display_name": "display_name_normalized"}
EMOJI_PICTURE = "https://a.slack-edge.com/production-standard-emoji-assets/14.0/apple-large/{}.png"
STATUS = frozenset({"status_text", "status_emoji", "status_expiration"})
WRITABLE = frozenset({*NAMES, *STATUS, "first_name", "last_name", "email", "title", "phone", "skype", "pronouns"})


# Users


def shown(call: Call, user: Json) -> Json:
    """A user object as ``users.info`` shows it."""
    view = {name: value for name, value in user.items() if name not in NOT_OF_USER}
    if not call.arguments.flag("presence"):
        view.pop("presence", None)
    if view.get("profile", {}).get("fields"):
        view["profile"] = {name: value for name, value in view["profile"].items() if name != "fields"}
    if call.arguments.flag("include_locale"):
        view.setdefault("locale", "en-US")
    return view


def by_age(state: Workspace) -> list[str]:
    """User ids in the order of lists: Slackbot, then as ids count up."""
    listed = state.users.keys() - state.unlisted
    return sorted(listed, key=lambda name: (name != SLACKBOT, len(name), name))


def list_users(call: Call) -> Json:
    """users.list: all of them, unless a page is asked for."""
    everyone = by_age(call.state)
    if call.arguments.flag("presence") and not limit_of(call):
        return _with_presence(call, everyone)
    names, cursor = page(call, everyone, "user")
    offset = {"offset": decode_cursor(cursor, "user")} if cursor else {}
    return {**offset, **_members(call, names), **continued(cursor)}


def _with_presence(call: Call, names: Sequence[str]) -> Json:
    """The list as it was before there were pages: whoever asks for presence still gets it so, Slackbot last."""
    return _members(call, sorted(names, key=lambda name: name == SLACKBOT))


def _members(call: Call, names: Sequence[str]) -> dict[str, Json]:
    members = [shown(call, call.state.users[name]) for name in names]
    return {"members": members, "cache_ts": call.state.seconds()}


def user_info(call: Call) -> Json:
    """users.info."""
    return {"user": shown(call, the_user(call))}


def lookup_by_email(call: Call) -> Json:
    """users.lookupByEmail: active users only."""
    email = call.text("email").lower()
    for user in call.state.users.values():
        if email and not user.get("deleted") and str(user.get("profile", {}).get("email", "")).lower() == email:
            return {"user": shown(call, user)}
    raise SlackError("users_not_found")


def identity(call: Call) -> Json:
    """users.identity: of the person who signed in with Slack."""
    user, team = call.state.users[call.user_id], call.state.team
    pictures = {name: value for name, value in user["profile"].items() if name.startswith("image_")}
    own = {"name": user.get("real_name") or user["name"], "id": user["id"], "email": user["profile"].get("email", "")}
    return {"user": {**own, **pictures}, "team": {"name": team["name"], "id": team["id"]}}


# Profiles


def get_profile(call: Call) -> Json:
    """users.profile.get: with the team's own fields, without the team."""
    profile = dict(the_user(call, default=call.user_id).get("profile", {}))
    profile.pop("team", None)
    profile["fields"] = profile.get("fields") or {}
    return {"profile": profile}


def set_profile(call: Call) -> Json:
    """users.profile.set: one field by name and value, or several as an object."""
    user = the_user(call, default=call.user_id)
    changes = _profile_changes(call)
    profile = user["profile"]
    profile.update(changes)
    profile.update({NAMES[name]: value for name, value in changes.items() if name in NAMES})
    if STATUS & changes.keys():
        profile.update(_status(call.state, profile))
    if {"first_name", "last_name"} & changes.keys():
        profile["real_name"] = f"{profile.get('first_name', '')} {profile.get('last_name', '')}".strip()
        profile["real_name_normalized"] = profile["real_name"]
    if "real_name" in profile and "real_name" in user:
        user["real_name"] = profile["real_name"]
    user["updated"] = call.state.seconds()
    return {"username": user["name"], "profile": {name: value for name, value in profile.items() if name != "team"}}


def _status(state: Workspace, profile: Json) -> Json:
    """What follows from a status: an emoji that stands for a text alone, and how it looks."""
    text, emoji = str(profile.get("status_text") or ""), str(profile.get("status_emoji") or "")
    emoji = emoji or (":speech_balloon:" if text else "")
    name = emoji.strip(":")
    expiration = profile.get("status_expiration", 0) if emoji else 0
    shown = {"status_emoji_display_info": _emoji_shown(state, name), "status_expiration": expiration}
    return {"status_text": text, "status_text_canonical": "", "status_emoji": emoji, **shown}


def _emoji_shown(state: Workspace, name: str) -> list[Json]:
    if name in state.emoji:
        return [{"emoji_name": name, "display_url": state.emoji[name]}]
    if name not in UNICODE:
        return []
    return [{"emoji_name": name, "display_url": EMOJI_PICTURE.format(UNICODE[name]), "unicode": UNICODE[name]}]


def _profile_changes(call: Call) -> dict[str, Json]:
    changes = call.arguments.document("profile", code="invalid_profile")
    if changes is None and call.text("name"):
        changes = {call.text("name"): call.text("value")}
    if not isinstance(changes, dict):
        raise SlackError("invalid_profile")
    for name in NAMES:
        if name == "real_name" and changes.get(name) == "":
            raise SlackError("invalid_name_required", detail="invalid_name_required", field=name)
    return {name: value for name, value in changes.items() if name in WRITABLE}


# Presence and quiet hours


def get_presence(call: Call) -> Json:
    """users.getPresence: of oneself with the reasons."""
    user = the_user(call, default=call.user_id)
    own = user["id"] == call.user_id
    known = call.state.presence.get(user["id"]) or _presence(call.state, user, own)
    return dict(known) if own or "presence" not in known else {"presence": known["presence"]}


def _presence(state: Workspace, user: Json, own: bool) -> Json:
    online = bool(user.get("profile", {}).get("always_active")) or user["id"] == SLACKBOT
    reasons = {"online": online, "auto_away": False, "manual_away": False, "connection_count": 0}
    return {"presence": "active" if online else "away", **(reasons if own else {})}


def set_presence(call: Call) -> Json:
    """users.setPresence."""
    chosen = call.text("presence")
    if chosen not in ("auto", "away"):
        raise SlackError("invalid_presence")
    known = call.state.presence.get(call.user_id) or _presence(call.state, call.state.users[call.user_id], own=True)
    away = chosen == "away"
    changed = {**known, "manual_away": away, "presence": "away" if away else known["presence"]}
    call.state.presence[call.user_id] = changed
    return {}


def nothing(call: Call) -> Json:
    """Methods that change nothing which could be seen."""
    return {}


def dnd_info(call: Call) -> Json:
    """dnd.info: of oneself with the snooze."""
    user = the_user(call, default=call.user_id)
    return dnd_of(call, user["id"])


def dnd_of(call: Call, user_id: str) -> Json:
    """Quiet hours of a user; a snooze is the user's own affair."""
    known = {**NO_SNOOZE, **call.state.dnd.get(user_id, {})}
    if user_id == call.user_id:
        return {**known, "snooze_enabled": known.get("snooze_enabled", False)}
    return {name: value for name, value in known.items() if not name.startswith("snooze")}


def dnd_team(call: Call) -> Json:
    """dnd.teamInfo: of all the users named."""
    names = call.arguments.names("users")
    if not names:
        raise SlackError("no_users_provided")
    return {"users": {name: dnd_of(call, name) for name in names if name in call.state.users}}


def set_snooze(call: Call) -> Json:
    """dnd.setSnooze."""
    minutes = call.arguments.number("num_minutes", -1)
    if minutes <= 0:
        raise SlackError("missing_duration")
    until = call.state.seconds() + minutes * 60
    snooze = {"snooze_enabled": True, "snooze_endtime": until, "snooze_is_indefinite": False}
    call.state.dnd[call.user_id] = {**NO_SNOOZE, **call.state.dnd.get(call.user_id, {}), **snooze}
    return {**snooze, "snooze_remaining": minutes * 60}


def end_snooze(call: Call) -> Json:
    """dnd.endSnooze."""
    known = call.state.dnd.get(call.user_id, {})
    if not known.get("snooze_enabled"):
        raise SlackError("snooze_end_failed")
    kept = {name: value for name, value in known.items() if not name.startswith("snooze")}
    call.state.dnd[call.user_id] = kept
    return dnd_of(call, call.user_id)


METHODS: Mapping[str, Method] = {
    "users.list": Method(list_users),
    "users.info": Method(user_info),
    "users.lookupByEmail": Method(lookup_by_email),
    "users.identity": Method(identity),
    "users.profile.get": Method(get_profile),
    "users.profile.set": Method(set_profile),
    "users.getPresence": Method(get_presence),
    "users.setPresence": Method(set_presence),
    "users.setActive": Method(nothing),
    "dnd.info": Method(dnd_info),
    "dnd.teamInfo": Method(dnd_team),
    "dnd.setSnooze": Method(set_snooze),
    "dnd.endSnooze": Method(end_snooze),
    "dnd.endDnd": Method(nothing),
}
