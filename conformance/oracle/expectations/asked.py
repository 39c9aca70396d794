"""What a call asks for, as far as it may decide what the answer looks like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.oracle.expectations.strings import is_word, names_in_mask
from conformance.oracle.expectations.things import plain
from conformance.programs.model import Call, PathKey
from conformance.programs.trees import dotted, last_key, leaves, type_name
from conformance.recordings.model import Json

MOST_ASKED = 1000
"""Numbers up to this may say how many elements a list shall have."""


@dataclass(frozen=True)
class Argument:
    """One leaf of the arguments, with its dotted path and the list indexes in it."""

    path: str
    indexes: PathKey
    value: Any


@dataclass
class Asked:
    """What a call asks: arguments by name, what its path names, and what may decide the shape of the answer."""

    by_name: dict[str, list[Argument]] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    features: frozenset[tuple[str, str]] = frozenset()
    mask: str = ""
    """Arguments that list the fields wanted: they decide everything about shapes."""
    numbers: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, call: Call, variant: str, names: frozenset[str], roles: Mapping[str, str]) -> Asked:
        """Sort the arguments of a call with concrete arguments.

        ``names`` are those of the fields in the answer, ``roles`` what the target declares parameters to mean.
        """
        asked = cls()
        features = {("variant", variant)} if variant else set()
        for path, value in leaves(call.arguments):
            indexes = tuple(part for part in path if isinstance(part, int))
            asked.by_name.setdefault(last_key(path), []).append(Argument(dotted(path), indexes, value))
            top = str(path[0])
            if f"{{{top}}}" in call.operation:
                asked.named[top] = plain(value)
            elif top != "body":
                asked._take_parameter(top, plain(value), features, names, roles.get(top, ""))
        asked.features = frozenset(features)
        return asked

    def _take_parameter(
        self, name: str, text: str, features: set[tuple[str, str]], names: frozenset[str], role: str
    ) -> None:
        if text.isdecimal():
            if 0 < int(text) <= MOST_ASKED:
                self.numbers[name] = int(text)
            return
        listed = names_in_mask(text)
        if role == "projection" or (listed and len(listed & names) * 2 >= len(listed)):
            self.mask += f" [{name}={text}]"
        else:
            features.add((f"?{name}", text if is_word(text) else "…"))


def members_sent(operation: str, sent: Mapping[PathKey, Any]) -> frozenset[str]:
    """Path and type of all leaves that a call sends, without those that its path names."""
    own = ((path, value) for path, value in sent.items() if f"{{{path[0]}}}" not in operation)
    return frozenset(f"{dotted(path)}: {type_name(value)}" for path, value in own)


def names_in(tree: Json) -> frozenset[str]:
    """Names of all fields in a tree (of lists the first elements count)."""
    if isinstance(tree, dict):
        return frozenset(tree).union(*map(names_in, tree.values()))
    return frozenset().union(*map(names_in, tree[:2])) if isinstance(tree, list) else frozenset()
