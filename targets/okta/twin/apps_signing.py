"""The keys that applications sign with."""

from __future__ import annotations

from targets.okta.twin import apps_certificates as certificates
from targets.okta.twin import apps_shapes as shapes
from targets.okta.twin.org import Org, Resource

KEYS = "apps/credentials/keys"
"""The kind of an application's keys."""
YEARS = 10
"""How long the key is good that an application gets when it is made."""


def sign(org: Org, app: Resource) -> Resource | None:
    """See to it that an application has what it signs with; its key, or None where it has none of its own.

    OpenID Connect applications sign with the organisation's key, and only name it.
    """
    mode = app.get("signOnMode")
    signing = (app.setdefault("credentials", {}) or {}).setdefault("signing", {})
    if mode == shapes.OIDC:
        signing.setdefault("kid", _own_key_id(org))
    return _key(org, app, signing) if mode in shapes.SIGNED_MODES else None


def _own_key_id(org: Org) -> str:
    if "signing_key" not in org.traits:
        org.traits["signing_key"] = certificates.key_id(org)
    return str(org.traits["signing_key"])


def _key(org: Org, app: Resource, signing: Resource) -> Resource:
    """The application's key; one that nothing has shown yet is as old as the application."""
    found = org.get(KEYS, (app["id"],), str(signing.get("kid")))
    if found is None:
        found = certificates.key(org, YEARS, app.get("created") or "")
        signing["kid"] = found["kid"] = signing.get("kid") or found["kid"]
        org.put(KEYS, (app["id"],), found["kid"], found)
    return found
