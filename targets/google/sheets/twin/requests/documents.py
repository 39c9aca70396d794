"""The form in which the service keeps and returns what it is given: colours, defaults, masks.

All rules are read off the schemas of the discovery document, so that they hold for every message.
"""

from __future__ import annotations

import copy
import struct
from collections.abc import Iterator
from typing import Any

from targets.google import fields, schemas

Json = dict[str, Any]

API = "sheets"

PRESENT_ZERO: dict[str, frozenset[str]] = {
    "SheetProperties": frozenset({"sheetId", "index"}),
    "GridRange": frozenset({"startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex"}),
    "DimensionRange": frozenset({"startIndex", "endIndex"}),
    "TextFormat": frozenset({"bold", "italic", "strikethrough", "underline"}),
    "DeveloperMetadataLocation": frozenset({"sheetId"}),
    "ExtendedValue": frozenset({"numberValue", "boolValue", "stringValue"}),
}
"""Fields that are shown even when they are 0, false or ""; all others are left out then, as protobuf does."""


def stored(schema: str, document: Json) -> Json:
    """``document`` as the service keeps it: colours of 8 bits and in both spellings, defaults left out."""
    properties = schemas.schema(API, schema).get("properties", {})
    kept = {name: _value(properties.get(name, {}), value) for name, value in document.items()}
    if schema == "Color":
        kept = {name: _eight_bits(part) for name, part in kept.items()}
    _pair_colors(properties, kept)
    zeros = PRESENT_ZERO.get(schema, frozenset())
    return {name: value for name, value in kept.items() if name in zeros or not _is_default(value)}


def _value(node: schemas.Schema, value: Any) -> Any:
    if isinstance(value, list):
        return [_value(node.get("items", {}), item) for item in value]
    if isinstance(value, dict) and "$ref" in node:
        return stored(node["$ref"], value)
    return copy.deepcopy(value)


def _is_default(value: Any) -> bool:
    if isinstance(value, str):
        return not value or value.endswith("_UNSPECIFIED")
    return value is None or value == [] or (isinstance(value, (bool, int, float)) and not value)


def _eight_bits(part: float) -> float:
    """A colour part as the service returns it: one of 256 steps, in single precision."""
    return single(int(min(max(part, 0.0), 1.0) * 255 + 1e-4) / 255)


def single(number: float) -> float | int:
    """``number`` in single precision, with the fewest digits that tell it apart; whole numbers are ints."""
    (exact,) = struct.unpack("f", struct.pack("f", number))
    if exact == int(exact):
        return int(exact)
    shortest = (float(f"{exact:.{digits}g}") for digits in range(1, 10))
    return next(s for s in shortest if struct.unpack("f", struct.pack("f", s))[0] == exact)


def _pair_colors(properties: Json, document: Json) -> None:
    """Give a colour that has two spellings (``tabColor``, ``tabColorStyle``) both; the style one wins."""
    for plain, style in _color_pairs(properties):
        if style in document:
            _pair(document, plain, style)
        elif isinstance(document.get(plain), dict):
            document[style] = {"rgbColor": copy.deepcopy(document[plain])}


def _pair(document: Json, plain: str, style: str) -> None:
    given = document[style] or {}
    document.pop(plain, None)
    if "rgbColor" in given:
        document[plain] = copy.deepcopy(given["rgbColor"])
    elif not given:
        del document[style]


def _color_pairs(properties: Json) -> Iterator[tuple[str, str]]:
    for name, node in properties.items():
        if node.get("$ref") == "Color" and f"{name}Style" in properties:
            yield name, f"{name}Style"


# --- update masks


class UnknownField(ValueError):
    """An update mask names what the message does not have."""


def assign(schema: str, target: Json, source: Json, mask: str) -> None:
    """Set in ``target`` what ``mask`` names to its value in ``source``; what ``source`` lacks is cleared.

    Both are messages of ``schema`` in the form that ``stored`` gives.

    Raises:
        fields.BadMask: the mask is not well-formed.
        UnknownField: the mask names what ``schema`` does not have.
    """
    for path in fields.paths(mask):
        _assign(schemas.schema(API, schema), target, source, path)


def _assign(node: schemas.Schema, target: Json, source: Json, path: tuple[str, ...]) -> None:
    name, *below = path
    properties = node.get("properties", {})
    if name == fields.ALL:
        for each in properties:
            _assign(node, target, source, (each,))
    elif name not in properties:
        raise UnknownField(name)
    elif not below:
        for each in _spellings(properties, name):
            _set(target, each, source.get(each))
    else:
        inner = target.setdefault(name, {})
        _assign(schemas.resolve(API, properties[name]), inner, source.get(name) or {}, tuple(below))
        if not inner:
            del target[name]


def _spellings(properties: Json, name: str) -> list[str]:
    """``name``, and the other spelling where it is a colour that has two."""
    pairs = [pair for pair in _color_pairs(properties) if name in pair]
    return list(pairs[0]) if pairs else [name]


def _set(target: Json, name: str, value: Any) -> None:
    if value is None:
        target.pop(name, None)
    else:
        target[name] = copy.deepcopy(value)
