"""The recorded world: what is played, in which order, at which cost, and what is said of the rest."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.programs.model import Trace
from conformance.recordings.model import Interaction, Provenance, Recording, Request, Response
from conformance.recordings.read import read_folder
from conformance.target import Target
from conformance.twinkit.asgi import encode_reply
from conformance.worlds import recorded as recorded_world
from conformance.worlds.recorded import NOT_RECORDED, Player, RecordedWorld
from toy import world
from toy.target import HOST, TARGET, LibraryTarget

API = f"http://{HOST}"


def exchange(index: int, method: str, uri: str, sent: Any = None, status: int = 200, answer: Any = None) -> Interaction:
    body = b"" if sent is None else json.dumps(sent).encode()
    said = b"" if answer is None else json.dumps(answer).encode()
    headers = {"content-type": ("application/json",)}
    return Interaction(index, Request(method, uri, headers, body), Response(status, "", headers, said))


def recording(*interactions: Interaction) -> Recording:
    return Recording("made", Path("made.json"), Provenance(), interactions)


def player(*interactions: Interaction) -> Player:
    found = Player()
    found.load(interactions)
    found.serve(TARGET)
    return found


def test_equal_requests_are_answered_in_recorded_order() -> None:
    uri = f"{API}/v1/books?limit=2&shelf=a%20b"
    playing = player(*(exchange(index, "GET", uri, answer={"turn": index}) for index in range(3)))
    same = Request("get", "http://127.0.0.1:1/v1/books?shelf=a+b&limit=2")
    assert [json.loads(playing.answer(same).body)["turn"] for _ in range(3)] == [0, 1, 2]
    assert playing.answer(same).status == NOT_RECORDED
    assert playing.played == [0, 1, 2]


def test_what_was_not_recorded_is_not_answered() -> None:
    playing = player(exchange(0, "POST", f"{API}/v1/books", {"title": "One"}))
    for method, path, body in (
        ("GET", "/v1/books", b'{"title": "One"}'),
        ("POST", "/v1/book", b'{"title": "One"}'),
        ("POST", "/v1/books", b'{"title": "Two"}'),
        ("POST", "/v1/books?limit=1", b'{"title": "One"}'),
    ):
        assert playing.answer(Request(method, API + path, body=body)).status == NOT_RECORDED
    assert playing.played == []


def test_a_new_cassette_forgets_the_old_one() -> None:
    playing = player(exchange(0, "GET", f"{API}/v1/books"))
    playing.load([exchange(0, "GET", f"{API}/v1/loans")])
    assert playing.answer(Request("GET", f"{API}/v1/loans")).status == NOT_RECORDED  # nobody's yet
    playing.serve(TARGET)
    assert playing.answer(Request("GET", f"{API}/v1/books")).status == NOT_RECORDED


class Forgetful(LibraryTarget):
    """Of another service, to which the bodies of uploads mean nothing."""

    name = service = "forgetful"

    def lift(self, request: Request) -> None:
        return None

    def canonical_request(self, request: Request) -> Request:
        return replace(request, method="POST", body=b"")


def test_only_the_target_that_asks_says_which_requests_are_equal() -> None:
    recorded = [
        exchange(0, "POST", f"{API}/v1/books", {"title": "One"}, 201, {"id": "b1"}),
        exchange(1, "POST", f"{API}/v1/books", {"title": "Two"}, 201, {"id": "b2"}),
    ]
    playing = player(*recorded)
    playing.serve(Forgetful())
    assert json.loads(playing.answer(Request("GET", f"{API}/v1/books")).body) == {"id": "b1"}
    playing.serve(TARGET)
    one, two = (Request("POST", f"{API}/v1/books", {"content-type": ("application/json",)}, body) for body in BODIES)
    assert playing.answer(one).status == NOT_RECORDED  # the other SDK has had it
    assert json.loads(playing.answer(two).body) == {"id": "b2"}


BODIES = (b'{"title": "One"}', b'{"title": "Two"}')


@pytest.mark.parametrize("names", [("forgetful", "library"), ("library", "forgetful")])
def test_other_targets_change_nothing(names: tuple[str, ...]) -> None:
    known: dict[str, Target] = {"forgetful": Forgetful(), "library": TARGET}
    interaction = exchange(0, "GET", f"{API}/v1/books/b1", answer={"title": "One", "id": "b1"})
    other = exchange(1, "POST", f"{API}/v1/books/b1", answer={"title": "Wrong"})
    with RecordedWorld({name: known[name] for name in names}) as played:
        trace, _ = played.trace(recording(other, interaction))
    assert [seen.value for seen in trace.observations] == [{"title": "One", "id": "b1"}]


def test_a_failure_that_took_long_is_doubtful(monkeypatch: pytest.MonkeyPatch) -> None:
    failing = recording(exchange(0, "POST", f"{API}/v1/loans?dry_run=1", {"days": 2}, 201))
    with RecordedWorld(world.TARGETS) as played:
        played.trace(failing)
        assert not played.doubtful
        monkeypatch.setattr(recorded_world, "SLOW", 0.0)
        played.trace(recording(exchange(0, "GET", f"{API}/v1/books", answer={"items": []})))
        assert not played.doubtful  # it did not fail
        played.trace(failing)
        assert played.doubtful


def test_answers_keep_status_and_headers_but_not_those_of_the_transport() -> None:
    headers = {"retry-after": ("7",), "content-length": ("999",), "transfer-encoding": ("chunked",)}
    recorded = Interaction(0, Request("GET", f"{API}/v1/books"), Response(429, "", headers, b"{}"))
    reply = player(recorded).answer(Request("GET", f"{API}/v1/books"))
    assert (reply.status, reply.headers) == (429, {"retry-after": ("7",)})


def test_all_lines_of_a_header_are_played() -> None:
    lines = ('<http://h/a>; rel="self"', '<http://h/b>; rel="next"')
    recorded = Interaction(0, Request("GET", f"{API}/v1/books"), Response(200, "", {"link": lines}, b"{}"))
    reply = player(recorded).answer(Request("GET", f"{API}/v1/books"))
    assert [value for name, value in encode_reply(reply)[0]["headers"] if name == b"link"] == [
        line.encode() for line in lines
    ]


def _seconds_per_answer(size: int) -> float:
    playing = player(*(exchange(index, "GET", f"{API}/v1/books/{index}") for index in range(size)))
    asked = [Request("GET", f"{API}/v1/books/{index}") for index in range(size - 300, size)]
    start = time.perf_counter()
    for request in asked:
        assert playing.answer(request).status == 200
    return (time.perf_counter() - start) / len(asked)


def test_cost_of_an_answer_does_not_grow_with_the_cassette() -> None:
    small = min(_seconds_per_answer(300) for _ in range(3))
    large = min(_seconds_per_answer(6000) for _ in range(3))
    assert large < small * 5  # a linear search would be 20 times slower


def test_all_of_the_cassettes_is_reproduced(library_cassettes: Path, traces: list[Trace]) -> None:
    recorded = list(read_folder(library_cassettes))
    assert sum(len(trace.program.steps) for trace in traces) == sum(len(one.interactions) for one in recorded) > 100
    for trace, one in zip(traces, recorded, strict=True):
        for step, seen in zip(trace.program.steps, trace.observations, strict=True):
            response = one.interactions[step.interaction].response
            assert (seen.status, seen.response and seen.response.body) == (response.status, response.body)


def test_what_is_not_reproduced_is_counted_by_reason() -> None:
    interactions = [
        exchange(0, "GET", "http://elsewhere.example/v1/books"),
        exchange(1, "GET", f"{API}/v2/books"),
        exchange(2, "DELETE", f"{API}/v1/books/b1", {"force": True}),
        exchange(3, "POST", f"{API}/v1/loans?dry_run=1", {"days": 2}, 201),
        exchange(4, "GET", f"{API}/v1/books", answer={"items": []}),
    ]
    with RecordedWorld(world.TARGETS) as played:
        trace, unlifted = played.trace(recording(*interactions))
    assert [step.interaction for step in trace.program.steps] == [4]
    assert [(one.index, one.reason) for one in unlifted] == [
        (0, "no target for elsewhere.example"),
        (1, "no such operation"),
        (2, "the SDK sent nothing (TypeError)"),
        (3, "the SDK sends another request"),
    ]
    assert unlifted[1].detail == f"GET {HOST}/v2/books"


def test_one_world_plays_many_recordings() -> None:
    with RecordedWorld(world.TARGETS) as played:
        for title in ("One", "Two"):
            trace, unlifted = played.trace(
                recording(exchange(0, "GET", f"{API}/v1/books/b1", answer={"title": title, "id": "b1"}))
            )
            assert not unlifted
            assert trace.observations[0].value == {"title": title, "id": "b1"}


def test_errors_are_observed_as_the_sdk_raises_them() -> None:
    refused = {"error": {"code": "book_not_found", "message": "None."}}
    with RecordedWorld(world.TARGETS) as played:
        trace, _ = played.trace(recording(exchange(0, "GET", f"{API}/v1/books/b1", status=404, answer=refused)))
    error = trace.observations[0].error
    assert error is not None
    assert (error.type, error.status, error.code, error.text) == ("NotFound", 404, "book_not_found", "None.")


@pytest.mark.parametrize("script", ["lending", "pages", "mid_life"])
def test_opaque_arguments_become_references(traces: list[Trace], script: str) -> None:
    """No id of the recording is left as a literal in the calls."""
    trace = next(one for one in traces if one.program.name == f"north/{script}.json")
    ids = {
        value
        for seen in trace.observations
        if isinstance(seen.body, dict)
        for value in (seen.body.get("id"), seen.body.get("memberId"), seen.body.get("nextCursor"))
        if value is not None
    }
    assert ids
    literals = [value for step in trace.program.steps for value in step.call.arguments.values()]
    assert not [value for value in literals if isinstance(value, (str, int)) and value in ids]
