"""Policies of all types, and their rules."""

from __future__ import annotations

import copy
from typing import Any

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.okta.twin import apps_links, errors, policies_order, policies_shapes
from targets.okta.twin.apps_kind import APPS
from targets.okta.twin.context import Answering, Context
from targets.okta.twin.errors import record
from targets.okta.twin.family import Family
from targets.okta.twin.kinds import NO_CONTENT, SWITCH, Kind, hints, lifecycle, list_all, read
from targets.okta.twin.listing import Listing, contains, equals, listed
from targets.okta.twin.org import Org, Path, Resource
from targets.okta.twin.seeding import seed_kind

ACCOUNT_MANAGEMENT = "END_USER_ACCOUNT_MANAGEMENT"


# --- links


def toggle(context: Context, resource: Resource, here: str) -> dict[str, Any]:
    """The link that switches a resource on or off, whichever it is not."""
    verb = "deactivate" if resource.get("status") == "ACTIVE" else "activate"
    return {verb: hints(context.href(f"{here}/lifecycle/{verb}"), "POST")}


def policy_links(context: Context, policy: Resource, ids: Path) -> Json:
    """What is the system's cannot be deleted or switched off."""
    here = f"/api/v1/policies/{ids[-1]}"
    rules = {"rules": hints(context.href(f"{here}/rules"), "GET", "POST")}
    if policy.get("~resourceType") == ACCOUNT_MANAGEMENT:
        return {"self": hints(context.href(here), "GET"), **rules}
    if policy.get("system"):
        return {"self": hints(context.href(here), "GET", "PUT"), **rules}
    mappings = {"mappings": hints(context.href(f"{here}/mappings"), "GET", "POST")}
    own = {"self": hints(context.href(here), "GET", "PUT", "DELETE")}
    return {**mappings, **own, **rules, **toggle(context, policy, here)}


def rule_links(context: Context, rule: Resource, ids: Path) -> Json:
    """As those of policies."""
    here = f"/api/v1/policies/{ids[0]}/rules/{ids[1]}"
    if rule.get("system"):
        return {"self": hints(context.href(here), "GET", "PUT")}
    return {"self": hints(context.href(here), "GET", "PUT", "DELETE"), **toggle(context, rule, here)}


# --- kinds


def make_policy(context: Context, body: Resource, old: Resource | None) -> Resource:
    """A policy keeps its type."""
    return policies_shapes.policy(context.org, {**body, **({"type": old["type"]} if old and "type" in old else {})})


def make_rule(context: Context, body: Resource, old: Resource | None) -> Resource:
    """A rule keeps its type, and whether it is the system's."""
    type_ = body.get("type") or (old or {}).get("type", "")
    rule = policies_shapes.rule(str(type_), body, bool((old or {}).get("system")))
    sign_on = rule["actions"].get("signon")
    asked = record(record(body.get("actions")).get("signon"))
    if sign_on and "primaryFactor" not in asked and context.org.is_classic:
        sign_on["primaryFactor"] = "PASSWORD_IDP"
    if context.org.lacks("policies/rules/riskScore") and "riskScore" not in record(body.get("conditions")):
        record(rule["conditions"]).pop("riskScore", None)
    return rule


def no_system(context: Context, resource: Resource) -> None:
    """What Okta says to whoever deletes what is the system's is not recorded."""
    if resource.get("system"):
        raise errors.unevidenced(context.org, "deleting a policy or rule of the system")


def type_of(policy: Resource) -> Any:
    """What is told of the policies of one type takes the place of all that a new organisation has of that type."""
    return policy.get("type")


def catch_all(org: Org, policy: Resource, ids: Path) -> None:
    """Policies of some types end in a rule that holds for all."""
    type_ = str(policies_shapes.RULE_TYPES.get(policy["type"], policy["type"]))
    kind = policies_shapes.RULES.get(type_)
    if kind is not None and kind.catch_all is not None:
        rule = policies_shapes.rule(type_, {"name": "Catch-all Rule", "actions": kind.catch_all}, system=True)
        now = {"created": policy["created"], "lastUpdated": policy["created"]}
        fixed = {"status": "ACTIVE", "priority": policies_order.LAST, "system": True}
        POLICY_RULES.keep(org, ids, {"id": org.new_id("rul"), **rule, **fixed, **now})


def _place(policy: Resource) -> tuple[bool, Any]:
    """Sorts policies: those that are not numbered stay in the order in which they were made."""
    return policies_order.order(policy) if policy.get("type") in policies_shapes.NUMBERED else (False, 0)


POLICIES = Kind(
    "/api/v1/policies/{policyId}",
    entity="Policy",
    prefix=lambda policy: policies_shapes.prefix(policy["type"], "00p", "rst"),
    defaults={"status": "ACTIVE", "priority": 1, "system": False},
    make=make_policy,
    links=policy_links,
    since={"_links.mappings": "2022", "settings.password.breachedProtection": "2022"},
    made=lambda context, policy, ids: catch_all(context.org, policy, ids),
    before_delete=no_system,
    keeps=frozenset({"status", "system", "priority"}),
    listing=Listing(
        limit=1000,
        most=1000,
        narrow={"type": equals("type"), "status": equals("status"), "q": contains("name")},
        told=("limit", "type", "status", "q"),
        shows_limit=False,
        order=lambda _, found: sorted(found, key=_place),
    ),
    same=type_of,
)
POLICY_RULES = Kind(
    "/api/v1/policies/{policyId}/rules/{ruleId}",
    entity="PolicyRule",
    prefix=lambda rule: policies_shapes.prefix(rule["type"], "0pr", "rul"),
    defaults={"status": "ACTIVE", "system": False},
    make=make_rule,
    links=rule_links,
    before_delete=no_system,
    keeps=frozenset({"status", "system", "priority"}),
    listing=Listing(order=lambda _, found: sorted(found, key=policies_order.order)),
)


# --- priorities


def rank(context: Context, kind: Kind, parents: Path, one: Resource, wanted: Any) -> None:
    """Give ``one`` its priority among its like, and move the others."""
    org = context.org
    row = [other for other in kind.all(org, *parents) if other.get("type") == one.get("type")]
    numbered = one.get("type") in policies_shapes.NUMBERED
    for id_, priority in policies_order.placed(row, one, wanted, numbered).items():
        _move(context, kind, parents, id_, priority, one["lastUpdated"])


def close_gap(context: Context, kind: Kind, parents: Path, gone: Resource) -> None:
    """Those behind one that was deleted move up, where priorities are 1, 2, 3 …"""
    if gone.get("type") not in policies_shapes.NUMBERED:
        return
    row = [other for other in kind.all(context.org, *parents) if other.get("type") == gone["type"]]
    now = context.org.now()
    for id_, priority in policies_order.renumbered(sorted(row, key=policies_order.order)).items():
        _move(context, kind, parents, id_, priority, now)


def _move(context: Context, kind: Kind, parents: Path, id_: str, priority: int, time: str) -> None:
    resource = kind.find(context.org, *parents, id_)
    if resource.get("priority") != priority:
        resource.update(priority=priority, lastUpdated=time)


# --- what policies, their rules and those of authorization servers can do


def create_ranked(context: Context, kind: Kind, body: Resource) -> Reply:
    """POST of a policy or a rule."""
    kind.check_parents(context.org, context.ids)
    parents = kind.parents(context.org, context.ids)
    new = kind.new(context, parents, body)
    if ranks(kind, new):
        rank(context, kind, parents, new, body.get("priority"))
    return Reply(kind.shown(context, new, parents), kind.created)


def replace_ranked(context: Context, kind: Kind) -> Reply:
    """PUT of a policy or a rule. Where priorities are 1, 2, 3 …, one that says none stays where it is."""
    old = kind.find(context.org, *context.ids)
    parents = kind.parents(context.org, context.ids[:-1])
    changed = kind.change(context, parents, old, kind.built(context, context.body, old))
    if ranks(kind, changed):
        stays = changed.get("priority") if changed.get("type") in policies_shapes.NUMBERED else None
        rank(context, kind, parents, changed, context.body.get("priority", stays))
    return Reply(kind.shown(context, changed, parents))


def delete_ranked(context: Context, kind: Kind) -> Reply:
    """DELETE of a policy or a rule."""
    resource = kind.find(context.org, *context.ids)
    parents = kind.parents(context.org, context.ids[:-1])
    kind.before_delete(context, resource)
    context.org.remove(kind.name, parents, resource["id"])
    close_gap(context, kind, parents, resource)
    return NO_CONTENT


def ranks(kind: Kind, resource: Resource) -> bool:
    """Whether priorities tell these apart: all policies of the newer types have the priority 1."""
    return kind is not POLICIES or resource.get("type") in policies_shapes.NUMBERED


def switches(kind: Kind) -> dict[str, Answering]:
    """Lifecycle of policies and rules."""
    return lifecycle(kind, SWITCH, NO_CONTENT, touches=True)


# --- what is peculiar to policies of the organisation


def list_policies(context: Context) -> Reply:
    """GET of the policies of one type."""
    if not context.request.first("type"):
        raise errors.unevidenced(context.org, "lists of policies of all types")
    return listed(context, POLICIES.listing, POLICIES.all(context.org), lambda one: listed_policy(context, one))


def listed_policy(context: Context, policy: Resource) -> Any:
    """In lists, sign-on policies say what they protect, unless the organisation is older than that."""
    view = POLICIES.shown(context, policy)
    row = (one for one in POLICIES.all(context.org) if one.get("type") == "ACCESS_POLICY")
    if policy.get("type") == "ACCESS_POLICY" and any("~resourceType" in one for one in row):
        view["_embedded"] = {"resourceType": policy.get("~resourceType", "APP")}
    return view


def list_rules(context: Context) -> Reply:
    """GET of all rules of a policy."""
    POLICIES.find(context.org, *context.ids)
    return list_all(POLICY_RULES)(context)


def create_rule(context: Context) -> Reply:
    """POST of a rule: its type follows from that of its policy."""
    policy = POLICIES.find(context.org, *context.ids)
    return create_ranked(context, POLICY_RULES, {"type": rule_type(policy), **context.body})


def rule_type(policy: Resource) -> str:
    """Type of the rules of a policy; of one that is known by its id only, what such ids mean mostly."""
    type_ = policy.get("type") or ("ACCESS_POLICY" if policy["id"].startswith("rst") else "OKTA_SIGN_ON")
    return policies_shapes.RULE_TYPES.get(type_, type_)


def clone(context: Context) -> Reply:
    """POST …/clone: the answer does not say when."""
    org = context.org
    old = POLICIES.find(org, *context.ids)
    now = dict.fromkeys(POLICIES.times, org.now())
    id_ = org.new_id(policies_shapes.prefix(old["type"], "00p", "rst"))
    copied = {**copy.deepcopy(old), **now, "id": id_, "name": f"[cloned] {old.get('name')}", "system": False}
    POLICIES.keep(org, (), copied)
    for rule in POLICY_RULES.all(org, old["id"]):
        rule_id = org.new_id(policies_shapes.prefix(rule["type"], "0pr", "rul"))
        POLICY_RULES.keep(org, (id_,), {**copy.deepcopy(rule), **now, "id": rule_id})
    return Reply({**POLICIES.shown(context, copied), **dict.fromkeys(POLICIES.times)})


def apps_of(context: Context) -> list[Resource]:
    """Applications that a policy holds for."""
    policy = POLICIES.find(context.org, *context.ids)
    type_ = str(policy.get("type"))
    if type_ not in apps_links.POLICY_LINKS:
        return []
    return [app for app in APPS.all(context.org) if apps_links.policy_of(context.org, app, type_) == policy["id"]]


def list_apps(context: Context) -> Reply:
    """GET …/app."""
    return listed(context, MAPPED, apps_of(context), lambda app: APPS.shown(context, app))


def list_mappings(context: Context) -> Reply:
    """GET …/mappings: how Okta shows one is not recorded."""
    if apps_of(context):
        raise errors.unevidenced(context.org, "mappings of a policy that holds for applications")
    return listed(context, MAPPED, [], lambda mapping: mapping)


MAPPED = Listing(limit=20)


def map_resource(context: Context) -> Reply:
    """POST …/mappings: given up by Okta."""
    raise errors.invalid(context.org, "Policy mappings are no longer supported on this endpoint.")


def simulate(context: Context) -> Reply:
    """POST …/simulate: only that a list is no body is recorded."""
    raise errors.unevidenced(context.org, f"simulating {sorted(context.body)}")


# --- what every organisation has

ANY_TWO = "Require two factors to access."
ACCOUNT = (
    "This policy defines how users must authenticate for authenticator enrollment, password reset, or unlock account."
    " Password policy rules control whether to enforce this policy for password reset and unlock account."
)
DEFAULT = "The default policy applies in all situations if no other policy applies."
SYSTEM: tuple[tuple[str, str, str], ...] = (
    ("OKTA_SIGN_ON", "Default Policy", DEFAULT),
    ("PASSWORD", "Default Policy", DEFAULT),
    ("MFA_ENROLL", "Default Policy", DEFAULT),
    ("IDP_DISCOVERY", "Idp Discovery Policy", "The default IdP Discovery Policy"),
    ("ACCESS_POLICY", "Any two factors", ANY_TWO),
    ("PROFILE_ENROLLMENT", "Default Policy", DEFAULT),
    ("POST_AUTH_SESSION", "Post Auth Policy", "Enables post auth policy evaluation for the org."),
    (
        "SESSION_VIOLATION_DETECTION",
        "Session Violation Detection Policy",
        "Enables session violation detection policy evaluation for the org.",
    ),
)
OF_APPS = ("Okta Admin Console", "Okta Dashboard", "Okta Browser Plugin", "Okta End User Settings")
"""Applications that come with an organisation and have a sign-on policy of their own."""


def presets(org: Org) -> None:
    """Policies that an organisation has from the start."""
    for type_, name, description in SYSTEM:
        _preset(org, {"type": type_, "name": name, "description": description}, system=True)
    for name in OF_APPS:
        _preset(org, {"type": "ACCESS_POLICY", "name": name})["~resourceType"] = "APP"
    account = {"type": "ACCESS_POLICY", "name": "Okta Account Management Policy", "description": ACCOUNT}
    _preset(org, account)["~resourceType"] = ACCOUNT_MANAGEMENT


def _preset(org: Org, body: Resource, system: bool = False) -> Resource:
    made = {"id": org.new_id(policies_shapes.prefix(body["type"], "00p", "rst")), "status": "ACTIVE", "priority": 1}
    made |= {**policies_shapes.policy(org, body), "system": system, **dict.fromkeys(POLICIES.times, org.now())}
    POLICIES.keep(org, (), made)
    catch_all(org, made, (str(made["id"]),))
    return made


def seed_policy(org: Org, ids: Path, resource: Resource) -> None:
    """What a sign-on policy protects is told in lists only."""
    about = record(resource.get("_embedded")).get("resourceType")
    seed_kind(org, POLICIES, ids, {**resource, **({"~resourceType": about} if about else {})})


FAMILY = Family(
    kinds=(POLICIES, POLICY_RULES),
    answers={
        f"GET {POLICIES.collection}": list_policies,
        f"POST {POLICIES.collection}": lambda context: create_ranked(context, POLICIES, context.body),
        f"GET {POLICIES.path}": read(POLICIES),
        f"PUT {POLICIES.path}": lambda context: replace_ranked(context, POLICIES),
        f"DELETE {POLICIES.path}": lambda context: delete_ranked(context, POLICIES),
        **switches(POLICIES),
        f"GET {POLICY_RULES.collection}": list_rules,
        f"POST {POLICY_RULES.collection}": create_rule,
        f"GET {POLICY_RULES.path}": read(POLICY_RULES),
        f"PUT {POLICY_RULES.path}": lambda context: replace_ranked(context, POLICY_RULES),
        f"DELETE {POLICY_RULES.path}": lambda context: delete_ranked(context, POLICY_RULES),
        **switches(POLICY_RULES),
        f"POST {POLICIES.path}/clone": clone,
        f"GET {POLICIES.path}/app": list_apps,
        f"GET {POLICIES.path}/mappings": list_mappings,
        f"POST {POLICIES.path}/mappings": map_resource,
        f"POST {POLICIES.collection}/simulate": simulate,
    },
    presets=presets,
    seeds={POLICIES.name: seed_policy},
)
