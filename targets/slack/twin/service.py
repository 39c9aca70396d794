"""Slack as a service of a twin: all families of methods put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from conformance.twinkit.service import Handler, Reply, Service, TwinRequest
from targets.slack.contract import contract
from targets.slack.twin import (
    channels,
    chat,
    files,
    history,
    membership,
    people,
    reactions,
    search,
    shelves,
    views,
    workspace,
)
from targets.slack.twin.calls import Method
from targets.slack.twin.pages import METHOD_NAME, NOT_FOUND
from targets.slack.twin.pipeline import NEVER_CACHED, endpoint, not_implemented, refusal
from targets.slack.twin.seeding import seed
from targets.slack.twin.state import Workspace, dump

PREFIX = "/api/"
FAMILIES: tuple[Mapping[str, Method], ...] = (
    channels.METHODS,
    chat.METHODS,
    files.METHODS,
    history.METHODS,
    membership.METHODS,
    people.METHODS,
    reactions.METHODS,
    search.METHODS,
    shelves.METHODS,
    views.METHODS,
    workspace.METHODS,
)
GROWING = frozenset({"admin", "agents", "apps", "canvases", "groups", "slackbot", "workflows"})
"""Families of methods that SDKs know better than the contract does."""

RETRY_AFTER = 6
"""Seconds."""


NO_METHOD = Method(workspace.unimplemented)


def _methods() -> Mapping[str, Method]:
    """All methods that the vendor has; those that no recording shows go as far as their checks."""
    known = {name: method for family in FAMILIES for name, method in family.items()}
    return {**dict.fromkeys(contract().methods, NO_METHOD), **known}


METHODS = _methods()


def _routes() -> dict[str, Handler]:
    routes: dict[str, Handler] = {f"{verb} {PREFIX}{{method}}": unknown_method for verb in ("GET", "POST")}
    for name, method in METHODS.items():
        routes.update({f"{verb} {PREFIX}{name}": endpoint(name, method) for verb in ("GET", "POST")})
    return {**routes, **files.UPLOADS}


def unknown_method(state: Workspace, request: TwinRequest) -> Reply:
    """A name that could be a method's is answered in JSON, any other path with a page."""
    name = request.params["method"]
    if not METHOD_NAME.match(name):
        return NOT_FOUND
    if name.partition(".")[0] in GROWING:
        return not_implemented(f"The twin does not know whether there is a method {name}.")
    return Reply({"ok": False, "error": "unknown_method", "req_method": name}, headers=NEVER_CACHED)


def unknown_route(request: TwinRequest) -> Reply:
    """A path that is none of the service's."""
    return NOT_FOUND


def broken(code: str) -> Callable[[TwinRequest], Reply]:
    """A condition in which the service itself fails, with this word."""
    return lambda request: Reply({"ok": False, "error": code}, headers=NEVER_CACHED)


FAILURES = ("fatal_error", "internal_error", "request_timeout", "service_unavailable", "team_added_to_org")
"""What the service says of itself; the contract knows these words for every method."""


def rate_limited(request: TwinRequest) -> Reply:
    """Too many calls."""
    headers = {**NEVER_CACHED, "Retry-After": str(RETRY_AFTER), "X-OAuth-Scopes": "identify"}
    return Reply({"ok": False, "error": "ratelimited"}, 429, headers)


def refused_with(code: str) -> Callable[[TwinRequest], Reply]:
    """A condition in which whoever calls is refused with this word."""

    def refuse(request: TwinRequest) -> Reply:
        name = request.path.removeprefix(PREFIX)
        return refusal(request, name, METHODS.get(name, NO_METHOD), code)

    return refuse


REFUSALS = {
    code: refused_with(code)
    for code in ("account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked")
}
"""What becomes of tokens, whichever it is."""

SERVICE = Service(
    name="slack",
    routes=_routes(),
    state_key="slack",
    new_state=Workspace,
    seed=seed,
    dump=dump,
    unknown_route=unknown_route,
    not_implemented=lambda request: not_implemented(f"The twin does not implement {request.path}."),
    surface=frozenset(),
    roots=("/api/",),
    conditions={
        "rate_limit": rate_limited,
        "ratelimited": rate_limited,
        **REFUSALS,
        **{code: broken(code) for code in FAILURES},
    },
)
