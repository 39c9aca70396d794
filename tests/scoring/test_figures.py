from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.scoring.figures import mean, percent, ratio, wilson

PAIRS = st.integers(1, 5000).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))


@pytest.mark.parametrize(
    ("part", "whole", "expected"), [(1, 1, 100.0), (999, 1000, 99.9), (9999, 10000, 99.9), (2, 3, 66.6), (0, 3, 0.0)]
)
def test_a_ratio_is_rounded_down(part, whole, expected):
    assert ratio(part, whole) == expected


def test_a_ratio_of_nothing_is_no_figure():
    assert ratio(0, 0) is None
    assert mean([]) is None


@given(PAIRS)
def test_only_all_is_a_hundred(pair):
    part, whole = pair
    assert (percent(Fraction(part, whole)) == 100) == (part == whole)
    assert percent(Fraction(part, whole)) <= 100 * part / whole + 1e-9


@pytest.mark.parametrize(
    ("successes", "trials", "expected"),
    [(3, 3, (43.8, 100.0)), (0, 10, (0.0, 27.8)), (12, 13, (66.6, 98.7)), (50, 100, (40.3, 59.7))],
)
def test_wilson_interval_against_known_figures(successes, trials, expected):
    assert wilson(successes, trials) == expected


@given(PAIRS)
def test_wilson_interval_holds_the_share_and_stays_in_range(pair):
    low, high = wilson(*pair)
    assert 0 <= low <= 100 * pair[0] / pair[1] <= high <= 100


def test_no_trials_no_interval():
    assert wilson(0, 0) is None
