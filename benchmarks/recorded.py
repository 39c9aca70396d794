"""The recorded world: its cost per call must not grow with the cassette. Reading and learning."""

from __future__ import annotations

import json
import time

from benchmarks.bare import FILE
from benchmarks.timing import ROUNDS, Figure, microseconds
from conformance.config import recordings_folder
from conformance.oracle.learn import learn
from conformance.programs.model import Trace
from conformance.recordings.model import Interaction, Provenance, Recording, Request, Response
from conformance.recordings.read import read_folder
from conformance.target import load
from conformance.worker import Worker, WorkerPlan
from conformance.worlds.recorded import RecordedWorld

SMALL, LARGE = 100, 3000
TARGETS = ("drive", "sheets")


def measure() -> list[Figure]:
    small, large = _played()
    return [
        microseconds(f"recorded world, a call, {SMALL} interactions", small),
        microseconds(f"recorded world, a call, {LARGE} interactions", large),
        Figure(f"recorded world, {LARGE} against {SMALL} interactions", large / small, "×", 1.2),
        *_read_and_learn(),
    ]


def _played() -> tuple[float, float]:
    """Seconds for each interaction of a small and of a large cassette, with all that the SDK does.

    Equally many calls are timed of both, in turn: what else the machine does then hits both alike.
    """
    small, large = _recording(SMALL), _recording(LARGE)
    with RecordedWorld({"drive": load("drive")}) as world:
        world.trace(small)  # builds the SDK's client
        rounds = [(_many(world, small), _trace_seconds(world, large)) for _ in range(ROUNDS)]
    return min(one for one, _ in rounds) / LARGE, min(other for _, other in rounds) / LARGE


def _many(world: RecordedWorld, recording: Recording) -> float:
    return sum(_trace_seconds(world, recording) for _ in range(LARGE // SMALL))


def _trace_seconds(world: RecordedWorld, recording: Recording) -> float:
    start = time.perf_counter()
    trace, unlifted = world.trace(recording)
    seconds = time.perf_counter() - start
    assert not unlifted
    assert len(trace.observations) == len(recording.interactions)
    return seconds


def _recording(count: int) -> Recording:
    interactions = tuple(_interaction(index) for index in range(count))
    return Recording("made", recordings_folder() / "made", Provenance(service="drive"), interactions)


def _interaction(index: int) -> Interaction:
    file = {**FILE, "id": f"{index:05d}{FILE['id'][5:]}"}
    request = Request("GET", f"https://www.googleapis.com/drive/v3/files/{file['id']}?alt=json", {}, b"")
    headers = {"content-type": ("application/json; charset=UTF-8",)}
    return Interaction(index, request, Response(200, "OK", headers, json.dumps(file).encode()))


def _read_and_learn() -> list[Figure]:
    start = time.perf_counter()
    recordings = [recording for name in TARGETS for recording in read_folder(recordings_folder() / name)]
    read = time.perf_counter() - start
    count = sum(len(recording.interactions) for recording in recordings)
    traces = _traces(recordings)
    start = time.perf_counter()
    learn(traces, {name: load(name) for name in TARGETS})
    learned = time.perf_counter() - start
    return [
        microseconds(f"reading, an interaction (of {count:,})", read / count),
        microseconds("learning, an interaction", learned / count),
    ]


def _traces(recordings: list[Recording]) -> list[Trace]:
    worker = Worker(WorkerPlan(TARGETS, {}, None, 10.0))
    try:
        return [worker.trace(recording)[0] for recording in recordings]
    finally:
        worker.close()
