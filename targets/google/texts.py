"""Documented limits of texts that Google's APIs only echo."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.programs.grow.texts import TextLimit

LIMITS: Mapping[tuple[str, str], TextLimit] = {
    # "The name of the file. This isn't necessarily unique within a folder." No length is documented.
    ("POST /drive/v3/files", "body.name"): TextLimit(255, any_character=True),
    # A sheet's title has at most 100 characters.
    ("POST /v4/spreadsheets/{spreadsheetId}:batchUpdate", "body.requests[].addSheet.properties.title"): TextLimit(100),
}
