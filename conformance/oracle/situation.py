"""The situation of a step: what was asked, and all that was done before to the things it is about.

Two steps with equal situations are recordings of the same behaviour, whatever ids they had and whatever else happened
around them. Reads do not change a situation.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from conformance.programs.model import Call, GivenRef, Program, Ref, Template
from conformance.programs.references import references
from conformance.programs.trees import dotted, map_leaves

READS = ("GET ", "HEAD ")


def situations(program: Program) -> list[str]:
    """A hash for each step. Linear in the size of the program's arguments."""
    history = _History(program.name)
    return [history.step(place, step.call) for place, step in enumerate(program.steps)]


class _History:
    """State hashes of the things a program touches. A thing is known by the step that made it, or as a given."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._roots: dict[int, set[object]] = {}
        self._state: dict[object, str] = {}

    def step(self, place: int, call: Call) -> str:
        """The situation of this step; afterwards its effects are part of the history."""
        roots = self._touched(call)
        situation = _hash([call.target, call.operation, self._normal(call), call.extra_query])
        self._roots[place] = roots or {place}
        if not call.operation.startswith(READS):
            for root in self._roots[place]:
                self._state[root] = _hash([self._state.get(root, ""), situation])
        return situation

    def _touched(self, call: Call) -> set[object]:
        roots: set[object] = set()
        for source in references(call):
            roots |= self._roots[source.step] if isinstance(source, Ref) else {self._given(source)}
        return roots

    def _given(self, source: GivenRef) -> object:
        """A given's initial state is known only within its own recording."""
        root = ("given", self._name, source.recorded)
        self._state.setdefault(root, _hash(list(root)))
        return root

    def _normal(self, call: Call) -> Any:
        return map_leaves(call.arguments, lambda _, leaf: self._normal_leaf(leaf))

    def _normal_leaf(self, leaf: Any) -> Any:
        if isinstance(leaf, Ref):
            states = sorted(self._state.get(root, "") for root in self._roots[leaf.step])
            return {"ref": states, "path": dotted(leaf.path)}
        if isinstance(leaf, GivenRef):
            return {"given": self._state[self._given(leaf)]}
        if isinstance(leaf, Template):
            return [self._normal_leaf(part) for part in leaf.parts]
        return leaf


def _hash(value: Mapping[str, Any] | list[Any]) -> str:
    return blake2b(json.dumps(value, sort_keys=True, default=str).encode(), digest_size=12).hexdigest()
