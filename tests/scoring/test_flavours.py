"""Flavours of one service are scored each by itself."""

from conformance.oracle.expectations.walk import service_of
from conformance.oracle.verdict import Verdict
from conformance.reports.document import document, schema
from conformance.reports.figures import figures
from conformance.reports.html import report_html
from conformance.reports.markdown import summary_md
from conformance.target import Operation, flavour_of
from conformance.twinkit.faults import Fault
from conformance.twinkit.router import route
from scoring.factories import behaviour, deviation, program, run, step

CLOUD, SERVER = "GET /v1/barges#cloud", "GET /v1/barges#server"


def scored():
    good, bad = step(behaviour(CLOUD)), step(behaviour(SERVER), Verdict.DIFFERS, [deviation()])
    (target,) = run(program(good, bad)).targets
    return target


def test_each_flavour_has_its_own_percentage():
    found = {flavour.name: flavour for flavour in scored().flavours}
    assert (found["cloud"].compatibility, found["cloud"].held, found["cloud"].evidenced) == (100, 1, 1)
    assert (found["server"].compatibility, found["server"].held, found["server"].evidenced) == (0, 0, 1)


def test_reports_tell_them():
    words = [value for label, value in figures(scored()) if label == "flavour"]
    assert words == [
        "cloud 100 % (1 of 1 behaviour held, 1 endpoint)",
        "server 0.0 % (0 of 1 behaviour held, 1 endpoint)",
    ]
    written = document(run(program(step(behaviour(CLOUD)))))["targets"][0]["flavours"]
    assert written == [
        {"flavour": "cloud", "compatibility": 100.0, "endpoints": 1, "behaviours": {"evidenced": 1, "held": 1}}
    ]
    assert "flavours" in schema()["$defs"]["target"]["required"]


def test_pages_show_the_percentage_of_each():
    scored = run(program(step(behaviour(CLOUD)), step(behaviour(SERVER), Verdict.DIFFERS, [deviation()])))
    rows = [line for line in summary_md(scored).splitlines() if line.startswith("| canal, ")]
    assert rows == ["| canal, cloud | 100 % |  |  |  |  |  |", "| canal, server | 0.0 % |  |  |  |  |  |"]
    for name, percent in (("cloud", "100 %"), ("server", "0.0 %")):
        assert f"<dt>{name}</dt><dd><strong>{percent}</strong><small>" in report_html(scored)
    assert "1 of 1 behaviour held, 1 endpoint<" in report_html(scored)


def test_a_service_without_flavours_has_none():
    (target,) = run(program(step())).targets
    assert target.flavours == () and not [label for label, _ in figures(target) if label == "flavour"]


def test_a_flavour_is_no_part_of_a_route():
    assert Operation(CLOUD, "x").flavour == "cloud" and Operation("GET /v1/barges", "x").flavour == ""
    assert route("GET /v1/barges/{bargeId}?full=true#cloud") == "GET /v1/barges/{bargeId}"
    assert Fault("status", operation="GET /v1/barges/{a}#cloud").hits("canal", "GET /v1/barges/{b}")


def test_what_answers_have_in_common_is_pooled_by_flavour():
    subjects = ("GET /v1/barges#cloud 200", "GET /v1/barges#server 200", "GET /v1/barges 200")
    assert [service_of("canal", subject) for subject in subjects] == ["canal#cloud", "canal#server", "canal"]
    assert flavour_of("GET /v1/barges#fragment of something") == "fragment"
    assert flavour_of("GET /v1/barges #1") == ""
