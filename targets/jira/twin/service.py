"""Jira as a service of a twin: the families of its resources, put together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from conformance.errors import ConformanceError
from conformance.twinkit.service import Reply, Service, TwinRequest
from targets.jira import surface
from targets.jira.requests import root_relative
from targets.jira.twin import (
    access,
    agile,
    attachments,
    errors,
    filters,
    issues,
    links,
    parts,
    people,
    reading,
    search,
    server,
    told,
    transitions,
    vocabulary,
)
from targets.jira.twin.context import Answering, routes
from targets.jira.twin.presets import new_site
from targets.jira.twin.seeding import dump, seed

FAMILIES: tuple[Mapping[str, Answering], ...] = (
    server.ANSWERS,
    vocabulary.ANSWERS,
    people.ANSWERS,
    issues.ANSWERS,
    reading.ANSWERS,
    transitions.ANSWERS,
    parts.ANSWERS,
    links.ANSWERS,
    attachments.ANSWERS,
    search.ANSWERS,
    filters.ANSWERS,
    agile.ANSWERS,
)
RETRY_AFTER = "10"
"""Seconds."""

_LATEST = re.compile(r"(/rest/)(api|auth)/latest(?=/)")
_NUMBERS = {"api": "2", "auth": "1"}


def normal_path(path: str) -> str:
    """The path without the context path, in the numbered version."""
    return _LATEST.sub(lambda found: f"{found[1]}{found[2]}/{_NUMBERS[found[2]]}", root_relative(path)).rstrip("/")


def not_implemented(request: TwinRequest) -> Reply:
    """An operation of Jira that the twin does not have."""
    return errors.error(501, f"The twin does not implement {request.method} {request.path}.")


def unknown_route(request: TwinRequest) -> Reply:
    """A path that Jira does not have."""
    return errors.error(404, f"The twin knows no path like {request.path}.")


def _surface() -> frozenset[str]:
    """The paths of the installed SDK; a twin can also be served without one."""
    try:
        return frozenset(operation.partition("#")[0] for operation in surface.surface().operations)
    except ConformanceError:
        return frozenset()


def _failed(status: int, message: str) -> Reply:
    return errors.error(status, message)


@cache
def service() -> Service:
    """The description of the twin."""
    known = routes({operation: answer for family in FAMILIES for operation, answer in family.items()})
    of_sdk = _surface()
    return Service(
        name="jira",
        routes=known | routes(told.answers(of_sdk, known)),
        state_key="jira",
        new_state=new_site,
        seed=seed,
        dump=dump,
        unknown_route=unknown_route,
        not_implemented=not_implemented,
        surface=of_sdk,
        normalise_path=normal_path,
        guard=access.guard,
        roots=("/rest/",),
        conditions={
            "unauthenticated": access.unauthenticated,
            "rate_limit": lambda _: Reply(
                errors.error(429, "Rate limit exceeded.").body, 429, {"Retry-After": RETRY_AFTER}
            ),
            "internal_error": lambda _: _failed(500, "Internal server error"),
            "unavailable": lambda _: _failed(503, "Service Unavailable"),
        },
    )
