"""Twins with one flaw each, and what the engine has to say of it: operation, axis, and path."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from conformance.oracle.verdict import Axis
from conformance.twinkit.service import Refusal, Reply, Service, TwinRequest
from toy.twin import SERVICE, Library, moment_text, new_book, refusal

CREATE_BOOK, GET_BOOK, LIST_BOOKS = "POST /v1/books", "GET /v1/books/{book_id}", "GET /v1/books"
UPDATE_BOOK, DELETE_BOOK = "PATCH /v1/books/{book_id}", "DELETE /v1/books/{book_id}"
UPLOAD, DOWNLOAD = "PUT /v1/books/{book_id}/cover", "GET /v1/books/{book_id}/cover"
CREATE_VISIT, GET_VISIT, LIST_VISITS = "POST /v1/visits", "GET /v1/visits/{visit_id}", "GET /v1/visits"
WRITE_NOTE, READ_NOTE = "POST /v1/desk.write", "POST /v1/desk.read"
CHANGE_NOTE, SEARCH_NOTES = "POST /v1/desk.change", "POST /v1/desk.search"
RESERVE = "POST /v1/books/{book_id}/reserve"
CREATE_MEMBER, GET_MEMBER = "POST /v1/members", "GET /v1/members/{member_id}"
CREATE_LOAN, LIST_LOANS, RETURN_LOAN = "POST /v1/loans", "GET /v1/loans", "POST /v1/loans/{loan_id}/return"

Handler = Callable[[Library, TwinRequest], Reply]
Wrapper = Callable[[Handler], Handler]


@dataclass(frozen=True)
class Flaw:
    """``operation`` is where the flaw is; ``shows`` is where it must be seen, if that is another operation."""

    name: str
    operation: str
    axis: Axis
    path: str
    wrap: Wrapper
    shows: str = ""

    @property
    def seen_at(self) -> str:
        return self.shows or self.operation

    def service(self) -> Service:
        """The library with this flaw."""
        wrapped = self.wrap(SERVICE.routes[self.operation])
        return replace(SERVICE, routes={**SERVICE.routes, self.operation: wrapped})


# Ways to be wrong


def answer(change: Callable[[Any], Any]) -> Wrapper:
    """The body of a good answer is changed on its way out: in place, or by what ``change`` returns."""

    def wrap(handler: Handler) -> Handler:
        def flawed(state: Library, request: TwinRequest) -> Reply:
            reply = handler(state, request)
            body = deepcopy(reply.body)
            changed = change(body)
            return replace(reply, body=body if changed is None else changed)

        return flawed

    return wrap


def reply(change: Callable[[Reply], Reply]) -> Wrapper:
    """Status or headers are changed."""
    return lambda handler: lambda state, request: change(handler(state, request))


def error(change: Callable[[Reply], Reply]) -> Wrapper:
    """Every refusal is changed."""

    def wrap(handler: Handler) -> Handler:
        def flawed(state: Library, request: TwinRequest) -> Reply:
            try:
                return handler(state, request)
            except Refusal as refused:
                return change(refused.reply)

        return flawed

    return wrap


def after(effect: Callable[[Library, TwinRequest, Reply], object]) -> Wrapper:
    """The answer is right, but something else happens to the state."""

    def wrap(handler: Handler) -> Handler:
        def flawed(state: Library, request: TwinRequest) -> Reply:
            good = deepcopy(handler(state, request))
            effect(state, request, good)
            return good

        return flawed

    return wrap


def asked(change: Callable[[TwinRequest], TwinRequest]) -> Wrapper:
    """The request is misread."""
    return lambda handler: lambda state, request: handler(state, change(request))


def without_query(name: str) -> Wrapper:
    def forget(request: TwinRequest) -> TwinRequest:
        return replace(request, query={key: value for key, value in request.query.items() if key != name})

    return asked(forget)


def put(**values: Any) -> Wrapper:
    return answer(lambda body: body.update(values))


def drop(name: str) -> Wrapper:
    return answer(lambda body: body.pop(name, None) and None)


def rename(old: str, new: str) -> Wrapper:
    return answer(lambda body: body.update({new: body.pop(old)}))


def convert(name: str, change: Callable[[Any], Any]) -> Wrapper:
    return answer(lambda body: body.update({name: change(body[name])}) if name in body else None)


def items(change: Callable[[list[Any]], Any]) -> Wrapper:
    return answer(lambda body: body.update(items=change(body["items"])))


# States gone wrong


def lost_update(handler: Handler) -> Handler:
    def flawed(state: Library, request: TwinRequest) -> Reply:
        before = deepcopy(state.books)
        good = deepcopy(handler(state, request))
        state.books = before
        return good

    return flawed


def wrong_neighbour(state: Library, request: TwinRequest, _: Reply) -> None:
    """The update reaches the first book as well."""
    state.books[next(iter(state.books))].update(request.json)


def stale_read(handler: Handler) -> Handler:
    """A cache that nothing ever empties."""
    cache: dict[str, Reply] = {}

    def flawed(state: Library, request: TwinRequest) -> Reply:
        key = f"{request.path}?{request.query}"
        if key not in cache:
            cache[key] = deepcopy(handler(state, request))
        return cache[key]

    return flawed


def reused_id(handler: Handler) -> Handler:
    def flawed(state: Library, request: TwinRequest) -> Reply:
        made = handler(state, request)
        first = next(iter(state.books))
        book = state.books[made.body["id"]]
        return Reply({**book, "id": first, "selfLink": state.books[first]["selfLink"]}, headers=made.headers)

    return flawed


def writing_read(state: Library, request: TwinRequest, _: Reply) -> None:
    book = state.books[request.params["book_id"]]
    book["etag"] = state.ids.token(16, "0123456789abcdef")


def undead(handler: Handler) -> Handler:
    return lambda state, request: Reply(None, 204)


def strict_delete(handler: Handler) -> Handler:
    def flawed(state: Library, request: TwinRequest) -> Reply:
        if request.params["book_id"] not in state.books:
            raise refusal(404, "book_not_found", "There is no such book.")
        return handler(state, request)

    return flawed


def endless_pages(handler: Handler) -> Handler:
    def flawed(state: Library, request: TwinRequest) -> Reply:
        page = handler(state, request)
        if request.first("limit") and "nextCursor" not in page.body:
            page.body["nextCursor"] = state.ids.token(24)
            state.cursors[page.body["nextCursor"]] = 0
        return page

    return flawed


def hidden(handler: Handler) -> Handler:
    """What was made last is not listed."""

    def flawed(state: Library, request: TwinRequest) -> Reply:
        everything = state.books
        state.books = dict(list(everything.items())[:-1])
        try:
            return handler(state, request)
        finally:
            state.books = everything

    return flawed


def any_order(handler: Handler) -> Handler:
    def flawed(state: Library, request: TwinRequest) -> Reply:
        everything = state.books
        state.books = dict(reversed(everything.items()))
        try:
            return handler(state, request)
        finally:
            state.books = everything

    return flawed


def unauthorised(_: Handler) -> Handler:
    return lambda state, request: Reply({"error": {"code": "unauthorised", "message": "Who are you?"}}, 401)


def without_route(_: Handler) -> Handler:
    return lambda state, request: SERVICE.not_implemented(request)


def without_header(name: str) -> Wrapper:
    return reply(lambda good: replace(good, headers={k: v for k, v in good.headers.items() if k != name}))


def _error_code(refused: Reply) -> Reply:
    return replace(refused, body={"error": {**refused.body["error"], "code": "something_else"}})


def _flat_error(refused: Reply) -> Reply:
    return replace(refused, body={"error": refused.body["error"]["message"]})


def _second_precision(text: str) -> str:
    return text[:19] + "Z"


def _reset_shelf(state: Library, request: TwinRequest, _: Reply) -> None:
    state.books[request.params["book_id"]]["author"] = ""


def _keep_etag(handler: Handler) -> Handler:
    def flawed(state: Library, request: TwinRequest) -> Reply:
        book = state.books[request.params["book_id"]]
        etag = book["etag"]
        handler(state, request)
        book["etag"] = etag
        return Reply(book, headers={"etag": f'"{etag}"'})

    return flawed


def _keep_time(handler: Handler) -> Handler:
    def flawed(state: Library, request: TwinRequest) -> Reply:
        book = state.books[request.params["book_id"]]
        moment = book["updatedTime"]
        good = handler(state, request)
        book["updatedTime"] = moment
        return replace(good, body={**good.body, "updatedTime": moment})

    return flawed


def _lend_without_counting(state: Library, request: TwinRequest, _: Reply) -> None:
    state.books[request.json["book_id"]]["available"] += 1


def _fresh_id(handler: Handler) -> Handler:
    def flawed(state: Library, request: TwinRequest) -> Reply:
        good = handler(state, request)
        return replace(good, body={**good.body, **({"id": state.ids.token(20)} if "id" in good.body else {})})

    return flawed


def _fresh_time(handler: Handler) -> Handler:
    """The time of creation is made up anew by every read."""

    def flawed(state: Library, request: TwinRequest) -> Reply:
        good = handler(state, request)
        now = {"createdTime": moment_text(state.clock)} if "createdTime" in good.body else {}
        return replace(good, body={**good.body, **now})

    return flawed


def _backwards(body: Any) -> None:
    body["updatedTime"] = f"1999{body['updatedTime'][4:]}"


def header(**values: str) -> Wrapper:
    return reply(lambda good: replace(good, headers={**good.headers, **values}))


SOMEWHERE = "http://127.0.0.1:9/v1/visit/0UAqFzWsDK4FrUMp48Y3"


def links(change: Callable[[list[str]], list[str]]) -> Wrapper:
    """The lines of the header Link are changed."""
    return reply(lambda good: replace(good, headers={**good.headers, "Link": change(list(good.headers["Link"]))}))


def without_limit(lines: list[str]) -> list[str]:
    return [re.sub(r"[?&]limit=\d+", "", line) for line in lines]


def one_more(lines: list[str]) -> list[str]:
    return lines if len(lines) > 1 else [*lines, lines[0].replace("self", "next").replace("?", "?after=9&")]


def elsewhere(relation: str) -> Callable[[Any], Any]:
    def moved(body: Any) -> Any:
        href = body[relation]["href"].replace("127.0.0.1", "127.0.0.9")
        return {**body, relation: {"href": href}}

    return moved


def here_and_there() -> Callable[[Any], Any]:
    """The host of the staff is another one each time."""
    turn = itertools.count()

    def moved(body: Any) -> Any:
        return {**body, "staff": {"href": body["staff"]["href"].replace("staff.", f"staff{next(turn)}.")}}

    return moved


def refused_well(code: str) -> Wrapper:
    return lambda _: lambda state, request: Reply({"ok": False, "error": code})


def stale_post(handler: Handler) -> Handler:
    cache: dict[bytes, Reply] = {}

    def flawed(state: Library, request: TwinRequest) -> Reply:
        if request.body not in cache:
            cache[request.body] = deepcopy(handler(state, request))
        return cache[request.body]

    return flawed


def without_argument(name: str) -> Wrapper:
    def forget(request: TwinRequest) -> TwinRequest:
        kept = {key: value for key, value in request.json.items() if key != name}
        return replace(request, body=json.dumps(kept).encode())

    return asked(forget)


SHAPE, VALUE, STATE, OUTCOME = Axis.SHAPE, Axis.VALUE, Axis.STATE, Axis.OUTCOME

FLAWS = (
    # shape
    Flaw("dropped field", GET_BOOK, SHAPE, "author", drop("author")),
    Flaw("null field", GET_BOOK, SHAPE, "author", convert("author", lambda _: None)),
    Flaw("value for null", GET_MEMBER, SHAPE, "note", put(note="")),
    Flaw("renamed field", CREATE_BOOK, SHAPE, "updatedTime", rename("updatedTime", "updated_time")),
    Flaw("number as text", GET_BOOK, SHAPE, "copies", convert("copies", str)),
    Flaw("text as number", CREATE_LOAN, SHAPE, "id", convert("id", lambda _: 17)),
    Flaw("truth as number", GET_MEMBER, SHAPE, "active", convert("active", int)),
    Flaw("list as text", CREATE_BOOK, SHAPE, "tags", convert("tags", ",".join)),
    Flaw("empty list left out", CREATE_BOOK, SHAPE, "tags", answer(lambda b: b["tags"] or (b.pop("tags"), b)[1])),
    Flaw("wrapped answer", CREATE_MEMBER, SHAPE, "memberId", answer(lambda body: {"data": body})),
    Flaw("fields ignored", GET_BOOK, SHAPE, "author", without_query("fields")),
    Flaw("fields ignored in a list", LIST_BOOKS, SHAPE, "items[].author", without_query("fields")),
    # value
    Flaw("constant for echo", CREATE_BOOK, VALUE, "title", put(title="Untitled")),
    Flaw("echo in small letters", CREATE_BOOK, VALUE, "title", convert("title", str.lower)),
    Flaw(
        "echo mangled", CREATE_BOOK, VALUE, "title", convert("title", lambda t: t.encode("ascii", "replace").decode())
    ),
    Flaw(
        "swapped fields",
        CREATE_BOOK,
        VALUE,
        "title",
        answer(lambda b: {**b, "title": b["author"], "author": b["title"]}),
    ),
    Flaw("vocabulary", CREATE_LOAN, VALUE, "status", convert("status", str.lower)),
    Flaw("kind", LIST_BOOKS, VALUE, "kind", put(kind="books")),
    Flaw("default value", CREATE_BOOK, VALUE, "shelf", convert("shelf", lambda s: s if s != "general" else "none")),
    Flaw("list reversed", CREATE_BOOK, VALUE, "tags[]", convert("tags", lambda tags: tags[::-1])),
    Flaw("list element doubled", CREATE_BOOK, VALUE, "tags", convert("tags", lambda tags: tags + tags[:1])),
    Flaw("list element missing", CREATE_BOOK, VALUE, "tags", convert("tags", lambda tags: tags[1:])),
    Flaw("time without milliseconds", CREATE_BOOK, VALUE, "createdTime", convert("createdTime", _second_precision)),
    Flaw(
        "time with another zone", CREATE_BOOK, VALUE, "createdTime", convert("createdTime", lambda t: t[:-1] + "+00:00")
    ),
    Flaw("time is no time", CREATE_LOAN, VALUE, "dueTime", convert("dueTime", lambda _: "tomorrow")),
    Flaw("id of another form", CREATE_BOOK, VALUE, "id", convert("id", lambda text: text.lower() + "-0")),
    Flaw(
        "link to elsewhere",
        CREATE_BOOK,
        VALUE,
        "selfLink",
        convert("selfLink", lambda t: t.replace("/books/", "/book/")),
    ),
    Flaw(
        "link to the vendor",
        CREATE_BOOK,
        VALUE,
        "selfLink",
        convert("selfLink", lambda t: "http://evil.example" + t[7:]),
    ),
    Flaw("size", UPLOAD, VALUE, "size", convert("size", lambda size: size + 1)),
    Flaw("download", DOWNLOAD, VALUE, "(body)", answer(lambda body: body[:-1])),
    Flaw(
        "error text",
        GET_BOOK,
        VALUE,
        "error.message",
        error(lambda r: replace(r, body={"error": {**r.body["error"], "message": "Nope."}})),
    ),
    Flaw("whole number as fraction", GET_BOOK, VALUE, "copies", convert("copies", float)),
    Flaw("number as id of another type", GET_MEMBER, SHAPE, "memberId", convert("memberId", str)),
    Flaw("object for text", GET_BOOK, SHAPE, "author", convert("author", lambda name: {"name": name})),
    # state
    Flaw("stale read", GET_BOOK, STATE, "title", stale_read),
    Flaw("lost update", UPDATE_BOOK, STATE, "title", lost_update, GET_BOOK),
    Flaw("update of the neighbour", UPDATE_BOOK, STATE, "title", after(wrong_neighbour), GET_BOOK),
    Flaw("update wipes another field", UPDATE_BOOK, STATE, "author", after(_reset_shelf), GET_BOOK),
    Flaw("time does not advance", UPDATE_BOOK, STATE, "updatedTime", _keep_time),
    Flaw("time runs backwards", UPDATE_BOOK, STATE, "updatedTime", answer(_backwards)),
    Flaw("etag does not change", UPDATE_BOOK, STATE, "etag", _keep_etag),
    Flaw("a read writes", GET_BOOK, STATE, "etag", after(writing_read)),
    Flaw("reused id", CREATE_BOOK, STATE, "id", reused_id),
    Flaw("id new in every read", GET_BOOK, STATE, "id", _fresh_id),
    Flaw("time new in every read", GET_BOOK, STATE, "createdTime", _fresh_time),
    Flaw("no side effect", CREATE_LOAN, VALUE, "available", after(_lend_without_counting), GET_BOOK),
    Flaw("created but not listed", LIST_BOOKS, STATE, "items[]", hidden),
    Flaw("deleted but listed", DELETE_BOOK, STATE, "items[]", undead, LIST_BOOKS),
    Flaw("order", LIST_BOOKS, VALUE, "items", any_order),
    Flaw("element doubled", LIST_BOOKS, STATE, "items", items(lambda found: found + found[:1])),
    Flaw("filter ignored", LIST_BOOKS, STATE, "items[]", without_query("shelf")),
    Flaw("leaked neighbour", LIST_LOANS, STATE, "items", without_query("member_id")),
    # paging
    Flaw("limit ignored", LIST_BOOKS, Axis.PAGING, "items[]", without_query("limit")),
    Flaw("cursor ignored", LIST_BOOKS, Axis.PAGING, "items[]", without_query("cursor")),
    Flaw("no next page", LIST_BOOKS, Axis.PAGING, "nextCursor", drop("nextCursor")),
    Flaw("next page for ever", LIST_BOOKS, Axis.PAGING, "nextCursor", endless_pages),
    Flaw("no link to the next page", LIST_LOANS, Axis.PAGING, "next", drop("next")),
    # outcome
    Flaw("wrong status", CREATE_LOAN, OUTCOME, "", reply(lambda good: replace(good, status=200))),
    Flaw("wrong error status", GET_BOOK, OUTCOME, "", error(lambda refused: replace(refused, status=410))),
    Flaw("wrong error code", CREATE_LOAN, OUTCOME, "", error(_error_code)),
    Flaw("error shape", RETURN_LOAN, OUTCOME, "", error(_flat_error)),
    Flaw("success for error", DOWNLOAD, OUTCOME, "", error(lambda _: Reply(b""))),
    Flaw("error for success", UPLOAD, OUTCOME, "", unauthorised),
    Flaw("crash", CREATE_MEMBER, OUTCOME, "", reply(lambda _: Reply({"error": "oops"}, 500))),
    Flaw("deleted but readable", DELETE_BOOK, OUTCOME, "", undead, GET_BOOK),
    Flaw("delete is not idempotent", DELETE_BOOK, OUTCOME, "", strict_delete),
    Flaw("stale etag accepted", UPDATE_BOOK, OUTCOME, "", asked(lambda r: replace(r, headers={}))),
    # headers
    Flaw("header missing", GET_BOOK, Axis.HEADERS, "etag", without_header("etag")),
    Flaw(
        "media type",
        GET_MEMBER,
        Axis.HEADERS,
        "content-type",
        reply(lambda r: replace(r, headers={"content-type": "text/json"})),
    ),
    # sdk
    Flaw(
        "not JSON",
        GET_BOOK,
        Axis.SDK,
        "",
        reply(lambda r: Reply(b"<html>", headers={"content-type": "application/json"})),
    ),
    Flaw("time breaks the SDK", CREATE_BOOK, Axis.SDK, "", convert("createdTime", lambda _: "yesterday")),
    Flaw("answer breaks the SDK", GET_VISIT, Axis.SDK, "", put(mood="odd")),
    # URLs in headers
    Flaw("no link to itself", LIST_VISITS, Axis.HEADERS, "link.self", links(lambda found: found[1:])),
    Flaw("link without limit", LIST_VISITS, Axis.HEADERS, "link.self.?limit", links(without_limit)),
    Flaw("links in one header too few", LIST_VISITS, Axis.PAGING, "link.next", links(lambda found: found[:1])),
    Flaw("links to the next page for ever", LIST_VISITS, Axis.PAGING, "link.next", links(one_more)),
    Flaw("way on ignored", LIST_VISITS, Axis.PAGING, "[]", without_query("after")),
    Flaw("no address", CREATE_VISIT, Axis.HEADERS, "location", without_header("Location")),
    Flaw("address of something else", CREATE_VISIT, Axis.HEADERS, "location.url", header(Location=SOMEWHERE)),
    # the hosts of the account
    Flaw("link to another host", GET_VISIT, VALUE, "links.self.href", convert("links", elsewhere("self"))),
    Flaw("own host in a query", GET_VISIT, VALUE, "links.login.href", convert("links", elsewhere("login"))),
    Flaw("staff here and there", GET_VISIT, VALUE, "links.staff.href", convert("links", here_and_there())),
    Flaw("another host alone", GET_VISIT, VALUE, "servedBy", convert("servedBy", lambda _: "elsewhere.example")),
    # errors in a 200, reads by POST
    Flaw(
        "another code in a 200", WRITE_NOTE, OUTCOME, "", error(lambda r: replace(r, body={"ok": False, "error": "x"}))
    ),
    Flaw("success for an error in a 200", READ_NOTE, OUTCOME, "", error(lambda _: Reply({"ok": True, "note": {}}))),
    Flaw("error in a 200 for success", SEARCH_NOTES, OUTCOME, "", refused_well("not_authed")),
    Flaw("stale read by POST", READ_NOTE, STATE, "note.text", stale_post),
    Flaw("cursor ignored by POST", SEARCH_NOTES, Axis.PAGING, "notes[]", without_argument("cursor")),
    Flaw("limit ignored by POST", SEARCH_NOTES, Axis.PAGING, "notes[]", without_argument("limit")),
)


def _refused_but_made(handler: Handler) -> Handler:
    def flawed(state: Library, request: TwinRequest) -> Reply:
        try:
            return handler(state, request)
        except Refusal:
            new_book(state, state.ids.token(20), {"title": "Half made"}, request.base_url)
            raise

    return flawed


def _untitled(state: Library, request: TwinRequest, _: Reply) -> None:
    state.books[request.params["book_id"]]["title"] = "Uploaded"


GAPS = {
    "nothing recorded looks there again": (
        Flaw("refused but made", CREATE_BOOK, STATE, "items[]", _refused_but_made, LIST_BOOKS),
        Flaw("upload changes the book", UPLOAD, STATE, "title", after(_untitled), GET_BOOK),
    ),
    "headers are compared by presence": (
        Flaw("header of another value", GET_BOOK, Axis.HEADERS, "etag", header(etag='"always the same"')),
    ),
    "the distance between two moments is not compared": (
        Flaw("due after a day", CREATE_LOAN, VALUE, "dueTime", answer(lambda b: b.update(dueTime=b["createdTime"]))),
    ),
    "formats are learned of long names only": (
        Flaw("short id of another form", CREATE_LOAN, VALUE, "id", convert("id", lambda name: name[::-1].upper())),
    ),
}
"""Flaws that recorded programs do not show yet, by the reason."""
