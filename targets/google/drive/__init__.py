"""Google Drive, version 3 of its API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from targets.google.drive.givens import drive_givens
from targets.google.target import Description, GoogleTarget, first_reason

if TYPE_CHECKING:
    from conformance.twinkit.service import Service


def _twin() -> Service:
    from targets.google.drive.twin.service import SERVICE

    return SERVICE


TARGET = GoogleTarget(
    Description(
        name="drive",
        hosts=r"(?:www|content|drive)\.googleapis\.com",
        roots=r"/+(?:(?:resumable/)?upload/|batch/)?drive(?:/|$)",
        root="drive/v3",
        error_code=first_reason,
        givens=drive_givens,
        twin=_twin,
        discriminators={
            "files.create": ("body.mimeType", "?media_body", "?fields"),
            "files.copy": ("body.mimeType", "?fields"),
            "files.update": (
                "body.mimeType",
                "?media_body",
                "body.trashed",
                "?addParents",
                "?removeParents",
                "?fields",
            ),
            "files.list": ("corpora", "?q", "?orderBy", "?pageToken", "?fields"),
            "files.get": ("?fields",),
            "files.export": ("mimeType",),
            "permissions.create": ("body.type", "body.role", "transferOwnership", "?fields"),
            "permissions.update": ("body.role", "transferOwnership", "?fields"),
            "permissions.get": ("?fields",),
            "permissions.list": ("?pageToken", "?fields"),
            "comments.list": ("includeDeleted", "?pageToken"),
            "comments.get": ("includeDeleted",),
            "replies.create": ("body.action",),
            "replies.list": ("includeDeleted", "?pageToken"),
            "replies.get": ("includeDeleted",),
            "revisions.list": ("?pageToken", "?fields"),
            "revisions.get": ("?fields",),
            "changes.list": ("includeRemoved", "?fields"),
            "drives.list": ("?q", "?pageToken", "?fields"),
            "drives.get": ("?fields",),
        },
    )
)
