"""``--twin TARGET=URL`` and the configuration file: another twin than the embedded one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from commandline import conformance
from conformance.target import load
from conformance.twinkit.server import serve_twin
from conformance.twinkit.service import TwinRequest
from conformance.twinkit.twin import Answer, Twin


class Witness(Twin):
    """A twin that remembers the requests, and may be told to live below a path."""

    prefix = ""

    def __init__(self, names: tuple[str, ...]) -> None:
        services = [load(name).twin() for name in names]
        super().__init__([service for service in services if service])
        self.seen: list[TwinRequest] = []

    def handle(self, request: TwinRequest) -> Answer:
        from dataclasses import replace

        self.seen.append(request)
        assert request.path.startswith(self.prefix)
        return super().handle(replace(request, path=request.path.removeprefix(self.prefix)))

    @property
    def tokens(self) -> set[str | None]:
        return {request.headers.get("authorization") for request in self.seen if "/_twin/" not in request.path}


@pytest.fixture
def witness() -> Iterator[tuple[Witness, str]]:
    twin = Witness(("drive", "sheets"))
    with serve_twin(twin) as server:
        yield twin, server.url


def test_the_option_names_target_and_twin(drive_recordings: Path, tmp_path: Path, witness: tuple[Witness, str]) -> None:
    twin, url = witness
    ran = conformance("run", "--twin", f"drive={url}", "--recordings", drive_recordings, cwd=tmp_path)
    assert ran.code == 0, ran
    (target,) = ran.report["targets"]
    assert target["twin"] == {"kind": "external", "name": "drive", "base_url": url}
    assert target["compatibility"] == 100
    assert {"/_twin/reset", "/drive/v3/files"} <= {request.path for request in twin.seen}


def test_a_trailing_slash_does_not_matter(drive_recordings: Path, tmp_path: Path, witness: tuple[Witness, str]) -> None:
    _, url = witness
    ran = conformance("run", "--twin", f"drive={url}/", "--recordings", drive_recordings, cwd=tmp_path)
    assert ran.report["targets"][0]["compatibility"] == 100


def test_a_twin_may_live_below_a_path(drive_recordings: Path, tmp_path: Path, witness: tuple[Witness, str]) -> None:
    twin, url = witness
    twin.prefix = "/google"
    ran = conformance("run", "--twin", f"drive={url}/google", "--recordings", drive_recordings, cwd=tmp_path)
    assert ran.report["targets"][0]["compatibility"] == 100


def test_the_file_gives_url_and_credentials(
    drive_recordings: Path, tmp_path: Path, witness: tuple[Witness, str]
) -> None:
    twin, url = witness
    (tmp_path / "conformance.toml").write_text(f'[twins.drive]\nurl = "{url}"\ncredentials = "from-file"\n')
    ran = conformance("run", "drive", "--recordings", drive_recordings, cwd=tmp_path)
    assert ran.code == 0, ran
    assert twin.tokens == {"Bearer from-file"}


def test_the_environment_has_the_last_word_on_credentials(
    drive_recordings: Path, tmp_path: Path, witness: tuple[Witness, str]
) -> None:
    twin, url = witness
    (tmp_path / "conformance.toml").write_text(f'[twins.drive]\nurl = "{url}"\ncredentials = "from-file"\n')
    env = {"CONFORMANCE_DRIVE_TOKEN": "from-environment"}
    ran = conformance("run", "drive", "--recordings", drive_recordings, cwd=tmp_path, env=env)
    assert ran.code == 0, ran
    assert twin.tokens == {"Bearer from-environment"}
    assert "from-environment" not in ran.out + ran.err + (tmp_path / "conformance-report/report.json").read_text()


def test_the_option_overrides_the_file(drive_recordings: Path, tmp_path: Path, witness: tuple[Witness, str]) -> None:
    _, url = witness
    (tmp_path / "conformance.toml").write_text('[twins.drive]\nurl = "http://127.0.0.1:1"\n')
    ran = conformance("run", "--twin", f"drive={url}", "--recordings", drive_recordings, cwd=tmp_path)
    assert ran.code == 0, ran


def test_proxies_of_the_environment_are_not_used(
    drive_recordings: Path, tmp_path: Path, witness: tuple[Witness, str]
) -> None:
    _, url = witness
    proxies = dict.fromkeys(("http_proxy", "HTTP_PROXY", "ALL_PROXY", "https_proxy"), "http://127.0.0.1:9")
    ran = conformance("run", "--twin", f"drive={url}", "--recordings", drive_recordings, cwd=tmp_path, env=proxies)
    assert ran.code == 0, ran
    assert ran.report["targets"][0]["compatibility"] == 100
