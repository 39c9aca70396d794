"""A flaw that only a meeting of calls shows is found, shrunk to its four calls, and kept."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from conformance.grow_runner import Candidate, as_grown, batches, candidates, grow, shrink, shrink_all, together
from conformance.oracle.verdict import Axis
from conformance.programs.grow.database import Examples, from_json
from conformance.programs.grow.evidence import Evidence
from conformance.programs.grow.model import Graft, Grown, Move, Strand
from conformance.twinkit.service import Reply, Service, TwinRequest
from toy.twin import SERVICE, Library

NEW_BOOK, GET_BOOK, DELETE_BOOK = "POST /v1/books", "GET /v1/books/{book_id}", "DELETE /v1/books/{book_id}"


def four_call_flaw() -> Service:
    """A book that is made when another was deleted has no author later on."""
    late: dict[str, object] = {"state": None, "deleted": False, "books": set()}

    def notes(state: Library) -> dict[str, object]:
        if late["state"] is not state:
            late.update(state=state, deleted=False, books=set())
        return late

    def new_book(state: Library, request: TwinRequest) -> Reply:
        reply = SERVICE.routes[NEW_BOOK](state, request)
        if notes(state)["deleted"]:
            late["books"].add(reply.body["id"])
        return reply

    def delete_book(state: Library, request: TwinRequest) -> Reply:
        reply = SERVICE.routes[DELETE_BOOK](state, request)
        notes(state)["deleted"] = True
        return reply

    def get_book(state: Library, request: TwinRequest) -> Reply:
        reply = SERVICE.routes[GET_BOOK](state, request)
        flawed = request.params["book_id"] in notes(state)["books"] and "author" in reply.body
        return replace(reply, body={**reply.body, "author": "Nobody"}) if flawed else reply

    routes = {NEW_BOOK: new_book, DELETE_BOOK: delete_book, GET_BOOK: get_book}
    return replace(SERVICE, routes={**SERVICE.routes, **routes})


def found(play, evidence: Evidence, seed: int) -> tuple[Candidate, int]:
    """The first thing written that grown programs do not read again, and the calls that it took."""
    calls = 0
    for batch in batches(200, 20, seed):
        for ran in grow(play, evidence, batch):
            shown = [one for one in candidates([(ran.grown, ran.result)]) if one.key[1] is Axis.STATE]
            if shown:
                return shown[0], calls + shown[0].position + 1
            calls += len(ran.result.steps)
    raise AssertionError(f"nothing in {calls} calls")


def test_four_call_flaw_is_found_and_shrunk(toy_evidence: Evidence, against) -> None:
    """Within 1,000 calls for 19 of 20 seeds, by no recorded program."""
    play = against(four_call_flaw())
    assert not candidates((grown, play(grown)) for grown in map(as_grown, toy_evidence.lines))
    calls = []
    for seed in range(20):
        candidate, taken = found(play, toy_evidence, seed)
        calls.append(taken)
        shortest = shrink(play, toy_evidence, candidate)
        assert shortest is not None
        assert [step.sdk_call for step in shortest.result.steps] == [
            "create_book", "delete_book", "create_book", "get_book",
        ]  # fmt: skip
        assert (shortest.deviation.axis, shortest.deviation.path) == (Axis.STATE, "author")
    assert sorted(calls)[-2] <= 1000


def test_what_does_not_show_again_is_not_shrunk(toy_evidence: Evidence, against) -> None:
    candidate, _ = found(against(four_call_flaw()), toy_evidence, 0)
    assert shrink(against(), toy_evidence, candidate) is None


def test_shrinking_keeps_to_its_calls(toy_evidence: Evidence, against) -> None:
    flawed = against(four_call_flaw())
    candidate, _ = found(flawed, toy_evidence, 0)
    calls = 0

    def counted(grown: Grown):
        nonlocal calls
        calls += len(grown.moves)
        return flawed(grown)

    assert shrink(counted, toy_evidence, candidate, most_calls=2 * len(candidate.grown.moves)) is not None
    assert calls <= 3 * len(candidate.grown.moves)  # the last run tells the result


def test_what_one_step_shows_is_looked_for_once(toy_evidence: Evidence, against) -> None:
    flawed = against(four_call_flaw())
    candidate, _ = found(flawed, toy_evidence, 0)
    again = replace(candidate, key=(*candidate.key[:2], "elsewhere"))
    other = replace(candidate, position=candidate.position + 1)
    assert together([candidate, other, again]) == [[candidate, again], [other]]
    calls = 0

    def twofold(grown: Grown):
        nonlocal calls
        calls += len(grown.moves)
        result = flawed(grown)
        return replace(result, steps=tuple(map(doubled, result.steps)))

    def doubled(step):
        twins = tuple(replace(one, path="elsewhere") for one in step.deviations if one.path == candidate.key[2])
        return replace(step, deviations=(*step.deviations, *twins))

    alone = shrink_all(twofold, toy_evidence, [candidate])
    taken, calls = calls, 0
    both = shrink_all(twofold, toy_evidence, [candidate, again])
    assert calls == taken
    assert [one.deviation.path for one in both] == ["author", "elsewhere"]
    assert both[0] == alone[0]
    assert len({one.id for one in both}) == len({one.grown.name for one in both}) == 2
    assert both[0].grown.moves == both[1].grown.moves


def test_examples_are_kept_by_target_and_behaviour(tmp_path: Path, toy_evidence: Evidence) -> None:
    examples = Examples(tmp_path)
    behaviour = toy_evidence.lines[0].behaviours[0]
    strands = (Strand("a", texts=(("old", "nëw"),)), Strand("b", (Graft(0, 0, 1),), by_value=False))
    grown = Grown("g", strands, (Move(0, 1), Move(1, 2)))
    examples.save(behaviour, grown)
    assert list(examples.load(behaviour.target)) == [grown]
    assert list(examples.load("other")) == []
    examples.forget(behaviour)
    assert list(examples.load(behaviour.target)) == []


def test_broken_examples_are_passed_over(tmp_path: Path, toy_evidence: Evidence) -> None:
    examples = Examples(tmp_path)
    behaviour = toy_evidence.lines[0].behaviours[0]
    examples.save(behaviour, Grown("g", (Strand("a"),), (Move(0, 0),)))
    kept = next(tmp_path.rglob("*.json"))
    kept.with_name("0.json").write_text("{}")
    kept.with_name("1.json").write_text("not JSON")
    assert len(list(examples.load(behaviour.target))) == 1
    assert from_json(json.loads(kept.read_text())).moves == (Move(0, 0),)


def test_nothing_is_kept_without_a_folder(toy_evidence: Evidence) -> None:
    examples = Examples(None)
    examples.save(toy_evidence.lines[0].behaviours[0], Grown("g", (), ()))
    assert list(examples.load("library")) == []


def test_names_are_not_given_twice(toy_evidence: Evidence, against) -> None:
    """Each strand has aliases of its own; still two things must not have one name."""

    def once_more(state: Library, request: TwinRequest) -> Reply:
        reply = SERVICE.routes[NEW_BOOK](state, request)
        return replace(reply, body=json.loads(json.dumps(reply.body).replace(reply.body["id"], "b7Kq02ZxLm93TtWv51Ra")))

    line = next(line for line in toy_evidence.lines if "life" in line.name)
    twice = Grown("twice", (Strand(line.name), Strand(line.name)), (Move(0, 0), Move(1, 0)))
    play = against(replace(SERVICE, routes={**SERVICE.routes, NEW_BOOK: once_more}))
    first, second = play(twice).steps
    assert not first.deviations
    assert [(found.axis, found.path, found.expected) for found in second.deviations] == [
        (Axis.STATE, "id", "a value of its own")
    ]
    assert [step.deviations for step in against()(twice).steps] == [(), ()]
