"""What programs are grown from: the lines, and where each behaviour was recorded."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from conformance.oracle.sightings import free_arguments
from conformance.oracle.verdict import Behaviour
from conformance.programs.grow.laws import Law, borne_out
from conformance.programs.grow.lines import Done, Line, lines
from conformance.programs.grow.texts import Limits, learn_limits, written
from conformance.programs.model import Ref, Template, Trace
from conformance.programs.references import late_givens
from conformance.programs.trees import dotted, leaves
from conformance.target import Target

NEAREST = 6
"""A behaviour is looked for among so many of its spots, those that need the fewest steps."""

ALIKE = 2
"""Different situations in which a call must have come out alike."""

BRIEF = 3
"""A step that needs so few others is a brief one."""

Spot = tuple[int, int]
"""A recorded step: the line's index, and the place in the line."""


@dataclass(frozen=True)
class Evidence:
    """All lines, by name. Picklable."""

    lines: tuple[Line, ...]
    limits: Limits = field(default_factory=dict)
    laws: tuple[Law, ...] = ()
    """Those that the recordings bear out."""

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
    def alike(self) -> Mapping[Done, tuple[Spot, ...]]:
        """By the abstract state of a thing the steps whose outcome depends on nothing else.

        That is so where the same call was recorded in different situations that have the abstract state in common,
        and always came out alike. Under () are calls that are about nothing in particular.
        """
        groups: dict[tuple[str, Done], list[Spot]] = defaultdict(list)
        for index, line in enumerate(self.lines):
            for place, footprint in enumerate(line.footprints):
                if line.exclusive or line.program.givens or line.shows[place] or line.siblings[place]:
                    continue
                if not footprint.roots and not line.sources[place]:
                    groups[_request(line, place), ()].append((index, place))
                elif len(footprint.roots) == 1 and isinstance(footprint.roots[0], int) and footprint.before[0]:
                    groups[_request(line, place), line.done_before[place][0]].append((index, place))
        found: dict[Done, list[Spot]] = defaultdict(list)
        for (_, done), spots in groups.items():
            if self._depends_on_nothing_else(spots):
                found[done] += spots
        return {done: tuple(spots) for done, spots in found.items()}

    def _account(self, index: int, place: int) -> tuple[str, ...]:
        """What stands for the situation of a call that is about nothing in particular."""
        line = self.lines[index]
        return (line.name, str(line.writes_before[place])) if not line.footprints[place].roots else ()

    def _depends_on_nothing_else(self, spots: list[Spot]) -> bool:
        outcomes = {self.lines[index].behaviours[place] for index, place in spots}
        situations = {
            self._account(index, place) or self.lines[index].footprints[place].before for index, place in spots
        }
        return len(outcomes) == 1 and len(situations) >= ALIKE

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


def _request(line: Line, place: int) -> str:
    """The call as text; references by what gave them."""
    call = line.step(place).call

    def plain(leaf: Any) -> Any:
        if isinstance(leaf, Ref):
            return [line.behaviours[leaf.step].name, *leaf.path]
        if isinstance(leaf, Template):
            return [plain(part) for part in leaf.parts]
        return leaf

    arguments = [(dotted(path), plain(leaf)) for path, leaf in leaves(call.arguments)]
    return json.dumps([call.operation, arguments, call.extra_query], default=str)


def evidence(traces: Iterable[Trace], targets: Mapping[str, Target]) -> Evidence:
    """What can be grown from recorded traces. Linear in their size, but for what a step needs.

    Nothing is grown of programs in which something turns up that none of their calls made: nobody knows when it may.
    """
    known = list(traces)
    free = free_arguments(known)
    declared = [law for target in targets.values() for law in getattr(target, "laws", ())]
    spoken = written(known, free, targets)
    whole = [trace for trace in known if not late_givens(trace.program, trace.observations)]
    found = tuple(lines(whole, targets, free, spoken))
    return Evidence(found, learn_limits(known, spoken, targets), borne_out(declared, known))
