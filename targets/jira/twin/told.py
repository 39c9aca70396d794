"""Things of which the twin knows only what it was told: they can be read, and nothing else can be done with them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from urllib.parse import unquote

from conformance.programs.model import Call
from conformance.twinkit.router import structure
from conformance.twinkit.service import Reply
from targets.jira.flavours import SERVER
from targets.jira.paths import Paths
from targets.jira.places import called_place
from targets.jira.requests import root_relative
from targets.jira.twin import errors
from targets.jira.twin.context import Answering, Context
from targets.jira.twin.site import Path, Resource

LONGEST = 6
"""So many segments may follow the version in a path."""


def answers(operations: Iterable[str], known: Iterable[str]) -> dict[str, Answering]:
    """Reading of everything that has no answer of its own, by operation (``GET /rest/…``).

    The last routes are for paths that are none of the SDK's ``operations``; all others go before them.
    """
    taken = {structure(operation) for operation in known}
    reads = [operation for operation in operations if operation.startswith("GET ")]
    own: dict[str, Answering] = {
        operation: partial(_read, _kind(operation)) for operation in reads if structure(operation) not in taken
    }
    elsewhere = partial(_read_elsewhere, Paths(f"{operation}#{SERVER}" for operation in reads))
    ends = ("/".join(f"{{part{place}}}" for place in range(length)) for length in range(1, LONGEST + 1))
    return own | {f"GET /rest/{{api}}/{{version}}/{end}": elsewhere for end in ends}


def _kind(operation: str) -> str:
    return called_place(Call("jira", f"{operation}#{SERVER}", "")).kind


def _read(kind: str, context: Context) -> Reply:
    """GET of a thing, or of what an endpoint tells. Raises Refusal: 501 where nobody told."""
    reply = _told(context, kind, context.ids)
    if reply is None:
        raise errors.unsupported(f"{context.request.method} {context.request.path}")
    return reply


def _read_elsewhere(paths: Paths, context: Context) -> Reply:
    """The same of a path that no method of the SDK reaches. Raises Refusal: 404 where nobody told."""
    operation, ids = paths.read("GET", root_relative(context.request.path), SERVER)
    reply = _told(context, _kind(operation.partition("#")[0]), tuple(map(unquote, ids.values())))
    if reply is None:
        raise errors.refusal(404, f"The twin knows no path like {context.request.path}.")
    return reply


def _told(context: Context, kind: str, ids: Path) -> Reply | None:
    one = context.site.get(kind, ids[:-1], ids[-1]) if ids else None
    if one is not None:
        return Reply(context.shown(one))
    view = context.site.view(kind, ids, context.query)
    if view is None:
        return None
    return Reply(context.shown(view["answer"] if "answer" in view else _members(context, view)))


def _members(context: Context, view: Resource) -> list[Resource]:
    shelf = context.site.shelf(view.get("kind", ""), tuple(view.get("of") or ()))
    return [shelf[own] for own in view["members"] if own in shelf]
