"""Google Drive v3 as a service of a twin: all families of resources put together."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.twinkit.service import Handler, Reply, Service, TwinRequest
from targets.google import schemas
from targets.google.drive.twin import account, discussion, drives, files, permissions, revisions, uploads
from targets.google.drive.twin.answers import HEADERS, ResourceHandler, endpoint, not_implemented_reply
from targets.google.drive.twin.seeding import dump, seed
from targets.google.overrides import with_overrides
from targets.google.state import GoogleState

FAMILIES: tuple[Mapping[str, ResourceHandler], ...] = (
    account.ROUTES,
    discussion.ROUTES,
    drives.ROUTES,
    files.ROUTES,
    permissions.ROUTES,
    revisions.ROUTES,
)


def _routes() -> dict[str, Handler]:
    routes = {name: endpoint(name, handler) for family in FAMILIES for name, handler in family.items()}
    uploading = {route: endpoint(name, handler) for route, (name, handler) in uploads.ROUTES.items()}
    return with_overrides({**routes, **uploading}, lambda _state, request: not_implemented(request))


AUTOMATED_QUERIES = (
    '<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"/><title>Sorry...</title></head>'
    "<body><h1>We're sorry...</h1><p>... but your computer or network may be sending automated queries. "
    "To protect our users, we can't process your request right now.</p></body></html>"
)


def automated_queries(request: TwinRequest) -> Reply:
    """What the vendor's front door answers to a client that it takes for a robot: a page, no JSON."""
    return Reply(AUTOMATED_QUERIES.encode(), 429, {"Content-Type": "text/html; charset=UTF-8"})


def unknown_route(request: TwinRequest) -> Reply:
    """No recording shows a path that Drive does not have."""
    return not_implemented_reply(f"The twin does not know {request.method} {request.path}.")


def not_implemented(request: TwinRequest) -> Reply:
    """An operation of Drive that the twin does not have."""
    return not_implemented_reply(f"The twin does not implement {request.method} {request.path}.")


SERVICE = Service(
    name="drive",
    routes=_routes(),
    state_key="google",
    new_state=GoogleState,
    seed=seed,
    dump=dump,
    unknown_route=unknown_route,
    not_implemented=not_implemented,
    surface=schemas.surface("drive"),
    roots=("/drive/", "/upload/drive/"),
    conditions={"automated_queries": automated_queries},
    headers=HEADERS,
)
