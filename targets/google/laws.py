"""How answers of Google's APIs hang together."""

from __future__ import annotations

import re
from collections.abc import Mapping

from conformance.programs.grow.laws import FilterHolds, GoneIsGone, Law, Listing, ListsWhatIsThere, Lives, PagesShare
from conformance.recordings.model import Json

FILE = "/drive/v3/files/{fileId}"
SPREADSHEET = "/v4/spreadsheets/{spreadsheetId}"

FILES = Listing(
    operation="GET /drive/v3/files",
    items="files",
    id="id",
    next="nextPageToken",
    cursor="pageToken",
    harmless=frozenset({"fields", "orderBy", "pageSize", "supportsAllDrives", "includeItemsFromAllDrives"}),
)
FILE_LIVES = Lives(
    made={
        "POST /drive/v3/files": ("id",),
        f"POST {FILE}/copy": ("id",),
        "POST /v4/spreadsheets": ("spreadsheetId",),
    },
    gone={f"DELETE {FILE}": "fileId"},
)
COMMENT = f"{FILE}/comments/{{commentId}}"
COMMENT_LIVES = Lives(made={f"POST {FILE}/comments": ("id",)}, gone={f"DELETE {COMMENT}": "commentId"})

_TRASHED = re.compile(r"(?:^|\band\s)\s*trashed\s*=\s*(true|false)\b", re.IGNORECASE)
_TYPE = re.compile(r"""(?:^|\band\s)\s*mimeType\s*=\s*(['"])([^'"]*)\1""")


def satisfies(query: str, file: Json) -> bool | None:
    """Whether a file satisfies the parts of a query that can be told from it; None where none can."""
    if " or " in query or "not " in query or "(" in query or not isinstance(file, dict):
        return None
    told = []
    trashed, kind = _TRASHED.search(query), _TYPE.search(query)
    if trashed and "trashed" in file:
        told.append(file["trashed"] is (trashed[1].lower() == "true"))
    if kind and "mimeType" in file:
        told.append(file["mimeType"] == kind[2])
    return all(told) if told else None


LAWS: Mapping[str, tuple[Law, ...]] = {
    "drive": (
        ListsWhatIsThere("files.list has what was created, and nothing that was deleted", FILES, FILE_LIVES),
        PagesShare("pages of files.list have nothing in common", FILES),
        GoneIsGone(
            "a deleted file is not found",
            FILE_LIVES,
            {f"{verb} {FILE}": "fileId" for verb in ("GET", "PATCH", "DELETE")},
            404,
        ),
        GoneIsGone(
            "a deleted comment is not found",
            COMMENT_LIVES,
            {f"GET {COMMENT}": "commentId"},
            404,
        ),
        FilterHolds("files.list shows what satisfies q", "GET /drive/v3/files", "q", "files", satisfies),
    ),
    "sheets": (
        GoneIsGone(
            "a deleted spreadsheet is not found",
            FILE_LIVES,
            {
                f"GET {SPREADSHEET}": "spreadsheetId",
                f"GET {SPREADSHEET}/values/{{range}}": "spreadsheetId",
                f"POST {SPREADSHEET}:batchUpdate": "spreadsheetId",
            },
            404,
        ),
    ),
}
