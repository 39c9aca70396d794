"""Issues: how they are made, changed and taken away."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any

from conformance.recordings.model import Json
from conformance.twinkit.service import Refusal, Reply
from targets.jira.twin import errors, issue_view, people, times, workflow
from targets.jira.twin.context import Answering, Context
from targets.jira.twin.fields import READ_ONLY, BadValue, definition, stored
from targets.jira.twin.issue_view import found
from targets.jira.twin.site import Resource, Site

NOTHING_YET: dict[str, Json] = {
    **dict.fromkeys(("timespent", "aggregatetimespent", "timeestimate", "aggregatetimeestimate")),
    **dict.fromkeys(("timeoriginalestimate", "aggregatetimeoriginalestimate", "resolution", "resolutiondate")),
    **dict.fromkeys(("lastViewed", "assignee", "description", "environment", "duedate")),
    "workratio": -1,
    "timetracking": {},
    "watches": {"watchCount": 1, "isWatching": True},
    "votes": {"votes": 0, "hasVoted": False},
    "progress": {"progress": 0, "total": 0},
    "aggregateprogress": {"progress": 0, "total": 0},
    **{
        name: [] for name in ("fixVersions", "labels", "versions", "issuelinks", "components", "attachment", "subtasks")
    },
    "comment": {},
    "worklog": {},
}
"""Fields of a new issue of which nobody has said anything."""
OF_DEPLOYMENT: dict[bool, dict[str, Json]] = {
    True: {"security": None, "statusCategory": {}},
    False: {"archiveddate": None, "archivedby": None},
}
"""More of them, in Cloud (True) and on servers."""
WHOLE = frozenset({"workratio", "watches", "progress"})
"""Fields by which it shows that a new issue was read whole."""
ZONES_OF_CATEGORIES = 2018
"""From then on Cloud notes when the category of the status changed."""
DEFAULT_PRIORITY = "3"
RANK = re.compile(r"(\d\|)([0-9a-z]+):")
RANK_STEP = 8


# --- making


def create(context: Context) -> Reply:
    """POST of an issue."""
    issue = made(context, context.body)
    link = f"{context.api}/issue/{issue['id']}"
    return Reply(context.shown({"id": issue["id"], "key": issue["key"]}) | {"self": context.shown(link)}, 201)


def create_many(context: Context) -> Reply:
    """POST of several issues: those that are right are made."""
    issues: list[Json] = []
    wrong: list[Json] = []
    for place, update in enumerate(context.body.get("issueUpdates") or ()):
        try:
            issue = made(context, update)
            issues.append({"id": issue["id"], "key": issue["key"], "self": context.shown(issue_view.link(issue))})
        except Refusal as refused:
            wrong.append({"status": 400, "elementErrors": refused.reply.body, "failedElementNumber": place})
    if not issues:
        raise Refusal(Reply({"issues": [], "errors": wrong}, 400))
    return Reply({"issues": issues, "errors": wrong}, 201)


def made(context: Context, body: Resource) -> Resource:
    """A new issue, kept. Raises Refusal: 400 for fields that are wrong or missing."""
    sent = body.get("fields") or {}
    values = _values(context, sent, required=("project", "issuetype", "summary"))
    project, issue_type = values["project"], values["issuetype"]
    own, key = _next(context.site, project["key"])
    fields = blank(context, project["key"], issue_type["id"], values["summary"])
    issue: Resource = {"id": own, "key": key, "fields": fields, "~made": True}
    values |= _overruled(context.site, project["key"], issue_type["id"], sent)
    put_values(fields, {name: value for name, value in values.items() if _is_there(fields, sent, name)})
    advance_ranks(context.site, fields)
    fields.setdefault("reporter", people.me(context))
    fields["creator"] = fields.get("creator") or people.me(context)
    now = context.site.now()
    fields |= {"created": now, "updated": now}
    if context.site.is_cloud and not context.site.is_before(ZONES_OF_CATEGORIES):
        fields["statuscategorychangedate"] = now
    if body.get("properties"):
        issue["~properties"] = {one["key"]: one["value"] for one in body["properties"]}
    context.site.keep_issue(issue)
    _operate(context, issue, body.get("update") or {})
    return issue


def _is_there(fields: Resource, sent: Resource, name: str) -> bool:
    """A field that an issue does not have is not made by saying that it is nothing."""
    return name in fields or sent[name] is not None


def advance_ranks(site: Site, fields: Resource) -> None:
    """A new issue is ranked after the last one (LexoRank: base 36, eight apart), or later, as it was told."""
    for field, value in fields.items():
        found = RANK.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            continue
        last = site.counters.get(f"rank {field}")
        number = max(int(found[2], 36), 0 if last is None else last + RANK_STEP)
        site.counters[f"rank {field}"] = number
        fields[field] = f"{found[1]}{_base36(number).rjust(len(found[2]), '0')}:"


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits or "0"


def blank(context: Context, project: str, issue_type: str, summary: str) -> Resource:
    """The fields of a new issue before anything is set: as one was seen in this project, or as it is by default."""
    site = context.site
    seen = site.shelf("blank", (project,))
    known = seen.get(issue_type) or next(iter(seen.values()), {})
    told = copy.deepcopy(known.get("fields") or {}) | _drawn(known.get("drawn") or [], summary)
    if told.keys() >= WHOLE:
        return {"status": _defaults(site, project)["status"], **told}
    return {**_defaults(site, project), **told}


def _overruled(site: Site, project: str, issue_type: str, sent: Resource) -> Resource:
    """What this site puts into fields whatever was sent for them."""
    rules = (site.get("blank", (project,), issue_type) or {}).get("overruled") or {}
    return {name: copy.deepcopy(rule["shown"]) for name, rule in rules.items() if sent.get(name) == rule["sent"]}


def _drawn(told: list[Resource], summary: str) -> Resource:
    """What chance gives an issue (the colour of an epic), where that was told. Each is given once."""
    place = next((place for place, one in enumerate(told) if one["summary"] == summary), None)
    return {} if place is None else told.pop(place)["fields"]


def _defaults(site: Site, project: str) -> Resource:
    customs = {own: None for own, field in site.shelf("field").items() if field.get("custom")}
    priority = site.get("priority", (), DEFAULT_PRIORITY) or {}
    fields = copy.deepcopy(NOTHING_YET | OF_DEPLOYMENT[site.is_cloud])
    fields["priority"] = {name: priority[name] for name in ("self", "iconUrl", "name", "id") if name in priority}
    return {**customs, **fields, "status": copy.deepcopy(workflow.first_status(site, project))}


def _next(site: Site, project: str) -> tuple[str, str]:
    """Id and key of the next issue of a project."""
    numbers = [int(key.rpartition("-")[2]) for key in site.keys if key.rpartition("-")[0] == project.upper()]
    number = site.counters.get(f"{project}-") or max(numbers, default=0) + 1
    while f"{project}-{number}".upper() in site.keys:
        number += 1
    site.counters[f"{project}-"] = number + 1
    return site.new_id("issue"), f"{project}-{number}"


# --- values


def _values(context: Context, sent: Resource, required: tuple[str, ...] = ()) -> Resource:
    """What is kept of the fields that were sent. Raises Refusal: 400 with a message for each that is wrong."""
    values: Resource = {}
    wrong: dict[str, str] = {}
    for field, value in sent.items():
        try:
            if field in READ_ONLY or not _is_known(context.site, field):
                raise BadValue(f"Field '{field}' cannot be set. It is not on the appropriate screen, or unknown.")
            values[field] = _parent(context, value) if field == "parent" else stored(context, field, value)
        except BadValue as problem:
            wrong[field] = str(problem)
    wrong |= {field: MISSING[field] for field in required if values.get(field) is None and field not in wrong}
    if wrong:
        raise errors.invalid(wrong)
    return values


def _is_known(site: Site, field: str) -> bool:
    """Whether there is such a field. A site may have custom fields of which nobody told, unless all were told."""
    is_whole = not site.is_seeded or site.view("field", (), {}) is not None
    may_be = field == "parent" or (field.startswith("customfield_") and not is_whole)
    return may_be or definition(site, field) is not None


MISSING = {
    "project": "project is required",
    "issuetype": "issue type is required",
    "summary": "You must specify a summary of the issue.",
}
"""What is said where a field is left out that an issue must have."""


def _parent(context: Context, value: Json) -> Json:
    if value is None:
        return None
    name = str(value.get("key") or value.get("id") or "") if isinstance(value, dict) else str(value)
    parent = context.site.issue(name)
    if parent is None and context.site.is_seeded and "-" not in name and not name.isdigit():
        raise BadValue("Could not find issue by id or key.")
    if parent is None and not context.site.is_seeded:
        raise BadValue("Could not find issue by id or key.")
    return {"id": parent["id"], "key": parent["key"]} if parent else {"key": name}


def put_values(fields: Resource, values: Resource) -> None:
    """Set fields to values that are ready to be kept."""
    for field, value in values.items():
        if field == "timetracking":
            fields |= {times.ESTIMATES[name]: span for name, span in (value or {}).items()}
            fields["timeestimate"] = fields.get("timeestimate") or fields.get("timeoriginalestimate")
            fields |= {f"aggregate{name}": fields.get(name) for name in times.ESTIMATES.values()}
        else:
            fields[field] = value


# --- changing


def edit(context: Context) -> Reply:
    """PUT of an issue: fields are set, and operations (add, remove, …) are done. What is as it was is no change."""
    issue = found(context)
    change(context, issue, context.body)
    return Reply(None, 204)


def change(context: Context, issue: Resource, body: Resource) -> None:
    """Set the fields in a body, and do its operations. Raises Refusal: 400 before anything is changed."""
    sent = {**(body.get("fields") or {}), **_set_by_operation(body)}
    values = _values(context, sent, required=tuple(sent.keys() & MISSING.keys()))
    before = copy.deepcopy(issue["fields"])
    if values.get("project") and values["project"]["key"] == issue["key"].rpartition("-")[0]:
        values.pop("project")  # an issue does not move
    put_values(issue["fields"], {name: value for name, value in values.items() if _is_there(before, sent, name)})
    _operate(context, issue, body.get("update") or {})
    if issue["fields"] != before:
        _forget_rendered(issue, before)
        issue["fields"]["updated"] = context.site.now()


def _forget_rendered(issue: Resource, before: Resource) -> None:
    """Fields that were told in HTML read otherwise now."""
    rendered = issue.get("~told", {}).get("renderedFields", {})
    for field in [name for name in rendered if issue["fields"].get(name) != before.get(name)]:
        del rendered[field]


def _set_by_operation(body: Resource) -> Resource:
    """``{"update": {field: [{"set": value}]}}`` is another way to say ``{"fields": {field: value}}``."""
    return {
        field: operation["set"]
        for field, operations in (body.get("update") or {}).items()
        for operation in operations
        if "set" in operation
    }


def _operate(context: Context, issue: Resource, update: Resource) -> None:
    for field, operations in update.items():
        for operation in operations:
            for verb, value in operation.items():
                if verb != "set":
                    _do(context, issue, field, verb, value)


def _do(context: Context, issue: Resource, field: str, verb: str, value: Json) -> None:
    """One operation on a field: comments, worklogs and links are made, lists get longer or shorter."""
    if (field, verb) in OPERATIONS:
        OPERATIONS[field, verb](context, issue, value)
        return
    members = list(issue["fields"].get(field) or ())
    item = _values(context, {field: [value]})[field][0]
    if verb == "add" and item not in members:
        members.append(item)
    elif verb == "remove":
        members = [one for one in members if one != item]
    elif verb not in ("add", "remove"):
        raise errors.unsupported(f"the operation {verb} on {field}")
    issue["fields"][field] = sorted(members) if field == "labels" else members


OPERATIONS: dict[tuple[str, str], Callable[[Context, Resource, Any], Any]] = {}
"""What families of things on issues do when an edit names them, by field and verb."""


def assign(context: Context) -> Reply:
    """PUT of the assignee."""
    issue = found(context)
    change(context, issue, {"fields": {"assignee": context.body}})
    return Reply(None, 204)


# --- taking away


def delete(context: Context) -> Reply:
    """DELETE of an issue; one that has sub-tasks only together with them."""
    issue = found(context)
    children = issue_view.subtasks(context.site, issue)
    if children and not context.flag("deleteSubtasks"):
        message = (
            f"The issue '{issue['key']}' has subtasks.  You must specify the 'deleteSubtasks' parameter to delete "
        )
        raise errors.refusal(400, message + "this issue and all its subtasks.")
    for one in [*children, issue]:
        context.site.remove_issue(one)
    return Reply(None, 204)


ANSWERS: dict[str, Answering] = {
    "POST issue": create,
    "POST issue/bulk": create_many,
    "PUT issue/{issue}": edit,
    "PUT issue/{issue}/assignee": assign,
    "DELETE issue/{issue}": delete,
}
