"""What an application looks like: what a body sets, and what follows from its kind and its sign-on mode."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from conformance.programs.trees import merged
from conformance.recordings.model import Json
from targets.okta.twin import errors
from targets.okta.twin.apps_catalog import Entry, custom, entry
from targets.okta.twin.context import Context
from targets.okta.twin.errors import record
from targets.okta.twin.kinds import hints
from targets.okta.twin.org import Org, Resource

OIDC, SAML_2, SAML_1, AUTO_LOGIN = "OPENID_CONNECT", "SAML_2_0", "SAML_1_1", "AUTO_LOGIN"
CLIENT = "oidc_client"
EXTENDED_UNTIL = "2021"
"""Before this year applications had extended properties, which nobody used."""
RELAY_EMPTIED = "2026-03"
"""Since then an empty relay state is none."""
PASSWORD_MODES = frozenset({"BROWSER_PLUGIN", "SECURE_PASSWORD_STORE", "BASIC_AUTH", AUTO_LOGIN})
"""Modes in which Okta fills in a user name and a password."""
SIGNED_MODES = frozenset({SAML_2, SAML_1, "WS_FEDERATION"})
"""Modes in which an application has a signing key of its own."""
OWN_MODES = frozenset({SAML_2, AUTO_LOGIN})
"""Modes of applications that recorded organisations describe themselves."""
NAMELESS: Mapping[str, str] = {OIDC: CLIENT, "BOOKMARK": "bookmark"}
"""What an application without a name is, by sign-on mode; in other modes it is one that the organisation describes."""
LOGIN_TEMPLATE = {"template": "${source.login}", "type": "BUILT_IN"}
EMAIL_FORMAT = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
OVERRIDES = ("ssoAcsUrlOverride", "audienceOverride", "recipientOverride", "destinationOverride")
SIGN_ON: Mapping[str, Any] = {
    "defaultRelayState": None,
    "ssoAcsUrl": None,
    "idpIssuer": "http://www.okta.com/${org.externalKey}",
    "audience": None,
    "recipient": None,
    "destination": None,
    "subjectNameIdTemplate": None,
    "subjectNameIdFormat": None,
    "responseSigned": None,
    "assertionSigned": None,
    "signatureAlgorithm": None,
    "digestAlgorithm": None,
    "honorForceAuthn": None,
    "authnContextClassRef": None,
    "requestCompressed": False,
    "attributeStatements": [],
    "inlineHooks": [],
    "assertionEncryption": {"enabled": False},
    "allowMultipleAcsEndpoints": False,
    "acsEndpoints": [],
    "samlSignedRequestEnabled": False,
    "slo": {"enabled": False},
}
"""SAML settings of an application that the organisation describes."""
OAUTH_CLIENT: Mapping[str, Any] = {
    "client_uri": None,
    "logo_uri": None,
    "redirect_uris": [],
    "response_types": [],
    "grant_types": [],
    "application_type": None,
    "consent_method": "TRUSTED",
    "issuer_mode": "DYNAMIC",
    "idp_initiated_login": {"mode": "DISABLED", "default_scope": []},
    "wildcard_redirect": "DISABLED",
    "dpop_bound_access_tokens": False,
}
NO_DETOURS: Mapping[str, Any] = {"selfService": False, "errorRedirectUrl": None, "loginRedirectUrl": None}
"""Accessibility of an application of which nothing else was said."""
ADMIN_CONSENT = "In order to continue using WS-FED Auto for SSO, you must grant admin consent."


@dataclass(frozen=True)
class What:
    """Which application it is.

    Args:
        name: Its name in the catalogue, or the one that it has in the organisation.
        mode: How users sign on.
        own: The organisation describes it itself.
        brings: What it brings along.
    """

    name: str
    mode: str | None
    own: bool
    brings: Entry


def make(context: Context, body: Resource, old: Resource | None) -> Resource:
    """The application that a body asks for. Raises Refusal: 400, 501."""
    if not body.get("label"):
        raise errors.unevidenced(context.org, "an application without a label")
    what = _what(context, body, old)
    _check(context, what, body)
    started = {} if old else {"status": "ACTIVE" if context.flag("activate", True) else "INACTIVE"}
    return {
        **what.brings.more,
        **started,
        "name": what.name,
        "label": body["label"],
        "accessibility": {**NO_DETOURS, **record(body.get("accessibility"))},
        "visibility": _visibility(body, what),
        "features": (old or {}).get("features", []),
        "signOnMode": what.mode,
        "credentials": _credentials(body, what, old),
        "universalLogout": None if context.org.lacks("apps/universalLogout") else dict(what.brings.logout),
        "settings": _settings(context, body, what),
        **({"profile": body["profile"]} if body.get("profile") else {}),
        "~custom": what.own,
    }


# --- which application it is


def _what(context: Context, body: Resource, old: Resource | None) -> What:
    """AUTO_LOGIN is what the catalogue's are asked for to have passwords filled in, however they do it."""
    own = bool(old.get("~custom")) if old else _catalogue_name(body) is None
    name = _name(context, body, old, own)
    asked = body.get("signOnMode") or (old or {}).get("signOnMode")
    brings = custom(name, asked) if own else entry(name, record(record(body.get("visibility")).get("appLinks")))
    mode = brings.mode if asked is None or (asked == AUTO_LOGIN and not own) else asked
    return What(name, mode, own, brings)


def _catalogue_name(body: Resource) -> str | None:
    """The name in the catalogue; None: the organisation describes the application itself."""
    name = body.get("name") or NAMELESS.get(str(body.get("signOnMode")))
    return str(name).lower() if name else None


def _name(context: Context, body: Resource, old: Resource | None, own: bool) -> str:
    """What is in the catalogue keeps its name; the organisation's own applications are called as the body says."""
    if old is not None:
        return str((own and body.get("name")) or old.get("name"))
    return _catalogue_name(body) or _custom_name(context, str(body["label"]))


def _custom_name(context: Context, label: str) -> str:
    """The organisation's name, the label's letters and digits, and a number."""
    number = _next_number(context.org)
    return f"{context.org.subdomain}_{re.sub(r'[^a-z0-9]', '', label.lower())}_{number}"


def _next_number(org: Org) -> int:
    """How many applications the organisation has described, with this one."""
    org.traits["described_apps"] = 1 + int(org.traits.get("described_apps", 0))
    return int(org.traits["described_apps"])


def _check(context: Context, what: What, body: Resource) -> None:
    """Raises Refusal: 400, 501."""
    if what.own and what.mode not in OWN_MODES:
        raise errors.unevidenced(context.org, f"an application of one's own with {what.mode}")
    asked = (body.get("settings") or {}).get("app") or {}
    federated = what.mode in SIGNED_MODES and asked.get("wsFedConfigureType") == "AUTO"
    if what.name == "office365" and federated and not asked.get("requireAdminConsent"):
        raise errors.invalid(context.org, "settings", ADMIN_CONSENT)


# --- its members


def _visibility(body: Resource, what: What) -> Resource:
    """Who sees it where; an application has the ways in that it brings along, whatever the body names."""
    hidden = what.mode == OIDC
    usual = {"autoLaunch": False, "autoSubmitToolbar": False, "hide": {"iOS": hidden, "web": hidden}}
    laid: Resource = merged({**usual, "appLinks": {}}, record(body.get("visibility")))
    ways = {**what.brings.links, **record(laid["appLinks"])}
    laid["appLinks"] = {way: ways[way] for way in what.brings.links}
    return laid


def _credentials(body: Resource, what: What, old: Resource | None) -> Resource:
    asked = body.get("credentials") or {}
    signing = ((old or {}).get("credentials") or {}).get("signing", {}) | dict(asked.get("signing") or {})
    credentials = {"userNameTemplate": _template(asked), "signing": signing}
    if what.mode in PASSWORD_MODES:
        credentials |= _passwords(asked)
    if what.name == CLIENT:
        credentials["oauthClient"] = _client_credentials(body, old)
    return credentials


def _template(asked: Resource) -> Resource:
    template = asked.get("userNameTemplate") or LOGIN_TEMPLATE
    pushed = {"pushStatus": "DONT_PUSH"} if template.get("type") == "CUSTOM" else {}
    return {**pushed, **template}


def _passwords(asked: Resource) -> Resource:
    """How user names and passwords come about; a shared password is there, but is not shown."""
    scheme = asked.get("scheme") or "EDIT_USERNAME_AND_PASSWORD"
    shared: Resource = {"userName": asked.get("userName"), "password": {}} if scheme.startswith("SHARED") else {}
    return {"scheme": scheme, "revealPassword": bool(asked.get("revealPassword")), **shared}


def _client_credentials(body: Resource, old: Resource | None) -> Resource:
    """An OAuth client's; its secret is kept apart. Without an id of its own it gets the application's."""
    before = ((old or {}).get("credentials") or {}).get("oauthClient") or {}
    asked = (body.get("credentials") or {}).get("oauthClient") or {}
    type_ = ((body.get("settings") or {}).get("oauthClient") or {}).get("application_type")
    given = {name: value for name, value in asked.items() if name != "client_secret"}
    fresh = {
        "autoKeyRotation": True,
        "token_endpoint_auth_method": "client_secret_basic",
        "pkce_required": type_ in ("browser", "native"),
    }
    return {**fresh, **({"client_id": before["client_id"]} if "client_id" in before else {}), **given}


def _settings(context: Context, body: Resource, what: What) -> Resource:
    asked = body.get("settings") or {}
    plain = {
        "app": _own_settings(what.brings, asked.get("app") or {}),
        "notifications": {"vpn": {"network": {"connection": "DISABLED"}, "message": None, "helpUrl": None}},
        "manualProvisioning": False,
        "implicitAssignment": False,
        **({} if context.org.lacks("apps/emOptInStatus") else {"emOptInStatus": "NONE"}),
        **({"extendedProperties": None} if context.org.date < EXTENDED_UNTIL else {}),
        "notes": {"admin": None, "enduser": None},
    }
    echoed = {key: value for key, value in asked.items() if key not in ("app", "signOn", "oauthClient")}
    settings: Resource = merged(plain, echoed)
    if sign_on := _sign_on(context, asked.get("signOn") or {}, what):
        settings["signOn"] = sign_on
    if what.name == CLIENT:
        settings["oauthClient"] = _client_settings(context.org, asked.get("oauthClient") or {})
    return settings


def _own_settings(brings: Entry, asked: Resource) -> Resource:
    """The application's own settings: an empty text is none."""
    return {key: value if value != "" else None for key, value in {**brings.settings, **asked}.items()}


def _client_settings(org: Org, asked: Resource) -> Resource:
    logout = {} if org.lacks("apps/participate_slo") else {"participate_slo": False}
    refreshed = "refresh_token" in (asked.get("grant_types") or ())
    plain = {**OAUTH_CLIENT, **logout, **({"refresh_token": {"rotation_type": "STATIC"}} if refreshed else {})}
    unkept = ("policy_uri", "tos_uri")  # they are taken, and nothing shows them again
    settings: Resource = merged(plain, {key: value for key, value in asked.items() if key not in unkept})
    return settings


def _sign_on(context: Context, asked: Resource, what: What) -> Resource:
    """How SAML assertions and logins are made; {} in modes that have no such settings."""
    if what.mode == SAML_2 and what.own:
        return _saml_sign_on(context, asked)
    if what.mode == SAML_2:
        return _catalogue_sign_on(asked, OVERRIDES, attributeStatements=[])
    if what.mode == SAML_1:
        return _catalogue_sign_on(asked, OVERRIDES[:3])
    if what.mode == AUTO_LOGIN:
        return {"redirectUrl": None, "loginUrl": None} | asked
    return {}


def _catalogue_sign_on(asked: Resource, overrides: tuple[str, ...], **more: Json) -> Resource:
    plain = {**dict.fromkeys(("defaultRelayState", *overrides)), **more}
    return plain | {key: asked[key] for key in plain if asked.get(key) not in (None, "")}


def _saml_sign_on(context: Context, asked: Resource) -> Resource:
    """Empty overrides are none; hooks are shown with a link; certificates in lines."""
    emptied = (*OVERRIDES, *(("defaultRelayState",) if context.org.date >= RELAY_EMPTIED else ()))
    given = {key: value for key, value in asked.items() if value != "" or key not in emptied}
    sign_on: Resource = {**SIGN_ON, "spIssuer": (asked.get("slo") or {}).get("issuer"), **given}
    sign_on["inlineHooks"] = [_hook(context, hook["id"]) for hook in asked.get("inlineHooks") or ()]
    if certificate := asked.get("spCertificate"):
        sign_on["spCertificate"] = {"x5c": [_lines(text) for text in certificate.get("x5c") or ()]}
    return sign_on


def _lines(certificate: str) -> str:
    """A certificate in lines of the length that MIME has, each ended."""
    return "".join(f"{line}\r\n" for line in wrap("".join(certificate.split()), 76))


def _hook(context: Context, hook_id: str) -> Resource:
    here = context.href(f"/api/v1/inlineHooks/{hook_id}")
    return {"id": hook_id, "_links": {"self": hints(here, "GET", "PUT", "DELETE")}}
