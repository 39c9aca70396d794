"""``summary.md``: what a CI job shows on its page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from conformance.reports.figures import UNEXPLAINED, clients_text, figures, miss_text, worst
from conformance.reports.text import clean, percent_text, plural, shortened, side_by_side
from conformance.scoring.baseline import GateResult
from conformance.scoring.model import ClientsScore, DeclaredScore, Difference, RunScore, TargetScore

_MAX_ENDPOINTS = 40
_MAX_DIFFERENCES = 10
_MAX_VALUE = 160

_SYNTAX = re.compile(r"[^A-Za-z0-9 ,.=()/\u00a0-\U0010ffff-]|(?<=www)\.", re.IGNORECASE)


def summary_md(run: RunScore, gate: GateResult | None = None) -> str:
    """The text of ``summary.md``: short enough for a job page, whatever the size of the run."""
    return "\n".join((*_lines(run, gate), ""))


def escaped(text: str) -> str:
    """``text`` as Markdown shows it literally: every character that could be syntax becomes a character reference.

    That holds in tables and in inline HTML too, and keeps ``@name``, ``#1`` and addresses from becoming links.
    """
    return _SYNTAX.sub(lambda found: f"&#{ord(found.group())};", clean(text))


def code(text: str) -> str:
    """``text`` in a monospaced font. A code span would end at a backtick, an element does not."""
    return f"<code>{escaped(shortened(text, _MAX_VALUE))}</code>"


def _lines(run: RunScore, gate: GateResult | None) -> Iterator[str]:
    yield "# Conformance"
    yield ""
    if run.problems:
        yield "**The run is not whole; the figures hold for what was run:**"
        yield ""
        yield from (f"- {escaped(line)}" for line in run.problems)
        yield ""
    yield from _table(
        ("Target", "Compatibility", "Fidelity", "Coverage", "Satisfied", "SDK", "Twin"),
        (row for target in run.targets for row in _rows(target)),
    )
    if gate is not None:
        yield from _gate(gate)
    for target in run.targets:
        yield from _target(target)
    for clients in run.clients:
        yield from _clients(clients)
    yield f"Kit {escaped(run.kit_version)}, seed {run.seed}, {run.generated_at:%Y-%m-%d %H:%M} UTC."


def _table(titles: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(titles)} |"
    yield f"|{' --- |' * len(titles)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def _rows(target: TargetScore) -> Iterator[tuple[str, ...]]:
    """A target, and below it the flavours of its service."""
    facts = target.facts
    yield (
        f"**{escaped(target.name)}**",
        f"**{percent_text(target.compatibility)}**",
        percent_text(target.fidelity),
        percent_text(target.coverage),
        percent_text(target.recorded.percent),
        escaped(f"{facts.sdk.name} {facts.sdk.version}"),
        escaped(f"{facts.twin.kind} {facts.twin.name}"),
    )
    for flavour in target.flavours:
        name = escaped(f"{target.name}, {flavour.name}")
        yield (name, percent_text(flavour.compatibility), *[""] * 5)


def _gate(gate: GateResult) -> Iterator[str]:
    yield f"## The gate {'passed' if gate.passed else 'failed'}"
    yield ""
    yield from (f"- {escaped(line)}" for line in gate.failures)
    yield ""


def _target(target: TargetScore) -> Iterator[str]:
    yield f"## {escaped(target.name)}"
    yield ""
    yield from (f"- {label or 'also'}: {escaped(value)}" for label, value in figures(target))
    yield ""
    yield from _worst_endpoints(target)
    yield from _differences(target)
    if target.facts.declared:
        yield from _misses(target.facts.declared)


def _worst_endpoints(target: TargetScore) -> Iterator[str]:
    """Endpoints that are not wholly compatible; the rest is said in one line."""
    lacking = [e for e in target.endpoints if e.compatibility is not None and e.compatibility < 100]
    lacking.sort(key=lambda e: (e.compatibility, e.operation.name))
    if lacking:
        yield from _table(
            ("Endpoint", "SDK call", "Compatibility", "Held"),
            (
                (
                    code(e.operation.name),
                    code(e.operation.sdk_call),
                    percent_text(e.compatibility),
                    f"{e.held} of {e.measured}",
                )
                for e in lacking[:_MAX_ENDPOINTS]
            ),
        )
    full = sum(e.compatibility == 100 for e in target.endpoints)
    cut = max(0, len(lacking) - _MAX_ENDPOINTS)
    more = f"; {plural(cut, 'more endpoint')} below 100 % in the report" if cut else ""
    yield f"{plural(full, 'endpoint')} at 100 %{more}."
    yield ""


def _differences(target: TargetScore) -> Iterator[str]:
    if not target.differences:
        return
    yield f"### {plural(len(target.differences), 'difference')}"
    yield ""
    yield from _table(
        ("Behaviour", "Where", "Recorded", "Twin", "Seen"),
        (_difference(found) for found in worst(target, _MAX_DIFFERENCES)),
    )
    yield from _cut(target.differences)


def _difference(found: Difference) -> tuple[str, ...]:
    expected, actual = side_by_side(found.expected, found.actual, _MAX_VALUE)
    return (
        code(found.behaviour.name),
        f"{found.axis} {code(found.path) if found.path else ''}".strip(),
        code(expected),
        code(actual),
        f"{found.count}×",
    )


def _misses(found: DeclaredScore) -> Iterator[str]:
    """Where the twin does not what a contract asserts; the numbers stand among the figures."""
    if not found.misses:
        return
    yield "### Declared by a contract"
    yield ""
    yield "Apart from every percentage."
    yield ""
    yield from _table(
        ("Operation", "Call", "Declared", "Twin", "Source", "Recorded"),
        (
            (
                *map(code, (one.operation, miss_text(one), one.expected, one.actual)),
                escaped(one.source),
                "too" if one.recorded else "no",
            )
            for one in found.misses[:_MAX_DIFFERENCES]
        ),
    )
    yield from _cut(found.misses)


def _clients(found: ClientsScore) -> Iterator[str]:
    yield f"## Clients of {escaped(found.service)}"
    yield ""
    yield f"{escaped(clients_text(found))}."
    yield ""
    if found.disagreements:
        yield from _table(
            ("Operation", *map(escaped, found.targets), "Why", "Seen"),
            (
                (code(one.operation), *map(code, one.results), escaped(one.why or UNEXPLAINED), f"{one.count}×")
                for one in found.disagreements[:_MAX_DIFFERENCES]
            ),
        )
        yield from _cut(found.disagreements)


def _cut(found: Sequence[object]) -> Iterator[str]:
    """What a table of at most ``_MAX_DIFFERENCES`` rows leaves out."""
    if (more := len(found) - _MAX_DIFFERENCES) > 0:
        yield f"… and {more} more in `report.html`."
        yield ""
