"""files.list: which files, in which order."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
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
    order = read_order(request.first("orderBy"))
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
    files = [file for file in state.files.values() if file["id"] != state.root_id]
    drive_id = request.first("driveId") or request.first("teamDriveId")
    if drive_id:
        the_drive(state, drive_id)
        return [file for file in files if file.get("driveId") == drive_id]
    if flag(request, "includeItemsFromAllDrives") or flag(request, "includeTeamDriveItems"):
        return files
    return [file for file in files if "driveId" not in file]


Order = Callable[[list[Json]], list[Json]]

SORT_KEYS: Mapping[str, Callable[[Json], Any]] = {
    "createdTime": lambda file: file["createdTime"],
    "folder": lambda file: file["mimeType"] != FOLDER,
    "modifiedByMeTime": lambda file: file["modifiedTime"],
    "modifiedTime": lambda file: file["modifiedTime"],
    "name": lambda file: file["name"].casefold(),
    "name_natural": lambda file: _natural(file["name"]),
    "recency": lambda file: file["modifiedTime"],
    "sharedWithMeTime": lambda file: file.get("sharedWithMeTime", ""),
    "starred": lambda file: not file.get("starred", False),
    "viewedByMeTime": lambda file: file["modifiedTime"],
}
"""Keys of ``orderBy``; each sorts ascending unless it is followed by ``desc``."""

NEWEST_FIRST = "modifiedTime desc"
"""The order of a list when the caller names none."""


def _natural(name: str) -> list[tuple[int, int, str]]:
    """``file 10`` after ``file 9``."""
    parts = re.findall(r"\d+|\D+", name.casefold())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]


def read_order(text: str | None) -> Order:
    """The order that ``orderBy`` asks for: keys separated by commas, each perhaps followed by ``desc``."""
    keys = [_read_key(part) for part in (text or NEWEST_FIRST).split(",")]

    def order(files: list[Json]) -> list[Json]:
        for key, descending in reversed(keys):
            files = sorted(files, key=key, reverse=descending)
        return files

    return order


def _read_key(part: str) -> tuple[Callable[[Json], Any], bool]:
    name, *direction = part.split()[:3] or [""]
    if name not in SORT_KEYS or direction not in ([], ["desc"]):
        raise unevidenced("an unknown orderBy")
    return SORT_KEYS[name], bool(direction)
