"""What a step of a recording needs before it gives its recorded answer in a grown program."""

from making import answer, refused, trace

from conformance.oracle.noise import Noise
from conformance.programs.grow.evidence import evidence
from conformance.programs.grow.growth import Growth
from conformance.programs.grow.lines import Line
from conformance.programs.grow.model import Move, Strand
from conformance.programs.grow.texts import replaceable
from conformance.programs.model import Given, Trace
from conformance.worlds.grown import RunningStrand
from toy import world
from toy.target import TARGET

BOOK, OTHER, MEMBER = {"id": "pQ7x9LmN2vRt4KsW8yZc"}, {"id": "aB3dE5gH7jK9mN1pQ2rS"}, {"memberId": 12345}


def line_of(recorded: Trace) -> Line:
    return evidence([recorded], world.TARGETS).lines[0]


def may_come(line: Line, place: int, order: tuple[int, ...]) -> bool:
    """Whether a step may come after others of its line, done in this order."""
    growth = Growth()
    running = growth.start(Strand(line.name), line)
    for done in order:
        growth.do(Move(0, done))
    return growth.enabled(running, place)


def test_what_a_read_shows_is_as_it_was_when_recorded() -> None:
    """A book that shows a member who is not named is not read once something has happened to the member."""
    line = line_of(
        trace(
            "queue",
            ("POST /v1/members", {"name": "Ann"}, answer(MEMBER, 201)),
            ("POST /v1/books", {"title": "One"}, answer(BOOK)),
            ("POST /v1/books", {"title": "Two"}, answer(OTHER)),
            ("POST /v1/books/{book_id}/reserve", {"book_id": BOOK["id"], "member_id": 12345}, answer({}, 202)),
            ("GET /v1/books/{book_id}", {"book_id": BOOK["id"]}, answer({**BOOK, "queue": [12345]})),
            ("POST /v1/loans", {"book_id": OTHER["id"], "member_id": 12345, "days": 1}, answer({}, 201)),
        )
    )
    growth = Growth()
    running = growth.start(Strand(line.name), line)
    assert line.needs[4] == {0, 1, 3}
    for place in (0, 1, 2, 3):
        growth.do(Move(0, place))
    assert growth.enabled(running, 4)
    growth.do(Move(0, 5))
    assert not growth.enabled(running, 4)


def test_what_a_read_shows_was_made_in_the_recorded_order() -> None:
    """A list of what was made may be in that order: who knows how it would come if the second had been first?"""
    line = line_of(
        trace(
            "queue",
            ("POST /v1/books", {"title": "One"}, answer(BOOK)),
            ("POST /v1/members", {"name": "Ann"}, answer({"memberId": 12345}, 201)),
            ("POST /v1/members", {"name": "Bea"}, answer({"memberId": 67890}, 201)),
            ("GET /v1/books/{book_id}", {"book_id": BOOK["id"]}, answer({**BOOK, "queue": [12345, 67890]})),
            ("POST /v1/loans", {"book_id": BOOK["id"], "member_id": 12345, "days": 1}, answer({}, 201)),
            ("POST /v1/loans", {"book_id": BOOK["id"], "member_id": 67890, "days": 1}, answer({}, 201)),
        )
    )
    for order, is_evidenced in (((0, 1, 2), True), ((1, 0, 2), True), ((0, 2, 1), False)):
        assert may_come(line, 3, order) is is_evidenced


def test_what_a_read_shows_was_changed_in_the_recorded_order() -> None:
    """Both members were there, and the first had a loan, before the second: the list may tell when."""
    book, other = {"book_id": BOOK["id"]}, {"book_id": OTHER["id"]}
    line = line_of(
        trace(
            "queue",
            ("POST /v1/books", {"title": "One"}, answer(BOOK)),
            ("POST /v1/members", {"name": "Ann"}, answer({"memberId": 12345}, 201)),
            ("POST /v1/books/{book_id}/reserve", {**book, "member_id": 12345}, answer({}, 202)),
            ("POST /v1/members", {"name": "Bea"}, answer({"memberId": 67890}, 201)),
            ("POST /v1/books", {"title": "Two"}, answer(OTHER)),
            ("POST /v1/books/{book_id}/reserve", {**other, "member_id": 67890}, answer({}, 202)),
            ("GET /v1/books/{book_id}", book, answer({**BOOK, "queue": [12345, 67890]})),
        )
    )
    for order, is_evidenced in (((0, 1, 2, 3, 4, 5), True), ((0, 1, 3, 2, 4, 5), False)):
        assert may_come(line, 6, order) is is_evidenced


def test_moments_of_what_a_list_shows_have_an_order_of_their_own() -> None:
    """The shelf was made before its books when recorded, and is made after them now: its list may say so."""
    line = line_of(
        trace(
            "shelf",
            ("POST /v1/books", {"title": "One"}, answer(BOOK)),
            ("POST /v1/members", {"name": "Ann"}, answer({"memberId": 12345}, 201)),
            ("GET /v1/books/{book_id}", {"book_id": BOOK["id"]}, answer(BOOK)),
            ("GET /v1/books/{book_id}", {"book_id": BOOK["id"]}, answer({**BOOK, "queue": [12345]})),
            ("POST /v1/loans", {"book_id": BOOK["id"], "member_id": 12345, "days": 1}, answer({}, 201)),
        )
    )
    running = RunningStrand(Strand(line.name), line, Noise(), "")
    timelines = []
    for place in (0, 2, 3):
        running.about(place)
        timelines.append(running.judge.context.timeline)
    assert timelines[0] is timelines[1]
    assert timelines[2] is not timelines[0]


def test_what_was_found_is_read_before_others_of_its_kind_are_made() -> None:
    """Its rank among them may be another afterwards."""
    found = Given(TARGET.name, "book", BOOK["id"], {})
    line = line_of(
        trace(
            "rank",
            ("GET /v1/books/{book_id}", {"book_id": BOOK["id"]}, answer({**BOOK, "rank": 1})),
            ("POST /v1/books", {"title": "Two"}, answer(OTHER)),
            ("GET /v1/books/{book_id}", {"book_id": BOOK["id"]}, answer({**BOOK, "rank": 2})),
            ("GET /v1/books/{book_id}", {"book_id": OTHER["id"]}, answer({**OTHER, "rank": 1})),
            givens=(found,),
        )
    )
    growth = Growth()
    running = growth.start(Strand(line.name), line)
    assert [growth.enabled(running, place) for place in range(4)] == [True, True, False, False]
    growth.do(Move(0, 1))
    assert [growth.enabled(running, place) for place in range(4)] == [False, False, True, True]


def test_what_is_taken_only_once_is_said_once() -> None:
    """A second book of one title was refused: no two lines that send the same run side by side, nor out of order."""
    title = {"title": "One"}
    double = trace("double", ("POST /v1/books", title, answer(BOOK)), ("POST /v1/books", title, refused(409, "taken")))
    single = trace("single", ("POST /v1/books", {"title": "Two"}, answer(OTHER)))
    twice, once = evidence([double, single], world.TARGETS).lines
    assert twice.exclusive
    assert not once.exclusive
    growth = Growth()
    growth.start(Strand(once.name), once)
    assert not growth.fits(once)
    assert not line_of(single).own_tokens


def test_texts_by_which_a_list_is_sorted_stay() -> None:
    """Who knows where a book would stand that is called otherwise?"""

    def told(*titles: str) -> tuple[str, ...]:
        books = [{**BOOK, "title": titles[0]}, {**OTHER, "title": titles[1]}]
        listed = trace(
            "list",
            ("POST /v1/books", {"title": titles[0]}, answer(books[0])),
            ("POST /v1/books", {"title": titles[1]}, answer(books[1])),
            ("GET /v1/books", {}, answer({"books": books})),
        )
        return tuple(text for _, text in replaceable(listed, frozenset({("POST /v1/books", "title")})))

    assert told("The b of it", "The a of it") == ("The b of it", "The a of it")
    assert told("the a of it", "The b of it") == ()
