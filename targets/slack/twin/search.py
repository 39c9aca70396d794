"""Search: messages and files by words and by who, where and when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from math import ceil

from conformance.recordings.model import Json
from targets.slack.calls import kind_of
from targets.slack.twin.calls import Call, Method
from targets.slack.twin.errors import SlackError, Unevidenced
from targets.slack.twin.lookups import find_channel
from targets.slack.twin.paging import numbered, slice_of

PER_PAGE = 20
_TERM = re.compile(r'(-?)(?:(\w+):)?("[^"]*"|\S+)')
MODIFIERS = frozenset({"from", "in", "before", "after", "on", "has", "to", "with", "during"})


class Query:
    """What is searched for, taken apart into words and conditions."""

    def __init__(self, text: str) -> None:
        self.words: list[tuple[bool, str]] = []
        self.conditions: list[tuple[bool, str, str]] = []
        for sign, name, value in _TERM.findall(text):
            if name in MODIFIERS:
                self.conditions.append((not sign, name, value.strip('"')))
            else:
                self.words.append((not sign, f"{name}:{value}" if name else value.strip('"').lower()))

    def fits(self, call: Call, item: Json) -> bool:
        """Whether a message or file (with ``user``, ``where``, ``moment`` and ``said``) is found."""
        words = all((word in item["said"].lower()) is wanted for wanted, word in self.words)
        return words and all(_holds(call, item, name, value) is wanted for wanted, name, value in self.conditions)


def _holds(call: Call, item: Json, name: str, value: str) -> bool:
    if name == "from":
        return _is_called(call, item.get("user", ""), value)
    if name == "in":
        return any(_names(call, channel, value) for channel in item["where"])
    if name in ("before", "after", "on"):
        return _is_dated(item["moment"], name, value)
    raise Unevidenced(f"The twin has no evidence for searches with '{name}:'.")


def _is_called(call: Call, user_id: str, name: str) -> bool:
    user = call.state.users.get(user_id, {})
    wanted = name.strip("<>").removeprefix("@")
    if wanted == "me":
        return user_id == call.user_id
    return wanted in (user_id, user.get("name"), user.get("profile", {}).get("display_name"))


def _names(call: Call, channel_id: str, name: str) -> bool:
    found = find_channel(call.state, name.strip("<>").removeprefix("#").partition("|")[0], call.user_id)
    return found is not None and found["id"] == channel_id


def _is_dated(moment: float, name: str, value: str) -> bool:
    """Days count as a whole: ``after`` one begins with the next."""
    try:
        day = datetime.fromisoformat(value).replace(tzinfo=UTC)
    except ValueError:
        return False
    start, end = day.timestamp(), (day + timedelta(days=1)).timestamp()
    return {"before": moment < start, "after": moment >= end, "on": start <= moment < end}[name]


def _messages(call: Call) -> Iterator[Json]:
    """All messages that the caller may read."""
    state = call.state
    for channel_id, shelf in state.messages.items():
        if find_channel(state, channel_id, call.user_id):
            for one in shelf.values():
                place = {"where": [channel_id], "moment": float(one["ts"]), "said": str(one.get("text", ""))}
                yield {**place, "user": one.get("user", ""), "message": one}


def _files(call: Call) -> Iterator[Json]:
    for file in call.state.files.values():
        where = [name for shelf in ("channels", "groups", "ims") for name in file.get(shelf, ())]
        said = f"{file.get('title', '')} {file.get('name', '')}"
        yield {
            "where": where,
            "moment": float(file.get("created", 0)),
            "said": said,
            "user": file["user"],
            "file": file,
        }


def _found(call: Call, items: Iterator[Json]) -> list[Json]:
    query = Query(call.text("query"))
    chosen = [item for item in items if query.fits(call, item)]
    upwards = call.text("sort_dir") == "asc"
    return sorted(chosen, key=lambda item: float(item["moment"]), reverse=not upwards)


def _pages(call: Call, matches: Sequence[Json]) -> Json:
    """A list of matches with both ways of saying which page it is."""
    paging = numbered(len(matches), call.arguments, PER_PAGE)
    here = matches[slice_of(paging)]
    first = (paging["page"] - 1) * paging["count"] + 1
    pagination = {
        "total_count": len(matches),
        "page": paging["page"],
        "per_page": paging["count"],
        "page_count": ceil(len(matches) / paging["count"]),
        "first": first,
        "last": first + len(here) - 1,
    }
    return {"total": len(matches), "pagination": pagination, "paging": paging, "matches": list(here)}


def _message_match(call: Call, item: Json) -> Json:
    message, channel_id = item["message"], item["where"][0]
    channel = call.state.channels[channel_id]
    user = call.state.users.get(message.get("user", ""), {})
    kept = {name: value for name, value in message.items() if name not in ("bot_profile", "reply_users")}
    names = ("id", "name") if kind_of(channel) == "im" else ("id", "name", "is_shared", "is_org_shared")
    where = {name: channel[name] for name in names if name in channel}
    link = call.permalink(channel_id, message)
    return {**kept, "username": user.get("name", ""), "channel": where, "permalink": link}


def _search_messages(call: Call) -> Json:
    return _pages(call, [_message_match(call, item) for item in _found(call, _messages(call))])


def _search_files(call: Call) -> Json:
    return _pages(call, [item["file"] for item in _found(call, _files(call))])


def _asked(call: Call) -> Json:
    if not call.text("query").strip():
        raise SlackError("no_query")
    return {"query": call.text("query")}


def search_all(call: Call) -> Json:
    """search.all."""
    posts = {"total": 0, "matches": []}
    return {**_asked(call), "messages": _search_messages(call), "files": _search_files(call), "posts": posts}


def search_messages(call: Call) -> Json:
    """search.messages."""
    return {**_asked(call), "messages": _search_messages(call)}


def search_files(call: Call) -> Json:
    """search.files."""
    return {**_asked(call), "files": _search_files(call)}


NEEDS = frozenset({"query"})

METHODS: Mapping[str, Method] = {
    "search.all": Method(search_all, tolerates=NEEDS),
    "search.messages": Method(search_messages, tolerates=NEEDS),
    "search.files": Method(search_files, tolerates=NEEDS),
}
