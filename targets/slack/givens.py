"""What a recorded program needs to find in its workspace.

Everything an answer shows that the program has not made itself was there before. The facts of a given are in the form
that the twin's seed takes (``targets/slack/twin/seeding.py``); ids are those of the recording.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from conformance.programs.model import Call, Given, GivenRef, Observation, PathKey, Step
from conformance.recordings.model import Json
from conformance.worlds.live import DEFAULT_CREDENTIALS
from targets.slack import answers
from targets.slack.gathering import Gatherer, Thing
from targets.slack.unseen import Lists

ORDER = ("team", "users", "bots", "usergroups", "channels", "messages", "files", "bookmarks", "scheduled", "reminders")
"""Kinds of things, what others hang on first."""

NESTED = frozenset({"messages", "bookmarks"})
"""Kinds whose facts are told under the id of their channel."""

PREFIXED: Mapping[str, Mapping[str, bool]] = {
    "D": {"is_im": True},
    "G": {"is_group": True, "is_private": True},
}
"""What the id of a channel tells of its type."""

_OF_ITS_CHANNEL = frozenset({"channel", "previous", "previous_2", "next", "next_2"})
"""Members of a found message that are not its own."""


def givens(target: str, steps: Sequence[Step], observations: Sequence[Observation]) -> tuple[Given, ...]:
    """What was there before the program began."""
    gatherer, lists = Gatherer(), Lists()
    for step, observation in zip(steps, observations, strict=True):
        answers.read(gatherer, step.call, observation)
        gatherer.take(step.call, observation)
        lists.take(step.call, observation)
    for thing, facts in lists.unseen(gatherer.found):
        gatherer.know(thing, **facts)
    return (*_caller(target, gatherer.single), *_things(target, gatherer.found), *_single(target, gatherer))


def _caller(target: str, single: Mapping[str, dict[str, Any]]) -> Iterator[Given]:
    """Who calls comes first: that makes it the workspace's own."""
    if caller := single.get("caller"):
        token = {"token": DEFAULT_CREDENTIALS, **caller}
        yield Given(target, "tokens", DEFAULT_CREDENTIALS, {"tokens": [token]})


def _things(target: str, found: Mapping[Thing, dict[str, Any]]) -> Iterator[Given]:
    for thing in sorted(found, key=lambda thing: ORDER.index(thing[0])):
        kind, *above, own = thing
        facts = _own_facts(kind, own, found[thing])
        if kind == "messages" and not above[0]:
            continue  # nobody said which channel it is in
        told: Json = facts if kind == "team" else [facts]
        told = {above[0]: told} if kind in NESTED and above else told
        create, id_path = _create(target, kind, above, facts)
        yield Given(target, kind, own, {kind: told}, create, id_path)


def _own_facts(kind: str, own: str, known: Mapping[str, Any]) -> dict[str, Any]:
    if kind == "messages":
        return {**{name: value for name, value in known.items() if name not in _OF_ITS_CHANNEL}, "ts": own}
    by_prefix = PREFIXED.get(own[:1], {}) if kind == "channels" and "is_im" not in known else {}
    return {**by_prefix, **known, "id": own}


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


def _single(target: str, gatherer: Gatherer) -> Iterator[Given]:
    """Facts that have no thing of their own."""
    single = gatherer.single
    for kind in ("emoji", "dnd", "presence", "images"):
        if kind in single:
            yield Given(target, kind, f":{kind}:", {kind: single[kind]})
    if fields := single.get("profile_fields", {}).get("fields"):
        yield Given(target, "profile_fields", ":profile_fields:", {"profile_fields": fields})
    if unseen := single.get("files", {}).get("unseen"):
        yield Given(target, "files", ":files:", {"unseen_files": unseen})
    pins: dict[str, list[Json]] = defaultdict(list)
    for place, pin in single.get("pins", {}).items():
        pins[place.partition(" ")[0]].append(pin)
    if pins:
        yield Given(target, "pins", ":pins:", {"pins": dict(pins)})
