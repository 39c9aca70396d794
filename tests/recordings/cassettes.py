"""Synthetic cassettes for tests."""

import json
from pathlib import Path
from typing import Any

from conformance.recordings.model import Recording
from conformance.recordings.read import read_recording


def exchange(
    body: Any = None,
    *,
    method: str = "GET",
    uri: str = "https://api.vendor.test/v1/things",
    sent: Any = None,
    status: int = 200,
    headers: dict[str, list[str]] | None = None,
) -> dict[str, Any]:
    """One interaction in vcrpy's form; bodies that are no strings are written as JSON."""
    return {
        "request": {"method": method, "uri": uri, "headers": {}, "body": _text(sent)},
        "response": {
            "status": {"code": status, "message": "OK"},
            "headers": headers or {"Content-Type": ["application/json"]},
            "body": {"string": _text(body) or ""},
        },
    }


def _text(body: Any) -> str | None:
    return body if body is None or isinstance(body, str) else json.dumps(body, ensure_ascii=False)


def write(file: Path, *exchanges: dict[str, Any], **provenance: Any) -> Path:
    """Write a cassette and return its path."""
    file.parent.mkdir(parents=True, exist_ok=True)
    document = {"version": 1, "provenance": provenance, "interactions": list(exchanges)}
    file.write_text(json.dumps(document), encoding="utf-8")
    return file


def recording(file: Path, *exchanges: dict[str, Any], **provenance: Any) -> Recording:
    """Write a cassette and read it."""
    return read_recording(write(file, *exchanges, **provenance), file.parent)
