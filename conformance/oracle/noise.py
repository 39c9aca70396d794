"""Noise: what real answers to the same behaviour disagree about. Learned from evidence, kept as reviewable text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from conformance.oracle.forms import alphabet, form
from conformance.oracle.paging import Cursors
from conformance.programs.answers import is_in_header
from conformance.programs.identity import is_opaque_part, split_parts
from conformance.programs.model import Call, PathKey
from conformance.programs.trees import dotted

TypeOf = Callable[[str, PathKey], str]
"""(operation, path) → the declared type that owns the leaf, or ""."""

VOCABULARY = 8
"""Up to so many distinct values are a vocabulary: only these are accepted. More make the values free."""

MIN_SAMPLES = 5
"""Distinct samples from which the format of made-up values is known."""

MOST_SAMPLES, TELLING = 40, 200
"""So many samples are kept; so many characters in them would show a rare one (in all but 2 of 1,000 cases)."""

MIN_ALIKE, MIN_TAIL = 2, 5
"""Samples that must begin as a text does, and what has to be left of it then, for it to be made up as they are."""

FEW_SAMPLES_RANGE = 1.6
"""With fewer samples, so many times longer or shorter is still the same format; and with such as hold much."""

LONG = 200
"""Characters of made-up values that hold something (a certificate: names), which may be longer elsewhere."""

AS_RECORDED, IDS_UP, IDS_DOWN, ANY_ORDER = "as recorded", "ids up", "ids down", "any"
"""Orders in which things may be listed where ids that the service draws decide (Kind.DRAWN)."""

_MIXED = {"a", "A", "0"}
_LETTERS_AND_DIGITS = frozenset({"a", "A", "0", "-", "_"})


class Kind(StrEnum):
    """What disagrees."""

    VALUE = "value"
    PRESENCE = "presence"
    ORDER = "order"
    MEMBERS = "members"
    """Which elements a list has: they belong to the account, not to the program."""
    DRAWN = "drawn"
    """In which order things are listed: by ids that the service draws, or in none."""
    FRESH = "fresh"
    """A value that is made up anew for every answer: it names nothing."""


@dataclass
class Rule:
    """One learned rule: at ``place`` (a declared type or ``operation path``), ``kind`` varies.

    ``values`` are those seen, as long as they are a vocabulary; ``evidence`` counts the comparisons behind it.
    """

    place: str
    kind: Kind
    forms: set[str] = field(default_factory=set)
    values: set[Any] = field(default_factory=set)
    evidence: int = 0
    free: bool = False
    """Any value of these forms will do, however few were seen: the value belongs to the account."""
    until: str | None = None
    """History: it explains recordings up to this date only. "" is noise at any date, None is not yet known."""
    subjects: set[str] = field(default_factory=set)
    """What it was seen in, where that is known."""

    def holds(self, subject: str) -> bool:
        """Whether it holds in the answers to ``subject``: what one operation alone shows is not its type's."""
        return not subject or len(self.subjects) != 1 or subject in self.subjects

    def accepts(self, value: object) -> bool:
        """Whether a value is one that this noise explains."""
        if form(value) not in self.forms:
            return False
        if isinstance(value, dict | list):
            return True  # of these, only the form is kept
        return self.free or len(self.values) > VOCABULARY or _pattern(value) in self.values or "number" in self.forms

    def text(self) -> str:
        """One line for people."""
        shown = sorted(repr(value) for value in self.values)[:VOCABULARY]
        seen = f": {', '.join(shown)}" if shown and len(self.values) <= VOCABULARY else ""
        varies = f"was otherwise until {self.until[:10]}" if self.until else "varies"
        if self.kind is Kind.FRESH:
            varies = "in every answer"
        if self.kind is Kind.DRAWN:
            varies = "by the service"
        return f"{self.place} {self.kind} {varies} ({self.evidence} comparisons){seen}"


@dataclass
class Format:
    """Length and alphabet of the made-up values seen at one place."""

    samples: set[str] = field(default_factory=set)
    lengths: set[int] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)

    def add(self, value: str) -> None:
        """Take another sample."""
        if len(self.samples) < MOST_SAMPLES:
            self.samples.add(value)
        self.lengths.add(len(value))
        self.classes |= alphabet(value)

    def accepts(self, value: str, *, names: bool = False) -> bool:
        """Whether a value looks like the samples; while they are few, whether what ``names`` things nearly does."""
        few = len(self.samples) < MIN_SAMPLES
        if few and not names:
            return True
        shortest, longest = min(self.lengths), max(self.lengths)
        if few or shortest > LONG:
            shortest, longest = round(shortest / FEW_SAMPLES_RANGE), round(longest * FEW_SAMPLES_RANGE)
        classes = self.classes | _LETTERS_AND_DIGITS if few or self._may_have_more() else self.classes
        return shortest <= len(value) <= longest and alphabet(self._unpadded(value)) <= classes

    def _unpadded(self, value: str) -> str:
        """Base64 without what fills up its end: whether it is needed depends on the length alone."""
        return value.rstrip("=") if self.classes >= {"+", "/"} else value

    def is_like(self, value: str) -> bool:
        """Whether a text is one of them that does not look made up by chance (digits alone): others begin as it does.

        What makes it up begins with a word, so that ``word_2195659`` and ``word_4oo3b5a`` are of one kind.
        """
        head = value[: max(value.rfind("_"), value.rfind("-")) + 1]
        tail = value.removeprefix(head)
        if not head or len(tail) < MIN_TAIL or not any(char.isdigit() for char in tail):
            return False
        alike = [one for one in self.samples if len(one) == len(value) and one.startswith(head)]
        return len(set(alike) - {value}) >= MIN_ALIKE

    def _may_have_more(self) -> bool:
        """Two of the 64 characters of which many names are made are rare: short samples may lack them by chance."""
        return self.classes == _MIXED and sum(map(len, self.samples)) < TELLING


@dataclass
class Noise:
    """All that was learned: rules and formats by place, and the keys that answers are known to have."""

    rules: dict[tuple[str, Kind], Rule] = field(default_factory=dict)
    formats: dict[str, Format] = field(default_factory=dict)
    keys: dict[str, set[str]] = field(default_factory=dict)
    nulls: set[str] = field(default_factory=set)
    """Places that were seen to be null."""
    cursors: Cursors = frozenset()
    """Where answers say how a list goes on."""

    def rule(self, place: str, kind: Kind, date: str, subject: str = "") -> Rule | None:
        """The rule of this kind at ``place`` that applies to a recording of this date, in answers to ``subject``."""
        rule = self.rules.get((place, kind))
        if rule is None or (rule.until and date > rule.until) or not rule.holds(subject):
            return None
        return rule

    def learn(
        self, place: str, kind: Kind, *values: object, free: bool = False, until: str = "", subject: str = ""
    ) -> None:
        """Note that ``values`` were seen to disagree at ``place``, by time until ``until`` if that is given."""
        rule = self.rules.setdefault((place, kind), Rule(place, kind))
        rule.subjects.add(subject)
        rule.evidence += 1
        rule.free = rule.free or free
        rule.until = until if rule.until is None else max(rule.until, until) if rule.until and until else ""
        rule.forms |= {form(value) for value in values}
        if len(rule.values) <= VOCABULARY:
            rule.values |= {_pattern(value) for value in values if not isinstance(value, (dict, list))}

    def lines(self) -> list[str]:
        """The rules as sorted text."""
        return sorted(rule.text() for rule in self.rules.values())


def _pattern(value: Any) -> Any:
    """A string with its made-up parts taken out, anything else as it is: so URLs have a vocabulary too."""
    if not isinstance(value, str):
        return value
    return "".join("*" if place % 2 and is_opaque_part(part) else part for place, part in enumerate(split_parts(value)))


def order_place(call: Call, roles: Mapping[str, str], path: PathKey) -> str:
    """Where the order of the things that a read lists is pooled: with all that is asked in the same way."""
    asked = sorted(
        f"{name}={value}" if roles.get(name) == "order" else name
        for name, value in call.arguments.items()
        if f"{{{name}}}" not in call.operation and roles.get(name) not in ("limit", "cursor", "projection")
    )
    return f"{call.operation}?{'&'.join(asked)} {dotted(path)}"


def place_of(type_of: TypeOf, subject: str, path: PathKey) -> str:
    """Where noise is pooled: the declared type of the leaf if there is one, else the subject and path."""
    declared = "" if is_in_header(path) else type_of(subject, path)
    return declared or f"{subject} {dotted(path)}"
