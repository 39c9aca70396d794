"""The main job: recordings → traces → noise → verdicts, over worker processes."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Protocol

from conformance import worker
from conformance.declaring import declare
from conformance.errors import BadRecording, ConformanceError, TwinUnavailable, WorkerLost, defect
from conformance.grow_runner import Shrunk, unexercised
from conformance.growing import GrowPlan, grow
from conformance.oracle.expectations import learn as expectations
from conformance.oracle.expectations.judge import ExpectationJudge, Memory
from conformance.oracle.expectations.model import Expectations
from conformance.oracle.judge import behaviour
from conformance.oracle.learn import learn
from conformance.oracle.noise import Noise
from conformance.oracle.verdict import Behaviour, ProgramResult, UnliftedCount
from conformance.programs.grow.evidence import evidence
from conformance.programs.model import Trace, Unlifted
from conformance.recordings.model import Recording
from conformance.recordings.read import read_folder
from conformance.scoring.declared import Checked
from conformance.scoring.model import HeldOut, SdkDefect
from conformance.target import load, state_of, usable
from conformance.worker import GrowKit, Worker, WorkerPlan
from conformance.worlds.cache import Traced
from conformance.worlds.live import TwinAddress

EXAMPLES = 3
SHOWN_RECORDINGS = 20
INTERRUPTED = "The run was interrupted; the report holds what was measured until then."
Take = Callable[[ProgramResult], None]


@dataclass(frozen=True)
class Plan:
    """What to run. ``selected`` targets are reported; calls of other targets in their programs are run too."""

    selected: tuple[str, ...]
    recordings: tuple[Path, ...]
    twins: Mapping[str, TwinAddress] = field(default_factory=dict)
    workers: int = 1
    timeout: float = 10.0
    cache: Path | None = None
    holdout: tuple[Path, ...] = ()
    """Folders of held-out recordings: of these only counts may leave this module."""
    sequences: int = 0
    """So many programs of at most ``steps`` steps are grown from ``seed``."""
    steps: int = 30
    seed: int = 0


@dataclass
class Outcome:
    """What came of a run. ``failure`` is why it ended early, "" if it did not."""

    traces: list[Trace]
    results: list[ProgramResult]
    noise: Noise
    unlifted: dict[str, list[UnliftedCount]]
    """By the target that could not make them."""
    bad_recordings: list[str]
    holdout: list[ProgramResult] = field(default_factory=list)
    held_out: dict[str, HeldOut] = field(default_factory=dict)
    """By target, what learned expectations say of the held-out answers."""
    failure: str = ""
    shrunk: list[Shrunk] = field(default_factory=list)
    """For each difference the shortest program that shows it."""
    unexercised: dict[Behaviour, str] = field(default_factory=dict)
    """Behaviours that no grown program met, and why."""
    declared: dict[str, list[Checked]] = field(default_factory=dict)
    """By target, what came of the outcomes that a contract asserts."""

    def tests(self) -> dict[str, str]:
        """Texts of pytest files, by the id of the difference that each shows."""
        return {shrunk.id: shrunk.test for shrunk in self.shrunk if shrunk.test}

    @cached_property
    def expected(self) -> Expectations:
        """What is expected by all the traces."""
        return expectations.learn(self.traces, {name: load(name) for name in usable()})

    def sdk_defects(self) -> dict[str, list[SdkDefect]]:
        """What SDKs do wrong with real traffic, by target; the most frequent first."""
        shown: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
        for trace in self.traces:
            for step, seen in zip(trace.program.steps, trace.observations, strict=True):
                if seen.sdk_defect:
                    known = (step.call.target, seen.sdk_defect, step.call.operation, step.call.sdk_call)
                    shown[known].append(trace.program.name)
        found: dict[str, list[SdkDefect]] = defaultdict(list)
        for (target, what, operation, sdk_call), names in sorted(shown.items(), key=lambda item: -len(item[1])):
            recordings = tuple(dict.fromkeys(names))[:SHOWN_RECORDINGS]
            found[target].append(SdkDefect(what, operation, sdk_call, len(names), recordings))
        return found

    def evidence(self) -> dict[Behaviour, list[Recording]]:
        """The recordings that show each behaviour."""
        shown: dict[Behaviour, dict[str, Recording]] = defaultdict(dict)
        for trace in self.traces:
            assert trace.program.recording is not None
            for step, observation in zip(trace.program.steps, trace.observations, strict=True):
                key = behaviour(step.call, load(step.call.target), observation)
                shown[key][trace.program.name] = trace.program.recording
        return {key: list(recordings.values()) for key, recordings in shown.items()}


class Watcher(Protocol):
    """Told how a run gets on."""

    def grow(self, steps: int) -> None:
        """There are so many more steps to do."""

    def took(self, result: ProgramResult) -> None:
        """A program has been judged."""


def all_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(plan: Plan, watcher: Watcher) -> Outcome:
    """Run everything.

    Raises:
        BadRecording: there is no readable recording at all, or none of the selected targets.
        TwinUnavailable: a twin does not answer at the start. Later than that it ends the run, and what was
            judged until then is in the outcome.
    """
    bad: list[str] = []
    recordings, held_out = _read(plan.recordings, bad), _held_out(plan.holdout, bad)
    companions = tuple(dict.fromkeys((*plan.selected, *usable())))
    with _Pool(WorkerPlan(companions, addresses(plan.twins, companions), plan.cache, plan.timeout), plan) as pool:
        pool.check()
        traced = pool.traces(recordings)
        traces, unlifted = _all_clients(plan, pool, companions, recordings, traced)
        if not traces:
            raise BadRecording(_nothing_to_run(plan, _count_unlifted(traced)))
        watcher.grow(sum(len(trace.program.steps) for trace in traces))
        noise = learn(traces, {name: load(name) for name in companions})
        outcome = Outcome(traces, [], noise, unlifted, bad)
        outcome.failure = pool.judge(traces, noise, lambda result: _take(outcome, result, watcher))
        if not outcome.failure:
            outcome.failure = _ended(lambda: _grow(plan, pool, outcome, watcher))
        unseen, _ = _all_clients(plan, pool, companions, held_out, pool.traces(held_out))
        outcome.failure = outcome.failure or pool.judge(unseen, noise, outcome.holdout.append)
        outcome.held_out = _as_evidence(unseen, outcome)
        if not outcome.failure:
            outcome.failure = _ended(lambda: _declare(plan, pool, outcome))
    outcome.results.sort(key=lambda result: result.name)
    return outcome


def _all_clients(
    plan: Plan, pool: _Pool, targets: Sequence[str], recordings: list[Recording], traced: list[Traced]
) -> tuple[list[Trace], dict[str, list[UnliftedCount]]]:
    """The traces of the selected targets, and what each target could not make of its service's recordings.

    Where several drive one service, each makes the recorded calls in turn; ``traced`` has what comes of the recordings
    where the first target of each service lifts.
    """
    traces = [trace for trace, _ in traced if _touches(trace, plan.selected)]
    by_service = _count_unlifted(traced)
    first = {load(name).service: name for name in reversed(targets)}
    unlifted = {name: by_service.get(service, []) for service, name in first.items()}
    for name in plan.selected:
        service = load(name).service
        if name == first[service]:
            continue
        mine = [one for one, (trace, _) in zip(recordings, traced, strict=True) if _is_of(service, first, one, trace)]
        cast = tuple(other for other in targets if other == name or load(other).service != service)
        made = pool.traces(mine, cast)
        traces += [_renamed(trace, name) for trace, _ in made if _touches(trace, (name,))]
        unlifted[name] = _count_unlifted(made).get(service, [])
    return traces, unlifted


def _is_of(service: str, first: Mapping[str, str], recording: Recording, trace: Trace) -> bool:
    """Whether a recording was made of a service, or its first target makes calls of it."""
    return recording.provenance.service == service or _touches(trace, (first[service],))


def _renamed(trace: Trace, target: str) -> Trace:
    """A trace whose program has a name of its own among those of the same recording."""
    return replace(trace, program=replace(trace.program, name=f"{trace.program.name} ({target})"))


def _grow(plan: Plan, pool: _Pool, outcome: Outcome, watcher: Watcher) -> str:
    """Grow programs from the evidence, and find the shortest program for each difference."""
    targets = {name: load(name) for name in usable()}
    kit = GrowKit(evidence(outcome.traces, targets), outcome.noise, outcome.expected)
    growing = GrowPlan(plan.selected, plan.sequences, plan.steps, plan.seed, plan.cache)
    grew = grow(growing, kit, outcome.results, pool.spread, watcher)
    outcome.results += grew.results
    outcome.shrunk = grew.shrunk
    if not grew.failure and plan.sequences:
        mine = (known for known in outcome.evidence() if known.target in plan.selected)
        outcome.unexercised = unexercised(mine, kit.evidence, grew.results, plan.steps)
    return grew.failure


def _declare(plan: Plan, pool: _Pool, outcome: Outcome) -> str:
    """Try what contracts assert. Whatever comes of it, the run is whole: this stands apart from its figures."""
    outcome.declared = declare(plan.selected, pool.spread)
    return ""


def _ended(work: Callable[[], str]) -> str:
    """Do a part of a run; why the run must end, or "". What was measured before is not lost with it."""
    try:
        return work()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenProcessPool:
        return str(_worker_lost())
    except ConformanceError as error:
        return str(error)
    except Exception as error:
        return defect(error)


def _as_evidence(unseen: Iterable[Trace], outcome: Outcome) -> dict[str, HeldOut]:
    """Judge held-out answers by what the other recordings led to expect. Only counts leave."""
    judged, flagged = Counter[str](), Counter[str]()
    traces = list(unseen)
    memory = Memory(outcome.expected, outcome.expected.scope()) if traces else None
    for trace in traces:
        judge = ExpectationJudge(outcome.expected, memory=memory)
        for step, observation in zip(trace.program.steps, trace.observations, strict=True):
            said = judge.step(expectations.concrete(step.call), observation, load(step.call.target), None)
            judged[step.call.target] += said.judged
            flagged[step.call.target] += bool(said.judged and said.deviations)
    return {name: HeldOut(count, flagged[name]) for name, count in judged.items()}


def _read(folders: Iterable[Path], bad: list[str]) -> list[Recording]:
    recordings = [recording for folder in folders for recording in read_folder(folder, lambda e: bad.append(str(e)))]
    if not recordings:
        raise BadRecording(bad[0] if bad else "There is no recording; name a folder with --recordings.")
    return recordings


def _held_out(folders: Iterable[Path], bad: list[str]) -> list[Recording]:
    """Held-out recordings without anything that tells which they are; without a digest they are not cached either."""
    unread: list[BadRecording] = []
    found = [recording for folder in folders for recording in _read_held_out(folder, unread)]
    if unread:
        bad.append(f"{len(unread)} of the held-out recordings cannot be read.")
    return [replace(recording, name="held out", path=Path(), digest="") for recording in found]


def _read_held_out(folder: Path, unread: list[BadRecording]) -> Iterator[Recording]:
    try:
        yield from read_folder(folder, unread.append)
    except BadRecording:
        raise BadRecording("A folder of held-out recordings is missing or empty; correct --holdout.") from None


def _nothing_to_run(plan: Plan, unlifted: Mapping[str, list[UnliftedCount]]) -> str:
    folders = ", ".join(map(str, plan.recordings))
    most = max((found[0] for found in unlifted.values()), key=lambda found: found.count, default=None)
    why = f" ({most.reason}: {most.count})" if most else ""
    return f"No recording in {folders} holds a call of {', '.join(plan.selected)}{why}; name others with --recordings."


def addresses(twins: Mapping[str, TwinAddress], targets: Iterable[str]) -> Mapping[str, TwinAddress]:
    """Where the twins of targets are that are not embedded.

    Services that share a state must not be split: a target whose twin is not named uses that of such another.
    """
    shared: dict[str, TwinAddress] = {}
    for name, address in twins.items():
        shared.setdefault(state_of(load(name)), replace(address, borrowed=True))
    found = {name: twins.get(name) or shared.get(state_of(load(name))) for name in targets}
    return {name: address for name, address in found.items() if address}


def _touches(trace: Trace, selected: Iterable[str]) -> bool:
    return not {step.call.target for step in trace.program.steps}.isdisjoint(selected)


def _take(outcome: Outcome, result: ProgramResult, watcher: Watcher) -> None:
    outcome.results.append(result)
    watcher.took(result)


def _count_unlifted(traced: Iterable[Traced]) -> dict[str, list[UnliftedCount]]:
    """Unlifted interactions of each service's recordings by reason, most frequent first."""
    examples: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for trace, unlifted in traced:
        recording = trace.program.recording
        for one in unlifted:
            examples[recording.provenance.service if recording else ""][one.reason].append(_example(trace, one))
    return {service: _by_count(found) for service, found in examples.items()}


def _by_count(examples: Mapping[str, list[str]]) -> list[UnliftedCount]:
    counts = [UnliftedCount(reason, len(found), tuple(found[:EXAMPLES])) for reason, found in examples.items()]
    return sorted(counts, key=lambda count: -count.count)


def _example(trace: Trace, unlifted: Unlifted) -> str:
    return f"{trace.program.name} #{unlifted.index} {unlifted.detail}"


class _Pool:
    """Workers: this process, other processes, or both.

    Somebody else's twin has one state, which is reset before each program: it gets one program at a time, from this
    process. Embedded twins are many, one in each worker.
    """

    def __init__(self, worker_plan: WorkerPlan, plan: Plan) -> None:
        self._plan = worker_plan
        self._workers = plan.workers
        self._here: Worker | None = None
        self._processes: ProcessPoolExecutor | None = None

    def __enter__(self) -> _Pool:
        if self._workers == 1 or self._plan.twins:
            self._here = Worker(self._plan)
        if self._workers > 1:
            context = multiprocessing.get_context("spawn")  # forking a process with threads is not safe
            self._processes = ProcessPoolExecutor(self._workers, context, worker.start, (self._plan,))
        return self

    def __exit__(self, *_: object) -> None:
        if self._here:
            self._here.close()
        if self._processes:
            self._processes.shutdown(cancel_futures=True)

    def check(self) -> None:
        """Raise TwinUnavailable before anything else is done."""
        if self._here:
            self._here.check()

    def traces(self, recordings: list[Recording], cast: tuple[str, ...] = ()) -> list[Traced]:
        """Traces in the order of the recordings; ``cast`` as for ``Worker.trace``."""
        if self._processes is None:
            assert self._here is not None
            return [self._here.trace(recording, cast) for recording in recordings]
        size = max(1, len(recordings) // (self._workers * 8))
        chunks = [recordings[start : start + size] for start in range(0, len(recordings), size)]
        try:
            with _deaf_children():
                traced = self._processes.map(partial(worker.trace, cast=cast), chunks)
            return [one for chunk in traced for one in chunk]
        except BrokenProcessPool as broken:
            raise _worker_lost() from broken

    def spread(self, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        """Results of a function of the worker module, in the order of the items."""
        if self._here:
            worker.use(self._here)
            return map(function, items)
        assert self._processes is not None
        with _deaf_children():
            return self._processes.map(function, items)

    def judge(self, traces: list[Trace], noise: Noise, take: Take) -> str:
        """Judge all programs, the longest first; returns why it ended early, or ""."""
        longest_first = sorted(traces, key=lambda trace: -len(trace.program.steps))
        judge = self._judge_here if self._here else self._judge_in_processes
        try:
            return judge(longest_first, noise, take)
        except KeyboardInterrupt:
            return INTERRUPTED

    def _judge_here(self, traces: list[Trace], noise: Noise, take: Take) -> str:
        assert self._here is not None
        for trace in traces:
            if failure := _attempt(partial(self._here.judge, trace, noise), take):
                return failure
        return ""

    def _judge_in_processes(self, traces: list[Trace], noise: Noise, take: Take) -> str:
        assert self._processes is not None
        pickled = pickle.dumps(noise)
        with _deaf_children():
            futures: list[Future[ProgramResult]] = [self._processes.submit(worker.judge, t, pickled) for t in traces]
        failure = ""
        for future in as_completed(futures):
            if future.cancelled():
                continue
            found = _attempt(future.result, take)
            if found and not failure:
                failure = found
                for waiting in futures:
                    waiting.cancel()
        return failure


@contextmanager
def _deaf_children() -> Iterator[None]:
    """Processes that are started here never hear an interrupt: this one decides what it ends."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _attempt(judge: Callable[[], ProgramResult], take: Take) -> str:
    """Take what was judged of one program; why the run must end, or ""."""
    try:
        take(judge())
    except TwinUnavailable as gone:
        if isinstance(gone.measured, ProgramResult):
            take(gone.measured)
        return str(gone)
    except BrokenProcessPool:
        return str(_worker_lost())
    except ConformanceError as error:
        return str(error)
    except Exception as error:
        return defect(error)
    return ""


def _worker_lost() -> WorkerLost:
    return WorkerLost("A worker process was killed, perhaps for lack of memory; give fewer --workers.")
