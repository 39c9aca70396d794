"""Which answers are pages: those with a cursor that another call of the same reading operation sends back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conformance.programs.answers import shown
from conformance.programs.identity import Identity, identity
from conformance.programs.model import Call, Observation, PathKey, Program, Ref
from conformance.programs.trees import dotted, last_key

Cursors = frozenset[tuple[str, str]]
"""(operation, path) of cursors in answers."""


def cursors(programs: Iterable[Program]) -> Cursors:
    """Where answers hold cursors. Linear in the number of references."""
    return frozenset(
        (step.call.operation, _place(source.path))
        for program in programs
        for step in program.steps
        for source in continuations(step.call, program)
    )


def is_page(call: Call, program: Program, answer: Observation, known: Cursors) -> bool:
    """Whether the answer to ``call`` continues a list, or is to be continued."""
    if all(operation != call.operation for operation, _ in known):
        return False
    continues = any(True for _ in continuations(call, program))
    return continues or any(True for _ in cursors_in(call.operation, answer, known))


def cursors_in(operation: str, answer: Observation, known: Cursors) -> Iterator[Identity]:
    """The cursors in an answer, also those in the query of a link, in its body or its headers."""
    places = {place for name, place in known if name == operation}
    for path, value in shown(answer) if places else ():
        if _place(path) in places and value and isinstance(value, str):
            yield identity(last_key(path), value) or ("", value)


def _place(path: PathKey) -> str:
    """The place of a leaf; for a parameter of a link, that of the link."""
    return dotted(tuple(key for key in path if not str(key).startswith(("?", "/"))))


def continuations(call: Call, program: Program) -> Iterator[Ref]:
    """References to results of the same reading operation, other than those that name what it reads."""
    if not call.reads:
        return
    for name, value in call.arguments.items():
        names_thing = f"{{{name}}}" in call.operation
        if isinstance(value, Ref) and not names_thing and program.steps[value.step].call.operation == call.operation:
            yield value
