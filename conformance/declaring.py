"""The part of a run that tries what a contract asserts: many short programs, apart from what was recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from conformance import worker
from conformance.errors import TwinUnavailable
from conformance.oracle.verdict import StepResult
from conformance.scoring.declared import Checked
from conformance.target import Assertion, declared_programs, load

Map = Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]]
"""Maps in the workers, results in order."""


def declare(targets: Iterable[str], spread: Map) -> dict[str, list[Checked]]:
    """Try all that contracts assert of these targets; by target, in the targets' own order.

    A twin that is gone ends it: what is left was not run. Nothing that was measured before depends on it.
    """
    return {name: tried for name in targets if (tried := _try(declared_programs(load(name)), spread))}


def _try(assertions: Sequence[Assertion], spread: Map) -> list[Checked]:
    told = [one for one in assertions if one.program is not None]
    results, gone = _run(told, spread)
    known = {id(one): result for one, result in zip(told, results, strict=False)}
    return [Checked(one, known.get(id(one)), one.reason or gone) for one in assertions]


def _run(told: Sequence[Assertion], spread: Map) -> tuple[list[StepResult], str]:
    """Results of the first programs, and why there are no more of them."""
    results: list[StepResult] = []
    running = spread(worker.declared, told)
    try:
        while ran := next(running, None):
            results.append(ran.steps[-1])
    except TwinUnavailable as gone:
        return results, str(gone)
    return results, ""
