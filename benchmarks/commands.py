"""Whole commands, as their users wait for them."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

from benchmarks.timing import Figure

COMMAND = [sys.executable, "-m", "conformance"]
CORES = 2


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        python = min(_seconds([sys.executable, "-c", ""], folder) for _ in range(5))
        helped = min(_seconds([*COMMAND, "--help"], folder) for _ in range(5))
        run = [*COMMAND, "run", "--workers", str(CORES), "--out", f"{folder}/report"]
        first, second = _seconds(run, folder), _seconds(run, folder)
    return [
        Figure("python, starting and ending", python, "s"),
        Figure("conformance --help", helped, "s", 0.4),
        Figure(f"conformance run, {CORES} cores, nothing cached", first, "s", 60),
        Figure(f"conformance run, {CORES} cores, recordings cached", second, "s", 60),
    ]


def _seconds(command: list[str], folder: str) -> float:
    start = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "XDG_CACHE_HOME": folder, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        preexec_fn=_on_some_cores,
    )
    seconds = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"benchmarks: {' '.join(command)} ended with {done.returncode}: {done.stderr[-500:]}")
    return seconds


def _on_some_cores() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:CORES]))
