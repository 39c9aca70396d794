"""Settings, rate settings, realms, devices, identity sources and integrations of the Okta twin."""

from __future__ import annotations

import pytest
from okta_calls import BASE, call, ok, okta, seed

from conformance.twinkit.twin import Twin


@pytest.fixture
def twin() -> Twin:
    return okta()


# --- the organisation


def test_the_organisation_is_changed_in_part_or_whole(twin: Twin) -> None:
    old = ok(twin, "GET /api/v1/org")
    part = ok(twin, "POST /api/v1/org", {"city": "Ghent", "id": "other"})
    assert (part["city"], part["companyName"], part["id"]) == ("Ghent", old["companyName"], old["id"])
    whole = ok(twin, "PUT /api/v1/org", {"companyName": "Acme", "website": "https://acme.example"})
    assert (whole["companyName"], whole["city"]) == ("Acme", None)
    assert whole["lastUpdated"] > old["lastUpdated"]


def test_anybody_may_know_the_organisation(twin: Twin) -> None:
    known = ok(twin, "GET /.well-known/okta-organization")
    assert known["id"] == ok(twin, "GET /api/v1/org")["id"] and known["pipeline"] == "idx"
    assert known["_links"]["organization"]["href"] == BASE


def test_contacts_are_people(twin: Twin) -> None:
    assert [one["contactType"] for one in ok(twin, "GET /api/v1/org/contacts")] == ["BILLING", "TECHNICAL"]
    ok(twin, "PUT /api/v1/org/contacts/BILLING", {"userId": "00u1"})
    assert ok(twin, "GET /api/v1/org/contacts/BILLING")["userId"] == "00u1"
    assert ok(twin, "GET /api/v1/org/contacts/TECHNICAL")["userId"] != "00u1"


def test_switches_offer_the_opposite(twin: Twin) -> None:
    hidden = ok(twin, "POST /api/v1/org/preferences/hideEndUserFooter")
    assert hidden["showEndUserFooter"] is False and list(hidden["_links"]) == ["showEndUserFooter"]
    assert ok(twin, "GET /api/v1/org/preferences") == hidden
    assert ok(twin, "POST /api/v1/org/privacy/oktaCommunication/optOut")["optOutEmailUsers"] is True


def test_support_is_let_in_for_a_while(twin: Twin) -> None:
    path = "/api/v1/org/privacy/oktaSupport"
    granted = ok(twin, f"POST {path}/grant")
    longer = ok(twin, f"POST {path}/extend")
    assert granted["expiration"][:10] < longer["expiration"][:10] and set(longer["_links"]) == {"extend", "revoke"}
    assert ok(twin, f"POST {path}/revoke")["expiration"] is None
    assert ok(twin, f"GET {path}")["support"] == "DISABLED"


def test_ui_schemas_are_replaced_and_removed_twice(twin: Twin) -> None:
    made = ok(twin, "POST /api/v1/meta/uischemas", {"uiSchema": {"label": "a"}})
    here = f"/api/v1/meta/uischemas/{made['id']}"
    assert ok(twin, f"PUT {here}", {"uiSchema": {"label": "b"}})["uiSchema"] == {"label": "b"}
    assert [call(twin, f"DELETE {here}").status for _ in "ab"] == [204, 204]
    assert call(twin, f"GET {here}").body["errorSummary"].endswith("(UISchemaEntity)")


# --- rates


def test_settings_of_rates_are_kept(twin: Twin) -> None:
    path = "/api/v1/rate-limit-settings/per-client"
    assert ok(twin, f"GET {path}") == {"defaultMode": "ENFORCE"}
    assert ok(twin, f"PUT {path}", {"defaultMode": "PREVIEW"}) == ok(twin, f"GET {path}")


LIMITS = "/api/v1/principal-rate-limits"
SSWS = f'{LIMITS}?filter=principalType eq "SSWS_TOKEN"'


def test_limits_of_principals_need_a_type_and_a_principal_without_one(twin: Twin) -> None:
    token = ok(twin, "GET /api/v1/api-tokens")[0]["id"]
    body = {"principalId": token, "principalType": "SSWS_TOKEN"}
    made = ok(twin, f"POST {LIMITS}", body)
    assert made["defaultPercentage"] == 50 and made["createdDate"].endswith("Z") and "." not in made["createdDate"]
    assert [one["id"] for one in ok(twin, f"GET {SSWS}")] == [made["id"]]
    assert call(twin, f"GET {LIMITS}").status == 400
    assert call(twin, f"POST {LIMITS}", body).body["errorSummary"].endswith("principalRateLimitMediated")
    unknown = call(twin, f"POST {LIMITS}", {**body, "principalId": "00T"})
    assert unknown.body["errorSummary"] == "Not found: Resource not found: 00T (Token)"


def test_a_limit_keeps_its_principal_and_its_maker(twin: Twin) -> None:
    token = ok(twin, "GET /api/v1/api-tokens")[0]["id"]
    body = {"principalId": token, "principalType": "SSWS_TOKEN"}
    made = ok(twin, f"POST {LIMITS}", body)
    changed = ok(twin, f"PUT {LIMITS}/{made['id']}", {**body, "defaultPercentage": 70})
    assert changed["defaultPercentage"] == 70 and changed["createdBy"] == made["createdBy"]
    assert changed["lastUpdate"] > made["lastUpdate"]


def test_a_limit_of_a_token_that_is_known_to_be_gone_is_refused(twin: Twin) -> None:
    seed(twin, "missing", "00Tgone", {}, ("Token",))
    seed(twin, "principal-rate-limits", "prl1", {"id": "prl1", "principalId": "00Tgone", "principalType": "SSWS_TOKEN"})
    assert call(twin, f"POST {LIMITS}", {"principalId": "00Tgone", "principalType": "SSWS_TOKEN"}).status == 404


# --- realms


def test_not_all_organisations_show_the_type_of_a_realm(twin: Twin) -> None:
    seed(twin, "unavailable", "", {}, ("realms/realmType",))
    made = ok(twin, "POST /api/v1/realms", {"profile": {"name": "r", "realmType": "PARTNER"}})
    assert made["profile"] == {"name": "r", "domains": []}


def test_realms_hide_empty_domains_in_lists(twin: Twin) -> None:
    made = ok(twin, "POST /api/v1/realms", {"profile": {"name": "r", "realmType": "DEFAULT"}})
    assert made["profile"] == {"name": "r", "realmType": "DEFAULT", "domains": []} and made["isDefault"] is False
    listed = call(twin, "GET /api/v1/realms?sortBy=profile.name&sortOrder=desc")
    assert listed.body[0]["profile"] == {"name": "r", "realmType": "DEFAULT"}
    query = "limit=10&sortBy=profile.name&sortOrder=desc&search=id+pr"
    assert listed.headers["link"] == [f'<{BASE}/api/v1/realms?{query}>; rel="self"']
    assert [one["id"] for one in ok(twin, 'GET /api/v1/realms?search=profile.name eq "r"')] == [made["id"]]


def test_realms_are_not_posted_to(twin: Twin) -> None:
    assert call(twin, "POST /api/v1/realms").body["errorCode"] == "E0000003"
    made = ok(twin, "POST /api/v1/realms", {"profile": {"name": "r"}})
    assert call(twin, f"POST /api/v1/realms/{made['id']}", {"profile": {"name": "s"}}).status == 405


def test_a_list_that_is_known_to_go_on_says_so(twin: Twin) -> None:
    seed(twin, "unseen", "", {}, ("realms",))
    ok(twin, "POST /api/v1/realms", {"profile": {"name": "r"}})
    lines = call(twin, "GET /api/v1/realms?limit=2").headers["link"]
    assert 'rel="next"' in lines[-1]
    assert len(call(twin, "GET /api/v1/realms?limit=3").headers["link"]) == 1
    rest = call(twin, "GET " + lines[-1].partition(";")[0].strip("<>").removeprefix(BASE))
    assert rest.body == [] and len(rest.headers["link"]) == 1


def test_realm_assignments_are_off_at_first_and_come_by_priority(twin: Twin) -> None:
    late = ok(twin, "POST /api/v1/realm-assignments", {"name": "late", "priority": 9})
    early = ok(twin, "POST /api/v1/realm-assignments", {"name": "early", "priority": 1})
    assert late["status"] == "INACTIVE"
    assert call(twin, f"POST /api/v1/realm-assignments/{late['id']}/lifecycle/activate").status == 204
    shown = ok(twin, "GET /api/v1/realm-assignments")
    assert [(one["id"], one["status"]) for one in shown] == [(early["id"], "INACTIVE"), (late["id"], "ACTIVE")]


# --- devices and agents


def test_a_device_tells_what_can_be_done_with_it(twin: Twin) -> None:
    origin = {"originatedFrom": [{"id": "aut1"}]}
    seed(twin, "devices", "guo1", {"id": "guo1", "status": "ACTIVE", "_embedded": origin})
    shown = ok(twin, "GET /api/v1/devices/guo1")
    assert shown["_embedded"] == origin and set(shown["_links"]) == {"self", "users", "suspend", "deactivate"}
    assert "_embedded" not in ok(twin, 'GET /api/v1/devices?search=status eq "ACTIVE"')[0]
    assert call(twin, "POST /api/v1/devices/guo1/lifecycle/deactivate").status == 204
    assert set(ok(twin, "GET /api/v1/devices/guo1")["_links"]) == {"self", "activate"}


@pytest.mark.parametrize(("path", "word"), [("x", "Device"), ("x/users", "GenericUDObject")])
def test_unknown_devices(twin: Twin, path: str, word: str) -> None:
    assert call(twin, f"GET /api/v1/devices/{path}").body["errorSummary"].endswith(f"x ({word})")


def test_cursors_that_lead_nowhere_are_refused(twin: Twin) -> None:
    refused = call(twin, "GET /api/v1/devices?after=nowhere")
    assert (refused.status, refused.body["errorCauses"]) == (400, [{"errorSummary": "Invalid cursor."}])


def test_an_update_of_agents_needs_name_type_and_agents(twin: Twin) -> None:
    path = "/api/v1/agentPools/0oa1/updates"
    refused = call(twin, f"POST {path}", {"name": "u"})
    assert [cause["errorSummary"] for cause in refused.body["errorCauses"]] == [
        "errors in the field: agentType",
        "errors in the field: agentList",
    ]
    body = {"name": "u", "agentType": "AD", "agents": [{"id": "a1"}], "schedule": {"cron": "* * *", "delay": 0}}
    made = ok(twin, f"POST {path}", {**body, "reason": ""})
    assert made["schedule"] == {"cron": "* * *"} and "reason" not in made and made["agents"][0]["poolId"] == "0oa1"
    assert ok(twin, f"GET {path}") == [made]
    assert call(twin, f"GET {path}/settings").body["errorSummary"].endswith("0oa1 (AppInstance)")


# --- identity sources


def test_an_import_can_be_cancelled_until_it_starts(twin: Twin) -> None:
    path = "/api/v1/identity-sources/0oa1/sessions"
    made = ok(twin, f"POST {path}")
    assert made["identitySourceId"] == "0oa1" and made["status"] == "CREATED"
    assert call(twin, f"POST {path}/{made['id']}/bulk-upsert", {"entityType": "USERS", "profiles": []}).status == 202
    assert ok(twin, f"POST {path}/{made['id']}/start-import")["status"] == "TRIGGERED"
    assert call(twin, f"DELETE {path}/{made['id']}").status == 400


def test_members_of_a_source_s_group_come_in_pages(twin: Twin) -> None:
    path = "/api/v1/identity-sources/0oa1/groups"
    ok(twin, f"POST {path}", {"externalId": "G1", "profile": {"displayName": "g"}})
    for member in ("U1", "U2", "U1"):
        assert call(twin, f"POST {path}/G1/membership", {"memberExternalId": member}).status == 204
    page = call(twin, f"GET {path}/G1/membership?limit=1")
    assert page.body == {"memberExternalIds": ["U1"]} and "after=U1" in str(page.headers["link"])
    assert call(twin, f"DELETE {path}/G1/membership/U1").status == 204
    assert ok(twin, f"GET {path}/G1/membership") == {"memberExternalIds": ["U2"]}


# --- integrations


def test_an_integration_shows_its_secret_once(twin: Twin) -> None:
    path = "/integrations/api/v1/api-services"
    made = ok(twin, f"POST {path}", {"type": "anzennaapiservice", "grantedScopes": ["okta.users.read"]})
    assert made["name"] == "Anzenna" and made["clientSecret"]
    assert "clientSecret" not in ok(twin, f"GET {path}/{made['id']}")
    assert call(twin, f"DELETE {path}/{made['id']}").status == 204


# --- what is like what was recorded beside it


def test_names_of_what_was_there_tell_the_organisation(twin: Twin) -> None:
    seed(twin, "iam/assignees/users", "00u1", {"id": "00u1", "orn": "orn:okta:directory:00oabc:users:00u1"})
    [user] = ok(twin, "GET /api/v1/iam/assignees/users")["value"]
    assert user["orn"] == "orn:okta:directory:00oabc:users:00u1"


def test_what_can_be_replaced_can_be_changed_in_part(twin: Twin) -> None:
    hook = {"name": "h", "type": "com.okta.oauth2.tokens.transform", "version": "1.0.0"}
    channel = {"type": "HTTP", "version": "1.0.0", "config": {"uri": "https://x.example", "method": "POST"}}
    made = ok(twin, "POST /api/v1/inlineHooks", {**hook, "channel": channel})
    changed = ok(twin, f"POST /api/v1/inlineHooks/{made['id']}", {"name": "i"})
    assert (changed["name"], changed["type"]) == ("i", made["type"])
    server = ok(twin, "POST /api/v1/email-servers", {"alias": "a", "host": "h.example", "port": 25, "password": "p"})
    ok(twin, f"PATCH /api/v1/email-servers/{server['id']}", {"port": 587})
    assert ok(twin, f"GET /api/v1/email-servers/{server['id']}") == {**server, "port": 587}


def test_features_are_switched(twin: Twin) -> None:
    seed(twin, "features", "ftr1", {"id": "ftr1", "name": "f", "status": "DISABLED"})
    assert ok(twin, "POST /api/v1/features/ftr1/enable")["status"] == "ENABLED"
    assert ok(twin, "POST /api/v1/features/ftr1/disable")["status"] == "DISABLED"
    assert call(twin, "POST /api/v1/features/ftr2/enable").status == 404


def test_members_of_a_resource_set_are_read_one_by_one(twin: Twin) -> None:
    orn = "orn:oktapreview:directory:00o1:groups:00g1"
    made = ok(twin, "POST /api/v1/iam/resource-sets", {"label": "s", "resources": [orn]})
    here = f"/api/v1/iam/resource-sets/{made['id']}/resources"
    [member] = ok(twin, f"GET {here}")["resources"]
    assert ok(twin, f"GET {here}/{member['id']}") == member
