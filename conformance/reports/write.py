"""The report folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from conformance.errors import CannotWrite
from conformance.files import write_text
from conformance.reports.document import document
from conformance.scoring.baseline import GateResult
from conformance.scoring.model import RunScore


def write_reports(run: RunScore, out: Path, gate: GateResult | None = None) -> tuple[Path, ...]:
    """Write ``report.json``, ``report.html``, ``junit.xml``, ``summary.md`` and ``badge.svg`` into ``out``.

    Every file is written whole or not at all, and one that cannot be written does not keep back the others.

    Returns:
        The files, in that order.

    Raises:
        CannotWrite: after everything that could be written was; names the first file and the cause.
    """
    written: list[Path] = []
    failed: list[CannotWrite] = []
    for name, render in _renderers(run, gate):
        try:
            write_text(out / name, render())
            written.append(out / name)
        except CannotWrite as error:
            failed.append(error)
    if failed:
        others = len(failed) - 1
        more = f" ({others} more could not be written either)" if others else ""
        raise CannotWrite(f"{str(failed[0]).removesuffix('.')}{more}.") from failed[0]
    return tuple(written)


def report_json(run: RunScore, gate: GateResult | None = None) -> str:
    """The text of ``report.json``."""
    return json.dumps(document(run, gate), ensure_ascii=False, indent=1) + "\n"


def _renderers(run: RunScore, gate: GateResult | None) -> Iterator[tuple[str, Callable[[], str]]]:
    from conformance.reports.badge import badge_svg
    from conformance.reports.html import report_html
    from conformance.reports.junit import junit_xml
    from conformance.reports.markdown import summary_md

    yield "report.json", lambda: report_json(run, gate)
    yield "report.html", lambda: report_html(run, gate)
    yield "junit.xml", lambda: junit_xml(run)
    yield "summary.md", lambda: summary_md(run, gate)
    yield "badge.svg", lambda: badge_svg(run)
