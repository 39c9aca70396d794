"""The state of a program while it grows: which steps would give their recorded answer if they were done now.

A step gives its recorded answer when everything it is about is in the recorded state (see ``situation``), whatever
else happened meanwhile. That makes reorderings, interleavings, repeated and dropped reads, and splices all one rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from conformance.oracle.situation import Root
from conformance.programs.grow.lines import Done, Line, with_last, words_of
from conformance.programs.grow.model import Grown, Move, Strand
from conformance.programs.identity import is_token
from conformance.programs.model import PathKey


@dataclass
class Thing:
    """Something that a program made or found; strands that go on from each other share it."""

    state: str
    done: Done = ()
    words: frozenset[str] = frozenset()


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
        self._fates: dict[tuple[int, PathKey], Done] = {}

    def start(self, strand: Strand, line: Line) -> Running:
        """Add a strand; what it is grafted on must be there."""
        running = Running(strand, line)
        for graft in strand.grafted:
            other = self.running[graft.strand]
            running.at[graft.place] = other.at[graft.of]
            running.things.update(_shared(line, graft.place, other, graft.of))
        self.running.append(running)
        return running

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
        if not running.strand.by_value:
            return self._alike(running, place)
        if (line.exclusive or line.of_account(place)) and not self._alone_in_order(running, place):
            return False
        if place in running.at and line.footprints[place].writes:
            return False
        footprint, siblings = line.footprints[place], line.siblings[place]
        if siblings & running.at.keys() != {other for other in siblings if other < place}:
            return False
        recorded = (*zip(footprint.roots, footprint.before, strict=True), *line.shows[place])
        as_recorded = all(self._state(running, root) == before for root, before in recorded)
        return as_recorded and self._written_in_order(running, place)

    def _written_in_order(self, running: Running, place: int) -> bool:
        """Whether all that was done to the things that a read shows was done in the recorded order.

        Lists may come in the order in which their members were made, and tell when each was changed.
        """
        line = running.line
        shown = {root for root, _ in line.shows[place]}
        writes = (at for at in sorted(running.at) if shown and line.footprints[at].writes)
        met = [running.at[at] for at in writes if not shown.isdisjoint(line.footprints[at].roots)]
        return met == sorted(met)

    def _alike(self, running: Running, place: int) -> bool:
        """Whether all things are in the recorded abstract state, and the words of the call mean there what they did."""
        line = running.line
        roots = line.footprints[place].roots
        if any(root not in running.things for root in roots):
            return False
        things = [running.things[root] for root in roots]
        if tuple(thing.done for thing in things) != line.done_before[place]:
            return False
        fates = line.fates_before[place]
        if any(self._fates.get((running.at[step], path), ()) != done for (step, path), done in fates.items()):
            return False
        said, known = words_of(line.step(place).call.arguments), line.words_before[place]
        here = frozenset().union(*(thing.words for thing in things))
        return said & known == said & here

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
            thing.done = running.line.done_after(move.place, thing.done)
            thing.words |= running.line.words[move.place].difference(old for old, _ in running.strand.texts)
        for argument, ref in running.line.refs[move.place] if running.line.sends(move.place) else ():
            key = running.at[ref.step], ref.path
            name = f"{running.line.behaviours[move.place].name} {argument}"
            self._fates[key] = with_last(self._fates.get(key, ()), name)
        if footprint.writes:
            right = running.in_order == running.line.writes_before[move.place]
            running.in_order = running.in_order + 1 if right else -1

    def program(self, name: str) -> Grown:
        """What has grown."""
        return Grown(name, tuple(running.strand for running in self.running), tuple(self.moves))

    def undone(self, running: Running) -> Iterator[int]:
        """Places of the line that were not done yet."""
        return (place for place in range(len(running.line.footprints)) if place not in running.at)


def _shared(line: Line, place: int, other: Running, of: int) -> dict[Root, Thing]:
    """The things that another strand's step is about, by the roots of the step that it stands for."""
    roots = zip(line.footprints[place].roots, other.line.footprints[of].roots, strict=False)
    return {own: other.things[known] for own, known in roots if known in other.things}


@dataclass(frozen=True)
class Regrown:
    """What is left of a program, and where its moves are now."""

    grown: Grown
    kept: Mapping[int, int]


def regrow(grown: Grown, lines: Mapping[str, Line]) -> Regrown:
    """The program without the moves that have no evidence where they stand now."""
    growth = Growth()
    strands: dict[int, int] = {}
    kept: dict[int, int] = {}
    for index, move in enumerate(grown.moves):
        if move.strand not in strands and not _restart(growth, grown.strands, move.strand, lines, strands):
            continue
        running = growth.running[strands[move.strand]]
        if move.place < len(running.line.footprints) and growth.enabled(running, move.place):
            kept[index] = len(growth.moves)
            growth.do(Move(strands[move.strand], move.place))
    return Regrown(growth.program(grown.name), kept)


def sayable(strand: Strand, line: Line) -> bool:
    """Whether the texts of a strand are still such that may be others than the recorded ones."""
    free = {text for _, text in line.texts}
    return all(old in free and not is_token(new) for old, new in strand.texts)


def _restart(
    growth: Growth, declared: tuple[Strand, ...], number: int, lines: Mapping[str, Line], strands: dict[int, int]
) -> bool:
    """Start a strand of a program anew, grafted on what is left; False if it cannot be."""
    strand = declared[number]
    line = lines.get(strand.line)
    if line is None or not growth.fits(line) or not sayable(strand, line):
        return False
    if any(graft.strand not in strands for graft in strand.grafted):
        return False
    grafted = tuple(replace(graft, strand=strands[graft.strand]) for graft in strand.grafted)
    if any(graft.of not in growth.running[graft.strand].at for graft in grafted):
        return False
    growth.start(replace(strand, grafted=grafted), line)
    strands[number] = len(growth.running) - 1
    return True
