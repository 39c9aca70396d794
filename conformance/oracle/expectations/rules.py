"""The rules about one behaviour, with what is behind each: for people, and for whoever asks what is known."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

from conformance.oracle.expectations.facts import Kind, Question, Shape
from conformance.oracle.expectations.judge import Memory
from conformance.oracle.expectations.learn import behaviour_of, concrete
from conformance.oracle.expectations.reader import Reader
from conformance.oracle.expectations.shapes import Finding
from conformance.oracle.verdict import Behaviour
from conformance.programs.gaps import gaps_of
from conformance.programs.model import Trace
from conformance.target import Target


@dataclass(frozen=True)
class Rule:
    """What is expected at one place of an answer, and why.

    ``answers`` are those known, each with the number of independent recordings that gave it; ``relation`` is what the
    place is compared with (an argument, an earlier answer), ``condition`` when the rule holds, both "" for nothing.
    ``strength`` 0 is no rule: it comes and goes.
    """

    kind: Kind
    path: str
    answers: Mapping[str, int]
    strength: float
    relation: str = ""
    condition: str = ""

    @property
    def evidence(self) -> int:
        """Independent recordings that answered; the largest share of them where they gave several answers."""
        return max(self.answers.values(), default=0)


class _Collector:
    """Notes which questions are asked about one behaviour, and which shapes its objects have."""

    once = False

    def __init__(self) -> None:
        self.active = False
        self.questions: dict[Question, str] = {}
        self.shapes: dict[str, tuple[str, list[Shape]]] = {}

    def fact(self, kind: Kind, place: str, answer: Hashable, path: str, value: object) -> None:
        """Note a question."""
        if self.active:
            self.questions.setdefault((kind, place), path)

    def shape(self, place: str, shape: Shape, path: str) -> None:
        """Note a shape."""
        if self.active and "*" not in place.partition(" ")[2]:
            self.shapes.setdefault(place, (path, []))[1].append(shape)


def rules_of(
    behaviour: Behaviour, traces: Iterable[Trace], targets: Mapping[str, Target], memory: Memory
) -> list[Rule]:
    """The rules about one behaviour; ``traces`` are those that were learned from. Reads the traces that show it."""
    expectations = memory.expectations
    names = {source.name for source in expectations.sources_of(expectations.seen[behaviour])}
    collector = _Collector()
    for trace in traces:
        if trace.program.name in names:
            _read(trace, targets, behaviour, collector)
    rules = [_rule(question, path, memory) for question, path in collector.questions.items()]
    for place, (path, shapes) in collector.shapes.items():
        rules += _presence(place, path, shapes, memory)
    return sorted(rules, key=lambda rule: (rule.path, rule.kind, rule.relation))


def _read(trace: Trace, targets: Mapping[str, Target], behaviour: Behaviour, collector: _Collector) -> None:
    reader = Reader(collector)
    gaps = gaps_of(trace.program)
    for place, (step, observation) in enumerate(zip(trace.program.steps, trace.observations, strict=True)):
        call = concrete(step.call)
        target = targets[call.target]
        if place in gaps:
            reader.gap()
        collector.active = behaviour_of(call, target, observation) == behaviour
        reader.step(call, observation, target)


def _rule(question: Question, path: str, memory: Memory) -> Rule:
    strength, known = memory.rule(question)
    kind, place = question
    groups = memory.expectations.groups
    answers = {str(answer): groups(mask) for answer, mask in known.items()}
    return Rule(kind, path, answers, strength, " | ".join(place.split(" | ")[1:]))


def _presence(place: str, path: str, shapes: list[Shape], memory: Memory) -> Iterable[Rule]:
    """One rule for each field and each condition that decides whether it is there."""
    table = memory.expectations.shapes[place]
    found: dict[tuple[str, str], Rule] = {}
    for key in sorted(table.keys):
        for shape in shapes:
            finding = table.find(key, shape, memory.scope)
            where = f"{path}.{key}" if path else key
            found.setdefault((key, finding.condition), _presence_rule(place, where, key, shape, finding, memory))
    return found.values()


def _presence_rule(place: str, path: str, key: str, shape: Shape, finding: Finding, memory: Memory) -> Rule:
    groups = memory.expectations.groups
    answers = {"there": groups(finding.present), "absent": groups(finding.absent)}
    strength = 0.0 if finding.absent or not finding.present else memory.presence(place, key, shape, finding)
    return Rule(Kind.PRESENCE, path, answers, strength, "", finding.condition)
