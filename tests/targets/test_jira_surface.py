"""What the SDK can call, found by calling it with marks."""

import pytest

from targets.jira.paths import Paths
from targets.jira.probing import parameter_name
from targets.jira.surface import surface


def endpoint(operation, sdk_call):
    return surface().called(operation, sdk_call)[0]


@pytest.mark.parametrize(
    ("operation", "sdk_call"),
    [
        ("GET /rest/api/2/issue/{issueId}#cloud-v2", "issue"),
        ("GET /rest/api/3/issue/{issueId}#cloud-v3", "issue"),
        ("GET /rest/api/2/issue/{issueId}#server", "issue"),
        ("POST /rest/api/2/issue#server", "create_issue"),
        ("PUT /rest/api/2/issue/{issueId}#cloud-v2", "Issue.update"),
        ("DELETE /rest/api/2/issue/{issueId}/comment/{commentId}#cloud-v2", "Comment.delete"),
        ("POST /rest/api/2/issueLink#cloud-v2", "create_issue_link"),
        ("POST /rest/api/2/issue/{issueId}/remotelink#server", "add_remote_link"),
        ("PUT /rest/api/2/issue/{issueId}/assignee#server", "assign_issue"),
        ("GET /rest/api/2/search#server", "search_issues"),
        ("POST /rest/agile/1.0/epic/{epicId}/issue#cloud-v2", "add_issues_to_epic"),
    ],
)
def test_methods_are_found_at_their_endpoints(operation, sdk_call):
    assert sdk_call in [found.sdk_call for found in surface().endpoints[operation]]


def test_parameters_are_found_where_they_go():
    found = {
        parameter.python: parameter
        for parameter in endpoint("GET /rest/api/2/issue/{issueId}#cloud-v2", "issue").parameters
    }
    assert found["id"].place == ("path", "issueId") and found["id"].required
    assert found["expand"].place == ("query", "expand") and not found["expand"].required
    update = {p.python: p for p in endpoint("PUT /rest/api/2/issue/{issueId}#cloud-v2", "Issue.update").parameters}
    assert update["fields"].place == ("body", "fields") and update["update"].place == ("body", "update")
    assert (update["notify"].kind, update["notify"].value, update["notify"].sent) == ("flag", False, "false")


def test_a_client_that_has_not_asked_still_searches_as_of_old():
    newer = "GET /rest/api/2/search/jql#cloud-v2" in surface().endpoints
    assert endpoint("GET /rest/api/2/search#cloud-v2", "search_issues").informed is not newer
    assert endpoint("GET /rest/api/2/search#server", "search_issues").informed


def test_flavours_have_operations_of_their_own():
    flavours = {name.rpartition("#")[2] for name in surface().operations}
    assert flavours == {"cloud-v2", "cloud-v3", "server"}
    assert not any("/rest/api/3/" in name for name in surface().operations if name.endswith("#server"))


@pytest.mark.parametrize(
    ("path", "template", "ids"),
    [
        ("/rest/api/2/issue/10001/watchers/me", "/rest/api/2/issue/{issueId}/watchers/me", {"issueId": "10001"}),
        ("/rest/api/2/project/ABC/hierarchy", "/rest/api/2/project/{projectId}/hierarchy", {"projectId": "ABC"}),
        ("/rest/agile/1.0/epic/ABC-1/issue", "/rest/agile/1.0/epic/{epicId}/issue", {"epicId": "ABC-1"}),
        ("/rest/api/2/users/search", "/rest/api/2/users/search", {}),
        (
            "/rest/api/2/things/7/parts/8",
            "/rest/api/2/things/{thingId}/parts/{partId}",
            {"thingId": "7", "partId": "8"},
        ),
    ],
)
def test_paths_that_no_method_reaches_are_read_by_what_is_known_of_them(path, template, ids):
    assert Paths(surface().endpoints).read("HEAD", path, "cloud") == (f"HEAD {template}#cloud-v2", ids)


def test_parameters_are_called_after_the_word_before_them():
    assert parameter_name(["", "rest", "api", "2", "properties"], ()) == "propertyId"
    assert parameter_name(["issue", "{issueId}", "issue"], ("issueId",)) == "subIssueId"
