"""Types of users: each has a schema of its own; a new organisation has one."""

from __future__ import annotations

from typing import Any

from conformance.recordings.model import Json
from targets.okta.twin.context import Context
from targets.okta.twin.family import Family
from targets.okta.twin.kinds import Kind, standard, update
from targets.okta.twin.org import Org, Path, Resource
from targets.okta.twin.schemas import schema_id
from targets.okta.twin.seeding import seed_kind


def _links(context: Context, type_: Resource, ids: Path) -> Json:
    hrefs = {
        "schema": f"/api/v1/meta/schemas/user/{schema_id(ids[-1])}",
        "self": f"/api/v1/meta/types/user/{ids[-1]}",
    }
    return {name: {"rel": name, "href": context.href(path), "method": "GET"} for name, path in hrefs.items()}


def _make(context: Context, body: Resource, _: Resource | None) -> Resource:
    by = context.org.caller()
    said: Resource = {name: body[name] for name in ("displayName", "name", "description") if name in body}
    return {**said, "createdBy": by, "lastUpdatedBy": by}


USER_TYPES = Kind(
    "/api/v1/meta/types/user/{typeId}",
    entity="CVDType",
    prefix="oty",
    defaults={"default": False},
    make=_make,
    links=_links,
    keeps=frozenset({"name", "default", "createdBy"}),
)


def default_type(org: Org) -> str:
    """The id of the type that users have who are not said to have another."""
    types = org.shelf(USER_TYPES.name).values()
    return next((str(one["id"]) for one in types if one.get("default")), "")


def _seed(org: Org, ids: Path, resource: Resource) -> None:
    """The default type takes the place of the one that was thought to be it, and tells who administers."""
    if resource.get("default") and default_type(org) not in ("", ids[-1]):
        org.remove(USER_TYPES.name, (), default_type(org))
    if resource.get("default") and str(resource.get("lastUpdatedBy")).startswith("00u"):
        org.names["users", "me"] = resource["lastUpdatedBy"]
    seed_kind(org, USER_TYPES, ids, resource)


def _preset(org: Org) -> None:
    type_: dict[str, Any] = {"id": org.new_id("oty"), "displayName": "User", "name": "user", "default": True}
    type_["description"] = "Okta user profile template with default permission settings"
    type_ |= {"createdBy": org.new_id("spr"), "lastUpdatedBy": org.caller()}
    USER_TYPES.keep(org, (), type_ | dict.fromkeys(USER_TYPES.times, org.now()))


FAMILY = Family(
    kinds=(USER_TYPES,),
    answers={**standard(USER_TYPES), f"POST {USER_TYPES.path}": update(USER_TYPES)},
    presets=_preset,
    seeds={USER_TYPES.name: _seed},
)
