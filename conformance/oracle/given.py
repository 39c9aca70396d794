"""What a twin was given of the things that were there before: that much it can tell again, whatever accounts differ in.

Noise says that a value differs from account to account. A twin that was given this account's value has no choice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from conformance.programs.identity import element_identity
from conformance.programs.model import Given
from conformance.recordings.model import Json

Leaf = tuple[str, str, object]
"""The key of a value, its type, and the value itself."""


class GivenFacts:
    """Values of things by the things' recorded ids, as long as nothing may have changed them."""

    def __init__(self, givens: Sequence[Given] = ()) -> None:
        self._givens = givens
        self._changed: set[str | int] = set()

    @cached_property
    def _known(self) -> Mapping[str | int, set[Leaf]]:
        """Of all that was given, the leaves by each thing that they are in. Most programs never ask."""
        known: dict[str | int, set[Leaf]] = defaultdict(set)
        for given in self._givens:
            _take(known, given.facts, ())
        return known

    def tell(self, within: Sequence[Json], key: object, value: Json) -> bool:
        """Whether a recorded value under ``key`` was given for one of the things that it is told ``within``.

        What names a thing is not told of that thing.
        """
        if not self._givens:
            return False
        leaf = _leaf(str(key), value)
        owners = (found[1] for item in within if (found := element_identity(item)))
        return any(self.know(owner) and owner != value and leaf in self._known[owner] for owner in owners)

    def know(self, thing: str | int) -> bool:
        """Whether a thing was given that nothing has changed since."""
        return bool(self._givens) and thing not in self._changed and thing in self._known

    def forget(self, things: Iterable[str | int]) -> None:
        """These may have changed."""
        self._changed.update(things)


def _take(known: dict[str | int, set[Leaf]], tree: Json, owners: tuple[str | int, ...]) -> None:
    if isinstance(tree, list):
        for member in tree:
            _take(known, member, owners)
    elif isinstance(tree, dict):
        found = element_identity(tree)
        owners = (*owners, found[1]) if found else owners
        for key, value in tree.items():
            if isinstance(value, dict | list):
                _take(known, value, owners)
            for owner in owners:
                known[owner].add(_leaf(key, value))


def _leaf(key: str, value: Json) -> Leaf:
    """Of containers only that they are there."""
    return key, type(value).__name__, None if isinstance(value, dict | list) else value
