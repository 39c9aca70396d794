"""Where requests come from: network zones, trusted origins, and what is done about threatening addresses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.okta.twin.context import Answering, Context
from targets.okta.twin.errors import record, records, texts
from targets.okta.twin.family import Family
from targets.okta.twin.java_sets import hash_order, record_order
from targets.okta.twin.kinds import SWITCH, Kind, Links, hints, lifecycle, standard
from targets.okta.twin.listing import Listing, contains, expression
from targets.okta.twin.org import Org, Path, Resource, plain
from targets.okta.twin.policies import toggle


def switched(path: str) -> Links:
    """Links of what can be replaced, deleted, and switched on or off; ``path`` with ``{}`` for each id."""

    def links(context: Context, resource: Resource, ids: Path) -> Json:
        here = path.format(*ids)
        own = hints(context.href(here), "GET", "PUT", "DELETE")
        return {"self": own, **toggle(context, resource, here)}

    return links


# --- zones


def _ip(sent: Resource) -> Resource:
    return {name: sent.get(name) for name in ("gateways", "proxies")}


def _places(sent: Any) -> Json:
    """Countries, with their region or none, in the order of a set."""
    found: list[dict[str, Any]] = [{"country": None, "region": None, **place} for place in records(sent)]
    texts([place[name] for place in found for name in ("country", "region") if place[name] is not None])
    return record_order(found, "country", "region") or None


def _dynamic(sent: Resource) -> Resource:
    asns = {"asns": sent["asns"]} if sent.get("asns") else {}
    return {"locations": _places(sent.get("locations")), "proxyType": sent.get("proxyType", ""), **asns}


def _both(sent: Any) -> dict[str, Any]:
    return {name: record(sent).get(name) or [] for name in ("include", "exclude")}


def _dynamic_v2(sent: Resource) -> Resource:
    locations = {name: _places(places) or [] for name, places in _both(sent.get("locations")).items()}
    return {"locations": locations, **{name: _both(sent.get(name)) for name in ("ipServiceCategories", "asns")}}


ZONE_TYPES: Mapping[str, Callable[[Resource], Resource]] = {"IP": _ip, "DYNAMIC": _dynamic, "DYNAMIC_V2": _dynamic_v2}


def make_zone(_: Context, body: Resource, __: Resource | None) -> Resource:
    """Addresses, or places, as the type of the zone has it."""
    shown = {name: body[name] for name in ("type", "name", "status", "usage") if body.get(name) is not None}
    shape = ZONE_TYPES.get(str(body.get("type")))
    return {**shown, **(shape(body) if shape else {})}


ZONES = Kind(
    "/api/v1/zones/{zoneId}",
    entity="NetworkZone",
    prefix="nzo",
    defaults={"status": "ACTIVE", "usage": "POLICY", "system": False},
    make=make_zone,
    links=switched("/api/v1/zones/{}"),
    keeps=frozenset({"system"}),
    listing=Listing(limit=20, narrow={"filter": expression}),
)


# --- trusted origins


def signed(name: str) -> Callable[[Context, Resource, Resource | None], Resource]:
    """Bodies as sent, with who made the resource and who changed it last in ``createdBy`` and ``name``."""

    def make(context: Context, body: Resource, old: Resource | None) -> Resource:
        who = context.org.caller()
        return {**body, "createdBy": (old or {}).get("createdBy", who), name: who}

    return make


ORIGINS = Kind(
    "/api/v1/trustedOrigins/{trustedOriginId}",
    entity="TrustedOrigin",
    prefix="tos",
    defaults={"status": "ACTIVE"},
    make=signed("lastUpdatedBy"),
    links=switched("/api/v1/trustedOrigins/{}"),
    keeps=frozenset({"status", "createdBy"}),
    listing=Listing(limit=20, narrow={"q": contains("name", "origin"), "filter": expression}),
)


# --- threats

THREATS = "/api/v1/threats/configuration"
KIND = "threats/configuration"


def threats_answer(context: Context) -> Reply:
    """The settings."""
    document = context.org.get(KIND, (), "") or {}
    links = {"self": hints(context.href(THREATS), "GET", "POST")}
    return Reply({**document, "_links": links})


def _moment(org: Org) -> str:
    """Now, as these settings tell times: with a zone only since that year."""
    return org.now() if org.date >= "2022" else plain(org.now())


def change_threats(context: Context) -> Reply:
    """POST of the settings: zones that the body does not name are no longer left out."""
    now = _moment(context.org)
    asked: Resource = {"excludeZones": hash_order(texts(context.body.get("excludeZones")))}
    asked |= {"action": context.body["action"]} if "action" in context.body else {}
    old = context.org.get(KIND, (), "") or {}
    kept = {"action": old.get("action", "none"), "created": old.get("created", now)}
    context.org.put(KIND, (), "", {**kept, **asked, "lastUpdated": now})
    return threats_answer(context)


def presets(org: Org) -> None:
    """Nothing is done about threats until somebody says so."""
    now = _moment(org)
    org.put(KIND, (), "", {"action": "none", "excludeZones": [], "created": now, "lastUpdated": now})


THREAT_ANSWERS: Mapping[str, Answering] = {f"GET {THREATS}": threats_answer, f"POST {THREATS}": change_threats}

FAMILY = Family(
    kinds=(ZONES, ORIGINS),
    answers={
        **standard(ZONES),
        **lifecycle(ZONES, SWITCH, touches=True),
        **standard(ORIGINS),
        **lifecycle(ORIGINS, SWITCH, touches=True),
        **THREAT_ANSWERS,
    },
    presets=presets,
)
