"""What was learned, on disk: for each recording its part, and the whole for all of them together."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

from conformance.files import keep, load_kept
from conformance.oracle.expectations.model import Expectations, Part


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
        found = self._load(f"part {digest}") if digest else None
        return found if isinstance(found, Part) else None

    def keep_part(self, digest: str, part: Part) -> None:
        """Keep what a recording says."""
        if digest:
            self._save(f"part {digest}", part)

    def whole(self, digests: Iterable[str]) -> Expectations | None:
        """What was learned from exactly these recordings."""
        found = self._load(f"whole {' '.join(digests)}")
        return found if isinstance(found, Expectations) else None

    def keep_whole(self, digests: Iterable[str], expectations: Expectations) -> None:
        """Keep what was learned."""
        self._save(f"whole {' '.join(digests)}", expectations)

    def _path(self, what: str) -> Path | None:
        if self._folder is None:
            return None
        name = blake2b(f"{self._key} {what}".encode(), digest_size=16).hexdigest()
        return self._folder / "expectations" / name[:2] / name

    def _load(self, what: str) -> object:
        path = self._path(what)
        return load_kept(path) if path else None

    def _save(self, what: str, value: object) -> None:
        if path := self._path(what):
            keep(path, value)
