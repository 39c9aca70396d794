"""What is no change to any client, what no recording shows, and errors that a service says with 200."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from conformance.audit.answers import SuccessForError
from conformance.audit.evidenced import Evidenced
from conformance.audit.plant import (
    Fault,
    PlantedTwin,
    content_of,
    fails_by_status,
    first_changed,
    form_of,
    status_of,
    with_content,
)
from conformance.audit.states import StaleRead, StillThere
from conformance.audit.survey import Spot
from conformance.audit.volatile import Volatile, form
from conformance.programs.model import Exchange, Observation, Program, Trace
from conformance.recordings.model import Request, Response
from conformance.twinkit.service import Reply, TwinRequest
from toy.twin import SERVICE

BOOKS = "/v1/books"
FORM = {"content-type": "application/x-www-form-urlencoded"}


class Stamped(Fault):
    """Shows in every answer when it was made, as correct twins of some services do."""

    def answer(self, route: str, request: TwinRequest, serve: Any, store: Any) -> Reply:
        reply = serve(request)
        return replace(reply, body={**reply.body, "asked": int(store.clock.now().timestamp() * 1000), "list": [1]})


def ask(twin: PlantedTwin, path: str, method: str = "GET", body: bytes = b"") -> Reply:
    return twin.handle(TwinRequest(method, path, headers={"authorization": "Bearer secret"}, body=body)).reply


@pytest.fixture
def stamping() -> PlantedTwin:
    twin = PlantedTwin([SERVICE])
    twin.plant(Stamped)
    ask(twin, "/_twin/reset", "POST", b"{}")
    ask(twin, BOOKS)
    return twin


def test_what_changes_from_read_to_read_is_no_change(stamping: PlantedTwin) -> None:
    tape = tuple(stamping.tape)
    volatile = Volatile()
    volatile.learn(stamping, tape, lambda _service, _route: True)
    one = tape[-1].reply
    later = replace(one, body={**one.body, "asked": one.body["asked"] + 5000})
    assert volatile.alike(tape[-1].route, one, later)
    for other in ({"asked": "soon"}, {"asked": None}, {"list": [2]}, {"more": 1}):
        assert not volatile.alike(tape[-1].route, one, replace(one, body={**one.body, **other}))
    assert not first_changed(stamping, tape, volatile.alike)


def test_forms_are_equal_for_values_of_one_format() -> None:
    assert form("2024-01-01T10:00:00Z") == form("2023-12-31T09:59:59Z")
    assert form("a1b2c3d4") == form("f0ff00ff")
    assert form("2024-01-01T10:00:00Z") != form("2024-01-01 10:00:00")
    assert form(["x9"]) == form(("x8",))
    assert form("abc") != form("abd")


def test_errors_may_come_with_200() -> None:
    def says(reply: Reply) -> bool:
        return isinstance(reply.body, dict) and reply.body.get("ok") is False

    assert status_of(Reply({"ok": False}), says) == -200
    assert status_of(Reply({"ok": True}), says) == 200
    assert status_of(Reply({"ok": False}, 404), says) == 404
    assert [fails_by_status(Reply({"ok": False}, status)) for status in (200, 400)] == [False, True]


def test_faults_know_errors_that_come_with_200() -> None:
    answers = iter([Reply({"ok": True, "book": 1}), Reply({"ok": False}), Reply({"ok": False})])

    def served(fault: Fault) -> list[Any]:
        fault.fails = lambda reply: not reply.body["ok"]
        request = TwinRequest("POST", "/api/book")
        return [fault.answer("POST /api/book", request, lambda _: next(answers), None).body for _ in range(2)]

    assert served(StillThere(Spot("POST /api/book", 200))) == [{"ok": True, "book": 1}] * 2
    answers = iter([Reply({"ok": True, "book": 1}), Reply({"ok": False})])
    assert served(SuccessForError(Spot("POST /api/book", -200))) == [{"ok": True, "book": 1}] * 2
    answers = iter([Reply({"ok": False}), Reply({"ok": True})])
    assert served(StaleRead(Spot("POST /api/book", 200))) == [{"ok": False}, {"ok": True}]


def test_forms_are_contents_too() -> None:
    request = TwinRequest("POST", "/api/book", headers=FORM, body=b"book=B1&title=A+b")
    assert content_of(request) == {"book": "B1", "title": "A b"}
    assert with_content(request, {"book": "B2"}).body == b"book=B2"
    assert form_of(request) == "book+title"


def test_only_what_recordings_show_is_evidenced() -> None:
    def shown(status: int, body: bytes) -> Observation:
        headers = {"Content-Type": ("application/json",)}
        exchange = Exchange(Request("GET", f"http://h{BOOKS}"), Response(status, "", headers, body))
        return Observation(exchanges=(exchange,))

    observations = (shown(200, b'{"items": [{"id": "x"}]}'), shown(404, b'{"error": {"code": "gone"}}'))
    found = Evidenced.of([Trace(Program("r", ()), observations)], PlantedTwin([SERVICE]), {})
    route = f"GET {BOOKS}"
    assert found.place(route, True, ("items", "[]", "id"))
    assert not found.place(route, True, ("items", "[]", "cover"))
    assert not found.place("GET /v1/loans", True, ())
    assert found.place("GET /v1/loans", False, ("error", "code"))
    assert found.header(route, True, "content-type")
    assert not found.header(route, True, "etag")


def test_what_sdks_ask_for_themselves_nobody_sees(stamping: PlantedTwin) -> None:
    tape = tuple(stamping.tape)
    stamping.plant(None)
    assert first_changed(stamping, tape)
    assert not first_changed(stamping, tape, shown={"GET /v1/loans"}.__contains__)
    assert first_changed(stamping, tape, shown={f"GET {BOOKS}"}.__contains__)


def test_faults_take_no_time_away() -> None:
    """What is answered from a cache takes as long as what is not, else all later moments would be others."""

    def moved(make: Any) -> float:
        twin = PlantedTwin([SERVICE])
        twin.plant(make)
        ask(twin, "/_twin/reset", "POST", b"{}")
        before = twin.store.clock.moment
        ask(twin, BOOKS, "POST", b'{"title": "One"}')
        return (twin.store.clock.moment - before).total_seconds()

    class Silent(Fault):
        def answer(self, route: str, request: TwinRequest, serve: Any, store: Any) -> Reply:
            return Reply({})

    assert int(moved(Fault)) == int(moved(Silent)) == 1
