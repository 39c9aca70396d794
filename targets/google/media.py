"""Bodies of media uploads: what was uploaded, whatever the boundary."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from email.message import Message
from email.parser import BytesHeaderParser

from conformance.recordings.model import Json, Request

_BOUNDARY = re.compile(r'boundary=(?:"([^"]+)"|([^;\s]+))', re.IGNORECASE)
_PART = re.compile(rb"(\r?\n)(.*?\r?\n|)\1(.*)\1", re.DOTALL)
"""Line end of the delimiter, header lines, blank line, content, line end that belongs to the next delimiter."""

Upload = tuple[Json, dict[str, str]]
"""Metadata (None for none) and the media as ``media_argument`` writes it."""


def media_argument(mimetype: str, content: bytes) -> dict[str, str]:
    """The media of an upload as an argument that is JSON: ``text`` where the content is UTF-8, else ``base64``."""
    try:
        return {"mimetype": mimetype, "text": content.decode()}
    except UnicodeDecodeError:
        return {"mimetype": mimetype, "base64": base64.b64encode(content).decode("ascii")}


def media_content(media: Mapping[str, str]) -> bytes:
    """The bytes that ``media_argument`` was made of."""
    return base64.b64decode(media["base64"]) if "base64" in media else media.get("text", "").encode()


def parse_upload(request: Request) -> Upload:
    """What a simple or multipart upload carries.

    Raises:
        ValueError: the body is no upload (cut off, not recorded, without a boundary).
    """
    content_type = request.header("content-type") or ""
    if not request.body:
        raise ValueError("the body was not recorded")
    if content_type.lower().startswith("multipart/"):
        return _multipart(content_type, request.body)
    return None, media_argument(content_type or "application/octet-stream", request.body)


def _multipart(content_type: str, body: bytes) -> Upload:
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        raise ValueError("no boundary")
    delimiter = b"--" + (boundary[1] or boundary[2]).encode()
    parts = body.split(delimiter)[1:-1]
    if len(parts) != 2:
        raise ValueError("not two parts")
    (_, metadata), (headers, media) = map(_part, parts)
    return json.loads(metadata or b"null"), media_argument(headers.get_content_type(), media)


def _part(part: bytes) -> tuple[Message, bytes]:
    """Headers and content of a part; line ends are CRLF, but bare LF from Google's own SDK."""
    found = _PART.fullmatch(part)
    if found is None:
        raise ValueError("a part without an end of its headers")
    headers = BytesHeaderParser().parsebytes(found[2].lstrip())
    content = found[3]
    if headers.get("content-transfer-encoding", "").lower() == "base64":
        content = base64.b64decode(content)
    return headers, content
