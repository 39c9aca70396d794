import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from conformance.errors import BadConfiguration
from conformance.oracle.verdict import Axis, Verdict
from conformance.scoring.baseline import Baseline, KnownDivergence, dump, gate, load, parse, updated, write
from conformance.scoring.model import Evidence
from scoring.factories import behaviour, deviation, program, realistic, run, step

TODAY = date(2030, 5, 17)
GET = behaviour("GET /v1/barges/{bargeId}")
LIST = behaviour("GET /v1/barges")

GOOD = run(program(step(GET), step(LIST)))
BAD = run(program(step(GET, Verdict.DIFFERS, [deviation()]), step(LIST)))
KNOWN = KnownDivergence("canal", GET.name, "shape", "name", "ticket 12", TODAY)


def held(*names, known=()):
    return Baseline("0", {"canal": frozenset(names)}, tuple(known))


def test_what_was_held_and_still_is_passes():
    result = gate(GOOD, held(GET.name, LIST.name), TODAY)
    assert result.passed
    assert result.lines == ("The gate passed.",)


def test_a_regression_fails_by_name_with_the_line_to_paste():
    result = gate(BAD, held(GET.name, LIST.name), TODAY)
    assert not result.passed
    (regression,) = result.regressions
    assert (regression.behaviour, regression.verdict) == (GET.name, Verdict.DIFFERS)
    assert f"canal: {GET.name} was held and is now: differs." in result.failures
    (line,) = regression.lines
    assert f"{line}," in result.lines
    pasted = {"schema": "conformance-baseline/1", "known_divergences": [json.loads(line) | {"reason": "ticket 12"}]}
    again = replace(parse(pasted), held={"canal": frozenset({GET.name})})
    assert gate(BAD, again, TODAY).passed


def test_what_never_was_held_does_not_fail():
    assert gate(BAD, held(LIST.name), TODAY).passed


def test_another_version_of_an_sdk_may_call_parameters_otherwise():
    old = GET.name.replace("bargeId", "id")
    assert gate(GOOD, held(old, LIST.name), TODAY).lines == ("The gate passed.",)
    (regression,) = gate(BAD, held(old), TODAY).regressions
    assert regression.behaviour == GET.name
    assert gate(BAD, held(old, known=[replace(KNOWN, behaviour=old)]), TODAY).passed
    assert updated(GOOD, held(old)).held["canal"] == {GET.name, LIST.name}


@pytest.mark.parametrize("verdict", [Verdict.NOT_IMPLEMENTED, Verdict.BLOCKED, Verdict.VOID])
def test_anything_but_held_is_a_regression(verdict):
    result = gate(run(program(step(GET, verdict))), held(GET.name), TODAY)
    assert [r.verdict for r in result.regressions] == [verdict]


def test_evidence_that_nothing_ran_is_a_regression():
    result = gate(run(evidence={GET: Evidence(1)}), held(GET.name), TODAY)
    assert [r.verdict for r in result.regressions] == [Verdict.UNOBSERVED]


def test_a_behaviour_that_vanished_fails_by_name():
    result = gate(run(program(step(LIST))), held(GET.name, LIST.name), TODAY)
    assert result.vanished == (("canal", GET.name),)
    assert not result.passed


def test_a_known_divergence_excuses_its_behaviour_up_to_its_last_day():
    baseline = held(GET.name, known=[KNOWN])
    assert gate(BAD, baseline, TODAY).passed
    after = gate(BAD, baseline, TODAY + timedelta(days=1))
    assert after.expired == (KNOWN,)
    assert [r.behaviour for r in after.regressions] == [GET.name]


def test_a_known_divergence_excuses_no_other_difference_of_its_behaviour():
    worse = run(program(step(GET, Verdict.DIFFERS, [deviation(), deviation(path="other")])))
    result = gate(worse, held(GET.name, known=[KNOWN]), TODAY)
    (regression,) = result.regressions
    assert [json.loads(line)["path"] for line in regression.lines] == ["other"]


def test_a_known_divergence_that_no_longer_occurs_fails_by_name():
    result = gate(GOOD, held(GET.name, known=[KNOWN]), TODAY)
    assert result.stale == (KNOWN,)
    assert not result.passed
    assert any(GET.name in line and "no longer occurs" in line for line in result.failures)
    assert f"{KNOWN.line}," in result.lines


def test_a_known_divergence_of_evidence_that_is_gone_is_stale():
    assert gate(run(program(step(LIST))), held(known=[KNOWN]), TODAY).stale == (KNOWN,)


@pytest.mark.parametrize(
    "unseen",
    [
        step(GET, Verdict.VOID),
        step(GET, Verdict.BLOCKED),
        step(GET, Verdict.NOT_IMPLEMENTED),
        step(GET, Verdict.DIFFERS, [deviation(Axis.OUTCOME, "")]),
    ],
)
def test_what_the_run_could_not_see_is_not_stale(unseen):
    assert gate(run(program(unseen)), held(known=[KNOWN]), TODAY).stale == ()


def test_targets_that_were_not_run_are_named_and_do_not_fail():
    elsewhere = replace(KNOWN, target="lake", expires=TODAY - timedelta(days=9))
    baseline = Baseline("0", {"lake": frozenset({"GET /x → 200"}), "canal": frozenset({GET.name})}, (elsewhere,))
    result = gate(GOOD, baseline, TODAY)
    assert result.passed
    assert result.skipped == ("lake",)


def test_what_is_newly_held_is_offered():
    result = gate(GOOD, held(GET.name), TODAY)
    assert result.improved == (("canal", LIST.name),)
    assert any("--update-baseline" in line for line in result.lines)


def test_a_run_passes_the_baseline_made_from_it():
    scored = realistic()
    assert gate(scored, updated(scored), TODAY).passed


def test_updating_keeps_other_targets_and_what_still_occurs():
    elsewhere = replace(KNOWN, target="lake")
    gone = replace(KNOWN, path="gone")
    old = Baseline("0", {"lake": frozenset({"x"}), "canal": frozenset({GET.name})}, (elsewhere, KNOWN, gone))
    new = updated(BAD, old)
    assert new.held == {"lake": frozenset({"x"}), "canal": frozenset({LIST.name})}
    assert set(new.known) == {elsewhere, KNOWN}
    assert new.kit_version == BAD.kit_version


def test_a_baseline_file_survives_the_round_trip_and_is_stable(tmp_path):
    baseline = updated(realistic(), held(known=[replace(KNOWN, target="lake", reason='"quoted" → ünï')]))
    path = tmp_path / "baseline.json"
    write(path, baseline)
    assert load(path) == baseline
    assert dump(load(path)) == dump(baseline)
    text = path.read_text(encoding="utf-8")
    assert baseline.known[0].line in text
    names = json.loads(text)["held"]["canal"]
    assert names == sorted(names)


GOOD_ENTRY = json.loads(KNOWN.line)
SCHEMA = {"schema": "conformance-baseline/1"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is not usable"),
        ("[" * 100_000, "is not usable"),
        ("\udcff", "is not usable"),
        ("[]", "schema"),
        ('{"schema": "conformance-baseline/2"}', "conformance-baseline/1"),
        (json.dumps(SCHEMA | {"held": []}), '"held"'),
        (json.dumps(SCHEMA | {"held": {"canal": [1]}}), '"held"'),
        (json.dumps(SCHEMA | {"known_divergences": {}}), "must be a list"),
        (json.dumps(SCHEMA | {"known_divergences": ["x"]}), "divergence 1 must have"),
        (json.dumps(SCHEMA | {"known_divergences": [GOOD_ENTRY, GOOD_ENTRY | {"reason": " "}]}), "2 gives no reason"),
        (json.dumps(SCHEMA | {"known_divergences": [GOOD_ENTRY | {"expires": "soon"}]}), "expires on no date"),
    ],
)
def test_a_bad_baseline_is_one_sentence(tmp_path, content, said):
    path = tmp_path / "baseline.json"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(BadConfiguration) as error:
        load(path)
    sentence = str(error.value)
    assert said in sentence and str(path) in sentence
    assert "\n" not in sentence and sentence.endswith(".")


def test_a_missing_baseline_says_how_to_make_one(tmp_path):
    with pytest.raises(BadConfiguration, match="--update-baseline"):
        load(tmp_path / "none.json")
