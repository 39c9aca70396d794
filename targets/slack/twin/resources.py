"""What new resources look like: users, bots, channels, and a workspace nobody has used yet."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from conformance.recordings.model import Json
from targets.slack.calls import kind_of

if TYPE_CHECKING:
    from targets.slack.twin.state import Workspace

SLACKBOT = "USLACKBOT"
NEVER_READ = "0000000000.000000"
NO_TEXT: Json = {"value": "", "creator": "", "last_set": 0}
"""A topic or purpose that nobody has set."""

EDGE = "https://a.slack-edge.com/80588/img"
AVATAR_SIZES = (24, 32, 48, 72, 192, 512)
BOT_ICON_SIZES = (36, 48, 72)
TEAM_ICON_SIZES = (34, 44, 68, 88, 102, 230, 132)
DOMAIN = "workspace"
"""Of a workspace of which nobody told another."""

APP_NAME = "Workspace App"


def populate(state: Workspace) -> None:
    """Furnish an empty workspace: the team, Slackbot, one person, one app with its bot, two channels."""
    state.team = new_team(state)
    state.users[SLACKBOT] = slackbot(state)
    state.person, state.bot_user = state.new_id("U"), state.new_id("U")
    owner = {"is_admin": True, "is_owner": True, "is_primary_owner": True, "is_email_confirmed": True}
    state.users[state.person] = new_user(state, {"id": state.person, "name": "owner", **owner})
    bot = new_bot(state, {"id": state.new_id("B"), "user_id": state.bot_user, "name": APP_NAME})
    state.bots[bot["id"]] = bot
    state.users[state.bot_user] = new_bot_user(state, bot)
    for name, general in (("general", True), ("random", False)):
        facts = {"id": state.new_id("C"), "name": name, "creator": state.person, "is_general": general}
        add_channel(state, facts, [state.person, state.bot_user])


def new_team(state: Workspace) -> Json:
    """A workspace as ``team.info`` shows it."""
    return {
        "id": state.new_id("T"),
        "name": "Workspace",
        "url": "",
        "domain": DOMAIN,
        "email_domain": "",
        "icon": {"image_default": True, **_pictures(f"{EDGE}/avatars-teams/ava_0001", TEAM_ICON_SIZES)},
        "avatar_base_url": "https://ca.slack-edge.com/",
        "is_verified": False,
        "external_org_migrations": {"date_updated": state.seconds(), "current": []},
        "lob_sales_home_enabled": False,
        "is_sfdc_auto_slack": False,
    }


def _pictures(stem: str, sizes: tuple[int, ...]) -> dict[str, str]:
    return {f"image_{size}": f"{stem}_{size}.png" for size in sizes}


def new_user(state: Workspace, facts: Json) -> Json:
    """A user of whom ``facts`` (a user object, partial) are known."""
    profile = dict(facts.get("profile") or {})
    name = facts.get("name") or f"user{len(state.users)}"
    real_name = facts.get("real_name") or profile.get("real_name") or name.capitalize()
    user = {
        "id": facts["id"],
        "name": name,
        "is_bot": False,
        "updated": state.seconds(),
        "is_app_user": False,
        "team_id": state.team["id"],
        "deleted": False,
        **_standing(state, real_name),
        **facts,
    }
    user["profile"] = {**new_profile(state, real_name, name), **profile}
    return user


def _standing(state: Workspace, real_name: str) -> Json:
    """What a deactivated user's object lacks."""
    return {
        "color": state.digest(6),
        "is_email_confirmed": False,
        "real_name": real_name,
        "tz": "America/Los_Angeles",
        "tz_label": "Pacific Standard Time",
        "tz_offset": -28800,
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "who_can_share_contact_card": "EVERYONE",
    }


def new_profile(state: Workspace, real_name: str, name: str) -> Json:
    """A person's profile."""
    first, _, last = real_name.partition(" ")
    digest = state.digest(12)
    return {
        "real_name": real_name,
        "display_name": "",
        "avatar_hash": f"g{digest[1:]}",
        "real_name_normalized": real_name,
        "display_name_normalized": "",
        "first_name": first,
        "last_name": last,
        "team": state.team["id"],
        "email": f"{name}@example.com",
        "title": "",
        "phone": "",
        "skype": "",
        "status_text": "",
        "status_text_canonical": "",
        "status_emoji": "",
        "status_emoji_display_info": [],
        "status_expiration": 0,
        **_pictures(f"https://secure.gravatar.com/avatar/{digest}", AVATAR_SIZES),
    }


def new_bot_user(state: Workspace, bot: Json) -> Json:
    """The user that an app's bot acts as."""
    name = "".join(char for char in bot["name"].lower() if char.isalnum())[:20]
    user = new_user(state, {"id": bot["user_id"], "name": name, "real_name": bot["name"], "is_bot": True})
    user["profile"].pop("email")
    user["profile"].update(bot_id=bot["id"], api_app_id=bot["app_id"], always_active=False, last_name="")
    user["profile"]["first_name"] = bot["name"]
    return user


def slackbot(state: Workspace) -> Json:
    """The user that is in every workspace."""
    user = new_user(state, {"id": SLACKBOT, "name": "slackbot", "real_name": "Slackbot", "color": "757575"})
    profile = {name: value for name, value in user["profile"].items() if name != "email"}
    pictures = _pictures(f"{EDGE}/slackbot", AVATAR_SIZES)
    user["profile"] = {**profile, **pictures, "fields": {}, "always_active": True}
    return {**user, "updated": 0}


def new_bot(state: Workspace, facts: Json) -> Json:
    """An app's bot, as messages show it in ``bot_profile``."""
    return {
        "id": facts["id"],
        "app_id": state.new_id("A"),
        "name": APP_NAME,
        "icons": _pictures(f"{EDGE}/plugins/app/bot", BOT_ICON_SIZES),
        "deleted": False,
        "updated": state.seconds(),
        "team_id": state.team["id"],
        **facts,
    }


def signature(state: Workspace, user_id: str, bot_id: str, app_id: str) -> dict[str, Any]:
    """The members of a message that say who it is from: a user, and the app by which they sent it."""
    of_app = (one for one in state.bots.values() if app_id and one.get("app_id") == app_id)
    bot = state.bots.get(bot_id) or next(of_app, None)
    own = {"user": user_id, "type": "message", "team": state.team["id"]}
    if bot is None:
        return own
    app = {"app_id": bot["app_id"]} if "app_id" in bot else {}
    return {**own, "bot_id": bot["id"], **app, "bot_profile": dict(bot)}


FRESH_CHANNEL: Json = {
    "is_general": False,
    "is_shared": False,
    "is_ext_shared": False,
    "unlinked": 0,
    "is_pending_ext_shared": False,
    "pending_shared": [],
    "parent_conversation": None,
    "purpose": dict(NO_TEXT),
    "topic": dict(NO_TEXT),
    "pending_connected_team_ids": [],
    "is_member": True,
    "previous_names": [],
}
"""What a conversation with a name begins with."""


def new_channel(state: Workspace, facts: Json) -> Json:
    """A conversation of whatever type the facts show."""
    kind = kind_of(facts)
    common: dict[str, Any] = {
        "id": facts["id"],
        "created": state.seconds(),
        "is_org_shared": False,
        "is_im": kind == "im",
        "context_team_id": state.team["id"],
        "updated": state.milliseconds(),
        "is_archived": False,
    }
    if kind == "im":
        return {**common, "user": SLACKBOT, "is_user_deleted": False, "priority": 0, **facts}
    name = str(facts.get("name") or f"channel-{facts['id'].lower()}")
    named = {
        **deepcopy(FRESH_CHANNEL),
        "creator": state.person,
        "name": name,
        "name_normalized": name,
        "is_channel": kind == "public_channel",
        "is_group": kind != "public_channel",
        "is_mpim": kind == "mpim",
        "is_private": kind != "public_channel",
        "shared_team_ids": [state.team["id"]],
    }
    return {**common, **named, **facts}


def add_channel(state: Workspace, facts: Json, members: list[str]) -> Json:
    """Keep a new conversation with these members. Returns what is stored."""
    channel = new_channel(state, facts)
    state.channels[channel["id"]] = channel
    state.ids.reserve(channel["id"])
    for user_id in members:
        state.join(channel["id"], user_id)
    return channel


FRESH_FILE: Json = {
    "mimetype": "",
    "filetype": "",
    "pretty_type": "",
    "editable": False,
    "mode": "hosted",
    "is_external": False,
    "external_type": "",
    "is_public": False,
    "public_url_shared": False,
    "display_as_bot": False,
    "username": "",
    "media_display_type": "unknown",
    "comments_count": 0,
    "is_starred": False,
    "shares": {},
    "channels": [],
    "groups": [],
    "ims": [],
    "has_more_shares": False,
    "has_rich_preview": False,
    "file_access": "visible",
}
"""What nobody has looked into yet, shared or commented on."""


def new_file(state: Workspace, file_id: str, name: str, size: int, user: str = "", home: str = "") -> Json:
    """A file as it is shown right after its upload: nobody has looked into it yet.

    ``home`` is the address of the workspace, with a slash at its end.
    """
    owner = user or state.bot_user
    now = state.seconds()
    team, slug = state.team["id"], name.lower().replace(" ", "_")
    private = f"https://files.slack.com/files-pri/{team}-{file_id}"
    return {
        "id": file_id,
        **deepcopy(FRESH_FILE),
        "created": now,
        "timestamp": now,
        "name": name,
        "title": name,
        "user": owner,
        "user_team": team,
        "size": size,
        "url_private": f"{private}/{slug}",
        "url_private_download": f"{private}/download/{slug}",
        "permalink": f"{home}files/{owner}/{file_id}/{slug}",
        "permalink_public": f"https://slack-files.com/{team}-{file_id}-{state.digest(10)}",
    }


FRESH_USERGROUP: Json = {
    "is_usergroup": True,
    "is_subteam": True,
    "description": "",
    "is_external": False,
    "date_delete": 0,
    "auto_type": None,
    "auto_provision": False,
    "enterprise_subteam_id": "",
    "deleted_by": None,
    "is_section": False,
    "is_editing_restricted": False,
    "is_membership_locked": False,
    "is_idp_group": False,
    "is_visible": True,
    "is_org_level": False,
    "prefs": {"channels": [], "groups": []},
    "users": [],
    "user_count": 0,
    "channel_count": 0,
}
"""A group that nobody is in, and nothing is known of."""


def new_usergroup(state: Workspace, group_id: str, name: str, **more: Any) -> Json:
    """A group of users that can be mentioned together; ``users`` are shown to those who ask for them."""
    now = state.seconds()
    return {
        "id": group_id,
        **deepcopy(FRESH_USERGROUP),
        "team_id": state.team["id"],
        "name": name,
        "handle": name.lower().replace(" ", "-"),
        "date_create": now,
        "date_update": now,
        "created_by": state.bot_user,
        "updated_by": state.bot_user,
        **more,
    }
