"""What the judge says: verdicts, axes, deviations. Plain data, picklable, without any SDK object."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What became of a step or a behaviour."""

    SAME = "same"
    DIFFERS = "differs"
    NOT_IMPLEMENTED = "not_implemented"
    """The twin says that it does not have this."""
    BLOCKED = "blocked"
    """An earlier difference made it unreachable."""
    UNOBSERVED = "unobserved"
    """Nothing ran it."""
    VOID = "void"
    """The kit itself could not run or judge it."""


class Axis(StrEnum):
    """What differs."""

    OUTCOME = "outcome"
    SHAPE = "shape"
    VALUE = "value"
    STATE = "state"
    """A later read contradicts a write."""
    PAGING = "paging"
    HEADERS = "headers"
    SDK = "sdk"
    """The SDK itself breaks on the answer."""
    DECLARED = "declared"
    """A contract says otherwise, and no recording: never part of a percentage."""


@dataclass(frozen=True, order=True)
class Behaviour:
    """What the evidence shows an operation do; the unit that is scored and gated by name."""

    target: str
    operation: str
    outcome: str
    """HTTP status and, for errors, the vendor's code: ``200``, ``404 notFound``, ``200 channel_not_found``."""
    variant: str = ""

    @property
    def good(self) -> bool:
        """True for a success: a status below 400 and no error code."""
        return self.outcome.isdecimal() and int(self.outcome) < 400

    @property
    def name(self) -> str:
        """``GET /drive/v3/files/{fileId} → 404 notFound``, with the variant in brackets if it has one."""
        variant = f"[{self.variant}]" if self.variant else ""
        return f"{self.operation}{variant} → {self.outcome}"


@dataclass(frozen=True)
class Deviation:
    """One thing that differs: where (list indexes generalised to ``[]``), and both values as short JSON text."""

    axis: Axis
    path: str
    expected: str
    actual: str


@dataclass(frozen=True)
class StepResult:
    """The verdict on one step.

    ``made`` and ``same`` count checks (leaves compared, plus one for the outcome); ``masked`` counts the leaves that
    learned noise hid from comparison by value. ``notes`` are deviations too weak to fail. ``reason`` says why the
    step is void or blocked. ``interaction`` is the index of the recorded exchange.
    """

    behaviour: Behaviour
    sdk_call: str
    verdict: Verdict
    interaction: int
    request: str
    """What was called, for people: ``files.get(fileId=…, fields='id,name')``, at most 200 characters."""
    recorded: str
    """Recorded outcome: ``200``."""
    actual: str
    """The twin's outcome; "" if the step did not run."""
    made: int = 0
    same: int = 0
    masked: int = 0
    deviations: tuple[Deviation, ...] = ()
    notes: tuple[Deviation, ...] = ()
    reason: str = ""
    amended: bool = False
    """The call carries something this SDK does not know."""


@dataclass(frozen=True)
class ProgramResult:
    """The verdicts on a program, and the recording it comes from."""

    name: str
    source: str
    """Provenance in one line: source, repository, client, first date."""
    steps: tuple[StepResult, ...]
    generated: bool = False

    @property
    def satisfied(self) -> bool:
        """True when no step differed, was blocked or not implemented, and at least one was judged."""
        judged = [step for step in self.steps if step.verdict is not Verdict.VOID]
        return bool(judged) and all(step.verdict is Verdict.SAME for step in judged)


@dataclass(frozen=True)
class UnliftedCount:
    """Interactions that did not become calls, by reason."""

    reason: str
    count: int
    examples: tuple[str, ...] = ()
    """At most three: ``recording #index METHOD path``."""
