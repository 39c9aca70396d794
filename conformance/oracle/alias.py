"""Aliases: which live value stands for which recorded one. A bijection per program."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import datetime
from operator import itemgetter

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


class Timeline:
    """Moments of one program in both worlds: what came first when recorded may not come last in the twin."""

    def __init__(self) -> None:
        self._moments: list[tuple[datetime, datetime]] = []
        self._last: dict[object, tuple[datetime, datetime]] = {}

    def advances(self, what: object, recorded: datetime, live: datetime) -> bool:
        """Note the moment at one place of one thing; False if it moved on when recorded, and stands still now."""
        before = self._last.get(what)
        self._last[what] = (recorded, live)
        moved = before is not None and before[0] < recorded and bool(recorded.microsecond)
        return not (moved and before is not None and before[1] == live)

    def fits(self, recorded: datetime, live: datetime) -> bool:
        """Note a pair of moments; False if its order contradicts an earlier pair. O(log n) comparisons."""
        first = bisect_left(self._moments, recorded, key=_recorded)
        after = bisect_right(self._moments, recorded, lo=first, key=_recorded)
        if first and self._moments[first - 1][1] > live:
            return False
        if after < len(self._moments) and self._moments[after][1] < live:
            return False
        pair = (recorded, live)
        place = bisect_left(self._moments, pair, first, after)
        if place == after or self._moments[place] != pair:
            self._moments.insert(place, pair)
        return True


_recorded = itemgetter(0)
