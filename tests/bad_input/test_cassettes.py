"""Cassettes that cannot be recordings: each is named in one sentence, and the others are still measured."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from commandline import assert_refused, conformance

GOOD = "life-0.json"


def doctored_length(text: str) -> str:
    document = json.loads(text)
    document["interactions"][0]["response"]["headers"]["content-length"] = ["7"]
    return json.dumps(document)


def negative_status(text: str) -> str:
    document = json.loads(text)
    document["interactions"][0]["response"]["status"]["code"] = "fine"
    return json.dumps(document)


BAD: dict[str, tuple[str, Callable[[str], str | bytes], str]] = {
    "not JSON": ("bad.json", lambda _: "hello, world", "not JSON"),
    "cut off": ("bad.json", lambda text: text[: len(text) // 2], "cut off"),
    "not YAML": ("bad.yaml", lambda _: "a: [1, 2\nb: }", "YAML"),
    "YAML cut off": ("bad.yaml", lambda text: text[: len(text) // 2], "YAML"),
    "unsafe YAML tag": ("bad.yaml", lambda _: "!!python/object/apply:os.system ['touch pwned']", "tag"),
    "empty": ("bad.json", lambda _: "", "empty"),
    "binary": ("bad.json", lambda _: b"\xff\xfe\x00\x01" * 9, "UTF-8"),
    "another document": ("bad.json", lambda _: '{"name": "package", "version": "1"}', "interactions"),
    "a list": ("bad.json", lambda _: "[1, 2, 3]", "mapping"),
    "no interaction": ("bad.json", lambda _: '{"interactions": []}', "no interaction"),
    "interactions of another kind": ("bad.json", lambda _: '{"interactions": [7]}', "interaction 0"),
    "doctored length": ("bad.json", doctored_length, "Content-Length"),
    "status that is none": ("bad.json", negative_status, "interaction 0"),
    "nested too deep": ("bad.json", lambda _: "[" * 200_000, "nested"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_cassette_alone(drive_recordings: Path, tmp_path: Path, case: str) -> None:
    name, spoil, words = BAD[case]
    write(tmp_path / "bad" / name, spoil((drive_recordings / GOOD).read_text()))
    ran = conformance("run", "drive", "--recordings", "bad", "--workers", "1", cwd=tmp_path)
    assert_refused(ran, f"bad/{name}", words)
    assert not (tmp_path / "pwned").exists()
    assert not (tmp_path / "conformance-report").exists()


def test_bad_cassettes_among_good_ones(drive_recordings: Path, tmp_path: Path) -> None:
    shutil.copytree(drive_recordings, tmp_path / "mixed")
    good = (drive_recordings / GOOD).read_text()
    for number, (name, spoil, _) in enumerate(BAD.values()):
        write(tmp_path / "mixed" / f"{number}-{name}", spoil(good))
    ran = conformance("run", "drive", "--recordings", "mixed", "--workers", "1", cwd=tmp_path)
    assert ran.code == 2
    said = [line for line in ran.err.splitlines() if line.startswith("conformance:")]
    assert len(said) == 11  # ten of them, and how many more there are
    assert said[-1] == f"conformance: {len(BAD) - 10} more recordings cannot be read."
    assert [f"conformance: {problem}" for problem in ran.report["problems"]] == said
    assert ran.verdicts()["held"] == ran.verdicts()["evidenced"] > 4


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    assert_refused(conformance("run", "--recordings", "nowhere", cwd=tmp_path), "nowhere", "no such folder")


def test_a_folder_without_cassettes(tmp_path: Path) -> None:
    assert_refused(conformance("run", "--recordings", tmp_path, cwd=tmp_path), str(tmp_path), "no cassette")


def test_recordings_of_another_service(tmp_path: Path) -> None:
    interaction = {
        "request": {"method": "GET", "uri": "https://elsewhere.example/x", "headers": {}, "body": None},
        "response": {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": "{}"}},
    }
    write(tmp_path / "other" / "one.json", json.dumps({"interactions": [interaction], "version": 1}))
    ran = conformance("run", "drive", "--recordings", "other", "--workers", "1", cwd=tmp_path)
    assert_refused(ran, "drive", "other")


def test_import_leaves_a_bad_cassette_out_and_says_so(drive_recordings: Path, tmp_path: Path) -> None:
    shutil.copytree(drive_recordings, tmp_path / "mixed")
    write(tmp_path / "mixed" / "bad.json", "{")
    ran = conformance("import", "mixed", "made", cwd=tmp_path)
    assert_refused(ran, "Not every cassette could be read")
    assert "bad.json" in ran.out
    assert len(list((tmp_path / "made").rglob("*.json"))) == 3


def write(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
