"""What applications prove who they are with: keys, signing requests, secrets of OAuth clients; SAML metadata."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from textwrap import wrap
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.okta.twin import apps_shapes as shapes
from targets.okta.twin import apps_signing, certificates, errors, signing
from targets.okta.twin.apps_kind import APPS, SECRET, new_secret, secret_of
from targets.okta.twin.apps_links import credentials_of
from targets.okta.twin.apps_signing import YEARS
from targets.okta.twin.context import Answering, Context
from targets.okta.twin.kinds import SWITCH, Kind, create, delete, hints, lifecycle, list_all, read
from targets.okta.twin.listing import Listing
from targets.okta.twin.org import Org, Path, Resource

SHORTEST = 2048
SAML = "urn:oasis:names:tc:SAML:2.0"
UNSPECIFIED = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
FORMATS = (UNSPECIFIED, shapes.EMAIL_FORMAT)
"""Formats of name ids in the order of metadata; any other comes after them."""
XML = "application/xml;charset=ISO-8859-1"


# --- signing keys


def by_id(_: Context, found: list[Resource]) -> list[Resource]:
    """Keys in the order of their ids, whatever their case."""
    return sorted(found, key=lambda key: str(key["kid"]).lower())


KEYS = Kind(
    "/api/v1/apps/{appId}/credentials/keys/{keyId}",
    entity="JsonWebKey",
    under=APPS,
    listing=Listing(order=by_id),
)


def seed_key(org: Org, ids: Path, resource: Resource) -> None:
    """A key is known by its ``kid``."""
    org.put(KEYS.name, ids[:-1], ids[-1], {**certificates.key(org, YEARS), "kid": ids[-1], **resource})


def with_signing_key(answer: Answering) -> Answering:
    """Keys of an application: its own is there, whether it was asked for before or not."""

    def prepared(context: Context) -> Reply:
        apps_signing.sign(context.org, APPS.find(context.org, context.ids[0]))
        return answer(context)

    return prepared


CSRS = signing.requests("/api/v1/apps/{appId}/credentials/csrs/{csrId}", "Csr", APPS)


# --- secrets and keys of OAuth clients


def secret_links(context: Context, secret: Resource, ids: Path) -> Json:
    """An active secret can be switched off; one that is off can be switched on or deleted."""
    here = context.href(f"/api/v1/apps/{ids[0]}/credentials/secrets/{ids[1]}")
    if secret.get("status") == "ACTIVE":
        return {"deactivate": hints(f"{here}/lifecycle/deactivate", "POST")}
    return {"activate": hints(f"{here}/lifecycle/activate", "POST"), "delete": hints(here, "DELETE")}


def make_secret(context: Context, body: Resource, _: Resource | None) -> Resource:
    """A secret is what the body says, or random."""
    return _secret(str(body.get("client_secret") or new_secret(context.org))) | {"status": body.get("status", "ACTIVE")}


def _secret(value: str) -> Resource:
    hash_ = certificates.url_safe(hashlib.sha256(value.encode()).digest()[:16])
    return {"status": "ACTIVE", "client_secret": value, "secret_hash": hash_}


def switched_off(context: Context, secret: Resource) -> None:
    """Links offer deletion only of secrets that are off; what else is answered is not recorded."""
    if secret.get("status") == "ACTIVE":
        raise errors.unevidenced(context.org, "deleting an active secret")


SECRETS = Kind(
    "/api/v1/apps/{appId}/credentials/secrets/{secretId}",
    entity="OAuth2ClientSecret",
    prefix="ocs",
    make=make_secret,
    links=secret_links,
    before_delete=switched_off,
    created=201,
    under=APPS,
)


def with_first_secret(answer: Answering) -> Answering:
    """Secrets of an application: the one that it was made with is there."""

    def prepared(context: Context) -> Reply:
        app = APPS.find(context.org, context.ids[0])
        if credentials_of(app) == "secrets" and not context.org.shelf(SECRETS.name, (app["id"],)):
            value = app.get(SECRET) or secret_of(context, app)
            times = dict.fromkeys(SECRETS.times, app.get("created") or context.org.now())
            SECRETS.keep(context.org, (app["id"],), {"id": context.org.new_id("ocs"), **_secret(value), **times})
        return answer(context)

    return prepared


def add_public_key(context: Context) -> Reply:
    """POST of an OAuth client's key."""
    APPS.find(context.org, *context.ids)
    if context.body.get("kty") == "RSA" and certificates.modulus_bits(context.body) < SHORTEST:
        cause = f"RSA key length in the 'jwks' is less than '{SHORTEST:,}' bits for the given key."
        raise errors.invalid(context.org, "JsonWebKey", cause)
    raise errors.unevidenced(context.org, "adding a public key")


# --- SAML metadata


def metadata(context: Context) -> Reply:
    """What a service provider needs to know of the organisation to trust its assertions, as XML."""
    app = APPS.find(context.org, *context.ids)
    own = apps_signing.sign(context.org, app)
    if own is None:
        summary = "Bad request. Accept and/or Content-Type headers likely do not match supported values."
        raise errors.error(context.org, 400, "E0000019", summary)
    kid = context.request.first("kid")
    used = KEYS.find(context.org, app["id"], kid) if kid else own
    return Reply(_document(context, app, used).encode(), 200, {"content-type": XML})


def external_key(org: Org, app: Resource) -> str:
    """The id that service providers know the organisation's side of an application by."""
    if "~externalKey" not in app:
        app["~externalKey"] = org.new_id("exk")
    return str(app["~externalKey"])


def _document(context: Context, app: Resource, used: Mapping[str, Any]) -> str:
    sign_on = (app.get("settings") or {}).get("signOn") or {}
    outside = external_key(context.org, app)
    here = context.href(f"/app/{app.get('name')}/{outside}")
    entity = outside if app.get("signOnMode") == shapes.SAML_1 else f"http://www.okta.com/{outside}"
    certificate = "\n".join(wrap(used["x5c"][0], 76))
    logout = _services("SingleLogoutService", f"{here}/slo/saml") if (sign_on.get("slo") or {}).get("enabled") else ""
    formats = "".join(f"<md:NameIDFormat>{escape(name)}</md:NameIDFormat>" for name in _formats(app, sign_on))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<md:EntityDescriptor entityID={quoteattr(entity)} xmlns:md="{SAML}:metadata">'
        f'<md:IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="{SAML}:protocol">'
        '<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>'
        f"<ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        f"{logout}{formats}{_services('SingleSignOnService', f'{here}/sso/saml')}"
        "</md:IDPSSODescriptor></md:EntityDescriptor>"
    )


def _services(name: str, url: str) -> str:
    bindings = (f"{SAML}:bindings:{binding}" for binding in ("HTTP-POST", "HTTP-Redirect"))
    return "".join(f'<md:{name} Binding="{binding}" Location={quoteattr(url)}/>' for binding in bindings)


def _formats(app: Resource, sign_on: Mapping[str, Any]) -> list[str]:
    """E-mail addresses, and what the application asks for; version 1.1 takes unspecified ones too."""
    asked = UNSPECIFIED if app.get("signOnMode") == shapes.SAML_1 else sign_on.get("subjectNameIdFormat")
    named = {shapes.EMAIL_FORMAT, *([str(asked)] if asked else ())}
    return [*(name for name in FORMATS if name in named), *sorted(named - set(FORMATS))]


ANSWERS: dict[str, Answering] = {
    f"GET {KEYS.collection}": with_signing_key(list_all(KEYS)),
    f"GET {KEYS.path}": with_signing_key(read(KEYS)),
    **signing.keys_answers(APPS, KEYS, "targetAid"),
    **signing.requests_answers(APPS, CSRS),
    f"POST {SECRETS.collection}": with_first_secret(create(SECRETS)),
    f"GET {SECRETS.collection}": with_first_secret(list_all(SECRETS)),
    f"GET {SECRETS.path}": with_first_secret(read(SECRETS)),
    f"DELETE {SECRETS.path}": with_first_secret(delete(SECRETS)),
    **lifecycle(SECRETS, SWITCH),
    f"POST {APPS.path}/credentials/jwks": add_public_key,
    f"GET {APPS.path}/sso/saml/metadata": metadata,
}
