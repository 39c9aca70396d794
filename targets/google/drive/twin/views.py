"""What ``q`` sees of a file or a shared drive: a value for each term, made when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.recordings.model import Json
from targets.google.drive.twin.query import moment
from targets.google.state import GoogleState

Look = Callable[[GoogleState, Json], Any]
"""Gives what a term stands for in one stored file or shared drive."""


@dataclass(frozen=True)
class View:
    """One file or shared drive, as a mapping from term to value."""

    state: GoogleState
    stored: Json
    terms: Mapping[str, Look]

    def get(self, term: str) -> Any:
        """The value of ``term``; None where there is none."""
        return self.terms[term](self.state, self.stored)


def _field(name: str, default: Any = None) -> Look:
    return lambda _state, stored: stored.get(name, default)


def _time(name: str) -> Look:
    return lambda _state, stored: moment(stored[name]) if name in stored else None


def _permissions(state: GoogleState, stored: Json) -> Iterable[Json]:
    return state.permissions.get(stored["id"], {}).values()


def _people(*roles: str) -> Look:
    """Addresses of those who have one of ``roles``; ``me`` is the user."""

    def look(state: GoogleState, stored: Json) -> set[str]:
        held = [permission for permission in _permissions(state, stored) if permission["role"] in roles]
        addresses = {permission["emailAddress"] for permission in held if "emailAddress" in permission}
        mine = any(permission["id"] == state.user["permissionId"] for permission in held)
        return addresses | {"me"} if mine else addresses

    return look


def _parents(state: GoogleState, file: Json) -> set[str]:
    parents = set(file.get("parents", ()))
    return parents | {"root"} if state.root_id in parents else parents


def _shared_with_me(state: GoogleState, file: Json) -> bool:
    return "driveId" not in file and "me" not in FILE_VIEW["owners"](state, file)


def _visibility(state: GoogleState, file: Json) -> str:
    """``anyoneCanFind``, ``anyoneWithLink``, ``domainCanFind``, ``domainWithLink`` or ``limited``."""
    found = {permission["type"]: permission for permission in _permissions(state, file)}
    for kind in ("anyone", "domain"):
        if kind in found:
            return kind + ("CanFind" if found[kind].get("allowFileDiscovery") else "WithLink")
    return "limited"


def _full_text(state: GoogleState, file: Json) -> str:
    readable = state.contents.get(file["id"], b"") if file["mimeType"].startswith("text/") else b""
    return "\n".join((file["name"], file.get("description", ""), readable.decode(errors="ignore")))


WRITERS = ("owner", "organizer", "fileOrganizer", "writer")

FILE_VIEW: Mapping[str, Look] = {
    "name": _field("name"),
    "mimeType": _field("mimeType"),
    "starred": _field("starred", default=False),
    "trashed": GoogleState.is_trashed,
    "createdTime": _time("createdTime"),
    "modifiedTime": _time("modifiedTime"),
    "viewedByMeTime": _time("modifiedTime"),
    "sharedWithMeTime": _time("sharedWithMeTime"),
    "fullText": _full_text,
    "parents": _parents,
    "owners": _people("owner"),
    "writers": _people(*WRITERS),
    "readers": _people(*WRITERS, "commenter", "reader"),
    "labels": _field("labels"),
    "sharedWithMe": _shared_with_me,
    "properties": _field("properties"),
    "appProperties": _field("appProperties"),
    "visibility": _visibility,
    "shortcutDetails.targetId": lambda _state, file: file.get("shortcutDetails", {}).get("targetId"),
}

DRIVE_VIEW: Mapping[str, Look] = {
    "name": _field("name"),
    "createdTime": _time("createdTime"),
    "hidden": _field("hidden", default=False),
    "memberCount": lambda state, drive: len(list(_permissions(state, drive))),
    "organizerCount": lambda state, drive: len(_organizers(state, drive)),
}


def _organizers(state: GoogleState, drive: Json) -> list[Json]:
    return [permission for permission in _permissions(state, drive) if permission["role"] == "organizer"]
