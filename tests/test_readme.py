"""Every fenced block of the README is true: commands run, configuration is accepted, Python works.

The blocks run one after the other, in the order of the README, in a copy of the checkout and in a fresh environment
that holds what the first of them installs.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from conformance.config import read_file, twin_addresses
from conformance.target import installed

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LEFT_BEHIND = shutil.ignore_patterns(".git", ".tox", "*.egg-info", "__pycache__", ".*_cache", "conformance-report")
SHELL = ("sh", "bash", "console")
SHOWN = ("text", "")


@dataclass(frozen=True)
class Block:
    """A fenced block; ``line`` is where it stands."""

    language: str
    text: str
    line: int


def blocks() -> list[Block]:
    return [Block(found[1], found[2], README[: found.start()].count("\n") + 1) for found in FENCE.finditer(README)]


def commands() -> list[Block]:
    return [block for block in blocks() if block.language in SHELL]


def test_the_two_commands_for_a_fresh_machine_come_first() -> None:
    assert [block.text.strip() for block in commands()[:2]] == [
        "pip install '.[all]' && conformance run",
        "pip install tox && tox",
    ]


def test_every_block_is_of_a_kind_that_is_tested_here() -> None:
    assert {block.language for block in blocks()} <= {*SHELL, *SHOWN, "toml", "python"}


def test_ci_runs_the_same_two_commands() -> None:
    said = (ROOT / ".ci" / "run").read_text("utf-8")
    for command in ("pip install", "'.[all]'", "conformance run", " tox"):
        assert command in said


@pytest.mark.parametrize("block", [b for b in blocks() if b.language == "toml"], ids=lambda block: f"line {block.line}")
def test_configuration_is_accepted(block: Block, tmp_path: Path) -> None:
    path = tmp_path / "conformance.toml"
    path.write_text(block.text)
    addresses = twin_addresses((), read_file(path), installed())
    assert all(address.base_url.startswith("http") for address in addresses.values())
    assert addresses


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A copy of the checkout, and an environment with nothing but Python in it."""
    folder = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT, folder / "checkout", ignore=LEFT_BEHIND)
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    surroundings = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "TOX", "PYTEST"))
    }
    return folder / "checkout", {
        **surroundings,
        "PATH": f"{folder / 'venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "VIRTUAL_ENV": str(folder / "venv"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "TOXENV": "readme",  # the suite runs this test: within it, tox shows only that it starts
    }


@pytest.mark.slow
def test_commands_do_what_they_say(fresh: tuple[Path, dict[str, str]]) -> None:
    checkout, surroundings = fresh
    for block in commands():
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block.text],
            cwd=checkout,
            env=surroundings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
        )
        assert done.returncode == 0, f"README line {block.line}: {done.stdout[-4000:]}"
        assert "Traceback" not in done.stdout, f"README line {block.line}"


@pytest.mark.slow
@pytest.mark.parametrize(
    "block", [b for b in blocks() if b.language == "python"], ids=lambda block: f"line {block.line}"
)
def test_python_examples_run(block: Block, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", block.text], cwd=tmp_path, check=True, timeout=300)
