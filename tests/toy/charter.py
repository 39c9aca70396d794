"""The charter of the library: what it says of itself. It is not quite right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from conformance.programs.model import Call, Given, Program, Ref, Step

SOURCE = "the charter of the library"
NOT_TOLD = "the charter does not tell with which arguments"


@dataclass(frozen=True)
class Claim:
    """See ``conformance.target.Assertion``."""

    outcome: str
    program: Program | None = None
    reason: str = ""
    source: str = SOURCE


def program(target: str, *calls: tuple[str, str, dict[str, Any]], givens: tuple[Given, ...] = ()) -> Program:
    """A program of these calls: operation, SDK's name, arguments."""
    steps = tuple(Step(Call(target, *call), 0) for call in calls)
    return Program(f"declared/{calls[-1][1]}", steps, givens)


def claims(target: str) -> tuple[Claim, ...]:
    """One that holds, one that does not, one that needs a step before it, and one that nobody can try."""
    book = {"book_id": Ref(0, ("id",), "a book")}
    return (
        Claim("404 book_not_found", program(target, ("GET /v1/books/{book_id}", "get_book", {"book_id": "nowhere"}))),
        Claim("400 no_title", program(target, ("POST /v1/books", "create_book", {"author": "Ann Lee"}))),
        Claim(
            "404 no_cover",
            program(
                target,
                ("POST /v1/books", "create_book", {"title": "Bare"}),
                ("GET /v1/books/{book_id}/cover", "download_cover", book),
            ),
        ),
        Claim("409 too_many_loans", reason=NOT_TOLD),
    )
