"""Recordings that have lost a part of a request, told by what the service made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from conformance.programs.model import Step
from conformance.recordings.model import Interaction, Recording
from targets.slack.surface import Surface

WITHOUT_FORM = "invalid_form_data"
"""What the service says of a form that it cannot read; an empty one it can."""


def marked(steps: Sequence[Step], recording: Recording, surface: Surface) -> list[Step]:
    """``steps``, those marked whose recorded request cannot have had the recorded answer."""
    interactions = {interaction.index: interaction for interaction in recording.interactions}
    return [
        replace(step, call=replace(step.call, lost_body=True))
        if _lost(step, interactions[step.interaction], surface)
        else step
        for step in steps
    ]


def _lost(step: Step, interaction: Interaction, surface: Surface) -> bool:
    answer = interaction.response.json
    if not isinstance(answer, dict) or (interaction.request.body and answer.get("error") == WITHOUT_FORM):
        return False
    if answer.get("error") == WITHOUT_FORM:
        return True
    method = surface.method(step.call.operation.rpartition("/")[2])
    return answer.get("ok") is True and any(name not in step.call.arguments for name in method.required())
