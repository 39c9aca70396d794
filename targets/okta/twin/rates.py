"""What an organisation sets of its rate limits, and the API tokens that have limits of their own."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.okta.givens import MISSING
from targets.okta.twin import errors
from targets.okta.twin.context import Answering, Context
from targets.okta.twin.family import Family
from targets.okta.twin.kinds import Kind, brief, hints, list_all, setting, standard
from targets.okta.twin.listing import Listing, expression
from targets.okta.twin.org import Org, Path, Resource

# --- API tokens


def token_links(context: Context, token: Resource, ids: Path) -> Json:
    """The token, and whose it is."""
    here, user = "/api/v1/api-tokens/{}".format(*ids), f"/api/v1/users/{token.get('userId')}"
    return {"self": hints(context.href(here), "GET", "DELETE"), "user": hints(context.href(user), "GET")}


TOKENS = Kind(
    "/api/v1/api-tokens/{apiTokenId}",
    entity="Token",
    prefix="00T",
    make=lambda _context, body, old: {**(old or {}), **body},
    links=token_links,
    same=lambda _token: True,
)


def first_token(org: Org) -> None:
    """The token that a new organisation is called with."""
    now = org.now()
    own = {"id": org.new_id("00T"), "name": "Default", "userId": org.caller(), "clientName": "Okta API"}
    life = {"tokenWindow": "P30D", "network": {"connection": "ANYWHERE"}, "expiresAt": now}
    TOKENS.keep(org, (), {**own, **life, "created": now, "lastUpdated": now})


# --- limits of principals

MEDIATED = "principalRateLimitMediated"
NO_TYPE = 'The provided filter parameter did not contain the required attrbute filter "principalType"'


def limit_made(context: Context, body: Resource, old: Resource | None) -> Resource:
    """Half of what the organisation has, unless the body says otherwise."""
    by = context.org.caller()
    fixed = {"lastUpdate", "lastUpdatedBy", "createdDate", "createdBy"}
    asked = {name: value for name, value in body.items() if name not in fixed}
    made = {"defaultPercentage": 50, "defaultConcurrencyPercentage": 50, **asked}
    if old is None:
        return made | {"lastUpdatedBy": by, "createdBy": by}
    kept: Resource = {name: old[name] for name in ("orgId", "createdDate", "createdBy", "lastUpdatedBy") if name in old}
    return {**made, **kept}


LIMITS = Kind(
    "/api/v1/principal-rate-limits/{principalRateLimitId}",
    entity="PrincipalRateLimit",
    prefix="prl",
    make=limit_made,
    computed=brief("createdDate", "lastUpdate"),
    times=("createdDate", "lastUpdate"),
    listing=Listing(narrow={"filter": expression}),
)


def list_limits(context: Context) -> Reply:
    """GET: the filter must say of which type of principals."""
    if "principalType" not in (context.request.first("filter") or ""):
        raise errors.invalid(context.org, MEDIATED, NO_TYPE)
    return list_all(LIMITS)(context)


def create_limit(context: Context) -> Reply:
    """POST: for a principal that has none yet."""
    principal = str(context.body.get("principalId"))
    if context.org.get(MISSING, (TOKENS.entity,), principal) is not None:
        raise errors.not_found(context.org, principal, TOKENS.entity)
    if any(limit.get("principalId") == principal for limit in LIMITS.all(context.org)):
        raise errors.invalid(context.org, MEDIATED)
    if context.body.get("principalType") == "SSWS_TOKEN":
        TOKENS.find(context.org, principal)
    made = LIMITS.new(context, (), {**context.body, "orgId": context.org.own_id})
    return Reply(LIMITS.shown(context, made))


SETTINGS: Mapping[str, Resource] = {
    "admin-notifications": {"notificationsEnabled": True},
    "per-client": {"defaultMode": "ENFORCE"},
    "warning-threshold": {"warningThreshold": 90},
}


def _settings() -> dict[str, Answering]:
    routes: dict[str, Answering] = {}
    for name, default in SETTINGS.items():
        routes |= setting(f"/api/v1/rate-limit-settings/{name}", default)
    return routes


FAMILY = Family(
    kinds=(TOKENS, LIMITS),
    answers={
        **standard(TOKENS, "list", "read", "replace", "delete"),
        **standard(LIMITS, "read", "replace"),
        f"GET {LIMITS.collection}": list_limits,
        f"POST {LIMITS.collection}": create_limit,
        **_settings(),
    },
    presets=first_token,
)
