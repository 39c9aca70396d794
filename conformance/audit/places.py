"""Places in JSON documents: where a fault can be, for all elements of a list alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.recordings.model import Json

Place = tuple[str, ...]
"""Keys from the root; ``[]`` stands for every element of a list."""

EACH = "[]"
Slot = tuple[Any, Any]
"""A container and the key or index of one of its members."""


def shown(place: Place) -> str:
    """``files[].name``."""
    return ".".join(place).replace(f".{EACH}", EACH)


def slots(tree: Json, place: Place) -> Iterator[Slot]:
    """Where the tree has this place. The members may be changed meanwhile, the containers not."""
    for key in _keys(tree, place[0]) if place else ():
        if len(place) == 1:
            yield tree, key
        else:
            yield from slots(tree[key], place[1:])


def _keys(tree: Json, part: str) -> list[Any]:
    if isinstance(tree, list):
        return list(range(len(tree))) if part == EACH else []
    return [part] if isinstance(tree, dict) and part in tree else []


def values(tree: Json, place: Place) -> list[Json]:
    """All that stands at a place; the tree itself at the empty one."""
    return [holder[key] for holder, key in slots(tree, place)] if place else [tree]


def nodes(tree: Json, place: Place = ()) -> Iterator[tuple[Place, Json]]:
    """Every member of the tree, containers and scalars, with its place."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield (*place, key), value
            yield from nodes(value, (*place, key))
    elif isinstance(tree, list):
        for value in tree:
            yield (*place, EACH), value
            yield from nodes(value, (*place, EACH))


def name_of(place: Place) -> str:
    """The last key that is a name."""
    return next((part for part in reversed(place) if part != EACH), "")
