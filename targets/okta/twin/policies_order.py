"""Priorities of policies and rules: what moves when one is put somewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from targets.okta.twin.errors import Malformed
from targets.okta.twin.org import Resource

LAST = 99
"""Priority of the rule that catches all where priorities are free."""


def order(resource: Resource) -> tuple[bool, Any]:
    """Sorts by priority, what belongs to the system last."""
    return bool(resource.get("system")), resource.get("priority", 0)


def placed(all_: Sequence[Resource], one: Resource, wanted: Any, numbered: bool) -> dict[str, int]:
    """New priorities, by id, when ``one`` (which is among ``all_``) is put at ``wanted`` (None: behind the others)."""
    if one.get("system"):
        return {}
    if numbered:
        return _numbered(all_, one, wanted)
    return _free(all_, one, wanted)


def _numbered(all_: Sequence[Resource], one: Resource, wanted: Any) -> dict[str, int]:
    """1, 2, 3 …: a priority beyond the last is the last."""
    others = sorted((other for other in all_ if other["id"] != one["id"]), key=order)
    ordinary = sum(not other.get("system") for other in others)
    place = ordinary if wanted is None else min(max(number(wanted) - 1, 0), ordinary)
    return renumbered([*others[:place], one, *others[place:]])


def renumbered(row: Sequence[Resource]) -> dict[str, int]:
    """1, 2, 3 …, by id."""
    return {other["id"]: place for place, other in enumerate(row, 1)}


def _free(all_: Sequence[Resource], one: Resource, wanted: Any) -> dict[str, int]:
    """What is in the way moves on by one, and so does what is in its way; also the old place of ``one`` counts."""
    ordinary = [other for other in all_ if not other.get("system") and isinstance(other.get("priority"), int)]
    if wanted is None:
        return {one["id"]: max((other["priority"] for other in ordinary), default=0) + 1}
    taken = {other["priority"]: other["id"] for other in ordinary}
    moved, place = {}, number(wanted)
    while place in taken:
        moved[taken[place]] = place + 1
        place += 1
    return {**moved, one["id"]: number(wanted)}


def number(wanted: Any) -> int:
    """A priority that was asked for. Raises Malformed."""
    if not isinstance(wanted, int):
        raise Malformed(f"{wanted!r:.40} is no priority")
    return wanted
