"""Policies and rules of the Okta twin: what comes with them, what bodies become, and who moves when one is put in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from okta_calls import call, ok, okta, seed

from targets.okta.twin import policies_order


@pytest.fixture
def twin():
    return okta()


def policy(twin, type_, **more):
    return ok(twin, "POST /api/v1/policies", {"name": f"a {type_}", "type": type_, **more})


def rules_of(twin, policy_id):
    return ok(twin, f"GET /api/v1/policies/{policy_id}/rules")


def rule(twin, policy_id, name, type_="ACCESS_POLICY", **more):
    return ok(twin, f"POST /api/v1/policies/{policy_id}/rules", {"name": name, "type": type_, **more})


# --- what every organisation has


@pytest.mark.parametrize(
    ("type_", "name"),
    [
        ("OKTA_SIGN_ON", "Default Policy"),
        ("PASSWORD", "Default Policy"),
        ("IDP_DISCOVERY", "Idp Discovery Policy"),
        ("ACCESS_POLICY", "Any two factors"),
        ("POST_AUTH_SESSION", "Post Auth Policy"),
        ("SESSION_VIOLATION_DETECTION", "Session Violation Detection Policy"),
    ],
)
def test_the_systems_policies_are_there_and_stay(twin, type_, name):
    (found,) = [one for one in ok(twin, f"GET /api/v1/policies?type={type_}") if one["system"]]
    assert found["name"] == name
    assert found["_links"]["self"]["hints"]["allow"] == ["GET", "PUT"]
    assert call(twin, f"DELETE /api/v1/policies/{found['id']}").status == 501


def test_lists_are_of_one_type_and_say_so(twin):
    reply = call(twin, "GET /api/v1/policies?type=PASSWORD")
    assert {one["type"] for one in reply.body} == {"PASSWORD"}
    assert reply.headers["link"] == ['<https://twin.example/api/v1/policies?type=PASSWORD>; rel="self"']


def test_what_is_told_of_a_type_takes_the_place_of_the_presets(twin):
    seed(twin, "policies", "rstA", {"id": "rstA", "type": "ACCESS_POLICY", "name": "theirs", "system": False})
    assert [one["id"] for one in ok(twin, "GET /api/v1/policies?type=ACCESS_POLICY")] == ["rstA"]
    assert ok(twin, "GET /api/v1/policies?type=PASSWORD")


# --- policies


def test_a_password_policy_has_all_settings_and_those_that_are_sent(twin):
    sent = {"password": {"complexity": {"minLength": 14}}}
    settings = policy(twin, "PASSWORD", settings=sent)["settings"]
    assert settings["password"]["complexity"]["minLength"] == 14
    assert settings["password"]["complexity"]["minNumber"] == 1
    assert settings["recovery"]["factors"]["okta_sms"] == {"status": "INACTIVE"}


def test_a_policy_for_groups_is_for_everyone_unless_it_says_otherwise(twin):
    everyone = ok(twin, "GET /api/v1/groups?q=Everyone")[0]["id"]
    assert policy(twin, "OKTA_SIGN_ON")["conditions"] == {"people": {"groups": {"include": [everyone]}}}
    narrow = {"people": {"groups": {"include": ["00g1"]}}}
    assert policy(twin, "OKTA_SIGN_ON", conditions=narrow)["conditions"] == narrow
    assert policy(twin, "ACCESS_POLICY", conditions=narrow)["conditions"] is None


def test_policies_for_groups_are_numbered_the_system_last(twin):
    first, second = policy(twin, "OKTA_SIGN_ON"), policy(twin, "OKTA_SIGN_ON")
    assert (first["priority"], second["priority"]) == (1, 2)
    ok(twin, f"DELETE /api/v1/policies/{first['id']}")
    found = ok(twin, "GET /api/v1/policies?type=OKTA_SIGN_ON")
    assert [(one["id"] == second["id"], one["priority"], one["system"]) for one in found] == [
        (True, 1, False),
        (False, 2, True),
    ]


def test_a_replacement_keeps_the_status_and_lifecycle_changes_it(twin):
    made = policy(twin, "OKTA_SIGN_ON", description="old")
    here = f"/api/v1/policies/{made['id']}"
    replaced = ok(twin, f"PUT {here}", {"name": "new", "type": "OKTA_SIGN_ON", "status": "INACTIVE"})
    assert (replaced["name"], replaced["status"], "description" in replaced) == ("new", "ACTIVE", False)
    assert call(twin, f"POST {here}/lifecycle/deactivate").status == 204
    after = ok(twin, f"GET {here}")
    assert after["status"] == "INACTIVE"
    assert "activate" in after["_links"] and "deactivate" not in after["_links"]
    assert after["lastUpdated"] > replaced["lastUpdated"]


def test_a_clone_has_the_rules_and_does_not_say_when(twin):
    made = policy(twin, "ACCESS_POLICY")
    rule(twin, made["id"], "r", priority=3)
    copied = ok(twin, f"POST /api/v1/policies/{made['id']}/clone")
    assert (copied["name"], copied["created"]) == ("[cloned] a ACCESS_POLICY", None)
    assert [one["name"] for one in rules_of(twin, copied["id"])] == ["r", "Catch-all Rule"]


def test_resources_are_not_mapped_here_any_more_and_lists_are_no_simulation(twin):
    made = policy(twin, "ACCESS_POLICY")
    assert ok(twin, f"GET /api/v1/policies/{made['id']}/mappings") == []
    assert call(twin, f"POST /api/v1/policies/{made['id']}/mappings", {}).body["errorCode"] == "E0000001"
    assert call(twin, "POST /api/v1/policies/simulate", [{}]).body["errorCode"] == "E0000003"
    assert call(twin, "POST /api/v1/policies/simulate", {"x": 1}).status == 501


# --- rules


@pytest.mark.parametrize("type_", ["ACCESS_POLICY", "PROFILE_ENROLLMENT", "POST_AUTH_SESSION"])
def test_newer_policies_end_in_a_rule_that_catches_all(twin, type_):
    (last,) = rules_of(twin, policy(twin, type_)["id"])
    assert (last["priority"], last["system"], last["conditions"]) == (99, True, None)
    assert list(last["_links"]) == ["self"]


def test_conditions_that_always_show(twin):
    made = rule(twin, policy(twin, "ACCESS_POLICY")["id"], "r", conditions={"platform": {}})
    assert made["conditions"] == {
        "people": {"users": {"exclude": []}},
        "network": {"connection": "ANYWHERE"},
        "riskScore": {"level": "ANY"},
        "userType": {"include": [], "exclude": []},
    }


def test_conditions_are_cleaned(twin):
    people = {"users": {"include": [], "exclude": ["00u1"]}, "groups": {"include": ["00g1"], "exclude": []}}
    platform = {"include": [{"type": "MOBILE", "os": {"type": "IOS", "expression": None}}]}
    body = {"people": people, "platform": platform, "elCondition": None}
    made = rule(twin, policy(twin, "ACCESS_POLICY")["id"], "r", conditions=body)["conditions"]
    assert made["people"] == {"users": {"exclude": ["00u1"]}, "groups": {"include": ["00g1"]}}
    assert made["platform"] == {"include": [{"type": "MOBILE", "os": {"type": "IOS"}}], "exclude": []}
    assert "elCondition" not in made


def verification(twin, method):
    action = {"appSignOn": {"access": "ALLOW", "verificationMethod": method}}
    return rule(twin, policy(twin, "ACCESS_POLICY")["id"], "r", actions=action)["actions"]["appSignOn"]


def test_assurance_asks_for_two_factors_and_knows_two_kinds_of_constraints(twin):
    shown = verification(twin, {"type": "ASSURANCE", "constraints": [{"knowledge": {"types": ["password"]}, "x": 1}]})
    assert shown["verificationMethod"] == {
        "factorMode": "2FA",
        "type": "ASSURANCE",
        "reauthenticateIn": "PT12H",
        "constraints": [{"knowledge": {"types": ["password"]}}],
    }
    assert shown["keepMeSignedIn"] == {"postAuth": "NOT_ALLOWED"}


def test_a_chain_has_no_factor_mode(twin):
    chains = [{"authenticationMethods": [{"key": "okta_email", "method": "email"}]}]
    shown = verification(twin, {"type": "AUTH_METHOD_CHAIN", "factorMode": "2FA", "chains": chains})
    assert shown["verificationMethod"] == {"type": "AUTH_METHOD_CHAIN", "chains": chains}


def test_flags_may_be_texts(twin):
    signon = {"access": "ALLOW", "requireFactor": "false", "session": {"usePersistentCookie": "true"}}
    made = rule(twin, policy(twin, "OKTA_SIGN_ON")["id"], "r", "SIGN_ON", actions={"signon": signon})
    assert made["actions"]["signon"]["requireFactor"] is False
    assert made["actions"]["signon"]["session"]["usePersistentCookie"] is True
    assert made["priority"] == 1


def test_expressions_find_providers_by_name(twin):
    idp = {"idpSelectionType": "DYNAMIC", "matchCriteria": [{"providerExpression": "x"}], "shouldFallBackToOkta": False}
    (home,) = ok(twin, "GET /api/v1/policies?type=IDP_DISCOVERY")
    made = rule(twin, home["id"], "r", "IDP_DISCOVERY", actions={"idp": idp})
    assert made["actions"]["idp"]["matchCriteria"] == [{"providerExpression": "x", "propertyName": "name"}]
    assert "shouldFallBackToOkta" not in made["actions"]["idp"]


def test_a_rule_that_is_in_the_way_moves_on_and_takes_those_in_its_way_along(twin):
    home = policy(twin, "ACCESS_POLICY")["id"]
    made = [rule(twin, home, f"r{place}", priority=place) for place in (1, 2, 3, 4)]
    moved = ok(
        twin,
        f"PUT /api/v1/policies/{home}/rules/{made[2]['id']}",
        {"name": "r3", "type": "ACCESS_POLICY", "priority": 1},
    )
    after = {one["name"]: one for one in rules_of(twin, home)}
    assert {name: one["priority"] for name, one in after.items()} == {
        "r3": 1,
        "r1": 2,
        "r2": 3,
        "r4": 5,
        "Catch-all Rule": 99,
    }
    assert after["r1"]["lastUpdated"] == moved["lastUpdated"]
    assert next(iter(after)) == "r3"


def test_a_rule_that_does_not_say_goes_behind_the_others(twin):
    home = policy(twin, "ACCESS_POLICY")["id"]
    rule(twin, home, "first", priority=8)
    assert rule(twin, home, "second")["priority"] == 9


def test_unknown_rules_and_policies(twin):
    assert "(Policy)" in call(twin, "GET /api/v1/policies/nope").body["errorSummary"]
    assert "(Policy)" in call(twin, "GET /api/v1/policies/nope/rules").body["errorSummary"]
    assert "nor (PolicyRule)" in call(twin, "GET /api/v1/policies/nope/rules/nor").body["errorSummary"]


def test_rules_of_a_policy_that_is_known_by_its_id_only(twin):
    seed(twin, "policies", "rstX")
    made = ok(twin, "POST /api/v1/policies/rstX/rules", {"name": "r"})
    assert made["type"] == "ACCESS_POLICY"
    assert ok(twin, f"GET /api/v1/policies/rstX/rules/{made['id']}") == made


# --- order

RESOURCES = st.lists(st.integers(0, 6), min_size=1, max_size=6)


@given(RESOURCES, st.integers(0, 8), st.data())
def test_numbered_priorities_stay_without_gaps(priorities, wanted, data):
    row = [{"id": str(place), "priority": place + 1} for place in range(len(priorities))]
    one = data.draw(st.sampled_from(row))
    changed = policies_order.placed(row, one, wanted, numbered=True)
    assert sorted(changed.values()) == list(range(1, len(row) + 1))
    assert changed[one["id"]] == min(max(wanted, 1), len(row))


@given(st.sets(st.integers(0, 8), min_size=1), st.integers(0, 9), st.data())
def test_free_priorities_stay_apart_and_keep_their_order(taken, wanted, data):
    row = [{"id": str(priority), "priority": priority} for priority in taken]
    one = data.draw(st.sampled_from(row))
    changed = policies_order.placed(row, one, wanted, numbered=False)
    after = {other["id"]: changed.get(other["id"], other["priority"]) for other in row}
    assert after[one["id"]] == wanted
    others = [after[other["id"]] for other in sorted(row, key=policies_order.order) if other is not one]
    assert others == sorted(others) and len(set(after.values())) == len(row)


def test_the_applications_of_a_policy(twin):
    made = policy(twin, "ACCESS_POLICY")
    body = {
        "label": "app",
        "signOnMode": "BOOKMARK",
        "name": "bookmark",
        "settings": {"app": {"url": "https://a.example"}},
    }
    app = ok(twin, "POST /api/v1/apps", body)
    here = f"/api/v1/policies/{made['id']}"
    assert ok(twin, f"GET {here}/app") == []
    assert call(twin, f"PUT /api/v1/apps/{app['id']}/policies/{made['id']}").status == 204
    assert [one["id"] for one in ok(twin, f"GET {here}/app")] == [app["id"]]
    assert call(twin, f"GET {here}/mappings").status == 501
