"""What answers of certain methods tell besides the things in them: who calls, who belongs where, what else is there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from conformance.programs.model import Call, Observation
from conformance.programs.trees import follow
from conformance.recordings.model import Json
from targets.slack.calls import api_of, failed_with
from targets.slack.gathering import Gatherer
from targets.slack.surface import UPLOAD

RICH = "rich_text"
"""The type of the block that the service makes of a text."""

Reading = Callable[[Gatherer, Call, Mapping[str, Any]], None]

_SECRET = re.compile(r"(?<=/)[0-9a-f]{16,}(?=/|$)")
"""The part of a socket's address that is the caller's own."""
_POINTER = re.compile(r"downloading image failed \[json-pointer:/?(?P<pointer>[^\]]*)\]")


def read(gatherer: Gatherer, call: Call, observation: Observation) -> None:
    """Take what the answer to ``call`` tells besides the things in it."""
    response, body = observation.response, observation.body
    if response is not None:
        gatherer.is_called_by(scopes=response.header("x-oauth-scopes"))
    if not isinstance(body, dict):
        return
    gatherer.is_called_by(scopes=body.get("provided"))
    error = failed_with(observation)
    if error == "invalid_blocks":
        _images_not_found(gatherer, call, body)
    if error is not None:
        return
    _images(gatherer, body)
    READINGS.get(api_of(call), _nothing)(gatherer, call, body)


def _nothing(gatherer: Gatherer, call: Call, body: Mapping[str, Any]) -> None:
    """Most answers tell no more than the things in them."""


def _identity(gatherer: Gatherer, _: Call, body: Mapping[str, Any]) -> None:
    gatherer.is_called_by(user_id=body.get("user_id"), bot_id=body.get("bot_id"), team_id=body.get("team_id"))
    gatherer.know(("users", str(body.get("user_id", ""))), name=body.get("user"))
    team = {"id": body.get("team_id"), "name": body.get("team"), "url": body.get("url")}
    gatherer.know(("team", str(body.get("team_id", ""))), **{name: value for name, value in team.items() if value})


def _connection(gatherer: Gatherer, _: Call, body: Mapping[str, Any]) -> None:
    gatherer.sockets = gatherer.sockets or _SECRET.sub("{secret}", str(body.get("url") or ""))
    me = body.get("self")
    if isinstance(me, dict) and me.get("id"):
        gatherer.is_called_by(user_id=me["id"])
        if isinstance(body.get("dnd"), dict):
            gatherer.know(("users", me["id"]), dnd=body["dnd"])


def _author(gatherer: Gatherer, call: Call, body: Mapping[str, Any]) -> None:
    message = body.get("message")
    if isinstance(message, dict):
        _thread(gatherer, str(body.get("channel", "")), call.arguments.get("thread_ts"), message)
        gatherer.is_called_by(
            user_id=message.get("user"),
            bot_id=message.get("bot_id"),
            app_id=message.get("app_id"),
            team_id=message.get("team"),
        )


def _updated(gatherer: Gatherer, call: Call, body: Mapping[str, Any]) -> None:
    """Blocks that an update did not send were there before, but for those that the service made of the text."""
    _author(gatherer, call, body)
    blocks = follow(body, ("message", "blocks"))
    if isinstance(blocks, list) and not call.arguments.get("blocks") and any(b.get("type") != RICH for b in blocks):
        gatherer.know(("messages", str(call.arguments.get("channel")), str(call.arguments.get("ts"))), blocks=blocks)


def _thread(gatherer: Gatherer, channel: str, asked: Json, message: Mapping[str, Any]) -> None:
    """An answer to a reply is in the thread of that reply."""
    parent = message.get("thread_ts")
    if not isinstance(parent, str):
        return
    gatherer.know(("messages", channel, parent), user=message.get("parent_user_id"))
    if isinstance(asked, str) and asked != parent:
        gatherer.know(("messages", channel, asked), thread_ts=parent)


def _trigger(gatherer: Gatherer, call: Call, body: Mapping[str, Any]) -> None:
    gatherer.know(("triggers", str(call.arguments.get("trigger_id") or "")))
    _app(gatherer, call, body)


def _topic(gatherer: Gatherer, _: Call, body: Mapping[str, Any]) -> None:
    gatherer.is_called_by(user_id=follow(body, ("channel", "topic", "creator")))


def _purpose(gatherer: Gatherer, _: Call, body: Mapping[str, Any]) -> None:
    gatherer.is_called_by(user_id=follow(body, ("channel", "purpose", "creator")))


def _opened(gatherer: Gatherer, call: Call, body: Mapping[str, Any]) -> None:
    """A conversation with one other that was open already."""
    users = call.arguments.get("users")
    channel = follow(body, ("channel", "id"))
    if body.get("already_open") and isinstance(channel, str) and isinstance(users, list) and len(users) == 1:
        gatherer.know(("channels", channel), is_im=True, user=users[0])


def _address(gatherer: Gatherer, call: Call, body: Mapping[str, Any]) -> None:
    """Somebody was found by an e-mail address."""
    found = follow(body, ("user", "profile"))
    if isinstance(found, dict):
        profile = {**found, "email": call.arguments.get("email")}
        gatherer.know(("users", str(follow(body, ("user", "id")))), **{**body["user"], "profile": profile})


def _creator(gatherer: Gatherer, _: Call, body: Mapping[str, Any]) -> None:
    gatherer.is_called_by(user_id=follow(body, ("channel", "creator")))


def _begun(gatherer: Gatherer, _: Call, body: Mapping[str, Any]) -> None:
    gatherer.begun.add(str(body.get("file_id", "")))


def _completed(gatherer: Gatherer, call: Call, body: Mapping[str, Any]) -> None:
    """Files whose upload the program did not begin had been begun before."""
    files = body.get("files") or []
    gatherer.is_called_by(user_id=follow(files, (0, "user")))
    for file in files if call.sdk_call != UPLOAD else ():
        if file.get("id") not in gatherer.begun:
            gatherer.know(("uploads", str(file.get("id", ""))), **file)


def _app(gatherer: Gatherer, _: Call, body: Mapping[str, Any]) -> None:
    view = body.get("view")
    if isinstance(view, dict):
        gatherer.is_called_by(bot_id=view.get("bot_id"), app_id=view.get("app_id"), team_id=view.get("team_id"))


def _members(gatherer: Gatherer, call: Call, body: Mapping[str, Any]) -> None:
    channel, members = str(call.arguments.get("channel", "")), body.get("members") or []
    gatherer.know(("channels", channel), members=[])
    known = gatherer.found.get(("channels", channel), {}).get("members")
    if isinstance(known, list):
        known += [user for user in members if user not in known]
    for user in members:
        gatherer.know(("users", user))


def _conversations(gatherer: Gatherer, call: Call, body: Mapping[str, Any]) -> None:
    """The conversations of somebody."""
    user = call.arguments.get("user")
    for channel in body.get("channels") or ():
        known = {"members": [user]} if user else {"is_member": True}
        gatherer.know(("channels", str(channel.get("id", ""))), **{**channel, **known})


def _profile(gatherer: Gatherer, call: Call, body: Mapping[str, Any]) -> None:
    gatherer.know(("users", str(call.arguments.get("user", ""))), profile=body.get("profile"))


def _group(gatherer: Gatherer, call: Call, body: Mapping[str, Any]) -> None:
    gatherer.know(("usergroups", str(call.arguments.get("usergroup", ""))), users=body.get("users"))
    for user in body.get("users") or ():
        gatherer.know(("users", user))


def _fields(gatherer: Gatherer, _: Call, body: Mapping[str, Any]) -> None:
    for field in follow(body, ("profile", "fields")) or ():
        gatherer.know(("profile_fields", str(field.get("id", ""))), **field)


def _emoji(gatherer: Gatherer, _: Call, body: Mapping[str, Any]) -> None:
    for name, url in (body.get("emoji") or {}).items():
        gatherer.know(("emoji", name), url=url)


def _dnd(gatherer: Gatherer, call: Call, body: Mapping[str, Any]) -> None:
    gatherer.know(("users", _whose(gatherer, call)), dnd=_answer(body))


def _presence(gatherer: Gatherer, call: Call, body: Mapping[str, Any]) -> None:
    gatherer.know(("users", _whose(gatherer, call)), whole_presence=_answer(body))


def _whose(gatherer: Gatherer, call: Call) -> str:
    return str(call.arguments.get("user") or gatherer.caller.get("user_id", ""))


def _answer(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in ("ok", "warning", "response_metadata")}


def _file_count(gatherer: Gatherer, _: Call, body: Mapping[str, Any]) -> None:
    total = follow(body, ("paging", "total"))
    if isinstance(total, int):
        gatherer.unseen_files = max(total - len(body.get("files") or ()), 0)


def _pins(gatherer: Gatherer, call: Call, body: Mapping[str, Any]) -> None:
    channel = str(call.arguments.get("channel", ""))
    for item in body.get("items") or ():
        pinned = follow(item, ("message", "ts")) or follow(item, ("file", "id"))
        if isinstance(pinned, str):
            facts = {name: item[name] for name in ("created", "created_by") if name in item}
            gatherer.know(("pins", channel, pinned), **facts)


def _matches(gatherer: Gatherer, _: Call, body: Mapping[str, Any]) -> None:
    """Found messages name who wrote them."""
    for match in follow(body, ("messages", "matches")) or ():
        if isinstance(match.get("user"), str):
            gatherer.know(("users", match["user"]), name=match.get("username"))


def _images(gatherer: Gatherer, value: Json) -> None:
    """Pictures that the service looked at."""
    if isinstance(value, list):
        for member in value:
            _images(gatherer, member)
    elif isinstance(value, dict):
        if value.get("type") == "image" and "image_width" in value and "image_url" in value:
            own = ("image_width", "image_height", "image_bytes", "is_animated", "fallback")
            gatherer.know(("images", value["image_url"]), **{name: value[name] for name in own if name in value})
        for member in value.values():
            _images(gatherer, member)


def _images_not_found(gatherer: Gatherer, call: Call, body: Mapping[str, Any]) -> None:
    """Pictures that the service could not get: an error names their place in the arguments."""
    for error in body.get("errors") or ():
        found = _POINTER.search(str(error))
        if found:
            keys = [int(key) if key.isdigit() else key for key in found["pointer"].split("/")]
            url = follow(call.arguments, tuple(keys))
            if isinstance(url, str):
                gatherer.know(("images", url), is_missing=True)


READINGS: Mapping[str, Reading] = {
    "auth.test": _identity,
    "rtm.connect": _connection,
    "rtm.start": _connection,
    "chat.postMessage": _author,
    "chat.scheduleMessage": _author,
    "chat.update": _updated,
    "conversations.create": _creator,
    "files.completeUploadExternal": _completed,
    "files.getUploadURLExternal": _begun,
    "conversations.open": _opened,
    "conversations.setPurpose": _purpose,
    "conversations.setTopic": _topic,
    "users.lookupByEmail": _address,
    "views.open": _trigger,
    "views.push": _trigger,
    "views.publish": _app,
    "conversations.members": _members,
    "users.conversations": _conversations,
    "users.profile.get": _profile,
    "usergroups.users.list": _group,
    "team.profile.get": _fields,
    "emoji.list": _emoji,
    "dnd.info": _dnd,
    "users.getPresence": _presence,
    "files.list": _file_count,
    "pins.list": _pins,
    "search.all": _matches,
    "search.messages": _matches,
}
"""By the API's names."""
