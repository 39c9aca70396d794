"""Google Sheets, version 4 of its API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from targets.google.sheets.givens import sheets_givens
from targets.google.target import Description, GoogleTarget, status_name

if TYPE_CHECKING:
    from conformance.twinkit.service import Service


def _twin() -> Service:
    from targets.google.sheets.twin.service import SERVICE

    return SERVICE


TARGET = GoogleTarget(
    Description(
        name="sheets",
        hosts=r"(?:content-)?sheets\.googleapis\.com",
        roots="/",
        root="v4",
        error_code=status_name,
        givens=sheets_givens,
        twin=_twin,
        defaults=frozenset({"ROWS", "FORMATTED_VALUE", "SERIAL_NUMBER", "OVERWRITE"}),
        discriminators={
            "spreadsheets.batchUpdate": ("body.requests.*", "body.includeSpreadsheetInResponse"),
            "spreadsheets.get": ("includeGridData", "?fields"),
            "spreadsheets.getByDataFilter": ("body.includeGridData", "body.dataFilters.*", "?fields"),
            "spreadsheets.developerMetadata.search": ("body.dataFilters.*",),
            "spreadsheets.values.update": ("body.majorDimension", "includeValuesInResponse"),
            "spreadsheets.values.append": ("body.majorDimension", "includeValuesInResponse"),
            "spreadsheets.values.batchUpdate": ("body.valueInputOption", "body.includeValuesInResponse"),
            "spreadsheets.values.batchGetByDataFilter": ("body.valueRenderOption", "body.dataFilters.*"),
            "spreadsheets.values.batchUpdateByDataFilter": ("body.valueInputOption", "body.includeValuesInResponse"),
            "spreadsheets.values.batchClearByDataFilter": ("body.dataFilters.*",),
        },
    )
)
