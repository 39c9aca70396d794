"""What every new site has: the words of Jira itself, one project, and the user who calls."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from conformance.twinkit.store import Clock, Ids
from targets.jira.flavours import CLOUD
from targets.jira.twin.site import BASE, Resource, Site

PROJECT, PROJECT_ID = "TEST", "10000"
ACCOUNT, USER = "5b10a2844c20165700ede21g", "admin"
"""The caller's id, in Cloud and on servers."""
NEW_PRIORITIES = 2016
"""From then on new sites have priorities from Highest to Lowest."""
AVATAR_SIZES = {"48x48": "", "24x24": "size=small&", "16x16": "size=xsmall&", "32x32": "size=medium&"}
WORKFLOW = (("11", "10000"), ("21", "3"), ("31", "10001"))
"""Transitions of a new project and the statuses that they lead to, from wherever the issue is."""


@cache
def data(name: str) -> Any:
    """A file of facts about Jira."""
    return json.loads(files("targets.jira.twin").joinpath("data", f"{name}.json").read_text("utf-8"))


def new_site(clock: Clock, ids: Ids) -> Site:
    """A fresh site: Cloud, with one empty project."""
    site = Site(clock, ids)
    furnish(site)
    add_caller(site)
    add_project(site, PROJECT, PROJECT_ID)
    return site


def furnish(site: Site) -> None:
    """Put in the words that all sites of this deployment have, as they were called at its time."""
    words = data("vocabulary") | (data("classic") if site.is_before(NEW_PRIORITIES) else {})
    for kind, resources in words.items():
        for row in resources:
            _preset(site, kind, VOCABULARY.get(kind, _as_it_is)(site, copy.deepcopy(row)))


def _preset(site: Site, kind: str, resource: Resource) -> None:
    own = str(resource["id"])
    if not kind.startswith("field"):
        resource = {"self": f"{BASE}/rest/api/2/{kind}/{own}", **resource}
    site.put(kind, (), own, resource)
    site.presets.add((kind, own))


def _as_it_is(_: Site, row: Resource) -> Resource:
    return row


def _issue_type(site: Site, row: Resource) -> Resource:
    if site.is_cloud:
        icon = f"{BASE}/rest/api/2/universal_avatar/view/type/issuetype/avatar/{row['avatarId']}?size=medium"
    else:
        icon = f"{BASE}/secure/viewavatar?size=xsmall&avatarId={row['avatarId']}&avatarType=issuetype"
        del row["hierarchyLevel"]
    return {**row, "iconUrl": icon}


def _category(site: Site, row: Resource) -> Resource:
    server = row.pop("server", row["colorName"])
    return {**row, "colorName": row["colorName"] if site.is_cloud else server}


def _status(site: Site, row: Resource) -> Resource:
    categories = {one["id"]: one for one in data("vocabulary")["statuscategory"]}
    category = _category(site, copy.deepcopy(categories[row.pop("category")]))
    return {**row, "statusCategory": {"self": f"{BASE}/rest/api/2/statuscategory/{category['id']}", **category}}


def _custom_field(site: Site, row: Resource) -> Resource:
    number = int(row["id"].rpartition("_")[2])
    schema = {"type": row["type"], **({"items": row["items"]} if "items" in row else {})}
    names = sorted([row["name"], f"cf[{number}]"])
    return field_resource(
        site.is_cloud, row | {"is": ["orderable", "navigable", "searchable"], "clauseNames": names}
    ) | {
        "custom": True,
        "schema": {**schema, "custom": row["custom"], "customId": number},
    }


VOCABULARY: dict[str, Callable[[Site, Resource], Resource]] = {
    "issuetype": _issue_type,
    "status": _status,
    "statuscategory": _category,
    "field": _custom_field,
}


def field_resource(is_cloud: bool, row: Resource) -> Resource:
    """A field as the list of fields shows it."""
    name = row["name"] if is_cloud else row.get("server", row["name"])
    clauses = row["clauseNames"] if is_cloud else row.get("serverClauses", row["clauseNames"])
    shown = {"id": row["id"], **({"key": row["id"]} if is_cloud else {}), "name": name, "custom": False}
    shown |= {trait: trait in row["is"] for trait in ("orderable", "navigable", "searchable")}
    shown["clauseNames"] = clauses
    if "type" in row:
        items = {"items": row["items"]} if "items" in row else {}
        shown["schema"] = {"type": row["type"], **items, "system": row["id"]}
    return shown


@cache
def system_fields(deployment: str) -> Mapping[str, Resource]:
    """The fields that every site of a deployment has, by id; nobody changes them."""
    rows = [row for row in data("fields") if row.get("only", deployment) == deployment]
    return MappingProxyType({row["id"]: field_resource(deployment == CLOUD, row) for row in rows})


def avatars(path: str) -> dict[str, str]:
    """Addresses of a picture in all sizes; ``path`` leads to it, its query begun."""
    return {size: f"{BASE}/{path.replace('?', f'?{more}')}" for size, more in AVATAR_SIZES.items()}


def add_caller(site: Site, own: str = "") -> None:
    """Make the user who calls a site, by that id if it is known."""
    site.caller = own or (ACCOUNT if site.is_cloud else USER)
    quoted = quote(site.caller, safe="")
    named: Resource = {"accountId": site.caller} if site.is_cloud else {"name": site.caller, "key": "JIRAUSER10000"}
    address = f"accountId={quoted}" if site.is_cloud else f"username={quoted}"
    user = {
        "self": f"{BASE}/rest/api/2/user?{address}",
        **named,
        "emailAddress": "admin@example.com",
        "avatarUrls": avatars("secure/useravatar?avatarId=10346"),
        "displayName": "Admin",
        "active": True,
        "timeZone": "Etc/UTC",
    }
    site.put("user", (), site.caller, user | ({"accountType": "atlassian"} if site.is_cloud else {}))


def add_project(site: Site, key: str, own: str) -> Resource:
    """Make a project with the plain workflow."""
    for number, status in WORKFLOW:
        to = copy.deepcopy(site.shelf("status")[status])
        site.put("transition", (key,), number, {"name": to["name"], "to": to, "from": []})
    return site.put("project", (), own, bare_project(site, key, own))


def bare_project(site: Site, key: str, own: str) -> Resource:
    """A project of which no more is known than how it is called."""
    return {
        "self": f"{BASE}/rest/api/2/project/{own}",
        "id": own,
        "key": key,
        "name": key.capitalize(),
        "projectTypeKey": "software",
        **({"simplified": False} if site.is_cloud else {}),
        "avatarUrls": avatars("secure/projectavatar?avatarId=10324"),
    }
