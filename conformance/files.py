"""Writing files so that nobody ever reads half of one."""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from conformance.errors import CannotWrite

_UNREADABLE = (OSError, pickle.UnpicklingError, EOFError, AttributeError, ImportError, TypeError, ValueError)


def load_kept(path: Path) -> Any:
    """What ``keep`` wrote; None where there is nothing, or nothing that can be read."""
    try:
        with without_collection():
            return pickle.loads(path.read_bytes())
    except _UNREADABLE:
        return None


def keep(path: Path, value: object) -> None:
    """Keep ``value`` for later runs, in one move; where it cannot be written, it is worked out again."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_suffix(f".{os.getpid()}")
        with without_collection():
            draft.write_bytes(pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL))
        draft.replace(path)
    except OSError:
        return  # a cache that cannot be written is no error


@contextlib.contextmanager
def without_collection() -> Iterator[None]:
    """Many new objects and no cycles among them: the garbage collector would look at them again and again."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def write_text(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8 to ``path`` in one move; the folder is made if need be.

    Raises:
        CannotWrite: with the file and the system's own words; an older file at ``path`` is left as it was.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise CannotWrite(f"{path} cannot be written: {error.strerror or error}.") from error


def _replace(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def _umask() -> int:
    """The process's umask, which can only be read by setting it."""
    current = os.umask(0)
    os.umask(current)
    return current
