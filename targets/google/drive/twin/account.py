"""The account as a whole: ``about``, and the log of changes."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.recordings.model import Json
from conformance.twinkit.service import TwinRequest
from targets.google.drive.twin import formats
from targets.google.drive.twin.answers import ResourceHandler, flag, invalid_value, listing, page
from targets.google.drive.twin.resources import drive_resource, file_resource
from targets.google.state import Change, GoogleState

STORAGE_LIMIT = str(15 << 30)
"""Bytes of a free account."""


def about(state: GoogleState, request: TwinRequest) -> Json:
    """about.get."""
    return {
        "kind": "drive#about",
        "user": state.user,
        "storageQuota": _storage(state),
        "importFormats": formats.IMPORT_FORMATS,
        "exportFormats": formats.EXPORT_FORMATS,
        "maxImportSizes": formats.MAX_IMPORT_SIZES,
        "maxUploadSize": formats.MAX_UPLOAD_SIZE,
        "appInstalled": True,
        "folderColorPalette": formats.FOLDER_COLOURS,
        "teamDriveThemes": formats.THEMES,
        "driveThemes": formats.THEMES,
        "canCreateTeamDrives": True,
        "canCreateDrives": True,
        **state.about,
    }


def _storage(state: GoogleState) -> Json:
    used = {file_id: len(content) for file_id, content in state.contents.items()}
    trashed = sum(size for file_id, size in used.items() if state.is_trashed(state.files[file_id]))
    total = str(sum(used.values()))
    return {"limit": STORAGE_LIMIT, "usage": total, "usageInDrive": total, "usageInDriveTrash": str(trashed)}


def start_page_token(state: GoogleState, request: TwinRequest) -> Json:
    """changes.getStartPageToken: where changes that are yet to come will begin."""
    return {"kind": "drive#startPageToken", "startPageToken": str(state.next_change)}


def list_changes(state: GoogleState, request: TwinRequest) -> Json:
    """changes.list: oldest first, each thing once, from the token on."""
    token = request.first("pageToken") or ""
    if not token.isdecimal():
        raise invalid_value("pageToken")
    log = state.changes.values()
    since = [change for change in log if change.token >= int(token) and _asked(state, change, request)]
    shown = [_change_resource(state, change) for change in since]
    part, more = page(_from_the_start(request), shown, 100)
    answer = listing("drive#changeList", "changes", part, str(since[len(part)].token) if more else None)
    return answer if more else {**answer, "newStartPageToken": str(state.next_change)}


def _from_the_start(request: TwinRequest) -> TwinRequest:
    """Tokens of this list are places in the log, not places on a page."""
    query = {name: values for name, values in request.query.items() if name != "pageToken"}
    return TwinRequest(request.method, request.path, request.params, query)


def _asked(state: GoogleState, change: Change, request: TwinRequest) -> bool:
    if change.drive_id:
        return flag(request, "includeItemsFromAllDrives")
    if change.file_id not in state.files:
        return flag(request, "includeRemoved", default=True)
    in_drive = "driveId" in state.files[change.file_id]
    return not in_drive or flag(request, "includeItemsFromAllDrives")


def _change_resource(state: GoogleState, change: Change) -> Json:
    kind = "drive" if change.drive_id else "file"
    head = {"kind": "drive#change", "type": kind, "changeType": kind, "time": change.time}
    if change.drive_id:
        drive = state.drives.get(change.drive_id)
        shown = {} if drive is None else {"drive": drive_resource(drive)}
        return {**head, "driveId": change.drive_id, "removed": drive is None, **shown}
    file = state.files.get(change.file_id)
    shown = {} if file is None else {"file": file_resource(state, file)}
    return {**head, "fileId": change.file_id, "removed": file is None, **shown}


ROUTES: Mapping[str, ResourceHandler] = {
    "GET /drive/v3/about": about,
    "GET /drive/v3/changes": list_changes,
    "GET /drive/v3/changes/startPageToken": start_page_token,
}
