"""Who may call: whoever says so with the right word, as a bearer token or as anybody's password."""

from __future__ import annotations

import base64
import binascii
import re

from conformance.twinkit.service import Reply, TwinRequest
from targets.jira.requests import root_relative
from targets.jira.twin import errors
from targets.jira.twin.site import Site

TOKEN = "conformance"
"""Accepted by every site, so that a fresh twin can be called: what the kit sends unless told otherwise."""
PUBLIC = re.compile(r"/rest/api/\d/serverInfo$")
"""Whoever asks is told."""
OF_ISSUE = re.compile(r"/rest/api/\d/issue/[^/]+")
MAKING = re.compile(r"/rest/api/\d/issue/?")


def guard(site: Site, request: TwinRequest) -> Reply | None:
    """A refusal of a request whose credentials are missing or wrong, else None."""
    path = root_relative(request.path)
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if PUBLIC.search(path) or _is_right(scheme.lower(), value):
        return None
    if scheme.lower() == "basic":
        return errors.wrong_password(request)
    return unauthenticated(request)


def unauthenticated(request: TwinRequest) -> Reply:
    """What is answered to those who have not said who they are."""
    path = root_relative(request.path)
    if MAKING.fullmatch(path):
        return errors.wrong_password(request)
    return errors.login_required(request) if OF_ISSUE.match(path) else errors.not_authenticated(request)


def _is_right(scheme: str, value: str) -> bool:
    if scheme == "bearer":
        return value == TOKEN
    return scheme == "basic" and _password(value) == TOKEN


def _password(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""
