"""What a call of the API is about, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.programs.model import Call, Observation
from targets.slack.surface import UPLOAD

CHANNEL_IDS = ("C", "D", "G")
"""How ids of conversations begin."""

USER_IDS = ("U", "W")


def api_of(call: Call) -> str:
    """The API's name of the method that a call makes last."""
    if call.sdk_call == UPLOAD:
        return "files.completeUploadExternal"
    return str(call.arguments.get("api_method") or call.operation.rpartition("/")[2])


def failed_with(observation: Observation) -> str | None:
    """The error of an answer, "" for one that is no answer of the API; None for a success."""
    body = observation.body
    if not isinstance(body, dict) or "ok" not in body:
        return ""
    return None if body["ok"] else str(body.get("error", ""))


def is_id(text: str) -> bool:
    """Whether a text has the form of an id of a conversation or a user."""
    return len(text) > 8 and text.startswith(CHANNEL_IDS + USER_IDS) and text.isalnum() and text.isupper()


def named(call: Call) -> Iterator[tuple[str, ...]]:
    """The things that a call names by their ids, as ``gathering.Thing``."""
    arguments = call.arguments
    channel = str(arguments.get("channel") or arguments.get("channel_id") or "")
    channels = arguments.get("channels")
    for one in (channel, *(channels if isinstance(channels, list) else ())):
        if is_id(str(one)):
            yield ("users" if str(one).startswith(USER_IDS) else "channels", str(one))
    users = arguments.get("users")
    for user in (arguments.get("user"), arguments.get("user_id"), *(users if isinstance(users, list) else (users,))):
        if isinstance(user, str) and user:
            yield ("users", user)
    for name in ("ts", "timestamp", "message_ts", "thread_ts"):
        if channel and isinstance(arguments.get(name), str) and arguments[name]:
            yield ("messages", channel, arguments[name])
    for name, kind in (("file", "files"), ("usergroup", "usergroups")):
        if isinstance(arguments.get(name), str) and arguments[name]:
            yield (kind, arguments[name])
    if isinstance(arguments.get("scheduled_message_id"), str):
        yield ("scheduled", channel, arguments["scheduled_message_id"])


def kind_of(facts: Mapping[str, Any]) -> str:
    """``im``, ``mpim``, ``private_channel`` or ``public_channel``; by the id where nothing else says it."""
    identifier = str(facts.get("id", ""))
    if facts.get("is_im") or ("is_im" not in facts and identifier.startswith("D")):
        return "im"
    if facts.get("is_mpim"):
        return "mpim"
    private = facts.get("is_private") or ("is_private" not in facts and identifier.startswith("G"))
    return "private_channel" if private else "public_channel"
