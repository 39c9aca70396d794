"""Grown programs as a Hypothesis strategy: a plain list of numbers, each of which becomes one move.

The bounds of what is drawn never depend on what was drawn before. So drawing may be steered by what other programs
have exercised, and Hypothesis still sees the same choices in the same order.
"""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from conformance.programs.grow.choice import LARGEST
from conformance.programs.grow.draw import Drawer
from conformance.programs.grow.model import Grown


@st.composite
def grown_programs(draw: st.DrawFn, drawer: Drawer, steps: int) -> Grown:
    """Programs of at most ``steps`` moves."""
    numbers = draw(st.lists(st.integers(0, LARGEST), min_size=steps, max_size=steps))
    return drawer.draw("", numbers)


def each_grown(drawer: Drawer, sequences: int, steps: int, number: int, take: Callable[[Grown], None]) -> None:
    """Draw programs and give each to ``take``: equal ones for equal arguments. What ``take`` raises ends it."""

    @seed(number)
    @settings(
        max_examples=sequences,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(grown_programs(drawer, steps))
    def every(program: Grown) -> None:
        take(program)

    every()
