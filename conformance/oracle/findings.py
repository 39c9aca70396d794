"""What a comparison knows, and what it finds: agreements, what noise hides, deviations."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from conformance.oracle.alias import Aliases, Timeline
from conformance.oracle.forms import form, moved_home, split_host
from conformance.oracle.given import GivenFacts
from conformance.oracle.noise import Kind, Noise, Rule, TypeOf, place_of
from conformance.oracle.verdict import Axis, Deviation
from conformance.programs.model import PathKey
from conformance.programs.trees import dotted, last_key
from conformance.recordings.model import Json

ABSENT = "(absent)"

NAMES = "name"
"""Namespace of the names that noise says to be the account's: they look like words."""

_NAME = re.compile(r"(?=.*[\d_-])[A-Za-z0-9_-]{6,}\Z")
"""One word, and none of a language or of a vocabulary."""

SHOWN = 200
"""Longest text of a value in a deviation."""

NEXT_LINK = ("@link", "next")
"""Where the standard has the link to the next page."""


@dataclass
class Context:
    """What is known across the steps of one program.

    ``sent`` are the client's literals, ``told`` the texts that an answer showed before: sent later they are no
    choice of the client's; ``seeded`` are the moments that the twin was given, which say nothing of its clock;
    ``twin_url`` is the twin's base URL, which may stand where the vendor's scheme and host stood; ``given`` are the
    recorded ids of what was there before, ``facts`` what the twin was given of it; ``fresh`` are the twin's values that
    no other answer may have; ``cursors`` are those that it gave, each with the recorded one in its place;
    ``paced`` says that a second passes with each write in the live world.

    Of the present step, ``date`` is when its answer was recorded, for what history explains; ``origin`` is the scheme
    and host of the recorded request; ``about`` are the recorded ids that it names; ``of_account`` says that it reads
    what the whole account has; ``ambient`` says that it shows what was there before the program began and the live
    world could not be given all of that: such values are compared by form only; ``reads`` says that it is a read that
    was answered well; ``complete`` says that all there is in the live world was given to it, or was seen to be made.
    """

    noise: Noise
    aliases: Aliases = field(default_factory=Aliases)
    timeline: Timeline = field(default_factory=Timeline)
    sent: set[object] = field(default_factory=set)
    told: set[object] = field(default_factory=set)
    seeded: frozenset[str] = frozenset()
    twin_url: str = ""
    origin: str = ""
    given: set[str | int] = field(default_factory=set)
    facts: GivenFacts = field(default_factory=GivenFacts)
    fresh: set[str] = field(default_factory=set)
    cursors: dict[str, Json] = field(default_factory=dict)
    date: str = ""
    paced: bool = False
    about: tuple[str | int, ...] = ()
    of_account: bool = False
    ambient: bool = False
    reads: bool = False
    complete: bool = False

    def chosen(self, value: object) -> bool:
        """Whether the client chose a recorded value."""
        return not isinstance(value, (dict, list)) and value in self.sent and value not in self.told

    def moved_home(self, recorded: str) -> str:
        """A recorded text as a twin says it that lives at its own address."""
        return moved_home(recorded, self.origin, self.twin_url) if self.twin_url else recorded

    def rule(self, place: str, kind: Kind, subject: str = "") -> Rule | None:
        """What noise explains at this place in a recording of this date."""
        return self.noise.rule(place, kind, self.date, subject)


def short(value: object) -> str:
    """A value as short JSON text, for people."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


class Findings:
    """What is found while two answers are walked through, and what hides it."""

    def __init__(
        self, context: Context, subject: str, type_of: TypeOf, orders: Callable[[PathKey], str] = lambda _: ""
    ) -> None:
        """``orders`` says where the order of the list at a path is pooled."""
        self._context = context
        self._orders = orders
        self._subject = subject
        self._type_of = type_of
        self._cursor_keys = {place.rpartition(".")[2] for name, place in context.noise.cursors if name == subject}
        self.paged = False
        """The answer is a page of a longer list."""
        self.made = 0
        self.same = 0
        self.masked = 0
        self.deviations: list[Deviation] = []
        self.notes: list[Deviation] = []
        self._unsettled: list[tuple[str, str, PathKey, list[Json]]] = []
        self._within: list[Json] = []
        """The recorded objects that the walk is in, from the outermost."""

    def excuse(self) -> None:
        """What differs is only noted, and is no check."""
        self.made -= len(self.deviations)
        self.notes += self.deviations
        self.deviations = []

    def _members_axis(self) -> Axis:
        """Pages are cut wrongly, or what a list shows contradicts earlier writes."""
        if self.paged:
            return Axis.PAGING
        return Axis.STATE if self._context.reads else Axis.VALUE

    def _shape_axis(self, path: PathKey) -> Axis:
        return Axis.PAGING if self._is_cursor(path) else Axis.SHAPE

    def _is_cursor(self, path: PathKey) -> bool:
        return path == NEXT_LINK or (self._subject, dotted(path)) in self._context.noise.cursors

    def _value_axis(self, recorded: object) -> Axis:
        """A read that does not give back what the client wrote contradicts the write."""
        sent = recorded in self._context.sent if not isinstance(recorded, (dict, list)) else False
        return Axis.STATE if sent and self._context.reads else Axis.VALUE

    def _value_or_noise(self, recorded: Json, live: Json, path: PathKey, axis: Axis) -> None:
        rule = self._context.rule(self._place(path), Kind.VALUE)
        own = rule is not None and rule.free and self._context.chosen(recorded)  # no account's value: the client's
        own = own or (not _is_link(recorded) and self._was_given(recorded, path))
        if rule and not own and rule.accepts(recorded) and rule.accepts(live):
            self._remember_name(recorded, live, path)
            self.masked += 1
            self.same += 1
        elif form(recorded) != form(live) or recorded in self._context.sent or not self._is_ambient():
            self._differ(axis, path, recorded, live)

    def _was_given(self, recorded: Json, path: PathKey) -> bool:
        """Whether the twin was given this value of this very thing, which nothing has changed since."""
        return self._context.complete and self._context.facts.tell(self._within, last_key(path), recorded)

    def _may_rename(self, namespace: str, recorded: str | int, path: PathKey) -> bool:
        """Whether a made-up value may have another name here: not what the twin was given under this one."""
        known = self._context.aliases.live(namespace, recorded) is not None
        return known or _is_link(recorded) or not self._was_given(recorded, path)

    def _remember_name(self, recorded: Json, live: Json, path: PathKey) -> None:
        """A name that the server made up and that may be another stands elsewhere too: there it is the same one."""
        both = isinstance(recorded, str) and isinstance(live, str) and _NAME.match(recorded) and _NAME.match(live)
        if both and not self._context.chosen(recorded):
            self._context.aliases.stays(NAMES, recorded, live)

    def _is_ambient(self) -> bool:
        """Whether what was there before explains it; counted, for it is a mask too."""
        if self._context.ambient:
            self.masked += 1
            self.same += 1
        return self._context.ambient

    def _conflict(self, namespace: str, recorded: str | int, live: str | int, path: PathKey) -> None:
        """A made-up value does not mean what it meant before, or two have become one."""
        before = len(self.deviations)
        self._value_or_noise(recorded, live, path, Axis.STATE)
        if len(self.deviations) > before:
            known = self._context.aliases.live(namespace, recorded)
            expected = short(known) if known is not None else f"a value of its own, for {short(recorded)}"
            self.deviations[-1] = replace(self.deviations[-1], expected=expected)

    def explained(self, path: PathKey, kind: Kind) -> bool:
        """Whether learned noise explains a disagreement of this kind; it counts as the same, and as masked."""
        if self._context.rule(self._place(path), kind) is None:
            return False
        self.masked += 1
        self.same += 1
        return True

    def _place(self, path: PathKey) -> str:
        return place_of(self._type_of, self._subject, path)

    def _differ(self, axis: Axis, path: PathKey, recorded: Json, live: Json, *, raw: bool = False) -> None:
        actual = live if raw else short(live)
        expected = recorded if raw and isinstance(recorded, str) else short(recorded)
        self.deviations.append(Deviation(axis, dotted(path), expected, actual))


def _is_link(value: Json) -> bool:
    """Whether it leads somewhere: where is the affair of who serves it."""
    return isinstance(value, str) and split_host(value) is not None
