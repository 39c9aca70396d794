"""Recorded answers that are none to the question: publishers mask names, and not everywhere alike.

What a search finds has what was searched for. If nothing of what it is recorded to have found does, though all of it
shows the members that were asked about, then one of both was masked, and no organisation answers so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from conformance.programs.model import Call, Step
from conformance.recordings.model import Json, Recording

ASKING = ("search", "filter")
_MEMBERS = re.compile(r'(?P<path>[A-Za-z_$][\w$.:-]*)\s+(?:eq|ne|co|sw|ew|gt|ge|lt|le|pr)(?=[\s")]|$)', re.IGNORECASE)
_TEXTS = re.compile(r'"(?:[^"\\]|\\.)*"')


def marked(steps: Sequence[Step], recording: Recording) -> list[Step]:
    """``steps``, those marked whose answers are none to what they ask. Linear in the answers to searches."""
    answers = {interaction.index: interaction.response for interaction in recording.interactions}
    return [
        replace(step, call=replace(step.call, forged=True))
        if any(_is_none_to(text, answers[step.interaction].json) for text in _asked(step.call))
        else step
        for step in steps
    ]


def _asked(call: Call) -> Iterator[str]:
    if call.reads:
        yield from (text for name in ASKING if isinstance(text := call.arguments.get(name), str))


def _is_none_to(text: str, found: Json) -> bool:
    from targets.okta.twin import grammar  # lark takes a while to import

    members = [path["path"] for path in _MEMBERS.finditer(_TEXTS.sub('""', text))]
    if not isinstance(found, list) or not found or not members or not all(_shows(one, members) for one in found):
        return False
    try:
        matches = grammar.parse(text)
    except grammar.BadExpression:
        return False
    return not any(matches(one) for one in found)


def _shows(resource: Any, members: Sequence[str]) -> bool:
    from targets.okta.twin import grammar

    return isinstance(resource, dict) and all(grammar.value_at(resource, path) is not None for path in members)
