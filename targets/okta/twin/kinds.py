"""Kinds of resources, and what most of them can do: be made, read, listed, replaced, deleted, switched on and off.

A family of resources is described by its kinds; only what is peculiar to it is written as code::

    ZONES = Kind("/api/v1/zones/{zoneId}", entity="NetworkZone", prefix="nzo", defaults={"status": "ACTIVE"})
    ROUTES = routes({**standard(ZONES), **lifecycle(ZONES, {"activate": "ACTIVE", "deactivate": "INACTIVE"})})
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from conformance.programs.trees import merged
from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.okta.places import places_of
from targets.okta.twin import errors
from targets.okta.twin.context import Answering, Context
from targets.okta.twin.grammar import value_at
from targets.okta.twin.listing import ALL_AT_ONCE, Listing, listed
from targets.okta.twin.org import Org, Path, Resource

READ_ONLY = frozenset({"id", "created", "lastUpdated", "_links", "_embedded"})
"""Members that a body does not set, whatever it says."""

Make = Callable[[Context, Resource, Resource | None], Resource]
"""(context, body, resource that is replaced or None) → resource without what READ_ONLY names. It refuses bad bodies."""
Links = Callable[[Context, Resource, Path], Json]
"""(context, resource, ids that lead to it) → ``_links``."""
Check = Callable[[Context, Resource], None]
"""Refuses what must not be done to the resource now."""
Made = Callable[[Context, Resource, Path], None]
"""(context, new resource, ids that lead to it) → puts in what comes into being with it."""


def body_as_sent(_: Context, body: Resource, __: Resource | None) -> Resource:
    """A resource is what the body says."""
    return body


def called(resource: Resource) -> Any:
    """What people call a resource."""
    return resource.get("name") or value_at(resource, "profile.name")


def nothing(_: Context, __: Resource) -> None:
    """Nothing stands in the way."""


def alone(_: Context, __: Resource, ___: Path) -> None:
    """Nothing else comes into being."""


def hints(href: str, *methods: str) -> dict[str, Any]:
    """A link that says which methods are allowed."""
    return {"href": href, "hints": {"allow": list(methods)}}


@dataclass(frozen=True)
class Kind:
    """A kind of resource.

    Args:
        path: Where one of them is; without its last segment, where all are.
        entity: What Okta calls it in "not found" answers.
        prefix: What ids begin with; a function where it depends on what the resource is.
        defaults: Members of a new one, laid under what the body says.
        make: The resource that a body asks for; ``defaults`` are laid under what it gives.
        links: ``_links`` of one; None keeps what a seeded one came with and gives none to others.
        embedded: ``_embedded`` of one, or nothing ({}) where none was asked for.
        since: Members (dotted paths) that answers show only from a certain time on (``2022``, ``2025-06``).
        computed: Members that are not kept, but worked out whenever one is shown.
        names: What one may be called in paths besides its id.
        made: Puts in what comes into being with a new one.
        before_delete: Refuses what must not be deleted.
        keeps: Members that a replacement leaves as they are, besides READ_ONLY.
        times: Members that say when it was made and last changed.
        under: The kind that a path goes through first; it must be there.
        key: Member that holds the id, where it is not ``id``.
        created: Status of the answer to a POST that makes one.
        listing: How all of them are listed.
        same: What tells whether a seeded one is the preset of a new organisation.
    """

    path: str
    entity: str
    prefix: str | Callable[[Resource], str] = ""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    make: Make = body_as_sent
    links: Links | None = None
    embedded: Callable[[Context, Resource], Json] = lambda _context, _resource: {}
    since: Mapping[str, str] = field(default_factory=dict)
    computed: Callable[[Context, Resource], Resource] = lambda _context, _resource: {}
    names: Callable[[Resource], Iterable[str]] = lambda _resource: ()
    made: Made = alone
    before_delete: Check = nothing
    keeps: frozenset[str] = frozenset({"status", "system"})
    times: tuple[str, ...] = ("created", "lastUpdated")
    under: Kind | None = None
    key: str = "id"
    created: int = 200
    listing: Listing = ALL_AT_ONCE
    same: Callable[[Resource], Any] = called

    @cached_property
    def name(self) -> str:
        """Words of the path, as facts name the kind: ``policies/rules``."""
        return [place.kind for place in places_of(self.path, {})][-1]

    @property
    def collection(self) -> str:
        """Path of all of them."""
        return self.path.rpartition("/")[0]

    # --- finding

    def find(self, org: Org, *ids: str) -> Resource:
        """The resource that ``ids`` lead to. Raises Refusal: 404 for it, or for what is on the way."""
        self.check_parents(org, ids[:-1])
        found = org.get(self.name, self.parents(org, ids[:-1]), ids[-1])
        if found is None:
            raise errors.not_found(org, ids[-1], self.entity)
        return found

    def check_parents(self, org: Org, parents: Path) -> None:
        """Raises Refusal: 404 unless all that the path goes through is there."""
        if self.under is not None and parents:
            self.under.find(org, *parents)

    def parents(self, org: Org, parents: Path) -> Path:
        """``parents`` with ids in the place of names."""
        if self.under is None or not parents:
            return parents
        last = org.get(self.under.name, self.under.parents(org, parents[:-1]), parents[-1])
        id_ = str((last or {}).get(self.under.key, parents[-1]))
        return (*self.under.parents(org, parents[:-1]), id_)

    def all(self, org: Org, *parents: str) -> list[Resource]:
        """All under one parent, oldest first."""
        return list(org.shelf(self.name, self.parents(org, parents)).values())

    # --- changing

    def new(self, context: Context, parents: Path, body: Resource) -> Resource:
        """Make one from a body, and keep it."""
        now = context.org.now()
        built = self.built(context, body, None)
        prefix = self.prefix if isinstance(self.prefix, str) else self.prefix(built)
        resource = {self.key: context.org.new_id(prefix), **built}
        resource |= dict.fromkeys(self.times, now)
        kept = self.keep(context.org, parents, resource)
        self.made(context, kept, (*self.parents(context.org, parents), kept[self.key]))
        return kept

    def built(self, context: Context, body: Resource, old: Resource | None) -> Resource:
        """What ``make`` gives, on the defaults; without read-only members."""
        asked = {name: value for name, value in body.items() if name not in READ_ONLY}
        made: Resource = merged(copy.deepcopy(dict(self.defaults)), self.make(context, asked, old))
        return made

    def change(self, context: Context, parents: Path, old: Resource, new: Resource) -> Resource:
        """Put ``new`` in the place of ``old``: read-only members stay, and the time of the change is noted."""
        for name in self.names(old):
            context.org.names.pop((self.name, name), None)
        kept = {name: old[name] for name in READ_ONLY | self.keeps if name in old}
        kept |= {name: value for name, value in old.items() if name.startswith("~")}
        changed = {**kept, **new, **kept, **dict.fromkeys(self.times[1:], context.org.now())}  # the id comes first
        return self.keep(context.org, parents, changed)

    def touch(self, context: Context, resource: Resource, **members: Json) -> Resource:
        """Set members of a stored resource, and note the time."""
        resource.update(members, **dict.fromkeys(self.times[1:], context.org.now()))
        return resource

    def keep(self, org: Org, parents: Path, resource: Resource) -> Resource:
        """Store it under its id, and under what it may be called."""
        for name in self.names(resource):
            org.names[self.name, name] = resource[self.key]
        return org.put(self.name, self.parents(org, parents), resource[self.key], resource)

    # --- showing

    def shown(self, context: Context, resource: Resource, parents: Path = ()) -> Any:
        """The resource as an answer shows it."""
        view = {name: copy.deepcopy(value) for name, value in resource.items() if not name.startswith("~")}
        view |= self.computed(context, resource)
        if self.links is not None:
            view["_links"] = self.links(context, resource, (*parents, str(resource.get(self.key, ""))))
        if embedded := self.embedded(context, resource):
            view["_embedded"] = embedded
        for path in (path for path, start in self.since.items() if start > context.org.date):
            remove_at(view, path)
        return context.shown(view)


def remove_at(view: Any, path: str) -> None:
    """Take away the member at a dotted path, if it is there."""
    way, _, name = path.rpartition(".")
    place = value_at(view, way) if way else view
    if isinstance(place, dict):
        place.pop(name, None)


def self_link(*methods: str, path: str = "") -> Links:
    """``_links`` with ``self`` only; with methods, it says what is allowed.

    ``path`` is the resource's, where it is not the plain one of its kind: with ``{}`` for each id.
    """

    def links(context: Context, _: Resource, ids: Path) -> Json:
        href = context.href(path.format(*ids))
        return {"self": hints(href, *methods) if methods else {"href": href}}

    return links


def brief(*names: str) -> Callable[[Context, Resource], Resource]:
    """Times (members) without fractions of a second, as some kinds show them; for ``computed``."""
    return lambda _, resource: {name: resource[name].replace(".000Z", "Z") for name in names if name in resource}


# --- what most kinds can do


def create(kind: Kind) -> Answering:
    """POST to the collection."""

    def answer(context: Context) -> Reply:
        kind.check_parents(context.org, context.ids)
        made = kind.new(context, context.ids, context.body)
        return Reply(kind.shown(context, made, context.ids), kind.created)

    return answer


def read(kind: Kind) -> Answering:
    """GET of one."""

    def answer(context: Context) -> Reply:
        return Reply(kind.shown(context, kind.find(context.org, *context.ids), context.ids[:-1]))

    return answer


def list_all(kind: Kind) -> Answering:
    """GET of the collection."""

    def answer(context: Context) -> Reply:
        kind.check_parents(context.org, context.ids)
        found = kind.all(context.org, *context.ids)
        return listed(context, kind.listing, found, lambda one: kind.shown(context, one, context.ids))

    return answer


def replace(kind: Kind) -> Answering:
    """PUT of one: what the body does not say goes back to its default."""

    def answer(context: Context) -> Reply:
        *parents, _ = context.ids
        old = kind.find(context.org, *context.ids)
        changed = kind.change(context, tuple(parents), old, kind.built(context, context.body, old))
        return Reply(kind.shown(context, changed, tuple(parents)))

    return answer


def update(kind: Kind) -> Answering:
    """POST or PATCH of one: what the body does not say stays."""

    def answer(context: Context) -> Reply:
        *parents, _ = context.ids
        old = kind.find(context.org, *context.ids)
        body = merged({name: value for name, value in old.items() if not name.startswith("~")}, context.body)
        changed = kind.change(context, tuple(parents), old, kind.built(context, body, old))
        return Reply(kind.shown(context, changed, tuple(parents)))

    return answer


def delete(kind: Kind, reply: Reply = Reply(None, 204)) -> Answering:  # noqa: B008 - a Reply never changes
    """DELETE of one."""

    def answer(context: Context) -> Reply:
        *parents, _ = context.ids
        resource = kind.find(context.org, *context.ids)
        kind.before_delete(context, resource)
        context.org.remove(kind.name, kind.parents(context.org, tuple(parents)), resource[kind.key])
        return reply

    return answer


STANDARD: Mapping[str, Callable[[Kind], Answering]] = {
    "create": create,
    "list": list_all,
    "read": read,
    "replace": replace,
    "delete": delete,
}
METHODS = {"create": "POST", "list": "GET", "read": "GET", "replace": "PUT", "delete": "DELETE", "update": "POST"}


def standard(kind: Kind, *names: str) -> dict[str, Answering]:
    """The routes of ``names`` (all of STANDARD where none is named)."""
    return {
        f"{METHODS[name]} {kind.collection if name in ('create', 'list') else kind.path}": STANDARD[name](kind)
        for name in names or STANDARD
    }


def lifecycle(
    kind: Kind,
    statuses: Mapping[str, str],
    reply: Reply | None = None,
    before: Check = nothing,
    touches: bool = False,
) -> dict[str, Answering]:
    """POST ``…/lifecycle/{verb}``: sets ``status``. It answers ``reply``, or shows the resource where that is None.

    With ``touches``, the time is noted even where the status stays.
    """

    def switch(status: str) -> Answering:
        def answer(context: Context) -> Reply:
            resource = kind.find(context.org, *context.ids)
            before(context, resource)
            if touches or resource.get("status") != status:
                kind.touch(context, resource, status=status)
            return reply or Reply(kind.shown(context, resource, context.ids[:-1]))

        return answer

    return {f"POST {kind.path}/lifecycle/{verb}": switch(status) for verb, status in statuses.items()}


SWITCH = {"activate": "ACTIVE", "deactivate": "INACTIVE"}
"""The lifecycle that most kinds have."""
EMPTY = Reply({}, 200)
NO_CONTENT = Reply(None, 204)


def setting(
    path: str, default: Mapping[str, Any], write: str = "PUT", links: Links | None = None
) -> dict[str, Answering]:
    """Routes of a document that is always there: GET shows it, ``write`` (PUT, POST or PATCH) changes it.

    PUT replaces it; POST and PATCH change the members that the body names.
    """
    kind = [place.kind for place in places_of(path, {})][-1]

    def get(context: Context) -> Resource:
        return context.org.get(kind, context.ids, "") or copy.deepcopy(dict(default))

    def show(context: Context, document: Resource) -> Reply:
        view = {**document, "_links": links(context, document, context.ids)} if links else document
        return Reply(context.shown(view))

    def change(context: Context) -> Reply:
        below = default if write == "PUT" else get(context)
        document = merged(copy.deepcopy(dict(below)), context.body)
        return show(context, context.org.put(kind, context.ids, "", document))

    return {f"GET {path}": lambda context: show(context, get(context)), f"{write} {path}": change}
