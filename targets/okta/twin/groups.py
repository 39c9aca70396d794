"""Groups, their members and their owners."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.okta.twin import errors, group_rules, memberships
from targets.okta.twin.apps_members import apps_of_group
from targets.okta.twin.context import Context
from targets.okta.twin.errors import record
from targets.okta.twin.family import Family
from targets.okta.twin.kinds import NO_CONTENT, Kind, delete, standard
from targets.okta.twin.listing import Listing, expression, listed, starts_with
from targets.okta.twin.org import Org, Path, Resource, plain
from targets.okta.twin.seeding import seed_kind
from targets.okta.twin.users import USERS, in_list, seed_user

LOGOS = "https://op3static2.oktacdn.com/assets/img/logos/groups/odyssey/okta-"


def group_links(context: Context, group: Resource, _: Path) -> Json:
    """Logos, owners, members, applications."""
    here = context.href(f"/api/v1/groups/{group['id']}")
    sizes = {"medium": "30ce6d4085dff29412984e4c191bc874", "large": "c3cb8cda8ae0add1b4fe928f5844dbe3"}
    logos = [{"name": size, "href": f"{LOGOS}{size}.{hash_}.png", "type": "image/png"} for size, hash_ in sizes.items()]
    parts = ("users", "apps") if context.org.lacks(OWNERS.name) else ("owners", "users", "apps")
    return {"logo": logos, **{name: {"href": f"{here}/{name}"} for name in parts}}


def by_name(_: Context, found: list[Resource]) -> list[Resource]:
    """Lists of groups are in the order of their names."""
    return sorted(found, key=lambda group: str(group["profile"].get("name")))


def _forget(context: Context, group: Resource) -> None:
    """Applications lose the group with it. Groups that nobody made by hand stay."""
    _check_made_by_hand(context.org, group)
    context.org.remove_everywhere(("apps/groups",), group["id"])


def _make(_: Context, body: Resource, __: Resource | None) -> Resource:
    return {**body, "profile": record(body.get("profile"))}


def _begin(_: Context, group: Resource, __: Path) -> None:
    group["lastMembershipUpdated"] = group["created"]


GROUPS = Kind(
    "/api/v1/groups/{groupId}",
    entity="UserGroup",
    prefix="00g",
    defaults={"objectClass": ["okta:user_group"], "type": "OKTA_GROUP", "profile": {"description": None}},
    make=_make,
    links=group_links,
    before_delete=_forget,
    keeps=frozenset({"lastMembershipUpdated", "objectClass", "type"}),
    made=_begin,
    listing=Listing(
        limit=10_000,
        most=10_000,
        narrow={"q": starts_with("profile.name"), "filter": expression, "search": expression},
        unlinked=("q",),
        order=by_name,
    ),
)


def everyone(org: Org) -> None:
    """The group that all users are in."""
    group: dict[str, Any] = {"id": org.new_id("00g"), "objectClass": ["okta:user_group"], "type": "BUILT_IN"}
    profile = {"name": memberships.EVERYONE, "description": "All users in your organization"}
    times = dict.fromkeys((*GROUPS.times, "lastMembershipUpdated"), org.now())
    GROUPS.keep(org, (), group | {"profile": profile} | times)


# --- members

MEMBERS = Listing(limit=1000, most=1000, told=("limit",))
GROUPS_OF_USER = Listing(limit=200, told=("limit",), order=by_name)


def _list_members(context: Context) -> Reply:
    found = memberships.members(context.org, GROUPS.find(context.org, *context.ids))
    return listed(context, MEMBERS, found, lambda user: in_list(context, user))


def _add_member(context: Context) -> Reply:
    group_id, user_id = context.ids
    group, user = GROUPS.find(context.org, group_id), USERS.find(context.org, user_id)
    _check_made_by_hand(context.org, group)
    memberships.join(context.org, group, user["id"])
    group_rules.apply(context.org, [user])
    return NO_CONTENT


def _remove_member(context: Context) -> Reply:
    group_id, user_id = context.ids
    group, user = GROUPS.find(context.org, group_id), USERS.find(context.org, user_id)
    _check_made_by_hand(context.org, group)
    memberships.leave(context.org, group, user["id"])
    return NO_CONTENT


def _check_made_by_hand(org: Org, group: Resource) -> None:
    if group.get("type", "OKTA_GROUP") != "OKTA_GROUP":
        raise errors.unevidenced(org, f"members or the end of a group of type {group['type']}")


def _apps(context: Context) -> Reply:
    GROUPS.find(context.org, *context.ids)
    return apps_of_group(context)


def _groups_of_user(context: Context) -> Reply:
    user = USERS.find(context.org, *context.ids)
    found = memberships.groups_of(context.org, user["id"])
    return listed(context, GROUPS_OF_USER, found, lambda group: GROUPS.shown(context, group))


def _seed_member(org: Org, ids: Path, user: Resource) -> None:
    """An answer shows a membership as the member."""
    group_id, user_id = ids
    if user or org.get("users", (), user_id) is None:
        seed_user(org, (user_id,), user)
    group = org.get("groups", (), group_id)
    if group is None or not memberships.holds_all(group):
        memberships.put_in(org, group_id, user_id)


def _seed_group_of_user(org: Org, ids: Path, group: Resource) -> None:
    """An answer shows a membership as the group."""
    user_id, group_id = ids
    kept = seed_kind(org, GROUPS, (group_id,), group)
    if not memberships.holds_all(kept):
        memberships.put_in(org, group_id, user_id)


def _seed_group(org: Org, ids: Path, group: Resource) -> None:
    kept = seed_kind(org, GROUPS, ids, group)
    kept.setdefault("lastMembershipUpdated", kept["created"])
    kept["profile"].setdefault("name", str(kept["id"]))


# --- owners


def _oldest_first(context: Context, found: list[Resource]) -> list[Resource]:
    """Owners in the order in which the users came to be, not in that in which they were named."""
    by_id = {str(owner["id"]): owner for owner in found}
    return [by_id[id_] for id_ in context.org.oldest_first(USERS.name, by_id)]


OWNERS = Kind(
    "/api/v1/groups/{groupId}/owners/{ownerId}",
    entity="LinkedObject",
    under=GROUPS,
    times=(),
    listing=Listing(order=_oldest_first),
)
OWNER_ENTITIES = {"USER": USERS, "GROUP": GROUPS}


def _add_owner(context: Context) -> Reply:
    """The answer writes the time in another form than lists do."""
    org = context.org
    group = GROUPS.find(org, *context.ids)
    owner = _owner(context)
    if owner["id"] in org.shelf(OWNERS.name, (group["id"],)):
        raise errors.invalid(org, "owner", "Provided owner is already assigned to this group")
    now = org.now()
    OWNERS.keep(org, (group["id"],), {**owner, "lastUpdated": f"{plain(now)}.0"})
    at = datetime.fromisoformat(now)
    return Reply({**owner, "lastUpdated": f"{at:%a %b %d %H:%M:%S} UTC {at:%Y}"}, 201)


def _owner(context: Context) -> Resource:
    """The owner that the body asks for. Raises Refusal: 404 if there is no such user or group."""
    type_, id_ = str(context.body.get("type")), str(context.body.get("id"))
    if type_ not in OWNER_ENTITIES:
        raise errors.unevidenced(context.org, f"owners of type {type_}")
    resource = OWNER_ENTITIES[type_].find(context.org, id_)
    profile = resource["profile"]
    name = profile.get("name") or f"{profile.get('firstName')} {profile.get('lastName')}"
    told = {"id": resource["id"], "type": type_, "resolved": True, "originId": None, "originType": "OKTA_DIRECTORY"}
    return {**told, "displayName": name}


FAMILY = Family(
    kinds=(GROUPS, OWNERS),
    answers={
        **standard(GROUPS),
        **standard(OWNERS, "list"),
        f"POST {OWNERS.collection}": _add_owner,
        f"DELETE {OWNERS.path}": delete(OWNERS),
        f"GET {GROUPS.path}/users": _list_members,
        f"PUT {GROUPS.path}/users/{{userId}}": _add_member,
        f"DELETE {GROUPS.path}/users/{{userId}}": _remove_member,
        f"GET {GROUPS.path}/apps": _apps,
        f"GET {USERS.path}/groups": _groups_of_user,
    },
    presets=everyone,
    seeds={GROUPS.name: _seed_group, memberships.MEMBERS: _seed_member, "users/groups": _seed_group_of_user},
)
