"""Programs: ordered SDK calls, and what was observed when they ran."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.recordings.model import Json, Recording, Request, Response

READING_METHODS = ("GET ", "HEAD ")
"""How operations begin that only read, whatever the service."""

PathKey = tuple[str | int, ...]
"""Where a leaf stands in a JSON document: keys and list indexes from the root."""


@dataclass(frozen=True)
class Ref:
    """An argument that is a result of an earlier step.

    ``step`` counts from 0; ``path`` leads to the leaf in that step's response body;
    ``recorded`` is the value it had when it was recorded.
    """

    step: int
    path: PathKey
    recorded: str | int


@dataclass(frozen=True)
class GivenRef:
    """An argument that names something that was there before the program began (see Given).

    ``key`` is the name under which answers hold it: it tells numbers of different kinds apart.
    """

    recorded: str | int
    key: str = "id"


@dataclass(frozen=True)
class Template:
    """A string argument of which some delimited parts are references (``'<id>' in parents``)."""

    parts: tuple[str | Ref | GivenRef, ...]


@dataclass(frozen=True)
class Call:
    """One SDK call.

    ``operation`` is ``METHOD path-template`` and is unique within a target; ``sdk_call`` is the name by which the
    SDK knows it (``files.create``). ``arguments`` are keyword arguments of the SDK method: JSON values whose leaves
    may be Ref, GivenRef or Template. What the SDK does not know and is sent all the same is kept apart, so that
    the report can mark it: ``extra_query``, and ``sent_path``, a path template that differs from the SDK's.
    ``lost_body`` marks a call whose recorded request has lost its body: its answer is evidence, but the call itself
    cannot be made again. Neither is one that is ``outdated``: the vendor has come to answer it otherwise, so what was
    recorded is history and no expectation; nor one that is ``forged``: no server gave the recorded answer.
    ``harmless`` marks one that only reads though its method does not say so: a search sent as POST.
    """

    target: str
    operation: str
    sdk_call: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    extra_query: tuple[tuple[str, str], ...] = ()
    sent_path: str | None = None
    lost_body: bool = False
    outdated: bool = False
    forged: bool = False
    harmless: bool = False

    @property
    def reads(self) -> bool:
        """True when the call changes nothing."""
        return self.harmless or self.operation.startswith(READING_METHODS)

    @property
    def unrepeatable(self) -> bool:
        """True when nothing can be expected of making the call again."""
        return self.lost_body or self.outdated or self.forged

    @property
    def amended(self) -> bool:
        """True when the SDK alone would have sent something else."""
        return bool(self.extra_query) or self.sent_path is not None


@dataclass(frozen=True)
class Unlifted:
    """An interaction that did not become a call, and why (``reason`` is a short phrase, used for counting)."""

    index: int
    reason: str
    detail: str = ""


@dataclass(frozen=True)
class Exchange:
    """One request that an SDK sent and the answer it got."""

    request: Request
    response: Response


@dataclass(frozen=True)
class SdkError:
    """An exception that an SDK raised, as its caller sees it.

    ``code`` is the vendor's own error code where the answer has one (``notFound``, ``E0000007``), else "".
    """

    type: str
    status: int | None
    code: str
    text: str


@dataclass(frozen=True)
class Observation:
    """All a caller can see of one step.

    ``value`` is what the SDK returned, as a JSON-like tree (bytes for downloads); ``exchanges`` is what went over
    the wire, in order; the last one is the answer that the SDK acted on. ``sdk_defect`` says what the SDK did wrong
    with a call or an answer, "" for nothing: the step is then judged on the wire.
    """

    value: Json = None
    error: SdkError | None = None
    exchanges: tuple[Exchange, ...] = ()
    warnings: tuple[str, ...] = ()
    sdk_defect: str = ""

    @property
    def response(self) -> Response | None:
        """The answer that the SDK acted on; None when nothing came back."""
        return self.exchanges[-1].response if self.exchanges else None

    @property
    def status(self) -> int | None:
        """HTTP status of that answer."""
        return self.response.status if self.response else None

    @property
    def date(self) -> str:
        """When it was answered, as ISO 8601, by the server's clock; "" if that is not known."""
        return self.response.date if self.response else ""

    @property
    def body(self) -> Json:
        """Parsed body of that answer, JSON or XML as a tree; None where there is none."""
        return self.response.document if self.response else None


@dataclass(frozen=True)
class Given:
    """Something that was there before the program began and that the live world must supply.

    ``recorded`` is its id in the recording; ``kind`` is the target's word for what it is (``drive#file``);
    ``facts`` is all the recording shows of its initial state, in the target's own seed form;
    ``create`` is a call that makes one like it, where the evidence has such a call, and ``id_path`` says
    where its answer holds the new id.
    """

    target: str
    kind: str
    recorded: str | int
    facts: Json = None
    create: Call | None = None
    id_path: PathKey = ()


@dataclass(frozen=True)
class Step:
    """A call in a program; ``interaction`` is the index of the recorded exchange it was lifted from.

    ``also`` are those of the other exchanges that the same call makes, before that one.
    """

    call: Call
    interaction: int
    also: tuple[int, ...] = ()


@dataclass(frozen=True)
class Program:
    """An ordered list of steps, what must be there before it begins, and the recording it comes from."""

    name: str
    steps: tuple[Step, ...]
    givens: tuple[Given, ...] = ()
    recording: Recording | None = None

    def origin(self, step: Step) -> str:
        """``https://host`` to which the recorded request of a step went; "" if that is not known."""
        recorded = self.recording.interactions if self.recording else ()
        known = step.interaction < len(recorded) and recorded[step.interaction].index == step.interaction
        return recorded[step.interaction].request.origin if known else ""

    @property
    def date(self) -> str:
        """When its recording began, as ISO 8601; "" if that is not known."""
        recorded = self.recording.provenance.recorded if self.recording else ()
        return recorded[0] if recorded else ""


@dataclass(frozen=True)
class Trace:
    """A program with its observations in one world, one for each step."""

    program: Program
    observations: tuple[Observation, ...]
