"""Mappings between the profiles of an identity provider's or an application's users and those of the organisation.

Every identity provider has one to each type of user, which comes and goes with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.okta.twin.context import Context
from targets.okta.twin.family import Family
from targets.okta.twin.grammar import value_at
from targets.okta.twin.kinds import Kind, read
from targets.okta.twin.listing import Listing, equals, listed
from targets.okta.twin.org import BASE, Org, Path, Resource
from targets.okta.twin.schemas import schema_id


def mapping_links(context: Context, mapping: Resource, _: Path) -> Json:
    """Only itself."""
    return {"self": {"href": context.href(f"/api/v1/mappings/{mapping['id']}")}}


MAPPINGS = Kind(
    "/api/v1/mappings/{mappingId}",
    entity="ProfileMapping",
    prefix="prm",
    links=mapping_links,
    times=(),
    listing=Listing(
        limit=20,
        narrow={"sourceId": equals("source.id"), "targetId": equals("target.id")},
        told=("limit",),
    ),
)


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


PROPERTIES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "SAML2": ("source", {**_same("firstName", "lastName", "email", "mobilePhone"), "login": "userName"}),
    "GOOGLE": (
        "appuser",
        {
            "login": "email",
            **_same("email", "firstName", "middleName", "lastName", "honorificPrefix", "honorificSuffix"),
            **_same("displayName", "profileUrl"),
        },
    ),
    "OIDC": (
        "appuser",
        {
            "login": "email",
            **_same("displayName"),
            "nickName": "nickname",
            **_same("firstName", "middleName", "lastName", "email"),
            "profileUrl": "profile",
            "timezone": 'zoneinfo == null ? "America/Los_Angeles" : appuser.zoneinfo',
            "primaryPhone": "phoneNumber",
            "streetAddress": "street_address",
            "city": "locality",
            "state": "region",
            "zipCode": "postalCode",
            "countryCode": "country",
        },
    ),
}
"""By type of identity provider: what expressions begin with, and the user's properties with their sources."""


def _properties(idp: Resource) -> Resource:
    root, sources = PROPERTIES.get(str(idp.get("type")), ("appuser", {}))
    return {name: {"expression": f"{root}.{source}", "pushStatus": "DONT_PUSH"} for name, source in sources.items()}


def _end(id_: str, name: str, kind: str, place: str, schema: str) -> dict[str, Any]:
    links = {"self": {"href": f"{BASE}/api/v1/{place}"}, "schema": {"href": f"{BASE}/api/v1/meta/schemas/{schema}"}}
    return {"id": id_, "name": name, "type": kind, "_links": links}


def _source(idp: Resource) -> dict[str, Any]:
    names = {"SAML2": "saml_idp"}
    type_ = str(idp.get("type"))
    name = names.get(type_, f"{type_.lower()}_idp")
    return _end(idp["id"], name, "appuser", f"apps/{idp['id']}", f"apps/{idp['id']}/default")


def _target(type_: Resource) -> dict[str, Any]:
    place, schema = f"meta/types/user/{type_['id']}", f"user/{schema_id(type_['id'])}"
    return _end(type_["id"], str(type_.get("name")), "user", place, schema)


def remove_of(org: Org, source_id: str) -> None:
    """Take away the mappings of an identity provider."""
    for mapping in list(org.shelf(MAPPINGS.name).values()):
        if value_at(mapping, "source.id") == source_id:
            org.remove(MAPPINGS.name, (), mapping["id"])


def make_missing(org: Org, idp: Resource) -> None:
    """Make the mappings that an identity provider should have, as far as they are not there."""
    there = {(one["source"]["id"], one["target"]["id"]) for one in org.shelf(MAPPINGS.name).values() if "source" in one}
    for type_ in org.shelf("meta/types/user").values():
        if (idp["id"], type_["id"]) not in there:
            mapping = {"id": org.new_id("prm"), "source": _source(idp), "target": _target(type_)}
            MAPPINGS.keep(org, (), {**mapping, "properties": _properties(idp)})


def _in_list(context: Context) -> Callable[[Resource], Any]:
    def shown(mapping: Resource) -> Any:
        view = MAPPINGS.shown(context, mapping)
        return {name: value for name, value in view.items() if name != "properties"}

    return shown


def _list(context: Context) -> Reply:
    """An identity provider that was there before has its mappings too, whether they were shown or not."""
    source = context.org.get("idps", (), context.request.first("sourceId") or "")
    if source is not None:
        make_missing(context.org, source)
    return listed(context, MAPPINGS.listing, MAPPINGS.all(context.org), _in_list(context))


def _change(context: Context) -> Reply:
    """A property that is null goes away; any other is set."""
    mapping = MAPPINGS.find(context.org, context.ids[0])
    asked = context.body.get("properties") or {}
    properties = {**(mapping.get("properties") or {}), **asked}
    mapping["properties"] = {name: value for name, value in properties.items() if value is not None}
    return Reply(MAPPINGS.shown(context, mapping))


FAMILY = Family(
    kinds=(MAPPINGS,),
    answers={
        "GET /api/v1/mappings": _list,
        f"GET {MAPPINGS.path}": read(MAPPINGS),
        f"POST {MAPPINGS.path}": _change,
    },
)
