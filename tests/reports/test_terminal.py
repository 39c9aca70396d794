import io
from datetime import date
from pathlib import Path

import pytest

from conformance.oracle.verdict import Verdict
from conformance.reports.board import Board
from conformance.reports.terminal import Progress, make_console, print_run
from conformance.scoring.baseline import Baseline, gate
from scoring.factories import behaviour, deviation, program, realistic, run, step

GET = behaviour("GET /v1/barges/{bargeId}")
PUT = behaviour("PUT /v1/barges/{bargeId}")


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def printed(scored, width=80, file=None, **more):
    file = file or io.StringIO()
    print_run(make_console(file, width), scored, **more)
    return file.getvalue()


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


@pytest.mark.parametrize("width", [80, 120])
def test_everything_but_lines_to_copy_fits(width):
    text = printed(realistic(), width)
    assert max(len(line) for line in text.splitlines()) <= width


@pytest.mark.parametrize("width", [80, 120])
def test_endpoints_are_shown_whole_with_their_figures(width):
    scored = realistic()
    text = printed(scored, width)
    for endpoint in scored.targets[0].endpoints:
        assert endpoint.operation.name in text
        assert endpoint.operation.sdk_call in text
        assert f"{endpoint.held}/{endpoint.measured}" in text


def test_of_many_endpoints_the_least_compatible_are_shown_and_the_rest_counted():
    right = [step(behaviour(f"GET /v1/things{number:02}")) for number in range(40)]
    wrong = step(behaviour("GET /v1/wrong"), Verdict.DIFFERS, [deviation()])
    text = printed(run(program(*right, wrong)))
    assert "GET /v1/wrong" in text and "GET /v1/things28" in text and "GET /v1/things29" not in text
    assert "… and 11 more endpoints in the report, 11 at 100 %." in text


def test_operation_and_call_share_a_column_only_where_it_is_narrow():
    def row(width):
        lines = printed(run(program(step(GET))), width).splitlines()
        return next(line for line in lines if GET.operation in line)

    assert "barges.get" in row(120)
    assert "barges.get" not in row(80)


def test_a_difference_shows_both_values_and_its_steps():
    text = printed(
        run(
            program(
                step(behaviour("POST /v1/barges"), request="create(name='x')"),
                step(GET, Verdict.DIFFERS, [deviation(expected='"Ada"', actual="absent")], request="get(id=…)"),
            )
        )
    )
    lines = [line.strip() for line in text.splitlines()]
    assert "✗ GET /v1/barges/{bargeId} → 200" in lines
    assert 'recorded "Ada"' in lines
    assert "twin     absent" in lines
    assert "from canal/one.json #0" in lines
    assert any(line.startswith("✓  create(name='x')") and line.endswith("200 → 200") for line in lines)
    assert any(line.startswith("✗  get(id=…)") for line in lines)


def test_what_is_left_out_is_said():
    steps = [step(GET, Verdict.DIFFERS, [deviation(path=f"field{i}") for i in range(9)], made=20)]
    void = step(behaviour("GET /v1/harbours"), Verdict.VOID)
    text = printed(run(program(*steps, void)), 120)
    assert "4 more differences in the report" in text
    assert "1 behaviour that the kit itself could not judge" in text


def test_the_summary_has_every_figure():
    text = printed(realistic(), 120)
    for words in ("compatib", "fidelity", "coverage", "recorded", "generated", "held out", "masked", "false alarms"):
        assert words in text.lower()
    assert "17 recorded requests did not become calls" in text


def test_what_a_contract_asserts_and_clients_have_a_line_each():
    text = " ".join(printed(realistic(), 160).split())
    more = "differ 1, not implemented 2; 1 recorded too; 3 more not run"
    declared = f"3 of 6 outcomes that a contract asserts ({more})"
    assert f"declared {declared}, apart from the percentages" in text
    agree = "canal and canal-by-night agree in 57 of 60 programs that both ran; 1 call that the clients do not explain"
    assert f"clients {agree}" in text
    assert "declared" not in printed(run()) and "clients" not in printed(run())


def test_where_the_report_lies_is_not_folded():
    path = Path("/a" * 60)
    assert f"Report: {path}/report.html" in printed(realistic(), 80, out=path)


def test_lines_of_the_gate_can_be_copied():
    scored = run(program(step(GET, Verdict.DIFFERS, [deviation()])))
    result = gate(scored, Baseline("", {"canal": frozenset({GET.name})}), date(2030, 1, 1))
    text = printed(scored, 80, gate=result)
    assert all(line in text.splitlines() for line in result.lines)


def test_an_empty_run_prints():
    assert "—" in printed(run())


def test_colours_only_on_a_terminal_and_without_no_color(monkeypatch):
    assert "\x1b[" in printed(realistic(), file=Terminal())
    assert "\x1b[" not in printed(realistic())
    monkeypatch.setenv("NO_COLOR", "1")
    coloured = printed(realistic(), file=Terminal())
    assert "\x1b[31m" not in coloured and "\x1b[32m" not in coloured


def test_progress_without_a_terminal_is_lines():
    clock, file = Clock(), io.StringIO()
    with Progress(make_console(file, 80), 2000, clock) as progress:
        for _ in range(4):
            clock.now += 5
            progress.advance("canal", 100)
        progress.grow(1000)
    assert file.getvalue().splitlines() == [
        "canal: 200 of 2,000 steps (10 %), about 90 s left",
        "canal: 400 of 2,000 steps (20 %), about 80 s left",
        "canal: 400 of 3,000 steps (13 %), about 130 s left",
    ]


def test_progress_of_nothing():
    file = io.StringIO()
    with Progress(make_console(file, 80), 0, Clock()):
        pass
    assert file.getvalue() == "0 of 0 steps, 0 s\n"


def test_progress_on_a_terminal_is_live_and_cleans_up_after_an_error():
    file = Terminal()
    with pytest.raises(KeyError), Progress(make_console(file, 100), 10) as progress:
        progress.advance("canal\x1b]0;x\x07", 4)
        progress._live.refresh()
        raise KeyError
    text = file.getvalue()
    assert "4/10" in text and "canal" in text
    assert "\x1b]0;" not in text
    assert text.rstrip("\r").endswith("\x1b[2K") or "\x1b[?25h" in text  # the cursor is visible again


def test_the_live_table_shows_endpoints_so_far_the_worst_first():
    board = Board()
    board.take(program(step(GET), step(PUT, Verdict.DIFFERS, [deviation()])))
    board.take(program(step(PUT)))  # once lost stays lost
    assert [row[1:] for row in board.rows()] == [(PUT.operation, 0, 1), (GET.operation, 1, 1)]
    console = make_console(io.StringIO(), 60)
    console.print(board.table(1))
    assert "… and 2 more endpoints" in console.file.getvalue()


def test_the_live_table_leaves_void_steps_out():
    board = Board()
    board.take(program(step(GET, Verdict.VOID)))
    assert board.rows() == []


def test_progress_shows_the_live_table_on_a_terminal():
    file = Terminal()
    with Progress(make_console(file, 100), 10) as progress:
        progress.took(program(step(GET)))
        progress._live.refresh()
    assert GET.operation in file.getvalue() and "100 %" in file.getvalue()
