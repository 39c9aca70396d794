"""The words of a site: issue types, priorities, statuses, resolutions, fields, projects and what belongs to them."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.jira.twin import errors, people
from targets.jira.twin.context import Answering, Context
from targets.jira.twin.fields import definitions
from targets.jira.twin.site import BASE, Path, Resource

KINDS = {
    "issuetype": "The issue type with id '{}' does not exist.",
    "priority": "The priority with id '{}' does not exist",
    "status": "The status with id '{}' does not exist",
    "resolution": "The resolution with id '{}' does not exist.",
    "issueLinkType": "No issue link type with id '{}' found.",
    "component": "The component with id {} does not exist.",
    "version": "Could not find version for id '{}'",
}
"""Kinds of which one can be read, and what is said where there is none."""
LISTED = ("issuetype", "priority", "status", "resolution")
HIDDEN_IN_LISTS = ("expand", "fields")
PROJECT_EXPAND = "description,lead,issueTypes,url,projectKeys,permissions,insight"
PROJECTS_FOUND = 50
INSIGHT = 2020
"""From then on Cloud tells how lively a project is."""
IN_LISTS = frozenset(
    (
        *("id", "key", "name", "avatarUrls", "projectTypeKey", "simplified", "style", "isPrivate", "properties"),
        *("entityId", "uuid", "projectCategory", "archived"),
    )
)
"""Members of a project that lists show."""
SENT_ONLY = ("leadUserName", "leadAccountId")
"""Members of a component that is sent, and that none shows."""
OF_PROJECTS = "description,lead,url,projectKeys"


def listed(context: Context, path: str, kind: str, of: Path = ()) -> list[Resource]:
    """The members of a list: those that it had when it was read whole, and what came after; else all there are."""
    shelf = context.site.shelf(kind)
    told = context.site.members(path, of)
    if told is None:
        return list(shelf.values())
    return [shelf[own] for own in told if own in shelf]


def list_all(kind: str, context: Context) -> Reply:
    """GET of all of a kind."""
    return Reply([context.on_top(_plain(one), f"{kind}/{one['id']}") for one in listed(context, kind, kind)])


def _plain(one: Resource) -> Resource:
    return {name: value for name, value in one.items() if name not in HIDDEN_IN_LISTS}


def read_one(kind: str, context: Context) -> Reply:
    """GET of one, by id or name."""
    name = context.ids[0]
    one = context.site.get(kind, (), name) or context.site.named(kind, name)
    if one is None:
        raise errors.refusal(404, KINDS[kind].format(name))
    view = {**one, **({"untranslatedName": one["name"]} if _is_translated(context, kind) else {})}
    return Reply(context.on_top(view, f"{kind}/{one['id']}"))


def _is_translated(context: Context, kind: str) -> bool:
    return context.site.is_cloud and kind in ("issuetype", "status")


def link_types(context: Context) -> Reply:
    """GET of the types of links between issues."""
    types = [
        context.on_top(one, f"issueLinkType/{one['id']}") for one in listed(context, "issueLinkType", "issueLinkType")
    ]
    return Reply({"issueLinkTypes": types})


def fields(context: Context) -> Reply:
    """GET of all fields."""
    told = context.site.view("field", (), {})
    if told is not None:
        return Reply(context.shown(told["answer"]))
    return Reply(list(definitions(context.site).values()))


# --- projects


def project(context: Context) -> Resource:
    """The project in the path, by id or key. Raises Refusal: 404."""
    name = context.ids[0]
    found = context.site.get("project", (), name)
    projects = context.site.shelf("project").values()
    found = found or next((one for one in projects if one.get("key", "").upper() == name.upper()), None)
    if found is None:
        raise errors.refusal(404, f"No project could be found with key '{name}'.")
    return found


def projects(context: Context) -> Reply:
    """GET of all projects."""
    return Reply([_in_list(context, one, OF_PROJECTS) for one in listed(context, "project", "project")])


def _in_list(context: Context, one: Resource, expand: str) -> Any:
    names = [name for name in IN_LISTS if name in one] + [name for name in context.words("expand") if name in one]
    view = {"expand": expand, **{name: one[name] for name in names}}
    return context.on_top(view, f"project/{one['id']}")


def search_projects(context: Context) -> Reply:
    """GET of a page of projects."""
    start, most = context.number("startAt", 0), context.number("maxResults", PROJECTS_FOUND)
    asked = context.text("query").lower()
    found = [one for one in context.site.shelf("project").values() if asked in f"{one['key']} {one['name']}".lower()]
    page = [_in_list(context, one, _expand(context)) for one in found[start : start + most]]
    asked_for = {**context.query, "maxResults": most, "startAt": start}
    own = context.shown(f"{context.api}/project/search?{urlencode(sorted(asked_for.items()), doseq=True)}")
    told = {"self": own, "maxResults": most, "startAt": start, "total": len(found)}
    return Reply({**told, "isLast": start + most >= len(found), "values": page})


def read_project(context: Context) -> Reply:
    """GET of a project."""
    one = project(context)
    defaults = _of_project(context, one)
    return Reply(context.on_top({"expand": _expand(context), **defaults, **_plain(one)}, f"project/{one['id']}"))


def _expand(context: Context) -> str:
    """What can be asked for with a project."""
    if not context.site.is_cloud:
        return OF_PROJECTS
    return PROJECT_EXPAND.removesuffix(",insight") if context.site.is_before(INSIGHT) else PROJECT_EXPAND


def _of_project(context: Context, one: Resource) -> Resource:
    """What is shown of a project of which it was not told."""
    types: Json = [_plain(kind) for kind in context.site.shelf("issuetype").values()]
    found: Resource = {"description": "", "lead": people.me(context), "components": [], "issueTypes": types}
    found |= {"assigneeType": "UNASSIGNED", "versions": [], "roles": {}}
    if context.site.is_cloud:
        found |= {"simplified": False, "style": "classic", "isPrivate": False, "properties": {}}
    else:
        found |= {"archived": False}
    return found


def of_project(kind: str, path: str, context: Context) -> Reply:
    """GET of a project's components or versions."""
    one = project(context)
    told = context.site.members(f"project/{path}", (context.ids[0],))
    known = [part for part in context.site.shelf(kind).values() if _belongs(part, one)]
    if told is not None:
        known = [part for own in told if (part := context.site.get(kind, (), own))]
    return Reply([context.on_top(part, f"{kind}/{part['id']}") for part in known])


def _belongs(part: Resource, one: Resource) -> bool:
    return bool(one["key"] == part.get("project") or str(part.get("projectId", "")) == one["id"])


def create_part(kind: str, context: Context) -> Reply:
    """POST of a component or a version."""
    body, site = context.body, context.site
    found = next((one for one in site.shelf("project").values() if _is_named(one, body)), None)
    if found is None or not body.get("name"):
        field = "project" if found is None else "name"
        raise errors.invalid({field: f"The {field} of the {kind} must be specified."})
    own = site.new_id(kind)
    more: Resource = {"archived": False, "released": False} if kind == "version" else _of_component(context)
    made = {"self": f"{BASE}/rest/api/2/{kind}/{own}", "id": own, **body, **more, "projectId": int(found["id"])}
    made = {name: value for name, value in made.items() if name not in SENT_ONLY}
    site.put(kind, (), own, made)
    return Reply(context.on_top(made, f"{kind}/{own}"), 201)


def _of_component(context: Context) -> Resource:
    """Who leads a component, and who gets its issues."""
    body = context.body
    kind = body.get("assigneeType") or "PROJECT_DEFAULT"
    name = next((str(body[name]) for name in SENT_ONLY if body.get(name)), "")
    lead = people.meant(context.site, name) if name else None
    told: Resource = {"lead": people.in_others(lead)} if lead else {}
    return {**told, "assigneeType": kind, "realAssigneeType": kind, "isAssigneeTypeValid": False}


def _is_named(one: Resource, body: Resource) -> bool:
    return bool(one["key"] == body.get("project") or one["id"] == str(body.get("projectId", "")))


ANSWERS: dict[str, Answering] = {
    **{f"GET {kind}": partial(list_all, kind) for kind in LISTED},
    **{f"GET {kind}/{{id}}": partial(read_one, kind) for kind in KINDS},
    "GET issueLinkType": link_types,
    "GET field": fields,
    "GET project": projects,
    "GET project/search": search_projects,
    "GET project/{project}": read_project,
    "GET project/{project}/components": partial(of_project, "component", "components"),
    "GET project/{project}/versions": partial(of_project, "version", "versions"),
    "POST component": partial(create_part, "component"),
    "POST version": partial(create_part, "version"),
}
