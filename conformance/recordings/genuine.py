"""Tell genuine exchanges from doctored ones by what nobody who edits a body thinks of: its length."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator

from conformance.recordings.messages import MalformedError
from conformance.recordings.model import Interaction, Response

GZIP_OVERHEAD = 20
"""Bytes by which gzip makes a very short body longer."""

MARGIN = (0.7, 1.2)
"""Servers compress better (brotli) or faster than zlib's default: the ratio to its size they stay within."""


def check_length(recorded: Interaction) -> None:
    """Refuse a response whose Content-Length fits neither its body nor any way a recorder stores it.

    The length may be that of the body, of its compressed form, or of the same JSON written with other white
    space. Answers without a body by nature (HEAD, 204, 304) may tell the length of what they do not send.

    Raises:
        MalformedError: When it fits none of them.
    """
    response = recorded.response
    said = response.header("content-length")
    if said is None or recorded.request.method == "HEAD" or response.status in (204, 304):
        return
    if not said.strip().isdecimal():
        raise MalformedError(f"Content-Length is {said[:40]!r}, not a number; record it again")
    length = int(said)
    if length != len(response.body) and not _explained(length, response):
        raise MalformedError(
            f"Content-Length says {length} bytes but the body has {len(response.body)}, so it was edited or "
            "cut; record it again"
        )


def _explained(length: int, response: Response) -> bool:
    return _compressed(length, response.body) or length in set(_written_otherwise(response.body))


def _compressed(length: int, body: bytes) -> bool:
    if not body:
        return False
    size = len(zlib.compress(body)) + 12  # a gzip frame is 12 bytes longer than zlib's
    low, high = MARGIN
    ceiling = min(max(size * high, size + GZIP_OVERHEAD), len(body) + GZIP_OVERHEAD)
    return size * low <= length <= ceiling


def _written_otherwise(body: bytes) -> Iterator[int]:
    """Lengths of the same JSON document in other common notations."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return
    for ascii_only in (False, True):
        for layout in ({"separators": (",", ":")}, {}, {"indent": 2}, {"indent": 4}):
            text = json.dumps(document, ensure_ascii=ascii_only, **layout)
            size = len(text.encode("utf-8", "surrogatepass"))
            yield size
            yield size + 1  # a final line break
