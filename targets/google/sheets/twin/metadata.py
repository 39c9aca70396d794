"""Developer metadata, and data filters, which may select by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from conformance.recordings.model import Json
from conformance.twinkit.service import Handler, Reply, TwinRequest
from targets.google.protojson import read
from targets.google.sheets.twin import a1
from targets.google.sheets.twin.a1 import Area, from_grid_range
from targets.google.sheets.twin.access import spreadsheet_of
from targets.google.sheets.twin.model import Spreadsheet
from targets.google.sheets.twin.refusals import not_found, unevidenced
from targets.google.state import GoogleState

# --- data filters


def filtered_areas(spreadsheet: Spreadsheet, filters: Sequence[Json]) -> list[tuple[Area, list[Json]]]:
    """The areas that any of the filters selects, in order, each with the filters that select it.

    Raises:
        Refusal: a filter's range cannot be read, or its form is not evidenced.
    """
    found: list[tuple[Area, list[Json]]] = []
    for chosen in filters:
        for area in _areas(spreadsheet, chosen):
            known = next((by for other, by in found if other == area), None)
            if known is None:
                found.append((area, [chosen]))
            else:
                known.append(chosen)
    return found


def _areas(spreadsheet: Spreadsheet, chosen: Json) -> Iterator[Area]:
    if "a1Range" in chosen:
        yield a1.parse(spreadsheet, chosen["a1Range"])
    elif "gridRange" in chosen:
        sheet = spreadsheet.sheet_by_id(chosen["gridRange"].get("sheetId", 0))
        if sheet is None:
            raise unevidenced("a grid range on a sheet that is not there")
        yield from_grid_range(sheet, chosen["gridRange"])
    elif "developerMetadataLookup" in chosen:
        for metadata in spreadsheet.developer_metadata:
            if matches(metadata, chosen["developerMetadataLookup"]):
                yield from _located(spreadsheet, metadata["location"])
    else:
        raise unevidenced("a data filter that selects by nothing")


def _located(spreadsheet: Spreadsheet, location: Json) -> Iterator[Area]:
    """The cells that a metadata location stands for; none for the spreadsheet as a whole."""
    span = location.get("dimensionRange", {})
    sheet = spreadsheet.sheet_by_id(span.get("sheetId", location.get("sheetId", 0)))
    if sheet is None or location.get("spreadsheet"):
        return
    start, end = span.get("startIndex", 0), span.get("endIndex")
    if span.get("dimension") == "COLUMNS":
        yield Area(sheet, left=start, right=end)
    else:
        yield Area(sheet, top=start, bottom=end)


# --- matching


def matches(metadata: Json, lookup: Json) -> bool:
    """True when the metadata has everything that the DeveloperMetadataLookup asks for."""
    same = ("metadataId", "metadataKey", "metadataValue", "visibility")
    if any(name in lookup and metadata.get(name) != lookup[name] for name in same):
        return False
    location = metadata.get("location", {})
    if lookup.get("locationType", location.get("locationType")) != location.get("locationType"):
        return False
    if "metadataLocation" not in lookup:
        return True
    if lookup.get("locationMatchingStrategy") == "INTERSECTING_LOCATION":
        return _intersects(location, lookup["metadataLocation"])
    return bool(_placed(location) == _placed(lookup["metadataLocation"]))


def _placed(location: Json) -> Json:
    """A location without what follows from the rest of it; ids and starts that are 0 spelt out."""
    if "dimensionRange" in location:
        return {"dimensionRange": {"sheetId": 0, "startIndex": 0, **location["dimensionRange"]}}
    return {"spreadsheet": True} if location.get("spreadsheet") else {"sheetId": location.get("sheetId", 0)}


def _intersects(one: Json, other: Json) -> bool:
    first, second = _placed(one), _placed(other)
    if "spreadsheet" in first or "spreadsheet" in second:
        return True
    spans = [location.get("dimensionRange", location) for location in (first, second)]
    if spans[0]["sheetId"] != spans[1]["sheetId"]:
        return False
    if any("dimension" not in span for span in spans) or spans[0]["dimension"] != spans[1]["dimension"]:
        return True
    return bool(spans[0]["startIndex"] < spans[1]["endIndex"] and spans[1]["startIndex"] < spans[0]["endIndex"])


def selects(spreadsheet: Spreadsheet, chosen: Json, metadata: Json) -> bool:
    """True when a data filter selects the metadata: by its own features, or by the cells it is bound to."""
    if "developerMetadataLookup" in chosen:
        return matches(metadata, chosen["developerMetadataLookup"])
    own = list(_located(spreadsheet, metadata["location"]))
    areas = list(_areas(spreadsheet, chosen))
    return any(one.sheet is other.sheet and one.box.overlaps(other.box) for one in own for other in areas)


# --- making


def create(state: GoogleState, spreadsheet: Spreadsheet, metadata: Json) -> Json:
    """Keep new developer metadata (a DeveloperMetadata document) and return it as the service has it.

    Raises:
        Refusal: 501 where the id is taken or the location is missing.
    """
    location = metadata.get("location")
    taken = {known["metadataId"] for known in spreadsheet.developer_metadata}
    if not location or metadata.get("metadataId") in taken:
        raise unevidenced("developer metadata with a taken id, or without a location")
    stored = {
        "metadataId": metadata.get("metadataId") or state.ids.number(1, 2**31 - 1),
        "metadataKey": metadata["metadataKey"],
        **({"metadataValue": metadata["metadataValue"]} if "metadataValue" in metadata else {}),
        "location": {"locationType": _location_type(location), **location},
        "visibility": metadata["visibility"],
    }
    spreadsheet.developer_metadata.append(stored)
    return stored


def _location_type(location: Json) -> str:
    if location.get("spreadsheet"):
        return "SPREADSHEET"
    if "dimensionRange" in location:
        return "COLUMN" if location["dimensionRange"].get("dimension") == "COLUMNS" else "ROW"
    return "SHEET"


# --- methods


def get(state: GoogleState, request: TwinRequest) -> Reply:
    """``developerMetadata.get``."""
    spreadsheet = spreadsheet_of(state, request)
    found = (m for m in spreadsheet.developer_metadata if str(m["metadataId"]) == request.params["metadataId"])
    metadata = next(found, None)
    if metadata is None:
        raise not_found()
    return Reply(metadata)


def search(state: GoogleState, request: TwinRequest) -> Reply:
    """``developerMetadata.search``; ``{}`` where nothing matches."""
    spreadsheet = spreadsheet_of(state, request)
    body = read("sheets", "SearchDeveloperMetadataRequest", request.json)
    matched = []
    for metadata in spreadsheet.developer_metadata:
        by = [chosen for chosen in body.get("dataFilters", []) if selects(spreadsheet, chosen, metadata)]
        if by:
            matched.append({"developerMetadata": metadata, "dataFilters": by})
    return Reply({"matchedDeveloperMetadata": matched} if matched else {})


_METADATA = "/v4/spreadsheets/{spreadsheetId}/developerMetadata"

METADATA_ROUTES: Mapping[str, Handler] = {
    f"GET {_METADATA}/{{metadataId}}": get,
    f"POST {_METADATA}:search": search,
}
"""All methods of ``spreadsheets.developerMetadata`` by operation."""
