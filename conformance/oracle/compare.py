"""Compares an answer with the recorded one, leaf by leaf, on parsed values."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field, replace
from itertools import combinations

from conformance.oracle.alias import Aliases, Timeline
from conformance.oracle.forms import alphabet, form, moved_home, of_one_account, split_host
from conformance.oracle.given import GivenFacts
from conformance.oracle.noise import (
    ANY_ORDER,
    AS_RECORDED,
    IDS_DOWN,
    IDS_UP,
    Kind,
    Noise,
    Rule,
    TypeOf,
    place_of,
)
from conformance.oracle.pairing import best_pairs
from conformance.oracle.verdict import Axis, Deviation
from conformance.programs.answers import is_in_header
from conformance.programs.identity import (
    MIN_NAMING_NUMBER,
    MIN_TOKEN,
    SHORT,
    Identity,
    element_identity,
    identity,
    is_blank,
    is_marked_blank,
    is_opaque_part,
    is_token,
    is_unspeakable,
    namespace_of,
    split_parts,
)
from conformance.programs.model import PathKey
from conformance.programs.moments import epoch, is_clock, timestamp
from conformance.programs.trees import dotted, is_below, last_key
from conformance.recordings.model import Json

LEADS_BACK = "given before: who follows it never comes to the end"
ABSENT = "(absent)"
NEXT_LINK = ("@link", "next")
"""Where the standard has the link to the next page."""

NAMES = "name"
"""Namespace of the names that noise says to be the account's: they look like words."""

_NAME = re.compile(r"(?=.*[\d_-])[A-Za-z0-9_-]{6,}\Z")
"""One word, and none of a language or of a vocabulary."""

_COMPOUND = re.compile(r"[\w.-]+(?::[\w.-]*){2,}\Z")
"""A key made of others (``urn:vendor:account:thing``)."""

SHOWN = 200
"""Longest text of a value in a deviation."""


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


class Comparison:
    """One walk over a recorded and a live value. Cost is linear in the number of recorded leaves."""

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

    def compare(self, recorded: Json, live: Json, path: PathKey = ()) -> None:
        """Compare two trees; what differs is added to ``deviations``."""
        self._walk(recorded, live, path)
        for text, other, where, within in self._unsettled:  # URLs may name things whose ids come after them
            self._within = within
            self._settle(text, other, where)
        self._within = []
        self._unsettled.clear()

    def excuse(self) -> None:
        """What differs is only noted, and is no check."""
        self.made -= len(self.deviations)
        self.notes += self.deviations
        self.deviations = []

    def _settle(self, recorded: str, live: str, path: PathKey) -> None:
        if self._same_parts(recorded, live):
            self.same += 1
        else:
            self._value_or_noise(recorded, live, path, Axis.VALUE)

    def _walk(self, recorded: Json, live: Json, path: PathKey) -> None:
        if isinstance(recorded, dict):
            if isinstance(live, dict):
                self._objects(recorded, live, path)
                return
        elif isinstance(recorded, list):
            if isinstance(live, list):
                self._lists(recorded, live, path)
                return
        elif path and path[-1] in self._cursor_keys and self._leads_back(recorded, live, path):
            return
        elif recorded == live and type(recorded) is type(live):
            self.made += 1
            self.same += 1
            if (type(recorded) is str and len(recorded) >= MIN_TOKEN) or type(recorded) is int:
                self._bind_equal(recorded, path)
            return
        self._unequal(recorded, live, path)

    def _objects(self, recorded: dict[str, Json], live: dict[str, Json], path: PathKey) -> None:
        missing = 0
        self._within.append(recorded)
        for key, value in recorded.items():
            if key in live:
                self._walk(value, live[key], (*path, key))
            else:
                missing += 1
                self._missing(value, (*path, key))
        self._within.pop()
        if len(live) > len(recorded) - missing:
            self._extra_keys(recorded, live, path)

    def _missing(self, value: Json, path: PathKey) -> None:
        self.made += 1
        axis = self._shape_axis(path)
        if (axis is Axis.PAGING and self._is_ambient()) or (
            not self._was_given(value, path) and self.explained(path, Kind.PRESENCE)
        ):
            return
        self._differ(axis, path, value, ABSENT, raw=True)

    def _extra_keys(self, recorded: dict[str, Json], live: dict[str, Json], path: PathKey) -> None:
        """A key nobody has ever seen is only noted; one that this operation has elsewhere was not to be here."""
        known = self._context.noise.keys.get(self._place(path), ())
        for key in (key for key in live if key not in recorded):
            where = (*path, key)
            deviation = Deviation(self._shape_axis(where), dotted(where), ABSENT, short(live[key]))
            expected = self._is_cursor(where) if is_in_header(path) else key in known
            if not expected:  # recorders lose lines of headers
                self.notes.append(deviation)
                continue
            self.made += 1
            if not self._may_come(where, live[key]) and not (deviation.axis is Axis.PAGING and self._is_ambient()):
                self.deviations.append(deviation)

    def _may_come(self, path: PathKey, value: Json) -> bool:
        """Whether a field that is not recorded comes and goes: it comes with null only where that was seen."""
        null = value is None and self._place(path) not in self._context.noise.nulls
        return not null and self.explained(path, Kind.PRESENCE)

    def _lists(self, recorded: list[Json], live: list[Json], path: PathKey) -> None:
        pairs = self._matched(recorded, live, path)
        if pairs is None:
            if self._another_page(recorded, live, path):
                return
            pairs = list(zip(recorded, live, strict=False))
            if len(recorded) != len(live):
                self._lengths_differ(recorded, live, path)
        for index, (one, other) in enumerate(pairs):
            if isinstance(one, dict) and element_identity(one):
                self._context.timeline.begin_thing()
            self._walk(one, other, (*path, index))

    def _matched(self, recorded: list[Json], live: list[Json], path: PathKey) -> list[tuple[Json, Json]] | None:
        """Pairs by identity where the order or the members are known to vary; None to pair by place."""
        place = self._place(path)
        varies = self._members_vary(place, recorded) or self._context.rule(place, Kind.ORDER)
        if not varies and not self._context.of_account:
            return self._pair_drawn(recorded, live, path) if self._drawn(path) else None
        found = [self._live_identity(item) for item in live]
        by_id = {one: item for one, item in zip(found, live, strict=True) if one is not None}
        if None not in found and (by_id or (recorded and all(element_identity(item) for item in recorded))):
            if len(by_id) < len(live) and not _repeats(recorded):
                self._lengths_differ(recorded, live, path)
            return self._pair_by_id(recorded, by_id, path)
        if not varies:
            return None
        if not self._members_vary(place, recorded):
            pairs = self._pair_in_any_order(recorded, live, path)
            return [(recorded[left], live[right]) for left, right in pairs]
        return self._pair_by_likeness(recorded, live, path)

    def _drawn(self, path: PathKey) -> set[str]:
        """Orders that a list may come in because ids decide that the service draws; none where they do not."""
        rule = self._context.rule(self._orders(path), Kind.DRAWN)
        return rule.values if rule else set()

    def _pair_drawn(self, recorded: list[Json], live: list[Json], path: PathKey) -> list[tuple[Json, Json]]:
        """Pairs of all things of both lists: the known ones, then those alike; in the order that is theirs."""
        found = [self._live_identity(item) for item in live]
        places = {one: at for at, one in enumerate(found) if one is not None}
        names = [self._counterpart(element_identity(item), places) for item in recorded]
        known = [(at, places[name]) for at, name in enumerate(names) if name in places]
        pairs = sorted(self._pair_in_any_order(recorded, live, path, known))
        self._check_order([_name(found[right]) for _, right in pairs], [right for _, right in pairs], path)
        return [(recorded[left], live[right]) for left, right in pairs]

    def _pair_in_any_order(
        self, recorded: list[Json], live: list[Json], path: PathKey, known: Iterable[tuple[int, int]] = ()
    ) -> list[tuple[int, int]]:
        """Places that belong together, of all elements: those known to, what is alike, the others as they stand."""
        pairs = list(known)
        lefts, rights = _others(recorded, [left for left, _ in pairs]), _others(live, [right for _, right in pairs])
        alike = best_pairs([recorded[at] for at in lefts], [live[at] for at in rights])
        pairs += [(lefts[left], rights[right]) for left, right in alike]
        lefts, rights = _others(recorded, [left for left, _ in pairs]), _others(live, [right for _, right in pairs])
        if len(recorded) != len(live):
            self._lengths_differ(recorded, live, path)
        return [*pairs, *zip(lefts, rights, strict=False)]

    def _pair_by_likeness(self, recorded: list[Json], live: list[Json], path: PathKey) -> list[tuple[Json, Json]]:
        """What is alike belongs together, keeps its order, and is there once."""
        pairs = best_pairs(recorded, live)
        hidden = len(recorded) - len(pairs)
        self.made, self.same, self.masked = self.made + hidden, self.same + hidden, self.masked + hidden
        self._check_order([short(live[right]) for _, right in pairs], [right for _, right in pairs], path)
        if _doubled(live) and not _doubled(recorded):
            self._lengths_differ(recorded, live, path)
        return [(recorded[left], live[right]) for left, right in pairs]

    def _pair_by_id(self, recorded: list[Json], by_id: dict[Identity, Json], path: PathKey) -> list[tuple[Json, Json]]:
        """What the program knows must be there, and nothing that it took away; the rest belongs to the account."""
        pairs: dict[Identity, tuple[Json, Json]] = {}
        expected = [(item, self._counterpart(element_identity(item), by_id)) for item in recorded]
        closed = self._context.complete and self._context.of_account and all(found for _, found in expected)
        for item, found in expected:
            if found and found in by_id:
                pairs[found] = (item, by_id[found])
            elif found and (not self._is_given(found) or not self._is_ambient()):
                self._member(item, ABSENT, path)
        for stranger in by_id:
            if stranger not in pairs and (closed or self._made_here(stranger)) and not self._is_given(stranger):
                self._member(ABSENT, stranger[1], path)
        present = list(by_id)
        ordered = [found for found in pairs if closed or self._made_here(found)]
        self._check_order([str(found[1]) for found in ordered], [present.index(found) for found in ordered], path)
        return list(pairs.values())

    def _live_identity(self, item: Json) -> Identity | None:
        """The identity of a live element, as it is known: a made-up id may look like a word by chance."""
        found = element_identity(item)
        if found is None or self._context.aliases.recorded(*found) is not None:
            return found
        others = (("", found[1]), (SHORT, found[1]))
        return next((other for other in others if self._context.aliases.recorded(*other) is not None), found)

    def _counterpart(self, recorded: Identity | None, by_id: Container[Identity]) -> Identity | None:
        """What stands for a recorded identity: its alias, or itself (a vendor's own word, what the twin was given).

        None if that is unknown.
        """
        bound = self._context.aliases.live(*recorded) if recorded else None
        if recorded and bound is not None:
            return recorded[0], bound
        given = recorded is not None and self._context.complete and self._context.facts.know(recorded[1])
        return recorded if given or (recorded in by_id and not self._context.ambient) else None

    def _made_here(self, live: Identity) -> bool:
        """Whether the program itself made what has this live identity."""
        return self._context.aliases.recorded(*live) is not None and not self._is_given(live)

    def _is_given(self, live: Identity) -> bool:
        """Whether what has this live identity was there before."""
        return self._context.aliases.recorded(*live) in self._context.given

    def _member(self, recorded: Json, live: Json, path: PathKey) -> None:
        """A known thing is not in the list, or should not be. (What others left can push it to another page.)"""
        self.made += 1
        if self.paged and self._is_ambient():
            return
        texts = (value if value == ABSENT else short(value) for value in (recorded, live))
        self.deviations.append(Deviation(self._members_axis(), f"{dotted(path)}[]", *texts))

    def _another_page(self, recorded: list[Json], live: list[Json], path: PathKey) -> bool:
        """Whether a page begins with another thing than the known one that should be there."""
        one, other = (element_identity(items[0]) if items else None for items in (recorded, live))
        bound = self._context.aliases.live(*one) if self.paged and one else None
        if bound is None or other is None or bound == other[1]:
            return False
        self._member(recorded[0], live[0], path)
        return True

    def _members_axis(self) -> Axis:
        """Pages are cut wrongly, or what a list shows contradicts earlier writes."""
        if self.paged:
            return Axis.PAGING
        return Axis.STATE if self._context.reads else Axis.VALUE

    def _shape_axis(self, path: PathKey) -> Axis:
        return Axis.PAGING if self._is_cursor(path) else Axis.SHAPE

    def _is_cursor(self, path: PathKey) -> bool:
        return path == NEXT_LINK or (self._subject, dotted(path)) in self._context.noise.cursors

    def _leads_back(self, recorded: Json, live: Json, path: PathKey) -> bool:
        """Whether a cursor was given before in place of another one: a client that follows it goes round and round."""
        if not isinstance(live, str) or not live or not self._is_cursor(path):
            return False
        if self._context.cursors.setdefault(live, recorded) == recorded:
            return False
        self.made += 1
        self._differ(Axis.PAGING, path, short(recorded), f"{short(live)}, {LEADS_BACK}", raw=True)
        return True

    def _check_order(self, names: list[str], places: list[int], path: PathKey) -> None:
        """Elements that were recorded in this order stand at ``places`` in the live list."""
        drawn = self._drawn(path)
        if ANY_ORDER in drawn or self._context.rule(self._place(path), Kind.ORDER) or len(names) < 2:
            return
        self.made += 1
        order = [name for _, name in sorted(zip(places, names, strict=True))]
        as_recorded = places == sorted(places) and (not drawn or AS_RECORDED in drawn)
        rising, falling = (order == sorted(order, reverse=down) for down in (False, True))
        if as_recorded or (IDS_UP in drawn and rising) or (IDS_DOWN in drawn and falling):
            self.same += 1
        else:
            expected = sorted(order, reverse=IDS_DOWN in drawn) if drawn and AS_RECORDED not in drawn else names
            self._differ(Axis.VALUE, path, expected, order)

    def _lengths_differ(self, recorded: list[Json], live: list[Json], path: PathKey) -> None:
        self.made += 1
        if self._is_ambient():
            return
        known = any((found := element_identity(item)) and self._context.aliases.live(*found) for item in recorded)
        axis = self._members_axis() if known or self.paged else Axis.VALUE
        self._differ(axis, path, f"{len(recorded)} elements", f"{len(live)} elements", raw=True)

    def _unequal(self, recorded: Json, live: Json, path: PathKey) -> None:
        """Leaves that are not equal, or trees of different type."""
        self.made += 1
        if bool(recorded) != bool(live) and self._is_cursor(path):
            if not self._is_ambient():  # with what others left a list is longer
                self._differ(Axis.PAGING, path, recorded, live)
        elif isinstance(recorded, str) and isinstance(live, str):
            self._strings(recorded, live, path)
        elif _type_name(recorded) != _type_name(live):
            self._value_or_noise(recorded, live, path, Axis.SHAPE)
        elif self._same_epoch(recorded, live, path) or self._same_identity(recorded, live, path):
            self.same += 1
        else:
            self._value_or_noise(recorded, live, path, self._value_axis(recorded))

    def _same_epoch(self, recorded: Json, live: Json, path: PathKey) -> bool:
        """Moments that are told by a number, which the client did not choose: their order holds."""
        expected, actual = (epoch(last_key(path), value) for value in (recorded, live))
        if expected is None or actual is None or expected[1] != actual[1] or self._context.chosen(recorded):
            return False
        return self._context.timeline.fits(expected[0], actual[0])

    def _same_identity(self, recorded: Json, live: Json, path: PathKey) -> bool:
        """Numbers under an identity key are aliases, unless the client chose the recorded one."""
        found = identity(last_key(path), recorded)
        if found is None or self._context.chosen(recorded):
            return False
        return self._may_rename(*found, path) and self._context.aliases.bind(found[0], recorded, live)

    def _strings(self, recorded: str, live: str, path: PathKey) -> None:
        moment = timestamp(recorded)
        if (
            self._context.moved_home(recorded) == live
            or self._is_own_host(recorded, live)
            or (is_blank(recorded) and live and self._fills(recorded, live))
        ):
            self.same += 1
        elif self._context.chosen(recorded):
            self._value_or_noise(recorded, live, path, self._value_axis(recorded))
        elif moment:
            self._timestamps(recorded, live, path)
        elif self._same_epoch(recorded, live, path):
            self.same += 1
        elif is_token(recorded) or self._is_made_up_here(recorded, live, path):
            self._tokens(recorded, live, path)
        elif (
            self._same_parts(recorded, live)
            or self._same_identity(recorded, live, path)
            or self._same_name(recorded, live)
        ):
            self.same += 1
        elif split_host(recorded) or _COMPOUND.match(recorded):
            self._unsettled.append((recorded, live, path, self._within.copy()))
        else:
            self._value_or_noise(recorded, live, path, self._value_axis(recorded))

    def _same_name(self, recorded: str, live: str) -> bool:
        """Whether a numbered name (``PART-17``) is told again under a key that does not say that it is one."""
        numbered = len(recorded) >= MIN_NAMING_NUMBER and recorded[-1].isdecimal()
        return numbered and self._context.aliases.same_text(recorded, live)

    def _fills(self, recorded: str, live: str) -> bool:
        """Whether a text may stand where the recorder hid one: any, but where hidden ones are equal so are these."""
        if not is_marked_blank(recorded):
            return True
        return not self._context.chosen(recorded) and self._context.aliases.stays("", recorded, live)

    def _timestamps(self, recorded: str, live: str, path: PathKey) -> None:
        expected, actual = timestamp(recorded), timestamp(live)
        assert expected is not None
        if actual is None or actual[1] != expected[1]:
            self._differ(Axis.VALUE, path, recorded, live)
        elif not self._same_moment(recorded, live, path):
            self._value_or_noise(recorded, live, path, Axis.STATE)
        else:
            self.same += 1

    def _same_moment(self, recorded: str, live: str, path: PathKey) -> bool:
        """Equal moments stay equal (whole seconds coincide by chance), the order holds, time does not stand still."""
        expected, actual = timestamp(recorded), timestamp(live)
        assert expected is not None and actual is not None
        if is_clock(last_key(path)):
            return True
        stable = self._context.aliases.stays("time", recorded, live) or not expected[0].microsecond
        place = (self._place(path), self._context.about)
        paced = self._context.paced and not any(isinstance(part, int) for part in path)  # elements change places
        advances = self._context.timeline.advances(place, expected[0], actual[0], paced=paced)
        return stable and advances and self._context.timeline.fits(expected[0], actual[0])

    def _tokens(self, recorded: str, live: str, path: PathKey) -> None:
        known_format = self._context.noise.formats.get(self._place(path))
        if known_format and not known_format.accepts(live, names=bool(namespace_of(last_key(path)))):
            self._differ(Axis.VALUE, path, recorded, live)
        elif self._context.rule(self._place(path), Kind.FRESH):
            self._fresh(live, path)
        elif self._may_rename("", recorded, path) and self._context.aliases.bind("", recorded, live):
            self.same += 1
        else:
            self._conflict("", recorded, live, path)

    def _is_made_up_here(self, recorded: str, live: str, path: PathKey) -> bool:
        """Whether both are what is made up at this place, though they may not look so."""
        known = self._context.noise.formats.get(self._place(path))
        return known is not None and known.is_like(recorded) and (is_token(live) or known.is_like(live))

    def _fresh(self, live: str, path: PathKey) -> None:
        """It names nothing, so all there is to it is that no other answer has it."""
        if live in self._context.fresh:
            self._differ(Axis.STATE, path, "a value of its own", live)
        else:
            self._context.fresh.add(live)
            self.same += 1

    def _same_parts(self, recorded: str, live: str) -> bool:
        """URLs and compound keys: delimited parts are equal or aliases; the twin's host may replace the vendor's."""
        vendors = split_host(recorded)
        if vendors:
            base = self._base(vendors[0], live)
            if base is None:
                return False
            recorded, live = vendors[1], live[len(base) :]
        expected, actual = split_parts(self._context.moved_home(recorded)), split_parts(live)
        if len(expected) != len(actual):
            return False
        same = self._same_in_link if vendors else self._same_part
        return all(
            left == right or (place % 2 == 1 and same(left, right, _parameter(expected, place)))
            for place, (left, right) in enumerate(zip(expected, actual, strict=True))
        )

    def _base(self, recorded: str, live: str) -> str | None:
        """What stands in a live URL for a recorded scheme and host; None if nothing does."""
        base = next((base for base in (self._context.twin_url, recorded) if is_below(live, base)), None)
        other = split_host(live)
        if base is not None or other is None:
            return base
        hosts = (origin.partition("://")[2] for origin in (self._context.origin, recorded))
        accounts_own = of_one_account(*hosts)  # no request goes there: any host may stand for it, always the same
        return other[0] if accounts_own and self._context.aliases.bind("host", recorded, other[0]) else None

    def _is_own_host(self, recorded: str, live: str) -> bool:
        """Whether the host alone is said: the recorded request's own, and the twin's."""
        hosts = (url.partition("://")[2].partition("/")[0] for url in (self._context.origin, self._context.twin_url))
        own, twin = hosts
        return bool(own) and recorded == own and live in (twin, twin.partition(":")[0])

    def _same_part(self, recorded: str, live: str, _: str) -> bool:
        if is_blank(recorded):
            return self._fills(recorded, live)
        known = self._context.aliases.live("", recorded)
        if known is not None:
            return known == live  # made-up values do not always look so
        if self._context.aliases.live(NAMES, recorded) == live:
            return True
        alike = is_opaque_part(live) or (is_unspeakable(recorded) and _same_letters(recorded, live))
        return is_opaque_part(recorded) and alike and self._context.aliases.bind("", recorded, live)

    def _same_in_link(self, recorded: str, live: str, parameter: str) -> bool:
        """Links hold ids of any form: those known from elsewhere, and those that a parameter's name shows."""
        aliases = self._context.aliases
        if aliases.same_text(recorded, live):
            return True
        if is_blank(recorded) or is_opaque_part(recorded) or aliases.live(NAMES, recorded) == live:
            return self._same_part(recorded, live, parameter)
        found = identity(parameter, recorded)
        return found is not None and aliases.bind(found[0], recorded, live)

    def _bind_equal(self, value: str | int, path: PathKey) -> None:
        """An equal opaque value is an alias of itself; it differs if it stands for something else already."""
        if isinstance(value, str) and timestamp(value):
            if value not in self._context.seeded and not self._same_moment(value, value, path):
                self.same -= 1  # equal by chance: by what came before, it ought to be another
                self._value_or_noise(value, value, path, Axis.STATE)
            return
        found = self._opaque(value, path)
        if isinstance(value, str) and found is not None and self._context.rule(self._place(path), Kind.FRESH):
            self.same -= 1
            self._fresh(value, path)
            return
        if found is None or self._context.aliases.bind(found, value, value) or value in self._context.sent:
            return
        self.same -= 1
        self._conflict(found, value, value, path)

    def _opaque(self, value: str | int, path: PathKey) -> str | None:
        """Namespace of an opaque value; None for others. Short strings that are equal need no alias."""
        if isinstance(value, str):
            return "" if is_token(value) else None
        return namespace_of(last_key(path)) or None

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

    def _members_vary(self, place: str, recorded: list[Json]) -> bool:
        """Whether the members of a list vary; of lists of words that one operation shows alone, only there."""
        words = all(isinstance(item, str) and not is_token(item) for item in recorded)
        return self._context.rule(place, Kind.MEMBERS, self._subject if words else "") is not None

    def _place(self, path: PathKey) -> str:
        return place_of(self._type_of, self._subject, path)

    def _differ(self, axis: Axis, path: PathKey, recorded: Json, live: Json, *, raw: bool = False) -> None:
        actual = live if raw else short(live)
        expected = recorded if raw and isinstance(recorded, str) else short(recorded)
        self.deviations.append(Deviation(axis, dotted(path), expected, actual))


def _name(found: Identity | None) -> str:
    return str(found[1]) if found else ""


def _others(items: list[Json], places: Iterable[int]) -> list[int]:
    """The places in a list that are not among these."""
    return sorted(set(range(len(items))).difference(places))


def _is_link(value: Json) -> bool:
    """Whether it leads somewhere: where is the affair of who serves it."""
    return isinstance(value, str) and split_host(value) is not None


def _parameter(parts: list[str], place: int) -> str:
    """Name of the query parameter whose value stands at ``place``; "" where there is none."""
    return parts[place - 2] if place > 2 and parts[place - 1] == "=" else ""


def _same_letters(recorded: str, live: str) -> bool:
    """Whether both are as many small letters: made-up ones may sound like a word."""
    return len(recorded) == len(live) and alphabet(live) == alphabet(recorded)


def _doubled(items: list[Json]) -> bool:
    """Whether two elements are equal in all."""
    return any(one == other for one, other in combinations(items, 2))


def _repeats(items: list[Json]) -> bool:
    """Whether a list names one thing twice."""
    names = [element_identity(item) for item in items]
    return len(set(names)) < len(names)


def _type_name(value: object) -> str:
    """Name of a JSON type."""
    return "string" if isinstance(value, str) else form(value)
