"""What the discovery documents inside the SDK say: operations, parameters, and the types of the answers."""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from types import MappingProxyType
from typing import Any

from conformance.programs.model import PathKey
from conformance.recordings.model import Json
from conformance.target import Operation, Sdk, find_sdk
from targets.google import schemas

DISTRIBUTION = "google-api-python-client"
MISSING = f"{DISTRIBUTION} is not installed; install it with: pip install 'sdk-conformance[google]'."


@dataclass(frozen=True)
class Parameter:
    """A declared parameter of a method; ``enum`` is empty where any value is allowed."""

    name: str
    location: str
    type: str
    required: bool
    repeated: bool
    enum: tuple[str, ...]

    def parse(self, text: str) -> Json:
        """The argument that the SDK sends as ``text``, up to the spelling of the declared type.

        Raises:
            ValueError: the SDK can send no such value.
        """
        if self.type == "integer":
            return _integer(text)
        if self.type == "boolean":
            return _boolean(text)
        if self.type == "number":
            return float(text)
        if self.enum and text not in self.enum:
            raise ValueError(text)
        return text

    def canonical(self, text: str) -> str:
        """``text`` in the one spelling that stands for its value (``True`` and ``TRUE`` are ``true``)."""
        if self.type not in ("integer", "boolean", "number"):
            return text
        try:
            return json.dumps(self.parse(text))
        except ValueError:
            return text


def _integer(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]+", text):  # int() takes "1_000" and " 7 " too, which are other requests
        raise ValueError(text)
    return int(text)


def _boolean(text: str) -> bool:
    spelling = text.lower()
    if spelling not in ("true", "false"):
        raise ValueError(text)
    return spelling == "true"


@dataclass(frozen=True)
class Method:
    """One method of an API. ``template`` is the path from the root (``/drive/v3/files/{fileId}``)."""

    http_method: str
    template: str
    sdk_call: str
    parameters: Mapping[str, Parameter]
    takes_body: bool
    takes_media: bool
    gives_media: bool
    answer: str
    """Name of the schema of the answer; "" for none."""

    @property
    def operation(self) -> str:
        """``METHOD path-template``."""
        return f"{self.http_method} {self.template}"


class Api:
    """One API as its discovery document describes it."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.schemas: Mapping[str, Any] = document["schemas"]

    @cached_property
    def methods(self) -> Mapping[str, Method]:
        """All methods by operation name."""
        found = (self._method(name, method) for name, method in _walk(self.document))
        return MappingProxyType({method.operation: method for method in found})

    @cached_property
    def operations(self) -> Mapping[str, Operation]:
        """The surface."""
        return MappingProxyType({name: Operation(name, m.sdk_call) for name, m in self.methods.items()})

    def _method(self, sdk_call: str, described: Mapping[str, Any]) -> Method:
        shared: Mapping[str, Any] = self.document.get("parameters", {})
        parameters = {**described.get("parameters", {}), **shared}
        return Method(
            http_method=described["httpMethod"],
            template=f"/{self.document['servicePath']}{described.get('flatPath') or described['path']}",
            sdk_call=sdk_call,
            parameters={name: _parameter(name, value) for name, value in parameters.items()},
            takes_body="request" in described,
            takes_media="mediaUpload" in described,
            gives_media=described.get("supportsMediaDownload", False),
            answer=described.get("response", {}).get("$ref", ""),
        )

    def owner(self, operation: str, path: PathKey) -> str:
        """Declared type that owns the leaf at ``path`` in the answer, with the field's name; "" if undeclared.

        List indexes are skipped; keys of a map are written ``*``; fields of a nameless object are prefixed by the
        field that holds it (``File.capabilities.canEdit``).
        """
        method = self.methods.get(operation)
        keys = tuple(key for key in path if isinstance(key, str))
        return self._owner(method.answer, keys) if method and method.answer else ""

    def _owner(self, schema: str, keys: tuple[str, ...]) -> str:
        node, where = self.schemas[schema], schema
        for key in keys:
            node, label = _member(node, key)
            if node is None:
                return ""
            leaf = f"{where}.{label}"
            node, where = self._resolved(node, leaf)
        return leaf if keys else schema

    def _resolved(self, node: Mapping[str, Any], label: str) -> tuple[Mapping[str, Any], str]:
        while node.get("type") == "array":
            node = node.get("items", {})
        if "$ref" in node:
            return self.schemas[node["$ref"]], node["$ref"]
        return node, label


def _member(node: Mapping[str, Any], key: str) -> tuple[Mapping[str, Any] | None, str]:
    if key in node.get("properties", {}):
        return node["properties"][key], key
    return node.get("additionalProperties"), "*"


def _walk(resource: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, method in resource.get("methods", {}).items():
        yield prefix + _attribute(name), method
    for name, nested in resource.get("resources", {}).items():
        yield from _walk(nested, f"{prefix}{_attribute(name)}.")


def _attribute(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) else name  # as the SDK does


def _parameter(name: str, described: Mapping[str, Any]) -> Parameter:
    return Parameter(
        name=name,
        location=described.get("location", "query"),
        type=described.get("type", "string"),
        required=described.get("required", False),
        repeated=described.get("repeated", False),
        enum=tuple(described.get("enum", ())),
    )


@cache
def api(name: str) -> Api:
    """The API ``drive``, ``docs`` or ``sheets``, from the static document inside the SDK.

    Raises:
        BadConfiguration: the SDK is not installed.
    """
    return Api(schemas.document(name))


def installed_sdk() -> Sdk:
    """Name and version of the SDK.

    Raises:
        BadConfiguration: it is not installed.
    """
    return find_sdk(DISTRIBUTION, MISSING)
