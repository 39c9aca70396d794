"""What splits the behaviours of an operation, and the codes in its errors."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.programs.model import Call
from conformance.recordings.model import Json

PRESENT = ("jql", "startAt", "nextPageToken", "username", "accountId", "query", "filter", "orderBy")
"""Query parameters whose mere presence makes another request of it."""
WORDS = ("expand", "deleteSubtasks", "notifyUsers", "permissions", "adjustEstimate", "type", "state")
"""Query parameters whose words do."""
MOST_WORDS = 3

_CUSTOM = re.compile(r"customfield_\d+")
_WORD = re.compile(r"[A-Za-z][\w.*-]*")


def variant(call: Call) -> str:
    """Values of the discriminators in a call, joined by commas; "" where there is none."""
    body = call.arguments.get("body")
    return ",".join([*_in_query(call), *(_in_body(body) if isinstance(body, dict) else ())])


def _in_query(call: Call) -> Iterator[str]:
    for name in WORDS:
        value = call.arguments.get(name)
        words = sorted(_WORD.findall(",".join(map(str, value)) if isinstance(value, list) else str(value or "")))
        if words:
            yield f"{name}={'+'.join(words[:MOST_WORDS])}"
    yield from (name for name in PRESENT if name in call.arguments and name != "startAt")
    if str(call.arguments.get("startAt", "0")) != "0":
        yield "next page"


def _in_body(body: dict[str, Json]) -> Iterator[str]:
    """How things are changed: by fields or by operations, as a part of another issue, with a comment, ..."""
    if body.get("update"):
        yield "update"
    fields = body.get("fields")
    if isinstance(fields, dict) and "parent" in fields:
        yield "parent"
    if body.get("visibility"):
        yield "visibility"
    if isinstance(body.get("body"), dict) or isinstance(body.get("comment"), dict):
        yield "document"


def error_code(body: Json) -> str:
    """The fields that an error is about, joined by ``+``: Jira has no codes. "" where it names none."""
    errors = body.get("errors") if isinstance(body, dict) else None
    if not isinstance(errors, dict):
        return ""
    return "+".join(sorted({_CUSTOM.sub("customfield", name) for name in errors}))


PARTS = frozenset(
    (
        *("status", "statusCategory", "priority", "resolution", "issuetype", "project", "security", "parent"),
        *("assignee", "reporter", "creator", "author", "updateAuthor", "lead", "votes", "watches"),
        *("comment", "worklog", "component", "components", "versions", "fixVersions"),
    )
)
"""Keys under which answers hold resources of a kind."""


def owner(operation: str, path: tuple[str | int, ...]) -> str:
    """The kind of resource that owns a leaf, by flavour, with the leaf's key; "" where no part of the answer is one."""
    flavour = operation.partition("#")[2]
    kind = ""
    below: list[str] = []
    for key in path:
        if key in PARTS:
            kind, below = str(key), []
        elif isinstance(key, str):
            below.append(key)
    return f"{flavour} {kind}.{'.'.join(below)}" if kind and below else ""
