"""Decisions drawn from one number, so that a program is a plain list of numbers to Hypothesis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

BYTES = 4
"""Bytes of a number that chooses."""

LARGEST = 2 ** (8 * BYTES) - 1
_MASK = 2**64 - 1


class Dice:
    """As many decisions as wanted from one number (splitmix64): the same ones for the same number."""

    def __init__(self, number: int) -> None:
        self._state = number

    def fraction(self) -> float:
        """A number from 0 to 1, 1 excluded."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return ((mixed ^ (mixed >> 31)) >> 11) / 2**53

    def chance(self, share: float) -> bool:
        """True in this share of cases."""
        return self.fraction() < share

    def one_of(self, items: Sequence[T]) -> T:
        """Any of the items."""
        return items[int(self.fraction() * len(items))]

    def early(self, items: Sequence[T]) -> T:
        """Any of the items, the first ones more often."""
        return items[int(self.fraction() ** 2 * len(items))]
