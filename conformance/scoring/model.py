"""What a run is worth: plain data that every report is made from.

All percentages are numbers from 0 to 100 with one decimal, rounded down; None where nothing was measured. The
numbers they are made of stand beside them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from conformance.oracle.verdict import Axis, Behaviour, UnliftedCount, Verdict
from conformance.recordings.model import Json

if TYPE_CHECKING:
    from conformance.target import Operation, Sdk


@dataclass(frozen=True)
class Twin:
    """What was measured. ``kind`` is ``embedded`` or ``external``."""

    kind: str
    name: str
    base_url: str


@dataclass(frozen=True)
class Evidence:
    """What backs a behaviour: how many recordings, which (all or the first few), and the date of the newest."""

    count: int
    recordings: tuple[str, ...] = ()
    newest: str = ""


@dataclass(frozen=True)
class Masks:
    """Learned noise: its rules as lines of text, and the share (0 to 1) of fields that it hides.

    Where ``share`` is None it is computed from the checks of the run.
    """

    rules: tuple[str, ...] = ()
    share: float | None = None


@dataclass(frozen=True)
class Audit:
    """How far the judge itself can be trusted: what it flagged on real answers, and which seeded faults it saw."""

    judged: int
    false_alarms: int
    faults: int
    caught: int


@dataclass(frozen=True)
class HeldOut:
    """Held-out recordings as evidence: steps that learned expectations judged, and those they would have flagged."""

    judged: int
    flagged: int


@dataclass(frozen=True)
class Miss:
    """A call that came to something else than a contract asserts, and who asserts it. ``axis`` is ``declared``.

    ``recorded`` says that some recording shows this outcome of the operation too, whatever led to it there.
    """

    operation: str
    sdk_call: str
    arguments: Mapping[str, Json]
    expected: str
    actual: str
    source: str
    recorded: bool = False
    axis: Axis = Axis.DECLARED


@dataclass(frozen=True)
class DeclaredScore:
    """What came of the outcomes that a contract asserts: never part of a percentage.

    ``run`` counts those that did agree, that the twin does not have, and ``misses``; ``not_run`` the others of those
    ``asserted``, by reason. So many of those run are ``recorded`` too; only the contract knows the others.
    """

    asserted: int
    run: int
    recorded: int
    agree: int
    not_implemented: int
    misses: tuple[Miss, ...] = ()
    not_run: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Disagreement:
    """A recorded call of which two clients of one service made something else.

    ``results`` has for both in order what came of it; ``why`` is how the clients themselves differ there, "" where
    nothing of theirs explains it. ``count`` such calls were seen, in these ``recordings`` (the first few).
    """

    operation: str
    results: tuple[str, str]
    why: str
    count: int
    recordings: tuple[str, ...] = ()


@dataclass(frozen=True)
class ClientsScore:
    """Two targets that drive one service: recorded programs that both ran, and in how many of them they agreed."""

    service: str
    targets: tuple[str, str]
    programs: int
    agree: int
    disagreements: tuple[Disagreement, ...] = ()

    @property
    def unexplained(self) -> int:
        """Calls in which the twin treated two clients differently that sent the same."""
        return sum(one.count for one in self.disagreements if not one.why)


@dataclass(frozen=True)
class SdkDefect:
    """What the SDK does wrong with real answers to an operation, or with calls of it, how often, and where."""

    defect: str
    operation: str
    sdk_call: str
    count: int
    recordings: tuple[str, ...] = ()
    """All that show it, or the first few."""

    def __str__(self) -> str:
        return f"{self.sdk_call} ({self.operation}) {self.defect} ({self.count}×)"


@dataclass(frozen=True)
class TargetFacts:
    """All that is known of a target besides the results of the run."""

    target: str
    sdk: Sdk
    twin: Twin
    surface: Mapping[str, Operation]
    evidence: Mapping[Behaviour, Evidence]
    unlifted: Sequence[UnliftedCount] = ()
    masks: Masks = field(default_factory=Masks)
    sdk_defects: Sequence[SdkDefect] = ()
    wishlist: Sequence[str] = ()
    unexercised: Sequence[str] = ()
    """Behaviours that no grown program met, each with the reason."""
    audit: Audit | None = None
    held_out: HeldOut | None = None
    declared: DeclaredScore | None = None
    """What a contract asserts, apart from what recordings show; None where none is known."""


@dataclass(frozen=True)
class Satisfaction:
    """Programs without any difference. ``void`` programs, in which nothing could be judged, are not in ``run``."""

    run: int
    satisfied: int
    void: int
    percent: float | None
    interval: tuple[float, float] | None
    """95 % Wilson interval of ``percent``."""


@dataclass(frozen=True)
class Checks:
    """Leaves compared, plus one per step for its outcome; ``masked`` ones were hidden by learned noise."""

    same: int = 0
    differs: int = 0
    masked: int = 0

    @property
    def made(self) -> int:
        """All checks that had a result."""
        return self.same + self.differs


@dataclass(frozen=True)
class BehaviourScore:
    """The verdict on a behaviour over all runs; ``verdicts`` counts the runs by their verdict."""

    behaviour: Behaviour
    verdict: Verdict
    evidence: Evidence
    checks: Checks
    verdicts: Mapping[Verdict, int]
    reason: str = ""
    """Why it is void or blocked."""

    @property
    def runs(self) -> int:
        """How often a step met this behaviour, void runs included."""
        return sum(self.verdicts.values())

    @property
    def held(self) -> bool:
        """True when the twin reproduces it."""
        return self.verdict is Verdict.SAME


@dataclass(frozen=True)
class EndpointScore:
    """One operation: ``compatibility`` is ``held`` of ``measured`` behaviours (evidenced ones that are not void)."""

    operation: Operation
    behaviours: tuple[BehaviourScore, ...]
    held: int
    measured: int
    compatibility: float | None
    checks: Checks
    fidelity: float | None

    @property
    def exercised(self) -> bool:
        """True when at least one step of it was judged."""
        return any(score.checks.made for score in self.behaviours)


@dataclass(frozen=True)
class StepRow:
    """One line of a step table: what was called, the recorded outcome, the twin's."""

    request: str
    recorded: str
    actual: str
    verdict: Verdict

    @property
    def mark(self) -> str:
        """✓ same, ✗ not what was recorded, ~ not judged."""
        if self.verdict is Verdict.SAME:
            return "✓"
        return "✗" if self.verdict in (Verdict.DIFFERS, Verdict.NOT_IMPLEMENTED) else "~"


@dataclass(frozen=True)
class Example:
    """One place where a difference was seen: the program, the recorded exchange, and both values."""

    program: str
    source: str
    interaction: int
    expected: str
    actual: str
    generated: bool = False


@dataclass(frozen=True)
class Difference:
    """All deviations of one behaviour on one axis at one path.

    ``examples`` are at most five, the easiest to understand first; ``steps`` leads to the first of them, its last
    row being the step that differs, and ``omitted`` counts the rows left out before it.
    """

    id: str
    behaviour: Behaviour
    axis: Axis
    path: str
    count: int
    examples: tuple[Example, ...]
    steps: tuple[StepRow, ...]
    omitted: int = 0
    repro: str | None = None
    """Path of the pytest file that shows it, relative to the report folder."""

    @property
    def expected(self) -> str:
        """The recorded value in the first example."""
        return self.examples[0].expected

    @property
    def actual(self) -> str:
        """The twin's value in the first example."""
        return self.examples[0].actual


@dataclass(frozen=True)
class FlavourScore:
    """The part of a target's score that one flavour of the service has: its compatibility, and its behaviours."""

    name: str
    compatibility: float | None
    endpoints: int
    evidenced: int
    held: int


@dataclass(frozen=True)
class TargetScore:
    """One target of a run."""

    facts: TargetFacts
    compatibility: float | None
    endpoints: tuple[EndpointScore, ...]
    checks: Checks
    fidelity: float | None
    masked: float | None
    """Share of fields hidden by learned noise, in percent."""
    evidenced: int
    """Operations of the surface that have evidence."""
    coverage: float | None
    recorded: Satisfaction
    generated: Satisfaction
    holdout: Satisfaction
    differences: tuple[Difference, ...]
    notes: tuple[Difference, ...]
    """Deviations too weak to fail."""
    flavours: tuple[FlavourScore, ...] = ()
    """The same for each flavour of the service, where it has several."""

    @property
    def name(self) -> str:
        """Name of the target."""
        return self.facts.target

    @property
    def behaviours(self) -> tuple[BehaviourScore, ...]:
        """All behaviours, by endpoint."""
        return tuple(score for endpoint in self.endpoints for score in endpoint.behaviours)

    def count(self, verdict: Verdict) -> int:
        """How many behaviours have this verdict."""
        return sum(score.verdict is verdict for score in self.behaviours)

    @property
    def exercised(self) -> int:
        """Endpoints of which at least one step was judged."""
        return sum(endpoint.exercised for endpoint in self.endpoints)


@dataclass(frozen=True)
class RunScore:
    """All targets of one run."""

    generated_at: datetime
    kit_version: str
    seed: int
    targets: tuple[TargetScore, ...]
    clients: tuple[ClientsScore, ...] = ()
    """Targets that drive the same service, compared."""
    problems: tuple[str, ...] = ()
    """What kept the run from being whole, a sentence each: the figures hold only for what was run."""
