"""Short ways to make programs and answers by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from conformance.programs.model import Call, Exchange, Given, Observation, Program, SdkError, Step, Trace
from conformance.programs.references import with_references
from conformance.recordings.model import Json, Provenance, Recording, Request, Response
from toy.target import OPERATIONS, TARGET


def answer(body: Json = None, status: int = 200, error: str = "", **headers: str) -> Observation:
    """An answer over the wire; one of 400 and more was raised."""
    code = TARGET.error_code(status, body)
    raised = SdkError(error or "LibraryError", status, code, "text") if status >= 400 else None
    lines = {name.replace("_", "-"): (value,) for name, value in headers.items()}
    raw = b"" if body is None else json.dumps(body).encode()
    exchange = Exchange(Request("GET", "http://api.library.example/"), Response(status, "", lines, raw))
    return Observation(None if raised else body, raised, (exchange,))


def silence(error: str = "TimeoutError") -> Observation:
    """No answer."""
    return Observation(None, SdkError(error, None, "", "waited too long"))


def refused(status: int, code: str, message: str = "No.") -> Observation:
    return answer({"error": {"code": code, "message": message}}, status)


Played = tuple[str, dict[str, Any], Observation]


def trace(name: str, *played: Played, givens: tuple[Given, ...] = (), date: str = "") -> Trace:
    """A recorded program: operations with arguments and answers; its references are linked."""
    steps = tuple(
        Step(Call(TARGET.name, operation, OPERATIONS[operation], arguments), place)
        for place, (operation, arguments, _) in enumerate(played)
    )
    observations = tuple(seen for _, _, seen in played)
    provenance = Provenance(source=name, recorded=(date,) if date else ())
    program = Program(name, steps, recording=Recording(name, Path(name), provenance, ()))
    return Trace(with_references(program, observations, givens), observations)
