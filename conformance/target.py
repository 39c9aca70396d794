"""What a target gives the engine, and how targets are found.

The engine knows targets only by this protocol; installed packages offer them under the entry point group
``conformance.targets``, so that anyone can publish one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import metadata
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Protocol, cast

from conformance.errors import BadConfiguration, ConformanceError, UnknownTarget
from conformance.programs.model import READING_METHODS, Call, Given, Observation, PathKey, Program, Step
from conformance.recordings.model import Json, Recording, Request

if TYPE_CHECKING:
    from conformance.twinkit.service import Service

ENTRY_POINT_GROUP = "conformance.targets"
_FLAVOUR = re.compile(r"#([a-z][a-z0-9-]*)(?=\s|\Z)")


@dataclass(frozen=True)
class Sdk:
    """The SDK that a target drives: its distribution's name and installed version."""

    name: str
    version: str


def find_sdk(distribution: str, missing: str) -> Sdk:
    """Name and version of an installed SDK; raises BadConfiguration with the sentence ``missing`` where it is not."""
    try:
        return Sdk(distribution, metadata.version(distribution))
    except metadata.PackageNotFoundError:
        raise BadConfiguration(missing) from None


@dataclass(frozen=True)
class Operation:
    """One endpoint of the surface: ``METHOD path-template`` and the SDK's name for it.

    Where a service has flavours (Cloud, Server) whose evidence must not mix, each flavour has operations of its own,
    whose names end in ``#flavour``.
    """

    name: str
    sdk_call: str

    @property
    def flavour(self) -> str:
        """The flavour whose operation it is; "" where the service has none."""
        return flavour_of(self.name)


def flavour_of(operation: str) -> str:
    """The flavour in the name of an operation, or of what begins with one; "" for none."""
    found = _FLAVOUR.search(operation)
    return found[1] if found else ""


class TellsReads(Protocol):
    """What a target offers besides ``Target`` where methods do not say which operations only read."""

    def reads(self, operation: str) -> bool:
        """True when the operation changes nothing: a search sent as POST."""
        ...


class Composes(Protocol):
    """What a target offers besides ``Target`` where one method of the SDK makes several requests."""

    def composed(self, steps: Sequence[Step], recording: Recording) -> Sequence[Step]:
        """The steps lifted from a recording, with those put together that one call makes (see ``Step.also``)."""
        ...


class Assertion(Protocol):
    """What a contract asserts of the service, as a program: picklable, for it is run in another process."""

    @property
    def program(self) -> Program | None:
        """It ends with the step that is meant. None where nobody can tell with which arguments."""
        ...

    @property
    def outcome(self) -> str:
        """What that step is declared to come to, as a behaviour's outcome: ``404 notFound``."""
        ...

    @property
    def source(self) -> str:
        """Who asserts it, in one line."""
        ...

    @property
    def reason(self) -> str:
        """Why there is no program; "" where there is one."""
        ...


class Declares(Protocol):
    """What a target offers besides ``Target`` where a contract says what no recording needs to show.

    What comes of these programs is reported by itself: it is no part of any percentage.
    """

    def declared_programs(self) -> Sequence[Assertion]:
        """All that is asserted, in a fixed order."""
        ...


@dataclass(frozen=True)
class Condition:
    """An outcome that the surroundings caused and no call can (a used-up quota, a service switched off).

    ``name`` is what the twin's control plane calls it; the live world arranges it before the step. Where other
    ``credentials`` cause it ("" for none), the call is made with these instead; ``of_twin`` says that only a twin
    with a control plane knows them.
    """

    name: str
    credentials: str | None = None
    of_twin: bool = False


class Session(Protocol):
    """One client of the SDK, for one program."""

    def call(self, call: Call) -> Observation:
        """Make the call (all arguments concrete). Never raises for what an SDK or a server does."""
        ...

    def close(self) -> None:
        """Release connections."""
        ...


class Target(Protocol):
    """One service driven through one SDK."""

    name: str
    service: str
    """Folder of its recordings."""

    always_added: frozenset[tuple[str, str]]
    """Query parameters that this SDK adds to every request (``alt=json``)."""

    judged_headers: frozenset[str]
    """Response headers (lower case) that the SDK or its callers act on: they are compared."""

    roles: Mapping[str, str]
    """What parameters mean, by name: ``limit``, ``cursor``, ``filter``, ``order`` or ``projection``."""

    def sdk(self) -> Sdk:
        """Name and version of the SDK; raises BadConfiguration when it is not installed."""
        ...

    def surface(self) -> Mapping[str, Operation]:
        """All operations the SDK can call, by name: the denominator of coverage."""
        ...

    def lift(self, request: Request) -> Call | str | None:
        """The call that causes ``request``; a reason where there is none; None if it is another target's."""
        ...

    def canonical_request(self, request: Request) -> Request:
        """The request that is meant by one that travels in another form (a long GET as a POST); any other as it is."""
        ...

    def session(self, base_url: str, credentials: str | None, timeout: float = 30.0) -> Session:
        """A client that sends everything to ``base_url`` (no trailing slash).

        No call takes longer than ``timeout`` seconds by much, whatever the server does.
        """
        ...

    def variant(self, call: Call) -> str:
        """What splits the behaviours of an operation (a request kind, a MIME type); "" for none."""
        ...

    def error_code(self, status: int, body: Json) -> str:
        """The vendor's error code in a parsed body, "" where it has none; a code makes a 200 an error too."""
        ...

    def leaf_type(self, operation: str, path: PathKey) -> str:
        """Declared type that owns the leaf at ``path`` in the operation's answer (``User.displayName``), or ""."""
        ...

    def condition(self, observation: Observation) -> Condition | None:
        """The condition of the surroundings that this observation shows, if any."""
        ...

    def givens(self, steps: Sequence[Step], observations: Sequence[Observation]) -> tuple[Given, ...]:
        """What the recorded program needs to find, as far as the recording shows it.

        The steps may be those of other targets too; only programs are asked about in which something is called that
        shares its state with this target.
        """
        ...

    def not_implemented(self, observation: Observation) -> bool:
        """True when the twin says that it does not have this (501 in the vendor's error form)."""
        ...

    def twin(self) -> Service | None:
        """The embedded twin's description, or None."""
        ...


def reads(target: Target, operation: str) -> bool:
    """Whether an operation only reads: by what the target says (see TellsReads), else by its method."""
    by_method = operation.startswith(READING_METHODS)
    return by_method or (hasattr(target, "reads") and cast(TellsReads, target).reads(operation))


def state_of(target: Target) -> str:
    """Equal for targets whose services share a state: what one makes another one shows."""
    service = target.twin()
    return service.state_key if service else f"of {target.name} alone"


def lifted(target: Target, request: Request) -> Call | str | None:
    """What ``target.lift`` says of a request; a call that only reads is marked so."""
    found = target.lift(request)
    if isinstance(found, Call) and not found.reads and reads(target, found.operation):
        return replace(found, harmless=True)
    return found


def composed(target: Target, steps: Sequence[Step], recording: Recording) -> Sequence[Step]:
    """Steps with those put together that one call of the target's SDK makes (see Composes)."""
    return cast(Composes, target).composed(steps, recording) if hasattr(target, "composed") else steps


def declared_programs(target: Target) -> Sequence[Assertion]:
    """What a contract asserts of the target's service (see Declares); nothing where the target knows of none."""
    return cast(Declares, target).declared_programs() if hasattr(target, "declared_programs") else ()


def installed() -> dict[str, str]:
    """Names of the installed targets, each with where it is defined; imports none of them."""
    return {point.name: point.value for point in entry_points(group=ENTRY_POINT_GROUP)}


@cache
def load(name: str) -> Target:
    """The target called ``name``.

    Raises:
        UnknownTarget: no installed package offers it, or the package that does cannot be imported.
    """
    for point in entry_points(group=ENTRY_POINT_GROUP, name=name):
        try:
            target: Target = point.load()
        except (ImportError, AttributeError) as error:
            raise UnknownTarget(f"The target '{name}' cannot be loaded ({error}); install what it needs.") from error
        return target
    known = ", ".join(sorted(installed())) or "none is installed"
    raise UnknownTarget(f"There is no target '{name}'; the installed ones are: {known}.")


def unusable() -> dict[str, ConformanceError]:
    """Installed targets that cannot run here, each with the reason: mostly, that its SDK is not installed."""
    reasons: dict[str, ConformanceError] = {}
    for name in installed():
        try:
            load(name).sdk()
        except ConformanceError as error:
            reasons[name] = error
    return reasons


def usable() -> tuple[str, ...]:
    """Names of the installed targets that can run here, sorted."""
    return tuple(sorted(installed().keys() - unusable()))
