"""What hangs on issues of the Jira twin: comments, worklogs, watchers, votes, links, attachments, epics."""

import pytest
from jira_calls import API, call, document, fields_of, issue, jira, ok, server


@pytest.fixture
def site():
    twin = jira()
    issue(twin)
    return twin


def test_comments_come_change_and_go(site):
    reply = call(site, "POST issue/TEST-1/comment", {"body": "First"})
    comment = reply.body
    assert reply.status == 201 and reply.headers["Location"] == comment["self"]
    assert comment["body"] == "First" and comment["created"] == comment["updated"] and comment["jsdPublic"]
    assert fields_of(site, "TEST-1")["updated"] == comment["created"]
    here = f"issue/TEST-1/comment/{comment['id']}"
    changed = ok(site, f"PUT {here}", {"body": "Second"})
    assert changed["body"] == "Second" and changed["updated"] > changed["created"] == comment["created"]
    ok(site, "POST issue/TEST-1/comment", {"body": "Third", "visibility": {"type": "role", "value": "Admins"}})
    page = ok(site, "GET issue/TEST-1/comment?startAt=1&maxResults=5")
    assert (page["total"], [one["body"] for one in page["comments"]]) == (2, ["Third"])
    assert ok(site, f"GET /rest/api/3/{here}")["body"] == document("Second")
    assert call(site, f"DELETE {here}").status == 204
    assert call(site, f"GET {here}").status == 404
    assert fields_of(site, "TEST-1")["comment"]["total"] == 1


@pytest.mark.parametrize("body", ["", None, document("no")])
def test_comments_must_be_texts(site, body):
    assert call(site, "POST issue/TEST-1/comment", {"body": body}).status == 400
    assert call(site, "POST issue/TEST-9/comment", {"body": "x"}).status == 404


def test_work_takes_time(site):
    body = {"timeSpentSeconds": 5400, "started": "2026-01-15T09:00:00.000+0000", "comment": "Done"}
    reply = call(site, "POST issue/TEST-1/worklog", body)
    worklog = reply.body
    assert reply.status == 201 and (worklog["timeSpent"], worklog["comment"]) == ("1h 30m", "Done")
    assert worklog["started"] == "2026-01-15T09:00:00.000+0000"
    fields = fields_of(site, "TEST-1")
    assert (fields["timespent"], fields["timetracking"]["timeSpent"]) == (5400, "1h 30m")
    assert fields["progress"] == {"progress": 5400, "total": 5400, "percent": 100}
    here = f"issue/TEST-1/worklog/{worklog['id']}"
    assert ok(site, f"PUT {here}", {"timeSpent": "1d"})["timeSpentSeconds"] == 8 * 3600
    assert fields_of(site, "TEST-1")["timespent"] == 8 * 3600
    assert ok(site, "GET issue/TEST-1/worklog")["total"] == 1
    assert call(site, f"DELETE {here}").status == 204
    assert fields_of(site, "TEST-1")["timespent"] is None


def test_estimates_shrink_with_the_work():
    site = jira()
    issue(site, timetracking={"originalEstimate": "1d"})
    ok(site, "POST issue/TEST-1/worklog", {"timeSpent": "2h"})
    tracking = fields_of(site, "TEST-1")["timetracking"]
    assert (tracking["originalEstimate"], tracking["remainingEstimate"], tracking["timeSpent"]) == ("1d", "6h", "2h")


def test_watchers_and_votes(site):
    me = ok(site, "GET myself")["accountId"]
    assert ok(site, "GET issue/TEST-1/watchers")["watchers"][0]["accountId"] == me
    assert call(site, f"DELETE issue/TEST-1/watchers?accountId={me}").status == 204
    assert fields_of(site, "TEST-1")["watches"]["isWatching"] is False
    assert call(site, "POST issue/TEST-1/watchers", me).status == 204
    assert fields_of(site, "TEST-1")["watches"]["watchCount"] == 1
    assert call(site, "POST issue/TEST-1/watchers", "nobody").status == 404
    for _ in range(2):
        assert call(site, "POST issue/TEST-1/votes").status == 204
    assert ok(site, "GET issue/TEST-1/votes")["votes"] == 1
    ok(site, "DELETE issue/TEST-1/votes")
    assert fields_of(site, "TEST-1")["votes"]["hasVoted"] is False


def test_links_are_seen_from_both_ends(site):
    issue(site)
    ends = {"inwardIssue": {"key": "TEST-1"}, "outwardIssue": {"key": "TEST-2"}}
    reply = call(site, "POST issueLink", {"type": {"name": "Blocks"}, **ends})
    assert reply.status == 201 and reply.body == b""
    (here,), (there,) = (fields_of(site, key)["issuelinks"] for key in ("TEST-1", "TEST-2"))
    assert (here["outwardIssue"]["key"], there["inwardIssue"]["key"]) == ("TEST-2", "TEST-1")
    assert here["self"] == reply.headers["Location"] and here["type"]["outward"] == "blocks"
    assert ok(site, f"GET issueLink/{here['id']}")["inwardIssue"]["key"] == "TEST-1"
    assert call(site, f"DELETE issueLink/{here['id']}").status == 204
    assert fields_of(site, "TEST-2")["issuelinks"] == []
    assert call(site, "POST issueLink", {"type": {"name": "Odd"}, **ends}).status == 404


def test_links_to_elsewhere(site):
    body = {"globalId": "g", "object": {"url": "https://x.example", "title": "X"}}
    reply = call(site, "POST issue/TEST-1/remotelink", body)
    own = reply.body["id"]
    assert reply.status == 201 and reply.body["self"] == f"{API}/issue/TEST-1/remotelink/{own}"
    assert call(site, "POST issue/TEST-1/remotelink", body).status == 200
    here = f"issue/TEST-1/remotelink/{own}"
    assert call(site, f"PUT {here}", {"object": {"url": "https://y.example", "title": "Y"}}).status == 204
    assert ok(site, f"GET {here}")["object"]["title"] == "Y"
    assert call(site, "POST issue/TEST-1/remotelink", {"object": {}}).body["errors"].keys() == {"url", "title"}
    assert call(site, f"DELETE {here}").status == 204 and ok(site, "GET issue/TEST-1/remotelink") == []


def test_attachments(site):
    form = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n'
        b"hello\r\n--b--\r\n"
    )
    headers = {"content-type": "multipart/form-data; boundary=b", "x-atlassian-token": "no-check"}
    (made,) = call(site, "POST issue/TEST-1/attachments", form, headers=headers).body
    assert (made["filename"], made["size"], made["mimeType"]) == ("a.txt", 5, "text/plain")
    assert [one["id"] for one in fields_of(site, "TEST-1")["attachment"]] == [made["id"]]
    assert call(site, f"GET attachment/content/{made['id']}").body == b"hello"
    assert call(site, "POST issue/TEST-1/attachments", form, headers={**headers, "x-atlassian-token": ""}).status == 403
    assert call(site, f"DELETE attachment/{made['id']}").status == 204
    assert fields_of(site, "TEST-1")["attachment"] == [] and call(site, f"GET attachment/{made['id']}").status == 404


def test_issues_of_an_epic(site):
    epic = issue(site, issuetype={"name": "Epic"}, customfield_10011="Big")
    assert call(site, f"POST /rest/agile/1.0/epic/{epic['id']}/issue", {"issues": ["TEST-1"]}).status == 204
    assert fields_of(site, "TEST-1")["customfield_10014"] == epic["key"]
    (found,) = ok(site, f"GET /rest/agile/1.0/epic/{epic['key']}/issue")["issues"]
    assert found["key"] == "TEST-1" and found["self"].endswith(f"/rest/agile/1.0/issue/{found['id']}")
    assert (found["fields"]["epic"]["name"], found["fields"]["epic"]["done"]) == ("Big", False)
    ok(site, "POST /rest/agile/1.0/epic/none/issue", {"issues": ["TEST-1"]})
    assert ok(site, f"GET /rest/agile/1.0/epic/{epic['key']}/issue")["issues"] == []


def test_comments_of_servers_do_not_tell_of_customers():
    site = server()
    issue(site)
    assert "jsdPublic" not in ok(site, "POST issue/TEST-1/comment", {"body": "x"})
    assert "self" not in fields_of(site, "TEST-1")["comment"]
