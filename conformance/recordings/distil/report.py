"""Tell what was distilled: the report, and SOURCES.md beside the recordings."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from conformance.errors import BadRecording
from conformance.recordings.model import Recording

PERMISSIVE = ("MIT", "BSD", "Apache", "ISC", "CC0", "Unlicense", "0BSD", "Zlib")
"""Beginnings of the names of licences that need no further word."""


@dataclass
class DistilReport:
    """What came of distilling a folder. Counts of ``left_out`` are (cassettes, interactions) by reason."""

    source: Path
    destination: Path
    written: list[Recording] = field(default_factory=list)
    size: int = 0
    left_out: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    bad: list[BadRecording] = field(default_factory=list)

    @property
    def interactions(self) -> int:
        """Interactions in all cassettes written."""
        return sum(len(recording.interactions) for recording in self.written)

    def note_left_out(self, reason: str, cassettes: int, interactions: int) -> None:
        """Count what is not written, by reason."""
        self.left_out[reason]["cassettes"] += cassettes
        self.left_out[reason]["interactions"] += interactions

    def __str__(self) -> str:
        lines = [
            f"{len(self.written)} cassettes with {self.interactions} interactions ({self.size:,} bytes) "
            f"written to {self.destination}."
        ]
        lines += [f"Left out: {line}." for line in self._left_out_lines()]
        lines += [f"Not readable: {bad}" for bad in self.bad]
        return "\n".join(lines)

    def _left_out_lines(self) -> list[str]:
        return [
            f"{count['cassettes']} cassettes, {count['interactions']} interactions: {reason}"
            for reason, count in sorted(self.left_out.items())
        ]


def sources_text(report: DistilReport) -> str:
    """SOURCES.md: where the facts in these recordings come from, and that the values are made up."""
    lines = [
        f"# Sources of the recordings in {report.destination.name}",
        "",
        "Distilled from public recordings: what the service did is kept; ids, people, names, e-mail addresses,",
        "hosts, hashes, tokens, free text and dates are **synthetic values** made by `conformance import`. Every",
        "cassette names repository, commit and path of the recording it was made from. Dates below are the",
        "recordings' own; dates inside cassettes are moved by whole weeks.",
        "",
        "| source | repository | commit | licence | recorded | cassettes | interactions | remarks |",
        "|---|---|---|---|---|--:|--:|---|",
        *_rows(report.written),
    ]
    lines += _notices(report.written)
    if report.left_out:
        lines += ["", "Left out because it adds no behaviour:", ""]
        lines += [f"- {line}." for line in report._left_out_lines()]
    return "\n".join(lines) + "\n"


def _notices(recordings: list[Recording]) -> list[str]:
    """A line for every source whose licence is not one of the permissive ones everybody knows."""
    origins = {(r.provenance.source, r.provenance.repository, r.provenance.licence) for r in recordings}
    return [
        f"\n`{source}` ({repository}) is published under {licence}: its notices and limits stay with the copies "
        "of that repository; from it come only the facts above, at the commit above."
        for source, repository, licence in sorted(origins)
        if licence and repository and not licence.startswith(PERMISSIVE)
    ]


def _rows(recordings: list[Recording]) -> list[str]:
    by_source: defaultdict[str, list[Recording]] = defaultdict(list)
    for recording in recordings:
        by_source[recording.name.partition("/")[0]].append(recording)
    return [_row(source, by_source[source]) for source in sorted(by_source)]


def _row(source: str, recordings: list[Recording]) -> str:
    origins = [recording.provenance for recording in recordings]
    dates = sorted(date[:10] for origin in origins for date in origin.recorded)
    cells = (
        source,
        _several(origin.repository for origin in origins),
        _commits([origin.commit[:10] for origin in origins]),
        _several(origin.licence for origin in origins),
        f"{dates[0]} – {dates[-1]}" if dates else "",
        str(len(recordings)),
        str(sum(len(recording.interactions) for recording in recordings)),
        _several(origin.notes for origin in origins),
    )
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _several(values: Iterable[str]) -> str:
    return "; ".join(sorted({value for value in values if value}))


def _commits(commits: list[str]) -> str:
    known = Counter(commit for commit in commits if commit).most_common()
    if len(known) < 2:
        return known[0][0] if known else ""
    return f"{known[0][0]} and {len(known) - 1} more"
