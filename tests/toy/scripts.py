"""What users of the library do: the programs that are recorded. Each drives the real service through its SDK."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from conformance.twinkit.twin import Twin
from toy.sdk import Library, LibraryError, Unreadable

refused = suppress(LibraryError)


@dataclass(frozen=True)
class Script:
    """``prepare`` happens before the recording begins; what it returns is handed to ``run``."""

    name: str
    run: Callable[[Library, Any], None]
    prepare: Callable[[Library, Twin], Any] = lambda _library, _twin: None


def life_of_a_book(library: Library, _: Any) -> None:
    book = library.create_book(
        title="Die Wände", author="Ilse Brandt", shelf="fiction", copies=3, tags=["new", "blue", "thin"]
    )["id"]
    library.get_book(book)
    library.update_book(book, title="Die weißen Wände", copies=4)
    library.get_book(book)
    library.list_books()
    library.delete_book(book)
    with refused:
        library.get_book(book)
    library.list_books()
    library.delete_book(book)


def neighbours(library: Library, _: Any) -> None:
    one = library.create_book(title="Left", author="Ann Lee", copies=1)["id"]
    other = library.create_book(title="Right", author="Bob Ray", copies=2)["id"]
    library.update_book(other, title="Far Right")
    library.get_book(one)
    library.get_book(other)
    library.get_book(one, fields="title,etag")
    library.get_book(one)
    library.delete_book(one)
    library.get_book(other)


def pages(library: Library, _: Any) -> None:
    for number in range(1, 6):
        shelf = "poems" if number % 2 else "plays"
        library.create_book(title=f"Volume {number}", shelf=shelf, tags=[f"v{number}"])
    page = library.list_books(limit=2)
    while "nextCursor" in page:
        page = library.list_books(limit=2, cursor=page["nextCursor"])
    library.list_books(shelf="plays")
    library.list_books(fields="id,title")


def lending(library: Library, _: Any) -> None:
    reader, friend = (library.create_member(name=name)["memberId"] for name in ("Uma", "Per"))
    book = library.create_book(title="Lent often", copies=2)["id"]
    loan = library.create_loan(book_id=book, member_id=reader, days=14)["id"]
    library.create_loan(book_id=book, member_id=friend, days=7)
    with refused:
        library.create_loan(book_id=book, member_id=friend, days=7)
    library.get_book(book)
    library.list_loans(member_id=friend)
    library.return_loan(loan)
    with refused:
        library.return_loan(loan)
    with refused:
        library.delete_book(book)
    library.get_book(book)
    library.get_member(reader)
    page = library.list_loans(limit=1)
    library.list_loans(limit=1, cursor=page["next"].partition("cursor=")[2])


def covers(library: Library, _: Any) -> None:
    book = library.create_book(title="Illustrated")["id"]
    with refused:
        library.download_cover(book)
    library.upload_cover(book, "\x89PNG a cover \xff\x00\xfe")
    library.download_cover(book)


def refusals(library: Library, _: Any) -> None:
    for wrong in ({"author": "No Title"}, {"title": 7}, {"title": "T", "pages": 3}):
        with refused:
            library.create_book(**wrong)
    first = library.create_book(title="Contended")
    library.update_book(first["id"], first["etag"], shelf="new")
    with refused:
        library.update_book(first["id"], first["etag"], shelf="old")
    library.get_book(first["id"])
    with refused:
        library.list_books(cursor="nonsense")
    with refused:
        library.get_book("nothing")


def mid_life(library: Library, known: Any) -> None:
    book, member = known
    library.get_book(book)
    library.update_book(book, title="Retitled")
    library.get_book(book)
    library.create_loan(book_id=book, member_id=member, days=3)


def reservation(library: Library, _: Any) -> None:
    member = library.create_member(name="Early")["memberId"]
    library.reserve_book(library.create_book(title="Awaited")["id"], member)


def too_fast(library: Library, _: Any) -> None:
    with refused:
        library.create_book(title="Once")
    library.create_book(title="Twice")


def visits(library: Library, _: Any) -> None:
    made = [
        library.create_visit(name=name, mood=mood) for name, mood in (("Ann", "calm"), ("Bo", "odd"), ("Cy", "shy"))
    ]
    for visit in made:
        with suppress(Unreadable):  # a defect of the SDK
            library.get_visit(visit)
    library.list_visits(limit=2)
    library.list_visits(limit=2, after=library.next_visits())
    library.list_visits()


def desk(library: Library, _: Any) -> None:
    with refused:
        library.write_note(text="")
    notes = [library.write_note(text=f"Note {number}", topic="todo")["note"]["id"] for number in range(3)]
    library.read_note(notes[0])
    library.change_note(note=notes[0], text="Done")
    library.read_note(notes[0])
    with refused:
        library.read_note("nothing")
    page = library.search_notes(topic="todo", limit=2)
    library.search_notes(topic="todo", limit=2, cursor=page["response_metadata"]["next_cursor"])


def _something_there(library: Library, _: Twin) -> Any:
    book = library.create_book(title="Always here", author="Old Hand", copies=2)["id"]
    return book, library.create_member(name="Regular")["memberId"]


def _limited(_: Library, twin: Twin) -> None:
    twin.faults.add({"kind": "rate_limit", "operation": "POST /v1/books"})


SCRIPTS = (
    Script("life", life_of_a_book),
    Script("neighbours", neighbours),
    Script("pages", pages),
    Script("lending", lending),
    Script("covers", covers),
    Script("refusals", refusals),
    Script("mid_life", mid_life, _something_there),
    Script("reservation", reservation),
    Script("too_fast", too_fast, _limited),
    Script("visits", visits),
    Script("desk", desk),
)
