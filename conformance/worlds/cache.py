"""Recorded traces on disk, by content: a trace depends only on the cassette, the SDK version and the code."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from pathlib import Path

from conformance.files import keep, load_kept
from conformance.programs.model import Trace, Unlifted
from conformance.target import Sdk

Traced = tuple[Trace, list[Unlifted]]


def default_folder() -> Path:
    """``$XDG_CACHE_HOME/conformance`` or ``~/.cache/conformance``."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "conformance"


@cache
def code_fingerprint() -> str:
    """Hash of the source files of the engine and the targets beside it: changed code never meets an old trace."""
    digest = blake2b(digest_size=12)
    root = Path(__file__).parent.parent
    for package in (root, root.parent / "targets"):
        for path in sorted(package.rglob("*.py")):
            if "twin" not in path.parts:
                digest.update(path.read_bytes())
    return digest.hexdigest()


class TraceCache:
    """Traces by recording, made by these targets: the names of those that lift, and their SDKs.

    With no folder it keeps nothing; a cache that cannot be written is no error.
    """

    def __init__(self, folder: Path | None, cast: Iterable[tuple[str, Sdk]]) -> None:
        self._folder = folder
        self._key = f"{code_fingerprint()} {sorted((name, sdk.name, sdk.version) for name, sdk in cast)}"

    def _path(self, digest: str) -> Path | None:
        if self._folder is None or not digest:
            return None
        name = blake2b(f"{digest} {self._key}".encode(), digest_size=16).hexdigest()
        return self._folder / "traces" / name[:2] / name

    def load(self, digest: str) -> Traced | None:
        """What is known of the recording with this content, or None."""
        path = self._path(digest)
        traced: Traced | None = load_kept(path) if path else None
        return traced

    def save(self, digest: str, traced: Traced) -> None:
        """Keep what was found out."""
        if path := self._path(digest):
            keep(path, traced)
