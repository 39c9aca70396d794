"""What a person sees while the kit runs, and at its end.

Width decides the layout: below ``_WIDE`` columns operation and SDK call share a column. Values from a twin reach the
terminal only through ``clean`` and as ``Text``, so neither control sequences nor rich's own markup in them act.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

from conformance.oracle.verdict import ProgramResult
from conformance.reports.board import Board
from conformance.reports.figures import clients_text, figures, worst
from conformance.reports.text import clean, folded, percent_text, plural, side_by_side
from conformance.scoring.baseline import GateResult
from conformance.scoring.model import ClientsScore, Difference, EndpointScore, RunScore, StepRow, TargetScore

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.progress import Progress as RichProgress
    from rich.table import Table
    from rich.text import Text

_WIDE = 110
_BAR = 10
_WORST = 5
_FIGURES = 38
"""Columns that the figures of an endpoint take, with the space around them."""
_ENDPOINTS = 30
"""Endpoints that are shown, the least compatible first; the report has all."""
_ROWS = 6
"""Rows of a step table; the report has more."""
_BELOW_BOARD = 4
"""Lines of the terminal that the live table leaves free."""
_PLAIN_SECONDS = 10.0
"""How often a log (not a terminal) gets a line of progress."""

_MARK_STYLES = {"✓": "green", "✗": "red", "~": "yellow"}


def make_console(file: TextIO | None = None, width: int | None = None) -> Console:
    """A console for ``file`` (standard output if not given); colours only on a terminal and without NO_COLOR."""
    from rich.console import Console

    return Console(file=file, width=width, highlight=False, emoji=False, markup=False)


class Progress:
    """Live progress of a run, as a context manager; one line every few seconds where there is no terminal.

    Args:
        console: where to; standard error is usual, so that standard output stays clean.
        total: number of steps to run, over all targets.
        clock: seconds, monotonic; for tests.
    """

    def __init__(self, console: Console, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._total = max(0, total)
        self._clock = clock
        self._done = 0
        self._target = ""
        self._board = Board()
        self._live: RichProgress | None = None

    def __enter__(self) -> Progress:
        self._started = self._said = self._clock()
        if self._console.is_terminal:
            self._live = _live(self._console, self._board)
            self._task = self._live.add_task("starting", total=self._total or None)
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()
        elif kind is None:
            self._say()

    def grow(self, steps: int) -> None:
        """Add ``steps`` to the total (programs that were grown while running)."""
        self._total += steps
        if self._live is not None:
            self._live.update(self._task, total=self._total)

    def took(self, result: ProgramResult) -> None:
        """A program has been judged: its endpoints are shown with what is known of them so far."""
        self._board.take(result)
        target = result.steps[-1].behaviour.target if result.steps else self._target
        self.advance(target, len(result.steps))

    def advance(self, target: str, steps: int = 1) -> None:
        """``steps`` steps of ``target`` are done."""
        self._done += steps
        self._target = clean(target)
        if self._live is not None:
            self._live.update(self._task, advance=steps, description=self._target)
        elif self._clock() - self._said >= _PLAIN_SECONDS:
            self._say()

    def _say(self) -> None:
        self._said = self._clock()
        self._console.print(self.line())

    def line(self) -> str:
        """``drive: 400 of 2,000 steps (20 %), about 12 s left``."""
        share = f" ({100 * self._done // self._total} %)" if self._total else ""
        head = f"{self._target}: " if self._target else ""
        return f"{head}{self._done:,} of {self._total:,} steps{share}{self._left()}"

    def _left(self) -> str:
        spent = self._clock() - self._started
        if not self._done or self._done >= self._total:
            return f", {spent:.0f} s"
        return f", about {spent / self._done * (self._total - self._done):.0f} s left"


def _live(console: Console, board: Board) -> RichProgress:
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    class Live(RichProgress):
        """The bar below the table of endpoints."""

        def get_renderables(self) -> Iterable[RenderableType]:
            yield board.table(max(0, console.height - _BELOW_BOARD))
            yield from super().get_renderables()

    return Live(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TextColumn("steps"),
        TimeRemainingColumn(compact=True),
        TextColumn("left"),
        console=console,
        transient=True,
        expand=True,
        refresh_per_second=4,
    )


def print_run(console: Console, run: RunScore, out: Path | None = None, gate: GateResult | None = None) -> None:
    """Print the whole result: endpoints, worst differences, summary, gate, and where the report lies."""
    for target in run.targets:
        console.print(_heading(target))
        console.print(_endpoints(target, console.width))
        if left := _sorted(target)[_ENDPOINTS:]:
            whole = sum(endpoint.compatibility == 100 for endpoint in left)
            console.print(_text(f"… and {plural(len(left), 'more endpoint')} in the report, {whole} at 100 %.", "dim"))
        for found in worst(target, _WORST):
            console.print(_difference(found, console.width))
        if (more := len(target.differences) - _WORST) > 0:
            console.print(_text(f"… and {plural(more, 'more difference')} in the report.", "dim"))
    console.print(_summary(run))
    if run.problems:
        console.print(_text("The run is not whole; the figures hold for what was run.", "bold red"))
    if gate is not None:
        for line in gate.lines:
            # Not folded: lines of the gate are there to be copied.
            console.print(_text(line), soft_wrap=True)
    if out is not None:
        console.print(_text(f"Report: {out / 'report.html'}"), soft_wrap=True)


def _text(value: str, style: str = "") -> Text:
    from rich.text import Text

    return Text(clean(value), style=style)


def _heading(target: TargetScore) -> RenderableType:
    from rich.rule import Rule

    facts = target.facts
    title = f"{target.name} · {facts.sdk.name} {facts.sdk.version} · {facts.twin.kind} twin {facts.twin.name}"
    return Rule(_text(title, "bold"), align="left")


def _colour(percent: float | None) -> str:
    if percent is None:
        return "dim"
    return "green" if percent >= 90 else "yellow" if percent >= 60 else "red"


def _bar(percent: float | None, width: int = _BAR) -> Text:
    """``███████░░░  74.2 %``."""
    from rich.text import Text

    filled = int((percent or 0) * width // 100)
    bar = Text("█" * filled, _colour(percent)) + Text("░" * (width - filled), "dim")
    return bar + Text(f" {percent_text(percent):>7}")


def _table(*columns: tuple[str, str]) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, expand=True, pad_edge=False, header_style="bold")
    for title, justify in columns:
        if justify == "left":
            table.add_column(title, overflow="fold", ratio=1)
        else:
            table.add_column(title, justify="right", no_wrap=True)
    return table


def _endpoints(target: TargetScore, width: int) -> Table:
    wide = width >= _WIDE
    names = (("Operation", "left"), ("SDK call", "left")) if wide else (("Operation · SDK call", "left"),)
    table = _table(*names, ("Compatibility", "right"), ("Held", "right"), ("Fidelity", "right"))
    for endpoint in _sorted(target)[:_ENDPOINTS]:
        table.add_row(*_names(endpoint, width), *_figures(endpoint))
    return table


def _sorted(target: TargetScore) -> list[EndpointScore]:
    """The least compatible first, those without a figure last."""
    return sorted(target.endpoints, key=lambda e: (_or_last(e.compatibility), e.operation.name))


def _or_last(percent: float | None) -> float:
    return 101 if percent is None else percent


def _names(endpoint: EndpointScore, width: int) -> tuple[Text, ...]:
    from rich.text import Text

    wide = width >= _WIDE
    limit = (width - _FIGURES) // 2 if wide else width - _FIGURES
    operation = Text(folded(endpoint.operation.name, limit))
    call = Text(folded(endpoint.operation.sdk_call, limit), "cyan")
    if wide:
        return operation, call
    return (operation.append("\n").append_text(call) if call else operation,)


def _figures(endpoint: EndpointScore) -> tuple[Text, ...]:
    return (
        _bar(endpoint.compatibility),
        _text(f"{endpoint.held}/{endpoint.measured}"),
        _text(percent_text(endpoint.fidelity)),
    )


def _difference(found: Difference, width: int) -> RenderableType:
    from rich.console import Group
    from rich.padding import Padding

    expected, actual = side_by_side(found.expected, found.actual, max(20, width - 13))
    first = found.examples[0]
    body = Group(
        _text(f"{found.axis} {found.path}".strip() + f" · seen {found.count}×"),
        _text(f"recorded {expected}"),
        _text(f"twin     {actual}"),
        _text(f"from {first.program} #{first.interaction}", "dim"),
        _step_table(found),
        *([_text(f"repro {found.repro}", "dim")] if found.repro else ()),
    )
    return Group(_text(f"✗ {found.behaviour.name}", "bold red"), Padding(body, (0, 0, 1, 2)))


def _step_table(found: Difference) -> Table:
    """The last steps, ``request  recorded → twin``; the last one is the one that differs."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, show_header=False, expand=True)
    table.add_column(width=1)
    table.add_column(ratio=1, overflow="ellipsis", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    shown = found.steps[-_ROWS:]
    if before := found.omitted + len(found.steps) - len(shown):
        table.add_row("", _text(f"… {plural(before, 'step')} before …", "dim"), "")
    for row in shown:
        table.add_row(_text(row.mark, _MARK_STYLES[row.mark]), _text(row.request), _text(_outcomes(row)))
    return table


def _outcomes(row: StepRow) -> str:
    """``200 → 404 notFound``; where both are the same their codes would only take space."""
    if row.recorded == row.actual:
        status = row.recorded.partition(" ")[0]
        return f"{status} → {status}"
    return f"{row.recorded} → {row.actual or row.verdict.value}"


def _summary(run: RunScore) -> RenderableType:
    from rich.console import Group
    from rich.panel import Panel

    parts = [_target_summary(target) for target in run.targets]
    if run.clients:
        parts.append(_clients_summary(run.clients))
    return Panel(Group(*parts), title="Summary", title_align="left")


def _target_summary(target: TargetScore) -> RenderableType:
    table = _two_columns()
    table.add_row(_text(target.name, "bold"), _bar(target.compatibility, 2 * _BAR))
    for label, value in figures(target):
        table.add_row(_text(f"  {label}", "dim"), _text(value))
    return table


def _clients_summary(clients: Iterable[ClientsScore]) -> RenderableType:
    table = _two_columns()
    for found in clients:
        table.add_row(_text("clients", "bold"), _text(clients_text(found)))
    return table


def _two_columns() -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    return table
