"""How issues are shown: which fields, what is worked out, and what else was asked for."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from typing import Any

from conformance.recordings.model import Json
from targets.jira.twin import documents, errors, people, times
from targets.jira.twin.context import Context
from targets.jira.twin.fields import definition, definitions, holds_document
from targets.jira.twin.site import BASE, Resource, Site

ALONE = ("renderedFields", "names", "schema", "operations", "editmeta", "changelog", "versionedRepresentations")
"""What can be asked for with one issue; transitions are named only where they were asked for."""
IN_LISTS = "operations,versionedRepresentations,editmeta,changelog,renderedFields"
IN_OLD_LISTS = "editmeta,renderedFields,transitions,changelog,operations"
VERSIONED = 2016
"""From then on values are told of several versions."""
IN_BRIEF = ("summary", "status", "priority", "issuetype")
SUBTASK_LEVEL = -1
WORKLOGS_SHOWN = 20


def found(context: Context, name: str | None = None) -> Resource:
    """The issue in the path, or the one with that id or key. Raises Refusal: 404."""
    issue = context.site.issue(context.ids[0] if name is None else name)
    if issue is None:
        raise errors.no_issue(context)
    return issue


def link(issue: Resource) -> str:
    """The address of an issue, in stored form."""
    return f"{BASE}/rest/api/2/issue/{issue['id']}"


def alone(context: Context, issue: Resource) -> Resource:
    """An issue as the subject of an answer."""
    asked = expansions(context)
    fields = chosen(context, issue, context.words("fields") or ["*all"])
    view: Resource = {"expand": ",".join(_expandable(context, issue, asked)), "id": issue["id"]}
    view |= {"self": context.shown(f"{context.api}/issue/{issue['id']}"), "key": issue["key"]}
    view |= {"fields": fields} if fields else {}
    view |= _not_rendered(context)
    view |= {name: EXPANSIONS[name](context, issue, fields) for name in asked if name in EXPANSIONS}
    view |= {name: _told(name, context, issue, fields) for name in asked if name in issue.get("~told", {})}
    return view | _properties(context, issue)


def _expandable(context: Context, issue: Resource, asked: list[str]) -> list[str]:
    """What can be asked for with an issue, and with its fields."""
    is_old = context.site.is_before(VERSIONED)
    names = [name for name in ALONE if not is_old or name != "versionedRepresentations"]
    if is_old or "transitions" in asked:
        names.insert(names.index("operations"), "transitions")
    return [*names, *issue.get("~expand", ())]


def in_list(context: Context, issue: Resource, fields: Iterable[str], api: str = "api") -> Resource:
    """An issue in the answer to a search."""
    shown = chosen(context, issue, fields)
    root = context.api if api == "api" else f"{BASE}/rest/agile/1.0"
    view: Resource = {"expand": IN_OLD_LISTS if context.site.is_before(VERSIONED) else IN_LISTS, "id": issue["id"]}
    view |= {"self": context.shown(f"{root}/issue/{issue['id']}"), "key": issue["key"]}
    view |= {"fields": shown} if shown else {}
    asked = [name for name in expansions(context) if name in EXPANSIONS and name not in ("names", "schema")]
    view |= _not_rendered(context)
    told = [name for name in expansions(context) if name in issue.get("~told", {})]
    view |= {name: _told(name, context, issue, shown) for name in told}
    return view | {name: EXPANSIONS[name](context, issue, shown) for name in asked} | _properties(context, issue)


def _not_rendered(context: Context) -> Resource:
    """Servers say that nothing was rendered where something else was asked for."""
    return {"renderedFields": None} if expansions(context) and not context.site.is_cloud else {}


def _properties(context: Context, issue: Resource) -> Resource:
    asked, known = context.words("properties"), issue.get("~properties", {})
    if not asked:
        return {}
    return {"properties": {key: value for key, value in known.items() if key in asked or "*all" in asked}}


def expansions(context: Context) -> list[str]:
    """What was asked for besides the fields."""
    return context.words("expand")


# --- fields


def chosen(context: Context, issue: Resource, asked: Iterable[str]) -> Resource:
    """The fields that were asked for: by id, ``*all``, ``*navigable``, and without those with a minus sign."""
    words = list(asked)
    wanted = [word for word in words if not word.startswith("-")] or ["*all"]
    unwanted = {word[1:] for word in words if word.startswith("-")}
    names = [name for name in issue["fields"] if name not in unwanted and _is_wanted(context.site, name, wanted)]
    return {name: value(context, issue, name) for name in names}


def _is_wanted(site: Site, name: str, wanted: list[str]) -> bool:
    if name in wanted or "*all" in wanted:
        return True
    return "*navigable" in wanted and bool((definition(site, name) or {"navigable": True})["navigable"])


def value(context: Context, issue: Resource, field: str) -> Any:
    """A field as it is shown: long texts in the form of the API's version, and what is worked out."""
    if field in WORKED_OUT:
        return context.shown(WORKED_OUT[field](context, issue))
    kept = issue["fields"][field]
    if holds_document(context.site, field):
        kept = documents.as_document(kept) if context.has_documents else documents.as_text(kept)
    return context.shown(kept)


def brief(context: Context, issue: Resource) -> Resource:
    """An issue as a part of another one."""
    fields = {name: issue["fields"][name] for name in IN_BRIEF if name in issue["fields"]}
    return {"id": issue["id"], "key": issue["key"], "self": link(issue), "fields": fields}


def subtasks(site: Site, issue: Resource) -> list[Resource]:
    """The sub-tasks of an issue."""
    found = [one for one in site.shelf("issue").values() if _is_subtask_of(one, issue)]
    return sorted(found, key=lambda one: (len(one["id"]), one["id"]))


def _is_subtask_of(one: Resource, issue: Resource) -> bool:
    parent = one["fields"].get("parent") or {}
    return parent.get("id") == issue["id"] and bool((one["fields"].get("issuetype") or {}).get("subtask"))


def _subtasks(context: Context, issue: Resource) -> Json:
    return [brief(context, one) for one in subtasks(context.site, issue)]


def _parent(context: Context, issue: Resource) -> Json:
    told = issue["fields"]["parent"]
    known = context.site.issue(str(told.get("id") or told.get("key"))) if told else None
    return brief(context, known) if known is not None and "summary" in known["fields"] else told


def _links(context: Context, issue: Resource) -> Json:
    told = issue.get("~links") or []
    links = [one for one in context.site.shelf("issueLink").values() if _joins(one, issue)]
    links.sort(key=lambda one: told.index(one["id"]) if one["id"] in told else len(told))
    return [_link_from(context, one, issue) for one in links]


def _joins(one: Resource, issue: Resource) -> bool:
    return issue["id"] in (one["inward"], one["outward"])


def _link_from(context: Context, one: Resource, issue: Resource) -> Resource:
    """A link as one of its ends shows it: with the other end."""
    end = "outward" if one["inward"] == issue["id"] else "inward"
    other = context.site.get("issue", (), one[end])
    view = {"id": one["id"], "self": f"{BASE}/rest/api/2/issueLink/{one['id']}", "type": one["type"]}
    return view | ({f"{end}Issue": brief(context, other)} if other else {})


def _watches(context: Context, issue: Resource) -> Json:
    counts = {"watchCount": 0, "isWatching": False} | (issue["fields"]["watches"] or {})
    return {**counts, "self": f"{BASE}/rest/api/2/issue/{issue['key']}/watchers"}


def _votes(context: Context, issue: Resource) -> Json:
    counts = {"votes": 0, "hasVoted": False} | (issue["fields"]["votes"] or {})
    return {**counts, "self": f"{BASE}/rest/api/2/issue/{issue['key']}/votes"}


def _comments(context: Context, issue: Resource) -> Json:
    listed = [comment_view(context, one) for one in context.site.shelf("issue/comment", (issue["id"],)).values()]
    own = {"self": f"{link(issue)}/comment"} if context.site.is_cloud else {}
    return {"comments": listed, **own, "maxResults": len(listed), "total": len(listed), "startAt": 0}


def comment_view(context: Context, comment: Resource) -> Resource:
    """A comment with its text in the form of the API's version."""
    return _in_version(context, comment, "body")


def worklog_view(context: Context, worklog: Resource) -> Resource:
    """A worklog with its text in the form of the API's version."""
    return _in_version(context, worklog, "comment")


def _in_version(context: Context, resource: Resource, member: str) -> Resource:
    if member not in resource:
        return resource
    text = resource[member]
    return {**resource, member: documents.as_document(text) if context.has_documents else documents.as_text(text)}


def _worklogs(context: Context, issue: Resource) -> Json:
    known = [worklog_view(context, one) for one in context.site.shelf("issue/worklog", (issue["id"],)).values()]
    page = known[:WORKLOGS_SHOWN]
    return {"startAt": 0, "maxResults": WORKLOGS_SHOWN, "total": len(known), "worklogs": page}


def _tracking(_: Context, issue: Resource) -> Json:
    spans = {name: issue["fields"].get(field) for name, field in times.ESTIMATES.items()}
    spans["timeSpent"] = issue["fields"].get("timespent")
    told = {name: times.spelled(span) for name, span in spans.items() if span is not None}
    return told | {f"{name}Seconds": span for name, span in spans.items() if span is not None}


def _progress(prefix: str) -> Callable[[Context, Resource], Json]:
    def progress(_: Context, issue: Resource) -> Json:
        spent, left = issue["fields"].get(f"{prefix}timespent") or 0, issue["fields"].get(f"{prefix}timeestimate") or 0
        percent = {"percent": 100 * spent // (spent + left)} if spent + left else {}
        return {"progress": spent, "total": spent + left, **percent}

    return progress


def _category(_: Context, issue: Resource) -> Json:
    category: Json = (issue["fields"].get("status") or {}).get("statusCategory")
    return category


WORKED_OUT: dict[str, Callable[[Context, Resource], Json]] = {
    "watches": _watches,
    "votes": _votes,
    "comment": _comments,
    "worklog": _worklogs,
    "issuelinks": _links,
    "subtasks": _subtasks,
    "parent": _parent,
    "timetracking": _tracking,
    "progress": _progress(""),
    "aggregateprogress": _progress("aggregate"),
    "statusCategory": _category,
}
"""Fields whose values are not kept."""


# --- what else can be asked for


def _names(context: Context, issue: Resource, fields: Resource) -> Json:
    known = definitions(context.site)
    return {name: known[name]["name"] for name in fields if name in known}


def _schema(context: Context, issue: Resource, fields: Resource) -> Json:
    known = definitions(context.site)
    return {name: known[name]["schema"] for name in fields if "schema" in known.get(name, {})}


def _changelog(context: Context, issue: Resource, _: Resource) -> Json:
    histories = issue.get("~changelog") or []
    page = {"startAt": 0, "maxResults": len(histories), "total": len(histories)}
    return {**page, "histories": context.shown(copy.deepcopy(histories))}


def _told(name: str, context: Context, issue: Resource, fields: Resource) -> Json:
    """What the twin cannot work out, as far as it was told; of rendered fields those that are shown."""
    told = issue.get("~told", {}).get(name)
    if name == "renderedFields" and told:
        told = {field: value for field, value in told.items() if field in fields}
    return context.shown(copy.deepcopy(told))


TOLD = ("renderedFields", "operations", "editmeta", "versionedRepresentations")
EXPANSIONS: dict[str, Callable[[Context, Resource, Resource], Json]] = {
    "names": _names,
    "schema": _schema,
    "changelog": _changelog,
}
"""What can be asked for with ``expand``, as far as recordings show; families of things add to it."""


def of_user(context: Context, field: str, issue: Resource) -> str:
    """The id of the user in a field; "" where there is none."""
    user = issue["fields"].get(field)
    return people.id_of(context.site, user) if user else ""
