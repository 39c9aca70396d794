"""Revisions: the states that a file's content has been in."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.recordings.model import Json
from conformance.twinkit.service import TwinRequest
from targets.google.drive.twin.answers import ResourceHandler, listing, not_found, page
from targets.google.drive.twin.lookups import the_file
from targets.google.state import EDITORS, GoogleState


def revision_resource(state: GoogleState, revision: Json) -> Json:
    """The whole ``drive#revision`` of a stored revision. Only files with bytes of their own can be kept for ever."""
    kept = {} if revision["mimeType"] in EDITORS else {"keepForever": False}
    return {
        "kind": "drive#revision",
        "published": False,
        "lastModifyingUser": state.user,
        **kept,
        **revision,
    }


def list_revisions(state: GoogleState, request: TwinRequest) -> Json:
    """revisions.list: oldest first."""
    held = state.revisions.get(the_file(state, request)["id"], {}).values()
    shown = [revision_resource(state, revision) for revision in held]
    part, next_token = page(request, shown, 200)
    return listing("drive#revisionList", "revisions", part, next_token)


def get(state: GoogleState, request: TwinRequest) -> Json:
    """revisions.get."""
    revision_id = request.params["revisionId"]
    held = state.revisions.get(the_file(state, request)["id"], {})
    if revision_id not in held:
        raise not_found("Revision", revision_id, "revisionId")
    return revision_resource(state, held[revision_id])


ROUTES: Mapping[str, ResourceHandler] = {
    "GET /drive/v3/files/{fileId}/revisions": list_revisions,
    "GET /drive/v3/files/{fileId}/revisions/{revisionId}": get,
}
