"""Requests that were made while a program was recorded, and that no step of it makes."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.programs.model import Program
from conformance.recordings.model import Interaction


def unmade(program: Program) -> Iterator[tuple[int, Interaction]]:
    """What no step makes and may have changed something, each with the place of the step that came next (-1: none)."""
    made = {index for step in program.steps for index in (step.interaction, *step.also)}
    for one in program.recording.interactions if program.recording else ():
        if one.index not in made and _may_change(one):
            later = (place for place, step in enumerate(program.steps) if step.interaction > one.index)
            yield next(later, -1), one


def gaps_of(program: Program) -> frozenset[int]:
    """Places of the steps before which requests were made that no step makes, and that may have changed something."""
    return frozenset(place for place, _ in unmade(program))


def _may_change(interaction: Interaction) -> bool:
    return interaction.request.method not in ("GET", "HEAD") and interaction.response.status < 400
