"""``junit.xml``: one test case per behaviour, so that CI systems show what broke by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

from conformance.oracle.verdict import Behaviour, Verdict
from conformance.reports.text import clean, percent_text
from conformance.scoring.model import BehaviourScore, Difference, RunScore, TargetScore

_SKIPPED = (Verdict.VOID, Verdict.UNOBSERVED)

_Found = Mapping[Behaviour, Sequence[Difference]]


def junit_xml(run: RunScore) -> str:
    """The text of ``junit.xml``. Nobody measured a time per behaviour, so none is claimed."""
    suites = ElementTree.Element("testsuites", name="conformance")
    for target in run.targets:
        suites.append(_suite(run, target))
    _set_counts(suites, [behaviour for target in run.targets for behaviour in target.behaviours])
    ElementTree.indent(suites)
    body = ElementTree.tostring(suites, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n'


def _suite(run: RunScore, target: TargetScore) -> ElementTree.Element:
    suite = ElementTree.Element(
        "testsuite", name=clean(target.name), timestamp=run.generated_at.isoformat(timespec="seconds")
    )
    _set_counts(suite, target.behaviours)
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in _properties(target):
        ElementTree.SubElement(properties, "property", name=name, value=clean(value))
    found: dict[Behaviour, list[Difference]] = defaultdict(list)
    for difference in target.differences:
        found[difference.behaviour].append(difference)
    suite.extend(_case(score, found) for score in target.behaviours)
    return suite


def _set_counts(element: ElementTree.Element, behaviours: Sequence[BehaviourScore]) -> None:
    skipped = sum(score.verdict in _SKIPPED for score in behaviours)
    held = sum(score.held for score in behaviours)
    counts = {"tests": len(behaviours), "failures": len(behaviours) - held - skipped, "skipped": skipped}
    for name, count in (counts | {"errors": 0}).items():
        element.set(name, str(count))


def _properties(target: TargetScore) -> tuple[tuple[str, str], ...]:
    facts = target.facts
    return (
        ("compatibility", percent_text(target.compatibility)),
        ("fidelity", percent_text(target.fidelity)),
        ("coverage", percent_text(target.coverage)),
        ("satisfaction.recorded", percent_text(target.recorded.percent)),
        ("satisfaction.generated", percent_text(target.generated.percent)),
        ("masked", percent_text(target.masked)),
        ("sdk", f"{facts.sdk.name} {facts.sdk.version}"),
        ("twin", f"{facts.twin.kind} {facts.twin.name} {facts.twin.base_url}".strip()),
    )


def _case(score: BehaviourScore, found: _Found) -> ElementTree.Element:
    behaviour = score.behaviour
    case = ElementTree.Element(
        "testcase",
        classname=clean(f"{behaviour.target}.{behaviour.operation}"),
        name=clean(behaviour.name.removeprefix(behaviour.operation).strip()),
    )
    if score.held:
        return case
    message = clean(f"{score.verdict.replace('_', ' ')}{f': {score.reason}' if score.reason else ''}")
    if score.verdict in _SKIPPED:
        ElementTree.SubElement(case, "skipped", message=message)
    else:
        failure = ElementTree.SubElement(case, "failure", type=score.verdict.value, message=message)
        failure.text = "\n".join(_told(difference) for difference in found.get(behaviour, ()))
    return case


def _told(found: Difference) -> str:
    first = found.examples[0]
    lines = (
        f"{found.axis} {found.path}",
        f"  recorded: {found.expected}",
        f"  twin:     {found.actual}",
        f"  from {first.program} #{first.interaction}, seen {found.count} times, difference {found.id}",
        *(f"  {row.mark} {row.request}  {row.recorded} → {row.actual or row.verdict}" for row in found.steps),
        *([f"  repro: {found.repro}"] if found.repro else ()),
    )
    return "\n".join(clean(line) for line in lines)
