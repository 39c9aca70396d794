"""Things of which the twin knows only what it was told: they can be read, and nothing else can be done with them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from conformance.programs.model import Call
from conformance.twinkit.router import structure
from conformance.twinkit.service import Reply
from targets.jira.flavours import SERVER
from targets.jira.givens import called_place
from targets.jira.twin import errors
from targets.jira.twin.context import Answering, Context
from targets.jira.twin.site import Resource


def answers(operations: Iterable[str], known: Iterable[str]) -> dict[str, Answering]:
    """Reading of everything that has no answer of its own, by operation (``GET /rest/…``)."""
    taken = {structure(operation) for operation in known}
    reads = (operation for operation in operations if operation.startswith("GET "))
    return {operation: partial(_read, _kind(operation)) for operation in reads if structure(operation) not in taken}


def _kind(operation: str) -> str:
    return called_place(Call("jira", f"{operation}#{SERVER}", "")).kind


def _read(kind: str, context: Context) -> Reply:
    """GET of a thing, or of what an endpoint tells. Raises Refusal: 501 where nobody told."""
    ids = context.ids
    one = context.site.get(kind, ids[:-1], ids[-1]) if ids else None
    if one is not None:
        return Reply(context.shown(one))
    view = context.site.view(kind, ids, context.query)
    if view is None:
        raise errors.unsupported(f"{context.request.method} {context.request.path}")
    return Reply(context.shown(view["answer"] if "answer" in view else _members(context, view)))


def _members(context: Context, view: Resource) -> list[Resource]:
    shelf = context.site.shelf(view.get("kind", ""), tuple(view.get("of") or ()))
    return [shelf[own] for own in view["members"] if own in shelf]
