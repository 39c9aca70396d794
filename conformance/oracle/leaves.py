"""Compares leaves: strings by what they mean, and made-up values by what stands for them."""

from __future__ import annotations

import re

from conformance.oracle.findings import NAMES, Findings
from conformance.oracle.forms import alphabet, of_one_account, split_host
from conformance.oracle.noise import Kind
from conformance.oracle.verdict import Axis
from conformance.programs.identity import (
    MIN_NAMING_NUMBER,
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
from conformance.programs.trees import is_below, last_key, type_name
from conformance.recordings.model import Json

_COMPOUND = re.compile(r"[\w.-]+(?::[\w.-]*){2,}\Z")
"""A key made of others (``urn:vendor:account:thing``)."""


class Leaves(Findings):
    """Compares what holds nothing else. URLs wait until all ids of the answer are known."""

    def _settle(self, recorded: str, live: str, path: PathKey) -> None:
        if self._same_parts(recorded, live):
            self.same += 1
        else:
            self._value_or_noise(recorded, live, path, Axis.VALUE)

    def _unequal(self, recorded: Json, live: Json, path: PathKey) -> None:
        """Leaves that are not equal, or trees of different type."""
        self.made += 1
        if bool(recorded) != bool(live) and self._is_cursor(path):
            if not self._is_ambient():  # with what others left a list is longer
                self._differ(Axis.PAGING, path, recorded, live)
        elif isinstance(recorded, str) and isinstance(live, str):
            self._strings(recorded, live, path)
        elif type_name(recorded) != type_name(live):
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


def _parameter(parts: list[str], place: int) -> str:
    """Name of the query parameter whose value stands at ``place``; "" where there is none."""
    return parts[place - 2] if place > 2 and parts[place - 1] == "=" else ""


def _same_letters(recorded: str, live: str) -> bool:
    """Whether both are as many small letters: made-up ones may sound like a word."""
    return len(recorded) == len(live) and alphabet(live) == alphabet(recorded)
