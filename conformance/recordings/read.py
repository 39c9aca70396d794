"""Read cassettes: vcrpy's JSON and YAML, and their cousins from betamax and Ruby's VCR."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import yaml

from conformance.errors import BadRecording
from conformance.recordings.genuine import check_length
from conformance.recordings.messages import MalformedError, decoded, interaction
from conformance.recordings.model import Interaction, Provenance, Recording

MAX_BYTES = 64 * 1024 * 1024
"""No genuine cassette comes near this; a larger file is refused before it is parsed."""

SUFFIXES = (".json", ".yaml", ".yml")

_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SafeLoader):  # type: ignore[misc]  # the C loader is known at run time only
    """The safe loader, plus the harmless tags that old recorders wrote; timestamps stay text."""


def _plain(loader: Any, node: Any) -> str:
    return str(loader.construct_scalar(node))


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _plain)
_Loader.add_constructor("tag:yaml.org,2002:python/unicode", _plain)  # vcrpy under Python 2
_Loader.add_constructor("tag:yaml.org,2002:python/str", _plain)
_Loader.add_constructor("!binary", yaml.constructor.SafeConstructor.construct_yaml_binary)  # Ruby


def read_recording(path: Path, root: Path | None = None) -> Recording:
    """Read one cassette.

    Args:
        path: The cassette file: JSON or YAML, by its suffix.
        root: The folder below which the recording is named; the file's own folder when None.

    Raises:
        BadRecording: In one sentence, what is wrong with which file and what to do.
    """
    data = _bytes_of(path)
    try:
        document = _parse(data, path.suffix.lower())
        interactions = _interactions(document)
        provenance = _provenance(document.get("provenance"))
    except MalformedError as problem:
        raise BadRecording(f"{path}: {problem}.") from None
    return Recording(
        name=_name(path, root),
        path=path,
        provenance=provenance,
        interactions=interactions,
        digest=hashlib.sha256(data).hexdigest(),
    )


def read_folder(root: Path, on_bad: Callable[[BadRecording], None] | None = None) -> Iterator[Recording]:
    """Read every cassette below ``root``, sorted by path; files of other kinds are passed over.

    Args:
        root: A folder, or a single cassette file.
        on_bad: Called for each bad file, which is then left out; without it the first bad file raises.

    Raises:
        BadRecording: At the call, when the folder is missing or holds no cassette at all; while iterating,
            for a bad file when ``on_bad`` is None.
    """
    return _read_all(cassettes_in(root), root if root.is_dir() else root.parent, on_bad)


def cassettes_in(root: Path) -> tuple[Path, ...]:
    """Paths of all files below ``root`` that are cassettes by their suffix, sorted; ``root`` if it is a file.

    Raises:
        BadRecording: When ``root`` is missing or holds none.
    """
    if root.is_file():
        return (root,)
    if not root.is_dir():
        raise BadRecording(f"{root}: there is no such folder; name a folder of cassettes.")
    found = (p for p in root.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
    paths = tuple(sorted(p for p in found if not p.name.startswith(".")))
    if not paths:
        raise BadRecording(f"{root}: the folder holds no cassette; put .json or .yaml cassettes there.")
    return paths


def _read_all(
    paths: tuple[Path, ...], root: Path, on_bad: Callable[[BadRecording], None] | None
) -> Iterator[Recording]:
    for path in paths:
        try:
            recording = read_recording(path, root)
        except BadRecording as bad:
            if on_bad is None:
                raise
            on_bad(bad)
        else:
            yield recording


def _name(path: Path, root: Path | None) -> str:
    return path.relative_to(root).as_posix() if root and path.is_relative_to(root) else path.name


def _bytes_of(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise BadRecording(
                f"{path}: the file has {size:,} bytes, more than the {MAX_BYTES:,} a cassette may have; "
                "split the recording."
            )
        return path.read_bytes()
    except OSError as problem:
        reason = problem.strerror or "it is unreadable"
        raise BadRecording(f"{path}: the file cannot be read ({reason}); check path and rights.") from None


def _parse(data: bytes, suffix: str) -> dict[str, Any]:
    """The cassette's document; the suffix decides the format, as it does for vcrpy."""
    if not data.strip():
        raise MalformedError("the file is empty; record it again")
    try:
        text = data.decode("utf-8-sig")
        document = _parse_json(text) if suffix == ".json" else _parse_yaml(text)
    except UnicodeDecodeError as problem:
        raise MalformedError(f"byte {problem.start} is not UTF-8; store the cassette as UTF-8 text") from None
    except RecursionError:
        raise MalformedError("the document is nested too deep to be a cassette; record it again") from None
    if not isinstance(document, dict):
        raise MalformedError("the document is no mapping with a list of interactions; give a vcrpy cassette")
    return document


def _parse_json(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as problem:
        if problem.pos >= len(text.rstrip()) or problem.msg.startswith("Unterminated"):
            raise MalformedError(f"the JSON is cut off at line {problem.lineno}; record it again") from None
        what = f"{problem.msg} at line {problem.lineno}, column {problem.colno}"
        raise MalformedError(f"this is not JSON ({what}); repair it or record it again") from None


def _parse_yaml(text: str) -> Any:
    try:
        return yaml.load(text, Loader=_Loader)  # a safe loader: it constructs plain values only
    except yaml.constructor.ConstructorError as problem:
        what = " ".join((problem.problem or "a tag that cannot be read").split())
        raise MalformedError(
            f"the YAML holds something other than plain values ({what}{_mark(problem)}); remove the tag"
        ) from None
    except yaml.MarkedYAMLError as problem:
        what = " ".join((problem.problem or "syntax error").split())
        raise MalformedError(f"this is not whole YAML ({what}{_mark(problem)}); repair it or record it again") from None
    except (yaml.YAMLError, ValueError) as problem:
        what = " ".join(str(problem).split())
        raise MalformedError(f"this is not YAML ({what}); repair it or record it again") from None


def _mark(problem: yaml.MarkedYAMLError) -> str:
    return f" at line {problem.problem_mark.line + 1}" if problem.problem_mark else ""


def _interactions(document: dict[str, Any]) -> tuple[Interaction, ...]:
    """``interactions`` is vcrpy's word, ``http_interactions`` that of betamax and Ruby's VCR."""
    raw = document.get("interactions", document.get("http_interactions"))
    if not isinstance(raw, list):
        raise MalformedError("the document has no list of interactions; give a vcrpy cassette")
    if not raw:
        raise MalformedError("the cassette holds no interaction; record it again")
    return tuple(_checked(index, item) for index, item in enumerate(raw))


def _checked(index: int, item: Any) -> Interaction:
    try:
        recorded = interaction(index, item)
        check_length(recorded)
        return decoded(recorded)
    except MalformedError as problem:
        raise MalformedError(f"in interaction {index} {problem}") from None


def _moment(text: str) -> str:
    """A date as ISO 8601; some are told as in HTTP."""
    try:
        return parsedate_to_datetime(text).isoformat()
    except ValueError:
        return text


def _provenance(raw: Any) -> Provenance:
    """What the cassette says of its origin; a cassette that says nothing has an empty Provenance."""
    if raw is None:
        return Provenance()
    if not isinstance(raw, dict):
        raise MalformedError("provenance is no mapping; write service, source, licence and so on below it")
    recorded = raw.get("recorded") or ()
    words = ("service", "source", "repository", "commit", "path", "licence", "flavour", "client", "notes")
    return Provenance(
        **{word: str(raw.get(word) or "") for word in words},
        recorded=(_moment(recorded),) if isinstance(recorded, str) else tuple(_moment(str(one)) for one in recorded),
        synthetic=raw.get("synthetic") is True,
    )
