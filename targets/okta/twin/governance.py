"""Identity governance: campaigns, entitlements and bundles of them, request conditions and settings, requests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from conformance.programs.trees import merged
from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.okta.twin import errors
from targets.okta.twin.context import Answering, Context
from targets.okta.twin.family import Family
from targets.okta.twin.kinds import (
    SWITCH,
    Kind,
    Links,
    brief,
    create,
    delete,
    lifecycle,
    read,
    setting,
    standard,
    update,
)
from targets.okta.twin.org import Org, Path, Resource

V1, V2 = "/governance/api/v1", "/governance/api/v2"
BRIEF = brief("created", "lastUpdated")


def link(href: str) -> Resource:
    """A link as governance has them: with hints that say nothing."""
    return {"href": href, "hints": {}}


def itself(path: str) -> Links:
    """``_links`` with ``self`` only; ``path`` has ``{}`` for each id."""
    return lambda context, _, ids: {"self": link(context.href(path.format(*ids)))}


def by(context: Context, old: Resource | None) -> Resource:
    """Who made it, and who changed it last."""
    caller = context.org.caller()
    return {"createdBy": old["createdBy"] if old and "createdBy" in old else caller, "lastUpdatedBy": caller}


def own_name(org: Org, kind: str, id_: str) -> str:
    """The name that all of Okta has for something of governance."""
    return f"orn:{org.partition}:governance:{org.own_id}:{kind}:{id_}"


def app_name(org: Org, app: Resource) -> str:
    """The name that all of Okta has for an application (``externalId``)."""
    id_ = app.get("externalId", "")
    known = org.get("apps", (), id_) or {}
    return str(known.get("orn", f"orn:{org.partition}:idp:{org.own_id}:apps:{known.get('name', 'oidc_client')}:{id_}"))


def linked(answer: Answering, path: str) -> Answering:
    """``answer`` with a ``Link`` to the one resource that it shows."""

    def answering(context: Context) -> Reply:
        reply = answer(context)
        here = context.href(path.format(reply.body["id"]))
        return Reply(reply.body, reply.status, {"link": f'<{here}>; rel="self"'})

    return answering


# --- campaigns

NOBODY: Resource = {"excludedUserIds": [], "userIds": [], "groupIds": []}


def campaign_made(context: Context, body: Resource, old: Resource | None) -> Resource:
    """A campaign that waits for its start."""
    people = {**NOBODY, **(body.get("principalScopeSettings") or {})}
    schedule = scheduled(body.get("scheduleSettings") or {})
    made = {"campaignType": "RESOURCE", "status": "SCHEDULED", **body, **by(context, old)}
    return {**made, "principalScopeSettings": people, "scheduleSettings": schedule}


def scheduled(schedule: Resource) -> Resource:
    """When it starts and ends, by the clock of its time zone."""
    told = {name: value for name, value in schedule.items() if name != "recurrence" or value.get("interval")}
    if "startDate" in told:
        start = _local(str(told["startDate"]), str(told.get("timeZone", "UTC")))
        end = start + timedelta(days=told.get("durationInDays", 0))  # by the clock: summer time may end in between
        told |= {"startDate": start.isoformat(), "endDate": end.isoformat()}
    return told


def _local(moment: str, zone: str) -> datetime:
    try:
        return datetime.fromisoformat(moment).astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        return datetime.fromisoformat(moment)


def campaign_links(context: Context, _: Resource, ids: Path) -> Json:
    """What can be done with a campaign, its reviews, and itself."""
    here = context.href(f"{V1}/campaigns/{ids[0]}")
    reviews = context.href(f"{V1}/reviews?filter=campaignId%20eq%20%22{ids[0]}%22")
    links = {"launchCampaign": f"{here}/launch", "endCampaign": f"{here}/end", "reviews": reviews, "self": here}
    return {name: link(href) for name, href in links.items()}


CAMPAIGNS = Kind(
    f"{V1}/campaigns/{{campaignId}}",
    entity="Campaign",
    prefix="ici",
    make=campaign_made,
    links=campaign_links,
    computed=BRIEF,
    created=201,
)


# --- entitlements, and bundles of them


def entitlement_made(context: Context, body: Resource, old: Resource | None) -> Resource:
    """An entitlement whose values have ids."""
    values = [{"id": context.org.new_id("ent"), **value} for value in body.get("values") or ()]
    values = [{**value, "orn": own_name(context.org, "entitlement-values", value["id"])} for value in values]
    parent = app_name(context.org, body.get("parent") or {})
    told = {"required": False, **body, "values": values, "parentResourceOrn": parent, **by(context, old)}
    return {**told, "metadata": {"total": len(values)}}


ENTITLEMENTS = Kind(
    f"{V1}/entitlements/{{entitlementId}}",
    entity="Entitlement",
    prefix="esp",
    make=entitlement_made,
    links=itself(f"{V1}/entitlements/{{}}"),
    created=201,
)


def bundle_made(context: Context, body: Resource, old: Resource | None) -> Resource:
    """A bundle of values of entitlements."""
    target = app_name(context.org, body.get("target") or {})
    return {"status": "ACTIVE", **body, "targetResourceOrn": target, **by(context, old)}


def bundle_computed(context: Context, bundle: Resource) -> Resource:
    """Its name; and for readers what its entitlements are, as far as they are known."""
    told = {"orn": own_name(context.org, "entitlement-bundles", bundle["id"]), **BRIEF(context, bundle)}
    if context.request.method == "GET":
        told["entitlements"] = [_spelt_out(context.org, one) for one in bundle.get("entitlements") or ()]
    return told


def _spelt_out(org: Org, chosen: Resource) -> Resource:
    """An entitlement with the values that were chosen of it."""
    known = org.get(ENTITLEMENTS.name, (), chosen.get("id", ""))
    if known is None:
        return chosen
    ids = {value.get("id") for value in chosen.get("values") or ()}
    shown = {name: known[name] for name in _ENTITLEMENT if name in known}
    return {**shown, "values": [value for value in known["values"] if value["id"] in ids]}


_ENTITLEMENT = ("id", "name", "externalValue", "description", "multiValue", "required", "dataType")

BUNDLES = Kind(
    f"{V1}/entitlement-bundles/{{entitlementBundleId}}",
    entity="EntitlementBundle",
    prefix="enb",
    make=bundle_made,
    links=itself(f"{V1}/entitlement-bundles/{{}}"),
    computed=bundle_computed,
    created=201,
)


def principal_entitlements(context: Context) -> Reply:
    """GET of what a principal is entitled to: nobody is granted anything here."""
    if not context.request.first("filter"):
        raise errors.unevidenced(context.org, "a list of principals' entitlements without a filter")
    here = context.href(context.request.path)
    return Reply({"data": [], "_links": {"self": link(here)}}, 200, {"link": f'<{here}>; rel="self"'})


# --- requests: their conditions and settings, and themselves

CONDITIONS = Kind(
    f"{V2}/resources/{{resourceId}}/request-conditions/{{requestConditionId}}",
    entity="RequestCondition",
    prefix="rco",
    defaults={"status": "INACTIVE"},
    make=lambda context, body, old: {"priority": 0, **body, **by(context, old)},
    links=itself(f"{V2}/resources/{{}}/request-conditions/{{}}"),
    computed=BRIEF,
    created=201,
)

ORGANISATION: Resource = {
    "subprocessorsAcknowledged": True,
    "provisioningStatus": "PROVISIONED",
    "requestExperiences": ["CATALOG", "ADMIN_ROLES"],
    "longTimePastProvisioned": False,
}


def _types(*names: str) -> list[dict[str, Any]]:
    return [{"type": name} for name in names]


OF_RESOURCE: Resource = {
    "validAccessScopeSettings": _types("RESOURCE_DEFAULT", "ENTITLEMENT_BUNDLES"),
    "validRequesterSettings": _types("EVERYONE", "GROUPS"),
    "validAccessDurationSettings": {
        "supportedTypes": _types("ADMIN_FIXED_DURATION", "REQUESTER_SPECIFIED_DURATION"),
        "required": False,
        "maximumDays": 90,
        "maximumHours": 72,
        "maximumWeeks": 12,
    },
    "validRiskSettings": {"supportedTypes": _types("DEFAULT_SETTING")},
    "riskSettings": {"defaultSetting": {"requestSubmissionType": "RESTRICTED"}},
    "validRequestOnBehalfOfSettings": [],
}
SETTINGS = f"{V2}/resources/{{resourceId}}/request-settings"


def change_settings(context: Context) -> Reply:
    """PATCH of a resource's settings: what is null is gone; risk settings are replaced as a whole."""
    kept = context.org.get(SETTINGS_KIND, context.ids, "") or OF_RESOURCE
    below = {name: value for name, value in kept.items() if name not in context.body}
    changed = without_nulls(merged(below, context.body))
    return Reply(context.org.put(SETTINGS_KIND, context.ids, "", changed))


SETTINGS_KIND = "governance/api/v2/resources/request-settings"


def without_nulls(value: Json) -> Any:
    """``value`` without members that are null."""
    if isinstance(value, dict):
        return {name: without_nulls(item) for name, item in value.items() if item is not None}
    return value


MY_REQUESTS = f"{V2}/my/catalogs/default/entries/{{entryId}}/requests"


def request_made(context: Context, body: Resource, old: Resource | None) -> Resource:
    """A request for what an entry of the catalogue stands for, by whoever calls."""
    person = {"externalId": context.org.caller(), "type": "OKTA_USER"}
    asked = {"requestedBy": person, "requestedFor": person, "requested": {"entryId": context.ids[0]}}
    return {"status": "SUBMITTED", **asked, **body, **by(context, old)}


def request_links(context: Context, _: Resource, ids: Path) -> Json:
    """The entry, and the request."""
    entry = context.href(f"{V2}/my/catalogs/default/entries/{ids[0]}")
    return {"catalogEntry": link(entry), "self": link(f"{entry}/requests/{ids[-1]}")}


REQUESTS = Kind(
    f"{MY_REQUESTS}/{{requestId}}",
    entity="Request",
    prefix="req",
    make=request_made,
    links=request_links,
    computed=BRIEF,
    created=202,
)
ANY_REQUEST = Kind(f"{V2}/requests/{{requestId}}", entity="Request")
REVIEWS = Kind(f"{V1}/reviews/{{reviewId}}", entity="Review")
ENTRIES = Kind(f"{V2}/catalogs/default/entries/{{entryId}}", entity="CatalogEntry")
SEEDED = (ANY_REQUEST, REVIEWS, ENTRIES)
"""Kinds that come into being by ways that no recording shows: only what was there before can be read."""


def _with_links(kind: Kind) -> dict[str, Answering]:
    path = f"{kind.collection}/{{}}"
    return {
        f"POST {kind.collection}": linked(create(kind), path),
        f"GET {kind.path}": linked(read(kind), path),
        f"DELETE {kind.path}": delete(kind),
    }


FAMILY = Family(
    kinds=(CAMPAIGNS, ENTITLEMENTS, BUNDLES, CONDITIONS, REQUESTS, *SEEDED),
    answers={
        **standard(CAMPAIGNS, "create", "read", "delete"),
        **_with_links(ENTITLEMENTS),
        **_with_links(BUNDLES),
        f"GET {V1}/principal-entitlements": principal_entitlements,
        **standard(CONDITIONS, "create", "list", "read", "delete"),
        f"PATCH {CONDITIONS.path}": update(CONDITIONS),
        **{route.replace("/lifecycle", ""): answer for route, answer in lifecycle(CONDITIONS, SWITCH).items()},
        **setting(f"{V2}/request-settings", ORGANISATION, "PATCH"),
        **setting(SETTINGS, OF_RESOURCE, "PATCH"),
        f"PATCH {SETTINGS}": change_settings,
        **standard(REQUESTS, "create", "read"),
        **{f"GET {kind.path}": read(kind) for kind in SEEDED},
    },
)
