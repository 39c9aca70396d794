"""What one process of a run does: trace recordings, judge programs. It keeps its servers and sessions."""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any

from conformance import grow_runner
from conformance.errors import ConformanceError, defect
from conformance.oracle.expectations.judge import Memory
from conformance.oracle.expectations.model import Expectations
from conformance.oracle.noise import Noise
from conformance.oracle.verdict import ProgramResult
from conformance.programs.export import export
from conformance.programs.grow.evidence import Evidence
from conformance.programs.grow.model import Grown
from conformance.programs.model import Program, Trace, Unlifted
from conformance.programs.references import with_references
from conformance.recordings.model import Recording
from conformance.target import Assertion, Target, load, state_of
from conformance.twinkit.server import serve_twin
from conformance.twinkit.twin import Twin
from conformance.worlds import guard
from conformance.worlds.cache import TraceCache, Traced
from conformance.worlds.declared import DeclaredRun
from conformance.worlds.grown import GrownRun
from conformance.worlds.live import DEFAULT_CREDENTIALS, LiveWorld, TwinAddress
from conformance.worlds.recorded import RecordedWorld

LOOPBACK = "http://127.0.0.1"


@dataclass(frozen=True)
class GrowKit:
    """What growing needs; workers load it from a file."""

    evidence: Evidence
    noise: Noise
    expectations: Expectations | None = None

    @cached_property
    def memory(self) -> Memory | None:
        """What is expected today."""
        return Memory(self.expectations, self.expectations.scope()) if self.expectations else None

    def run(self, grown: Grown, *world: Any) -> GrownRun:
        """A run of a grown program in a live world."""
        return GrownRun(grown, self.evidence, self.noise, *world, expectations=self.memory)


@dataclass(frozen=True)
class WorkerPlan:
    """What a worker needs to know; picklable. ``twins`` has the external ones; the others are embedded."""

    targets: tuple[str, ...]
    twins: Mapping[str, TwinAddress]
    cache: Path | None
    timeout: float


class Worker:
    """One process's worlds. Close it at the end."""

    def __init__(self, plan: WorkerPlan) -> None:
        self._plan = plan
        self._stack = ExitStack()
        self._targets: dict[str, Target] = {name: load(name) for name in plan.targets}
        self._recorded: dict[tuple[str, ...], RecordedWorld] = {}
        self._live: LiveWorld | None = None
        external = [address.base_url for address in plan.twins.values()]
        self._stack.enter_context(guard.only([LOOPBACK, *external]))

    def trace(self, recording: Recording, cast: tuple[str, ...] = ()) -> Traced:
        """Lift a recording, play it, link its references. From the cache where it is known.

        ``cast`` are the targets that may lift, the first that knows a request does; () for all.
        """
        playing = {name: self._targets[name] for name in cast or self._plan.targets}
        lifting = {target.service: target for target in reversed(playing.values())}.values()  # the first of each
        cache = TraceCache(self._plan.cache, ((target.name, target.sdk()) for target in lifting))
        known = cache.load(recording.digest)
        if known is not None:
            return known
        world = self._recorded_world(playing)
        try:
            trace, unlifted = world.trace(recording)
            traced = (self._linked(trace), unlifted)
        except Exception as error:  # whatever is in this cassette, the others are still of use
            return _untraced(recording, defect(error))
        if not world.doubtful:
            cache.save(recording.digest, traced)
        return traced

    def judge(self, trace: Trace, noise: Noise) -> ProgramResult:
        """Run a program against the twins and judge it. Raises TwinUnavailable when a twin is gone."""
        return self._live_world().run(trace, noise)

    def play(self, grown: Grown, kit: GrowKit) -> ProgramResult:
        """Run a grown program against the twins and judge it. Raises TwinUnavailable when a twin is gone."""
        return self._live_world().play(partial(kit.run, grown))

    def declared(self, assertion: Assertion) -> ProgramResult:
        """Run the program of an assertion against its twin. Raises TwinUnavailable when the twin is gone."""
        return self._live_world().play(partial(DeclaredRun, assertion))

    def written(self, shrunk: grow_runner.Shrunk, kit: GrowKit) -> str | None:
        """A program that shows a difference as the text of a pytest file, where it can be one."""
        runs: list[GrownRun] = []

        def start(*rest: Any) -> GrownRun:
            runs.append(kit.run(shrunk.grown, *rest))
            return runs[0]

        self._live_world().play(start)
        behaviour = shrunk.key[0]
        names = sorted({kit.evidence.lines[line].name for line, _ in kit.evidence.spots[behaviour]})
        exhibit = runs[0].exhibit(behaviour, shrunk.deviation, tuple(names))
        return export(exhibit, self._targets) if exhibit else None

    def check(self) -> None:
        """Raise TwinUnavailable unless all twins answer."""
        self._live_world()

    def _linked(self, trace: Trace) -> Trace:
        program = trace.program
        states = {state_of(self._targets[step.call.target]) for step in program.steps}
        concerned = [target for target in self._targets.values() if state_of(target) in states]
        givens = tuple(given for target in concerned for given in target.givens(program.steps, trace.observations))
        return Trace(with_references(program, trace.observations, givens), trace.observations)

    def _recorded_world(self, playing: Mapping[str, Target]) -> RecordedWorld:
        cast = tuple(playing)
        if cast not in self._recorded:
            self._recorded[cast] = self._stack.enter_context(RecordedWorld(playing))
        return self._recorded[cast]

    def _live_world(self) -> LiveWorld:
        if self._live is None:
            live = LiveWorld(self._targets, self._addresses(), self._plan.timeout)
            self._stack.callback(live.close)
            live.check()
            self._live = live
        return self._live

    def _addresses(self) -> Mapping[str, TwinAddress]:
        embedded = [name for name in self._targets if name not in self._plan.twins]
        services = [service for name in embedded if (service := self._targets[name].twin()) is not None]
        if not services:
            return self._plan.twins
        server = self._stack.enter_context(serve_twin(Twin(services)))
        address = TwinAddress(server.url, DEFAULT_CREDENTIALS, embedded=True)
        return {**self._plan.twins, **{name: address for name in embedded if self._targets[name].twin()}}

    def close(self) -> None:
        """Stop servers and sessions."""
        self._stack.close()


def _untraced(recording: Recording, reason: str) -> Traced:
    """A recording that the kit breaks on: nothing of it is lifted, and the report says so."""
    unlifted = [Unlifted(interaction.index, reason) for interaction in recording.interactions]
    return Trace(Program(recording.name, (), recording=recording), ()), unlifted


_worker: Worker | None = None


def start(plan: WorkerPlan) -> None:
    """Initialise a worker process."""
    global _worker
    _worker = Worker(plan)


def trace(recordings: Sequence[Recording], cast: tuple[str, ...] = ()) -> list[Traced]:
    """Trace recordings in this worker process (see ``Worker.trace``)."""
    assert _worker is not None
    return [_worker.trace(recording, cast) for recording in recordings]


def judge(traced: Trace, noise: bytes) -> ProgramResult:
    """Judge a program in this worker process; ``noise`` is pickled."""
    assert _worker is not None
    return _worker.judge(traced, _noise(noise))


def declared(assertion: Assertion) -> ProgramResult:
    """Run the program of an assertion in this worker process."""
    assert _worker is not None
    return _worker.declared(assertion)


@lru_cache(maxsize=1)
def _noise(pickled: bytes) -> Noise:
    loaded: Noise = pickle.loads(pickled)
    return loaded


def use(known: Worker) -> None:
    """Let the functions of this module work with a worker in this process."""
    global _worker
    _worker = known


def grow(batch: grow_runner.Batch, kit: Path) -> list[grow_runner.Ran]:
    """Draw and run the programs of a batch in this worker process; ``kit`` is the file of a GrowKit."""
    return grow_runner.grow(_play(kit), _kit(kit).evidence, batch)


def replay(grown: Grown, kit: Path) -> grow_runner.Ran:
    """Run a program that is known already."""
    return grow_runner.run(_play(kit), grown)


def shrink(candidates: Sequence[grow_runner.Candidate], kit: Path) -> list[grow_runner.Shrunk]:
    """Shrink what one step shows in this worker process, and write it out as tests."""
    found = grow_runner.shrink_all(_play(kit), _kit(kit).evidence, candidates)
    return [_with_test(shrunk, kit) for shrunk in found]


def _with_test(shrunk: grow_runner.Shrunk, kit: Path) -> grow_runner.Shrunk:
    assert _worker is not None
    try:
        return replace(shrunk, test=_worker.written(shrunk, _kit(kit)))
    except ConformanceError:
        raise
    except Exception as error:  # what was measured is not lost with the text of one test
        return replace(shrunk, problem=defect(error))


def _play(kit: Path) -> grow_runner.Play:
    assert _worker is not None
    return partial(_worker.play, kit=_kit(kit))


@lru_cache(maxsize=1)
def _kit(path: Path) -> GrowKit:
    with path.open("rb") as file:
        loaded: GrowKit = pickle.load(file)
    return loaded
