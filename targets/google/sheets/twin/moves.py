"""What becomes of places and ranges when rows or columns are inserted, deleted or moved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

Json = dict[str, Any]
Dimension = Literal["ROWS", "COLUMNS"]

Move = Callable[[int], int | None]
"""Where the row or column at an index goes; None when it goes away."""
Stretch = Callable[[int, int], tuple[int, int] | None]
"""What becomes of a half-open interval; None when nothing of it is left."""

EDGES: dict[Dimension, tuple[str, str]] = {
    "ROWS": ("startRowIndex", "endRowIndex"),
    "COLUMNS": ("startColumnIndex", "endColumnIndex"),
}
"""The keys of a GridRange that bound it in a dimension."""


def insertion(start: int, count: int) -> tuple[Move, Stretch]:
    """``count`` rows or columns come in before ``start``."""

    def move(index: int) -> int:
        return index + count if index >= start else index

    return move, lambda low, high: (move(low), high + count if high > start else high)


def deletion(start: int, count: int) -> tuple[Move, Stretch]:
    """``count`` rows or columns go away from ``start``."""
    end = start + count

    def move(index: int) -> int | None:
        if index < start:
            return index
        return None if index < end else index - count

    def stretch(low: int, high: int) -> tuple[int, int] | None:
        kept = [bound if bound <= start else max(start, bound - count) for bound in (low, high)]
        return (kept[0], kept[1]) if kept[0] < kept[1] else None

    return move, stretch


def relocation(start: int, count: int, destination: int) -> tuple[Move, Stretch]:
    """``count`` rows or columns go from ``start`` to before ``destination``, as counted before."""
    end = start + count
    by = max(0, destination - end) if destination > start else destination - start

    def move(index: int) -> int:
        if start <= index < end:
            return index + by
        if end <= index < destination:
            return index - count
        return index + count if destination <= index < start else index

    def stretch(low: int, high: int) -> tuple[int, int]:
        ends = sorted((move(low), move(high - 1)))  # a range follows its first and last row
        return (ends[0], ends[1] + 1) if ends[1] - ends[0] == high - 1 - low else (low, high)

    return move, stretch


def stretched(grid_range: Json, dimension: Dimension, stretch: Stretch) -> Json | None:
    """A GridRange after ``stretch`` of one dimension; open ends stay open. None when nothing is left."""
    start, end = EDGES[dimension]
    if start not in grid_range and end not in grid_range:
        return grid_range
    far = 1 << 40
    bounds = stretch(grid_range.get(start, 0), grid_range.get(end, far))
    if bounds is None:
        return None
    values = {start: bounds[0], end: bounds[1]}
    return grid_range | {key: value for key, value in values.items() if key in grid_range}


def with_range(documents: list[Json], dimension: Dimension, stretch: Stretch) -> list[Json]:
    """The documents with their ``range`` stretched; those whose range went away are gone."""
    kept = []
    for document in documents:
        if "range" not in document:
            kept.append(document)
        elif (grid_range := stretched(document["range"], dimension, stretch)) is not None:
            kept.append(document | {"range": grid_range})
    return kept


def with_ranges(rules: list[Json], dimension: Dimension, stretch: Stretch) -> list[Json]:
    """The conditional formats with their ``ranges`` stretched; those without any left are gone."""
    kept = []
    for rule in rules:
        moved = (stretched(grid_range, dimension, stretch) for grid_range in rule.get("ranges", []))
        ranges = [grid_range for grid_range in moved if grid_range is not None]
        if ranges or "ranges" not in rule:
            kept.append(rule | {"ranges": ranges})
    return kept


def groups_after(groups: list[Json], stretch: Stretch) -> list[Json]:
    """The dimension groups with their ``range`` stretched; those whose range went away are gone."""
    kept = []
    for group in groups:
        bounds = stretch(group["range"].get("startIndex", 0), group["range"]["endIndex"])
        if bounds is not None:
            kept.append(group | {"range": group["range"] | {"startIndex": bounds[0], "endIndex": bounds[1]}})
    return kept
