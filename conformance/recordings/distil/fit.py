"""Keep a folder of recordings below a size: the largest of those go whose every exchange has its like elsewhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from dataclasses import replace

from conformance.recordings.distil.keys import names_kind
from conformance.recordings.distil.thin import SAFE_METHODS
from conformance.recordings.model import Interaction, Json, Recording
from conformance.recordings.write import dump_recording

LIMIT = 11_850_000
"""Bytes of the cassettes of one service: with the folders and the list of sources less than 12 MB."""

RUNGS = ((3, 8), (2, 6), (2, 4), (2, 3), (1, 3), (1, 2), (1, 1))
"""From generous to mean: how often the same read with the same answer stays in one recording, and how many
recordings of a kind of exchange stay."""

ORDERED = 3
"""Things from which on a list shows in which order it is."""

_VERSION = re.compile(r"v\d+")
_TERM = re.compile(r"[A-Z][A-Z0-9_]*|[A-Za-z]+(?:[._:/-][a-z0-9]+)*")
_TELLS_ERROR = re.compile(r"(?i:code|error|reason|status)$")

LeftOut = Callable[[str, int, int], None]
"""Is told a reason, and how many cassettes and interactions it cost."""


def fit(recordings: list[Recording], limit: int, left_out: LeftOut) -> list[Recording]:
    """The recordings, or as many of them as stay below ``limit`` bytes; every kind of exchange is still there."""
    kept, sizes = recordings, _sizes(recordings)
    for repeats, enough in RUNGS:
        if sum(sizes.values()) <= limit:
            break
        shorter = [without_repeats(recording, repeats) for recording in recordings]
        sizes = _sizes(shorter)
        kept = _needed(shorter, sizes, enough, limit)
        sizes = {recording.name: sizes[recording.name] for recording in kept}
    _tell(recordings, kept, limit, left_out)
    return kept


def _sizes(recordings: list[Recording]) -> dict[str, int]:
    return {recording.name: len(dump_recording(recording).encode()) for recording in recordings}


def _tell(recordings: list[Recording], kept: list[Recording], limit: int, left_out: LeftOut) -> None:
    gone = sum(len(r.interactions) for r in recordings) - sum(len(r.interactions) for r in kept)
    if gone:
        reason = f"others show the same kinds of exchanges, and the folder is to stay below {limit:,} bytes"
        left_out(reason, len(recordings) - len(kept), gone)


def _needed(recordings: list[Recording], sizes: dict[str, int], enough: int, limit: int) -> list[Recording]:
    """Without the largest of those of which every exchange is shown by ``enough`` others, until the rest fits."""
    kinds = {recording.name: set(map(_shown, recording.interactions)) for recording in recordings}
    shown: Counter[Hashable] = Counter(one for found in kinds.values() for one in found)
    gone: set[str] = set()
    size = sum(sizes.values())
    for name in sorted(kinds, key=lambda name: (-sizes[name], name)):
        if size > limit and all(shown[one] > enough for one in kinds[name]):
            shown.subtract(kinds[name])
            gone.add(name)
            size -= sizes[name]
    return [recording for recording in recordings if recording.name not in gone]


def without_repeats(recording: Recording, repeats: int) -> Recording:
    """Reads change nothing, so that a program stays whole without the later ones of many alike."""
    seen: Counter[Hashable] = Counter()
    kept: list[Interaction] = []
    for item in recording.interactions:
        same = (item.request.method, item.request.uri, item.request.body, item.response.status, item.response.body)
        seen[same] += 1
        if item.request.method not in SAFE_METHODS or seen[same] <= repeats:
            kept.append(replace(item, index=len(kept)))
    return replace(recording, interactions=tuple(kept))


def _shown(item: Interaction) -> Hashable:
    """The kind of an exchange and the form of its answer: what is null now and then, and lists that have an order."""
    answer = item.response.json
    one = answer[0] if isinstance(answer, list) and answer else answer
    form = tuple(sorted((key, type(value).__name__) for key, value in one.items())) if isinstance(one, dict) else ()
    return kind(item), form, min(len(answer), ORDERED) if isinstance(answer, list) else None


def kind(item: Interaction) -> Hashable:
    """What an exchange is an example of: what was asked, in which form, and how it went."""
    request, response = item.request, item.response
    path = "/".join("*" if _is_varied(segment) else segment for segment in request.path.split("/"))
    query = tuple(sorted((name, _word(value)) for name, value in request.query))
    error = tuple(_words_under(response.json)) if response.status >= 400 else ()
    return request.method, path, query, _outline(request.json), response.status, error


def _is_varied(segment: str) -> bool:
    return any(char.isdigit() for char in segment) and not _VERSION.fullmatch(segment)


def _word(value: Json) -> str:
    """A word of a vocabulary as it is, anything else by its type."""
    if isinstance(value, str) and _TERM.fullmatch(value):
        return value
    return str(value) if isinstance(value, bool) else type(value).__name__


def _words_under(document: Json) -> Iterator[str]:
    """What an error says of itself."""
    if isinstance(document, dict):
        for key, value in document.items():
            if _TELLS_ERROR.search(key) and isinstance(value, (str, int)):
                yield str(value)
            else:
                yield from _words_under(value)


def _outline(document: Json) -> Hashable:
    """The members of a body, with the values of those that say what kind of thing it is."""
    if not isinstance(document, dict):
        return type(document).__name__
    return tuple(
        sorted((key, _word(value) if _tells(key) else type(value).__name__) for key, value in document.items())
    )


def _tells(key: str) -> bool:
    return names_kind(key) or key in ("name", "key", "provider", "platform")
