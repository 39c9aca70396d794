"""What had to be there before a recorded program began."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.programs.model import Given, Observation, Step


def drive_givens(steps: Sequence[Step], observations: Sequence[Observation]) -> tuple[Given, ...]:
    """Files, shared drives and the account that the program found."""
    return ()


def sheets_givens(steps: Sequence[Step], observations: Sequence[Observation]) -> tuple[Given, ...]:
    """Spreadsheets that the program found."""
    return ()
