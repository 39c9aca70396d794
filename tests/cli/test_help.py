"""Help: readable, complete, and there without a target's SDK."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from commandline import conformance

COMMANDS = ("run", "import", "twin")


@pytest.mark.parametrize("arguments", [(), ("--help",)])
def test_the_commands_are_listed_with_what_they_do(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ran = conformance(*arguments, cwd=tmp_path)
    assert ran.code == 0
    assert ran.err == ""
    for command in COMMANDS:
        assert f"\n  {command} " in ran.out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_explained(tmp_path: Path, command: str) -> None:
    ran = conformance(command, "--help", cwd=tmp_path)
    assert ran.code == 0
    assert ran.out.startswith(f"Usage: conformance {command}")
    described = ran.out.partition("Options:")[2].splitlines()
    for place, line in enumerate(described):
        if line.lstrip().startswith("--"):
            words = (line + " " + (described[place + 1] if place + 1 < len(described) else "")).split()
            assert len(words) > 3, line


def test_the_version(tmp_path: Path) -> None:
    from conformance import __version__

    assert conformance("--version", cwd=tmp_path).out == f"conformance {__version__}\n"


def test_help_loads_no_sdk_and_no_server() -> None:
    code = (
        "import sys; from conformance import cli\n"
        "try: cli.app(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'googleapiclient', 'httplib2', 'uvicorn', 'starlette', 'jinja2', 'yaml', 'lark', 'httpx'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)
    assert done.stderr == "[]\n"
