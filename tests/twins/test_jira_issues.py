"""Issues of the Jira twin: how they are made, changed, moved through the workflow, and taken away."""

import pytest
from jira_calls import API, call, document, fields_of, issue, jira, ok, seed, server


@pytest.fixture
def site():
    return jira()


def test_a_new_issue_has_what_was_sent_and_what_all_have(site):
    made = issue(site, labels=["b", "a", "b"], priority={"name": "High"}, description="Long")
    assert made == {"id": made["id"], "key": "TEST-1", "self": f"{API}/issue/{made['id']}"}
    shown = ok(site, "GET issue/TEST-1")
    fields = shown["fields"]
    assert (shown["id"], shown["self"], fields["summary"]) == (made["id"], made["self"], "One thing")
    assert fields["labels"] == ["a", "b"] and fields["priority"]["id"] == "2" and fields["description"] == "Long"
    assert fields["status"]["name"] == "To Do" and fields["statusCategory"]["key"] == "new"
    assert fields["project"]["key"] == "TEST" and fields["issuetype"]["name"] == "Task"
    assert fields["creator"]["accountId"] == fields["reporter"]["accountId"] and fields["assignee"] is None
    assert fields["watches"] == {"self": f"{API}/issue/TEST-1/watchers", "watchCount": 1, "isWatching": True}
    assert fields["comment"]["total"] == 0 and fields["worklog"]["worklogs"] == []
    assert issue(site)["key"] == "TEST-2"


def test_every_wrong_field_is_named(site):
    body = {"fields": {"project": {"key": "TEST"}, "issuetype": {"name": "Nothing"}, "priority": {"name": "Odd"}}}
    reply = call(site, "POST issue", body)
    assert reply.status == 400 and reply.body["errorMessages"] == []
    assert reply.body["errors"] == {
        "issuetype": "issue type is required",
        "priority": "Priority name 'Odd' is not valid",
        "summary": "You must specify a summary of the issue.",
    }
    assert call(site, "POST issue", b"{").status == 400
    assert call(site, "GET issue/TEST-1").status == 404


def test_an_edit_that_changes_nothing_is_none(site):
    issue(site)
    before = fields_of(site, "TEST-1")["updated"]
    assert call(site, "PUT issue/TEST-1", {"fields": {"summary": "One thing"}}).status == 204
    assert fields_of(site, "TEST-1")["updated"] == before
    ok(site, "PUT issue/TEST-1", {"fields": {"summary": "Another"}, "update": {"labels": [{"add": "x"}]}})
    after = fields_of(site, "TEST-1")
    assert (after["summary"], after["labels"]) == ("Another", ["x"]) and after["updated"] > before
    ok(site, "PUT issue/TEST-1", {"update": {"labels": [{"remove": "x"}], "summary": [{"set": "Third"}]}})
    assert (fields_of(site, "TEST-1")["labels"], fields_of(site, "TEST-1")["summary"]) == ([], "Third")


def test_a_wrong_edit_changes_nothing(site):
    issue(site)
    reply = call(site, "PUT issue/TEST-1", {"fields": {"summary": "New", "labels": ["a b"], "nonsense": 1}})
    assert reply.status == 400 and sorted(reply.body["errors"]) == ["labels", "nonsense"]
    assert fields_of(site, "TEST-1")["summary"] == "One thing"


def test_work_that_is_done_is_resolved_until_it_is_taken_up_again(site):
    issue(site)
    offered = ok(site, "GET issue/TEST-1/transitions")["transitions"]
    assert [(one["id"], one["to"]["name"]) for one in offered] == [
        ("11", "To Do"),
        ("21", "In Progress"),
        ("31", "Done"),
    ]
    assert call(site, "POST issue/TEST-1/transitions", {"transition": {"id": 31}}).status == 204
    done = fields_of(site, "TEST-1")
    assert (done["status"]["name"], done["resolution"]["name"]) == ("Done", "Done")
    assert done["resolutiondate"] and done["statuscategorychangedate"] > done["created"]
    ok(site, "POST issue/TEST-1/transitions", {"transition": {"id": "11"}})
    again = fields_of(site, "TEST-1")
    assert (again["status"]["name"], again["resolution"], again["resolutiondate"]) == ("To Do", None, None)


def test_a_transition_that_is_not_offered_is_refused(site):
    issue(site)
    reply = call(site, "POST issue/TEST-1/transitions", {"transition": {"id": "99"}})
    assert reply.status == 400 and "TEST-1" in reply.body["errorMessages"][0]
    assert fields_of(site, "TEST-1")["status"]["name"] == "To Do"


def test_long_texts_are_documents_in_version_3_only(site):
    made = issue(site, description="Two\n\nparts")
    shown = ok(site, f"GET /rest/api/3/issue/{made['id']}")
    assert [one["type"] for one in shown["fields"]["description"]["content"]] == ["paragraph", "paragraph"]
    assert shown["fields"]["status"]["self"].startswith("https://twin.example/rest/api/3/status/")
    assert call(site, "PUT issue/TEST-1", {"fields": {"description": document("no")}}).status == 400
    assert call(site, "PUT /rest/api/3/issue/TEST-1", {"fields": {"description": "no"}}).status == 400
    ok(site, "PUT /rest/api/3/issue/TEST-1", {"fields": {"description": document("yes")}})
    assert fields_of(site, "TEST-1")["description"] == "yes"


def test_fields_can_be_chosen(site):
    issue(site)
    assert set(fields_of(site, "TEST-1", "?fields=summary,status")) == {"summary", "status"}
    assert "summary" not in fields_of(site, "TEST-1", "?fields=*all,-summary")
    assert "comment" not in fields_of(site, "TEST-1", "?fields=*navigable")
    shown = ok(site, "GET issue/TEST-1?fields=summary&expand=names,schema,transitions")
    assert shown["names"] == {"summary": "Summary"} and shown["schema"]["summary"]["system"] == "summary"
    assert len(shown["transitions"]) == 3 and "transitions" in shown["expand"]


def test_properties_that_came_with_an_issue_are_shown_on_request(site):
    fields = {"project": {"key": "TEST"}, "issuetype": {"name": "Task"}, "summary": "x"}
    ok(site, "POST issue", {"fields": fields, "properties": [{"key": "a", "value": 1}, {"key": "b", "value": 2}]})
    assert ok(site, "GET issue/TEST-1?properties=a")["properties"] == {"a": 1}
    assert "properties" not in ok(site, "GET issue/TEST-1")


def test_subtasks_hang_on_their_parent(site):
    issue(site)
    issue(site, issuetype={"name": "Sub-task"}, parent={"key": "TEST-1"})
    assert [one["key"] for one in fields_of(site, "TEST-1")["subtasks"]] == ["TEST-2"]
    assert fields_of(site, "TEST-2")["parent"]["fields"]["summary"] == "One thing"
    assert call(site, "DELETE issue/TEST-1").status == 400
    assert call(site, "DELETE issue/TEST-1?deleteSubtasks=true").status == 204
    assert call(site, "GET issue/TEST-2").status == 404


def test_what_is_deleted_is_gone(site):
    issue(site)
    ok(site, "DELETE issue/TEST-1")
    message = "Issue does not exist or you do not have permission to see it."
    for operation in ("GET issue/TEST-1", "DELETE issue/TEST-1", "GET issue/TEST-1/transitions"):
        reply = call(site, operation)
        assert (reply.status, reply.body["errorMessages"]) == (404, [message])
    assert issue(site)["key"] == "TEST-2"


def test_a_server_knows_users_by_name():
    site = server()
    issue(site, assignee={"name": "ann"})
    assert fields_of(site, "TEST-1")["assignee"]["name"] == "ann"
    ok(site, "PUT issue/TEST-1/assignee", {"name": None})
    fields = fields_of(site, "TEST-1")
    assert fields["assignee"] is None and "statusCategory" not in fields and "security" not in fields
    assert call(site, "GET issue/TEST-9").body["errorMessages"] == ["Issue Does Not Exist"]


def test_several_issues_at_once(site):
    good = {"fields": {"project": {"key": "TEST"}, "issuetype": {"name": "Bug"}, "summary": "x"}}
    reply = call(site, "POST issue/bulk", {"issueUpdates": [good, {"fields": {}}, good]})
    assert reply.status == 201 and [one["key"] for one in reply.body["issues"]] == ["TEST-1", "TEST-2"]
    assert [one["failedElementNumber"] for one in reply.body["errors"]] == [1]


def test_ranks_go_on():
    site = server()
    whole = {"workratio": -1, "watches": {}, "progress": {}, "customfield_1": "0|i0000f:", "customfield_2": None}
    seed(site, "blank", "10002", {"fields": whole}, ("TEST",))
    issue(site)
    issue(site)
    ranks = [fields_of(site, key)["customfield_1"] for key in ("TEST-1", "TEST-2")]
    assert ranks == ["0|i0000f:", "0|i0000n:"]
    whole["customfield_1"] = "0|i0001f:"  # others were made meanwhile
    seed(site, "blank", "10004", {"fields": whole}, ("TEST",))
    issue(site, issuetype={"id": "10004"})
    assert fields_of(site, "TEST-3")["customfield_1"] == "0|i0001f:"


def test_no_issue_is_without_a_summary():
    site = jira()
    issue(site)
    reply = call(site, "PUT issue/TEST-1", {"fields": {"summary": ""}})
    assert reply.status == 400 and reply.body["errors"] == {"summary": "You must specify a summary of the issue."}
    assert fields_of(site, "TEST-1")["summary"] == "One thing"


def test_custom_fields_are_unknown_where_all_are_known():
    """A site that was told of may have more fields than it was told of, unless it was told of all."""
    known = {"project": {"key": "TEST"}, "issuetype": {"name": "Task"}, "summary": "x", "customfield_99": "y"}
    site = server()
    assert call(site, "POST issue", {"fields": known}).status == 201
    seed(site, "view", "field", {"query": {}, "answer": [{"id": "summary", "name": "Summary"}]})
    for twin in (site, jira()):
        reply = call(twin, "POST issue", {"fields": known})
        assert reply.status == 400 and "cannot be set" in reply.body["errors"]["customfield_99"]
