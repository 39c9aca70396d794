"""Identity providers, and the keys that trust in them rests on."""

from __future__ import annotations

import base64
import hashlib
import string
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from conformance.programs.trees import merged
from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.okta.twin import certificates, errors, mappings, signing, x509
from targets.okta.twin.context import Answering, Context
from targets.okta.twin.errors import record
from targets.okta.twin.family import Family
from targets.okta.twin.kinds import SWITCH, Kind, delete, hints, lifecycle, list_all, read, standard
from targets.okta.twin.kinds import replace as replaces
from targets.okta.twin.listing import Listing, contains, equals
from targets.okta.twin.org import Org, Path, Resource, timestamp
from targets.okta.twin.policies import toggle
from targets.okta.twin.policies_shapes import without_nulls

SAML2, OIDC = "SAML2", "OIDC"
SOCIAL: Mapping[str, tuple[str, str]] = {
    "FACEBOOK": ("https://www.facebook.com/dialog/oauth", "https://graph.facebook.com/v2.8/oauth/access_token"),
    "GOOGLE": ("https://accounts.google.com/o/oauth2/auth", "https://www.googleapis.com/oauth2/v3/token"),
    "LINKEDIN": (
        "https://www.linkedin.com/uas/oauth2/authorization",
        "https://www.linkedin.com/uas/oauth2/accessToken",
    ),
    "MICROSOFT": (
        "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
        "https://login.microsoftonline.com/common/oauth2/v2.0/token",
    ),
}
"""Where known providers authorize, and where they give tokens."""
PAGED = "2022"
"""The year from which on lists of providers end."""
AUDIENCE = "https://www.okta.com/saml2/service-provider/"
AUTHORIZE = (
    "client_id={clientId}&response_type={responseType}&response_mode={responseMode}&scope={scopes}"
    "&redirect_uri={redirectUri}&state={state}&nonce={nonce}"
)


# --- providers


def idp_links(context: Context, provider: Resource, ids: Path) -> Json:
    """Where users come in; of SAML also what the other side needs to know."""
    here = f"/api/v1/idps/{ids[-1]}"
    if provider.get("type") != SAML2:
        authorize = f"/oauth2/v1/authorize?idp={ids[-1]}&{AUTHORIZE}"
        return {
            "authorize": {"templated": True, **hints(context.href(authorize), "GET")},
            "clientRedirectUri": hints(context.href("/oauth2/v1/authorize/callback"), "POST"),
        }
    return {
        "metadata": {"type": "application/xml", **hints(context.href(f"{here}/metadata.xml"), "GET")},
        "acs": {"type": "application/xml", **hints(context.href(f"/sso/saml2/{ids[-1]}"), "POST")},
        "users": hints(context.href(f"{here}/users"), "GET"),
        **toggle(context, provider, here),
    }


def make_idp(context: Context, body: Resource, old: Resource | None) -> Resource:
    """A provider as its type has it."""
    type_ = str(body.get("type", (old or {}).get("type")))
    if type_ not in (SAML2, OIDC, *SOCIAL):
        raise errors.unevidenced(context.org, f"identity providers of type {type_}")
    shown: Resource = {name: body[name] for name in ("name", "status") if name in body}
    mode = {} if type_ == SAML2 else {"issuerMode": body.get("issuerMode", "ORG_URL")}
    sent = without_nulls(record(body.get("protocol")))
    protocol = _saml(context.org, sent, old) if type_ == SAML2 else _oauth(type_, sent)
    return {**shown, **mode, "protocol": protocol, "policy": _policy(type_, record(body.get("policy"))), "type": type_}


def _policy(type_: str, sent: Resource) -> Resource:
    """Clocks may differ for SAML only; social providers' claims are not trusted."""
    default: Resource = {
        "provisioning": {"action": "AUTO", "profileMaster": False, "groups": {"action": "NONE"}},
        "accountLink": {"filter": None, "action": "AUTO"},
        "subject": {"filter": None, "matchAttribute": None},
        "maxClockSkew": 0,
        "transformedUsernameMatchingEnabled": False,
    }
    if type_ not in SOCIAL:
        default["trustClaims"] = False
    asked = {name: value for name, value in sent.items() if name in default and value is not None}
    for name in ("provisioning", "accountLink", "subject"):
        record(asked.get(name))
    if type_ != SAML2:
        asked["maxClockSkew"] = 0
    policy: Resource = merged(default, asked)
    return policy


def _saml(org: Org, sent: Resource, old: Resource | None) -> Resource:
    """The organisation trusts the other side's key, and signs with its own."""
    known = record(record((old or {}).get("protocol")).get("credentials"))
    audience = record(known.get("trust")).get("audience") or AUDIENCE + org.ids.token(20, string.ascii_lowercase, "sp")
    trust = {"audience": audience, "revocation": None, "revocationCacheLifetime": 0}
    credentials = {"trust": trust, "signing": known.get("signing") or {"kid": own_key(org)["kid"]}}
    default = {
        "algorithms": {"request": {"digest": "SHA-1"}},
        "settings": {"nameFormat": None, "honorPersistentNameId": True},
        "credentials": credentials,
    }
    protocol: Resource = merged({"type": SAML2, **default}, sent)
    return protocol


def _oauth(type_: str, sent: Resource) -> Resource:
    """What clients of OpenID Connect and OAuth need; social providers' endpoints are known."""
    shown: Resource = {"type": sent.get("type", OIDC)}
    if type_ in SOCIAL:
        addresses = dict(zip(("authorization", "token"), SOCIAL[type_], strict=True))
        bindings = {"authorization": "HTTP-REDIRECT", "token": "HTTP-POST"}
        shown["endpoints"] = {name: {"url": url, "binding": bindings[name]} for name, url in addresses.items()}
    else:
        endpoints = {name: value for name, value in record(sent.get("endpoints")).items() if name != "acs"}
        shown["endpoints"] = {name: {"binding": "HTTP-REDIRECT", **record(value)} for name, value in endpoints.items()}
        shown |= {"algorithms": request} if (request := _signature(sent)) else {}
        slo = {"participateSlo": True} if record(sent.get("settings")).get("participateSlo") else {}
        shown["settings"] = {"nameFormat": None, **slo}
    return {**shown, **{name: sent[name] for name in ("scopes", "issuer", "credentials") if name in sent}}


def _signature(sent: Resource) -> Resource | None:
    """Requests to a provider are signed by a shared secret, or not at all: SAML's algorithms mean nothing here."""
    request = record(record(sent.get("algorithms")).get("request"))
    algorithm = str(record(request.get("signature")).get("algorithm", "SHA"))
    return None if algorithm.startswith("SHA") else {"request": request}


def own_key(org: Org) -> Resource:
    """The key that the organisation signs with towards all providers."""
    kid = org.names.get(OWN_KEY, "")
    found = org.get(IDP_KEYS.name, OWN_KEY, kid)
    if found is None:
        found = certificates.key(org, KEY_YEARS)
        org.names[OWN_KEY] = found["kid"]
        org.put(IDP_KEYS.name, OWN_KEY, found["kid"], found)
    return found


OWN_KEY = ("~idps", "own key")
KEY_YEARS = 10
KEY_DAYS = 3650

IDPS = Kind(
    "/api/v1/idps/{idpId}",
    entity="IdpTrust",
    prefix="0oa",
    defaults={"status": "ACTIVE"},
    make=make_idp,
    made=lambda context, idp, _: mappings.make_missing(context.org, idp),
    before_delete=lambda context, idp: mappings.remove_of(context.org, idp["id"]),
    links=idp_links,
    since={
        "policy.trustClaims": "2022",
        "policy.transformedUsernameMatchingEnabled": "2022",
        "protocol.settings": "2022",
        "protocol.algorithms.request.digest": "2026",
    },
    listing=Listing(limit=20, told=("limit",), narrow={"q": contains("name"), "type": equals("type")}),
)


def list_idps(context: Context) -> Reply:
    """GET of all."""
    return list_all(IDPS)(context) if context.org.date >= PAGED else endless(context, IDPS)


def replace_idp(context: Context) -> Reply:
    """PUT: the answer does not say when it was made."""
    reply: Any = replaces(IDPS)(context)
    return Reply({**reply.body, "created": None})


# --- keys that other sides sign with

TRUSTED_KEYS = Kind("/api/v1/idps/credentials/keys/{kid}", entity="IdpTrust", key="kid")


def trust_key(context: Context) -> Reply:
    """POST of a certificate."""
    chain = context.body.get("x5c")
    if not isinstance(chain, list) or not chain:
        raise errors.unevidenced(context.org, "keys without a certificate")
    now = context.org.now()
    told = {"kty": "RSA", "created": now, "lastUpdated": now, "alg": "RSA", "kid": _uuid(context.org), "use": "sig"}
    key = {**told, **_certified(context.org, str(chain[0])), "x5c": chain}
    return Reply(TRUSTED_KEYS.shown(context, TRUSTED_KEYS.keep(context.org, (), key)))


def _uuid(org: Org) -> str:
    digits = org.ids.token(32, "0123456789abcdef")
    return "-".join((digits[:8], digits[8:12], f"4{digits[13:16]}", f"8{digits[17:20]}", digits[20:]))


def _certified(org: Org, text: str) -> Resource:
    """What a certificate says. One that cannot be read has a key that follows from it, and is good for some years."""
    data = "".join(text.split()).encode()
    try:
        data = base64.b64decode(data, validate=True)
        expires, modulus, exponent = x509.public_key(data)
    except ValueError:
        expires = org.clock.moment + timedelta(days=KEY_DAYS)
        modulus, exponent = b"\xc5" + hashlib.shake_256(data).digest(255), bytes((1, 0, 1))
    return {
        "expiresAt": timestamp(expires),
        "x5t#S256": certificates.url_safe(hashlib.sha256(data).digest()),
        "e": certificates.url_safe(exponent),
        "n": certificates.url_safe(modulus),
    }


def list_trusted_keys(context: Context) -> Reply:
    """GET of all."""
    return endless(context, TRUSTED_KEYS)


def endless(context: Context, kind: Kind) -> Reply:
    """A list of the old form: its answer always points to a next page, and never to itself."""
    found = kind.all(context.org)
    if context.request.first("after"):
        return Reply([])
    shown = [kind.shown(context, one) for one in found]
    limit = context.request.first("limit") or "20"
    link = f'<{context.href(kind.collection)}?after={found[-1][kind.key]}&limit={limit}>; rel="next"' if found else ""
    return Reply(shown, 200, {"link": [link]} if found else {})


# --- keys that the organisation signs with

IDP_KEYS = Kind("/api/v1/idps/{idpId}/credentials/keys/{kid}", entity="JsonWebKey", under=IDPS, key="kid")


def list_keys(context: Context) -> Reply:
    """GET of a provider's keys: the organisation's own is one of them."""
    reply: Any = list_all(IDP_KEYS)(context)
    return Reply([*reply.body, context.shown(own_key(context.org))])


def read_key(context: Context) -> Reply:
    """GET of one of them."""
    provider, kid = context.ids
    IDPS.find(context.org, provider)
    own = own_key(context.org)
    return Reply(own) if kid == own["kid"] else read(IDP_KEYS)(context)


CSRS = signing.requests("/api/v1/idps/{idpId}/credentials/csrs/{idpCsrId}", "CertificateSigningRequest", IDPS)

ANSWERS: Mapping[str, Answering] = {
    **standard(IDPS, "create", "read", "delete"),
    f"GET {IDPS.collection}": list_idps,
    f"PUT {IDPS.path}": replace_idp,
    **lifecycle(IDPS, SWITCH, touches=True),
    f"POST {TRUSTED_KEYS.collection}": trust_key,
    f"GET {TRUSTED_KEYS.collection}": list_trusted_keys,
    f"GET {TRUSTED_KEYS.path}": read(TRUSTED_KEYS),
    f"DELETE {TRUSTED_KEYS.path}": delete(TRUSTED_KEYS),
    f"GET {IDP_KEYS.collection}": list_keys,
    f"GET {IDP_KEYS.path}": read_key,
    **signing.keys_answers(IDPS, IDP_KEYS, "targetIdpId"),
    **signing.requests_answers(IDPS, CSRS),
}

FAMILY = Family(kinds=(IDPS, TRUSTED_KEYS, CSRS), answers=ANSWERS)
