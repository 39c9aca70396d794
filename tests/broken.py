"""Twins whose answers are changed, what they answer to calls, and failure files replayed against them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from conformance.commands.replay import execute
from conformance.oracle.verdict import Axis, Behaviour, Deviation
from conformance.programs.export import Exhibit
from conformance.programs.model import Call, Observation, Ref
from conformance.programs.references import resolve
from conformance.programs.trees import follow
from conformance.target import Target
from conformance.twinkit.server import serve_twin
from conformance.twinkit.service import Refusal, Reply
from conformance.twinkit.twin import Twin

Change = Callable[[Callable[[], Reply]], Reply]
"""What a broken twin answers, given how to get the right answer."""


@contextmanager
def twin(target: Target, operation: str = "", change: Change | None = None) -> Iterator[str]:
    """The URL of a target's twin, whose answers to one operation are changed."""
    service = target.twin()
    assert service is not None
    if change:
        handler = service.routes[operation]
        broken = {operation: lambda state, request: change(lambda: handler(state, request))}
        service = replace(service, routes={**service.routes, **broken})
    with serve_twin(Twin([service])) as server:
        yield server.url


def body(change: Callable[[dict[str, Any]], object]) -> Change:
    """Changes the fields of an answer."""

    def changed(answer: Callable[[], Reply]) -> Reply:
        reply = answer()
        fields = dict(reply.body)
        change(fields)
        return replace(reply, body=fields)

    return changed


def never_refused(answer: Callable[[], Reply]) -> Reply:
    """Whatever is asked for is there."""
    try:
        return answer()
    except Refusal:
        return Reply({"id": "anything", "name": "anything"})


def observed(target: Target, url: str, calls: tuple[Call, ...]) -> tuple[Observation, ...]:
    """What a twin answers to some calls, each made with what those before it gave."""
    session = target.session(url, None)
    seen: list[Observation] = []
    for call in calls:
        concrete = resolve(
            call,
            lambda source: follow(seen[source.step].body, source.path) if isinstance(source, Ref) else source.recorded,
        )
        seen.append(session.call(concrete))
    session.close()
    return tuple(seen)


def exhibit(
    target: Target, calls: tuple[Call, ...], good: str, bad: str, axis: Axis, path: str, **more: Any
) -> Exhibit:
    """What differs in the last of some calls between two twins."""
    expected, live = observed(target, good, calls), observed(target, bad, calls)
    status = expected[-1].status or 0
    code = target.error_code(status, expected[-1].body)
    behaviour = Behaviour(target.name, calls[-1].operation, f"{status} {code}".strip())
    deviation = Deviation(axis, path, "expected", "actual")
    return Exhibit(behaviour, deviation, calls, expected, (True,) * len(calls), live, **more)


def replayed(target: Target, text: str, folder: Path, url: str) -> int:
    """The exit code of a failure file, run against a twin."""
    failure = folder / "failure.py"
    failure.write_text(text)
    return execute(failure, (f"{target.name}={url}",), timeout=20.0)
