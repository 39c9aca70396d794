"""What was there before a program began, put in (in the form of ``targets/jira/givens.py``); the state, taken out.

The first fact says what the site is: from then on it is what facts tell, and the words that all sites have.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from conformance.programs.trees import map_texts, merged
from conformance.recordings.model import Json
from targets.jira.twin import people
from targets.jira.twin.issue_view import TOLD, WORKED_OUT
from targets.jira.twin.presets import add_caller, bare_project, furnish
from targets.jira.twin.site import BASE, Path, Resource, Site

_ADDRESS = re.compile(r"(https?://[^/\s?]+(?:/[^\s?]*?)?)/rest/(?:api|agile|auth)/")
KEPT_COUNTS = ("watches", "votes")
"""Fields that are worked out from what is kept of them."""
PROJECT_NAME = re.compile(r"\d+|[A-Z][A-Z0-9_]*")


def seed(site: Site, fact: Mapping[str, Any]) -> None:
    """Put in one fact; what is there already is completed or changed."""
    resource = own(site, fact.get("resource") or {})
    ids = (*map(str, fact["of"]), str(fact["id"]))
    issue = site.issue(fact["about"]) if fact.get("about") else None
    if issue is not None and issue["id"] != ids[0]:  # the program has made it, and it has another id here
        recorded, here = f"/issue/{ids[0]}/", f"/issue/{issue['id']}/"
        resource = map_texts(resource, lambda text: text.replace(recorded, here) if text.startswith(BASE) else text)
        ids = (issue["id"], *ids[1:])
    SEEDS.get(fact["kind"], _put_plain(fact["kind"]))(site, ids, resource)


def own(site: Site, resource: Json) -> Any:
    """``resource`` with BASE in the place of the address of the site that it was recorded on."""
    site.bases |= {found for text in _links(resource) for found in _ADDRESS.findall(text)}
    site.path = site.path or next((path for base in sorted(site.bases) if (path := urlsplit(base).path)), "")
    if not site.bases:
        return copy.deepcopy(resource)
    bases = "|".join(map(re.escape, sorted(site.bases, key=len, reverse=True)))
    link = re.compile(rf"(?:{bases})((?:/\S*)?)")  # what people wrote stays as they wrote it
    return map_texts(resource, lambda text: BASE + found[1] if (found := link.fullmatch(text)) else text)


def _links(value: Json) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("self"), str):
            yield value["self"]
        for item in value.values():
            yield from _links(item)
    elif isinstance(value, list):
        for item in value:
            yield from _links(item)


def _site(site: Site, _: Path, resource: Resource) -> None:
    """The first fact of a program: begin anew, as a site of this deployment.

    Programs may be made of several recordings: what the later ones tell comes on top of what is there.
    """
    if site.is_seeded:
        site.path = site.path or resource.get("path", "")
        return
    for shelves in (site.shelves, site.views, site.presets, site.keys, site.counters, site.bases):
        shelves.clear()
    site.deployment, site.path = resource["deployment"], resource.get("path", "")
    site.year = int(str(resource.get("date") or "0")[:4])
    site.is_limited = bool(resource.get("limited"))
    site.is_seeded = True
    furnish(site)
    for own_id in list(site.shelf("field")):
        site.remove("field", (), own_id)  # which custom fields there are differs
    add_caller(site, resource.get("caller", ""))
    site.is_caller_told = bool(resource.get("caller"))
    site.presets.add(("user", site.caller))


def _put_plain(kind: str) -> Callable[[Site, Path, Resource], None]:
    def put(site: Site, ids: Path, resource: Resource) -> None:
        *parents, own_id = ids
        _make_room(site, kind, own_id, resource)
        known = site.get(kind, tuple(parents), own_id) or {}
        told = merged(known, resource)
        site.put(kind, tuple(parents), own_id, {"id": own_id, **told} if "/" not in kind or "id" not in told else told)

    return put


def _make_room(site: Site, kind: str, own_id: str, resource: Resource) -> None:
    """Take away the preset that has this id, or is the same thing under another."""
    for preset_kind, preset in sorted(site.presets):
        if preset_kind != kind:
            continue
        known = site.get(kind, (), preset) or {}
        if preset == own_id or ("name" in resource and known.get("name") == resource["name"]):
            site.remove(kind, (), preset)
            site.presets.discard((kind, preset))


def _user(site: Site, ids: Path, resource: Resource) -> None:
    """The first user who is told is the caller, until one is told who says so; unless it is known who calls."""
    _put_plain("user")(site, ids, resource)
    user = site.shelf("user")[ids[-1]]
    del user["id"]
    if "self" not in user:
        user["self"] = people.address(site, ids[-1])
    if not site.is_caller_told and (("user", site.caller) in site.presets or "locale" in resource):
        _call_as(site, ids[-1])


def _call_as(site: Site, name: str) -> None:
    if ("user", site.caller) in site.presets and site.caller != name:
        site.remove("user", (), site.caller)
        site.presets.discard(("user", site.caller))
    site.caller = name


def _project(site: Site, ids: Path, resource: Resource) -> None:
    """A project may be told by its id or by its key only. Words of paths are neither."""
    if not PROJECT_NAME.fullmatch(ids[-1]):
        return
    key = str(resource.get("key") or (ids[-1] if not ids[-1].isdigit() else ""))
    same = [one for one in site.shelf("project").values() if key and one["key"] == key]
    own_id = str(resource.get("id") or (same[0]["id"] if same else ids[-1]))
    for one in same:
        site.remove("project", (), one["id"])
        resource = merged(one, resource) if not one.get("~guessed") else resource
    if "name" not in resource:
        resource = {**bare_project(site, key or own_id, own_id), **resource}
    known = site.get("project", (), own_id) or {}
    site.put("project", (), own_id, {**merged(known, resource), "id": own_id})


def _issue(site: Site, ids: Path, resource: Resource) -> None:
    """What is worked out when an issue is read comes from facts of its own."""
    known = site.issue(ids[-1]) or {"id": ids[-1], "key": ids[-1], "fields": {}}
    fields = dict(resource.get("fields") or {})
    issue = {**known, "id": str(resource.get("id") or known["id"]), "key": str(resource.get("key") or known["key"])}
    _keep_links(site, issue, fields.get("issuelinks") or ())
    _keep_subtasks(site, issue, fields.get("subtasks") or ())
    issue["fields"] = {**known["fields"], **{name: _kept(name, value) for name, value in fields.items()}}
    _keep_tracking(issue["fields"], fields.get("timetracking") or {})
    if "expand" in resource:
        issue["~expand"] = [word for word in resource["expand"].split(",") if "." in word]
    issue["~told"] = {**known.get("~told", {}), **{name: resource[name] for name in TOLD if resource.get(name)}}
    if resource.get("properties"):
        issue["~properties"] = {**known.get("~properties", {}), **resource["properties"]}
    if resource.get("changelog"):
        issue["~changelog"] = resource["changelog"].get("histories") or []
    issue["~seen"] = issue["fields"].get("updated")
    site.keep_issue(issue)
    _project_of(site, issue)


def _kept(name: str, value: Json) -> Json:
    if name in KEPT_COUNTS or name == "parent" or name not in WORKED_OUT:
        return value
    return {} if isinstance(value, dict) else []


def _keep_tracking(fields: Resource, tracking: Resource) -> None:
    spans = {"timeoriginalestimate": "originalEstimate", "timeestimate": "remainingEstimate", "timespent": "timeSpent"}
    for field, name in spans.items():
        if f"{name}Seconds" in tracking and fields.get(field) is None:
            fields[field] = tracking[f"{name}Seconds"]


def _keep_links(site: Site, issue: Resource, links: Any) -> None:
    for link in links:
        end = "outward" if "outwardIssue" in link else "inward"
        other = str((link.get(f"{end}Issue") or {}).get("id", ""))
        ends = (
            {"inward": issue["id"], "outward": other} if end == "outward" else {"inward": other, "outward": issue["id"]}
        )
        issue.setdefault("~links", []).append(str(link["id"]))
        site.put("issueLink", (), str(link["id"]), {"id": str(link["id"]), "type": link["type"], **ends})


def _keep_subtasks(site: Site, issue: Resource, subtasks: Any) -> None:
    for told in subtasks:
        child = site.issue(str(told["id"])) or {"id": str(told["id"]), "key": told["key"], "fields": {}}
        parent = {"id": issue["id"], "key": issue["key"]}
        child["fields"] = {
            **told.get("fields", {}),
            **child["fields"],
            "parent": child["fields"].get("parent") or parent,
        }
        site.keep_issue(child)


def _project_of(site: Site, issue: Resource) -> None:
    key, _, number = issue["key"].rpartition("-")
    if key and number.isdigit() and not any(one["key"] == key for one in site.shelf("project").values()):
        _stub(site, key)


def _stub(site: Site, key: str) -> None:
    own_id = site.new_id("project")
    site.put("project", (), own_id, {**bare_project(site, key, own_id), "~guessed": True})


def _transition(site: Site, ids: Path, resource: Resource) -> None:
    site.put("transition", ids[:-1], ids[-1], {**resource, "from": [str(one) for one in resource.get("from") or ()]})


def _blank(site: Site, ids: Path, resource: Resource) -> None:
    """Who made an issue of the program's is who calls."""
    fields = {name: _kept(name, value) for name, value in (resource.get("fields") or {}).items()}
    more = {"drawn": list(resource.get("drawn") or ()), "overruled": resource.get("overruled") or {}}
    site.put("blank", ids[:-1], ids[-1], {"fields": fields, **more})
    creator = fields.get("creator")
    if isinstance(creator, dict) and not site.is_caller_told:
        _user(site, (people.id_of(site, creator),), creator)
        _call_as(site, people.id_of(site, creator))


def _change(site: Site, ids: Path, resource: Resource) -> None:
    """Somebody else changes an issue now."""
    issue = site.issue(str(resource.get("key"))) or site.issue(ids[-1])
    if issue is None:
        return
    issue["fields"] |= {name: _kept(name, value) for name, value in resource["fields"].items()}
    issue["fields"] |= dict.fromkeys(resource["moments"], site.now())
    for kind in ("comment", "worklog"):
        shelf = site.shelf(f"issue/{kind}", (issue["id"],))
        for part in (resource["fields"].get(kind) or {}).get(f"{kind}s") or ():
            if part["id"] not in shelf:
                site.put(f"issue/{kind}", (issue["id"],), part["id"], part)


def _counter(site: Site, ids: Path, resource: Resource) -> None:
    """How issues of a project are counted, or (without a number for keys) things of a kind."""
    if "next" not in resource:
        site.counters[ids[-1]] = int(resource["next_id"])
        return
    site.counters[f"{ids[-1]}-"] = int(resource["next"])
    if str(resource.get("next_id", "")).isdigit():
        site.counters["issue"] = min(int(resource["next_id"]), site.counters.get("issue", int(resource["next_id"])))
    if not any(one["key"] == ids[-1] for one in site.shelf("project").values()):
        _stub(site, ids[-1])


def _field(site: Site, ids: Path, resource: Resource) -> None:
    """A custom field, of which lists may tell more."""
    told = {"id": ids[-1], "custom": True, "orderable": True, "navigable": True, "searchable": True}
    told |= {"clauseNames": [resource["name"]], **resource}
    site.put("field", (), ids[-1], {**told, **(site.get("field", (), ids[-1]) or {})})


def _view(kind: str) -> Callable[[Site, Path, Resource], None]:
    def put(site: Site, ids: Path, resource: Resource) -> None:
        *of, words = ids
        site.views.setdefault((words, tuple(of)), []).append(resource)
        if kind == "view" and words in LEARNING:
            LEARNING[words](site, tuple(of), resource.get("answer"))

    return put


def _learn_field_list(site: Site, _: Path, answer: Any) -> None:
    for field in answer if isinstance(answer, list) else ():
        if field.get("custom"):
            site.put("field", (), field["id"], field)


def _learn_screen(site: Site, of: Path, answer: Any) -> None:
    """A screen: fields by id, or a list of them."""
    fields = answer.get("fields") if isinstance(answer, dict) else None
    if isinstance(fields, list):
        fields = {field.get("fieldId") or field.get("key"): field for field in fields}
    if not isinstance(fields, dict):
        return
    site.put("screen", (), "/".join(of), fields)
    for own_id, field in fields.items():
        if own_id.startswith("customfield_"):
            _field(site, (own_id,), {"name": field["name"], "schema": field.get("schema", {})})


def _learn_screens(site: Site, _: Path, answer: Any) -> None:
    for project in answer.get("projects") or () if isinstance(answer, dict) else ():
        for issue_type in project.get("issuetypes") or ():
            _learn_screen(site, (project["key"], issue_type["id"]), issue_type)


LEARNING: dict[str, Callable[[Site, Path, Any], None]] = {
    "field": _learn_field_list,
    "issue/createmeta": _learn_screens,
    "issue/createmeta/issuetypes": _learn_screen,
    "issue/editmeta": _learn_screen,
}
"""Views that tell of fields."""

SEEDS: dict[str, Callable[[Site, Path, Resource], None]] = {
    "site": _site,
    "user": _user,
    "project": _project,
    "issue": _issue,
    "issueLink": lambda _site, _ids, _resource: None,
    "field": _field,
    "transition": _transition,
    "blank": _blank,
    "change": _change,
    "counter": _counter,
    "list": _view("list"),
    "view": _view("view"),
}
"""Kinds whose facts are not simply kept. Links are told by the issues that they join."""


def dump(site: Site) -> Json:
    """All shelves, by kind and parents."""
    return {"/".join((kind, *parents)): list(shelf.values()) for (kind, parents), shelf in site.shelves.items()}
