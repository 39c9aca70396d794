"""What recordings show of the answers of each route: only there can a judge know better than a twin.

What a twin answers beyond it is nobody's evidence, and what an SDK asks in passing (the upload within a call) no
caller sees.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from conformance.audit.places import Place, nodes
from conformance.audit.plant import Fails, PlantedTwin, fails_by_status
from conformance.programs.model import Exchange, Trace
from conformance.twinkit.service import Reply, TwinRequest


class Evidenced:
    """Places and headers that recorded answers show, by route and by whether they are errors."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, bool], set[Place]] = defaultdict(set)
        self._headers: dict[tuple[str, bool], set[str]] = defaultdict(set)

    @classmethod
    def of(cls, traces: Iterable[Trace], twin: PlantedTwin, fails: Mapping[str, Fails]) -> Evidenced:
        """What the answers show that SDKs acted on. Linear in their size."""
        found = cls()
        for trace in traces:
            for observation in trace.observations:
                if observation.exchanges:
                    found._take(observation.exchanges[-1], twin, fails)
        return found

    def _take(self, exchange: Exchange, twin: PlantedTwin, fails: Mapping[str, Fails]) -> None:
        request, response = exchange.request, exchange.response
        service, route = twin.route_of(TwinRequest(request.method, request.path))
        failed = fails.get(service, fails_by_status)(Reply(response.json, response.status))
        key = ("" if failed else route, failed)  # errors have one form, whatever the route
        self._places[key].add(())
        self._places[key].update(place for place, _ in nodes(response.json))
        self._headers[key].update(name.lower() for name in response.headers)

    def place(self, route: str, good: bool, place: Place) -> bool:
        """Whether any recorded answer shows this place."""
        return place in self._places[route if good else "", not good]

    def header(self, route: str, good: bool, name: str) -> bool:
        """Whether any recorded answer has this header."""
        return name in self._headers[route if good else "", not good]
