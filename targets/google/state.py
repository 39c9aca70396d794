"""The state that Drive, Docs and Sheets share: one account, its files, and what hangs on them.

A file is kept as the part of its Drive resource that is stored (``id``, ``name``, ``parents``, times); what follows
from that (links, capabilities) is made when it is read. A spreadsheet is a file with a Spreadsheet beside it under
the same id, and every change of either goes through here, so that they cannot part.
"""

from __future__ import annotations

import base64
import copy
import string
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from conformance.recordings.model import Json
from conformance.twinkit.store import Clock, Ids
from targets.google.sheets.twin.model import Spreadsheet, new_spreadsheet

GOOGLE_APPS = "application/vnd.google-apps."
SPREADSHEET = GOOGLE_APPS + "spreadsheet"
DOCUMENT = GOOGLE_APPS + "document"
PRESENTATION = GOOGLE_APPS + "presentation"
FOLDER = GOOGLE_APPS + "folder"
SHORTCUT = GOOGLE_APPS + "shortcut"
OCTETS = "application/octet-stream"

EDITORS = frozenset(GOOGLE_APPS + name for name in ("document", "spreadsheet", "presentation", "drawing", "form"))
"""Types whose content lives in an editor; their ids are longer than those of other files."""

EDITOR_ID_LENGTH = 44
ID_LENGTH = 33

UNTITLED = "Untitled"

CONTENT_FACTS = ("size", "quotaBytesUsed", "md5Checksum", "sha1Checksum", "sha256Checksum", "thumbnailLink")
"""Stored fields of a file that was there before that its next content makes untrue."""


def timestamp(moment: datetime) -> str:
    """RFC 3339 with milliseconds and ``Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


@dataclass(frozen=True)
class Change:
    """An entry in the account's log of changes; ``token`` counts up by one."""

    token: int
    time: str
    file_id: str = ""
    drive_id: str = ""


@dataclass
class GoogleState:
    """One Google account. All ``Json`` values are stored resources, by id, in order of creation."""

    clock: Clock
    ids: Ids
    user: Json = field(default_factory=dict)
    """The authenticated user as ``drive#user``, ``permissionId`` and ``emailAddress`` included."""
    root_id: str = ""
    files: dict[str, Json] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    """Bytes of files that are not Google's own."""
    spreadsheets: dict[str, Spreadsheet] = field(default_factory=dict)
    drives: dict[str, Json] = field(default_factory=dict)
    permissions: dict[str, dict[str, Json]] = field(default_factory=dict)
    """By file (or shared drive), then by permission id; likewise the next two."""
    comments: dict[str, dict[str, Json]] = field(default_factory=dict)
    """A comment holds its ``replies`` as a list."""
    revisions: dict[str, dict[str, Json]] = field(default_factory=dict)
    changes: dict[tuple[str, str], Change] = field(default_factory=dict)
    """The last change of each file and shared drive, by both ids, oldest first."""
    next_change: int = 0
    oldest: datetime | None = None
    """Time of the oldest file of which the seed did not know when it was made."""
    about: Json = field(default_factory=dict)
    """What this account's ``about`` resource has of its own (``storageQuota``, ``canCreateDrives``)."""
    uploads: dict[str, Json] = field(default_factory=dict)
    """Resumable uploads that are under way, by upload id."""
    spare_ids: set[str] = field(default_factory=set)
    """Ids that were given out for files to come."""
    requests: dict[str, str] = field(default_factory=dict)
    """Shared drives by the ``requestId`` that made them."""

    def __post_init__(self) -> None:
        self.user = self.user or self._new_user()
        self.root_id = self.root_id or self.new_drive_id()
        self.next_change = self.next_change or self.ids.number(1000, 9999)
        if self.root_id not in self.files:
            self._add_root()

    def now(self) -> str:
        """The time as the services write it."""
        return timestamp(self.clock.now())

    # Ids

    def new_file_id(self, mime_type: str) -> str:
        """Longer for files of Google's editors than for all others."""
        return self.ids.token(EDITOR_ID_LENGTH if mime_type in EDITORS else ID_LENGTH, prefix="1")

    def new_drive_id(self) -> str:
        """Id of a shared drive or of a root folder."""
        return self.ids.token(13, prefix="0A") + "Uk9PVA"

    def new_permission_id(self) -> str:
        """20 digits."""
        return self.ids.token(20, alphabet=string.digits)

    def new_comment_id(self) -> str:
        """Id of a comment or a reply: eight bytes in URL-safe base64."""
        number = (1 << 40) + self.ids.number(0, (1 << 40) - 1)
        return base64.urlsafe_b64encode(number.to_bytes(8, "big")).decode().rstrip("=")

    # Files

    def create_file(self, metadata: Json, file_id: str | None = None, content: bytes | None = None) -> Json:
        """Make a file of ``metadata`` (a File resource, partial) owned by the user; a spreadsheet comes with it.

        Returns:
            The stored file.
        """
        file = self._add_file(metadata, file_id, content)
        if file["mimeType"] == SPREADSHEET:
            self.spreadsheets[file["id"]] = new_spreadsheet(file["id"], file["name"])
        if "modifiedTime" not in metadata:
            self._first_edit(file)
        return file

    def add_spreadsheet(self, spreadsheet: Spreadsheet) -> Json:
        """Keep a spreadsheet made through Sheets, and make its file. Returns the stored file."""
        self.spreadsheets[spreadsheet.spreadsheet_id] = spreadsheet
        metadata = {"name": spreadsheet.properties["title"], "mimeType": SPREADSHEET}
        file = self._add_file(metadata, spreadsheet.spreadsheet_id, None)
        self._first_edit(file)
        return file

    def _add_file(self, metadata: Json, file_id: str | None, content: bytes | None) -> Json:
        now = self.now()
        file = {
            "id": file_id or self.new_file_id(metadata["mimeType"]),
            "name": UNTITLED,
            "createdTime": now,
            "modifiedTime": now,
            "version": 1,
            **copy.deepcopy(metadata),
        }
        file.setdefault("parents", [self.root_id])
        self._inherit_drive(file)
        self.files[file["id"]] = file
        self.ids.reserve(file["id"])
        if content is not None:
            self.contents[file["id"]] = content
        self._own(file["id"], "organizer" if "driveId" in file else "owner")
        self._revise(file)
        self.log(file["id"])
        return file

    def _first_edit(self, file: Json) -> None:
        """An editor writes its empty document a moment after the file is there."""
        if file["mimeType"] in EDITORS:
            file["modifiedTime"] = self.now()
            self._revise(file)

    def copy_file(self, source_id: str, metadata: Json) -> Json:
        """Copy a file with its content; ``metadata`` is what the copy has of its own. Returns the stored copy."""
        source = self.files[source_id]
        kept = {name: source[name] for name in ("name", "mimeType", "parents", "description") if name in source}
        made = self._add_file({**kept, **metadata}, None, self.contents.get(source_id))
        if source_id in self.spreadsheets:
            twin = copy.deepcopy(self.spreadsheets[source_id])
            twin.spreadsheet_id = made["id"]
            twin.properties["title"] = made["name"]
            self.spreadsheets[made["id"]] = twin
        return made

    def rename(self, file_id: str, name: str) -> None:
        """Give the file, and the spreadsheet under the same id, a new name."""
        self.files[file_id]["name"] = name
        if file_id in self.spreadsheets:
            self.spreadsheets[file_id].properties["title"] = name

    def move(self, file_id: str, folder_id: str) -> None:
        """Put the file, and all that is below it, into another folder."""
        self.files[file_id]["parents"] = [folder_id]
        for moved in self.below(file_id):
            self.files[moved].pop("driveId", None)
            self._inherit_drive(self.files[moved])

    def below(self, file_id: str) -> list[str]:
        """The ids of a file and of all that is below it, from above."""
        found = [file_id]
        for above in found:
            found += [file["id"] for file in self.children(above)]
        return found

    def touch(self, file_id: str, modified: bool = True) -> None:
        """Note a change of the file's content; ``modified`` says whether it moves ``modifiedTime``."""
        self.note(file_id, modified)
        self._revise(self.files[file_id])

    def note(self, file_id: str, modified: bool) -> None:
        """Note a change of the file's metadata; ``modified`` says whether it moves ``modifiedTime``."""
        file = self.files[file_id]
        file["version"] = int(file.get("version", 1)) + 1
        if modified:
            file["modifiedTime"] = self.now()
            _forget(file, ("lastModifyingUser", "modifiedByMeTime"))
        self.log(file_id)

    def write(self, file_id: str, content: bytes, modified: bool) -> None:
        """Replace the content of a file that has bytes of its own."""
        self.contents[file_id] = content
        _forget(self.files[file_id], CONTENT_FACTS)
        self.touch(file_id, modified)

    def delete_file(self, file_id: str) -> None:
        """Delete the file for good, with all that hangs on it and all that is below it."""
        for gone in self.below(file_id):
            for shelf in self._shelves():
                shelf.pop(gone, None)
            self.log(gone)

    def _shelves(self) -> tuple[dict[str, Any], ...]:
        """Everything that is kept by file id."""
        return self.files, self.contents, self.spreadsheets, self.permissions, self.comments, self.revisions

    def children(self, file_id: str) -> Iterator[Json]:
        """Files directly below a folder or a shared drive."""
        return (file for file in self.files.values() if file_id in file.get("parents", ()))

    def is_trashed(self, file: Json) -> bool:
        """True for a file in the trash, itself or because of a folder above it."""
        return bool(file.get("trashed")) or any(
            self.is_trashed(self.files[parent]) for parent in file.get("parents", ()) if parent in self.files
        )

    # Shared drives

    def create_drive(self, metadata: Json, drive_id: str | None = None) -> Json:
        """Make a shared drive that the user organises. Returns the stored drive."""
        drive = {"id": drive_id or self.new_drive_id(), "createdTime": self.now(), **metadata}
        self.drives[drive["id"]] = drive
        self.ids.reserve(drive["id"])
        self._own(drive["id"], "organizer")
        self.log(drive_id=drive["id"])
        return drive

    def delete_drive(self, drive_id: str) -> None:
        """Delete a shared drive with what is in it."""
        for child in [file["id"] for file in self.children(drive_id)]:
            self.delete_file(child)
        del self.drives[drive_id]
        self.permissions.pop(drive_id, None)
        self.log(drive_id=drive_id)

    # The log of changes, and what else follows from a change

    def log(self, file_id: str = "", drive_id: str = "") -> None:
        """Write a change to the log; an earlier one of the same thing gives way."""
        self.changes.pop((file_id, drive_id), None)
        self.changes[(file_id, drive_id)] = Change(self.next_change, self.now(), file_id, drive_id)
        self.next_change += 1

    def _revise(self, file: Json) -> None:
        """Note a state of the content. Editors number theirs; other files have long ids."""
        if file["mimeType"] not in EDITORS and file["id"] not in self.contents:
            return
        shelf = self.revisions.setdefault(file["id"], {})
        numbers = [int(number) for number in shelf if number.isdecimal()]
        number = str(max(numbers, default=0) + 1)
        revision_id = number if file["mimeType"] in EDITORS else self.ids.token(51, prefix="0B")
        shelf[revision_id] = {
            "id": revision_id,
            "mimeType": file["mimeType"],
            "modifiedTime": file["modifiedTime"],
        }
        if file["mimeType"] not in EDITORS:
            file["headRevisionId"] = revision_id

    def _inherit_drive(self, file: Json) -> None:
        """A file in a shared drive has the drive's id."""
        for parent in file["parents"]:
            drive_id = parent if parent in self.drives else self.files.get(parent, {}).get("driveId")
            if drive_id:
                file["driveId"] = drive_id

    def _own(self, thing_id: str, role: str) -> None:
        """The user's own permission on a new file or shared drive."""
        self.permissions.setdefault(thing_id, {})[self.user["permissionId"]] = {
            "id": self.user["permissionId"],
            "type": "user",
            "role": role,
            "emailAddress": self.user["emailAddress"],
            "displayName": self.user["displayName"],
        }

    def _new_user(self) -> Json:
        return {
            "kind": "drive#user",
            "displayName": "Twin User",
            "photoLink": "https://lh3.googleusercontent.com/a/" + self.ids.token(40) + "=s64",
            "me": True,
            "permissionId": self.new_permission_id(),
            "emailAddress": "twin.user@example.com",
        }

    def _add_root(self) -> None:
        now = self.now()
        self.files[self.root_id] = {
            "id": self.root_id,
            "name": "My Drive",
            "mimeType": FOLDER,
            "parents": [],
            "createdTime": now,
            "modifiedTime": now,
            "version": 1,
        }


def _forget(file: Json, names: tuple[str, ...]) -> None:
    for name in names:
        file.pop(name, None)
