"""``--holdout``: only counts of held-out recordings leave."""

import shutil

from commandline import conformance
from conformance.config import recordings_folder

SECRET = "Nobody may read this"


def test_held_out_programs_are_counted_and_nothing_else_is_told(tmp_path):
    for source, folder in (("DriveApi3.About", "shown"), ("DriveApi3.Drive", "held-out")):
        (tmp_path / folder).mkdir()
        shutil.copy(recordings_folder() / "drive" / "p5-google-restapi" / f"{source}.json", tmp_path / folder)
    (tmp_path / "held-out" / "secret-name.json").write_text(SECRET)
    ran = conformance(
        "run", "drive", "--recordings", "shown", "--holdout", "held-out", "--workers", "1", cwd=tmp_path
    )  # fmt: skip
    assert ran.code == 2, ran.err
    [target] = ran.report["targets"]
    assert target["programs"]["holdout"]["run"] == 1
    assert target["held_out"] is not None
    assert "1 of the held-out recordings cannot be read" in ran.err
    files = [path for name in ("conformance-report", "cache") for path in (tmp_path / name).rglob("*")]
    written = b"".join(path.read_bytes() for path in files if path.is_file()).decode("utf-8", "replace")
    for telling in ("DriveApi3.Drive", "secret-name", SECRET, "drives.create"):
        assert telling not in written + ran.out + ran.err


def test_a_missing_folder_is_one_sentence_that_does_not_name_it(tmp_path):
    ran = conformance("run", "drive", "--holdout", "secret-folder", cwd=tmp_path)
    assert ran.code == 2
    assert "held-out" in ran.complaint and "secret-folder" not in ran.complaint


def test_held_out_answers_are_judged_as_evidence_too(tmp_path):
    (tmp_path / "held-out").mkdir()
    shutil.copy(recordings_folder() / "drive" / "gspread" / "ClientTest.test_copy.json", tmp_path / "held-out")
    ran = conformance("run", "drive", "--holdout", "held-out", "--sequences", "0", cwd=tmp_path)
    [target] = ran.report["targets"]
    assert target["held_out"]["judged"] > 0
    assert target["held_out"]["flagged"] == 0
