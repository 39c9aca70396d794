import os
import pickle
import subprocess
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from conformance.oracle.expectations.cache import LearnCache
from conformance.oracle.expectations.learn import learn
from conformance.oracle.expectations.strings import form_of, is_data, is_word, names_in_mask
from conformance.oracle.wire import wire_traces
from expectations.factories import learned, life

TRACES, TARGETS, EXPECTATIONS = learned([life(number) for number in range(5)])


def masks(expectations):
    return expectations.answers, expectations.seen


def test_the_cache_gives_back_what_was_learned(tmp_path):
    cache = LearnCache(tmp_path, "key")
    assert masks(learn(TRACES, TARGETS, cache)) == masks(learn(TRACES, TARGETS, cache)) == masks(EXPECTATIONS)


def test_parts_are_put_together_again(tmp_path):
    cache = LearnCache(tmp_path, "key")
    learn(TRACES, TARGETS, cache)
    assert masks(learn(TRACES[1:], TARGETS, cache)) == masks(learn(TRACES[1:], TARGETS))


def test_another_version_of_the_code_meets_nothing_old(tmp_path):
    LearnCache(tmp_path, "one").keep_whole(["a"], EXPECTATIONS)
    assert LearnCache(tmp_path, "other").whole(["a"]) is None


def test_a_broken_cache_is_no_error(tmp_path):
    cache = LearnCache(tmp_path, "key")
    learn(TRACES, TARGETS, cache)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            path.write_bytes(b"broken")
    assert masks(learn(TRACES, TARGETS, cache)) == masks(EXPECTATIONS)


def test_expectations_travel_between_processes():
    assert masks(pickle.loads(pickle.dumps(EXPECTATIONS))) == masks(EXPECTATIONS)


def test_a_behaviour_knows_its_evidence():
    found = {known.name: known for known in EXPECTATIONS.behaviours}
    made = EXPECTATIONS.behaviours[found["POST /v1/barges → 200"]]
    assert [source.name for source in made.recordings] == [f"life{number}.json" for number in range(5)]
    assert made.groups == 5
    assert not made.outdated


def test_strength_falls_with_answers_seen_once():
    steady = EXPECTATIONS.strength([0b11111])
    assert steady == 5
    assert EXPECTATIONS.strength([0b1111, 0b10000]) < steady


def test_answers_of_one_account_make_no_rule():
    one_origin = next(mask for mask in range(1, 32) if EXPECTATIONS.origins(mask) == 1)
    assert EXPECTATIONS.strength([one_origin], of_account=True) == 0


def test_operations_are_learned_from_paths():
    operations = {step.call.operation for trace in wire_traces([life(1)])[0] for step in trace.program.steps}
    assert operations == {
        "POST /v1/barges",
        *(f"{verb} /v1/barges/{{bargesId}}" for verb in ("GET", "PATCH", "DELETE")),
    }


@given(st.text(max_size=60))
def test_every_string_has_a_form(text):
    assert form_of(text)
    assert not (is_word(text) and " " in text)
    assert is_data(text) in (True, False)
    assert all(name in text for name in names_in_mask(text))


def test_what_is_judged_does_not_depend_on_the_order_of_sets():
    script = (
        "from expectations.factories import cut, judge_last, life\n"
        "evidence = [life(number) for number in range(12)]\n"
        "print(judge_last(evidence, cut(life(99), 2, kind=..., created=..., changed=..., links=...)))\n"
    )
    tests = Path(__file__).resolve().parents[1]

    def run(seed):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": f"{tests}{os.pathsep}{tests.parent}"}
        return subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, check=True).stdout

    assert run("1") == run("2") != b""
