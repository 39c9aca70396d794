"""``--baseline FILE`` and ``--update-baseline``: the gate."""

from __future__ import annotations

import json
from pathlib import Path

from commandline import Ran, conformance


def run(recordings: Path, cwd: Path, *more: str) -> Ran:
    return conformance("run", "drive", "--recordings", recordings, "--workers", "1", *more, cwd=cwd)


def written(recordings: Path, cwd: Path) -> Path:
    assert run(recordings, cwd, "--baseline", "baseline.json", "--update-baseline").code == 0
    return cwd / "baseline.json"


def test_what_is_held_is_written_and_passes_afterwards(drive_recordings: Path, tmp_path: Path) -> None:
    baseline = written(drive_recordings, tmp_path)
    assert "GET /drive/v3/files/{fileId}" in baseline.read_text()
    ran = run(drive_recordings, tmp_path, "--baseline", "baseline.json")
    assert ran.code == 0
    assert ran.report["gate"] == {"passed": True, "failures": []}


def test_a_run_does_not_change_the_baseline_unasked(drive_recordings: Path, tmp_path: Path) -> None:
    before = written(drive_recordings, tmp_path).read_bytes()
    run(drive_recordings, tmp_path, "--baseline", "baseline.json")
    assert (tmp_path / "baseline.json").read_bytes() == before


def test_what_was_held_and_is_lost_fails_by_name(drive_recordings: Path, tmp_path: Path) -> None:
    written(drive_recordings, tmp_path)
    document = json.loads((drive_recordings / "life-0.json").read_text())
    second = document["interactions"][1]["response"]
    second["body"]["string"] = second["body"]["string"].replace('"plan"', '"plot"')
    (tmp_path / "changed").mkdir()
    (tmp_path / "changed" / "life.json").write_text(json.dumps(document))
    ran = run(tmp_path / "changed", tmp_path, "--baseline", "baseline.json")
    assert ran.code == 1, ran
    (failure,) = ran.report["gate"]["failures"]
    assert "GET /drive/v3/files/{fileId}" in failure
    assert failure in ran.out
    assert ran.err == "" or "conformance:" not in ran.err


def test_an_incomplete_run_does_not_touch_the_baseline(drive_recordings: Path, tmp_path: Path) -> None:
    before = written(drive_recordings, tmp_path).read_bytes()
    mixed = tmp_path / "mixed"
    mixed.mkdir()
    (mixed / "life.json").write_bytes((drive_recordings / "life-2.json").read_bytes())
    (mixed / "bad.json").write_text("{")
    ran = run(mixed, tmp_path, "--baseline", "baseline.json", "--update-baseline")
    assert ran.code == 2
    assert "baseline.json is left as it was" in ran.err
    assert (tmp_path / "baseline.json").read_bytes() == before
