"""Wrong options and configuration: one sentence, exit code 2, and nothing is run."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from commandline import assert_refused, conformance

WRONG = {
    ("run", "nope"): "no target 'nope'",
    ("run", "--nope"): "--nope",
    ("rum",): "rum",
    ("run", "--workers", "0"): "--workers 0",
    ("run", "--workers", "-3"): "--workers",
    ("run", "--workers", "many"): "--workers many",
    ("run", "--workers"): "--workers",
    ("run", "--timeout", "soon"): "--timeout",
    ("run", "--timeout", "0"): "--timeout",
    ("run", "--timeout", "-1"): "--timeout",
    ("run", "--timeout", "nan"): "--timeout",
    ("run", "--timeout", "inf"): "--timeout",
    ("run", "--twin", "http://127.0.0.1:1"): "TARGET=URL",
    ("run", "--twin", "drive="): "TARGET=URL",
    ("run", "--twin", "=http://127.0.0.1"): "TARGET=URL",
    ("run", "--twin", "drive=ftp://host"): "http://HOST",
    ("run", "--twin", "drive=localhost:80"): "http://HOST",
    ("run", "--twin", "drive=http://"): "http://HOST",
    ("run", "--twin", "drive=http://host:99999"): "http://HOST",
    ("run", "--twin", "drive=http://host:port"): "http://HOST",
    ("run", "--twin", "drive=http://[::1"): "http://HOST",
    ("run", "--twin", "drive=http://ho st"): "http://HOST",
    ("run", "--twin", "drive=http://host/?a=b"): "http://HOST",
    ("run", "--twin", "drive=http://user:word@host"): "http://HOST",
    ("run", "--twin", "nope=http://127.0.0.1:1"): "no target",
    ("run", "--update-baseline"): "--baseline",
    ("run", "--baseline", "missing.json"): "missing.json",
    ("twin", "nope"): "no target 'nope'",
    ("twin", "--port", "http"): "--port",
    ("twin", "--port", "65536"): "65536",
    ("twin", "--port", "-1"): "-1",
    ("twin", "--host", "no such host"): "no such host",
    ("import", "only-one"): "DEST",
    ("import", "nowhere", "made"): "nowhere",
}


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_wrong_options(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ran = conformance(*arguments, cwd=tmp_path)
    assert_refused(ran, WRONG[arguments])
    assert not (tmp_path / "conformance-report").exists()
    assert ran.out == ""


CONFIGURATIONS = {
    "not TOML": "[twins",
    "another type": "twins = 3",
    "a twin that is no table": '[twins]\ndrive = "http://127.0.0.1:1"',
    "no URL": "[twins.drive]\nport = 3",
    "a URL that is none": '[twins.drive]\nurl = "here"',
    "a URL of another type": "[twins.drive]\nurl = 3",
    "an unknown target": '[twins.nope]\nurl = "http://127.0.0.1:1"',
    "an unknown key": '[twins.drive]\nurl = "http://127.0.0.1:1"\nbase = "x"',
    "an unknown table": "[twin.drive]\nurl = 'http://127.0.0.1:1'",
    "credentials of another type": "[twins.drive]\nurl = 'http://127.0.0.1:1'\ncredentials = ['a']",
}


@pytest.mark.parametrize("case", CONFIGURATIONS)
def test_wrong_configuration(tmp_path: Path, case: str) -> None:
    (tmp_path / "conformance.toml").write_text(CONFIGURATIONS[case])
    assert_refused(conformance("run", cwd=tmp_path), "conformance.toml")


def test_a_configuration_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "conformance.toml").write_bytes(b"\xff\xfe")
    assert_refused(conformance("run", cwd=tmp_path), "conformance.toml", "TOML")


def test_credentials_that_no_header_can_carry(drive_recordings: Path, tmp_path: Path) -> None:
    ran = conformance(
        "run", "--twin", "drive=http://127.0.0.1:1", cwd=tmp_path, env={"CONFORMANCE_DRIVE_TOKEN": "a\nX-Evil: b"}
    )
    assert_refused(ran, "CONFORMANCE_DRIVE_TOKEN")


def test_a_baseline_that_is_none(drive_recordings: Path, tmp_path: Path) -> None:
    (tmp_path / "baseline.json").write_text("[1]")
    ran = conformance("run", "drive", "--recordings", drive_recordings, "--baseline", "baseline.json", cwd=tmp_path)
    assert_refused(ran, "baseline.json")


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert_refused(conformance("twin", "drive", "--port", port, cwd=tmp_path), port, "choose another port")
