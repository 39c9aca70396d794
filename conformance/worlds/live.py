"""The live world: a twin answers.

There is one session per SDK and program, and before each the twin is reset and given what the program needs.
"""

from __future__ import annotations

import contextlib
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from conformance.errors import TwinUnavailable
from conformance.oracle.judge import Judge, source_namespace
from conformance.oracle.noise import Noise
from conformance.oracle.verdict import ProgramResult, StepResult, Verdict
from conformance.programs.answers import value_at
from conformance.programs.model import Call, Given, GivenRef, Observation, Program, Ref, Step, Trace
from conformance.programs.moments import timestamp
from conformance.programs.references import Source, given_reference, late_givens, resolve, stand_ins
from conformance.programs.trees import map_leaves
from conformance.target import Session, Target
from conformance.worlds.control import Control, ControlRefused

TICK = 0.002
"""Seconds before a write to a twin that has its own clock: two writes never fall into one of its milliseconds."""


DEFAULT_CREDENTIALS = "conformance"
"""What is sent to a twin of which nobody said anything else. Embedded twins take it."""


@dataclass(frozen=True)
class TwinAddress:
    """Where a target's twin answers (no trailing slash), and with which credentials."""

    base_url: str
    credentials: str | None = None
    embedded: bool = False
    borrowed: bool = False
    """Nobody said that this target's twin is here: it is another target's, tried because services share state."""


NO_TWIN = "no twin for this target"
LOST_BODY = "the recording has lost what the call sent"
OUTDATED = "newer evidence says that the vendor answers otherwise today"
FORGED = "the recorded answer was made up: no server gives one like it"


class Unreachable(Exception):
    """A reference leads nowhere; ``verdict`` says whose fault that is."""

    def __init__(self, verdict: Verdict, reason: str) -> None:
        super().__init__(reason)
        self.verdict = verdict
        self.reason = reason


class LiveWorld:
    """Runs programs against twins. ``check`` must have passed before the first program runs."""

    def __init__(
        self, targets: Mapping[str, Target], addresses: Mapping[str, TwinAddress], timeout: float = 10.0
    ) -> None:
        self._targets = targets
        self._addresses = addresses
        self._controls = {url: Control(url, timeout) for url in {address.base_url for address in addresses.values()}}

    def check(self) -> None:
        """Raise TwinUnavailable unless every twin answers, at once or after the moment that a start takes."""
        for control in self._controls.values():
            control.ready()

    def close(self) -> None:
        """Release connections."""
        for control in self._controls.values():
            control.close()

    def run(self, trace: Trace, noise: Noise) -> ProgramResult:
        """Run a recorded program and judge every step of it.

        Raises:
            TwinUnavailable: the twin stopped answering; ``measured`` has what was judged of the program until then.
        """
        return self.play(partial(ProgramRun, trace, noise))

    def play(self, start: Callable[..., ProgramRun]) -> ProgramResult:
        """Run what ``start`` makes of targets, addresses and controls, to the end. Raises as ``run`` does."""
        run = start(self._targets, self._addresses, self._controls)
        try:
            run.all_steps()
        except TwinUnavailable as gone:
            gone.measured = run.result()
            raise
        finally:
            run.close()
        return run.result()


class ProgramRun:
    """One program in the live world."""

    def __init__(
        self,
        trace: Trace,
        noise: Noise,
        targets: Mapping[str, Target],
        addresses: Mapping[str, TwinAddress],
        controls: Mapping[str, Control],
    ) -> None:
        self._program = trace.program
        self._recorded = trace.observations
        self._targets = targets
        self._addresses = addresses
        used = {step.call.target for step in self._program.steps} & addresses.keys()
        self._controls = {name: controls[addresses[name].base_url] for name in used}
        origin = next((addresses[name].base_url for name in sorted(used)), "")
        seeded = all(control.available for control in self._controls.values())
        paced = all(control.paced for control in self._controls.values())
        self._judge = Judge(self._program, noise, origin, trace.observations, complete=seeded, paced=paced)
        self._live: dict[int, Observation] = {}
        self._sessions: dict[tuple[str, str | None], Session] = {}
        self._caller: str | None = None
        """Credentials that the present step is to be made with, where they are not the twin's."""
        self._missing: dict[str | int, str] = {}
        self._stand_ins = stand_ins(trace.program, trace.observations)
        self._late = late_givens(trace.program, trace.observations)
        self._results: list[StepResult] = []

    def all_steps(self) -> None:
        """Prepare the world and run every step."""
        self._prepare()
        for place, (step, recorded) in enumerate(zip(self._program.steps, self._recorded, strict=True)):
            if place in self._late:
                self._put_in(self._late[place])
            self._results.append(self._step(place, step, recorded))

    def result(self) -> ProgramResult:
        """What was judged so far."""
        return ProgramResult(self._program.name, provenance_line(self._program), tuple(self._results))

    def close(self) -> None:
        """End the sessions."""
        for session in self._sessions.values():
            session.close()

    def _prepare(self) -> None:
        for control in set(self._controls.values()):
            if control.available:
                self._reset(control)
        waiting = (*self._stand_ins.values(), *self._late.values())
        later = {given.recorded for givens in waiting for given in givens}
        self._put_in([given for given in self._program.givens if given.recorded not in later])

    def _put_in(self, givens: Sequence[Given]) -> None:
        """Have the twins know these things."""
        for control in set(self._controls.values()):
            if control.available:
                self._seed(control, givens)
        for given in givens:
            self._supply(given)

    def _reset(self, control: Control) -> None:
        control.reset()
        if self._program.date:
            with contextlib.suppress(ControlRefused):  # a date that the twin cannot read leaves its clock as it is
                control.set_clock(self._program.date)

    def _seed(self, control: Control, givens: Sequence[Given]) -> None:
        facts: dict[str, list[object]] = defaultdict(list)
        for given in givens:
            if given.facts is not None and self._controls.get(given.target) is control:
                facts[self._targets[given.target].service].append(map_leaves(given.facts, self._name_here))
        try:
            control.seed(facts)
        except ControlRefused as refused:
            self._missing.update({given.recorded: str(refused) for given in givens})

    def _name_here(self, _: str | int, leaf: object) -> object:
        """What the twin calls a thing that the program has made by now; other values as they are."""
        live = self._judge.context.aliases.live("", leaf) if isinstance(leaf, str) else None
        return leaf if live is None else live

    def _supply(self, given: Given) -> None:
        """Bind a seeded given to itself; create one where the twin cannot be seeded."""
        control = self._controls.get(given.target)
        if given.recorded in self._missing or control is None:
            return
        if self._judge.knows_given(given.recorded):
            return  # two services can share a thing: a spreadsheet is also a file
        if control.available:
            self._bind(given, given.recorded)
        elif given.create is None:
            self._missing[given.recorded] = f"there is no way to make a {given.kind} in this twin"
        else:
            self._create(given)

    def _create(self, given: Given) -> None:
        assert given.create is not None
        try:
            create = resolve(given.create, self._value_of)
        except Unreachable as error:
            self._missing[given.recorded] = error.reason
            return
        observation = self._call(create)
        live = value_at(observation, given.id_path)
        if isinstance(live, (str, int)):
            self._bind(given, live)
        else:
            self._missing[given.recorded] = f"the twin did not make a {given.kind}"

    def _bind(self, given: Given, live: str | int) -> None:
        self._judge.bind_given(given.recorded, live, source_namespace(given_reference(given)))

    def _step(self, place: int, step: Step, recorded: Observation) -> StepResult:
        target = self._targets[step.call.target]
        if step.call.target not in self._controls:
            return self._judge.unjudged(step, target, recorded, Verdict.VOID, reason=NO_TWIN)
        if step.call.unrepeatable:
            made = self._stand_ins.get(place, ())
            self._put_in(made)
            self._judge.note_lost(step.call, stood_in=bool(made))
            return self._judge.unjudged(step, target, recorded, Verdict.VOID, reason=_why_not_made(step.call))
        try:
            call = resolve(step.call, self._value_of)
            if self._controls[call.target].patience.over_with(call.operation):
                raise Unreachable(Verdict.BLOCKED, "the twin left this operation unanswered before")
        except Unreachable as error:
            self._judge.note_call(step.call)
            return self._judge.unjudged(step, target, recorded, error.verdict, reason=error.reason)
        if not self._arrange(target, step, recorded):
            reason = "the twin cannot be put into the recorded condition"
            return self._judge.unjudged(step, target, recorded, Verdict.VOID, reason=reason)
        live = self._live[place] = self._call(call)
        return self._judge.step(step, target, recorded, live)

    def _arrange(self, target: Target, step: Step, recorded: Observation) -> bool:
        """Put the twin into the condition that the recording shows; False if it cannot be."""
        condition = target.condition(recorded)
        self._caller = condition.credentials if condition else None
        if condition is None:
            return True
        control = self._controls[step.call.target]
        if not control.available:
            return condition.credentials is not None and not condition.of_twin
        try:
            control.clear_faults()
            if condition.credentials is not None:
                return True
            control.arrange({"kind": condition.name, "service": target.service, "operation": step.call.operation})
        except ControlRefused:
            return False
        return True

    def _value_of(self, source: Source) -> str | int:
        if isinstance(source, GivenRef) and source.recorded in self._missing:
            raise Unreachable(Verdict.VOID, self._missing[source.recorded])
        bound = self._judge.context.aliases.live(source_namespace(source), source.recorded)
        if bound is not None:
            return bound
        if isinstance(source, Ref):
            return self._follow(source)
        raise Unreachable(Verdict.VOID, "the recording does not show what this needs")

    def _follow(self, source: Ref) -> str | int:
        """The value at the reference's place in what the twin answered."""
        if self._program.steps[source.step].call.unrepeatable:
            return self._of_stand_in(source)
        value = value_at(self._live[source.step], source.path) if source.step in self._live else None
        if isinstance(value, (str, int)):
            return value
        if timestamp(str(source.recorded)):
            return source.recorded  # what a client only hands back need not stop it
        maker = self._program.steps[source.step].call.target
        if self._addresses[maker].borrowed:
            raise Unreachable(Verdict.VOID, f"it needs what {maker} makes, and no twin of {maker} was named")
        raise Unreachable(Verdict.BLOCKED, f"step {source.step + 1} did not give what this needs")

    def _of_stand_in(self, source: Ref) -> str | int:
        """What a call gave that was not made again: as it was recorded, where the twin was given what it made."""
        made = self._stand_ins.get(source.step, ())
        if made and all(self._is_seeded(given) for given in made):
            return source.recorded
        why_not = _why_not_made(self._program.steps[source.step].call)
        raise Unreachable(Verdict.VOID, f"it needs what step {source.step + 1} made, and {why_not}")

    def _is_seeded(self, given: Given) -> bool:
        control = self._controls.get(given.target)
        return control is not None and control.available and given.recorded not in self._missing

    def _call(self, call: Call) -> Observation:
        if not self._controls[call.target].available and not call.reads:
            time.sleep(TICK)
        start = time.monotonic()
        live = self._session(call.target).call(call)
        self._controls[call.target].waited(call.operation, time.monotonic() - start, answered=bool(live.exchanges))
        return live

    def _session(self, name: str) -> Session:
        """The session of a target, or the one for a call that is to be made with other credentials."""
        key = (name, self._caller)
        if key not in self._sessions:
            address = self._addresses[name]
            credentials = address.credentials if self._caller is None else self._caller
            timeout = self._controls[name].timeout
            self._sessions[key] = self._targets[name].session(address.base_url, credentials, timeout)
        return self._sessions[key]


def provenance_line(program: Program) -> str:
    """Where a program comes from, in one line."""
    if program.recording is None:
        return ""
    facts = program.recording.provenance
    return ", ".join(part for part in (facts.repository or facts.source, facts.client, program.date[:10]) if part)


def _why_not_made(call: Call) -> str:
    if call.forged:
        return FORGED
    return OUTDATED if call.outdated else LOST_BODY
