"""What programs are grown from: the lines, and where each behaviour was recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from conformance.oracle.sightings import free_arguments
from conformance.oracle.verdict import Behaviour
from conformance.programs.grow.lines import Line, lines
from conformance.programs.model import Trace
from conformance.target import Target

Spot = tuple[int, int]
"""A recorded step: the line's index, and the place in the line."""


@dataclass(frozen=True)
class Evidence:
    """All lines, by name. Picklable."""

    lines: tuple[Line, ...]

    @cached_property
    def by_name(self) -> Mapping[str, Line]:
        """Lines by the names of their recordings."""
        return {line.name: line for line in self.lines}

    @cached_property
    def spots(self) -> Mapping[Behaviour, tuple[Spot, ...]]:
        """Where each behaviour was recorded, the ones that need the fewest steps first."""
        found: dict[Behaviour, list[tuple[int, Spot]]] = defaultdict(list)
        for index, line in enumerate(self.lines):
            for place, behaviour in enumerate(line.behaviours):
                found[behaviour].append((len(line.needs[place]), (index, place)))
        return {behaviour: tuple(spot for _, spot in sorted(spots)) for behaviour, spots in found.items()}


def evidence(traces: Iterable[Trace], targets: Mapping[str, Target]) -> Evidence:
    """What can be grown from recorded traces. Linear in their size, but for what a step needs."""
    known = list(traces)
    return Evidence(tuple(lines(known, targets, free_arguments(known))))
