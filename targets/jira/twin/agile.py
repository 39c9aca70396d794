"""Epics and what belongs to them, as Jira Software's own API shows them. It speaks as version 2 does."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.jira.twin import errors, issue_view
from targets.jira.twin.context import Answering, Context
from targets.jira.twin.issue_view import found
from targets.jira.twin.site import BASE, Resource, Site

ROOT = "/rest/agile/1.0"
NONE = "none"
"""The epic of issues that have none."""
PAGE = 50
EPIC_LINK, EPIC_NAME, EPIC_COLOUR = (
    f"com.pyxis.greenhopper.jira:gh-epic-{word}" for word in ("link", "label", "color")
)
ISSUE_COLOUR = "com.pyxis.greenhopper.jira:jsw-issue-color"
"""Custom fields, by type."""
NOT_HERE = frozenset({"attachment", "issuerestriction"})
MORE_FIELDS: dict[str, Json] = {"sprint": None, "flagged": False, "closedSprints": []}


def custom(site: Site, kind: str) -> Iterator[str]:
    """The ids of the custom fields of a type."""
    yield from (own for own, one in site.shelf("field").items() if (one.get("schema") or {}).get("custom") == kind)


def add(context: Context) -> Reply:
    """POST of issues that from now on belong to an epic (or to none)."""
    epic = None if context.ids[0] == NONE else found(context)
    for issue in [found(context, str(name)) for name in context.body.get("issues") or ()]:
        _belong(context, issue, epic)
    return Reply(None, 204)


def _belong(context: Context, issue: Resource, epic: Resource | None) -> None:
    issue["fields"]["parent"] = {"id": epic["id"], "key": epic["key"]} if epic else None
    for field in custom(context.site, EPIC_LINK):
        issue["fields"][field] = epic["key"] if epic else None
    issue["fields"]["updated"] = context.site.now()


def issues_of(context: Context) -> Reply:
    """GET of the issues of an epic."""
    epic = None if context.ids[0] == NONE else found(context)
    wanted = epic["id"] if epic else None
    members = [one for one in context.site.shelf("issue").values() if _epic_id(one) == wanted and one is not epic]
    start, most = context.number("startAt", 0), context.number("maxResults", PAGE)
    shown = [_shown(context, one, epic) for one in members[start : start + most]]
    return Reply(
        {"expand": "schema,names", "startAt": start, "maxResults": most, "total": len(members), "issues": shown}
    )


def _epic_id(issue: Resource) -> str | None:
    parent = issue["fields"].get("parent")
    return str(parent.get("id")) if parent else None


def _shown(context: Context, issue: Resource, epic: Resource | None) -> Resource:
    asked = context.words("fields") or ["*all"]
    view = issue_view.in_list(context, issue, asked, "agile")
    more = {"epic": context.shown(_in_issue(context, epic)) if epic else None, **MORE_FIELDS}
    wanted = {name: value for name, value in more.items() if "*all" in asked or name in asked}
    return {**view, "fields": {**view.get("fields", {}), **wanted}}


def _in_issue(context: Context, epic: Resource) -> Resource:
    """An epic as its issues show it."""
    fields = epic["fields"]
    name = next((fields[own] for own in custom(context.site, EPIC_NAME) if fields.get(own)), fields.get("summary", ""))
    colour = next(
        (f"color_{value.rpartition('-')[2]}" for value in _custom_values(context, epic, EPIC_COLOUR)), "color_1"
    )
    issue_colour = next(_custom_values(context, epic, ISSUE_COLOUR), "purple")
    colours = {"color": {"key": colour}, "issueColor": {"key": issue_colour}}
    status = (fields.get("status") or {}).get("statusCategory") or {}
    own = {"id": int(epic["id"]), "key": epic["key"], "self": f"{BASE}{ROOT}/epic/{epic['id']}"}
    return {**own, "name": name, "summary": fields.get("summary"), **colours, "done": status.get("key") == "done"}


def _custom_values(context: Context, epic: Resource, kind: str) -> Iterator[str]:
    yield from (str(epic["fields"][own]) for own in custom(context.site, kind) if epic["fields"].get(own))


def read_epic(context: Context) -> Reply:
    """GET of an epic."""
    return Reply(context.shown(_in_issue(context, found(context))))


def read_issue(context: Context) -> Reply:
    """GET of an issue."""
    issue = found(context)
    parent = issue["fields"].get("parent") or {}
    epic = context.site.issue(str(parent["id"])) if parent.get("id") else None
    return Reply(_shown(context, issue, epic))


def boards(context: Context) -> Reply:
    """GET of the boards. Only those are known that were told."""
    told = context.site.view("agile/board", (), context.query)
    if told is not None:
        return Reply(context.shown(told["answer"]))
    known = list(context.site.shelf("agile/board").values())
    if context.site.is_seeded and not known:
        raise errors.unsupported("a question about boards that nobody told it of")
    start, most = context.number("startAt", 0), context.number("maxResults", PAGE)
    page = [context.shown(one) for one in known[start : start + most]]
    end = start + most >= len(known)
    return Reply({"maxResults": most, "startAt": start, "total": len(known), "isLast": end, "values": page})


def one_of(kind: str) -> Answering:
    """GET of a board or a sprint that was told."""

    def answer(context: Context) -> Reply:
        known = context.site.get(f"agile/{kind}", (), context.ids[0])
        if known is None:
            raise errors.refusal(404, f"{kind.capitalize()} does not exist or you do not have permission to see it.")
        return Reply(context.shown(known))

    return answer


ANSWERS: dict[str, Answering] = {
    f"GET {ROOT}/epic/{{epic}}": read_epic,
    f"GET {ROOT}/epic/{{epic}}/issue": issues_of,
    f"POST {ROOT}/epic/{{epic}}/issue": add,
    f"GET {ROOT}/issue/{{issue}}": read_issue,
    f"GET {ROOT}/board": boards,
    f"GET {ROOT}/board/{{board}}": one_of("board"),
    f"GET {ROOT}/sprint/{{sprint}}": one_of("sprint"),
}
