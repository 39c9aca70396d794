"""Spreadsheets as the service shows them, and spreadsheets made from that form."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from targets.google.sheets.twin.grid import GridReader, set_cell
from targets.google.sheets.twin.model import Box, Sheet, Spreadsheet, new_spreadsheet
from targets.google.sheets.twin.requests.documents import stored

Json = dict[str, Any]

UNTITLED = "Untitled spreadsheet"

SHELVES = {
    "merges": ("merges", "GridRange"),
    "conditionalFormats": ("conditional_formats", "ConditionalFormatRule"),
    "filterViews": ("filter_views", "FilterView"),
    "protectedRanges": ("protected_ranges", "ProtectedRange"),
    "charts": ("charts", "EmbeddedChart"),
    "bandedRanges": ("banded_ranges", "BandedRange"),
    "rowGroups": ("row_groups", "DimensionGroup"),
    "columnGroups": ("column_groups", "DimensionGroup"),
    "slicers": ("slicers", "Slicer"),
    "tables": ("tables", "Table"),
}
"""Lists of a Sheet resource: the attribute that holds each, and the schema of its elements."""

Boxes = Mapping[int, Sequence[Box]]
"""The rectangles to show, by sheet id, in order; sheets that are not in it are left out."""


# --- showing


def url(spreadsheet: Spreadsheet) -> str:
    """Where a browser opens the spreadsheet; one that was seeded with its address keeps it."""
    kept = str(spreadsheet.extra.get("spreadsheetUrl", ""))
    plain = f"https://docs.google.com/spreadsheets/d/{spreadsheet.spreadsheet_id}/edit"
    return kept if kept.startswith(plain) else plain


def spreadsheet_resource(
    spreadsheet: Spreadsheet, boxes: Boxes | None = None, grid: bool = False, exclude_tables: bool = False
) -> Json:
    """A Spreadsheet resource.

    Args:
        spreadsheet: What to show.
        boxes: The ranges asked for; None for everything.
        grid: True to show cells (``sheets[].data``).
        exclude_tables: True to leave the bands that tables draw out of ``bandedRanges``.
    """
    reader = GridReader(spreadsheet)
    sheets = [sheet for sheet in spreadsheet.sheets if boxes is None or sheet.sheet_id in boxes]
    documents = []
    for sheet in sheets:
        document = sheet_resource(spreadsheet, sheet, exclude_tables)
        if grid:
            wanted = [sheet.grid] if boxes is None else boxes[sheet.sheet_id]
            document["data"] = [reader.grid(sheet, box) for box in wanted]
        documents.append(document)
    shown: Json = {
        "properties": spreadsheet.properties,
        "sheets": documents,
        "namedRanges": spreadsheet.named_ranges,
        "developerMetadata": _metadata(spreadsheet, "SPREADSHEET"),
        "dataSources": spreadsheet.data_sources,
        **spreadsheet.extra,
    }
    filled = {name: copy.deepcopy(value) for name, value in shown.items() if value}
    return {"spreadsheetId": spreadsheet.spreadsheet_id, **filled, "spreadsheetUrl": url(spreadsheet)}


def sheet_resource(spreadsheet: Spreadsheet, sheet: Sheet, exclude_tables: bool = False) -> Json:
    """A Sheet resource without its cells."""
    shelves: Json = {name: getattr(sheet, attribute) for name, (attribute, _) in SHELVES.items()}
    if not exclude_tables:
        shelves["bandedRanges"] = [*sheet.banded_ranges, *map(_table_bands, sheet.tables)]
    shelves["basicFilter"] = sheet.basic_filter
    shelves["developerMetadata"] = _metadata(spreadsheet, "SHEET", sheet.sheet_id)
    return {"properties": sheet.properties} | {name: value for name, value in shelves.items() if value}


def _table_bands(table: Json) -> Json:
    """The banded range that a table draws."""
    number = str(table["tableId"])
    bands = stored("BandedRange", {"range": table.get("range", {}), "rowProperties": table.get("rowsProperties", {})})
    identity = {"bandedRangeId": int(number)} if number.isdecimal() else {}
    return identity | bands | {"bandedRangeReference": number}


def _metadata(spreadsheet: Spreadsheet, kind: str, sheet_id: int = 0) -> list[Json]:
    """The developer metadata at the spreadsheet or at one of its sheets."""
    return [
        document
        for document in spreadsheet.developer_metadata
        if document["location"].get("locationType") == kind
        and (kind == "SPREADSHEET" or document["location"].get("sheetId", 0) == sheet_id)
    ]


# --- making

RETURNED_APART = frozenset({"spreadsheetId", "properties", "sheets", "namedRanges", "developerMetadata", "dataSources"})


def fill_spreadsheet(spreadsheet: Spreadsheet, resource: Json) -> None:
    """Put everything but the sheets that a Spreadsheet resource (partial) says into ``spreadsheet``."""
    given = resource.get("properties", {})
    if "defaultFormat" in given:  # as read from the service: what it lacks, the spreadsheet lacks
        spreadsheet.properties = copy.deepcopy(given)
    else:
        spreadsheet.properties |= stored("SpreadsheetProperties", given)
    spreadsheet.named_ranges = _all(resource, "namedRanges", "NamedRange", spreadsheet.named_ranges)
    spreadsheet.data_sources = _all(resource, "dataSources", "DataSource", spreadsheet.data_sources)
    known = _all(resource, "developerMetadata", "DeveloperMetadata", [])
    spreadsheet.developer_metadata = [*spreadsheet.developer_metadata, *known]
    spreadsheet.extra |= {name: value for name, value in resource.items() if name not in RETURNED_APART}


def fill_sheet(spreadsheet: Spreadsheet, sheet: Sheet, resource: Json) -> None:
    """Put what a Sheet resource (partial; ``properties`` aside) says into ``sheet``."""
    for name, (attribute, schema) in SHELVES.items():
        setattr(sheet, attribute, _all(resource, name, schema, getattr(sheet, attribute)))
    tables = {table.get("tableId") for table in sheet.tables}
    sheet.banded_ranges = [b for b in sheet.banded_ranges if b.get("bandedRangeReference") not in tables]
    if "basicFilter" in resource:
        sheet.basic_filter = stored("BasicFilter", resource["basicFilter"])
    spreadsheet.developer_metadata += _all(resource, "developerMetadata", "DeveloperMetadata", [])
    for data in resource.get("data", []):
        _fill_cells(spreadsheet, sheet, data)


def _all(resource: Json, name: str, schema: str, otherwise: list[Json]) -> list[Json]:
    return [stored(schema, document) for document in resource[name]] if name in resource else otherwise


ENTERED = frozenset(
    {"userEnteredValue", "userEnteredFormat", "note", "dataValidation", "textFormatRuns", "pivotTable", "chipRuns"}
)


def _fill_cells(spreadsheet: Spreadsheet, sheet: Sheet, data: Json) -> None:
    top, left = data.get("startRow", 0), data.get("startColumn", 0)
    for down, row in enumerate(data.get("rowData", [])):
        for across, cell in enumerate(row.get("values", [])):
            sheet.grow(top + down + 1, left + across + 1)
            kept = stored("CellData", _as_entered(cell))
            set_cell(sheet, (top + down, left + across), {n: v for n, v in kept.items() if n in ENTERED})
    _fill_sizes(sheet.row_metadata, data.get("rowMetadata", []), top)
    _fill_sizes(sheet.column_metadata, data.get("columnMetadata", []), left)


def _as_entered(cell: Json) -> Json:
    """A CellData whose entered value is the effective one where only that is known."""
    if "userEnteredValue" in cell or "effectiveValue" not in cell:
        return cell
    return cell | {"userEnteredValue": cell["effectiveValue"]}


def _fill_sizes(shelf: dict[int, Json], documents: list[Json], start: int) -> None:
    for offset, document in enumerate(documents):
        shelf[start + offset] = stored("DimensionProperties", document)


def make_spreadsheet(spreadsheet_id: str, resource: Json) -> Spreadsheet:
    """A spreadsheet with the properties of ``resource`` and no sheets yet."""
    spreadsheet = new_spreadsheet(spreadsheet_id, UNTITLED)
    spreadsheet.sheets = []
    fill_spreadsheet(spreadsheet, resource)
    return spreadsheet
