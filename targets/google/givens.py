"""What deriving the givens of a Google program needs, whatever the API: what it made itself, and merging."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from conformance.programs.model import Call, Observation, Step
from conformance.recordings.model import Json

CREATES_SPREADSHEET = "POST /v4/spreadsheets"
CREATES_FILE = "POST /drive/v3/files"
SPREADSHEET = "application/vnd.google-apps.spreadsheet"
FOLDER = "application/vnd.google-apps.folder"


def succeeded(steps: Sequence[Step], observations: Sequence[Observation]) -> Iterator[tuple[Call, Observation]]:
    """The calls that were answered 2xx, with what was observed."""
    for step, observation in zip(steps, observations, strict=True):
        if 200 <= (observation.status or 0) < 300:
            yield step.call, observation


def made_files(steps: Sequence[Step], observations: Sequence[Observation]) -> frozenset[str]:
    """Ids of the files, spreadsheets included, that the program made."""
    return frozenset(
        body[key]
        for call, observation in succeeded(steps, observations)
        if (key := _made_key(call)) and isinstance(body := observation.body, dict) and key in body
    )


def _made_key(call: Call) -> str:
    """Where the answer holds the id of a file that the call made; "" if it made none."""
    if call.operation == CREATES_SPREADSHEET:
        return "spreadsheetId"
    return "id" if call.operation in (CREATES_FILE, "POST /drive/v3/files/{fileId}/copy") else ""


def merged(old: Json, new: Json) -> Json:
    """``old`` with what ``new`` adds; where they contradict each other the earlier one holds.

    Lists of objects are joined by identity (sheet id, title, id); lists of grid data are appended to.
    """
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return {**new, **{key: _member(key, value, new.get(key)) for key, value in old.items()}}
    if _objects(old) and _objects(new):
        return _joined(old, new)
    return old


def _member(key: str, old: Json, new: Json) -> Json:
    if new is None:
        return old
    if key == "data" and isinstance(old, list) and isinstance(new, list):
        return old + [grid for grid in new if grid not in old]
    return merged(old, new)


def _objects(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(item, Mapping) for item in value)


def _joined(old: list[Any], new: list[Any]) -> list[Any]:
    joined = list(old)
    for item in new:
        at = next((n for n, known in enumerate(joined) if same(known, item)), None)
        if at is not None:
            joined[at] = merged(joined[at], item)
        elif any(_names(item)):
            joined.append(item)
    return joined


def same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """True for two views of one object of a list."""
    pairs = zip(_names(one), _names(other), strict=True)
    return next((a == b for a, b in pairs if a is not None and b is not None), False)


def _names(item: Mapping[str, Any]) -> tuple[Any, ...]:
    """What identifies an object of a list, strongest first; None for what it does not have."""
    keys = ("sheetId", "namedRangeId", "id", "title")
    properties = item.get("properties")
    holder = properties if isinstance(properties, Mapping) else item
    return tuple(holder.get(key) for key in keys)


def strings_under(value: Json, names: frozenset[str]) -> Iterator[str]:
    """All strings that stand under one of ``names`` anywhere in ``value``, also in lists."""
    if isinstance(value, list):
        for item in value:
            yield from strings_under(item, names)
    elif isinstance(value, Mapping):
        for key, member in value.items():
            if key in names:
                yield from (
                    text for text in (member if isinstance(member, list) else [member]) if isinstance(text, str)
                )
            yield from strings_under(member, names)
