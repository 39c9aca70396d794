"""Which files, shared drives and other things a recorded program found, as they were before it changed them.

Drive's paths say what an answer shows: ``GET …/comments`` lists comments, ``GET …/comments/{commentId}`` shows one,
and whatever stands above them in the path was there as well, unless the program made it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from conformance.programs.model import Call, Given, GivenRef, Observation, PathKey, Step
from conformance.recordings.model import Json, Response
from targets.google.drive.calls import (
    KINDS,
    ROOT,
    Entity,
    address,
    another,
    changes,
    drives_named,
    facts_asked,
    parents_asked,
    parents_named,
    taken_away,
    users,
)
from targets.google.givens import CREATES_SPREADSHEET, FOLDER, SPREADSHEET, made_files, merged, succeeded
from targets.google.media import media_argument

MOVES_BY_ITSELF = frozenset(
    {
        *("modifiedTime", "modifiedByMe", "modifiedByMeTime", "lastModifyingUser", "version", "htmlContent", "replies"),
        *("viewedByMe", "viewedByMeTime", "thumbnailVersion", "thumbnailLink", "hasThumbnail"),
        *("headRevisionId", "size", "quotaBytesUsed", "md5Checksum", "sha1Checksum", "sha256Checksum"),
    }
)
"""Fields that any change of an entity may move along."""
FOLLOWS = {
    "trashed": ("explicitlyTrashed", "trashedTime", "trashingUser"),
    "name": ("originalFilename", "fileExtension", "fullFileExtension"),
    "permissions": ("permissionIds", "shared", "owners", "ownedByMe", "hasAugmentedPermissions"),
}
"""Fields that a change of another one moves along."""
CREATABLE = {
    "files": ("name", "mimeType", "description"),
    "drives": ("name",),
    "permissions": ("type", "role", "emailAddress", "domain"),
    "comments": ("content", "quotedFileContent", "anchor"),
    "replies": ("content", "action"),
}
"""What may be sent to make one like it."""
NEEDED = {"permissions": ("type", "role"), "comments": ("content",), "replies": ("content",)}
_ROOT_ID = re.compile(r"0A.+Uk9PVA")
"""Root folders, of the account and of shared drives, spell ``ROOT`` in base64 at the end of their ids."""


class _Account:
    """What a program shows of the account in which it ran."""

    def __init__(self, made: frozenset[str]) -> None:
        self._made: set[Entity] = {(("files", file_id),) for file_id in made}
        self._changed: dict[Entity, set[str]] = {}
        self.found: dict[Entity, dict[str, Any]] = {}
        self.addressed: set[Entity] = set()
        self.contents: dict[str, Json] = {}
        self.root = ""
        self.about: dict[str, Any] = {}
        self.start_page_token = ""
        self._spreadsheets: set[str] = set()
        self._wrote = False
        self._in_root: set[Entity] = set()
        """Files that the program made in the root folder."""
        self._further: dict[str, Entity] = {}
        """Last entity of each page after which another page was not asked for, by the token of that page."""
        self._complete: list[tuple[Entity, str, dict[str, Any]]] = []
        """Lists that were seen to their end: what they hang on, collection, and what was asked of their items."""

    def see(self, call: Call, observation: Observation) -> None:
        """Take in a call that was answered 2xx."""
        self._wrote = self._wrote or not call.operation.startswith("GET")
        body = observation.body if isinstance(observation.body, dict) else {}
        if call.target == "sheets":
            self._see_spreadsheet(call, body)
            return
        entity, collection, action = address(call)
        if call.sdk_call == "files.get" and call.arguments.get("fileId") == ROOT:
            self.root = body.get("id", "")
            entity = (("files", self.root),) if self.root else ()
        self._see_ancestors(entity)
        self._see_mentions(call)
        self._see_account(call, body)
        self._act(call, observation, entity, collection, action, body)

    def _act(
        self, call: Call, observation: Observation, entity: Entity, collection: str, action: str, body: dict[str, Any]
    ) -> None:
        method = call.operation.partition(" ")[0]
        if call.sdk_call.endswith("_media"):
            self._see_content(entity, observation.response)
        elif method == "POST" and (collection or action == "copy"):
            self._see_made(call, entity, collection or "files", body)
        elif method == "GET" and collection:
            self._see_list(call, entity, collection, body)
        elif method in ("PATCH", "POST", "DELETE") and entity:
            self._show(entity, taken_away(call))
            self._change(entity, changes(call))
            self._show(entity, body)
        elif method == "GET" and entity and not action:
            self._show(entity, body)

    def _see_ancestors(self, entity: Entity) -> None:
        for depth in range(1, len(entity) + 1):
            if entity[depth - 1][1] != ROOT:
                self._show(entity[:depth], {})
                self.addressed.add(entity[:depth])

    def _see_list(self, call: Call, above: Entity, collection: str, body: dict[str, Any]) -> None:
        asked = facts_asked(call)
        self._see_page(call, above, collection, asked, body)
        in_root = ROOT in parents_asked(call)
        for item in body.get(collection, ()):
            resource = item.get("file", {}) if collection == "changes" else item
            if in_root:
                self._see_root(resource)
            if "id" in resource:
                kind = "files" if collection == "changes" else collection
                self._show((*above, (kind, resource["id"])), {**asked, **resource})

    def _see_page(
        self, call: Call, above: Entity, collection: str, asked: dict[str, Any], body: dict[str, Any]
    ) -> None:
        self._further.pop(str(call.arguments.get("pageToken")), None)
        items = [item["id"] for item in body.get(collection, ()) if "id" in item]
        if "nextPageToken" not in body:
            self._complete.append((above, collection, asked))
        elif items:
            self._further[body["nextPageToken"]] = (*above, (collection, items[-1]))

    def _unseen(self) -> Iterator[Entity]:
        """One more like the last of each page that was followed by another one, which the program never saw."""
        for last in self._further.values():
            facts = self.found.get(last, {})
            listed = any(
                (above, collection) == (last[:-1], last[-1][0]) and asked.items() <= facts.items()
                for above, collection, asked in self._complete
            )
            if facts and not listed:
                entity = (*last[:-1], (last[-1][0], another(last[-1][1])))
                self.found[entity] = {**facts, "id": entity[-1][1]}
                yield entity

    def _see_made(self, call: Call, entity: Entity, collection: str, body: dict[str, Any]) -> None:
        above = () if collection in ("files", "drives") else entity
        if "id" in body:
            self._made.add((*above, (collection, body["id"])))
            if call.sdk_call == "files.create" and "parents" not in (call.arguments.get("body") or {}):
                self._see_placed(body["id"], body)
        sent = call.arguments.get("body") or {}
        if call.sdk_call == "files.copy" and "mimeType" in body and "mimeType" not in sent:
            self._show(entity, {"mimeType": body["mimeType"]})
        elif above:
            self._change(above, {collection})

    def _see_content(self, entity: Entity, response: Response | None) -> None:
        """A download shows the content, and by its content type what kind of file it is."""
        content_type = (response.header("content-type") or "").partition(";")[0] if response else ""
        if response is None or not content_type or len(entity) != 1 or self._is_made(entity) or entity in self._changed:
            return
        self._show(entity, {"mimeType": content_type})
        if response.body:
            self.contents.setdefault(entity[0][1], media_argument(content_type, response.body))

    def _see_mentions(self, call: Call) -> None:
        """Folders and shared drives that a successful call named in its arguments."""
        for drive_id in drives_named(call):
            self._mention((("drives", drive_id),), {})
        for parent in parents_named(call):
            if parent != ROOT and not self._is_root(parent):
                self._mention((("files", parent),), {"mimeType": FOLDER})

    def _is_root(self, folder: str) -> bool:
        """True for the root of the account or of a shared drive; takes in the first."""
        if (("drives", folder),) in self.found or not _ROOT_ID.fullmatch(folder):
            return folder == self.root or (("drives", folder),) in self.found
        self.root = self.root or folder
        self._show((("files" if folder == self.root else "drives", folder),), {})
        return True

    def _mention(self, entity: Entity, facts: dict[str, Any]) -> None:
        self._show(entity, facts)
        self.addressed.add(entity)

    def _see_spreadsheet(self, call: Call, body: dict[str, Any]) -> None:
        """A file that the Sheets API serves is a spreadsheet, and what writes there modifies the file."""
        if call.operation == CREATES_SPREADSHEET and "spreadsheetId" in body:
            self._see_placed(body["spreadsheetId"], {})
        spreadsheet_id = str(call.arguments.get("spreadsheetId", ""))
        entity = (("files", spreadsheet_id),)
        self._spreadsheets.add(spreadsheet_id)
        if not call.operation.startswith("GET"):
            self._change(entity, {"name"} if call.sdk_call == "spreadsheets.batchUpdate" else set())

    def _see_account(self, call: Call, body: dict[str, Any]) -> None:
        """Who the user is, and where the log of changes ends; every write moves that end."""
        for user in users(body):
            self.about = merged(self.about, {"user": user})
        if call.sdk_call == "about.get":
            self.about = merged(self.about, body)
        elif not self._wrote and call.sdk_call == "changes.getStartPageToken":
            self.start_page_token = self.start_page_token or body.get("startPageToken", "")
        elif not self._wrote and call.sdk_call == "changes.list":
            self.start_page_token = self.start_page_token or body.get("newStartPageToken", "")

    def _see_placed(self, file_id: str, resource: Mapping[str, Any]) -> None:
        """A file that is made without a place for it comes into the root folder."""
        self._in_root.add((("files", file_id),))
        self._see_root(resource)

    def _see_root(self, resource: Mapping[str, Any]) -> None:
        parents = resource.get("parents")
        if parents and "driveId" not in resource and not self.root:
            self.root = parents[0]
            self._show((("files", self.root),), {})

    def _see_owner(self, entity: Entity, resource: Mapping[str, Any]) -> None:
        """What the program makes belongs to the user."""
        if not entity or entity[-1][0] != "permissions" or entity[:-1] in self._changed:
            return
        if resource.get("role") == "owner":
            known = {name: resource[name] for name in ("displayName", "emailAddress") if name in resource}
            self.about = merged(self.about, {"user": {"permissionId": entity[-1][1], **known}})

    def _is_made(self, entity: Entity) -> bool:
        return any(entity[:depth] in self._made for depth in range(1, len(entity) + 1))

    def _change(self, entity: Entity, fields: set[str]) -> None:
        followers = {follower for name in fields for follower in FOLLOWS.get(name, ())}
        self._changed.setdefault(entity, set()).update(fields, followers, MOVES_BY_ITSELF)
        if len(entity) > 1:
            self._changed.setdefault(entity[:-1], set()).update({entity[-1][0]}, FOLLOWS.get(entity[-1][0], ()))

    def _show(self, entity: Entity, resource: Mapping[str, Any]) -> None:
        """Take in a view of an entity: what it shows for the first time, and nothing the program changed."""
        if not entity or self._is_made(entity):
            self._see_owner(entity, resource)
            if entity in self._in_root and "parents" not in self._changed.get(entity, ()):
                self._see_root(resource)
            return
        changed = self._changed.get(entity, set())
        first = {name: value for name, value in resource.items() if name not in changed}
        known = self.found.setdefault(entity, {"id": entity[-1][1]})
        self.found[entity] = merged(known, first)
        if entity[-1][0] == "revisions" and "mimeType" in resource:
            self._show(entity[:-1], {"mimeType": resource["mimeType"]})
        if "driveId" in first:
            self._show((("drives", first["driveId"]),), {})
        elif entity[-1][0] == "files":
            for parent in first.get("parents", ()):
                self._is_root(parent)

    def givens(self) -> Iterator[Given]:
        """All that was found; what stands above others comes first."""
        for spreadsheet_id in self._spreadsheets:
            if (("files", spreadsheet_id),) in self.found:
                self._show((("files", spreadsheet_id),), {"mimeType": SPREADSHEET})
        for entity in sorted([*self.found, *self._unseen()], key=len):
            create, id_path = self._create(entity)
            yield Given("drive", KINDS[entity[-1][0]], entity[-1][1], self._facts(entity), create, id_path)
        if self.about:
            user = self.about.get("user", {})
            yield Given("drive", "drive#about", user.get("permissionId", "about"), {"about": self.about})
        if token := self.start_page_token:
            yield Given("drive", "drive#startPageToken", token, {"startPageToken": token})

    def _facts(self, entity: Entity) -> Json:
        """``{collection: [resource]}``, nested by the ids of what stands above (``{"comments": {fileId: [...]}}``)."""
        facts: Json = [self.found[entity]]
        for _, above in reversed(entity[:-1]):
            facts = {above: facts}
        facts = {entity[-1][0]: facts}
        if entity == (("files", self.root),):
            facts["rootFolderId"] = self.root
        if len(entity) == 1 and entity[0][1] in self.contents:
            facts["contents"] = {entity[0][1]: self.contents[entity[0][1]]}
        return facts

    def _create(self, entity: Entity) -> tuple[Call | None, PathKey]:
        """A call that makes one like it; none for what the program only came across."""
        collection, resource = entity[-1][0], self.found[entity]
        body = {name: resource[name] for name in CREATABLE.get(collection, ()) if name in resource}
        needed = NEEDED.get(collection, ()) + (("emailAddress",) if body.get("type") in ("user", "group") else ())
        lacks = any(name not in body for name in needed)
        if entity not in self.addressed or collection not in CREATABLE or lacks or entity == (("files", self.root),):
            return None, ()
        arguments: dict[str, Any] = {_PARAMETERS[name]: GivenRef(value) for name, value in entity[:-1]}
        arguments |= {"body": body} | _EXTRA.get(collection, {})
        template = "/drive/v3" + "".join(f"/{name}/{{{_PARAMETERS[name]}}}" for name, _ in entity[:-1])
        return Call("drive", f"POST {template}/{collection}", f"{collection}.create", arguments), ("id",)


_PARAMETERS = {"files": "fileId", "comments": "commentId"}
_EXTRA = {
    "drives": {"requestId": "given"},
    "comments": {"fields": "id"},  # Drive demands a field mask here
    "replies": {"fields": "id"},
}


def drive_givens(steps: Sequence[Step], observations: Sequence[Observation]) -> tuple[Given, ...]:
    """What was there before the program began; what other things hang on comes first."""
    account = _Account(made_files(steps, observations))
    for call, observation in succeeded(steps, observations):
        account.see(call, observation)
    return tuple(account.givens())
