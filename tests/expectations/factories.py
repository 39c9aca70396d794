"""A service of barges, recorded: what the tests of expectations learn from and judge."""

import json
from dataclasses import replace
from pathlib import Path

from conformance.oracle.expectations.judge import ExpectationJudge, Memory
from conformance.oracle.expectations.learn import concrete, learn
from conformance.oracle.wire import wire_traces
from conformance.recordings.model import Interaction, Provenance, Recording, Request, Response

HOST = "https://barges.example"
JSON = {"content-type": ("application/json",)}


def barge(number, **changes):
    """A barge as the service shows it."""
    name = f"{number:04d}Qx7Rt2Lm9Zc"
    known = {
        "id": f"br{name}",
        "kind": "barge",
        "name": f"barge of {number}",
        "created": f"2025-03-{number % 27 + 1:02d}T10:00:00.125Z",
        "changed": f"2025-03-{number % 27 + 1:02d}T11:00:00.250Z",
        "links": {"self": f"{HOST}/v1/barges/br{name}"},
    }
    return {key: value for key, value in {**known, **changes}.items() if value is not ...}


def exchange(method, path, status, answer=None, body=None):
    sent = json.dumps(body).encode() if body is not None else b""
    given = json.dumps(answer).encode() if answer is not None else b""
    return Request(method, HOST + path, JSON, sent), Response(status, "", JSON if given else {}, given)


def recording(name, *exchanges, **provenance):
    facts = {"service": "barges", "source": "harbour", "path": f"tests/{name}.yaml", "recorded": ("2025-03-01",)}
    interactions = tuple(Interaction(index, *one) for index, one in enumerate(exchanges))
    known = Provenance(**{**facts, **provenance})
    return Recording(f"{name}.json", Path(f"{name}.json"), known, interactions, digest=name)


def life(number, **changes):
    """A barge is made, read, renamed, read again and broken up."""
    made = barge(number, **changes)
    path = f"/v1/barges/{made['id']}"
    renamed = {**made, "name": "new name", "changed": made["changed"].replace("T11", "T12")}
    return recording(
        f"life{number}",
        exchange("POST", "/v1/barges", 200, made, {"name": made["name"]}),
        exchange("GET", path, 200, made),
        exchange("PATCH", path, 200, renamed, {"name": "new name"}),
        exchange("GET", path, 200, renamed),
        exchange("DELETE", path, 204),
        exchange("GET", path, 404, {"errorCode": "NO_BARGE", "errorSummary": f"There is no {made['id']}."}),
        source=f"harbour {number % 3}",
    )


def learned(recordings):
    traces, targets = wire_traces(recordings)
    return traces, targets, learn(traces, targets)


def judge_last(evidence, tried, expected=None, threshold=7.0):
    """What learned expectations say about the last step of a recording that they were not learned from."""
    traces, targets, expectations = learned([*evidence, tried])
    own = expectations.sources[-1]
    memory = Memory(expectations, expectations.scope(own, {own.group}), own.year)
    judge = ExpectationJudge(expectations, threshold, memory)
    found = None
    for step, observation in zip(traces[-1].program.steps, traces[-1].observations, strict=True):
        found = judge.step(concrete(step.call), observation, targets[step.call.target], None)
    return found


def cut(known, length, **changes):
    """The first steps of a recording, the answer of the last one changed."""
    interactions = known.interactions[:length]
    last = interactions[-1]
    answer = {key: value for key, value in {**last.response.json, **changes}.items() if value is not ...}
    response = replace(last.response, body=json.dumps(answer).encode())
    return replace(known, interactions=(*interactions[:-1], replace(last, response=response)))
