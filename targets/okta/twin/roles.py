"""Standard administrator roles of users and groups, and the applications and groups that a role is limited to."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.okta.twin import errors
from targets.okta.twin.context import Answering, Context
from targets.okta.twin.family import Family, Seed
from targets.okta.twin.groups import GROUPS
from targets.okta.twin.kinds import NO_CONTENT, Kind, read
from targets.okta.twin.listing import Listing, listed
from targets.okta.twin.org import Org, Path, Resource
from targets.okta.twin.seeding import seed_kind

LABELS: Mapping[str, str] = {
    "APP_ADMIN": "Application Administrator",
    "GROUP_MEMBERSHIP_ADMIN": "Group Membership Administrator",
    "HELP_DESK_ADMIN": "Help Desk Administrator",
    "READ_ONLY_ADMIN": "Read-only Administrator",
    "SUPER_ADMIN": "Super Administrator",
    "USER_ADMIN": "Group Administrator",
}
OLD_LABELS: Mapping[str, str] = {"USER_ADMIN": "User Administrator"}
"""What they were called before RENAMED."""
RENAMED = "2022"
LIMITED = frozenset({"APP_ADMIN", "GROUP_MEMBERSHIP_ADMIN", "HELP_DESK_ADMIN", "USER_ADMIN"})
"""Roles that can be limited to targets. The id of their assignment follows from the role alone."""

LOGOS = "https://op3static.oktacdn.com"
CATALOGUE: Mapping[str, Mapping[str, Any]] = {
    "oidc_client": {
        "displayName": "OpenID Connect Client",
        "description": "OpenID Connect Client",
        "category": "OAUTH2",
        "website": "http://openid.net/specs/openid-connect-core-1_0.html",
        "signOnModes": ["OPENID_CONNECT"],
        "features": ["DEFAULT_PUSH_STATUS_TO_PUSH"],
        "lastUpdated": "2017-06-20T02:25:02.000Z",
        "logo": {"href": f"{LOGOS}/assets/img/logos/default.6770228fb0dab49a1695ef440a5279bb.png", "type": "image/png"},
    },
    "facebook": {
        "displayName": "Facebook",
        "description": "Giving people the power to share and make the world more open and connected.",
        "category": "SOCIAL",
        "website": "https://www.facebook.com/",
        "signOnModes": ["BROWSER_PLUGIN"],
        "lastUpdated": "2021-03-18T17:37:56.000Z",
        "logo": {"href": f"{LOGOS}/fs/bcg/4/gfshpspesrHHFC4Ve1d6"},
    },
}
"""Applications of the vendor's catalogue that recordings show as targets."""


@dataclass(frozen=True)
class Assignee:
    """Who has roles: users or groups."""

    kind: str
    entity: str
    type: str
    prefix: str
    """What ids of assignments begin with that do not follow from the role."""
    renews: bool = False
    """A new role makes other assignments of those that were there."""

    @property
    def path(self) -> str:
        """Where one of them is."""
        return f"/api/v1/{self.kind}/{{id}}"

    def under(self) -> Kind:
        """The kind, as far as its roles need it."""
        return Kind(self.path, entity=self.entity)


ASSIGNEES = (Assignee("users", "User", "USER", "ra1", renews=True), Assignee("groups", "UserGroup", "GROUP", "gra"))


def assignment_id(org: Org, role: str, prefix: str) -> str:
    """Base32 of the role's name, or a random id where the role cannot be limited."""
    return base64.b32encode(role.encode()).decode().rstrip("=") if role in LIMITED else org.new_id(prefix)


def label(org: Org, role: str) -> str:
    """What people call a role."""
    return (OLD_LABELS if org.date < RENAMED else {}).get(role, LABELS[role])


def _kind(assignee: Assignee) -> Kind:
    def links(context: Context, _: Resource, ids: Path) -> Json:
        return {"assignee": {"href": context.href(f"/api/v1/{assignee.kind}/{ids[0]}")}}

    return Kind(f"{assignee.path}/roles/{{roleId}}", entity="RoleAssignment", links=links, under=assignee.under())


# --- assignments


def _assign(kind: Kind, assignee: Assignee) -> Answering:
    def answer(context: Context) -> Reply:
        kind.check_parents(context.org, context.ids)
        role = str(context.body.get("type"))
        if role not in LABELS:
            raise errors.unevidenced(context.org, f"the role {role}")
        now = context.org.now()
        assignment = {
            "id": assignment_id(context.org, role, assignee.prefix),
            "label": label(context.org, role),
            "type": role,
            "status": "ACTIVE",
            "created": now,
            "lastUpdated": now,
            "assignmentType": assignee.type,
        }
        for other in kind.all(context.org, *context.ids) if assignee.renews else ():
            other |= {"created": now, "lastUpdated": now}
        kind.keep(context.org, context.ids, assignment)
        return Reply(kind.shown(context, assignment, context.ids), 201)

    return answer


def _list(kind: Kind) -> Answering:
    """Assignments are in the order of what they are called by."""

    def answer(context: Context) -> Reply:
        kind.check_parents(context.org, context.ids)
        found = sorted(kind.all(context.org, *context.ids), key=lambda one: str(one.get("label")))
        return Reply([kind.shown(context, one, context.ids) for one in found])

    return answer


def _unassign(kind: Kind) -> Answering:
    def answer(context: Context) -> Reply:
        assignment = kind.find(context.org, *context.ids)
        context.org.remove(kind.name, kind.parents(context.org, context.ids[:-1]), assignment["id"])
        return NO_CONTENT

    return answer


# --- targets

APPS = "catalog/apps"
"""Where applications are as targets."""
PAGE = Listing(limit=20, told=("after", "limit"))


def _limit(context: Context, kind: Kind, assignment: Resource, targets: str, id_: str, target: Resource) -> None:
    """Add a target. The first one makes another assignment of a role that was not limited; so does any application."""
    shelf, place = f"{kind.name}/targets/{targets}", context.ids[:2]
    assignment["lastUpdated"] = context.org.now()
    if targets == APPS or not context.org.shelf(shelf, place):
        assignment["created"] = assignment["lastUpdated"]
    context.org.put(shelf, place, id_, target)


def _add_group(kind: Kind) -> Answering:
    def answer(context: Context) -> Reply:
        owner, role, group_id = context.ids
        assignment = kind.find(context.org, owner, role)
        GROUPS.find(context.org, group_id)
        _limit(context, kind, assignment, "groups", group_id, {"id": group_id})
        return NO_CONTENT

    return answer


def _add_app(kind: Kind) -> Answering:
    """The target is an application of the catalogue, or one instance of it."""

    def answer(context: Context) -> Reply:
        owner, role, name, *instance = context.ids
        assignment = kind.find(context.org, owner, role)
        if instance and context.org.get("apps", (), instance[0]) is None:
            raise errors.not_found(context.org, instance[0], "AppInstance")
        target = instance[0] if instance else name
        _limit(context, kind, assignment, APPS, target, {"name": name, "instance": bool(instance)})
        return NO_CONTENT

    return answer


def _remove(kind: Kind, targets: str) -> Answering:
    def answer(context: Context) -> Reply:
        owner, role, *_, target = context.ids
        kind.find(context.org, owner, role)
        context.org.remove(f"{kind.name}/targets/{targets}", (owner, role), target)
        return NO_CONTENT

    return answer


def _list_groups(kind: Kind) -> Answering:
    def answer(context: Context) -> Reply:
        kind.find(context.org, *context.ids)
        ids = context.org.oldest_first(GROUPS.name, context.org.shelf(f"{kind.name}/targets/groups", context.ids))
        found = [group for id_ in ids if (group := context.org.get("groups", (), id_)) is not None]
        return _page(context, listed(context, PAGE, found, lambda group: _shown_group(context, group)))

    return answer


def _list_apps(kind: Kind) -> Answering:
    def answer(context: Context) -> Reply:
        kind.find(context.org, *context.ids)
        targets = context.org.shelf(f"{kind.name}/targets/{APPS}", context.ids)
        found = [{"id": id_, **target} for id_, target in reversed(targets.items())]
        return _page(context, listed(context, PAGE, found, lambda target: _shown_app(context, target)))

    return answer


def _page(context: Context, reply: Reply) -> Reply:
    """``self`` of such a list names a cursor and the usual limit, whatever the request said."""
    cursor = context.org.ids.token(22, prefix="PGE")
    here = context.href(context.request.path.rstrip("/"))
    return Reply(reply.body, 200, {"link": f'<{here}?after={cursor}&limit={PAGE.limit}>; rel="self"'})


def _shown_group(context: Context, group: Resource) -> Json:
    """As a target, a group does not say where its owners are."""
    view: dict[str, Any] = GROUPS.shown(context, group)
    view["_links"].pop("owners", None)
    return view


def _shown_app(context: Context, target: Resource) -> Json:
    if target["instance"]:
        app = context.org.get("apps", (), target["id"]) or {}
        here = {"self": {"href": context.href(f"/api/v1/apps/{target['id']}")}}
        return {"name": app.get("label"), "status": app.get("status"), "id": target["id"], "_links": here}
    name = target["name"]
    if name not in CATALOGUE:
        raise errors.unevidenced(context.org, f"what the catalogue says of {name}")
    about = dict(CATALOGUE[name])
    links = {
        "logo": [{"name": "medium", **about.pop("logo")}],
        "self": {"href": context.href(f"/api/v1/catalog/apps/{name}")},
    }
    return {"name": name, "status": "ACTIVE", "verificationStatus": "OKTA_VERIFIED", **about, "_links": links}


def _answers(assignee: Assignee) -> dict[str, Answering]:
    kind = _kind(assignee)
    groups, apps = f"{kind.path}/targets/groups", f"{kind.path}/targets/{APPS}"
    return {
        f"GET {kind.collection}": _list(kind),
        f"POST {kind.collection}": _assign(kind, assignee),
        f"GET {kind.path}": read(kind),
        f"DELETE {kind.path}": _unassign(kind),
        f"GET {groups}": _list_groups(kind),
        f"PUT {groups}/{{groupId}}": _add_group(kind),
        f"DELETE {groups}/{{groupId}}": _remove(kind, "groups"),
        f"GET {apps}": _list_apps(kind),
        f"PUT {apps}/{{appName}}": _add_app(kind),
        f"DELETE {apps}/{{appName}}": _remove(kind, APPS),
        f"PUT {apps}/{{appName}}/{{appId}}": _add_app(kind),
        f"DELETE {apps}/{{appName}}/{{appId}}": _remove(kind, APPS),
    }


# --- what was there before


def _seed_group(kind: Kind) -> Seed:
    """An answer shows a target as the group that it is."""

    def seed(org: Org, ids: Path, group: Resource) -> None:
        if org.get("groups", (), ids[-1]) is None:
            seed_kind(org, GROUPS, ids[-1:], group)
        org.put(f"{kind.name}/targets/groups", ids[:-1], ids[-1], {"id": ids[-1]})

    return seed


def _seed_app(kind: Kind) -> Seed:
    """An answer shows a target with an id where it is an instance, by name where it is of the catalogue."""

    def seed(org: Org, ids: Path, app: Resource) -> None:
        if app:
            name = str(app.get("name"))
            stored = {"name": name, "instance": "id" in app}
            org.put(f"{kind.name}/targets/{APPS}", ids[:-1], ids[-1] or name, stored)

    return seed


def _seeds() -> dict[str, Seed]:
    kinds = [_kind(assignee) for assignee in ASSIGNEES]
    groups = {f"{kind.name}/targets/groups": _seed_group(kind) for kind in kinds}
    return {**groups, **{f"{kind.name}/targets/{APPS}": _seed_app(kind) for kind in kinds}}


FAMILY = Family(
    seeds=_seeds(),
    kinds=tuple(_kind(assignee) for assignee in ASSIGNEES),
    answers={operation: answer for assignee in ASSIGNEES for operation, answer in _answers(assignee).items()},
)
