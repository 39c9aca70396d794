"""Groups, their members and their owners, and rules that put users into groups."""

from __future__ import annotations

from typing import Any

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.okta.twin.context import Context
from targets.okta.twin.family import Family
from targets.okta.twin.kinds import NO_CONTENT, Kind, delete, lifecycle, standard
from targets.okta.twin.listing import Listing, contains, expression, starts_with
from targets.okta.twin.org import Org, Path, Resource

LOGOS = "https://op3static2.oktacdn.com/assets/img/logos/groups/odyssey/okta-"


def group_links(context: Context, group: Resource, _: Path) -> Json:
    """Logos, owners, members, applications."""
    here = context.href(f"/api/v1/groups/{group['id']}")
    sizes = {"medium": "30ce6d4085dff29412984e4c191bc874", "large": "c3cb8cda8ae0add1b4fe928f5844dbe3"}
    logos = [{"name": size, "href": f"{LOGOS}{size}.{hash_}.png", "type": "image/png"} for size, hash_ in sizes.items()]
    return {"logo": logos, **{name: {"href": f"{here}/{name}"} for name in ("owners", "users", "apps")}}


GROUPS = Kind(
    "/api/v1/groups/{groupId}",
    entity="UserGroup",
    prefix="00g",
    defaults={"objectClass": ["okta:user_group"], "type": "OKTA_GROUP", "profile": {"description": None}},
    links=group_links,
    keeps=frozenset({"lastMembershipUpdated", "objectClass", "type"}),
    times=("created", "lastUpdated", "lastMembershipUpdated"),
    listing=Listing(
        limit=10_000,
        most=10_000,
        narrow={"q": starts_with("profile.name"), "filter": expression, "search": expression},
    ),
)

RULES = Kind(
    "/api/v1/groups/rules/{groupRuleId}",
    entity="GroupRule",
    prefix="0pr",
    defaults={
        "type": "group_rule",
        "status": "INACTIVE",
        "conditions": {"people": {"users": {"exclude": []}, "groups": {"exclude": []}}},
        "allGroupsValid": True,
    },
    listing=Listing(limit=50, narrow={"search": contains("name")}),
)


def everyone(org: Org) -> None:
    """The group that all users are in."""
    group: dict[str, Any] = {"id": org.new_id("00g"), "objectClass": ["okta:user_group"], "type": "BUILT_IN"}
    profile = {"name": "Everyone", "description": "All users in your organization"}
    GROUPS.keep(org, (), group | {"profile": profile} | dict.fromkeys(GROUPS.times, org.now()))


FAMILY = Family(
    kinds=(GROUPS, RULES),
    answers={
        **standard(GROUPS),
        **standard(RULES, "create", "list", "read", "replace"),
        f"DELETE {RULES.path}": delete(RULES, Reply({}, 202)),
        **lifecycle(RULES, {"activate": "ACTIVE", "deactivate": "INACTIVE"}, NO_CONTENT),
    },
    presets=everyone,
)
