"""``conformance run [TARGET ...]``: which targets are measured."""

from __future__ import annotations

from pathlib import Path

from commandline import conformance
from conformance.target import load, usable


def reported(ran) -> list[str]:
    return [target["target"] for target in ran.report["targets"]]


def test_all_targets_run_if_none_is_named(drive_recordings: Path, tmp_path: Path) -> None:
    ran = conformance("run", "--recordings", drive_recordings, "--workers", "1", cwd=tmp_path)
    assert ran.code == 0
    assert reported(ran) == [name for name in usable() if load(name).twin()]
    assert {"drive", "sheets"} <= set(reported(ran))


def test_named_targets_run_in_the_order_given_and_once(drive_recordings: Path, tmp_path: Path) -> None:
    options = ("--recordings", drive_recordings, "--workers", "1")
    ran = conformance("run", "sheets", "drive", "sheets", *options, cwd=tmp_path)
    assert ran.code == 0
    assert reported(ran) == ["sheets", "drive"]


def test_a_target_without_evidence_is_not_given_a_percentage(drive_recordings: Path, tmp_path: Path) -> None:
    ran = conformance("run", "--recordings", drive_recordings, "--workers", "1", cwd=tmp_path)
    compatibility = {target["target"]: target["compatibility"] for target in ran.report["targets"]}
    assert compatibility.pop("drive") == 100
    assert set(compatibility.values()) == {None}


def test_the_table_names_every_endpoint_with_its_sdk_call(drive_recordings: Path, tmp_path: Path) -> None:
    ran = conformance("run", "drive", "--recordings", drive_recordings, "--workers", "1", cwd=tmp_path)
    for words in ("PATCH /drive/v3/files/{fileId}", "files.update", "100 %", "report.html"):
        assert words in ran.out


def test_two_runs_print_the_same(drive_recordings: Path, tmp_path: Path) -> None:
    options = ("run", "drive", "--recordings", drive_recordings)
    assert conformance(*options, cwd=tmp_path).out == conformance(*options, "--workers", "1", cwd=tmp_path).out
