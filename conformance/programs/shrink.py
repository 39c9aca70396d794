"""The shortest program that shows a given difference.

Only programs are tried of which every step still has evidence: dropping a step drops what depended on it. Where the
recordings hold a shorter way to the same behaviour, it is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from conformance.programs.grow.evidence import Evidence, Spot
from conformance.programs.grow.growth import regrow
from conformance.programs.grow.model import Grown, Move, Strand

MOST_CALLS = 2_000
"""Calls that one difference is worth: some seconds."""

Shows = Callable[[Grown], int | None]
"""Runs a program; the index of the first move that shows the difference, None if none does."""


@dataclass
class _Budget:
    """Calls that may still be made."""

    left: int

    def allows(self, grown: Grown) -> bool:
        """Whether this program may still be run; counts it."""
        self.left -= len(grown.moves)
        return self.left >= 0


class Shrinker:
    """Shrinks one program; ``shows`` decides whether the difference is still there."""

    def __init__(self, evidence: Evidence, shows: Shows, most_calls: int = MOST_CALLS) -> None:
        self._evidence = evidence
        self._shows = shows
        self._budget = _Budget(most_calls)
        self._tried: set[Grown] = set()

    def shrink(self, grown: Grown) -> Grown | None:
        """The shortest program found that shows the difference; None if ``grown`` does not show it."""
        best = self._try(grown, None)
        if best is None:
            return None
        while True:
            better = next(filter(None, (self._try(candidate, best) for candidate in self._candidates(best))), None)
            if better is None:
                return best
            best = better

    def _try(self, candidate: Grown, best: Grown | None) -> Grown | None:
        """The candidate, cut after what shows the difference, if it is smaller than the best."""
        left = regrow(candidate, self._evidence.by_name).grown
        if left in self._tried or not left.moves or (best and self._size(left) >= self._size(best)):
            return None
        self._tried.add(left)
        if not self._budget.allows(left):
            return None
        shown = self._shows(left)
        if shown is None:
            return None
        return regrow(replace(left, moves=left.moves[: shown + 1]), self._evidence.by_name).grown

    def _size(self, grown: Grown) -> tuple[int, int, int, int]:
        """Fewer moves, then fewer strands, then shorter calls and texts."""
        said = sum(self._length(grown.strands[move.strand].line, move.place) for move in grown.moves)
        return len(grown.moves), len(grown.strands), said, sum(len(str(strand.texts)) for strand in grown.strands)

    def _length(self, line: str, place: int) -> int:
        return len(repr(self._evidence.by_name[line].step(place).call.arguments))

    def _candidates(self, best: Grown) -> Iterator[Grown]:
        """Smaller programs, the boldest first."""
        yield from self._other_ways(best, len(best.strands) - 1 if not best.moves else best.moves[-1].strand)
        yield from self._without_chunks(best)
        for parted in (best, *self._parted(best)):
            for number in range(len(parted.strands)):
                yield from self._other_ways(parted, number)
        yield from self._simpler_texts(best)

    def _without_chunks(self, best: Grown) -> Iterator[Grown]:
        size = len(best.moves) // 2
        while size:
            for start in range(0, len(best.moves) - 1, size):
                end = min(start + size, len(best.moves) - 1)  # the last move shows the difference
                yield _without(best, range(start, end))
            size //= 2

    def _parted(self, best: Grown) -> Iterator[Grown]:
        """A strand that has to do with several things becomes two: each can take a way of its own."""
        for number, strand in enumerate(best.strands):
            footprints = self._evidence.by_name[strand.line].footprints
            roots = {footprints[move.place].roots for move in best.moves if move.strand == number}
            for apart in sorted(roots, key=repr) if len(roots) > 1 else ():
                moves = tuple(
                    replace(move, strand=len(best.strands))
                    if move.strand == number and footprints[move.place].roots == apart
                    else move
                    for move in best.moves
                )
                yield replace(best, strands=(*best.strands, strand), moves=moves)

    def _other_ways(self, best: Grown, number: int) -> Iterator[Grown]:
        """The same behaviours of a strand in another line, or on a thing of its own."""
        own = [index for index, move in enumerate(best.moves) if move.strand == number]
        if not own:
            return
        last = best.moves[own[-1]]
        behaviour = self._evidence.by_name[best.strands[number].line].behaviours[last.place]
        for index, place in self._evidence.short_ways[behaviour]:
            yield from self._rerouted(best, number, own, (index, place))

    def _rerouted(self, best: Grown, number: int, own: list[int], spot: Spot) -> Iterator[Grown]:
        """The strand's moves replaced by the shortest way to ``spot``: spread over their places, or close together."""
        line = self._evidence.lines[spot[0]]
        way = [*sorted(line.needs[spot[1]]), spot[1]]
        strands = (*best.strands[:number], Strand(line.name), *best.strands[number + 1 :])
        hosts = {graft.strand for graft in best.strands[number].grafted}
        begun = [index for index, move in enumerate(best.moves) if move.strand in hosts]
        for at in dict.fromkeys((*begun[:1], own[0], own[-1])):
            moves: list[Move] = []
            for index, move in enumerate(best.moves):
                if index == at:
                    moves += (Move(number, place) for place in way[:-1])
                if index == own[-1]:
                    moves.append(Move(number, way[-1]))
                elif move.strand != number:
                    moves.append(move)
            rerouted = replace(best, strands=strands, moves=tuple(moves))
            yield rerouted
            if hosts:  # what it went on from may not be needed any more
                yield replace(rerouted, moves=tuple(move for move in moves if move.strand not in hosts))

    def _simpler_texts(self, best: Grown) -> Iterator[Grown]:
        for number, strand in enumerate(best.strands):
            for text in ((), tuple((old, "a") for old, _ in strand.texts)):
                strands = (*best.strands[:number], replace(strand, texts=text), *best.strands[number + 1 :])
                yield replace(best, strands=strands)


def _without(grown: Grown, gone: range) -> Grown:
    return replace(grown, moves=(*grown.moves[: gone.start], *grown.moves[gone.stop :]))
