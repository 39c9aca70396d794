"""``conformance twin``: embedded twins served to whoever wants them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from commandline import COMMAND, conformance


@contextlib.contextmanager
def served(*arguments: str, cwd: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and what it said when it was ready."""
    process = subprocess.Popen(
        [*COMMAND, "twin", *arguments], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield process, process.stdout.readline()
    finally:
        process.kill()
        process.communicate()


def fetch(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as response:
        return json.load(response)


def test_all_twins_are_served_on_one_free_port(tmp_path: Path) -> None:
    with served(cwd=tmp_path) as (_, said):
        url = said.split()[-1]
        assert said.startswith("Serving ") and " on http://127.0.0.1:" in said
        assert {"drive", "sheets"} <= set(fetch(f"{url}/_twin/health")["services"])
        assert fetch(f"{url}/drive/v3/files")["kind"] == "drive#fileList"


def test_only_named_twins_are_served(tmp_path: Path) -> None:
    with served("drive", cwd=tmp_path) as (_, said):
        url = said.split()[-1]
        assert fetch(f"{url}/_twin/health")["services"] == ["drive"]
        with pytest.raises(urllib.error.HTTPError) as refused:
            fetch(f"{url}/v4/spreadsheets/abc")
        assert refused.value.code in (404, 501)
        refused.value.close()


def test_host_and_port_are_chosen(tmp_path: Path) -> None:
    with served("drive", cwd=tmp_path) as (_, said):
        port = said.rpartition(":")[2].strip()
    with served("drive", "--host", "127.0.0.2", "--port", port, cwd=tmp_path) as (_, said):
        assert said.split()[-1] == f"http://127.0.0.2:{port}"
        assert fetch(f"http://127.0.0.2:{port}/_twin/health")["ok"]


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_it_ends_when_it_is_told_to(tmp_path: Path, sent: signal.Signals, code: int) -> None:
    with served("drive", cwd=tmp_path) as (process, _):
        os.kill(process.pid, sent)
        _, errors = process.communicate(timeout=15)
    assert "Traceback" not in errors
    assert process.returncode in (code, -sent)


def test_a_run_can_be_pointed_at_it(drive_recordings: Path, tmp_path: Path) -> None:
    with served("drive", cwd=tmp_path) as (_, said):
        url = said.split()[-1]
        ran = conformance("run", "--twin", f"drive={url}", "--recordings", drive_recordings, cwd=tmp_path)
    assert ran.code == 0, ran
    assert ran.report["targets"][0]["compatibility"] == 100
