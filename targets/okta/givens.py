"""What a recorded program needs to find in its organisation."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.programs.model import Given, Observation, Step


def givens(target: str, steps: Sequence[Step], observations: Sequence[Observation]) -> tuple[Given, ...]:
    """What was there before the program began."""
    return ()
