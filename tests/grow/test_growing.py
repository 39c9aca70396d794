"""Programs that are grown: every step has evidence, equal seeds give equal programs, and a right twin is not blamed."""

from __future__ import annotations

from collections import Counter

import pytest

from conformance.grow_runner import as_grown, batches, grow
from conformance.oracle.verdict import Verdict
from conformance.programs.grow.draw import Drawer
from conformance.programs.grow.evidence import Evidence
from conformance.programs.grow.growth import Growth, regrow
from conformance.programs.grow.model import Grown, Move, Strand
from conformance.programs.grow.strategy import each_grown


def line_of(evidence: Evidence, name: str):
    return evidence.by_name[next(line for line in evidence.by_name if name in line)]


def drawn(evidence: Evidence, seed: int, sequences: int = 30) -> list[Grown]:
    programs: list[Grown] = []
    each_grown(Drawer(evidence, 20), sequences, 20, seed, programs.append)
    return programs


def test_recorded_order_is_enabled_step_by_step(toy_evidence: Evidence) -> None:
    for line in toy_evidence.lines:
        growth = Growth()
        running = growth.start(Strand(line.name), line)
        for place in range(len(line.footprints)):
            assert growth.enabled(running, place), (line.name, place)
            growth.do(Move(0, place))


def test_reads_repeat_and_writes_do_not(toy_evidence: Evidence) -> None:
    line = line_of(toy_evidence, "life")  # create, get, update, get, ...
    growth = Growth()
    running = growth.start(Strand(line.name), line)
    growth.do(Move(0, 0))
    growth.do(Move(0, 1))
    assert growth.enabled(running, 1)
    assert not growth.enabled(running, 0)
    assert not growth.enabled(running, 3)
    growth.do(Move(0, 2))
    assert not growth.enabled(running, 1)
    assert growth.enabled(running, 3)


def test_what_reads_the_account_needs_all_that_was_done(toy_evidence: Evidence) -> None:
    line = line_of(toy_evidence, "life")
    listing = next(place for place in range(len(line.footprints)) if line.of_account(place))
    growth = Growth()
    running = growth.start(Strand(line.name), line)
    assert not growth.enabled(running, listing)
    for place in range(listing):
        growth.do(Move(0, place))
    assert growth.enabled(running, listing)
    growth.start(Strand(line.name), line)
    assert not growth.enabled(running, listing)


def test_things_are_independent(toy_evidence: Evidence) -> None:
    """The second book of two can be made first, and read while the first is not there."""
    line = line_of(toy_evidence, "neighbours")
    other = next(place for place, step in enumerate(line.program.steps) if step.call.arguments.get("title") == "Right")
    growth = Growth()
    running = growth.start(Strand(line.name), line)
    assert growth.enabled(running, other)
    growth.do(Move(0, other))
    update = next(place for place in line.needs[-1] if line.step(place).call.operation.startswith("PATCH"))
    assert growth.enabled(running, update)


def test_regrowing_drops_what_depended_on_what_is_gone(toy_evidence: Evidence) -> None:
    line = line_of(toy_evidence, "life")
    left = regrow(Grown("", (Strand(line.name),), (Move(0, 0), Move(0, 3), Move(0, 1))), toy_evidence.by_name)
    assert left.grown.moves == (Move(0, 0), Move(0, 1))
    assert left.kept == {0: 0, 2: 1}
    assert not regrow(Grown("", (Strand("unknown"),), (Move(0, 0),)), toy_evidence.by_name).grown.moves


def test_every_drawn_program_has_evidence(toy_evidence: Evidence) -> None:
    for program in drawn(toy_evidence, seed=3):
        assert len(regrow(program, toy_evidence.by_name).kept) == len(program.moves)


def test_equal_seeds_grow_equal_programs(toy_evidence: Evidence) -> None:
    assert drawn(toy_evidence, seed=5) == drawn(toy_evidence, seed=5)
    assert drawn(toy_evidence, seed=5) != drawn(toy_evidence, seed=6)


def test_strands_interleave_and_texts_vary(toy_evidence: Evidence) -> None:
    programs = drawn(toy_evidence, seed=1, sequences=60)
    assert any(len(program.strands) > 2 for program in programs)
    assert any(not strand.by_value for program in programs for strand in program.strands)


def test_every_behaviour_is_drawn(toy_evidence: Evidence) -> None:
    drawer = Drawer(toy_evidence, 20)
    each_grown(drawer, 150, 20, 1, lambda _: None)
    assert set(drawer.exercised) == set(toy_evidence.spots)


@pytest.mark.parametrize("seed", [1, 2])
def test_right_twin_is_not_blamed(toy_evidence: Evidence, against, seed: int) -> None:
    play = against()
    verdicts = Counter(
        step.verdict
        for batch in batches(60, 20, seed)
        for ran in grow(play, toy_evidence, batch)
        for step in ran.result.steps
    )
    assert set(verdicts) == {Verdict.SAME}
    assert verdicts[Verdict.SAME] > 300


def test_recorded_programs_are_grown_ones_too(toy_evidence: Evidence, against) -> None:
    play = against()
    for line in toy_evidence.lines:
        result = play(as_grown(line))
        assert [step.verdict for step in result.steps] == [Verdict.SAME] * len(line.footprints)
        assert result.generated
