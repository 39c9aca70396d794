"""What the installed SDK can call, found by calling it: nothing is written down about single methods.

Every method of the client, and ``update`` and ``delete`` of every kind of resource, is called with arguments that are
marks, on a transport that sends nothing. The request that would have gone out shows the endpoint, and where each
argument ends up. This costs less than a second for each flavour and is done once for each version of the SDK (the
result is kept on disk).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from types import MappingProxyType
from typing import Any

from conformance.files import keep, load_kept
from conformance.recordings.model import Json
from conformance.target import Operation
from conformance.twinkit.router import structure
from conformance.worlds.cache import code_fingerprint, default_folder
from targets.jira.client import installed_sdk
from targets.jira.flavours import FLAVOURS, SERVER, Flavour

BODY = "body"
"""The argument that holds the request's body."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of an SDK method, and where it goes.

    ``place`` is ``("path", name)``, ``("query", name)`` or ``("body", key, …)``. ``kind`` is ``text``, ``number``,
    ``list``, ``object``, ``moment`` (a datetime), ``members`` (keyword arguments that become members of the body) or
    ``flag``: then ``sent`` is what goes out when it is ``value``, the opposite of its default.
    """

    python: str
    place: tuple[str, ...]
    kind: str = "text"
    required: bool = False
    always: bool = False
    """It goes out even where the caller leaves it out."""
    value: Json = None
    sent: Json = None


@dataclass(frozen=True)
class Endpoint:
    """A method that reaches an endpoint: ``create_issue`` of the client, or ``Issue.update`` of a resource.

    ``template`` names path parameters by the words before them. ``fixed`` are arguments without which the method goes
    elsewhere (``use_post``). ``informed``: the client knows the deployment; some endpoints of old are only reached by
    a client that has not asked.
    """

    method: str
    template: str
    sdk_call: str
    parameters: tuple[Parameter, ...] = ()
    fixed: tuple[tuple[str, Json], ...] = ()
    informed: bool = True

    @property
    def resource(self) -> str:
        """The class of the resource whose method it is, "" for a method of the client."""
        owner, _, _ = self.sdk_call.rpartition(".")
        return owner

    @property
    def name(self) -> str:
        """The method's own name."""
        return self.sdk_call.rpartition(".")[2]


class Surface:
    """All that one SDK version can call, by flavour and by operation."""

    def __init__(self, endpoints: Mapping[Flavour, Iterable[Endpoint]]) -> None:
        self.endpoints: dict[str, list[Endpoint]] = {}
        """By operation, the methods that reach it, in the order in which they are tried."""
        for flavour, found in endpoints.items():
            names: dict[str, str] = {}
            for endpoint in found:
                name = flavour.operation(endpoint.method, endpoint.template)
                name = names.setdefault(structure(name), name)
                self.endpoints.setdefault(name, []).append(endpoint)

    @cached_property
    def operations(self) -> Mapping[str, Operation]:
        """What the engine wants to know of them."""
        return MappingProxyType({name: Operation(name, found[0].sdk_call) for name, found in self.endpoints.items()})

    def called(self, operation: str, sdk_call: str) -> list[Endpoint]:
        """The endpoints of a method: several where it needs one of several arguments, none for generic calls."""
        return [found for found in self.endpoints.get(operation, ()) if found.sdk_call == sdk_call]


@cache
def surface() -> Surface:
    """The surface of the installed SDK; from the disk where it is known.

    Raises:
        BadConfiguration: the SDK is not installed.
    """
    kept = default_folder() / "surfaces" / f"jira-{installed_sdk().version}-{code_fingerprint()}"
    known: Any = load_kept(kept)
    if not isinstance(known, Surface):
        known = _read()
        keep(kept, known)
    found: Surface = known
    return found


def _read() -> Surface:
    from targets.jira.probing import endpoints

    informed = {flavour: endpoints(flavour) for flavour in FLAVOURS}
    return Surface({flavour: [*found, *_of_old(flavour, found)] for flavour, found in informed.items()})


def _of_old(flavour: Flavour, known: Iterable[Endpoint]) -> list[Endpoint]:
    """What is still reached on Cloud by a client that does not know where it is."""
    from targets.jira.probing import endpoints

    if not flavour.is_cloud:
        return []
    reached = {structure(f"{endpoint.method} {endpoint.template}") for endpoint in known}
    others = endpoints(Flavour(SERVER, flavour.version), informed=False)
    return [other for other in others if structure(f"{other.method} {other.template}") not in reached]
