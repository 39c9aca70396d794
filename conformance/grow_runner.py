"""Grows programs, runs them against the twins, and shrinks what they and the recorded programs show.

Work is cut into batches that depend on the seed alone, so that any number of workers gives the same result.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from conformance.errors import ConformanceError
from conformance.oracle.verdict import Axis, Behaviour, Deviation, ProgramResult, StepResult
from conformance.programs.grow.draw import Drawer
from conformance.programs.grow.evidence import Evidence
from conformance.programs.grow.growth import regrow
from conformance.programs.grow.lines import Line
from conformance.programs.grow.model import Grown, Move, Strand
from conformance.programs.grow.strategy import each_grown
from conformance.programs.shrink import MOST_CALLS, Shrinker
from conformance.scoring.differences import deviations_of, difference_id

BATCH = 25
"""Programs of a batch."""

Play = Callable[[Grown], ProgramResult]
"""Runs a grown program in the live world."""

Key = tuple[Behaviour, Axis, str]
"""What makes two deviations one difference."""


@dataclass(frozen=True)
class Batch:
    """Some of the programs of a run: all that it takes to draw them again."""

    number: int
    seed: int
    sequences: int
    steps: int
    share: tuple[int, int] = (0, 1)
    """Which part of the behaviours it seeks first, of how many parts."""


@dataclass(frozen=True)
class Ran:
    """A grown program and what was judged of it. ``failure`` is why the batch ended with it, "" if it did not."""

    grown: Grown
    result: ProgramResult
    failure: str = ""


@dataclass(frozen=True)
class Candidate:
    """A program that shows a difference at its ``position``-th move."""

    key: Key
    grown: Grown
    position: int


@dataclass(frozen=True)
class Shrunk:
    """The shortest program found for a difference: its last step shows ``deviation``."""

    key: Key
    grown: Grown
    result: ProgramResult
    deviation: Deviation
    test: str | None = None
    """The text of a pytest file that shows it; None where it cannot be written as one."""
    problem: str = ""
    """Why the kit failed to write it, "" if it did not."""

    @property
    def id(self) -> str:
        """The same as that of the difference in the report."""
        return difference_id(*self.key)


def batches(sequences: int, steps: int, seed: int) -> list[Batch]:
    """The batches of a run; each has a seed of its own."""
    counts = [min(BATCH, sequences - start) for start in range(0, sequences, BATCH)]
    return [
        Batch(number, seed * 1_000_003 + number, count, steps, (number, len(counts)))
        for number, count in enumerate(counts)
    ]


def grow(play: Play, evidence: Evidence, batch: Batch) -> list[Ran]:
    """Draw and run the programs of a batch, until a twin is gone."""
    ran: list[Ran] = []

    def take(grown: Grown) -> None:
        if grown.moves and not (ran and ran[-1].failure):
            ran.append(run(play, replace(grown, name=f"grown {batch.number * BATCH + len(ran) + 1}")))

    each_grown(Drawer(evidence, batch.steps, batch.share), batch.sequences, batch.steps, batch.seed, take)
    return ran


def run(play: Play, grown: Grown) -> Ran:
    """Run one program; a twin that is gone is told in the failure."""
    try:
        return Ran(grown, play(grown))
    except ConformanceError as gone:
        measured = getattr(gone, "measured", None)
        known = measured if isinstance(measured, ProgramResult) else ProgramResult(grown.name, "", (), True)
        return Ran(grown, known, str(gone))


def as_grown(line: Line) -> Grown:
    """A recorded program as a grown one."""
    return Grown(line.name, (Strand(line.name),), tuple(Move(0, place) for place in range(len(line.footprints))))


def keys(step: StepResult) -> Iterator[tuple[Key, Deviation]]:
    """The differences that a step shows."""
    for deviation in deviations_of(step):
        yield (step.behaviour, deviation.axis, deviation.path), deviation


def candidates(ran: Iterable[tuple[Grown, ProgramResult]]) -> list[Candidate]:
    """For each difference the program that shows it first."""
    best: dict[Key, Candidate] = {}
    for grown, result in ran:
        for position, step in enumerate(result.steps):
            for key, _ in keys(step):
                known = best.get(key)
                if known is None or position < known.position:
                    best[key] = Candidate(key, grown, position)
    return [best[key] for key in sorted(best)]


def recorded(results: Iterable[ProgramResult], evidence: Evidence) -> Iterator[tuple[Grown, ProgramResult]]:
    """Results of recorded programs with the programs as grown ones, as far as something can be grown from them."""
    for result in results:
        line = evidence.by_name.get(result.name)
        if line is None:
            continue
        places = {line.step(place).interaction: place for place in range(len(line.footprints))}
        steps = tuple(step for step in result.steps if step.interaction in places)
        yield as_grown(line), replace(result, steps=steps)


def shrink(play: Play, evidence: Evidence, candidate: Candidate, most_calls: int = MOST_CALLS) -> Shrunk | None:
    """The shortest program that shows the difference; None if it does not show again."""

    def shows(grown: Grown) -> int | None:
        steps = play(grown).steps
        return next((at for at, step in enumerate(steps) if candidate.key in dict(keys(step))), None)

    whole = replace(candidate.grown, moves=candidate.grown.moves[: candidate.position + 1])
    shortest = Shrinker(evidence, shows, most_calls).shrink(whole)
    if shortest is None:
        return None
    shortest = replace(shortest, name=difference_id(*candidate.key))
    result = play(shortest)
    deviation = dict(keys(result.steps[-1])).get(candidate.key) if result.steps else None
    return Shrunk(candidate.key, shortest, result, deviation) if deviation else None


def together(candidates: Iterable[Candidate]) -> list[list[Candidate]]:
    """Candidates by the step that shows them, in their order: what one step shows is shrunk in one go."""
    steps: dict[tuple[Grown, int], list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        steps[candidate.grown, candidate.position].append(candidate)
    return list(steps.values())


def shrink_all(play: Play, evidence: Evidence, candidates: Iterable[Candidate]) -> list[Shrunk]:
    """The shortest program for each difference that shows again; one that shows several is looked for once."""
    found: list[Shrunk] = []
    for candidate in candidates:
        known = (_shown_too(candidate.key, one) for one in found)
        shrunk = next(filter(None, known), None) or shrink(play, evidence, candidate)
        found += [shrunk] if shrunk else []
    return found


def _shown_too(key: Key, other: Shrunk) -> Shrunk | None:
    """The program of another difference for this one, if its last step shows it too."""
    deviation = dict(keys(other.result.steps[-1])).get(key)
    name = difference_id(*key)
    return (
        Shrunk(key, replace(other.grown, name=name), replace(other.result, name=name), deviation) if deviation else None
    )


def still_evidenced(examples: Iterable[Grown], evidence: Mapping[str, Line]) -> Iterator[Grown]:
    """Kept examples of which every step has evidence in the recordings of today."""
    for example in examples:
        left = regrow(example, evidence).grown
        if len(left.moves) == len(example.moves):
            yield left


def direct_ways(evidence: Evidence, ran: Iterable[ProgramResult], steps: int, first: int) -> list[Grown]:
    """The shortest programs of at most so many steps to the behaviours that were not met; named from ``first`` on."""
    met = {step.behaviour for result in ran for step in result.steps}
    ways: list[Grown] = []
    for behaviour in sorted(evidence.spots.keys() - met):
        index, place = evidence.spots[behaviour][0]
        line = evidence.lines[index]
        moves = tuple(Move(0, at) for at in (*sorted(line.needs[place]), place))
        if len(moves) <= steps:
            ways.append(Grown(f"grown {first + len(ways)}", (Strand(line.name),), moves))
    return ways


def unexercised(
    recorded_behaviours: Iterable[Behaviour], evidence: Evidence, ran: Iterable[ProgramResult], steps: int
) -> dict[Behaviour, str]:
    """Recorded behaviours that no grown program met, each with the reason."""
    met = {step.behaviour for result in ran for step in result.steps}
    return {known: _why_not(known, evidence, steps) for known in sorted(set(recorded_behaviours) - met)}


def _why_not(behaviour: Behaviour, evidence: Evidence, steps: int) -> str:
    spots = evidence.spots.get(behaviour)
    if not spots:
        return "what surrounded the recording caused it, and no call does"
    index, place = spots[0]
    needed = len(evidence.lines[index].needs[place]) + 1
    if needed > steps:
        return f"it takes {needed} steps; give --steps {needed}"
    return "the twin was gone before"
