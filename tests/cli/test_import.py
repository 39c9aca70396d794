"""``conformance import SOURCE DEST``: recordings come in with their behaviour and without private values."""

from __future__ import annotations

import json
from pathlib import Path

from commandline import conformance


def private(recordings: Path, folder: Path) -> Path:
    """The recordings with a person's data in them."""
    folder.mkdir()
    for path in recordings.glob("*.json"):
        text = path.read_text().replace("another plan", "offer for jane.roe@acme-widgets.com")
        document = json.loads(text)
        for interaction in document["interactions"]:
            interaction["response"]["headers"].pop("content-length", None)
            interaction["request"]["headers"]["authorization"] = ["Bearer ya29.secret-token-of-jane"]
        (folder / path.name).write_text(json.dumps(document))
    return folder


def imported(recordings: Path, tmp_path: Path) -> tuple[str, str]:
    """What the command said, and all it wrote."""
    ran = conformance("import", private(recordings, tmp_path / "raw"), "made", cwd=tmp_path)
    assert ran.code == 0, ran
    assert ran.err == ""
    return ran.out, "".join(path.read_text() for path in sorted((tmp_path / "made").rglob("*.*")))


def test_private_values_do_not_survive(drive_recordings: Path, tmp_path: Path) -> None:
    _, written = imported(drive_recordings, tmp_path)
    for secret in ("jane", "acme-widgets", "secret-token"):
        assert secret not in written


def test_what_was_imported_runs_and_is_held(drive_recordings: Path, tmp_path: Path) -> None:
    imported(drive_recordings, tmp_path)
    ran = conformance("run", "drive", "--recordings", "made", "--workers", "1", cwd=tmp_path)
    assert ran.code == 0, ran
    assert ran.report["targets"][0]["compatibility"] == 100


def test_it_says_what_it_wrote(drive_recordings: Path, tmp_path: Path) -> None:
    said, _ = imported(drive_recordings, tmp_path)
    assert "cassettes" in said
    assert "made" in said
    assert (tmp_path / "made" / "SOURCES.md").exists()


def test_the_same_input_gives_the_same_bytes(drive_recordings: Path, tmp_path: Path) -> None:
    _, first = imported(drive_recordings, tmp_path)
    conformance("import", "raw", "again", cwd=tmp_path)
    again = "".join(path.read_text() for path in sorted((tmp_path / "again").rglob("*.*")))
    assert again.replace("in again", "in made") == first
