"""Lists that went on: one more member like the last stands for those that the program never saw."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.programs.model import Call, Observation
from conformance.programs.trees import follow
from targets.slack.calls import api_of, failed_with
from targets.slack.gathering import HOLDS, Thing

PAGING = frozenset({"cursor", "limit", "count", "page"})

OWN = frozenset({"id", "ts", "permalink"})
"""What no two things have alike."""


class Lists:
    """The lists that a program read, each with what came last of it."""

    def __init__(self) -> None:
        self.cursors: dict[str, str] = {}
        """What pages begin with, by cursors of before."""
        self._given: set[str] = set()
        self._last: dict[str, Thing | None] = {}
        self._offsets: dict[str, str] = {}
        """What comes next, by its id, where answers tell it."""
        self._more: dict[Thing, int] = {}
        """How many messages more a search has found than it showed, by the last that it did show."""

    def take(self, call: Call, observation: Observation) -> None:
        """Take the next step."""
        if not call.reads or failed_with(observation) is not None:
            return
        if api_of(call).startswith("search."):
            self._found(observation.body)
            return
        asked = {name: value for name, value in call.arguments.items() if name not in PAGING}
        key = json.dumps([call.operation, asked], sort_keys=True)
        self._begins(call, observation)
        further = follow(observation.body, ("response_metadata", "next_cursor"))
        self._given.add(str(further))
        self._last[key] = _thing_at(-1, call, observation) if further else None
        self._offsets[key] = str(observation.body.get("offset") or "")

    def _begins(self, call: Call, observation: Observation) -> None:
        """What a page begins with whose cursor was given before the program began."""
        cursor = call.arguments.get("cursor")
        if isinstance(cursor, str) and cursor and cursor not in self._given:
            first = _thing_at(0, call, observation)
            self.cursors.setdefault(cursor, first[-1].replace(".", "") if first else "")

    def _found(self, body: Mapping[str, Any]) -> None:
        """The messages that a search has found."""
        matches = follow(body, ("messages", "matches"))
        total = follow(body, ("messages", "total"))
        last = matches[-1] if isinstance(matches, list) and matches else None
        channel = follow(last, ("channel", "id"))
        if isinstance(last, dict) and isinstance(total, int) and isinstance(channel, str):
            self._more[("messages", channel, str(last.get("ts")))] = total - len(matches)

    def unseen(self, found: Mapping[Thing, dict[str, Any]]) -> Iterator[tuple[Thing, dict[str, Any]]]:
        """One more like the last of each list that was not read to its end; of a search, as many as it counted."""
        for shown, count in self._more.items():
            following = shown
            for _ in range(count):
                following = (*following[:-1], _next(following[-1]))
                yield following, _like(found.get(shown, {}))
        for key, last in self._last.items():
            if last is not None and last in found:
                yield (*last[:-1], self._offsets[key] or _next(last[-1])), _like(found[last])


def _like(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What another thing has as well."""
    return {name: value for name, value in facts.items() if name not in OWN}


def _thing_at(place: int, call: Call, observation: Observation) -> Thing | None:
    """A member of the list in an answer, by its place."""
    channel = str(call.arguments.get("channel", ""))
    for key, value in observation.body.items():
        if isinstance(value, list) and value and key in HOLDS:
            one = value[place]
            if isinstance(one, str) and api_of(call) == "conversations.members":
                return ("users", one)
            if isinstance(one, dict) and isinstance(one.get("ts"), str) and HOLDS[key] == "messages":
                return ("messages", channel, one["ts"])
            if isinstance(one, dict) and isinstance(one.get("id"), str):
                return (HOLDS[key], one["id"])
    return None


def _next(name: str) -> str:
    """The id after ``name`` in the order of ids; of a moment, the one a second before."""
    seconds, dot, rest = name.partition(".")
    if dot and seconds.isdigit():
        return f"{int(seconds) - 1}.{rest}"
    last = name[-1]
    following = {"9": "A", "Z": "0"}.get(last) or chr(ord(last) + 1)
    return name[:-1] + following
