"""Reads JSON bodies as the vendor's protobuf front end does: more generously than the documents say.

Names may be in snake_case, ``null`` is an absent field, one element may stand where a list belongs, and a list
inside a list of messages is flattened. What fits no reading is refused with the front end's own words.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from conformance.recordings.model import Json
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
        Refusal: 400 with one violation for each value that fits no reading.
    """
    violations: list[Violation] = []
    message = _message(api, schemas.schema(api, schema_name), body or {}, at, violations)
    if violations:
        raise _refusal(violations)
    return message


Violation = tuple[str, str]
"""The field, and what is wrong with it."""


def _refusal(violations: list[Violation]) -> Exception:
    found = [{"field": field, "description": description} for field, description in violations]
    details = [{"@type": BAD_REQUEST, "fieldViolations": found}]
    message = "\n".join(description for _, description in violations)
    return sheets_refusal(400, "INVALID_ARGUMENT", message, details)


def _message(api: str, schema: schemas.Schema, body: Json, at: str, violations: list[Violation]) -> Json:
    if not isinstance(body, dict):
        return _scalar(schema, body)
    node = schemas.resolve(api, schema)
    known = node.get("properties", {})
    message = {}
    for name, value in body.items():
        spelt = name if name in known else camel(name)
        if value is not None:
            field = known.get(spelt, node.get("additionalProperties", {}))
            message[spelt] = _value(api, field, value, f"{at}.{snake(spelt)}" if at else snake(spelt), violations)
    return message


def _scalar(schema: schemas.Schema, value: Json) -> Json:
    """Text where a number or a truth value belongs is read as one."""
    kind = schema.get("type")
    if kind == "boolean" and value in ("true", "false"):
        return value == "true"
    if kind in ("integer", "number") and isinstance(value, str):
        try:
            return int(value) if kind == "integer" else float(value)
        except ValueError:
            return value
    return value


def _value(api: str, schema: schemas.Schema, value: Json, at: str, violations: list[Violation]) -> Json:
    node = schemas.resolve(api, schema)
    if node.get("type") != "array":
        return _message(api, node, value, at, violations)
    item = schemas.resolve(api, node["items"])
    if item.get("type") == "array":
        return [_list_value(element, place, violations) for element, place in _elements(value, at)]
    return [
        _value(api, item, element, place, violations)
        for nested, place in _elements(value, at)
        for element in _flat(nested)
    ]


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


def _list_value(value: Json, at: str, violations: list[Violation]) -> Json:
    """A row of cell values: anything but a list is refused."""
    if not isinstance(value, list):
        shown = json.dumps(value, ensure_ascii=False)
        violations.append((at, f"Invalid value at '{at}' ({LIST_VALUE}), {shown}"))
    return value


def snake(name: str) -> str:
    """``userEnteredValue`` → ``user_entered_value``, as refusals spell fields."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
