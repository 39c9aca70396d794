"""What a recorded program needs to find in its workspace.

Everything an answer shows that the program has not made itself was there before. The facts of a given are in the form
that the twin's seed takes (``targets/slack/twin/seeding.py``: ``{"users": [...]}``, ``{"messages": {channel:
[...]}}``), one thing in each; ids are those of the recording. Things that others hang on come first, and before all
others who calls, with the token that the kit sends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from conformance.programs.model import Call, Given, GivenRef, Observation, PathKey, Step
from conformance.recordings.model import Json
from conformance.worlds.live import DEFAULT_CREDENTIALS
from targets.slack import answers
from targets.slack.gathering import Gatherer, Thing
from targets.slack.unseen import Lists

ORDER = (
    "team",
    "profile_fields",
    "users",
    "bots",
    "usergroups",
    "channels",
    "messages",
    "files",
    "uploads",
    "pins",
    "bookmarks",
    "scheduled",
    "reminders",
    "triggers",
    "emoji",
    "images",
)
"""Kinds of things, what others hang on first."""

UNDER_CHANNELS: Mapping[str, Callable[[str], str]] = {
    "messages": lambda _: "ts",
    "bookmarks": lambda _: "id",
    "pins": lambda own: "ts" if "." in own else "file",
}
"""Kinds whose facts are told under the id of their channel, and what a thing's own id is called there."""

PREFIXED: Mapping[str, Mapping[str, bool]] = {
    "D": {"is_im": True},
    "G": {"is_group": True, "is_private": True},
}
"""What the id of a channel tells of its type."""

APART: Mapping[str, str] = {"dnd": "dnd", "whole_presence": "presence"}
"""What is known of a user that is no member of the user object, and the kind of facts that it is."""

WHOLE = "created"
"""A member that only channels have which an answer shows whole."""

_NOT_ITS_OWN = frozenset({"channel", "previous", "previous_2", "next", "next_2"})
"""Members of a found message that are not its own."""


def givens(target: str, made: Iterable[tuple[Step, Observation]]) -> tuple[Given, ...]:
    """What was there before the program that made these calls began."""
    gatherer, lists = Gatherer(), Lists()
    for step, observation in made:
        answers.read(gatherer, step.call, observation)
        gatherer.take(step.call, observation)
        lists.take(step.call, observation)
    for thing, facts in lists.unseen(gatherer.found):
        gatherer.know(thing, **facts)
    _infer_caller(gatherer)
    return (*_caller(target, gatherer), *_things(target, gatherer.found), *_surroundings(target, gatherer, lists))


def _infer_caller(gatherer: Gatherer) -> None:
    """Who sees a private conversation is in it: where nobody else said who calls, one who is in all of them does."""
    private = [
        set(facts["members"])
        for thing, facts in gatherer.found.items()
        if thing[0] == "channels" and facts.get("members") and (facts.get("is_mpim") or thing[1].startswith("G"))
    ]
    if private and (among := set.intersection(*private)):
        gatherer.is_called_by(user_id=min(among))


def _caller(target: str, gatherer: Gatherer) -> Iterator[Given]:
    """Who calls comes first: that makes it the workspace's own. There is one even where nothing is known of it."""
    if team := gatherer.caller.pop("team_id", None):
        gatherer.know(("team", team))
    token = {"token": DEFAULT_CREDENTIALS, **gatherer.caller}
    yield Given(target, "tokens", DEFAULT_CREDENTIALS, {"tokens": [token]})


def _things(target: str, found: Mapping[Thing, dict[str, Any]]) -> Iterator[Given]:
    for thing in sorted(found, key=lambda thing: ORDER.index(thing[0])):
        kind, *above, own = thing
        if kind == "messages" and not above[0]:
            continue  # nobody said which channel it is in
        resource = _first_state(kind, own, found[thing])
        create, id_path = _create(target, kind, above, resource)
        yield Given(target, kind, _name(kind, own), _facts(kind, own, above, resource), create, id_path)


def _surroundings(target: str, gatherer: Gatherer, lists: Lists) -> Iterator[Given]:
    """How many more files there are than any answer shows, where cursors of before lead, and where events are heard."""
    for cursor, first in lists.cursors.items():
        yield Given(target, "cursors", cursor, {"cursors": {cursor: first}})
    if gatherer.sockets:
        yield Given(target, "sockets", ":sockets:", {"sockets": gatherer.sockets})
    if gatherer.unseen_files:
        yield Given(target, "files", ":files:", {"unseen_files": gatherer.unseen_files})


def _facts(kind: str, own: str, above: Sequence[str], resource: dict[str, Any]) -> Json:
    """One thing in the form of the twin's seed."""
    if kind == "users":
        apart = {kind: {own: resource.pop(name)} for name, kind in APART.items() if name in resource}
        return {"users": [{**resource, "id": own}], **apart}
    if kind in UNDER_CHANNELS:
        return {kind: {above[0]: [{**resource, UNDER_CHANNELS[kind](own): own}]}}
    if kind == "scheduled":
        return {kind: [{**resource, "id": own, "channel_id": above[0]}]}
    if kind == "triggers":
        return {kind: [own]}
    if kind == "emoji":
        return {kind: {own: resource.get("url")}}
    if kind == "images":
        return {kind: {own: None if resource.get("is_missing") else resource}}
    thing = {**resource, "id": own}
    return {kind: thing if kind == "team" else [thing]}


def _name(kind: str, own: str) -> str:
    """By what arguments may name it; nothing names what has no id of its own."""
    return f":{kind}: {own}" if kind in ("emoji", "images", "pins") else own


def _first_state(kind: str, own: str, known: Mapping[str, Any]) -> dict[str, Any]:
    if kind == "messages":
        return {name: value for name, value in known.items() if name not in _NOT_ITS_OWN}
    told = kind != "channels" or "is_im" in known or WHOLE in known
    by_prefix: Mapping[str, bool] = {} if told else PREFIXED.get(own[:1], {})
    return {**by_prefix, **known}


def _create(target: str, kind: str, above: list[str], facts: Mapping[str, Any]) -> tuple[Call | None, PathKey]:
    """A call that makes one like it; None where no call can, or too little is known."""
    if kind == "channels" and "name" in facts and not facts.get("is_im"):
        arguments: dict[str, Any] = {"name": facts["name"], "is_private": bool(facts.get("is_private"))}
        return _call(target, "conversations.create", arguments), ("channel", "id")
    if kind == "messages" and facts.get("text"):
        arguments = {"channel": GivenRef(above[0]), "text": facts["text"]}
        return _call(target, "chat.postMessage", arguments), ("ts",)
    return None, ()


def _call(target: str, api: str, arguments: Mapping[str, Any]) -> Call:
    return Call(target, f"POST /api/{api}", api.replace(".", "_"), arguments)
