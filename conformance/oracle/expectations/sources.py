"""Where evidence comes from: which recordings are versions of one test, of which edition and time they are.

Recordings of one *group* are no independent witnesses. An *edition* is a flavour of the service (Cloud, Server); other
words under ``flavour`` name what recorded. Editions and years are *periods*; whether evidence of one period holds for
another is measured: two periods that contradict each other's rules do not mix.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import PurePosixPath

from conformance.programs.model import Trace
from conformance.recordings.model import Provenance, Recording

ENVIRONMENTS = 3
"""A file name found in so many folders of a source names where a test was recorded, not what it tests."""

_HASH = re.compile(r"[._-][0-9a-f]{7,40}(?=\.|\Z)")
_ASIDE = re.compile(r"\(.*?\)")
_VERSION_WORD = re.compile(r"\d[\d.\-]*\Z")
_NUMBER = re.compile(r"-\d+\Z")


@dataclass(frozen=True)
class Source:
    """One recording as a witness. ``date`` is ISO 8601, "" if unknown."""

    name: str
    service: str
    group: str
    origin: str
    edition: str
    date: str

    @property
    def year(self) -> int:
        """Year of recording, 0 if unknown."""
        return int(self.date[:4]) if self.date[:4].isdecimal() else 0

    @property
    def period(self) -> tuple[str, int]:
        """Edition and year."""
        return self.edition, self.year


def sources(traces: Sequence[Trace]) -> list[Source]:
    """A source for each trace."""
    folders = _folders(trace.program.recording for trace in traces)
    return [_source(trace, folders) for trace in traces]


def _source(trace: Trace, folders: dict[tuple[str, str], set[str]]) -> Source:
    recording = trace.program.recording
    provenance = recording.provenance if recording else Provenance()
    observed = next((seen.date for seen in trace.observations if seen.date), "")
    return Source(
        name=trace.program.name,
        service=provenance.service,
        group=_group(recording, folders) if recording else trace.program.name,
        origin=provenance.repository or provenance.source,
        edition=edition(provenance),
        date=_iso(trace.program.date) or observed,
    )


def _iso(date: str) -> str:
    """ISO 8601 of a date that may be spelled as HTTP does."""
    if not date or date[0].isdigit():
        return date
    try:
        return parsedate_to_datetime(date).isoformat()
    except ValueError:
        return ""


def edition(provenance: Provenance) -> str:
    """The flavour without dates, numbers and asides if it begins with the service's name; else "" (a recorder's)."""
    words = _ASIDE.sub(" ", provenance.flavour.lower()).replace(",", " ").split()
    if not provenance.service or words[:1] != [provenance.service]:
        return ""
    return " ".join(_NUMBER.sub("", word) for word in words if not _VERSION_WORD.match(word))


def _place(recording: Recording) -> PurePosixPath:
    """Path of a recording in its source, without suffix and hashes of versions."""
    path = PurePosixPath(recording.provenance.path or recording.name)
    return path.with_name(_HASH.sub("", path.stem if path.suffix else path.name) or path.name)


def _folders(recordings: Iterable[Recording | None]) -> dict[tuple[str, str], set[str]]:
    """Folders in which each file name is found, by source."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for recording in recordings:
        if recording is not None:
            place = _place(recording)
            found[recording.provenance.source, place.name].add(str(place.parent))
    return found


def _group(recording: Recording, folders: dict[tuple[str, str], set[str]]) -> str:
    place = _place(recording)
    source = recording.provenance.source
    if len(folders[source, place.name]) >= ENVIRONMENTS:
        place = place.parent
    return f"{recording.provenance.service}/{source}/{place}"
