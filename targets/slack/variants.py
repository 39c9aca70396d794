"""What splits the behaviours of a method, and whose a leaf of an answer is."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.programs.model import Call, PathKey
from conformance.programs.trees import dotted
from targets.slack import requests

VALUED = ("types", "is_private", "presence", "return_im", "include_num_members", "as_user", "reply_broadcast")
"""Arguments whose value makes another request of it."""

PRESENT = ("thread_ts", "blocks", "attachments", "cursor", "metadata", "username", "trigger_id")
"""Arguments whose mere presence does."""

KINDS = {
    "channel": "channel", "channels": "channel", "ims": "channel", "groups": "channel", "mpims": "channel",
    "user": "user", "users": "user", "members": "user", "self": "user", "profile": "profile",
    "message": "message", "messages": "message", "latest": "message", "matches": "message",
    "file": "file", "files": "file", "team": "team", "teams": "team", "icon": "icon", "icons": "icon",
    "bot_profile": "bot", "bot": "bot", "bots": "bot", "usergroup": "usergroup", "usergroups": "usergroup",
    "view": "view", "prefs": "prefs", "topic": "topic", "purpose": "purpose", "blocks": "block",
    "attachments": "attachment", "reactions": "reaction", "bookmark": "bookmark", "bookmarks": "bookmark",
    "reminder": "reminder", "reminders": "reminder", "scheduled_messages": "scheduled_message",
    "paging": "paging", "pagination": "pagination", "response_metadata": "response_metadata",
}  # fmt: skip
"""By the key under which answers hold them: kinds of things that many methods show."""


def variant(call: Call) -> str:
    """What tells this call from others of its method: ``public_channel``, ``+blocks,+thread_ts``."""
    return ",".join((*_valued(call), *_present(call), *_spelled(call)))


def _valued(call: Call) -> Iterator[str]:
    for name in VALUED:
        value = call.arguments.get(name)
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            yield "+".join(sorted(value))
        elif isinstance(value, bool):
            yield name if value else f"not {name}"
        elif isinstance(value, str) and value:
            yield value
    view = call.arguments.get("view")
    if isinstance(view, dict) and isinstance(view.get("type"), str):
        yield view["type"]


def _present(call: Call) -> Iterator[str]:
    return (f"+{name}" for name in PRESENT if call.arguments.get(name) not in (None, "", []))


def _spelled(call: Call) -> Iterator[str]:
    if requests.DATA in call.arguments or requests.VERB in call.arguments:
        yield "another body"
    elif requests.HEADERS in call.arguments:
        yield "no charset"


def owner(path: PathKey) -> str:
    """The kind of the nearest thing above a leaf, and the leaf's way from there (``profile`` is a kind)."""
    for depth in range(len(path) - 1, 0, -1):
        kind = KINDS.get(str(path[depth - 1]))
        below = path[depth + 1 :] if isinstance(path[depth], int) else path[depth:]
        if kind and below:
            return f"{kind}.{dotted(below)}"
    return ""
