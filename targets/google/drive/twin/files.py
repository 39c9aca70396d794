"""Files: make, read, change, copy, delete, export."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply, TwinRequest
from targets.google.drive.twin.answers import ResourceHandler, json_object, unevidenced
from targets.google.drive.twin.contents import download, export
from targets.google.drive.twin.listing import list_files
from targets.google.drive.twin.lookups import file_called, the_file, the_folder
from targets.google.drive.twin.resources import file_resource
from targets.google.state import FOLDER, GOOGLE_APPS, OCTETS, SHORTCUT, GoogleState, timestamp

WRITABLE = frozenset(
    {
        "appProperties",
        "contentHints",
        "contentRestrictions",
        "copyRequiresWriterPermission",
        "description",
        "downloadRestrictions",
        "folderColorRgb",
        "inheritedPermissionsDisabled",
        "mimeType",
        "modifiedTime",
        "name",
        "originalFilename",
        "properties",
        "starred",
        "trashed",
        "viewedByMeTime",
        "viewersCanCopyContent",
        "writersCanShare",
    }
)
"""What an update takes; a creation takes more."""

CREATABLE = WRITABLE | {"createdTime", "id", "parents", "shortcutDetails"}
COPYABLE = CREATABLE - {"id"}

TIMES = frozenset({"createdTime", "modifiedTime", "viewedByMeTime"})

MERGED = frozenset({"appProperties", "properties"})
"""Maps that an update merges entry by entry; null removes an entry."""

REMOVABLE = frozenset({"description", "folderColorRgb", "contentHints"})
"""What null takes away; on anything else null changes nothing."""

EDITS = frozenset({"name", "description", "mimeType", "properties", "appProperties", "originalFilename"})
"""Changes of these move ``modifiedTime``; starring or trashing a file does not."""


def create(state: GoogleState, request: TwinRequest) -> Json:
    """files.create without content."""
    return create_of(state, json_object(request, "File"), None, None)


def create_of(state: GoogleState, body: Json, content: bytes | None, content_type: str | None) -> Json:
    """Make a file of the metadata and the content that came with it."""
    metadata = writable(body, CREATABLE)
    metadata.setdefault("mimeType", content_type or OCTETS)
    if content is not None and content_type != metadata["mimeType"] and _is_googles(metadata["mimeType"]):
        raise unevidenced("a conversion on upload")
    parents = check_parents(state, metadata)
    if metadata["mimeType"] == SHORTCUT:
        metadata["shortcutDetails"] = _shortcut(state, metadata)
    if not _is_googles(metadata["mimeType"]) and content is None:
        content = b""
    file = state.create_file({**metadata, **parents}, _given_id(state, metadata), content)
    return file_resource(state, file)


def writable(body: Json, names: frozenset[str]) -> dict[str, Any]:
    """The fields of ``body`` that a caller may set; null means unset."""
    return {name: _tidy(name, value) for name, value in body.items() if name in names and value is not None}


def _tidy(name: str, value: Any) -> Any:
    """Times are kept as the service writes them, whatever their zone was."""
    return timestamp(datetime.fromisoformat(value)) if name in TIMES and value is not None else value


def _is_googles(mime_type: str) -> bool:
    return mime_type.startswith(GOOGLE_APPS)


def check_parents(state: GoogleState, metadata: Json) -> Json:
    """The parents of a new file, checked; nothing where the caller named none."""
    parents = metadata.get("parents")
    if not parents:
        return {}
    if len(parents) > 1:
        raise unevidenced("a file in several folders")
    return {"parents": [the_folder(state, parents[0])]}


def _given_id(state: GoogleState, metadata: Json) -> str | None:
    """An id that generateIds gave out before."""
    file_id: str | None = metadata.get("id")
    if file_id is not None and file_id not in state.spare_ids:
        raise unevidenced("an id of the caller's own making")
    state.spare_ids.discard(file_id or "")
    return file_id


def _shortcut(state: GoogleState, metadata: Json) -> Json:
    target = file_called(state, metadata.get("shortcutDetails", {}).get("targetId", ""))
    return {"targetId": target["id"], "targetMimeType": target["mimeType"]}


def get(state: GoogleState, request: TwinRequest) -> Json | Reply:
    """files.get: metadata, or the content with ``alt=media``."""
    file = the_file(state, request)
    return download(state, file, request) if request.first("alt") == "media" else file_resource(state, file)


def update(state: GoogleState, request: TwinRequest) -> Json:
    """files.update without content."""
    return update_of(state, request, json_object(request, "File"), None, None)


def update_of(
    state: GoogleState, request: TwinRequest, body: Json, content: bytes | None, content_type: str | None
) -> Json:
    """Change metadata, parents and content, as far as the request has them."""
    file = the_file(state, request)
    changes = {name: _tidy(name, value) for name, value in body.items() if name in WRITABLE}
    if content is not None and changes.get("mimeType") is None:
        changes["mimeType"] = content_type or file["mimeType"]
    _check_update(file, body, changes, content)
    folder = _new_folder(state, request, file)
    _apply(state, file, changes)
    if folder is not None:
        state.move(file["id"], folder)
    own_time = changes.get("modifiedTime") is not None
    if content is None:
        state.note(file["id"], bool(EDITS & changes.keys()) and not own_time)
    else:
        state.write(file["id"], content, not own_time)
    return file_resource(state, file)


def _check_update(file: Json, body: Json, changes: Json, content: bytes | None) -> None:
    if "parents" in body:
        raise unevidenced("parents in the body of an update")
    kinds = {file["mimeType"], changes.get("mimeType") or file["mimeType"]}
    converts = len(kinds) > 1 or content is not None
    if converts and any(map(_is_googles, kinds)):
        raise unevidenced("a conversion on update")


def _new_folder(state: GoogleState, request: TwinRequest, file: Json) -> str | None:
    """The folder that ``addParents`` names; a file is in one folder, and ``removeParents`` is the one it leaves."""
    added = [the_folder(state, parent) for parent in _ids(request, "addParents")]
    removed = _ids(request, "removeParents")
    if not added and not removed:
        return None
    if len(added) != 1 or (not removed and added != file["parents"]):
        raise unevidenced("a file in several folders, or in none")
    if added[0] in state.below(file["id"]):
        raise unevidenced("a folder inside itself")
    return added[0]


def _ids(request: TwinRequest, name: str) -> list[str]:
    return [part.strip() for part in (request.first(name) or "").split(",") if part.strip()]


def _apply(state: GoogleState, file: Json, changes: Mapping[str, Any]) -> None:
    for name, value in changes.items():
        if name == "name":
            state.rename(file["id"], file["name"] if value is None else value)
        elif name in MERGED:
            merged = {**file.get(name, {}), **(value or {})}
            file[name] = {key: entry for key, entry in merged.items() if entry is not None}
        elif value is not None:
            file[name] = value
        elif name in REMOVABLE:
            file.pop(name, None)


def copy(state: GoogleState, request: TwinRequest) -> Json:
    """files.copy."""
    source = the_file(state, request)
    metadata = writable(json_object(request, "File"), COPYABLE)
    if source["mimeType"] == FOLDER:
        raise unevidenced("a copy of a folder")
    if metadata.get("mimeType", source["mimeType"]) != source["mimeType"]:
        raise unevidenced("a conversion on copying")
    metadata.setdefault("name", "Copy of " + source["name"])
    made = state.copy_file(source["id"], {**metadata, **check_parents(state, metadata)})
    return file_resource(state, made)


def delete(state: GoogleState, request: TwinRequest) -> None:
    """files.delete: for good, not into the trash."""
    file = the_file(state, request)
    if file["id"] == state.root_id:
        raise unevidenced("deleting the root folder")
    state.delete_file(file["id"])


def empty_trash(state: GoogleState, request: TwinRequest) -> None:
    """files.emptyTrash: of the user, or of one shared drive."""
    drive_id = request.first("driveId")
    trashed = [f["id"] for f in state.files.values() if f.get("trashed") and f.get("driveId") == drive_id]
    for file_id in trashed:
        if file_id in state.files:  # it may have gone with a folder before it
            state.delete_file(file_id)


def generate_ids(state: GoogleState, request: TwinRequest) -> Json:
    """files.generateIds: ids that a later creation may use."""
    count = request.first("count") or "10"
    if not count.isdecimal() or not 1 <= int(count) <= 1000:
        raise unevidenced("a count out of bounds")
    made = [state.new_file_id(OCTETS) for _ in range(int(count))]
    state.spare_ids.update(made)
    return {"kind": "drive#generatedIds", "space": request.first("space") or "drive", "ids": made}


ROUTES: Mapping[str, ResourceHandler] = {
    "POST /drive/v3/files": create,
    "GET /drive/v3/files": list_files,
    "GET /drive/v3/files/generateIds": generate_ids,
    "DELETE /drive/v3/files/trash": empty_trash,
    "GET /drive/v3/files/{fileId}": get,
    "PATCH /drive/v3/files/{fileId}": update,
    "DELETE /drive/v3/files/{fileId}": delete,
    "POST /drive/v3/files/{fileId}/copy": copy,
    "GET /drive/v3/files/{fileId}/export": export,
}
