"""What all tests share. Slow tests (they install packages, or run everything) run with ``--slow``, as in tox."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from commandline import record_drive

LIFE = (
    ("POST /drive/v3/files", "files.create", {"body": {"name": "plan"}}),
    ("GET /drive/v3/files/{fileId}", "files.get", {"fileId": "<0.id>", "fields": "id,name,trashed"}),
    ("PATCH /drive/v3/files/{fileId}", "files.update", {"fileId": "<0.id>", "body": {"name": "another plan"}}),
    ("GET /drive/v3/files/{fileId}", "files.get", {"fileId": "<0.id>", "fields": "id,name"}),
    ("GET /drive/v3/files/{fileId}", "files.get", {"fileId": "nobody-made-this", "fields": "id"}),
    ("GET /drive/v3/files", "files.list", {"fields": "files(id,name)"}),
    ("DELETE /drive/v3/files/{fileId}", "files.delete", {"fileId": "<0.id>"}),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="Run the slow tests too.")


def pytest_configure(config: pytest.Config) -> None:
    settings.register_profile("kit", deadline=None)  # the machine may be busy
    settings.load_profile("kit")
    config.addinivalue_line("markers", "slow: installs packages or runs every target; runs with --slow.")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--slow"):
        return
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="needs --slow"))


@pytest.fixture(scope="session")
def drive_recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three small recordings of Drive, made of what the embedded twin answers."""
    folder = tmp_path_factory.mktemp("recordings")
    for number, calls in enumerate((LIFE, LIFE[:4], LIFE[:2])):
        record_drive(calls, folder / f"life-{number}.json")
    return folder
