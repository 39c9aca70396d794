"""What was learned, on disk: for each recording its part, and the whole for all of them together."""

from __future__ import annotations

import gc
import os
import pickle
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Any

from conformance.oracle.expectations.model import Expectations, Part


@contextmanager
def without_collection() -> Iterator[None]:
    """Many new objects and no cycles among them: the garbage collector would look at them again and again."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


_UNREADABLE = (OSError, pickle.UnpicklingError, EOFError, AttributeError, ImportError, TypeError, ValueError)


class LearnCache:
    """Parts and wholes by the content they were learned from.

    With no folder it keeps nothing; a cache that cannot be written is no error. ``key`` tells versions of the code and
    of the SDKs apart.
    """

    def __init__(self, folder: Path | None, key: str = "") -> None:
        self._folder = folder
        self._key = key

    def part(self, digest: str) -> Part | None:
        """What the recording with this content says."""
        found = self._load(self._path(f"part {digest}")) if digest else None
        return found if isinstance(found, Part) else None

    def keep_part(self, digest: str, part: Part) -> None:
        """Keep what a recording says."""
        if digest:
            self._save(self._path(f"part {digest}"), part)

    def whole(self, digests: Iterable[str]) -> Expectations | None:
        """What was learned from exactly these recordings."""
        found = self._load(self._path(f"whole {' '.join(digests)}"))
        return found if isinstance(found, Expectations) else None

    def keep_whole(self, digests: Iterable[str], expectations: Expectations) -> None:
        """Keep what was learned."""
        self._save(self._path(f"whole {' '.join(digests)}"), expectations)

    def _path(self, what: str) -> Path | None:
        if self._folder is None:
            return None
        name = blake2b(f"{self._key} {what}".encode(), digest_size=16).hexdigest()
        return self._folder / "expectations" / name[:2] / name

    def _load(self, path: Path | None) -> Any:
        try:
            with without_collection():
                return pickle.loads(path.read_bytes()) if path else None
        except _UNREADABLE:
            return None

    def _save(self, path: Path | None, what: object) -> None:
        if path is None:
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = path.with_suffix(f".{os.getpid()}")
            with without_collection():
                draft.write_bytes(pickle.dumps(what, protocol=pickle.HIGHEST_PROTOCOL))
            draft.replace(path)
        except OSError:
            return
