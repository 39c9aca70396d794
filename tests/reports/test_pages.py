"""What HTML, JUnit, Markdown and badge say, in the ordinary case."""

import base64
import hashlib
import re
from datetime import date
from html import unescape
from xml.etree import ElementTree

import pytest

from conformance.oracle.verdict import Verdict
from conformance.reports.badge import badge_svg, colour
from conformance.reports.figures import UNEXPLAINED
from conformance.reports.html import report_html
from conformance.reports.junit import junit_xml
from conformance.reports.markdown import summary_md
from conformance.scoring.baseline import Baseline, gate
from conformance.scoring.compatibility import score, with_repros
from conformance.scoring.model import Evidence
from scoring.factories import NOW, behaviour, deviation, program, realistic, run, step

GET = behaviour("GET /v1/barges/{bargeId}")
SMALL = run(
    program(step(behaviour("POST /v1/barges")), step(GET, Verdict.DIFFERS, [deviation()])),
    program(step(behaviour("GET /v1/harbours"), Verdict.VOID, reason="no harbour could be supplied")),
    evidence={behaviour("GET /v1/tolls"): Evidence(3, ("canal/tolls.json",), "2028-01-01")},
)
GATE = gate(SMALL, Baseline("", {"canal": frozenset({GET.name})}), date(2030, 1, 1))


def test_html_needs_nothing_else():
    page = report_html(realistic())
    assert not re.search(r"(src|href)=\"(?!#|data:,\")", page)
    assert "@import" not in page and "url(" not in page


def test_html_lets_only_its_own_script_run():
    page = report_html(realistic())
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page
    assert "default-src 'none'" in page


def test_html_has_every_figure_and_value():
    page = report_html(SMALL, GATE)
    for words in (
        *("The gate failed", "was held and is now: differs", "canal-sdk 4.2.0", "http://127.0.0.1:4000"),
        *(
            "&#34;Ada&#34;",
            "absent",
            "canal/one.json",
            "no harbour could be supplied",
            "canal/tolls.json",
            "2028-01-01",
        ),
    ):
        assert words in page
    assert f"{SMALL.targets[0].compatibility:.1f}" in page


def test_html_links_lead_somewhere():
    page = report_html(realistic())
    anchors = set(re.findall(r' id="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= anchors
    assert len(re.findall(r' id="', page)) == len(anchors)


def test_html_of_nothing():
    assert "Nothing was measured" in report_html(score([], [], generated_at=NOW))
    assert "There is no evidence" in report_html(run())


def test_html_is_fast_and_small_enough_for_a_large_run():
    assert len(report_html(realistic(programs=500))) < 1_000_000


def test_junit_has_one_case_per_behaviour():
    suites = ElementTree.fromstring(junit_xml(SMALL).encode())
    cases = {(case.get("classname"), case.get("name")): case for case in suites.iter("testcase")}
    assert len(cases) == 4
    assert suites.attrib | {"tests": "4", "failures": "1", "skipped": "2", "errors": "0"} == suites.attrib
    failure = cases["canal.GET /v1/barges/{bargeId}", "→ 200"].find("failure")
    assert failure.get("type") == "differs"
    assert 'recorded: "Ada"' in failure.text and "twin:     absent" in failure.text
    assert cases["canal.GET /v1/harbours", "→ 200"].find("skipped").get("message").endswith("could be supplied")
    assert cases["canal.GET /v1/tolls", "→ 200"].find("skipped") is not None
    assert len(cases["canal.POST /v1/barges", "→ 200"]) == 0
    properties = {p.get("name"): p.get("value") for p in suites.iter("property")}
    assert properties["compatibility"].endswith(" %") and properties["sdk"] == "canal-sdk 4.2.0"


def test_junit_names_are_unique():
    cases = list(ElementTree.fromstring(junit_xml(realistic()).encode()).iter("testcase"))
    assert len({(case.get("classname"), case.get("name")) for case in cases}) == len(cases)


def test_the_pytest_file_that_shows_a_difference_is_named():
    (found,) = SMALL.targets[0].differences
    marked = with_repros(SMALL, {found.id: "failures/test_it.py"})
    assert "failures/test_it.py" in report_html(marked)
    assert "failures/test_it.py" in junit_xml(marked)


def test_markdown_says_the_gist():
    summary = summary_md(SMALL, GATE)
    assert "## The gate failed" in summary
    assert "| **canal** |" in summary
    assert "<code>absent</code>" in summary


def test_pages_tell_what_a_contract_asserts():
    scored = realistic()
    for page in (report_html(scored), summary_md(scored)):
        page = unescape(page)
        assert "Declared by a contract" in page and "barges.list(limit=0)" in page
        assert "400 badRequest" in page and "the charter of the canal" in page
        assert "Clients of canal" in page and UNEXPLAINED in page and "only canal makes this call" in page
    for page in (report_html(SMALL), summary_md(SMALL)):
        assert "Declared" not in page and "Clients of" not in page


def test_no_case_of_junit_is_about_a_contract():
    assert "charter" not in junit_xml(realistic())


def test_markdown_stays_short():
    assert len(summary_md(realistic(programs=500)).splitlines()) < 100


@pytest.mark.parametrize(("percent", "same_as"), [(100.0, 100.0), (99.9, 90.0), (89.9, 75.0), (0.0, 49.9)])
def test_badge_colours_change_at_thresholds(percent, same_as):
    assert colour(percent) == colour(same_as)


def test_badge_names_every_target_with_its_percentage():
    scored = realistic()
    svg = badge_svg(scored)
    assert "canal" in svg and f"{scored.targets[0].compatibility:.1f} %" in svg
    assert colour(None) in badge_svg(run())
    ElementTree.fromstring(badge_svg(score([], [], generated_at=NOW)))
