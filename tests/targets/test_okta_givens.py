"""What a program needs to find: all that answers show and that it did not make."""

import json

import pytest

from conformance.programs.model import Call, Exchange, GivenRef, Observation, Step
from conformance.recordings.model import Request, Response
from targets.okta.givens import givens
from targets.okta.places import places_of
from targets.okta.surface import Body, Endpoint, Parameter, Surface

SURFACE = Surface(
    [
        Endpoint("POST", "/api/v1/groups", "add_group", body=Body("group")),
        Endpoint("POST", "/api/v1/policies/{policyId}/rules", "create_rule", body=Body("rule")),
        Endpoint("GET", "/api/v1/groups/{groupId}", "get_group", (Parameter("groupId", "group_id", "path"),)),
    ],
    3,
)


def found(*exchanges):
    """Givens of a program of (operation, arguments, status, body)."""
    steps, observations = [], []
    for place, (operation, arguments, status, body) in enumerate(exchanges):
        steps.append(Step(Call("okta", operation, "x", arguments), place))
        response = Response(status, "", {}, json.dumps(body).encode() if body is not None else b"")
        observations.append(Observation(exchanges=(Exchange(Request("GET", "http://x/"), response),)))
    return {given.recorded: given for given in givens("okta", SURFACE, steps, observations)}


GET_GROUP = "GET /api/v1/groups/{groupId}"


def test_places():
    places = list(
        places_of("/api/v1/policies/{policyId}/rules/{ruleId}/lifecycle/activate", {"policyId": "p", "ruleId": "r"})
    )
    assert [(place.kind, place.ids) for place in places] == [
        ("policies", ("p",)), ("policies/rules", ("p", "r")), ("policies/rules/lifecycle/activate", ("p", "r", "")),
    ]  # fmt: skip


def test_what_is_read_and_was_not_made():
    given = found((GET_GROUP, {"groupId": "g1"}, 200, {"id": "g1", "profile": {"name": "a"}, "created": "then"}))["g1"]
    assert given.kind == "groups"
    assert given.facts["resource"]["profile"] == {"name": "a"} and given.facts["after"] == []
    assert given.create.operation == "POST /api/v1/groups" and given.create.arguments == {
        "body": {"profile": {"name": "a"}}
    }
    assert given.id_path == ("id",)


def test_what_the_program_made_is_not_given():
    made = ("POST /api/v1/groups", {"body": {}}, 200, {"id": "g1"})
    assert found(made, (GET_GROUP, {"groupId": "g1"}, 200, {"id": "g1"})) == {}


def test_what_is_not_there_is_not_given():
    assert found((GET_GROUP, {"groupId": "none"}, 404, {"errorCode": "E0000007"})) == {}


def test_members_of_a_list():
    listing = ("GET /api/v1/groups", {}, 200, [{"id": "g1"}, {"id": "g2"}])
    made = ("POST /api/v1/groups", {"body": {}}, 200, {"id": "g2"})
    assert set(found(made, listing)) == {"g1"}


def test_a_state_that_is_not_the_first_says_so():
    change = ("PUT /api/v1/groups/{groupId}", {"groupId": "g1", "body": {}}, 200, {"id": "g1", "v": 2})
    read = (GET_GROUP, {"groupId": "g1"}, 200, {"id": "g1", "v": 2})
    suspended = ("POST /api/v1/users/{id}/lifecycle/suspend", {"id": "u1"}, 200, {})
    facts = found(change, read)["g1"].facts
    assert (facts["after"], facts["resource"]["v"]) == (["PUT /api/v1/groups/{groupId}"], 2)
    assert found(read, change)["g1"].facts["after"] == []
    assert found(suspended)["u1"].facts == {
        "kind": "users", "id": "u1", "of": [], "resource": None, "after": ["POST /api/v1/users/{id}/lifecycle/suspend"],
    }  # fmt: skip


def test_memberships_that_the_program_makes_are_not_given():
    join = ("PUT /api/v1/groups/{groupId}/users/{userId}", {"groupId": "g1", "userId": "u1"}, 204, None)
    members = ("GET /api/v1/groups/{groupId}/users", {"groupId": "g1"}, 200, [{"id": "u1"}, {"id": "u2"}])
    assert set(found(join, members)) == {"g1", "u2"}


def test_parents_come_first_and_makers_refer_to_them():
    read = (
        "GET /api/v1/policies/{policyId}/rules/{ruleId}",
        {"policyId": "p", "ruleId": "r"},
        200,
        {"id": "r", "name": "n"},
    )
    both = found(read)
    assert list(both) == ["p", "r"]
    assert both["r"].facts["of"] == ["p"]
    assert both["r"].create.arguments == {"policyId": GivenRef("p"), "body": {"name": "n"}}


def test_single_resources_have_no_id():
    org = found(("GET /api/v1/org", {}, 200, {"companyName": "Acme"}))["org"]
    assert org.facts == {"kind": "org", "id": "", "of": [], "resource": {"companyName": "Acme"}, "after": []}


def test_what_was_made_by_a_call_without_its_body_is_given():
    step = Step(Call("okta", "POST /api/v1/groups", "x", {}, lost_body=True), 0)
    read = Step(Call("okta", GET_GROUP, "x", {"groupId": "g1"}), 1)
    answer = Observation(exchanges=(Exchange(Request("GET", "http://x/"), Response(200, "", {}, b'{"id": "g1"}')),))
    assert [given.recorded for given in givens("okta", SURFACE, [step, read], [answer, answer])] == ["g1"]


def test_what_an_organisation_does_not_have_is_told_by_what_it_shows():
    user = {"id": "u1", "credentials": {}}
    assert list(found(("POST /api/v1/users", {"body": {}}, 200, user))) == ["unavailable/realms"]
    assert found(("POST /api/v1/users", {"body": {}}, 200, {**user, "realmId": "r1"})) == {}
    group = {"id": "g1", "objectClass": [], "_links": {"users": {}}}
    assert list(found(("POST /api/v1/groups", {"body": {}}, 200, group))) == ["unavailable/groups/owners"]


MAPPING = {
    "id": "m1",
    "source": {"id": "p1", "_links": {"self": {"href": "https://org.example/api/v1/apps/p1"}}},
    "target": {
        "id": "t1",
        "name": "user",
        "_links": {"self": {"href": "https://org.example/api/v1/meta/types/user/t1"}},
    },
}
LIST_MAPPINGS = "GET /api/v1/mappings"


def test_what_came_along_with_what_the_program_made_is_not_given_but_what_else_it_names_is():
    made = ("POST /api/v1/idps", {"body": {}}, 200, {"id": "p1"})
    along = found(made, (LIST_MAPPINGS, {"sourceId": "p1"}, 200, [MAPPING]))
    assert list(along) == ["t1"]
    assert (along["t1"].kind, along["t1"].facts["resource"]) == ("meta/types/user", {"id": "t1", "name": "user"})
    assert "m1" in found((LIST_MAPPINGS, {}, 200, [MAPPING]))


def test_what_the_program_called_before_it_was_shown_was_there():
    made = ("POST /api/v1/groups", {"body": {"brandId": "b1"}}, 200, {"id": "g1"})
    listing = (
        "GET /api/v1/brands",
        {},
        200,
        [{"id": "b1", "emailDomainId": "g1"}, {"id": "b2", "emailDomainId": "g1"}],
    )
    assert set(found(made, listing)) == {"b1"}


def test_what_a_body_names_and_the_answer_shows_was_there():
    body = {"agents": [{"id": "a1"}], "name": "nightly"}
    answer = {"id": "u1", "agents": [{"id": "a1", "name": "HOST"}], "name": "nightly"}
    update = ("POST /api/v1/agentPools/{poolId}/updates", {"poolId": "p1", "body": body}, 200, answer)
    facts = found(update)["a1"].facts
    assert (facts["kind"], facts["of"], facts["resource"]["name"]) == ("agentPools/updates/agents", ["p1"], "HOST")


def test_pages_that_are_the_same_for_all_brands_are_told_without_the_brand():
    made = ("POST /api/v1/brands", {"body": {}}, 201, {"id": "b1"})
    page = ("GET /api/v1/brands/{brandId}/pages/error/default", {"brandId": "b1"}, 200, {"pageContent": "oops"})
    assert found(made, page)["brands/pages/error/default"].facts["of"] == []


@pytest.mark.parametrize(("created", "given"), [("2020-01-01", True), ("2026-01-05", False)])
def test_what_is_older_than_the_program_was_there_also_under_what_it_made(created, given):
    address = "https://org.example/api/v1/apps/a1/grants/g1"
    old = {"id": "g1", "created": f"{created}T09:00:00.000Z", "_links": {"self": {"href": address}}}
    steps, observations = [], []
    for operation, arguments, body in (
        ("POST /api/v1/apps", {"body": {}}, {"id": "a1"}),
        ("GET /api/v1/apps/{appId}/grants", {"appId": "a1"}, [old]),
    ):
        steps.append(Step(Call("okta", operation, "x", arguments), len(steps)))
        response = Response(200, "", {"date": ("Mon, 05 Jan 2026 09:00:05 GMT",)}, json.dumps(body).encode())
        observations.append(Observation(exchanges=(Exchange(Request("GET", "http://x/"), response),)))
    assert ("g1" in {one.recorded for one in givens("okta", SURFACE, steps, observations)}) is given


def test_a_list_that_goes_on_is_told_with_what_was_asked():
    steps = [Step(Call("okta", LIST_MAPPINGS, "x", {"sourceId": "p1", "limit": 20}), 0)]
    link = ('<https://org.example/api/v1/mappings?after=m1>; rel="next"',)
    response = Response(200, "", {"link": link}, b'[{"id": "m1"}]')
    observations = [Observation(exchanges=(Exchange(Request("GET", "http://x/"), response),))]
    (unseen,) = (given for given in givens("okta", SURFACE, steps, observations) if given.kind == "unseen")
    assert (unseen.facts["of"], unseen.facts["id"]) == (["mappings"], "sourceId=p1")


def test_a_session_tells_whose_token_it_was_made_of():
    session = {"id": "102a", "userId": "u1"}
    made = ("POST /api/v1/sessions", {"body": {"sessionToken": "t1"}}, 200, session)
    facts = found(made)["t1"].facts
    assert (facts["kind"], facts["resource"]) == ("sessions/tokens", {"userId": "u1"})
