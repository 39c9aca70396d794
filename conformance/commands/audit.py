"""``conformance audit``: how often the kit blames the real service, and how often it misses a broken twin."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from conformance.audit import false_alarms
from conformance.audit.catch_rate import CatchPlan, Caught, measure
from conformance.audit.faults import KINDS
from conformance.audit.report import document, keep, print_audit, write_audit
from conformance.config import recordings_folder
from conformance.errors import BadRecording
from conformance.oracle.expectations.judge import THRESHOLD
from conformance.oracle.wire import wire_traces
from conformance.programs.model import Trace
from conformance.recordings.model import Recording
from conformance.recordings.read import read_folder
from conformance.reports.terminal import Progress, make_console
from conformance.target import load, usable
from conformance.worker import Worker, WorkerPlan
from conformance.worlds.cache import default_folder

FULL, QUICK = 30, 4
"""Faults of each kind in each target."""

GROWN, GROWN_QUICK = 300, 0
"""Grown programs."""


def execute(
    targets: Sequence[str], out: Path, *, quick: bool, seed: int, workers: int, recordings: Sequence[Path] = ()
) -> int:
    """Measure, print, write ``audit.json`` to ``out``; returns the exit code.

    ``quick`` plants fewer faults, and no program is grown. With ``recordings`` only false alarms are measured, on
    these folders and as they are on the wire, so that a service needs no target.

    Raises:
        ConformanceError: nothing could be measured.
    """
    if recordings:
        return _on_the_wire(recordings, out)
    names = tuple(dict.fromkeys(targets)) or usable()
    for name in names:
        load(name).sdk()
    traces = _traces(names)
    plan = CatchPlan(
        targets=tuple(name for name in names if load(name).twin() is not None),
        traces=traces,
        applied=QUICK if quick else FULL,
        seed=seed,
        workers=workers,
        grown=GROWN_QUICK if quick else GROWN,
    )
    caught = _measured(plan)
    settings = {"seed": seed, "quick": quick, "faults_of_a_kind": plan.applied, "grown_programs": plan.grown}
    judged = false_alarms.judged(traces, {name: load(name) for name in usable()})
    found = document(names, caught, _alarms(judged, names), settings)
    keep(found, out)
    print_audit(make_console(), found)
    _draw(judged, names)
    return 0


def _on_the_wire(folders: Sequence[Path], out: Path) -> int:
    judged = [one for recordings in _by_service(folders) for one in false_alarms.judged(*wire_traces(recordings))]
    names = sorted({one.target for one in judged})
    alarms = _alarms(judged, names)
    found = document(names, [], alarms, {"wire": True})
    write_audit(found, out)
    for name in names:
        known = alarms[name]
        strong = known.strong_steps / max(1, known.judged_steps)
        print(
            f"{name}: {known.false_alarms} false alarms in {known.judged_steps:,} judged of {known.steps:,} steps "
            f"({known.rate:.1f} in 1,000; {strong:.1%} judged by strong rules)"
        )
    _draw(judged, names)
    return 0


def _by_service(folders: Sequence[Path]) -> list[list[Recording]]:
    """The recordings of each service: one service is no evidence for another."""
    found: dict[str, list[Recording]] = defaultdict(list)
    for folder in folders:
        for recording in read_folder(folder, lambda _: None):
            found[recording.provenance.service].append(recording)
    return list(found.values())


def _draw(judged: Sequence[false_alarms.Judged], names: Sequence[str]) -> None:
    """The trade-off from which the threshold was chosen."""
    for name in names:
        print(f"\n{name}: what another threshold would cost (now {THRESHOLD:g})")
        print(false_alarms.draw(false_alarms.curve(name, judged)))


def _traces(names: Sequence[str]) -> list[Trace]:
    folders = [recordings_folder() / service for service in dict.fromkeys(load(name).service for name in names)]
    recordings = [recording for folder in folders for recording in read_folder(folder, lambda _: None)]
    worker = Worker(WorkerPlan(usable(), {}, default_folder(), 10.0))
    try:
        traces = [worker.trace(recording)[0] for recording in recordings]
    finally:
        worker.close()
    found = [trace for trace in traces if trace.program.steps]
    if not found:
        raise BadRecording(f"There is no recording of {', '.join(names)}; the kit was installed without them.")
    return found


def _measured(plan: CatchPlan) -> list[Caught]:
    with Progress(make_console(sys.stderr), total=len(KINDS) * len(plan.targets)) as progress:
        return measure(plan, lambda caught: progress.advance(caught.target))


def _alarms(judged: Sequence[false_alarms.Judged], names: Sequence[str]) -> Mapping[str, false_alarms.FalseAlarms]:
    return {name: false_alarms.tally(name, judged) for name in names}
