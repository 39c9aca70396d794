"""``failures/*.py``: for each difference a pytest file that shows it without the kit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from conformance.errors import CannotWrite
from conformance.scoring.model import Difference, RunScore, TargetScore

FOLDER = "failures"


def with_repros(run: RunScore, written: Iterable[str]) -> RunScore:
    """The score with the paths of the files that show its differences; ``written`` are the differences' ids."""
    known = {name: f"{FOLDER}/{name}.py" for name in written}
    return replace(run, targets=tuple(_target(target, known) for target in run.targets))


def _target(target: TargetScore, known: Mapping[str, str]) -> TargetScore:
    return replace(target, differences=tuple(_difference(found, known) for found in target.differences))


def _difference(found: Difference, known: Mapping[str, str]) -> Difference:
    return replace(found, repro=known.get(found.id))


def write_failures(tests: Mapping[str, str], folder: Path) -> None:
    """Write the files, by the ids of the differences; those of an earlier run go.

    Raises:
        CannotWrite: the folder cannot be written.
    """
    place = folder / FOLDER
    try:
        for old in place.glob("*.py"):
            old.unlink()
        if tests:
            place.mkdir(parents=True, exist_ok=True)
        for name, text in tests.items():
            (place / f"{name}.py").write_text(text, "utf-8", "surrogateescape")
    except OSError as error:
        raise CannotWrite(f"{place} cannot be written ({error.strerror}); name another folder with --out.") from error
