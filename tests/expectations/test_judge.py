from dataclasses import replace

import pytest

from conformance.oracle.verdict import Axis
from conformance.oracle.wire import wire_traces
from conformance.programs.gaps import gaps_of
from expectations.factories import barge, cut, exchange, judge_last, life, recording

EVIDENCE = [life(number) for number in range(16)]
TRIED = life(99)
GET, READ_AGAIN, DELETED = 2, 4, 5


def paths(judgement):
    return {deviation.path for deviation in judgement.deviations}


@pytest.mark.parametrize("length", range(1, 7))
def test_a_real_answer_is_never_blamed(length):
    judgement = judge_last(EVIDENCE, cut(TRIED, length) if length != DELETED else TRIED)
    assert judgement.judged
    assert judgement.strong
    assert judgement.deviations == ()


@pytest.mark.parametrize(
    ("changes", "path", "axis"),
    [
        ({"kind": ...}, "kind", Axis.SHAPE),
        ({"kind": None}, "kind", Axis.SHAPE),
        ({"kind": 7}, "kind", Axis.SHAPE),
        ({"kind": "raft"}, "kind", Axis.VALUE),
        ({"created": "2025-03-01T10:00:00Z"}, "created", Axis.VALUE),
        ({"created": "2025-04-01T10:00:00.125Z"}, "changed", Axis.VALUE),
        ({"links": {"self": "https://barges.example/v1/barges/brother"}}, "links.self", Axis.VALUE),
        ({"links": {}}, "links.self", Axis.SHAPE),
        ({"id": "short1"}, "id", Axis.VALUE),
        ({"name": "somebody else's"}, "name", Axis.STATE),
    ],
)
def test_what_never_was_is_a_deviation(changes, path, axis):
    judgement = judge_last([life(number) for number in range(40)], cut(TRIED, GET, **changes))
    assert (axis, path) in {(deviation.axis, deviation.path) for deviation in judgement.deviations}


def test_a_read_gives_back_the_last_write():
    judgement = judge_last(EVIDENCE, cut(TRIED, READ_AGAIN, name="barge of 99"))
    assert any(deviation.axis is Axis.STATE and deviation.path == "name" for deviation in judgement.deviations)


def test_an_echo_that_is_none_is_a_deviation():
    judgement = judge_last(EVIDENCE, cut(TRIED, 1, name="constant"))
    assert "name" in paths(judgement)


def test_what_was_broken_up_is_gone():
    read_after_delete = (*TRIED.interactions[:5], TRIED.interactions[1])
    again = recording("again", *((one.request, one.response) for one in read_after_delete))
    judgement = judge_last([life(number) for number in range(20)], again)
    assert Axis.OUTCOME in {deviation.axis for deviation in judgement.deviations}


def test_weak_evidence_only_notes():
    judgement = judge_last(EVIDENCE[:3], cut(TRIED, GET, kind=...))
    assert judgement.judged
    assert not judgement.deviations
    assert any(note.path == "kind" for note in judgement.notes)


def test_an_unknown_field_is_no_deviation():
    assert judge_last(EVIDENCE, cut(TRIED, GET, painted=True)).deviations == ()


def test_an_unknown_behaviour_is_not_judged():
    other = recording("other", exchange("GET", "/v1/quays", 200, {"kind": "quay"}))
    judgement = judge_last(EVIDENCE, other)
    assert not judgement.judged
    assert judgement.made == 0


def with_kind(number, kind, **more):
    return recording(
        f"{kind}{number}", exchange("GET", f"/v1/barges/br{number:04d}Qx7Rt2", 200, barge(number, kind=kind, **more))
    )


KINDS = [with_kind(number, "tanker", tanks=3) for number in range(12)] + [
    with_kind(number, "barge") for number in range(12)
]


def test_a_word_that_splits_cleanly_decides_which_fields_there_are():
    assert "tanks" in paths(judge_last(KINDS, with_kind(77, "tanker")))
    assert judge_last(KINDS, with_kind(77, "barge")).deviations == ()


def test_nothing_is_required_of_a_kind_never_seen():
    assert "tanks" not in paths(judge_last(KINDS, with_kind(77, "ferry")))


def test_what_the_client_sent_is_no_evidence_of_what_the_service_gives():
    def with_flag(number, sent):
        body = {"name": "x", **({"flag": "blue"} if sent else {})}
        answer = barge(number, name="x", **({"flag": "blue"} if sent else {}))
        return recording(f"flag{number}", exchange("POST", "/v1/barges", 200, answer, body))

    evidence = [with_flag(number, True) for number in range(12)]
    assert "flag" not in paths(judge_last(evidence, with_flag(77, False)))


def test_a_list_of_fields_decides_everything_about_shapes():
    def masked(number, fields, answer):
        return recording(f"m{number}", exchange("GET", f"/v1/barges/br{number:04d}Qx7Rt2?fields={fields}", 200, answer))

    evidence = [masked(number, "id,name", {"id": barge(number)["id"], "name": "x"}) for number in range(12)]
    assert judge_last(evidence, masked(77, "id", {"id": barge(77)["id"]})).deviations == ()
    assert "name" in paths(judge_last(evidence, masked(78, "id,name", {"id": barge(78)["id"]})))


def listed(number, barges, limit=""):
    return recording(f"list{number}", exchange("GET", f"/v1/barges{limit}", 200, {"barges": barges}))


def test_lists_keep_their_order_and_repeat_nothing():
    evidence = [listed(number, [barge(number * 5 + place) for place in range(4)]) for number in range(16)]
    right = [barge(200 + place) for place in range(4)]
    assert judge_last(evidence, listed(99, right)).deviations == ()
    assert "barges[]" in paths(judge_last(evidence, listed(99, [*right, right[-1]])))
    assert "barges[].name" in paths(judge_last(evidence, listed(99, right[::-1])))


def test_a_list_is_no_longer_than_was_asked_for():
    evidence = [listed(number, [barge(number), barge(number + 50)], "?limit=2") for number in range(12)]
    longer = listed(99, [barge(99), barge(98), barge(97)], "?limit=2")
    assert Axis.PAGING in {deviation.axis for deviation in judge_last(evidence, longer).deviations}


def test_errors_have_one_shape_whatever_was_called():
    error = {"errorCode": "NO_BARGE", "errorSummary": "There is none."}
    evidence = [recording(f"e{n}", exchange("GET", f"/v1/things{n}/br{n:04d}Qx7Rt2", 404, error)) for n in range(12)]
    wrong = recording("wrong", exchange("GET", "/v1/things3/br0007Qx7Rt2", 404, {"errorCode": "NO_BARGE"}))
    assert paths(judge_last(evidence, wrong)) == {"errorSummary"}


def test_what_was_done_unseen_may_have_changed_anything():
    """The call between is of another host: it is no step, and nobody knows what it did."""
    made = TRIED.interactions[0]
    shown = TRIED.interactions[1]
    lost = exchange("POST", "/v1/unknown", 200, {})
    unseen = recording("unseen", (made.request, made.response), (lost[0], lost[1]), (shown.request, shown.response))
    trace = wire_traces([unseen])[0][0]
    assert gaps_of(trace.program) == frozenset()
    program = replace(trace.program, steps=(trace.program.steps[0], trace.program.steps[2]))
    assert gaps_of(program) == {1}


def test_a_field_that_comes_and_goes_belongs_to_accounts():
    def read(number, date, **changes):
        shown = exchange("GET", "/v1/barges", 200, barge(number, **changes))
        return recording(f"n{number}", shown, recorded=(date,), flavour="barges cloud")

    having = [read(number, "2025-01-01") for number in range(9)]
    late = read(77, "2026-02-01", kind=...)
    assert {deviation.path for deviation in judge_last(having, late).deviations} == {"kind"}
    between = read(50, "2025-06-01", kind=...)
    assert judge_last([*having, between, *(read(n, "2026-01-01") for n in range(20, 29))], late).deviations == ()


def test_words_made_of_what_was_sent_are_no_vocabulary():
    def linked(number, word, name):  # of several accounts: one account's words are no vocabulary
        shown = barge(number, name=name, words={"login": word})
        return recording(
            f"w{number}", exchange("POST", "/v1/barges", 200, shown, {"name": name}), source=f"harbour {number % 3}"
        )

    known = [linked(number, "plain_login", "barge") for number in range(30)]
    assert judge_last(known, linked(99, "harbour_login", "harbour")).deviations == ()
    assert "words.login" in paths(judge_last(known, linked(98, "other_login", "harbour")))


def made_with(sent, **changes):
    """A barge made by what nobody sent so far, and read again."""
    made = barge(99, **changes)
    return recording(
        "untried",
        exchange("POST", "/v1/barges", 200, made, {"name": made["name"], **sent}),
        exchange("GET", f"/v1/barges/{made['id']}", 200, made),
    )


@pytest.mark.parametrize("sent", [{"tonnage": 1}, {"crew": ["one"]}])
def test_what_nobody_sent_may_be_answered_as_nobody_saw(sent):
    evidence = [life(number) for number in range(20)]
    changes = {"kind": "raft"}
    assert judge_last(evidence, made_with({}, **changes)).deviations
    untried = judge_last(evidence, made_with(sent, **changes))
    assert untried.deviations == ()
    assert "kind" in {note.path for note in untried.notes}


def test_what_was_done_holds_for_what_nobody_sent_too():
    made = made_with({"tonnage": 1})
    late = replace(made, interactions=(made.interactions[0], cut(made, 2, name="another").interactions[1]))
    judgement = judge_last([life(number) for number in range(20)], late)
    assert any(deviation.axis is Axis.STATE and deviation.path == "name" for deviation in judgement.deviations)
