"""Which spreadsheets a recorded program found, and what was in them before it wrote.

Everything is read off answers: metadata as far as no batch had changed it, values of sheets that had not been
written. A sheet that only shows by its title (in the range of an answer), by its id (in a batch that was accepted)
or by being counted (the index of a new sheet) is part of the facts too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from math import inf
from typing import Any

from conformance.programs.model import Call, Given, Observation, Step
from conformance.recordings.model import Json
from targets.google.givens import CREATES_SPREADSHEET, made_files, merged, strings_under
from targets.google.sheets.ranges import corners, end_of, quoted, title_of

KIND = "sheets#spreadsheet"
METADATA_READS = frozenset({"spreadsheets.get", "spreadsheets.getByDataFilter"})
VALUE_READS = frozenset(f"spreadsheets.values.{name}" for name in ("get", "batchGet", "batchGetByDataFilter"))
CUT = frozenset({"spreadsheets.values.get", "spreadsheets.values.clear"})
"""Calls that answer the range they were asked for, cut at the edges of the sheet."""
RANGES = frozenset({"range", "updatedRange", "clearedRange", "clearedRanges", "tableRange"})
TITLES = frozenset({"title", "newSheetName"})
CREATABLE = ("title", "locale", "timeZone", "autoRecalc")
SOMETHING = "something"
"""Stands in a cell of which the recording only shows that it was not empty."""
MOST_CELLS = 10_000
_RESIZES = re.compile(r"dimension|append|insert|paste|text", re.IGNORECASE)
"""Kinds of requests that may change how many rows and columns a sheet has."""
_COPY = re.compile(r"Copy of (.+)")


@dataclass
class _Found:
    """A spreadsheet that was there, and how far its first state is known."""

    spreadsheet_id: str
    resource: dict[str, Any]
    values: list[Json] = field(default_factory=list)
    restructured: bool = False
    _sheets: int = 1
    """At least so many sheets were there."""
    _all_written: bool = False
    _written: set[str] = field(default_factory=set)
    """Titles of sheets whose cells the program changed."""
    _changed: dict[int | None, set[str]] = field(default_factory=dict)
    """Properties that the program set, by sheet id; those of the spreadsheet under None."""
    _own_titles: set[str] = field(default_factory=set)
    """Titles that the program itself may have given to a sheet."""
    _own_sheets: set[int] = field(default_factory=set)
    _deleted: set[int] = field(default_factory=set)
    _least_width: dict[str, int] = field(default_factory=dict)
    """By title, the last column that was read before anything changed: where a later read shows the sheet's edge to
    be near, it began no wider, for writing only widens it."""

    def see(self, call: Call, body: Json) -> None:
        """Take in a call that was answered 2xx."""
        self._see_titles(call, body)
        if call.sdk_call in METADATA_READS:
            self._see_metadata(body)
        elif call.sdk_call in VALUE_READS:
            self._see_values(call, body)
        elif call.sdk_call == "spreadsheets.batchUpdate":
            self._see_batch(call.arguments.get("body"), body)
        elif call.sdk_call == "spreadsheets.sheets.copyTo":
            self._see_copied(call.arguments["sheetId"], body)
        elif call.sdk_call.startswith("spreadsheets.values."):
            self._see_written(body)

    def see_arrival(self, copied: Json) -> None:
        """Take in the properties of a sheet that was copied here."""
        self._see_count(copied)
        self._own_sheets |= {*_sheet_ids(copied)}
        self._own_titles |= {*strings_under(copied, TITLES)}
        self.restructured = True

    # What is read

    def _see_metadata(self, body: Json) -> None:
        if self.restructured:
            sheets = [self._unchanged_sheet(sheet.get("properties", {})) for sheet in body.get("sheets", ())]
            properties = self._unchanged(None, body.get("properties", {}))
            body = {"properties": properties, "sheets": [sheet for sheet in sheets if sheet]}
        elif self._written or self._all_written:
            body = {**body, "sheets": [_without_data(sheet) for sheet in body.get("sheets", ())]}
        self.resource = merged(self.resource, body)

    def _unchanged_sheet(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        sheet_id = properties.get("sheetId")
        if sheet_id is None or sheet_id in self._own_sheets:
            return {}
        known = self._unchanged(sheet_id, properties)
        return {"properties": {name: value for name, value in known.items() if name != "index"}}

    def _unchanged(self, sheet_id: int | None, properties: Mapping[str, Any]) -> dict[str, Any]:
        changed = self._changed.get(sheet_id, set())
        return {name: value for name, value in properties.items() if not {name, "*"} & changed}

    def _see_values(self, call: Call, body: Json) -> None:
        option = _option(call, "valueRenderOption") or "FORMATTED_VALUE"
        for answer in _value_ranges(body):
            read = {
                "spreadsheetId": self.spreadsheet_id,
                "range": answer["range"],
                "values": answer.get("values", []),
                "majorDimension": answer.get("majorDimension", "ROWS"),
                "valueRenderOption": option,
            }
            if self._is_first_state(title_of(answer["range"])) and read not in self.values:
                self.values.append(read)

    def _is_first_state(self, title: str) -> bool:
        return not self._all_written and title not in self._written | self._own_titles

    def _see_titles(self, call: Call, body: Json) -> None:
        for text in strings_under(body, RANGES):
            title = title_of(text)
            if title and title not in self._own_titles:
                self._add_sheet({"title": title})
                if call.sdk_call in CUT:
                    self._see_edges(title, call.arguments["range"], text)

    def _see_edges(self, title: str, asked: str, answered: str) -> None:
        """A range is cut where the sheet ends; a sheet's title alone stands for all its cells, ``A2:2`` for a row."""
        asked_bottom, asked_right = (inf, inf) if asked in (title, quoted(title)) else end_of(asked)
        _, bottom, _, right = corners(answered)
        if not self.restructured:
            size = {"rowCount": bottom} if asked_bottom > bottom else {}
            self._keep_size(title, {**size, **({"columnCount": right} if asked_right > right else {})})
            self._least_width[title] = max(self._least_width.get(title, 1), right)
        elif asked_right > right and title in self._least_width:
            self._keep_size(title, {"columnCount": min(right, self._least_width[title])})

    def _keep_size(self, title: str, size: Mapping[str, int]) -> None:
        """What is known already is known better."""
        for sheet in self.resource["sheets"]:
            if size and sheet["properties"].get("title") == title:
                known = sheet["properties"].setdefault("gridProperties", {})
                known.update({**size, **known})

    # What is written

    def _see_written(self, body: Json) -> None:
        for table in strings_under(body, frozenset({"tableRange"})):
            self._see_table(table)
        titles = {title_of(text) for text in strings_under(body, RANGES)}
        self._written |= titles
        self._all_written = self._all_written or not titles

    def _see_table(self, text: str) -> None:
        """Values are appended to a table that was there, whatever was in it."""
        title = title_of(text)
        top, bottom, left, right = corners(text)
        known = any(title_of(read["range"]) == title for read in self.values)
        if known or not self._is_first_state(title) or (bottom - top + 1) * (right - left + 1) > MOST_CELLS:
            return
        values = [[SOMETHING] * (right - left + 1)] * (bottom - top + 1)
        self.values.append({"spreadsheetId": self.spreadsheet_id, "range": text, "values": values})

    def _see_batch(self, sent: Json, body: Json) -> None:
        """Sheets that the batch names were there, if neither this batch nor an earlier one made them."""
        replies = body.get("replies") if isinstance(body, Mapping) else None
        for request, reply in zip(_objects(sent, "requests"), replies or (), strict=False):
            self._see_request(request, reply)
        self._own_titles |= {*strings_under(sent, TITLES), *strings_under(replies, TITLES)}
        self.restructured = True

    def _see_request(self, request: Mapping[str, Any], reply: Json) -> None:
        for kind, asked in request.items():
            if kind == "addSheet" and "index" not in ((asked or {}).get("properties") or {}):
                self._see_count(reply.get("addSheet", {}).get("properties", {}))
            self._own_sheets |= {*_sheet_ids(reply), *_sheet_ids(_made_by(kind, asked))}
            self._see_replaced_rule(asked, reply.get(kind))
            self._change(kind, asked)
            if kind == "deleteSheet":
                self._see_deleted(asked["sheetId"])
            for sheet_id in {*_sheet_ids(asked)} - self._own_sheets:
                self._add_sheet({"sheetId": sheet_id})

    def _see_replaced_rule(self, asked: Json, reply: Json) -> None:
        """The answer to a change of a conditional format tells the rule that was there; others stood before it."""
        rule = (reply.get("oldRule") or reply.get("rule")) if isinstance(reply, Mapping) else None
        if rule is None or self.restructured or not isinstance(asked, Mapping) or "sheetId" not in asked:
            return
        self._add_sheet({"sheetId": asked["sheetId"]})
        sheet = next(s for s in self.resource["sheets"] if s["properties"].get("sheetId") == asked["sheetId"])
        sheet.setdefault("conditionalFormats", [rule] * (asked.get("index", 0) + 1))

    def _change(self, kind: str, asked: Json) -> None:
        """Note which properties and cells a request changes."""
        if kind == "updateSpreadsheetProperties" or (kind == "findReplace" and asked.get("allSheets")):
            self._all_written = True
        fields = set(re.findall(r"[\w*]+", str(asked.get("fields", "")))) if isinstance(asked, Mapping) else set()
        if kind == "updateSpreadsheetProperties":
            self._changed.setdefault(None, set()).update(fields)
        for sheet_id in _sheet_ids(asked):
            properties = fields if kind == "updateSheetProperties" else set()
            resized = {"gridProperties"} if _RESIZES.search(kind) else set()
            self._changed.setdefault(sheet_id, set()).update(properties, resized)
            self._see_sheet_written(sheet_id)

    def _see_sheet_written(self, sheet_id: int) -> None:
        sheets = (sheet.get("properties", {}) for sheet in self.resource.get("sheets", ()))
        title = next((sheet.get("title") for sheet in sheets if sheet.get("sheetId") == sheet_id), None)
        if title is not None:
            self._written.add(title)
        elif sheet_id not in self._own_sheets:
            self._all_written = True

    def _see_deleted(self, sheet_id: int) -> None:
        """The last sheet cannot be deleted: one of the program's own, or another one, was left."""
        self._deleted.add(sheet_id)
        left = 0 if self._own_sheets - self._deleted else 1
        self._sheets = max(self._sheets, len(self._deleted - self._own_sheets) + left)

    def _see_copied(self, sheet_id: int, body: Json) -> None:
        if sheet_id not in self._own_sheets:
            copy = _COPY.fullmatch(str(body.get("title", "")))
            self._add_sheet({"sheetId": sheet_id, **({"title": copy[1]} if copy else {})})

    def _see_count(self, added: Mapping[str, Any]) -> None:
        """A sheet is added after all others."""
        if not self._own_sheets and not self.restructured:
            self._sheets = max(self._sheets, added.get("index", 0))

    def _add_sheet(self, properties: dict[str, Any]) -> None:
        """One more view of a sheet; a lone title and a lone id are taken for one sheet."""
        sheets: list[Any] = self.resource.setdefault("sheets", [])
        known = [sheet.setdefault("properties", {}) for sheet in sheets]
        name, value = next(iter(properties.items()))
        fitting = [sheet for sheet in known if sheet.get(name) == value]
        if not fitting and len(known) == 1 and not properties.keys() & known[0].keys():
            fitting = known
        if fitting:
            fitting[0].update({**properties, **fitting[0]})
        else:
            sheets.append({"properties": properties})

    # What it comes to

    def given(self) -> Given:
        """The given that supplies it."""
        self._complete()
        return Given(
            target="sheets",
            kind=KIND,
            recorded=self.spreadsheet_id,
            facts={"spreadsheets": [self.resource], "values": self.values},
            create=Call("sheets", CREATES_SPREADSHEET, "spreadsheets.create", {"body": self._creatable()}),
            id_path=("spreadsheetId",),
        )

    def _complete(self) -> None:
        """As many sheets as were there, each with an id and a title, as every sheet has."""
        sheets: list[Any] = self.resource.setdefault("sheets", [])
        sheets += [{"properties": {}} for _ in range(self._sheets - len(sheets))]
        known = [sheet.setdefault("properties", {}) for sheet in sheets]
        for properties in known:
            ids = {sheet.get("sheetId") for sheet in known}
            titles = {sheet.get("title") for sheet in known}
            properties.setdefault("sheetId", next(number for number in count() if number not in ids))
            properties.setdefault("title", next(t for n in count(1) if (t := f"Sheet{n}") not in titles))

    def _creatable(self) -> Json:
        known = self.resource.get("properties", {})
        return {
            "properties": {name: known[name] for name in CREATABLE if name in known},
            "sheets": [{"properties": sheet["properties"]} for sheet in self.resource["sheets"]],
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
        destination.see_arrival(observation.body)


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


def _objects(value: Json, key: str) -> list[Mapping[str, Any]]:
    items = value.get(key) if isinstance(value, Mapping) else None
    return [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []


def _made_by(kind: str, asked: Json) -> Json:
    """The part of a request that names a sheet which the request makes."""
    if kind == "duplicateSheet" and isinstance(asked, Mapping):
        return {"sheetId": asked.get("newSheetId")}
    return asked if kind == "addSheet" else None


def _option(call: Call, name: str) -> str:
    body = call.arguments.get("body")
    return str(call.arguments.get(name) or (body.get(name) if isinstance(body, Mapping) else "") or "")


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
