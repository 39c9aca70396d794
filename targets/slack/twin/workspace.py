"""The workspace itself: who calls, the team, its emoji, its apps, and the doors to it."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha1

from conformance.recordings.model import Json
from targets.slack.calls import kind_of
from targets.slack.twin.calls import Call, Method
from targets.slack.twin.channels import detailed
from targets.slack.twin.errors import SlackError, Unevidenced
from targets.slack.twin.people import OF_SELF, by_age, dnd_of, shown
from targets.slack.twin.resources import SLACKBOT

EMOJI_CACHE = "1560987000.000000"
ONLY_RTM = frozenset(
    {
        *("prefs", "msg_edit_window_mins", "over_storage_limit", "messages_count", "plan", "onboarding_channel_id"),
        *("date_create", "limit_ts"),
    }
)
"""Members of a team that only ``rtm.start`` shows."""

EVENTS_BEHIND = 600
"""Seconds before now of the event that a client of ``rtm.start`` begins with."""

OF_NO_WORKSPACE: Json = {
    "accept_tos_url": None,
    "mobile_app_requires_upgrade": False,
    "read_only_channels": [],
    "non_threadable_channels": [],
    "thread_only_channels": [],
    "can_manage_shared_channels": False,
    "is_europe": False,
    "cache_version": "v21-nomad",
    "cache_ts_version": "v2-bunny",
}
"""What ``rtm.start`` says to everybody."""

RETIRED_RTM = (
    "[WARN] method_deprecated: Please use rtm.connect to connect to the RTM API instead. "
    "Learn more at https://api.slack.com/changelog/2021-10-rtm-start-to-stop"
)


def auth_test(call: Call) -> Json:
    """auth.test: a bot also learns its bot id."""
    team, user = call.state.team, call.state.users[call.user_id]
    bot = {"bot_id": call.token.bot_id} if call.token.is_bot else {}
    who = {"url": call.home, "team": team["name"], "user": user["name"]}
    return {**who, "team_id": team["id"], "user_id": user["id"], **bot, "is_enterprise_install": False}


def auth_revoke(call: Call) -> Json:
    """auth.revoke: the token is worth nothing from now on."""
    trial = call.arguments.flag("test")
    if not trial:
        call.state.tokens.pop(call.token.value)
    return {"revoked": not trial}


def api_test(call: Call) -> Json:
    """api.test: says back what it is told, and fails when it is told to."""
    said = {name: value for name, value in call.arguments.values.items() if name != "token"}
    if call.text("error"):
        raise SlackError(call.text("error"), args=said)
    return {"args": said} if said else {}


def team_info(call: Call) -> Json:
    """team.info: of the caller's own team only."""
    wanted = call.text("team")
    if wanted and wanted != call.state.team["id"]:
        raise SlackError("team_not_found")
    shown = {name: value for name, value in call.state.team.items() if name not in ONLY_RTM}
    return {"team": {**shown, **({"url": call.home} if "url" in shown else {})}}


def team_profile(call: Call) -> Json:
    """team.profile.get: the fields that the team added to profiles."""
    fields = sorted(call.state.profile_fields.values(), key=lambda one: one.get("ordering", 0))
    return {"profile": {"fields": fields}}


def paid_only(call: Call) -> Json:
    """Methods of plans that cost something."""
    raise SlackError("paid_only")


def emoji_list(call: Call) -> Json:
    """emoji.list."""
    return {"emoji": dict(call.state.emoji), "cache_ts": EMOJI_CACHE}


def bot_info(call: Call) -> Json:
    """bots.info."""
    bot = call.state.bots.get(call.text("bot"))
    if bot is None:
        raise SlackError("bot_not_found" if call.text("bot") else "missing_argument")
    return {"bot": _bot(bot)}


def _bot(bot: Json) -> Json:
    return {name: value for name, value in bot.items() if name != "team_id"}


def bad_code(call: Call) -> Json:
    """oauth.*: no code was ever given out here."""
    raise SlackError("invalid_code")


def bad_trigger(call: Call) -> Json:
    """dialog.open: dialogs need an app that somebody has clicked in."""
    raise SlackError("invalid_trigger")


# Real time


def rtm_connect(call: Call) -> Json:
    """rtm.connect: where to listen."""
    team = {name: call.state.team[name] for name in ("id", "name", "domain")}
    return {"url": _socket(call), "team": team, "self": _self(call)}


def _socket(call: Call) -> str:
    """Where this caller listens: the same place whenever it asks."""
    secret = sha1(f"{call.state.team['id']} {call.token.value}".encode(), usedforsecurity=False).hexdigest()
    return call.state.sockets.replace("{secret}", secret)


def _self(call: Call) -> Json:
    return {"id": call.user_id, "name": call.state.users[call.user_id]["name"]}


def rtm_start(call: Call) -> Json:
    """rtm.start: where to listen, and the whole workspace besides. Retired, and says so."""
    state = call.state
    state.first_start = state.first_start or state.seconds()
    return {
        **OF_NO_WORKSPACE,
        "self": _myself(call),
        "team": state.team,
        "latest_event_ts": f"{state.first_start - EVENTS_BEHIND}.000000",
        **_conversations(call),
        "cache_ts": state.seconds(),
        "subteams": {"self": [], "all": list(state.usergroups.values())},
        "dnd": dnd_of(call, call.user_id),
        "links": {"domains_ts": state.first_start},
        "users": [_here(call, state.users[name]) for name in sorted(by_age(state), key=_is_slackbot)],
        "bots": [_bot(bot) for name, bot in state.bots.items() if name not in state.unlisted],
        "url": _socket(call),
        "response_metadata": {"messages": [RETIRED_RTM]},
    }


def _myself(call: Call) -> Json:
    user = call.state.users[call.user_id]
    standing = {"prefs": {}, "created": call.state.seconds(), "manual_presence": "active"}
    return {**_self(call), **standing, **{name: user[name] for name in OF_SELF if name in user}}


def _is_slackbot(name: str) -> bool:
    return name == SLACKBOT


def _here(call: Call, user: Json) -> Json:
    return {**shown(call, user), **({"presence": user["presence"]} if "presence" in user else {})}


def _conversations(call: Call) -> Json:
    shelves: dict[str, list[Json]] = {"channels": [], "groups": [], "ims": []}
    names = {"public_channel": "channels", "private_channel": "groups", "mpim": "groups", "im": "ims"}
    for channel in call.state.channels.values():
        if kind_of(channel) == "public_channel" or call.state.is_member(channel["id"], call.user_id):
            shelves[names[kind_of(channel)]].append(_conversation(call, channel))
    return shelves


def _conversation(call: Call, channel: Json) -> Json:
    """With what is unread in it and who is, where that is known; public channels with their priority."""
    members = {"members": list(channel["members"])} if "members" in channel else {}
    view = {**detailed(call.state, channel, call.user_id), **members}
    return {**view, "priority": channel.get("priority", 0)} if kind_of(channel) == "public_channel" else view


# Methods that are gone


def retired(family: str, name: str) -> Method:
    """A method of a family that ``conversations.*`` has replaced."""
    kind = READING.get(name, "write")
    return Method(unimplemented, scopes={"user": (f"{family}:{kind}",)}, successor=f"conversations.{name}")


def wrong_token(call: Call) -> Json:
    """Methods for tokens of a kind that is not given out any more."""
    raise SlackError("not_allowed_token_type")


def unimplemented(call: Call) -> Json:
    """A method of the vendor of which no recording shows an answer."""
    raise Unevidenced(f"The twin does not implement {call.name}.")


RETIRED = {
    "channels": "archive history info invite join kick leave list mark rename replies setPurpose setTopic unarchive",
    "groups": "archive create history info invite kick leave list mark open rename replies setPurpose setTopic "
    "unarchive",
    "im": "close history list mark open replies",
    "mpim": "close history list mark open replies",
}
"""Methods that came before ``conversations.*``."""

READING = {"list": "read", "info": "read", "history": "history", "replies": "history"}
"""Methods of these families that only read, with what their scopes are called."""

GONE = (
    "apps.permissions.info",
    "apps.permissions.request",
    "apps.permissions.resources.list",
    "apps.permissions.scopes.list",
    "apps.permissions.users.list",
    "apps.permissions.users.request",
)
"""Methods that only such tokens could call; the vendor's own tests say how they answer today."""

METHODS: Mapping[str, Method] = {
    **dict.fromkeys(GONE, Method(wrong_token)),
    **{f"{family}.{name}": retired(family, name) for family, names in RETIRED.items() for name in names.split()},
    "auth.test": Method(auth_test),
    "auth.revoke": Method(auth_revoke),
    "api.test": Method(api_test, open=True),
    "team.info": Method(team_info),
    "team.profile.get": Method(team_profile),
    "team.accessLogs": Method(paid_only),
    "emoji.list": Method(emoji_list),
    "bots.info": Method(bot_info, tolerates=frozenset({"bot"})),
    "oauth.access": Method(bad_code, open=True),
    "oauth.v2.access": Method(bad_code, open=True),
    "dialog.open": Method(bad_trigger),
    "rtm.connect": Method(rtm_connect, scopes={"user": ("rtm:stream",)}),
    "rtm.start": Method(rtm_start, scopes={"user": ("rtm:stream",)}),
}
