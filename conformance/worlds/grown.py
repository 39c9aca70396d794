"""Grown programs in the live world: every strand has aliases of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from conformance.oracle.alias import Timeline
from conformance.oracle.expectations.judge import ExpectationJudge, Judgement, Memory
from conformance.oracle.findings import short
from conformance.oracle.judge import Judge, source_namespace
from conformance.oracle.noise import Noise
from conformance.oracle.verdict import Axis, Behaviour, Deviation, ProgramResult, StepResult, Verdict
from conformance.programs.answers import value_at
from conformance.programs.export import Exhibit
from conformance.programs.grow.evidence import Evidence
from conformance.programs.grow.lines import Line, moved
from conformance.programs.grow.model import Grown, Move, Strand
from conformance.programs.identity import is_token
from conformance.programs.model import Call, Exchange, Given, Observation, Program, Ref, Step, Trace
from conformance.programs.references import given_reference
from conformance.programs.trees import dotted, map_leaves
from conformance.recordings.model import Json, Response
from conformance.target import Target
from conformance.worlds.control import Control
from conformance.worlds.live import ProgramRun, TwinAddress

_PARAMETER = re.compile(r"([?&][^=&>\s]+=)([^&>\s]+)")


class RunningStrand:
    """A strand that runs: its judge, and where its steps were done."""

    def __init__(self, strand: Strand, line: Line, noise: Noise, origin: str) -> None:
        self.at: dict[int, int] = {}
        self.strand = strand
        self.judge = Judge(line.program, noise, origin, line.trace.observations)
        self.line = line
        self._texts = dict(strand.texts)
        self._timelines: dict[object, Timeline] = {}

    def step(self, place: int) -> Step:
        """The call at ``place``, in the words of this strand."""
        step = self.line.step(place)
        if not self._texts:
            return step
        return replace(step, call=replace(step.call, arguments=self._said(step.call.arguments)))

    def recorded(self, place: int) -> Observation:
        """The expected answer at ``place``, in the words of this strand."""
        seen = self.line.recorded(place)
        if not self._texts or seen.response is None or seen.response.json is None:
            return seen  # a text may only be another where all that shows it is said anew
        body = json.dumps(self._said(seen.body)).encode()
        headers = {name: tuple(map(self._said_in_urls, lines)) for name, lines in seen.response.headers.items()}
        response = Response(seen.response.status, seen.response.reason, headers, body)
        last = Exchange(seen.exchanges[-1].request, response)
        return replace(seen, value=self._said(seen.value), exchanges=(*seen.exchanges[:-1], last))

    def meet(self, place: int, live: Observation | None, targets: Mapping[str, Target]) -> None:
        """Another strand's step stands for the one at ``place``: what it gave has the names of this strand now."""
        if live is None:
            return
        step = self.step(place)
        self.about(place)
        self.judge.step(step, targets[step.call.target], self.recorded(place), live)

    def _said(self, tree: Json) -> Any:
        return map_leaves(tree, lambda _, leaf: self._texts.get(leaf, leaf) if isinstance(leaf, str) else leaf)

    def _said_in_urls(self, line: str) -> str:
        """A header in which queries of URLs say the texts of this strand."""
        return _PARAMETER.sub(lambda found: found[1] + self._said_in_query(found[2]), line)

    def _said_in_query(self, value: str) -> str:
        text = unquote_plus(value)
        return quote_plus(self._texts[text]) if text in self._texts else value

    def about(self, place: int) -> None:
        """Moments keep their order among steps about the same things only: others may have changed places."""
        roots = (*self.line.footprints[place].roots, *(root for root, _ in self.line.shows[place]))
        self.judge.context.timeline = self._timelines.setdefault(roots, Timeline())


class GrownRun(ProgramRun):
    """A grown program in the live world. Each step is judged in the aliases of its strand."""

    def __init__(
        self,
        grown: Grown,
        evidence: Evidence,
        noise: Noise,
        targets: Mapping[str, Target],
        addresses: Mapping[str, TwinAddress],
        controls: Mapping[str, Control],
        *,
        expectations: Memory | None = None,
    ) -> None:
        inferring = any(not strand.by_value for strand in grown.strands)
        self._inferring = inferring
        self._inferred: ExpectationJudge | None = None
        if inferring and expectations:
            self._inferred = ExpectationJudge(expectations.expectations, memory=expectations)
        self._called: list[tuple[Call, Observation]] = []
        self._named: dict[str, Move] = {}
        self._laws = [law.watch() for law in evidence.laws]
        used = [evidence.by_name[strand.line] for strand in grown.strands]
        self._moves = grown.moves
        steps = [used[move.strand].step(move.place) for move in grown.moves]
        origin = next((addresses[step.call.target].base_url for step in steps if step.call.target in addresses), "")
        self._strands = [
            RunningStrand(strand, line, noise, origin) for strand, line in zip(grown.strands, used, strict=True)
        ]
        super().__init__(self._trace(grown, used), noise, targets, addresses, controls)
        for strand in self._strands:
            strand.judge.complete = self._judge.complete
            strand.judge.context.paced = self._judge.context.paced
            strand.judge.context.seeded = self._judge.context.seeded  # lines may have a thing in common

    def _trace(self, grown: Grown, used: list[Line]) -> Trace:
        steps = tuple(self._strands[move.strand].step(move.place) for move in grown.moves)
        expected = tuple(self._strands[move.strand].recorded(move.place) for move in grown.moves)
        newest = max(used, key=lambda line: line.program.date, default=None)
        givens = {(given.target, given.recorded): given for line in used for given in line.program.givens}
        recording = newest.program.recording if newest else None
        return Trace(Program(grown.name, steps, tuple(givens.values()), recording), expected)

    def result(self) -> ProgramResult:
        """What was judged so far."""
        return replace(super().result(), source="", generated=True)

    def exhibit(self, behaviour: Behaviour, deviation: Deviation, evidence: tuple[str, ...]) -> Exhibit | None:
        """The program that ran, its last step showing the deviation; None if a step of it got no answer."""
        if len(self._live) < len(self._moves):
            return None
        last = self._moves[-1].strand
        lines = [strand.line for strand in self._strands]
        return Exhibit(
            behaviour=behaviour,
            deviation=deviation,
            calls=tuple(
                moved(step.call, self._strands[move.strand].at)
                for step, move in zip(self._program.steps, self._moves, strict=True)
            ),
            expected=self._recorded,
            related=tuple(move.strand == last for move in self._moves),
            live=tuple(self._live[place] for place in range(len(self._moves))),
            givens=self._program.givens,
            of_account=any(lines[move.strand].of_account(move.place) for move in self._moves),
            evidence=evidence,
        )

    def _bind(self, given: Given, live: str | int) -> None:
        super()._bind(given, live)
        for strand in self._strands:
            strand.judge.bind_given(given.recorded, live, source_namespace(given_reference(given)))

    def _step(self, place: int, step: Step, recorded: Observation) -> StepResult:
        move = self._moves[place]
        self._strand = self._strands[move.strand]
        self._graft(self._strand)
        self._strand.about(move.place)
        self._judge = self._strand.judge
        self._strand.at.setdefault(move.place, place)
        result = super()._step(place, step, recorded)
        if place not in self._live:
            return result
        if self._strand.strand.texts:
            result = _without_broken_sdk(result)
        call, live = self._called[-1]
        if self._inferring:
            result = self._inferred_or(result, call, live)
        return self._own_names(self._lawful(result, call, live), move, live)

    def _own_names(self, result: StepResult, move: Move, live: Observation) -> StepResult:
        """Things of different strands may not have the same name, which no strand can see by itself."""
        for path in sorted(self._strand.line.names.get(move.place, ()), key=str):
            name = value_at(live, path)
            if not isinstance(name, str) or not is_token(name):
                continue
            if self._named.setdefault(name, move) == move or result.verdict is not Verdict.SAME:
                continue
            reused = Deviation(Axis.STATE, dotted(path), "a value of its own", short(name))
            result = replace(result, verdict=Verdict.DIFFERS, deviations=(reused,), made=result.made + 1)
        return result

    def _inferred_or(self, compared: StepResult, call: Call, live: Observation) -> StepResult:
        """What is expected of such steps, where the step was not recorded in this situation."""
        judgement = None
        if self._inferred:  # it has to see every step
            judgement = self._inferred.step(call, live, self._targets[call.target], compared.behaviour)
        if self._strand.strand.by_value or compared.verdict is Verdict.NOT_IMPLEMENTED:
            return compared
        return _inferred_result(compared, judgement)

    def _graft(self, strand: RunningStrand) -> None:
        """Before its first step a strand learns the names of what it goes on from."""
        if strand.at:
            return
        for graft in strand.strand.grafted:
            strand.at[graft.place] = self._strands[graft.strand].at[graft.of]
            strand.meet(graft.place, self._live.get(strand.at[graft.place]), self._targets)

    def _lawful(self, result: StepResult, call: Call, live: Observation) -> StepResult:
        """The result with what contradicts a law, where nothing else says so already."""
        broken = [found for watch in self._laws for found in watch.step(call, live) if found is not None]
        known = {(found.axis, found.path) for found in result.deviations}
        broken = [found for found in broken if (found.axis, found.path) not in known]
        if not broken or result.verdict not in (Verdict.SAME, Verdict.DIFFERS):
            return result
        deviations = (*result.deviations, broken[0])
        return replace(result, verdict=Verdict.DIFFERS, deviations=deviations, made=result.made + 1)

    def _call(self, call: Call) -> Observation:
        live = super()._call(call)
        self._called.append((call, live))
        return live

    def _follow(self, source: Ref) -> str | int:
        return super()._follow(replace(source, step=self._strand.at[source.step]))


def _without_broken_sdk(result: StepResult) -> StepResult:
    """An SDK may break on texts that nobody recorded: that is no fault of the twin."""
    broken = tuple(found for found in result.deviations if found.axis is Axis.SDK)
    if not broken:
        return result
    rest = tuple(found for found in result.deviations if found not in broken)
    return replace(
        result,
        verdict=Verdict.DIFFERS if rest else Verdict.SAME,
        deviations=rest,
        notes=(*result.notes, *broken),
        same=result.same + len(broken),
    )


def _inferred_result(compared: StepResult, judgement: Judgement | None) -> StepResult:
    """The verdict on a step that was never recorded in this situation: its outcome, and what is expected of such."""
    outcome = tuple(found for found in compared.deviations if found.axis is Axis.OUTCOME and not found.path)
    broken = tuple(found for found in compared.deviations if found.axis is Axis.SDK)
    found = judgement.deviations if judgement else ()
    # What values there may be depends on more than what is alike here.
    deviations = outcome or tuple(one for one in found if one.axis is not Axis.VALUE)
    weak = tuple(one for one in found if one not in deviations)
    return replace(
        compared,
        verdict=Verdict.DIFFERS if deviations else Verdict.SAME,
        deviations=deviations,
        notes=(*broken, *weak, *(judgement.notes if judgement else ())),
        made=1 + (judgement.made if judgement else 0),
        same=(0 if outcome else 1) + (judgement.made - len(deviations) if judgement else 0),
        masked=0,
    )
