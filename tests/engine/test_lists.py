"""Lists of a world in which everything is known, and lists whose members vary."""

from __future__ import annotations

from typing import Any

from making import answer, refused, trace

from conformance.oracle.judge import Judge
from conformance.oracle.learn import learn
from conformance.oracle.noise import Format, Kind, Noise
from conformance.oracle.verdict import StepResult, Verdict
from toy.flaws import CREATE_BOOK, GET_BOOK, LIST_BOOKS
from toy.target import TARGET


def things(*names: str) -> list[dict[str, str]]:
    return [{"id": name, "kind": "book"} for name in names]


def listed(recorded: list[Any], live: list[Any], *, complete: bool = True, given: str = "a") -> StepResult:
    """A list of the account in which ``given`` was there before, as ``x``."""
    seen = answer({"items": recorded})
    made = trace("r", (LIST_BOOKS, {}, seen))
    judge = Judge(made.program, Noise(), "", complete=complete)
    judge.bind_given(given, "x", "id")
    return judge.step(made.program.steps[0], TARGET, seen, answer({"items": live}))


def test_strangers_in_a_world_that_is_known() -> None:
    assert listed(things("a"), things("x", "stranger")).verdict is Verdict.DIFFERS
    assert listed([], things("stranger")).verdict is Verdict.DIFFERS


def test_strangers_are_the_account_s_where_it_is_not_known() -> None:
    assert listed(things("a"), things("x", "stranger"), complete=False).verdict is Verdict.SAME
    assert listed(things("a", "unknown"), things("x", "stranger")).verdict is Verdict.SAME


def test_what_was_given_may_be_listed_too() -> None:
    assert listed([], things("x")).verdict is Verdict.SAME


def test_a_vendor_s_own_words_are_compared() -> None:
    assert listed(things("word"), [{"id": "word", "kind": "cook"}]).verdict is Verdict.DIFFERS
    assert listed(things("word", "a"), things("x", "word")).verdict is Verdict.DIFFERS


def test_strangers_after_a_difference_may_be_what_was_made_then() -> None:
    empty = answer({"items": []})
    made = trace("r", (CREATE_BOOK, {"title": "T"}, answer({"id": "a1b2c3d4e5f6"})), (LIST_BOOKS, {}, empty))
    judge = Judge(made.program, Noise(), "", complete=True)
    steps = made.program.steps
    assert judge.step(steps[0], TARGET, made.observations[0], refused(500, "x")).verdict is Verdict.DIFFERS
    assert judge.step(steps[1], TARGET, empty, answer({"items": things("new")})).verdict is Verdict.SAME


def varying(recorded: list[Any], live: list[Any], *more: Kind) -> StepResult:
    seen = answer({"notes": recorded})
    made = trace("r", (GET_BOOK, {"book_id": "L1"}, seen))
    noise = Noise()
    for kind in (Kind.MEMBERS, *more):
        noise.learn(f"{GET_BOOK} notes", kind)
    judge = Judge(made.program, noise, "")
    return judge.step(made.program.steps[0], TARGET, seen, answer({"notes": live}))


NOTES = [{"text": "one"}, {"text": "two"}, {"word": "three"}]


def test_members_that_vary_keep_their_order() -> None:
    assert varying(NOTES, NOTES[:2]).verdict is Verdict.SAME
    assert varying(NOTES, NOTES[::-1]).verdict is Verdict.DIFFERS
    assert varying(NOTES, NOTES[::-1], Kind.ORDER).verdict is Verdict.SAME


def test_members_that_vary_are_there_once() -> None:
    assert varying(NOTES, [*NOTES, NOTES[0]]).verdict is Verdict.DIFFERS


def test_order_is_learned_with_members() -> None:
    traces = [
        trace(f"r{place}", (CREATE_BOOK, {"title": "T"}, answer({"notes": notes})))
        for place, notes in enumerate([NOTES, NOTES[1::-1]])
    ]
    learned = learn(traces, {TARGET.name: TARGET})
    assert {Kind.MEMBERS, Kind.ORDER} <= {kind for _, kind in learned.rules}


def test_few_samples_are_a_rough_format() -> None:
    known = Format()
    known.add("a1b2c3d4e5")
    assert known.accepts("Z9-y8_x7w6vv", names=True)
    assert not known.accepts("a1b2c", names=True)
    assert not known.accepts("id:a1b2c3d4", names=True)
    assert known.accepts("a1b2c")


def test_base64_may_be_filled_up() -> None:
    known, other = Format(), Format()
    for number in range(6):
        known.add(f"aB3+x/{number}")
        other.add(f"aB3-x_{number}")
    assert known.accepts("aB3+x==")
    assert not known.accepts("aB=+x/9")
    assert not other.accepts("aB3-x==")


def test_an_id_that_looks_like_a_word_by_chance_is_the_same_in_a_list() -> None:
    """Ids are drawn at random: now and then one has no digit, in one world only."""
    created, listing = answer({"id": "1rSUtpGyKuXAiW3QH25a"}), answer({"items": things("1rSUtpGyKuXAiW3QH25a")})
    made = trace("r", (CREATE_BOOK, {"title": "T"}, created), (LIST_BOOKS, {}, listing))
    judge = Judge(made.program, Noise(), "", complete=False)
    live = "mvrzHFNokofrpIWrMugy"
    assert judge.step(made.program.steps[0], TARGET, created, answer({"id": live})).verdict is Verdict.SAME
    found = judge.step(made.program.steps[1], TARGET, listing, answer({"items": things("other", live)}))
    assert found.verdict is Verdict.SAME, found.deviations


def made_up_here(recorded: str, live: str) -> Verdict:
    """What is told of a thing at a place where ``word_`` and made-up letters stood elsewhere."""
    noise = Noise(formats={f"{GET_BOOK} mark": Format()})
    for one in ("word_996c0d4", "word_4oo3b5a", "word_0b6o8ui"):
        noise.formats[f"{GET_BOOK} mark"].add(one)
    seen = answer({"mark": recorded})
    made = trace("r", (GET_BOOK, {"book_id": "L1"}, seen))
    return Judge(made.program, noise, "").step(made.program.steps[0], TARGET, seen, answer({"mark": live})).verdict


def test_what_does_not_look_made_up_by_chance() -> None:
    assert made_up_here("word_2195659", "word_4dcdd0g") is Verdict.SAME
    assert made_up_here("word_2195659", "word_7712345") is Verdict.SAME
    assert made_up_here("word_2195659", "word_written") is Verdict.DIFFERS
    assert made_up_here("word_written", "word_4dcdd0g") is Verdict.DIFFERS
    assert made_up_here("other_195659", "other_4dcdd0") is Verdict.DIFFERS
