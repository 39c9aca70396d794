"""Around users of the Okta twin: types, linked objects, factors, sessions, subscriptions."""

import pytest
from okta_calls import call, ok, okta, seed


@pytest.fixture
def org():
    return okta()


@pytest.fixture
def ann(org):
    return user(org, "ann")


def user(org, name):
    login = f"{name}@example.com"
    profile = {"firstName": name.title(), "lastName": "Ames", "login": login, "email": login}
    body = {"profile": profile, "credentials": {"password": {"value": f"Correct-{name}-1"}}}
    return ok(org, "POST /api/v1/users", body)["id"]


# --- types


def test_a_type_is_changed_in_part_and_keeps_its_name(org):
    body = {"name": "guest", "displayName": "Guest", "description": "Here for a while"}
    made = ok(org, "POST /api/v1/meta/types/user", body)
    assert made["default"] is False and made["_links"]["schema"]["href"].endswith("osc" + made["id"][3:])
    here = f"/api/v1/meta/types/user/{made['id']}"
    changed = ok(org, f"POST {here}", {"displayName": "Visitor"})
    assert (changed["displayName"], changed["description"]) == ("Visitor", "Here for a while")
    assert ok(org, f"PUT {here}", {"name": "other", "displayName": "V", "description": "D"})["name"] == "guest"
    assert call(org, f"DELETE {here}").status == 204
    assert call(org, f"GET {here}").body["errorSummary"].endswith("(CVDType)")


def test_the_default_type_of_before_takes_the_place_of_the_preset(org):
    seed(org, "meta/types/user", "oty9", {"id": "oty9", "name": "user", "default": True, "lastUpdatedBy": "00u9"})
    assert [one["id"] for one in ok(org, "GET /api/v1/meta/types/user")] == ["oty9"]
    assert ok(org, "POST /api/v1/meta/types/user", {"name": "guest"})["createdBy"] == "00u9"


# --- linked objects

DEFINITIONS = "/api/v1/meta/schemas/user/linkedObjects"


def end(name):
    return {"name": name, "title": name.title(), "description": name, "type": "USER"}


@pytest.fixture
def relation(org):
    made = call(org, f"POST {DEFINITIONS}", {"primary": end("boss"), "associated": end("report")})
    assert made.status == 201 and made.body["_links"]["self"]["href"].endswith("/boss")
    return made.body


def linked(org, owner, name):
    found = ok(org, f"GET /api/v1/users/{owner}/linkedObjects/{name}")
    return [one["_links"]["self"]["href"].rpartition("/")[2] for one in found]


def test_a_relation_is_called_by_either_end(org, relation):
    assert ok(org, f"GET {DEFINITIONS}/boss") == ok(org, f"GET {DEFINITIONS}/report") == relation
    assert call(org, f"DELETE {DEFINITIONS}/boss").status == 204
    assert call(org, f"GET {DEFINITIONS}/report").status == 404 and ok(org, f"GET {DEFINITIONS}") == []


def test_a_link_is_seen_from_both_ends(org, ann, relation):
    bob, cat = user(org, "bob"), user(org, "cat")
    for one in (bob, cat):
        assert call(org, f"PUT /api/v1/users/{one}/linkedObjects/boss/{ann}").status == 204
    assert linked(org, ann, "report") == [bob, cat] and linked(org, bob, "boss") == [ann]
    assert call(org, f"DELETE /api/v1/users/{bob}/linkedObjects/boss").status == 204
    assert linked(org, ann, "report") == [cat] and linked(org, bob, "boss") == []
    for _ in range(2):
        ok(org, f"DELETE /api/v1/users/{ann}")
    assert linked(org, cat, "boss") == []


# --- factors


def test_a_question_is_active_at_once_and_its_answer_is_hidden(org, ann):
    here = f"/api/v1/users/{ann}/factors"
    asked = ok(org, f"GET {here}/questions")[0]
    body = {"factorType": "question", "provider": "OKTA", "profile": {"question": asked["question"], "answer": "Peas"}}
    made = ok(org, f"POST {here}", body)
    assert made["profile"] == asked and made["status"] == "ACTIVE" and made["id"].startswith("ufs")
    other = ok(org, f"GET {here}/questions")[1]
    profile = {"question": other["question"], "answer": "Ted"}
    assert ok(org, f"PUT {here}/{made['id']}", {"profile": profile})["profile"] == other
    assert call(org, f"DELETE {here}/{made['id']}").status == 204
    assert call(org, f"GET {here}/{made['id']}").body["errorSummary"].endswith("(UserFactor)")


def test_a_telephone_waits_for_its_activation_and_is_reset(org, ann):
    here = f"/api/v1/users/{ann}"
    made = ok(org, f"POST {here}/factors", {"factorType": "sms", "profile": {"phoneNumber": "+15550100"}})
    assert made["status"] == "PENDING_ACTIVATION" and made["_links"]["resend"][0]["name"] == "sms"
    assert [one["id"] for one in ok(org, f"GET {here}/factors")] == [made["id"]]
    assert ok(org, f"POST {here}/lifecycle/reset_factors") == {}
    assert ok(org, f"GET {here}/factors") == []


# --- sessions


def sign_on(org, name="ann", password="Correct-ann-1"):
    return call(org, "POST /api/v1/authn", {"username": f"{name}@example.com", "password": password})


def test_a_token_is_good_for_one_session(org, ann):
    token = {"sessionToken": sign_on(org).body["sessionToken"]}
    session = ok(org, "POST /api/v1/sessions", token)
    assert session["userId"] == ann and session["_links"]["self"]["href"].endswith("/sessions/me")
    assert call(org, "POST /api/v1/sessions", token).body["errorCode"] == "E0000004"
    here = f"/api/v1/sessions/{session['id']}"
    assert ok(org, f"GET {here}")["_links"]["user"]["href"].endswith(ann)
    assert ok(org, f"POST {here}/lifecycle/refresh")["expiresAt"] > session["expiresAt"]
    assert call(org, f"DELETE {here}").status == 204
    assert call(org, f"GET {here}").body["errorSummary"].endswith("(AppSession)")


def test_a_wrong_password_gets_no_token(org, ann):
    assert sign_on(org, password="wrong").status == 401
    ok(org, f"POST /api/v1/users/{ann}/lifecycle/suspend")
    assert sign_on(org).status == 401


def test_all_sessions_of_a_user_end(org, ann):
    session = ok(org, "POST /api/v1/sessions", {"sessionToken": sign_on(org).body["sessionToken"]})
    assert call(org, f"DELETE /api/v1/users/{ann}/sessions").status == 204
    assert call(org, f"GET /api/v1/sessions/{session['id']}").status == 404


def test_nobody_is_told_of_all_sessions(org):
    assert call(org, "GET /api/v1/sessions").status == 405


# --- subscriptions


@pytest.mark.parametrize("owner", ["roles/SUPER_ADMIN", "users/{ann}"])
def test_a_subscription_is_switched(org, ann, owner):
    here = f"/api/v1/{owner.format(ann=ann)}/subscriptions"
    assert len(ok(org, f"GET {here}")) == 12
    assert list(ok(org, f"GET {here}/OKTA_ISSUE")["_links"]) == ["unsubscribe", "self"]
    reply = call(org, f"POST {here}/OKTA_ISSUE/unsubscribe")
    assert (reply.status, reply.body) == (200, None)
    assert ok(org, f"GET {here}/OKTA_ISSUE")["status"] == "unsubscribed"
