"""Programs written out for the SDK do what the kit did."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.commands.replay import execute
from conformance.oracle.verdict import Axis, Behaviour, Deviation
from conformance.programs.export import Exhibit, export
from conformance.programs.model import Call, Observation, Ref
from conformance.programs.references import resolve
from conformance.programs.trees import follow
from conformance.programs.writing import call_text, fixture_of
from conformance.twinkit.server import serve_twin
from conformance.twinkit.twin import Twin
from slack_server import serving
from targets.slack import ASYNC, SYNC
from targets.slack.surface import ANY, API_CALL, UPLOAD, UPLOAD_OPERATION

CALLS = [
    (Call("slack", "POST /api/users.list", "users_list", {"limit": 1}), "slack.users_list(limit=1).data"),
    (
        Call("slack", "POST /api/users.info", API_CALL, {"query[a]": "b"}),
        'slack.api_call(api_method="users.info", params={"query[a]": "b"}).data',
    ),
    (
        Call("slack", ANY, API_CALL, {"api_method": "nobody.knows", "a": "1"}),
        'slack.api_call(api_method="nobody.knows", params={"a": "1"}).data',
    ),
    (
        Call("slack", UPLOAD_OPERATION, UPLOAD, {"filename": "a", "content": {"base64": "/wA="}}),
        "slack.files_upload_v2(filename=\"a\", content=b'\\xff\\x00').data",
    ),
]


@pytest.mark.parametrize("target", [SYNC, ASYNC], ids=lambda target: target.name)
@pytest.mark.parametrize(("call", "expected"), CALLS)
def test_calls_are_written_as_a_person_would_write_them_and_run(target, call, expected):
    client = fixture_of(target.name)
    text, expected = target.repro(replace(call, target=target.name)), expected.replace("slack.", f"{client}.")
    assert call_text(text, 0, 0) == expected
    with serving() as server:
        imports, fixture = target.repro_preamble()
        names = {"os": __import__("os"), "pytest": pytest, "TWIN": server.url}
        exec(imports + fixture.replace("@pytest.fixture\n", ""), names)  # as it stands in the file
        assert eval(expected, {client: names[client]()})["ok"] is True  # likewise
        assert server.seen[0].header("authorization")


def test_what_the_sdk_does_not_send_by_itself_is_not_written():
    spelled = {"channel": "C1", "headers": {"Content-Type": "application/json"}}
    assert SYNC.repro(Call("slack", "POST /api/pins.add", API_CALL, spelled)) is None
    assert SYNC.repro(Call("slack", ANY, API_CALL, {"api_method": "a/b"}, sent_path="/api/a/b")) is None


# Whole files

MADE = Call("", "POST /api/conversations.create", "conversations_create", {"name": "den"})
SENT = {"channel": Ref(0, ("channel", "id"), "?"), "text": "hello"}
POSTED = Call("", "POST /api/chat.postMessage", "chat_postMessage", SENT)
GONE = Call("", "POST /api/users.info", "users_info", {"user": "U0NOBODY999"})


@contextmanager
def twin(api: str = "", **changes: str) -> Iterator[str]:
    """The URL of a twin in whose answers to one method some members are others."""
    service = SYNC.twin()
    routes = {name: handler for name, handler in service.routes.items() if api and name.endswith(f"/{api}")}
    broken = {name: _changed(handler, changes) for name, handler in routes.items()}
    with serve_twin(Twin([replace(service, routes={**service.routes, **broken})])) as server:
        yield server.url


def _changed(handler, changes):
    def answer(state, request):
        reply = handler(state, request)
        return replace(reply, body={**reply.body, **changes})

    return answer


def observed(target, url: str, calls: tuple[Call, ...]) -> tuple[Observation, ...]:
    session, seen = target.session(url, None), []
    for call in calls:
        seen.append(session.call(resolve(call, lambda source: follow(seen[source.step].body, source.path))))
    session.close()
    return tuple(seen)


@pytest.mark.parametrize("target", [SYNC, ASYNC], ids=lambda target: target.name)
@pytest.mark.parametrize(
    ("api", "changes", "calls", "axis", "path"),
    [
        ("chat.postMessage", {"ts": "1600000000.000100"}, (MADE, POSTED), Axis.STATE, "message.ts"),
        ("users.info", {"error": "users_not_found"}, (GONE,), Axis.OUTCOME, ""),
    ],
    ids=["a value", "a refusal"],
)
def test_differences_are_written_as_tests_that_run(target, api, changes, calls, axis, path, tmp_path: Path, capsys):
    operations = {known.sdk_call: name for name, known in target.surface().items()}
    made = tuple(replace(call, target=target.name, operation=operations[call.sdk_call]) for call in calls)
    with twin() as good, twin(api, **changes) as bad:
        expected, live = observed(target, good, made), observed(target, bad, made)
        outcome = f"200 {target.error_code(200, expected[-1].body)}".strip()
        deviation = Deviation(axis, path, "expected", "actual")
        behaviour = Behaviour(target.name, made[-1].operation, outcome)
        shown = Exhibit(behaviour, deviation, made, expected, (True,) * len(made), live, of_account=True)
        failure = tmp_path / "failure.py"
        failure.write_text(export(shown, {target.name: target}))
        assert [execute(failure, (f"{target.name}={url}",), timeout=20.0) for url in (bad, good)] == [1, 0]
    assert [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()] == ["STILL", "FIXED"]
