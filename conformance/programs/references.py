"""Opaque arguments become references to the step that produced them, or to a given."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import replace
from typing import Any

from conformance.programs.answers import is_in_header, shown
from conformance.programs.identity import SHORT, Identity, identity, is_long_number, is_number_id, is_token, split_parts
from conformance.programs.model import Call, Given, GivenRef, Observation, PathKey, Program, Ref, Step, Template
from conformance.programs.moments import timestamp
from conformance.programs.trees import is_below, last_key, leaves, map_leaves, values

Source = Ref | GivenRef
Resolver = Callable[[Source], str | int]


class _Known:
    """What is known of opaque values at one point of a program."""

    def __init__(self, givens: Iterable[Given], origins: Iterable[str]) -> None:
        self._origins = tuple(origins)
        self._sources: dict[Identity, Source] = {}
        self._moments: dict[tuple[object, object], list[Ref]] = defaultdict(list)
        """Who changes a thing often sends back all that it read, also when it was made: that is not its choice."""
        self._client_made: set[object] = set()
        self._client_said: set[Identity] = set()
        self._reads: set[int] = set()
        for given in givens:
            reference = given_reference(given)
            found = identity(reference.key, given.recorded)
            self._sources[found or ("", given.recorded)] = reference

    def source(self, key: str | int, value: object) -> Source | None:
        """Where the opaque value under ``key`` comes from."""
        found = identity(key, value)
        if found is not None:
            return self._sources.get(found)
        if not isinstance(value, str):
            return None
        told = self._sources.get(("", value)) or self._sources.get((f"?{key}", value))
        return told or (self._sources.get((SHORT, value)) if is_long_number(value) else None)

    def moment(self, key: str | int, value: object, about: Container[int]) -> Any:
        """What told the moment that a client sends back; best of all one of the steps that it is ``about``."""
        told = self._moments.get((key, value), ())
        return next((source for source in told if source.step in about), told[0] if told else value)

    def saw_call(self, call: Call) -> None:
        """What a client sends first is its own: it is never a reference."""
        for path, value in leaves(call.arguments):
            self._client_made.add(value)
            self._client_said.add((f"?{last_key(path)}", str(value)))

    def saw_answer(self, step: int, call: Call, observation: Observation) -> None:
        """What an answer shows first was made up by the server."""
        if call.reads:
            self._reads.add(step)
        named = set() if call.reads else set(values(call.arguments))
        for path, value in shown(observation):
            found = identity(last_key(path), value)
            if value in self._client_made:
                found = None
            found = found or self._in_link(path, value)
            made = len(path) == 1 and not call.reads and value not in named
            if found and (found not in self._sources or (made and self._was_read(found))):
                self._sources[found] = Ref(step, path, value)
            elif isinstance(value, str) and value not in self._client_made and timestamp(value):
                self._moments[last_key(path), value].append(Ref(step, path, value))

    def _was_read(self, found: Identity) -> bool:
        """Whether only a read told it so far: one that was made in parallel may show what another call makes."""
        source = self._sources[found]
        return isinstance(source, Ref) and source.step in self._reads

    def _in_link(self, path: PathKey, value: Any) -> Identity | None:
        """What a link says is sent back as it is by who follows it, whatever it looks like; URLs of the service too."""
        if is_in_header(path) and last_key(path).startswith("?"):
            return None if (last_key(path), value) in self._client_said else (last_key(path), value)
        if isinstance(value, str) and any(is_below(value, origin) for origin in self._origins):
            return "", value
        return None


def given_reference(given: Given) -> GivenRef:
    """What stands for a given in arguments."""
    return GivenRef(given.recorded, last_key(given.id_path) or "id")


def link(
    steps: Iterable[Step], observations: Iterable[Observation], givens: Iterable[Given], origins: Iterable[str] = ()
) -> tuple[Step, ...]:
    """Steps with references instead of opaque literals. Linear in the number of leaves.

    ``origins`` (``https://host``) are the service's own: a URL there that an answer shows is a literal no more either.
    """
    known = _Known(givens, origins)
    linked: list[Step] = []
    for place, (step, observation) in enumerate(zip(steps, observations, strict=True)):
        arguments = map_leaves(step.call.arguments, lambda key, leaf: _reference(known, key, leaf))
        linked.append(replace(step, call=_with_moments(replace(step.call, arguments=arguments), known)))
        known.saw_call(step.call)
        known.saw_answer(place, step.call, observation)
    return tuple(linked)


def _with_moments(call: Call, known: _Known) -> Call:
    about = {source.step for source in references(call) if isinstance(source, Ref)}
    return replace(call, arguments=map_leaves(call.arguments, lambda key, leaf: known.moment(key, leaf, about)))


def _reference(known: _Known, key: str | int, leaf: Any) -> Any:
    source = known.source(key, leaf)
    if source is not None:
        return source
    return _template(known, key, leaf) if isinstance(leaf, str) else leaf


def _template(known: _Known, key: str | int, text: str) -> str | Template:
    number = known.source(SHORT, int(text)) if is_number_id(key, text) else None
    if number is not None:
        return Template((number,))  # a number in the answer that shows it, a text in paths
    parts: list[str | Source] = []
    found = False
    for place, part in enumerate(split_parts(text)):
        source = known.source("", part) if place % 2 and is_token(part) else None
        found = found or source is not None
        parts.append(source or part)
    return Template(tuple(part for part in parts if part != "")) if found else text


def references(call: Call) -> list[Source]:
    """All references in a call's arguments."""
    found: list[Source] = []
    for _, leaf in leaves(call.arguments):
        if isinstance(leaf, (Ref, GivenRef)):
            found.append(leaf)
        elif isinstance(leaf, Template):
            found += [part for part in leaf.parts if not isinstance(part, str)]
    return found


def named(call: Call) -> list[Source]:
    """The references by which a call names things: all but moments."""
    return [source for source in references(call) if not timestamp(str(source.recorded))]


def stand_ins(program: Program, observations: Iterable[Observation]) -> dict[int, tuple[Given, ...]]:
    """The givens that calls made which cannot be made again, by the places of these calls. Linear in the leaves.

    They were not there before the program began: they have to be put in when it gets there.
    """
    if not any(step.call.unrepeatable and not step.call.reads for step in program.steps):
        return {}
    waiting = {given.recorded: given for given in program.givens}
    found: dict[int, tuple[Given, ...]] = {}
    for place, (step, seen) in enumerate(zip(program.steps, observations, strict=True)):
        for source in references(step.call):
            waiting.pop(source.recorded, None)  # who is called was there
        shown = set(values(seen.body)) if waiting else set()
        made = tuple(waiting.pop(name) for name in [name for name in waiting if name in shown])
        if made and step.call.unrepeatable and not step.call.reads:
            found[place] = made
    return found


def late_givens(program: Program, observations: Iterable[Observation]) -> dict[int, tuple[Given, ...]]:
    """Givens that name what the program made before they turn up, by the places where they do. Linear in the leaves.

    What made them is no part of the program (no SDK has a call for it), and was made after what they name.
    """
    sources = [source for step in program.steps for source in references(step.call) if isinstance(source, Ref)]
    writes = {place for place, step in enumerate(program.steps) if not step.call.reads}
    made = {one.recorded: one.step for one in sources if one.step in writes}
    naming = [(given, max(places)) for given in program.givens if made and (places := _named_in(given, made))]
    if not naming:
        return {}
    turned_up: dict[Any, int] = {}
    for place, (step, seen) in enumerate(zip(program.steps, observations, strict=True)):
        for value in (*(source.recorded for source in references(step.call)), *values(seen.body)):
            turned_up.setdefault(value, place)
    found: dict[int, tuple[Given, ...]] = {}
    for given, last in naming:
        place = turned_up.get(given.recorded, 0)
        if last < place:
            found[place] = (*found.get(place, ()), given)
    return found


def _named_in(given: Given, made: Mapping[Any, int]) -> list[int]:
    """The steps that made what the facts of a given name."""
    return [made[leaf] for leaf in values(given.facts) if leaf in made and leaf != given.recorded]


def resolve(call: Call, value_of: Resolver) -> Call:
    """The call with concrete arguments. ``value_of`` may raise LookupError for a reference that leads nowhere."""

    def concrete(_: str | int, leaf: Any) -> Any:
        if isinstance(leaf, (Ref, GivenRef)):
            return value_of(leaf)
        if isinstance(leaf, Template):
            return "".join(part if isinstance(part, str) else str(value_of(part)) for part in leaf.parts)
        return leaf

    return replace(call, arguments=map_leaves(call.arguments, concrete))


def with_references(program: Program, observations: Iterable[Observation], givens: tuple[Given, ...]) -> Program:
    """The program linked and with its givens."""
    recorded = program.recording.interactions if program.recording else ()
    origins = dict.fromkeys(interaction.request.origin for interaction in recorded)
    return replace(program, steps=link(program.steps, observations, givens, origins), givens=givens)
