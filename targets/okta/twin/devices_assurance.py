"""What is asked of devices, and who sends them messages: device assurances, posture checks, push providers."""

from __future__ import annotations

from typing import Any

from conformance.twinkit.service import Reply
from targets.okta.twin import errors
from targets.okta.twin.context import Context
from targets.okta.twin.errors import record, texts
from targets.okta.twin.family import Family
from targets.okta.twin.java_sets import hash_order
from targets.okta.twin.kinds import Kind, replace, self_link, standard
from targets.okta.twin.listing import Listing, equals
from targets.okta.twin.org import Resource
from targets.okta.twin.zones import signed


def make_assurance(context: Context, body: Resource, old: Resource | None) -> Resource:
    """A policy is also described as a resource of governance."""
    made = signed("lastUpdatedBy")(context, body, old)
    named = {"value": body.get("name"), "sensitive": False}
    if disks := texts(record(body.get("diskEncryptionType")).get("include")):
        made["diskEncryptionType"] = {"include": hash_order(disks)}
    if not context.org.lacks("device-assurances/displayRemediationMode"):
        made.setdefault("displayRemediationMode", "HIDE")
    return {**made, "resourceType": "DeviceAssurancePolicyEntity", "resourceDisplayName": named}


def own_id(_: Context, assurance: Resource, __: Any) -> None:
    """Its id is told twice."""
    assurance["resourceId"] = assurance["id"]


ASSURANCES = Kind(
    "/api/v1/device-assurances/{deviceAssuranceId}",
    entity="DeviceAssuranceEntity",
    prefix="dae",
    make=make_assurance,
    made=own_id,
    links=self_link("GET", "PUT", "DELETE", path="/api/v1/device-assurances/{}"),
    keeps=frozenset({"createdDate", "createdBy", "resourceId", "platform"}),
    times=("createdDate", "lastUpdate"),
)


def replace_assurance(context: Context) -> Reply:
    """PUT: the answer does not say who made it, nor when."""
    body: Any = replace(ASSURANCES)(context).body
    return Reply({name: value for name, value in body.items() if name not in ("createdDate", "createdBy")})


# --- push providers

SECRETS = frozenset({"tokenSigningKey", "serviceAccountJson"})
"""What a provider's configuration is told and does not show."""


def make_provider(context: Context, body: Resource, _: Resource | None) -> Resource:
    """What is secret is not kept."""
    missing = [name for name in ("providerType", "configuration") if not body.get(name)]
    if missing:
        raise errors.invalid(context.org, missing[0], *(f"{name}: The field cannot be left blank" for name in missing))
    configuration = {name: value for name, value in record(body["configuration"]).items() if name not in SECRETS}
    account = body["configuration"].get("serviceAccountJson") or {}
    project = {"projectId": account["project_id"]} if isinstance(account, dict) and "project_id" in account else {}
    shown: Resource = {name: body[name] for name in ("providerType", "name") if name in body}
    return {**shown, "configuration": {**configuration, **project}}


PROVIDERS = Kind(
    "/api/v1/push-providers/{pushProviderId}",
    entity="PushProviderConfigEntity",
    prefix="ppc",
    make=make_provider,
    links=self_link("GET", "PUT", "DELETE", path="/api/v1/push-providers/{}"),
    keeps=frozenset(),
    times=("~created", "lastUpdatedDate"),
    listing=Listing(narrow={"type": equals("providerType")}),
)


# --- posture checks

CHECKS = "/api/v1/device-posture-checks"


def no_checks(context: Context) -> Reply:
    """No recorded organisation has posture checks."""
    raise errors.no_feature(context.org)


FAMILY = Family(
    kinds=(ASSURANCES, PROVIDERS),
    answers={
        **standard(ASSURANCES),
        f"PUT {ASSURANCES.path}": replace_assurance,
        **standard(PROVIDERS),
        f"GET {CHECKS}": no_checks,
        f"POST {CHECKS}": no_checks,
        f"GET {CHECKS}/default": no_checks,
    },
)
