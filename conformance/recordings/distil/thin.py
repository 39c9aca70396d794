"""Leave out what adds no behaviour: runs recorded twice, and the twentieth of the same kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from conformance.recordings.distil.rewrite import Rewriter
from conformance.recordings.distil.scribe import Scribe
from conformance.recordings.distil.survey import Survey
from conformance.recordings.distil.vocabulary import Vocabulary
from conformance.recordings.model import Interaction, Recording

ENOUGH = 19
"""Examples of the same thing that are kept."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

DUPLICATE = "the same program with the same answers is there already"
NOTHING_NEW = f"every exchange in it was seen {ENOUGH} times"
REPEATED = f"the same read with the same answer, more than {ENOUGH} times in one recording"

Key = tuple[object, ...]


class _Canonical(Scribe):
    """Writes ids as numbers in order of appearance and all dates alike: what is left is the behaviour."""

    def __init__(self, found: Survey, vocabulary: Vocabulary) -> None:
        super().__init__(found, vocabulary, b"")
        self._order: dict[str, int] = {}

    def id(self, token: str) -> str:
        return f"#{self._order.setdefault(token, len(self._order))}"

    def integer(self, number: int, key: str) -> int:
        digits = str(abs(number))
        return -1 - self._order.setdefault(digits, len(self._order)) if digits in self._found.ids else number

    def date(self, text: str) -> str:
        return "T"

    http_date = epoch = date


class Thinner:
    """Decides, recording by recording, what stays. Give it the recordings that matter most first."""

    def __init__(self, vocabulary: Vocabulary, left_out: Callable[[str, int, int], None]) -> None:
        """``left_out`` is told a reason, and how many cassettes and interactions it cost."""
        self._vocabulary = vocabulary
        self._left_out = left_out
        self._programs: set[tuple[Key, ...]] = set()
        self._seen: Counter[Key] = Counter()

    def thin(self, recording: Recording, found: Survey) -> Recording | None:
        """The recording without what it repeats; None when all of it is known."""
        keys = self._keys(recording, found)
        if tuple(keys) in self._programs:
            self._left_out(DUPLICATE, 1, len(keys))
            return None
        self._programs.add(tuple(keys))
        if all(self._seen[key] >= ENOUGH for key in keys):
            self._left_out(NOTHING_NEW, 1, len(keys))
            return None
        self._seen.update(set(keys))
        return replace(recording, interactions=self._without_repeats(recording.interactions, keys))

    def _keys(self, recording: Recording, found: Survey) -> list[Key]:
        rewriter = Rewriter(_Canonical(found, self._vocabulary))
        return [_key(rewriter.interaction(item)) for item in recording.interactions]

    def _without_repeats(self, items: Iterable[Interaction], keys: list[Key]) -> tuple[Interaction, ...]:
        """Reads change nothing, so that a program stays whole without the later ones of many alike."""
        seen: Counter[Key] = Counter()
        kept: list[Interaction] = []
        for item, key in zip(items, keys, strict=True):
            seen[key] += 1
            if item.request.method in SAFE_METHODS and seen[key] > ENOUGH:
                self._left_out(REPEATED, 0, 1)
            else:
                kept.append(replace(item, index=len(kept)))
        return tuple(kept)


def _key(item: Interaction) -> Key:
    request, response = item.request, item.response
    return (request.method, request.uri, request.body, response.status, response.body)
