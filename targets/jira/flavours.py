"""Flavours of Jira. Evidence of one is no evidence for another, so an operation's name tells whose it is.

``GET /rest/api/2/issue/{issueId}#server`` is Data Center's (and Server's), ``…#cloud-v2`` is Cloud's. Cloud speaks two
versions of the API: version 3 has documents (ADF) where version 2 has text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from conformance.recordings.model import Interaction, Recording, Request
from conformance.recordings.model import Json as JsonTree

CLOUD, SERVER = "cloud", "server"

_CLOUD_HOST = re.compile(r"(?:.*\.)?(?:atlassian\.(?:net|com)|jira\.com|jira-dev\.com)")
_CLOUD_WORDS = re.compile(r"\b(?:cloud|ondemand)\b")
_SERVER_WORDS = re.compile(r"\b(?:server|data ?cent(?:er|re)|dc)\b")
_VERSION = re.compile(r"/rest/api/(\w+)(?:/|$)")
_CLOUD_HEADERS = ("atl-traceid", "x-aaccountid", "x-atenant-id", "atl-request-id")
_SERVER_HEADERS = ("x-anodeid",)


@dataclass(frozen=True, order=True)
class Flavour:
    """``deployment`` is ``cloud`` or ``server``, ``version`` the API's (``2``, ``3``)."""

    deployment: str
    version: str = "2"

    @property
    def is_cloud(self) -> bool:
        """Whether it is Atlassian's own deployment."""
        return self.deployment == CLOUD

    @property
    def name(self) -> str:
        """What operations and reports call it."""
        return f"cloud-v{self.version}" if self.is_cloud else SERVER

    def operation(self, method: str, template: str) -> str:
        """The name of an operation of this flavour."""
        return f"{method} {template}#{self.name}"


FLAVOURS = (Flavour(CLOUD, "2"), Flavour(CLOUD, "3"), Flavour(SERVER, "2"))
BY_NAME = {flavour.name: flavour for flavour in FLAVOURS}


def flavour_of(operation: str) -> Flavour:
    """The flavour that an operation belongs to."""
    return BY_NAME[operation.partition("#")[2]]


def flavour_at(path: str, deployment: str) -> Flavour:
    """The flavour that a path is asked for. What has no version speaks as version 2 does."""
    version = _VERSION.search(path)
    return Flavour(deployment, "3" if version and version[1] == "3" and deployment == CLOUD else "2")


def deployment_of(recording: Recording) -> str:
    """``cloud`` or ``server``: by what the site says of itself, else the provenance, else by what the traffic shows."""
    said_itself = {sign for interaction in recording.interactions for sign in _of_itself(interaction)}
    if len(said_itself) == 1:
        return said_itself.pop()
    said = re.sub(r"\(.*?\)", " ", recording.provenance.flavour.lower())  # an aside may name another one
    if _SERVER_WORDS.search(said) or _CLOUD_WORDS.search(said):
        return SERVER if _SERVER_WORDS.search(said) else CLOUD
    signs = [sign for interaction in recording.interactions for sign in _signs(interaction)]
    return CLOUD if signs.count(CLOUD) > signs.count(SERVER) else SERVER


def deployment_for(request: Request, default: str) -> str:
    """The deployment that a request is for: version 3 and Atlassian's hosts are Cloud's alone."""
    version = _VERSION.search(request.path)
    if (version and version[1] == "3") or _CLOUD_HOST.fullmatch(request.host):
        return CLOUD
    return default


def _signs(interaction: Interaction) -> Iterator[str]:
    """What an exchange tells of the deployment; telling bodies count more than headers."""
    request, response = interaction.request, interaction.response
    if deployment_for(request, SERVER) == CLOUD:
        yield CLOUD
    if (
        any(response.header(name) for name in _CLOUD_HEADERS)
        or "atlassian" in (response.header("server") or "").lower()
    ):
        yield CLOUD
    if any(response.header(name) for name in _SERVER_HEADERS):
        yield SERVER
    yield from (sign for sign in _told(response.json) for _ in range(3))


def _of_itself(interaction: Interaction) -> Iterator[str]:
    """``deploymentType`` of serverInfo."""
    body = interaction.response.json
    if interaction.request.path.endswith("/serverInfo") and isinstance(body, dict) and "deploymentType" in body:
        yield CLOUD if body["deploymentType"] == "Cloud" else SERVER


def _told(tree: JsonTree, depth: int = 0) -> Iterator[str]:
    """``deploymentType`` of serverInfo; users have an ``accountId`` in Cloud, a ``name`` on servers."""
    if isinstance(tree, list):
        for item in tree[:5]:
            yield from _told(item, depth + 1)
    if not isinstance(tree, dict) or depth > 6:
        return
    if isinstance(tree.get("deploymentType"), str):
        yield CLOUD if tree["deploymentType"] == "Cloud" else SERVER
    if "displayName" in tree and "self" in tree:
        yield from [CLOUD] if "accountId" in tree else [SERVER] if "name" in tree else []
    for value in tree.values():
        yield from _told(value, depth + 1)
