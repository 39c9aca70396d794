"""Relations between users, such as manager and subordinate: their definitions, and who is linked to whom.

A definition names both ends. An *associated* user (the subordinate) has one *primary* user (the manager); a primary
has many associated ones. A link is kept with the associated user, under the name of the primary end.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.okta.twin.context import Context
from targets.okta.twin.family import Family
from targets.okta.twin.grammar import value_at
from targets.okta.twin.kinds import NO_CONTENT, Kind, standard
from targets.okta.twin.listing import Listing, listed
from targets.okta.twin.org import Org, Path, Resource
from targets.okta.twin.users import USERS

VALUES = "users/linkedObjects"
LIST = Listing(limit=1000, most=1000, told=("limit",))


def _links(context: Context, definition: Resource, _: Path) -> Json:
    return {"self": {"href": context.href(f"{DEFINITIONS.collection}/{definition['primary']['name']}")}}


def _names(definition: Resource) -> Iterator[str]:
    """It may be called by either end."""
    yield from (str(definition[end]["name"]) for end in ("primary", "associated") if end in definition)


DEFINITIONS = Kind(
    "/api/v1/meta/schemas/user/linkedObjects/{linkedObjectName}",
    entity="LinkedObjectProperty",
    links=_links,
    names=_names,
    times=(),
    created=201,
)


def _define(context: Context) -> Reply:
    """A definition has no id: it is known by the name of its primary end."""
    definition: Resource = {end: context.body[end] for end in ("primary", "associated") if end in context.body}
    for name in _names(definition):
        context.org.names[DEFINITIONS.name, name] = definition["primary"]["name"]
    context.org.put(DEFINITIONS.name, (), definition["primary"]["name"], definition)
    return Reply(DEFINITIONS.shown(context, definition), 201)


def _undefine(context: Context) -> Reply:
    """Values go with their definition."""
    name = DEFINITIONS.find(context.org, *context.ids)["primary"]["name"]
    context.org.remove(DEFINITIONS.name, (), name)
    context.org.remove_everywhere((VALUES,), name)
    return NO_CONTENT


def _seed_definition(org: Org, ids: Path, definition: Resource) -> None:
    name = str(value_at(definition, "primary.name") or ids[-1])
    ends = {end: definition.get(end, {"name": name, "title": name, "type": "USER"}) for end in ("primary",)}
    org.put(DEFINITIONS.name, (), name, {**ends, **definition})
    for other in _names(definition):
        org.names[DEFINITIONS.name, other] = name


# --- values


def _link(context: Context) -> Reply:
    """The user of the path gets a primary user."""
    associated, name, primary = context.ids
    person = USERS.find(context.org, associated)
    definition = DEFINITIONS.find(context.org, name)
    value = {"primary": USERS.find(context.org, primary)["id"]}
    context.org.put(VALUES, (person["id"],), definition["primary"]["name"], value)
    return NO_CONTENT


def _unlink(context: Context) -> Reply:
    associated, name = context.ids
    person = USERS.find(context.org, associated)
    definition = DEFINITIONS.find(context.org, name)
    context.org.remove(VALUES, (person["id"],), definition["primary"]["name"])
    return NO_CONTENT


def _linked(context: Context) -> Reply:
    """Those at the other end: by the name of the primary end the one, by that of the associated end all."""
    person = USERS.find(context.org, context.ids[0])
    definition = DEFINITIONS.find(context.org, context.ids[1])
    name = definition["primary"]["name"]
    if context.ids[1] == name:
        value = context.org.get(VALUES, (person["id"],), name)
        found = [value["primary"]] if value else []
    else:
        found = list(_associated(context.org, name, person["id"]))
    users = [{"id": id_} for id_ in found]
    return listed(context, LIST, users, lambda one: _reference(context, one["id"]))


def _associated(org: Org, name: str, primary: str) -> Iterator[str]:
    for ids, value in org.all(VALUES):
        if ids[-1] == name and value["primary"] == primary:
            yield ids[0]


def _reference(context: Context, id_: str) -> Json:
    return {"_links": {"self": {"href": context.href(f"/api/v1/users/{id_}")}}}


_USERS = f"{USERS.path}/linkedObjects/{{relationshipName}}"
FAMILY = Family(
    kinds=(DEFINITIONS,),
    answers={
        **standard(DEFINITIONS, "list", "read"),
        f"POST {DEFINITIONS.collection}": _define,
        f"DELETE {DEFINITIONS.path}": _undefine,
        f"PUT {_USERS}/{{primaryUserId}}": _link,
        f"DELETE {_USERS}": _unlink,
        f"GET {_USERS}": _linked,
    },
    seeds={DEFINITIONS.name: _seed_definition},
)
