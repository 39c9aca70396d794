"""``_links`` of applications: what can be done with one, by its kind, its sign-on mode and its status."""

from __future__ import annotations

import re
from typing import Any

from conformance.recordings.model import Json
from targets.okta.twin.apps_catalog import LOGOS, entry
from targets.okta.twin.apps_shapes import CLIENT, OIDC, SAML_1, SAML_2
from targets.okta.twin.context import Context
from targets.okta.twin.kinds import hints
from targets.okta.twin.org import Org, Path, Resource

ACCESS, ENROLLMENT = "ACCESS_POLICY", "PROFILE_ENROLLMENT"
POLICY_LINKS = {ACCESS: "accessPolicy", ENROLLMENT: "profileEnrollment"}
"""The links that lead to an application's policies, by the type of policy."""
CREDENTIALS = "clientCredentials"
ONCE = ("help", "appLinks", "logo")
"""Links of a seeded application that stay as they were shown."""


def links(context: Context, app: Resource, ids: Path) -> Json:
    """All links of one application."""
    here = context.href(f"/api/v1/apps/{ids[-1]}")
    made = {
        **_help(context, app),
        **_metadata(app, here),
        "uploadLogo": hints(f"{here}/logo", "POST"),
        "appLinks": _ways_in(context, app),
        **_policies(context, app, here),
        "groups": {"href": f"{here}/groups"},
        "logo": [{"name": "medium", "href": _logo(app), "type": "image/png"}],
        **_client_credentials(app, here),
        "users": {"href": f"{here}/users"},
        **_switch(app, here),
    }
    shown = app.get("~links")
    return made if shown is None else made | {name: shown[name] for name in ONCE if name in shown}


def policy_of(org: Org, app: Resource, type_: str) -> str | None:
    """The id of the policy of a type that holds for an application: its own, the one called like it, or the default."""
    own: str | None = app.get(f"~{POLICY_LINKS[type_]}")
    like = [policy for _, policy in org.all("policies") if policy.get("type") == type_]
    named = [policy for policy in like if policy.get("name") == app.get("label") and policy.get("system")]
    default = [policy for policy in like if policy.get("system")] or like
    return own or next((str(policy["id"]) for policy in (*named, *default)), None)


def remembered(shown: Resource) -> Resource:
    """What to keep of the links that an answer showed of an application."""
    kept = {name: link for name, link in shown.items() if name in (*ONCE, CREDENTIALS)}
    policies = {f"~{name}": shown[name]["href"].rpartition("/")[2] for name in POLICY_LINKS.values() if name in shown}
    return {"~links": kept, **policies}


def _help(context: Context, app: Resource) -> Resource:
    """Where administrators read how to set it up: written by Okta, or by the application's makers."""
    mode, name = str(app.get("signOnMode")), str(app.get("name"))
    if app.get("~links") is not None or mode not in (SAML_1, SAML_2, OIDC) or name == CLIENT:
        return {}
    own = app.get("~custom") or mode == SAML_1
    page = f"/app/{name}/{app['id']}/setup/help/{mode}/{'instructions' if own else 'external-doc'}"
    return {"help": {"href": admin_url(context) + page, "type": "text/html"}}


def admin_url(context: Context) -> str:
    """The address of the organisation's administrators; an organisation at a bare address has but one."""
    return re.sub(r"(?<=://)([a-z][\w-]*)(?=\.)", r"\1-admin", context.request.base_url)


def _metadata(app: Resource, here: str) -> Resource:
    if app.get("signOnMode") != SAML_2:
        return {}
    return {"metadata": {"href": f"{here}/sso/saml/metadata", "type": "application/xml"}}


def _ways_in(context: Context, app: Resource) -> list[Any]:
    """Those that are not hidden."""
    name = str(app.get("name"))
    here = context.href(f"/home/{name}/{app['id']}")
    entrances = entry(name).entrances
    shown = (app.get("visibility") or {}).get("appLinks") or {}
    return [
        {"name": way, "href": f"{here}/{entrances.get(way) or app.get('~entrance', '')}", "type": "text/html"}
        for way, visible in shown.items()
        if visible
    ]


def _policies(context: Context, app: Resource, here: str) -> Resource:
    """Where the organisation still works by its old pipeline, no policies belong to applications."""
    if context.org.is_classic:
        return {}
    found = {name: policy_of(context.org, app, type_) for type_, name in POLICY_LINKS.items()}
    to = {name: {"href": context.href(f"/api/v1/policies/{id_}")} for name, id_ in found.items() if id_}
    return {"policies": hints(f"{here}/policies", "PUT"), **to}


def _logo(app: Resource) -> str:
    return str(LOGOS + app.get("~logo", entry(str(app.get("name"))).logo))


def _client_credentials(app: Resource, here: str) -> Resource:
    """Where an OAuth client's secrets or keys are, as its way of showing who it is demands."""
    what = credentials_of(app)
    return {CREDENTIALS: [{"name": what, "href": f"{here}/credentials/{what}"}]} if what else {}


def credentials_of(app: Resource) -> str:
    """``secrets``, ``jwks``, or "" where there are none."""
    client = (app.get("credentials") or {}).get("oauthClient")
    if app.get("signOnMode") != OIDC or app.get("~internal"):
        return ""
    if client is None and (shown := (app.get("~links") or {}).get(CREDENTIALS)):
        return str(shown[0]["name"])
    method = (client or {}).get("token_endpoint_auth_method", "client_secret_basic")
    return {"none": "", "private_key_jwt": "jwks"}.get(method, "secrets")


def _switch(app: Resource, here: str) -> Resource:
    verb = "deactivate" if app.get("status") == "ACTIVE" else "activate"
    return {verb: {"href": f"{here}/lifecycle/{verb}"}}
