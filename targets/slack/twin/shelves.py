"""Small things that are made, changed and taken away: bookmarks, user groups, reminders."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.recordings.model import Json
from targets.slack.twin.calls import Call, Method
from targets.slack.twin.errors import SlackError
from targets.slack.twin.lookups import my_channel, users_named
from targets.slack.twin.resources import new_usergroup

# Bookmarks


def list_bookmarks(call: Call) -> Json:
    """bookmarks.list."""
    channel = my_channel(call, "channel_id")
    return {"bookmarks": list(call.state.bookmarks.get(channel["id"], {}).values())}


LINK: Json = {
    "type": "link",
    "icon_url": "",
    "entity_id": None,
    "shortcut_id": None,
    "app_id": None,
    "app_action_id": None,
}
"""What all bookmarks of links have."""


def add_bookmark(call: Call) -> Json:
    """bookmarks.add: links only."""
    channel = my_channel(call, "channel_id")
    if call.text("type") != "link":
        raise SlackError("invalid_bookmark_type")
    if not call.text("link").startswith(("http://", "https://")):
        raise SlackError("invalid_link")
    state, now = call.state, call.state.seconds()
    shelf = state.bookmarks.setdefault(channel["id"], {})
    bookmark = {
        **LINK,
        "id": state.new_id("Bk"),
        "channel_id": channel["id"],
        "title": call.text("title"),
        "link": call.text("link"),
        "emoji": call.text("emoji"),
        "date_created": now,
        "date_updated": 0,
        "rank": state.digest(1),
        "last_updated_by_user_id": call.user_id,
        "last_updated_by_team_id": state.team["id"],
    }
    shelf[bookmark["id"]] = bookmark
    return {"bookmark": bookmark}


def _the_bookmark(call: Call) -> Json:
    shelf = call.state.bookmarks.get(my_channel(call, "channel_id")["id"], {})
    if call.text("bookmark_id") not in shelf:
        raise SlackError("not_found")
    return shelf[call.text("bookmark_id")]


def edit_bookmark(call: Call) -> Json:
    """bookmarks.edit."""
    bookmark = _the_bookmark(call)
    bookmark.update({name: call.text(name) for name in ("title", "link", "emoji") if name in call.arguments})
    bookmark.update(date_updated=call.state.seconds(), last_updated_by_user_id=call.user_id)
    return {"bookmark": bookmark}


def remove_bookmark(call: Call) -> Json:
    """bookmarks.remove."""
    bookmark = _the_bookmark(call)
    del call.state.bookmarks[bookmark["channel_id"]][bookmark["id"]]
    return {}


# User groups


def the_group(call: Call) -> Json:
    """The group that a call names."""
    group = call.state.usergroups.get(call.text("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return group


def _shown(group: Json, users: bool) -> Json:
    return group if users else {name: value for name, value in group.items() if name != "users"}


def list_groups(call: Call) -> Json:
    """usergroups.list."""
    disabled, users = call.arguments.flag("include_disabled"), call.arguments.flag("include_users")
    chosen = [group for group in call.state.usergroups.values() if disabled or not group.get("date_delete")]
    return {"usergroups": [_shown(group, users) for group in chosen]}


def create_group(call: Call) -> Json:
    """usergroups.create."""
    name, state = call.text("name"), call.state
    if any(group["name"] == name for group in state.usergroups.values()):
        raise SlackError("name_already_exists")
    handle = call.text("handle") or name.lower().replace(" ", "-")
    if any(group["handle"] == handle for group in state.usergroups.values()):
        raise SlackError("handle_already_exists")
    more = {"handle": handle, "description": call.text("description"), "created_by": call.user_id}
    prefs = {"channels": call.arguments.names("channels"), "groups": []}
    group = new_usergroup(state, state.new_id("S"), name, **more, updated_by=call.user_id, prefs=prefs)
    state.usergroups[group["id"]] = group
    return {"usergroup": _shown(group, users=True)}


def update_group(call: Call) -> Json:
    """usergroups.update."""
    group = the_group(call)
    group.update({name: call.text(name) for name in ("name", "handle", "description") if name in call.arguments})
    if "channels" in call.arguments:
        group["prefs"] = {**group["prefs"], "channels": call.arguments.names("channels")}
    return _changed(call, group)


def _changed(call: Call, group: Json) -> Json:
    group.update(date_update=call.state.seconds(), updated_by=call.user_id)
    return {"usergroup": _shown(group, users=True)}


def disable_group(call: Call) -> Json:
    """usergroups.disable."""
    group = the_group(call)
    group.update(date_delete=call.state.seconds(), deleted_by=call.user_id)
    return _changed(call, group)


def enable_group(call: Call) -> Json:
    """usergroups.enable."""
    group = the_group(call)
    group.update(date_delete=0, deleted_by=None)
    return _changed(call, group)


def group_users(call: Call) -> Json:
    """usergroups.users.list."""
    return {"users": list(the_group(call).get("users", ()))}


def set_group_users(call: Call) -> Json:
    """usergroups.users.update: these and no others."""
    group = the_group(call)
    if not call.arguments.names("users"):
        raise SlackError("no_users_provided")
    try:
        users = users_named(call)
    except SlackError as error:
        raise SlackError("invalid_users") from error
    group.update(users=users, user_count=len(users))
    return _changed(call, group)


# Reminders


def add_reminder(call: Call) -> Json:
    """reminders.add: at a moment in seconds; of words that name one nothing is recorded."""
    moment = call.arguments.number("time", -1)
    if moment < 0:
        raise SlackError("cannot_parse")
    if call.text("user") and call.text("user") not in call.state.users:
        raise SlackError("user_not_found")
    identifier = call.state.new_id("Rm")
    owner = {"creator": call.user_id, "user": call.text("user") or call.user_id}
    made = {"id": identifier, **owner, "text": call.text("text"), "recurring": False, "time": moment, "complete_ts": 0}
    call.state.reminders[identifier] = made
    return {"reminder": made}


def _the_reminder(call: Call) -> Json:
    reminder = call.state.reminders.get(call.text("reminder"))
    if reminder is None or call.user_id not in (reminder["user"], reminder["creator"]):
        raise SlackError("not_found")
    return reminder


def list_reminders(call: Call) -> Json:
    """reminders.list: by the caller or for the caller."""
    mine = [one for one in call.state.reminders.values() if call.user_id in (one["user"], one["creator"])]
    return {"reminders": mine}


def reminder_info(call: Call) -> Json:
    """reminders.info."""
    return {"reminder": _the_reminder(call)}


def complete_reminder(call: Call) -> Json:
    """reminders.complete."""
    reminder = _the_reminder(call)
    if reminder["recurring"]:
        raise SlackError("cannot_complete_recurring")
    reminder["complete_ts"] = call.state.seconds()
    return {}


def delete_reminder(call: Call) -> Json:
    """reminders.delete."""
    del call.state.reminders[_the_reminder(call)["id"]]
    return {}


METHODS: Mapping[str, Method] = {
    "bookmarks.list": Method(list_bookmarks),
    "bookmarks.add": Method(add_bookmark),
    "bookmarks.edit": Method(edit_bookmark),
    "bookmarks.remove": Method(remove_bookmark),
    "usergroups.list": Method(list_groups),
    "usergroups.create": Method(create_group),
    "usergroups.update": Method(update_group),
    "usergroups.disable": Method(disable_group),
    "usergroups.enable": Method(enable_group),
    "usergroups.users.list": Method(group_users),
    "usergroups.users.update": Method(set_group_users),
    "reminders.add": Method(add_reminder),
    "reminders.list": Method(list_reminders),
    "reminders.info": Method(reminder_info),
    "reminders.complete": Method(complete_reminder),
    "reminders.delete": Method(delete_reminder),
}
