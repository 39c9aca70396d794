"""Failing examples on disk: what once showed a difference is tried first the next time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from hashlib import blake2b
from pathlib import Path
from typing import Any

from conformance.oracle.verdict import Behaviour
from conformance.programs.grow.model import Graft, Grown, Move, Strand

MOST = 200
"""So many examples of a target are tried."""


class Examples:
    """Examples by target and behaviour. Without a folder it keeps nothing; one that cannot be written is no error."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder / "examples" if folder else None

    def load(self, target: str) -> Iterator[Grown]:
        """What failed before, in a fixed order."""
        if self._folder is None:
            return
        for path in sorted(self._folder.glob(f"{target}/*/*.json"))[:MOST]:
            with suppress(OSError, ValueError, TypeError, KeyError):
                yield from_json(json.loads(path.read_text("utf-8")))

    def save(self, behaviour: Behaviour, grown: Grown) -> None:
        """Keep an example."""
        text = json.dumps(asdict(grown), sort_keys=True)
        path = self._path(behaviour, text)
        if path is None:
            return
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.write_text(text, "utf-8")

    def forget(self, behaviour: Behaviour) -> None:
        """Examples of a behaviour that shows no difference any more are of no use."""
        folder = self._behaviour_folder(behaviour)
        for path in folder.glob("*.json") if folder else ():
            with suppress(OSError):
                path.unlink()

    def _path(self, behaviour: Behaviour, text: str) -> Path | None:
        folder = self._behaviour_folder(behaviour)
        return folder / f"{_digest(text)}.json" if folder else None

    def _behaviour_folder(self, behaviour: Behaviour) -> Path | None:
        return self._folder / behaviour.target / _digest(behaviour.name) if self._folder else None


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def from_json(tree: Any) -> Grown:
    """A program from its JSON form. Raises KeyError or TypeError for anything else."""
    strands = tuple(
        Strand(
            strand["line"],
            tuple(Graft(int(one["place"]), int(one["strand"]), int(one["of"])) for one in strand["grafted"]),
            tuple((str(old), str(new)) for old, new in strand["texts"]),
            bool(strand["by_value"]),
        )
        for strand in tree["strands"]
    )
    moves = tuple(Move(int(move["strand"]), int(move["place"])) for move in tree["moves"])
    return Grown(str(tree["name"]), strands, moves)
