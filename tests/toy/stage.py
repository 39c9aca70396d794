"""Where the toy service is played: one server whose twin is exchanged, and the recorder that listens to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from http.client import HTTPResponse
from pathlib import Path

from conformance.recordings.model import Interaction, Provenance, Recording, Request, Response, fold_headers
from conformance.recordings.write import write_recording
from conformance.twinkit.asgi import TwinApp
from conformance.twinkit.server import Server
from conformance.twinkit.service import Service
from conformance.twinkit.store import Clock, Ids
from conformance.twinkit.twin import Twin
from toy import sdk
from toy.scripts import SCRIPTS, Script
from toy.target import DOMAIN
from toy.twin import SERVICE


class Stage:
    """A server on loopback that plays one twin at a time. Use as a context manager."""

    def __init__(self) -> None:
        self._app = TwinApp(Twin([SERVICE]))
        self._server = Server(self._app)
        self.url = self._server.url

    def __enter__(self) -> Stage:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()

    def play(self, service: Service) -> Twin:
        """From now on this service answers, with an empty state."""
        self._app.twin = Twin([service])
        return self._app.twin


def elsewhere(service: Service, seed: int, start: datetime) -> Service:
    """The same service in another life: other ids, another time, whatever the control plane says of the clock."""
    return replace(service, new_state=lambda _clock, _ids: service.new_state(Clock(start), Ids(seed)))


def record(stage: Stage, script: Script, folder: Path, account: str, seed: int, start: datetime) -> Path:
    """Run a script against the real service and write down what went over the wire."""
    twin = stage.play(elsewhere(SERVICE, seed, start))
    host = f"{account}.{DOMAIN}"
    interactions: list[Interaction] = []

    def watch(
        method: str, url: str, headers: Mapping[str, str], sent: bytes, response: HTTPResponse, answer: bytes
    ) -> None:
        request = Request(method, url.replace(stage.url, f"http://{host}"), fold_headers(iter(headers.items())), sent)
        received = Response(response.status, response.reason, fold_headers(iter(response.headers.items())), answer)
        interactions.append(Interaction(len(interactions), request, received))

    before = sdk.Library(stage.url, host=host)
    known = script.prepare(before, twin)
    before.close()
    client = sdk.Library(stage.url, "secret", host=host, watch=watch)
    script.run(client, known)
    client.close()
    provenance = Provenance(
        service="library", source=account, client=f"library-sdk {sdk.__version__}", recorded=(start.isoformat(),)
    )
    path = folder / account / f"{script.name}.json"
    write_recording(Recording(path.name, path, provenance, tuple(interactions)), path)
    return path


def record_all(stage: Stage, folder: Path) -> Path:
    """Every script in two accounts, at two times."""
    for place, account in enumerate(("north", "south")):
        for number, script in enumerate(SCRIPTS):
            start = datetime(2024 + place, 3, 1 + number, 8, 30, tzinfo=UTC)
            record(stage, script, folder, account, seed=100 * place + number + 1, start=start)
    return folder
