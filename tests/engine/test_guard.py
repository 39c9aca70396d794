"""Nothing leaves for a host that is not the twin's, whatever the twin answers and whichever library connects."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from conformance.errors import ForeignHost
from conformance.oracle.noise import Noise
from conformance.oracle.verdict import Axis, Verdict
from conformance.programs.model import Call, Trace
from conformance.twinkit.service import Reply
from conformance.worlds import guard
from toy import flaws, world
from toy.stage import Stage
from toy.target import TARGET
from toy.twin import SERVICE

TWIN = "http://127.0.0.1"


@pytest.fixture
def elsewhere() -> Iterator[socket.socket]:
    """A listener on another address of this machine: the foreign host."""
    with socket.create_server(("127.0.0.2", 0)) as listener:
        listener.settimeout(0.05)
        yield listener


def url_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()
    return f"http://{host}:{port}"


def heard_nothing(listener: socket.socket) -> bool:
    try:
        listener.accept()[0].close()
    except TimeoutError:
        return True
    return False


def test_listener_hears_what_is_not_guarded(elsewhere: socket.socket) -> None:
    socket.create_connection(elsewhere.getsockname()).close()
    assert not heard_nothing(elsewhere)


def test_connections_to_other_addresses_are_refused(elsewhere: socket.socket) -> None:
    host, port = elsewhere.getsockname()
    with guard.only([TWIN]):
        with pytest.raises(ForeignHost, match=r"127\.0\.0\.2"):
            socket.create_connection((host, port))
        with pytest.raises(ForeignHost), socket.socket() as raw:
            raw.connect_ex((host, port))
        with pytest.raises(ForeignHost):
            http.client.HTTPConnection(host, port).request("GET", "/")
        with pytest.raises(ForeignHost):
            httpx.get(url_of(elsewhere), trust_env=False)
    assert heard_nothing(elsewhere)


def test_names_are_not_even_looked_up() -> None:
    with guard.only([TWIN]):
        with pytest.raises(ForeignHost, match=r"www\.library\.example"):
            socket.getaddrinfo("www.library.example", 443)
        with pytest.raises(ForeignHost):
            socket.getaddrinfo(b"www.library.example", 443)
        with pytest.raises(ForeignHost):
            socket.gethostbyname("www.library.example")


def test_datagrams_are_refused() -> None:
    """A name could leave in a query to a name server."""
    with guard.only([TWIN]), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as raw, pytest.raises(ForeignHost):
        raw.sendto(b"www.library.example?", ("127.0.0.2", 53))


def test_twin_is_reached(library_stage: Stage) -> None:
    library_stage.play(SERVICE)
    with guard.only([library_stage.url]):
        assert httpx.get(f"{library_stage.url}/v1/books", trust_env=False).status_code == 200


def test_names_of_the_twin_stand_for_their_addresses(library_stage: Stage) -> None:
    library_stage.play(SERVICE)
    by_name = library_stage.url.replace("127.0.0.1", "localhost")
    with guard.only([by_name]):
        assert httpx.get(f"{by_name}/v1/books", trust_env=False).status_code == 200


def test_local_sockets_are_no_hosts() -> None:
    left, right = socket.socketpair()
    with guard.only([TWIN]), left, right:
        left.sendall(b"x")
        assert right.recv(1) == b"x"


def test_guard_ends_with_its_context(elsewhere: socket.socket) -> None:
    with guard.only([TWIN]), pytest.raises(ForeignHost):
        socket.create_connection(elsewhere.getsockname())
    with guard.only([url_of(elsewhere)]):
        socket.create_connection(elsewhere.getsockname()).close()
    socket.create_connection(elsewhere.getsockname()).close()


@pytest.mark.parametrize("status", [302, 307])
def test_hostile_redirect_is_a_difference_and_nothing_leaves(
    status: int, library_stage: Stage, traces: list[Trace], noise: Noise, elsewhere: socket.socket
) -> None:
    """The SDK follows redirects, with its credentials."""
    away = Reply(None, status, {"location": f"{url_of(elsewhere)}/v1/books/stolen"})
    library_stage.play(replace(SERVICE, routes={**SERVICE.routes, flaws.GET_BOOK: lambda _state, _request: away}))
    trace = next(one for one in traces if one.program.name == "north/neighbours.json")
    with guard.only([library_stage.url]):
        result = world.judge_all([trace], noise, library_stage.url)[0]
    assert heard_nothing(elsewhere)
    reads = [step for step in result.steps if step.behaviour.operation == flaws.GET_BOOK]
    assert {step.verdict for step in reads} == {Verdict.DIFFERS}
    assert {one.axis for step in reads for one in step.deviations} == {Axis.OUTCOME}
    assert all(str(status) in step.actual and "127.0.0.2" in step.deviations[0].actual for step in reads)


def test_without_the_guard_the_sdk_would_follow(library_stage: Stage, elsewhere: socket.socket) -> None:
    away = Reply(None, 302, {"location": f"{url_of(elsewhere)}/v1/books"})
    library_stage.play(replace(SERVICE, routes={**SERVICE.routes, flaws.LIST_BOOKS: lambda _state, _request: away}))
    session = TARGET.session(library_stage.url, None, timeout=0.1)
    session.call(Call(TARGET.name, flaws.LIST_BOOKS, "list_books"))
    session.close()
    assert not heard_nothing(elsewhere)
