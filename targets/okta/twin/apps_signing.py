"""The keys that applications sign with."""

from __future__ import annotations

from datetime import timedelta

from targets.okta.twin import apps_shapes as shapes
from targets.okta.twin import certificates
from targets.okta.twin.org import Org, Resource, timestamp

KEYS = "apps/credentials/keys"
"""The kind of an application's keys."""
YEARS = 10
"""How long a key is good that nobody asked for."""
AGE = timedelta(days=3 * 365)
"""How old an organisation's old key is: it has not ended."""


def sign(org: Org, app: Resource) -> Resource | None:
    """See to it that an application has what it signs with; its key, or None where it has none.

    OpenID Connect applications sign with the organisation's key, and only name it. Those that speak SAML 1.1 use an
    old key of the organisation, which the catalogue's others have besides their own.
    """
    mode = app.get("signOnMode")
    signing = app.setdefault("credentials", {}).setdefault("signing", {})
    if mode == shapes.OIDC:
        signing.setdefault("kid", _own_key_id(org))
    if mode not in shapes.SIGNED_MODES:
        return None
    old = None if app.get("~custom") else _keep(org, app, {**_old_key(org), **_times(app)})
    if "kid" not in signing:
        signing["kid"] = old["kid"] if old and mode == shapes.SAML_1 else certificates.key_id(org)
    return org.get(KEYS, (app["id"],), signing["kid"]) or _keep(org, app, _new_key(org, app, signing["kid"]))


def _own_key_id(org: Org) -> str:
    if "signing_key" not in org.traits:
        org.traits["signing_key"] = certificates.key_id(org)
    return str(org.traits["signing_key"])


def _old_key(org: Org) -> Resource:
    if "old_key" not in org.traits:
        org.traits["old_key"] = certificates.key(org, YEARS, timestamp(org.clock.now() - AGE))
    return dict(org.traits["old_key"])


def _new_key(org: Org, app: Resource, kid: str) -> Resource:
    return {**certificates.key(org, YEARS, app.get("created") or ""), "kid": kid}


def _times(app: Resource) -> Resource:
    """A key is as old as the application that has it."""
    return {name: app["created"] for name in ("created", "lastUpdated") if "created" in app}


def _keep(org: Org, app: Resource, key: Resource) -> Resource:
    there = org.get(KEYS, (app["id"],), key["kid"])
    return there or org.put(KEYS, (app["id"],), key["kid"], key)
