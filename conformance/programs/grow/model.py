"""Grown programs: which recorded steps are run again, in which order, and on which things."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Move:
    """One step of a grown program: the recorded step ``place`` of the strand's line, done (again) now."""

    strand: int
    place: int


@dataclass(frozen=True)
class Graft:
    """What the step ``of`` of another strand gave stands for what the step ``place`` of this one would have given."""

    place: int
    strand: int
    of: int


@dataclass(frozen=True)
class Strand:
    """One instance of a line, with ids of its own.

    ``grafted`` is what it goes on from as if it had done it itself. ``texts`` are pairs of a text that was recorded
    and the one to send instead. ``by_value``: the recorded answers are what is expected, because every step is done in
    its recorded situation; else each step is expected to show its behaviour.
    """

    line: str
    grafted: tuple[Graft, ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    by_value: bool = True


@dataclass(frozen=True)
class Grown:
    """A grown program. Plain data: it is kept in the database of failing examples, and shrunk."""

    name: str
    strands: tuple[Strand, ...]
    moves: tuple[Move, ...]
