"""What the installed SDK can call, read from its sources: nothing of the SDK is imported for it.

Importing the SDK takes two to three seconds; reading its sources takes less than one, and is done once for each
version (the result is kept on disk).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from urllib.parse import parse_qsl, quote

from conformance.files import keep, load_kept
from conformance.recordings.model import Json
from conformance.target import Operation, Sdk, find_sdk
from conformance.worlds.cache import code_fingerprint, default_folder

DISTRIBUTION = "okta"
MISSING = "okta is not installed; install it with: pip install 'sdk-conformance[okta]'."


@dataclass(frozen=True)
class Parameter:
    """A declared parameter of an SDK method.

    ``name`` is what goes over the wire, ``python`` what the method calls it. ``place`` is ``path``, ``query``,
    ``header`` or ``file``; ``kind`` is ``string``, ``integer``, ``boolean``, ``number`` or ``list`` (of strings).
    """

    name: str
    python: str
    place: str
    kind: str = "string"
    required: bool = False
    repeated: bool = False
    """A list goes out as several parameters, not joined by commas."""

    def parse(self, text: str) -> Json:
        """The argument that goes out as ``text``. Raises ValueError where the SDK can send no such value."""
        if self.kind == "integer":
            if not re.fullmatch(r"-?[0-9]+", text):  # int() takes "1_000" and " 7 " too, which are other requests
                raise ValueError(text)
            return int(text)
        if self.kind == "boolean":
            if text.lower() not in ("true", "false"):
                raise ValueError(text)
            return text.lower() == "true"
        if self.kind == "number":
            return float(text)
        return text.split(",") if self.kind == "list" else text

    def texts(self, value: Json) -> list[str]:
        """What goes out for the argument ``value``: one text, or one for each member of a repeated list."""
        if isinstance(value, bool):
            return ["true" if value else "false"]
        if isinstance(value, list):
            members = [str(member) for member in value]
            return members if self.repeated else [",".join(members)]
        return [str(value)]


@dataclass(frozen=True)
class Body:
    """The body of an operation: the method's name for it, and the model the method wants ("" for any JSON)."""

    python: str
    model: str = ""
    listed: bool = False
    """The body is a list of that model."""
    required: bool = True


@dataclass(frozen=True)
class Endpoint:
    """One operation of the SDK. ``answer`` names the model of the documented 2xx answer, "" for none."""

    method: str
    template: str
    sdk_call: str
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    answer: str = ""
    fixed_query: tuple[tuple[str, str], ...] = ()
    """Parameters that the method itself always sends."""

    @property
    def operation(self) -> str:
        """``METHOD path-template``."""
        query = "&".join(f"{name}={value}" for name, value in self.fixed_query)
        return f"{self.method} {self.template}" + (f"?{query}" if query else "")

    @cached_property
    def by_name(self) -> Mapping[str, Parameter]:
        """Parameters by their names on the wire."""
        return {parameter.name: parameter for parameter in self.parameters}

    def path(self, arguments: Mapping[str, Json], template: str | None = None) -> str:
        """The path with its parameters filled in, percent-encoded."""
        path = template or self.template
        for parameter in self.parameters:
            if parameter.place == "path" and parameter.name in arguments:
                value = quote(parameter.texts(arguments[parameter.name])[0], safe="")
                path = path.replace(f"{{{parameter.name}}}", value)
        return path

    def query(self, arguments: Mapping[str, Json]) -> list[tuple[str, str]]:
        """Query parameters in the order of the arguments."""
        pairs = list(self.fixed_query)
        for name, value in arguments.items():
            parameter = self.by_name.get(name)
            if parameter and parameter.place == "query" and value is not None:
                pairs += [(name, text) for text in parameter.texts(value)]
        return pairs


class Surface:
    """All operations of one SDK version. ``generation`` is 3 for generated clients, 2 for those before."""

    def __init__(self, endpoints: Iterable[Endpoint], generation: int) -> None:
        self.endpoints: Mapping[str, Endpoint] = {endpoint.operation: endpoint for endpoint in endpoints}
        self.generation = generation

    @cached_property
    def operations(self) -> Mapping[str, Operation]:
        """What the engine wants to know of them."""
        return MappingProxyType({name: Operation(name, e.sdk_call) for name, e in self.endpoints.items()})


def split_template(template: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """A template and the query that is written behind it."""
    path, _, query = template.partition("?")
    return path, tuple(parse_qsl(query))


def installed_sdk() -> Sdk:
    """Name and version of the SDK.

    Raises:
        BadConfiguration: it is not installed.
    """
    return find_sdk(DISTRIBUTION, MISSING)


def sdk_folder() -> Path:
    """Where the SDK's sources are."""
    return Path(str(metadata.distribution(DISTRIBUTION).locate_file("okta")))


@cache
def surface() -> Surface:
    """The surface of the installed SDK; from the disk where it is known.

    Raises:
        BadConfiguration: the SDK is not installed.
    """
    version = installed_sdk().version
    kept = default_folder() / "surfaces" / f"okta-{version}-{code_fingerprint()}"
    known: Surface | None = load_kept(kept)
    if known is None:
        known = _read(int(version.partition(".")[0]))
        keep(kept, known)
    return known


def _read(generation: int) -> Surface:
    from targets.okta import classic, generated

    reader = generated if generation >= 3 else classic
    return Surface(reader.endpoints(sdk_folder()), min(generation, 3))
