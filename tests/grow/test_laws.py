"""Laws count only where recordings bear them out, and then tell what no comparison can."""

from __future__ import annotations

from typing import Any

from conformance.oracle.verdict import Axis, Deviation
from conformance.programs.grow.laws import (
    FilterHolds,
    GoneIsGone,
    Law,
    Listing,
    ListsWhatIsThere,
    Lives,
    PagesShare,
    borne_out,
)
from conformance.programs.model import Call, Exchange, Observation, Program, Step, Trace
from conformance.recordings.model import Request, Response
from targets.google.laws import satisfies

LIST, MAKE, GET, DROP = "GET /things", "POST /things", "GET /things/{id}", "DELETE /things/{id}"
LISTING = Listing(LIST, "things", "id", "next", "cursor", frozenset({"fields"}))
LIVES = Lives({MAKE: ("id",)}, {DROP: "id"})
LISTED = ListsWhatIsThere("listed", LISTING, LIVES)
PAGED = PagesShare("paged", LISTING)
GONE = GoneIsGone("gone", LIVES, {GET: "id"}, 404)
FILTERED = FilterHolds("filtered", LIST, "colour", "things", lambda wanted, item: item["colour"] == wanted)


def call(operation: str, **arguments: Any) -> Call:
    return Call("toy", operation, operation, arguments)


def answer(body: Any, status: int = 200) -> Observation:
    import json

    response = Response(status, body=json.dumps(body).encode())
    return Observation(body, exchanges=(Exchange(Request("GET", "http://toy"), response),))


def things(*names: str, **more: Any) -> Observation:
    return answer({"things": [{"id": name} for name in names], **more})


def broken(law: Law, *history: tuple[Call, Observation]) -> list[Deviation]:
    watch = law.watch()
    return [found for step in history for found in watch.step(*step) if found is not None]


MADE = (call(MAKE), answer({"id": "one"}))
DROPPED = (call(DROP, id="one"), answer(None, 204))


def test_whole_list_has_what_was_made() -> None:
    assert not broken(LISTED, MADE, (call(LIST), things("zero", "one")))
    assert [found.axis for found in broken(LISTED, MADE, (call(LIST), things("zero")))] == [Axis.STATE]


def test_list_that_may_lack_some_tells_nothing() -> None:
    assert not broken(LISTED, MADE, (call(LIST, colour="red"), things("zero")))
    assert not broken(LISTED, MADE, (call(LIST), things("zero", next="more")))
    assert not broken(LISTED, MADE, (call(LIST), answer({"things": [{"name": "no id"}]})))


def test_list_has_nothing_that_was_taken_away() -> None:
    assert not broken(LISTED, MADE, DROPPED, (call(LIST), things("zero")))
    assert broken(LISTED, MADE, DROPPED, (call(LIST, colour="red"), things("one")))


def test_refused_deletion_takes_nothing_away() -> None:
    refused = (call(DROP, id="one"), answer({}, 403))
    assert not broken(LISTED, MADE, refused, (call(LIST), things("one")))


def test_pages_share_nothing() -> None:
    first = (call(LIST), things("a", "b", next="x"))
    assert not broken(PAGED, first, (call(LIST, cursor="x"), things("c")))
    assert [found.axis for found in broken(PAGED, first, (call(LIST, cursor="x"), things("b", "c")))] == [Axis.PAGING]
    third = (call(LIST, cursor="y"), things("a"))
    assert broken(PAGED, first, (call(LIST, cursor="x"), things("c", next="y")), third)


def test_what_is_gone_is_not_found() -> None:
    assert not broken(GONE, MADE, (call(GET, id="one"), answer({"id": "one"})))
    assert not broken(GONE, MADE, DROPPED, (call(GET, id="one"), answer({}, 404)))
    assert [found.actual for found in broken(GONE, MADE, DROPPED, (call(GET, id="one"), answer({})))] == ["200"]


def test_filter_holds() -> None:
    red = answer({"things": [{"id": "a", "colour": "red"}]})
    assert not broken(FILTERED, (call(LIST, colour="red"), red))
    assert broken(FILTERED, (call(LIST, colour="blue"), red))


def traces(*history: tuple[Call, Observation]) -> list[Trace]:
    steps = tuple(Step(one, place) for place, (one, _) in enumerate(history))
    return [Trace(Program("recorded", steps), tuple(seen for _, seen in history))]


def test_recordings_bear_a_law_out() -> None:
    listed = (call(LIST), things("one"))
    assert borne_out([LISTED], traces(MADE, listed, listed, listed)) == (LISTED,)
    assert borne_out([LISTED], traces(MADE, listed)) == ()  # too seldom
    assert borne_out([LISTED], traces(MADE, listed, listed, listed, (call(LIST), things()))) == ()


def test_drive_queries() -> None:
    folder = {"mimeType": "folder", "trashed": False}
    assert satisfies("trashed = false and mimeType = 'folder'", folder)
    assert satisfies("trashed=true", folder) is False
    assert satisfies('mimeType="sheet"', folder) is False
    assert satisfies("name = 'x'", folder) is None
    assert satisfies("trashed = true or name = 'x'", folder) is None
    assert satisfies("trashed = true", {"id": "x"}) is None
