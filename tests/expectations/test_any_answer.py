import json

from hypothesis import given
from hypothesis import strategies as st

from conformance.oracle.expectations.judge import ExpectationJudge
from conformance.oracle.expectations.learn import concrete
from conformance.programs.model import Exchange, Observation, SdkError
from conformance.recordings.model import Request, Response
from expectations.factories import learned, life

TRACES, TARGETS, EXPECTATIONS = learned([life(number) for number in range(8)])
STEPS = TRACES[0].program.steps

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["id", "kind", "name", "links", "self", "created", "x y", ""]), inner)
    ),
    max_leaves=12,
)


def observed(status, body):
    answer = Response(status, "", {"content-type": ("application/json",)}, json.dumps(body).encode())
    return Observation(body, None, (Exchange(Request("GET", "https://barges.example/"), answer),))


@given(st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from([200, 204, 404, 500]), JSON), max_size=5))
def test_any_answer_is_judged_without_breaking(answers):
    judge = ExpectationJudge(EXPECTATIONS)
    for step, status, body in answers:
        found = judge.step(concrete(step.call), observed(status, body), TARGETS["barges"], None)
        assert found.same <= found.made
        assert len(found.strengths) == len(found.deviations) + len(found.notes)


def test_no_answer_at_all_is_judged_by_its_outcome():
    judge = ExpectationJudge(EXPECTATIONS)
    nothing = Observation(error=SdkError("ConnectionError", None, "", "refused"))
    expected = next(known for known in EXPECTATIONS.seen if known.operation == STEPS[0].call.operation)
    found = judge.step(concrete(STEPS[0].call), nothing, TARGETS["barges"], expected)
    assert [deviation.expected for deviation in found.deviations] == ["200"]


def test_another_outcome_than_the_drawn_one_always_fails():
    judge = ExpectationJudge(EXPECTATIONS, threshold=1000)
    expected = next(known for known in EXPECTATIONS.seen if known.operation == STEPS[0].call.operation)
    found = judge.step(concrete(STEPS[0].call), observed(500, {}), TARGETS["barges"], expected)
    assert found.strong
    assert len(found.deviations) == 1
