"""A target that has no embedded twin: it can be measured only at an address."""

from __future__ import annotations

from conformance.twinkit.service import Service
from toy.target import LibraryTarget


class MuseumTarget(LibraryTarget):
    """Works as the library does, on recordings of its own."""

    name = service = "museum"

    def twin(self) -> Service | None:
        return None


TARGET = MuseumTarget()
