"""``--workers``, ``--timeout``, ``--no-cache``: how a run is done; its result does not depend on them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commandline import Ran, conformance


def result(ran: Ran) -> str:
    """The report without what differs between any two runs."""
    assert ran.code == 0, ran
    return json.dumps({**ran.report, "generated_at": ""}, sort_keys=True)


@pytest.mark.parametrize("workers", ["2", "7", "auto"])
def test_the_number_of_workers_does_not_change_the_result(drive_recordings: Path, tmp_path: Path, workers: str) -> None:
    options = ("run", "drive", "--recordings", drive_recordings)
    alone = result(conformance(*options, "--workers", "1", cwd=tmp_path))
    assert result(conformance(*options, "--workers", workers, cwd=tmp_path)) == alone


def test_the_cache_does_not_change_the_result(drive_recordings: Path, tmp_path: Path) -> None:
    options = ("run", "drive", "--recordings", drive_recordings, "--workers", "1")
    fresh = result(conformance(*options, cwd=tmp_path))
    assert [path for path in (tmp_path / "cache" / "conformance").rglob("*") if path.is_file()]
    assert result(conformance(*options, cwd=tmp_path)) == fresh
    assert result(conformance(*options, "--no-cache", cwd=tmp_path)) == fresh


def test_no_cache_leaves_nothing_of_recordings_behind(drive_recordings: Path, tmp_path: Path) -> None:
    options = ("run", "drive", "--recordings", drive_recordings, "--workers", "1", "--no-cache")
    assert conformance(*options, cwd=tmp_path).code == 0
    kept = {path.name for path in (tmp_path / "cache").glob("conformance/*")}
    assert kept <= {"surfaces"}  # what SDKs can call is known of them, not of recordings


def test_the_timeout_is_how_long_a_twin_may_be_silent(drive_recordings: Path, tmp_path: Path) -> None:
    from bad_input import hostile

    with hostile.server(hostile.hangs, healthy=False) as url:
        options = ("--twin", f"drive={url}", "--recordings", drive_recordings, "--workers", "1")
        ran = conformance("run", *options, "--timeout", "0.5", cwd=tmp_path)
    assert "within 0.5 s" in ran.complaint
