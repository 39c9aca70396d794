"""The query language of the Jira twin, and its pages."""

import string
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jira_calls import call, issue, jira, ok, seed, server

from targets.jira.twin.grammar import BadQuery, Clause, Logic, parse

WORD = st.text(string.ascii_letters, min_size=1, max_size=8)


@pytest.fixture(scope="module")
def site():
    twin = jira()
    issue(twin, summary="Fix the login page", labels=["web"], priority={"name": "High"}, duedate="2026-02-01")
    issue(twin, summary="Login is slow", labels=["web", "slow"], priority={"name": "Low"})
    issue(twin, summary="Write docs", issuetype={"name": "Bug"}, description="About the login")
    ok(twin, "POST issue/TEST-3/transitions", {"transition": {"id": "31"}})
    ok(twin, "PUT issue/TEST-2/assignee", {"accountId": ok(twin, "GET myself")["accountId"]})
    ok(twin, "POST issue/TEST-1/comment", {"body": "A remark"})
    ends = {"inwardIssue": {"key": "TEST-1"}, "outwardIssue": {"key": "TEST-2"}}
    call(twin, "POST issueLink", {"type": {"name": "Relates"}, **ends})
    ok(twin, "POST version", {"name": "1.0", "project": "TEST"})
    ok(twin, "PUT issue/TEST-1", {"fields": {"fixVersions": [{"name": "1.0"}]}})
    return twin


def found(twin, jql, more=""):
    return [one["key"][5:] for one in ok(twin, f"GET search?jql={quote(jql)}{more}")["issues"]]


@pytest.mark.parametrize(
    ("jql", "keys"),
    [
        ("project = TEST", "321"),
        ("project=10000 order by key", "123"),
        ("", "321"),
        ("key = TEST-2", "2"),
        ("key in (TEST-1, 'TEST-3')", "31"),
        ("summary ~ login", "21"),
        ("summary !~ login", "3"),
        ('text ~ "login"', "321"),
        ("text ~ remark", "1"),
        ('summary ~ "log*"', "21"),
        (r'summary ~ "\"login page\""', "1"),
        ("labels = web", "21"),
        ("labels != web", ""),
        ("labels in (slow, nothing)", "2"),
        ("labels not in (slow)", "1"),
        ("labels is empty", "3"),
        ("labels is not EMPTY", "21"),
        ("status = Done", "3"),
        ('status in ("To Do", "In Progress")', "21"),
        ("statusCategory = done", "3"),
        ("status was 'To Do'", "321"),
        ("status was not in ('In Progress', 'To Do')", ""),
        ("status was Done", "3"),
        ("resolution = Unresolved", "21"),
        ("resolution in (unresolved, Done)", "321"),
        ("resolution != Unresolved", "3"),
        ("issuetype in standardIssueTypes()", "321"),
        ("issuetype in subTaskIssueTypes()", ""),
        ("issue in watchedIssues()", "321"),
        ("issue in votedIssues()", ""),
        ("issue in linkedIssues(TEST-1)", "2"),
        ("issue in linkedIssues(TEST-2, 'relates to')", "1"),
        ("issue in linkedIssues(TEST-2, blocks)", ""),
        ("fixVersion in unreleasedVersions(TEST)", "1"),
        ("fixVersion = earliestUnreleasedVersion(TEST)", "1"),
        ("fixVersion in releasedVersions()", ""),
        ("resolution is not null", "3"),
        ("assignee = currentUser()", "2"),
        ("assignee != EMPTY", "2"),
        ("assignee is EMPTY", "31"),
        ("priority > Medium", "1"),
        ("priority <= Medium", "32"),
        ("type = bug OR priority = low", "32"),
        ("not (type = bug or priority = low)", "1"),
        ("type != bug AND labels = slow", "2"),
        ("due < 2026-03-01", "1"),
        ("due <= '2026/02/01'", "1"),
        ("created >= startOfDay()", "321"),
        ("created > now()", ""),
        ("created > -1h", "321"),
        ("updated < -1w", ""),
        ("project = TEST ORDER BY priority DESC, key ASC", "132"),
        ("order by summary", "123"),
        ('"Epic Link" is empty', "321"),
        ("cf[10014] is empty", "321"),
    ],
)
def test_queries(site, jql, keys):
    assert "".join(found(site, jql)) == keys


@pytest.mark.parametrize(
    ("jql", "message"),
    [
        ("nonsense = 1", "Field 'nonsense' does not exist or you do not have permission to view it."),
        ("component = web", "The value 'web' does not exist for the field 'component'."),
        ("project = NONE", "The value 'NONE' does not exist for the field 'project'."),
        ("status = odd", "The value 'odd' does not exist for the field 'status'."),
        ("key = odd()", "Unable to find JQL function 'odd()'."),
        ("key = TEST-99", "An issue with key 'TEST-99' does not exist for field 'key'."),
        ("summary = login", "The operator '=' is not supported by the 'summary' field."),
        ("status ~ done", "The operator '~' is not supported by the 'status' field."),
        ("created > soon", "Date value 'soon' for field 'created' is invalid. Valid formats include:"),
        ("labels was web", "History searches do not support the 'labels' field."),
        (
            "project =",
            "Error in the JQL Query: Expecting either a value, list or function before the end of the query.",
        ),
        ("project", "Error in the JQL Query: Expecting an operator before the end of the query. The valid operators"),
        (
            "project TEST",
            "Error in the JQL Query: Expecting operator but got 'TEST'. The valid operators are '=', '!='",
        ),
        ("project = TEST and", "Error in the JQL Query: Expecting a field name at the end of the query."),
        ("= 3", "Error in the JQL Query: Expecting a field name but got '='. You must surround '=' in quotation marks"),
        ("status in Open", "Error in the JQL Query: Expecting either a value, list or function"),
        (
            "key in ()",
            "Error in the JQL Query: Expecting either a value, list or function but got ')'. You must surround",
        ),
        ("(project = TEST", "Error in the JQL Query: Expecting ')' before the end of the query."),
        ("summary ~ a b", "Error in the JQL Query: Expecting either 'OR' or 'AND' but got 'b'. (line 1, character 13)"),
        (
            'summary ~ "a',
            "Error in the JQL Query: The quoted string 'a' has not been completed. (line 1, character 11)",
        ),
        ("a = {", "Error in the JQL Query: The character '{' is a reserved JQL character. You must enclose it in a "),
    ],
)
def test_wrong_queries(site, jql, message):
    reply = call(site, f"GET search?jql={quote(jql)}")
    assert reply.status == 400 and reply.body["errorMessages"][0].startswith(message)
    assert reply.body["errors"] == {}


def test_questions_that_nobody_answered_yet(site):
    for jql in ("assignee in membersOf(staff)", "assignee was empty", "status changed"):
        assert call(site, f"GET search?jql={quote(jql)}").status == 501


def test_numbered_pages(site):
    page = ok(site, "GET search?jql=project%3DTEST&startAt=1&maxResults=1")
    assert (page["startAt"], page["maxResults"], page["total"]) == (1, 1, 3)
    assert [one["key"] for one in page["issues"]] == ["TEST-2"]
    assert "comment" not in page["issues"][0]["fields"] and "expand" in page
    assert set(ok(site, "POST search", {"jql": "key = TEST-1", "fields": ["summary"]})["issues"][0]["fields"]) == {
        "summary"
    }
    assert ok(site, "GET search?jql=labels%3Dnone") == {"startAt": 0, "maxResults": 50, "total": 0, "issues": []}


def test_pages_named_by_tokens(site):
    first = ok(site, "GET search/jql?jql=project%3DTEST&maxResults=2")
    assert [set(one) for one in first["issues"]] == [{"id"}, {"id"}] and first["isLast"] is False
    last = ok(
        site, f"GET search/jql?jql=project%3DTEST&maxResults=2&fields=summary&nextPageToken={first['nextPageToken']}"
    )
    assert [one["key"] for one in last["issues"]] == ["TEST-1"] and last["isLast"] and "nextPageToken" not in last
    assert "total" not in last
    assert call(site, "GET search/jql?jql=project%3DTEST&nextPageToken=odd").status == 400
    assert call(site, "POST search/jql", {"jql": "order by key"}).status == 400


def test_names_and_schemas_on_request(site):
    page = ok(site, "GET search?jql=key%3DTEST-1&fields=summary&expand=names,schema")
    assert page["names"] == {"summary": "Summary"} and page["schema"]["summary"]["type"] == "string"


def test_saved_filters(site):
    made = ok(site, "POST filter", {"name": "Web things", "jql": "labels = web"})
    assert made["searchUrl"].endswith("/rest/api/2/search?jql=labels+%3D+web")
    assert found(site, 'filter = "Web things"') == found(site, f"filter = {made['id']}") == ["2", "1"]
    ok(site, f"PUT filter/{made['id']}", {"jql": "labels = slow", "favourite": True})
    assert found(site, f"filter in ({made['id']})") == ["2"]
    assert [one["name"] for one in ok(site, "GET filter/favourite")] == ["Web things"]
    assert call(site, "POST filter", {"name": "x", "jql": "odd"}).status == 400
    assert call(site, f"DELETE filter/{made['id']}").status == 204
    assert call(site, f"GET search?jql=filter%3D{made['id']}").status == 400


def test_issues_that_nobody_showed_are_counted():
    twin = server()
    seed(twin, "view", "search", {"query": {"jql": "project = TEST"}, "answer": {"expand": "names,schema", "total": 9}})
    issue(twin)
    page = ok(twin, "GET search?jql=project+%3D+TEST")
    assert (page["total"], page["expand"], len(page["issues"])) == (9, "names,schema", 1)
    issue(twin)
    assert ok(twin, "GET search?jql=project+%3D+TEST")["total"] == 10


def told_search(jql, found, **answer):
    """A site that found these issues by a query, of which it showed no more than what they are called."""
    twin = server()
    for own in ("501", "502", "503"):
        fields = {"summary": "x", "updated": "2026-01-01T00:00:00.000+0000"}
        seed(twin, "issue", own, {"id": own, "key": f"TEST-{own}", "fields": fields})
    seed(twin, "view", "search", {"query": {"jql": jql}, "answer": {"total": len(found), **answer}, "found": found})
    return twin


@pytest.mark.parametrize(
    "jql",
    [
        "labels = web",  # a field that no answer showed
        "not (labels = web or cf[9] = 3)",
        "Sprint in openSprints() order by Rank",  # words that nobody told of
        "project = TEST and labels is not empty",
        'summary ~ "running"',  # words as the service reads them
    ],
)
def test_what_a_query_found_it_finds_again(jql):
    twin = told_search(jql, ["502", "501"])
    asked = quote(jql)
    assert [one["id"] for one in ok(twin, f"GET search?jql={asked}")["issues"]] == ["502", "501"]
    assert call(twin, f"GET search?jql={quote('Odd = 1')}").status == 400, "another query is read as it stands"


def test_what_is_known_of_an_issue_goes_before_what_was_found():
    jql = "labels = web and status != Done"
    twin = told_search(jql, ["502", "501"])
    ok(twin, "PUT issue/502", {"fields": {"labels": ["other"]}})
    ok(twin, "PUT issue/503", {"fields": {"labels": ["web"]}})
    new = issue(twin, labels=["web"])
    found = [one["id"] for one in ok(twin, f"GET search?jql={quote(jql)}")["issues"]]
    assert found == [new["id"], "501"]


def test_pages_are_no_larger_than_the_site_makes_them():
    twin = told_search("project = TEST", ["503", "502"], maxResults=2)
    twin_answer = ok(twin, "GET search?jql=project%20%3D%20TEST&maxResults=50")
    assert (twin_answer["maxResults"], len(twin_answer["issues"])) == (2, 2)
    assert ok(twin, "GET search?jql=project%20%3D%20TEST&maxResults=1")["maxResults"] == 1


def test_a_list_of_which_the_first_page_is_known_goes_on():
    twin = jira()
    seed(twin, "site", "", {"deployment": "cloud", "version": "3"})
    seed(twin, "issue", "501", {"id": "501", "key": "TEST-1", "fields": {"summary": "x"}})
    view = {"query": {"jql": "summary ~ x"}, "answer": {"isLast": False, "nextPageToken": "abc"}, "found": ["501"]}
    seed(twin, "view", "search/jql", view)
    page = ok(twin, "GET search/jql?jql=summary%20~%20x")
    assert page["isLast"] is False and page["nextPageToken"] and len(page["issues"]) == 1


@given(st.lists(st.tuples(WORD, WORD), min_size=1, max_size=5), st.sampled_from(["and", "OR", "&&", "||"]))
def test_conditions_are_joined_as_they_are_written(pairs, word):
    where = parse(f" {word} ".join(f'"{field}" = "{value}"' for field, value in pairs)).where
    clauses = list(where.parts) if isinstance(where, Logic) else [where]
    assert all(isinstance(one, Clause) for one in clauses)
    assert [(one.field, one.operands[0].text) for one in clauses] == pairs


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text):
    try:
        parse(text)
    except BadQuery as problem:
        assert str(problem).startswith("Error in the JQL Query")


@given(st.text(min_size=1, max_size=20).filter(lambda text: "\\" not in text))
def test_quoted_texts_stay_as_they_are(text):
    quoted = text.replace('"', '\\"')
    assert parse(f'summary ~ "{quoted}"').where.operands[0].text == text
