"""Traces are kept by content: nothing that changed is ever met again."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from conformance import worker
from conformance.programs.model import Trace, Unlifted
from conformance.recordings.model import Interaction, Provenance, Recording, Request, Response
from conformance.target import Sdk
from conformance.worker import Worker, WorkerPlan
from conformance.worlds import cache, recorded
from conformance.worlds.cache import TraceCache
from toy.target import HOST, TARGET

SDKS = [("library", Sdk("library-sdk", "1.2.0")), ("museum", Sdk("other", "1"))]
MISSED = [Unlifted(3, "no such operation", "GET api/v2")]


@pytest.fixture
def kept(tmp_path: Path, traces: list[Trace]) -> TraceCache:
    found = TraceCache(tmp_path, SDKS)
    found.save("digest", (traces[0], MISSED))
    return found


def test_hit(kept: TraceCache, tmp_path: Path, traces: list[Trace]) -> None:
    assert kept.load("digest") == (traces[0], MISSED)
    assert TraceCache(tmp_path, reversed(SDKS)).load("digest") == (traces[0], MISSED)


def test_changed_cassette_is_not_known(kept: TraceCache) -> None:
    assert kept.load("another digest") is None


def test_other_sdk_version_is_not_known(kept: TraceCache, tmp_path: Path) -> None:
    assert TraceCache(tmp_path, [("library", Sdk("library-sdk", "1.2.1")), SDKS[1]]).load("digest") is None


def test_another_client_of_the_same_sdk_is_not_known(kept: TraceCache, tmp_path: Path) -> None:
    assert TraceCache(tmp_path, [("library-async", SDKS[0][1]), SDKS[1]]).load("digest") is None


def test_changed_code_is_not_known(kept: TraceCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "code_fingerprint", lambda: "something else")
    assert TraceCache(tmp_path, SDKS).load("digest") is None


def test_no_folder_keeps_nothing(traces: list[Trace]) -> None:
    nothing = TraceCache(None, SDKS)
    nothing.save("digest", (traces[0], []))
    assert nothing.load("digest") is None


def test_recording_without_digest_is_not_kept(tmp_path: Path, traces: list[Trace]) -> None:
    TraceCache(tmp_path, SDKS).save("", (traces[0], []))
    assert list(tmp_path.iterdir()) == []


def test_folder_that_cannot_be_written_is_no_error(tmp_path: Path, traces: list[Trace]) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("no folder")
    blocked = TraceCache(blocker, SDKS)
    blocked.save("digest", (traces[0], []))
    assert blocked.load("digest") is None


@pytest.mark.parametrize("damage", [b"", b"not a pickle", b"\x80\x05."])
def test_damaged_entry_is_done_without(kept: TraceCache, tmp_path: Path, damage: bytes) -> None:
    entries = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(entries) == 1  # and no draft is left behind
    entries[0].write_bytes(damage)
    assert kept.load("digest") is None


def test_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.default_folder() == tmp_path / "conformance"


def test_what_a_busy_machine_may_have_spoilt_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "load", lambda _: TARGET)
    request = Request("POST", f"http://{HOST}/v1/loans?dry_run=1", {"content-type": ("application/json",)}, b"{}")
    failing = Recording(
        "made", Path("made.json"), Provenance(), (Interaction(0, request, Response(200, "")),), "digest"
    )

    def kept_after(slow: float) -> int:
        monkeypatch.setattr(recorded, "SLOW", slow)
        with closing(Worker(WorkerPlan((TARGET.name,), {}, tmp_path, 2.0))) as tracing:
            assert tracing.trace(failing)[1]
        return len([path for path in tmp_path.rglob("*") if path.is_file()])

    assert [kept_after(0.0), kept_after(60.0)] == [0, 1]
