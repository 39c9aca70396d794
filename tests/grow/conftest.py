"""What growing is tested with: recordings of the toy service, and a server that plays it, flawed or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from conformance.grow_runner import Play
from conformance.oracle.noise import Noise
from conformance.programs.grow.evidence import Evidence, evidence
from conformance.programs.model import Trace
from conformance.twinkit.service import Service
from conformance.worlds.grown import GrownRun
from conformance.worlds.live import LiveWorld, TwinAddress
from toy import world
from toy.stage import Stage, record_all
from toy.twin import SERVICE

Playing = Callable[[Service], Play]


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    with Stage() as playing:
        yield playing


@pytest.fixture(scope="session")
def toy_traces(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> list[Trace]:
    return world.trace_all(record_all(stage, Path(tmp_path_factory.mktemp("cassettes"))))


@pytest.fixture(scope="session")
def toy_noise(toy_traces: list[Trace]) -> Noise:
    return world.noise_of(toy_traces)


@pytest.fixture(scope="session")
def toy_evidence(toy_traces: list[Trace]) -> Evidence:
    return evidence(toy_traces, world.TARGETS)


@pytest.fixture
def against(stage: Stage, toy_evidence: Evidence, toy_noise: Noise) -> Iterator[Playing]:
    """Grown programs run against a service; ``against(service)(grown)`` is the result."""
    live = LiveWorld(world.TARGETS, {world.TARGET.name: TwinAddress(stage.url)}, timeout=2.0)

    def playing(service: Service = SERVICE) -> Play:
        stage.play(service)
        live.check()
        return lambda grown: live.play(partial(GrownRun, grown, toy_evidence, toy_noise))

    yield playing
    live.close()
