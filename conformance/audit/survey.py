"""What a correct twin was asked and answered while all programs ran: where faults can be put."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import parse_qsl

from conformance.audit.evidenced import Evidenced
from conformance.audit.places import Place, nodes, shown
from conformance.audit.plant import Fails, Served, Tape, body_of, form_of, is_good
from conformance.programs.trees import leaves
from conformance.recordings.model import Json
from conformance.target import Target
from conformance.target import reads as only_reads
from conformance.twinkit.service import TwinRequest

SAMPLES = 200
"""So many values are kept for a place."""


@dataclass(frozen=True, order=True)
class Spot:
    """Where a fault is put: a route, a status of its answers (0: any), a place in them, and what else it needs.

    ``status`` is as ``status_of`` gives it; ``form`` is a form of requests, "" for all of them.
    """

    route: str
    status: int = 0
    place: Place = ()
    form: str = ""
    detail: str = ""

    def concerns(self, served: Served) -> bool:
        """Whether the fault is about this request and its correct answer."""
        if served.route != self.route or self.status not in (0, served.status):
            return False
        return self.form in ("", served.form)

    def asked(self, route: str, request: TwinRequest) -> bool:
        """Whether the fault is about this request, whatever the answer."""
        return route == self.route and (not self.form or self.form == form_of(request))

    def text(self) -> str:
        """For people, without the route."""
        status = "" if is_good(self.status) else str(abs(self.status))
        return " ".join(part for part in (status, shown(self.place), self.form, self.detail) if part)


Sample = tuple[Json, Served]
"""A value and the answer that holds it."""


class Survey:
    """All answers of one target's service. Building it is linear in their size.

    ``cursors`` are keys of what says how a list goes on: it names no thing, and may change from read to read.
    ``evidenced`` is what recordings show.
    """

    def __init__(
        self, target: Target, tapes: Iterable[Tape], evidenced: Evidenced, cursors: frozenset[str] = frozenset()
    ) -> None:
        self.target = target
        self.evidenced = evidenced
        self.cursors = cursors
        self.answers: dict[tuple[str, int], list[Served]] = defaultdict(list)
        for tape in tapes:
            for served in tape:
                if served.service == target.service:
                    self.answers[served.route, served.status].append(served)

    @cached_property
    def places(self) -> Mapping[Spot, list[Sample]]:
        """Values by place, in the order of the programs: of the places that recordings show."""
        found: dict[Spot, list[Sample]] = defaultdict(list)
        for (route, status), answers in sorted(self.answers.items()):
            for served in answers:
                for place, value in nodes(served.reply.body):
                    if not self.evidenced.place(route, is_good(status), place):
                        continue
                    samples = found[Spot(route, status, place)]
                    if len(samples) < SAMPLES:
                        samples.append((value, served))
        return found

    @cached_property
    def words(self) -> frozenset[str]:
        """The vendor's error codes that were seen."""
        bodies = [(served.reply.status, served.reply.body) for group in self.answers.values() for served in group]
        return frozenset(code for status, body in bodies if (code := self.target.error_code(status, body)))

    @cached_property
    def saying_failed(self) -> Json:
        """An answer that says with a status of success that the call failed; None where the service has none."""
        found = (group[0].reply.body for (_, status), group in sorted(self.answers.items()) if status < 0)
        return next(found, None)

    def forms(self, *, good: bool | None = None, reads: bool | None = None) -> Iterator[Spot]:
        """A spot for each form of requests to these routes."""
        for route, status in self.routes(good=good, reads=reads):
            for form in sorted({served.form for served in self.answers[route, status]}):
                yield Spot(route, status, form=form)

    def routes(self, *, good: bool | None = None, reads: bool | None = None) -> Iterator[tuple[str, int]]:
        """Routes and statuses: of successes or errors, of reads or writes."""
        for route, status in sorted(self.answers):
            if good in (None, is_good(status)) and reads in (None, self.is_read(route)):
                yield route, status

    def is_read(self, route: str) -> bool:
        """Whether a route only reads."""
        return only_reads(self.target, route)

    @property
    def fails(self) -> Fails:
        """Tells errors of this service."""
        return fails_of(self.target)


def fails_of(target: Target) -> Fails:
    """Tells errors of a target's service: by their status or, where it says so, by their code."""
    return lambda reply: reply.status >= 400 or bool(target.error_code(reply.status, reply.body))


def sent(request: TwinRequest) -> frozenset[object]:
    """All values of a request: path, query, body (JSON or form), as they are."""
    body = body_of(request)
    found: set[object] = {value for values in request.query.values() for value in values}
    found.update(part for part in _path_parts(request.path))
    found.update(leaf for _, leaf in leaves(body))
    if body is None and request.body:
        found.update(value for _, value in parse_qsl(request.body.decode("utf-8", "replace")))
    return frozenset(found)


@lru_cache(maxsize=4096)
def _path_parts(path: str) -> tuple[str, ...]:
    from urllib.parse import unquote

    return tuple(unquote(part) for part in path.split("/"))


def scalars(value: Any) -> bool:
    """Whether a value is no container."""
    return not isinstance(value, (dict, list))
