"""What the discovery documents inside the SDK say: schemas and the surface. Offline, read once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any, cast

from conformance.errors import BadConfiguration

Schema = Mapping[str, Any]
"""A discovery schema: ``type``, ``properties``, ``items``, ``additionalProperties`` or ``$ref``."""

VERSIONS = {"drive": "v3", "docs": "v1", "sheets": "v4"}


@cache
def document(api: str) -> Mapping[str, Any]:
    """The discovery document of ``drive``, ``docs`` or ``sheets``; not to be changed.

    Raises:
        BadConfiguration: google-api-python-client is not installed.
    """
    try:
        from googleapiclient.discovery_cache import get_static_doc
    except ImportError as error:
        raise BadConfiguration(
            "google-api-python-client is not installed: pip install 'sdk-conformance[google]'."
        ) from error
    return cast(Mapping[str, Any], json.loads(get_static_doc(api, VERSIONS[api])))


def schema(api: str, name: str) -> Schema:
    """The schema called ``name`` (``File``). Raises KeyError where the API has none."""
    return cast(Schema, document(api)["schemas"][name])


def resolve(api: str, node: Schema) -> Schema:
    """``node``, or what its ``$ref`` points at."""
    return schema(api, node["$ref"]) if "$ref" in node else node


def methods(api: str) -> Iterator[Mapping[str, Any]]:
    """Every method description of the API."""
    return _methods(document(api))


def _methods(resource: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from resource.get("methods", {}).values()
    for child in resource.get("resources", {}).values():
        yield from _methods(child)


def operation(api: str, method: Mapping[str, Any]) -> str:
    """``METHOD /path-template`` of a method description."""
    path = method.get("flatPath") or method["path"]
    return f"{method['httpMethod']} /{document(api)['servicePath']}{path}"


@cache
def operations(api: str) -> Mapping[str, Mapping[str, Any]]:
    """All method descriptions by operation."""
    return {operation(api, method): method for method in methods(api)}


def surface(api: str) -> frozenset[str]:
    """All operations that the SDK can call (``GET /drive/v3/files/{fileId}``)."""
    return frozenset(operations(api))


def answer_schema(api: str, name: str) -> Schema | None:
    """Schema of what the operation ``name`` answers; None where it answers nothing that has one."""
    response = operations(api)[name].get("response")
    return schema(api, response["$ref"]) if response else None


SCALARS: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
}


def fits(api: str, node: Schema, value: Any) -> bool:
    """True for a JSON value of the type that the schema ``node`` asks for; null fits everywhere."""
    node = resolve(api, node)
    kind = node.get("type")
    if value is None or kind == "any" or kind is None:
        return True
    if kind == "array":
        return isinstance(value, list) and all(fits(api, node["items"], item) for item in value)
    if kind == "object":
        return isinstance(value, dict) and all(_member_fits(api, node, *member) for member in value.items())
    if node.get("format") == "date-time":
        return isinstance(value, str) and _is_moment(value)
    return isinstance(value, SCALARS[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _member_fits(api: str, node: Schema, name: str, value: Any) -> bool:
    member = node.get("properties", {}).get(name, node.get("additionalProperties", {}))
    return fits(api, member, value)


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
