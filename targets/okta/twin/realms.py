"""Realms, and the rules that put users into them."""

from __future__ import annotations

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.okta.twin import errors
from targets.okta.twin.context import Answering, Context
from targets.okta.twin.family import Family
from targets.okta.twin.kinds import NO_CONTENT, SWITCH, Kind, Links, create, lifecycle, list_all, standard
from targets.okta.twin.listing import Listing, as_asked, expression
from targets.okta.twin.org import Org, Path, Resource


def _itself(path: str) -> Links:
    """A link as realms have it: with relation and method."""

    def links(context: Context, _: Resource, ids: Path) -> Json:
        return {"self": {"rel": "self", "href": context.href(path.format(*ids)), "method": "GET"}}

    return links


# --- realms


def realm_made(context: Context, body: Resource, old: Resource | None) -> Resource:
    """A realm has a name, domains, and a type, which not all organisations show."""
    profile = {"realmType": "DEFAULT", "domains": [], **(body.get("profile") or {})}
    if context.org.lacks("realms/realmType"):
        del profile["realmType"]
    return {"profile": profile, "isDefault": False}


REALMS = Kind(
    "/api/v1/realms/{realmId}",
    entity="Realm",
    prefix="guo",
    make=realm_made,
    links=_itself("/api/v1/realms/{}"),
    keeps=frozenset({"isDefault"}),
    listing=Listing(
        limit=10,
        most=200,
        narrow={"search": expression},
        told=("limit", "sortBy", "sortOrder", "search"),
        assumed={"search": "id pr"},
        order=as_asked,
    ),
    same=lambda realm: realm.get("isDefault"),
)


def list_realms(context: Context) -> Reply:
    """GET: a list does not show the domains of realms that have none."""
    reply = list_all(REALMS)(context)
    for realm in reply.body:
        if not realm["profile"].get("domains", True):
            del realm["profile"]["domains"]
    return reply


def create_realm(context: Context) -> Reply:
    """POST: without a body it is not understood."""
    if not context.request.body:
        raise errors.malformed(context.org)
    return create(REALMS)(context)


def no_post(context: Context) -> Reply:
    """POST of one: realms are replaced by PUT."""
    raise errors.wrong_method(context.org)


def first_realm(org: Org) -> None:
    """The realm that all users are in at first."""
    realm = {"id": org.new_id("guo"), "profile": {"name": "Default Realm"}, "isDefault": True}
    REALMS.keep(org, (), realm | dict.fromkeys(REALMS.times, org.now()))


# --- assignments

ASSIGNMENTS = Kind(
    "/api/v1/realm-assignments/{assignmentId}",
    entity="RealmAssignment",
    prefix="rul",
    defaults={"status": "INACTIVE", "isDefault": False},
    links=_itself("/api/v1/realm-assignments/{}"),
    keeps=frozenset({"status", "isDefault"}),
    listing=Listing(limit=20, order=lambda _context, found: sorted(found, key=lambda one: one.get("priority", 0))),
)

_REALMS: dict[str, Answering] = {
    **standard(REALMS, "read", "replace", "delete"),
    f"GET {REALMS.collection}": list_realms,
    f"POST {REALMS.collection}": create_realm,
    f"POST {REALMS.path}": no_post,
}

FAMILY = Family(
    kinds=(REALMS, ASSIGNMENTS),
    answers={**_REALMS, **standard(ASSIGNMENTS), **lifecycle(ASSIGNMENTS, SWITCH, NO_CONTENT)},
    presets=first_realm,
)
