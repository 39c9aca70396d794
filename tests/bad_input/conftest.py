from __future__ import annotations

from pathlib import Path

import pytest
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


@pytest.fixture(scope="session")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three small recordings of Drive."""
    folder = tmp_path_factory.mktemp("recordings")
    for number, calls in enumerate((LIFE, LIFE[:4], LIFE[:2])):
        record_drive(calls, folder / f"life-{number}.json")
    return folder
