"""Shared drives."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.recordings.model import Json
from conformance.twinkit.service import TwinRequest
from targets.google.drive.twin.answers import ResourceHandler, json_object, listing, page, unevidenced
from targets.google.drive.twin.listing import read_query
from targets.google.drive.twin.lookups import the_drive
from targets.google.drive.twin.resources import drive_resource
from targets.google.drive.twin.views import DRIVE_VIEW, View
from targets.google.state import GoogleState

WRITABLE = ("name", "themeId", "colorRgb", "backgroundImageFile", "restrictions")


def create(state: GoogleState, request: TwinRequest) -> Json:
    """drives.create; ``requestId`` makes it safe to repeat."""
    request_id = request.first("requestId")
    name = json_object(request, "Drive").get("name")
    if not request_id or not name:
        raise unevidenced("a shared drive without requestId or name")
    if request_id in state.requests:
        raise unevidenced("a repeated requestId")
    drive = state.create_drive({"name": name})
    state.requests[request_id] = drive["id"]
    return drive_resource(drive)


def list_drives(state: GoogleState, request: TwinRequest) -> Json:
    """drives.list: by name."""
    wanted = read_query(request, drives=True)
    drives = state.drives.values()
    found = [drive for drive in drives if wanted is None or wanted(View(state, drive, DRIVE_VIEW))]
    found.sort(key=lambda drive: str(drive["name"]))
    part, next_token = page(request, [drive_resource(drive) for drive in found], 10, largest=100)
    return listing("drive#driveList", "drives", part, next_token)


def get(state: GoogleState, request: TwinRequest) -> Json:
    """drives.get."""
    return drive_resource(_named(state, request))


def _named(state: GoogleState, request: TwinRequest) -> Json:
    return the_drive(state, request.params["driveId"])


def update(state: GoogleState, request: TwinRequest) -> Json:
    """drives.update."""
    drive = _named(state, request)
    drive.update({name: value for name, value in json_object(request, "Drive").items() if name in WRITABLE})
    state.log(drive_id=drive["id"])
    return drive_resource(drive)


def _hiding(hidden: bool) -> ResourceHandler:
    def handle(state: GoogleState, request: TwinRequest) -> Json:
        drive = _named(state, request)
        drive["hidden"] = hidden
        return drive_resource(drive)

    return handle


def delete(state: GoogleState, request: TwinRequest) -> None:
    """drives.delete: an empty one."""
    drive = _named(state, request)
    if any(not state.is_trashed(file) for file in state.files.values() if file.get("driveId") == drive["id"]):
        raise unevidenced("deleting a shared drive that is not empty")
    state.delete_drive(drive["id"])


ROUTES: Mapping[str, ResourceHandler] = {
    "POST /drive/v3/drives": create,
    "GET /drive/v3/drives": list_drives,
    "GET /drive/v3/drives/{driveId}": get,
    "PATCH /drive/v3/drives/{driveId}": update,
    "DELETE /drive/v3/drives/{driveId}": delete,
    "POST /drive/v3/drives/{driveId}/hide": _hiding(True),
    "POST /drive/v3/drives/{driveId}/unhide": _hiding(False),
}
