"""``conformance twin``: serve embedded twins."""

from __future__ import annotations

from datetime import UTC, datetime

from conformance.errors import BadConfiguration
from conformance.target import installed, load
from conformance.twinkit.server import serve_twin
from conformance.twinkit.service import Service
from conformance.twinkit.twin import Twin


def services(names: tuple[str, ...]) -> list[Service]:
    """Descriptions of the embedded twins of the named targets, or of all.

    Raises:
        UnknownTarget: a name is no target.
        BadConfiguration: a target has no embedded twin.
    """
    found: dict[str, Service] = {}
    for name in names or tuple(sorted(installed())):
        service = load(name).twin()
        if service is None and names:
            raise BadConfiguration(f"The target '{name}' has no embedded twin.")
        if service is not None:
            found[service.name] = service
    return list(found.values())


def execute(names: tuple[str, ...], host: str, port: int) -> None:
    """Serve until interrupted."""
    described = services(names)
    with serve_twin(Twin(described, datetime.now(UTC)), host, port) as server:
        print(f"Serving {', '.join(service.name for service in described)} on {server.url}", flush=True)
        server.wait()
