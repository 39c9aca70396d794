"""Authenticators: what users may prove who they are with, their methods, and models of security keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.programs.trees import merged
from conformance.recordings.model import Json
from conformance.twinkit.service import Reply, TwinRequest
from targets.okta.twin import errors
from targets.okta.twin.context import Context
from targets.okta.twin.errors import record, records
from targets.okta.twin.family import Family
from targets.okta.twin.kinds import Kind, hints, lifecycle, list_all, read, standard
from targets.okta.twin.org import Org, Path, Resource
from targets.okta.twin.policies import toggle
from targets.okta.twin.seeding import seed_kind

PERMANENT = "okta_password"
"""Can neither be switched on nor off."""
IN_POLICIES = (
    "Cannot modify/disable this authenticator because it is enabled in one or more policies. To continue, disable the"
    " authenticator in these policies."
)


def authenticator_links(context: Context, authenticator: Resource, ids: Path) -> Json:
    """Applications also say where users enrol."""
    here = f"/api/v1/authenticators/{ids[-1]}"
    switch = {} if authenticator.get("key") == PERMANENT else toggle(context, authenticator, here)
    app = record(authenticator.get("settings")).get("appInstanceId") is not None
    enroll = {"enroll": hints(context.href("/idp/authenticators"), "POST")} if app else {}
    own = {"self": hints(context.href(here), "GET", "PUT")}
    models = {"aaguids": hints(context.href(f"{here}/aaguids"), "GET", "POST")} if "~models" in authenticator else {}
    return {**own, **switch, "methods": hints(context.href(f"{here}/methods"), "GET"), **enroll, **models}


def make_authenticator(context: Context, body: Resource, old: Resource | None) -> Resource:
    """There is one of each kind that comes with the organisation; a new one of them is refused."""
    if old is None:
        record(body.get("settings"))
        if str(body.get("key")) in {one["key"] for one in BUILT_IN}:
            what = "com.okta.services.factors.iface.dto.AuthenticatorCatalog"
            raise errors.invalid(context.org, what, "The field has an invalid value")
        return body
    record(body.get("settings"))
    active = body.get("status", "ACTIVE") == "ACTIVE"
    if body.get("key") == "phone_number" and active and not _telephony(context.org):
        summary = "You must have an active telephony inline hook to activate and use the Phone authenticator."
        raise errors.error(context.org, 400, "E0000226", summary)
    return {name: value for name, value in merged(dict(old), body).items() if not name.startswith("_")}


def _telephony(org: Org) -> bool:
    return any(
        hook.get("status") == "ACTIVE" and "telephony" in str(hook.get("type")) for _, hook in org.all("inlineHooks")
    )


def in_use(context: Context, authenticator: Resource) -> None:
    """What a policy demands cannot be switched off; what is off neither."""
    if authenticator.get("status") == "INACTIVE":
        raise errors.invalid(context.org, "api.authenticator.error.unsupported.active.deactivate")
    used = [policy["name"] for _, policy in context.org.all("policies") if _enrolls(policy, authenticator)]
    if used:
        cause = f"Authenticator Enrollment Policies: {', '.join(used)}"
        raise errors.not_allowed(context.org, "E0000148", IN_POLICIES, cause)


def in_default_policy(_: TwinRequest) -> Reply:
    """The condition that the default policy demands the authenticator, which no answer shows otherwise."""
    return errors.stateless(403, "E0000148", IN_POLICIES, "Authenticator Enrollment Policies: Default Policy")


def _enrolls(policy: Resource, authenticator: Resource) -> bool:
    wanted = records(record(policy.get("settings")).get("authenticators"))
    return any(
        one.get("key") == authenticator.get("key") and record(one.get("enroll")).get("self") != "NOT_ALLOWED"
        for one in wanted
    )


AUTHENTICATORS = Kind(
    "/api/v1/authenticators/{authenticatorId}",
    entity="Authenticator",
    prefix="aut",
    defaults={"status": "ACTIVE"},
    make=make_authenticator,
    links=authenticator_links,
    keeps=frozenset({"status", "key", "type"}),
    same=lambda _: True,
)


# --- methods


def method_links(context: Context, method: Resource, ids: Path) -> Json:
    """A method that is off can be switched on."""
    here = f"/api/v1/authenticators/{ids[0]}/methods/{method['type']}"
    switch = toggle(context, method, here) if method.get("status") == "INACTIVE" else {}
    return {"self": hints(context.href(here), "GET", "PUT"), **switch}


METHODS = Kind(
    "/api/v1/authenticators/{authenticatorId}/methods/{methodType}",
    entity="AuthenticatorMethod",
    links=method_links,
    times=(),
    under=AUTHENTICATORS,
    key="type",
    same=lambda method: method.get("type"),
    defaults={"status": "ACTIVE"},
)
AAGUIDS = Kind(
    "/api/v1/authenticators/{authenticatorId}/aaguids/{aaguid}",
    entity="CustomAAGUID",
    links=lambda context, model, ids: {
        "self": hints(
            context.href(f"/api/v1/authenticators/{ids[0]}/aaguids/{model['aaguid']}"), "GET", "PUT", "DELETE"
        )
    },
    times=(),
    under=AUTHENTICATORS,
    key="aaguid",
)


def list_models(context: Context) -> Reply:
    """GET of the models that the organisation knows besides the vendors': most organisations may not have any."""
    authenticator = AUTHENTICATORS.find(context.org, *context.ids)
    if "~models" not in authenticator and not AAGUIDS.all(context.org, *context.ids):
        raise errors.no_feature(context.org)
    return list_all(AAGUIDS)(context)


KEYS = {"algorithms": ["ES256", "RS256"], "keyProtection": "ANY"}
METHODS_OF: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "okta_email": {"email": {}},
    "okta_password": {"password": {}},
    "phone_number": {"sms": {}, "voice": {}},
    "security_question": {"security_question": {}},
    "webauthn": {"webauthn": {"settings": {"userVerification": "DISCOURAGED", "attachment": "ANY"}}},
    "okta_verify": {
        "totp": {
            "settings": {
                "timeIntervalInSeconds": 30,
                "encoding": "Base32",
                "algorithm": "HMACSHA1",
                "passCodeLength": 6,
            }
        },
        "push": {"status": "INACTIVE", "settings": {**KEYS, "transactionTypes": ["LOGIN"]}},
        "signed_nonce": {"status": "INACTIVE", "settings": {**KEYS, "showSignInWithOV": "NEVER"}},
    },
}
"""Methods of the authenticators that come with an organisation: what differs from being active without settings."""
FOR_RECOVERY = {"allowedFor": "recovery"}
BUILT_IN: tuple[Resource, ...] = (
    {
        "type": "email",
        "key": "okta_email",
        "name": "Email",
        "settings": {**FOR_RECOVERY, "tokenLifetimeInMinutes": 5},
    },
    {
        "type": "app",
        "key": "okta_verify",
        "name": "Okta Verify",
        "settings": {
            "compliance": {"fips": "OPTIONAL"},
            "channelBinding": {"style": "NUMBER_CHALLENGE", "required": "NEVER"},
            "userVerification": "PREFERRED",
            "userVerificationMethods": ["BIOMETRICS", "PIN"],
            "appInstanceId": "",
        },
    },
    {"type": "password", "key": "okta_password", "name": "Password"},
    {"type": "phone", "key": "phone_number", "status": "INACTIVE", "name": "Phone", "settings": FOR_RECOVERY},
    {"type": "security_key", "key": "webauthn", "status": "INACTIVE", "name": "Security Key or Biometric"},
    {"type": "security_question", "key": "security_question", "name": "Security Question", "settings": FOR_RECOVERY},
)


def presets(org: Org) -> None:
    """Authenticators that an organisation has from the start."""
    for one in BUILT_IN:
        now = dict.fromkeys(AUTHENTICATORS.times, org.now())
        made = AUTHENTICATORS.keep(org, (), {"id": org.new_id("aut"), "status": "ACTIVE", **one, **now})
        furnish(org, made)


def furnish(org: Org, authenticator: Resource) -> None:
    """Its methods; those of the telephone are switched with it."""
    switched = "INACTIVE" if authenticator.get("key") == "phone_number" else "ACTIVE"
    for name, about in METHODS_OF.get(str(authenticator.get("key")), {}).items():
        METHODS.keep(org, (authenticator["id"],), {"type": name, "status": switched, **about, "~usual": True})


def seed_authenticator(org: Org, ids: Path, resource: Resource) -> None:
    """One whose methods no answer shows has the usual ones."""
    models = {"~models": True} if "aaguids" in record(resource.get("_links")) else {}
    seeded = seed_kind(org, AUTHENTICATORS, ids, {**resource, **models})
    if not org.shelf(METHODS.name, (seeded["id"],)):
        furnish(org, seeded)


def seed_method(org: Org, ids: Path, resource: Resource) -> None:
    """Methods that an answer shows take the place of the usual ones."""
    usual = {id_ for id_, method in org.shelf(METHODS.name, ids[:-1]).items() if "~usual" in method}
    for id_ in usual - {ids[-1]}:
        org.remove(METHODS.name, ids[:-1], id_)
    seed_kind(org, METHODS, ids, resource).pop("~usual", None)


FAMILY = Family(
    kinds=(AUTHENTICATORS, METHODS, AAGUIDS),
    answers={
        **standard(AUTHENTICATORS, "list", "create", "read", "replace"),
        **lifecycle(AUTHENTICATORS, {"activate": "ACTIVE"}, touches=True),
        **lifecycle(AUTHENTICATORS, {"deactivate": "INACTIVE"}, before=in_use, touches=True),
        **standard(METHODS, "list", "read"),
        f"GET {AAGUIDS.collection}": list_models,
        f"GET {AAGUIDS.path}": read(AAGUIDS),
    },
    presets=presets,
    seeds={AUTHENTICATORS.name: seed_authenticator, METHODS.name: seed_method},
)
