"""Users of the Okta twin: making, finding, listing, changing, their statuses and credentials, deleting."""

import pytest
from okta_calls import call, ok, okta, seed

PROFILE = {"firstName": "Ann", "lastName": "Ames", "login": "ann@example.com", "email": "ann@example.com"}
PASSWORD = {"password": {"value": "Correct-horse-1"}}
QUESTION = {"recovery_question": {"question": "Who?", "answer": "Me"}}


@pytest.fixture
def org():
    return okta()


def make(org, query="", credentials=None, **profile):
    body = {"profile": PROFILE | profile, "credentials": credentials or {}}
    return ok(org, f"POST /api/v1/users{query}", body)


def at(user, rest=""):
    return f"/api/v1/users/{user['id']}{rest}"


def refusal(reply):
    return reply.status, reply.body["errorCode"]


# --- making


@pytest.mark.parametrize(
    ("query", "credentials", "status"),
    [
        ("", None, "PROVISIONED"),
        ("", PASSWORD, "ACTIVE"),
        ("?activate=false", PASSWORD, "STAGED"),
        ("?activate=true&nextLogin=changePassword", PASSWORD, "PASSWORD_EXPIRED"),
        ("?activate=True", {"password": {"hash": {"algorithm": "BCRYPT", "value": "x"}}}, "ACTIVE"),
    ],
)
def test_the_first_status_follows_from_activation_and_password(org, query, credentials, status):
    assert make(org, query, credentials)["status"] == status


def test_times_of_a_user_who_is_not_active_yet(org):
    user = make(org, "?activate=false")
    assert user["created"] == user["lastUpdated"]
    assert (user["activated"], user["statusChanged"], user["passwordChanged"]) == (None, None, None)
    with_password = make(org, "?activate=false", PASSWORD, login="bob@example.com")
    assert with_password["passwordChanged"] == with_password["statusChanged"] == with_password["created"]


def test_an_empty_value_is_left_out_except_two(org):
    user = make(org, postalAddress=None, nickName="A")
    assert user["profile"] == PROFILE | {"nickName": "A", "mobilePhone": None, "secondEmail": None}


def test_secrets_are_never_shown(org):
    credentials = PASSWORD | {"recovery_question": {"question": "Why?", "answer": "Because"}}
    user = make(org, credentials=credentials)
    assert user["credentials"]["password"] == {} and user["credentials"]["recovery_question"] == {"question": "Why?"}
    told = str(ok(org, f"GET {at(user)}"))
    assert "Correct-horse-1" not in told and "Because" not in told and "~" not in told


def test_a_hashed_password_makes_an_imported_user(org):
    user = make(org, credentials={"password": {"hash": {"algorithm": "BCRYPT", "value": "x"}}})
    assert user["credentials"]["provider"] == {"type": "IMPORT", "name": "IMPORT"}
    changed = ok(org, f"PUT {at(user)}", {"profile": PROFILE, "credentials": PASSWORD})
    assert changed["credentials"]["provider"] == {"type": "OKTA", "name": "OKTA"}


def test_the_type_is_the_default_one_unless_said(org):
    default = next(one for one in ok(org, "GET /api/v1/meta/types/user") if one["default"])
    user = make(org)
    assert user["type"] == {"id": default["id"]}
    assert user["_links"]["schema"]["href"].endswith("osc" + default["id"][3:])
    other = ok(org, "POST /api/v1/meta/types/user", {"name": "guest", "displayName": "Guest"})
    body = {"profile": PROFILE, "type": {"id": other["id"]}}
    assert ok(org, f"PUT {at(user)}", body)["type"] == {"id": other["id"]}


def test_groups_named_in_the_body_are_joined(org):
    group = ok(org, "POST /api/v1/groups", {"profile": {"name": "crew"}})
    user = ok(org, "POST /api/v1/users", {"profile": PROFILE, "groupIds": [group["id"]]})
    assert [one["profile"]["name"] for one in ok(org, f"GET {at(user, '/groups')}")] == ["Everyone", "crew"]


def test_organisations_without_realms_show_none(org):
    realm = make(org, credentials=PASSWORD)
    assert realm["realmId"] and "emails" not in realm["credentials"]
    seed(org, "unavailable", "", {}, of=("realms",))
    user = make(org, credentials=PASSWORD, login="bob@example.com")
    assert "realmId" not in user and user["credentials"]["emails"][0]["value"] == "ann@example.com"


# --- finding


def test_a_user_is_found_by_id_login_and_short_name(org):
    user = make(org)
    for name in (user["id"], "ann@example.com", "ann"):
        assert ok(org, f"GET /api/v1/users/{name}")["id"] == user["id"]
    ok(org, f"POST {at(user)}", {"profile": {"login": "amy@example.com"}})
    assert call(org, "GET /api/v1/users/ann").status == 404
    assert ok(org, "GET /api/v1/users/amy")["id"] == user["id"]


def test_nobody_is_found_by_another_name(org):
    refused = call(org, "GET /api/v1/users/00unone")
    assert refusal(refused) == (404, "E0000007") and refused.body["errorSummary"].endswith("00unone (User)")


def test_me_is_whom_the_token_belongs_to(org):
    me = ok(org, "GET /api/v1/users/me")
    assert me == ok(org, f"GET {at(me)}") and me["status"] == "ACTIVE"
    assert ok(org, "POST /api/v1/meta/types/user", {"name": "guest"})["createdBy"] == me["id"]


def test_the_etag_tells_of_the_profile(org):
    user = make(org, credentials=PASSWORD)
    before = call(org, f"GET {at(user)}").headers["etag"]
    ok(org, f"POST {at(user, '/lifecycle/suspend')}")
    assert call(org, f"GET {at(user)}").headers["etag"] == before
    ok(org, f"POST {at(user)}", {"profile": {"nickName": "A"}})
    assert call(org, f"GET {at(user)}").headers["etag"] != before


# --- listing


@pytest.fixture
def crowd(org):
    return [make(org, login=f"u{n}@example.com", firstName=f"F{n}", lastName=f"L{9 - n}") for n in range(5)]


def test_pages_follow_each_other(org, crowd):
    seen, target = [], "GET /api/v1/users?limit=2"
    while target:
        reply = call(org, target)
        seen += [one["id"] for one in reply.body]
        assert reply.headers["link"][0].endswith('limit=2>; rel="self"') or "after=" in reply.headers["link"][0]
        following = [line for line in reply.headers["link"] if line.endswith('rel="next"')]
        target = following and "GET " + following[0].partition("twin.example")[2].partition(">")[0]
    assert seen == [one["id"] for one in crowd]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('search=profile.firstName eq "f3"', ["F3"]),
        ('search=profile.firstName sw "F" and (profile.lastName eq "L9" or profile.lastName eq "L8")', ["F0", "F1"]),
        ('filter=profile.login eq "u2@example.com"', ["F2"]),
        ("q=l5", ["F4"]),
        ('search=status eq "PROVISIONED"&sortBy=profile.lastName&sortOrder=asc', ["F4", "F3", "F2", "F1", "F0"]),
        ('search=status eq "PROVISIONED"&sortBy=profile.lastName&sortOrder=desc', ["F0", "F1", "F2", "F3", "F4"]),
        ('search=status eq "LOCKED_OUT"', []),
    ],
)
def test_lists_are_narrowed(org, crowd, query, found):
    assert [one["profile"]["firstName"] for one in ok(org, f"GET /api/v1/users?{query}")] == found


def test_a_search_that_cannot_be_read_is_refused(org):
    assert refusal(call(org, "GET /api/v1/users?search=profile.firstName is 3")) == (400, "E0000031")


def test_lists_show_one_link_and_leave_the_deprovisioned_out(org, crowd):
    ok(org, f"DELETE {at(crowd[0])}")
    listed = ok(org, "GET /api/v1/users")
    assert len(listed) == 4 and all(list(one["_links"]) == ["self"] for one in listed)
    assert len(ok(org, 'GET /api/v1/users?search=status eq "DEPROVISIONED"')) == 1


# --- changing


def test_post_changes_what_is_named_and_put_gives_the_profile_anew(org):
    user = make(org, nickName="A", title="Dr")
    assert ok(org, f"POST {at(user)}", {"profile": {"title": "Sir"}})["profile"] == user["profile"] | {"title": "Sir"}
    replaced = ok(org, f"PUT {at(user)}", {"profile": PROFILE})
    assert "nickName" not in replaced["profile"] and "title" not in replaced["profile"]
    assert replaced["created"] == user["created"] and replaced["lastUpdated"] > user["lastUpdated"]


def test_a_put_of_credentials_leaves_the_profile_alone(org):
    user = make(org, credentials=PASSWORD)
    changed = ok(org, f"PUT {at(user)}", {"credentials": {"password": {"value": "New-horse-1"}}})
    assert changed["profile"] == user["profile"] and changed["lastUpdated"] == user["lastUpdated"]
    assert changed["passwordChanged"] > user["passwordChanged"]


# --- statuses


def verb(org, user, name, query=""):
    return call(org, f"POST {at(user, f'/lifecycle/{name}{query}')}")


def status(org, user):
    return ok(org, f"GET {at(user)}")["status"]


@pytest.mark.parametrize(
    ("steps", "result"),
    [
        (["suspend"], "SUSPENDED"),
        (["suspend", "unsuspend"], "ACTIVE"),
        (["expire_password"], "PASSWORD_EXPIRED"),
        (["expire_password_with_temp_password"], "PASSWORD_EXPIRED"),
        (["reset_password"], "RECOVERY"),
        (["expire_password", "reset_password"], "RECOVERY"),
        (["deactivate"], "DEPROVISIONED"),
        (["suspend", "deactivate"], "DEPROVISIONED"),
        (["deactivate", "activate"], "ACTIVE"),
    ],
)
def test_transitions(org, steps, result):
    user = make(org, credentials=PASSWORD)
    for name in steps:
        assert verb(org, user, name).status == 200
    assert status(org, user) == result


def test_what_a_status_offers(org):
    user = make(org, "?activate=false")
    assert {"activate", "resetFactors"} < set(user["_links"]) and "suspend" not in user["_links"]
    assert verb(org, user, "activate").body == {}
    assert "reactivate" in ok(org, f"GET {at(user)}")["_links"]
    ok(org, f"DELETE {at(user)}")
    gone = ok(org, f"GET {at(user)}")["_links"]
    assert gone["delete"] == {"href": f"https://twin.example{at(user)}", "method": "DELETE"}


def test_activation_without_an_email_gives_the_link(org):
    user = make(org, "?activate=false")
    answer = verb(org, user, "activate", "?sendEmail=false").body
    assert answer["activationUrl"].endswith(answer["activationToken"])
    assert "resetPasswordUrl" in verb(org, user, "reset_password", "?sendEmail=false").body


def test_only_a_provisioned_user_is_reactivated(org):
    user = make(org, "?activate=false")
    assert refusal(verb(org, user, "reactivate")) == (403, "E0000038")
    verb(org, user, "activate")
    assert verb(org, user, "reactivate").status == 200


def test_what_no_recording_shows_is_not_answered(org):
    assert verb(org, make(org, credentials=PASSWORD), "unlock").status == 501


def test_a_temporary_password_is_a_new_one(org):
    user = make(org, credentials=PASSWORD)
    answer = verb(org, user, "expire_password", "?tempPassword=true").body
    assert list(answer) == ["tempPassword"]
    assert ok(org, f"GET {at(user)}")["passwordChanged"] > user["passwordChanged"]


# --- credentials


def credentials(org, user, verb, body):
    return ok(org, f"POST {at(user, f'/credentials/{verb}')}", body)


def test_question_and_password_are_changed(org):
    user = make(org, credentials=PASSWORD)
    body = {**PASSWORD, "recovery_question": {"question": "Who?", "answer": "Me"}}
    shown = credentials(org, user, "change_recovery_question", body)
    assert shown == {
        "password": {},
        "recovery_question": {"question": "Who?"},
        "provider": {"type": "OKTA", "name": "OKTA"},
    }
    body = {"oldPassword": PASSWORD["password"], "newPassword": {"value": "New-horse-1"}}
    assert credentials(org, user, "change_password", body) == shown
    assert ok(org, f"GET {at(user)}")["passwordChanged"] > user["passwordChanged"]


def test_the_answer_to_the_question_gives_a_new_password(org):
    user = make(org, credentials=PASSWORD | QUESTION)
    verb(org, user, "reset_password")
    body = {"password": {"value": "New-horse-1"}, "recovery_question": {"answer": "Me"}}
    credentials(org, user, "forgot_password", body)
    assert status(org, user) == "ACTIVE"


OTHER = {"value": "Other-horse-1"}


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("change_password", {"oldPassword": OTHER, "newPassword": OTHER}),
        ("change_password", {"newPassword": OTHER}),
        ("change_recovery_question", {"password": OTHER, **QUESTION}),
        ("forgot_password", {"password": OTHER, "recovery_question": {"answer": "You"}}),
        ("forgot_password", {"password": OTHER}),
    ],
)
@pytest.mark.parametrize("question", [{}, QUESTION])
def test_who_does_not_know_the_secret_changes_nothing(org, verb, body, question):
    user = make(org, credentials=PASSWORD | question)
    before = ok(org, f"GET {at(user)}")
    assert refusal(call(org, f"POST {at(user, f'/credentials/{verb}')}", body)) == (403, "E0000014")
    assert ok(org, f"GET {at(user)}") == before


def test_secrets_of_before_are_not_known_and_hidden_ones_may_be_any(org):
    change = {"oldPassword": OTHER, "newPassword": PASSWORD["password"]}
    seed(org, "users", "00u1", {"id": "00u1", "status": "ACTIVE"})
    assert call(org, "POST /api/v1/users/00u1/credentials/change_password", change).status == 200
    hidden = make(org, credentials={"password": {"value": "REDACTED-26440d"}}, login="bob@example.com")
    assert call(org, f"POST {at(hidden, '/credentials/change_password')}", change).status == 200
    hashed = {"password": {"hash": {"algorithm": "BCRYPT", "value": "x"}}}
    imported = make(org, credentials=hashed, login="cyd@example.com")
    assert call(org, f"POST {at(imported, '/credentials/change_password')}", change).status == 200


# --- deleting


def test_the_second_delete_deletes(org):
    group = ok(org, "POST /api/v1/groups", {"profile": {"name": "crew"}})
    user = make(org)
    ok(org, f"PUT /api/v1/groups/{group['id']}/users/{user['id']}")
    assert call(org, f"DELETE {at(user)}").status == 204
    assert status(org, user) == "DEPROVISIONED"
    assert call(org, f"DELETE {at(user)}").status == 204
    assert call(org, f"GET {at(user)}").status == 404
    assert ok(org, f"GET /api/v1/groups/{group['id']}/users") == []
    make(org)


# --- what was there before


def test_a_seeded_user_is_whoever_was_shown(org):
    shown = {"id": "00u7", "status": "STAGED", "type": {"id": "oty7"}, "created": "2024-01-01T00:00:00.000Z"}
    seed(org, "users", "ann@example.com", {**shown, "profile": PROFILE})
    user = ok(org, "GET /api/v1/users/00u7")
    assert {name: user[name] for name in shown} == shown
    assert make(org, login="bob@example.com")["type"] == {"id": "oty7"}


def test_a_user_of_whom_nothing_is_known_can_be_used(org):
    seed(org, "users", "00u7")
    assert ok(org, "GET /api/v1/users/00u7")["status"] == "ACTIVE"
    assert ok(org, "POST /api/v1/users/00u7/lifecycle/suspend") == {}


# --- what belongs to a user


def test_risk_is_set_once_with_201(org):
    user = make(org)
    assert call(org, f"PUT {at(user, '/risk')}", {"riskLevel": "LOW"}).status == 201
    assert call(org, f"PUT {at(user, '/risk')}", {"riskLevel": "HIGH"}).status == 200
    assert ok(org, f"GET {at(user, '/risk')}")["riskLevel"] == "HIGH"


@pytest.mark.parametrize("part", ["grants", "clients", "idps", "appLinks"])
def test_a_new_user_has_nothing_yet(org, part):
    user = make(org)
    assert ok(org, f"GET {at(user, f'/{part}')}") == []
    assert call(org, f"GET /api/v1/users/00unone/{part}").status == 404


def test_blocks_are_a_feature_that_is_not_there(org):
    assert refusal(call(org, f"GET {at(make(org), '/blocks')}")) == (401, "E0000015")
