"""What was there before a program began: put in, and taken out again for people to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from conformance.recordings.model import Json
from targets.google.drive.twin.resources import EDITOR_PATHS, author, drive_resource, file_resource
from targets.google.media import media_content
from targets.google.sheets.twin.model import new_spreadsheet
from targets.google.state import (
    DOCUMENT,
    EDITOR_ID_LENGTH,
    FOLDER,
    GOOGLE_APPS,
    OCTETS,
    SPREADSHEET,
    GoogleState,
    timestamp,
)

MADE_UP_NAME = "Seeded file"


def seed(state: GoogleState, facts: Json) -> None:
    """Put in what ``facts`` say, keeping the ids they give; what is there already is completed.

    ``facts`` has any of: ``about`` (About), ``rootFolderId``, ``drives`` ([Drive]), ``files`` ([File]), ``contents``
    ({fileId: media}), ``permissions``, ``comments``, ``revisions`` ({fileId: [...]}), ``replies``
    ({fileId: {commentId: [...]}}), ``startPageToken``. Resources may be partial but for their ids.
    The log of changes does not show any of it.
    """
    log, token = dict(state.changes), state.next_change
    for name, put in SEEDERS.items():
        if facts.get(name) is not None:
            put(state, facts[name])
    state.changes = log
    state.next_change = int(facts.get("startPageToken") or token)


def _put_about(state: GoogleState, about: Json) -> None:
    former = state.user["permissionId"]
    state.user = {**state.user, **about.get("user", {})}
    state.about.update({name: value for name, value in about.items() if name not in ("kind", "user")})
    for shelf in state.permissions.values():
        if former in shelf and former != state.user["permissionId"]:
            shelf[state.user["permissionId"]] = {**shelf.pop(former), "id": state.user["permissionId"]}


def _put_root(state: GoogleState, root_id: str) -> None:
    """Give the root folder the id it has in the recording."""
    if root_id == state.root_id:
        return
    root = state.files.pop(state.root_id)
    for file in state.files.values():
        file["parents"] = [root_id if parent == root["id"] else parent for parent in file["parents"]]
    root["id"] = state.root_id = root_id
    state.files[root_id] = root


def _put_drives(state: GoogleState, drives: Iterable[Json]) -> None:
    for drive in drives:
        if drive["id"] in state.drives:
            state.drives[drive["id"]].update(drive)
        else:
            state.create_drive({"name": MADE_UP_NAME, **drive}, drive["id"])


def _put_files(state: GoogleState, files: Iterable[Json]) -> None:
    for facts in files:
        known = {name: value for name, value in facts.items() if name not in ("kind", "permissions")}
        if known["id"] in state.files:
            _complete(state, known)
        else:
            _add_file(state, known)
        if "permissions" in facts:
            _put_permissions(state, {facts["id"]: facts["permissions"]})


def _complete(state: GoogleState, facts: Json) -> None:
    stored = state.files[facts["id"]]
    stored.update({name: value for name, value in facts.items() if name != "name"})
    if "name" in facts:
        state.rename(facts["id"], facts["name"])
    if stored["mimeType"] == SPREADSHEET and facts["id"] not in state.spreadsheets:
        state.spreadsheets[facts["id"]] = new_spreadsheet(facts["id"], stored["name"])


def _add_file(state: GoogleState, facts: Json) -> None:
    spreadsheet = state.spreadsheets.get(facts["id"])
    name = spreadsheet.properties["title"] if spreadsheet else MADE_UP_NAME
    mime_type = facts.get("mimeType") or _guessed_type(state, facts)
    metadata = {"name": name, **_times(state, facts), **facts, "mimeType": mime_type}
    state.create_file(metadata, facts["id"], _unknown_content(mime_type, facts))
    state.revisions.pop(facts["id"], None)  # what they were, other facts say
    if spreadsheet:
        state.spreadsheets[facts["id"]] = spreadsheet
        state.rename(facts["id"], metadata["name"])


def _unknown_content(mime_type: str, facts: Json) -> bytes | None:
    """As many bytes as the file is said to have."""
    return None if mime_type.startswith(GOOGLE_APPS) else bytes(int(facts.get("size", 0)))


def _times(state: GoogleState, facts: Json) -> Json:
    """When the file was made and modified, and that what comes next comes later.

    Lists begin with what was modified last, and facts come in the order of lists: a file without a time is older
    than those that were put in before it.
    """
    known = facts.get("modifiedTime") or facts.get("createdTime")
    if known is None:
        state.oldest = (state.oldest or state.clock.now()) - timedelta(milliseconds=1)
        known = timestamp(state.oldest)
    state.clock.set(datetime.fromisoformat(known))
    return {"createdTime": facts.get("createdTime", known), "modifiedTime": known}


def _guessed_type(state: GoogleState, facts: Json) -> str:
    """The type of a file of which the facts do not tell it: from its link, else from the form of its id."""
    link = facts.get("webViewLink", "")
    for kind, path in EDITOR_PATHS.items():
        if f"/{path}/" in link:
            return GOOGLE_APPS + kind
    if facts["id"] in state.spreadsheets:
        return SPREADSHEET
    if "/folders/" in link:
        return FOLDER
    return DOCUMENT if len(facts["id"]) == EDITOR_ID_LENGTH else OCTETS


def _put_contents(state: GoogleState, contents: Mapping[str, Mapping[str, str]]) -> None:
    for file_id, media in contents.items():
        state.contents[file_id] = media_content(media)


def _put_permissions(state: GoogleState, permissions: Mapping[str, Iterable[Json]]) -> None:
    for file_id, given in permissions.items():
        shelf = state.permissions.setdefault(file_id, {})
        if any(permission.get("role") in ("owner", "organizer") for permission in given):
            shelf.pop(state.user["permissionId"], None)
        for permission in given:
            known = {name: value for name, value in permission.items() if name != "kind"}
            shelf[known["id"]] = {"type": "user", "role": "reader", **shelf.get(known["id"], {}), **known}


def _put_comments(state: GoogleState, comments: Mapping[str, Iterable[Json]]) -> None:
    for file_id, given in comments.items():
        shelf = state.comments.setdefault(file_id, {})
        for comment in given:
            replies = [_remark(state, "drive#reply", reply) for reply in comment.get("replies", ())]
            shelf[comment["id"]] = {**_remark(state, "drive#comment", comment), "replies": replies}


def _put_replies(state: GoogleState, replies: Mapping[str, Mapping[str, Iterable[Json]]]) -> None:
    for file_id, by_comment in replies.items():
        for comment_id, given in by_comment.items():
            if comment_id not in state.comments.get(file_id, {}):
                _put_comments(state, {file_id: [{"id": comment_id}]})
            comment = state.comments[file_id][comment_id]
            comment["replies"] += [_remark(state, "drive#reply", reply) for reply in given]


def _remark(state: GoogleState, kind: str, facts: Json) -> Json:
    moment = facts.get("createdTime") or facts.get("modifiedTime") or state.now()
    content = facts.get("content", "")
    defaults = {"kind": kind, "deleted": False, "content": content, "htmlContent": content}
    return {**defaults, "author": author(state), "createdTime": moment, "modifiedTime": moment, **facts}


def _put_revisions(state: GoogleState, revisions: Mapping[str, Iterable[Json]]) -> None:
    for file_id, given in revisions.items():
        file = state.files[file_id]
        defaults = {"mimeType": file["mimeType"], "modifiedTime": file["modifiedTime"]}
        shelf = state.revisions.setdefault(file_id, {})
        shelf.update({revision["id"]: {**defaults, **revision} for revision in given})


SEEDERS: Mapping[str, Callable[[GoogleState, Any], None]] = {
    "about": _put_about,
    "rootFolderId": _put_root,
    "drives": _put_drives,
    "files": _put_files,
    "contents": _put_contents,
    "permissions": _put_permissions,
    "comments": _put_comments,
    "replies": _put_replies,
    "revisions": _put_revisions,
}
"""In the order in which they depend on each other."""


def dump(state: GoogleState) -> Json:
    """The state in the form of facts."""
    return {
        "about": {"user": state.user, **state.about},
        "rootFolderId": state.root_id,
        "files": [file_resource(state, file) for file in state.files.values()],
        "drives": [drive_resource(drive) for drive in state.drives.values()],
        "permissions": {key: list(shelf.values()) for key, shelf in state.permissions.items()},
        "comments": {key: list(shelf.values()) for key, shelf in state.comments.items()},
        "revisions": {key: list(shelf.values()) for key, shelf in state.revisions.items()},
        "startPageToken": str(state.next_change),
    }
