"""Expectations: all questions that were asked, who answered them, and how strong that makes a rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from conformance.oracle.expectations.facts import Kind, Question, Shape
from conformance.oracle.expectations.periods import Periods
from conformance.oracle.expectations.shapes import Shapes
from conformance.oracle.expectations.sources import Source
from conformance.oracle.verdict import Behaviour

Mask = int
"""A set of recordings: bit ``i`` stands for ``Expectations.sources[i]``."""

EXPECTED: Mapping[Kind, Hashable] = {
    Kind.ECHO: "same",
    Kind.NAMED: "same",
    Kind.KEPT: "same",
    Kind.LINK: "contains it",
    Kind.LIMIT: "up to it",
    Kind.UNIQUE: "unique",
    Kind.FRESH: "new",
}
"""Questions that make a rule only where all recordings gave this answer."""


@dataclass
class Part:
    """What one recording says: the answers it gives to each question, the shapes of its objects, its behaviours."""

    answers: dict[Question, set[Hashable]] = field(default_factory=lambda: defaultdict(set))
    shapes: dict[str, set[Shape]] = field(default_factory=lambda: defaultdict(set))
    behaviours: set[Behaviour] = field(default_factory=set)


@dataclass(frozen=True)
class Expectation:
    """What is known of one behaviour: the recordings that show it. What is expected in detail: see rules.

    ``groups`` counts independent recordings; ``outdated``: only recordings show it that those of today do not bear out.
    """

    behaviour: Behaviour
    recordings: tuple[Source, ...]
    groups: int
    outdated: bool

    @property
    def dates(self) -> tuple[str, str]:
        """First and last date of the evidence, "" if unknown."""
        dates = sorted(source.date for source in self.recordings if source.date)
        return (dates[0], dates[-1]) if dates else ("", "")


class Expectations:
    """What all recordings say. Picklable; made of parts (see learn)."""

    def __init__(self) -> None:
        self.sources: list[Source] = []
        self.answers: dict[Question, dict[Hashable, Mask]] = {}
        self.shapes: dict[str, Shapes] = {}
        self.seen: dict[Behaviour, Mask] = {}
        self.periods = Periods()
        self._counted: dict[Mask, int] = {}
        self._relatives: dict[str, list[Shapes]] = {}

    def add(self, source: Source, part: Part) -> None:
        """Take another recording. Linear in the size of its part."""
        bit = 1 << len(self.sources)
        self.sources.append(source)
        for question, given in part.answers.items():
            known = self.answers.setdefault(question, {})
            for answer in given:
                known[answer] = known.get(answer, 0) | bit
        for place, shapes in part.shapes.items():
            self.shapes.setdefault(place, Shapes()).add(shapes, bit)
        for behaviour in part.behaviours:
            self.seen[behaviour] = self.seen.get(behaviour, 0) | bit

    def conclude(self) -> None:
        """Measure which periods agree; call once after the last part."""
        for shapes in self.shapes.values():
            shapes.conclude()
        self.periods = Periods.measure(self.sources, self.answers, self.shapes, self.groups)

    @property
    def behaviours(self) -> Mapping[Behaviour, Expectation]:
        """What is expected, by behaviour."""
        today = self.scope()
        return {behaviour: self.expectation(behaviour, today) for behaviour in self.seen}

    def expectation(self, behaviour: Behaviour, today: Mask) -> Expectation:
        """What is known of one behaviour; KeyError if nothing is."""
        seen = self.seen[behaviour]
        return Expectation(behaviour, tuple(self.sources_of(seen)), self.groups(seen), not seen & today)

    def relatives(self, place: str) -> list[Shapes]:
        """Objects at other places of the same name that look like one type with those at ``place``."""
        known = self._relatives.get(place)
        if known is None:
            own = self.shapes[place]
            others = (self.shapes[other] for other in self._by_name[_last_name(place)] if other != place)
            known = self._relatives[place] = [other for other in others if own.alike(other)]
        return known

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for place in self.shapes:
            if " *" not in place:
                found[_last_name(place)].append(place)
        return found

    def sources_of(self, mask: Mask) -> Iterator[Source]:
        """The recordings in a mask."""
        while mask:
            low = mask & -mask
            yield self.sources[low.bit_length() - 1]
            mask ^= low

    def groups(self, mask: Mask) -> int:
        """Independent recordings in a mask: those of one group count once."""
        known = self._counted.get(mask)
        if known is None:
            group_of = self._group_of
            left, found = mask, set()
            while left:
                low = left & -left
                found.add(group_of[low.bit_length() - 1])
                left ^= low
            known = self._counted[mask] = len(found)
        return known

    @cached_property
    def _group_of(self) -> list[int]:
        numbers: dict[str, int] = {}
        return [numbers.setdefault(source.group, len(numbers)) for source in self.sources]

    def scope(self, like: Source | None = None, without: Iterable[str] = ()) -> Mask:
        """The recordings that are evidence for one like ``like`` (None: for today), without those groups."""
        excluded = set(without)
        left = [(index, source) for index, source in enumerate(self.sources) if source.group not in excluded]
        known = like is None or any(source.period == like.period for _, source in left)
        agree = self.periods.agree
        return sum(1 << index for index, source in left if agree(like, source, measured=known))

    def strength(self, known: Iterable[Mask], *, of_account: bool = False) -> float:
        """How strong a question with these answers is as a rule.

        Independent recordings that answered it, divided by the square of one more than the answers that only one of
        them gave: the share of answers seen once is the chance that the next one is new (Good and Turing).

        Args:
            known: Recordings that gave each answer.
            of_account: The answers may be an account's own, the same in all its recordings: then an answer counts
                as given once if all that gave it have one origin, and there is no rule where most answers count so.
        """
        masks = list(known)
        total = single = 0
        for mask in masks:
            total |= mask
            single += self.groups(mask) == 1 or (of_account and self.origins(mask) == 1)
        if of_account and (self.origins(total) == 1 or single * 2 > len(masks)):
            return 0.0
        return self.groups(total) / (1 + single) ** 2

    def until(self, year: int) -> Mask:
        """The recordings made in ``year`` or earlier, or nobody knows when."""
        return sum(1 << index for index, source in enumerate(self.sources) if source.year <= year)

    def all_but(self, without: Iterable[str]) -> Mask:
        """All recordings without those groups."""
        excluded = set(without)
        return sum(1 << index for index, source in enumerate(self.sources) if source.group not in excluded)

    def since(self, mask: Mask) -> dict[str, str]:
        """The first date of the recordings in a mask, by edition; those without a date count for nothing."""
        found: dict[str, str] = {}
        for source in self.sources_of(mask):
            if source.date:
                found[source.edition] = min(source.date, found.get(source.edition, source.date))
        return found

    def later(self, mask: Mask, since: Mapping[str, str]) -> Mask:
        """The recordings in a mask that were made later than the date of their edition."""
        return sum(
            1 << index
            for index, source in enumerate(self.sources)
            if mask >> index & 1 and source.edition in since and source.date > since[source.edition]
        )

    def origins(self, mask: Mask) -> int:
        """Where the recordings in a mask come from: how many different accounts and clients."""
        return sum(bool(mask & own) for own in self._origins)

    @cached_property
    def _origins(self) -> list[Mask]:
        found: dict[str, Mask] = defaultdict(int)
        for index, source in enumerate(self.sources):
            found[source.origin] |= 1 << index
        return list(found.values())


def _last_name(place: str) -> str:
    """The last name of a place; "" for an answer itself, and for the elements of a list that is one."""
    path = place.partition(" [")[0].partition(" ")[2].partition(" ")[2]
    return path.rpartition(".")[2].removesuffix("[]")
