"""Who is in which group. Everybody is in the group that is called so, without being put there."""

from __future__ import annotations

from targets.okta.twin.org import Org, Resource

MEMBERS = "groups/users"
EVERYONE = "Everyone"


def holds_all(group: Resource) -> bool:
    """It is the group that all users are in."""
    return group.get("type") == "BUILT_IN" and (group.get("profile") or {}).get("name") == EVERYONE


def is_member(org: Org, group: Resource, user_id: str) -> bool:
    """The user is in the group."""
    return holds_all(group) or user_id in org.shelf(MEMBERS, (str(group["id"]),))


def members(org: Org, group: Resource) -> list[Resource]:
    """The users in a group, oldest first. O(users)."""
    return [user for user in org.shelf("users").values() if is_member(org, group, str(user["id"]))]


def groups_of(org: Org, user_id: str) -> list[Resource]:
    """The groups that a user is in, oldest first. O(groups)."""
    return [group for group in org.shelf("groups").values() if is_member(org, group, user_id)]


def put_in(org: Org, group_id: str, user_id: str) -> None:
    """Make the user a member, without anything that a change brings about."""
    org.put(MEMBERS, (group_id,), user_id, {"id": user_id})


def join(org: Org, group: Resource, user_id: str) -> None:
    """The user becomes a member, and the group notes when."""
    if not is_member(org, group, user_id):
        put_in(org, str(group["id"]), user_id)
        group["lastMembershipUpdated"] = org.now()


def leave(org: Org, group: Resource, user_id: str) -> None:
    """The user is no longer a member, and the group notes when."""
    if user_id in org.shelf(MEMBERS, (str(group["id"]),)):
        org.remove(MEMBERS, (str(group["id"]),), user_id)
        group["lastMembershipUpdated"] = org.now()
