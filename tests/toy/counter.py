"""Two more parts of the library service, in the manners of other vendors.

*Visits* speak through headers: where what was made is, and how a list goes on. *The desk* is called by POST only, and
refuses with 200 and ``{"ok": false}``.
"""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from conformance.twinkit.service import Refusal, Reply, TwinRequest

if TYPE_CHECKING:
    from toy.twin import Library

NAMES = string.ascii_letters + string.digits
WHOLE = 10


def _visit(visit_id: str, visit: dict[str, Any], base_url: str) -> dict[str, Any]:
    own = f"{base_url}/v1/visits/{visit_id}"
    links = {
        "self": {"href": own},
        "staff": {"href": f"{_staff_url(base_url)}/visits/{visit_id}"},
        "login": {"href": f"https://login.example/start?back={quote(own, safe='')}"},
    }
    return {"id": visit_id, **visit, "servedBy": urlsplit(base_url).netloc, "links": links}


def _staff_url(base_url: str) -> str:
    """The account's own host for its staff; where there is no account, some host."""
    host, _, domain = urlsplit(base_url).netloc.partition(".")
    return f"https://{host}-staff.{domain}" if "library" in domain else "https://staff.somewhere.example"


def create_visit(state: Library, request: TwinRequest) -> Reply:
    visit_id = state.ids.token(20, NAMES)
    state.visits[visit_id] = request.json
    return Reply(None, 201, {"Location": f"{request.base_url}/v1/visits/{visit_id}"})


def get_visit(state: Library, request: TwinRequest) -> Reply:
    visit_id = request.params["visit_id"]
    if visit_id not in state.visits:
        error = {"code": "visit_not_found", "message": "There is no such visit."}
        raise Refusal(Reply({"error": error}, 404))
    return Reply(_visit(visit_id, state.visits[visit_id], request.base_url))


def list_visits(state: Library, request: TwinRequest) -> Reply:
    """The way on is a short number that nobody would take for a made-up name."""
    limit, start = int(request.first("limit") or WHOLE), int(request.first("after") or 0)
    everything = [_visit(name, visit, request.base_url) for name, visit in state.visits.items()]
    links = [f'<{request.base_url}/v1/visits?{_query(limit, start)}>; rel="self"']
    if start + limit < len(everything):
        links.append(f'<{request.base_url}/v1/visits?{_query(limit, start + limit)}>; rel="next"')
    return Reply(everything[start : start + limit], headers={"Link": links})


def _query(limit: int, after: int) -> str:
    return f"after={after}&limit={limit}" if after else f"limit={limit}"


def _no(code: str) -> Refusal:
    return Refusal(Reply({"ok": False, "error": code}))


def write_note(state: Library, request: TwinRequest) -> Reply:
    if not request.json.get("text"):
        raise _no("no_text")
    note = {"id": state.ids.token(18, NAMES), "topic": "misc", **request.json}
    state.notes[note["id"]] = note
    return Reply({"ok": True, "note": note})


def read_note(state: Library, request: TwinRequest) -> Reply:
    if request.json["note"] not in state.notes:
        raise _no("note_not_found")
    return Reply({"ok": True, "note": state.notes[request.json["note"]]})


def change_note(state: Library, request: TwinRequest) -> Reply:
    note = state.notes[request.json["note"]]
    note["text"] = request.json["text"]
    return Reply({"ok": True})


def search_notes(state: Library, request: TwinRequest) -> Reply:
    """``next_cursor`` is empty on the last page."""
    asked = request.json
    found = [note for note in state.notes.values() if asked.get("topic") in (None, note["topic"])]
    start, limit = state.cursors.get(asked.get("cursor", ""), 0), asked.get("limit", WHOLE)
    cursor = ""
    if start + limit < len(found):
        cursor = state.ids.token(24, NAMES)
        state.cursors[cursor] = start + limit
    return Reply({"ok": True, "notes": found[start : start + limit], "response_metadata": {"next_cursor": cursor}})


ROUTES = {
    "POST /v1/visits": create_visit,
    "GET /v1/visits": list_visits,
    "GET /v1/visits/{visit_id}": get_visit,
    "POST /v1/desk.write": write_note,
    "POST /v1/desk.read": read_note,
    "POST /v1/desk.change": change_note,
    "POST /v1/desk.search": search_notes,
}
