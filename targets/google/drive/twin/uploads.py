"""Uploads: content alone, metadata and content in one body, or content in pieces (resumable)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply, TwinRequest
from targets.google import fields, schemas
from targets.google.drive.twin import files
from targets.google.drive.twin.answers import (
    ResourceHandler,
    json_object,
    not_found,
    read_mask,
    resource_like,
    unevidenced,
)
from targets.google.drive.twin.lookups import the_file
from targets.google.state import GoogleState


@dataclass
class Upload:
    """A resumable upload under way: the request that began it, and what has arrived."""

    request: TwinRequest
    metadata: Json
    content_type: str | None
    total: int | None
    content: bytes = b""


def upload(state: GoogleState, request: TwinRequest) -> Json | Reply:
    """files.create or files.update with content; ``uploadType`` says how it comes."""
    kind = request.first("uploadType")
    if kind == "media":
        return _store(state, request, {}, request.body, request.headers.get("content-type"))
    if kind == "multipart":
        metadata, content, content_type = read_multipart(request)
        return _store(state, request, metadata, content, content_type)
    if kind == "resumable":
        return _begin(state, request)
    raise unevidenced("an upload without uploadType")


def _store(state: GoogleState, request: TwinRequest, metadata: Json, content: bytes, content_type: str | None) -> Json:
    if "fileId" in request.params:
        return files.update_of(state, request, metadata, content, content_type)
    return files.create_of(state, metadata, content, content_type)


# Metadata and content in one body

_BOUNDARY = re.compile(r'boundary="?([^";]+)"?')


def read_multipart(request: TwinRequest) -> tuple[Json, bytes, str | None]:
    """Metadata, content and the content's type. Clients end header lines with CRLF or with LF alone."""
    found = _BOUNDARY.search(request.headers.get("content-type", ""))
    if found is None:
        raise unevidenced("a multipart upload without boundary")
    parts = _parts(request.body, found[1].encode())
    if len(parts) != 2:
        raise unevidenced("a multipart upload of other than two parts")
    (_, metadata), (content_type, content) = parts
    try:
        return resource_like(json.loads(metadata), "File"), content, content_type
    except ValueError as error:
        raise unevidenced("metadata that is no JSON") from error


def _parts(body: bytes, boundary: bytes) -> list[tuple[str | None, bytes]]:
    """Content type and content of each part."""
    pieces = re.split(rb"(?:\A|\r?\n)--" + re.escape(boundary) + rb"(?:--)?[ \t]*(?:\r?\n|\Z)", body)
    return [_part(piece) for piece in pieces[1:-1]]


def _part(piece: bytes) -> tuple[str | None, bytes]:
    head, _, content = re.split(rb"(\r?\n\r?\n)", piece, maxsplit=1)
    found = re.search(rb"^content-type:\s*([^\r\n]+)", head, re.IGNORECASE | re.MULTILINE)
    return (found[1].decode() if found else None), content


# Content in pieces

_PIECE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)$")


def _begin(state: GoogleState, request: TwinRequest) -> Reply:
    """Open a session; its URL comes back in ``Location``."""
    if "fileId" in request.params:
        the_file(state, request)
    length = request.headers.get("x-upload-content-length")
    upload_id = state.ids.token(100, prefix="ADPycd")
    state.uploads[upload_id] = Upload(
        request=request,
        metadata=json_object(request, "File"),
        content_type=request.headers.get("x-upload-content-type"),
        total=int(length) if length else None,
    )
    query = {name: values for name, values in request.query.items() if name != "alt"}
    location = f"{request.base_url}{request.path}?{urlencode({**query, 'upload_id': [upload_id]}, doseq=True)}"
    return Reply(b"", headers={"Location": location, "X-GUploader-UploadID": upload_id})


def receive(state: GoogleState, request: TwinRequest) -> Reply:
    """Take a piece; 308 with ``Range`` until all is there, then the file."""
    upload_id = request.first("upload_id") or ""
    session = state.uploads.get(upload_id)
    if session is None:
        raise not_found("Upload", upload_id, "upload_id")
    _append(session, request)
    if session.total is None or len(session.content) < session.total:
        return _incomplete(session)
    del state.uploads[upload_id]
    file = _store(state, session.request, session.metadata, session.content, session.content_type)
    return Reply(fields.apply(read_mask(session.request, schemas.schema("drive", "File")), file))


def _append(session: Upload, request: TwinRequest) -> None:
    """Add what the request carries; a request without ``Content-Range`` carries everything."""
    line = request.headers.get("content-range")
    if line is None:
        session.content, session.total = request.body, len(request.body)
        return
    found = _PIECE.match(line)
    if found is None or (found[1] and int(found[1]) != len(session.content)):
        raise unevidenced("a piece that does not fit")
    session.content += request.body
    session.total = session.total if found[3] == "*" else int(found[3])


def _incomplete(session: Upload) -> Reply:
    arrived = {"Range": f"bytes=0-{len(session.content) - 1}"} if session.content else {}
    return Reply(b"", 308, arrived)


ROUTES: Mapping[str, tuple[str, ResourceHandler]] = {
    "POST /upload/drive/v3/files": ("POST /drive/v3/files", upload),
    "PUT /upload/drive/v3/files": ("POST /drive/v3/files", receive),
    "PATCH /upload/drive/v3/files/{fileId}": ("PATCH /drive/v3/files/{fileId}", upload),
    "PUT /upload/drive/v3/files/{fileId}": ("PATCH /drive/v3/files/{fileId}", receive),
}
"""Routes outside the surface, each with the operation whose answer it gives."""
