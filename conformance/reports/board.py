"""The live table: endpoints with what is known of them so far, the worst first."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from conformance.oracle.verdict import Behaviour, ProgramResult, Verdict
from conformance.reports.text import clean

if TYPE_CHECKING:
    from rich.console import RenderableType

_HELD, _LOST = "green", "red"


class Board:
    """Counts held behaviours by endpoint while results come in; a behaviour once lost stays lost."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], set[Behaviour]] = defaultdict(set)
        self._lost: dict[tuple[str, str], set[Behaviour]] = defaultdict(set)

    def take(self, result: ProgramResult) -> None:
        """Count the judged steps of a program."""
        for step in result.steps:
            if step.verdict is Verdict.VOID:
                continue
            endpoint = (step.behaviour.target, step.behaviour.operation)
            self._seen[endpoint].add(step.behaviour)
            if step.verdict is not Verdict.SAME:
                self._lost[endpoint].add(step.behaviour)

    def rows(self) -> list[tuple[str, str, int, int]]:
        """(target, operation, held, seen), the worst first."""
        found = [(*key, len(seen) - len(self._lost[key]), len(seen)) for key, seen in self._seen.items()]
        return sorted(found, key=lambda row: (row[2] / row[3], row[:2]))

    def table(self, height: int) -> RenderableType:
        """At most ``height`` lines; the endpoints that do not fit are counted."""
        from rich.table import Table
        from rich.text import Text

        rows = self.rows()
        shown = rows if len(rows) <= height else rows[: max(0, height - 1)]
        table = Table(box=None, expand=True, pad_edge=False, show_header=False)
        table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
        table.add_column(justify="right", no_wrap=True)
        table.add_column(justify="right", no_wrap=True)
        for target, operation, held, seen in shown:
            share = Text(f"{1000 * held // seen / 10:g} %", _HELD if held == seen else _LOST)
            table.add_row(Text(f"{clean(target)}  {clean(operation)}"), Text(f"{held}/{seen}"), share)
        if len(rows) > len(shown):
            table.add_row(Text(f"… and {len(rows) - len(shown)} more endpoints", "dim"))
        return table
