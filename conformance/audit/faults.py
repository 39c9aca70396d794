"""The kinds of faults: for each, where it can be put and what it does there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from conformance.audit import answers as a
from conformance.audit import identities as i
from conformance.audit import requests as r
from conformance.audit import states as s
from conformance.audit.plant import Fault
from conformance.audit.survey import Spot, Survey


@dataclass(frozen=True)
class Kind:
    """A kind of fault. ``spots`` are candidates: whether a fault shows there is found out by asking."""

    name: str
    spots: Callable[[Survey], Iterator[Spot]]
    make: Callable[[Survey, Spot], Fault]


def _wrong_order(survey: Survey, spot: Spot) -> Fault:
    """The order that was asked for is ignored, or a list is turned round."""
    if spot.place[:1] == (r.QUERY,):
        return r.Ignored(spot)
    return a.on_list(lambda found: found[::-1])(survey, spot)


_SHAPE = (
    Kind("dropped field", a.members, a.at_place(a.drop)),
    Kind("added null field", a.missing_keys, a.add_null),
    Kind("null for a value", a.present, a.at_place(a.nullify)),
    Kind("renamed field", a.members, a.at_place(a.rename)),
    Kind("retyped field", a.present, a.at_place(a.retype)),
)
_VALUES = (
    Kind("constant for echo", a.places(a.is_echo), a.constant),
    Kind("mangled echo", a.places(a.is_echo), a.at_place(a.mangle)),
    Kind("misspelt word", a.places(a.is_vocabulary), a.at_place(a.misspell)),
    Kind("wrong number", a.any_sample(a.is_count), a.at_place(a.count_wrong)),
    Kind("swapped fields", a.twin_fields, a.swap_fields),
    Kind("cut content", a.contents, a.whole(a.cut_content)),
)
_LISTS = (
    Kind("swapped elements", a.lists_of(2), a.on_list(a.swap_first)),
    Kind("duplicated element", a.lists_of(1), a.on_list(lambda found: [*found, found[0]])),
    Kind("missing element", a.lists_of(1), a.on_list(lambda found: found[1:])),
    Kind("wrong order", s.either(r.with_role("order"), a.lists_of(2)), _wrong_order),
    Kind("created thing not listed", s.listings, i.planted(s.NotListed)),
)
_REQUESTS = (
    Kind("limit ignored", r.with_role("limit"), r.ignored),
    Kind("cursor ignored", r.with_role("cursor"), r.ignored),
    Kind("filter ignored", r.with_role("filter"), r.ignored),
    Kind("fields mask ignored", r.with_role("projection"), r.ignored),
    Kind("option ignored", r.options, r.ignored),
    Kind("input ignored", r.inputs, r.ignored),
)
_OUTCOMES = (
    Kind("wrong status", a.outcomes(good=None), a.whole(a.other_status)),
    Kind("wrong error code", a.has_code, a.whole(a.other_code)),
    Kind(
        "wrong error shape", a.several(a.outcomes(good=False), "text", "flat", "nested"), a.whole(a.other_error_shape)
    ),
    Kind("success for error", a.outcomes(good=False), i.planted(a.SuccessForError)),
    Kind("error for success", a.refusable, a.whole(a.error_for_success)),
    Kind("missing header", a.judged_headers, a.whole(a.without_header)),
    Kind("wrong header", a.media_types, a.whole(a.wrong_header)),
)
_IDENTITIES = (
    Kind("reused id", i.ids, i.planted(i.ReusedId)),
    Kind("id format", a.several(i.id_texts, "short", "prefix", "long"), i.planted(i.OtherFormat)),
    Kind("unstable id", i.ids, i.planted(i.UnstableId)),
    Kind("timestamp format", a.all_moments, a.reformat),
    Kind("timestamp not advancing", a.several(a.moments, "thing", "clock"), i.planted(i.StandingTime)),
)
_STATES = (
    Kind("stale read", s.reads, i.planted(s.StaleRead)),
    Kind("lost update", s.writes, i.planted(s.LostWrite)),
    Kind("update of the wrong neighbour", s.writes, i.planted(s.WrongNeighbour)),
    Kind("deleted thing still there", s.either(s.deletions, s.reads, s.listings), s.deleting),
    Kind("call that changes what it should not", a.several(s.good_calls, "undo", "again"), i.planted(s.Meddling)),
)

KINDS: Mapping[str, Kind] = {
    kind.name: kind for kind in (*_SHAPE, *_VALUES, *_LISTS, *_REQUESTS, *_OUTCOMES, *_IDENTITIES, *_STATES)
}
"""All kinds, by name."""
