"""The bytes of files: download, and export of files of Google's own types."""

from __future__ import annotations

import base64
import csv
import io
import re
from collections.abc import Callable, Mapping

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply, TwinRequest
from targets.google.drive.twin.answers import unevidenced
from targets.google.drive.twin.lookups import the_file
from targets.google.errors import drive_refusal
from targets.google.sheets.twin import a1
from targets.google.sheets.twin.reading import Reader, Rendering
from targets.google.state import GOOGLE_APPS, SPREADSHEET, GoogleState

CONTENT_HEADERS = {
    "Cache-Control": "private, max-age=0, must-revalidate",
    "Content-Disposition": "attachment",
    "Access-Control-Allow-Credentials": "true",
}
"""On every answer that is a file's content."""

NOT_DOWNLOADABLE = "Only files with binary content can be downloaded. Use Export with Docs Editors files."

_RANGE = re.compile(r"bytes=(\d+)-(\d*)$")


def download(state: GoogleState, file: Json, request: TwinRequest) -> Reply:
    """The content of ``file``, or the part that the ``Range`` header asks for."""
    if file["mimeType"].startswith(GOOGLE_APPS):
        raise drive_refusal(403, NOT_DOWNLOADABLE, "fileNotDownloadable", location="alt")
    content = state.contents.get(file["id"])
    if content is None:
        raise unevidenced("content that no recording shows")
    headers = {**CONTENT_HEADERS, "Content-Type": file["mimeType"], "X-Goog-Hash": "crc32c=" + crc32c(content)}
    found = _RANGE.match(request.headers.get("range", ""))
    return _part(content, found, headers) if found else Reply(content, headers=headers)


def _part(content: bytes, found: re.Match[str], headers: Mapping[str, str]) -> Reply:
    start = int(found[1])
    end = min(int(found[2] or len(content)), len(content) - 1)
    if start > end:
        return Reply(b"", 416, {**headers, "Content-Range": f"bytes */{len(content)}"})
    span = {"Content-Range": f"bytes {start}-{end}/{len(content)}"}
    return Reply(content[start : end + 1], 206, {**headers, **span})


def _crc_table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return tuple(table)


_CRC_TABLE = _crc_table()


def crc32c(content: bytes) -> str:
    """CRC-32C (Castagnoli) in base64, as Google Cloud states it."""
    crc = 0xFFFFFFFF
    for byte in content:
        crc = crc >> 8 ^ _CRC_TABLE[(crc ^ byte) & 0xFF]
    return base64.b64encode((crc ^ 0xFFFFFFFF).to_bytes(4, "big")).decode()


def export(state: GoogleState, request: TwinRequest) -> Reply:
    """files.export: a spreadsheet's first sheet as separated values; other formats have no evidence."""
    file = the_file(state, request)
    wanted = request.first("mimeType") or ""
    writer = EXPORTERS.get((file["mimeType"], wanted))
    if writer is None:
        raise unevidenced(f"the export of {file['mimeType']} as {wanted}")
    return Reply(writer(state, file["id"]), headers={**CONTENT_HEADERS, "Content-Type": wanted})


Exporter = Callable[[GoogleState, str], bytes]


def _separated(dialect: str) -> Exporter:
    def write(state: GoogleState, file_id: str) -> bytes:
        out = io.StringIO()
        csv.writer(out, dialect, lineterminator="\r\n").writerows(shown_rows(state, file_id))
        return out.getvalue().removesuffix("\r\n").encode()

    return write


def shown_rows(state: GoogleState, file_id: str) -> list[list[str]]:
    """What the cells of the first sheet show, as a rectangle."""
    spreadsheet = state.spreadsheets[file_id]
    first = a1.parse(spreadsheet, a1.quoted(spreadsheet.sheets[0].title))
    rows = Reader(spreadsheet, Rendering()).value_range(first).get("values", [])
    width = max(map(len, rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows]


EXPORTERS: Mapping[tuple[str, str], Exporter] = {
    (SPREADSHEET, "text/csv"): _separated("excel"),
    (SPREADSHEET, "text/tab-separated-values"): _separated("excel-tab"),
}
