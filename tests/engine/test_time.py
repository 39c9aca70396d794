"""Moments: their forms are compared, their values are not, their order is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.oracle.alias import Timeline
from conformance.oracle.compare import Comparison
from conformance.oracle.findings import Context
from conformance.oracle.noise import Noise
from conformance.oracle.verdict import Axis
from conformance.programs.moments import epoch, timestamp

START = datetime(2024, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 6).map(lambda seconds: START + timedelta(seconds=seconds, milliseconds=1))


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("2024-03-01T08:30:00Z", "0 digits, Z"),
        ("2024-03-01T08:30:00.123Z", "3 digits, Z"),
        ("2024-03-01T08:30:00.123456789Z", "9 digits, Z"),
        ("2024-03-01T08:30:00+00:00", "0 digits, ±hh:mm"),
        ("2024-03-01T08:30:00.000-0700", "3 digits, ±hhmm"),
        ("2024-03-01 08:30:00", "no zone, seconds"),
        ("2024-03-01 08:30:00.0", "no zone, fraction"),
        ("2024-03-01 08:30:00.129", "no zone, fraction"),
        ("Fri Mar 01 08:30:00 UTC 2024", "date(1), UTC"),
        ("Fri, 01 Mar 2024 08:30:00 GMT", "HTTP date, GMT"),
    ],
)
def test_forms_of_moments(text: str, form: str) -> None:
    found = timestamp(text)
    assert found is not None
    assert found[1] == form


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024-03-01",
        "2024-03-01 08:30:00Z",
        "2024-03-01T08:30:00",
        "2024-13-01T08:30:00Z",
        "Thu Feb 31 08:30:00 UTC 2024",
        "Fri Mon 01 08:30:00 UTC 2024",
        "at 2024-03-01T08:30:00Z",
    ],
)
def test_what_is_no_moment(text: str) -> None:
    assert timestamp(text) is None


@pytest.mark.parametrize(
    "text", ["2024-03-01 08:30:00.5", "Fri Mar 01 08:30:00 UTC 2024", "Fri, 01 Mar 2024 08:30:00 GMT"]
)
def test_spellings_tell_the_same_moment(text: str) -> None:
    found = timestamp(text)
    assert found is not None
    assert found[0].replace(microsecond=0) == datetime(2024, 3, 1, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("key", "value", "form"),
    [
        ("lastConnection", 1_709_281_800_000, "number, ms"),
        ("createdAt", 1_709_281_800, "number, s"),
        ("exp", "1709281800", "text, s"),
        ("date_create", "1709281800123", "text, ms"),
    ],
)
def test_moments_as_numbers(key: str, value: object, form: str) -> None:
    found = epoch(key, value)
    assert found is not None
    assert found[0].replace(microsecond=0) == datetime(2024, 3, 1, 8, 30, tzinfo=UTC)
    assert found[1] == form


@pytest.mark.parametrize(
    ("key", "value"),
    [("phone", "1709281800"), ("sequence", 1_709_281_800), ("createdAt", 17), ("createdAt", True), ("exp", "17")],
)
def test_numbers_that_are_no_moments(key: str, value: object) -> None:
    assert epoch(key, value) is None


def test_spelling_is_kept() -> None:
    judged = Comparison(Context(Noise()), "GET /it", lambda *_: "")
    judged.compare({"at": "2024-03-01 08:30:00.0"}, {"at": "2025-03-01T08:30:00.000Z"})
    judged.compare({"updated": 1_709_281_800}, {"updated": 1_709_281_800_000})
    assert [(found.axis, found.path) for found in judged.deviations] == [(Axis.VALUE, "at"), (Axis.VALUE, "updated")]


def test_moments_that_are_equal_by_chance_count_too() -> None:
    """The first moment of the twin is the second one of the recording, and then stands still."""
    judged = Comparison(Context(Noise()), "GET /it", lambda *_: "")
    judged.compare({"at": "2024-03-01T08:30:00.001Z"}, {"at": "2024-03-01T08:30:00.002Z"})
    judged.compare({"at": "2024-03-01T08:30:00.002Z"}, {"at": "2024-03-01T08:30:00.002Z"})
    assert [found.axis for found in judged.deviations] == [Axis.STATE]


def test_zones_count() -> None:
    here, there = timestamp("2024-03-01T09:30:00+01:00"), timestamp("2024-03-01T08:30:00Z")
    assert here is not None
    assert there is not None
    assert here[0] == there[0]


@given(st.lists(st.tuples(MOMENTS, MOMENTS), max_size=8))
def test_timeline_takes_exactly_what_keeps_the_order(pairs: list[tuple[datetime, datetime]]) -> None:
    timeline = Timeline()
    taken: list[tuple[datetime, datetime]] = []
    for recorded, live in pairs:
        contradicts = any(
            (recorded < one and live > other) or (recorded > one and live < other) for one, other in taken
        )
        assert timeline.fits(recorded, live) is not contradicts
        if not contradicts:
            taken.append((recorded, live))
    for (one, mine), (other, theirs) in combinations(taken, 2):
        assert not (one < other and mine > theirs)


def moment(second: int) -> datetime:
    return datetime(2024, 3, 1, 8, 30, second, tzinfo=UTC)


def test_calls_made_in_parallel_come_in_any_order() -> None:
    timeline = Timeline()
    timeline.begin_step()
    assert timeline.fits(moment(30), moment(1))
    assert not timeline.fits(moment(29), moment(2)), "one answer tells its moments in order"
    timeline.begin_step()
    assert timeline.fits(moment(29), moment(2)), "another call may have been a little earlier"
    assert not timeline.fits(moment(5), moment(2)), "but not much"
    assert not timeline.fits(moment(31), moment(0)), "and what came later did not come before"


def test_things_in_a_list_are_beside_each_other_and_no_others() -> None:
    timeline = Timeline()
    timeline.begin_thing()
    assert timeline.fits(moment(10), moment(13))
    assert not timeline.fits(moment(11), moment(12)), "one thing tells its moments in order"
    timeline.begin_thing()
    assert timeline.fits(moment(11), moment(12))
    assert not timeline.fits(moment(30), moment(12)), "not that long after"
    timeline.begin_step()
    assert not timeline.fits(moment(12), moment(12)), "who tells it later saw it later"
    assert timeline.fits(moment(11), moment(12)), "but it may be told again"


def axes(recorded: dict[str, str], live: dict[str, str]) -> dict[str, Axis]:
    comparison = Comparison(Context(Noise()), "GET /things", lambda _operation, _path: "")
    comparison.compare(recorded, live)
    return {one.path: one.axis for one in comparison.deviations}


MADE, CHANGED = "2024-03-01T08:30:00.001Z", "2024-03-01T08:30:00.007Z"


@pytest.mark.parametrize(
    ("made", "changed", "found"),
    [
        ("2031-01-01T00:00:00.000Z", "2031-05-05T00:00:00.999Z", {}),
        ("2031-01-01T00:00:00.000Z", "2031-01-01T00:00:00.000Z", {}),
        ("2031-01-01T00:00:00.005Z", "2031-01-01T00:00:00.001Z", {"changed": Axis.STATE}),
        ("2031-01-01T00:00:00Z", "2031-01-01T00:00:09.000Z", {"made": Axis.VALUE}),
        ("yesterday", "2031-01-01T00:00:09.000Z", {"made": Axis.VALUE}),
        ("", "2031-01-01T00:00:09.000Z", {"made": Axis.VALUE}),
    ],
)
def test_moments_of_one_answer(made: str, changed: str, found: dict[str, Axis]) -> None:
    assert axes({"made": MADE, "changed": CHANGED}, {"made": made, "changed": changed}) == found


def test_the_things_in_a_list_came_about_by_calls_of_their_own() -> None:
    def listed(*moments: int) -> list[dict[str, str]]:
        return [
            {
                "id": f"k3Jx81mQz0TtW5vYp7R{at}",
                "made": f"2024-03-01T08:30:{made:02}Z",
                "changed": f"2024-03-01T08:30:{changed:02}Z",
            }
            for at, (made, changed) in enumerate(zip(moments[::2], moments[1::2], strict=True))
        ]

    def differ(recorded: list[dict[str, str]], live: list[dict[str, str]]) -> set[Axis]:
        comparison = Comparison(Context(Noise()), "GET /things", lambda _operation, _path: "")
        comparison.compare(recorded, live)
        return {found.axis for found in comparison.deviations}

    assert differ(listed(0, 1, 0, 1), listed(1, 1, 2, 3)) == set()
    assert differ(listed(0, 1, 0, 1), listed(2, 3, 1, 1)) == set()
    assert differ(listed(0, 1), listed(2, 1)) == {Axis.STATE}, "each of them in order"
    assert differ(listed(0, 1, 20, 21), listed(20, 21, 0, 1)) == {Axis.STATE}, "what came long after came after"


def test_equal_moments_stay_equal() -> None:
    assert axes({"made": MADE, "changed": MADE}, {"made": CHANGED, "changed": CHANGED}) == {}
    other = {"made": "2031-01-01T00:00:00.001Z", "changed": "2031-01-01T00:00:00.002Z"}
    assert axes({"made": MADE, "changed": MADE}, other) == {"changed": Axis.STATE}


def test_whole_seconds_coincide_by_chance() -> None:
    """Two things that happened within a second may well happen in two."""
    second, next_one = "2024-03-01T08:30:00Z", "2024-03-01T08:30:01Z"
    assert axes({"made": second, "changed": second}, {"made": second, "changed": next_one}) == {}


def test_time_does_not_stand_still() -> None:
    """What moved on between two looks at the same place moves on in the twin."""
    context = Context(Noise())
    for recorded, live, found in ((MADE, CHANGED, []), (MADE, CHANGED, []), (CHANGED, CHANGED, [Axis.STATE])):
        later = live.replace("2024", "2031")
        comparison = Comparison(context, "GET /things", lambda _operation, _path: "")
        comparison.compare({"changed": recorded}, {"changed": later})
        assert [one.axis for one in comparison.deviations] == found


FIRST, SECOND = "2024-03-01T08:30:00.000Z", "2024-03-01T08:30:01.000Z"


@pytest.mark.parametrize(("paced", "found"), [(True, [Axis.STATE]), (False, [])])
def test_whole_seconds_move_on_where_the_twin_takes_its_time(paced: bool, found: list[Axis]) -> None:
    context = Context(Noise(), paced=paced)
    for recorded in (FIRST, SECOND):
        comparison = Comparison(context, "GET /things", lambda _operation, _path: "")
        comparison.compare({"changed": recorded}, {"changed": FIRST})
    assert [one.axis for one in comparison.deviations] == found


def test_a_twin_may_move_on_before_the_service_shows_it() -> None:
    """Services answer some writes with the moment of the last one; and elements of a list have moments of their own."""
    context = Context(Noise(), paced=True)
    for recorded, live in ((FIRST, FIRST), (FIRST, SECOND), (SECOND, SECOND)):
        comparison = Comparison(context, "GET /things", lambda _operation, _path: "")
        comparison.compare({"changed": recorded}, {"changed": live})
        assert not comparison.deviations
    comparison = Comparison(Context(Noise(), paced=True), "GET /things", lambda _operation, _path: "")
    comparison.compare([{"made": FIRST}, {"made": SECOND}], [{"made": FIRST}, {"made": FIRST}])
    assert not comparison.deviations


def test_moments_that_the_client_sent_are_values() -> None:
    comparison = Comparison(Context(Noise(), sent={MADE}), "POST /things", lambda _operation, _path: "")
    comparison.compare({"due": MADE}, {"due": CHANGED})
    assert [one.axis for one in comparison.deviations] == [Axis.VALUE]
