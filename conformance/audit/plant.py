"""A correct twin with a fault planted in it, and tapes of what twins were asked and answered."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import parse_qsl, urlencode

from conformance.programs.model import READING_METHODS
from conformance.recordings.model import Json
from conformance.twinkit.asgi import JSON_TYPE
from conformance.twinkit.service import Reply, Service, TwinRequest
from conformance.twinkit.store import Store
from conformance.twinkit.twin import CONTROL_PREFIX, Answer, Twin

Serve = Callable[[TwinRequest], Reply]
"""The correct twin's answer."""

Fails = Callable[[Reply], bool]
"""Whether an answer is an error."""


def fails_by_status(reply: Reply) -> bool:
    """What HTTP calls an error; some services also say with 200 that a call failed."""
    return reply.status >= 400


def status_of(reply: Reply, fails: Fails) -> int:
    """The status; negative where an answer of a good status says that it is an error."""
    return -reply.status if reply.status < 400 and fails(reply) else reply.status


def is_good(status: int) -> bool:
    """Whether a status, as ``status_of`` gives it, is one of successes."""
    return 0 <= status < 400


@dataclass(frozen=True)
class Served:
    """A request and its answer.

    ``route`` is the twin's ``METHOD template``, "" for what has none; ``status`` is as ``status_of`` gives it.
    """

    service: str
    route: str
    request: TwinRequest
    reply: Reply
    status: int

    @cached_property
    def print(self) -> str:
        """Equal for answers that no client can tell apart."""
        return fingerprint(self.reply)

    @cached_property
    def form(self) -> str:
        """Which arguments the request has."""
        return form_of(self.request)


Tape = tuple[Served, ...]
"""All that a twin was asked while a program ran, control plane included, in order."""


class Fault:
    """What a broken twin does; there is a new one for every program.

    Subclasses answer all requests of a program: those that the fault is not about as ``serve`` does. ``fails`` and
    ``reads`` (whether a route only reads) are the service's ways where it has its own.
    """

    fails: Fails = staticmethod(fails_by_status)
    reads: Callable[[str], bool] = staticmethod(lambda route: route.startswith(READING_METHODS))

    def answer(self, route: str, request: TwinRequest, serve: Serve, store: Store) -> Reply:
        """The answer to a request. ``serve`` gives the correct one, whose body may be changed in place."""
        return serve(request)


class PlantedTwin(Twin):
    """A correct twin that keeps a tape of what it does, and in which faults can be planted."""

    def __init__(self, services: Iterable[Service], fails: Mapping[str, Fails] | None = None) -> None:
        """``fails`` tells errors by service, where a status of success may be one."""
        super().__init__(services)
        self._fails = fails or {}
        self.tape: list[Served] = []
        self._make: Callable[[], Fault] | None = None
        self._fault: Fault | None = None

    def plant(self, make: Callable[[], Fault] | None) -> None:
        """From the next reset on there is this fault; None for none."""
        self._make = make
        self._fault = None

    def handle(self, request: TwinRequest) -> Answer:
        """Answer one request, perhaps wrongly. A reset begins another program and another tape."""
        if request.path.startswith(CONTROL_PREFIX):
            return self._controlled(request)
        self.pass_time(request)  # as much as in the correct twin, whatever the fault does
        service, route = self.route_of(request)
        reply = self._fault.answer(route, request, self._serve_plain, self.store) if self._fault else None
        reply = reply or self._serve_plain(request)
        status = status_of(reply, self._fails.get(service, fails_by_status))
        self.tape.append(Served(service, route, request, reply, status))
        return Answer(reply)

    def _controlled(self, request: TwinRequest) -> Answer:
        if request.path == f"{CONTROL_PREFIX}reset":
            self.tape = []
            self._fault = self._make() if self._make else None
        answer = super().handle(request)
        self.tape.append(Served("", "", request, answer.reply, answer.reply.status))
        return answer

    def _serve_plain(self, request: TwinRequest) -> Reply:
        try:
            reply = super().answer(request).reply
        except Exception:  # as a server would have it
            reply = Reply(b"Internal Server Error", 500, {"content-type": "text/plain; charset=utf-8"})
        return plain(reply)

    def route_of(self, request: TwinRequest) -> tuple[str, str]:
        """Service and route of a request, both "" where there is none."""
        for name, service in self.services.items():
            match = self._routers[name].match(request.method, service.normalise_path(request.path))
            if match:
                return name, match.operation
        return "", ""


def plain(reply: Reply) -> Reply:
    """The answer as it goes over the wire, apart from the twin's state: own body, all headers in lower case."""
    headers = reply.lines()
    if reply.body is None or isinstance(reply.body, bytes):
        return replace(reply, headers=headers)
    headers.setdefault("content-type", (JSON_TYPE,))
    return Reply(json.loads(json.dumps(reply.body)), reply.status, headers)


def fingerprint(reply: Reply) -> str:
    """Text that is equal for answers that no client can tell apart."""
    return json.dumps([reply.status, dict(reply.headers), reply.body], sort_keys=True, default=repr)


Alike = Callable[[str, Reply, Reply], bool]
"""Whether two answers of a route say the same to every client."""


def first_changed(
    twin: PlantedTwin,
    tape: Tape,
    alike: Alike = lambda _route, _one, _other: False,
    shown: Callable[[str], bool] = bool,
) -> bool:
    """Ask all that is on the tape again; whether the twin, with what is planted in it, answers anything otherwise.

    ``shown`` tells routes of which callers see the answers: what SDKs ask for themselves is no matter.
    """
    for served in tape:
        reply = twin.handle(replace(served.request)).reply  # a request keeps what was parsed of it
        if not shown(served.route) or fingerprint(reply) == served.print:
            continue
        if not alike(served.route, reply, served.reply):
            return True
    return False


def body_of(request: TwinRequest) -> Json:
    """A request's body as JSON of one's own; None where it has none or another."""
    try:
        return json.loads(request.body) if request.body else None
    except ValueError:
        return None


def is_form(request: TwinRequest) -> bool:
    """Whether the body is a form's."""
    return request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")


def content_of(request: TwinRequest) -> Json:
    """A request's body as a tree, whether it is JSON or a form; None for any other."""
    return dict(parse_qsl(request.body.decode("utf-8", "replace"), True)) if is_form(request) else body_of(request)


def with_content(request: TwinRequest, content: Json) -> TwinRequest:
    """The request with another body of the same kind."""
    body = urlencode(content) if is_form(request) else json.dumps(content)
    return replace(request, body=body.encode())


def form_of(request: TwinRequest) -> str:
    """Which arguments a request has: names in the query, and in the body those of objects in lists, or its own."""
    body = content_of(request)
    keys = _inner_keys(body) or set(body) if isinstance(body, dict) else set()
    return "+".join([*(f"?{name}" for name in sorted(request.query)), *sorted(keys)])


def _inner_keys(body: dict[str, Json]) -> set[str]:
    listed = [one for value in body.values() if isinstance(value, list) for one in value]
    return {key for one in listed if isinstance(one, dict) for key in one}
