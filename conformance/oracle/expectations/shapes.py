"""Which fields an object has, and what decides it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from conformance.oracle.expectations.facts import Shape

MOST_VALUES = 12
"""A feature with more values than this decides nothing."""

ALIKE = 0.75
"""Share of common fields from which objects are of one type."""

Masks = tuple[int, int]
"""Recordings that show the field, and recordings that lack it."""


@dataclass(frozen=True)
class Finding:
    """Whether a field was there, by the recordings in scope. ``condition`` is what decides it, "" for nothing."""

    present: int
    absent: int
    condition: str = ""


class Shapes:
    """All shapes seen at one place."""

    def __init__(self) -> None:
        self._rows: dict[Shape, int] = {}
        self.keys: frozenset[str] = frozenset()
        self._counts: dict[tuple[str, bool], Masks] = {}
        self._all: dict[Shape, int] = {}
        self._kinds: dict[str, dict[str, int]] = {}
        self._deciding: tuple[str, ...] = ()
        self._splits: dict[tuple[str, bool, str], dict[str, Masks]] = {}

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_splits": {}}

    def add(self, shapes: Iterable[Shape], bit: int) -> None:
        """Note what one recording shows."""
        rows = self._rows
        for shape in shapes:
            rows[shape] = rows.get(shape, 0) | bit

    def conclude(self) -> None:
        """Forget what cannot matter, and count."""
        self.keys = frozenset().union(*(shape.keys for shape in self._rows))
        telling = self._telling()
        rows: dict[Shape, int] = {}
        for shape, mask in self._rows.items():
            short = Shape(shape.keys, shape.sent & self.keys, frozenset(f for f in shape.features if f[0] in telling))
            rows[short] = rows.get(short, 0) | mask
        self._all = {Shape(s.keys, s.sent & self.keys, s.features): 0 for s in self._rows}
        for shape, mask in self._rows.items():
            self._all[Shape(shape.keys, shape.sent & self.keys, shape.features)] |= mask
        self._rows = rows
        counts: dict[tuple[str, bool], list[int]] = {}
        for shape, mask in rows.items():
            for key in self.keys:
                counts.setdefault((key, key in shape.sent), [0, 0])[key not in shape.keys] |= mask
        self._counts = {key: (present, absent) for key, (present, absent) in counts.items()}
        self._kinds = self._kinds_known()
        self._deciding = tuple(sorted({name for shape in rows for name, _ in shape.features}))

    def _kinds_known(self) -> dict[str, dict[str, int]]:
        """Features that tell kinds apart, with the recordings that show each value."""
        return {name: known for name, known in _values(self._all).items() if is_vocabulary(known.values())}

    def unknown_kind(self, shape: Shape, scope: int) -> bool:
        """Whether a feature that tells kinds apart has a value that no recording in scope shows."""
        for name, value in shape.features:
            known = None if name.startswith("?") else self._kinds.get(name)
            if known is not None and value != "…" and not known.get(value, 0) & scope:
                return True
        return False

    def _telling(self) -> set[str]:
        """Features that might decide something: there are fields that come and go, and few values, not all alike."""
        if all(shape.keys == self.keys for shape in self._rows):
            return set()
        values: dict[str, dict[str, int]] = {}
        everywhere: dict[str, int] = {}
        for shape, mask in self._rows.items():
            for name, value in shape.features:
                known = values.setdefault(name, {})
                known[value] = known.get(value, 0) | mask
                everywhere[name] = everywhere.get(name, 0) + 1
        return {
            name
            for name, known in values.items()
            if len(known) <= MOST_VALUES
            and (len(known) > 1 or everywhere[name] < len(self._rows))
            and any(mask & (mask - 1) for mask in known.values())
        }

    def counts(self, key: str, shape: Shape) -> Masks:
        """The recordings that show a field, and those that lack it, whatever decides it."""
        return self._counts.get((key, key in shape.sent), (0, 0))

    def find(self, key: str, shape: Shape, scope: int) -> Finding:
        """Whether recordings in ``scope`` show ``key`` in circumstances like those of ``shape``."""
        sent = key in shape.sent
        present, absent = self.counts(key, shape)
        present, absent = present & scope, absent & scope
        found = Finding(present, absent)
        if present and absent:
            found = self._by_condition(key, sent, shape, scope) or found
        return found

    def unlike(self, key: str, shape: Shape, found: Finding, scope: int) -> bool:
        """Whether ``shape`` is of another kind than all that are evidence for a finding."""
        rows = {
            row: mask & scope
            for row, mask in self._all.items()
            if mask & scope & found.present and (key in row.sent) == (key in shape.sent) and key in row.keys
        }
        name, _, value = found.condition.partition(" = ")
        if name:
            rows = {row: mask for row, mask in rows.items() if dict(row.features).get(name, "(none)") == value}
        known = _values(rows)
        return any(
            feature in known and value not in known[feature] and is_vocabulary(known[feature].values())
            for feature, value in shape.features
            if value != "…"
        )

    def _by_condition(self, key: str, sent: bool, shape: Shape, scope: int) -> Finding | None:
        """The finding for the value of a feature that splits presence cleanly, the one with most evidence."""
        own = dict(shape.features)
        best: Finding | None = None
        for name in self._deciding:
            split = self._split(key, sent, name)
            present, absent = split.get(own.get(name, ""), (0, 0))
            present, absent = present & scope, absent & scope
            mine = present | absent
            value = own.get(name, "")
            if not mine or (present and absent) or not (value or name.startswith("?")) or not _clean(split, scope):
                continue
            if best is None or mine.bit_count() > (best.present | best.absent).bit_count():
                best = Finding(present, absent, f"{name} = {own.get(name) or '(none)'}")
        return best

    def _split(self, key: str, sent: bool, name: str) -> dict[str, Masks]:
        known = self._splits.get((key, sent, name))
        if known is None:
            known = {}
            for shape, mask in self._rows.items():
                if (key in shape.sent) == sent:
                    value = next((value for feature, value in shape.features if feature == name), "")
                    present, absent = known.get(value, (0, 0))
                    has = key in shape.keys
                    known[value] = (present | mask, absent) if has else (present, absent | mask)
            self._splits[key, sent, name] = known
        return known

    def alike(self, other: Shapes) -> bool:
        """Whether the objects seen at two places look like one type: they have nearly all fields in common."""
        return len(self.keys & other.keys) >= ALIKE * len(self.keys | other.keys)

    def masks(self) -> Iterable[tuple[str, bool, int, int]]:
        """Field, whether it was sent, recordings that show it, recordings that lack it."""
        for (key, sent), (present, absent) in self._counts.items():
            yield key, sent, present, absent


def _values(rows: Mapping[Shape, int]) -> dict[str, dict[str, int]]:
    """The values of each feature with the recordings that show them."""
    values: dict[str, dict[str, int]] = {}
    for shape, mask in rows.items():
        for name, value in shape.features:
            known = values.setdefault(name, {})
            known[value] = known.get(value, 0) | mask
    return values


def is_vocabulary(masks: Collection[int]) -> bool:
    """Whether values with these recordings are words of a vocabulary: few, and most of them seen again and again."""
    once = sum(not mask & (mask - 1) for mask in masks)
    return len(masks) <= MOST_VALUES and once * 2 <= len(masks)


def _clean(split: dict[str, Masks], scope: int) -> bool:
    return not any(present & scope and absent & scope for present, absent in split.values())
