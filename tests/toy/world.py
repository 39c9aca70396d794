"""Running the engine on the toy service: from cassettes to results."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from conformance.oracle.learn import learn
from conformance.oracle.noise import Noise
from conformance.oracle.verdict import Deviation, ProgramResult, Verdict
from conformance.programs.model import Trace
from conformance.programs.references import with_references
from conformance.recordings.read import read_folder
from conformance.worlds.live import LiveWorld, TwinAddress
from conformance.worlds.recorded import RecordedWorld
from toy.target import TARGET

TARGETS = {TARGET.name: TARGET}


def trace_all(folder: Path) -> list[Trace]:
    """Every cassette lifted, played and linked. All of it must be reproduced."""
    with RecordedWorld(TARGETS) as world:
        traces = []
        for recording in read_folder(folder):
            trace, unlifted = world.trace(recording)
            assert not unlifted, unlifted
            traces.append(linked(trace))
        return traces


def linked(trace: Trace) -> Trace:
    givens = TARGET.givens(trace.program.steps, trace.observations)
    return Trace(with_references(trace.program, trace.observations, givens), trace.observations)


def noise_of(traces: Iterable[Trace]) -> Noise:
    return learn(traces, TARGETS)


def judge_all(traces: Iterable[Trace], noise: Noise, url: str) -> list[ProgramResult]:
    """Judge the twin at ``url``."""
    live = LiveWorld(TARGETS, {TARGET.name: TwinAddress(url)}, timeout=2.0)
    try:
        live.check()
        return [live.run(trace, noise) for trace in traces]
    finally:
        live.close()


def deviations(results: Iterable[ProgramResult]) -> list[tuple[str, Deviation]]:
    """Every deviation with its operation, in the order of the programs."""
    return [
        (step.behaviour.operation, found) for result in results for step in result.steps for found in step.deviations
    ]


def verdicts(results: Iterable[ProgramResult]) -> dict[Verdict, int]:
    """How many steps got which verdict."""
    found = [step.verdict for result in results for step in result.steps]
    return {verdict: found.count(verdict) for verdict in Verdict if verdict in found}
