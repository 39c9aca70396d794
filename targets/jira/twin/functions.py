"""Functions of the query language, and moments as queries write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from targets.jira.twin import people
from targets.jira.twin.grammar import BadQuery, Function
from targets.jira.twin.site import Resource, Site, parsed

UNITS = {"y": 365 * 24 * 60, "M": 30 * 24 * 60, "w": 7 * 24 * 60, "d": 24 * 60, "h": 60, "m": 1}
"""Minutes."""
LINKS = "issueLink"

_RELATIVE = re.compile(r"([+-]?)(\d+)\s*([yMwdhm])")


class NotWorkedOut(BadQuery):
    """The query is right, and the twin cannot tell what it means."""


def values(site: Site, function: Function) -> list[Any]:
    """What a function stands for: moments, or texts by which values are called.

    Raises:
        BadQuery: Jira has no such function.
        NotWorkedOut: the twin has not.
    """
    name = function.name.lower()
    if name in BOUNDS:
        return [_bound(site, name, function.arguments)]
    if name in FUNCTIONS:
        return list(FUNCTIONS[name](site, *function.arguments))
    if name in OTHERS:
        raise NotWorkedOut(f"the function {function.name}")
    raise BadQuery(f"Unable to find JQL function '{function.name}({', '.join(function.arguments)})'.")


# --- moments


def now(site: Site) -> datetime:
    """The present moment, in the site's time zone."""
    return site.clock.moment.astimezone(site.zone)


def moment(site: Site, value: Any) -> datetime | None:
    """A moment as answers or queries write it: absolute, or so long ago (``-2w``); None for anything else."""
    if isinstance(value, datetime) or not isinstance(value, str):
        return value if isinstance(value, datetime) else None
    if span := _span(value):
        return now(site) + span
    text = value.strip().replace("/", "-")
    if not re.match(r"\d{4}-\d\d?-\d\d?", text):
        return None
    try:
        found = parsed(text if "T" in text else text.replace(" ", "T", 1))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=site.zone)


def _span(text: str) -> timedelta | None:
    """``-1w 2d``: so long from now; without a sign, ago."""
    parts = _RELATIVE.findall(text)
    if not parts or _RELATIVE.sub("", text).strip():
        return None
    sign = -1 if parts[0][0] == "-" else 1
    return sign * timedelta(minutes=sum(int(number) * UNITS[unit] for _, number, unit in parts))


def _bound(site: Site, name: str, arguments: tuple[str, ...]) -> datetime:
    """Now, or where a day, week, month or year begins or ends, moved by an argument (``-1d``)."""
    found = BOUNDS[name](now(site))
    for argument in arguments:
        found += _span(argument if argument[-1:].isalpha() else argument + name[-1:]) or timedelta()
    return found


def _midnight(day: datetime) -> datetime:
    return day.replace(hour=0, minute=0, second=0, microsecond=0)


def _next_month(day: datetime) -> datetime:
    return (_midnight(day).replace(day=28) + timedelta(days=4)).replace(day=1)


BOUNDS: dict[str, Callable[[datetime], datetime]] = {
    "now": lambda day: day,
    "startofday": _midnight,
    "endofday": lambda day: _midnight(day) + timedelta(days=1, seconds=-1),
    "startofweek": lambda day: _midnight(day) - timedelta(days=(day.weekday() + 1) % 7),
    "endofweek": lambda day: _midnight(day) + timedelta(days=7 - (day.weekday() + 1) % 7, seconds=-1),
    "startofmonth": lambda day: _midnight(day).replace(day=1),
    "endofmonth": lambda day: _next_month(day) - timedelta(seconds=1),
    "startofyear": lambda day: _midnight(day).replace(month=1, day=1),
    "endofyear": lambda day: _midnight(day).replace(month=12, day=31) + timedelta(days=1, seconds=-1),
}
"""Functions that give a moment."""


# --- people and things


def _me(site: Site) -> list[str]:
    return [people.id_of(site, site.me)]


def _versions(is_released: bool, site: Site, *projects: str) -> list[str]:
    return [one["name"] for one in _of_projects(site, projects) if bool(one.get("released")) is is_released]


def _of_projects(site: Site, projects: Iterable[str]) -> list[Resource]:
    wanted = {name.lower() for name in projects}
    named = [one for one in site.shelf("project").values() if wanted & {one["key"].lower(), one["name"].lower()}]
    ids, keys = {one["id"] for one in named}, {one["key"] for one in named}
    versions = list(site.shelf("version").values())
    return [one for one in versions if not wanted or str(one.get("projectId")) in ids or one.get("project") in keys]


def _types(is_subtask: bool, site: Site) -> list[str]:
    return [one["name"] for one in site.shelf("issuetype").values() if bool(one.get("subtask")) is is_subtask]


def _mine(field: str, sign: str, site: Site) -> list[str]:
    """Issues that whoever calls watches or has voted for."""
    issues = site.shelf("issue").values()
    return [issue["key"] for issue in issues if (issue["fields"].get(field) or {}).get(sign)]


def _linked(site: Site, name: str, *types: str) -> list[str]:
    """The issues that are linked to one, by links of any or of these types."""
    issue = site.issue(name)
    if issue is None:
        raise BadQuery(f"Issue '{name}' could not be found in function 'linkedIssues'.")
    wanted = {word.lower() for word in types}
    links = [one for one in site.shelf(LINKS).values() if not wanted or wanted & _names(one["type"])]
    ends = [(one["inward"], one["outward"]) for one in links]
    others = [right if left == issue["id"] else left for left, right in ends if issue["id"] in (left, right)]
    return [site.shelf("issue")[own]["key"] for own in others if own in site.shelf("issue")]


def _names(kind: Mapping[str, Any]) -> set[str]:
    return {str(kind.get(name, "")).lower() for name in ("name", "inward", "outward")}


def _sprints(state: str, site: Site) -> list[str]:
    sprints = site.shelf("agile/sprint").values()
    if site.is_seeded and not sprints:
        raise NotWorkedOut("a question about sprints that nobody told it of")
    return [str(one["id"]) for one in sprints if one.get("state") == state]


FUNCTIONS: dict[str, Callable[..., Iterable[Any]]] = {
    "currentuser": _me,
    "releasedversions": partial(_versions, True),
    "unreleasedversions": partial(_versions, False),
    "latestreleasedversion": lambda site, *projects: _versions(True, site, *projects)[-1:],
    "earliestunreleasedversion": lambda site, *projects: _versions(False, site, *projects)[:1],
    "standardissuetypes": partial(_types, False),
    "subtaskissuetypes": partial(_types, True),
    "watchedissues": partial(_mine, "watches", "isWatching"),
    "votedissues": partial(_mine, "votes", "hasVoted"),
    "linkedissues": _linked,
    "opensprints": partial(_sprints, "active"),
    "closedsprints": partial(_sprints, "closed"),
    "futuresprints": partial(_sprints, "future"),
}
"""Functions that give names of values."""
OTHERS = frozenset(
    (
        *("membersof", "issuehistory", "updatedby", "lastlogin", "currentlogin", "cascadeoption", "parentepic"),
        *("projectsleadbyuser", "projectswhereuserhaspermission", "projectswhereuserhasrole", "componentsleadbyuser"),
        *("issueswithremotelinksbyglobalid", "choiceoption", "approved", "approver", "pending", "workitemhistory"),
    )
)
"""Functions that Jira has besides."""
