"""Lists: which of the resources, in which order, how many at a time, and the ``Link`` lines that tell."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from conformance.twinkit.service import Reply
from targets.okta.givens import narrowing
from targets.okta.twin import errors, grammar
from targets.okta.twin.context import Context
from targets.okta.twin.org import Resource

Narrow = Callable[[Context, str], Callable[[Resource], bool]]
"""(context, value of a query parameter) → which resources it leaves in the list. It refuses bad values."""


@dataclass(frozen=True)
class Listing:
    """How a kind is listed.

    Args:
        limit: How many come at a time where the request does not say; None: all at once, without ``Link``.
        most: The highest ``limit`` that is honoured.
        narrow: What query parameters leave in the list, by name.
        told: Query parameters that ``Link`` repeats, in this order; None leaves a parameter out.
        unlinked: Query parameters with which the list comes without ``Link``.
        assumed: What ``Link`` says of parameters that the request leaves out.
        shows_limit: ``Link`` says the limit even where the request did not.
        newest_first: The last made comes first.
        key: What the cursor of a page is: a member of its last resource.
        wrap: Member that holds the list, where the answer is an object.
        order: (context, resources) → resources in the order that the request asks for.
    """

    limit: int | None = None
    most: int = 200
    narrow: Mapping[str, Narrow] = field(default_factory=dict)
    told: Sequence[str] = ("limit", "q", "filter", "search")
    unlinked: Collection[str] = ()
    assumed: Mapping[str, str] = field(default_factory=dict)
    shows_limit: bool = True
    newest_first: bool = False
    key: Callable[[Resource], str] = lambda resource: str(resource.get("id", ""))
    wrap: str = ""
    order: Callable[[Context, list[Resource]], list[Resource]] = lambda _context, found: found


ALL_AT_ONCE = Listing()


def listed(context: Context, listing: Listing, found: Sequence[Resource], shown: Callable[[Resource], Any]) -> Reply:
    """The page of ``found`` that the request asks for."""
    kept = listing.order(context, list(reversed(found) if listing.newest_first else found))
    for name, narrow in listing.narrow.items():
        if value := context.request.first(name):
            holds = narrow(context, value)
            kept = [one for one in kept if holds(one)]
    page, following = _page(context, listing, kept)
    body: Any = [shown(one) for one in page]
    bare = listing.limit is None or any(context.request.first(name) for name in listing.unlinked)
    headers = {} if bare else {"link": _links(context, listing, following)}
    return Reply({listing.wrap: body} if listing.wrap else body, 200, headers)


def _page(context: Context, listing: Listing, kept: list[Resource]) -> tuple[list[Resource], str | None]:
    """The resources after the cursor, and the cursor of the next page (None: this is the last)."""
    if listing.limit is None:
        return kept, None
    after = context.request.first("after")
    start = _start(context, listing, kept, after) if after else 0
    end = start + _limit(context, listing)
    asked = narrowing({name: values[0] for name, values in context.request.query.items()})
    more = end < len(kept) or (start < end == len(kept) and context.org.goes_on(context.kind, context.ids, asked))
    return kept[start:end], listing.key(kept[end - 1]) if more else None


def _start(context: Context, listing: Listing, kept: list[Resource], after: str) -> int:
    for place, resource in enumerate(kept):
        if listing.key(resource) == after:
            return place + 1
    raise errors.bad_search(context.org, "Invalid cursor.")


def _limit(context: Context, listing: Listing) -> int:
    text = context.request.first("limit") or ""
    asked = int(text) if text.isdigit() and int(text) else listing.limit
    return min(asked or listing.most, listing.most)


def _links(context: Context, listing: Listing, following: str | None) -> list[str]:
    """``Link`` lines: ``self`` first, ``next`` last."""
    query = {name: context.request.first(name, listing.assumed.get(name)) for name in listing.told}
    if listing.shows_limit and "limit" in query:
        query["limit"] = query["limit"] or str(listing.limit)
    pairs = [(name, value) for name, value in query.items() if value]
    here = context.href(context.request.path.rstrip("/"))
    lines = [_line(here, pairs, "self")]
    if following is not None:
        lines.append(_line(here, [("after", following), *pairs], "next"))
    return lines


def _line(here: str, pairs: list[tuple[str, str]], relation: str) -> str:
    return f'<{here}{"?" if pairs else ""}{urlencode(pairs)}>; rel="{relation}"'


def as_asked(context: Context, found: list[Resource]) -> list[Resource]:
    """In the order that ``sortBy`` and ``sortOrder`` ask for, or as they are."""
    path = context.request.first("sortBy")
    if not path:
        return found
    backwards = (context.request.first("sortOrder") or "").lower() == "desc"
    return sorted(found, key=lambda one: str(grammar.value_at(one, path) or ""), reverse=backwards)


# --- what query parameters leave in a list


def starts_with(*paths: str) -> Narrow:
    """``q``: one of the members begins with the text, whatever its case."""

    def narrow(_: Context, text: str) -> Callable[[Resource], bool]:
        sought = text.lower()
        return lambda one: any(str(grammar.value_at(one, path) or "").lower().startswith(sought) for path in paths)

    return narrow


def contains(*paths: str) -> Narrow:
    """``q``: one of the members has the text in it, whatever its case."""

    def narrow(_: Context, text: str) -> Callable[[Resource], bool]:
        sought = text.lower()
        return lambda one: any(sought in str(grammar.value_at(one, path) or "").lower() for path in paths)

    return narrow


def equals(path: str) -> Narrow:
    """A parameter that names the value of one member."""
    return lambda _, text: lambda one: grammar.value_at(one, path) == text


def expression(context: Context, text: str) -> Callable[[Resource], bool]:
    """``filter`` and ``search``: an expression over the members of a resource."""
    try:
        return grammar.parse(text)
    except grammar.BadExpression as error:
        raise errors.bad_search(context.org) from error
