"""What the request families share: looking things up, ids, refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from targets.google.sheets.twin.model import Box, Dimension, Sheet, Spreadsheet
from targets.google.sheets.twin.refusals import unevidenced
from targets.google.sheets.twin.requests.documents import stored
from targets.google.state import GoogleState

Json = dict[str, Any]

Request = Callable[[GoogleState, Spreadsheet, Json], Json]
"""Changes the spreadsheet as the request (its kind's message) says, and returns the reply (``{}`` for none).

Raises:
    InvalidRequest: the service refuses the request.
    Refusal: 501, no recording shows what the service does.
"""


class InvalidRequest(Exception):
    """The service refuses: ``str()`` is its reason, without the ``Invalid requests[0].kind:`` before it."""


def sheet_of(spreadsheet: Spreadsheet, message: Json) -> Sheet:
    """The sheet whose ``sheetId`` is in ``message`` (a range, a coordinate, a request); none is 0."""
    sheet_id = message.get("sheetId", 0)
    sheet = spreadsheet.sheet_by_id(sheet_id)
    if sheet is None:
        raise unevidenced(f"a request for the missing sheet {sheet_id}")
    return sheet


def located(spreadsheet: Spreadsheet, grid_range: Json) -> tuple[Sheet, Box]:
    """The sheet and the bounded rectangle (cut to the grid) of a GridRange."""
    sheet = sheet_of(spreadsheet, grid_range)
    box, grid = sheet.box(grid_range), sheet.grid
    return sheet, Box(box.top, box.left, min(box.bottom, grid.bottom), min(box.right, grid.right))


def bounded(spreadsheet: Spreadsheet, grid_range: Json) -> Json:
    """A GridRange with every bound given, in stored form."""
    sheet, box = located(spreadsheet, grid_range)
    return stored("GridRange", sheet.grid_range(box))


def span(sheet: Sheet, dimension_range: Json) -> tuple[Dimension, int, int]:
    """Dimension, start and end of a DimensionRange; open ends reach to the edge of the grid."""
    dimension = dimension_range.get("dimension")
    if dimension not in ("ROWS", "COLUMNS"):
        raise unevidenced("a dimension range without a dimension")
    end = min(dimension_range.get("endIndex", sheet.count(dimension)), sheet.count(dimension))
    return cast(Dimension, dimension), dimension_range.get("startIndex", 0), end


def mask_of(message: Json) -> str:
    """The update mask of a request."""
    if not message.get("fields"):
        raise unevidenced("an update without fields")
    return str(message["fields"])


def new_id(state: GoogleState) -> int:
    """An id of a sheet, a banding, a protection ...: a positive number of 31 bits."""
    return state.ids.number(1, 2**31 - 1)


def position(documents: list[Json], key: str, value: object) -> int:
    """Index of the document whose ``key`` is ``value``."""
    for index, document in enumerate(documents):
        if document.get(key) == value:
            return index
    raise unevidenced(f"a request for the missing {key} {value}")


def keyed(spreadsheet: Spreadsheet, shelf: str, key: str, value: object) -> tuple[list[Json], int]:
    """The list (``shelf`` of some sheet) that holds the document whose ``key`` is ``value``, and its index."""
    for sheet in spreadsheet.sheets:
        documents: list[Json] = getattr(sheet, shelf)
        if any(document.get(key) == value for document in documents):
            return documents, position(documents, key, value)
    raise unevidenced(f"a request for the missing {key} {value}")
