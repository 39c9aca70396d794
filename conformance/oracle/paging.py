"""Which answers are pages: those with a cursor that another call of the same operation sends back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conformance.programs.model import Call, Program, Ref
from conformance.programs.references import references
from conformance.programs.trees import dotted, leaves
from conformance.recordings.model import Json

Cursors = set[tuple[str, str]]
"""(operation, path) of cursors in answers."""


def cursors(programs: Iterable[Program]) -> Cursors:
    """Where answers hold cursors. Linear in the number of references."""
    return {
        (step.call.operation, dotted(tuple(key for key in source.path if not str(key).startswith("?"))))
        for program in programs
        for step in program.steps
        for source in _own_results(step.call, program)
    }


def is_page(call: Call, program: Program, answer: Json, known: Cursors) -> bool:
    """Whether the answer to ``call`` continues a list, or is to be continued."""
    if any(True for _ in _own_results(call, program)):
        return True
    places = {place for operation, place in known if operation == call.operation}
    return bool(places) and any(dotted(path) in places for path, _ in leaves(answer))


def _own_results(call: Call, program: Program) -> Iterator[Ref]:
    """References to results of the same reading operation."""
    for source in references(call):
        if isinstance(source, Ref) and call.operation == program.steps[source.step].call.operation:
            yield source
