"""files.list: which files, in which order."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from conformance.recordings.model import Json
from conformance.twinkit.service import TwinRequest
from targets.google.drive.twin import query
from targets.google.drive.twin.answers import flag, invalid_value, listing, page, unevidenced
from targets.google.drive.twin.lookups import the_drive
from targets.google.drive.twin.resources import file_resource
from targets.google.drive.twin.views import FILE_VIEW, View
from targets.google.state import FOLDER, GoogleState


def list_files(state: GoogleState, request: TwinRequest) -> Json:
    """files.list."""
    wanted = read_query(request)
    order = read_order(state, request.first("orderBy"))
    found = [file for file in _corpus(state, request) if wanted is None or wanted(View(state, file, FILE_VIEW))]
    part, next_token = page(request, order(found), 100)
    shown = [file_resource(state, file) for file in part]
    return {**listing("drive#fileList", "files", shown, next_token), "incompleteSearch": False}


def read_query(request: TwinRequest, drives: bool = False) -> query.Predicate | None:
    """The predicate of ``q``; None where there is no ``q``. A bad one is refused."""
    text = request.first("q")
    if not text or not text.strip():
        return None
    try:
        return query.parse(text, drives)
    except query.BadQuery as error:
        raise invalid_value("q") from error


def _corpus(state: GoogleState, request: TwinRequest) -> list[Json]:
    """The files that the request searches: one shared drive, all of them, or the user's own."""
    if request.first("spaces", "drive") != "drive":
        raise unevidenced("another space than drive")
    files = [file for file in state.files.values() if file["id"] != state.root_id]
    drive_id = request.first("driveId") or request.first("teamDriveId")
    if drive_id:
        the_drive(state, drive_id)
        return [file for file in files if file.get("driveId") == drive_id]
    if flag(request, "includeItemsFromAllDrives") or flag(request, "includeTeamDriveItems"):
        return files
    return [file for file in files if "driveId" not in file]


Order = Callable[[list[Json]], list[Json]]
SortKey = Callable[[GoogleState, Json], Any]


def _by(name: str) -> SortKey:
    return lambda _state, file: file.get(name, "")


SORT_KEYS: Mapping[str, SortKey] = {
    "createdTime": _by("createdTime"),
    "folder": lambda _state, file: file["mimeType"] != FOLDER,
    "modifiedByMeTime": _by("modifiedTime"),
    "modifiedTime": _by("modifiedTime"),
    "name": lambda _state, file: file["name"].casefold(),
    "name_natural": lambda _state, file: _natural(file["name"]),
    "quotaBytesUsed": lambda state, file: int(file_resource(state, file)["quotaBytesUsed"]),
    "recency": _by("modifiedTime"),
    "sharedWithMeTime": _by("sharedWithMeTime"),
    "starred": lambda _state, file: not file.get("starred", False),
    "viewedByMeTime": _by("modifiedTime"),
}
"""Keys of ``orderBy``; each sorts ascending unless it is followed by ``desc``."""

NEWEST_FIRST = "modifiedTime desc"
"""The order of a list when the caller names none."""


def _natural(name: str) -> list[tuple[int, int, str]]:
    """``file 10`` after ``file 9``."""
    parts = re.findall(r"\d+|\D+", name.casefold())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]


def read_order(state: GoogleState, text: str | None) -> Order:
    """The order that ``orderBy`` asks for: keys separated by commas, each perhaps followed by ``desc``."""
    keys = [_read_key(part) for part in (text or NEWEST_FIRST).split(",")]

    def order(files: list[Json]) -> list[Json]:
        for key, descending in reversed(keys):
            files = sorted(files, key=partial(key, state), reverse=descending)
        return files

    return order


def _read_key(part: str) -> tuple[SortKey, bool]:
    name, *direction = part.split()[:3] or [""]
    if name not in SORT_KEYS or direction not in ([], ["desc"]):
        raise unevidenced("an unknown orderBy")
    return SORT_KEYS[name], bool(direction)
