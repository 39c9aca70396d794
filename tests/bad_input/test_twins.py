"""A twin may do what it likes: the run ends soon, in words, and what was measured is in the report."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from bad_input import hostile
from commandline import Ran, assert_refused, conformance


def run(drive_recordings: Path, cwd: Path, url: str, *more: str) -> Ran:
    return conformance(
        "run", "drive", "--recordings", drive_recordings, "--twin", f"drive={url}", "--workers", "1", *more, cwd=cwd
    )


def test_a_faithful_twin_for_comparison(drive_recordings: Path, tmp_path: Path) -> None:
    ran = conformance("run", "drive", "--recordings", drive_recordings, "--workers", "1", cwd=tmp_path)
    assert ran.code == 0, ran
    assert ran.verdicts()["held"] == ran.verdicts()["evidenced"] > 4


def test_a_twin_that_is_down(drive_recordings: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    ran = run(drive_recordings, tmp_path, f"http://127.0.0.1:{port}")
    assert_refused(ran, "No twin answers", str(port), "start it")


def test_a_host_that_does_not_exist(drive_recordings: Path, tmp_path: Path) -> None:
    assert_refused(run(drive_recordings, tmp_path, "http://twin.invalid"), "No twin answers", "twin.invalid")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_twin_that_hangs_from_the_start(drive_recordings: Path, tmp_path: Path, workers: str) -> None:
    with hostile.server(hostile.hangs, healthy=False) as url:
        ran = run(drive_recordings, tmp_path, url, "--timeout", "2", "--workers", workers)
    assert_refused(ran, "does not answer within 2 s")
    assert ran.seconds < 60


def test_a_twin_that_hangs_after_the_readiness_check(drive_recordings: Path, tmp_path: Path) -> None:
    with hostile.server(hostile.hangs) as url:
        ran = run(drive_recordings, tmp_path, url, "--timeout", "1")
    assert_refused(ran, "unanswered for 1 s", "stuck")
    assert ran.seconds < 60
    assert ran.report["problems"] == [ran.complaint.removeprefix("conformance: ")]


def test_one_operation_that_hangs_is_given_up_and_the_others_are_judged(drive_recordings: Path, tmp_path: Path) -> None:
    def answer(connection: socket.socket, line: str) -> None:
        if line.startswith("GET /drive/v3/files/"):
            hostile.hangs(connection, line)
        hostile.reply(connection, 200, b'{"id":"1a2b3c4d5e6f7g8h9i0j","name":"plan"}')

    with hostile.server(answer) as url:
        ran = run(drive_recordings, tmp_path, url, "--timeout", "1")
    assert ran.code == 0, ran
    assert ran.seconds < 60
    endpoints = {endpoint["operation"]: endpoint for endpoint in ran.report["targets"][0]["endpoints"]}
    assert endpoints["GET /drive/v3/files/{fileId}"]["compatibility"] == 0
    assert endpoints["PATCH /drive/v3/files/{fileId}"]["behaviours"][0]["verdict"] != "unobserved"


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_twin_that_dies_midway(drive_recordings: Path, tmp_path: Path, workers: str) -> None:
    with hostile.mortal(calls=3) as url:
        ran = run(drive_recordings, tmp_path, url, "--workers", workers)
    assert_refused(ran, "No twin answers")
    judged = sum(endpoint["checks"]["same"] + endpoint["checks"]["differs"] for endpoint in _endpoints(ran))
    assert judged > 0
    assert ran.report["problems"]


def _endpoints(ran: Ran) -> list[dict]:
    return ran.report["targets"][0]["endpoints"]


@pytest.mark.parametrize(
    "answer",
    [
        hostile.html,
        hostile.garbage,
        hostile.garbage_body,
        hostile.nested,
        hostile.surrogates,
        hostile.wrong_shapes,
        hostile.broken_errors,
        hostile.endless,
        hostile.lies_about_length,
        hostile.cuts,
        hostile.drops,
        hostile.redirects_away,
    ],
)
def test_answers_that_make_no_sense_are_differences(
    drive_recordings: Path, tmp_path: Path, answer: hostile.Answer
) -> None:
    with hostile.server(answer) as url:
        ran = run(drive_recordings, tmp_path, url)
    assert ran.code == 0, ran
    verdicts = ran.verdicts()
    assert verdicts["held"] == 0
    assert verdicts["differs"] >= 1
    assert verdicts["void"] == 0
    assert ran.seconds < 60


@pytest.mark.parametrize("answer", [hostile.drips, hostile.endless_headers])
def test_answers_that_never_end(drive_recordings: Path, tmp_path: Path, answer: hostile.Answer) -> None:
    with hostile.server(answer) as url:
        ran = run(drive_recordings, tmp_path, url, "--timeout", "1")
    assert_refused(ran, "unanswered for 1 s")
    assert ran.seconds < 60


@pytest.mark.parametrize("answer", [hostile.garbage, hostile.drops])
def test_what_does_not_speak_http_is_no_twin(drive_recordings: Path, tmp_path: Path, answer: hostile.Answer) -> None:
    with hostile.server(answer, healthy=False) as url:
        ran = run(drive_recordings, tmp_path, url)
    assert_refused(ran, "does not speak HTTP", url)


@pytest.mark.parametrize("answer", [hostile.endless, hostile.html, hostile.redirects_away, hostile.garbage_body])
def test_a_readiness_check_takes_any_answer(drive_recordings: Path, tmp_path: Path, answer: hostile.Answer) -> None:
    with hostile.server(answer, healthy=False) as url:
        ran = run(drive_recordings, tmp_path, url)
    assert ran.code == 0, ran
    assert ran.verdicts()["held"] == 0


def test_a_twin_that_refuses_to_be_reset(drive_recordings: Path, tmp_path: Path) -> None:
    with hostile.server(hostile.only_healthy, healthy=False) as url:
        ran = run(drive_recordings, tmp_path, url)
    assert_refused(ran, "cannot be reset", "500")


def test_a_twin_that_hangs_while_programs_are_grown(drive_recordings: Path, tmp_path: Path) -> None:
    with hostile.tiring(hostile.hangs, calls=20) as url:
        ran = run(drive_recordings, tmp_path, url, "--timeout", "1", "--sequences", "200")
    assert_refused(ran, "1 s")
    assert ran.seconds < 60
    assert ran.report["problems"]
