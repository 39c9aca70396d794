"""From path parameters to stored resources; what is not there is refused as the service refuses it."""

from __future__ import annotations

from typing import Any

from conformance.recordings.model import Json
from conformance.twinkit.service import TwinRequest
from targets.google.drive.twin.answers import flag, not_found, unevidenced
from targets.google.state import FOLDER, GoogleState


def real_id(state: GoogleState, file_id: str) -> str:
    """``root`` stands for the id of the root folder."""
    return state.root_id if file_id == "root" else file_id


def the_file(state: GoogleState, request: TwinRequest) -> Json:
    """The stored file that the path names."""
    return file_called(state, request.params["fileId"])


def file_called(state: GoogleState, file_id: str) -> Json:
    """The stored file with this id."""
    if file_id in state.drives or file_id == "appDataFolder":
        raise unevidenced("a shared drive or the app's folder as a file")
    file = state.files.get(real_id(state, file_id))
    if file is None:
        raise not_found("File", file_id, "fileId")
    return file


def the_folder(state: GoogleState, file_id: str) -> str:
    """The id, checked, of a folder or shared drive that is to become a parent."""
    if file_id in state.drives:
        return file_id
    folder = file_called(state, file_id)
    if folder["mimeType"] != FOLDER:
        raise unevidenced("a parent that is no folder")
    return str(folder["id"])


def the_drive(state: GoogleState, drive_id: str) -> Json:
    """The stored shared drive with this id."""
    if drive_id not in state.drives:
        raise not_found("Shared drive", drive_id, "driveId")
    return state.drives[drive_id]


def holder(state: GoogleState, request: TwinRequest) -> str:
    """The id of the file or shared drive whose permissions the path names."""
    file_id = request.params["fileId"]
    if file_id in state.drives:
        return file_id
    return str(the_file(state, request)["id"])


def the_permission(state: GoogleState, request: TwinRequest) -> Json:
    """The stored permission that the path names."""
    permission_id = request.params["permissionId"]
    permission = state.permissions.get(holder(state, request), {}).get(permission_id)
    if permission is None:
        raise not_found("Permission", permission_id, "permissionId")
    return permission


def the_comment(state: GoogleState, request: TwinRequest) -> dict[str, Any]:
    """The stored comment that the path names."""
    comment_id = request.params["commentId"]
    comment: dict[str, Any] | None = state.comments.get(the_file(state, request)["id"], {}).get(comment_id)
    if comment is None or not is_visible(comment, request):
        raise not_found("Comment", comment_id, "commentId")
    return comment


def the_reply(state: GoogleState, request: TwinRequest) -> dict[str, Any]:
    """The stored reply that the path names."""
    reply_id = request.params["replyId"]
    replies: list[dict[str, Any]] = the_comment(state, request)["replies"]
    for reply in replies:
        if reply["id"] == reply_id and is_visible(reply, request):
            return reply
    raise not_found("Reply", reply_id, "replyId")


def is_visible(remark: Json, request: TwinRequest) -> bool:
    """False for a deleted comment or reply, unless the caller asks for deleted ones."""
    return not remark["deleted"] or flag(request, "includeDeleted")
