"""The state of a site: every resource on the shelf of its kind.

A *kind* is named as in the facts that recorded programs are seeded with (``targets/jira/givens.py``): ``issue``,
``issue/comment``, ``project``. A shelf holds the resources of one kind under one parent, by id, in order of creation.

Resources are stored as answers show them, with three exceptions: members whose name begins with ``~`` are never
shown; the address of the site in a stored URL is ``BASE``; and what can be worked out of other resources (an issue's
comments, links, times spent) is worked out when the issue is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from conformance.recordings.model import Json
from conformance.twinkit.store import Clock, Ids
from targets.jira.flavours import CLOUD

Resource = dict[str, Any]
Path = tuple[str, ...]
"""Ids that lead to a resource, its own last."""

BASE = "{base}"
"""Stands for the address of the site, context path included, in stored URLs."""
FIRST_PAGE = ("startAt", "0")
FIRST_ID = 10000
"""Jira begins to count here."""


def formatted(moment: datetime) -> str:
    """``2026-01-05T09:00:00.001+0000``: as Jira writes all moments."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}" + moment.strftime("%z")


def parsed(moment: str) -> datetime:
    """The moment that Jira wrote so."""
    return datetime.fromisoformat(moment)


@dataclass
class Site:
    """One site. ``caller`` is the id of the user who calls: an account id (Cloud) or a name (Server)."""

    clock: Clock
    ids: Ids
    deployment: str = CLOUD
    path: str = ""
    """Context path."""
    is_seeded: bool = False
    """What it has is what facts told, and not all of it is known."""
    shelves: dict[tuple[str, Path], dict[str, Resource]] = field(default_factory=dict)
    views: dict[tuple[str, Path], list[Resource]] = field(default_factory=dict)
    """Answers (``query`` and ``answer`` or ``members``) that are known, by kind and the ids in the path."""
    presets: set[tuple[str, str]] = field(default_factory=set)
    """Kind and id of what every new site has."""
    caller: str = ""
    is_caller_told: bool = False
    """Whether somebody said who calls."""
    keys: dict[str, str] = field(default_factory=dict)
    """Issue key → id; keys of moved issues too."""
    counters: dict[str, int] = field(default_factory=dict)
    """Project key → number of its next issue; kind → next id."""
    bases: set[str] = field(default_factory=set)
    """Addresses that the site had where it was recorded."""
    year: int = 0
    """The year whose answers the site gives; 0 is today's."""
    is_limited: bool = False
    """It tells in every answer how soon one may ask again."""

    @property
    def is_cloud(self) -> bool:
        """Whether it is Atlassian's own deployment."""
        return self.deployment == CLOUD

    def is_before(self, year: int) -> bool:
        """Whether the site gives answers of a time before that year."""
        return 0 < self.year < year

    # --- time

    def now(self) -> str:
        """The moment of a write, in the time zone in which the site shows it."""
        return formatted(self.clock.now().astimezone(self.zone))

    @property
    def zone(self) -> tzinfo:
        """Cloud shows moments in the zone of whoever asks, Server in its own."""
        name = self.me.get("timeZone") if self.is_cloud else None
        try:
            return ZoneInfo(str(name)) if name else UTC
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return UTC

    # --- users

    @property
    def me(self) -> Resource:
        """The user who calls."""
        return self.get("user", (), self.caller) or {}

    # --- resources

    def shelf(self, kind: str, parents: Path = ()) -> dict[str, Resource]:
        """The resources of a kind under one parent; change them by ``put`` and ``remove`` only."""
        return self.shelves.get((kind, parents), {})

    def get(self, kind: str, parents: Path, id_: str) -> Resource | None:
        """The resource with that id."""
        return self.shelf(kind, parents).get(id_)

    def put(self, kind: str, parents: Path, id_: str, resource: Resource) -> Resource:
        """Keep ``resource``, in its old place if there was one."""
        self.shelves.setdefault((kind, parents), {})[id_] = resource
        return resource

    def remove(self, kind: str, parents: Path, id_: str) -> None:
        """Take a resource away, and with it all that is under it. O(number of shelves)."""
        self.shelves.get((kind, parents), {}).pop(id_, None)
        way = (*parents, id_)
        for below, place in list(self.shelves):
            if below.startswith(f"{kind}/") and place[: len(way)] == way:
                del self.shelves[below, place]

    def all(self, kind: str) -> Iterator[tuple[Path, Resource]]:
        """All resources of a kind with the ids that lead to them. O(number of shelves)."""
        for (shelf_kind, parents), shelf in self.shelves.items():
            if shelf_kind == kind:
                yield from (((*parents, id_), resource) for id_, resource in shelf.items())

    def named(self, kind: str, name: str) -> Resource | None:
        """The resource of a kind that has that name, whatever its case; what was told goes before presets."""
        found = [one for one in self.shelf(kind).values() if str(one.get("name", "")).lower() == name.lower()]
        found.sort(key=lambda one: (kind, str(one.get("id"))) in self.presets)
        return found[0] if found else None

    def new_id(self, kind: str) -> str:
        """The next id of a kind. On a site that was told of, it is none that anything else has."""
        if kind not in self.counters:
            same = self._numbers(lambda other: other == kind)
            known = same or (self._numbers(lambda _: True) if self.is_seeded else ())
            self.counters[kind] = max([FIRST_ID - 1, *known]) + 1
        taken = set(self._numbers(lambda other: other == kind))
        while self.counters[kind] in taken:
            self.counters[kind] += 1
        self.counters[kind] += 1
        return str(self.counters[kind] - 1)

    def _numbers(self, is_meant: Callable[[str], bool]) -> list[int]:
        """Ids that are numbers, of the kinds that are meant."""
        shelves = (shelf for (kind, _), shelf in self.shelves.items() if is_meant(kind))
        return [int(own) for shelf in shelves for own in shelf if own.isdigit()]

    # --- issues

    def issue(self, name: str) -> Resource | None:
        """The issue with that id or key."""
        return self.get("issue", (), self.keys.get(name.upper(), name))

    def keep_issue(self, issue: Resource) -> Resource:
        """Store an issue under its id, to be found by its key too."""
        self.keys[issue["key"].upper()] = issue["id"]
        return self.put("issue", (), issue["id"], issue)

    def remove_issue(self, issue: Resource) -> None:
        """Take an issue away, with its comments and all else under it, and the links to it."""
        self.remove("issue", (), issue["id"])
        self.keys = {key: own for key, own in self.keys.items() if own != issue["id"]}
        for link in list(self.shelf("issueLink").values()):
            if issue["id"] in (link["inward"], link["outward"]):
                self.remove("issueLink", (), link["id"])

    # --- views

    def view(self, kind: str, of: Path, query: Mapping[str, Json]) -> Resource | None:
        """What is known of the answer of an endpoint to that query, whatever the size of its pages."""
        return next((view for view in self.told(kind, of) if _same(view.get("query"), query)), None)

    def told(self, kind: str, of: Path) -> Iterator[Resource]:
        """All that is known of the answers of an endpoint; issues are called by their ids or by their keys."""
        issue = self.issue(of[0]) if of and kind.startswith("issue/") else None
        names = dict.fromkeys((of[0], issue["id"], issue["key"])) if issue else of[:1]
        for way in ((name, *of[1:]) for name in names) if of else ((),):
            yield from self.views.get((kind, way), ())

    def members(self, kind: str, of: Path = ()) -> list[str] | None:
        """The ids in a list that was read whole; None where none was."""
        views = self.views.get((kind, of), ())
        return next((list(view["members"]) for view in views if "members" in view), None)


def _same(told: Mapping[str, Json] | None, asked: Mapping[str, Json]) -> bool:
    return _words(told or {}) == _words(asked)


def _words(query: Mapping[str, Json]) -> dict[str, list[str]]:
    """A query in one spelling: lists are joined by commas or sent one by one, and a list begins at its beginning."""
    told = {name: value for name, value in query.items() if name != "maxResults" and (name, str(value)) != FIRST_PAGE}
    flat = {name: value if isinstance(value, list | tuple) else [value] for name, value in told.items()}
    return {name: sorted(word for value in values for word in str(value).split(",")) for name, values in flat.items()}
