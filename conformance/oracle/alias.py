"""Aliases: which live value stands for which recorded one. A bijection per program."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from conformance.programs.identity import Identity


class Aliases:
    """Recorded ↔ live values of one program. Binding and look-up are O(1)."""

    def __init__(self) -> None:
        self._live: dict[Identity, str | int] = {}
        self._recorded: dict[Identity, str | int] = {}
        self._texts: set[tuple[str, str]] = set()

    def bind(self, namespace: str, recorded: str | int, live: str | int) -> bool:
        """Bind both ways at first appearance; False if either stands for something else already."""
        known = self._live.get((namespace, recorded))
        if known is not None:
            return known == live
        if (namespace, live) in self._recorded:
            return False
        self._live[namespace, recorded] = live
        self._recorded[namespace, live] = recorded
        self._texts.add((str(recorded), str(live)))
        return True

    def stays(self, namespace: str, recorded: str | int, live: str | int) -> bool:
        """Bind one way only: the same recorded value is the same live one, but others may be equal to it."""
        return self._live.setdefault((namespace, recorded), live) == live

    def forget(self, namespace: str, recorded: str | int) -> None:
        """Unbind a recorded value, if it is bound."""
        live = self._live.pop((namespace, recorded), None)
        if live is not None:
            self._recorded.pop((namespace, live), None)
            self._texts.discard((str(recorded), str(live)))

    def live(self, namespace: str, recorded: str | int) -> str | int | None:
        """The live value bound to a recorded one."""
        return self._live.get((namespace, recorded))

    def same_text(self, recorded: str, live: str) -> bool:
        """Whether one stands for the other in any namespace, written as text: a number in a URL."""
        return (recorded, live) in self._texts

    def recorded(self, namespace: str, live: str | int) -> str | int | None:
        """The recorded value that a live one stands for."""
        return self._recorded.get((namespace, live))


OVERLAP = timedelta(seconds=10)
"""How long a client's parallel calls may take: moments of different calls within it come in any order."""


@dataclass(frozen=True)
class _Pair:
    """One moment in both worlds, and who told it first: a step, and a thing in the list that it told."""

    recorded: datetime
    live: datetime
    told_by: tuple[int, int]


class Timeline:
    """Moments of one program in both worlds: what came first when recorded may not come last in the twin.

    Clients make calls in parallel, and a recording has them one after the other: what a later step tells may have
    happened up to OVERLAP before what an earlier step told. The things in a list came about by calls of their own,
    so this holds between any two of them.
    """

    def __init__(self) -> None:
        self._pairs: list[_Pair] = []
        self._excused: set[tuple[datetime, datetime]] = set()
        """Pairs that contradict others and may: told again, they still do."""
        self._last: dict[object, tuple[datetime, datetime]] = {}
        self._told_by = (0, 0)

    def begin_step(self) -> None:
        """What comes now is told by another step than what came before."""
        self._told_by = (self._told_by[0] + 1, 0)

    def begin_thing(self) -> None:
        """What comes now is told of another thing in a list than what came before."""
        self._told_by = (self._told_by[0], self._told_by[1] + 1)

    def advances(self, what: object, recorded: datetime, live: datetime, *, paced: bool = False) -> bool:
        """Note the moment at one place of one thing; False if it moved on when recorded, and stands still now.

        A quick twin may show the same whole second twice, unless it is ``paced``.
        """
        before = self._last.get(what)
        if before is None or before[0] != recorded:
            self._last[what] = (recorded, live)  # what a write shows late stands since then
        moved = before is not None and before[0] < recorded and (paced or bool(recorded.microsecond))
        return not (moved and before is not None and before[1] == live)

    def fits(self, recorded: datetime, live: datetime) -> bool:
        """Note a pair of moments; False if its order contradicts an earlier pair. O(log n) comparisons, but for those
        of parallel calls."""
        first = bisect_left(self._pairs, recorded, key=_recorded)
        after = bisect_right(self._pairs, recorded, lo=first, key=_recorded)
        if first and self._pairs[first - 1].live > live:
            return self._excuse(self._beside(first, recorded, live), recorded, live)
        if after < len(self._pairs) and self._pairs[after].live < live:
            return self._excuse(self._overlaps(after, recorded, live), recorded, live)
        known = self._pairs[first:after]
        if all(pair.live != live for pair in known):
            self._pairs.insert(first + sum(pair.live < live for pair in known), _Pair(recorded, live, self._told_by))
        return True

    def _excuse(self, may: bool, recorded: datetime, live: datetime) -> bool:
        """Whether a pair that contradicts others is excused, now or before."""
        if may:
            self._excused.add((recorded, live))
        return (recorded, live) in self._excused

    def _overlaps(self, after: int, recorded: datetime, live: datetime) -> bool:
        """Whether all that contradicts the pair was told by other steps, and may have happened at the same time."""
        for pair in self._pairs[after:]:
            if pair.live >= live:
                return True
            if pair.told_by == self._told_by or pair.recorded - recorded > OVERLAP:
                return False
        return True

    def _beside(self, first: int, recorded: datetime, live: datetime) -> bool:
        """Whether all that contradicts the pair was told of other things in the same list, and at the same time."""
        for pair in reversed(self._pairs[:first]):
            if pair.live <= live:
                return True
            same_list = pair.told_by[0] == self._told_by[0] and pair.told_by != self._told_by
            if not same_list or recorded - pair.recorded > OVERLAP:
                return False
        return True


_recorded = attrgetter("recorded")
