"""What an audit found: as a document, as a table, and as the figures that stand beside every percentage."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance import __version__
from conformance.audit.catch_rate import Caught, total
from conformance.audit.false_alarms import FalseAlarms
from conformance.audit.figures import FILE, SCHEMA
from conformance.errors import CannotWrite
from conformance.files import write_text
from conformance.reports.text import clean, percent_text
from conformance.worlds.cache import default_folder

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

SHOWN_MISSED = 20


def document(
    targets: Sequence[str], caught: Iterable[Caught], alarms: Mapping[str, FalseAlarms], settings: Mapping[str, Any]
) -> dict[str, Any]:
    """The audit as JSON; ``settings`` say how it was made and are kept in it."""
    rows = list(caught)
    return {
        "schema": SCHEMA,
        "generated_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "kit_version": __version__,
        **settings,
        "targets": [_target(name, [row for row in rows if row.target == name], alarms.get(name)) for name in targets],
    }


def _target(name: str, rows: list[Caught], alarms: FalseAlarms | None) -> dict[str, Any]:
    return {
        "target": name,
        "steps": alarms.steps if alarms else 0,
        "judged_steps": alarms.judged_steps if alarms else 0,
        "strong_steps": alarms.strong_steps if alarms else 0,
        "false_alarms": alarms.false_alarms if alarms else 0,
        **_counts(total(rows)),
        "catch": {row.kind: _counts(row) for row in sorted(rows, key=lambda row: row.kind)},
        "missed": [_missed(row, place) for row in rows for place in range(len(row.missed))],
    }


def _counts(row: Caught) -> dict[str, int]:
    return {"applied": row.applied, "caught": row.caught, "caught_recorded": row.caught_recorded}


def _missed(row: Caught, place: int) -> dict[str, Any]:
    one = row.missed[place]
    return {
        "kind": one.kind,
        "operation": one.operation,
        "place": one.place,
        "programs": one.programs,
        "example": one.example,
    }


# --- for people


def print_audit(console: Console, found: Mapping[str, Any]) -> None:
    """A table by kind of fault and target, what was missed, and the figures."""
    from rich.text import Text

    targets = found["targets"]
    console.print(_table(targets))
    for target in targets:
        for one in target["missed"][:SHOWN_MISSED]:
            line = f"missed  {target['target']}  {one['kind']}: {one['operation']} {one['place']}"
            console.print(Text(clean(line)), soft_wrap=True)
        if len(target["missed"]) > SHOWN_MISSED:
            console.print(f"        and {len(target['missed']) - SHOWN_MISSED} more, see {FILE}")
    for target in targets:
        console.print(Text(summary(target)), soft_wrap=True)


def _table(targets: Sequence[Mapping[str, Any]]) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE, title="Faults caught")
    table.add_column("kind of fault", no_wrap=True)
    for target in targets:
        table.add_column(clean(target["target"]), justify="right", no_wrap=True)
        table.add_column("recorded", justify="right", no_wrap=True)
    for kind in dict.fromkeys(kind for target in targets for kind in target["catch"]):
        cells = [cell for target in targets for cell in _cells(target["catch"].get(kind))]
        table.add_row(clean(kind), *cells)
    table.add_section()
    table.add_row("all", *(cell for target in targets for cell in _cells(target)))
    return table


def _cells(counts: Mapping[str, int] | None) -> tuple[str, str]:
    if not counts or not counts["applied"]:
        return "—", ""
    return f"{counts['caught']}/{counts['applied']}", str(counts["caught_recorded"])


def summary(target: Mapping[str, Any]) -> str:
    """The figures of one target in a sentence."""
    share = percent_text(100 * target["caught"] / target["applied"]) if target["applied"] else "—"
    alone = percent_text(100 * target["caught_recorded"] / target["applied"]) if target["applied"] else "—"
    alarms = f"{target['false_alarms']} false alarms in {target['judged_steps']:,} judged steps"
    return f"{target['target']}: caught {share} of {target['applied']} faults ({alone} by recorded programs), {alarms}"


# --- kept for later runs


def keep(found: Mapping[str, Any], out: Path) -> None:
    """Write it to ``out``; and if it is a full one to the cache, from where the reports of runs take it.

    Raises:
        CannotWrite: it could not be written to ``out``.
    """
    write_audit(found, out)
    if found["quick"]:
        return
    try:
        write_audit(found, default_folder())
    except CannotWrite:
        return  # a cache that cannot be written is no error


def write_audit(found: Mapping[str, Any], out: Path) -> None:
    """Write ``audit.json`` to the folder ``out``. Raises CannotWrite."""
    write_text(out / FILE, json.dumps(found, indent=2, ensure_ascii=False) + "\n")
