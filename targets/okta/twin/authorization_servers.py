"""Authorization servers: their scopes, claims, policies, keys and clients."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from conformance.programs.trees import merged
from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.okta.twin import certificates, policies, policies_shapes
from targets.okta.twin.context import Answering, Context
from targets.okta.twin.errors import record
from targets.okta.twin.family import Family
from targets.okta.twin.kinds import (
    NO_CONTENT,
    SWITCH,
    Kind,
    delete,
    hints,
    lifecycle,
    list_all,
    read,
    self_link,
    standard,
)
from targets.okta.twin.listing import Listing, contains
from targets.okta.twin.org import BASE, Org, Path, Resource, timestamp

ROTATION = timedelta(days=90)
KEY_YEARS = 10
POLICY = "OAUTH_AUTHORIZATION_POLICY"
DYNAMIC_SINCE = "2022"
"""The year from which on a server that is not told otherwise issues for whichever address it is asked at."""


# --- servers


def name_of(server: Resource) -> str:
    """What a server is called in paths: the one that comes with the organisation by its name."""
    return "default" if server.get("default") else str(server["id"])


def server_links(context: Context, server: Resource, _: Path) -> Json:
    """All that a server has."""
    name = name_of(server)
    here = f"/api/v1/authorizationServers/{name}"
    meta = [
        {"name": document, **hints(context.href(f"/oauth2/{name}/.well-known/{document}"), "GET")}
        for document in ("oauth-authorization-server", "openid-configuration")
    ]
    parts = {part: hints(context.href(f"{here}/{part}"), "GET", "POST") for part in ("claims", "policies", "scopes")}
    return {
        "rotateKey": hints(context.href(f"{here}/credentials/lifecycle/keyRotate"), "POST"),
        "metadata": meta,
        "keys": hints(context.href(f"{here}/credentials/keys"), "GET"),
        **parts,
        "self": hints(context.href(here), "GET", "DELETE", "PUT"),
        **policies.toggle(context, server, here),
    }


def make_server(context: Context, body: Resource, old: Resource | None) -> Resource:
    """Which key signs, and since when, is not for bodies to say."""
    mode = record(record(body.get("credentials")).get("signing")).get("rotationMode", "AUTO")
    signing = {**(old or {}).get("credentials", {}).get("signing", {}), "rotationMode": mode}
    shown: Resource = {name: body[name] for name in ("name", "description", "audiences", "issuerMode") if name in body}
    shown.setdefault("issuerMode", "DYNAMIC" if context.org.date >= DYNAMIC_SINCE else "ORG_URL")
    return {**shown, "credentials": {"signing": _scheduled(signing)}}


def _scheduled(signing: Resource) -> Resource:
    """Only keys that rotate by themselves have a next time."""
    bare = {name: value for name, value in signing.items() if name != "nextRotation"}
    if signing["rotationMode"] != "AUTO" or "lastRotated" not in signing:
        return bare
    return {**bare, "nextRotation": timestamp(datetime.fromisoformat(signing["lastRotated"]) + ROTATION)}


def furnish(org: Org, server: Resource) -> None:
    """What comes with a server: its issuer, a key, scopes and claims."""
    server["issuer"] = f"{BASE}/oauth2/{name_of(server)}"
    add_key(org, server, server["created"])
    for name, description in SCOPES.items():
        scope = {"name": name, "description": description, "system": True, "metadataPublish": "ALL_CLIENTS"}
        SCOPE.keep(org, (server["id"],), {"id": org.new_id("scp"), **SCOPE.defaults, **scope})
    names = CLAIMS.split()
    for name in names if org.date >= REORDERED else sorted(names, key=lambda name: (name != "sub", name)):
        add_claim(org, server, _about_user(name) if name in SCOPE_OF else SUBJECT)


def _about_user(name: str) -> Resource:
    claim = {"name": name, "claimType": "IDENTITY", "valueType": "SYSTEM", "conditions": {"scopes": [SCOPE_OF[name]]}}
    return {**claim, "alwaysIncludeInToken": name in IN_ALL_TOKENS}


def add_claim(org: Org, server: Resource, claim: Mapping[str, Any]) -> None:
    """Put in a claim of the system."""
    CLAIM.keep(org, (server["id"],), {"id": org.new_id("ocl"), **CLAIM.defaults, **claim, "system": True})


SERVERS = Kind(
    "/api/v1/authorizationServers/{authServerId}",
    entity="AuthorizationServer",
    prefix="aus",
    defaults={"status": "ACTIVE", "default": False},
    make=make_server,
    made=lambda context, server, _: furnish(context.org, server),
    links=server_links,
    since={"default": "2022"},
    names=lambda server: ("default",) if server.get("default") else (),
    keeps=frozenset({"status", "default", "issuer"}),
    created=201,
    listing=Listing(limit=200, narrow={"q": contains("name", "audiences")}),
)


# --- scopes and claims

SCOPE = Kind(
    "/api/v1/authorizationServers/{authServerId}/scopes/{scopeId}",
    entity="OAuth2Scope",
    prefix="scp",
    defaults={
        "description": None,
        "system": False,
        "metadataPublish": "NO_CLIENTS",
        "apiResourceId": None,
        "default": False,
    },
    links=self_link("GET", "PUT", "DELETE", path="/api/v1/authorizationServers/{}/scopes/{}"),
    since={"apiResourceId": "2022"},
    keeps=frozenset({"system"}),
    times=(),
    under=SERVERS,
    created=201,
    listing=Listing(
        narrow={"q": contains("name")}, order=lambda _, found: sorted(found, key=lambda one: bool(one.get("system")))
    ),
)


CLAIM = Kind(
    "/api/v1/authorizationServers/{authServerId}/claims/{claimId}",
    entity="OAuth2Claim",
    prefix="ocl",
    defaults={
        "status": "ACTIVE",
        "conditions": {"scopes": []},
        "system": False,
        "alwaysIncludeInToken": True,
        "apiResourceId": None,
    },
    links=self_link("GET", "PUT", "DELETE", path="/api/v1/authorizationServers/{}/claims/{}"),
    since={"apiResourceId": "2022"},
    keeps=frozenset({"system"}),
    times=(),
    under=SERVERS,
    created=201,
)
SCOPES: Mapping[str, str] = {
    "openid": "Signals that a request is an OpenID request.",
    "profile": "The exact data varies based on what profile information you have provided, such as: name, time zone,"
    " picture, or birthday.",
    "email": "This allows the app to view your email address.",
    "address": "This allows the app to view your address, such as: street address, city, state, and zip code.",
    "phone": "This allows the app to view your phone number.",
    "offline_access": "This keeps you signed in to the app, even when you are not using it.",
}
"""Scopes of every server."""
OF_PROFILES = (
    "middle_name zoneinfo website updated_at profile preferred_username picture nickname name locale given_name gender"
    " family_name birthdate"
)
IN_ALL_TOKENS = frozenset({"preferred_username", "name", "email"})
SCOPE_OF: Mapping[str, str] = {
    **dict.fromkeys(OF_PROFILES.split(), "profile"),
    "phone_number": "phone",
    "email": "email",
    "email_verified": "email",
    "address": "address",
}
"""The scope of each claim about users."""
REORDERED = "2022"
"""Before this year the claims of a server were in the order of the alphabet, behind its subject."""
CLAIMS = (
    "middle_name zoneinfo website updated_at profile preferred_username picture phone_number nickname name sub locale"
    " given_name gender family_name email_verified email birthdate address"
)
"""Claims that every server has, in the order in which they are listed."""
SUBJECT: Mapping[str, Any] = {
    "name": "sub",
    "claimType": "RESOURCE",
    "valueType": "EXPRESSION",
    "value": "(appuser != null) ? appuser.userName : app.clientId",
}


# --- policies and rules


def below(*methods: str) -> Any:
    """Links of a policy or rule: itself, what switches it; a policy's rules are only read."""

    def links(context: Context, resource: Resource, ids: Path) -> Json:
        words = ("authorizationServers", "policies", "rules")
        here = "/api/v1/" + "/".join(part for pair in zip(words, ids, strict=False) for part in pair)
        rules = {"rules": hints(context.href(f"{here}/rules"), *methods)} if methods else {}
        own = hints(context.href(here), "GET", "PUT", "DELETE")
        return {"self": own, **rules, **policies.toggle(context, resource, here)}

    return links


POLICIES = Kind(
    "/api/v1/authorizationServers/{authServerId}/policies/{policyId}",
    entity="Policy",
    prefix="00p",
    defaults={"status": "ACTIVE", "priority": 1, "system": False},
    make=lambda context, body, _: policies_shapes.policy(context.org, {**body, "type": POLICY}),
    links=below("GET"),
    keeps=frozenset({"status", "system", "priority"}),
    under=SERVERS,
    created=201,
    listing=policies.POLICY_RULES.listing,
)
RULES = Kind(
    "/api/v1/authorizationServers/{authServerId}/policies/{policyId}/rules/{ruleId}",
    entity="PolicyRule",
    prefix="0pr",
    defaults={"status": "ACTIVE", "system": False},
    make=lambda _, body, __: policies_shapes.rule("RESOURCE_ACCESS", body, system=False),
    links=below(),
    keeps=frozenset({"status", "system", "priority"}),
    under=POLICIES,
    created=201,
    listing=policies.POLICY_RULES.listing,
)


def ranked(kind: Kind) -> dict[str, Answering]:
    """Routes of policies or rules."""
    return {
        **standard(kind, "list", "read"),
        f"POST {kind.collection}": lambda context: policies.create_ranked(context, kind, context.body),
        f"PUT {kind.path}": lambda context: policies.replace_ranked(context, kind),
        f"DELETE {kind.path}": lambda context: policies.delete_ranked(context, kind),
        **policies.switches(kind),
    }


# --- keys

KEYS = Kind(
    "/api/v1/authorizationServers/{authServerId}/credentials/keys/{keyId}",
    entity="OAuth2JsonWebKey",
    links=lambda context, key, ids: {
        "self": hints(
            context.href(f"/api/v1/authorizationServers/{ids[0]}/credentials/keys/{key['kid']}"),
            "GET",
        )
    },
    under=SERVERS,
)


def add_key(org: Org, server: Resource, now: str) -> None:
    """A new key that signs from now on, before those that have expired."""
    made = certificates.key(org, KEY_YEARS)
    key = {"status": "ACTIVE", "alg": "RS256", **{name: made[name] for name in ("kty", "kid", "use", "e", "n")}}
    expired = KEYS.all(org, server["id"])
    org.shelves[KEYS.name, (server["id"],)] = {
        one["kid"]: one for one in (key, *({**old, "status": "EXPIRED"} for old in expired))
    }
    signing = merged(server.get("credentials", {}), {"signing": {"kid": key["kid"], "lastRotated": now}})["signing"]
    server["credentials"] = {"signing": _scheduled({"rotationMode": "AUTO", **signing})}


def rotate(context: Context) -> Reply:
    """POST …/keyRotate: answers with all keys."""
    server = SERVERS.find(context.org, *context.ids)
    add_key(context.org, server, context.org.now())
    return list_all(KEYS)(context)


# --- clients

CLIENTS = Kind(
    "/api/v1/authorizationServers/{authServerId}/clients/{clientId}", entity="PublicClientApp", under=SERVERS
)
TOKENS = Kind(
    "/api/v1/authorizationServers/{authServerId}/clients/{clientId}/tokens/{tokenId}",
    entity="OAuth2RefreshToken",
    under=CLIENTS,
    listing=Listing(limit=20, told=("limit", "expand")),
)


def revoke_all(context: Context) -> Reply:
    """DELETE of all tokens of a client."""
    TOKENS.check_parents(context.org, context.ids)
    for token in TOKENS.all(context.org, *context.ids):
        context.org.remove(TOKENS.name, TOKENS.parents(context.org, context.ids), token["id"])
    return NO_CONTENT


def presets(org: Org) -> None:
    """The server that comes with the organisation."""
    about = {"name": "default", "description": "Default Authorization Server for your Applications"}
    now = dict.fromkeys(SERVERS.times, org.now())
    default = {
        "id": org.new_id("aus"),
        "issuerMode": "DYNAMIC",
        **SERVERS.defaults,
        **about,
        "audiences": ["api://default"],
        "default": True,
    }
    furnish(org, SERVERS.keep(org, (), {**default, **now}))


FAMILY = Family(
    kinds=(SERVERS, SCOPE, CLAIM, POLICIES, RULES, KEYS, CLIENTS, TOKENS),
    answers={
        **standard(SERVERS),
        **lifecycle(SERVERS, SWITCH, NO_CONTENT),
        **standard(SCOPE),
        **standard(CLAIM),
        **ranked(POLICIES),
        **ranked(RULES),
        **standard(KEYS, "list", "read"),
        f"POST {SERVERS.path}/credentials/lifecycle/keyRotate": rotate,
        **standard(CLIENTS, "list"),
        f"GET {TOKENS.collection}": list_all(TOKENS),
        f"GET {TOKENS.path}": read(TOKENS),
        f"DELETE {TOKENS.path}": delete(TOKENS),
        f"DELETE {TOKENS.collection}": revoke_all,
    },
    presets=presets,
)
