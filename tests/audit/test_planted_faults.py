"""What faults do to answers and to state, one by one."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from conformance.audit import answers
from conformance.audit.identities import ReusedId, StandingTime, UnstableId
from conformance.audit.places import nodes, shown, slots
from conformance.audit.plant import Fault, PlantedTwin, form_of, plain
from conformance.audit.requests import without
from conformance.audit.states import LostWrite, Meddling, StaleRead, StillThere, WrongNeighbour
from conformance.audit.survey import Spot
from conformance.twinkit.service import Reply, TwinRequest
from conformance.twinkit.store import Store
from toy.twin import SERVICE

TREE = {"items": [{"id": 1, "tags": ["a", "b"]}, {"id": 2}], "next": "x"}
BOOKS, BOOK = "/v1/books", "/v1/books/{book_id}"


def ask(twin: PlantedTwin, method: str, path: str, body: Any = None, **query: str) -> Reply:
    sent = b"" if body is None else json.dumps(body).encode()
    lists = {name: [value] for name, value in query.items()}
    headers = {"authorization": "Bearer secret"}
    return twin.handle(TwinRequest(method, path, query=lists, headers=headers, body=sent)).reply


def twin_with(fault: Fault | None) -> PlantedTwin:
    twin = PlantedTwin([SERVICE])
    twin.plant(None if fault is None else lambda: fault)
    ask(twin, "POST", "/_twin/reset", {})
    return twin


def two_books(twin: PlantedTwin) -> list[str]:
    return [ask(twin, "POST", BOOKS, {"title": title}).body["id"] for title in ("First", "Second")]


def test_places() -> None:
    assert [(shown(place), value) for place, value in nodes({"a": [{"b": 1}]})] == [
        ("a", [{"b": 1}]),
        ("a[]", {"b": 1}),
        ("a[].b", 1),
    ]
    assert [holder[key] for holder, key in slots(TREE, ("items", "[]", "id"))] == [1, 2]
    assert list(slots(TREE, ("items", "id"))) == []


@pytest.mark.parametrize(
    ("value", "expected"), [(True, "true"), (3, "3"), ("3", 3), ("word", ["word"]), ([1], {"0": 1}), ({}, [{}])]
)
def test_retyped_values_have_another_type(value: Any, expected: Any) -> None:
    assert answers.retyped(value) == expected
    assert type(answers.retyped(value)) is not type(value)


def test_renamed_fields() -> None:
    found = {"createdTime": 1, "name": 2, "ID": 3}
    for key in list(found):
        answers.rename(found, key)
    assert found == {"created_time": 1, "Name": 2, "ID_": 3}


def test_arguments_are_taken_away_and_the_request_stays() -> None:
    request = TwinRequest("POST", BOOKS, query={"limit": ["2"], "q": ["x"]}, body=b'{"a": {"b": 1}, "c": [{"d": 2}]}')
    assert without(request, ("?", "limit")).query == {"q": ["x"]}
    assert without(request, ("a", "b")).json == {"a": {}, "c": [{"d": 2}]}
    assert without(request, ("c", "[]", "d")).json == {"a": {"b": 1}, "c": [{}]}
    assert request.json == {"a": {"b": 1}, "c": [{"d": 2}]}


def test_arguments_of_a_form() -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert without(TwinRequest("POST", "/", headers=form, body=b"a=1&b=2"), ("?", "a")).body == b"b=2"


def test_forms_of_requests() -> None:
    assert form_of(TwinRequest("POST", "/", body=b'{"requests": [{"addSheet": {}}]}')) == "addSheet"
    assert form_of(TwinRequest("PATCH", "/", query={"move": ["1"]}, body=b'{"name": "x"}')) == "?move+name"
    assert form_of(TwinRequest("GET", "/")) == ""


def test_answers_are_apart_from_the_state() -> None:
    body = {"list": [1]}
    answer = plain(Reply(body, headers={"ETag": "x"}))
    body["list"].append(2)
    assert answer.body == {"list": [1]}
    assert set(answer.headers) == {"etag", "content-type"}


def test_lost_write() -> None:
    twin = twin_with(LostWrite(Spot(f"PATCH {BOOK}")))
    book, _ = two_books(twin)
    assert ask(twin, "PATCH", f"{BOOKS}/{book}", {"title": "New"}).body["title"] == "New"
    assert ask(twin, "GET", f"{BOOKS}/{book}").body["title"] == "First"


def test_wrong_neighbour() -> None:
    twin = twin_with(WrongNeighbour(Spot(f"PATCH {BOOK}")))
    first, second = two_books(twin)
    assert ask(twin, "PATCH", f"{BOOKS}/{first}", {"title": "New"}).body["title"] == "New"
    assert [ask(twin, "GET", f"{BOOKS}/{book}").body["title"] for book in (first, second)] == ["First", "New"]


def test_stale_read() -> None:
    twin = twin_with(StaleRead(Spot(f"GET {BOOK}", 200)))
    book, _ = two_books(twin)
    for title in ("First", "New"):
        ask(twin, "PATCH", f"{BOOKS}/{book}", {"title": title})
        assert ask(twin, "GET", f"{BOOKS}/{book}").body["title"] == "First"


def test_still_there() -> None:
    twin = twin_with(StillThere(Spot(f"GET {BOOK}", 200)))
    book, _ = two_books(twin)
    ask(twin, "GET", f"{BOOKS}/{book}")
    ask(twin, "DELETE", f"{BOOKS}/{book}")
    assert ask(twin, "GET", f"{BOOKS}/{book}").body["title"] == "First"


@pytest.mark.parametrize(("detail", "books"), [("undo", 1), ("again", 3)])
def test_meddling_read(detail: str, books: int) -> None:
    twin = twin_with(Meddling(Spot(f"GET {BOOK}", 200, detail=detail)))
    first, _ = two_books(twin)
    ask(twin, "GET", f"{BOOKS}/{first}")
    assert len(ask(twin, "GET", BOOKS).body["items"]) == books


def test_reused_and_unstable_ids() -> None:
    first, second = two_books(twin_with(ReusedId(Spot(f"POST {BOOKS}", 200, ("id",)))))
    assert first == second
    twin = twin_with(UnstableId(Spot(f"GET {BOOK}", 200, ("id",))))
    book, _ = two_books(twin)
    shown_ids = [ask(twin, "GET", f"{BOOKS}/{book}").body["id"] for _ in range(2)]
    assert len({book, *shown_ids}) == 3
    assert {len(one) for one in shown_ids} == {len(book)}


def test_standing_time() -> None:
    twin = twin_with(StandingTime(Spot(f"PATCH {BOOK}", 200, ("updatedTime",), detail="thing")))
    book = ask(twin, "POST", BOOKS, {"title": "First"}).body
    assert ask(twin, "PATCH", f"{BOOKS}/{book['id']}", {"title": "New"}).body["updatedTime"] == book["updatedTime"]
    assert ask(twin, "GET", f"{BOOKS}/{book['id']}").body["updatedTime"] > book["updatedTime"]


def test_a_reset_begins_another_program() -> None:
    made: list[Fault] = []
    twin = PlantedTwin([SERVICE])
    twin.plant(lambda: made.append(StaleRead(Spot(f"GET {BOOK}", 200))) or made[-1])
    for _ in range(2):
        ask(twin, "POST", "/_twin/reset", {})
        two_books(twin)
        assert [served.route for served in twin.tape] == ["", f"POST {BOOKS}", f"POST {BOOKS}"]
    assert len(made) == 2


def test_what_happens_aside_takes_no_time_and_no_ids() -> None:
    def second(aside: bool) -> Any:
        twin = twin_with(None)
        kept = twin.store.keep()
        if aside:
            with twin.store.aside():
                two_books(twin)
        twin.store.put_back(kept)
        return ask(twin, "POST", BOOKS, {"title": "First"}).body

    assert second(aside=True) == second(aside=False)


def test_states_go_back_and_ids_go_on() -> None:
    twin = twin_with(None)
    kept = twin.store.keep()
    gone = two_books(twin)
    twin.store.put_back(kept)
    assert ask(twin, "GET", f"{BOOKS}/{gone[0]}").status == 404
    assert not set(two_books(twin)) & set(gone)
    assert isinstance(twin.store, Store)


def test_a_crash_is_an_answer() -> None:
    def broken(_state: object, _request: TwinRequest) -> Reply:
        raise ZeroDivisionError

    service = replace(SERVICE, routes={**SERVICE.routes, f"GET {BOOK}": broken})
    assert ask(PlantedTwin([service]), "GET", f"{BOOKS}/x").status == 500
