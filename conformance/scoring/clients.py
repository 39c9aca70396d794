"""Two clients of one service, compared: what each made of the recordings that both ran.

They need not put the same requests on the wire for the same call, so a disagreement may be theirs. Where they sent the
same, on the recordings, and the twin was not the same to both, the twin is what differs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl

from conformance.oracle.verdict import Axis, ProgramResult, StepResult
from conformance.programs.model import Observation, Trace
from conformance.recordings.model import Json, Request
from conformance.scoring.model import ClientsScore, Disagreement

SHOWN_RECORDINGS = 5
NO_CALL = "no call"
FOLLOWS = "an earlier call of the program went otherwise"


@dataclass(frozen=True)
class _Made:
    """What one client made of one recorded exchange: what it saw there, and how the twin was judged."""

    seen: Observation
    result: StepResult

    @property
    def came_to(self) -> str:
        """In a few words; equal for two that agree."""
        what = f"{self.result.actual} {self.result.verdict}".strip()
        places = ", ".join(sorted({f"{one.axis} {one.path}".strip() for one in self.result.deviations}))
        return f"{what}: {places}" if places else what


_Program = Mapping[int, _Made]
"""By the index of the recorded exchange."""

_Found = tuple[str, tuple[str, str], str]
"""A disagreement: the operation, what came of it for each, and why."""


def compare_clients(
    service: str, targets: tuple[str, str], traces: Iterable[Trace], results: Iterable[ProgramResult]
) -> ClientsScore:
    """Compare two targets that drive one service, on one twin. ``results`` are those of the programs of ``traces``."""
    made = _made(traces, results)
    one, other = (made.get(name, {}) for name in targets)
    both = sorted(one.keys() & other.keys())
    found = {path: list(_disagreements(targets, one[path], other[path])) for path in both}
    agree = sum(not some for some in found.values())
    return ClientsScore(service, targets, len(both), agree, _gathered(found))


def _made(traces: Iterable[Trace], results: Iterable[ProgramResult]) -> Mapping[str, Mapping[Path, _Program]]:
    """What each target made of each recording."""
    judged = {result.name: result for result in results if not result.generated}
    made: dict[str, dict[Path, dict[int, _Made]]] = defaultdict(lambda: defaultdict(dict))
    for trace in traces:
        recording, result = trace.program.recording, judged.get(trace.program.name)
        if recording is None or result is None:
            continue
        for step, seen, judgement in zip(trace.program.steps, trace.observations, result.steps, strict=False):
            made[step.call.target][recording.path][step.interaction] = _Made(seen, judgement)
    return made


def _disagreements(targets: tuple[str, str], one: _Program, other: _Program) -> Iterator[_Found]:
    """Where the two differ in one program. Once the clients do, what comes after may only follow from it."""
    otherwise = ""
    for place in sorted(one.keys() | other.keys()):
        pair = one.get(place), other.get(place)
        results = _came_to(pair[0]), _came_to(pair[1])
        if results[0] != results[1]:
            why = _why(targets, *pair) or otherwise
            otherwise = FOLLOWS if why else ""
            yield next(made for made in pair if made).result.behaviour.operation, results, why


def _came_to(made: _Made | None) -> str:
    return made.came_to if made else NO_CALL


def _why(targets: tuple[str, str], one: _Made | None, other: _Made | None) -> str:
    """How the clients themselves differ in a call; "" where they do not."""
    if one is None or other is None:
        return f"only {targets[one is None]} makes this call"
    return _not_judged(targets, one, other) or _sent(targets, one, other) or _understood(one, other)


def _not_judged(targets: tuple[str, str], *made: _Made) -> str:
    reasons = ((name, one.result.reason) for name, one in zip(targets, made, strict=True))
    return "; ".join(f"{name}: {reason}" for name, reason in reasons if reason)


def _sent(targets: tuple[str, str], one: _Made, other: _Made) -> str:
    """What differs between the requests, as the SDKs put them on the wire in the recorded world."""
    sent = [_parts(made.seen) for made in (one, other)]
    if len(sent[0]) != len(sent[1]):
        return f"they send another number of requests: {targets[0]} {len(sent[0])}, {targets[1]} {len(sent[1])}"
    pairs = ((name, part, second[name]) for first, second in zip(*sent, strict=True) for name, part in first.items())
    return next((_otherwise(targets, *pair) for pair in pairs if pair[1] != pair[2]), "")


def _otherwise(targets: tuple[str, str], name: str, one: Json, other: Json) -> str:
    shown = f": {targets[0]} {one}, {targets[1]} {other}" if isinstance(one, str) else ""
    return f"they send another {name}{shown}"


def _parts(seen: Observation) -> list[dict[str, Json]]:
    return [_request_parts(exchange.request) for exchange in seen.exchanges]


def _request_parts(request: Request) -> dict[str, Json]:
    kind = (request.header("content-type") or "").partition(";")[0].lower()
    form = sorted(parse_qsl(request.body.decode("latin-1"), keep_blank_values=True)) if "form" in kind else None
    return {
        "method": request.method,
        "path": request.path,
        "content type": kind,
        "query": sorted(request.query),
        "body": None if kind.startswith("multipart") else form or request.json or request.body,
    }


def _understood(one: _Made, other: _Made) -> str:
    """What the SDKs make of the same answer."""
    if one.seen.sdk_defect != other.seen.sdk_defect or one.seen.error != other.seen.error:
        return "the SDKs make something else of the recorded answer"
    if any(found.axis is Axis.SDK for made in (one, other) for found in made.result.deviations):
        return "the SDKs make something else of the twin's answer"
    return ""


def _gathered(found: Mapping[Path, Sequence[_Found]]) -> tuple[Disagreement, ...]:
    """Equal ones together; those that nothing explains first, then the most frequent."""
    where: dict[_Found, list[str]] = defaultdict(list)
    for path, some in found.items():
        for one in some:
            where[one].append(path.name)
    gathered = (
        Disagreement(*key, count=len(names), recordings=tuple(dict.fromkeys(names))[:SHOWN_RECORDINGS])
        for key, names in where.items()
    )
    return tuple(sorted(gathered, key=lambda one: (bool(one.why), -one.count, one.operation, one.results)))
