"""The site of the Jira twin: what it says of itself, its words, who may call, and what is seeded."""

import pickle

import pytest
from jira_calls import API, BASE, basic, call, fields_of, issue, jira, ok, seed, server


@pytest.fixture
def site():
    return jira()


def test_the_site_says_what_it_is(site):
    info = ok(site, "GET serverInfo")
    assert (info["deploymentType"], info["baseUrl"]) == ("Cloud", BASE)
    assert ok(server(), "GET serverInfo")["deploymentType"] == "Server"


def test_words_of_the_site(site):
    for kind in ("issuetype", "priority", "status", "resolution"):
        one = ok(site, f"GET {kind}")[0]
        assert one["self"] == f"{API}/{kind}/{one['id']}"
        assert ok(site, f"GET {kind}/{one['id']}")["name"] == one["name"]
        assert call(site, f"GET {kind}/none").status == 404
    assert {one["id"] for one in ok(site, "GET field")} > {"summary", "customfield_10014"}
    assert [one["name"] for one in ok(site, "GET issueLinkType")["issueLinkTypes"]][:2] == ["Blocks", "Cloners"]


def test_projects(site):
    (listed,) = ok(site, "GET project")
    assert ok(site, "GET project/TEST")["id"] == listed["id"] and "lead" in ok(site, f"GET project/{listed['id']}")
    page = ok(site, "GET project/search?query=te")
    assert (page["total"], page["isLast"], page["values"][0]["key"]) == (1, True, "TEST")
    assert call(site, "GET project/NONE").status == 404


def test_components_and_versions_can_be_chosen(site):
    ok(site, "POST component", {"name": "web", "project": "TEST"})
    ok(site, "POST version", {"name": "1.0", "project": "TEST"})
    issue(site, components=[{"name": "web"}], fixVersions=[{"name": "1.0"}])
    assert fields_of(site, "TEST-1")["components"][0]["name"] == "web"
    assert len(ok(site, "GET search?jql=component%3Dweb+and+fixVersion%3D1.0")["issues"]) == 1
    assert [one["name"] for one in ok(site, "GET project/TEST/versions")] == ["1.0"]
    assert call(site, "POST component", {"project": "TEST"}).status == 400


def test_what_can_be_made_and_changed(site):
    asked = "projectKeys=TEST&issuetypeNames=Task&expand=projects.issuetypes.fields"
    (project,) = ok(site, f"GET issue/createmeta?{asked}")["projects"]
    (kind,) = project["issuetypes"]
    assert kind["fields"]["summary"]["required"] and kind["fields"]["priority"]["allowedValues"]
    types = ok(site, "GET issue/createmeta/TEST/issuetypes")
    fields = ok(site, f"GET issue/createmeta/TEST/issuetypes/{kind['id']}?maxResults=2")
    assert types["total"] == 5 and fields["maxResults"] == 2 and len(fields["fields"]) == 2
    issue(site)
    assert "project" not in ok(site, "GET issue/TEST-1/editmeta")["fields"]
    assert "isLast" in ok(server(), "GET issue/createmeta/TEST/issuetypes")


def test_people(site):
    me = ok(site, "GET myself")
    assert ok(site, f"GET user?accountId={me['accountId']}")["displayName"] == me["displayName"]
    assert [one["accountId"] for one in ok(site, "GET user/search?query=adm")] == [me["accountId"]]
    assert ok(site, "GET user/search?query=zzz") == [] and call(site, "GET user?accountId=none").status == 404
    there = server()
    assert ok(there, "GET myself")["name"] == "admin" and "accountId" not in ok(there, "GET myself")
    assert ok(there, "GET /rest/auth/1/session")["name"] == "admin"


def test_permissions(site):
    assert list(ok(site, "GET mypermissions?permissions=BROWSE_PROJECTS")["permissions"]) == ["BROWSE_PROJECTS"]
    assert call(site, "GET mypermissions").status == 400
    assert len(ok(server(), "GET mypermissions?permissions=BROWSE_PROJECTS")["permissions"]) > 50


@pytest.mark.parametrize(
    ("credentials", "operation", "status", "kind"),
    [
        (basic("conformance"), "GET myself", 200, dict),
        (basic("wrong"), "GET myself", 401, bytes),
        ("Basic !", "GET myself", 401, bytes),
        ("Bearer wrong", "GET myself", 401, dict),
        ("", "GET mypermissions", 401, dict),
        ("", "GET issue/TEST-1", 401, dict),
        ("", "GET serverInfo", 200, dict),
    ],
)
def test_who_may_call(site, credentials, operation, status, kind):
    reply = call(site, operation, credentials=credentials)
    assert reply.status == status and isinstance(reply.body, kind)
    if status == 401:
        assert reply.headers["WWW-Authenticate"].startswith("OAuth realm=")


def test_links_work_behind_a_path(site):
    made = call(site, "POST /jira/rest/api/latest/issue", _body()).body
    assert made["self"] == f"{BASE}/jira/rest/api/latest/issue/{made['id']}"
    shown = ok(site, f"GET {made['self'].removeprefix(BASE)}")
    assert shown["self"] == made["self"] and shown["fields"]["status"]["self"].startswith(f"{BASE}/jira/rest/api/2/")
    assert ok(server(path="/tracker"), "GET project/TEST")["self"] == f"{BASE}/tracker/rest/api/2/project/10000"


def _body():
    return {"fields": {"project": {"key": "TEST"}, "issuetype": {"name": "Task"}, "summary": "x"}}


def test_what_it_does_not_know_it_says(site):
    assert call(site, "GET dashboard").status == 501 and "errorMessages" in call(site, "GET dashboard").body
    assert call(site, "GET /rest/api/2/no/such/path").status == 404


def test_arranged_conditions_are_met_by_flavour(site):
    fault = {"kind": "internal_error", "service": "jira", "operation": "GET /rest/api/2/myself#cloud-v2"}
    call(site, "POST /_twin/faults", fault)
    assert call(site, "GET myself").body["errorMessages"] == ["Internal server error"]
    assert call(site, "GET myself").status == 200


# --- what was there before


OLD = "https://old.example/jira"
STATUS = {"self": f"{OLD}/rest/api/2/status/7", "id": "7", "name": "Review", "statusCategory": {"id": 4, "key": "x"}}
USER = {
    "self": f"{OLD}/rest/api/2/user?username=bob",
    "name": "bob",
    "key": "bob",
    "displayName": "Bob",
    "active": True,
}
COMMENT = {"self": f"{OLD}/rest/api/2/issue/500/comment/9", "id": "9", "body": "Old", "author": USER}


def test_a_seeded_issue_is_shown_as_it_was():
    site = server(path="/jira")
    fields = {
        "summary": "Known",
        "status": STATUS,
        "comment": {"comments": [COMMENT], "total": 1},
        "votes": {"votes": 3},
    }
    seed(site, "issue/comment", "9", COMMENT, ("500",))
    seed(site, "issue", "500", {"self": f"{OLD}/rest/api/2/issue/500", "id": "500", "key": "AB-4", "fields": fields})
    shown = ok(site, "GET issue/AB-4")["fields"]
    assert set(shown) == set(fields) and shown["votes"]["votes"] == 3
    assert shown["status"]["self"] == f"{BASE}/jira/rest/api/2/status/7"
    assert [one["body"] for one in shown["comment"]["comments"]] == ["Old"]
    ok(site, "POST issue/500/comment", {"body": "New"})
    assert fields_of(site, "AB-4")["comment"]["total"] == 2
    assert [one["key"] for one in ok(site, "GET search?jql=project%3DAB")["issues"]] == ["AB-4"]


def test_a_seeded_workflow_says_what_is_offered():
    site = server()
    done = {"id": "8", "name": "Over", "statusCategory": {"key": "done"}}
    seed(site, "transition", "5", {"name": "Finish", "to": done, "from": ["7"]}, ("TEST",))
    seed(site, "transition", "6", {"name": "Review", "to": STATUS, "from": ["8"]}, ("TEST",))
    seed(site, "issue", "500", {"id": "500", "key": "TEST-4", "fields": {"status": STATUS, "resolution": None}})
    assert [one["id"] for one in ok(site, "GET issue/TEST-4/transitions")["transitions"]] == ["5"]
    assert call(site, "POST issue/TEST-4/transitions", {"transition": {"id": "6"}}).status == 400
    ok(
        site,
        "POST issue/TEST-4/transitions",
        {"transition": {"id": "5"}, "fields": {"resolution": {"name": "Duplicate"}}},
    )
    shown = fields_of(site, "TEST-4")
    assert (shown["status"]["name"], shown["resolution"]["name"]) == ("Over", "Duplicate")
    assert [one["id"] for one in ok(site, "GET issue/TEST-4/transitions")["transitions"]] == ["6"]


def test_new_issues_are_like_those_that_were_seen():
    site = server()
    whole = {"workratio": -1, "watches": {"watchCount": 2}, "progress": {}, "status": STATUS, "creator": USER}
    seed(site, "blank", "10002", {"fields": whole | {"customfield_7": "x"}}, ("TEST",))
    seed(site, "counter", "TEST", {"next": 41, "next_id": "777"})
    seed(site, "counter", "issue/comment", {"next_id": "55"})
    made = issue(site, security=None)
    assert made == {"id": "777", "key": "TEST-41", "self": f"{BASE}/jira/rest/api/2/issue/777"}  # the path is learned
    shown = fields_of(site, "777")
    assert (shown["customfield_7"], shown["status"]["name"], shown["creator"]["name"]) == ("x", "Review", "bob")
    assert shown["watches"]["watchCount"] == 2 and "security" not in shown
    assert ok(site, "POST issue/777/comment", {"body": "x"})["id"] == "55"
    assert ok(site, "GET myself")["name"] == "bob"


def test_views_and_lists_are_answered_as_they_were_seen():
    site = server()
    answer = {"fields": {"summary": {"required": True, "name": "Summary"}}}
    seed(site, "issue", "500", {"id": "500", "key": "TEST-4", "fields": {"summary": "x"}})
    seed(site, "view", "issue/editmeta", {"query": {}, "answer": answer}, ("500",))
    assert ok(site, "GET issue/TEST-4/editmeta") == answer
    seed(site, "priority", "9", {"id": "9", "name": "Odd"})
    seed(site, "list", "priority", {"query": {}, "members": ["9"]})
    assert [one["name"] for one in ok(site, "GET priority")] == ["Odd"]


def test_time_in_status_is_told_while_an_issue_is_resolved():
    site = server()
    schema = {"custom": "com.atlassian.jira.ext.charting:timeinstatus"}
    seed(site, "field", "customfield_3", {"name": "customfield_3", "schema": schema})
    done = {"id": "8", "name": "Over", "statusCategory": {"key": "done"}}
    seed(site, "transition", "5", {"to": done, "from": []}, ("TEST",))
    issue(site)
    ok(site, "POST issue/TEST-1/transitions", {"transition": {"id": "5"}})
    assert fields_of(site, "TEST-1")["customfield_3"].endswith("_*|*_8_*:*_1_*:*_0")


def test_old_sites_speak_as_they_did():
    site = jira()
    seed(site, "site", "", {"deployment": "cloud", "version": "2", "path": "", "date": "2015-03-01T00:00:00+00:00"})
    assert call(site, "GET issue/AB-1").body["errorMessages"] == ["Issue Does Not Exist"]
    assert [one["name"] for one in ok(site, "GET priority")][2] == "Major"


def test_sites_with_a_rate_limit_say_so():
    assert call(server(limited=True), "GET myself").headers["Retry-After"] == "0"
    assert "Retry-After" not in call(server(), "GET myself").headers


def test_the_state_can_be_kept_and_two_runs_are_alike():
    answers = []
    for _ in range(2):
        twin = jira()
        issue(twin)
        name = call(twin, "POST /_twin/snapshot").body["snapshot"]
        ok(twin, "DELETE issue/TEST-1")
        call(twin, "POST /_twin/reset", {"snapshot": name})
        answers.append(ok(twin, "GET issue/TEST-1"))
    assert answers[0] == answers[1] and pickle.dumps(answers[0])
    assert "issue" in call(twin, "GET /_twin/state").body["jira"]


def test_what_people_wrote_keeps_the_old_address():
    """Links are the site's, and texts are people's."""
    site = jira()
    seed(site, "site", "", {"deployment": "server", "version": "2"})
    text = f"See {OLD}/browse/AB-4"
    seed(site, "issue", "500", {"self": f"{OLD}/rest/api/2/issue/500", "id": "500", "key": "AB-4",
                                "fields": {"description": text, "customfield_1": f"{OLD}/browse/AB-3"}})  # fmt: skip
    fields = fields_of(site, "AB-4")
    assert fields["description"] == text
    assert fields["customfield_1"].startswith(BASE)


def test_what_chance_and_the_site_gave_is_given_again():
    site = server()
    level = {"id": "3", "name": "All staff"}
    told = {
        "fields": {"customfield_7": "red"},
        "drawn": [{"summary": "First", "fields": {}}, {"summary": "Second", "fields": {"customfield_7": "blue"}}],
        "overruled": {"security": {"sent": {"name": "Staff"}, "shown": level}},
    }
    seed(site, "blank", "10002", told, ("TEST",))
    seed(site, "securitylevel", "3", {**level, "self": f"{BASE}/rest/api/2/securitylevel/3"})
    issue(site, summary="First", security={"name": "All staff"})
    issue(site, summary="Second", security={"name": "Staff"})
    assert [fields_of(site, f"TEST-{n}")["customfield_7"] for n in (1, 2)] == ["red", "blue"]
    assert fields_of(site, "TEST-2")["security"] == level


def test_somebody_else_changes_an_issue():
    site = jira()
    issue(site)
    before = fields_of(site, "TEST-1")["updated"]
    own = ok(site, "GET issue/TEST-1")["id"]
    change = {
        "key": "TEST-1",
        "fields": {"summary": "Other"},
        "moments": ["updated"],
        "seen": "2026-01-01T00:00:00.000Z",
    }
    seed(site, "change", own, change)
    after = fields_of(site, "TEST-1")
    assert after["summary"] == "Other" and after["updated"] > before


def test_what_can_be_asked_for_depends_on_the_time_and_on_the_fields():
    told = {"id": "500", "key": "TEST-4", "expand": "names,customfield_7.kind", "fields": {"summary": "x"}}
    for date, first in (("2015-01-01", "names,schema,transitions,"), ("2026-01-01", "names,schema,operations,")):
        site = server(date=date)
        seed(site, "issue", "500", told)
        expand = ok(site, "GET issue/TEST-4")["expand"]
        assert first in expand and expand.endswith(",customfield_7.kind")
        assert ("versionedRepresentations" in expand) is (date > "2016")


def test_what_was_told_can_be_read():
    """Things without an answer of their own: by their links, as lists, and as answers of an endpoint."""
    site = server()
    role = {"self": f"{OLD}/rest/api/2/project/10000/role/7", "id": 7, "name": "Developers"}
    seed(site, "project/role", "7", role, ("10000",))
    seed(site, "view", "project/role", {"query": {}, "answer": {"Developers": role["self"]}}, ("TEST",))
    seed(site, "statuscategory", "9", {"self": f"{OLD}/rest/api/2/statuscategory/9", "id": 9, "name": "Odd"})
    seed(site, "list", "statuscategory", {"query": {}, "members": ["9"], "kind": "statuscategory", "of": []})
    assert ok(site, "GET project/10000/role/7")["name"] == "Developers"
    assert ok(site, "GET project/TEST/role") == {"Developers": role["self"].replace(OLD, f"{BASE}/jira")}
    assert [one["name"] for one in ok(site, "GET statuscategory")] == ["Odd"]
    board = {"issues": [], "total": 0}
    seed(site, "view", "agile/board/issue", {"query": {}, "answer": board}, ("4",))
    assert ok(site, "GET /rest/agile/1.0/board/4/issue") == board, "a path for which the SDK has no method"
    assert call(site, "GET /rest/agile/1.0/board/5/issue").status == 404
    assert call(site, "GET project/10000/role/8").status == 501
    assert call(site, "GET dashboard").status == 501


def test_who_watches_and_votes_is_told():
    site = server()
    seed(
        site,
        "issue",
        "500",
        {"id": "500", "key": "TEST-4", "fields": {"watches": {"watchCount": 1}, "votes": {"votes": 1}}},
    )
    bob = {"self": f"{BASE}/rest/api/2/user?username=bob", "name": "bob"}
    seed(site, "view", "issue/watchers", {"query": {}, "answer": {"watchCount": 1, "watchers": [bob]}}, ("500",))
    seed(site, "view", "issue/votes", {"query": {}, "answer": {"votes": 1, "voters": [bob]}}, ("TEST-4",))
    assert [one["name"] for one in ok(site, "GET issue/TEST-4/watchers")["watchers"]] == ["bob"]
    ok(site, "POST issue/TEST-4/votes")
    assert [one["name"] for one in ok(site, "GET issue/TEST-4/votes")["voters"]] == ["bob", "admin"]


def test_what_is_rendered_is_told_until_something_changes():
    site = server()
    told = {"id": "500", "key": "TEST-4", "fields": {"description": "*x*", "summary": "y"}}
    seed(site, "issue", "500", {**told, "renderedFields": {"description": "<b>x</b>", "summary": None}})
    asked = "GET issue/TEST-4?expand=renderedFields&fields=description"
    assert ok(site, asked)["renderedFields"] == {"description": "<b>x</b>"}
    assert "renderedFields" not in ok(site, "GET issue/TEST-4")
    ok(site, "PUT issue/TEST-4", {"fields": {"summary": "z"}})
    assert ok(site, asked)["renderedFields"] == {"description": "<b>x</b>"}
    ok(site, "PUT issue/TEST-4", {"fields": {"description": "z"}})
    assert ok(site, asked)["renderedFields"] == {}


def test_properties_are_told_and_nothing_is_shown_of_no_fields():
    site = server()
    told = {"id": "500", "key": "TEST-4", "fields": {"summary": "x"}, "properties": {"p": {"a": 1}}}
    seed(site, "issue", "500", told)
    assert ok(site, "GET issue/TEST-4?properties=p")["properties"] == {"p": {"a": 1}}
    assert "fields" not in ok(site, "GET issue/TEST-4?fields=key")
    assert "fields" not in ok(site, "POST search", {"jql": "key = TEST-4", "fields": ["key"]})["issues"][0]


def test_answers_about_an_issue_are_known_by_its_id_and_by_its_key():
    site = server()
    seed(site, "issue", "500", {"id": "500", "key": "TEST-4", "fields": {"summary": "x"}})
    seed(site, "view", "issue/properties", {"query": {}, "answer": {"keys": []}}, ("500",))
    assert ok(site, "GET issue/TEST-4/properties") == ok(site, "GET issue/500/properties") == {"keys": []}


def test_it_is_known_who_calls():
    """Whoever was told first need not be it."""
    site = jira()
    seed(site, "site", "", {"deployment": "server", "version": "2", "caller": "bob"})
    for name in ("ann", "bob"):
        user = {"self": f"{BASE}/rest/api/2/user?username={name}", "name": name, "displayName": name.title()}
        seed(site, "user", name, user)
    assert ok(site, "GET myself")["displayName"] == "Bob"
    seed(site, "issue", "500", {"id": "500", "key": "TEST-4", "fields": {"summary": "x"}})
    assert ok(site, "POST issue/TEST-4/comment", {"body": "y"})["author"]["name"] == "bob"


def test_parts_of_an_issue_are_told_by_its_key():
    """The program made the issue, which has another id here than where it was recorded."""
    site = server()
    own = issue(site)["id"]
    remark = {"self": f"{OLD}/rest/api/2/issue/4711/comment/9", "id": "9", "body": "By a bot"}
    fact = {"kind": "issue/comment", "id": "9", "of": ["4711"], "resource": remark, "after": [], "about": "TEST-1"}
    assert call(site, "POST /_twin/seed", {"jira": [fact]}).status == 200
    comment = ok(site, "GET issue/TEST-1/comment/9")
    assert (comment["body"], comment["self"]) == ("By a bot", f"{BASE}/jira/rest/api/2/issue/{own}/comment/9")


def test_links_to_users_are_escaped_in_other_things():
    site = server(caller="ann@acme.example")
    link = f"{BASE}/rest/api/2/user?username=ann@acme.example"
    seed(site, "user", "ann@acme.example", {"self": link, "name": "ann@acme.example"})
    assert ok(site, "GET myself")["self"].endswith("=ann@acme.example")
    issue(site)
    author = ok(site, "POST issue/TEST-1/comment", {"body": "y"})["author"]
    assert author["self"].endswith("=ann%40acme.example")


def test_components_have_leads():
    site = server()
    made = ok(site, "POST component", {"name": "UI", "project": "TEST", "leadUserName": "ann"})
    assert (made["name"], made["lead"]["name"], made["assigneeType"]) == ("UI", "ann", "PROJECT_DEFAULT")
    assert "leadUserName" not in made and ok(site, f"GET component/{made['id']}") == made
