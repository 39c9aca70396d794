"""Two clients of one service: where they agree, and how they differ themselves where they do not."""

from pathlib import Path

import pytest

from conformance.oracle.verdict import Axis, ProgramResult, Verdict
from conformance.programs.model import Call, Exchange, Observation, Program, SdkError, Step, Trace
from conformance.recordings.model import Provenance, Recording, Request, Response
from conformance.scoring.clients import FOLLOWS, NO_CALL, compare_clients
from scoring.factories import behaviour, deviation, step

NAMES = ("day", "night")
URL = "http://recorded/v1/barges"
FORM = {"content-type": ("application/x-www-form-urlencoded; charset=utf-8",)}
JSON = {"content-type": ("application/json",)}


def request(method="POST", url=URL, body=b"", **headers):
    return Request(method, url, headers or {}, body)


def made(*requests, verdict=Verdict.SAME, deviations=(), error=None, **more):
    """What a client made of one exchange: what it saw of the recording, and its verdict on the twin."""
    exchanges = tuple(Exchange(one, Response(200)) for one in requests or (request(),))
    return Observation(error=error, exchanges=exchanges), step(None, verdict, deviations, **more)


def ran(target, *calls, recording="one.json"):
    """A trace and its result; None for an exchange of which the client makes no call."""
    source = Recording(recording, Path(recording), Provenance(), ())
    kept = [(place, call) for place, call in enumerate(calls) if call]
    steps = tuple(Step(Call(target, "GET /v1/barges", "list"), place) for place, _ in kept)
    name = f"{recording} ({target})"
    trace = Trace(Program(name, steps, recording=source), tuple(seen for _, (seen, _) in kept))
    return trace, ProgramResult(name, "", tuple(result for _, (_, result) in kept))


def compared(*runs):
    return compare_clients("canal", NAMES, [trace for trace, _ in runs], [result for _, result in runs])


def reasons(day, night):
    """Why two lists of calls differ, in the order of the report."""
    return [one.why for one in compared(ran("day", *day), ran("night", *night)).disagreements]


def test_programs_that_only_one_ran_are_not_compared():
    found = compared(ran("day", made()), ran("day", made(), recording="two.json"), ran("night", made()))
    assert (found.service, found.targets, found.programs, found.agree) == ("canal", NAMES, 1, 1)


def test_the_same_difference_is_agreement():
    bad = made(verdict=Verdict.DIFFERS, deviations=[deviation(actual="1")])
    other = made(verdict=Verdict.DIFFERS, deviations=[deviation(actual="2")])  # an id, made up each time
    assert compared(ran("day", bad), ran("night", other)).agree == 1


def test_nothing_explains_what_the_twin_does_to_equal_requests():
    bad = made(verdict=Verdict.DIFFERS, deviations=[deviation(), deviation(Axis.VALUE, "id")])
    found = compared(ran("day", made(), made()), ran("night", made(), bad))
    (one,) = found.disagreements
    assert (found.agree, found.unexplained) == (0, 1)
    assert (one.operation, one.why, one.count) == (behaviour().operation, "", 1)
    assert one.results == ("200 same", "200 differs: shape name, value id")
    assert one.recordings == ("one.json",)


BAD = {"verdict": Verdict.DIFFERS, "deviations": [deviation()]}


@pytest.mark.parametrize(
    ("day", "night", "why"),
    [
        (request(), request("GET"), "they send another method: day POST, night GET"),
        (request(), request(url=f"{URL}?a=1"), "they send another query"),
        (request(), request(url="http://recorded/v2"), "they send another path: day /v1/barges, night /v2"),
        (request(body=b"a=1&b=2", **FORM), request(body=b"b=2&a=1", **FORM), ""),
        (request(body=b"a=1", **FORM), request(body=b"a=2", **FORM), "they send another body"),
        (request(body=b'{"a": 1}', **JSON), request(body=b'{"a":1}', **JSON), ""),
        (
            request(body=b"a=1", **FORM),
            request(body=b'{"a":1}', **JSON),
            "they send another content type: day application/x-www-form-urlencoded, night application/json",
        ),
    ],
)
def test_another_request_explains(day, night, why):
    assert reasons([made(day)], [made(night, **BAD)]) == [why]


def test_more_requests_explain():
    assert reasons([made()], [made(request(), request(), **BAD)]) == [
        "they send another number of requests: day 1, night 2"
    ]


def test_what_the_sdk_makes_of_it_explains():
    gone = SdkError("Gone", 200, "", "")
    assert reasons([made()], [made(error=gone, **BAD)]) == ["the SDKs make something else of the recorded answer"]
    raises = {"verdict": Verdict.DIFFERS, "deviations": [deviation(Axis.SDK, "")]}
    assert reasons([made()], [made(**raises)]) == ["the SDKs make something else of the twin's answer"]


def test_a_call_that_was_not_judged_says_why():
    assert reasons([made()], [made(verdict=Verdict.VOID, reason="no lock")]) == ["night: no lock"]


def test_what_follows_may_follow_from_it():
    bad = made(**BAD)
    found = compared(ran("day", made(), made()), ran("night", None, bad))
    assert [(one.why, one.results[1]) for one in found.disagreements] == [
        (FOLLOWS, "200 differs: shape name"),
        ("only day makes this call", NO_CALL),
    ] and found.unexplained == 0
    assert reasons([made(), made()], [bad, bad]) == [""]  # the twin's own do not


def test_equal_ones_are_told_once_and_unexplained_ones_first():
    runs = [
        ran(target, *calls, recording=name)
        for name in ("a.json", "b.json", "c.json")
        for target, calls in (("day", [made(), made()]), ("night", [None, made()]))
    ]
    runs += [ran("day", made(), recording="d.json"), ran("night", made(**BAD), recording="d.json")]
    found = compared(*runs)
    assert [(one.count, one.recordings, bool(one.why)) for one in found.disagreements] == [
        (1, ("d.json",), False),
        (3, ("a.json", "b.json", "c.json"), True),
    ]
    assert (found.programs, found.agree) == (4, 0)
