"""``report.html``: one file that needs nothing else, for people.

Everything shown passes through autoescaping and ``clean``; should anything get past both all the same, the page's
own content security policy lets no script run but the kit's, and nothing be fetched.
"""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.oracle.verdict import Behaviour, Verdict
from conformance.reports.figures import UNEXPLAINED, WORDS, clients_text, counts, false_alarms_text, miss_text, worst
from conformance.reports.text import clean, percent_text, plural
from conformance.scoring.baseline import GateResult
from conformance.scoring.model import BehaviourScore, Difference, EndpointScore, RunScore, Satisfaction

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).parent / "templates"

_WORST = 8
_GATE_LINES = 12
"""How many lines are open at first; the others are one click away."""

_ICONS = {
    Verdict.SAME: "✓",
    Verdict.DIFFERS: "✗",
    Verdict.NOT_IMPLEMENTED: "∅",
    Verdict.BLOCKED: "⊘",
    Verdict.UNOBSERVED: "?",
    Verdict.VOID: "~",
}


def report_html(run: RunScore, gate: GateResult | None = None) -> str:
    """The text of ``report.html``."""
    style, script = _asset("style.css"), _asset("script.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    page = _environment().get_template("report.html.j2")
    return page.render(
        run=run, gate=gate, style=_markup(style), script=_markup(script), script_hash=digest, verdicts=list(Verdict)
    )


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": percent_text,
        "plural": plural,
        "grade": _grade,
        "icon": lambda verdict: _ICONS[verdict],
        "word": lambda verdict: WORDS[verdict],
        "interval": _interval,
        "by_behaviour": _by_behaviour,
        "worst_first": _worst_first,
        "haystack": _haystack,
        "counts": counts,
        "worst": worst,
        "false_alarms": false_alarms_text,
        "miss": miss_text,
        "clients": clients_text,
    }
    environment.globals |= {"UNEXPLAINED": UNEXPLAINED, "WORST": _WORST, "GATE_LINES": _GATE_LINES}
    return environment


def _asset(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _markup(text: str) -> str:
    """Marks one of the kit's own files as safe."""
    from markupsafe import Markup

    return Markup(text)


def _finalize(value: Any) -> Any:
    """Runs on the value of every expression in the templates."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return clean(value)
    return value


def _grade(percent: float | None) -> str:
    """CSS class for a percentage."""
    if percent is None:
        return "none"
    return next(name for least, name in ((100, "full"), (90, "good"), (60, "fair"), (0, "poor")) if percent >= least)


def _interval(found: Satisfaction) -> str:
    if found.interval is None:
        return ""
    low, high = found.interval
    return f"95 % interval {low:.1f}–{high:.1f} %"


def _by_behaviour(differences: Sequence[Difference]) -> dict[Behaviour, list[Difference]]:
    groups: dict[Behaviour, list[Difference]] = defaultdict(list)
    for found in differences:
        groups[found.behaviour].append(found)
    return groups


def _worst_first(endpoints: Sequence[EndpointScore]) -> list[EndpointScore]:
    return sorted(
        endpoints, key=lambda e: (e.compatibility is None, e.compatibility or 0.0, e.fidelity or 0.0, e.operation.name)
    )


def _haystack(score: BehaviourScore, endpoint: EndpointScore, differences: Sequence[Difference]) -> str:
    """What the text filter searches, in lower case."""
    parts = [endpoint.operation.sdk_call, score.behaviour.name, score.reason, *score.evidence.recordings[:50]]
    for found in differences:
        parts += [found.axis, found.path, found.expected, found.actual, found.id]
    return " ".join(parts).lower()
