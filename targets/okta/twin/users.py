"""Users: what one is, how one is made, found, listed, changed and deleted. Their statuses: ``user_lifecycle``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.programs.trees import merged
from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.okta.twin import errors, group_rules, memberships
from targets.okta.twin.context import Answering, Context
from targets.okta.twin.family import Family
from targets.okta.twin.grammar import value_at
from targets.okta.twin.kinds import NO_CONTENT, Kind, standard
from targets.okta.twin.listing import Listing, as_asked, expression, listed, starts_with
from targets.okta.twin.org import Org, Path, Resource
from targets.okta.twin.schemas import schema_id
from targets.okta.twin.seeding import adopt_default, seed_kind
from targets.okta.twin.user_secrets import MADE, OKTA, credentials, gives_password, keep_password, keep_secrets
from targets.okta.twin.user_types import default_type

# --- what a user is

SHOWN_EMPTY = ("mobilePhone", "secondEmail")
"""Members of a profile that are shown where they have no value; others are left out."""
TOLD_SINCE = "2021"
"""Before this year ``statusChanged`` told nothing of a user who was made with a password and not activated."""

UNASKED_SINCE = "2022"
"""The year from which on a password can be forgotten without a recovery question."""

WITH_PASSWORD = (
    "suspend",
    "resetPassword",
    "forgotPassword",
    "expirePassword",
    "changeRecoveryQuestion",
    "resetFactors",
    "changePassword",
    "deactivate",
)
OFFERS: Mapping[str, tuple[str, ...]] = {
    "STAGED": ("activate", "resetFactors"),
    "PROVISIONED": ("suspend", "resetPassword", "reactivate", "resetFactors", "deactivate"),
    "ACTIVE": WITH_PASSWORD,
    "RECOVERY": WITH_PASSWORD,
    "PASSWORD_EXPIRED": WITH_PASSWORD,
    "LOCKED_OUT": ("unlock", *WITH_PASSWORD),
    "SUSPENDED": ("unsuspend", "resetFactors", "deactivate"),
    "DEPROVISIONED": ("activate", "resetFactors", "delete"),
}
"""What can be done with a user of a status, as ``_links`` name it."""
OFFERED_AT: Mapping[str, str] = {
    "resetPassword": "/lifecycle/reset_password",
    "expirePassword": "/lifecycle/expire_password",
    "resetFactors": "/lifecycle/reset_factors",
    "forgotPassword": "/credentials/forgot_password",
    "changePassword": "/credentials/change_password",
    "changeRecoveryQuestion": "/credentials/change_recovery_question",
}
"""Paths that do not follow from the name as ``/lifecycle/{name}`` does."""


def _links(context: Context, user: Resource, ids: Path) -> Json:
    here = context.href(f"/api/v1/users/{ids[-1]}")
    type_ = str(user["type"]["id"])
    withheld = _withheld(context.org, user)
    offers = {
        name: {"href": here + OFFERED_AT.get(name, f"/lifecycle/{name}"), "method": "POST"}
        for name in OFFERS.get(user["status"], ())
        if name not in withheld
    }
    if "delete" in offers:
        offers["delete"] = {"href": here, "method": "DELETE"}
    return {
        "self": {"href": here},
        "schema": {"href": context.href(f"/api/v1/meta/schemas/user/{schema_id(type_)}")},
        "type": {"href": context.href(f"/api/v1/meta/types/user/{type_}")},
        **offers,
    }


def _withheld(org: Org, user: Resource) -> list[str]:
    """What the organisation does not offer: once, nobody without a recovery question could forget the password."""
    questions = org.date >= UNASKED_SINCE or "recovery_question" in user["credentials"]
    return [*(["resetFactors"] if org.lacks("users/resetFactors") else []), *([] if questions else ["forgotPassword"])]


def _names(user: Resource) -> Iterator[str]:
    """The login, and what stands before its ``@``."""
    if login := value_at(user, "profile.login"):
        yield str(login).partition("@")[0]
        yield str(login)


def _make(context: Context, body: Resource, old: Resource | None) -> Resource:
    """A user as a body asks for it; the body of a change is whole."""
    org = context.org
    asked_type = value_at(body, "type.id")
    user = {
        "profile": {name: value for name, value in (body.get("profile") or {}).items() if value is not None},
        "credentials": credentials(org, body, old or {}),
        "type": {"id": asked_type} if asked_type else (old or {}).get("type", {"id": default_type(org)}),
    }
    if realm := body.get("realmId") or (old or {}).get("realmId") or _realm(org, old):
        user["realmId"] = realm
    return user


def _realm(org: Org, old: Resource | None) -> Any:
    """The realm of a new user who is not said to be in another."""
    if old is not None or org.lacks("realms"):
        return None
    return next((one["id"] for one in org.shelf("realms").values() if one.get("isDefault")), None)


def forget(context: Context, user: Resource) -> None:
    """What a user was in and had elsewhere goes away with them."""
    context.org.remove_everywhere((memberships.MEMBERS, "groups/owners", "apps/users"), user["id"])
    for (*place, name), link in list(context.org.all("users/linkedObjects")):
        if link.get("primary") == user["id"]:
            context.org.remove("users/linkedObjects", tuple(place), name)
    for name in _names(user):
        context.org.names.pop((USERS.name, name), None)


LISTED = ("ACTIVE", "RECOVERY", "PASSWORD_EXPIRED")
"""Statuses in the order in which users are listed; recorded lists have no others."""


def _rank(person: Resource) -> int:
    """Where the users of a status stand in lists."""
    status = person["status"]
    return LISTED.index(status) if status in LISTED else len(LISTED)


def _sorted(context: Context, found: list[Resource]) -> list[Resource]:
    """By status, and the older first; what a search finds as it asks."""
    return as_asked(context, found) if context.request.first("search") else sorted(found, key=_rank)


USERS = Kind(
    "/api/v1/users/{id}",
    entity="User",
    prefix="00u",
    defaults={
        "status": "ACTIVE",
        "lastLogin": None,
        "profile": dict.fromkeys(SHOWN_EMPTY),
        "credentials": {"provider": OKTA},
    },
    make=_make,
    links=_links,
    names=_names,
    before_delete=forget,
    keeps=frozenset({"status", "activated", "statusChanged", "lastLogin", "passwordChanged"}),
    listing=Listing(
        limit=200,
        narrow={
            "q": starts_with("profile.firstName", "profile.lastName", "profile.email"),
            "filter": expression,
            "search": expression,
        },
        order=_sorted,
    ),
)


def user(context: Context) -> Resource:
    """The user that the path names: by id, login, what stands before its ``@``, or ``me``. Raises Refusal: 404."""
    if context.ids[0] == "me":
        _show_up(context.org)
    return USERS.find(context.org, context.ids[0])


def set_status(context: Context, person: Resource, status: str, **members: Json) -> None:
    """The user gets another status now."""
    touched = USERS.touch(context, person, status=status, **members)
    touched["statusChanged"] = touched["lastUpdated"]


# --- making one


def _create(context: Context) -> Reply:
    login = str(value_at(context.body, "profile.login"))
    if any(value_at(one, "profile.login") == login for one in USERS.all(context.org)):
        raise errors.unevidenced(context.org, "a second user of the same login")
    made = USERS.new(context, (), context.body)
    _begin(context, made)
    for group_id in context.body.get("groupIds") or ():
        if group := context.org.get("groups", (), str(group_id)):
            memberships.join(context.org, group, made["id"])
    group_rules.apply(context.org, [made])
    return Reply(USERS.shown(context, made))


def _begin(context: Context, made: Resource) -> None:
    """Status and times of a new user."""
    now, has_password = made["created"], gives_password(context.body)
    active = context.flag("activate", True)
    made["status"] = _first_status(context, active, has_password)
    made["activated"] = now if active else None
    noted = active or (has_password and context.org.date >= TOLD_SINCE)
    made["statusChanged"] = now if noted else None
    made["passwordChanged"] = now if has_password else None
    made[MADE] = True
    keep_secrets(made, context.body.get("credentials") or {})


def _first_status(context: Context, active: bool, has_password: bool) -> str:
    if not active:
        return "STAGED"
    if context.request.first("nextLogin") == "changePassword" and has_password:
        return "PASSWORD_EXPIRED"
    federated = context.flag("provider") and value_at(context.body, "credentials.provider.type") != "OKTA"
    return "ACTIVE" if has_password or federated else "PROVISIONED"


# --- showing


def etag(person: Resource) -> str:
    """Says whether the profile is still the same."""
    told = json.dumps(person["profile"], sort_keys=True)
    return f'W/"{hashlib.sha256(told.encode()).hexdigest()}"'


def _read(context: Context) -> Reply:
    found = user(context)
    return Reply(USERS.shown(context, found), 200, {"etag": etag(found)})


def in_list(context: Context, person: Resource) -> Any:
    """A user as lists show them: with ``self`` as the only link."""
    view = USERS.shown(context, person)
    return {**view, "_links": {"self": view["_links"]["self"]}}


def _list(context: Context) -> Reply:
    """Whoever is deprovisioned is found by a search or a filter only."""
    asked = context.request.first("search") or context.request.first("filter")
    found = [one for one in USERS.all(context.org) if asked or one["status"] != "DEPROVISIONED"]
    return listed(context, USERS.listing, found, lambda one: in_list(context, one))


# --- changing


def _change(partial: bool) -> Answering:
    """POST changes what the body names; PUT gives the profile anew. Credentials that are not named stay."""

    def answer(context: Context) -> Reply:
        old = user(context)
        body = {**context.body, "profile": context.body.get("profile") or {}}
        if partial or not body["profile"]:
            body["profile"] = merged(old["profile"], body["profile"])
        changed = USERS.change(context, (), old, USERS.built(context, body, old))
        if gives_password(body):
            keep_password(changed, body["credentials"], changed["lastUpdated"])
        if not context.body.get("profile"):
            changed["lastUpdated"] = old["lastUpdated"]
        group_rules.apply(context.org, [changed])
        return Reply(USERS.shown(context, changed))

    return answer


def _delete(context: Context) -> Reply:
    """The first call deactivates, the second deletes."""
    found = user(context)
    if found["status"] == "DEPROVISIONED":
        USERS.before_delete(context, found)
        context.org.remove(USERS.name, (), found["id"])
    else:
        set_status(context, found, "DEPROVISIONED")
    return NO_CONTENT


# --- what was there before


def seed_user(org: Org, ids: Path, shown: Resource) -> None:
    """A user as an answer showed them, who names their type and realm."""
    for kind, path, member in (("meta/types/user", "type.id", "default"), ("realms", "realmId", "isDefault")):
        if named := value_at(shown, path):
            adopt_default(org, kind, named, member)
    if ids[-1] == "me":
        org.names[USERS.name, "me"] = shown.get("id") or org.caller()
        ids = (org.caller(),)
    kept = seed_kind(org, USERS, ids, shown)
    for name, value in _assumed(org, kept).items():
        kept.setdefault(name, value)
    _assume_profile(kept)
    USERS.keep(org, (), kept)


def _assumed(org: Org, person: Resource) -> Resource:
    """What a user has of whom nothing is known."""
    times = dict.fromkeys(("activated", "statusChanged", "passwordChanged"), person["created"])
    return {**times, "type": {"id": default_type(org)}}


def _assume_profile(person: Resource) -> None:
    address = f"{person['id'].lower()}@example.com"
    assumed = {"firstName": "Somebody", "lastName": "Else", "login": address, "email": address}
    person["profile"] = {**assumed, **person["profile"]}


def _show_up(org: Org) -> None:
    """The administrator whom the API token belongs to is there when asked for: new organisations list nobody."""
    if org.get(USERS.name, (), org.caller()) is None:
        address = "admin@example.com"
        profile = {"firstName": "Ada", "lastName": "Admin", "login": address, "email": address}
        seed_user(org, (org.caller(),), {"profile": profile})


FAMILY = Family(
    kinds=(USERS,),
    answers={
        **standard(USERS),
        f"POST {USERS.collection}": _create,
        f"GET {USERS.collection}": _list,
        f"GET {USERS.path}": _read,
        f"PUT {USERS.path}": _change(partial=False),
        f"POST {USERS.path}": _change(partial=True),
        f"DELETE {USERS.path}": _delete,
    },
    seeds={USERS.name: seed_user},
)
