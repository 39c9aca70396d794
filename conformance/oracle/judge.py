"""Judges the steps of a program: what was observed against what the recording shows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from urllib.parse import parse_qsl

from conformance.oracle.compare import Comparison
from conformance.oracle.findings import Context, short
from conformance.oracle.given import GivenFacts
from conformance.oracle.masked import masked
from conformance.oracle.noise import Kind, Noise, order_place
from conformance.oracle.outcomes import is_failure, outcome, subject_of
from conformance.oracle.paging import continuations, cursors_in, is_page
from conformance.oracle.races import Contested, contested
from conformance.oracle.sightings import reads_account
from conformance.oracle.unmade import changed_by_others
from conformance.oracle.verdict import Axis, Behaviour, Deviation, StepResult, Verdict
from conformance.programs.answers import MARK, header_urls
from conformance.programs.identity import identity
from conformance.programs.model import Call, Given, GivenRef, Observation, Program, Ref, Step
from conformance.programs.moments import timestamp
from conformance.programs.references import Source, named, references
from conformance.programs.trees import dotted, last_key, values
from conformance.recordings.model import Json
from conformance.target import Target

CONTRADICTION, CHANGED = "(the recording contradicts itself)", "(a request changed it that no step makes)"
MASKED = "(hosts are masked in the answer only)"
"""Why something is not judged."""

Dispute = Callable[[Json, Json], tuple[Json, Json]]
"""Takes out of a recorded and a live tree what is not to be judged."""


class Judge:
    """Judges one program in one live world, step by step; aliases carry over from step to step."""

    def __init__(
        self,
        program: Program,
        noise: Noise,
        twin_url: str,
        recorded: Sequence[Observation] = (),
        *,
        complete: bool = True,
        paced: bool = False,
    ) -> None:
        """``recorded``: all answers of the program, to see where they contradict each other.

        ``complete``: the live world was given all that the recording shows to have been there. ``paced``: in the live
        world a second passes with each write.
        """
        self.context = Context(
            noise,
            twin_url=twin_url,
            seeded=frozenset(_moments(program.givens)),
            facts=GivenFacts(program.givens),
            paced=paced,
        )
        self._program = program
        self.complete = complete
        self._contested = contested(program, recorded)
        self._changed = changed_by_others(program, recorded) if recorded else {}
        self._masked = masked(program, recorded) if recorded else {}
        self._astray = False
        """A step differed: what it made may not be known."""
        self._untold: set[str | int] = set()
        """Names of things that were changed in a way that the recording does not tell."""

    def bind_given(self, recorded: str | int, live: str | int, namespace: str) -> None:
        """A given was supplied under this live id."""
        self.context.aliases.bind(namespace, recorded, live)
        self.context.given.add(recorded)

    def knows_given(self, recorded: str | int) -> bool:
        """Whether a given has been supplied."""
        return recorded in self.context.given

    def note_lost(self, call: Call, *, stood_in: bool) -> None:
        """A call whose body is lost was not made again.

        Unless the twin was given what it made (``stood_in``), nobody can tell what became of the things that it names.
        """
        self.note_call(call)
        if not call.reads:
            self._astray = True
        if not call.reads and not stood_in:
            self._untold |= {call.operation, *(source.recorded for source in references(call))}

    def note_call(self, call: Call) -> None:
        """What the client sends is compared by value from now on."""
        for leaf in values(call.arguments):
            if isinstance(leaf, (str, int, float)):
                self.context.sent.add(leaf)

    def note_answer(self, recorded: Observation) -> None:
        """What an answer shows before the client sends it is no choice of the client's."""
        sent, told = self.context.sent, self.context.told
        told.update(leaf for leaf in values(recorded.body) if isinstance(leaf, str) and leaf not in sent)

    def step(self, step: Step, target: Target, recorded: Observation, live: Observation) -> StepResult:
        """The verdict on a step that ran."""
        self.note_call(step.call)
        self.context.timeline.begin_step()
        self._look_at(step.call, recorded)
        self.context.origin = self._program.origin(step)
        self.context.reads = step.call.reads and not is_failure(target, recorded)
        if target.not_implemented(live) and not target.not_implemented(recorded):
            return self.unjudged(step, target, recorded, Verdict.NOT_IMPLEMENTED, outcome(target, live))
        orders = partial(order_place, step.call, target.roles)
        subject = subject_of(target, step.call.operation, recorded)
        comparison = Comparison(self.context, subject, target.leaf_type, orders)
        comparison.paged = any(
            is_page(step.call, self._program, seen, self.context.noise.cursors)
            for seen in ((recorded, live) if self.context.ambient else (recorded,))
        )
        for cursor in cursors_in(step.call.operation, recorded, self.context.noise.cursors):
            self.context.aliases.forget(*cursor)  # the same page may have another cursor each time it is read
        deviations = [*_outcome_deviation(target, recorded, live)]
        comparison.made += 1
        if not deviations:
            comparison.same += 1
            _compare_answers(comparison, target, recorded, live, self._disputed(step, comparison))
            if self._is_untold(step.call):
                comparison.excuse()
            deviations = comparison.deviations
        self._astray = self._astray or bool(deviations)
        self.note_answer(recorded)
        return StepResult(
            behaviour=behaviour(step.call, target, recorded),
            sdk_call=step.call.sdk_call,
            verdict=Verdict.DIFFERS if deviations else Verdict.SAME,
            interaction=step.interaction,
            request=describe(step.call),
            recorded=outcome(target, recorded),
            actual=outcome(target, live),
            made=comparison.made,
            same=comparison.same,
            masked=comparison.masked,
            deviations=tuple(deviations),
            notes=(*comparison.notes, *_warned(recorded, live)),
            amended=step.call.amended,
        )

    def _disputed(self, step: Step, comparison: Comparison) -> Dispute:
        """What leaves out of both answers what the recording cannot tell the right value of; noted."""
        contested, changed = self._contested.get(step.interaction), self._changed.get(step.interaction, set())
        hidden = self._masked.get(step.interaction, set())
        if not contested and not changed and not hidden:
            return lambda recorded, live: (recorded, live)
        found = contested or Contested()
        why = dict.fromkeys([*map(dotted, found.keys), *(str(name) for _, name in found.members)], CONTRADICTION)
        why |= dict.fromkeys(map(dotted, changed), CHANGED) | dict.fromkeys(map(dotted, hidden), MASKED)
        for what, reason in sorted(why.items()):
            comparison.notes.append(Deviation(Axis.STATE, what, reason, "(not judged)"))
        found = Contested(found.keys | changed | hidden, found.members)
        live_names = {(space, self.context.aliases.live(space, name)) for space, name in found.members}
        return lambda recorded, live: found.settled(recorded, live, live_names)

    def _is_untold(self, call: Call) -> bool:
        """Whether a call is about things of which the recording does not tell all: their values are only notes."""
        about = {source.recorded for source in references(call)}
        return bool(self._untold and (self.context.of_account or about & self._untold))

    def _look_at(self, call: Call, recorded: Observation) -> None:
        """What the comparison needs to know of the present step."""
        cursors = list(continuations(call, self._program))
        about = [source for source in named(call) if source not in cursors]
        context = self.context
        context.date = recorded.date or self._program.date
        context.about = tuple(source.recorded for source in about)
        if not call.reads:
            context.facts.forget(context.about)
        context.of_account = reads_account(call) or bool(cursors and not about)
        of_given = any(isinstance(source, GivenRef) for source in about)
        context.complete = self.complete and not self._astray
        context.ambient = not self.complete and (context.of_account or of_given)

    def unjudged(
        self, step: Step, target: Target, recorded: Observation, verdict: Verdict, actual: str = "", reason: str = ""
    ) -> StepResult:
        """The verdict on a step that did not run, or that the twin does not have."""
        self.note_answer(recorded)
        return StepResult(
            behaviour=behaviour(step.call, target, recorded),
            sdk_call=step.call.sdk_call,
            verdict=verdict,
            interaction=step.interaction,
            request=describe(step.call),
            recorded=outcome(target, recorded),
            actual=actual,
            reason=reason,
            amended=step.call.amended,
        )


def _moments(givens: Iterable[Given]) -> Iterator[str]:
    """The moments in what was there before."""
    for given in givens:
        yield from (leaf for leaf in values(given.facts) if isinstance(leaf, str) and timestamp(leaf))


def behaviour(call: Call, target: Target, recorded: Observation) -> Behaviour:
    """The behaviour that a recorded step shows."""
    return Behaviour(call.target, call.operation, outcome(target, recorded), target.variant(call))


def describe(call: Call, limit: int = 200) -> str:
    """A call for people: ``files.get(fileId='…', fields='id')``."""
    arguments = ", ".join(f"{name}={_argument(value)}" for name, value in call.arguments.items())
    text = f"{call.sdk_call}({arguments})"
    return text if len(text) <= limit else f"{text[: limit - 2]}…)"


def _argument(value: object) -> str:
    if isinstance(value, Ref):
        return f"⟨{value.step}:{'.'.join(map(str, value.path))}⟩"
    return json.dumps(value, ensure_ascii=False, default=lambda leaf: f"⟨{getattr(leaf, 'recorded', '…')}⟩")


def _outcome_deviation(target: Target, recorded: Observation, live: Observation) -> Iterable[Deviation]:
    """Another status or code; or the SDK does otherwise with the same: it raises, or breaks on this answer only."""
    expected, actual = outcome(target, recorded), outcome(target, live)
    if expected != actual:
        detail = f" {short(live.error.text)}" if live.error else ""
        yield Deviation(Axis.OUTCOME, "", expected, f"{actual}{detail}")
    elif recorded.sdk_defect:
        return  # the SDK breaks on real answers too: what it makes of them says nothing
    elif live.sdk_defect:
        yield Deviation(Axis.SDK, "", "no defect of the SDK", live.sdk_defect)
    elif _raised(recorded) != _raised(live):
        text = f": {short(live.error.text)}" if live.error else ""
        yield Deviation(Axis.SDK, "", _raised(recorded), f"{_raised(live)}{text}")


def _warned(recorded: Observation, live: Observation) -> Iterable[Deviation]:
    """What the SDK warns of here and did not when it was recorded: no part of the answer, but told."""
    for warning in live.warnings:
        if warning not in recorded.warnings:
            yield Deviation(Axis.SDK, "(warning)", "none", short(warning))


def _raised(observation: Observation) -> str:
    return observation.error.type if observation.error else "returned"


def _compare_answers(
    comparison: Comparison, target: Target, recorded: Observation, live: Observation, disputed: Dispute
) -> None:
    """What the SDK returned, or the error's body; then the headers that SDKs act on."""
    if recorded.error is None and recorded.body is None:
        on_the_wire = bool(recorded.sdk_defect)
        comparison.compare(_opaque(recorded, on_the_wire), _opaque(live, on_the_wire), ("(body)",))
    else:
        comparison.compare(*disputed(recorded.body, live.body))
    _compare_headers(comparison, target, recorded, live)


def _opaque(observation: Observation, on_the_wire: bool) -> object:
    """An answer that is not JSON: what the SDK gave back, or what came over the wire."""
    value = observation.value
    if on_the_wire:
        value = (observation.response.body if observation.response else None) or None
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else value


def _compare_headers(comparison: Comparison, target: Target, recorded: Observation, live: Observation) -> None:
    expected, actual = recorded.response, live.response
    if expected is None or actual is None:
        return
    urls, others = header_urls(expected), header_urls(actual)
    for name in sorted(target.judged_headers):
        one, other = expected.header(name), actual.header(name)
        if one is None:
            continue
        if f"@{name}" in urls and other is not None:
            _compare_urls(comparison, target, urls, others, f"@{name}")
            continue
        comparison.made += 1
        if other is not None and _header_kind(name, one) == _header_kind(name, other):
            comparison.same += 1
        elif other is not None or not comparison.explained((MARK + name,), Kind.PRESENCE):
            comparison.deviations.append(Deviation(Axis.HEADERS, name, short(one), short(other)))


def _compare_urls(
    comparison: Comparison, target: Target, recorded: dict[str, Json], live: dict[str, Json], name: str
) -> None:
    """The URLs in one header: their relations, their bases, and what they say in their queries, in any order."""
    before = len(comparison.deviations)
    expected, actual = (_taken_apart(urls.get(name), target.roles) for urls in (recorded, live))
    comparison.compare(expected, actual, (name,))
    found = comparison.deviations[before:]
    comparison.deviations[before:] = [
        replace(one, axis=Axis.PAGING if one.axis is Axis.PAGING else Axis.HEADERS, path=one.path.removeprefix("@"))
        for one in found
    ]


def _taken_apart(urls: Json, roles: Mapping[str, str]) -> Json:
    """URLs as objects: the base, and the parameters by ``?name``. Cursors are whatever the server likes."""
    if isinstance(urls, dict):
        return {relation: _taken_apart(url, roles) for relation, url in urls.items()}
    if not isinstance(urls, str):
        return urls
    base, _, query = urls.partition("?")
    pairs = parse_qsl(query.partition("#")[0], keep_blank_values=True)
    return {"url": base} | {f"?{name}": "…" if roles.get(name) == "cursor" else value for name, value in pairs}


def _header_kind(name: str, value: str) -> str:
    """Media types are compared without parameters, other headers by presence."""
    return value.partition(";")[0].strip().lower() if name == "content-type" else ""


def source_namespace(source: Source) -> str:
    """Namespace under which a reference's value is bound."""
    found = identity(last_key(source.path) if isinstance(source, Ref) else source.key, source.recorded)
    return found[0] if found else ""
