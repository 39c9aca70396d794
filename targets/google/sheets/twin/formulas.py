"""Values of formulas, worked out by the IronCalc engine, which is loaded when the first formula is met.

The engine gets a fresh copy of the spreadsheet each time something with formulas is read: nothing needs to be told
what changed. It knows sheets as ``S0``, ``S1``, ... and neither names nor open ranges, so references are rewritten.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from targets.google.sheets.twin.a1 import Area, Reference, box_name, find, rewrite
from targets.google.sheets.twin.entry import ERROR_TYPES, tidy
from targets.google.sheets.twin.model import CellError, Effective, Entered, Formula, Sheet, Spreadsheet
from targets.google.sheets.twin.refusals import unevidenced

if TYPE_CHECKING:
    from collections.abc import Mapping


Values = dict[tuple[int, int], Effective]

UNKNOWN = CellError("#NAME?")
"""What a formula shows that the engine cannot take in."""

_ELSEWHERE = {"#CIRC!": "#REF!", "#SPILL!": "#REF!", "#CALC!": "#VALUE!", "#N/IMPL!": "#NAME?"}
"""Errors that the engine has and Sheets has not, with what Sheets shows in their place."""


class Calculator:
    """Effective values of the cells of one spreadsheet, as it is at the first question."""

    def __init__(self, spreadsheet: Spreadsheet) -> None:
        self._spreadsheet = spreadsheet

    def value(self, sheet: Sheet, row: int, column: int) -> Effective:
        """What the cell comes to; None for an empty one.

        Raises:
            Refusal: 501, the spreadsheet has formulas and the engine is not installed.
        """
        cell = sheet.cells.get((row, column))
        if cell is None or cell.entered is None or isinstance(cell.entered, Formula):
            return self._calculated.get(sheet.sheet_id, {}).get((row, column))
        return cell.entered

    def spilled(self, sheet: Sheet) -> Mapping[tuple[int, int], Effective]:
        """Values that formulas of the sheet put into other, empty cells."""
        calculated = self._calculated.get(sheet.sheet_id, {})
        return {place: value for place, value in calculated.items() if sheet.cell(*place).entered is None}

    @cached_property
    def _calculated(self) -> dict[int, Values]:
        """By sheet id, the values of all cells that hold or receive a formula's result."""
        if not any(isinstance(cell.entered, Formula) for s in self._spreadsheet.sheets for cell in s.cells.values()):
            return {}
        model = _loaded(self._spreadsheet)
        try:
            model.evaluate()
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException:  # a panic of the engine is no Exception; formulas then show #NAME?
            return _unknown(self._spreadsheet)
        return _results(model, self._spreadsheet)


def implied_format(formula: str) -> str:
    """Type of number format that a formula brings to its own cell (``DATE``), or ""."""
    function = formula.removeprefix("=").strip().partition("(")[0].strip().upper()
    return {
        "TODAY": "DATE",
        "DATE": "DATE",
        "EDATE": "DATE",
        "EOMONTH": "DATE",
        "WORKDAY": "DATE",
        "DATEVALUE": "DATE",
        "NOW": "DATE_TIME",
        "TIME": "TIME",
        "TIMEVALUE": "TIME",
    }.get(function, "")


def _engine() -> Any:
    try:
        import ironcalc
    except ImportError:
        raise unevidenced("formulas, without the package ironcalc (pip install 'sdk-conformance[google]')") from None
    return ironcalc


def _loaded(spreadsheet: Spreadsheet) -> Any:
    """The spreadsheet in the engine."""
    model = _engine().create("spreadsheet", "en", "UTC")
    for index in range(len(spreadsheet.sheets)):
        if index == 0:
            model.rename_sheet(0, "S0")
        else:
            model.add_sheet(f"S{index}")
    for index, sheet in enumerate(spreadsheet.sheets):
        for (row, column), cell in sheet.cells.items():
            _put(model, spreadsheet, index, (row + 1, column + 1), cell.entered)
    return model


def _put(model: Any, spreadsheet: Spreadsheet, index: int, place: tuple[int, int], entered: Entered) -> None:
    if isinstance(entered, Formula):
        text = translated(entered.text, spreadsheet, spreadsheet.sheets[index])
        try:
            model.update_cell_with_formula(index, *place, text)
        except Exception:  # the engine raises its own kinds for what it cannot take in; the cell shows #NAME?
            model.update_cell_with_formula(index, *place, "=#NAME?")
    elif isinstance(entered, bool):
        model.update_cell_with_bool(index, *place, entered)
    elif isinstance(entered, CellError):
        model.update_cell_with_formula(index, *place, f"={entered.code}")
    elif isinstance(entered, int | float):
        model.update_cell_with_number(index, *place, float(entered))
    elif entered is not None:
        model.update_cell_with_text(index, *place, entered)


def translated(formula: str, spreadsheet: Spreadsheet, own: Sheet) -> str:
    """A formula in the engine's words."""

    def change(reference: Reference) -> str:
        area = _area(reference, spreadsheet, own)
        if area is None:
            return reference.text if reference.sheet is None or reference.name else "#REF!"
        return f"S{spreadsheet.sheets.index(area.sheet)}!{box_name(area.box)}"

    return rewrite(_ARRAY.sub("", formula), change)


_ARRAY = re.compile(r"\bARRAYFORMULA(?=\s*\()", re.IGNORECASE)
"""The engine spills every array, so the function that asks for it is left out."""


def _area(reference: Reference, spreadsheet: Spreadsheet, own: Sheet) -> Area | None:
    """What a reference means; None for words that are none (functions, TRUE)."""
    sheet = own if reference.sheet is None else spreadsheet.sheet_by_title(reference.sheet)
    if sheet is None:
        return None
    if reference.cells:
        quoted = sheet.title.replace("'", "''")
        return find(spreadsheet, f"'{quoted}'!{reference.cells}")
    return find(spreadsheet, reference.name) if spreadsheet.named_range(reference.name) else None


def _unknown(spreadsheet: Spreadsheet) -> dict[int, Values]:
    """Every formula as one that the engine cannot take in."""
    return {
        sheet.sheet_id: {place: UNKNOWN for place, cell in sheet.cells.items() if isinstance(cell.entered, Formula)}
        for sheet in spreadsheet.sheets
    }


def _results(model: Any, spreadsheet: Spreadsheet) -> dict[int, Values]:
    """What the engine has in cells that hold a formula, or nothing of their own."""
    results: dict[int, Values] = {}
    for index, row, column in model.get_all_cells():
        sheet, place = spreadsheet.sheets[index], (row - 1, column - 1)
        entered = sheet.cell(*place).entered
        if entered is None or isinstance(entered, Formula):
            results.setdefault(sheet.sheet_id, {})[place] = _result(model.get_cell_value(index, row, column))
    return results


def _result(value: Any) -> Effective:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return value if isinstance(value, bool) else 0  # a reference to an empty cell counts as 0
    if isinstance(value, str):
        code = _ELSEWHERE.get(value, value)
        return CellError(code) if code in ERROR_TYPES else value
    return tidy(value)
