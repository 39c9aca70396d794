"""The requests of ``spreadsheets.batchUpdate``, by kind, in modules by family."""

from __future__ import annotations

from targets.google.sheets.twin.requests import (
    cells,
    copying,
    dimensions,
    merging,
    metadata,
    overlays,
    sheets,
    sorting,
)
from targets.google.sheets.twin.requests.common import InvalidRequest, Request

__all__ = ["REQUESTS", "InvalidRequest", "Request"]

REQUESTS: dict[str, Request] = {
    **sheets.REQUESTS,
    **dimensions.REQUESTS,
    **cells.REQUESTS,
    **merging.REQUESTS,
    **copying.REQUESTS,
    **sorting.REQUESTS,
    **overlays.REQUESTS,
    **metadata.REQUESTS,
}
