"""What a contract asserts is counted by itself."""

from dataclasses import dataclass

from conformance.oracle.verdict import Axis, Verdict
from conformance.programs.model import Call, Program, Ref, Step
from conformance.scoring.compatibility import score
from conformance.scoring.declared import Checked, declared_score
from scoring.factories import DECLARED, NOW, behaviour, facts, program, step

LIST = "GET /v1/barges"
PROGRAM = Program("one", (Step(Call("canal", LIST, "barges.list", {"limit": 0}), 0),))


@dataclass(frozen=True)
class Charter:
    outcome: str = "404 notFound"
    program: Program | None = PROGRAM
    reason: str = ""
    source: str = "the charter"


def checked(verdict, actual="200", **more):
    return Checked(Charter(), step(behaviour(LIST, "404 notFound"), verdict, actual=actual, **more))


def test_numbers_add_up():
    found = declared_score(
        [
            checked(Verdict.SAME, "404 notFound"),
            checked(Verdict.DIFFERS),
            checked(Verdict.NOT_IMPLEMENTED, "501"),
            checked(Verdict.VOID, reason="nothing to try it on"),
            Checked(Charter(program=None), reason="not told"),
            Checked(Charter(program=None), reason="not told"),
        ],
        [behaviour(LIST, "404 other"), behaviour("GET /v1/tolls", "404 notFound")],
    )
    assert (found.asserted, found.run, found.agree, found.not_implemented) == (6, 3, 1, 1)
    assert found.run == found.agree + found.not_implemented + len(found.misses)
    assert found.asserted == found.run + sum(found.not_run.values())
    assert found.not_run == {"not told": 2, "nothing to try it on": 1}
    (miss,) = found.misses
    assert (miss.arguments, miss.expected, miss.actual) == ({"limit": 0}, "404 notFound", "200")
    assert (miss.source, miss.axis) == ("the charter", Axis.DECLARED)
    assert found.recorded == 0 and not miss.recorded


def test_what_recordings_show_too_is_marked():
    known = behaviour(LIST, "404 notFound", "by night")
    found = declared_score([checked(Verdict.DIFFERS), checked(Verdict.SAME, "404 notFound")], [known])
    assert found.recorded == 2 and found.misses[0].recorded


def test_arguments_are_json_whatever_they_are():
    call = Call("canal", LIST, "barges.list", {"barge": Ref(0, ("id",), "b1"), "raw": b"x", "more": [1]})
    made = Checked(Charter(program=Program("", (Step(call, 0),))), checked(Verdict.DIFFERS).result)
    found = declared_score([made], [])
    assert found.misses[0].arguments == {"barge": "⟨…⟩", "raw": "⟨…⟩", "more": [1]}


def test_no_percentage_knows_of_it():
    programs = [program(step())]
    with_it, without = (score(programs, [facts(declared=known)], generated_at=NOW) for known in (DECLARED, None))
    (one,), (other,) = with_it.targets, without.targets
    assert one != other
    assert (one.compatibility, one.fidelity, one.recorded, one.endpoints, one.differences) == (
        *(other.compatibility, other.fidelity, other.recorded, other.endpoints, other.differences),
    )
