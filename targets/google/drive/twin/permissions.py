"""Permissions: who may do what with a file or a shared drive."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.recordings.model import Json
from conformance.twinkit.service import TwinRequest
from targets.google.drive.twin.answers import ResourceHandler, flag, json_object, listing, page, unevidenced
from targets.google.drive.twin.lookups import holder, the_permission
from targets.google.drive.twin.resources import permission_resource
from targets.google.state import GoogleState

ADDRESSED = frozenset({"user", "group"})
ROLES = frozenset({"owner", "organizer", "fileOrganizer", "writer", "commenter", "reader"})
STORED = ("type", "role", "emailAddress", "domain", "allowFileDiscovery", "expirationTime", "view")


def create(state: GoogleState, request: TwinRequest) -> Json:
    """permissions.create; sharing again with the same person changes the role."""
    owner_id = holder(state, request)
    permission = {name: value for name, value in json_object(request, "Permission").items() if name in STORED}
    _check(request, permission)
    permission = {"id": _permission_id(state, permission), **permission}
    if permission["type"] in ADDRESSED:
        permission.setdefault("displayName", permission["emailAddress"].partition("@")[0])
    state.permissions.setdefault(owner_id, {})[permission["id"]] = permission
    _note(state, owner_id)
    return permission_resource(state, permission)


def _check(request: TwinRequest, permission: Json) -> None:
    if permission.get("type") not in (*ADDRESSED, "anyone", "domain") or permission.get("role") not in ROLES:
        raise unevidenced("a permission of unknown type or role")
    if permission["type"] in ADDRESSED and "emailAddress" not in permission:
        raise unevidenced("a permission without an address")
    if permission["type"] == "domain" and "domain" not in permission:
        raise unevidenced("a permission without a domain")
    if permission["role"] == "owner" and not flag(request, "transferOwnership"):
        raise unevidenced("a new owner without transferOwnership")


def _permission_id(state: GoogleState, permission: Json) -> str:
    """The same person has the same id on every file."""
    if permission["type"] == "anyone":
        return "anyone" if permission.get("allowFileDiscovery") else "anyoneWithLink"
    name = "domain" if permission["type"] == "domain" else "emailAddress"
    if permission.get(name) == state.user.get(name):
        return str(state.user["permissionId"])
    for held in state.permissions.values():
        for known in held.values():
            if known.get(name) == permission[name]:
                return str(known["id"])
    return state.new_permission_id()


def _note(state: GoogleState, owner_id: str) -> None:
    if owner_id in state.files:
        state.note(owner_id, modified=False)
    else:
        state.log(drive_id=owner_id)


def list_permissions(state: GoogleState, request: TwinRequest) -> Json:
    """permissions.list."""
    held = state.permissions.get(holder(state, request), {}).values()
    shown = [permission_resource(state, permission) for permission in held]
    part, next_token = page(request, shown, 100, largest=100)
    return listing("drive#permissionList", "permissions", part, next_token)


def get(state: GoogleState, request: TwinRequest) -> Json:
    """permissions.get."""
    return permission_resource(state, the_permission(state, request))


def update(state: GoogleState, request: TwinRequest) -> Json:
    """permissions.update: the role, and when it ends."""
    permission = the_permission(state, request)
    changes = json_object(request, "Permission")
    _check(request, {**permission, **changes})
    permission.update({name: changes[name] for name in ("role", "expirationTime") if name in changes})
    if flag(request, "removeExpiration"):
        permission.pop("expirationTime", None)
    _note(state, holder(state, request))
    return permission_resource(state, permission)


def delete(state: GoogleState, request: TwinRequest) -> None:
    """permissions.delete."""
    permission = the_permission(state, request)
    if permission["role"] == "owner":
        raise unevidenced("taking a file from its owner")
    owner_id = holder(state, request)
    del state.permissions[owner_id][permission["id"]]
    _note(state, owner_id)


ROUTES: Mapping[str, ResourceHandler] = {
    "POST /drive/v3/files/{fileId}/permissions": create,
    "GET /drive/v3/files/{fileId}/permissions": list_permissions,
    "GET /drive/v3/files/{fileId}/permissions/{permissionId}": get,
    "PATCH /drive/v3/files/{fileId}/permissions/{permissionId}": update,
    "DELETE /drive/v3/files/{fileId}/permissions/{permissionId}": delete,
}
