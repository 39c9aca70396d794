from pathlib import Path

import pytest

from conformance.audit.false_alarms import Point, choose, curve, draw, leave_out, measure, tally
from conformance.oracle.expectations.judge import THRESHOLD
from conformance.oracle.expectations.learn import learn
from conformance.oracle.wire import wire_traces
from conformance.recordings.read import read_folder
from conformance.target import load, usable
from expectations.factories import cut, learned, life

CORPUS = Path(__file__).resolve().parents[2].parent / "shared" / "corpus"
STRONG = 0.85

STEADY = [life(number) for number in range(12)]


def test_a_steady_service_is_never_blamed():
    traces, targets, _ = learned(STEADY)
    (found,) = measure(traces, targets)
    assert (found.target, found.judged_steps, found.false_alarms) == ("barges", 72, 0)
    assert found.strong_steps == 72


def test_what_only_one_recording_shows_is_a_false_alarm():
    traces, targets, _ = learned([*STEADY, cut(life(99), 2, kind=...)])
    (found,) = measure(traces, targets)
    assert found.false_alarms == 1
    assert found.examples[0].judgement.deviations[0].path == "kind"


def test_what_is_left_out_is_no_evidence_for_itself():
    traces, targets, expectations = learned([life(1)])
    assert tally("barges", leave_out(traces, targets, expectations)).judged_steps == 0


def test_a_higher_threshold_flags_less_and_judges_less():
    traces, targets, expectations = learned([*STEADY, cut(life(99), 2, kind=...)])
    points = curve("barges", leave_out(traces, targets, expectations))
    assert [p.flagged_steps for p in points] == sorted((p.flagged_steps for p in points), reverse=True)
    assert [p.strong_steps for p in points] == sorted((p.strong_steps for p in points), reverse=True)
    assert len(draw(points).splitlines()) == len(points) + 1


def test_the_lowest_threshold_within_the_budget_is_chosen():
    points = [Point(1, 1000, 1000, 9), Point(2, 1000, 990, 2), Point(3, 1000, 900, 1)]
    assert choose(points, 3) == 2
    assert choose(points, 0.5) == float("inf")


@pytest.mark.parametrize(
    ("service", "budget"),
    [("sheets", 1), ("drive", 1), ("slack", 3), ("jira", 3), pytest.param("okta", 3, marks=pytest.mark.slow)],
)
def test_real_services_are_hardly_ever_blamed(service, budget):
    if not (CORPUS / service).is_dir():
        pytest.skip("the corpus is not here")
    recordings = list(read_folder(CORPUS / service))
    traces, targets = wire_traces(recordings, [load(name) for name in usable()])
    judged = leave_out(traces, targets, learn(traces, targets))
    for found in (tally(name, judged, THRESHOLD) for name in {one.target for one in judged}):
        if found.judged_steps > found.steps / 2 and found.target == service:
            assert found.rate <= budget
            assert found.strong_steps >= STRONG * found.judged_steps
