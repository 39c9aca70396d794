import json
import os
from pathlib import Path

import pytest

from conformance.errors import CannotWrite
from conformance.files import write_text
from conformance.reports import write_reports
from scoring.factories import realistic

NAMES = ["report.json", "report.html", "junit.xml", "summary.md", "badge.svg"]


def test_everything_is_written_and_nothing_else(tmp_path):
    written = write_reports(realistic(), tmp_path / "new" / "out")
    assert [path.name for path in written] == NAMES
    assert sorted(path.name for path in (tmp_path / "new" / "out").iterdir()) == sorted(NAMES)


def test_an_older_report_is_replaced(tmp_path):
    write_reports(realistic(1), tmp_path)
    write_reports(realistic(2), tmp_path)
    assert json.loads((tmp_path / "report.json").read_text())["seed"] == 2


def test_files_have_the_usual_permissions(tmp_path):
    mask = os.umask(0o027)
    try:
        write_text(tmp_path / "x", "x")
    finally:
        os.umask(mask)
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o640


def test_what_can_be_written_is_written_when_something_cannot(tmp_path):
    (tmp_path / "report.html").mkdir()
    (tmp_path / "report.html" / "in the way").touch()
    with pytest.raises(CannotWrite) as error:
        write_reports(realistic(), tmp_path)
    sentence = str(error.value)
    assert str(tmp_path / "report.html") in sentence and "Is a directory" in sentence
    assert sentence.count(".") == 1 + str(tmp_path / "report.html").count(".")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(NAMES)


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(CannotWrite, match=r"report\.json cannot be written: .* \(4 more .*\)\.$"):
        write_reports(realistic(), tmp_path / "file" / "out")


def test_a_full_disk_leaves_the_older_file_and_no_rubbish(tmp_path, monkeypatch):
    path = tmp_path / "x"
    path.write_text("older")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdopen", full)
    with pytest.raises(CannotWrite, match="No space left on device"):
        write_text(path, "newer")
    assert path.read_text() == "older"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_the_system_says_why(tmp_path):
    (tmp_path / "out").symlink_to("/dev/full/x")
    with pytest.raises(CannotWrite, match="cannot be written"):
        write_text(tmp_path / "out" / "y", "x")
