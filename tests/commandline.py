"""The command line as its users run it: another process, in a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.programs.model import Call, Observation
from conformance.recordings.model import Interaction, Provenance, Recording
from conformance.recordings.write import write_recording
from conformance.target import load
from conformance.twinkit.server import serve_twin
from conformance.twinkit.twin import Twin

VENDOR = "https://www.googleapis.com"
COMMAND = [sys.executable, "-m", "conformance"]


@dataclass(frozen=True)
class Ran:
    """What a command left behind. ``seconds`` is its duration."""

    code: int
    out: str
    err: str
    seconds: float
    folder: Path

    @property
    def report(self) -> dict[str, Any]:
        """The report in the default folder, or the one that ``--out report`` names."""
        return json.loads((self.folder / "conformance-report" / "report.json").read_text("utf-8"))

    @property
    def complaint(self) -> str:
        """The one line on standard error (a line of progress aside)."""
        lines = [line for line in self.err.splitlines() if not _is_progress(line)]
        assert len(lines) == 1, self.err
        return lines[0]

    def verdicts(self, target: str = "drive") -> dict[str, int]:
        """How many behaviours of the target got each verdict."""
        return next(entry["behaviours"] for entry in self.report["targets"] if entry["target"] == target)


def _is_progress(line: str) -> bool:
    return "steps" in line and not line.startswith("conformance:")


def conformance(*arguments: str | Path, cwd: Path, env: Mapping[str, str] | None = None, timeout: float = 60) -> Ran:
    """Run the command line in ``cwd``; it must never show a traceback. ``run`` grows nothing unless told to."""
    if arguments[:1] == ("run",) and "--sequences" not in arguments:
        arguments = ("run", "--sequences", "0", *arguments[1:])
    started = time.monotonic()
    surroundings = {**os.environ, "XDG_CACHE_HOME": str(cwd / "cache"), "COLUMNS": "120", **(env or {})}
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=cwd,
        env=surroundings,
        capture_output=True,
        text=True,
        timeout=timeout,
        stdin=subprocess.DEVNULL,
    )
    assert "Traceback" not in done.stderr + done.stdout, done.stderr
    return Ran(done.returncode, done.stdout, done.stderr, time.monotonic() - started, cwd)


def assert_refused(ran: Ran, *words: str) -> None:
    """Exit code 2 and one sentence that has all these words."""
    assert ran.code == 2, ran
    for word in words:
        assert word in ran.complaint
    assert ran.complaint.startswith("conformance: ")
    assert ran.complaint.rstrip()[-1] in ".)?"


def record_drive(calls: Iterable[tuple[str, str, Mapping[str, Any]]], path: Path) -> Path:
    """A cassette of these calls (operation, SDK's name, arguments), answered by the embedded twin.

    An argument ``<n>.key`` is the value under ``key`` in the answer to call n.
    """
    target = load("drive")
    service = target.twin()
    assert service is not None
    with serve_twin(Twin([service])) as server:
        session = target.session(server.url, "token")
        seen: list[Observation] = []
        for operation, name, arguments in calls:
            concrete = {key: _concrete(value, seen) for key, value in arguments.items()}
            seen.append(session.call(Call("drive", operation, name, concrete)))
        session.close()
    exchanges = [exchange for observation in seen for exchange in observation.exchanges]
    interactions = tuple(
        Interaction(index, _of_vendor(exchange.request, server.url), exchange.response)
        for index, exchange in enumerate(exchanges)
    )
    write_recording(Recording(path.name, path, Provenance(service="drive", source="made"), interactions), path)
    return path


def _concrete(value: Any, seen: list[Observation]) -> Any:
    if isinstance(value, str) and value.startswith("<"):
        number, _, key = value.strip("<>").partition(".")
        return seen[int(number)].body[key]
    return value


def _of_vendor(request: Any, url: str) -> Any:
    from dataclasses import replace

    return replace(request, uri=request.uri.replace(url, VENDOR))
