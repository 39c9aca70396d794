"""What was there before a program began."""

import json

import pytest

from conformance.programs.model import Call, Exchange, Observation, Step
from conformance.recordings.model import Request, Response
from targets.jira import TARGET
from targets.jira.places import Place, called_place, place_of

SITE = "https://site.example/jira/rest/api/2"
STATUS = {"self": f"{SITE}/status/1", "id": "1", "name": "Open"}
DONE = {"self": f"{SITE}/status/3", "id": "3", "name": "Done"}
KIND = {"self": f"{SITE}/issuetype/5", "id": "5", "name": "Bug"}
ISSUE = {
    "id": "10001",
    "key": "ABC-7",
    "self": f"{SITE}/issue/10001",
    "fields": {"summary": "x", "status": STATUS, "issuetype": KIND, "votes": 0, "created": "2020-01-01T00:00:00.000Z"},
}
COMMENT = {"id": "9", "self": f"{SITE}/issue/10001/comment/9"}
NEW = {name: ISSUE[name] for name in ("id", "key", "self")}


def step(operation, status=200, answer=None, **arguments):
    body = b"" if answer is None else json.dumps(answer).encode()
    seen = Observation(exchanges=(Exchange(Request("GET", "http://x/"), Response(status, "", {}, body)),))
    return Step(Call("jira", f"{operation}#server", "x", arguments), 0), seen


def facts(*pairs):
    steps, observations = zip(*pairs, strict=True)
    given = TARGET.givens(steps, observations)
    return {(one.facts["kind"], one.facts["id"]): one.facts for one in given if one.facts}, given


def test_the_site_is_told_first():
    found, given = facts(step("GET /rest/api/2/issue/{issueId}", answer=ISSUE, issueId="ABC-7"))
    told = {"deployment": "server", "version": "2", "path": "/jira", "date": "", "limited": False, "caller": ""}
    assert found["site", ""]["resource"] == told
    assert given[0].kind == "site"


def test_who_calls_is_told_by_the_own_page_or_by_what_was_made():
    ann = {"self": f"{SITE}/user?username=ann", "name": "ann"}
    written = step("POST /rest/api/2/issue/{issueId}/comment", 201, {**COMMENT, "author": ann}, issueId="10001")
    seen = step("GET /rest/api/2/issue/{issueId}/comment/{commentId}", answer={**COMMENT, "author": ann}, issueId="1")
    for pair, caller in ((written, "ann"), (step("GET /rest/api/2/myself", answer=ann), "ann"), (seen, "")):
        assert facts(pair)[0]["site", ""]["resource"]["caller"] == caller


def test_an_issue_that_is_read_was_there_with_all_that_is_in_it():
    found, given = facts(step("GET /rest/api/2/issue/{issueId}", answer=ISSUE, issueId="ABC-7"))
    assert found["issue", "10001"] == {"kind": "issue", "id": "10001", "of": [], "resource": ISSUE, "after": []}
    assert found["status", "1"]["resource"] == STATUS and found["issuetype", "5"]["resource"] == KIND
    kinds = [one.kind for one in given]
    assert kinds.index("status") < kinds.index("issue")
    assert {one.recorded for one in given if one.kind.startswith("issue") and one.kind != "issuetype"} == {
        "10001",
        "ABC-7",
    }


def test_an_issue_that_is_made_was_not_there():
    found, _ = facts(
        step("POST /rest/api/2/issue", 201, NEW, body={"fields": {"summary": "x"}}),
        step("GET /rest/api/2/issue/{issueId}", answer=ISSUE, issueId="ABC-7"),
        step("POST /rest/api/2/issue/{issueId}/comment", 201, COMMENT, issueId="10001"),
    )
    assert not [key for key in found if key[0].startswith("issue") and key[0] != "issuetype"]
    assert found["counter", "ABC"]["resource"] == {"next": 7, "next_id": "10001"}
    assert found["blank", "5"]["of"] == ["ABC"]
    told = {
        "fields": {"status": STATUS, "issuetype": KIND, "votes": 0},
        "drawn": [{"summary": "x", "fields": {}}],
        "overruled": {},
    }
    assert found["blank", "5"]["resource"] == told


def test_what_chance_and_the_site_put_into_new_issues_is_told():
    def made(own, key, colour, level):
        body = {"fields": {"summary": key, "security": {"name": "Staff"}}}
        fields = {"summary": key, "issuetype": KIND, "color": colour, "rank": f"0|i0{own}:", "security": level}
        link = f"{SITE}/issue/{own}"
        return (
            step("POST /rest/api/2/issue", 201, {"id": own, "key": key, "self": link}, body=body),
            step(
                "GET /rest/api/2/issue/{issueId}",
                answer={"id": own, "key": key, "self": link, "fields": fields},
                issueId=own,
            ),
        )

    level = {"id": "3", "name": "All staff"}
    found, _ = facts(*made("10001", "ABC-7", "red", level), *made("10002", "ABC-8", "blue", level))
    blank = found["blank", "5"]["resource"]
    assert blank["fields"]["color"] == "red"
    first, second = blank["drawn"]
    assert (first, second) == (
        {"summary": "ABC-7", "fields": {}},
        {"summary": "ABC-8", "fields": {"color": "blue", "rank": "0|i010002:"}},
    )
    assert blank["overruled"] == {"security": {"sent": {"name": "Staff"}, "shown": level}}


def test_what_somebody_else_changed_is_told_when_it_is_seen():
    """Only where the program wrote nothing in between, and the issue says that it was changed."""
    made = step("POST /rest/api/2/issue", 201, NEW, body={"fields": {"summary": "x"}})

    def read(updated, **more):
        fields = {**ISSUE["fields"], "updated": updated, **more}
        return step("GET /rest/api/2/issue/{issueId}", answer={**ISSUE, "fields": fields}, issueId="ABC-7")

    early, late = "2020-01-01T00:00:01.500+0000", "2020-01-01T00:00:09.500+0000"
    found, given = facts(made, read(early), read(late, status=DONE))
    assert found["change", "10001"]["resource"] == {
        "key": "ABC-7",
        "fields": {"status": DONE},
        "moments": ["updated"],
        "seen": late,
    }
    assert late in {one.recorded for one in given}
    write = step("PUT /rest/api/2/issue/{issueId}", 204, body={"fields": {}}, issueId="10001")
    assert ("change", "10001") not in facts(made, read(early), write, read(late, status=DONE))[0]
    assert ("change", "10001") not in facts(made, read(early), read(early, status=DONE))[0]


def test_what_was_written_before_the_first_view_is_told():
    update = step("PUT /rest/api/2/issue/{issueId}", 204, body={"fields": {}}, issueId="10001")
    found, _ = facts(update, step("GET /rest/api/2/issue/{issueId}", answer=ISSUE, issueId="10001"))
    assert found["issue", "10001"]["after"] == ["PUT /rest/api/2/issue/{issueId}#server"]


def test_what_is_first_seen_stays():
    later = {**ISSUE, "fields": {**ISSUE["fields"], "summary": "y", "labels": []}}
    found, _ = facts(
        step("GET /rest/api/2/issue/{issueId}", answer=ISSUE, issueId="10001"),
        step("GET /rest/api/2/issue/{issueId}", answer=later, issueId="10001"),
    )
    assert found["issue", "10001"]["resource"]["fields"]["summary"] == "x"
    assert found["issue", "10001"]["resource"]["fields"]["labels"] == []


@pytest.mark.parametrize("status", [401, 404, 500])
def test_what_is_refused_tells_nothing(status):
    found, _ = facts(step("GET /rest/api/2/issue/{issueId}", status, {"errorMessages": []}, issueId="ABC-7"))
    assert set(found) == {("site", "")}


def test_lists_and_views():
    found, _ = facts(
        step("GET /rest/api/2/issuetype", answer=[KIND]),
        step("GET /rest/api/2/field", answer=[{"id": "summary"}]),
        step("GET /rest/api/2/issue/createmeta", answer={"projects": []}, projectKeys="ABC"),
        step("GET /rest/api/2/search", answer={"issues": [ISSUE], "total": 1}, jql="x"),
    )
    assert found["list", "issuetype"]["resource"] == {"query": {}, "members": ["5"], "kind": "issuetype", "of": []}
    assert found["view", "field"]["resource"] == {"query": {}, "answer": [{"id": "summary"}]}
    assert found["view", "issue/createmeta"]["resource"]["query"] == {"projectKeys": "ABC"}
    assert found["issue", "10001"]["resource"] == ISSUE
    assert found["view", "search"]["resource"]["answer"] == {"total": 1}


def test_a_page_is_no_thing():
    page = {"self": "https://x.atlassian.net/rest/api/3/project/search?startAt=0", "startAt": 0, "values": [KIND]}
    found, _ = facts(step("GET /rest/api/3/project/search", answer=page))
    assert ("project", "search") not in found
    assert ("issuetype", "5") in found


def test_what_others_write_on_a_new_issue_is_told_and_what_the_program_writes_is_not():
    remark = {"self": f"{SITE}/issue/10001/comment/77", "id": "77", "body": "By a bot"}
    read = step(
        "GET /rest/api/2/issue/{issueId}",
        answer={**ISSUE, "fields": {**ISSUE["fields"], "comment": {"comments": [remark]}}},
        issueId="ABC-7",
    )
    made = step("POST /rest/api/2/issue", 201, NEW, body={"fields": {"summary": "x"}})
    told = facts(made, read)[0]["issue/comment", "77"]
    assert (told["of"], told["about"], told["resource"]) == (["10001"], "ABC-7", remark)
    own = {"update": {"comment": [{"add": {"body": "x"}}]}}
    edit = step("PUT /rest/api/2/issue/{issueId}", 204, issueId="ABC-7", body=own)
    assert ("issue/comment", "77") not in facts(made, edit, read)[0]
    answered = step("POST /rest/api/2/issue/{issueId}/comment", 201, remark, issueId="ABC-7", body={"body": "x"})
    assert ("issue/comment", "77") not in facts(made, answered, read)[0]


def test_each_question_has_an_answer_of_its_own():
    """Grown programs know givens by what they are called."""
    reads = [step("GET /rest/api/2/search", answer={"issues": [], "total": n}, jql=f"a = {n}") for n in (1, 2)]
    _, given = facts(*reads)
    views = {one.recorded: one.facts["resource"]["answer"] for one in given if one.kind == "view"}
    assert list(views.values()) == [{"total": 1}, {"total": 2}]


def test_the_workflow_is_gathered():
    offered = {"transitions": [{"id": "31", "name": "Finish", "to": DONE}]}
    read = step("GET /rest/api/2/issue/{issueId}", answer=ISSUE, issueId="ABC-7")
    done = {**ISSUE, "fields": {**ISSUE["fields"], "status": DONE}}
    found, _ = facts(
        read,
        step("GET /rest/api/2/issue/{issueId}/transitions", answer=offered, issueId="ABC-7"),
        step("POST /rest/api/2/issue/{issueId}/transitions", 204, issueId="ABC-7", body={"transition": {"id": 41}}),
        step("GET /rest/api/2/issue/{issueId}", answer=done, issueId="ABC-7"),
    )
    assert found["transition", "31"]["resource"] == {"from": ["1"], "name": "Finish", "to": DONE}
    assert found["transition", "41"]["resource"] == {"from": ["1"], "to": DONE}
    assert found["transition", "31"]["of"] == ["ABC"]


@pytest.mark.parametrize(
    ("link", "place"),
    [
        (f"{SITE}/issue/1/comment/2", Place("issue/comment", "2", ("1",))),
        (f"{SITE}/issue/1/votes", Place("issue/votes", "", ("1",))),
        (f"{SITE}/user?accountId=5%3Aa", Place("user", "5:a")),
        (f"{SITE}/user?username=me", Place("user", "me")),
        ("https://x/rest/agile/1.0/sprint/3", Place("agile/sprint", "3")),
        ("https://x/secure/useravatar?ownerId=me", None),
    ],
)
def test_places_of_links(link, place):
    assert place_of(link) == place


def test_places_of_calls():
    call = Call(
        "jira", "GET /rest/api/2/issue/{issueId}/comment/{commentId}#cloud-v2", "x", {"issueId": "1", "commentId": "2"}
    )
    assert called_place(call) == Place("issue/comment", "2", ("1",))
    assert called_place(Call("jira", "GET /rest/api/2/field#cloud-v2", "x")) == Place("field", "")
