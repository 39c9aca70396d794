"""``--recordings DIR``: other evidence."""

from __future__ import annotations

import json
from pathlib import Path

from commandline import conformance


def test_several_folders_are_one_body_of_evidence(drive_recordings: Path, tmp_path: Path) -> None:
    for number in (0, 2):
        folder = tmp_path / f"part-{number}"
        folder.mkdir()
        (folder / "life.json").write_bytes((drive_recordings / f"life-{number}.json").read_bytes())
    both = ("--recordings", "part-0", "--recordings", "part-2")
    ran = conformance("run", "drive", *both, "--workers", "1", cwd=tmp_path)
    assert ran.code == 0, ran
    assert ran.report["targets"][0]["programs"]["recorded"]["run"] == 2


def test_a_single_file_is_a_folder_of_one(drive_recordings: Path, tmp_path: Path) -> None:
    ran = conformance("run", "drive", "--recordings", drive_recordings / "life-2.json", cwd=tmp_path)
    assert ran.code == 0, ran
    assert ran.report["targets"][0]["programs"]["recorded"]["run"] == 1


def test_yaml_cassettes_are_read_as_well(drive_recordings: Path, tmp_path: Path) -> None:
    (tmp_path / "yaml").mkdir()
    text = (drive_recordings / "life-0.json").read_text()
    (tmp_path / "yaml" / "life.yaml").write_text(text)  # JSON is YAML
    ran = conformance("run", "drive", "--recordings", "yaml", cwd=tmp_path)
    assert ran.code == 0, ran
    assert ran.report["targets"][0]["compatibility"] == 100


def test_a_lie_in_the_evidence_is_found(drive_recordings: Path, tmp_path: Path) -> None:
    document = json.loads((drive_recordings / "life-0.json").read_text())
    second = document["interactions"][1]["response"]
    second["body"]["string"] = second["body"]["string"].replace('"plan"', '"plot"')
    (tmp_path / "lie.json").write_text(json.dumps(document))
    ran = conformance("run", "drive", "--recordings", "lie.json", cwd=tmp_path)
    assert ran.code == 0, ran
    (difference,) = ran.report["targets"][0]["differences"]
    assert (difference["path"], difference["expected"], difference["actual"]) == ("name", '"plot"', '"plan"')
    assert difference["evidence"]


def test_requests_of_other_services_are_counted_by_reason(drive_recordings: Path, tmp_path: Path) -> None:
    document = json.loads((drive_recordings / "life-0.json").read_text())
    document["interactions"][0]["request"]["uri"] = "https://elsewhere.example/drive/v3/files?alt=json"
    (tmp_path / "mixed.json").write_text(json.dumps(document))
    ran = conformance("run", "drive", "--recordings", "mixed.json", cwd=tmp_path)
    (unlifted,) = ran.report["targets"][0]["unlifted"]
    assert unlifted["count"] == 1
    assert "elsewhere.example" in unlifted["reason"]
    assert "elsewhere.example" in ran.out
