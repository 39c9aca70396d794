"""Write cassettes: vcrpy's JSON, one interaction a line, so that files are small and their diffs readable."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from conformance.errors import CannotWrite
from conformance.recordings.model import Headers, Interaction, Json, Provenance, Recording


def write_recording(recording: Recording, path: Path) -> None:
    """Write ``recording`` to ``path``; folders are made as needed. Equal recordings give equal bytes.

    Raises:
        CannotWrite: When the file system refuses.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dump_recording(recording), encoding="utf-8", newline="\n")
    except OSError as problem:
        reason = problem.strerror or "refused"
        raise CannotWrite(f"{path}: cannot be written ({reason}); check the folder and its rights.") from None


def dump_recording(recording: Recording) -> str:
    """The cassette as text that vcrpy loads (binary bodies excepted: vcrpy's JSON has no form for them)."""
    interactions = ",\n".join(_compact(_interaction(item)) for item in recording.interactions)
    provenance = _compact(_provenance(recording.provenance))
    return f'{{"version":1,\n"provenance":{provenance},\n"interactions":[\n{interactions}\n]}}\n'


def _compact(document: Json) -> str:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace").decode()  # lone surrogates are no UTF-8


def _provenance(provenance: Provenance) -> dict[str, Any]:
    return {word: value for word, value in asdict(provenance).items() if value}


def _interaction(item: Interaction) -> dict[str, Any]:
    request, response = item.request, item.response
    return {
        "request": {
            "method": request.method,
            "uri": request.uri,
            "headers": _headers(request.headers),
            "body": _body(request.body)["string"] if _is_text(request.body) else _body(request.body),
        },
        "response": {
            "status": {"code": response.status, "message": response.reason},
            "headers": _headers(response.headers),
            "body": _body(response.body),
        },
    }


def _headers(headers: Headers) -> dict[str, list[str]]:
    return {name: list(lines) for name, lines in headers.items()}


def _is_text(body: bytes) -> bool:
    try:
        body.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def _body(body: bytes) -> dict[str, str]:
    if _is_text(body):
        return {"string": body.decode("utf-8", "surrogatepass")}
    return {"base64": base64.b64encode(body).decode("ascii")}
