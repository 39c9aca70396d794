"""Groups of the Okta twin, their members, owners and rules."""

import pytest
from okta_calls import call, ok, okta, seed


@pytest.fixture
def org():
    return okta()


def user(org, name="ann", **profile):
    login = f"{name}@example.com"
    known = {"firstName": name.title(), "lastName": "Ames", "login": login, "email": login}
    return ok(org, "POST /api/v1/users", {"profile": known | profile})["id"]


def group(org, name="crew", **profile):
    return ok(org, "POST /api/v1/groups", {"profile": {"name": name, **profile}})["id"]


def member_names(org, group_id):
    return [one["profile"]["firstName"] for one in ok(org, f"GET /api/v1/groups/{group_id}/users")]


def test_a_group_keeps_what_its_profile_says(org):
    made = ok(org, "POST /api/v1/groups", {"profile": {"name": "crew", "colour": "red"}})
    assert made["profile"] == {"name": "crew", "colour": "red", "description": None}
    assert (made["type"], made["objectClass"]) == ("OKTA_GROUP", ["okta:user_group"])
    here = f"/api/v1/groups/{made['id']}"
    changed = ok(org, f"PUT {here}", {"profile": {"name": "team", "description": "All"}})
    assert changed["profile"] == {"name": "team", "description": "All"}
    assert changed["lastUpdated"] > made["lastUpdated"]
    assert changed["lastMembershipUpdated"] == made["lastMembershipUpdated"]
    assert call(org, f"DELETE {here}").status == 204
    assert call(org, f"GET {here}").body["errorSummary"].endswith("(UserGroup)")


def test_lists_tell_their_limit_but_not_with_q(org):
    group(org, "crew one")
    assert call(org, "GET /api/v1/groups").headers["link"][0].endswith('/groups?limit=10000>; rel="self"')
    reply = call(org, "GET /api/v1/groups?q=crew")
    assert len(reply.body) == 1 and "link" not in reply.headers
    assert [one["profile"]["name"] for one in ok(org, 'GET /api/v1/groups?filter=type eq "BUILT_IN"')] == ["Everyone"]


def test_lists_are_in_the_order_of_names(org):
    ann = user(org)
    for name in ("team", "crew", "Zoo"):
        ok(org, f"PUT /api/v1/groups/{group(org, name)}/users/{ann}")
    for path in ("groups", f"users/{ann}/groups"):
        listed = [one["profile"]["name"] for one in ok(org, f"GET /api/v1/{path}")]
        assert listed == ["Everyone", "Zoo", "crew", "team"]


def test_members_come_and_go(org):
    crew, ann, bob = group(org), user(org), user(org, "bob")
    before = ok(org, f"GET /api/v1/groups/{crew}")
    for one in (bob, ann, ann):
        assert call(org, f"PUT /api/v1/groups/{crew}/users/{one}").status == 204
    assert member_names(org, crew) == ["Ann", "Bob"]
    after = ok(org, f"GET /api/v1/groups/{crew}")
    assert after["lastMembershipUpdated"] > before["lastMembershipUpdated"]
    assert after["lastUpdated"] == before["lastUpdated"]
    assert call(org, f"DELETE /api/v1/groups/{crew}/users/{bob}").status == 204
    assert member_names(org, crew) == ["Ann"]
    reply = call(org, f"GET /api/v1/groups/{crew}/users?limit=200")
    assert reply.headers["link"] == [f'<https://twin.example/api/v1/groups/{crew}/users?limit=200>; rel="self"']


def test_everybody_is_in_one_group(org):
    user(org)
    everyone = ok(org, "GET /api/v1/groups?q=Everyone")[0]["id"]
    assert member_names(org, everyone) == ["Ann"]
    for path in (f"groups/{everyone}/users/ann@example.com", f"groups/{everyone}"):
        assert call(org, f"DELETE /api/v1/{path}").status == 501


@pytest.mark.parametrize(
    ("target", "entity"),
    [("/api/v1/groups/00gnone/users/{user}", "UserGroup"), ("/api/v1/groups/{group}/users/00unone", "User")],
)
def test_both_ends_of_a_membership_must_be_there(org, target, entity):
    path = target.format(user=user(org), group=group(org))
    assert call(org, f"PUT {path}").body["errorSummary"].endswith(f"({entity})")


def test_applications_of_a_group(org):
    crew = group(org)
    settings = {"app": {"url": "https://a.example"}}
    body = {"label": "Home", "signOnMode": "BOOKMARK", "name": "bookmark", "settings": settings}
    app = ok(org, "POST /api/v1/apps", body)["id"]
    assert ok(org, f"GET /api/v1/groups/{crew}/apps") == []
    ok(org, f"PUT /api/v1/apps/{app}/groups/{crew}", {})
    assert [one["id"] for one in ok(org, f"GET /api/v1/groups/{crew}/apps")] == [app]
    assert call(org, "GET /api/v1/groups/00gnone/apps").status == 404


def test_owners(org):
    crew, ann = group(org), user(org)
    here = f"/api/v1/groups/{crew}/owners"
    made = call(org, f"POST {here}", {"id": ann, "type": "USER"})
    assert made.status == 201 and made.body["displayName"] == "Ann Ames" and made.body["resolved"] is True
    again = call(org, f"POST {here}", {"id": ann, "type": "USER"})
    assert again.status == 400 and again.body["errorCauses"][0]["errorSummary"].startswith("Provided owner is already")
    assert [one["id"] for one in ok(org, f"GET {here}")] == [ann]
    assert call(org, f"POST {here}", {"id": "00unone", "type": "USER"}).status == 404
    assert call(org, f"DELETE {here}/{ann}").status == 204
    assert call(org, f"DELETE {here}/{ann}").body["errorSummary"].endswith("(LinkedObject)")


# --- rules


def rule(org, condition, *targets, exclude=()):
    body = {
        "type": "group_rule",
        "name": "a rule",
        "conditions": {
            "people": {"users": {"exclude": list(exclude)}},
            "expression": {"type": "urn:okta:expression:1.0", "value": condition},
        },
        "actions": {"assignUserToGroups": {"groupIds": list(targets)}},
    }
    made = ok(org, "POST /api/v1/groups/rules", body)
    assert made["status"] == "INACTIVE" and made["conditions"]["people"]["groups"] == {"exclude": []}
    return f"/api/v1/groups/rules/{made['id']}"


@pytest.mark.parametrize(
    "condition",
    [
        'String.startsWith(user.firstName, "A")',
        'String.startsWith(user.firstName,String.toUpperCase("an")) OR user.lastName == "Ames"',
        "user.lastName=='Ames' AND !(user.firstName == 'Bob')",
        'isMemberOfGroupName("Everyone") and user.nickName == null',
    ],
)
def test_a_rule_puts_users_in_whom_its_condition_is_true_of(org, condition):
    crew = group(org)
    user(org)
    user(org, "bob", lastName="Bell", nickName="B")
    here = rule(org, condition, crew)
    assert member_names(org, crew) == []
    assert call(org, f"POST {here}/lifecycle/activate").status == 204
    assert member_names(org, crew) == ["Ann"]
    user(org, "abe")
    assert member_names(org, crew) == ["Ann", "Abe"]


def test_rules_follow_from_each_other(org):
    first, second = group(org, "first"), group(org, "second")
    for condition, target in ((f'isMemberOfAnyGroup("{first}")', second), ('user.title == "Dr"', first)):
        ok(org, f"POST {rule(org, condition, target)}/lifecycle/activate")
    ann = user(org)
    ok(org, f"POST /api/v1/users/{ann}", {"profile": {"title": "Dr"}})
    assert member_names(org, first) == member_names(org, second) == ["Ann"]


def test_who_is_excluded_stays_out_and_an_unknown_condition_is_true_of_nobody(org):
    crew, ann = group(org), user(org)
    for here in (rule(org, "true", crew, exclude=[ann]), rule(org, "Mystery.of(user.firstName)", crew)):
        ok(org, f"POST {here}/lifecycle/activate")
    assert member_names(org, crew) == []


def test_a_rule_is_deleted_with_202(org):
    here = rule(org, "true", group(org))
    assert (call(org, f"DELETE {here}?removeUsers=false").status, call(org, f"GET {here}").status) == (202, 404)


# --- what was there before


def test_memberships_are_seeded_from_either_end(org):
    known = {"id": "00u1", "status": "ACTIVE", "profile": {"firstName": "Ann"}}
    seed(org, "groups", "00g1", {"id": "00g1", "type": "OKTA_GROUP", "profile": {"name": "crew"}})
    seed(org, "groups/users", "00u1", known, of=("00g1",))
    seed(org, "users/groups", "00g2", {"id": "00g2", "type": "OKTA_GROUP", "profile": {"name": "team"}}, of=("00u1",))
    assert member_names(org, "00g1") == member_names(org, "00g2") == ["Ann"]


def test_the_seeded_group_of_all_takes_the_place_of_the_preset(org):
    profile = {"name": "Everyone", "description": "All users in your organization"}
    seed(org, "groups", "00gall", {"id": "00gall", "type": "BUILT_IN", "profile": profile})
    assert [one["id"] for one in ok(org, f"GET /api/v1/users/{user(org)}/groups")] == ["00gall"]
