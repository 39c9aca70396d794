"""Which periods (edition and year) are evidence for each other. Measured, where they have enough in common."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from conformance.oracle.expectations.facts import Kind, Question
from conformance.oracle.expectations.shapes import Shapes
from conformance.oracle.expectations.sources import Source

Period = tuple[str, int]

NEAR = 3
"""Years within which evidence of one edition holds, unless it is seen to be contradicted."""
COMMON = 40
"""Rules that two periods must share before their disagreements are a measure."""
CONTRADICTED = 0.03
"""Share of common rules in contradiction from which two periods do not mix."""


@dataclass
class Periods:
    """Agreement of periods: (rules in common, those in contradiction) for each pair, the lesser period first."""

    common: dict[tuple[Period, Period], tuple[int, int]] = field(default_factory=dict)
    newest: dict[str, int] = field(default_factory=dict)
    """Year of the newest recording, by service: what is today."""

    @classmethod
    def measure(
        cls,
        sources: Sequence[Source],
        answers: Mapping[Question, Mapping[Hashable, int]],
        shapes: Mapping[str, Shapes],
        groups: Callable[[int], int],
    ) -> Periods:
        """Compare all periods by presence and types."""
        periods = cls()
        for source in sources:
            periods.newest[source.service] = max(source.year, periods.newest.get(source.service, 0))
        masks: dict[Period, int] = defaultdict(int)
        for index, source in enumerate(sources):
            masks[source.period] |= 1 << index
        common: dict[tuple[Period, Period], list[int]] = defaultdict(lambda: [0, 0])
        for yes, no in _rules(answers, shapes):
            states = [
                (period, bool(yes & mask), bool(no & mask)) for period, mask in masks.items() if (yes | no) & mask
            ]
            for (one, has, lacks), (other, also, neither) in combinations(states, 2):
                if has != lacks and also != neither:  # both have a rule: always, or never
                    counts = common[min(one, other), max(one, other)]
                    counts[0] += 1
                    counts[1] += has != also
        periods.common = {pair: (counts[0], counts[1]) for pair, counts in common.items()}
        return periods

    def agree(self, wanted: Source | None, evidence: Source, *, measured: bool = True) -> bool:
        """Whether evidence of one source holds for another.

        Args:
            wanted: What is judged; None is today, of the edition that the evidence has.
            evidence: What is known.
            measured: Whether anything but ``wanted`` itself is known of its period; where nothing is, no agreement
                could be measured, and only what was recorded near it counts.
        """
        period = wanted.period if wanted else (evidence.edition, self.newest[evidence.service])
        if period == evidence.period:
            return True
        total, against = self.common.get((min(period, evidence.period), max(period, evidence.period)), (0, 0))
        if measured and total >= COMMON:
            return against <= total * CONTRADICTED
        return _near(period, evidence.period)


def _near(one: Period, other: Period) -> bool:
    return one[0] == other[0] and (abs(one[1] - other[1]) <= NEAR or not one[1] or not other[1])


def _rules(
    answers: Mapping[Question, Mapping[Hashable, int]], shapes: Mapping[str, Shapes]
) -> Iterator[tuple[int, int]]:
    """For each yes-or-no rule the recordings that say yes and those that say no."""
    for name, place in shapes.items():
        if " *" in name:  # pooled: told by the others
            continue
        for _, sent, present, absent in place.masks():
            if not sent:
                yield present, absent
    for (kind, _), given in answers.items():
        if kind is Kind.TYPE:
            telling = {answer: mask for answer, mask in given.items() if answer != "null"}
            for answer, mask in telling.items():
                yield mask, _union(other for name, other in telling.items() if name != answer)


def _union(masks: Iterable[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found
