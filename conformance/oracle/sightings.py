"""Recorded answers in their situations: what learning compares."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from conformance.oracle.outcomes import outcome, subject_of
from conformance.oracle.situation import FreeArguments, situations
from conformance.programs.model import Call, GivenRef, Observation, Step, Trace
from conformance.programs.references import named, references
from conformance.programs.trees import dotted, leaves
from conformance.target import Target

MIN_TEXTS = 5
"""Different texts from which an argument that is always echoed counts as free."""

MIN_CLIENTS = 2
"""Independent clients from which texts that they do not share count as free."""

_CONSTANT = re.compile(r"[A-Z0-9_]+\Z|[\w.+-]+/[\w.+-]+\Z")
"""``ROWS``, ``text/plain``: words of a vocabulary."""


@dataclass(frozen=True)
class Sighting:
    """One recorded answer in its situation.

    ``subject`` is what it is evidence about; ``lost_body``: what was sent is not known;
    ``origin`` is the ``https://host`` to which the request went; ``headers`` are those of the answer's that are judged.
    ``date`` is when it was recorded (ISO 8601, "" if unknown); ``request`` is what was asked, whatever it was asked
    about (equal for equal arguments, references aside); ``sent`` are all values that the program sends;
    ``of_given``: it is about something that the program did not make, and may show anybody's choices;
    ``of_account``: it is about nothing that the program names, so what it shows belongs to the account.
    """

    target: str
    operation: str
    recording: str
    date: str
    situation: str
    request: str
    observation: Observation
    sent: frozenset[object]
    of_given: bool
    of_account: bool
    subject: str
    lost_body: bool = False
    origin: str = ""
    headers: frozenset[str] = frozenset()


def sightings(traces: Iterable[Trace], targets: Mapping[str, Target]) -> Iterator[Sighting]:
    """Every recorded answer. Linear in the size of the traces."""
    known = list(traces)
    free = free_arguments(known)
    for trace in known:
        sent = frozenset(value for step in trace.program.steps for _, value in leaves(step.call.arguments))
        steps = zip(situations(trace.program, free), trace.program.steps, trace.observations, strict=True)
        for situation, step, observation in steps:
            target = targets[step.call.target]
            subject = subject_of(target, step.call.operation, observation)
            where = _situation(situation, step, observation, target)
            found = _sighting(trace, step, observation, where, sent, subject)
            yield replace(found, headers=_judged_headers(target, observation))


def _situation(situation: str, step: Step, observation: Observation, target: Target) -> str:
    """A condition of the surroundings is the same situation whatever was asked, but for reading or writing."""
    condition = target.condition(observation)
    if condition is None:
        return f"{situation} {outcome(target, observation)}"
    direction = "read" if step.call.reads else "write"
    return f"{target.name} {condition.name} {direction}"


def _judged_headers(target: Target, observation: Observation) -> frozenset[str]:
    response = observation.response
    return frozenset(name for name in target.judged_headers if response and response.header(name) is not None)


def _sighting(
    trace: Trace, step: Step, observation: Observation, situation: str, sent: frozenset[object], subject: str
) -> Sighting:
    return Sighting(
        target=step.call.target,
        operation=step.call.operation,
        recording=trace.program.name,
        date=observation.date or trace.program.date,
        situation=situation,
        request=_request(step.call),
        observation=observation,
        sent=sent,
        of_given=any(isinstance(source, GivenRef) for source in references(step.call)),
        of_account=reads_account(step.call),
        subject=subject,
        lost_body=step.call.unrepeatable,
        origin=trace.program.origin(step),
    )


def _request(call: Call) -> str:
    arguments = {dotted(path): leaf for path, leaf in leaves(call.arguments)}
    return json.dumps([call.operation, arguments, call.extra_query], sort_keys=True, default=lambda _: "…")


def reads_account(call: Call) -> bool:
    """Whether a call reads something that it does not name: a list of all there is, the account itself."""
    return call.reads and not named(call)


def free_arguments(traces: Iterable[Trace]) -> FreeArguments:
    """Arguments whose text a service only echoes: many were sent, and nearly all answers gave theirs back.

    What a read is asked decides its answer, also where that repeats the question.
    """
    echoed: dict[tuple[str, str], dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    swallowed: Counter[tuple[str, str]] = Counter()
    for trace in traces:
        source = trace.program.recording.provenance.source if trace.program.recording else ""
        for step, observation in zip(trace.program.steps, trace.observations, strict=True):
            if step.call.reads or (observation.status or 500) >= 300 or observation.error is not None:
                continue
            answered = {value for _, value in leaves(observation.body)}
            for place, value in _texts(step.call):
                if value in answered:
                    echoed[place][source][value] += 1
                else:
                    swallowed[place] += 1
    return frozenset(place for place, by_source in echoed.items() if _is_free(by_source, swallowed[place]))


def _texts(call: Call) -> Iterator[tuple[tuple[str, str], str]]:
    for path, value in leaves(call.arguments):
        if isinstance(value, str):
            yield (call.operation, dotted(path)), value


def _is_free(by_source: Mapping[str, Counter[str]], swallowed: int) -> bool:
    """Free text varies, and each client has its own; an enumeration repeats itself, and all clients share it."""
    texts: Counter[str] = sum(by_source.values(), Counter())
    if swallowed * 10 > texts.total():
        return False
    if len(texts) >= MIN_TEXTS and len(texts) * 4 >= texts.total():
        return True
    shared = sum(len(own) for own in by_source.values()) > len(texts)
    return len(by_source) >= MIN_CLIENTS and not shared and not any(map(_CONSTANT.match, texts))
