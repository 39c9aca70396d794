"""What belongs to a user: risk, blocks, grants, clients, identity providers, links to applications."""

from __future__ import annotations

from collections.abc import Callable

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.okta.twin import errors
from targets.okta.twin.context import Answering, Context
from targets.okta.twin.family import Family
from targets.okta.twin.kinds import NO_CONTENT, Kind, hints
from targets.okta.twin.listing import ALL_AT_ONCE, Listing, listed
from targets.okta.twin.org import Path, Resource
from targets.okta.twin.users import USERS, user

Show = Callable[[Resource], Json]


def _part(name: str, listing: Listing = ALL_AT_ONCE) -> Answering:
    """Lists what the user has of a kind."""

    def answer(context: Context) -> Reply:
        found = list(context.org.shelf(f"users/{name}", (user(context)["id"],)).values())
        return listed(context, listing, found, lambda one: one)

    return answer


def _revoke_grants(context: Context) -> Reply:
    person = user(context)
    for grant in list(context.org.shelf("users/grants", (person["id"],))):
        context.org.remove("users/grants", (person["id"],), grant)
    return NO_CONTENT


def _app_links(context: Context) -> Reply:
    """Somebody without applications has no links to any."""
    person = user(context)
    if any(ids[-1] == person["id"] for ids, _ in context.org.all("apps/users")):
        raise errors.unevidenced(context.org, "links to applications that a user is assigned to")
    return Reply([])


def _blocks(context: Context) -> Reply:
    """No organisation in the recordings has the feature."""
    raise errors.no_feature(context.org)


# --- risk


def _risk_links(context: Context, _: Resource, ids: Path) -> Json:
    here = context.href(f"/api/v1/users/{ids[0]}")
    return {"user": hints(here, "GET"), "self": hints(f"{here}/risk", "GET", "PUT")}


RISK = Kind("/api/v1/users/{userId}/risk", entity="UserRisk", links=_risk_links, under=USERS)


def _read_risk(context: Context) -> Reply:
    person = user(context)
    risk = context.org.get(RISK.name, (person["id"],), "")
    if not risk:
        raise errors.unevidenced(context.org, "the risk of a user before it was set")
    return Reply(RISK.shown(context, risk, (person["id"],)))


def _set_risk(context: Context) -> Reply:
    """201 the first time, then 200."""
    parents = (user(context)["id"],)
    first = context.org.get(RISK.name, parents, "") is None
    told = {"riskLevel": context.body.get("riskLevel"), "reason": "Admin override risk"}
    risk = context.org.put(RISK.name, parents, "", told)
    return Reply(RISK.shown(context, risk, parents), 201 if first else 200)


_HERE = USERS.path
FAMILY = Family(
    answers={
        f"GET {_HERE}/grants": _part("grants", Listing(limit=20, told=("limit",))),
        f"GET {_HERE}/clients": _part("clients"),
        f"GET {_HERE}/idps": _part("idps"),
        f"GET {_HERE}/appLinks": _app_links,
        f"GET {_HERE}/blocks": _blocks,
        f"GET {RISK.path}": _read_risk,
        f"PUT {RISK.path}": _set_risk,
        f"DELETE {_HERE}/grants": _revoke_grants,
    },
)
