"""Which answers are pages: those with a cursor that another call of the same reading operation sends back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conformance.oracle.situation import READS
from conformance.programs.model import Call, Program, Ref
from conformance.programs.trees import dotted, leaves
from conformance.recordings.model import Json

Cursors = frozenset[tuple[str, str]]
"""(operation, path) of cursors in answers."""


def cursors(programs: Iterable[Program]) -> Cursors:
    """Where answers hold cursors. Linear in the number of references."""
    return frozenset(
        (step.call.operation, dotted(tuple(key for key in source.path if not str(key).startswith("?"))))
        for program in programs
        for step in program.steps
        for source in _own_results(step.call, program)
    )


def is_page(call: Call, program: Program, answer: Json, known: Cursors) -> bool:
    """Whether the answer to ``call`` continues a list, or is to be continued."""
    places = {place for operation, place in known if operation == call.operation}
    if not places:
        return False
    continues = any(True for _ in _own_results(call, program))
    return continues or any(dotted(path) in places for path, _ in leaves(answer))


def _own_results(call: Call, program: Program) -> Iterator[Ref]:
    """References to results of the same operation, other than those that name what it reads."""
    if not call.operation.startswith(READS):
        return
    for name, value in call.arguments.items():
        names_thing = f"{{{name}}}" in call.operation
        if isinstance(value, Ref) and not names_thing and program.steps[value.step].call.operation == call.operation:
            yield value
