"""Lines: recorded traces prepared for growing, with what each step needs before it gives its recorded answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from conformance.oracle.judge import behaviour
from conformance.oracle.races import contested
from conformance.oracle.situation import Footprint, FreeArguments, Root, footprints
from conformance.oracle.verdict import Behaviour
from conformance.programs.grow.around import Known, shown, siblings
from conformance.programs.grow.texts import Place, replaceable
from conformance.programs.identity import identity, is_token, split_parts
from conformance.programs.model import Call, GivenRef, Observation, PathKey, Program, Ref, Step, Template, Trace
from conformance.programs.references import references, stand_ins
from conformance.programs.trees import dotted, last_key, leaves, map_leaves
from conformance.recordings.model import Json
from conformance.target import Target

Done = tuple[str, ...]
"""Names of the behaviours that made a thing what it is, in the order in which they were last shown."""


@dataclass(frozen=True)
class Line:
    """A recorded trace without the steps that its surroundings answered (a used-up quota).

    ``footprints`` and ``behaviours`` have one entry for each step.
    """

    trace: Trace
    footprints: tuple[Footprint, ...]
    behaviours: tuple[Behaviour, ...]
    texts: tuple[tuple[Place, str], ...] = ()
    """Texts that may be others, with the arguments in which they are sent."""
    once: frozenset[str] = frozenset()
    """Operations that refuse what they have taken before."""

    @property
    def name(self) -> str:
        """Name of the recording."""
        return self.trace.program.name

    @property
    def program(self) -> Program:
        """The recorded calls."""
        return self.trace.program

    def step(self, place: int) -> Step:
        """The recorded call at ``place``."""
        return self.trace.program.steps[place]

    def recorded(self, place: int) -> Observation:
        """The recorded answer at ``place``."""
        return self.trace.observations[place]

    @cached_property
    def sources(self) -> tuple[frozenset[int], ...]:
        """For each step the steps whose results it sends."""
        return tuple(
            frozenset(source.step for source in references(step.call) if isinstance(source, Ref))
            for step in self.program.steps
        )

    @cached_property
    def writes_before(self) -> tuple[int, ...]:
        """For each step how many writes come before it."""
        counts, count = [], 0
        for footprint in self.footprints:
            counts.append(count)
            count += footprint.writes
        return tuple(counts)

    def of_account(self, place: int) -> bool:
        """Whether the step reads what depends on all that was done before: its path names nothing made or found."""
        call = self.step(place).call
        return call.reads and not any(
            f"{{{name}}}" in call.operation or f"{{+{name}}}" in call.operation
            for name, value in call.arguments.items()
            if _refers(value)
        )

    @cached_property
    def exclusive(self) -> bool:
        """Whether it runs only alone and in order: it goes on from what a list showed, or changes the whole account."""
        found = any(self.of_account(source) for sources in self.sources for source in sources)
        repeated = len(self._taken_once) > len({repr(call) for call in self._taken_once})
        return found or repeated or any(self._changes_account(place) for place in range(len(self.footprints)))

    @cached_property
    def _taken_once(self) -> list[Call]:
        """Calls that name nothing made before, and that would be refused the second time."""
        own = (place for place, step in enumerate(self.program.steps) if step.call.operation in self.once)
        return [self.step(place).call for place in own if self.footprints[place].roots == (place,)]

    def _changes_account(self, place: int) -> bool:
        """A write that names nothing and makes nothing is about everything."""
        if self.footprints[place].roots != (place,) or not self.behaviours[place].good:
            return False
        body = self.recorded(place).body
        return not any(identity(last_key(path), value) for path, value in leaves(body))

    @cached_property
    def needs(self) -> tuple[frozenset[int], ...]:
        """For each step all the steps that must come before it."""
        needs: list[frozenset[int]] = []
        writes: dict[Root, list[int]] = {}
        every: list[int] = []
        for place, footprint in enumerate(self.footprints):
            direct = set(self.sources[place])
            direct.update(*(writes.get(root, ()) for root in footprint.roots))
            direct.update(*(writes.get(root, ()) for root, _ in self.shows[place]))
            direct.update(other for other in self.siblings[place] if other < place)
            if self.exclusive or self.of_account(place):
                direct.update(every)
            needs.append(frozenset(direct.union(*(needs[other] for other in direct))))
            if footprint.writes:
                every.append(place)
                for root in footprint.roots:
                    writes.setdefault(root, []).append(place)
        return tuple(needs)

    @cached_property
    def shows(self) -> tuple[Known, ...]:
        """For each read the things that its answer shows though the call does not name them, and their states."""
        return tuple(shown(self.trace, self.footprints))

    @cached_property
    def siblings(self) -> tuple[frozenset[int], ...]:
        """For each read of one thing that was found the writes that may change its rank among its kind."""
        return tuple(frozenset(siblings(self.program, self.footprints, place)) for place in range(len(self.footprints)))

    @cached_property
    def initial(self) -> dict[Root, str]:
        """The state in which each thing is met first."""
        first: dict[Root, str] = {}
        for footprint in self.footprints:
            for root, before in zip(footprint.roots, footprint.before, strict=True):
                first.setdefault(root, before)
        return first

    @cached_property
    def done_before(self) -> tuple[tuple[Done, ...], ...]:
        """For each step and thing it is about what was done to the thing before: its abstract state."""
        done: dict[Root, Done] = {}
        before: list[tuple[Done, ...]] = []
        for place, footprint in enumerate(self.footprints):
            before.append(tuple(done.get(root, ()) for root in footprint.roots))
            for root in footprint.roots:
                done[root] = self.done_after(place, done.get(root, ()))
        return tuple(before)

    def done_after(self, place: int, done: Done) -> Done:
        """The abstract state that the step leaves: the last of each kind of write counts, refused ones do not."""
        return with_last(done, self.behaviours[place].name) if self.sends(place) else done

    @cached_property
    def refs(self) -> tuple[tuple[tuple[str, Ref], ...], ...]:
        """For each step the results that it sends, with the arguments in which it sends them."""
        return tuple(tuple(_refs(step.call)) for step in self.program.steps)

    @cached_property
    def names(self) -> Mapping[int, frozenset[PathKey]]:
        """Where the answers that make a thing hold the names by which later steps call it."""
        found: dict[int, set[PathKey]] = {}
        for refs in self.refs:
            for _, ref in refs:
                if self.footprints[ref.step].roots == (ref.step,):
                    found.setdefault(ref.step, set()).add(ref.path)
        return {place: frozenset(paths) for place, paths in found.items()}

    def sends(self, place: int) -> bool:
        """Whether the step does something to what it names."""
        return self.footprints[place].writes and self.behaviours[place].good

    @cached_property
    def fates_before(self) -> tuple[Mapping[tuple[int, PathKey], Done], ...]:
        """For each step and result that it sends what the result was sent to before: the fate of one single thing."""
        fates: dict[tuple[int, PathKey], Done] = {}
        before: list[Mapping[tuple[int, PathKey], Done]] = []
        for place, refs in enumerate(self.refs):
            before.append({(ref.step, ref.path): fates.get((ref.step, ref.path), ()) for _, ref in refs})
            for argument, ref in refs if self.sends(place) else ():
                done = fates.get((ref.step, ref.path), ())
                fates[ref.step, ref.path] = with_last(done, f"{self.behaviours[place].name} {argument}")
        return tuple(before)

    @cached_property
    def words(self) -> tuple[frozenset[str], ...]:
        """For each step the words that it sends and shows."""
        pairs = zip(self.program.steps, self.trace.observations, strict=True)
        return tuple(words_of(step.call.arguments) | words_of(seen.body) for step, seen in pairs)

    @cached_property
    def words_before(self) -> tuple[frozenset[str], ...]:
        """For each step the words that were sent to or shown of the things it is about before."""
        known: dict[Root, frozenset[str]] = {}
        before: list[frozenset[str]] = []
        for place, footprint in enumerate(self.footprints):
            before.append(frozenset().union(*(known.get(root, frozenset()) for root in footprint.roots)))
            for root in footprint.roots:
                known[root] = known.get(root, frozenset()) | self.words[place]
        return tuple(before)

    @cached_property
    def own_tokens(self) -> frozenset[str]:
        """Made-up values of the client's own, and calls taken once: no two lines may send the same side by side."""
        tokens = (
            leaf
            for step in self.program.steps
            for _, leaf in leaves(step.call.arguments)
            if isinstance(leaf, str) and is_token(leaf)
        )
        return frozenset(tokens) | {repr(call) for call in self._taken_once}


def lines(
    traces: Iterable[Trace], targets: Mapping[str, Target], free: FreeArguments, spoken: FreeArguments
) -> list[Line]:
    """Traces of which something can be grown, by name; texts of ``spoken`` arguments may be others. Linear."""
    known = (_line(trace, targets, free, spoken) for trace in sorted(traces, key=lambda trace: trace.program.name))
    found = [line for line in known if line.footprints]
    once = frozenset(operation for line in found for operation in _refused_again(line))
    return [replace(line, once=once) for line in found] if once else found


def _refused_again(line: Line) -> Iterator[str]:
    """Operations of which a call that names nothing was refused after an equal one had been taken."""
    taken: set[str] = set()
    for place, came in enumerate(line.behaviours):
        call = line.step(place).call
        if line.footprints[place].roots != (place,):
            continue
        if came.good:
            taken.add(repr(call))
        elif repr(call) in taken:
            yield call.operation


def _line(trace: Trace, targets: Mapping[str, Target], free: FreeArguments, spoken: FreeArguments) -> Line:
    untold, disputed = _Untold(trace), contested(trace.program, trace.observations)

    def left_out(step: Step, seen: Observation) -> bool:
        in_dispute = step.call.reads and step.interaction in disputed
        return in_dispute or untold.concerns(step.call) or _of_surroundings(targets[step.call.target], seen)

    calm = _outlined(_without(trace, left_out))
    pairs = zip(calm.program.steps, calm.observations, strict=True)
    behaviours = tuple(behaviour(step.call, targets[step.call.target], seen) for step, seen in pairs)
    return Line(calm, tuple(footprints(calm.program, free)), behaviours, replaceable(calm, spoken))


def _outlined(trace: Trace) -> Trace:
    """The trace with its recording in outline: every worker gets a copy, and the observations say the rest."""
    recording = trace.program.recording
    return replace(trace, program=replace(trace.program, recording=recording and recording.outline()))


class _Untold:
    """What a recording does not tell, because it has lost what was sent: such calls, and what they may have changed."""

    def __init__(self, trace: Trace) -> None:
        made = stand_ins(trace.program, trace.observations)
        self._told = [trace.program.steps[place].call for place in made]
        self._changed: set[str | int] = set()
        self._anything = False

    def concerns(self, call: Call) -> bool:
        """Whether a call, the next one of the program, cannot be judged."""
        named = {source.recorded for source in references(call)}
        if call.unrepeatable:
            if not call.reads and not any(call is told for told in self._told):
                self._anything = True
                self._changed |= named
            return True
        return bool(named & self._changed) or (self._anything and call.reads and not named)


def _of_surroundings(target: Target, seen: Observation) -> bool:
    return seen.status is None or target.condition(seen) is not None


def _without(trace: Trace, unwanted: Callable[[Step, Observation], bool]) -> Trace:
    """The trace without the unwanted steps, and without what sends their results."""
    places: dict[int, int] = {}
    kept: list[tuple[Step, Observation]] = []
    for place, (step, seen) in enumerate(zip(trace.program.steps, trace.observations, strict=True)):
        sources = {source.step for source in references(step.call) if isinstance(source, Ref)}
        if unwanted(step, seen) or not sources <= places.keys():
            continue
        places[place] = len(kept)
        kept.append((replace(step, call=moved(step.call, places)), seen))
    program = replace(trace.program, steps=tuple(step for step, _ in kept))
    return Trace(program, tuple(seen for _, seen in kept))


def moved(call: Call, places: Mapping[int, int]) -> Call:
    """The call with its references pointing to where their steps are now."""
    return replace(call, arguments=map_leaves(call.arguments, lambda _, leaf: _moved_leaf(leaf, places)))


def _moved_leaf(leaf: Any, places: Mapping[int, int]) -> Any:
    if isinstance(leaf, Ref):
        return replace(leaf, step=places[leaf.step])
    if isinstance(leaf, Template):
        return Template(tuple(_moved_leaf(part, places) for part in leaf.parts))
    return leaf


def with_last(done: Done, name: str) -> Done:
    """An abstract state after one more thing was done."""
    return (*(other for other in done if other != name), name)


def _refs(call: Call) -> Iterator[tuple[str, Ref]]:
    for path, leaf in leaves(call.arguments):
        parts = leaf.parts if isinstance(leaf, Template) else (leaf,)
        yield from ((dotted(path), part) for part in parts if isinstance(part, Ref))


def words_of(tree: Json) -> frozenset[str]:
    """The words in the texts of a tree, and the texts themselves."""
    found: set[str] = set()
    for _, leaf in leaves(tree):
        if isinstance(leaf, str):
            found.add(leaf)
            found.update(split_parts(leaf)[1::2])
    return frozenset(found)


def _refers(value: Any) -> bool:
    return any(isinstance(leaf, (Ref, GivenRef, Template)) for _, leaf in leaves(value))
