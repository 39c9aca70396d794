"""Which spreadsheets a recorded program found, and what was in them before it wrote.

Everything is read off answers: metadata from reads before the structure was changed, values from reads before
anything was written. A sheet that only shows by its title (in the range of an answer) or by its id (in a batch that
was accepted) is part of the facts too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from conformance.programs.model import Call, Given, Observation, Step
from conformance.recordings.model import Json
from targets.google.givens import CREATES_SPREADSHEET, made_files, merged, strings_under

KIND = "sheets#spreadsheet"
METADATA_READS = frozenset({"spreadsheets.get", "spreadsheets.getByDataFilter"})
VALUE_READS = frozenset(f"spreadsheets.values.{name}" for name in ("get", "batchGet", "batchGetByDataFilter"))
READS = METADATA_READS | VALUE_READS | {"spreadsheets.developerMetadata.get", "spreadsheets.developerMetadata.search"}
RESTRUCTURES = frozenset({"spreadsheets.batchUpdate"})
RANGES = frozenset({"range", "updatedRange", "clearedRange", "clearedRanges", "tableRange"})
TITLES = frozenset({"title", "newSheetName"})
CREATABLE = ("title", "locale", "timeZone", "autoRecalc")
_TITLE = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!")


@dataclass
class _Found:
    """A spreadsheet that was there, and how far its first state is known."""

    spreadsheet_id: str
    resource: dict[str, Any]
    values: list[Json] = field(default_factory=list)
    written: bool = False
    restructured: bool = False
    own_titles: set[str] = field(default_factory=set)
    """Titles that the program itself may have given to a sheet."""
    own_sheets: set[int] = field(default_factory=set)

    def see(self, call: Call, body: Json) -> None:
        """Take in a call that was answered 2xx."""
        self._see_titles(body)
        if call.sdk_call in METADATA_READS and not self.restructured:
            self._see_metadata(body)
        elif call.sdk_call in VALUE_READS and not self.written:
            self._see_values(call, body)
        if call.sdk_call in RESTRUCTURES:
            self._see_batch(call.arguments.get("body"), body)
        elif call.sdk_call == "spreadsheets.sheets.copyTo":
            self._see_sheet(call.arguments["sheetId"])
        elif call.sdk_call not in READS:
            self.written = True

    def _see_metadata(self, body: Json) -> None:
        if self.written:
            body = {**body, "sheets": [_without_data(sheet) for sheet in body.get("sheets", ())]}
        self.resource = merged(self.resource, body)

    def _see_values(self, call: Call, body: Json) -> None:
        option = call.arguments.get("valueRenderOption") or (call.arguments.get("body") or {}).get("valueRenderOption")
        for answer in _value_ranges(body):
            read = {
                "spreadsheetId": self.spreadsheet_id,
                "range": answer["range"],
                "values": answer.get("values", []),
                "majorDimension": answer.get("majorDimension", "ROWS"),
                "valueRenderOption": option or "FORMATTED_VALUE",
            }
            if read not in self.values:
                self.values.append(read)

    def _see_batch(self, sent: Json, body: Json) -> None:
        """Sheets that the batch names were there, if none of its replies, or of earlier ones, made them."""
        self.own_titles |= {*strings_under(sent, TITLES), *strings_under(body, TITLES)}
        replies = body.get("replies") if isinstance(body, dict) else None
        self.own_sheets |= {*_sheet_ids(replies), *_sheet_ids(_additions(sent))}
        for sheet_id in _sheet_ids(sent):
            self._see_sheet(sheet_id)
        self.written = self.restructured = True

    def _see_sheet(self, sheet_id: int) -> None:
        if sheet_id not in self.own_sheets:
            self._add_sheet({"sheetId": sheet_id})

    def _see_titles(self, body: Json) -> None:
        for text in strings_under(body, RANGES):
            if (match := _TITLE.match(text)) and (title := _unquoted(match)) not in self.own_titles:
                self._add_sheet({"title": title})

    def _add_sheet(self, properties: dict[str, Any]) -> None:
        """One more view of a sheet; a lone title and a lone id are taken for one sheet."""
        ((name, value),) = properties.items()
        sheets: list[Any] = self.resource.setdefault("sheets", [])
        if any(sheet["properties"].get(name) == value for sheet in sheets if "properties" in sheet):
            return
        if len(sheets) == 1 and name not in sheets[0].setdefault("properties", {}):
            sheets[0]["properties"].update(properties)
        else:
            sheets.append({"properties": properties})

    def given(self) -> Given:
        """The given that supplies it."""
        return Given(
            target="sheets",
            kind=KIND,
            recorded=self.spreadsheet_id,
            facts={"spreadsheets": [self.resource], "values": self.values},
            create=Call("sheets", CREATES_SPREADSHEET, "spreadsheets.create", {"body": self._creatable()}),
            id_path=("spreadsheetId",),
        )

    def _creatable(self) -> Json:
        known = self.resource.get("properties", {})
        sheets = [
            {"properties": sheet["properties"]} for sheet in self.resource.get("sheets", ()) if "properties" in sheet
        ]
        return {
            "properties": {name: known[name] for name in CREATABLE if name in known},
            **({"sheets": sheets} if sheets else {}),
        }


def sheets_givens(steps: Sequence[Step], observations: Sequence[Observation]) -> tuple[Given, ...]:
    """Spreadsheets that were there before the program began, in order of appearance."""
    made = made_files(steps, observations)
    found: dict[str, _Found] = {}
    for step, observation in zip(steps, observations, strict=True):
        call = step.call
        if call.target != "sheets" or not _shows_existence(observation):
            continue
        for spreadsheet_id in _mentioned(call):
            if spreadsheet_id not in made:
                found.setdefault(spreadsheet_id, _Found(spreadsheet_id, {"spreadsheetId": spreadsheet_id}))
        _see(found, call, observation)
    return tuple(spreadsheet.given() for spreadsheet in found.values())


def _see(found: Mapping[str, _Found], call: Call, observation: Observation) -> None:
    if (observation.status or 0) >= 300:
        return
    if spreadsheet := found.get(str(call.arguments.get("spreadsheetId"))):
        spreadsheet.see(call, observation.body)
    if destination := found.get(_destination(call)):
        destination.own_sheets |= {*_sheet_ids(observation.body)}
        destination.own_titles |= {*strings_under(observation.body, TITLES)}
        destination.written = destination.restructured = True


def _shows_existence(observation: Observation) -> bool:
    """Google looks the spreadsheet up before it looks at most arguments: a 400 speaks for it, a 404 against it."""
    return 200 <= (observation.status or 0) < 300 or observation.status == 400


def _mentioned(call: Call) -> Iterator[str]:
    if isinstance(call.arguments.get("spreadsheetId"), str):
        yield call.arguments["spreadsheetId"]
    if destination := _destination(call):
        yield destination


def _destination(call: Call) -> str:
    body = call.arguments.get("body")
    return str(body.get("destinationSpreadsheetId", "")) if isinstance(body, Mapping) else ""


def _value_ranges(body: Json) -> list[Json]:
    """The ranges in the answer of any read of values."""
    if not isinstance(body, Mapping):
        return []
    if "valueRanges" not in body:
        return [body] if "range" in body else []
    answers = (answer.get("valueRange", answer) for answer in body["valueRanges"])
    return [answer for answer in answers if "range" in answer]


def _additions(sent: Json) -> list[Json]:
    """The requests of a batch that make sheets."""
    requests = sent.get("requests") if isinstance(sent, Mapping) else None
    if not isinstance(requests, list):
        return []
    made = [item.get("addSheet") for item in requests if isinstance(item, Mapping)]
    copies = [item.get("duplicateSheet", {}).get("newSheetId") for item in requests if isinstance(item, Mapping)]
    return [*made, *({"sheetId": sheet_id} for sheet_id in copies)]


def _sheet_ids(value: Json) -> Iterator[int]:
    """All sheet ids anywhere in ``value``."""
    if isinstance(value, list):
        for item in value:
            yield from _sheet_ids(item)
    elif isinstance(value, Mapping):
        for key, member in value.items():
            if key in ("sheetId", "sourceSheetId") and isinstance(member, int):
                yield member
            yield from _sheet_ids(member)


def _without_data(sheet: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in sheet.items() if name != "data"}


def _unquoted(match: re.Match[str]) -> str:
    return match[1].replace("''", "'") if match[1] else match[2]
