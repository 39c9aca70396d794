"""``conformance replay``: one difference again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from enum import IntEnum
from pathlib import Path
from typing import Any

from conformance.config import read_file, twin_addresses
from conformance.errors import BadConfiguration, ConformanceError
from conformance.programs.export import MARK, TOKEN_VARIABLE, URL_VARIABLE
from conformance.target import installed, load, usable
from conformance.twinkit.server import serve_twin
from conformance.twinkit.twin import Twin
from conformance.worlds.control import Control
from conformance.worlds.live import TwinAddress

SECONDS = 120.0
"""A test that takes longer is stuck."""

_PROBE = "conformance.commands.replaying"


class Verdict(IntEnum):
    """What became of the difference; the values are the exit codes."""

    FIXED = 0
    STILL = 1
    VOID = 2


def execute(failure: Path, twins: tuple[str, ...], timeout: float) -> int:
    """Run the file against its twin, say what became of the difference, and return the exit code.

    Raises:
        BadConfiguration: the file is none of ours, or names no twin.
    """
    try:
        text = failure.read_text("utf-8")
    except OSError as error:
        raise BadConfiguration(f"{failure} cannot be read ({error.strerror}); name a file of failures/.") from error
    if MARK not in text:
        raise BadConfiguration(f"{failure} does not show a difference; name a file of failures/.")
    with ExitStack() as stack:
        try:
            verdict, reason = _replayed(failure, text, _twin(twins, stack), timeout)
        except ConformanceError as error:
            verdict, reason = Verdict.VOID, str(error)
    print(f"{verdict.name}{': ' if reason else ''}{reason}")
    return verdict


def _twin(twins: tuple[str, ...], stack: ExitStack) -> TwinAddress:
    """The twin: from the options, the environment, or the configuration; else the embedded twins are served."""
    addresses = twin_addresses(twins, read_file(), installed())
    if addresses and (twins or URL_VARIABLE not in os.environ):
        return next(iter(addresses.values()))
    if URL_VARIABLE in os.environ:
        return TwinAddress(os.environ[URL_VARIABLE].rstrip("/"), os.environ.get(TOKEN_VARIABLE))
    services = [service for name in usable() if (service := load(name).twin()) is not None]
    return TwinAddress(stack.enter_context(serve_twin(Twin(services))).url)


def _replayed(failure: Path, text: str, twin: TwinAddress, timeout: float) -> tuple[Verdict, str]:
    control = Control(twin.base_url, timeout)
    try:
        control.check()
    finally:
        control.close()
    mark = next(number for number, line in enumerate(text.splitlines(), 1) if MARK in line)
    found = _run(failure, twin)
    if found is None:
        return Verdict.VOID, "the test did not run to its end"
    if found["passed"]:
        return Verdict.FIXED, ""
    line, message = found["line"], found["message"]
    if line > mark:
        return Verdict.STILL, message
    return Verdict.VOID, f"the test does not reach the difference ({message})" if message else "the test did not run"


def _run(failure: Path, twin: TwinAddress) -> dict[str, Any] | None:
    """What pytest says, from a process of its own: the file is anybody's code."""
    token = {TOKEN_VARIABLE: twin.credentials} if twin.credentials is not None else {}
    environment = {**os.environ, URL_VARIABLE: twin.base_url, **token}
    command = [sys.executable, "-m", _PROBE, str(failure.resolve())]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, timeout=SECONDS, check=False)
        return dict(json.loads(done.stdout.splitlines()[-1]))
    except (subprocess.TimeoutExpired, ValueError, IndexError):
        return None
