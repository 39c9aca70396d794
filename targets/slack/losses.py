"""Steps of which nothing can be expected.

What was sent is lost or masked, what was answered was cut or made up, or the vendor answers otherwise today.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from html import unescape
from typing import Any

from conformance.programs.model import Call, Step
from conformance.recordings.model import Interaction, Recording
from targets.slack.calls import api_of, is_id, kind_of
from targets.slack.outdated import UNREADABLE, is_outdated
from targets.slack.surface import Surface

REQUEST_ID = 32
"""Characters of the ids that the service gives to requests; in former days there were 36."""

LISTS = frozenset({"conversations.list", "users.conversations"})
"""Methods that list conversations of the types asked for."""

PUBLIC_ONLY = ("public_channel",)
"""The types where none are asked for."""

_WORD = re.compile(r"\w+")


def marked(steps: Sequence[Step], recording: Recording, surface: Surface) -> list[Step]:
    """``steps``, those marked that recorded what was not sent, or what is not answered any more."""
    interactions = {interaction.index: interaction for interaction in recording.interactions}
    return [_marked(step, interactions[step.interaction], surface) for step in steps]


def _marked(step: Step, interaction: Interaction, surface: Surface) -> Step:
    if is_outdated(step.call, interaction):
        return replace(step, call=replace(step.call, outdated=True))
    if _is_forged(interaction):
        return replace(step, call=replace(step.call, forged=True))
    return replace(step, call=replace(step.call, lost_body=True)) if _lost(step, interaction, surface) else step


def _is_forged(interaction: Interaction) -> bool:
    """Whether somebody wrote the answer by hand: who does so shortens the id of the request."""
    identifier = interaction.response.header("x-slack-req-id") or ""
    return identifier.isalnum() and len(identifier) < REQUEST_ID // 2


def _lost(step: Step, interaction: Interaction, surface: Surface) -> bool:
    """Whether the recorded request cannot have had the recorded answer."""
    answer = interaction.response.json
    if not isinstance(answer, dict):
        return False
    if answer.get("error") == UNREADABLE:
        return not interaction.request.body  # an empty form it can read
    method = surface.method(step.call.operation.rpartition("/")[2])
    incomplete = answer.get("ok") is True and any(name not in step.call.arguments for name in method.required())
    return incomplete or any(_contradictions(step.call, answer))


# Publishers mask what was asked, and not what was answered.


def _contradictions(call: Call, answer: Mapping[str, Any]) -> Iterator[bool]:
    """By what the answer repeats of the question: whether it repeats another."""
    arguments = call.arguments
    for name in ("user", "file", "bot", "usergroup", "channel"):
        shown, asked = answer.get(name), arguments.get(name)
        if isinstance(shown, dict) and isinstance(asked, str) and (name != "channel" or is_id(asked)):
            yield shown.get("id") not in (None, asked)
    if api_of(call).startswith("search.") and isinstance(answer.get("query"), str):
        yield answer["query"].split() != str(arguments.get("query", "")).split()
    if api_of(call).startswith("chat.") and isinstance(answer.get("message"), dict):
        yield _says_another(str(arguments.get("text", "")), str(answer["message"].get("text", "")))
    if api_of(call) in LISTS and isinstance(answer.get("channels"), list):
        yield not _types(arguments.get("types")).issuperset(map(kind_of, answer["channels"]))
    users = arguments.get("users")
    for error in answer.get("errors") or ():
        if isinstance(error, dict) and isinstance(error.get("user"), str) and isinstance(users, list):
            yield error["user"] not in users


def _types(asked: Any) -> set[str]:
    """The types of conversations that are asked for."""
    names = asked if isinstance(asked, list) else str(asked or "").split(",")
    return {str(name).strip() for name in names if name} or set(PUBLIC_ONLY)


def _says_another(asked: str, answered: str) -> bool:
    """Whether two texts have no word in common; links and names in a text are completed, words stay."""
    one, other = (set(_WORD.findall(unescape(text).casefold())) for text in (asked, answered))
    return bool(one) and bool(other) and one.isdisjoint(other)
