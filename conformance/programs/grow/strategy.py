"""Grown programs as a Hypothesis strategy: a string of bytes, four for each move.

Bytes, because Hypothesis mixes constants of the modules that happen to be loaded into the integers it draws, and a
worker process has others loaded than the command line: equal seeds would give other programs.

The bounds of what is drawn never depend on what was drawn before. So drawing may be steered by what other programs
have exercised, and Hypothesis still sees the same choices in the same order.
"""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from conformance.programs.grow.choice import BYTES
from conformance.programs.grow.draw import Drawer
from conformance.programs.grow.model import Grown


@st.composite
def grown_programs(draw: st.DrawFn, drawer: Drawer, steps: int) -> Grown:
    """Programs of at most ``steps`` moves."""
    size = steps * BYTES
    drawn = draw(st.binary(min_size=size, max_size=size))
    return drawer.draw("", [int.from_bytes(drawn[place : place + BYTES]) for place in range(0, size, BYTES)])


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
