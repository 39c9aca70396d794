"""Programs written out for the SDK of Okta fail against a flawed twin, pass against a right one, say what was meant."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from broken import body, exhibit, never_refused, replayed, twin
from conformance.oracle.verdict import Axis
from conformance.programs.export import export
from conformance.programs.model import Call, Ref
from conformance.programs.writing import CallText, Raw, call_text
from conformance.twinkit.service import Reply
from targets.okta import TARGET

GENERATED = int(TARGET.sdk().version.partition(".")[0]) >= 3
GROUPS, GROUP = "POST /api/v1/groups", "GET /api/v1/groups/{groupId}"


def called(operation: str, **arguments: Any) -> Call:
    return Call("okta", operation, TARGET.surface()[operation].sdk_call, arguments)


MADE = called(GROUPS, body={"profile": {"name": "Engineers", "description": "They build."}})
READ = called(GROUP, groupId=Ref(0, ("id",), "?"))
LISTED = called("GET /api/v1/groups", limit=10)
STRANGE = replace(LISTED, extra_query=(("strange", "1"),))
DELETED = called("DELETE /api/v1/groups/{groupId}", groupId=Ref(0, ("id",), "?"))


def exported(calls: tuple[Call, ...], good: str, bad: str, axis: Axis, path: str) -> str | None:
    """What differs in the last of some calls between two twins, as a test."""
    shown = exhibit(TARGET, calls, good, bad, axis, path, of_account=calls[-1].operation == LISTED.operation)
    return export(shown, {"okta": TARGET})


CASES = {
    "value": ((MADE, READ), GROUP, body(lambda fields: fields.update(type="APP_GROUP")), Axis.VALUE, "type"),
    "missing": ((MADE, READ), GROUP, body(lambda fields: fields.pop("created")), Axis.SHAPE, "created"),
    "members": ((MADE, LISTED), LISTED.operation, lambda answer: replace(answer(), body=[]), Axis.STATE, "[]"),
    "executor": ((MADE, STRANGE), LISTED.operation, lambda answer: replace(answer(), body=[]), Axis.STATE, "[]"),
    "refusal": ((MADE, DELETED, READ), GROUP, never_refused, Axis.OUTCOME, ""),
    "success": ((MADE, READ), GROUP, lambda answer: replace(answer(), status=500), Axis.OUTCOME, ""),
    "header": ((MADE, LISTED), LISTED.operation, lambda answer: Reply(answer().body), Axis.HEADERS, "link"),
}


@pytest.mark.parametrize("case", CASES)
def test_difference_is_written_as_a_test(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    calls, operation, change, axis, path = CASES[case]
    with twin(TARGET) as good, twin(TARGET, operation, change) as bad:
        text = exported(calls, good, bad, axis, path)
        assert text is not None
        assert replayed(TARGET, text, tmp_path, bad) == 1
        assert replayed(TARGET, text, tmp_path, good) == 0
    assert [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()] == ["STILL", "FIXED"]
    assert "import conformance" not in text and "from conformance" not in text


@pytest.mark.skipif(not GENERATED, reason="2.x reads whatever comes")
def test_answers_that_the_sdk_cannot_read(tmp_path: Path) -> None:
    """Only where that is the difference: of others the SDK's opinion does not matter."""
    broken = body(lambda fields: fields.update(objectClass="okta:user_group"))
    with twin(TARGET) as good, twin(TARGET, GROUP, broken) as bad:
        text = exported((MADE, READ), good, bad, Axis.SDK, "")
        assert text is not None
        assert "okta.strictly.get_group(" in text
        assert replayed(TARGET, text, tmp_path, bad) == 1
        assert replayed(TARGET, text, tmp_path, good) == 0
        shape = exported((MADE, READ), good, bad, Axis.SHAPE, "objectClass")
        assert shape is not None
        assert "strictly." not in shape.rpartition("# The difference:")[2]
        assert replayed(TARGET, shape, tmp_path, bad) == 1


def test_reads_like_a_person_wrote_it() -> None:
    text = TARGET.repro(called(GROUP, groupId=Raw('group["id"]')))
    assert text is not None
    assert call_text(text, 0, 0) == 'okta.get_group(groupId=group["id"])' if not GENERATED else (
        'okta.get_group(group_id=group["id"])'
    )  # fmt: skip


@pytest.mark.skipif(not GENERATED, reason="2.x has no models to make")
def test_bodies_are_models() -> None:
    """A reference within a body is tried out as a text."""
    text = TARGET.repro(called(GROUPS, body={"profile": {"name": Raw('user["id"]')}}))
    assert text is not None
    assert (
        call_text(text, 0, 0)
        == 'okta.add_group(group=models.AddGroupRequest.from_dict({"profile": {"name": user["id"]}}))'
    )


def test_what_the_sdk_would_send_otherwise_goes_through_its_executor() -> None:
    strange = replace(called(GROUP, groupId=Raw('group["id"]')), extra_query=(("strange", "1"),))
    text = TARGET.repro(strange)
    assert text is not None
    path = Raw('"/api/v1/groups/" + quote(group["id"], safe="")')
    assert text == CallText("okta.send", {"method": "GET", "path": path, "query": [["strange", "1"]]})


def test_models_that_drop_members_are_not_trusted() -> None:
    """The service takes any member; the models of 3.x take those that are declared."""
    text = TARGET.repro(called(GROUPS, body={"profile": {"name": "x"}, "nobodyDeclaresThis": True}))
    assert text is not None
    assert text.head == ("okta.send" if GENERATED else "okta.create_group")
    assert TARGET.repro(Call("okta", "GET /api/v1/nothing", "nothing")) is None
