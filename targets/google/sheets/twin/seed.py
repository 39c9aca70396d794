"""What was there before a program began: spreadsheets put in, and the state taken out."""

from __future__ import annotations

from typing import Any

from targets.google.sheets.twin import a1
from targets.google.sheets.twin.entry import Entry, raw, typed
from targets.google.sheets.twin.formats import display
from targets.google.sheets.twin.model import Sheet, Spreadsheet, new_sheet
from targets.google.sheets.twin.requests.common import new_id
from targets.google.sheets.twin.requests.documents import stored
from targets.google.sheets.twin.resource import fill_sheet, fill_spreadsheet, make_spreadsheet, spreadsheet_resource
from targets.google.sheets.twin.writing import put
from targets.google.state import GoogleState

Json = dict[str, Any]

RENDERINGS = ("FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA")


def seed(state: GoogleState, facts: Json) -> None:
    """Put in what ``facts`` say; what is there already is completed or changed.

    Args:
        state: The account.
        facts: ``spreadsheets``: Spreadsheet resources as ``spreadsheets.get`` returns them, partial, cells
            (``sheets[].data``) included; ``values``: ``{"spreadsheetId", "range", "values", "majorDimension"?,
            "valueRenderOption"?}`` as ``values.get`` returns them.
    """
    for resource in facts.get("spreadsheets", []):
        _seed_spreadsheet(state, resource)
    for value_range in sorted(facts.get("values", []), key=_depth):
        _seed_values(state, _spreadsheet(state, value_range["spreadsheetId"]), value_range)
    for spreadsheet in state.spreadsheets.values():
        if not spreadsheet.sheets:
            _sheet(state, spreadsheet, {})


def _depth(value_range: Json) -> int:
    """How much a read tells of what was entered: a formula more than its value, a value more than its looks."""
    return RENDERINGS.index(value_range.get("valueRenderOption", RENDERINGS[0]))


def dump(state: GoogleState) -> Json:
    """All spreadsheets with their cells, as Spreadsheet resources."""
    return {"spreadsheets": [spreadsheet_resource(one, grid=True) for one in state.spreadsheets.values()]}


def _seed_spreadsheet(state: GoogleState, resource: Json) -> None:
    spreadsheet = _spreadsheet(state, resource["spreadsheetId"], resource)
    fill_spreadsheet(spreadsheet, resource)
    _drop_default_sheet(spreadsheet, resource)
    for given in resource.get("sheets", []):
        sheet = _sheet(state, spreadsheet, given.get("properties", {}))
        fill_sheet(spreadsheet, sheet, given)
    spreadsheet.sheets.sort(key=lambda sheet: sheet.properties.get("index", 0))
    spreadsheet.renumber()
    if "title" in spreadsheet.properties:
        state.rename(spreadsheet.spreadsheet_id, spreadsheet.properties["title"])


def _drop_default_sheet(spreadsheet: Spreadsheet, resource: Json) -> None:
    """A spreadsheet seeded in Drive came with the sheet of a new one; facts about its sheets know better."""
    known = {given.get("properties", {}).get("sheetId") for given in resource.get("sheets", [])} - {None}
    present = [(sheet.sheet_id, bool(sheet.cells)) for sheet in spreadsheet.sheets]
    if known and 0 not in known and present == [(0, False)]:
        spreadsheet.sheets = []


def _spreadsheet(state: GoogleState, spreadsheet_id: str, resource: Json | None = None) -> Spreadsheet:
    """The spreadsheet with this id, made (with its file) where there is none."""
    if spreadsheet_id not in state.spreadsheets:
        made = make_spreadsheet(spreadsheet_id, resource or {})
        if spreadsheet_id in state.files:
            made.properties["title"] = state.files[spreadsheet_id]["name"]
            state.spreadsheets[spreadsheet_id] = made
        else:
            state.add_spreadsheet(made)
    return state.spreadsheets[spreadsheet_id]


def _sheet(state: GoogleState, spreadsheet: Spreadsheet, properties: Json) -> Sheet:
    """The sheet that ``properties`` (partial) are about, made where there is none, with them."""
    given = stored("SheetProperties", properties)
    sheet = _known(spreadsheet, given)
    if sheet is None:
        number = len(spreadsheet.sheets)
        sheet_id = given["sheetId"] if "sheetId" in given else _free_id(state, spreadsheet)
        sheet = new_sheet(sheet_id, given.get("title", f"Sheet{number + 1}"), number)
        spreadsheet.sheets.append(sheet)
    grid = sheet.properties.get("gridProperties", {}) | given.get("gridProperties", {})
    sheet.properties |= given | {"gridProperties": grid}
    return sheet


def _free_id(state: GoogleState, spreadsheet: Spreadsheet) -> int:
    """An id for a sheet of which only the title is known: 0, as the first of a new spreadsheet, where it is free."""
    return 0 if spreadsheet.sheet_by_id(0) is None else new_id(state)


def _known(spreadsheet: Spreadsheet, properties: Json) -> Sheet | None:
    if "sheetId" in properties:
        return spreadsheet.sheet_by_id(properties["sheetId"])
    return spreadsheet.sheet_by_title(properties["title"]) if "title" in properties else None


# --- values


def _seed_values(state: GoogleState, spreadsheet: Spreadsheet, value_range: Json) -> None:
    area = _area(state, spreadsheet, value_range["range"])
    by_columns = value_range.get("majorDimension") == "COLUMNS"
    for major, line in enumerate(value_range.get("values", [])):
        for minor, value in enumerate(line):
            row, column = (minor, major) if by_columns else (major, minor)
            area.sheet.grow(area.top + row + 1, area.left + column + 1)
            entry = _entry(value, value_range.get("valueRenderOption", "FORMATTED_VALUE"), spreadsheet.locale)
            put(area.sheet, area.top + row, area.left + column, entry)


def _area(state: GoogleState, spreadsheet: Spreadsheet, text: str) -> a1.Area:
    """The cells of a range; its sheet is made where there is none."""
    title = _title(text)
    if title is not None and spreadsheet.sheet_by_title(title) is None:
        _sheet(state, spreadsheet, {"title": title})
    return a1.parse(spreadsheet, text)


def _title(text: str) -> str | None:
    """The title in ``'My sheet'!A1:B2``; None where the range names none."""
    before, mark, _ = text.rpartition("!")
    if not mark:
        return None
    quoted = before.startswith("'") and before.endswith("'")
    return before[1:-1].replace("''", "'") if quoted else before


def _entry(value: Any, rendered: str, locale: str) -> Entry:
    """What was entered so that it is shown as ``value``: as typed, where that gives the same again."""
    if rendered == "FORMULA" and isinstance(value, str) and value.startswith("="):
        return typed(value, locale)
    if rendered != "FORMATTED_VALUE" or not isinstance(value, str) or value.startswith("="):
        return raw(value)
    entry = typed(value, locale)
    shown = None if isinstance(entry.value, str) else display(entry.value, entry.number_format, locale)  # type: ignore[arg-type]
    return entry if shown == value else raw(value)
