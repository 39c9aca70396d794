"""Requests about developer metadata."""

from __future__ import annotations

import copy

from targets.google.sheets.twin.metadata import create, selects
from targets.google.sheets.twin.model import Spreadsheet
from targets.google.sheets.twin.requests.common import Json, Request, mask_of
from targets.google.sheets.twin.requests.documents import assign, stored
from targets.google.state import GoogleState


def create_developer_metadata(state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Keeps a key and a value at a place; replies with them and their id."""
    made = create(state, spreadsheet, stored("DeveloperMetadata", message["developerMetadata"]))
    return {"createDeveloperMetadata": {"developerMetadata": copy.deepcopy(made)}}


def update_developer_metadata(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Changes what ``fields`` names in all metadata that the filters find."""
    found = _found(spreadsheet, message.get("dataFilters", []))
    given = stored("DeveloperMetadata", message["developerMetadata"])
    for document in found:
        assign("DeveloperMetadata", document, given, mask_of(message))
    return {"updateDeveloperMetadata": {"developerMetadata": copy.deepcopy(found)} if found else {}}


def delete_developer_metadata(_state: GoogleState, spreadsheet: Spreadsheet, message: Json) -> Json:
    """Deletes all metadata that the filter finds, and replies with it."""
    found = _found(spreadsheet, [message["dataFilter"]])
    spreadsheet.developer_metadata = [d for d in spreadsheet.developer_metadata if d not in found]
    return {"deleteDeveloperMetadata": {"deletedDeveloperMetadata": found} if found else {}}


def _found(spreadsheet: Spreadsheet, filters: list[Json]) -> list[Json]:
    known = spreadsheet.developer_metadata
    return [document for document in known if any(selects(spreadsheet, one, document) for one in filters)]


REQUESTS: dict[str, Request] = {
    "createDeveloperMetadata": create_developer_metadata,
    "updateDeveloperMetadata": update_developer_metadata,
    "deleteDeveloperMetadata": delete_developer_metadata,
}
