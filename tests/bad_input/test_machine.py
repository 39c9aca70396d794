"""The machine's own faults: full disks, rights, missing SDKs, killed workers, a closed output."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
from pathlib import Path

import pytest

from bad_input import hostile
from commandline import COMMAND, assert_refused, conformance

FULL_DISK = """
import os, errno
def refuse(*_): raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
_fdopen = os.fdopen
class _Full:
    def __init__(self, handle): self._file = _fdopen(handle, "wb")
    def __enter__(self): return self
    def __exit__(self, *_): self._file.close()
    def write(self, content): refuse()
def fdopen(handle, mode="r", *rest, **more):
    return _Full(handle) if mode == "wb" else _fdopen(handle, mode, *rest, **more)
os.fdopen = fdopen
"""

WITHOUT_SDK = """
import importlib.metadata as metadata
import sys
_version = metadata.version
def version(name):
    if name == "google-api-python-client": raise metadata.PackageNotFoundError(name)
    return _version(name)
metadata.version = version
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "googleapiclient":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Blocker())
"""


def starting_with(code: str, folder: Path) -> dict[str, str]:
    """An environment in which every Python runs this code first."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(code)
    return {"PYTHONPATH": f"{folder}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}


def run_options(drive_recordings: Path) -> tuple[str | Path, ...]:
    return ("run", "drive", "--recordings", drive_recordings, "--workers", "1")


def test_a_full_disk_for_the_report(drive_recordings: Path, tmp_path: Path) -> None:
    env = starting_with(FULL_DISK, tmp_path / "site")
    ran = conformance(*run_options(drive_recordings), cwd=tmp_path, env=env)
    assert_refused(ran, "report.json", "No space left on device")
    assert "100 %" in ran.out  # the measurement is not lost
    assert not [path for path in (tmp_path / "conformance-report").iterdir() if path.stat().st_size]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_for_the_output(drive_recordings: Path, tmp_path: Path) -> None:
    command = [*COMMAND, *map(str, run_options(drive_recordings))]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("conformance: The result cannot be printed (No space left")
    assert "Traceback" not in done.stderr
    assert (tmp_path / "conformance-report" / "report.json").stat().st_size


def test_an_output_that_nobody_reads(drive_recordings: Path, tmp_path: Path) -> None:
    command = " ".join([*COMMAND, *map(str, run_options(drive_recordings))]) + " | true"
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.mark.parametrize("where", ["file/report", "file"])
def test_a_report_folder_that_is_a_file(drive_recordings: Path, tmp_path: Path, where: str) -> None:
    (tmp_path / "file").write_text("here already")
    ran = conformance(*run_options(drive_recordings), "--out", where, cwd=tmp_path)
    assert_refused(ran, where, "cannot be written")
    assert "100 %" in ran.out
    assert (tmp_path / "file").read_text() == "here already"


def test_an_import_that_cannot_be_written(drive_recordings: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here already")
    assert_refused(conformance("import", drive_recordings, "file/made", cwd=tmp_path), "file", "written")


def test_a_cache_that_cannot_be_written_is_done_without(drive_recordings: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here already")
    ran = conformance(*run_options(drive_recordings), cwd=tmp_path, env={"XDG_CACHE_HOME": str(tmp_path / "file")})
    assert ran.code == 0, ran


def test_a_damaged_cache_is_done_without(drive_recordings: Path, tmp_path: Path) -> None:
    options = run_options(drive_recordings)
    assert conformance(*options, cwd=tmp_path).code == 0
    kept = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert len(kept) >= 3
    for number, path in enumerate(kept):
        path.write_bytes([b"", b"garbage", path.read_bytes()[:-20]][number % 3])
    again = conformance(*options, cwd=tmp_path)
    assert again.code == 0, again
    assert again.verdicts()["held"] == again.verdicts()["evidenced"]


@pytest.mark.parametrize(
    "arguments", [("run", "drive"), ("run", "okta", "sheets"), ("run", "--twin", "drive=http://127.0.0.1:1")]
)
def test_an_sdk_that_is_not_installed(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    env = starting_with(WITHOUT_SDK, tmp_path / "site")
    assert_refused(conformance(*arguments, cwd=tmp_path, env=env), "google-api-python-client", "install")


def test_a_target_that_is_left_out_for_want_of_its_sdk_stops_no_other(drive_recordings: Path, tmp_path: Path) -> None:
    broken = tmp_path / "site" / "broken-1.dist-info"
    broken.mkdir(parents=True)
    (broken / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1\n")
    (broken / "entry_points.txt").write_text("[conformance.targets]\nbroken = no_such_module:TARGET\n")
    env = {"PYTHONPATH": str(tmp_path / "site")}
    ran = conformance("run", "--recordings", drive_recordings, "--workers", "1", cwd=tmp_path, env=env)
    assert ran.code == 0, ran
    assert "The target 'broken' is left out: " in ran.complaint
    assert_refused(conformance("run", "broken", cwd=tmp_path, env=env), "'broken' cannot be loaded", "no_such_module")


def test_a_worker_that_is_killed(drive_recordings: Path, tmp_path: Path) -> None:
    code = "import os, sys\nif '--multiprocessing-fork' in sys.argv: os.kill(os.getpid(), 9)\n"
    env = starting_with(code, tmp_path / "site")
    ran = conformance("run", "drive", "--recordings", drive_recordings, "--workers", "2", cwd=tmp_path, env=env)
    assert_refused(ran, "worker", "--workers")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_interrupt_keeps_what_was_measured(drive_recordings: Path, tmp_path: Path, workers: str) -> None:
    asked = threading.Event()

    def answer(connection: socket.socket, line: str) -> None:
        asked.set()
        hostile.drips(connection, line)

    with hostile.server(answer) as url:
        command = [
            *COMMAND,
            "run",
            "--recordings",
            str(drive_recordings),
            "--twin",
            f"drive={url}",
            "--workers",
            workers,
        ]
        process = subprocess.Popen(
            [*command, "--timeout", "2"], cwd=tmp_path, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        try:
            assert asked.wait(30)
            os.killpg(process.pid, signal.SIGINT)
            _, said = process.communicate(timeout=30)
        finally:
            process.kill()
            process.communicate()
    assert "Traceback" not in said
    assert "interrupted" in said
    assert process.returncode == 2
    assert (tmp_path / "conformance-report" / "report.json").exists()


def test_no_home(drive_recordings: Path, tmp_path: Path) -> None:
    env = {"HOME": "/nonexistent", "XDG_CACHE_HOME": ""}
    assert conformance(*run_options(drive_recordings), cwd=tmp_path, env=env).code == 0
