"""Which targets a run measures, and at which twins: some targets have no embedded one."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest

from conformance import runner
from conformance import target as targets
from conformance.commands.run import RunOptions, make_plan
from conformance.errors import BadConfiguration
from conformance.worlds.live import TwinAddress

POINTS = {"library": "toy.target:TARGET", "museum": "toy.museum:TARGET"}
ADDRESS = TwinAddress("http://127.0.0.1:1")


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """Says which of the toy targets are installed."""

    def these(*names: str) -> None:
        points = EntryPoints([EntryPoint(name, POINTS[name], targets.ENTRY_POINT_GROUP) for name in names])
        monkeypatch.setattr(targets, "entry_points", lambda **wanted: points.select(**wanted))
        targets.load.cache_clear()

    yield these
    targets.load.cache_clear()


def options(*names: str, twins: tuple[str, ...] = ()) -> RunOptions:
    return RunOptions(names, twins, (Path("recordings"),), (), Path("out"), None, False, "1", 10.0, False)


def test_a_target_without_a_twin_is_left_out(install, capsys: pytest.CaptureFixture[str]) -> None:
    install("library", "museum")
    assert make_plan(options()).selected == ("library",)
    (line,) = capsys.readouterr().err.splitlines()
    assert "'museum' is left out" in line and "--twin museum=URL" in line


def test_it_is_measured_where_its_twin_is_named(install, capsys: pytest.CaptureFixture[str]) -> None:
    install("library", "museum")
    assert make_plan(options(twins=("museum=http://127.0.0.1:1",))).selected == ("museum",)
    assert make_plan(options("museum", "library", twins=("museum=http://127.0.0.1:1",))).selected == (
        "museum",
        "library",
    )
    assert capsys.readouterr().err == ""


def test_a_twin_in_the_configuration_file_will_do(install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install("library", "museum")
    monkeypatch.chdir(tmp_path)
    Path("conformance.toml").write_text('[twins.museum]\nurl = "http://127.0.0.1:1"\n')
    assert make_plan(options()).selected == ("library", "museum")


@pytest.mark.parametrize(("known", "named"), [(("library", "museum"), ("museum",)), (("museum",), ())])
def test_to_ask_for_it_alone_is_an_error(known, named, install) -> None:
    install(*known)
    with pytest.raises(BadConfiguration) as refused:
        make_plan(options(*named))
    line = str(refused.value)
    assert "'museum' has no embedded twin" in line and "--twin museum=URL" in line


def test_a_twin_is_borrowed_only_by_services_that_share_its_state(install) -> None:
    install("library", "museum")
    assert runner.addresses({"museum": ADDRESS}, ("library", "museum")) == {"museum": ADDRESS}
    assert runner.addresses({}, ("library", "museum")) == {}
