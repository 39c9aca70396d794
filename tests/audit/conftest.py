"""What the audit is tested with: the toy service, its recordings, and a process that plants faults in it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import EntryPoint, EntryPoints

import pytest

from conformance import target as targets
from conformance.audit.catch_rate import Auditor, CatchPlan
from conformance.programs.model import Trace
from toy import world
from toy.stage import Stage, record_all


@pytest.fixture(scope="session")
def toy_traces(tmp_path_factory: pytest.TempPathFactory) -> list[Trace]:
    with Stage() as stage:
        return world.trace_all(record_all(stage, tmp_path_factory.mktemp("cassettes")))


@pytest.fixture(scope="module")
def auditor(toy_traces: list[Trace]) -> Iterator[Auditor]:
    """Three faults of a kind; the toy library is the only target that is installed."""
    points = EntryPoints([EntryPoint("library", "toy.target:TARGET", targets.ENTRY_POINT_GROUP)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(targets, "entry_points", lambda **wanted: points.select(**wanted))
        targets.load.cache_clear()
        made = Auditor(CatchPlan(("library",), toy_traces, applied=3))
        yield made
        made.close()
    targets.load.cache_clear()
