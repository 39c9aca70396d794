"""Rules that put users into groups: an active one does so as soon as its condition is true of a user."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from conformance.twinkit.service import Reply
from targets.okta.twin import memberships
from targets.okta.twin.context import Context
from targets.okta.twin.expressions import Subject, is_about
from targets.okta.twin.family import Family
from targets.okta.twin.grammar import value_at
from targets.okta.twin.kinds import NO_CONTENT, SWITCH, Kind, delete, lifecycle, standard
from targets.okta.twin.listing import Listing, contains
from targets.okta.twin.org import Org, Resource

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


def apply(org: Org, users: Iterable[Resource]) -> None:
    """Put ``users`` into the groups that active rules have for them; being in one may be what another rule asks."""
    rules = [rule for rule in org.shelf(RULES.name).values() if rule.get("status") == "ACTIVE"]
    for user in list(users) if rules else ():
        while _joins(org, rules, user):
            pass


def _joins(org: Org, rules: list[Resource], user: Resource) -> bool:
    """The user came into a group that they were not in."""
    wanted = [id_ for rule in rules if _concerns(org, rule, user) for id_ in _targets(rule)]
    groups = [group for id_ in wanted if (group := org.get("groups", (), id_)) is not None]
    new = [group for group in groups if not memberships.is_member(org, group, str(user["id"]))]
    for group in new:
        memberships.join(org, group, str(user["id"]))
    return bool(new)


def _concerns(org: Org, rule: Resource, user: Resource) -> bool:
    if user["id"] in (value_at(rule, "conditions.people.users.exclude") or ()):
        return False
    return is_about(str(value_at(rule, "conditions.expression.value") or ""), Subject(org, user))


def _targets(rule: Resource) -> list[Any]:
    return list(value_at(rule, "actions.assignUserToGroups.groupIds") or ())


_lifecycle = lifecycle(RULES, SWITCH, NO_CONTENT)


def _activate(context: Context) -> Reply:
    reply = _lifecycle[f"POST {RULES.path}/lifecycle/activate"](context)
    apply(context.org, context.org.shelf("users").values())
    return reply


FAMILY = Family(
    kinds=(RULES,),
    answers={
        **standard(RULES, "create", "list", "read", "replace"),
        f"DELETE {RULES.path}": delete(RULES, Reply({}, 202)),
        **_lifecycle,
        f"POST {RULES.path}/lifecycle/activate": _activate,
    },
)
