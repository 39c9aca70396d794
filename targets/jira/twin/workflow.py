"""Workflows: which transitions an issue may take from its status, and what they do to it.

A project's transitions say to which status they lead, and from which (``from``: ids of statuses; none is any).
"""

from __future__ import annotations

import copy

from conformance.recordings.model import Json
from targets.jira.twin.context import Context
from targets.jira.twin.site import Resource, Site, parsed

DONE = "done"
RESOLUTION = "Done"
TIME_IN_STATUS = "com.atlassian.jira.ext.charting:timeinstatus"
"""Custom fields that tell how long an issue was in each status, by type."""


def first_status(site: Site, project: str) -> Resource:
    """The status of a new issue: where the workflow begins."""
    transitions = site.shelf("transition", (project,)).values()
    waiting = (one["to"] for one in transitions if _category(one.get("to")) == "new")
    known = (one for one in site.shelf("status").values() if _category(one) == "new")
    return next(waiting, None) or next(known)


def _category(status: Json) -> str:
    category = status.get("statusCategory") if isinstance(status, dict) else None
    return str(category.get("key", "")) if isinstance(category, dict) else ""


def offered(site: Site, issue: Resource) -> dict[str, Resource]:
    """The transitions that an issue may take now, by id."""
    known = site.shelf("transition", (issue["key"].rpartition("-")[0],))
    status = str((issue["fields"].get("status") or {}).get("id", ""))
    listed = {own: one for own, one in known.items() if "name" in one}
    if any(status in one["from"] for one in listed.values()):
        return {own: one for own, one in listed.items() if status in one["from"]}
    return {own: one for own, one in listed.items() if not one["from"]} or listed


def takeable(site: Site, issue: Resource, own: str) -> Resource | None:
    """The transition, if it can be taken; one of which no list tells where it begins can be taken from anywhere."""
    project = issue["key"].rpartition("-")[0]
    known = site.get("transition", (project,), own)
    if known is None or (own in offered(site, issue) or "name" not in known):
        return known
    return None


def move(context: Context, issue: Resource, status: Resource, is_resolved: bool = False) -> None:
    """Put an issue into a status. Work that is done is resolved, and what is taken up again no longer is."""
    fields, resolved, now = issue["fields"], context.site.now(), context.site.now()
    fields["updated"] = now
    issue.setdefault("~status", str((fields.get("status") or {}).get("id", "")))
    was_done, is_done = _category(fields.get("status")) == DONE, _category(status) == DONE
    if "statuscategorychangedate" in fields and _category(fields.get("status")) != _category(status):
        fields["statuscategorychangedate"] = now
    issue.setdefault("~was", []).append(fields.get("status"))
    fields["status"] = copy.deepcopy(status)
    if is_done and not is_resolved and not fields.get("resolution"):
        fields["resolution"] = copy.deepcopy(context.site.named("resolution", RESOLUTION))
    if is_done and not was_done:
        fields["resolutiondate"] = resolved
    elif was_done and not is_done:
        fields |= {"resolution": None, "resolutiondate": None}
    _count_time(context.site, issue, status, now)


def _count_time(site: Site, issue: Resource, status: Resource, now: str) -> None:
    """Note how long the issue was in its last status; fields that tell of it do so while it is resolved.

    Of an issue that was there before, nobody knows how long.
    """
    if not issue.get("~made"):
        return
    left = str(issue.get("~status") or "")
    since = parsed(issue.get("~since") or issue["fields"].get("created") or now)
    stays = issue.setdefault("~stays", {})
    visits, spent = stays.get(left, (0, 0))
    if left:
        stays[left] = (visits + 1, spent + round((parsed(now) - since).total_seconds() * 1000))
    issue |= {"~status": str(status.get("id", "")), "~since": now}
    now_in = stays.get(issue["~status"], (0, 0))
    rows = {**stays, issue["~status"]: (now_in[0] + 1, now_in[1])}
    told = "_*|*_".join(f"{own}_*:*_{visits}_*:*_{spent}" for own, (visits, spent) in rows.items())
    for field, definition in site.shelf("field").items():
        if (definition.get("schema") or {}).get("custom") == TIME_IN_STATUS:
            issue["fields"][field] = told if issue["fields"].get("resolution") else None
