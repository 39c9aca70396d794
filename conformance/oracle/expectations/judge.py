"""Judges the steps of one program run by what was learned."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field

from conformance.oracle.expectations.facts import AXES, Kind, Question, Shape
from conformance.oracle.expectations.learn import behaviour_of
from conformance.oracle.expectations.model import EXPECTED, Expectations
from conformance.oracle.expectations.reader import Reader
from conformance.oracle.expectations.shapes import Finding, Shapes, is_vocabulary
from conformance.oracle.expectations.strings import STRUCTURED
from conformance.oracle.expectations.walk import service_of, spoken
from conformance.oracle.findings import short
from conformance.oracle.verdict import Axis, Behaviour, Deviation
from conformance.programs.model import Call, Observation
from conformance.target import Target

THRESHOLD = 7.0
"""Strength from which a deviation fails a step; below it is a note.

Chosen from the trade-off that ``conformance.audit.false_alarms.curve`` measures on recordings of the real services, one
test left out at a time: flagged steps in 1,000 judged ones, and the share of them judged by a rule of this strength.

    threshold  Okta          Slack         Jira          Sheets        Drive
            3  10.8  95.0 %  20.3  95.9 %   4.1  98.1 %   0.9 100.0 %   0.0  90.7 %
            5   4.5  92.2 %   0.0  95.9 %   2.1  96.7 %   0.4 100.0 %   0.0  88.4 %
            6   1.6  91.6 %   0.0  95.9 %   2.1  96.2 %   0.4  99.6 %   0.0  87.6 %
            7   0.3  90.0 %   0.0  95.9 %   2.1  96.2 %   0.4  99.6 %   0.0  87.3 %
           10   0.3  88.3 %   0.0  95.9 %   2.1  94.5 %   0.0  99.6 %   0.0  77.6 %
           16   0.0  84.4 %   0.0  90.9 %   2.1  86.5 %   0.0  97.4 %   0.0  50.6 %

At most 3 in 1,000 is wanted everywhere, and 1 in 1,000 for Sheets and Drive. 6 would do by these figures; 7 is a step
off the edge from which Okta's alarms rise, for recordings that nobody has seen. A higher one judges less.
"""

SHOWN = 5
"""Known answers that are named where another was given."""

OF_ACCOUNT = {Kind.WORD, Kind.LENGTH, Kind.PREFIX, Kind.ALPHABET, Kind.HEADER}
"""Questions whose answers may be an account's, or a recorder's."""

SOFT = {Kind.WORD, Kind.STAYS, Kind.KEPT, Kind.MOMENTS, Kind.MEMBER, Kind.ORDER, Kind.LENGTH, Kind.PREFIX, Kind.FRESH}
"""Questions whose answers depend on what the recordings do not show (time, other clients, what an id is made of)."""
SOFTNESS = 2.0
"""So much less strong are they, by the same evidence."""

NULL = 5.0
"""What is unset is null in many services: so much less strong is a rule that something never is."""

UNTRIED = 5.0
"""What follows on something that nobody sent may look as nobody saw: so much less strong is what tells its look."""

OF_LOOKS = {Kind.BODY, Kind.PRESENCE, Kind.TYPE, Kind.FORM, Kind.LENGTH, Kind.ALPHABET, Kind.PREFIX, Kind.WORD}
"""Questions about what an answer looks like, not about what became of what was done."""

SILENT = {Kind.TYPE: "null", Kind.MOMENTS: "same"}
"""Answers that are no evidence for a rule."""

ANSWERS = 40
"""Questions with more answers than this make no rule."""


@dataclass(frozen=True)
class Judgement:
    """What learned expectations say about one step.

    ``judged``: there is evidence of its behaviour; ``strong``: at least one rule strong enough to fail was checked.
    ``strengths`` and ``kinds`` go with the deviations and then the notes, in order; ``strongest`` is the strength of
    the strongest rule that was checked, whether it held or not. A note counts neither in ``made`` nor in ``same``.
    """

    deviations: tuple[Deviation, ...] = ()
    notes: tuple[Deviation, ...] = ()
    made: int = 0
    same: int = 0
    judged: bool = False
    strong: bool = False
    strengths: tuple[float, ...] = ()
    strongest: float = 0.0
    kinds: tuple[Kind, ...] = ()


@dataclass
class _Step:
    """What is found in one step."""

    made: int = 0
    same: int = 0
    strongest: float = 0.0
    unknown: bool = False
    """Something is asked for that no recording asked for: the shape of the answer cannot be known."""
    found: list[tuple[float, Kind, Deviation]] = field(default_factory=list)


class Memory:
    """Strengths of questions within one scope, shared by all judges of that scope."""

    def __init__(self, expectations: Expectations, scope: int, year: int = 0, known: int = -1) -> None:
        """``known`` are all recordings that may be looked at, also those of other periods."""
        self.expectations = expectations
        self.scope = scope
        self._all = known
        self.earlier = expectations.until(year) if year else -1
        """Recordings of that year or earlier: vendors add fields, and nobody has one before it is seen."""
        self._rules: dict[Question, tuple[float, Mapping[Hashable, int]]] = {}
        self.required: dict[str, float] = {}

    def rule(self, question: Question) -> tuple[float, Mapping[Hashable, int]]:
        """Strength and known answers; strength 0 where nothing is expected."""
        rule = self._rules.get(question)
        if rule is None:
            rule = self._rules[question] = self._weigh(question)
        return rule

    def presence(self, place: str, key: str, shape: Shape, found: Finding) -> float:
        """Strength of a field that was always there: by its own evidence, and that of objects much like its own."""
        groups = self.expectations.groups
        if " *" in place:
            return float(groups(found.present))
        relatives = self.expectations.relatives(place)
        absent = 0 if found.condition else self._coming_and_going(relatives, place, key, shape)
        for relative in relatives:
            absent |= relative.find(key, shape, self.scope).absent
        return groups(found.present) / (1 + groups(absent)) ** 2

    def _coming_and_going(self, relatives: Iterable[Shapes], place: str, key: str, shape: Shape) -> int:
        """Recordings that lack a field later than others of their edition had it: no time explains this.

        It is an account's matter then, whatever the recordings of one period say.
        """
        present = absent = 0
        for shapes in (self.expectations.shapes[place], *relatives):
            having, lacking = shapes.counts(key, shape)
            present, absent = present | having & self._all, absent | lacking & self._all
        return self.expectations.later(absent, self.expectations.since(present))

    def _weigh(self, question: Question) -> tuple[float, Mapping[Hashable, int]]:
        given = self.expectations.answers.get(question, {})
        known = {answer: mask & self.scope for answer, mask in given.items() if mask & self.scope}
        kind = question[0]
        if not known or len(known) > ANSWERS or not makes_rule(kind, known):
            return 0.0, known
        silent = SILENT.get(kind)
        telling = [mask for answer, mask in known.items() if answer != silent]
        strength = self.expectations.strength(telling, of_account=kind in OF_ACCOUNT)
        return strength / (SOFTNESS if kind in SOFT else 1), known


def makes_rule(kind: Kind, known: Mapping[Hashable, int]) -> bool:
    """Whether known answers exclude others."""
    if kind in EXPECTED:
        return set(known) == {EXPECTED[kind]}
    if kind is Kind.ORDER:
        return set(known) in ({"ascending"}, {"descending"})
    if kind is Kind.MOMENTS:
        return len({"before", "after"} & set(known)) == 1
    if kind is Kind.TYPE:
        return set(known) != {"null"}
    if kind is Kind.HEADER:
        return set(known) != {"absent"}  # what nobody was seen to send may be sent
    if kind is Kind.WORD:
        return "…" not in known
    if kind in (Kind.SPOKEN, Kind.ASKED, Kind.SENT):
        return False
    if kind is Kind.FORM:
        return all(str(form).startswith(STRUCTURED) for form in known)
    return True


class ExpectationJudge:
    """Judges one program run, step by step; it remembers what the program has seen and done."""

    once = False

    def __init__(self, expectations: Expectations, threshold: float = THRESHOLD, memory: Memory | None = None) -> None:
        self._memory = memory or Memory(expectations, expectations.scope())
        self._expectations = expectations
        self._threshold = threshold
        self._reader = Reader(self)
        self._step = _Step()
        self._service = ""
        self._untried = False
        """The program sent something that no recording sent."""

    def step(self, call: Call, observation: Observation, target: Target, expected: Behaviour | None) -> Judgement:
        """Judge one answer to a call with concrete arguments.

        Args:
            call: What was called.
            observation: What was observed.
            target: Whose call it is.
            expected: The behaviour that must be observed; None where whatever was observed is judged by its own
                evidence.
        """
        self._step = _Step()
        self._service = service_of(target.name, call.operation)
        actual = behaviour_of(call, target, observation)
        judged = bool(self._expectations.seen.get(expected or actual, 0) & self._memory.scope)
        self._reader.step(call, observation, target)
        step = self._step
        if expected is not None and expected.outcome != actual.outcome:
            return _other_outcome(expected.outcome, actual.outcome, observation)
        return self._judgement(step, judged) if judged else Judgement()

    def _judgement(self, step: _Step, judged: bool) -> Judgement:
        step.found.sort(key=lambda found: (-found[0], found[1], found[2].path, found[2].expected, found[2].actual))
        strong = [found for found in step.found if found[0] >= self._threshold]
        weak = [found for found in step.found if found[0] < self._threshold]
        return Judgement(
            tuple(deviation for _, _, deviation in strong),
            tuple(deviation for _, _, deviation in weak),
            step.made - len(weak),
            step.same,
            judged,
            step.strongest >= self._threshold,
            tuple(strength for strength, _, _ in strong + weak),
            step.strongest,
            tuple(kind for _, kind, _ in strong + weak),
        )

    def fact(self, kind: Kind, place: str, answer: Hashable, path: str, value: object) -> None:
        """Check an answer against what is known."""
        strength, known = self._memory.rule((kind, place))
        if kind is Kind.ASKED and (not known or (is_vocabulary(known.values()) and answer not in known)):
            self._step.unknown = True
        if kind is Kind.SENT and answer not in known:
            self._untried = True
        if not strength or (self._step.unknown and kind in (Kind.BODY, Kind.HEADER)):
            return
        strength = self._as_tried(strength, kind)
        wrong = answer not in known and not self._harmless((kind, place), answer, path)
        self._count(strength, wrong)
        if wrong:
            if answer == "null":
                strength /= NULL
            expected, actual = _texts(kind, known, answer, value)
            self._step.found.append((strength, kind, Deviation(AXES.get(kind, Axis.VALUE), path, expected, actual)))

    def _as_tried(self, strength: float, kind: Kind) -> float:
        return strength / UNTRIED if self._untried and kind in OF_LOOKS else strength

    def _harmless(self, question: Question, answer: Hashable, path: str) -> bool:
        """A word that the service says under this name elsewhere is a word; moments may coincide."""
        kind = question[0]
        if kind is Kind.WORD and answer != "…":
            name = path.rpartition(".")[2]
            return answer in self._memory.rule((Kind.SPOKEN, spoken(self._service, name)))[1]
        if kind is Kind.LENGTH:
            lengths = [int(str(known)) for known in self._memory.rule(question)[1]]
            return min(lengths) <= int(str(answer)) <= max(lengths)
        if kind in (Kind.LINK, Kind.NAMED):
            return answer == "another name"
        if kind is Kind.STAYS and answer == "same":
            return set(self._memory.rule(question)[1]) != {"later"}
        return (kind, answer) in ((Kind.MOMENTS, "same"), (Kind.STAYS, "same second"))

    def _count(self, strength: float, wrong: bool) -> None:
        self._step.made += 1
        self._step.same += not wrong
        self._step.strongest = max(self._step.strongest, strength)

    def gap(self) -> None:
        """Something was done between two steps that is no step."""
        self._reader.gap()

    def shape(self, place: str, shape: Shape, path: str) -> None:
        """Check which fields an object has."""
        shapes = self._expectations.shapes.get(place)
        if shapes is None or self._step.unknown or shapes.unknown_kind(shape, self._memory.scope):
            return
        for key in shapes.keys:
            if key in shape.keys:
                self._count(0.0, wrong=False)
                continue
            found = shapes.find(key, shape, self._memory.scope)
            if found.present & self._memory.earlier and not found.absent:
                if shapes.unlike(key, shape, found, self._memory.scope):
                    continue
                strength = self._as_tried(self._memory.presence(place, key, shape, found), Kind.PRESENCE)
                self._missing(key, path, strength, found.condition)
        required = self._as_tried(self._required(place), Kind.PRESENCE)
        if required:
            self._step.strongest = max(self._step.strongest, required)

    def _required(self, place: str) -> float:
        """Strength of the strongest field that must be there."""
        known = self._memory.required.get(place)
        if known is None:
            shapes = self._expectations.shapes[place]
            scope = self._memory.scope
            known = max(
                (
                    self._expectations.groups(present & scope)
                    for _, _, present, absent in shapes.masks()
                    if not absent & scope
                ),
                default=0,
            )
            self._memory.required[place] = known
        return known

    def _missing(self, key: str, path: str, strength: float, condition: str) -> None:
        self._count(strength, wrong=True)
        where = f"{path}.{key}" if path else key
        expected = f"always there when {condition}" if condition else "always there"
        self._step.found.append((strength, Kind.PRESENCE, Deviation(Axis.SHAPE, where, expected, "(absent)")))


def _other_outcome(expected: str, actual: str, observation: Observation) -> Judgement:
    """Every drawn step has evidence for its outcome: another one needs no rule."""
    text = short(observation.error.text) if observation.error else ""
    deviation = Deviation(Axis.OUTCOME, "", expected, f"{actual} {text}".strip())
    return Judgement((deviation,), (), 1, 0, True, True, (float("inf"),), float("inf"), (Kind.OUTCOME,))


def _texts(kind: Kind, known: Mapping[Hashable, int], answer: Hashable, value: object) -> tuple[str, str]:
    """What was expected and what came, for people."""
    if kind in (Kind.STAYS, Kind.KEPT, Kind.ECHO, Kind.NAMED) and isinstance(value, tuple):
        return short(value[0]), short(value[1])
    names = sorted(map(str, known))
    more = f" or {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{kind}: {' or '.join(names[:SHOWN])}{more}", f"{answer}: {short(value)}"
