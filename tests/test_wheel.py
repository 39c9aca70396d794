"""The wheel holds everything: targets, twins, recordings and templates, outside a checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parent.parent


def do(*command: str | Path, cwd: Path) -> str:
    """Run a command without anything of this process's Python in its environment; what it printed."""
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_"))}
    done = subprocess.run(
        [*map(str, command)],
        cwd=cwd,
        env={**surroundings, "XDG_CACHE_HOME": str(cwd / "cache"), "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has the wheel, and borrows all that the wheel needs from this one."""
    folder = tmp_path_factory.mktemp("wheel")
    do(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder / "dist", ROOT, cwd=folder)
    (wheel,) = (folder / "dist").iterdir()
    do(sys.executable, "-m", "venv", "--without-pip", folder / "venv", cwd=folder)
    python = folder / "venv" / "bin" / "python"
    do(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", wheel, cwd=folder)
    own = do(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip()
    (Path(own) / "borrowed.pth").write_text(sysconfig.get_path("purelib"))  # after its own: the wheel comes first
    return python


def test_the_code_is_the_wheels(python: Path, tmp_path: Path) -> None:
    code = "import conformance, targets; print(conformance.__file__, targets.__file__)"
    for place in do(python, "-c", code, cwd=tmp_path).split():
        assert Path(place).is_relative_to(python.parent.parent)


def test_targets_and_recordings_are_found_and_run(python: Path, tmp_path: Path) -> None:
    command = python.parent / "conformance"
    printed = do(command, "run", "drive", "sheets", "slack", "--sequences", "0", "--workers", "2", cwd=tmp_path)
    for words in ("drive", "sheets", "100 %", "files.list", "spreadsheets.values.update"):
        assert words in printed
    assert {path.name for path in (tmp_path / "conformance-report").iterdir()} >= {"report.json", "report.html"}


def test_every_file_of_the_packages_is_in_it(python: Path, tmp_path: Path) -> None:
    installed = Path(do(python, "-c", "import conformance; print(conformance.__file__)", cwd=tmp_path)).parents[1]
    known = subprocess.run(
        ["git", "ls-files", "conformance", "targets", "recordings"], cwd=ROOT, capture_output=True, text=True
    ).stdout.split("\n")
    missing = [name for name in known if name and not (installed / name).is_file() and (ROOT / name).is_file()]
    assert missing == []
