import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.oracle.verdict import UnliftedCount, Verdict
from conformance.scoring.compatibility import score, with_repros
from conformance.scoring.model import Evidence, Masks
from scoring.factories import NOW, behaviour, deviation, facts, program, run, step

LIST = behaviour("GET /v1/barges")
GET = behaviour("GET /v1/barges/{bargeId}")
MISSING = behaviour("GET /v1/barges/{bargeId}", "404 notFound")
CREATE = behaviour("POST /v1/barges")


def only(scored):
    (target,) = scored.targets
    return target


def verdict(*steps):
    return only(run(program(*steps))).behaviours[0].verdict


def test_one_bad_run_outweighs_many_good_ones():
    good = [program(step(GET), name=f"p{i}") for i in range(50)]
    bad = program(step(GET, Verdict.DIFFERS, [deviation()]))
    target = only(run(*good, bad))
    assert target.behaviours[0].verdict is Verdict.DIFFERS
    assert target.behaviours[0].runs == 51
    assert target.compatibility == 0.0


WORST_FIRST = (Verdict.DIFFERS, Verdict.NOT_IMPLEMENTED, Verdict.BLOCKED, Verdict.SAME, Verdict.VOID)


@pytest.mark.parametrize(("worse", "better"), list(itertools.combinations(WORST_FIRST, 2)))
def test_the_worse_verdict_wins_whatever_the_order(worse, better):
    assert verdict(step(GET, worse), step(GET, better)) is worse
    assert verdict(step(GET, better), step(GET, worse)) is worse


@given(st.lists(st.sampled_from(WORST_FIRST), min_size=1))
def test_held_means_that_something_was_judged_and_nothing_was_wrong(verdicts):
    held = only(run(program(*(step(GET, v) for v in verdicts)))).behaviours[0].held
    assert held == (Verdict.SAME in verdicts and set(verdicts) <= {Verdict.SAME, Verdict.VOID})


def test_a_pass_with_a_deviation_is_a_difference():
    assert verdict(step(GET, Verdict.SAME, [deviation()])) is Verdict.DIFFERS


def test_a_pass_without_a_check_is_void():
    assert verdict(step(GET, made=0)) is Verdict.VOID


def test_evidence_that_nothing_ran_is_unobserved_and_counts_as_not_held():
    target = only(run(program(step(GET)), evidence={GET: Evidence(2), MISSING: Evidence(1)}))
    assert [b.verdict for b in target.behaviours] == [Verdict.SAME, Verdict.UNOBSERVED]
    assert (target.endpoints[0].held, target.endpoints[0].measured) == (1, 2)
    assert target.compatibility == 50.0


def test_void_is_shown_and_not_in_the_denominator():
    target = only(run(program(step(GET), step(MISSING, Verdict.VOID, reason="no barge"))))
    assert (target.endpoints[0].held, target.endpoints[0].measured) == (1, 1)
    assert target.count(Verdict.VOID) == 1
    assert target.behaviours[1].reason == "no barge"


def test_a_target_with_anything_void_is_never_at_a_hundred():
    assert only(run(program(step(GET), step(LIST, Verdict.VOID)))).compatibility == 99.9


def test_all_void_is_no_figure_rather_than_a_bad_or_good_one():
    target = only(run(program(step(GET, Verdict.VOID))))
    assert target.compatibility is None
    assert target.endpoints[0].compatibility is None
    assert target.exercised == 0


def test_nothing_at_all():
    target = only(run())
    assert target.compatibility is None
    assert target.coverage == 0.0
    assert target.fidelity is None


def test_compatibility_is_the_mean_over_endpoints_rounded_down():
    # One endpoint with two of three behaviours, two endpoints with all: (2/3 + 1 + 1) / 3 = 88.88…
    frozen = behaviour("GET /v1/barges/{bargeId}", variant="frozen")
    steps = (step(GET), step(frozen), step(MISSING, Verdict.DIFFERS, [deviation()]), step(LIST), step(CREATE))
    assert only(run(program(*steps))).compatibility == 88.8


def test_all_held_is_a_hundred():
    assert only(run(program(step(GET), step(LIST)))).compatibility == 100.0


def test_fidelity_counts_checks():
    target = only(run(program(step(GET, made=10), step(LIST, Verdict.DIFFERS, [deviation()], made=10, same=7))))
    assert (target.checks.same, target.checks.differs) == (17, 3)
    assert target.fidelity == 85.0


def test_a_deviation_is_never_counted_as_same():
    target = only(run(program(step(GET, Verdict.DIFFERS, [deviation()], made=10, same=10))))
    assert (target.checks.same, target.checks.differs) == (9, 1)


def test_coverage_counts_operations_of_the_surface_only():
    outside = behaviour("GET /v0/old")
    target = only(run(program(step(GET), step(outside))))
    assert target.evidenced == 1
    assert target.coverage == 7.1
    assert {e.operation.name for e in target.endpoints} == {GET.operation, outside.operation}


def test_an_operation_outside_the_surface_keeps_the_name_its_steps_give():
    target = only(run(program(step(behaviour("GET /v0/old"), sdk_call="old.get"))))
    assert target.endpoints[0].operation.sdk_call == "old.get"


def test_satisfaction_of_recorded_and_generated_programs_apart():
    bad = step(LIST, Verdict.DIFFERS, [deviation()])
    target = only(
        run(
            program(step(GET)),
            program(step(GET), step(GET, Verdict.VOID)),
            program(step(GET), bad),
            program(step(GET, Verdict.VOID)),
            program(bad, generated=True),
        )
    )
    assert (target.recorded.run, target.recorded.satisfied, target.recorded.void) == (3, 2, 1)
    assert target.recorded.percent == 66.6
    assert (target.generated.run, target.generated.satisfied) == (1, 0)


def test_held_out_programs_count_for_satisfaction_and_nothing_else():
    secret = program(step(MISSING, Verdict.DIFFERS, [deviation()]), name="secret")
    target = only(run(program(step(GET)), holdout=[secret]))
    assert (target.holdout.run, target.holdout.satisfied) == (1, 0)
    assert target.compatibility == 100.0
    assert not target.differences
    assert [b.behaviour for b in target.behaviours] == [GET]


def test_targets_are_scored_apart():
    elsewhere = behaviour("GET /v1/barges", target="lake")
    mixed = program(step(LIST), step(elsewhere, Verdict.DIFFERS, [deviation()]))
    canal, lake = score([mixed], [facts(), facts(target="lake")], generated_at=NOW).targets
    assert (canal.compatibility, lake.compatibility) == (100.0, 0.0)
    assert (canal.recorded.run, lake.recorded.run) == (1, 1)
    assert (canal.recorded.satisfied, lake.recorded.satisfied) == (1, 0)
    assert not canal.differences


def test_masked_share_is_given_or_computed():
    one = program(step(GET, made=9, masked=1))
    assert only(run(one)).masked == 11.2
    assert only(run(one, masks=Masks(share=0.25))).masked == 25.0


def test_what_is_known_of_the_target_is_passed_on():
    target = only(run(unlifted=(UnliftedCount("batch", 3),), wishlist=("x",)))
    assert target.facts.unlifted[0].count == 3
    assert target.facts.wishlist == ("x",)


def test_evidence_falls_back_on_the_programs_that_ran():
    target = only(run(program(step(GET), step(GET), name="a"), program(step(GET), name="b")))
    assert target.behaviours[0].evidence == Evidence(2, ("a", "b"))


def test_repros_are_attached_by_id():
    scored = run(program(step(GET, Verdict.DIFFERS, [deviation(), deviation(path="other")])))
    first, second = only(scored).differences
    marked = only(with_repros(scored, {first.id: "failures/x.py"})).differences
    assert [d.repro for d in marked] == ["failures/x.py", None]
    assert marked[1] == second
