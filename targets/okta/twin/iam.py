"""Roles that an organisation makes itself, with their permissions, and sets of resources that roles are bound to."""

from __future__ import annotations

from typing import Any

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.okta.twin import errors
from targets.okta.twin.context import Answering, Context
from targets.okta.twin.family import Family
from targets.okta.twin.kinds import NO_CONTENT, Kind, delete, read, replace
from targets.okta.twin.org import Path, Resource

HERE = "/api/v1/iam"


# --- roles


def _role_links(context: Context, role: Resource, _: Path) -> Json:
    here = context.href(f"{HERE}/roles/{role['id']}")
    return {"permissions": {"href": f"{here}/permissions"}, "self": {"href": here}}


def _role(context: Context, body: Resource, old: Resource | None) -> Resource:
    """A role's label is its own; permissions are resources under it."""
    label = body.get("label")
    taken = context.org.get("iam/roles", (), str(label))
    if taken is not None and taken is not old:
        raise errors.invalid(context.org, "label", "label: There is already an admin role with this name.")
    return {name: value for name, value in body.items() if name not in ("permissions", "resourceType")}


ROLES = Kind(
    f"{HERE}/roles/{{roleIdOrLabel}}",
    entity="CustomRole",
    prefix="cr0",
    defaults={"isCloneable": False},
    make=_role,
    links=_role_links,
    names=lambda role: [str(role.get("label"))],
)


def _permission_links(context: Context, permission: Resource, ids: Path) -> Json:
    role = context.href(f"{HERE}/roles/{ids[0]}")
    return {"role": {"href": role}, "self": {"href": f"{role}/permissions/{permission['label']}"}}


PERMISSIONS = Kind(
    f"{HERE}/roles/{{roleIdOrLabel}}/permissions/{{permissionType}}",
    entity="Permission",
    links=_permission_links,
    under=ROLES,
)


def _permit(context: Context, role_id: str, label: str, conditions: Json = None) -> Resource:
    now = context.org.now()
    permission = {"label": label, "created": now, "lastUpdated": now, "conditions": conditions}
    return context.org.put(PERMISSIONS.name, (role_id,), label, permission)


def _create_role(context: Context) -> Reply:
    role = ROLES.new(context, (), context.body)
    for label in context.body.get("permissions") or ():
        _permit(context, role["id"], str(label))
    return Reply(ROLES.shown(context, role))


def _role_id(context: Context) -> str:
    return str(ROLES.find(context.org, context.ids[0])["id"])


def _rank(permission: Resource) -> int:
    """Permissions are listed by what they are for, not as they were given."""
    subjects = ("okta.apps", "okta.users", "okta.groups")
    subject = permission["label"].rpartition(".")[0]
    return subjects.index(subject) if subject in subjects else len(subjects)


def _list_permissions(context: Context) -> Reply:
    role_id = _role_id(context)
    found = sorted(PERMISSIONS.all(context.org, role_id), key=_rank)
    return Reply({"permissions": [PERMISSIONS.shown(context, one, (role_id,)) for one in found]})


def _add_permission(context: Context) -> Reply:
    _permit(context, _role_id(context), context.ids[1], context.body.get("conditions"))
    return NO_CONTENT


def _list_roles(context: Context) -> Reply:
    roles = [ROLES.shown(context, role) for role in ROLES.all(context.org)]
    return Reply({"roles": roles, "_links": {}})


# --- resource sets


def _set_links(context: Context, set_: Resource, _: Path) -> Json:
    here = context.href(f"{HERE}/resource-sets/{set_['id']}")
    return {"self": {"href": here}, **{name: {"href": f"{here}/{name}"} for name in ("bindings", "resources")}}


SETS = Kind(
    f"{HERE}/resource-sets/{{resourceSetId}}",
    entity="IAMPolicy",
    prefix="iam",
    make=lambda _context, body, _old: {name: value for name, value in body.items() if name != "resources"},
    links=_set_links,
    names=lambda set_: [str(set_.get("label"))],
)


def _member_links(context: Context, member: Resource, ids: Path) -> Json:
    """A member is named by an ORN (``orn:okta:idp:ORG:apps:bookmark:ID``), which ends in the resource's kind and id."""
    parts = str(member.get("orn", "")).split(":")
    kind = parts[4] if len(parts) > 4 else ""
    here = context.href(f"{HERE}/resource-sets/{ids[0]}/resources/{member['id']}")
    return {"self": {"href": context.href(f"/api/v1/{kind}/{parts[-1]}")}, "resource": {"href": here}}


MEMBERS = Kind(
    f"{HERE}/resource-sets/{{resourceSetId}}/resources/{{resourceId}}",
    entity="IAMPolicyResource",
    prefix="ire",
    links=_member_links,
    under=SETS,
)


def _add_members(context: Context, set_id: str, orns: Json) -> None:
    for orn in orns or ():
        MEMBERS.new(context, (set_id,), {"orn": orn})


def _create_set(context: Context) -> Reply:
    set_ = SETS.new(context, (), context.body)
    _add_members(context, set_["id"], context.body.get("resources"))
    return Reply(SETS.shown(context, set_))


def _add_to_set(context: Context) -> Reply:
    set_ = SETS.find(context.org, context.ids[0])
    _add_members(context, set_["id"], context.body.get("additions"))
    return Reply(SETS.shown(context, set_))


def _list_sets(context: Context) -> Reply:
    found = [SETS.shown(context, set_) for set_ in SETS.all(context.org)]
    here = context.href(f"{HERE}/resource-sets")
    return Reply({"_links": {"self": {"href": here}}, "resource-sets": found})


def _within_set(context: Context, name: str, found: list[Any]) -> Reply:
    """A list of what a set has, with links to the set and to itself."""
    here = context.href(f"{HERE}/resource-sets/{SETS.find(context.org, context.ids[0])['id']}")
    links = {"resource-set": {"href": here}, "self": {"href": f"{here}/{name}"}}
    return Reply({"roles" if name == "bindings" else name: found, "_links": links})


def _list_members(context: Context) -> Reply:
    set_ = SETS.find(context.org, context.ids[0])
    found = [MEMBERS.shown(context, one, (set_["id"],)) for one in MEMBERS.all(context.org, set_["id"])]
    return _within_set(context, "resources", found)


def _list_bindings(context: Context) -> Reply:
    return _within_set(context, "bindings", [])


def _bind(context: Context) -> Reply:
    SETS.find(context.org, context.ids[0])
    ROLES.find(context.org, str(context.body.get("role")))
    raise errors.unevidenced(context.org, "a binding of a role that is there")


# --- who has roles

ASSIGNEES = "iam/assignees/users"
"""Kind of the users that had roles before, as the list of them shows them."""


def _assignees(context: Context) -> Reply:
    """Users that have roles: those of before, and those whose roles are known."""
    before = context.org.shelf(ASSIGNEES)
    holders = dict.fromkeys([*before, *(ids[0] for ids, _ in context.org.all("users/roles"))])
    return Reply({"value": [_assignee(context, user_id) for user_id in holders]})


def _assignee(context: Context, user_id: str) -> Json:
    """A user with links to itself and to its roles."""
    here = context.href(f"/api/v1/users/{user_id}")
    links = {"roles": {"href": f"{here}/roles"}, "self": {"href": here}}
    return {
        "id": user_id,
        "orn": f"orn:{context.org.partition}:directory:{context.org.own_id}:users:{user_id}",
        "_links": links,
    }


def _with_link(answer: Answering) -> Answering:
    """Everything here is answered with its own address in ``Link``."""

    def linked(context: Context) -> Reply:
        reply = answer(context)
        here = ((reply.body or {}).get("_links") or {}).get("self")
        return Reply(reply.body, reply.status, {"link": f'<{here["href"]}>; rel="self"'} if here else {})

    return linked


_ANSWERS: dict[str, Answering] = {
    f"POST {ROLES.collection}": _create_role,
    f"GET {ROLES.collection}": _list_roles,
    f"GET {ROLES.path}": read(ROLES),
    f"PUT {ROLES.path}": replace(ROLES),
    f"DELETE {ROLES.path}": delete(ROLES),
    f"GET {PERMISSIONS.collection}": _list_permissions,
    f"POST {PERMISSIONS.path}": _add_permission,
    f"GET {PERMISSIONS.path}": read(PERMISSIONS),
    f"PUT {PERMISSIONS.path}": replace(PERMISSIONS),
    f"DELETE {PERMISSIONS.path}": delete(PERMISSIONS),
    f"POST {SETS.collection}": _create_set,
    f"GET {SETS.collection}": _list_sets,
    f"GET {SETS.path}": read(SETS),
    f"PUT {SETS.path}": replace(SETS),
    f"DELETE {SETS.path}": delete(SETS),
    f"GET {MEMBERS.collection}": _list_members,
    f"PATCH {MEMBERS.collection}": _add_to_set,
    f"GET {MEMBERS.path}": read(MEMBERS),
    f"DELETE {MEMBERS.path}": delete(MEMBERS),
    f"GET {SETS.path}/bindings": _list_bindings,
    f"POST {SETS.path}/bindings": _bind,
    f"GET {HERE}/assignees/users": _assignees,
}

FAMILY = Family(
    kinds=(ROLES, PERMISSIONS, SETS, MEMBERS),
    answers={operation: _with_link(answer) for operation, answer in _ANSWERS.items()},
)
