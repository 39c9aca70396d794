"""Applications: what an organisation's users sign on to."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from conformance.twinkit.service import Reply, TwinRequest
from targets.okta.twin import apps_links, apps_shapes, apps_signing, errors
from targets.okta.twin.apps_catalog import CATALOG
from targets.okta.twin.apps_links import CREDENTIALS
from targets.okta.twin.context import Answering, Context
from targets.okta.twin.kinds import EMPTY, NO_CONTENT, SWITCH, Kind, create, delete, lifecycle, list_all, read, replace
from targets.okta.twin.listing import Listing, expression, starts_with
from targets.okta.twin.org import Org, Path, Resource
from targets.okta.twin.seeding import seed_kind

SECRET = "~secret"
"""Member that keeps an OAuth client's secret: only answers to writes show it."""
ADMIN_CONSOLE = "Okta Admin Console"
INTERNAL = {"saasure": ADMIN_CONSOLE, "okta_enduser": "Okta Dashboard", "okta_browser_plugin": "Okta Browser Plugin"}
"""Applications that every organisation has, with their labels."""
LOGOS = {
    "saasure": "okta_admin_app.da3325676d57eaf566cb786dd0c7a819.png",
    "okta_enduser": "okta-logo-end-user-dashboard.fc6d8fdbcb8cb4c933d009e71456cec6.svg",
    "okta_browser_plugin": "okta-logo-browser-plugin.1db9f55776407dfc548a5d6985ff280a.svg",
}
"""Their pictures."""
NEW_OAUTH = ("dpop_bound_access_tokens", "idp_initiated_login", "wildcard_redirect")
"""Settings of OAuth clients that came later than others."""
CONSOLE_WAY_IN = "2"
"""What the address of the administrators' way in ends in."""


def assigned(context: Context, text: str) -> Callable[[Resource], bool]:
    """``filter``: an expression over an application, its users and its groups."""
    holds = expression(context, text)

    def met(app: Resource) -> bool:
        to = {what: list(context.org.shelf(f"apps/{what}s", (app["id"],)).values()) for what in ("user", "group")}
        return holds(app | to)

    return met


def catalogue_name(app: Resource) -> Any:
    """Presets are told apart by their names in the catalogue."""
    return app.get("name")


def orn(context: Context, app: Resource) -> Resource:
    """The name that is unique in the whole of Okta; it stays, whatever the application is called later."""
    if "orn" not in app:
        org = context.org
        app["orn"] = f"orn:{org.partition}:idp:{org.own_id}:apps:{app.get('name')}:{app['id']}"
    return {"orn": app["orn"]}


def made(context: Context, app: Resource, _: Path) -> None:
    """An OAuth client without an id of its own is called like the application; a new way in has an address."""
    app["~entrance"] = context.org.new_id("aln")
    apps_signing.sign(context.org, app)
    client = app["credentials"].get("oauthClient")
    if client is not None:
        client.setdefault("client_id", app["id"])


def inactive(context: Context, app: Resource) -> None:
    """Only what nobody can sign on to any more can be deleted."""
    if app.get("status") == "ACTIVE":
        cause = "The application must be deactivated before deletion."
        raise errors.not_allowed(context.org, "E0000056", "Delete application forbidden.", cause)


APPS = Kind(
    "/api/v1/apps/{appId}",
    entity="AppInstance",
    prefix="0oa",
    defaults={"status": "ACTIVE"},
    make=apps_shapes.make,
    links=apps_links.links,
    computed=orn,
    made=made,
    before_delete=inactive,
    keeps=frozenset({"status", "orn"}),
    since={
        **dict.fromkeys(("orn", "_links.uploadLogo", "_links.clientCredentials"), "2022"),
        **dict.fromkeys(("settings.manualProvisioning", "settings.implicitAssignment"), "2022"),
        "credentials.oauthClient.pkce_required": "2022",
        **dict.fromkeys((f"settings.oauthClient.{name}" for name in NEW_OAUTH), "2022"),
        "universalLogout": "2025-05",
    },
    listing=Listing(
        limit=20,
        narrow={"q": starts_with("label", "name"), "filter": assigned},
        told=("limit", "q", "filter"),
    ),
    same=catalogue_name,
)


# --- answers


def with_secret(answer: Answering) -> Answering:
    """What answers a write also tells the OAuth client's secret."""

    def told(context: Context) -> Reply:
        reply = answer(context)
        client = (reply.body.get("credentials") or {}).get("oauthClient")
        stored = context.org.get("apps", (), reply.body["id"])
        if client is not None and stored and apps_links.credentials_of(stored) == "secrets":
            client["client_secret"] = secret_of(context, stored)
        return reply

    return told


def secret_of(context: Context, app: Resource) -> str:
    """The secret that a body gave, or one that is made when it is first asked for."""
    given = ((context.body.get("credentials") or {}).get("oauthClient") or {}).get("client_secret")
    app[SECRET] = given or app.get(SECRET) or new_secret(context.org)
    return str(app[SECRET])


def new_secret(org: Org) -> str:
    """Random characters."""
    return org.ids.token(64)


def list_apps(context: Context) -> Reply:
    """GET of all; ``expand`` names one user or one group."""
    expand = context.request.first("expand")
    if expand is not None and not re.fullmatch(r"(?:user|group)/\w+", expand):
        raise errors.invalid(context.org, "RequestParams", "Expand query is malformed.")
    if expand is not None:
        raise errors.unevidenced(context.org, "assignments within a list of applications")
    return list_all(APPS)(context)


def full(_: TwinRequest) -> Reply:
    """The condition that the organisation has as many applications as it may have."""
    cause = "Cannot create application instance. Maximum number of instances has been reached."
    return errors.stateless(400, "E0000001", "Api validation failed: generalSettings", cause)


def assign_policy(context: Context) -> Reply:
    """PUT of a policy: it takes the place of the one of its type."""
    app = APPS.find(context.org, context.ids[0])
    policy = context.org.get("policies", (), context.ids[1])
    if policy is None:
        raise errors.not_found(context.org, context.ids[1], "Policy")
    if policy.get("name") == ADMIN_CONSOLE:
        said = f'This policy belongs to "{ADMIN_CONSOLE}", and re-assignment of this policy is not allowed'
        raise errors.invalid(context.org, "Policy", said)
    link = apps_links.POLICY_LINKS.get(str(policy.get("type")), "accessPolicy")
    app[f"~{link}"] = policy["id"]
    return NO_CONTENT


def upload_logo(context: Context) -> Reply:
    """POST of a picture."""
    app = APPS.find(context.org, context.ids[0])
    APPS.touch(context, app, **{"~logo": f"/fs/bco/4/{context.org.new_id('fs0')}"})
    (app.get("~links") or {}).pop("logo", None)
    return Reply(None, 201)


# --- what is there from the start


def plain(name: str, label: str, mode: str) -> Resource:
    """An application of which no more is known."""
    return {
        "name": name,
        "label": label,
        "status": "ACTIVE",
        "accessibility": {"selfService": False, "errorRedirectUrl": None, "loginRedirectUrl": None},
        "visibility": {"autoSubmitToolbar": False, "hide": {"iOS": False, "web": False}, "appLinks": {}},
        "features": [],
        "signOnMode": mode,
        "credentials": {"userNameTemplate": dict(apps_shapes.LOGIN_TEMPLATE), "signing": {}},
        "universalLogout": {"status": "UNSUPPORTED"},
        "settings": {
            "app": {},
            "notifications": {"vpn": {"network": {"connection": "DISABLED"}, "message": None, "helpUrl": None}},
            "manualProvisioning": False,
            "implicitAssignment": False,
            "emOptInStatus": "NONE",
        },
    }


def internal_apps(org: Org) -> None:
    """The applications that every organisation has."""
    for name, label in INTERNAL.items():
        times = dict.fromkeys(APPS.times, org.now())
        hidden = {"~internal": True, "~entrance": CONSOLE_WAY_IN, "~logo": f"/assets/img/logos/{LOGOS[name]}"}
        app = {"id": org.new_id("0oa"), **plain(name, label, apps_shapes.OIDC), **times, **hidden}
        if label == ADMIN_CONSOLE:
            app["visibility"]["appLinks"]["admin"] = True
        apps_signing.sign(org, app)
        APPS.keep(org, (), app)


def seed_app(org: Org, ids: Path, resource: Resource) -> None:
    """What an answer showed of one, with what its links tell."""
    app = seed_kind(org, APPS, ids, resource or plain("bookmark", ids[-1], "BOOKMARK"))
    name, shown = str(resource.get("name", "")), resource.get("_links")
    if shown is not None:
        app |= apps_links.remembered(shown)
        app["~internal"] = not any((CREDENTIALS in shown, "oauthClient" in (resource.get("credentials") or {})))
    app["~custom"] = name not in CATALOG and re.search(r"_\d+$", name) is not None


ANSWERS: dict[str, Answering] = {
    f"POST {APPS.collection}": with_secret(create(APPS)),
    f"GET {APPS.collection}": list_apps,
    f"GET {APPS.path}": read(APPS),
    f"PUT {APPS.path}": with_secret(replace(APPS)),
    f"DELETE {APPS.path}": delete(APPS),
    **lifecycle(APPS, SWITCH, EMPTY),
    f"PUT {APPS.path}/policies/{{policyId}}": assign_policy,
    f"POST {APPS.path}/logo": upload_logo,
}
