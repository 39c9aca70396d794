"""What ``q`` and ``orderBy`` see of a file or a shared drive."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from conformance.recordings.model import Json
from targets.google.drive.twin.query import moment
from targets.google.drive.twin.resources import file_resource
from targets.google.state import GoogleState


def file_view(state: GoogleState, file: Json) -> Json:
    """What ``q`` can ask of a file, by term."""
    resource = file_resource(state, file)
    times = {name: moment(resource[name]) for name in ("createdTime", "modifiedTime", "viewedByMeTime")}
    return {
        **{name: resource.get(name) for name in ("name", "mimeType", "starred", "trashed")},
        **times,
        "fullText": _full_text(state, file),
        "parents": _with_alias(file.get("parents", ()), state.root_id, "root"),
        **_roles(state, file),
        "sharedWithMe": not resource["ownedByMe"] and "driveId" not in file,
        "properties": file.get("properties", {}),
        "appProperties": file.get("appProperties", {}),
        "visibility": _visibility(state, file),
        "shortcutDetails.targetId": file.get("shortcutDetails", {}).get("targetId"),
    }


def _with_alias(values: Iterable[str], value: str, alias: str) -> set[str]:
    found = set(values)
    return found | {alias} if value in found else found


ROLES: Mapping[str, frozenset[str]] = {
    "owners": frozenset({"owner"}),
    "writers": frozenset({"owner", "writer", "organizer", "fileOrganizer"}),
    "readers": frozenset({"owner", "writer", "organizer", "fileOrganizer", "commenter", "reader"}),
}


def _roles(state: GoogleState, file: Json) -> Json:
    permissions = state.permissions.get(file["id"], {}).values()
    addresses = {
        term: {p["emailAddress"] for p in permissions if p["role"] in roles and "emailAddress" in p}
        for term, roles in ROLES.items()
    }
    return {term: _with_alias(held, state.user["emailAddress"], "me") for term, held in addresses.items()}


def _visibility(state: GoogleState, file: Json) -> str:
    types = {p["type"]: p for p in state.permissions.get(file["id"], {}).values()}
    for kind, name in (("anyone", "anyone"), ("domain", "domain")):
        if kind in types:
            return name + ("CanFind" if types[kind].get("allowFileDiscovery") else "WithLink")
    return "limited"


def _full_text(state: GoogleState, file: Json) -> str:
    content = state.contents.get(file["id"], b"")
    readable = content.decode(errors="ignore") if file["mimeType"].startswith("text/") else ""
    return "\n".join((file["name"], file.get("description", ""), readable))


def drive_view(state: GoogleState, drive: Json) -> Json:
    """What ``q`` can ask of a shared drive, by term."""
    members = state.permissions.get(drive["id"], {}).values()
    return {
        "name": drive["name"],
        "createdTime": moment(drive["createdTime"]),
        "hidden": drive.get("hidden", False),
        "memberCount": len(members),
        "organizerCount": sum(member["role"] == "organizer" for member in members),
    }
