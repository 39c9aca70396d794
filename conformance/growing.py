"""The part of a run that grows programs: kept examples first, then new ones, then the shortest for each difference."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from conformance import worker
from conformance.errors import ConformanceError
from conformance.grow_runner import (
    Ran,
    Shrunk,
    batches,
    candidates,
    direct_ways,
    keys,
    recorded,
    still_evidenced,
    together,
)
from conformance.oracle.verdict import ProgramResult
from conformance.programs.grow.database import Examples
from conformance.programs.grow.model import Grown
from conformance.worker import GrowKit

Map = Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]]
"""Maps in the workers, results in order."""

MOST_SHRUNK = 100
"""So many differences are shrunk; the others are in the report with the program that shows them first."""


class Watcher(Protocol):
    """Told how it gets on."""

    def grow(self, steps: int) -> None:
        """There are so many more steps to do."""

    def took(self, result: ProgramResult) -> None:
        """A program has been judged."""


@dataclass(frozen=True)
class GrowPlan:
    """How much is grown, from which seed, and where failing examples are kept."""

    targets: tuple[str, ...]
    sequences: int
    steps: int
    seed: int
    cache: Path | None


@dataclass
class Grew:
    """What came of it. ``failure`` is why it ended early, "" if it did not."""

    results: list[ProgramResult] = field(default_factory=list)
    shrunk: list[Shrunk] = field(default_factory=list)
    failure: str = ""


def grow(plan: GrowPlan, kit: GrowKit, known: Iterable[ProgramResult], spread: Map, watcher: Watcher) -> Grew:
    """Grow programs, and shrink what they and the ``known`` results of recorded programs show."""
    with tempfile.TemporaryDirectory(prefix="conformance-") as folder:
        path = Path(folder) / "kit"
        with path.open("wb") as file:  # never as a whole in memory
            pickle.dump(kit, file, protocol=pickle.HIGHEST_PROTOCOL)
        return _Growing(plan, kit, path, spread, watcher).run(list(known))


class _Growing:
    def __init__(self, plan: GrowPlan, kit: GrowKit, path: Path, spread: Map, watcher: Watcher) -> None:
        self._plan = plan
        self._kit = kit
        self._path = path
        self._spread = spread
        self._watcher = watcher
        self._examples = Examples(plan.cache)

    def run(self, known: list[ProgramResult]) -> Grew:
        """All of it."""
        kept = _until_failure([one] for one in self._spread(partial(worker.replay, kit=self._path), self._kept()))
        if kept and kept[-1].failure:
            return Grew([one.result for one in kept], failure=kept[-1].failure)
        wanted = batches(self._plan.sequences, self._plan.steps, self._plan.seed)
        drawn = _until_failure(map(self._told, self._spread(partial(worker.grow, kit=self._path), wanted)))
        drawn += self._what_is_left(drawn)
        ran = [*drawn, *_telling(kept, [one.result for one in drawn] + known)]
        grew = Grew([one.result for one in ran], failure=next((one.failure for one in ran if one.failure), ""))
        if not grew.failure:
            try:
                self._shrink(grew, ran, known)
            except ConformanceError as gone:
                grew.failure = str(gone)
        return grew

    def _what_is_left(self, drawn: list[Ran]) -> list[Ran]:
        """Chance does not lead everywhere: straight ways to the behaviours that were not met."""
        if not drawn or drawn[-1].failure:
            return []
        results = [one.result for one in drawn]
        ways = direct_ways(self._kit.evidence, results, self._plan.steps, self._plan.sequences + 1)
        replayed = self._spread(partial(worker.replay, kit=self._path), ways)
        return _until_failure(self._told([one]) for one in replayed)

    def _told(self, batch: list[Ran]) -> list[Ran]:
        self._watcher.grow(sum(len(one.result.steps) for one in batch))
        for one in batch:
            self._watcher.took(one.result)
        return batch

    def _kept(self) -> list[Grown]:
        """What showed a difference before; nothing where nothing is to be grown."""
        if not self._plan.sequences:
            return []
        examples = [example for target in self._plan.targets for example in self._examples.load(target)]
        return list(still_evidenced(examples, self._kit.evidence.by_name))

    def _shrink(self, grew: Grew, ran: list[Ran], known: list[ProgramResult]) -> None:
        pairs = [*recorded(known, self._kit.evidence), *((one.grown, one.result) for one in ran)]
        mine = [one for one in candidates(pairs) if one.key[0].target in self._plan.targets]
        found = self._spread(partial(worker.shrink, kit=self._path), together(mine[:MOST_SHRUNK]))
        grew.shrunk = sorted((one for shrunk in found for one in shrunk), key=lambda one: one.key)
        grew.failure = next((one.problem for one in grew.shrunk if one.problem), "")
        for one in grew.shrunk:
            self._examples.save(one.key[0], one.grown)


def _until_failure(batches: Iterable[list[Ran]]) -> list[Ran]:
    """Everything that ran; nothing more is asked for once a twin is gone."""
    ran: list[Ran] = []
    for batch in batches:
        ran += batch
        if batch and batch[-1].failure:
            break
    return ran


def _telling(kept: Iterable[Ran], others: Iterable[ProgramResult]) -> list[Ran]:
    """Kept examples that show what nothing else of this run shows: a seed finds the same with and without them."""
    shown = {key for result in others for step in result.steps for key, _ in keys(step)}
    return [one for one in kept if any(key not in shown for step in one.result.steps for key, _ in keys(step))]
