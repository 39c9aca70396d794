"""What the answer to a read depends on besides the things that the call names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from conformance.oracle.situation import Footprint, Root
from conformance.programs.model import Call, Program, Ref, Trace
from conformance.programs.references import references
from conformance.programs.trees import leaves

Known = tuple[tuple[Root, str], ...]
"""Things, and the states that they are in."""


def shown(trace: Trace, footprints: Sequence[Footprint]) -> Iterator[Known]:
    """For each step the things that it shows though it does not name them; () for writes. Linear in the answers."""
    called = {
        source.recorded: source.step
        for step in trace.program.steps
        for source in references(step.call)
        if isinstance(source, Ref) and footprints[source.step].roots == (source.step,)
    }
    state: dict[Root, str] = {}
    for footprint, seen in zip(footprints, trace.observations, strict=True):
        told = leaves(seen.body) if not footprint.writes else ()
        things = {called[value] for _, value in told if isinstance(value, str | int) and value in called}
        unnamed = sorted(things & state.keys() - set(footprint.roots))
        yield tuple((root, state[root]) for root in unnamed)
        state.update(zip(footprint.roots, footprint.after, strict=True))


def siblings(program: Program, footprints: Sequence[Footprint], place: int) -> Iterator[int]:
    """The writes to the collection of the found thing that a read names, or to others in it: its rank may change."""
    template, footprint = _path(program.steps[place].call), footprints[place]
    collection, _, last = template.rpartition("/")
    if footprint.writes or not last.startswith("{") or all(isinstance(root, int) for root in footprint.roots):
        return
    for other, write in enumerate(footprints):
        path = _path(program.steps[other].call)
        if write.writes and (path == collection or (path == template and write.roots != footprint.roots)):
            yield other


def _path(call: Call) -> str:
    """The path template of a call."""
    return call.operation.partition("#")[0].partition(" ")[2]
