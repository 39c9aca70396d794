"""What a Drive call says by itself: what it addresses, changes, asks for and names."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.programs.model import Call
from conformance.recordings.model import Json

ROOT = "root"
"""Google's own name for the root folder."""

Entity = tuple[tuple[str, str], ...]
"""An entity's address: collections and ids from the outermost, ``(("files", id), ("comments", id))``."""

KINDS = {
    "files": "drive#file",
    "drives": "drive#drive",
    "permissions": "drive#permission",
    "comments": "drive#comment",
    "replies": "drive#reply",
    "revisions": "drive#revision",
}
_TEXT = r"'((?:[^'\\]|\\.)*)'"
_PARENT = re.compile(_TEXT + r"\s+in\s+parents")
_TERM = re.compile(rf"\b(name|mimeType|trashed|starred)\s*=\s*(?:{_TEXT}|(true|false))")
_NOT_A_CONJUNCTION = re.compile(r"\b(?:or|not)\b", re.IGNORECASE)


def address(call: Call) -> tuple[Entity, str, str]:
    """What the path of a call addresses: an entity, the collection below it, and the action on it."""
    entity: list[tuple[str, str]] = []
    collection = action = ""
    for part in call.operation.partition("/drive/v3/")[2].split("/"):
        if part.startswith("{") and collection in KINDS:
            entity.append((collection, str(call.arguments[part.partition("}")[0][1:]])))
            collection = ""
        elif part in KINDS or part == "changes":
            collection = part
        else:
            action = part
    return tuple(entity), "" if action else collection, action


def changes(call: Call) -> set[str]:
    """Fields that a call sets on what it addresses."""
    body = call.arguments.get("body")
    fields = set(body) if isinstance(body, Mapping) else set()
    return fields | ({"parents"} if {"addParents", "removeParents"} & set(call.arguments) else set())


def facts_asked(call: Call) -> dict[str, Any]:
    """What holds for every file in an answer because the query asked for it."""
    query = _conjunction(call)
    terms = {name: truth == "true" if truth else _unescaped(text) for name, text, truth in _TERM.findall(query)}
    parents = parents_asked(call)
    drive = {"driveId": call.arguments["driveId"]} if call.arguments.get("corpora") == "drive" else {}
    return terms | ({"parents": parents} if parents and ROOT not in parents else {}) | drive


def another(known: str) -> str:
    """An id like ``known``, and always the same one."""
    digest = hashlib.sha256(known.encode()).hexdigest() * (1 + len(known) // 64)
    return known[:2] + digest[: max(len(known) - 2, 8)]


def users(body: Json) -> Iterator[dict[str, Any]]:
    """The authenticated user wherever an answer shows them: ``me`` is true."""
    if isinstance(body, list):
        for item in body:
            yield from users(item)
    elif isinstance(body, Mapping):
        if body.get("me") is True:
            yield dict(body)
        for member in body.values():
            yield from users(member)


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _conjunction(call: Call) -> str:
    """The query of a list of files, if all its terms must hold; else ""."""
    query = str(call.arguments.get("q", ""))
    plain = call.sdk_call == "files.list" and not _NOT_A_CONJUNCTION.search(re.sub(_TEXT, "", query))
    return query if plain else ""


def parents_asked(call: Call) -> list[str]:
    """Folders in which every file of the answer must be, because the query asks for it."""
    return [_unescaped(text) for text in _PARENT.findall(_conjunction(call))]


def taken_away(call: Call) -> dict[str, Any]:
    """What a call that takes something away shows of the state before."""
    parents = [parent for parent in str(call.arguments.get("removeParents", "")).split(",") if parent not in ("", ROOT)]
    return {"parents": parents} if parents else {}


def drives_named(call: Call) -> Iterator[str]:
    """Ids of shared drives among the arguments of a call."""
    body = call.arguments.get("body")
    for arguments in (call.arguments, body if isinstance(body, Mapping) else {}):
        if call.sdk_call.startswith(("files.", "changes.")) and isinstance(arguments.get("driveId"), str):
            yield arguments["driveId"]


def parents_named(call: Call) -> Iterator[str]:
    """Ids of folders among the arguments of a call, those in queries included."""
    if not call.sdk_call.startswith("files."):
        return
    body = call.arguments.get("body")
    if isinstance(body, Mapping):
        yield from body.get("parents") or ()
    for name in ("addParents", "removeParents"):
        yield from filter(None, str(call.arguments.get(name, "")).split(","))
    yield from _PARENT.findall(str(call.arguments.get("q", "")))
