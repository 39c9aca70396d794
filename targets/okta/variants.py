"""What splits the behaviours of an operation: discriminators in bodies and queries."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.programs.identity import is_token
from conformance.programs.model import Call
from conformance.recordings.model import Json

IN_BODY = (
    "signOnMode",  # applications
    "factorType",  # factors
    "provider",  # factors, push providers
    "providerType",
    "type",  # policies, rules, identity providers, zones, hooks, behaviours, log streams, roles, ...
    "key",  # authenticators
    "platform",  # device assurance
    "name",  # applications: what the catalogue calls them; features
    "entityType",
)
"""Members of a body by which Okta tells kinds of one resource apart."""

VOCABULARY = frozenset({"name", "key"})
"""Of these, only values that are words of Okta's own make a variant: anything else is somebody's name."""

IN_QUERY = ("type", "activate", "expand", "provider", "nextlogin", "sendEmail", "resourceType")
"""Query parameters whose value makes another request of it."""

PRESENT_IN_QUERY = ("search", "filter", "q", "after", "lastUpdated")
"""Query parameters whose mere presence does."""

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.:+-]{0,60}")
_VENDOR_WORD = re.compile(r"(?:template|okta|oidc|custom)_[a-z0-9_]+|oidc_client|bookmark|active_directory")


def variant(call: Call) -> str:
    """Values of the discriminators in a call, joined by commas; "" where there is none."""
    found = [*_in_body(call.arguments.get("body")), *_in_query(call)]
    return ",".join(found)


def _in_body(body: Json) -> Iterator[str]:
    if not isinstance(body, dict):
        return
    for name in IN_BODY:
        value = body.get(name)
        if not isinstance(value, str) or not _WORD.fullmatch(value) or is_token(value):
            continue
        if name not in VOCABULARY or _VENDOR_WORD.fullmatch(value):
            yield value


def _in_query(call: Call) -> Iterator[str]:
    query = {**call.arguments, **dict(call.extra_query)}
    for name in IN_QUERY:
        value = query.get(name)
        if isinstance(value, bool):
            value = str(value).lower()
        if isinstance(value, list):
            value = "+".join(map(str, value))
        if isinstance(value, str) and value:
            yield value if name == "type" else f"{name}={value}"
    yield from (name for name in PRESENT_IN_QUERY if query.get(name))
