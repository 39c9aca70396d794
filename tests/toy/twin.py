"""The library service itself: a twin on the twin kit, correct by definition."""

from __future__ import annotations

import hashlib
import json
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from conformance.twinkit.service import Refusal, Reply, Service, TwinRequest
from conformance.twinkit.store import Clock, Ids
from toy import counter

HEX = "0123456789abcdef"
LETTERS = string.ascii_letters + string.digits
DEFAULT_LIMIT = 10
BOOK_FIELDS = {"title": str, "author": str, "shelf": str, "copies": int, "tags": list}
DEFAULTS: Mapping[str, Any] = {"author": "", "shelf": "general", "copies": 1, "tags": []}


@dataclass
class Library:
    """The state."""

    clock: Clock
    ids: Ids
    books: dict[str, dict[str, Any]] = field(default_factory=dict)
    covers: dict[str, bytes] = field(default_factory=dict)
    members: dict[int, dict[str, Any]] = field(default_factory=dict)
    loans: dict[str, dict[str, Any]] = field(default_factory=dict)
    cursors: dict[str, int] = field(default_factory=dict)
    visits: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: dict[str, dict[str, Any]] = field(default_factory=dict)

    def now(self) -> str:
        return moment_text(self.clock)


def moment_text(clock: Clock) -> str:
    return clock.now().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def refusal(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Refusal:
    return Refusal(Reply({"error": {"code": code, "message": message}}, status, headers or {}))


# Books


def create_book(state: Library, request: TwinRequest) -> Reply:
    wanted = _checked_book(request.json or {})
    if not wanted.get("title"):
        raise refusal(400, "title_required", "A book needs a title.")
    book = new_book(state, state.ids.token(20, LETTERS), wanted, request.base_url)
    return _book_reply(book)


def new_book(state: Library, book_id: str, wanted: Mapping[str, Any], base_url: str) -> dict[str, Any]:
    now = state.now()
    book = {
        "kind": "library#book",
        "id": book_id,
        **DEFAULTS,
        **wanted,
        "etag": state.ids.token(16, HEX),
        "createdTime": now,
        "updatedTime": now,
        "selfLink": f"{base_url}/v1/books/{book_id}",
    }
    book["available"] = book["copies"]
    state.books[book_id] = book
    return book


def get_book(state: Library, request: TwinRequest) -> Reply:
    return _book_reply(_book(state, request), request.first("fields"))


def list_books(state: Library, request: TwinRequest) -> Reply:
    shelf = request.first("shelf")
    books = [book for book in state.books.values() if shelf in (None, book["shelf"])]
    return Reply(_page(state, request, [_masked(book, request.first("fields")) for book in books], "books"))


def update_book(state: Library, request: TwinRequest) -> Reply:
    book = _book(state, request)
    if request.headers.get("if-match", book["etag"]) != book["etag"]:
        raise refusal(412, "etag_mismatch", "The book was changed by someone else.")
    changes = _checked_book(request.json or {})
    lent = book["copies"] - book["available"]
    book.update(changes, etag=state.ids.token(16, HEX), updatedTime=state.now())
    book["available"] = book["copies"] - lent
    return _book_reply(book)


def delete_book(state: Library, request: TwinRequest) -> Reply:
    if any(loan["bookId"] == request.params["book_id"] and loan["status"] == "OPEN" for loan in state.loans.values()):
        raise refusal(409, "book_is_lent", "A lent book cannot be deleted.")
    state.books.pop(request.params["book_id"], None)
    state.covers.pop(request.params["book_id"], None)
    return Reply(None, 204)


def upload_cover(state: Library, request: TwinRequest) -> Reply:
    book = _book(state, request)
    state.covers[book["id"]] = request.body
    digest = hashlib.sha256(request.body).hexdigest()
    return Reply({"kind": "library#cover", "bookId": book["id"], "size": len(request.body), "sha256": digest})


def download_cover(state: Library, request: TwinRequest) -> Reply:
    cover = state.covers.get(_book(state, request)["id"])
    if cover is None:
        raise refusal(404, "no_cover", "The book has no cover.")
    return Reply(cover, headers={"content-type": "application/octet-stream"})


def reserve_book(state: Library, request: TwinRequest) -> Reply:
    book = _book(state, request)
    return Reply({"bookId": book["id"], "memberId": request.json["member_id"], "position": 1}, 202)


def _book(state: Library, request: TwinRequest) -> dict[str, Any]:
    try:
        return state.books[request.params["book_id"]]
    except KeyError:
        raise refusal(404, "book_not_found", f"There is no book '{request.params['book_id']}'.") from None


def _book_reply(book: Mapping[str, Any], fields: str | None = None) -> Reply:
    return Reply(_masked(book, fields), headers={"etag": f'"{book["etag"]}"'})


def _masked(book: Mapping[str, Any], fields: str | None) -> dict[str, Any]:
    return {key: value for key, value in book.items() if not fields or key in fields.split(",")}


def _checked_book(body: Mapping[str, Any]) -> Mapping[str, Any]:
    for name, value in body.items():
        kind = BOOK_FIELDS.get(name)
        if kind is None:
            raise refusal(400, "unknown_field", f"A book has no '{name}'.")
        if not isinstance(value, kind):
            raise refusal(400, "wrong_type", f"'{name}' must be a {kind.__name__}.")
    return body


# Members


def create_member(state: Library, request: TwinRequest) -> Reply:
    body = request.json
    member = {"memberId": state.ids.number(10_000, 99_999), "name": body["name"], "active": True, "note": None}
    state.members[member["memberId"]] = member
    return Reply(member, 201)


def get_member(state: Library, request: TwinRequest) -> Reply:
    member = state.members.get(int(request.params["member_id"]))
    if member is None:
        raise refusal(404, "member_not_found", "There is no such member.")
    return Reply(member)


# Loans


def create_loan(state: Library, request: TwinRequest) -> Reply:
    wanted = request.json
    book = state.books.get(wanted["book_id"])
    if book is None or wanted["member_id"] not in state.members:
        raise refusal(404, "nothing_to_lend", "There is no such book or member.")
    if not book["available"]:
        raise refusal(409, "all_lent", "All copies are lent.")
    book["available"] -= 1
    opened = state.clock.now()
    loan = {
        "id": "L" + state.ids.token(5, string.ascii_lowercase),
        "bookId": book["id"],
        "memberId": wanted["member_id"],
        "status": "OPEN",
        "days": wanted["days"],
        "createdTime": opened.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "dueTime": (opened + timedelta(days=wanted["days"])).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    loan["self"] = f"{request.base_url}/v1/loans/{loan['id']}"
    state.loans[loan["id"]] = loan
    return Reply(loan, 201)


def list_loans(state: Library, request: TwinRequest) -> Reply:
    """Paged by a link: the next page's URL."""
    member = request.first("member_id")
    loans = [loan for loan in state.loans.values() if member in (None, str(loan["memberId"]))]
    page = _page(state, request, loans, "loans")
    cursor = page.pop("nextCursor", None)
    if cursor:
        page["next"] = f"{request.base_url}/v1/loans?limit={request.first('limit')}&cursor={cursor}"
    return Reply(page)


def return_loan(state: Library, request: TwinRequest) -> Reply:
    loan = state.loans.get(request.params["loan_id"])
    if loan is None:
        raise refusal(404, "loan_not_found", "There is no such loan.")
    if loan["status"] == "RETURNED":
        raise refusal(409, "already_returned", "The loan has ended.")
    loan["status"] = "RETURNED"
    loan["returnedTime"] = state.now()
    state.books[loan["bookId"]]["available"] += 1
    return Reply(loan)


def _page(state: Library, request: TwinRequest, items: Iterable[Any], name: str) -> dict[str, Any]:
    items = list(items)
    cursor, limit = request.first("cursor"), int(request.first("limit") or DEFAULT_LIMIT)
    if cursor is not None and cursor not in state.cursors:
        raise refusal(400, "bad_cursor", "The cursor is not one of ours.")
    start = state.cursors[cursor] if cursor else 0
    page: dict[str, Any] = {"kind": f"library#{name}", "items": items[start : start + limit]}
    if start + limit < len(items):
        page["nextCursor"] = state.ids.token(24, LETTERS)
        state.cursors[page["nextCursor"]] = start + limit
    return page


# The service


def seed(state: Library, facts: Mapping[str, Any]) -> None:
    """Facts: ``{"kind": "book", "id": …, …}`` as far as they are known."""
    if facts["kind"] == "member":
        member = {"name": "Someone", "active": True, "note": None, **facts["known"], "memberId": facts["id"]}
        state.members[facts["id"]] = member
        return
    known = {key: value for key, value in facts["known"].items() if key in BOOK_FIELDS}
    book = new_book(state, facts["id"], {"title": "", **known}, facts["base_url"])
    book.update(facts["known"])


ROUTES = {
    "POST /v1/books": create_book,
    "GET /v1/books": list_books,
    "GET /v1/books/{book_id}": get_book,
    "PATCH /v1/books/{book_id}": update_book,
    "DELETE /v1/books/{book_id}": delete_book,
    "PUT /v1/books/{book_id}/cover": upload_cover,
    "GET /v1/books/{book_id}/cover": download_cover,
    "POST /v1/books/{book_id}/reserve": reserve_book,
    "POST /v1/members": create_member,
    "GET /v1/members/{member_id}": get_member,
    "POST /v1/loans": create_loan,
    "GET /v1/loans": list_loans,
    "POST /v1/loans/{loan_id}/return": return_loan,
    **counter.ROUTES,
}


def _unknown(request: TwinRequest) -> Reply:
    return refusal(404, "no_such_route", f"Nothing is at {request.path}.").reply


def _missing(request: TwinRequest) -> Reply:
    return refusal(501, "not_implemented", "This twin does not have it.").reply


def _rate_limit(_: TwinRequest) -> Reply:
    return refusal(429, "slow_down", "Too many calls.", {"retry-after": "7"}).reply


SERVICE = Service(
    name="library",
    routes=ROUTES,
    state_key="library",
    new_state=Library,
    seed=seed,
    dump=lambda state: json.loads(json.dumps({"books": state.books, "members": state.members, "loans": state.loans})),
    unknown_route=_unknown,
    not_implemented=_missing,
    surface=frozenset(ROUTES),
    conditions={"rate_limit": _rate_limit},
)
