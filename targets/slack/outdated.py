"""Answers that the vendor gave once and gives no more: history, by which no twin of today is measured."""

from __future__ import annotations

from functools import cache

from conformance.programs.model import Call
from conformance.recordings.model import Interaction
from targets.slack import requests
from targets.slack.calls import api_of
from targets.slack.contract import contract

RETIRED = "method_deprecated"

UNREADABLE = "invalid_form_data"
UNREADABLE_SINCE = "2021-12-04"
"""The first day of which it is known that a form without any field is refused; before, it counted as an empty one."""


def is_outdated(call: Call, interaction: Interaction) -> bool:
    """Whether newer evidence, or the vendor itself, says otherwise than this recorded answer."""
    answer = interaction.response.json
    if not isinstance(answer, dict):
        return False
    return _was_retired(call, answer) or _was_taken_for_empty(call, interaction, answer)


def _was_retired(call: Call, answer: dict[str, object]) -> bool:
    return answer.get("ok") is True and api_of(call) in _retired()


@cache
def _retired() -> frozenset[str]:
    """Methods that the vendor's own tests saw to be retired."""
    return frozenset(api for api, error in contract().asserted if error == RETIRED)


def _was_taken_for_empty(call: Call, interaction: Interaction, answer: dict[str, object]) -> bool:
    no_form = requests.DATA in call.arguments and requests.VERB not in call.arguments
    media = interaction.request.header("content-type") or requests.FORM
    before = "" < interaction.response.date < UNREADABLE_SINCE
    return no_form and media.startswith(requests.FORM) and before and answer.get("error") != UNREADABLE
