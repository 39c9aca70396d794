"""What programs are grown from: the lines, and where each behaviour was recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from conformance.oracle.sightings import free_arguments
from conformance.oracle.verdict import Behaviour
from conformance.programs.grow.lines import Line, lines
from conformance.programs.grow.texts import Limits, learn_limits
from conformance.programs.model import Trace
from conformance.target import Target

NEAREST = 6
"""A behaviour is looked for among so many of its spots, those that need the fewest steps."""

BRIEF = 3
"""A step that needs so few others is a brief one."""

Spot = tuple[int, int]
"""A recorded step: the line's index, and the place in the line."""


@dataclass(frozen=True)
class Evidence:
    """All lines, by name. Picklable."""

    lines: tuple[Line, ...]
    limits: Limits = field(default_factory=dict)

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

    @cached_property
    def short_ways(self) -> Mapping[Behaviour, tuple[Spot, ...]]:
        """Of ``spots`` the ones that need the fewest steps, among those that begin with nothing and among the rest."""
        return {behaviour: self._short(spots) for behaviour, spots in self.spots.items()}

    def _short(self, spots: tuple[Spot, ...]) -> tuple[Spot, ...]:
        bare = [spot for spot in spots if not self.lines[spot[0]].program.givens][:NEAREST]
        rest = [spot for spot in spots if self.lines[spot[0]].program.givens][:NEAREST]
        return (*bare, *rest)

    @cached_property
    def brief(self) -> Mapping[str, tuple[Spot, ...]]:
        """By operation the steps that need hardly any others, and that begin with nothing."""
        found: dict[str, list[Spot]] = defaultdict(list)
        for behaviour, spots in sorted(self.spots.items()):
            for index, place in spots:
                line = self.lines[index]
                alone = line.exclusive or line.of_account(place) or bool(line.program.givens)
                if not alone and len(line.needs[place]) <= BRIEF:
                    found[behaviour.operation].append((index, place))
        return {operation: tuple(spots) for operation, spots in found.items()}


def evidence(traces: Iterable[Trace], targets: Mapping[str, Target]) -> Evidence:
    """What can be grown from recorded traces. Linear in their size, but for what a step needs."""
    known = list(traces)
    free = free_arguments(known)
    return Evidence(tuple(lines(known, targets, free)), learn_limits(known, free, targets))
