"""Differences as pytest files: they fail against the flawed twin, pass against the right one, and replay says so."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from broken import body, exhibit, never_refused, replayed, twin
from conformance.commands.replay import execute
from conformance.errors import BadConfiguration
from conformance.oracle.verdict import Axis, Behaviour, Deviation
from conformance.programs.export import Exhibit, export
from conformance.programs.model import Call, Given, GivenRef, Observation, Ref, Template
from conformance.target import load

DRIVE = load("drive")
FILES, FILE = "POST /drive/v3/files", "GET /drive/v3/files/{fileId}"
CREATE = Call(
    "drive", FILES, "files.create", {"body": {"name": "Minutes", "mimeType": "text/plain"}, "fields": "id,name"}
)
GET = Call("drive", FILE, "files.get", {"fileId": Ref(0, ("id",), "?"), "fields": "id,name,mimeType"})
LIST = Call("drive", "GET /drive/v3/files", "files.list", {"fields": "files(id,name)"})
DELETE = Call("drive", "DELETE /drive/v3/files/{fileId}", "files.delete", {"fileId": Ref(0, ("id",), "?")})

CASES = {
    "value": ((CREATE, GET), FILE, body(lambda fields: fields.update(name="another")), Axis.STATE, "name"),
    "missing": ((CREATE, GET), FILE, body(lambda fields: fields.pop("mimeType")), Axis.SHAPE, "mimeType"),
    "type": ((CREATE, GET), FILE, body(lambda fields: fields.update(name=7)), Axis.SHAPE, "name"),
    "identity": ((CREATE, GET), FILE, body(lambda fields: fields.update(id="1" * 33)), Axis.STATE, "id"),
    "members": ((CREATE, LIST), LIST.operation, body(lambda fields: fields.update(files=[])), Axis.STATE, "files[]"),
    "length": ((CREATE, LIST), LIST.operation, body(lambda fields: fields.update(files=[])), Axis.VALUE, "files"),
    "refusal": ((CREATE, DELETE, GET), FILE, never_refused, Axis.OUTCOME, ""),
    "success": ((CREATE, GET), FILE, lambda answer: replace(answer(), status=500), Axis.OUTCOME, ""),
    "header": (
        (CREATE, GET),
        FILE,
        lambda answer: replace(answer(), headers={"content-type": "text/html"}),
        Axis.HEADERS,
        "content-type",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_difference_is_written_as_a_test(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    calls, operation, change, axis, path = CASES[case]
    with twin(DRIVE) as good, twin(DRIVE, operation, change) as bad:
        text = export(exhibit(DRIVE, calls, good, bad, axis, path, of_account=calls[-1] is LIST), {"drive": DRIVE})
        assert text is not None
        assert replayed(DRIVE, text, tmp_path, bad) == 1
        assert replayed(DRIVE, text, tmp_path, good) == 0
    assert [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()] == ["STILL", "FIXED"]
    assert "import conformance" not in text and "from conformance" not in text


def test_reads_like_a_person_wrote_it() -> None:
    calls, operation, change, axis, path = CASES["value"]
    with twin(DRIVE) as good, twin(DRIVE, operation, change) as bad:
        text = export(exhibit(DRIVE, calls, good, bad, axis, path), {"drive": DRIVE})
    assert text is not None
    assert text.endswith("""\
def test_files_get_name(drive):
    file = drive.files().create(
        body={"name": "Minutes", "mimeType": "text/plain"},
        fields="id,name",
    ).execute()
    # The difference: state at name, recorded expected, here actual
    answer = drive.files().get(fileId=file["id"], fields="id,name,mimeType").execute()
    assert answer["name"] == "Minutes"
""")


def test_what_was_there_is_seeded(tmp_path: Path) -> None:
    given = Given(
        "drive",
        "file",
        "1GivenFileOfSomebody0123456789",
        {"files": [{"id": "1GivenFileOfSomebody0123456789", "name": "Old"}]},
    )
    call = replace(GET, arguments={"fileId": GivenRef(given.recorded), "fields": "name"})
    seen = Observation({"name": "Old"}, exchanges=observed_exchange({"name": "Old"}))
    shown = Exhibit(
        Behaviour("drive", FILE, "200"), Deviation(Axis.VALUE, "name", '"Old"', '"New"'), (call,), (seen,), (True,),
        (Observation({"name": "New"}, exchanges=observed_exchange({"name": "New"})),), (given,),
    )  # fmt: skip
    text = export(shown, {"drive": DRIVE})
    assert text is not None
    with twin(DRIVE) as good, twin(DRIVE, FILE, body(lambda fields: fields.update(name="New"))) as bad:
        assert replayed(DRIVE, text, tmp_path, good) == 0
        assert replayed(DRIVE, text, tmp_path, bad) == 1


def observed_exchange(answer: Any) -> tuple[Any, ...]:
    from conformance.programs.model import Exchange
    from conformance.recordings.model import Request, Response

    return (Exchange(Request("GET", "http://twin"), Response(200, body=json.dumps(answer).encode())),)


def test_references_inside_texts() -> None:
    query = replace(LIST, arguments={"q": Template(("'", Ref(0, ("id",), "?"), "' in parents")), "fields": "files(id)"})
    with twin(DRIVE) as good, twin(DRIVE, LIST.operation, body(lambda fields: fields.update(files={}))) as bad:
        text = export(exhibit(DRIVE, (CREATE, query), good, bad, Axis.SHAPE, "files"), {"drive": DRIVE})
    assert text is not None
    assert '''q="'" + str(file["id"]) + "' in parents"''' in text


def test_what_both_sides_satisfy_is_not_claimed() -> None:
    with twin(DRIVE) as good, twin(DRIVE) as same:
        assert export(exhibit(DRIVE, (CREATE, GET), good, same, Axis.VALUE, "name"), {"drive": DRIVE}) is None


def test_replay_is_void_where_the_test_cannot_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    calls, operation, change, axis, path = CASES["value"]
    with twin(DRIVE) as good, twin(DRIVE, operation, change) as bad:
        text = export(exhibit(DRIVE, calls, good, bad, axis, path), {"drive": DRIVE})
        assert text is not None
    assert replayed(DRIVE, text, tmp_path, good) == 2  # nobody listens there any more
    with twin(DRIVE, FILES, lambda answer: replace(answer(), status=500)) as broken:
        assert replayed(DRIVE, text, tmp_path, broken) == 2  # what comes before the difference fails
        assert replayed(DRIVE, text.replace("def test_", "def test_("), tmp_path, broken) == 2
    assert capsys.readouterr().out.count("VOID: ") == 3


def test_replay_takes_only_files_of_ours(tmp_path: Path) -> None:
    other = tmp_path / "test_other.py"
    other.write_text("def test_other(): pass\n")
    with pytest.raises(BadConfiguration, match="failures"):
        execute(other, (), 1.0)
    with pytest.raises(BadConfiguration, match="cannot be read"):
        execute(tmp_path / "none.py", (), 1.0)
