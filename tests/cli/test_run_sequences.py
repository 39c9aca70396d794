"""``--sequences``, ``--steps`` and ``--seed``: how much is grown, and from what."""

from __future__ import annotations

import json
from pathlib import Path

from commandline import Ran, conformance


def grown(recordings: Path, cwd: Path, *more: str) -> Ran:
    ran = conformance("run", "drive", "--recordings", recordings, "--workers", "1", *more, cwd=cwd)
    assert ran.code == 0, ran
    return ran


def generated(ran: Ran) -> dict[str, object]:
    return ran.report["targets"][0]["programs"]["generated"]


def test_nothing_is_grown_of_none(drive_recordings: Path, tmp_path: Path) -> None:
    assert generated(grown(drive_recordings, tmp_path, "--sequences", "0"))["run"] == 0


def test_a_faithful_twin_holds_in_grown_programs_too(drive_recordings: Path, tmp_path: Path) -> None:
    ran = grown(drive_recordings, tmp_path, "--sequences", "20", "--steps", "8")
    found = generated(ran)
    assert 0 < found["run"] <= 20
    assert found["satisfied"] == found["run"], ran.out
    assert ran.report["targets"][0]["compatibility"] == 100


def test_the_seed_decides_what_is_grown(drive_recordings: Path, tmp_path: Path) -> None:
    def report(seed: str) -> str:
        ran = grown(drive_recordings, tmp_path, "--sequences", "10", "--seed", seed, "--no-cache")
        assert ran.report["seed"] == int(seed)
        return json.dumps({**ran.report, "generated_at": ""}, sort_keys=True)

    first = report("1")
    assert report("1") == first
    assert report("2") != first
