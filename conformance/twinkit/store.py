"""State of a twin in memory, with snapshot and reset, and the two sources of what is new: time and ids."""

from __future__ import annotations

import io
import pickle
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

URL_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
EPOCH = datetime(2010, 1, 4, 9, 0, 0, tzinfo=UTC)
"""Before anything was recorded, so that a clock which only goes forward can be set to the date of any recording."""


class Clock:
    """A clock that never stands still and never goes back: every reading is at least 1 ms after the last.

    It does not follow the machine's clock, so that two runs see the same times.
    """

    def __init__(self, start: datetime = EPOCH) -> None:
        self.moment = start

    def now(self) -> datetime:
        """The time, UTC, in whole milliseconds."""
        self.moment += timedelta(milliseconds=1)
        return self.moment

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.moment += timedelta(seconds=max(0.0, seconds))

    def set(self, moment: datetime) -> None:
        """Move to ``moment`` if it is later than now."""
        self.moment = max(self.moment, moment)


class Ids:
    """A seeded source of identifiers: unique within a twin, the same in every run."""

    def __init__(self, seed: int = 0) -> None:
        self.dice = random.Random(seed)
        self._taken: set[str | int] = set()

    def token(self, length: int, alphabet: str = URL_SAFE, prefix: str = "") -> str:
        """A new string of ``length`` characters (``prefix`` included)."""
        while True:
            token = prefix + "".join(self.dice.choices(alphabet, k=length - len(prefix)))
            if self.reserve(token):
                return token

    def number(self, low: int, high: int) -> int:
        """A new integer between ``low`` and ``high``, both included."""
        while True:
            number = self.dice.randint(low, high)
            if self.reserve(number):
                return number

    def reserve(self, value: str | int) -> bool:
        """Mark ``value`` as taken; False if it was already."""
        if value in self._taken:
            return False
        self._taken.add(value)
        return True


class Store:
    """The states of all services of a twin, by state key; after a reset it is ``start``."""

    def __init__(self, factories: dict[str, Callable[[Clock, Ids], Any]], start: datetime = EPOCH) -> None:
        self._factories = factories
        self._start = start
        self._snapshots: dict[str, bytes] = {}
        self.clock = Clock(self._start)
        self._states: dict[str, Any] = {}
        self.reset()

    def __getitem__(self, key: str) -> Any:
        return self._states[key]

    def reset(self, snapshot: str | None = None) -> None:
        """Go back to the empty state, or to a snapshot. Raises KeyError for one that was never taken."""
        if snapshot is not None:
            self.clock, self._ids, self._states = pickle.loads(self._snapshots[snapshot])
            return
        self.clock = Clock(self._start)
        self._ids = Ids()
        self._states = {key: make(self.clock, self._ids) for key, make in self._factories.items()}

    def snapshot(self) -> str:
        """Keep the present state and return the name to reset to."""
        name = f"snapshot-{len(self._snapshots) + 1}"
        self._snapshots[name] = self.freeze()
        return name

    def freeze(self) -> bytes:
        """The present state as bytes (clock and ids included, so that what follows repeats too)."""
        return pickle.dumps((self.clock, self._ids, self._states), protocol=pickle.HIGHEST_PROTOCOL)

    def keep(self) -> bytes:
        """The present states as bytes, without time and ids."""
        kept = io.BytesIO()
        _Keeper(kept, pickle.HIGHEST_PROTOCOL).dump(self._states)
        return kept.getvalue()

    def put_back(self, kept: bytes) -> None:
        """Make the states as they were kept; time goes on, and no id comes twice."""
        finder = _Finder(io.BytesIO(kept))
        finder.sources = self._sources()
        self._states = finder.load()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """What happens within takes no time, and takes no id away from what comes after."""
        now, dice = self.clock.moment, self._ids.dice
        self._ids.dice = random.Random(repr(dice.getstate()))
        try:
            yield
        finally:
            self.clock.moment, self._ids.dice = now, dice

    def _sources(self) -> dict[str, Any]:
        return {"Clock": self.clock, "Ids": self._ids}


class _Keeper(pickle.Pickler):
    """Names the sources of what is new instead of keeping them."""

    def persistent_id(self, obj: Any) -> str | None:
        return type(obj).__name__ if isinstance(obj, Clock | Ids) else None


class _Finder(pickle.Unpickler):
    sources: dict[str, Any]

    def persistent_load(self, pid: str) -> Any:
        return self.sources[pid]
