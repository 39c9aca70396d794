"""The state of a program while it grows: which steps would give their recorded answer if they were done now.

A step gives its recorded answer when everything it is about is in the recorded state (see ``situation``), whatever
else happened meanwhile. That makes reorderings, interleavings, repeated and dropped reads, and splices all one rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from conformance.oracle.situation import Root
from conformance.programs.grow.lines import Line
from conformance.programs.grow.model import Grown, Move, Strand


@dataclass
class Thing:
    """Something that a program made or found; strands that go on from each other share it."""

    state: str


@dataclass
class Running:
    """A strand that runs: where its steps were done, and the things it knows."""

    strand: Strand
    line: Line
    at: dict[int, int] = field(default_factory=dict)
    things: dict[Root, Thing] = field(default_factory=dict)
    in_order: int = 0
    """Writes done so far, as long as they are the line's first ones."""


class Growth:
    """A program that grows move by move. All look-ups are O(things of the step)."""

    def __init__(self) -> None:
        self.running: list[Running] = []
        self.moves: list[Move] = []

    def start(self, strand: Strand, line: Line) -> Running:
        """Add a strand; what it is grafted on must be there."""
        running = Running(strand, line, dict(strand.grafted))
        for place, move in strand.grafted:
            self._share(running, place, move)
        self.running.append(running)
        return running

    def _share(self, running: Running, place: int, move: int) -> None:
        """Take over the things that another strand's step is about, in the order of their roots."""
        made = self.moves[move]
        other = self.running[made.strand]
        roots = zip(running.line.footprints[place].roots, other.line.footprints[made.place].roots, strict=False)
        running.things.update({own: other.things[known] for own, known in roots if known in other.things})

    def fits(self, line: Line) -> bool:
        """Whether a line may run beside those that run already."""
        if not self.running:
            return True
        if line.exclusive or any(other.line.exclusive for other in self.running):
            return False
        for other in self.running:
            if other.line.own_tokens & line.own_tokens:
                return False
            if line.program.givens and other.line.program.givens:
                return False  # each was recorded in an account of its own
        return True

    def enabled(self, running: Running, place: int) -> bool:
        """Whether the step at ``place`` would be done in its recorded situation now."""
        line = running.line
        if not line.sources[place] <= running.at.keys():
            return False
        if (line.exclusive or line.of_account(place)) and not self._alone_in_order(running, place):
            return False
        if place in running.at and line.footprints[place].writes:
            return False
        footprint = line.footprints[place]
        return all(
            self._state(running, root) == before
            for root, before in zip(footprint.roots, footprint.before, strict=True)
        )

    def _alone_in_order(self, running: Running, place: int) -> bool:
        return len(self.running) == 1 and running.in_order == running.line.writes_before[place]

    def _state(self, running: Running, root: Root) -> str:
        """The state of a thing; what is not known yet is as the line met it."""
        known = running.things.get(root)
        return known.state if known else running.line.initial[root]

    def do(self, move: Move) -> None:
        """Do a step; it must be enabled, or the things it is about are in a state of their own from now on."""
        running = self.running[move.strand]
        footprint = running.line.footprints[move.place]
        running.at.setdefault(move.place, len(self.moves))
        self.moves.append(move)
        for root, before, after in zip(footprint.roots, footprint.before, footprint.after, strict=True):
            thing = running.things.setdefault(root, Thing(running.line.initial[root]))
            thing.state = after if thing.state == before else f"{thing.state} {after}"
        if footprint.writes:
            right = running.in_order == running.line.writes_before[move.place]
            running.in_order = running.in_order + 1 if right else -1

    def program(self, name: str) -> Grown:
        """What has grown."""
        return Grown(name, tuple(running.strand for running in self.running), tuple(self.moves))

    def undone(self, running: Running) -> Iterator[int]:
        """Places of the line that were not done yet."""
        return (place for place in range(len(running.line.footprints)) if place not in running.at)
