"""Who may call: API tokens (``SSWS``) and OAuth access tokens (``Bearer``, ``DPoP``)."""

from __future__ import annotations

import re

from conformance.twinkit.service import Reply, TwinRequest
from targets.okta.twin import errors
from targets.okta.twin.org import Org

DEFAULT_TOKEN = "conformance"
"""Accepted by every organisation, so that a fresh twin can be called: what the kit sends unless told otherwise."""
PUBLIC = re.compile(r"/\.well-known/|/oauth2/|/api/v1/(?:authn|sessions)(?:/|$)")
"""Paths that do without a token."""
_SSWS = re.compile(r"SSWS ?(.+)")
"""The SDK leaves the space out on operations that also take OAuth."""


def guard(org: Org, request: TwinRequest) -> Reply | None:
    """A refusal of a request whose token does not exist, else None."""
    if PUBLIC.match(request.path):
        return None
    found = _SSWS.fullmatch(request.headers.get("authorization", ""))
    if found and (found[1] == DEFAULT_TOKEN or found[1] in org.tokens):
        return None
    return errors.error(org, 401, "E0000011", "Invalid token provided").reply
