from conformance.oracle.verdict import Axis, Verdict
from conformance.scoring.differences import MAX_ROWS, difference_id, differences, notes
from scoring.factories import behaviour, deviation, program, step

GET = behaviour("GET /v1/barges/{bargeId}")
LIST = behaviour("GET /v1/barges")


def bad(met=GET, *found, **more):
    return step(met, Verdict.DIFFERS, found or [deviation()], **more)


def test_one_entry_per_behaviour_axis_and_path():
    found = differences(
        [
            program(bad(), bad()),
            program(bad(GET, deviation(path="other"), deviation(Axis.VALUE))),
            program(bad(LIST)),
        ],
        "canal",
    )
    keys = [(d.behaviour.operation, d.axis, d.path, d.count) for d in found]
    assert sorted(keys) == [
        (LIST.operation, Axis.SHAPE, "name", 1),
        (GET.operation, Axis.SHAPE, "name", 2),
        (GET.operation, Axis.SHAPE, "other", 1),
        (GET.operation, Axis.VALUE, "name", 1),
    ]


def test_at_most_five_examples_the_easiest_first():
    late = [program(step(LIST), step(LIST), bad(interaction=i), name=f"late{i}") for i in range(6)]
    grown = program(bad(), name="grown", generated=True)
    early = program(step(LIST), bad(GET, deviation(actual="null"), interaction=7), name="early")
    (found,) = differences([*late, grown, early], "canal")
    assert found.count == 8
    assert len(found.examples) == 5
    assert (found.examples[0].program, found.examples[0].interaction, found.actual) == ("early", 7, "null")
    assert not any(example.generated for example in found.examples)


def test_the_step_table_ends_with_the_step_that_differs():
    steps = (step(LIST, request="list()"), step(GET, Verdict.VOID), bad(request="get()"), step(LIST))
    (found,) = differences([program(*steps)], "canal")
    assert [(row.request, row.mark) for row in found.steps] == [("list()", "✓"), ("get(…)", "~"), ("get()", "✗")]
    assert found.omitted == 0


def test_a_long_step_table_keeps_its_ends():
    before = [step(LIST, request=f"step {i}") for i in range(100)]
    (found,) = differences([program(*before, bad(request="last"))], "canal")
    assert len(found.steps) == MAX_ROWS
    assert found.omitted == 101 - MAX_ROWS
    assert [row.request for row in found.steps[:3]] == ["step 0", "step 1", f"step {102 - MAX_ROWS + 1}"]
    assert found.steps[-1].request == "last"


def test_a_failed_step_that_names_no_deviation_differs_by_its_outcome():
    missing = step(GET, Verdict.NOT_IMPLEMENTED, actual="501")
    (found,) = differences([program(missing)], "canal")
    assert (found.axis, found.path, found.expected, found.actual) == (Axis.OUTCOME, "", "200", "501")


def test_what_is_wrong_comes_before_what_is_not_there():
    found = differences(
        [
            program(step(LIST, Verdict.NOT_IMPLEMENTED)),
            program(bad(GET, deviation(Axis.HEADERS))),
            program(bad(GET, deviation(Axis.OUTCOME, ""))),
        ],
        "canal",
    )
    assert [(d.axis, d.behaviour) for d in found] == [
        (Axis.OUTCOME, GET),
        (Axis.HEADERS, GET),
        (Axis.OUTCOME, LIST),
    ]


def test_blocked_and_void_steps_are_no_differences():
    assert differences([program(step(GET, Verdict.BLOCKED), step(GET, Verdict.VOID))], "canal") == ()


def test_notes_are_gathered_apart():
    noted = program(step(GET, notes=(deviation(),)), step(GET, notes=(deviation(),)))
    assert differences([noted], "canal") == ()
    (note,) = notes([noted], "canal")
    assert note.count == 2


def test_ids_are_stable_and_tell_apart():
    assert difference_id(GET, Axis.SHAPE, "name") == difference_id(GET, Axis.SHAPE, "name")
    others = [
        difference_id(GET, Axis.SHAPE, "name"),
        difference_id(LIST, Axis.SHAPE, "name"),
        difference_id(GET, Axis.VALUE, "name"),
        difference_id(GET, Axis.SHAPE, "names"),
        difference_id(behaviour(GET.operation, target="lake"), Axis.SHAPE, "name"),
        difference_id(GET, Axis.SHAPE, "\ud800"),
    ]
    assert len(set(others)) == len(others)


def test_order_does_not_depend_on_the_order_of_programs():
    programs = [program(bad(LIST), name="b"), program(bad(), name="a"), program(bad(), step(LIST), name="c")]
    assert differences(programs, "canal") == differences(programs[::-1], "canal")
