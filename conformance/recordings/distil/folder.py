"""Distil whole folders of recordings."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path, PurePosixPath

from conformance.errors import BadRecording, CannotWrite
from conformance.recordings.distil.fit import LIMIT, fit
from conformance.recordings.distil.forms import EMAIL, RUN
from conformance.recordings.distil.mend import MADE_UP, made_up, mended
from conformance.recordings.distil.own import own_of
from conformance.recordings.distil.report import DistilReport, sources_text
from conformance.recordings.distil.rewrite import Rewriter
from conformance.recordings.distil.scribe import Scribe
from conformance.recordings.distil.sites import site_words, sites_of
from conformance.recordings.distil.survey import Survey, survey
from conformance.recordings.distil.thin import Thinner
from conformance.recordings.distil.vocabulary import Gatherer, Vocabulary
from conformance.recordings.model import Recording
from conformance.recordings.read import read_folder
from conformance.recordings.write import write_recording

SHIPPED = Path(__file__).parents[3] / "recordings"
"""The kit's own recordings, in a checkout and in an installed wheel alike."""


def distil_folder(source: Path, destination: Path, reference: Path | None = None, limit: int = LIMIT) -> DistilReport:
    """Distil every cassette below ``source`` into ``destination/<source name>/<cassette>.json``.

    What several independent sources in the folder share is taken for the vendor's vocabulary, so distil the
    recordings of one service together. The same input gives the same bytes. Writes SOURCES.md as well.

    Args:
        source: A folder of cassettes, or one cassette.
        destination: The folder to write to; made when missing. Files there by other names stay.
        reference: A folder of other recordings that lend their vocabulary and are not distilled. Without the
            vendor's hosts in it, or in several sources, those of ``source`` are taken for somebody's own.
        limit: Bytes from which recordings are left out whose like is there already.

    Returns:
        What was written, what was left out and why, and which files were no recordings.

    Raises:
        BadRecording: When there is no recording at all in ``source``.
        CannotWrite: When ``destination`` cannot be written.
    """
    report = DistilReport(source, destination)
    recordings = [_dated(recording) for recording in read_folder(source, report.bad.append)]
    if not recordings:
        raise report.bad[0] if report.bad else BadRecording(f"{source}: there is no recording to distil.")
    recordings = _genuine(recordings, report)
    surveys = {recording.digest: survey(recording) for recording in recordings}
    vocabulary = _vocabulary(recordings + _akin(_readable(reference), recordings), surveys)
    thinner = Thinner(vocabulary, report.note_left_out)
    thinned = [thinner.thin(recording, surveys[recording.digest]) for recording in _newest_first(recordings)]
    groups = _by_source([recording for recording in thinned if recording])
    made = [one for group in groups for one in distil(group, [surveys[r.digest] for r in group], vocabulary)]
    for recording in fit(made, limit, report.note_left_out):
        _write(recording, report)
    report.written.sort(key=lambda recording: recording.name)
    _write_sources(report)
    return report


def _genuine(recordings: list[Recording], report: DistilReport) -> list[Recording]:
    """The recordings without those that somebody made up, the others mended where somebody masked a part of them."""
    forged = made_up(recordings)
    for recording in recordings:
        if recording.name in forged:
            report.note_left_out(MADE_UP, 1, len(recording.interactions))
    return [mended(recording) for recording in recordings if recording.name not in forged]


def import_command(source: Path, destination: Path, limit: int = LIMIT) -> DistilReport:
    """Bring recordings from anywhere into a folder the kit can use: ``conformance import SOURCE DEST``.

    The recordings that the kit ships say what is the vendor's. ``str()`` of the result is for the user. Arguments,
    results and errors are those of ``distil_folder``.
    """
    return distil_folder(source, destination, SHIPPED if SHIPPED.is_dir() else None, limit)


def distil(group: list[Recording], surveys: list[Survey], vocabulary: Vocabulary) -> list[Recording]:
    """The recordings of one source with their private values made anew, under names that tell nothing private.

    One source is one account, more or less: what is equal in two of its recordings stays equal.
    """
    found = Survey()
    for one in surveys:
        found.take(one)
    digests = " ".join(sorted(recording.digest for recording in group))
    scribe = Scribe(found, vocabulary, blake2b(digests.encode(), digest_size=16).digest())
    rewriter = Rewriter(scribe)
    for recording in group:
        rewriter.recording(recording)
    scribe.seal()
    names = _file_names(group, found.private - vocabulary.api)
    return [_synthetic(rewriter.recording(recording), name) for recording, name in zip(group, names, strict=True)]


def _synthetic(recording: Recording, name: str) -> Recording:
    return replace(recording, name=name, provenance=replace(recording.provenance, synthetic=True))


def _file_names(group: list[Recording], private: frozenset[str]) -> list[str]:
    """A name for each recording; those that would be equal without people's names are numbered."""
    taken: Counter[str] = Counter()
    names: dict[str, str] = {}
    for recording in sorted(group, key=lambda recording: recording.name):
        name = _file_name(recording, private)
        taken[name] += 1
        number = taken[name]
        names[recording.name] = name if number == 1 else f"{name.removesuffix('.json')}-{number}.json"
    return [names[recording.name] for recording in group]


def _by_source(recordings: list[Recording]) -> list[list[Recording]]:
    groups: defaultdict[str, list[Recording]] = defaultdict(list)
    for recording in recordings:
        groups[recording.provenance.source].append(recording)
    return list(groups.values())


def _dated(recording: Recording) -> Recording:
    """A recording whose provenance names a source: the first folder of its name, else ``imported``."""
    if recording.provenance.source:
        return recording
    folders = PurePosixPath(recording.name).parts[:-1]
    source = folders[0] if folders else "imported"
    return replace(recording, provenance=replace(recording.provenance, source=source))


def _readable(folder: Path | None) -> list[Recording]:
    """All recordings of ``folder`` that can be read; none when it holds none."""
    if folder is None:
        return []
    try:
        return list(read_folder(folder, lambda bad: None))
    except BadRecording:
        return []


def _akin(lenders: list[Recording], recordings: list[Recording]) -> list[Recording]:
    """Those of the lenders that may be of the same services: with a request below the same root. Linear in requests."""
    roots = set().union(*map(_roots, recordings))
    return [lender for lender in lenders if not roots.isdisjoint(_roots(lender))]


def _roots(recording: Recording) -> set[str]:
    """The first segments of all paths, as ``rest``, ``drive`` or ``v4``."""
    return {one.request.path.strip("/").partition("/")[0] for one in recording.interactions}


def _vocabulary(recordings: list[Recording], surveys: dict[str, Survey]) -> Vocabulary:
    gatherer = Gatherer()
    private: set[str] = set()
    accounts: set[str] = set()
    sites = sites_of(recordings)
    for recording in recordings:
        found = surveys.get(recording.digest) or survey(recording)
        gatherer.add(recording, found)
        private |= found.private
        accounts |= found.project_words
    accounts |= {word for label in sites for word in site_words(label)}
    own = own_of(recordings, frozenset(accounts) - gatherer.api)
    return gatherer.vocabulary(frozenset(private | accounts) - gatherer.api, own, sites)


def _newest_first(recordings: list[Recording]) -> list[Recording]:
    by_name = sorted(recordings, key=lambda recording: recording.name)
    return sorted(by_name, key=lambda recording: max(recording.provenance.recorded, default=""), reverse=True)


def _file_name(recording: Recording, private: frozenset[str]) -> str:
    """``source/cassette.json``: folders below the source become part of the name, people's names are dropped."""
    path = PurePosixPath(recording.name).with_suffix("")
    source = _plain(recording.provenance.source)
    folders = path.parts[1:-1] if path.parts[0] == recording.provenance.source else path.parts[:-1]
    stem = EMAIL.sub("user", ".".join((*folders, path.name)))
    stem = RUN.sub(lambda word: "user" if word[0].casefold() in private else word[0], stem)
    return f"{source}/{_plain(stem)}.json"


def _plain(text: str) -> str:
    return re.sub(r"[^\w.-]+", "-", text).strip(".-") or "recording"


def _write(recording: Recording, report: DistilReport) -> None:
    path = report.destination / recording.name
    write_recording(recording, path)
    report.written.append(recording)
    report.size += path.stat().st_size


def _write_sources(report: DistilReport) -> None:
    path = report.destination / "SOURCES.md"
    try:
        path.write_text(sources_text(report), encoding="utf-8", newline="\n")
    except OSError as problem:
        reason = problem.strerror or "refused"
        raise CannotWrite(f"{path}: cannot be written ({reason}); check the folder and its rights.") from None
