"""Texts that may be others: which, and what is sent instead."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from conformance.programs.grow.choice import LARGEST, Dice
from conformance.programs.grow.draw import Drawer
from conformance.programs.grow.evidence import Evidence
from conformance.programs.grow.growth import regrow
from conformance.programs.grow.model import Grown, Move, Strand
from conformance.programs.grow.strategy import each_grown
from conformance.programs.grow.texts import ANY, TextLimit, draw_text, learn_limits, replaceable, written
from conformance.programs.identity import is_token
from conformance.programs.model import Call, Exchange, Given, Observation, Program, Step, Trace
from conformance.recordings.model import Request, Response

PLACE = ("POST /things", "name")
FREE = frozenset({PLACE})


def trace(*pairs: tuple[dict[str, str], str], facts: object = None) -> Trace:
    """Calls with their arguments and the bodies of their answers."""
    steps = tuple(Step(Call("toy", PLACE[0], "create", said), place) for place, (said, _) in enumerate(pairs))
    seen = tuple(Observation(exchanges=(_exchange(body),)) for _, body in pairs)
    return Trace(Program("recorded", steps, (Given("toy", "thing", "g", facts),) if facts else ()), seen)


def _exchange(body: str) -> Exchange:
    return Exchange(Request("POST", "http://toy"), Response(200, body=body.encode()))


def texts_of(found: Trace) -> list[str]:
    return [text for _, text in replaceable(found, FREE)]


def test_echoed_text_may_be_another() -> None:
    assert texts_of(trace(({"name": "Minutes"}, '{"name": "Minutes"}'))) == ["Minutes"]


def test_part_of_another_text_may_not() -> None:
    assert texts_of(trace(({"name": "Minutes"}, '{"name": "Minutes", "range": "\'Minutes\'!A1"}'))) == []


def test_text_that_was_there_before_may_not() -> None:
    assert texts_of(trace(({"other": "x"}, '{"name": "Minutes"}'), ({"name": "Minutes"}, "{}"))) == []
    assert texts_of(trace(({"name": "Minutes"}, "{}"), facts={"name": "Minutes"})) == []


def test_limits_come_from_what_was_sent_or_from_documents() -> None:
    class Documented:
        def text_limit(self, operation: str, path: str) -> TextLimit | None:
            return TextLimit(99, any_character=True) if (operation, path) == PLACE else None

    known = [trace(({"name": "Minutes 1"}, "{}")), trace(({"name": "x-y"}, "{}"))]
    longest, characters = learn_limits(known, FREE, {"toy": object()})[PLACE]
    assert longest == 9
    assert set(" -aB7") <= set(characters) and not set("é'/") & set(characters)
    assert learn_limits(known, FREE, {"toy": Documented()})[PLACE] == (99, ANY)


@given(st.integers(0, LARGEST), st.integers(1, 300), st.text(min_size=1, max_size=20))
def test_drawn_texts_keep_to_their_limits(number: int, longest: int, characters: str) -> None:
    text = draw_text(Dice(number), longest, characters)
    assert 1 <= len(text) <= longest
    assert set(text) <= set(characters)


def test_other_text_is_sent_and_expected(toy_evidence: Evidence, against) -> None:
    line = next(line for line in toy_evidence.lines if "life" in line.name)
    strand = Strand(line.name, texts=(("Die Wände", "Ein anderes Büchlein 漢"),))
    result = against()(Grown("other", (strand,), (Move(0, 0), Move(0, 1))))
    assert [step.deviations for step in result.steps] == [(), ()]
    assert "漢" in result.steps[0].request
    plain = against()(Grown("plain", (replace(strand, texts=()),), (Move(0, 0), Move(0, 1))))
    assert "Die Wände" in plain.steps[0].request


def test_only_where_people_write() -> None:
    """A word that the service knows is none of ours, however many were seen."""

    class Documented:
        def text_limit(self, operation: str, path: str) -> TextLimit:
            return TextLimit(99)

    words = [trace(({"name": word}, "{}")) for word in ("us-east-1", "eu-west-3")]
    assert written(words, FREE, {"toy": object()}) == frozenset()
    assert written([*words, trace(({"name": "Minutes of May"}, "{}"))], FREE, {"toy": object()}) == FREE
    assert written(words, FREE, {"toy": Documented()}) == FREE
    encoded = trace(({"name": f"{'MIIDnjCC' * 6} {'AoagAwIB' * 6}"}, "{}"))
    assert written([encoded], FREE, {"toy": object()}) == frozenset()


def test_text_that_is_also_sent_as_a_word_may_not() -> None:
    assert texts_of(trace(({"name": "password", "grant": "password"}, "{}"))) == []


def test_no_drawn_text_looks_made_up_by_the_service(toy_evidence: Evidence) -> None:
    """It would be taken for the name of a thing."""
    drawer = Drawer(toy_evidence, 20)
    drawn: list[Grown] = []
    each_grown(drawer, 150, 20, 4, drawn.append)
    texts = [new for program in drawn for strand in program.strands for _, new in strand.texts]
    assert len(texts) > 10
    assert not any(map(is_token, texts))


def test_texts_that_may_no_longer_be_others_are_no_evidence(toy_evidence: Evidence) -> None:
    line = next(line for line in toy_evidence.lines if line.texts and not line.needs[0])
    text = line.texts[0][1]
    moves = (Move(0, 0),)
    for texts, left in (
        ((), 1),
        (((text, "other words"),), 1),
        ((("never said", "x"),), 0),
        (((text, "a1b2c3d4e5f"),), 0),
    ):
        grown = Grown("", (Strand(line.name, texts=texts),), moves)
        assert len(regrow(grown, toy_evidence.by_name).grown.moves) == left
