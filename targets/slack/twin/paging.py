"""Pages of lists: by cursor, and by number as older methods have them."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from math import ceil

from conformance.recordings.model import Json
from targets.slack.contract import contract
from targets.slack.twin.arguments import Arguments
from targets.slack.twin.calls import Call
from targets.slack.twin.errors import SlackError, Unevidenced

MAX_LIMIT = 1000
DEFAULT_COUNT = 100


def encode_cursor(kind: str, value: str) -> str:
    """A cursor: what the next page begins with, after a word for what it is."""
    return base64.b64encode(f"{kind}:{value}".encode()).decode()


def decode_cursor(text: str, kind: str) -> str:
    """What a cursor stands for."""
    try:
        found, _, value = base64.b64decode(text, validate=True).decode().partition(":")
    except ValueError as error:
        raise SlackError("invalid_cursor") from error
    if found != kind:
        raise SlackError("invalid_cursor")
    return value


def limit_of(call: Call) -> int:
    """How many elements a page may have, by default what the contract says of the method; 0 for all of them."""
    text = call.text("limit")
    declared = contract().methods[call.name]
    if text and not (text.isdigit() and int(text) <= MAX_LIMIT):
        if "invalid_limit" in declared.errors:
            raise SlackError("invalid_limit")
        raise Unevidenced(f"The twin has no evidence of what {call.name} says to a limit of {text[:40]}.")
    return int(text or 0) or int(declared.arguments["limit"].default or 0)


def place_of(call: Call, kind: str) -> str:
    """What the page that a call asks for begins with, "" for the end; facts tell it of cursors of before."""
    cursor = call.text("cursor")
    told = call.state.cursors.get(cursor)
    return decode_cursor(cursor, kind) if told is None else told


def page(call: Call, names: Sequence[str], kind: str) -> tuple[Sequence[str], str]:
    """The names on the page that is asked for, and the cursor of the next, "" for the last page."""
    start = index_of(names, place_of(call, kind)) if call.text("cursor") else 0
    end = start + (limit_of(call) or len(names))
    return names[start:end], encode_cursor(kind, names[end]) if end < len(names) else ""


def index_of(names: Sequence[str], first: str) -> int:
    """Where in a list a page begins, by its first name; "" for the end."""
    if first and first not in names:
        raise SlackError("invalid_cursor")
    return names.index(first) if first else len(names)


def continued(cursor: str) -> Json:
    """What an answer says of the next page."""
    return {"response_metadata": {"next_cursor": cursor}}


def numbered(total: int, arguments: Arguments, default: int = DEFAULT_COUNT) -> Json:
    """``paging`` of a list that is read by page number."""
    count = max(1, arguments.number("count", default))
    return {"count": count, "total": total, "page": max(1, arguments.number("page", 1)), "pages": ceil(total / count)}


def slice_of(paging: Json) -> slice:
    """Where the elements of a numbered page stand in the whole list."""
    start = (paging["page"] - 1) * paging["count"]
    return slice(start, start + paging["count"])
