"""What policies and their rules consist of, by type: how bodies are completed and cleaned into what answers show."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.programs.trees import merged
from conformance.recordings.model import Json
from targets.okta.twin.errors import record, records, texts
from targets.okta.twin.java_sets import hash_order
from targets.okta.twin.org import Org, Resource

RULE_TYPES = {"OKTA_SIGN_ON": "SIGN_ON", "OAUTH_AUTHORIZATION_POLICY": "RESOURCE_ACCESS"}
"""Types of rules by the type of their policy, where it is another."""
FOR_GROUPS = frozenset({"OKTA_SIGN_ON", "PASSWORD", "MFA_ENROLL"})
"""Policies that apply to the members of groups."""
NUMBERED = FOR_GROUPS | {"IDP_DISCOVERY", "OAUTH_AUTHORIZATION_POLICY", "SIGN_ON", "RESOURCE_ACCESS"}
"""Types of policies and rules whose priorities are 1, 2, 3 …; the others have any priorities."""

PASSWORD_SETTINGS: Mapping[str, Any] = {
    "password": {
        "complexity": {
            "minLength": 8,
            "minLowerCase": 1,
            "minUpperCase": 1,
            "minNumber": 1,
            "minSymbol": 0,
            "excludeUsername": True,
            "dictionary": {"common": {"exclude": False}},
            "excludeAttributes": [],
        },
        "age": {"maxAgeDays": 0, "expireWarnDays": 0, "minAgeMinutes": 0, "historyCount": 4},
        "lockout": {
            "maxAttempts": 10,
            "autoUnlockMinutes": 0,
            "userLockoutNotificationChannels": [],
            "showLockoutFailures": False,
        },
        "breachedProtection": {"expireAfterDays": None, "logoutEnabled": False, "delegatedWorkflowId": None},
    },
    "recovery": {
        "factors": {
            "recovery_question": {"status": "ACTIVE", "properties": {"complexity": {"minLength": 4}}},
            "okta_email": {"status": "ACTIVE", "properties": {"recoveryToken": {"tokenLifetimeMinutes": 60}}},
            "okta_sms": {"status": "INACTIVE"},
            "okta_call": {"status": "INACTIVE"},
        }
    },
    "delegation": {"options": {"skipUnlock": False}},
}


def prefix(policy_type: str, numbered: str, other: str) -> str:
    """What ids begin with."""
    return numbered if policy_type in NUMBERED else other


# --- policies


def policy(org: Org, sent: Resource) -> Resource:
    """The policy that a body asks for; its priority is not settled yet."""
    type_ = str(sent.get("type", ""))
    shown = {name: sent[name] for name in ("name", "description", "status") if sent.get(name) is not None}
    settings = merged(copy.deepcopy(_DEFAULT_SETTINGS.get(type_, {})), record(sent.get("settings")))
    shown |= {"type": type_, "conditions": _policy_conditions(org, type_, record(sent.get("conditions")))}
    return {**shown, **({"settings": settings} if settings else {})}


_DEFAULT_SETTINGS: Mapping[str, Any] = {"PASSWORD": PASSWORD_SETTINGS}


def _policy_conditions(org: Org, type_: str, sent: Resource) -> Json:
    if type_ == "OAUTH_AUTHORIZATION_POLICY":
        return {"clients": {"include": record(sent.get("clients")).get("include", [])}}
    if type_ not in FOR_GROUPS:
        return None
    default: Resource = {"people": {"groups": {"include": [everyone(org)]}}}
    if type_ == "PASSWORD":
        default["authProvider"] = {"provider": "OKTA"}
    return merged(default, without_nulls(sent))


def everyone(org: Org) -> str:
    """Id of the group of all users; "" where it is not known."""
    return next((group["id"] for _, group in org.all("groups") if group.get("type") == "BUILT_IN"), "")


# --- conditions of rules

Shape = Callable[[Any], Json]
"""What was sent of a condition → what is shown of it; None leaves it out."""


def without_nulls(value: Json) -> Any:
    """``value`` without members that are null."""
    if isinstance(value, dict):
        return {name: without_nulls(item) for name, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


def people(sent: Any) -> Json:
    """Users always say who is excluded; lists that are empty do not show otherwise."""
    users, groups = (record(record(sent).get(name)) for name in ("users", "groups"))
    shown: dict[str, Any] = {"users": {**_filled(users), "exclude": users.get("exclude") or []}}
    return {**shown, **({"groups": _filled(groups)} if _filled(groups) else {})}


def _filled(lists: Mapping[str, Any]) -> dict[str, Any]:
    return {name: lists[name] for name in ("include", "exclude") if lists.get(name)}


def platform(sent: Any) -> Json:
    """Nothing is shown of no platforms."""
    included = records(record(sent).get("include"))
    return {"include": without_nulls(included), "exclude": record(sent).get("exclude") or []} if included else None


def lists(*names: str) -> Shape:
    """Lists that show even if they are empty."""
    return lambda sent: {**{name: [] for name in names}, **without_nulls(record(sent))}


SHAPES: Mapping[str, Shape] = {
    "people": people,
    "platform": platform,
    "userType": lists("include", "exclude"),
    "app": lists("include", "exclude"),
    "scopes": lists("include"),
    "grantTypes": lambda sent: {**record(sent), "include": hash_order(texts(record(sent).get("include")))},
    "userIdentifier": lists("patterns"),
    "network": lambda sent: {"connection": "ANYWHERE", **without_nulls(record(sent))},
    "riskScore": lambda sent: without_nulls(sent or {"level": "ANY"}),
    "authContext": lambda sent: without_nulls(sent or {"authType": "ANY"}),
}


def conditions(always: tuple[str, ...], sent: Resource) -> Resource:
    """Conditions of a rule; those of ``always`` show even if nothing was sent of them."""
    names = [*always, *(name for name in sent if name not in always)]
    shown = {name: SHAPES.get(name, without_nulls)(sent.get(name)) for name in names}
    return {name: value for name, value in shown.items() if value is not None}


# --- actions of rules


def sign_on(sent: Resource) -> Json:
    """Flags may be sent as texts."""
    default = {
        "access": "ALLOW",
        "requireFactor": False,
        "primaryFactor": "PASSWORD_IDP_ANY_FACTOR",
        "rememberDeviceByDefault": False,
        "session": {"usePersistentCookie": False, "maxSessionIdleMinutes": 120, "maxSessionLifetimeMinutes": 0},
    }
    return merged(default, _flags(without_nulls(sent)))


def _flags(value: Json) -> Any:
    if isinstance(value, dict):
        return {name: _flags(item) for name, item in value.items()}
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def app_sign_on(sent: Resource) -> Json:
    """How users prove who they are to an application."""
    method = without_nulls(record(sent.get("verificationMethod")))
    shown = VERIFICATIONS.get(str(method.get("type", "ASSURANCE")), _as_sent)(method)
    stay = {"keepMeSignedIn": {"postAuth": "NOT_ALLOWED"}}
    return {"access": "ALLOW", **stay, **without_nulls(sent), "verificationMethod": shown}


def assurance(method: Resource) -> Json:
    """So many factors; constraints are about knowledge and possession, and nothing else shows of them."""
    shown = {"factorMode": "2FA", "type": "ASSURANCE", "reauthenticateIn": "PT12H"}
    names = ("factorMode", "reauthenticateIn", "inactivityPeriod")
    shown |= {name: method[name] for name in names if name in method}
    if "constraints" not in method:
        return shown
    kept = [
        {name: one[name] for name in ("knowledge", "possession") if name in one}
        for one in records(method["constraints"])
    ]
    return {**shown, "constraints": kept}


def chain(method: Resource) -> Json:
    """Methods one after the other."""
    return {name: method[name] for name in ("type", "chains", "reauthenticateIn") if name in method}


VERIFICATIONS: Mapping[str, Callable[[Resource], Json]] = {"ASSURANCE": assurance, "AUTH_METHOD_CHAIN": chain}


def idp(sent: Resource) -> Json:
    """Which identity provider: named ones, or the one whose name an expression gives."""
    shown = {name: sent[name] for name in ("providers", "matchCriteria", "idpSelectionType") if name in sent}
    if "matchCriteria" in shown:
        shown["matchCriteria"] = [{"propertyName": "name", **one} for one in records(shown["matchCriteria"])]
    return {"providers": [], "idpSelectionType": "SPECIFIC", **shown}


def profile_enrollment(sent: Resource) -> Json:
    """Who may register, and what is asked of them."""
    default = {
        "access": "ALLOW",
        "preRegistrationInlineHooks": None,
        "profileAttributes": [
            {"name": "firstName", "label": "First name", "required": True},
            {"name": "email", "label": "Primary email", "required": True},
        ],
        "targetGroupIds": None,
        "unknownUserAction": "REGISTER",
        "activationRequirements": {"emailVerification": True},
        "progressiveProfilingAction": "ENABLED",
        "allowedIdentifiers": ["login"],
    }
    return merged(default, sent)


def post_auth_session(sent: Resource) -> Json:
    """What happens to sessions that are no longer right."""
    if "failureActions" not in sent:
        return sent
    return {**sent, "failureActions": [{"slo": None, **one} for one in records(sent["failureActions"])]}


@dataclass(frozen=True)
class RuleType:
    """Rules of one type.

    Args:
        conditions: Conditions that always show; None: rules have none.
        actions: By name of the action: what was sent of it → what is shown.
        catch_all: Actions of the last rule, which every policy of this type has; None: it has no such rule.
    """

    conditions: tuple[str, ...] | None = ("people", "network")
    actions: Mapping[str, Callable[[Resource], Json]] = field(default_factory=dict)
    catch_all: Resource | None = None


DEVICE_BOUND = [{"possession": {"required": True, "deviceBound": "REQUIRED"}}]
RULES: Mapping[str, RuleType] = {
    "SIGN_ON": RuleType(("people", "network", "authContext"), {"signon": sign_on}),
    "RESOURCE_ACCESS": RuleType(("people",)),
    "IDP_DISCOVERY": RuleType(("network", "userIdentifier", "app"), {"idp": idp}),
    "ACCESS_POLICY": RuleType(
        ("people", "network", "riskScore", "userType"),
        {"appSignOn": app_sign_on},
        {"appSignOn": {"verificationMethod": {"constraints": DEVICE_BOUND}}},
    ),
    "PROFILE_ENROLLMENT": RuleType(None, {"profileEnrollment": profile_enrollment}, {"profileEnrollment": {}}),
    "POST_AUTH_SESSION": RuleType(
        ("people",), {"postAuthSession": post_auth_session}, {"postAuthSession": {"failureActions": []}}
    ),
    "SESSION_VIOLATION_DETECTION": RuleType(
        ("network",), catch_all={"sessionViolationDetection": {"policyEvaluation": {"enabled": False}}}
    ),
}


def rule(type_: str, sent: Resource, system: bool) -> Resource:
    """The rule that a body asks for; its priority is not settled yet. A system rule holds without conditions."""
    kind = RULES.get(type_, RuleType())
    shown = {name: sent[name] for name in ("name", "status") if sent.get(name) is not None}
    given = record(sent.get("conditions"))
    actions = {
        name: kind.actions.get(name, _as_sent)(record(value)) for name, value in record(sent.get("actions")).items()
    }
    bare = system or kind.conditions is None
    return {
        **shown,
        "conditions": None if bare else conditions(kind.conditions or (), given),
        "actions": actions,
        "type": type_,
    }


def _as_sent(action: Resource) -> Json:
    return action
