"""``conformance audit``: how often the kit blames the real service, and how often it misses a broken twin."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from conformance.audit import false_alarms
from conformance.audit.catch_rate import CatchPlan, Caught, measure
from conformance.audit.faults import KINDS
from conformance.audit.report import document, keep, print_audit
from conformance.config import recordings_folder
from conformance.errors import BadRecording
from conformance.programs.model import Trace
from conformance.recordings.read import read_folder
from conformance.reports.terminal import Progress, make_console
from conformance.target import load, usable
from conformance.worker import Worker, WorkerPlan
from conformance.worlds.cache import default_folder

FULL, QUICK = 30, 4
"""Faults of each kind in each target."""

GROWN, GROWN_QUICK = 300, 0
"""Grown programs."""


def execute(targets: Sequence[str], out: Path, *, quick: bool, seed: int, workers: int) -> int:
    """Measure, print, write ``audit.json`` to ``out``; returns the exit code.

    ``quick`` plants fewer faults, and no program is grown.

    Raises:
        ConformanceError: nothing could be measured.
    """
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
    found = document(names, caught, _alarms(traces), settings)
    keep(found, out)
    print_audit(make_console(), found)
    return 0


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


def _alarms(traces: Sequence[Trace]) -> Mapping[str, false_alarms.FalseAlarms]:
    return {found.target: found for found in false_alarms.measure(traces, {name: load(name) for name in usable()})}
