"""Laws that a target declares: how answers to different calls hang together, whatever the program.

A law is first checked on the recordings. It counts only where they bear it out: they could have contradicted it, more
than once, and never did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from conformance.oracle.findings import ABSENT, short
from conformance.oracle.verdict import Axis, Deviation
from conformance.programs.model import Call, Observation, PathKey, Trace
from conformance.programs.references import resolve
from conformance.programs.trees import follow
from conformance.recordings.model import Json

MIN_CHECKS = 3
"""So often the recordings must have been able to contradict a law."""

Check = Deviation | None
"""One application of a law: what contradicts it, None if nothing does."""


class Watch(Protocol):
    """A law at work in one program."""

    def step(self, call: Call, seen: Observation) -> Iterator[Check]:
        """Every application of the law to this answer; afterwards it is part of the history."""
        ...


class Law(Protocol):
    """A declared law."""

    @property
    def name(self) -> str:
        """What reports call it."""
        ...

    def watch(self) -> Watch:
        """The law for one program."""
        ...


@dataclass(frozen=True)
class Listing:
    """A call that lists things: where its answer has them, their ids, and the cursor of the next page.

    ``harmless`` are arguments that leave all things in the list; with any other the list may lack some. ``cursor``
    is the argument that continues a list.
    """

    operation: str
    items: str
    id: str
    next: str
    cursor: str
    harmless: frozenset[str] = frozenset()

    def ids(self, seen: Observation) -> list[Any] | None:
        """Ids in an answer; None where it does not show them all."""
        items = follow(seen.body, (self.items,))
        if seen.status != 200 or not isinstance(items, list):
            return None
        ids = [item.get(self.id) for item in items if isinstance(item, dict)]
        return ids if len(ids) == len(items) and None not in ids else None

    def whole(self, call: Call, seen: Observation) -> bool:
        """Whether the answer is all of the list."""
        return call.arguments.keys() <= self.harmless and not follow(seen.body, (self.next,))


@dataclass(frozen=True)
class Lives:
    """How things come and go: operations that make one with the place of its id, operations that take one away."""

    made: Mapping[str, PathKey]
    gone: Mapping[str, str]

    def note(self, call: Call, seen: Observation, alive: dict[Any, bool]) -> None:
        """Keep ``alive`` up to date: True for things that are there, False for those that were taken away."""
        if not 200 <= (seen.status or 0) < 300 or seen.error is not None:
            return
        if call.operation in self.made:
            made = follow(seen.body, self.made[call.operation])
            if made is not None:
                alive[made] = True
        if call.operation in self.gone:
            alive[call.arguments.get(self.gone[call.operation])] = False


@dataclass(frozen=True)
class ListsWhatIsThere:
    """A whole list has what was made, and nothing that was taken away."""

    name: str
    listing: Listing
    lives: Lives

    def watch(self) -> Watch:
        """See Law."""
        return _ListsWatch(self)


class _ListsWatch:
    def __init__(self, law: ListsWhatIsThere) -> None:
        self._law = law
        self._alive: dict[Any, bool] = {}

    def step(self, call: Call, seen: Observation) -> Iterator[Check]:
        listing = self._law.listing
        if call.operation == listing.operation and (ids := listing.ids(seen)) is not None:
            path = f"{listing.items}[]"
            for thing, there in self._alive.items():
                if there and listing.whole(call, seen):
                    yield None if thing in ids else Deviation(Axis.STATE, path, short(thing), ABSENT)
                elif not there:
                    yield Deviation(Axis.STATE, path, ABSENT, short(thing)) if thing in ids else None
        self._law.lives.note(call, seen, self._alive)


@dataclass(frozen=True)
class PagesShare:
    """Pages of one list have nothing in common."""

    name: str
    listing: Listing

    def watch(self) -> Watch:
        """See Law."""
        return _PagesWatch(self.listing)


class _PagesWatch:
    def __init__(self, listing: Listing) -> None:
        self._listing = listing
        self._before: dict[Any, frozenset[Any]] = {}

    def step(self, call: Call, seen: Observation) -> Iterator[Check]:
        listing = self._listing
        if call.operation != listing.operation or (ids := listing.ids(seen)) is None:
            return
        known = self._before.get(call.arguments.get(listing.cursor), frozenset())
        path = f"{listing.items}[]"
        if known:
            again = next((one for one in ids if one in known), None)
            yield None if again is None else Deviation(Axis.PAGING, path, "what no page before had", short(again))
        following = follow(seen.body, (listing.next,))
        if following:
            self._before[following] = known | set(ids)


@dataclass(frozen=True)
class GoneIsGone:
    """What was taken away is answered with ``status`` by calls that name it (``readers``: operation → argument)."""

    name: str
    lives: Lives
    readers: Mapping[str, str]
    status: int

    def watch(self) -> Watch:
        """See Law."""
        return _GoneWatch(self)


class _GoneWatch:
    def __init__(self, law: GoneIsGone) -> None:
        self._law = law
        self._alive: dict[Any, bool] = {}

    def step(self, call: Call, seen: Observation) -> Iterator[Check]:
        argument = self._law.readers.get(call.operation)
        if argument and self._alive.get(call.arguments.get(argument)) is False and seen.status is not None:
            right = seen.status == self._law.status
            yield None if right else Deviation(Axis.OUTCOME, "", str(self._law.status), str(seen.status))
        self._law.lives.note(call, seen, self._alive)


@dataclass(frozen=True)
class FilterHolds:
    """What a filtered list shows satisfies the filter.

    ``satisfies`` takes the filter and an item, and says True or False, or None where it cannot tell.
    """

    name: str
    operation: str
    argument: str
    items: str
    satisfies: Callable[[str, Json], bool | None]

    def watch(self) -> Watch:
        """See Law."""
        return _FilterWatch(self)


class _FilterWatch:
    def __init__(self, law: FilterHolds) -> None:
        self._law = law

    def step(self, call: Call, seen: Observation) -> Iterator[Check]:
        law = self._law
        wanted = call.arguments.get(law.argument)
        items = follow(seen.body, (law.items,))
        if call.operation != law.operation or seen.status != 200 or not wanted or not isinstance(items, list):
            return
        for item in items:
            satisfied = law.satisfies(wanted, item)
            if satisfied is not None:
                yield None if satisfied else Deviation(Axis.VALUE, f"{law.items}[]", f"satisfies {wanted}", short(item))


def borne_out(laws: Iterable[Law], traces: Iterable[Trace]) -> tuple[Law, ...]:
    """The laws that count. Linear in the number of steps and laws."""
    known = [
        [(resolve(step.call, lambda source: source.recorded), seen) for step, seen in _steps(trace)] for trace in traces
    ]
    return tuple(law for law in laws if _borne_out(law, known))


def _steps(trace: Trace) -> Iterable[tuple[Any, Observation]]:
    return zip(trace.program.steps, trace.observations, strict=True)


def _borne_out(law: Law, known: Iterable[list[tuple[Call, Observation]]]) -> bool:
    checks = 0
    for history in known:
        watch = law.watch()
        for call, seen in history:
            for check in watch.step(call, seen):
                if check is not None:
                    return False
                checks += 1
    return checks >= MIN_CHECKS
