"""Fixtures of the engine's tests: the toy service, its recordings and traces, and the world it is judged in."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest

from conformance import target as targets
from conformance.oracle.noise import Noise
from conformance.programs.model import Trace
from toy import world
from toy.stage import Stage, record_all


@pytest.fixture(scope="session")
def library_stage() -> Iterator[Stage]:
    """A server that plays the toy service."""
    with Stage() as stage:
        yield stage


@pytest.fixture(scope="session")
def library_cassettes(library_stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Recordings of the toy service, made through its SDK."""
    return record_all(library_stage, tmp_path_factory.mktemp("cassettes"))


@pytest.fixture(scope="session")
def traces(library_cassettes: Path) -> list[Trace]:
    return world.trace_all(library_cassettes)


@pytest.fixture(scope="session")
def noise(traces: list[Trace]) -> Noise:
    return world.noise_of(traces)


@pytest.fixture
def library_only(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """In this process the toy library is the only target that is installed."""
    points = EntryPoints([EntryPoint("library", "toy.target:TARGET", targets.ENTRY_POINT_GROUP)])
    monkeypatch.setattr(targets, "entry_points", lambda **wanted: points.select(**wanted))
    targets.load.cache_clear()
    yield
    targets.load.cache_clear()


@pytest.fixture
def library_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """The toy library is installed as any published target is: other processes find it too."""
    info = tmp_path / "site" / "toy_library-1.2.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: toy-library\nVersion: 1.2.0\n")
    (info / "entry_points.txt").write_text(f"[{targets.ENTRY_POINT_GROUP}]\nlibrary = toy.target:TARGET\n")
    monkeypatch.syspath_prepend(str(info.parent))
    importlib.invalidate_caches()
    targets.load.cache_clear()
    yield
    targets.load.cache_clear()
