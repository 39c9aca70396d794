"""Two targets that drive one service: each makes the calls that the service's recordings show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest

from conformance import runner
from conformance import target as targets
from conformance.oracle.verdict import ProgramResult, Verdict
from conformance.runner import Plan


class Watching:
    """Hears nothing."""

    def grow(self, steps: int) -> None: ...

    def took(self, result: ProgramResult) -> None: ...


@pytest.fixture(autouse=True)
def both_installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The library and its kiosk are all that is installed."""
    named = {"library": "toy.target:TARGET", "kiosk": "toy.kiosk:TARGET"}
    points = EntryPoints([EntryPoint(name, value, targets.ENTRY_POINT_GROUP) for name, value in named.items()])
    monkeypatch.setattr(targets, "entry_points", lambda **wanted: points.select(**wanted))
    targets.load.cache_clear()
    yield
    targets.load.cache_clear()


def steps(selected: tuple[str, ...], cassettes: Path, **more: object) -> Counter[str]:
    """Judged steps by target; every one must be the same as recorded."""
    outcome = runner.run(Plan(selected, (cassettes,), {}, **more), Watching())  # type: ignore[arg-type]
    assert outcome.failure == "" and len({result.name for result in outcome.results}) == len(outcome.results)
    judged = [step for result in outcome.results for step in result.steps]
    assert {step.verdict for step in judged} == {Verdict.SAME}
    return Counter(step.behaviour.target for step in judged)


def test_each_makes_all_the_calls(library_cassettes: Path, tmp_path: Path) -> None:
    alone = steps(("library",), library_cassettes, cache=tmp_path)
    both = steps(("library", "kiosk"), library_cassettes, cache=tmp_path)
    assert alone["library"] > 100 and both == {"library": alone["library"], "kiosk": alone["library"]}
    assert steps(("kiosk",), library_cassettes, cache=tmp_path) == {"kiosk": alone["library"]}
