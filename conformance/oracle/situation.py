"""The situation of a step: what was asked, and all that was done before to the things it is about.

Two steps with equal situations are recordings of the same behaviour, whatever ids they had and whatever else happened
around them. Reads do not change a situation.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from conformance.programs.model import Call, GivenRef, Program, Ref, Template
from conformance.programs.references import Source, named
from conformance.programs.trees import dotted, leaves, map_leaves

FreeArguments = frozenset[tuple[str, str]]
"""Arguments that a service only echoes: operation and dotted path."""


def situations(program: Program, free: FreeArguments = frozenset()) -> list[str]:
    """A hash for each step, in which the texts of ``free`` arguments do not count. Linear in the arguments' size."""
    history = _History(program.name, free)
    return [history.step(place, step.call) for place, step in enumerate(program.steps)]


Root = int | tuple[str, str, str | int]
"""A thing: the step of the program that made it, or (``found``, program, recorded id)."""


@dataclass(frozen=True)
class Footprint:
    """What a step is about: the things it touches, and the hashes of their states before and after it.

    A step that names nothing touches what it makes, if it writes; else it has no roots.
    """

    situation: str
    roots: tuple[Root, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    writes: bool


def footprints(program: Program, free: FreeArguments = frozenset()) -> list[Footprint]:
    """The footprint of each step. Linear in the arguments' size."""
    history = _History(program.name, free)
    return [history.footprint(place, step.call) for place, step in enumerate(program.steps)]


class _History:
    """State hashes of the things a program touches. A thing is known by the step that made it, or as a given."""

    def __init__(self, name: str, free: FreeArguments) -> None:
        self._name = name
        self._free = free
        self._roots: dict[int, set[Root]] = {}
        self._state: dict[Root, str] = {}
        self._finders: set[int] = set()
        self._situations: list[str] = []

    def step(self, place: int, call: Call) -> str:
        """The situation of this step; afterwards its effects are part of the history."""
        roots = self._touched(call)
        lost = [self._name, place] if call.unrepeatable else []  # who knows what was asked: it is like no other
        situation = _hash([call.target, call.operation, self._normal(call), call.extra_query, *lost])
        self._situations.append(situation)
        self._roots[place] = roots or {place}
        if call.reads:
            if not roots:
                self._finders.add(place)
        else:
            for root in self._roots[place]:
                self._state[root] = _hash([self._state.get(root, ""), situation])
        return situation

    def footprint(self, place: int, call: Call) -> Footprint:
        """As ``step``, with the things that are touched."""
        writes = not call.reads
        roots = sorted(self._touched(call), key=repr) or ([place] if writes else [])
        before = tuple(self._state.get(root, "") for root in roots)
        situation = self.step(place, call)
        after = tuple(self._state.get(root, "") for root in roots)
        return Footprint(situation, tuple(roots), before, after, writes)

    def _touched(self, call: Call) -> set[Root]:
        roots: set[Root] = set()
        for source in named(call):
            roots |= self._roots_of(source)
        return roots

    def _roots_of(self, source: Source) -> set[Root]:
        """What a read merely found is a thing of its own, like a given."""
        if isinstance(source, Ref) and source.step not in self._finders:
            return self._roots[source.step]
        return {self._found(source)}

    def _found(self, source: Source) -> Root:
        """The initial state of a thing that the program did not make is known only within its own recording."""
        root = ("found", self._name, source.recorded)
        self._state.setdefault(root, _hash(list(root)))
        return root

    def _normal(self, call: Call) -> Any:
        if not self._free:
            return map_leaves(call.arguments, lambda _, leaf: self._normal_leaf(leaf))
        return [
            (dotted(path), {} if (call.operation, dotted(path)) in self._free else self._normal_leaf(leaf))
            for path, leaf in leaves(call.arguments)
        ]

    def _normal_leaf(self, leaf: Any) -> Any:
        if isinstance(leaf, (Ref, GivenRef)):
            return self._normal_reference(leaf)
        if isinstance(leaf, Template):
            return [self._normal_leaf(part) for part in leaf.parts]
        return leaf

    def _normal_reference(self, source: Source) -> Any:
        """Which step made it, and what became since of the thing it belongs to."""
        states = sorted(self._state.get(root, "") for root in self._roots_of(source))
        if isinstance(source, GivenRef) or source.step in self._finders:
            return {"found": states}
        return {"made by": self._situations[source.step], "path": list(source.path), "now": states}


def _hash(value: Mapping[str, Any] | list[Any]) -> str:
    return blake2b(json.dumps(value, sort_keys=True, default=str).encode(), digest_size=12).hexdigest()
