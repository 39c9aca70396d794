"""Compares an answer with the recorded one, leaf by leaf, on parsed values."""

from __future__ import annotations

from collections.abc import Container, Iterable
from itertools import combinations

from conformance.oracle.findings import ABSENT, short
from conformance.oracle.leaves import Leaves
from conformance.oracle.noise import ANY_ORDER, AS_RECORDED, IDS_DOWN, IDS_UP, Kind
from conformance.oracle.pairing import best_pairs
from conformance.oracle.verdict import Axis, Deviation
from conformance.programs.answers import is_in_header
from conformance.programs.identity import (
    MIN_TOKEN,
    SHORT,
    Identity,
    element_identity,
    is_token,
)
from conformance.programs.model import PathKey
from conformance.programs.trees import dotted
from conformance.recordings.model import Json

LEADS_BACK = "given before: who follows it never comes to the end"


class Comparison(Leaves):
    """One walk over a recorded and a live value. Cost is linear in the number of recorded leaves."""

    def compare(self, recorded: Json, live: Json, path: PathKey = ()) -> None:
        """Compare two trees; what differs is added to ``deviations``."""
        self._walk(recorded, live, path)
        for text, other, where, within in self._unsettled:  # URLs may name things whose ids come after them
            self._within = within
            self._settle(text, other, where)
        self._within = []
        self._unsettled.clear()

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

    def _members_vary(self, place: str, recorded: list[Json]) -> bool:
        """Whether the members of a list vary; of lists of words that one operation shows alone, only there."""
        words = all(isinstance(item, str) and not is_token(item) for item in recorded)
        return self._context.rule(place, Kind.MEMBERS, self._subject if words else "") is not None


def _name(found: Identity | None) -> str:
    return str(found[1]) if found else ""


def _others(items: list[Json], places: Iterable[int]) -> list[int]:
    """The places in a list that are not among these."""
    return sorted(set(range(len(items))).difference(places))


def _doubled(items: list[Json]) -> bool:
    """Whether two elements are equal in all."""
    return any(one == other for one, other in combinations(items, 2))


def _repeats(items: list[Json]) -> bool:
    """Whether a list names one thing twice."""
    names = [element_identity(item) for item in items]
    return len(set(names)) < len(names)
