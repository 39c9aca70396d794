"""Variants, codes, conditions; and recordings that become traces."""

import json

import pytest

from conformance.programs.model import Call, Exchange, Observation
from conformance.recordings.model import Interaction, Provenance, Recording, Request, Response
from conformance.target import lifted
from conformance.worlds.recorded import RecordedWorld
from targets.jira import TARGET

SITE = "https://site.example/jira/rest/api/2"
ISSUE = {"id": "10001", "key": "ABC-7", "self": f"{SITE}/issue/10001", "fields": {"summary": "x"}}


def exchange(method, path, status=200, answer=None, body=None, content_type="application/json"):
    content = b"" if answer is None else answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    sent = b"" if body is None else json.dumps(body).encode()
    request = Request(method, f"{SITE}{path}", {"content-type": ("application/json",)}, sent)
    return request, Response(status, "", {"content-type": (content_type,)}, content)


def recording(*exchanges, flavour="jira cloud v2"):
    interactions = tuple(Interaction(n, *pair) for n, pair in enumerate(exchanges))
    return Recording("r", None, Provenance("jira", flavour=flavour), interactions)


LIFE = (
    exchange("GET", "/serverInfo", answer={"deploymentType": "Cloud", "versionNumbers": [1001, 0, 0]}),
    exchange("GET", "/field", answer=[{"id": "summary", "clauseNames": ["summary"]}]),
    exchange("POST", "/issue", 201, ISSUE, {"fields": {"project": {"key": "ABC"}, "issuetype": {"id": "1"}}}),
    exchange("GET", "/issue/ABC-7", answer=ISSUE),
    exchange("PUT", "/issue/10001", 204, body={"fields": {"summary": "y"}}),
    exchange("GET", "/issue/10001", answer={**ISSUE, "fields": {"summary": "y"}}),
    exchange("POST", "/issue/10001/transitions", 204, body={"transition": {"id": "31"}}),
    exchange("POST", "/issue/ABC-7/remotelink", 201, {"id": 77, "self": f"{SITE}/issue/ABC-7/remotelink/77"},
             {"object": {"url": "http://x", "title": "X"}}),
    exchange("PUT", "/issue/ABC-7/remotelink/77", 204, body={"object": {"url": "http://x", "title": "Y"}}),
    exchange("DELETE", "/issue/ABC-7", 204),
    exchange("GET", "/issue/ABC-7", 404, {"errorMessages": ["Issue does not exist"], "errors": {}}),
    exchange("GET", "/myself", 401, b"<html>Unauthorized</html>", content_type="text/html"),
    exchange("GET", "/search?jql=project%3DABC&maxResults=100", answer={"issues": [], "total": 0, "startAt": 0}),
)  # fmt: skip


def test_a_recording_is_played_step_by_step():
    with RecordedWorld({"jira": TARGET}) as world:
        trace, unlifted = world.trace(recording(*LIFE))
    assert not unlifted
    assert [seen.status for seen in trace.observations] == [response.status for _, response in LIFE]
    assert all(step.call.operation.endswith("#cloud-v2") for step in trace.program.steps)
    assert [step.call.sdk_call for step in trace.program.steps][2:6] == [
        "create_issue",
        "issue",
        "Issue.update",
        "issue",
    ]


def test_both_flavours_are_played_by_one_world():
    with RecordedWorld({"jira": TARGET}) as world:
        for flavour in ("cloud v2", "data center v2", "cloud v2"):
            trace, unlifted = world.trace(recording(*LIFE[1:], flavour=f"jira {flavour}"))
            assert not unlifted
            assert trace.program.steps[0].call.operation.endswith("#cloud-v2" if "cloud" in flavour else "#server")


def test_what_a_site_says_of_itself_counts_more_than_what_is_said_of_it():
    with RecordedWorld({"jira": TARGET}) as world:
        trace, _ = world.trace(recording(*LIFE, flavour="jira data center v2"))
    assert all(step.call.operation.endswith("#cloud-v2") for step in trace.program.steps)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"issueId": "1", "expand": "names,transitions.fields"}, "expand=names+transitions.fields"),
        ({"jql": "project = A"}, "jql"),
        ({"jql": "x", "startAt": "0"}, "jql"),
        ({"jql": "x", "startAt": "50"}, "jql,next page"),
        ({"body": {"update": {"labels": []}, "fields": {"parent": {"key": "A-1"}}}}, "update,parent"),
        ({"body": {"body": {"type": "doc"}}}, "document"),
        ({"body": ["x"]}, ""),
    ],
)
def test_variants(arguments, expected):
    assert TARGET.variant(Call("jira", "GET /rest/api/2/x#cloud-v2", "x", arguments)) == expected


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"errorMessages": ["x"], "errors": {}}, ""),
        ({"errors": {"summary": "a", "customfield_10001": "b", "customfield_2": "c"}}, "customfield+summary"),
        ({"errors": ["x"]}, ""),
        (None, ""),
    ],
)
def test_codes(body, code):
    assert TARGET.error_code(400, body) == code


@pytest.mark.parametrize(("status", "name"), [(429, "rate_limit"), (401, "unauthenticated"), (404, None), (200, None)])
def test_conditions(status, name):
    seen = Observation(exchanges=(Exchange(Request("GET", "http://x/"), Response(status)),))
    condition = TARGET.condition(seen)
    assert (condition.name if condition else None) == name


def test_types_of_leaves_are_told_by_flavour():
    path = ("issues", 0, "fields", "status", "name")
    assert TARGET.leaf_type("GET /rest/api/2/search#server", path) == "server status.name"
    assert TARGET.leaf_type("GET /rest/api/3/search#cloud-v3", path) == "cloud-v3 status.name"
    assert TARGET.leaf_type("GET /rest/api/3/search#cloud-v3", ("total",)) == ""


def test_a_search_that_is_sent_as_post_only_reads():
    sent = Request("POST", f"{SITE}/search", {}, b'{"jql": "x"}')
    assert lifted(TARGET, sent).reads
    assert not lifted(TARGET, Request("POST", f"{SITE}/issue", {}, b'{"fields": {}}')).reads


def outdated(*exchanges):
    with RecordedWorld({"jira": TARGET}) as world:
        trace, _ = world.trace(recording(*exchanges))
    return [step.call.outdated for step in trace.program.steps]


GONE = {"errorMessages": ["Issue Does Not Exist"], "errors": {}}


def test_an_issue_that_nobody_took_away_is_not_gone():
    """Such a cassette is put together of several sessions; one that was deleted is gone indeed."""
    read, gone = exchange("GET", "/issue/ABC-7", answer=ISSUE), exchange("GET", "/issue/10001/transitions", 404, GONE)
    assert outdated(read, gone) == [False, True]
    assert outdated(read, exchange("DELETE", "/issue/ABC-7", 204), gone) == [False, False, False]
    assert outdated(gone, read) == [False, False]
    other = exchange("GET", "/issue/ABC-7/comment/9", 404, {"errorMessages": ["Can not find a comment"]})
    assert outdated(read, other) == [False, False]
