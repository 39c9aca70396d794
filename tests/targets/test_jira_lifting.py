"""Recorded requests become the calls of the SDK that build them."""

import json

import pytest

from conformance.programs.model import Call
from conformance.recordings.model import Interaction, Provenance, Recording, Request, Response
from conformance.worlds.canonical import request_key
from targets.jira import TARGET
from targets.jira.calls import is_generic
from targets.jira.flavours import deployment_of
from targets.jira.lifting import NOT_JSON, NOT_REST, UPLOAD
from targets.jira.requests import canonical
from targets.jira.surface import surface

CLOUD = "https://site.atlassian.net/rest/api/2"
SERVER = "https://jira.site.example/rest/api/2"
DOCUMENT = {
    "type": "doc",
    "version": 1,
    "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Hi"}]}],
}


def request(method, uri, body=None):
    content = b"" if body is None else json.dumps(body).encode()
    return Request(method, uri, {"content-type": ("application/json",)} if content else {}, content)


@pytest.mark.parametrize(
    ("method", "uri", "body", "sdk_call"),
    [
        ("GET", f"{CLOUD}/serverInfo", None, "server_info"),
        ("GET", f"{CLOUD}/issue/ABC-1?fields=summary%2Cstatus&expand=changelog", None, "issue"),
        ("GET", f"{SERVER}/issue/ABC-1?fields=*all", None, "issue"),
        ("POST", f"{CLOUD}/issue", {"fields": {"project": {"key": "A"}, "issuetype": {"name": "B"}}}, "create_issue"),
        ("POST", f"{SERVER}/issue", {"fields": {"summary": "x", "project": {"id": 1}, "issuetype": {"id": 2}},
                                     "properties": []}, "create_issue"),
        ("PUT", f"{CLOUD}/issue/ABC-1", {"fields": {"summary": "y"}}, "Issue.update"),
        ("PUT", f"{CLOUD}/issue/1?notifyUsers=false", {"update": {"labels": [{"add": "z"}]}}, "Issue.update"),
        ("DELETE", f"{SERVER}/issue/ABC-1?deleteSubtasks=true", None, "Issue.delete"),
        ("DELETE", f"{SERVER}/issue/ABC-1", None, "Issue.delete"),
        ("POST", f"{SERVER}/issue/ABC-1/transitions", {"transition": {"id": "31"}}, "transition_issue"),
        ("POST", f"{SERVER}/issue/ABC-1/transitions", {"transition": {"id": 31}, "fields": {}}, "transition_issue"),
        ("GET", f"{SERVER}/issue/ABC-1/transitions?expand=transitions.fields", None, "transitions"),
        ("POST", f"{CLOUD}/issue/ABC-1/comment", {"body": "text"}, "add_comment"),
        ("POST", "https://site.atlassian.net/rest/api/3/issue/A-1/comment", {"body": DOCUMENT}, "add_comment"),
        ("PUT", f"{SERVER}/issue/1/comment/2", {"body": "text"}, "Comment.update"),
        ("DELETE", f"{SERVER}/issue/1/comment/2", None, "Comment.delete"),
        ("POST", f"{SERVER}/issue/1/worklog", {"timeSpentSeconds": 60, "started": "2024-01-15T09:00:00.000+0000"},
         "add_worklog"),
        ("POST", "https://site.atlassian.net/rest/api/3/issue/1/worklog",
         {"timeSpentSeconds": 60, "started": "2024-01-15T09:00:00.000+0000", "comment": DOCUMENT}, "add_worklog"),
        ("PUT", f"{SERVER}/issue/1/worklog/2", {"timeSpent": "1h"}, "Worklog.update"),
        ("DELETE", f"{SERVER}/issue/1/worklog/2?adjustEstimate=leave", None, "Worklog.delete"),
        ("POST", f"{SERVER}/issueLink", {"type": {"name": "Blocks"}, "inwardIssue": {"key": "A-1"},
                                         "outwardIssue": {"key": "A-2"}}, "create_issue_link"),
        ("DELETE", f"{SERVER}/issueLink/7", None, "delete_issue_link"),
        ("POST", f"{SERVER}/issue/A-1/remotelink", {"globalId": "g", "object": {"url": "http://x", "title": "X"}},
         "add_remote_link"),
        ("PUT", f"{SERVER}/issue/A-1/remotelink/7", {"object": {"url": "http://x", "title": "Y"}}, "RemoteLink.update"),
        ("POST", f"{SERVER}/issue/A-1/watchers", "somebody", "add_watcher"),
        ("DELETE", f"{CLOUD}/issue/A-1/watchers?accountId=5%3Aa", None, "remove_watcher"),
        ("PUT", f"{SERVER.replace('2', 'latest')}/issue/A-1/assignee", {"name": "somebody"}, "assign_issue"),
        ("PUT", f"{CLOUD}/issue/A-1/assignee", {"accountId": "5:a"}, "assign_issue"),
        ("GET", f"{SERVER}/search?jql=project%3DA&startAt=50&maxResults=50", None, "search_issues"),
        ("GET", f"{CLOUD}/search/jql?jql=project%3DA&fields=summary&nextPageToken=abc", None, "enhanced_search_issues"),
        ("POST", f"{CLOUD}/search/jql", {"jql": "project=A", "maxResults": 10, "fields": ["*all"]}, "search_issues"),
        ("GET", f"{CLOUD}/search?jql=project%3DA&fields=*all", None, "search_issues"),
        ("GET", f"{SERVER}/user/search?username=x&maxResults=50", None, "search_users"),
        ("GET", f"{CLOUD}/user/search?query=x", None, "search_users"),
        ("GET", f"{CLOUD}/issue/createmeta?projectKeys=A&issuetypeNames=Bug&expand=projects.issuetypes.fields", None,
         "createmeta"),
        ("POST", "https://site.atlassian.net/rest/agile/1.0/epic/7/issue", {"issues": ["8"]}, "add_issues_to_epic"),
        ("GET", "https://site.atlassian.net/rest/agile/1.0/board/7/sprint?state=active", None, "sprints"),
        ("GET", f"{CLOUD}/no/such/thing?x=1", None, "_get_json"),
        ("POST", f"{CLOUD}/issue/bulk", {"issueUpdates": []}, "_session.post"),
    ],
)  # fmt: skip
def test_requests_become_calls(method, uri, body, sdk_call):
    lifted = TARGET.lift(request(method, uri, body))
    assert isinstance(lifted, Call)
    if is_generic(lifted.sdk_call) and lifted.operation not in surface().endpoints and not is_generic(sdk_call):
        pytest.skip("this version of the SDK has no method for it")
    assert lifted.sdk_call == sdk_call


def test_some_endpoints_have_methods_of_other_names_in_other_versions():
    assert not is_generic(TARGET.lift(request("GET", f"{SERVER}/issue/createmeta/A/issuetypes/1")).sdk_call)


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (Request("GET", "https://site.atlassian.net/login.jsp"), NOT_REST),
        (Request("POST", f"{CLOUD}/issue/1/attachments", {"content-type": ("multipart/form-data",)}, b"-"), UPLOAD),
        (Request("POST", f"{CLOUD}/issue", {}, b"<xml/>"), NOT_JSON),
        (Request("GET", "https://www.googleapis.com/rest/api/2/issue/1"), None),
        (Request("GET", "https://elsewhere.example/api/v1/users"), None),
        (Request("GET", "https://site.atlassian.net/wiki/rest/api/2/content"), NOT_REST),
    ],
)  # fmt: skip
def test_what_is_no_call_has_a_reason_or_is_somebody_elses(sent, reason):
    assert TARGET.lift(sent) == reason


SAME = [
    ("/jira/rest/api/2/issue/1", "/rest/api/latest/issue/1/"),
    ("/rest/api/2/search?fields=a,b&jql=x", "/rest/api/2/search?jql=x&fields=a&fields=b&startAt=0&maxResults=50"),
    ("/rest/api/2/issue/1?fields=*all", "/rest/api/2/issue/1"),
    ("/rest/auth/latest/session", "/rest/auth/1/session"),
]
OTHER = [
    ("/rest/api/2/issue/1", "/rest/api/3/issue/1"),
    ("/rest/api/2/search?jql=x&fields=*all", "/rest/api/2/search?jql=x"),
    ("/rest/api/2/search?jql=x&startAt=50", "/rest/api/2/search?jql=x"),
    ("/rest/api/2/issue/1?deleteSubtasks=true", "/rest/api/2/issue/1"),
]


@pytest.mark.parametrize(("one", "other", "same"), [(*p, True) for p in SAME] + [(*p, False) for p in OTHER])
def test_requests_that_mean_the_same(one, other, same):
    keys = {request_key(canonical(Request("GET", f"http://x{path}"))) for path in (one, other)}
    assert (len(keys) == 1) is same


def recording(*exchanges, flavour=""):
    interactions = tuple(Interaction(n, *exchange) for n, exchange in enumerate(exchanges))
    return Recording("r", None, Provenance("jira", flavour=flavour), interactions)


def exchange(uri, answer, **headers):
    lines = {name.replace("_", "-"): (line,) for name, line in headers.items()}
    return Request("GET", uri), Response(200, "OK", lines, json.dumps(answer).encode())


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (recording(flavour="jira data center v2"), "server"),
        (recording(flavour="jira cloud v2, 2025"), "cloud"),
        (recording(flavour="jira server 7 v2 (one cloud search)"), "server"),
        (recording(exchange(f"{CLOUD}/field", [])), "cloud"),
        (recording(exchange(f"{SERVER}/serverInfo", {"deploymentType": "Cloud"})), "cloud"),
        (recording(exchange(f"{SERVER}/serverInfo", {"deploymentType": "Server"}, atl_traceid="1")), "server"),
        (recording(exchange(f"{SERVER}/myself", {"self": "x", "name": "n", "displayName": "N"})), "server"),
        (recording(exchange(f"{SERVER}/myself", {"self": "x", "accountId": "5", "displayName": "N"})), "cloud"),
        (recording(exchange(f"{SERVER}/field", [], server="AtlassianEdge")), "cloud"),
        (recording(exchange(f"{SERVER}/field", [])), "server"),
    ],
)
def test_the_flavour_is_told_by_provenance_or_traffic(given, expected):
    assert deployment_of(given) == expected


def test_all_of_a_recording_tells_its_flavour():
    given = recording(
        exchange("http://localhost/rest/api/2/field", []),
        exchange("http://localhost/rest/api/2/serverInfo", {"deploymentType": "Cloud"}),
    )
    lift = TARGET._lifter.in_recording(given)
    assert lift(given.interactions[0].request).operation == "GET /rest/api/2/field#cloud-v2"
    assert TARGET.lift(given.interactions[0].request).operation == "GET /rest/api/2/field#server"


def test_latest_is_asked_for_as_latest():
    lifted = TARGET.lift(request("GET", "https://jira.site.example/rest/api/latest/issue/A-1"))
    assert lifted.operation == "GET /rest/api/2/issue/{issueId}#server"
    assert lifted.arguments == {"issueId": "A-1", "rest_api_version": "latest"}
