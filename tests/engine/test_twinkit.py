"""The twin kit: routes, state that can be put back, faults, clock, control plane, connections."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.errors import BadConfiguration
from conformance.twinkit.faults import Faults
from conformance.twinkit.router import Router
from conformance.twinkit.server import Server, serve_twin
from conformance.twinkit.service import Reply, Service, TwinRequest
from conformance.twinkit.store import Clock, Ids, Store
from conformance.twinkit.twin import Answer, Twin, parse_query
from toy.flaws import CREATE_BOOK, GET_BOOK, LIST_BOOKS
from toy.twin import SERVICE, refusal

# Routes

ROUTER = Router(
    [
        "GET /files/{fileId}",
        "GET /files/generateIds",
        "POST /files/{fileId}:copy",
        "POST /files/{fileId}",
        "GET /files/{fileId}/{part}",
        "GET /files/{fileId}/comments",
        "GET /values/{range}",
        "POST /values/{range}:clear",
        "PUT /names/{+path}",
    ]
)


@pytest.mark.parametrize(
    ("method", "path", "operation", "params"),
    [
        ("GET", "/files/abc", "GET /files/{fileId}", {"fileId": "abc"}),
        ("GET", "/files/generateIds", "GET /files/generateIds", {}),
        ("POST", "/files/abc:copy", "POST /files/{fileId}:copy", {"fileId": "abc"}),
        ("POST", "/files/abc:move", "POST /files/{fileId}", {"fileId": "abc:move"}),
        ("GET", "/files/abc/comments", "GET /files/{fileId}/comments", {"fileId": "abc"}),
        ("GET", "/files/abc/other", "GET /files/{fileId}/{part}", {"fileId": "abc", "part": "other"}),
        ("GET", "/values/Sheet1%21A1%3AB2", "GET /values/{range}", {"range": "Sheet1!A1:B2"}),
        ("GET", "/values/a%2Fb", "GET /values/{range}", {"range": "a/b"}),
        ("POST", "/values/A1:B2:clear", "POST /values/{range}:clear", {"range": "A1:B2"}),
        ("PUT", "/names/x", "PUT /names/{+path}", {"path": "x"}),
    ],
)
def test_the_most_literal_route_wins(method: str, path: str, operation: str, params: dict[str, str]) -> None:
    found = ROUTER.match(method, path)
    assert found is not None
    assert (found.operation, found.params) == (operation, params)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/"), ("GET", "/files"), ("GET", "/files/"), ("DELETE", "/files/a"), ("GET", "/files/a/b/c")],
)
def test_what_has_no_route(method: str, path: str) -> None:
    assert ROUTER.match(method, path) is None


@given(st.lists(st.sampled_from(["a", "b", "{x}", "{y}"]), min_size=1, max_size=4), st.data())
def test_a_template_matches_what_it_is_filled_with(parts: list[str], data: st.DataObject) -> None:
    from urllib.parse import quote

    filled = [data.draw(st.text(min_size=1)) if part.startswith("{") else part for part in parts]
    router = Router(["GET /" + "/".join(f"{{p{place}}}" if p[0] == "{" else p for place, p in enumerate(parts))])
    found = router.match("GET", "/" + "/".join(quote(part, safe="") for part in filled))
    assert found is not None
    assert list(found.params.values()) == [text for text, part in zip(filled, parts, strict=True) if part[0] == "{"]


# State


def test_clock_never_stands_still_nor_goes_back() -> None:
    clock = Clock()
    first = clock.now()
    clock.set(datetime(1999, 1, 1, tzinfo=UTC))
    second = clock.now()
    clock.advance(-5)
    third = clock.now()
    assert first < second < third
    clock.set(datetime(2031, 1, 1, tzinfo=UTC))
    clock.advance(1.5)
    assert clock.now() == datetime(2031, 1, 1, 0, 0, 1, 501000, tzinfo=UTC)


@given(st.integers(), st.integers(1, 4))
def test_ids_are_unique_and_repeat_with_their_seed(seed: int, length: int) -> None:
    one, other = Ids(seed), Ids(seed)
    tokens = [one.token(length, "abc") for _ in range(3**length)]
    assert len(set(tokens)) == len(tokens)
    assert tokens == [other.token(length, "abc") for _ in tokens]


def test_ids_keep_off_what_is_reserved() -> None:
    ids = Ids()
    assert ids.reserve("a")
    assert not ids.reserve("a")
    assert {ids.token(1, "ab"), ids.token(2, "ab", prefix="x")[0]} == {"b", "x"}
    assert ids.reserve(1)
    assert ids.number(1, 2) == 2


def library_store() -> Store:
    return Store({"library": SERVICE.new_state})


def call(twin: Twin, method: str, path: str, body: Any = None) -> Reply:
    return answered(twin, method, path, body).reply


def answered(twin: Twin, method: str, path: str, body: Any = None) -> Answer:
    path, _, query = path.partition("?")
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    return twin.handle(TwinRequest(method, path, query=parse_query(query), body=raw, base_url="http://h"))


def control(twin: Twin, method: str, name: str, body: Any = None) -> Any:
    reply = call(twin, method, f"/_twin/{name}", body)
    assert reply.status == 200, reply.body
    return reply.body


def create(twin: Twin, title: str) -> Any:
    return call(twin, "POST", "/v1/books", {"title": title}).body


def test_reset_repeats_everything() -> None:
    twin = Twin([SERVICE])
    first = create(twin, "One")
    control(twin, "POST", "reset")
    assert call(twin, "GET", "/v1/books").body["items"] == []
    assert create(twin, "One") == first


def test_snapshot_keeps_state_time_and_ids() -> None:
    twin = Twin([SERVICE])
    create(twin, "Kept")
    snapshot = control(twin, "POST", "snapshot")
    state = control(twin, "GET", "state")
    after = create(twin, "After")
    control(twin, "POST", "reset", snapshot)
    assert control(twin, "GET", "state") == state
    assert create(twin, "After") == after


def test_snapshot_does_not_change_with_the_state() -> None:
    twin = Twin([SERVICE])
    book = create(twin, "Before")["id"]
    snapshot = control(twin, "POST", "snapshot")
    call(twin, "PATCH", f"/v1/books/{book}", {"title": "Changed"})
    control(twin, "POST", "reset", snapshot)
    call(twin, "PATCH", f"/v1/books/{book}", {"title": "Changed again"})
    control(twin, "POST", "reset", snapshot)
    assert call(twin, "GET", f"/v1/books/{book}").body["title"] == "Before"


def test_services_share_one_state_by_its_key() -> None:
    def titles(state: Any, _: TwinRequest) -> Reply:
        return Reply([book["title"] for book in state.books.values()])

    other = replace(SERVICE, name="catalogue", routes={"GET /titles": titles}, surface=frozenset())
    twin = Twin([SERVICE, other])
    create(twin, "Shared")
    assert call(twin, "GET", "/titles").body == ["Shared"]
    control(twin, "POST", "reset")
    assert call(twin, "GET", "/titles").body == []


# Answers


def test_what_the_twin_lacks_and_what_nobody_has() -> None:
    routes = {name: handler for name, handler in SERVICE.routes.items() if name != GET_BOOK}
    twin = Twin([replace(SERVICE, routes=routes)])
    assert call(twin, "GET", "/v1/books/b1").status == 501
    assert call(twin, "GET", "/v2/nothing").status == 404
    assert call(twin, "GET", "/v2/nothing").body["error"]["code"] == "no_such_route"


def test_an_unknown_path_is_refused_by_the_service_whose_paths_begin_so() -> None:
    def service(name: str, *roots: str) -> Service:
        return replace(SERVICE, name=name, roots=roots, routes={}, unknown_route=lambda _: Reply(name, 404))

    twin = Twin([service("first"), service("short", "/api/"), service("long", "/api/v1/")])
    told = {path: twin.handle(TwinRequest("GET", path)).reply.body for path in ("/api/x", "/api/v1/x", "/other")}
    assert told == {"/api/x": "short", "/api/v1/x": "long", "/other": "first"}


def test_guard_runs_before_every_handler() -> None:
    def ask(_: Any, request: TwinRequest) -> Reply | None:
        return None if request.first("key") else refusal(401, "who", "Who?").reply

    twin = Twin([replace(SERVICE, guard=ask)])
    assert call(twin, "POST", "/v1/books", {"title": "No"}).status == 401
    assert call(twin, "GET", "/v1/books?key=1").body["items"] == []


def test_common_headers_and_paths() -> None:
    twin = Twin([replace(SERVICE, headers={"x-served": "yes", "etag": "none"}, normalise_path=str.lower)])
    made = call(twin, "POST", "/V1/Books", {"title": "T"})
    assert made.headers["x-served"] == "yes"
    assert made.headers["etag"] != "none"  # the handler's own goes first


# Faults


def test_faults_hit_as_often_as_they_are_told() -> None:
    twin = Twin([SERVICE])
    control(
        twin, "POST", "faults", {"kind": "status", "status": 503, "body": {"e": 1}, "operation": LIST_BOOKS, "count": 2}
    )
    statuses = [call(twin, "GET", "/v1/books").status for _ in range(3)]
    assert statuses == [503, 503, 200]


@pytest.mark.parametrize("operation", ["GET /v1/books/{id}", "GET /v1/books/{book_id}?full=true"])
def test_faults_know_an_operation_by_its_structure(operation: str) -> None:
    twin = Twin([SERVICE])
    control(twin, "POST", "faults", {"kind": "status", "operation": operation})
    assert call(twin, "GET", "/v1/books").status == 200
    assert call(twin, "GET", "/v1/books/x").status == 503


def test_the_surface_may_call_parameters_otherwise() -> None:
    routes = {route: handler for route, handler in SERVICE.routes.items() if route != GET_BOOK}
    surface = frozenset({*routes, "GET /v1/books/{id}?full=true"})
    twin = Twin([replace(SERVICE, routes=routes, surface=surface)])
    assert call(twin, "GET", "/v1/books/x").status == 501
    assert call(twin, "GET", "/v1/museum").status == 404


def test_faults_do_not_touch_the_state() -> None:
    twin = Twin([SERVICE])
    control(twin, "POST", "faults", {"kind": "rate_limit"})
    refused = call(twin, "POST", "/v1/books", {"title": "Lost"})
    assert (refused.status, refused.headers["retry-after"]) == (429, "7")
    assert call(twin, "GET", "/v1/books").body["items"] == []


def test_faults_hit_their_operation_only_and_in_order() -> None:
    faults = Faults()
    faults.add({"kind": "one", "operation": GET_BOOK})
    faults.add({"kind": "two", "service": "other"})
    faults.add({"kind": "three"})
    faults.add({"kind": "four", "count": 2})
    kinds = [found.kind if (found := faults.take("library", LIST_BOOKS)) else None for _ in range(4)]
    assert kinds == ["three", "four", "four", None]
    assert faults.take("library", GET_BOOK).kind == "one"  # type: ignore[union-attr]
    assert faults.take("other", GET_BOOK).kind == "two"  # type: ignore[union-attr]


def test_faults_are_forgotten() -> None:
    twin = Twin([SERVICE])
    fault = {"kind": "status", "status": 500}
    control(twin, "POST", "faults", [fault, fault])
    control(twin, "DELETE", "faults")
    assert call(twin, "GET", "/v1/books").status == 200
    control(twin, "POST", "faults", fault)
    control(twin, "POST", "reset")
    assert call(twin, "GET", "/v1/books").status == 200


def test_slow_and_cut_answers_are_right_ones() -> None:
    twin = Twin([SERVICE])
    control(twin, "POST", "faults", [{"kind": "latency", "seconds": 3.0}, {"kind": "cut"}])
    slow, cut = (answered(twin, "POST", "/v1/books", {"title": str(turn)}) for turn in range(2))
    assert (slow.delay, slow.cut, slow.reply.body["title"]) == (3.0, False, "0")
    assert (cut.delay, cut.cut, cut.reply.status) == (0.0, True, 200)
    assert len(call(twin, "GET", "/v1/books").body["items"]) == 2


# Control plane


def test_health_tells_who_it_is() -> None:
    body = control(Twin([SERVICE]), "GET", "health")
    assert body["ok"] is True
    assert (body["twin"], body["services"]) == ("conformance-twin", ["library"])


def test_a_second_passes_with_each_write_and_no_read() -> None:
    twin = Twin([SERVICE])

    def asked(method: str) -> float:
        before = twin.store.clock.moment
        twin.handle(
            TwinRequest(method, "/v1/books", headers={"authorization": "Bearer secret"}, body=b'{"title": "x"}')
        )
        return (twin.store.clock.moment - before).total_seconds()

    assert control(twin, "GET", "health")["pace"] == 1
    assert asked("POST") >= 1 > asked("GET")


def test_clock_is_set_and_advanced() -> None:
    twin = Twin([SERVICE])
    assert control(twin, "POST", "clock", {"now": "2031-02-03T04:05:06Z"})["now"].startswith("2031-02-03T04:05:06")
    assert control(twin, "POST", "clock", {"advance": 3600})["now"].startswith("2031-02-03T05:05:06")
    assert create(twin, "T")["createdTime"].startswith("2031-02-03T05:05:07")


def test_seed_takes_one_fact_or_many() -> None:
    facts = [{"kind": "book", "id": name, "known": {"title": name}, "base_url": "http://h"} for name in "abc"]
    twin = Twin([SERVICE])
    control(twin, "POST", "seed", {"library": facts[0]})
    control(twin, "POST", "seed", {"library": facts[1:]})
    assert [book["id"] for book in call(twin, "GET", "/v1/books").body["items"]] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("method", "name", "body", "status"),
    [
        ("GET", "nothing", None, 404),
        ("PUT", "reset", {}, 404),
        ("POST", "seed", {"nobody": []}, 400),
        ("POST", "seed", {"library": {"no": "kind"}}, 400),
        ("POST", "seed", [1], 400),
        ("POST", "seed", None, 400),
        ("POST", "faults", {"sort": "of"}, 400),
        ("POST", "faults", None, 400),
        ("POST", "clock", {"now": "noon"}, 400),
        ("POST", "clock", {"advance": "much"}, 400),
        ("POST", "clock", None, 400),
        ("POST", "reset", {"snapshot": "never taken"}, 400),
        ("POST", "reset", b"not json", 400),
    ],
)
def test_control_errors_say_what_is_wrong(method: str, name: str, body: Any, status: int) -> None:
    reply = call(Twin([SERVICE]), method, f"/_twin/{name}", body)
    assert reply.status == status
    assert name in reply.body["error"]


# The server


@pytest.fixture
def served() -> Iterator[tuple[Twin, Server]]:
    twin = Twin([SERVICE])
    with serve_twin(twin) as server:
        yield twin, server


def send(server: Server, method: str, path: str, body: bytes = b"") -> tuple[http.client.HTTPResponse, bytes]:
    with closing(http.client.HTTPConnection(server.host, server.port, timeout=5)) as connection:
        connection.request(method, path, body)
        with connection.getresponse() as response:
            return response, response.read()


def test_server_speaks_json_and_keeps_what_is_encoded(served: tuple[Twin, Server]) -> None:
    response, body = send(served[1], "POST", "/v1/books", json.dumps({"title": "Wände/…"}).encode())
    book = json.loads(body)
    assert (response.headers["content-type"] or "").startswith("application/json")
    assert book["title"] == "Wände/…"
    assert book["selfLink"] == f"{served[1].url}/v1/books/{book['id']}"
    _, body = send(served[1], "GET", "/v1/books/a%2Fb?fields=id")
    assert "a/b" in json.loads(body)["error"]["message"]


def test_each_line_of_a_header_is_sent(served: tuple[Twin, Server]) -> None:
    links = ('<http://h/a>; rel="self"', '<http://h/b>; rel="next"')
    service = replace(SERVICE, headers={"Vary": ("One", "Two")})
    twin = Twin([replace(service, routes={LIST_BOOKS: lambda *_: Reply({}, headers={"Link": links, "ETag": "e"})})])
    with serve_twin(twin) as server:
        response, _ = send(server, "GET", "/v1/books")
    assert response.headers.get_all("link") == list(links)
    assert response.headers.get_all("vary") == ["One", "Two"]
    assert response.headers.get_all("etag") == ["e"]


def test_answers_without_content_have_no_type(served: tuple[Twin, Server]) -> None:
    response, body = send(served[1], "DELETE", "/v1/books/nothing")
    assert (response.status, body, response.headers["content-type"]) == (204, b"", None)


def test_cut_connection(served: tuple[Twin, Server]) -> None:
    served[0].faults.add({"kind": "cut"})
    with pytest.raises(http.client.IncompleteRead):
        send(served[1], "GET", "/v1/books")
    assert json.loads(send(served[1], "GET", "/v1/books")[1])["items"] == []


def test_latency(served: tuple[Twin, Server]) -> None:
    served[0].faults.add({"kind": "latency", "seconds": 0.2})
    start = time.monotonic()
    send(served[1], "GET", "/v1/books")
    assert 0.2 <= time.monotonic() - start < 2
    start = time.monotonic()
    send(served[1], "GET", "/v1/books")
    assert time.monotonic() - start < 0.19


def test_port_that_is_taken(served: tuple[Twin, Server]) -> None:
    with pytest.raises(BadConfiguration, match=str(served[1].port)):
        Server(None, port=served[1].port)


def test_descriptions_are_data() -> None:
    """A service has no socket in it: what it needs to answer is a state and a request."""
    state = SERVICE.new_state(Clock(), Ids())
    reply = SERVICE.routes[CREATE_BOOK](state, TwinRequest("POST", "/v1/books", body=b'{"title": "T"}'))
    assert isinstance(SERVICE, Service)
    assert reply.body["title"] == "T"
