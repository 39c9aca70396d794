"""``--out DIR``: where the reports go."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import jsonschema

from commandline import conformance
from conformance.reports.document import schema

FILES = {"report.json", "report.html", "junit.xml", "summary.md", "badge.svg"}


def test_all_reports_are_written_below_the_folder(drive_recordings: Path, tmp_path: Path) -> None:
    options = ("--recordings", drive_recordings, "--workers", "1", "--out", "here/and/there")
    ran = conformance("run", "drive", *options, cwd=tmp_path)
    assert ran.code == 0, ran
    folder = tmp_path / "here" / "and" / "there"
    assert {path.name for path in folder.iterdir()} == FILES
    jsonschema.validate(json.loads((folder / "report.json").read_text("utf-8")), schema())
    for name in ("junit.xml", "badge.svg"):
        ElementTree.parse(folder / name)
    assert not (tmp_path / "conformance-report").exists()
    assert "here/and/there/report.html" in ran.out


def test_an_older_report_is_replaced(drive_recordings: Path, tmp_path: Path) -> None:
    folder = tmp_path / "conformance-report"
    folder.mkdir()
    (folder / "report.json").write_text("old")
    (folder / "notes.txt").write_text("mine")
    assert conformance("run", "drive", "--recordings", drive_recordings, cwd=tmp_path).code == 0
    assert json.loads((folder / "report.json").read_text("utf-8"))["targets"]
    assert (folder / "notes.txt").read_text() == "mine"


def test_progress_goes_to_standard_error_and_the_result_to_standard_output(
    drive_recordings: Path, tmp_path: Path
) -> None:
    ran = conformance("run", "drive", "--recordings", drive_recordings, cwd=tmp_path)
    assert "steps (100 %)" in ran.err
    assert "steps (100 %)" not in ran.out
    assert "Summary" in ran.out
    assert "\x1b" not in ran.out + ran.err
