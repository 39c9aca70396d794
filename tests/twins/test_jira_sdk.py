"""The client that people use, at work on the Jira twin, its constructor included."""

import pytest

from conformance.twinkit.server import serve_twin
from conformance.twinkit.twin import Twin
from targets.jira.twin.service import service

jira = pytest.importorskip("jira")


@pytest.fixture
def url():
    with serve_twin(Twin([service()])) as server:
        yield server.url


def client(url, **more):
    return jira.JIRA(url, **({"token_auth": "conformance"} | more), max_retries=0, options={"check_update": False})


@pytest.mark.parametrize("path", ["", "/jira"])
def test_an_issue_from_its_making_to_its_end(url, path):
    site = client(url + path)
    assert site.deploymentType == "Cloud"
    made = site.create_issue(project="TEST", issuetype={"name": "Task"}, summary="One")
    made.update(summary="Two", fields={"labels": ["x"]})
    assert (made.fields.summary, made.fields.labels) == ("Two", ["x"]) and made.permalink().startswith(url)
    comment = site.add_comment(made, "Remark")
    comment.update(body="Better")
    assert site.comment(made, comment.id).body == "Better"
    site.transition_issue(made, "Done")
    assert site.issue(made.key).fields.status.name == "Done"
    other = site.create_issue(project="TEST", issuetype={"name": "Bug"}, summary="Other")
    site.create_issue_link("Blocks", made, other)
    assert site.issue(other.id).fields.issuelinks[0].inwardIssue.key == made.key
    site.add_simple_link(made, {"url": "https://x.example", "title": "X"})
    site.add_worklog(made, timeSpent="1h")
    if hasattr(site, "enhanced_search_issues"):  # the only search of Cloud, since 3.10
        found = site.enhanced_search_issues("project = TEST order by key", maxResults=1)
        assert [one.key for one in found] == ["TEST-1"]
        assert len(site.enhanced_search_issues("project = TEST", maxResults=0)) == 2
    made.delete()
    with pytest.raises(jira.JIRAError) as caught:
        site.issue(made.key)
    assert caught.value.status_code == 404 and "does not exist" in caught.value.text


def test_all_that_is_wrong_is_told(url):
    with pytest.raises(jira.JIRAError) as caught:
        client(url).create_issue(project="TEST", issuetype={"name": "Odd"}, summary="x")
    assert caught.value.status_code == 400 and "issue type is required" in caught.value.response.text


def test_wrong_passwords_are_refused(url):
    site = client(url, token_auth=None, basic_auth=("ann", "wrong"))
    with pytest.raises(jira.JIRAError) as caught:
        site.myself()
    assert caught.value.status_code == 401
    assert client(url, token_auth=None, basic_auth=("ann", "conformance")).myself()["active"]
