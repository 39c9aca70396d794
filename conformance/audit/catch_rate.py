"""Catch rate: how many of the faults that change what programs see does the judge find?

Faults are put into the embedded twins one at a time. Where a fault can show is found out by asking the faulty twin, in
this process, all that the correct one was asked; then the programs that would notice run through the SDK and are
judged, the shortest first, until one is judged otherwise than with the correct twin.
"""

from __future__ import annotations

import multiprocessing
import pickle
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial

from conformance.audit.evidenced import Evidenced
from conformance.audit.faults import KINDS, Kind
from conformance.audit.plant import Fault, PlantedTwin, Tape, first_changed, is_good
from conformance.audit.survey import Spot, Survey, fails_of
from conformance.audit.volatile import Volatile
from conformance.errors import WorkerLost
from conformance.oracle.learn import learn
from conformance.oracle.verdict import ProgramResult, Verdict
from conformance.programs.grow.draw import Drawer
from conformance.programs.grow.evidence import evidence
from conformance.programs.grow.model import Grown
from conformance.programs.grow.strategy import each_grown
from conformance.programs.model import Observation, Trace
from conformance.target import Target, load, reads, usable
from conformance.twinkit.server import serve_twin
from conformance.twinkit.service import TwinRequest
from conformance.worlds import guard
from conformance.worlds.grown import GrownRun
from conformance.worlds.live import DEFAULT_CREDENTIALS, LiveWorld, TwinAddress

TRIES = 6
"""Candidates that are tried for each fault that is wanted: many show nowhere."""

GROWN_STEPS = 20
"""Steps of a grown program, at most."""

LONGEST_WAIT = 10.0
"""Seconds that an answer may take."""


@dataclass(frozen=True)
class CatchPlan:
    """What to measure: ``applied`` faults at most of each kind and target, chosen by ``seed``."""

    targets: tuple[str, ...]
    traces: Sequence[Trace]
    applied: int = 30
    seed: int = 0
    workers: int = 1
    grown: int = 0
    """Grown programs that look for what the recorded ones missed."""


@dataclass(frozen=True)
class Missed:
    """A fault that changed answers and was not found. ``programs`` saw the changed answers."""

    target: str
    kind: str
    operation: str
    place: str
    programs: int
    example: str


@dataclass
class Caught:
    """Faults of one kind in one target."""

    target: str
    kind: str
    applied: int = 0
    caught: int = 0
    caught_recorded: int = 0
    missed: list[Missed] = field(default_factory=list)


Watch = Callable[[Caught], None]
Task = tuple[str, str]
"""A target and a kind of fault, by name."""
Runnable = tuple[Callable[[], ProgramResult], Iterable[Observation]]
"""How a program runs, and what was observed when it was recorded."""


def measure(plan: CatchPlan, watch: Watch = lambda _: None) -> list[Caught]:
    """Plant faults of all kinds in all targets; ``watch`` is told of each kind that is done.

    Raises:
        WorkerLost: a worker process was killed.
    """
    tasks = [(target, kind) for kind in reversed(list(KINDS)) for target in plan.targets]
    results: list[Caught] = []
    for caught in _here(plan, tasks) if plan.workers == 1 else _in_processes(plan, tasks):
        results.append(caught)
        watch(caught)
    return results


def _here(plan: CatchPlan, tasks: Iterable[Task]) -> Iterator[Caught]:
    auditor = Auditor(plan)
    try:
        for target, kind in tasks:
            yield auditor.kind(target, KINDS[kind])
    finally:
        auditor.close()


def _in_processes(plan: CatchPlan, tasks: Iterable[Task]) -> Iterator[Caught]:
    context = multiprocessing.get_context("spawn")  # forking a process with threads is not safe
    pool = ProcessPoolExecutor(plan.workers, context, _start, (pickle.dumps(plan),))
    try:
        yield from pool.map(_kind, tasks)
    except BrokenProcessPool as broken:
        raise WorkerLost("A worker process was killed, perhaps for lack of memory; give fewer --workers.") from broken
    finally:
        pool.shutdown(cancel_futures=True)


_auditor: Auditor | None = None


def _start(plan: bytes) -> None:
    global _auditor
    _auditor = Auditor(pickle.loads(plan))


def _kind(task: Task) -> Caught:
    assert _auditor is not None
    target, kind = task
    return _auditor.kind(target, KINDS[kind])


@dataclass(frozen=True)
class Case:
    """A program that runs: how, what it asked the correct twin, and what it was judged then."""

    name: str
    run: Callable[[], ProgramResult]
    tape: Tape
    found: frozenset[object]
    steps: int
    shown: frozenset[str]
    """Routes of which the callers see answers: SDKs ask more, for themselves."""


class Auditor:
    """One process's faulty twin and the programs that look for its faults. Close it at the end."""

    def __init__(self, plan: CatchPlan) -> None:
        self._plan = plan
        self._stack = ExitStack()
        self._targets: dict[str, Target] = {name: load(name) for name in usable()}
        services = {name: service for name in self._targets if (service := self._targets[name].twin())}
        fails = {self._targets[name].service: fails_of(self._targets[name]) for name in services}
        self._twin = PlantedTwin(services.values(), fails)
        self._server = self._stack.enter_context(serve_twin(self._twin))
        self._stack.enter_context(guard.only([self._server.url]))
        address = TwinAddress(self._server.url, DEFAULT_CREDENTIALS, embedded=True)
        self._live = LiveWorld(self._targets, dict.fromkeys(services, address), LONGEST_WAIT)
        self._stack.callback(self._live.close)
        self._live.check()
        self._noise = learn(plan.traces, self._targets)
        self._cursors = frozenset(path.rpartition(".")[2] for _, path in self._noise.cursors)
        self._volatile = Volatile(self._cursors)
        self._evidenced = Evidenced.of(plan.traces, self._twin, fails)
        self._recorded = self._cases(
            (partial(self._live.run, trace, self._noise), trace.observations) for trace in plan.traces
        )
        self._grown = self._cases(self._grow())
        self._surveys: dict[str, Survey] = {}

    def _grow(self) -> Iterator[Runnable]:
        """Programs grown from the recorded ones."""
        if not self._plan.grown:
            return
        known = evidence(self._plan.traces, self._targets)
        drawn: list[Grown] = []
        each_grown(Drawer(known, GROWN_STEPS), self._plan.grown, GROWN_STEPS, self._plan.seed, drawn.append)
        for number, program in enumerate(drawn):
            named = replace(program, name=f"grown {number + 1}")
            lines = [known.by_name[strand.line] for strand in program.strands]
            recorded = [lines[move.strand].recorded(move.place) for move in program.moves]
            yield partial(self._live.play, partial(GrownRun, named, known, self._noise)), recorded

    def close(self) -> None:
        """Stop the twin."""
        self._stack.close()

    def _cases(self, programs: Iterable[Runnable]) -> list[Case]:
        """Run everything against the correct twin; the shortest first."""
        cases = []
        for run, recorded in programs:
            result = run()
            tape = tuple(self._twin.tape)
            cases.append(Case(result.name, run, tape, findings(result), len(result.steps), self._routes(recorded)))
            self._volatile.learn(self._twin, tape, self._reads)
        return sorted(cases, key=lambda case: (case.steps, case.name))

    def _routes(self, observations: Iterable[Observation]) -> frozenset[str]:
        """Routes of the requests that calls make."""
        requests = (exchange.request for seen in observations for exchange in seen.exchanges)
        return frozenset(self._twin.route_of(TwinRequest(one.method, one.path))[1] for one in requests) - {""}

    def _reads(self, service: str, route: str) -> bool:
        """Whether a route of a service only reads."""
        return any(reads(target, route) for target in self._targets.values() if target.service == service)

    def _survey(self, target: str) -> Survey:
        if target not in self._surveys:
            tapes = [case.tape for case in self._recorded + self._grown]
            self._surveys[target] = Survey(self._targets[target], tapes, self._evidenced, self._cursors)
        return self._surveys[target]

    def kind(self, target: str, kind: Kind) -> Caught:
        """Plant faults of one kind in one target."""
        caught = Caught(target, kind.name)
        survey = self._survey(target)
        spots = chosen(kind.spots(survey), f"{self._plan.seed} {target} {kind.name}")
        for spot in spots[: TRIES * self._plan.applied]:
            self._try(caught, spot, partial(_planted, kind, survey, spot))
            if caught.applied == self._plan.applied:
                break
        return caught

    def _try(self, caught: Caught, spot: Spot, make: Callable[[], Fault]) -> None:
        seen, recorded = self._look(self._recorded, spot, make)
        found = recorded
        if not found and self._grown:
            more, found = self._look(self._grown, spot, make)
            seen += more
        if not seen:
            return
        caught.applied += 1
        caught.caught += found
        caught.caught_recorded += recorded
        if not found:
            caught.missed.append(Missed(caught.target, caught.kind, spot.route, spot.text(), len(seen), seen[0]))

    def _look(self, cases: Iterable[Case], spot: Spot, make: Callable[[], Fault]) -> tuple[list[str], bool]:
        """Programs that saw something of the fault, until one of them was judged otherwise."""
        seen: list[str] = []
        self._twin.plant(make)
        try:
            for case in cases:
                if any(map(spot.concerns, case.tape)) and self._shows(case):
                    seen.append(case.name)
                    if findings(case.run()) != case.found:
                        return seen, True
        finally:
            self._twin.plant(None)
        return seen, False

    def _shows(self, case: Case) -> bool:
        """Whether the faulty twin answers anything otherwise that a caller of this program sees."""
        return first_changed(self._twin, case.tape, self._volatile.alike, case.shown.__contains__)


def _planted(kind: Kind, survey: Survey, spot: Spot) -> Fault:
    """A fault that knows the ways of the service."""
    fault = kind.make(survey, spot)
    fault.fails, fault.reads = survey.fails, survey.is_read
    return fault


def findings(result: ProgramResult) -> frozenset[object]:
    """What was found wrong, by step: equal when two runs are judged alike."""
    return frozenset(
        (place, step.verdict, tuple((d.axis, d.path) for d in step.deviations))
        for place, step in enumerate(result.steps)
        if step.verdict is not Verdict.SAME
    )


def chosen(spots: Iterable[Spot], seed: str) -> list[Spot]:
    """Spots in an order that depends on the seed only: of every route in turn, and of the errors of every status.

    Errors of one status have one form, whatever the route: each place in them is taken once.
    """
    found = sorted(set(spots))
    dice = random.Random(seed)
    dice.shuffle(found)
    once = {(spot if is_good(spot.status) else replace(spot, route="")): spot for spot in found}
    by_route: dict[tuple[str, int], list[Spot]] = defaultdict(list)
    for key, spot in once.items():
        by_route[key.route, key.status].append(spot)
    groups = list(by_route.values())
    longest = max(map(len, groups), default=0)
    return [group[turn] for turn in range(longest) for group in groups if turn < len(group)]


def total(rows: Iterable[Caught]) -> Caught:
    """All rows together."""
    found = Caught("", "")
    for row in rows:
        found.applied += row.applied
        found.caught += row.caught
        found.caught_recorded += row.caught_recorded
    return found
