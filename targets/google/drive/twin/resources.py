"""Drive resources as they are answered: what is stored, and what follows from it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import PurePosixPath

from conformance.recordings.model import Json
from targets.google import schemas
from targets.google.drive.twin.formats import EXPORT_FORMATS, EXPORT_NAMES, THEMES
from targets.google.state import DOCUMENT, EDITORS, FOLDER, GOOGLE_APPS, PRESENTATION, SPREADSHEET, GoogleState

EDITED_SIZE = "1024"
"""Size in bytes that Drive states for a new file of an editor."""

EDITOR_PATHS: Mapping[str, str] = {
    "document": "document",
    "spreadsheet": "spreadsheets",
    "presentation": "presentation",
    "drawing": "drawings",
    "form": "forms",
}

ALWAYS_CAN = (
    "canChangeCopyRequiresWriterPermission",
    "canChangeViewersCanCopyContent",
    "canComment",
    "canDelete",
    "canDownload",
    "canEdit",
    "canModifyContent",
    "canModifyContentRestriction",
    "canModifyEditorContentRestriction",
    "canModifyOwnerContentRestriction",
    "canMoveItemIntoTeamDrive",
    "canMoveItemOutOfDrive",
    "canMoveItemWithinDrive",
    "canRename",
    "canRemoveMyDriveParent",
    "canShare",
    "canTrash",
    "canUntrash",
)
FOLDER_CAN = ("canAddChildren", "canListChildren", "canMoveChildrenWithinDrive", "canRemoveChildren")
CONTENT_CAN = ("canCopy", "canReadRevisions")
NEVER_CAN = (
    "canAcceptOwnership",
    "canAddMyDriveParent",
    "canChangeSecurityUpdateEnabled",
    "canModifyLabels",
    "canReadLabels",
    "canRemoveContentRestriction",
)


def file_resource(state: GoogleState, file: Json) -> Json:
    """The whole ``drive#file`` of a stored file."""
    return {
        "kind": "drive#file",
        **_flags(state, file),
        **_people(state, file),
        **_links(file),
        **_content(state, file),
        **_place(file),
        **{name: value for name, value in file.items() if name != "version"},
        "trashed": state.is_trashed(file),
        "explicitlyTrashed": bool(file.get("trashed")),
        "version": str(file.get("version", 1)),
        "capabilities": capabilities(file),
    }


def _flags(state: GoogleState, file: Json) -> Json:
    return {
        "starred": False,
        "shared": len(state.permissions.get(file["id"], {})) > 1 or "driveId" in file,
        "ownedByMe": "driveId" not in file,
        "viewersCanCopyContent": True,
        "copyRequiresWriterPermission": False,
        "writersCanShare": True,
        "isAppAuthorized": True,
        "viewedByMe": True,
        "viewedByMeTime": file["modifiedTime"],
        "modifiedByMe": True,
        "modifiedByMeTime": file["modifiedTime"],
        "hasThumbnail": False,
        "thumbnailVersion": "0",
        "spaces": ["drive"],
        "linkShareMetadata": {"securityUpdateEligible": False, "securityUpdateEnabled": True},
        "inheritedPermissionsDisabled": False,
    }


def _people(state: GoogleState, file: Json) -> Json:
    permissions = state.permissions.get(file["id"], {})
    people: dict[str, Json] = {"lastModifyingUser": state.user, "permissionIds": list(permissions)}
    if "driveId" in file:
        return people
    shown = [permission_resource(state, permission) for permission in permissions.values()]
    return {**people, "owners": [state.user], "permissions": shown}


def _place(file: Json) -> Json:
    return {"teamDriveId": file["driveId"]} if "driveId" in file else {}


def _links(file: Json) -> Json:
    links = {
        "webViewLink": web_view_link(file),
        "iconLink": "https://drive-thirdparty.googleusercontent.com/16/type/" + file["mimeType"],
    }
    if not file["mimeType"].startswith(GOOGLE_APPS):
        return {**links, "webContentLink": f"https://drive.google.com/uc?id={file['id']}&export=download"}
    exports = _export_links(file)
    return {**links, "exportLinks": exports} if exports else links


def web_view_link(file: Json) -> str:
    """Where a browser opens the file."""
    kind = file["mimeType"].removeprefix(GOOGLE_APPS)
    if file["mimeType"] in EDITORS:
        return f"https://docs.google.com/{EDITOR_PATHS[kind]}/d/{file['id']}/edit?usp=drivesdk"
    if file["mimeType"] == FOLDER:
        return f"https://drive.google.com/drive/folders/{file['id']}"
    return f"https://drive.google.com/file/d/{file['id']}/view?usp=drivesdk"


EXPORT_PATHS: Mapping[str, str] = {
    DOCUMENT: "feeds/download/documents/export/Export",
    SPREADSHEET: "spreadsheets/export",
    PRESENTATION: "feeds/download/presentations/Export",
}


def _export_links(file: Json) -> Json:
    if file["mimeType"] not in EXPORT_PATHS:
        return {}
    start = f"https://docs.google.com/{EXPORT_PATHS[file['mimeType']]}?id={file['id']}&exportFormat="
    return {to: start + EXPORT_NAMES[to] for to in EXPORT_FORMATS[file["mimeType"]]}


def _content(state: GoogleState, file: Json) -> Json:
    if file["mimeType"] in EDITORS:
        return {"size": EDITED_SIZE, "quotaBytesUsed": EDITED_SIZE}
    content = state.contents.get(file["id"])
    if content is None:
        return {"quotaBytesUsed": file.get("size", "0")}
    return {
        "size": str(len(content)),
        "quotaBytesUsed": str(len(content)),
        "md5Checksum": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        "sha1Checksum": hashlib.sha1(content, usedforsecurity=False).hexdigest(),
        "sha256Checksum": hashlib.sha256(content).hexdigest(),
        "originalFilename": file["name"],
        **_extension(file["name"]),
    }


def _extension(name: str) -> Json:
    path = PurePosixPath(name)
    return {"fileExtension": path.suffix[1:], "fullFileExtension": "".join(path.suffixes)[1:]}


def capabilities(file: Json) -> Json:
    """What the owner may do with the file."""
    folder = file["mimeType"] == FOLDER
    allowed = (*ALWAYS_CAN, *(FOLDER_CAN if folder else CONTENT_CAN))
    denied = (*NEVER_CAN, *(CONTENT_CAN if folder else FOLDER_CAN))
    return {**dict.fromkeys(allowed, True), **dict.fromkeys(denied, False)}


def permission_resource(state: GoogleState, permission: Json) -> Json:
    """The whole ``drive#permission`` of a stored permission."""
    resource = {"kind": "drive#permission", **permission}
    if permission["type"] in ("anyone", "domain"):
        return {"allowFileDiscovery": False, **resource}
    me = permission["id"] == state.user["permissionId"]
    picture = {"photoLink": state.user["photoLink"]} if me and "photoLink" in state.user else {}
    return {**picture, **resource, "deleted": False, "pendingOwner": False}


def drive_resource(drive: Json) -> Json:
    """The whole ``drive#drive`` of a stored shared drive, as its organiser sees it."""
    theme = THEMES[sum(drive["id"].encode()) % len(THEMES)]
    look = {name: theme[name] for name in ("backgroundImageLink", "colorRgb")}
    resource = {"kind": "drive#drive", "hidden": False, **look, **drive}
    rights = {"capabilities": _drive_flags("capabilities", True), "restrictions": _drive_flags("restrictions", False)}
    return {**resource, **rights, "restrictions": {**rights["restrictions"], **drive.get("restrictions", {})}}


def _drive_flags(name: str, value: bool) -> Json:
    """Every flag that shared drives have under ``name``."""
    flags = schemas.schema("drive", "Drive")["properties"][name]["properties"]
    return {flag: value for flag, node in flags.items() if node.get("type") == "boolean"}


def author(state: GoogleState) -> Json:
    """The user as comments show their authors: without address, with a picture of another size."""
    shown = {name: state.user[name] for name in ("kind", "displayName", "me") if name in state.user}
    picture = state.user.get("photoLink", "").removeprefix("https:").removesuffix("=s64")
    return {**shown, "photoLink": picture + "=s50-c-k-no"} if picture else shown
