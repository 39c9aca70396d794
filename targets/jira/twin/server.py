"""The site itself, and the screens on which issues are made and edited."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.jira.twin import errors, fields
from targets.jira.twin.context import Answering, Context
from targets.jira.twin.issue_view import found
from targets.jira.twin.site import BASE, Resource, Site
from targets.jira.twin.vocabulary import project

CLOUD_INFO: dict[str, Json] = {
    "version": "1001.0.0-SNAPSHOT",
    "versionNumbers": [1001, 0, 0],
    "deploymentType": "Cloud",
    "buildNumber": 100291,
    "buildDate": "2026-03-24T10:51:27.000+0000",
}
SERVER_INFO: dict[str, Json] = {
    "version": "10.7.1",
    "versionNumbers": [10, 7, 1],
    "deploymentType": "Server",
    "buildNumber": 10070001,
    "buildDate": "2025-06-17T00:00:00.000+0000",
    "databaseBuildNumber": 10070001,
}
SCREEN = ("summary", "issuetype", "components", "description", "project", "fixVersions", "priority", "labels")
MORE_ON_SCREEN = ("attachment", "versions", "environment", "issuelinks", "assignee", "reporter", "duedate", "parent")
"""Fields on the screens of a new project."""
REQUIRED = frozenset({"summary", "issuetype", "project", "reporter"})
OF_SETS = ["add", "set", "remove"]
OPERATIONS = {
    "issuetype": [],
    "attachment": ["set", "copy"],
    "issuelinks": ["add", "copy"],
    "comment": ["add", "edit", "remove"],
}
MOST_FIELDS = 50


def server_info(context: Context) -> Reply:
    """GET of what the site is. The SDK's constructor begins with it."""
    told = context.site.view("serverInfo", (), context.query) or next(
        iter(context.site.views.get(("serverInfo", ()), ())), None
    )
    now = context.site.now()
    if told is not None:
        return Reply(context.shown(told["answer"]) | {"baseUrl": context.base, "serverTime": now})
    more: Resource = {"serverTime": now, "scmInfo": "0" * 40, "serverTitle": "Jira"}
    if not context.site.is_cloud:
        return Reply({"baseUrl": context.base, **SERVER_INFO, **more})
    urls = dict.fromkeys(("displayUrl", "displayUrlServicedeskHelpCenter", "displayUrlConfluence"), context.base)
    zone: Resource = {"defaultLocale": {"locale": "en_US"}, "serverTimeZone": "Etc/UTC"}
    return Reply({"baseUrl": context.base, **urls, **CLOUD_INFO, **more, **zone})


# --- screens


def createmeta(context: Context) -> Reply:
    """GET of what can be made, in the old form: projects with their issue types, and with fields if asked for."""
    told = context.site.view("issue/createmeta", (), context.query)
    if told is not None:
        return Reply(context.shown(told["answer"]))
    if not context.site.is_cloud:
        raise errors.refusal(404, "Issue Does Not Exist")  # servers have only the new form
    projects = [one for one in context.site.shelf("project").values() if _is_asked(context, one)]
    return Reply({"expand": "projects", "projects": [_with_types(context, one) for one in projects]})


def _is_asked(context: Context, one: Resource) -> bool:
    keys, ids = context.words("projectKeys"), context.words("projectIds")
    return (not keys or one["key"] in keys) and (not ids or one["id"] in ids)


def _with_types(context: Context, one: Resource) -> Json:
    names, ids = context.words("issuetypeNames"), context.words("issuetypeIds")
    types = [kind for kind in context.site.shelf("issuetype").values() if not names or kind["name"] in names]
    types = [kind for kind in types if not ids or kind["id"] in ids]
    told = {name: one[name] for name in ("self", "id", "key", "name", "avatarUrls") if name in one}
    shown: Resource = context.shown({"expand": "issuetypes", **told})
    return {**shown, "issuetypes": [_with_fields(context, one, kind) for kind in types]}


def _with_fields(context: Context, one: Resource, kind: Resource) -> Json:
    hidden = ("avatarId", "scope", "entityId")
    shown: Resource = context.shown({name: value for name, value in kind.items() if name not in hidden})
    shown["untranslatedName"] = kind["name"]
    if "projects.issuetypes.fields" not in context.words("expand"):
        return shown
    return {**shown, "expand": "fields", "fields": _screen(context, one, kind, {"hasDefaultValue": False})}


def _screen(context: Context, one: Resource, kind: Resource, more: Resource) -> Any:
    """The fields of a screen by id: as one was seen, or those of a new project."""
    seen = context.site.get("screen", (), f"{one['key']}/{kind['id']}")
    if seen is not None:
        return context.shown(copy.deepcopy(seen))
    known = fields.definitions(context.site)
    names = [name for name in (*SCREEN, *MORE_ON_SCREEN) if name in known]
    names += [name for name, field in known.items() if field.get("custom")]
    return context.shown({name: _on_screen(context, known[name], one, kind, more) for name in names})


def _on_screen(context: Context, field: Resource, one: Resource, kind: Resource, more: Resource) -> Resource:
    own = field["id"]
    schema = field.get("schema") or {}
    many = schema.get("type") == "array"
    shown: Resource = {"required": own in REQUIRED, "schema": schema, "name": field["name"]}
    shown |= {"key": own} if context.site.is_cloud else {}
    shown |= {**more, "operations": OPERATIONS.get(own, OF_SETS if many else ["set"])}
    choices = _choices(context.site, own, one, kind)
    return shown | ({"allowedValues": choices} if choices is not None else {})


def _choices(site: Site, field: str, one: Resource, kind: Resource) -> list[Resource] | None:
    """What may be chosen in a field of a new project."""
    if field in ("components", "fixVersions", "versions"):
        return list(site.shelf("component" if field == "components" else "version").values())
    names = ("self", "iconUrl", "name", "id")
    shelves = {"issuetype": [kind], "project": [one], "priority": list(site.shelf("priority").values())}
    if field == "priority":
        return [{name: value[name] for name in names if name in value} for value in shelves[field]]
    return shelves.get(field)


def types_of_project(context: Context) -> Reply:
    """GET of the issue types that can be made in a project."""
    one = project(context)
    told = context.site.view("issue/createmeta/issuetypes", (context.ids[0],), context.query)
    if told is not None:
        return _listed(context, told)
    types: list[Json] = [
        context.shown(kind) for kind in one.get("issueTypes") or context.site.shelf("issuetype").values()
    ]
    return _page(context, types, "issueTypes")


def _listed(context: Context, told: Resource) -> Reply:
    return Reply(context.shown(told.get("answer")))


def fields_of_type(context: Context) -> Reply:
    """GET of the fields on the screen on which issues of a type are made in a project."""
    name, issue_type = context.ids
    told = context.site.view("issue/createmeta/issuetypes", (name, issue_type), context.query)
    if told is not None:
        return _listed(context, told)
    kind = context.site.get("issuetype", (), issue_type)
    if kind is None:
        raise errors.refusal(404, f"Issue type with id: {issue_type} does not exist.")
    screen = _screen(context, project(context), kind, {"hasDefaultValue": False})
    return _page(context, [_with_id(own, field) for own, field in screen.items()], "fields")


def _with_id(own: str, field: Resource) -> Resource:
    return {**field, "fieldId": own}


def _page(context: Context, members: list[Any], called: str) -> Reply:
    start, most = context.number("startAt", 0), context.number("maxResults", MOST_FIELDS)
    page = {"maxResults": most, "startAt": start, "total": len(members)}
    end = {} if context.site.is_cloud else {"isLast": start + most >= len(members)}
    return Reply({**page, **end, called if context.site.is_cloud else _old_name(called): members[start : start + most]})


def _old_name(called: str) -> str:
    return "values" if called == "issueTypes" else called


def editmeta(context: Context) -> Reply:
    """GET of what can be changed of an issue."""
    issue = found(context)
    told = context.site.view("issue/editmeta", (issue["id"],), context.query)
    if told is not None:
        return Reply(context.shown(told["answer"]))
    one = next(_of_issue(context.site, issue))
    kind = issue["fields"].get("issuetype") or {"id": ""}
    shown = _screen(context, one, kind, {})
    return Reply({"fields": {name: field for name, field in shown.items() if name != "project"}})


def _of_issue(site: Site, issue: Resource) -> Iterator[Resource]:
    key = issue["key"].rpartition("-")[0]
    yield from (one for one in site.shelf("project").values() if one["key"] == key)
    yield {"self": f"{BASE}/rest/api/2/project/{key}", "id": "", "key": key, "name": key}


ANSWERS: dict[str, Answering] = {
    "GET serverInfo": server_info,
    "GET issue/createmeta": createmeta,
    "GET issue/createmeta/{project}/issuetypes": types_of_project,
    "GET issue/createmeta/{project}/issuetypes/{type}": fields_of_type,
    "GET issue/{issue}/editmeta": editmeta,
}
