"""Reads JSON bodies as the vendor's protobuf front end does: more generously than the documents say.

Names may be in snake_case, ``null`` is an absent field, one element may stand where a list belongs, and a list
inside a list of messages is flattened. Fields that the discovery document does not have are kept as they are.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from conformance.recordings.model import Json
from conformance.twinkit.service import Refusal
from targets.google import schemas
from targets.google.errors import sheets_refusal
from targets.google.fields import camel

LIST_VALUE = "type.googleapis.com/google.protobuf.ListValue"
BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"


def read(api: str, schema_name: str, body: Json, at: str = "") -> Json:
    """``body`` as a message of the discovery schema ``schema_name``, in the form that its documents describe.

    Args:
        api: ``sheets`` or ``docs``.
        schema_name: Name of a discovery schema (``ValueRange``).
        body: Parsed JSON, left as it is.
        at: What the front end calls the body in its refusals (``data``); "" where fields have no prefix.

    Raises:
        Refusal: 400 with one violation for each row of cell values that is no list; 501 for any other value that
            fits no reading.
    """
    reader = _Reader(api, [])
    message = reader.message(schemas.schema(api, schema_name), body or {}, at)
    if reader.violations:
        raise _refusal(reader.violations)
    return message


Violation = tuple[str, str]
"""The field, and what is wrong with it."""


def _refusal(violations: list[Violation]) -> Refusal:
    found = [{"field": field, "description": description} for field, description in violations]
    details = [{"@type": BAD_REQUEST, "fieldViolations": found}]
    message = "\n".join(description for _, description in violations)
    return sheets_refusal(400, "INVALID_ARGUMENT", message, details)


def _unevidenced(at: str) -> Refusal:
    """A value of the wrong kind, where no recording shows the front end's words."""
    return sheets_refusal(501, "UNIMPLEMENTED", f"The twin has no evidence of this: the value of '{at}'.")


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one body of ``api``; what fits no reading is put down in ``violations``."""

    api: str
    violations: list[Violation]

    def message(self, node: schemas.Schema, body: Json, at: str) -> Json:
        """An object with the fields of ``node``."""
        if not isinstance(body, dict):
            raise _unevidenced(at)
        known = node.get("properties", {})
        message = {}
        for name, value in body.items():
            spelt = name if name in known else camel(name)
            if value is not None:
                field = known.get(spelt, node.get("additionalProperties", {}))
                message[spelt] = self.value(field, value, f"{at}.{snake(spelt)}" if at else snake(spelt))
        return message

    def value(self, schema: schemas.Schema, value: Json, at: str) -> Json:
        """The value of a field."""
        node = schemas.resolve(self.api, schema)
        kind = node.get("type")
        if kind == "array":
            return self.repeated(schemas.resolve(self.api, node["items"]), value, at)
        return self.message(node, value, at) if kind == "object" else _scalar(node, value, at)

    def repeated(self, item: schemas.Schema, value: Json, at: str) -> list[Json]:
        """The value of a field that is a list."""
        if item.get("type") == "array":
            return [self.row(element, place) for element, place in _elements(value, at)]
        return [self.value(item, element, place) for nested, place in _elements(value, at) for element in _flat(nested)]

    def row(self, value: Json, at: str) -> Json:
        """A row of cell values: anything but a list is refused."""
        if not isinstance(value, list):
            shown = json.dumps(value, ensure_ascii=False)
            self.violations.append((at, f"Invalid value at '{at}' ({LIST_VALUE}), {shown}"))
        return value


def _scalar(node: schemas.Schema, value: Json, at: str) -> Json:
    """A single value; text where a number or a truth value belongs is read as one."""
    reading = _READINGS.get(node.get("type", ""))
    fitting = reading(value) if reading else value
    if fitting is None or fitting not in node.get("enum", (fitting,)):
        raise _unevidenced(at)
    return fitting


def _truth(value: Json) -> bool | None:
    return value if isinstance(value, bool) else {"true": True, "false": False}.get(str(value))


def _whole(value: Json) -> int | None:
    number = _number(value)
    return int(number) if number is not None and number == int(number) and abs(number) < 1 << 31 else None


def _number(value: Json) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = value if isinstance(value, int) else float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) else None


_READINGS: Mapping[str, Callable[[Json], Json]] = {
    "boolean": _truth,
    "integer": _whole,
    "number": _number,
    "string": _text,
}
"""By type of the discovery document; None for what does not fit."""


def _elements(value: Json, at: str) -> Iterator[tuple[Json, str]]:
    """Elements of a repeated field with their places; a single one has the place of the field."""
    if not isinstance(value, list):
        yield value, at
        return
    for index, element in enumerate(value):
        yield element, f"{at}[{index}]"


def _flat(value: Json) -> Iterator[Json]:
    if isinstance(value, list):
        for element in value:
            yield from _flat(element)
    else:
        yield value


def snake(name: str) -> str:
    """``userEnteredValue`` → ``user_entered_value``, as refusals spell fields."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
