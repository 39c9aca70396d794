"""A twin in-process: services over one store, called with plain requests. The server only adds sockets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from conformance import __version__
from conformance.recordings.model import Json
from conformance.twinkit.faults import Fault, Faults
from conformance.twinkit.router import Router
from conformance.twinkit.service import Refusal, Reply, Service, TwinRequest
from conformance.twinkit.store import EPOCH, Store

CONTROL_PREFIX = "/_twin/"
PACE = 1.0
"""Seconds that pass with each request that may write: moments told in whole seconds can be told apart."""
READING = ("GET", "HEAD")
MARKER = "conformance-twin"


@dataclass(frozen=True)
class Answer:
    """What the server has to do: wait, then cut the connection or send the reply."""

    reply: Reply
    delay: float = 0.0
    cut: bool = False


class Twin:
    """One twin process: its services, their state, and the control plane. A program begins at ``start``."""

    def __init__(self, services: Iterable[Service], start: datetime = EPOCH) -> None:
        self.services = {service.name: service for service in services}
        self.faults = Faults()
        states = {service.state_key: service.new_state for service in self.services.values()}
        self.store = Store(states, start)
        self._routers = {name: Router(service.routes) for name, service in self.services.items()}
        self._surfaces = {name: Router(service.surface) for name, service in self.services.items()}
        self._controls: Mapping[str, Callable[[Json], Json]] = {
            "GET health": self._health,
            "POST reset": self._reset,
            "POST snapshot": lambda _: {"snapshot": self.store.snapshot()},
            "POST seed": self._seed,
            "GET state": self._state,
            "POST faults": self._add_faults,
            "DELETE faults": lambda _: self.faults.clear(),
            "POST clock": self._set_clock,
            "GET clock": lambda _: {"now": self.store.clock.now().isoformat()},
        }

    def handle(self, request: TwinRequest) -> Answer:
        """Answer one request; never raises for what a client sends."""
        if request.path.startswith(CONTROL_PREFIX):
            return Answer(self._control(request))
        self.pass_time(request)
        return self.answer(request)

    def pass_time(self, request: TwinRequest) -> None:
        """What may write takes its time."""
        if request.method not in READING:
            self.store.clock.advance(PACE)

    def answer(self, request: TwinRequest) -> Answer:
        """Answer one request of a client; that alone takes no time."""
        for name, service in self.services.items():
            path = service.normalise_path(request.path)
            match = self._routers[name].match(request.method, path)
            if match:
                return self._serve(service, match.operation, replace(request, params=match.params))
        return Answer(self._refuse_route(request))

    def _serve(self, service: Service, operation: str, request: TwinRequest) -> Answer:
        fault = self.faults.take(service.name, operation)
        if fault is None:
            return Answer(self._run(service, operation, request))
        if fault.kind in ("latency", "cut"):
            return Answer(self._run(service, operation, request), fault.seconds, fault.kind == "cut")
        return Answer(_with_headers(service, _faulty_reply(service, fault, request)))

    def _run(self, service: Service, operation: str, request: TwinRequest) -> Reply:
        state = self.store[service.state_key]
        try:
            reply = service.guard(state, request) or service.routes[operation](state, request)
        except Refusal as refusal:
            reply = refusal.reply
        return _with_headers(service, reply)

    def _refuse_route(self, request: TwinRequest) -> Reply:
        """501 where a vendor has the operation and its twin does not, else the vendor's unknown route."""
        for name, service in self.services.items():
            if self._surfaces[name].match(request.method, service.normalise_path(request.path)):
                return _with_headers(service, service.not_implemented(request))
        return self._owner(request.path).unknown_route(request)

    def _owner(self, path: str) -> Service:
        """The service whose paths begin as this one does, the longer the better; else the first."""

        def common(service: Service) -> int:
            return max((len(root) for root in service.roots if path.startswith(root)), default=0)

        return max(self.services.values(), key=common)

    def _control(self, request: TwinRequest) -> Reply:
        name = f"{request.method} {request.path.removeprefix(CONTROL_PREFIX)}"
        control = self._controls.get(name)
        if control is None:
            return Reply({"error": f"There is no control '{name}'; there are: {', '.join(self._controls)}."}, 404)
        try:
            return Reply(control(request.json) or {"ok": True})
        except (ValueError, TypeError, KeyError, LookupError, AttributeError) as error:
            return Reply({"error": f"{name}: {type(error).__name__}: {error}"}, 400)

    def _health(self, _: Json) -> Json:
        services = sorted(self.services)
        return {"ok": True, "twin": MARKER, "version": __version__, "pace": PACE, "services": services}

    def _reset(self, body: Json) -> None:
        self.faults.clear()
        self.store.reset((body or {}).get("snapshot"))

    def _seed(self, body: Mapping[str, Json]) -> None:
        """Body: service name → facts, or a list of facts that are put in one after the other."""
        for name, facts in body.items():
            service = self.services[name]
            for fact in facts if isinstance(facts, list) else [facts]:
                service.seed(self.store[service.state_key], fact)

    def _state(self, _: Json) -> Json:
        return {name: service.dump(self.store[service.state_key]) for name, service in self.services.items()}

    def _add_faults(self, body: Json) -> None:
        for fields in body if isinstance(body, list) else [body]:
            self.faults.add(fields)

    def _set_clock(self, body: Mapping[str, Any]) -> Json:
        if "now" in body:
            self.store.clock.set(datetime.fromisoformat(body["now"]))
        self.store.clock.advance(float(body.get("advance", 0)))
        return {"now": self.store.clock.now().isoformat()}


def _with_headers(service: Service, reply: Reply) -> Reply:
    return replace(reply, headers={**service.headers, **reply.headers}) if service.headers else reply


def _faulty_reply(service: Service, fault: Fault, request: TwinRequest) -> Reply:
    condition = service.conditions.get(fault.kind)
    return condition(request) if condition else Reply(fault.body, fault.status)


def parse_query(text: str) -> Mapping[str, Sequence[str]]:
    """Query string → values by name, blank ones kept."""
    return parse_qs(text, keep_blank_values=True)
