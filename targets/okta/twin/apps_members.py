"""Who may use an application: users and groups that it is assigned to, and the grants and tokens of OAuth clients."""

from __future__ import annotations

from typing import Any

from conformance.programs.trees import merged
from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.okta.twin import errors
from targets.okta.twin.apps_kind import APPS
from targets.okta.twin.context import Answering, Context
from targets.okta.twin.grammar import value_at
from targets.okta.twin.kinds import NO_CONTENT, Kind, delete, hints, list_all, read
from targets.okta.twin.listing import Listing, listed, starts_with
from targets.okta.twin.metadata import rank
from targets.okta.twin.org import Org, Path, Resource

# --- users


def user_links(context: Context, _: Resource, ids: Path) -> Json:
    """The application, and the user."""
    app, user = ids
    return {name: {"href": context.href(f"/api/v1/{name}s/{id_}")} for name, id_ in (("app", app), ("user", user))}


APP_USERS = Kind(
    "/api/v1/apps/{appId}/users/{userId}",
    entity="AppUser",
    defaults={
        "externalId": None,
        "scope": "USER",
        "status": "ACTIVE",
        "passwordChanged": None,
        "syncState": "DISABLED",
        "profile": {},
    },
    links=user_links,
    under=APPS,
    listing=Listing(limit=50, most=500, narrow={"q": starts_with("credentials.userName")}, told=("limit", "q")),
)
SET_BY_BODY = ("scope", "credentials", "profile")
"""Members of an assignment that a body sets."""


def _asked(body: Resource) -> Resource:
    """What a body sets; passwords are taken, and nothing shows them again."""
    asked = {name: body[name] for name in SET_BY_BODY if body.get(name) is not None}
    if credentials := asked.get("credentials"):
        asked["credentials"] = {name: value for name, value in credentials.items() if name != "password"}
    return asked


def assign_user(context: Context) -> Reply:
    """POST of a user, who must be there."""
    app = APPS.find(context.org, *context.ids)
    user = context.org.get("users", (), str(context.body.get("id")))
    if user is None:
        raise errors.not_found(context.org, str(context.body.get("id")), "User")
    now = context.org.now()
    named = {"credentials": {"userName": (user.get("profile") or {}).get("login")}}
    times = dict.fromkeys((*APP_USERS.times, "statusChanged"), now)
    made = merged({**dict(APP_USERS.defaults), **named}, _asked(context.body)) | times | {"id": user["id"]}
    kept = APP_USERS.keep(context.org, (app["id"],), made)
    return Reply(APP_USERS.shown(context, kept, (app["id"],)))


def change_user(context: Context) -> Reply:
    """POST to an assignment: what the body does not say stays."""
    found = APP_USERS.find(context.org, *context.ids)
    changes = _asked(context.body)
    APP_USERS.touch(context, found, **merged({name: found.get(name) for name in changes}, changes))
    return Reply(APP_USERS.shown(context, found, context.ids[:-1]))


# --- groups


def group_links(context: Context, _: Resource, ids: Path) -> Json:
    """The application, the assignment itself, and the group."""
    app, group = ids
    paths = {"app": f"apps/{app}", "self": f"apps/{app}/groups/{group}", "group": f"groups/{group}"}
    return {name: {"href": context.href(f"/api/v1/{path}")} for name, path in paths.items()}


def priority(assignment: Resource) -> Any:
    """Where an assignment stands among those of its application."""
    return assignment.get("priority", 0)


APP_GROUPS = Kind(
    "/api/v1/apps/{appId}/groups/{groupId}",
    entity="GroupAppAssignment",
    defaults={"priority": 0, "profile": {}},
    links=group_links,
    times=("lastUpdated",),
    under=APPS,
    listing=Listing(limit=20, told=("limit", "q"), order=lambda _, found: sorted(found, key=priority)),
)


def assign_group(context: Context) -> Reply:
    """PUT of a group, which must be there; it takes its place, and those from there on move down."""
    app = APPS.find(context.org, context.ids[0])
    group = context.org.get("groups", (), context.ids[1])
    if group is None:
        raise errors.not_found(context.org, context.ids[1], "UserGroup")
    others = [one for one in APP_GROUPS.all(context.org, app["id"]) if one["id"] != group["id"]]
    asked = {name: context.body[name] for name in ("priority", "profile") if context.body.get(name) is not None}
    wanted = asked.get("priority", 1 + max(map(priority, others), default=-1))
    _make_room(others, wanted)
    made = {"id": group["id"], "profile": {}, **asked, "priority": wanted, "lastUpdated": context.org.now()}
    return Reply(APP_GROUPS.shown(context, APP_GROUPS.keep(context.org, (app["id"],), made), (app["id"],)))


def _make_room(others: list[Resource], wanted: int) -> None:
    """Those that stand where the new one goes move down, as far as need be."""
    taken = wanted
    for other in sorted(others, key=priority):
        if priority(other) == taken:
            taken = other["priority"] = taken + 1


def apps_of_group(context: Context) -> Reply:
    """GET ``/groups/{groupId}/apps``: the applications that a group is assigned to."""
    found = [app for app in APPS.all(context.org) if context.org.get(APP_GROUPS.name, (app["id"],), context.ids[0])]
    return listed(context, Listing(limit=20, told=("limit",)), found, lambda app: APPS.shown(context, app))


# --- grants


def client_links(context: Context, app: Resource) -> Resource:
    """The application, also as the OAuth client that it is."""
    title = app.get("label")
    client = client_id(app)
    paths = {"app": f"/api/v1/apps/{app['id']}", "client": f"/oauth2/v1/clients/{client}"}
    return {name: {"href": context.href(path), "title": title} for name, path in paths.items()}


def grant_links(context: Context, _: Resource, ids: Path) -> Json:
    """A grant is read and revoked."""
    here = context.href(f"/api/v1/apps/{ids[0]}/grants/{ids[1]}")
    return {**client_links(context, APPS.find(context.org, ids[0])), "self": hints(here, "GET", "DELETE")}


def scope(context: Context, grant: Resource) -> Json:
    """What was granted: shown to whoever grants it, or asks for it."""
    if context.request.method == "POST" or context.request.first("expand") == "scope":
        return {"scope": {"id": grant.get("scopeId")}}
    return {}


def make_grant(context: Context, body: Resource, _: Resource | None) -> Resource:
    """An administrator grants a client a scope."""
    app = APPS.find(context.org, context.ids[0])
    asked: Resource = {name: body[name] for name in ("issuer", "scopeId") if name in body}
    by = {"id": administrator(context.org), "type": "User"}
    return {"status": "ACTIVE", "createdBy": by, **asked, "clientId": client_id(app), "source": "ADMIN"}


def administrator(org: Org) -> str:
    """The user whose token calls: the organisation's first."""
    return org.caller()


class OfClient(Kind):
    """A kind of what belongs to an OAuth client, and is still there when another application is the same client."""

    def parents(self, org: Org, parents: Path) -> Path:
        """The client that an application is."""
        app = org.get(APPS.name, (), parents[-1]) if parents else None
        return (client_id(app),) if app else parents


def client_id(app: Resource) -> str:
    """What an application is called as an OAuth client."""
    return str(value_at(app, "credentials.oauthClient.client_id") or app["id"])


def seed_grant(org: Org, ids: Path, resource: Resource) -> None:
    """A grant tells its client."""
    shown = {name: value for name, value in resource.items() if name not in ("_links", "_embedded")}
    GRANTS.keep(org, (str(resource.get("clientId", ids[0])),), {**shown, "id": ids[-1]})


GRANTS = OfClient(
    "/api/v1/apps/{appId}/grants/{grantId}",
    entity="OAuth2ScopeConsentGrant",
    prefix="oag",
    make=make_grant,
    links=grant_links,
    embedded=scope,
    under=APPS,
    listing=Listing(order=lambda _, found: sorted(found, key=lambda one: rank(str(one.get("scopeId"))))),
)


def grant(context: Context) -> Reply:
    """POST of a grant."""
    app = APPS.find(context.org, *context.ids)
    return Reply(GRANTS.shown(context, GRANTS.new(context, (app["id"],), context.body), (app["id"],)))


# --- tokens

TOKENS = Kind(
    "/api/v1/apps/{appId}/tokens/{tokenId}",
    entity="OAuth2RefreshTokenTx",
    under=APPS,
    listing=Listing(limit=20, told=("limit",)),
)


def of_token(answer: Answering) -> Answering:
    """One token: where there is none, it is called by the application's id as well."""

    def answered(context: Context) -> Reply:
        app = APPS.find(context.org, context.ids[0])
        if context.org.get(TOKENS.name, (app["id"],), context.ids[1]) is None:
            raise errors.not_found(context.org, ".".join(context.ids), TOKENS.entity)
        return answer(context)

    return answered


def revoke_all(context: Context) -> Reply:
    """DELETE of all tokens of an application."""
    app = APPS.find(context.org, *context.ids)
    for token in TOKENS.all(context.org, app["id"]):
        context.org.remove(TOKENS.name, (app["id"],), token["id"])
    return NO_CONTENT


ANSWERS: dict[str, Answering] = {
    f"POST {APP_USERS.collection}": assign_user,
    f"GET {APP_USERS.collection}": list_all(APP_USERS),
    f"GET {APP_USERS.path}": read(APP_USERS),
    f"POST {APP_USERS.path}": change_user,
    f"DELETE {APP_USERS.path}": delete(APP_USERS),
    f"GET {APP_GROUPS.collection}": list_all(APP_GROUPS),
    f"GET {APP_GROUPS.path}": read(APP_GROUPS),
    f"PUT {APP_GROUPS.path}": assign_group,
    f"DELETE {APP_GROUPS.path}": delete(APP_GROUPS),
    f"POST {GRANTS.collection}": grant,
    f"GET {GRANTS.collection}": list_all(GRANTS),
    f"GET {GRANTS.path}": read(GRANTS),
    f"DELETE {GRANTS.path}": delete(GRANTS),
    f"GET {TOKENS.collection}": list_all(TOKENS),
    f"GET {TOKENS.path}": of_token(read(TOKENS)),
    f"DELETE {TOKENS.collection}": revoke_all,
    f"DELETE {TOKENS.path}": of_token(delete(TOKENS)),
}
