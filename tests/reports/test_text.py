import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.oracle.verdict import Verdict
from conformance.reports.figures import false_alarms_text, worst
from conformance.reports.text import clean, folded, percent_text, plural, shortened, side_by_side
from conformance.scoring.model import Audit
from scoring.factories import behaviour, deviation, program, run, step


@given(st.text())
def test_clean_leaves_one_printable_line(text):
    cleaned = clean(text)
    assert len(cleaned.splitlines()) <= 1
    cleaned.encode("utf-8")
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a\x1bb", r"a\x1bb"), ("a\u202eb", r"a\u202eb"), ("\ud800", r"\ud800"), ("ünï → 名", "ünï → 名"), ("\n", r"\n")],
)
def test_what_cannot_be_seen_is_written_out(text, shown):
    assert clean(text) == shown


def test_shortened_counts_what_is_shown():
    assert shortened("abcdef", 4) == "abc…"
    assert shortened("abcd", 4) == "abcd"
    assert len(shortened("\x1b" * 10, 6)) == 6


@given(st.text("ab", min_size=1, max_size=300), st.text("ab", min_size=1, max_size=300), st.integers(20, 100))
def test_values_side_by_side_show_where_they_part(expected, actual, limit):
    left, right = side_by_side(expected, actual, limit)
    assert max(len(left), len(right)) <= limit
    if expected != actual:
        assert left != right


def test_short_values_stand_whole():
    assert side_by_side("same start, a", "same start, b", 20) == ("same start, a", "same start, b")


@given(st.text("ab/:.{}", max_size=200), st.integers(10, 60))
def test_folding_loses_nothing(path, limit):
    assert folded(path, limit).replace("\n  ", "") == path


def test_folding_breaks_between_parts():
    assert folded("GET /v1/barges/{bargeId}/cargo:load", 20) == "GET /v1/barges\n  /{bargeId}/cargo\n  :load"


@pytest.mark.parametrize(("value", "text"), [(None, "—"), (100.0, "100 %"), (99.9, "99.9 %"), (0.0, "0.0 %")])
def test_percentages(value, text):
    assert percent_text(value) == text


def test_plurals():
    assert [plural(0, "run"), plural(1, "run"), plural(1200, "run")] == ["0 runs", "1 run", "1,200 runs"]


def test_the_worst_differences_are_of_different_behaviours_first():
    two = [deviation(path="a"), deviation(path="b")]
    get, listing = behaviour("GET /v1/barges/{bargeId}"), behaviour("GET /v1/barges")
    scored = run(
        program(step(get, Verdict.DIFFERS, two), step(get, Verdict.DIFFERS, two)),
        program(step(listing, Verdict.DIFFERS, two)),
    )
    found = [(d.behaviour, d.path) for d in worst(scored.targets[0], 3)]
    assert found == [(get, "a"), (listing, "a"), (get, "b")]


@pytest.mark.parametrize(
    ("judged", "text"),
    [(1200, "1 false alarm in 1,200 real answers"), (0, "")],
)
def test_false_alarms_are_told_where_answers_were_judged(judged, text):
    assert false_alarms_text(Audit(judged=judged, false_alarms=1, faults=2, caught=1)) == text
