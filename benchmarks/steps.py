"""What the kit adds to a call: resolving references, keeping the exchange, judging, bookkeeping."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from benchmarks.bare import FILE
from benchmarks.timing import Figure, best, microseconds
from conformance.oracle.compare import Comparison
from conformance.oracle.findings import Context
from conformance.oracle.learn import learn
from conformance.programs.model import Call, Exchange, Observation, Program, Step, Trace
from conformance.programs.references import with_references
from conformance.recordings.model import Request, Response
from conformance.target import Session, load
from conformance.worlds.live import LiveWorld, TwinAddress

STEPS = 200
OPERATION = "GET /drive/v3/files/{fileId}"
LIVE_FILE = {**FILE, "id": "1Zq7Vt9mW2eXcR4bN6yU8iO0pLkJhGfDsAqWeRtYuIoP", "modifiedTime": "2026-01-05T09:00:01.002Z"}


class _NoTwin:
    """The target of Drive, with a session that costs nothing: each call gives a made observation."""

    def __init__(self) -> None:
        self._drive = load("drive")
        self.observations: list[Observation] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._drive, name)

    def session(self, *_: Any) -> Session:
        self._next = iter(self.observations)
        return self

    def call(self, _: Call) -> Observation:
        return next(self._next)

    def close(self) -> None:
        pass


def measure() -> list[Figure]:
    return [
        microseconds("judging a body of 18 leaves", _judging(FILE, FILE), 20),
        microseconds("judging a body of 18 leaves, ids and times differ", _judging(FILE, LIVE_FILE), 20),
        microseconds("a step, without SDK and twin", _step(), 150),
    ]


def _judging(recorded: Mapping[str, Any], live: Mapping[str, Any]) -> float:
    context = Context(learn([], {}))
    type_of = load("drive").leaf_type

    def compare() -> None:
        comparison = Comparison(context, f"drive {OPERATION} 200", type_of)
        comparison.compare(recorded, live)
        assert not comparison.deviations, comparison.deviations

    return best(compare, 3000)


def _step() -> float:
    """A program that makes a file and reads it, each read by a reference to what made it."""
    target = _NoTwin()
    trace = _trace(FILE)
    noise = learn([trace], {"drive": target})
    world = LiveWorld({"drive": target}, {"drive": TwinAddress("http://127.0.0.1:9")})

    def run() -> None:
        # Made anew, for an observation keeps what was worked out about it.
        target.observations = list(_trace(LIVE_FILE).observations)
        result = world.run(trace, noise)
        assert result.satisfied, result

    making = best(lambda: list(_trace(LIVE_FILE).observations), 3)
    return (best(run, 3) - making) / STEPS


def _trace(file: Mapping[str, Any]) -> Trace:
    calls = [Call("drive", "POST /drive/v3/files", "files.create", {"body": {"name": "plan"}})]
    calls += [Call("drive", OPERATION, "files.get", {"fileId": file["id"]}) for _ in range(STEPS - 1)]
    observations = tuple(_observation(call, file) for call in calls)
    program = Program("benchmark", tuple(Step(call, index) for index, call in enumerate(calls)))
    return Trace(with_references(program, observations, ()), observations)


def _observation(call: Call, file: Mapping[str, Any]) -> Observation:
    request = Request(call.operation.partition(" ")[0], "http://canned/drive/v3/files")
    headers = {"content-type": ("application/json; charset=UTF-8",)}
    return Observation(file, None, (Exchange(request, Response(200, "OK", headers, json.dumps(file).encode())),))
