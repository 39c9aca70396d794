"""Faults that the control plane arranges: they change an answer without touching the state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.twinkit.router import route, structure


@dataclass
class Fault:
    """One arranged fault.

    ``kind`` is ``status``, ``latency``, ``cut`` or the name of one of the service's conditions (``rate_limit``);
    ``operation`` is ``METHOD template`` (whatever its parameters are called) or ``*``; ``count`` says how many
    requests it hits. ``status`` with ``body`` is the answer of a status fault; ``seconds`` is the delay of a latency
    fault.
    """

    kind: str
    service: str = "*"
    operation: str = "*"
    count: int = 1
    status: int = 503
    body: Any = None
    seconds: float = 0.0

    def hits(self, service: str, operation: str) -> bool:
        """Whether it applies to this request."""
        return self.count > 0 and self.service in ("*", service) and self._is_about(operation)

    def _is_about(self, operation: str) -> bool:
        return self.operation == "*" or structure(route(self.operation)) == structure(operation)


class Faults:
    """The arranged faults, in order; each request takes the first that hits it."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fields: Mapping[str, Any]) -> None:
        """Arrange a fault. Raises TypeError for fields a fault does not have."""
        self._faults.append(Fault(**fields))

    def clear(self) -> None:
        """Forget all of them."""
        self._faults.clear()

    def take(self, service: str, operation: str) -> Fault | None:
        """The fault for this request, used up once."""
        for fault in self._faults:
            if fault.hits(service, operation):
                fault.count -= 1
                if not fault.count:
                    self._faults.remove(fault)
                return fault
        return None
