"""Measures everything and prints one table; exit code 1 if a goal is missed."""

from __future__ import annotations

import sys

from benchmarks import bare, commands, recorded, steps
from benchmarks.timing import table


def main() -> int:
    figures = bare.measure()
    yardstick = figures[0]
    for part in (steps, recorded, commands):
        figures += part.measure()
    print(table(figures, yardstick))
    return 1 if any("MISSED" in figure.verdict for figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
