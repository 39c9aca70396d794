"""Rounding and intervals. Nothing is ever rounded in the twin's favour."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor, sqrt

_Z95 = 1.959963984540054
"""Two-sided 95 % quantile of the normal distribution."""


def percent(share: Fraction) -> float:
    """``share`` (0 to 1) in percent, rounded down to one decimal: 100.0 only for exactly 1."""
    return floor(share * 1000) / 10


def ratio(part: int, whole: int) -> float | None:
    """``part`` of ``whole`` in percent, rounded down; None of nothing."""
    return percent(Fraction(part, whole)) if whole else None


def ratio_up(part: int, whole: int) -> float | None:
    """The same rounded up, for shares that speak against a result."""
    return ceil(Fraction(part, whole) * 1000) / 10 if whole else None


def mean(shares: list[Fraction]) -> Fraction | None:
    """Exact mean; None of nothing."""
    return sum(shares, Fraction()) / len(shares) if shares else None


def wilson(successes: int, trials: int) -> tuple[float, float] | None:
    """95 % Wilson score interval in percent, rounded outwards to one decimal; None without trials.

    Unlike the normal approximation it stays within 0 and 100 and is honest about few trials: 3 of 3 is 43.8 to 100.
    """
    if not trials:
        return None
    share, z2 = successes / trials, _Z95**2
    centre = share + z2 / (2 * trials)
    margin = _Z95 * sqrt(share * (1 - share) / trials + z2 / (4 * trials**2))
    scale = 1000 / (1 + z2 / trials)
    # At the ends the exact bound is 0 or 100; floating point would miss it by one unit of rounding.
    low = 0.0 if successes == 0 else max(0.0, floor((centre - margin) * scale) / 10)
    high = 100.0 if successes == trials else min(100.0, ceil((centre + margin) * scale) / 10)
    return low, high
