"""What is drawn depends on the seed alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable

from conformance.programs.grow.choice import LARGEST
from conformance.programs.grow.model import Grown, Move, Strand
from conformance.programs.grow.strategy import each_grown


class Noting:
    """Stands for a drawer: notes the numbers it is given."""

    def draw(self, name: str, numbers: Iterable[int]) -> Grown:
        return Grown(name, (Strand("line"),), tuple(Move(0, number) for number in numbers))


def numbers(seed: int) -> list[list[int]]:
    found: list[list[int]] = []
    each_grown(Noting(), 20, 10, seed, lambda grown: found.append([move.place for move in grown.moves]))  # type: ignore[arg-type]
    return found


def test_numbers_are_within_bounds_and_many() -> None:
    found = numbers(1)
    assert len(found) == 20
    assert all(len(one) == 10 and 0 <= min(one) <= max(one) <= LARGEST for one in found)
    assert len({tuple(one) for one in found}) == 20


def test_modules_that_are_loaded_do_not_count() -> None:
    """Hypothesis draws numbers that it finds in them; in a process of its own there are hardly any."""
    code = "import sys; sys.path[:0] = sys.argv[1:]; from test_drawing import numbers; print(numbers(1))"
    here = str(__file__).rpartition("/")[0]
    done = subprocess.run([sys.executable, "-c", code, here], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(numbers(1))
