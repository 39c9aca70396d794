"""Searches: pages of issues by number (Server, and Cloud of before) or by token (Cloud)."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.jira.twin import errors, issue_view, jql
from targets.jira.twin.context import Answering, Context
from targets.jira.twin.fields import definitions
from targets.jira.twin.functions import NotWorkedOut
from targets.jira.twin.grammar import BadQuery
from targets.jira.twin.site import Resource

PAGE = 50
EXPAND = "schema,names"
MOST = {True: 100, False: 1000}
"""How many issues a page has at most, in Cloud (True) and on servers."""
UNBOUNDED = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."


def search(context: Context) -> Reply:
    """GET or POST of a search with numbered pages."""
    found = _found(context)
    start, most = context.number("startAt", 0), _size(context)
    issues = _page(context, found[start : start + most], context.words("fields") or ["*navigable"])
    asked = issue_view.expansions(context)
    view = _view(context)
    told: Resource = {"expand": view.get("expand", EXPAND)} if issues or "expand" in _of_this_page(context) else {}
    told |= {"startAt": start, "maxResults": most, "total": len(found) + _unseen(view, len(found)), "issues": issues}
    told |= {"warningMessages": None} if "warningMessages" in view else {}
    return Reply(told | _names(context, issues, asked))


def _size(context: Context) -> int:
    """The size of a page: as it is asked for, but no more than the site is known to give."""
    asked = context.number("maxResults", PAGE)
    told = (view["answer"].get("maxResults") for view in _same_query(context) if _asked(view) >= asked)
    return min([asked, *(size for size in told if isinstance(size, int))])


def _asked(view: Resource) -> int:
    """How large a page was asked for."""
    size = str(view["query"].get("maxResults", PAGE))
    return int(size) if size.isdecimal() else PAGE


def _view(context: Context) -> Resource:
    """What is known of the answer besides issues: that to this query, else what holds for all of them."""
    same, views = _same_query(context), context.site.views.get(("search", ()), ())
    every: Resource = next((view["answer"] for view in views if "expand" in view["answer"]), {})
    told: Resource = (
        same[0]["answer"] if same else {name: every[name] for name in ("expand", "warningMessages") if name in every}
    )
    return told


def _same_query(context: Context) -> list[Resource]:
    """What is known of the answers to this query, page by page."""
    views = [view for kind in ("search", "search/jql") for view in context.site.views.get((kind, ()), ())]
    asked = " ".join(context.text("jql").split())
    same = [view for view in views if " ".join(str((view.get("query") or {}).get("jql", "")).split()) == asked]
    return sorted(same, key=lambda view: int(view["query"].get("startAt") or 0))


def _of_this_page(context: Context) -> Resource:
    told = context.site.view("search", (), context.query)
    answer: Resource = told["answer"] if told else {}
    return answer


def _unseen(view: Resource, found: int) -> int:
    """How many issues there are that nobody showed: known from the first time that the query is asked."""
    if "total" not in view:
        return 0
    unseen: int = view.setdefault("~unseen", max(0, view["total"] - found))
    return unseen


def _found(context: Context) -> list[Resource]:
    views = _same_query(context)
    told = tuple(dict.fromkeys(own for view in views for own in view.get("found") or ())) if views else None
    try:
        return jql.found(context.site, context.text("jql"), told)
    except NotWorkedOut as problem:
        raise errors.unsupported(str(problem)) from problem
    except BadQuery as problem:
        raise errors.refusal(400, str(problem)) from problem


def _page(context: Context, issues: list[Resource], fields: list[str]) -> list[Json]:
    return [issue_view.in_list(context, issue, fields) for issue in issues]


def _names(context: Context, issues: list[Any], asked: list[str]) -> Resource:
    """Names and schemas of all fields on a page, where they were asked for."""
    fields = dict.fromkeys(name for issue in issues for name in issue.get("fields", ()))
    known = {name: field for name, field in definitions(context.site).items() if name in fields}
    told: Resource = {"names": {name: field["name"] for name, field in known.items()}} if "names" in asked else {}
    if "schema" in asked:
        told["schema"] = {name: field["schema"] for name, field in known.items() if "schema" in field}
    return told


def search_by_token(context: Context) -> Reply:
    """GET or POST of a search whose pages are named by tokens. Only ids are told unless fields were asked for."""
    if not _restricts(context):
        raise errors.refusal(400, UNBOUNDED)
    found, start = _found(context), _start(context)
    most = min(context.number("maxResults", PAGE), MOST[context.site.is_cloud] * 50)
    end = start + most
    fields = context.words("fields")
    page: list[Any] = [_with_fields(context, issue, fields) for issue in found[start:end]]
    is_last = end >= len(found) and not _goes_on(context)
    last: Resource = {"isLast": True} if is_last else {"nextPageToken": _token(end), "isLast": False}
    return Reply({"issues": page, **last} | _names(context, page if fields else [], issue_view.expansions(context)))


def _goes_on(context: Context) -> bool:
    """Whether there is another page, of which nobody told what is on it."""
    ends = [view["answer"].get("isLast") for view in _same_query(context)]
    return bool(ends) and True not in ends and False in ends


def _restricts(context: Context) -> bool:
    try:
        return jql.restricts(context.text("jql"))
    except BadQuery as problem:
        raise errors.refusal(400, str(problem)) from problem


def _with_fields(context: Context, issue: Resource, fields: list[str]) -> Json:
    if fields in ([], ["id"]):
        return {"id": issue["id"]}
    return {**issue_view.in_list(context, issue, fields), "expand": ",".join(issue_view.ALONE)}


def _token(place: int) -> str:
    return base64.urlsafe_b64encode(f"page:{place}".encode()).decode().rstrip("=")


def _start(context: Context) -> int:
    token = context.text("nextPageToken")
    if not token:
        return 0
    try:
        word, _, place = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        word, place = "", ""
    if word != "page" or not place.isdigit():
        raise errors.refusal(400, "The provided next page token is invalid or expired.")
    return int(place)


def count(context: Context) -> Reply:
    """POST of a query: about how many issues fit it."""
    return Reply({"count": len(_found(context))})


ANSWERS: dict[str, Answering] = {
    "GET search": search,
    "POST search": search,
    "GET search/jql": search_by_token,
    "POST search/jql": search_by_token,
    "POST search/approximate-count": count,
}
