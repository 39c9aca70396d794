"""Taking times, and showing them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

ROUNDS = 5


@dataclass(frozen=True)
class Figure:
    """One measured figure.

    ``value`` is in ``unit``; ``limit`` is the most it may be in the same unit, or the least if ``at_least``. Times
    in seconds are shown as a ratio to the bare call as well.
    """

    name: str
    value: float
    unit: str
    limit: float | None = None
    at_least: bool = False

    @property
    def verdict(self) -> str:
        if self.limit is None:
            return ""
        reached = self.value >= self.limit if self.at_least else self.value <= self.limit
        bound = "≥" if self.at_least else "≤"
        return f"{bound} {self.limit:g} {self.unit} {'ok' if reached else 'MISSED'}"


def best(work: Callable[[], object], times: int, rounds: int = ROUNDS) -> float:
    """Seconds for one ``work``: the best of some rounds of so many. Noise of the machine only ever adds."""
    return min(_once(work, times) for _ in range(rounds))


def _once(work: Callable[[], object], times: int) -> float:
    start = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - start) / times


def microseconds(name: str, seconds: float, limit: float | None = None) -> Figure:
    return Figure(name, seconds * 1e6, "µs", limit)


def table(figures: list[Figure], bare: Figure) -> str:
    """One line for each figure, with its ratio to the bare call where it is a time."""
    width = max(len(figure.name) for figure in figures)
    head = f"{'':{width}}  {'measured':>13}  {'× bare call':>11}  goal"
    return "\n".join([head, *(_line(figure, bare, width) for figure in figures)])


def _line(figure: Figure, bare: Figure, width: int) -> str:
    ratio = f"{figure.value / bare.value:.2f}" if figure.unit == bare.unit else ""
    return f"{figure.name:{width}}  {figure.value:>8,.2f} {figure.unit:<4}  {ratio:>11}  {figure.verdict}".rstrip()
