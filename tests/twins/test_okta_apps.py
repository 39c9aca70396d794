"""Applications of the Okta twin: what one looks like by its kind and sign-on mode, and what can be done with it."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from okta_calls import BASE, call, ok, okta, seed

BOOKMARK = {"name": "bookmark", "label": "Wiki", "settings": {"app": {"url": "https://wiki.example"}}}
CLIENT = {
    "name": "oidc_client",
    "label": "Shop",
    "signOnMode": "OPENID_CONNECT",
    "settings": {"oauthClient": {"application_type": "web", "grant_types": ["authorization_code"]}},
}
SAML = {
    "label": "My Portal-2",
    "signOnMode": "SAML_2_0",
    "settings": {
        "signOn": {
            "ssoAcsUrl": "https://sp.example/acs",
            "defaultRelayState": "",
            "audienceOverride": "",
            "subjectNameIdFormat": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
        }
    },
}


@pytest.fixture
def org():
    return okta()


def made(org, body):
    return ok(org, "POST /api/v1/apps", body)


def path(app):
    return f"/api/v1/apps/{app['id']}"


def cause(reply):
    return reply.status, reply.body["errorCode"], [one["errorSummary"] for one in reply.body["errorCauses"]]


def test_a_bookmark_has_what_its_body_leaves_out(org):
    app = made(org, BOOKMARK)
    assert app["signOnMode"] == "BOOKMARK"
    assert app["settings"]["app"] == {"requestIntegration": False, "url": "https://wiki.example"}
    assert app["settings"]["notes"] == {"admin": None, "enduser": None}
    assert app["credentials"]["userNameTemplate"] == {"template": "${source.login}", "type": "BUILT_IN"}
    assert app["visibility"]["appLinks"] == {"login": True}
    assert app["orn"].endswith(f":apps:bookmark:{app['id']}")
    assert ok(org, f"GET {path(app)}") == app


def test_links_follow_the_status(org):
    app = made(org, BOOKMARK)
    assert "deactivate" in app["_links"] and "activate" not in app["_links"]
    assert ok(org, f"POST {path(app)}/lifecycle/deactivate") == {}
    links = ok(org, f"GET {path(app)}")["_links"]
    assert links["activate"]["href"] == f"{BASE}{path(app)}/lifecycle/activate"
    assert "deactivate" not in links
    ok(org, f"POST {path(app)}/lifecycle/activate")
    assert ok(org, f"GET {path(app)}")["status"] == "ACTIVE"


def test_an_application_may_begin_inactive(org):
    assert ok(org, "POST /api/v1/apps?activate=false", BOOKMARK)["status"] == "INACTIVE"
    assert ok(org, "POST /api/v1/apps?activate=False", BOOKMARK)["status"] == "INACTIVE"


def test_only_an_inactive_application_is_deleted(org):
    app = made(org, BOOKMARK)
    refused = call(org, f"DELETE {path(app)}")
    assert cause(refused) == (403, "E0000056", ["The application must be deactivated before deletion."])
    ok(org, f"POST {path(app)}/lifecycle/deactivate")
    assert call(org, f"DELETE {path(app)}").status == 204
    assert call(org, f"GET {path(app)}").body["errorSummary"] == (
        f"Not found: Resource not found: {app['id']} (AppInstance)"
    )


def test_a_password_application(org):
    body = {"name": "template_swa", "label": "Forum", "signOnMode": "BROWSER_PLUGIN"}
    app = made(org, body | {"settings": {"app": {"url": "https://forum.example", "loginUrlRegex": ""}}})
    assert app["settings"]["app"]["loginUrlRegex"] is None
    assert app["settings"]["app"]["checkbox"] is None
    assert app["credentials"]["scheme"] == "EDIT_USERNAME_AND_PASSWORD"
    shared = {"scheme": "SHARED_USERNAME_AND_PASSWORD", "userName": "all", "password": {"value": "secret"}}
    credentials = ok(org, f"PUT {path(app)}", body | {"credentials": shared})["credentials"]
    assert (credentials["userName"], credentials["password"]) == ("all", {})


def test_auto_login_to_the_catalogue_fills_in_passwords(org):
    body = {"label": "Pager", "signOnMode": "AUTO_LOGIN"}
    assert made(org, body | {"name": "pagerduty"})["signOnMode"] == "BROWSER_PLUGIN"
    own = made(org, body | {"settings": {"signOn": {"loginUrl": "https://pager.example"}}})
    assert own["signOnMode"] == "AUTO_LOGIN"
    assert own["settings"]["signOn"] == {"redirectUrl": None, "loginUrl": "https://pager.example"}


def test_a_template_of_ones_own_is_not_pushed(org):
    template = {"template": "user.firstName", "type": "CUSTOM"}
    app = made(org, BOOKMARK | {"credentials": {"userNameTemplate": template}})
    assert app["credentials"]["userNameTemplate"] == {**template, "pushStatus": "DONT_PUSH"}


def test_ones_own_application_is_called_after_organisation_and_label(org):
    first, second = made(org, SAML), made(org, SAML)
    assert first["name"] == "dev-123456_myportal2_1"
    assert second["name"] == "dev-123456_myportal2_2"
    (way_in,) = first["_links"]["appLinks"]
    assert way_in["name"] == "dev-123456_myportal2_1_link"
    assert way_in["href"].startswith(f"{BASE}/home/dev-123456_myportal2_1/{first['id']}/aln")


def test_saml_settings_are_completed(org):
    sign_on = made(org, SAML)["settings"]["signOn"]
    assert sign_on["defaultRelayState"] is None
    assert "audienceOverride" not in sign_on
    assert sign_on["idpIssuer"] == "http://www.okta.com/${org.externalKey}"
    assert sign_on["slo"] == {"enabled": False}
    assert sign_on["spIssuer"] is None


def test_what_no_recording_shows_is_not_guessed(org):
    assert call(org, "POST /api/v1/apps", {"label": "Fed", "signOnMode": "WS_FEDERATION"}).status == 501
    assert call(org, "POST /api/v1/apps", {"name": "bookmark"}).status == 501


def test_preview_cells_are_another_part_of_okta(org):
    seed(org, ".well-known/okta-organization", "", {"id": "00o1", "cell": "ok14"})
    assert made(org, BOOKMARK)["orn"].startswith("orn:okta:idp:00o1:")


def test_logout_names_the_other_side_and_certificates_come_in_lines(org):
    body = {**SAML, "settings": {"signOn": {"slo": {"enabled": True, "issuer": "https://sp.example"}}}}
    body["settings"]["signOn"]["spCertificate"] = {"x5c": ["A" * 100]}
    sign_on = made(org, body)["settings"]["signOn"]
    assert sign_on["spIssuer"] == "https://sp.example"
    assert sign_on["spCertificate"]["x5c"] == ["A" * 76 + "\r\n" + "A" * 24 + "\r\n"]


def test_office_needs_consent_for_federation(org):
    body = {"name": "office365", "label": "Office", "signOnMode": "SAML_1_1"}
    body["settings"] = {"app": {"wsFedConfigureType": "AUTO", "requireAdminConsent": False}}
    assert cause(call(org, "POST /api/v1/apps", body))[0:2] == (400, "E0000001")
    assert made(org, body | {"signOnMode": "AUTO_LOGIN"})["licensing"] == {"seatCount": 0}


def test_writes_tell_a_clients_secret_and_reads_do_not(org):
    app = made(org, CLIENT)
    told = app["credentials"]["oauthClient"]
    assert told["client_id"] == app["id"]
    read = ok(org, f"GET {path(app)}")["credentials"]["oauthClient"]
    assert "client_secret" not in read
    again = ok(org, f"PUT {path(app)}", CLIENT | {"label": "Shop 2"})["credentials"]["oauthClient"]
    assert again == told
    (secret,) = ok(org, f"GET {path(app)}/credentials/secrets")
    assert secret["client_secret"] == told["client_secret"]


def test_a_client_says_which_credentials_it_has(org):
    def credentials_of(method):
        client = {"oauthClient": {"token_endpoint_auth_method": method, "client_id": f"client-{method}"}}
        app = made(org, CLIENT | {"credentials": client})
        assert app["credentials"]["oauthClient"]["client_id"] == f"client-{method}"
        return [one["name"] for one in app["_links"].get("clientCredentials", [])]

    assert credentials_of("client_secret_post") == ["secrets"]
    assert credentials_of("private_key_jwt") == ["jwks"]
    assert credentials_of("none") == []


def test_oauth_settings_of_refresh_tokens(org):
    grants = {"application_type": "web", "grant_types": ["authorization_code", "refresh_token"]}
    client = made(org, CLIENT | {"settings": {"oauthClient": grants}})["settings"]["oauthClient"]
    assert client["refresh_token"] == {"rotation_type": "STATIC"}
    assert "refresh_token" not in made(org, CLIENT)["settings"]["oauthClient"]


def test_a_replacement_forgets_what_it_does_not_say(org):
    app = made(org, CLIENT | {"profile": {"team": "blue"}})
    assert app["profile"] == {"team": "blue"}
    ok(org, f"POST {path(app)}/lifecycle/deactivate")
    changed = ok(org, f"PUT {path(app)}", CLIENT)
    assert "profile" not in changed
    assert changed["status"] == "INACTIVE"
    assert changed["created"] == app["created"] and changed["lastUpdated"] > app["lastUpdated"]


FULL = {
    "label": "All",
    "accessibility": {"selfService": True},
    "visibility": {"hide": {"web": True}, "appLinks": {"login": False}},
    "credentials": {"userNameTemplate": {"type": "CUSTOM"}, "oauthClient": {"autoKeyRotation": False}, "signing": {}},
    "settings": {
        "app": {"url": ""},
        "notes": {"admin": "read me"},
        "signOn": {"slo": {"enabled": False}, "inlineHooks": [], "spCertificate": {"x5c": []}},
        "oauthClient": {"grant_types": ["implicit"], "tos_uri": "https://shop.example/tos"},
    },
}
KINDS = [
    {"name": "bookmark"},
    {"name": "oidc_client"},
    {"name": "somebodys_app", "signOnMode": "AUTO_LOGIN"},
    {"name": "pagerduty", "signOnMode": "SAML_2_0"},
    {"signOnMode": "SAML_2_0"},
    {"signOnMode": "AUTO_LOGIN"},
]


def pruned(tree, draw):
    """``tree`` with members left out, or null, here and there."""
    if not isinstance(tree, dict):
        return tree
    kept = {key: pruned(value, draw) for key, value in tree.items() if draw(st.booleans())}
    return {key: None if draw(st.integers(0, 5)) == 0 else value for key, value in kept.items()}


@given(data=st.data(), kind=st.sampled_from(KINDS))
@settings(max_examples=60, deadline=None)
def test_whatever_a_body_leaves_out_an_application_has_it(data, kind):
    org = okta()
    first, second = ({**pruned(FULL, data.draw), **kind, "label": "All"} for _ in range(2))
    app = made(org, first)
    changed = ok(org, f"PUT {path(app)}", second)
    read = ok(org, f"GET {path(app)}")
    for one in (app, changed, read):
        assert {"accessibility", "visibility", "credentials", "settings", "signOnMode", "_links"} <= one.keys()
        assert {"app", "notes", "notifications"} <= one["settings"].keys()
    assert changed["name"] == app["name"] and changed["signOnMode"] == app["signOnMode"]


def test_lists_are_narrowed_and_paged(org):
    labels = [made(org, BOOKMARK | {"label": f"Wiki {number}"})["label"] for number in range(3)]
    reply = call(org, "GET /api/v1/apps?q=wiki&limit=2")
    assert [app["label"] for app in reply.body] == labels[:2]
    own, following = reply.headers["link"]
    assert own == f'<{BASE}/api/v1/apps?limit=2&q=wiki>; rel="self"'
    after = re.search(r"after=(\w+)", following)[1]
    rest = call(org, f"GET /api/v1/apps?q=wiki&limit=2&after={after}")
    assert [app["label"] for app in rest.body] == labels[2:]
    assert len(rest.headers["link"]) == 1


def test_a_filter_reads_status_users_and_groups(org):
    app = made(org, BOOKMARK)
    group = ok(org, "POST /api/v1/groups", {"profile": {"name": "crew"}})["id"]
    ok(org, f"PUT {path(app)}/groups/{group}", {"priority": 0})
    by_group = ok(org, f'GET /api/v1/apps?filter=group.id eq "{group}"')
    assert [one["id"] for one in by_group] == [app["id"]]
    assert ok(org, 'GET /api/v1/apps?filter=status eq "INACTIVE"') == []


def test_a_malformed_expand(org):
    refused = call(org, "GET /api/v1/apps?expand=user/id,group/id")
    assert cause(refused) == (400, "E0000001", ["Expand query is malformed."])


def test_a_new_organisation_has_oktas_own_applications(org):
    assert [app["name"] for app in ok(org, "GET /api/v1/apps")] == ["saasure", "okta_enduser", "okta_browser_plugin"]


def test_a_seeded_application_keeps_its_links(org):
    way_in = {"name": "login", "href": "https://acme.okta.com/home/thing/0oaSeeded/77", "type": "text/html"}
    links = {
        "appLinks": [way_in],
        "accessPolicy": {"href": "https://acme.okta.com/api/v1/policies/rst1"},
        "policies": {},
    }
    shown = {"id": "0oaSeeded", "name": "thing", "label": "Thing", "status": "INACTIVE", "_links": links}
    seed(org, "apps", "0oaSeeded", shown | {"signOnMode": "BOOKMARK", "orn": "orn:okta:idp:00o1:apps:thing:0oaSeeded"})
    app = ok(org, "GET /api/v1/apps/0oaSeeded")
    assert app["_links"]["appLinks"][0]["href"] == f"{BASE}/home/thing/0oaSeeded/77"
    assert app["_links"]["accessPolicy"]["href"] == f"{BASE}/api/v1/policies/rst1"
    assert "activate" in app["_links"]
    assert app["orn"] == "orn:okta:idp:00o1:apps:thing:0oaSeeded"


def test_an_organisation_of_the_old_pipeline_gives_applications_no_policies(org):
    seed(org, ".well-known/okta-organization", "", {"id": "00o1", "pipeline": "v1"})
    assert not {"policies", "accessPolicy", "profileEnrollment"} & made(org, BOOKMARK)["_links"].keys()


def test_an_organisation_may_lack_what_applications_tell(org):
    assert made(org, BOOKMARK)["universalLogout"] == {"status": "UNSUPPORTED"}
    for what in ("universalLogout", "emOptInStatus", "participate_slo", "policies"):
        seed(org, "unavailable", "", {}, of=(f"apps/{what}",))
    app = made(org, BOOKMARK)
    assert app["universalLogout"] is None
    assert "emOptInStatus" not in app["settings"]
    assert "policies" not in app["_links"]


@pytest.mark.parametrize(
    ("date", "shown", "absent"),
    [
        ("2020-08-27", {"settings.extendedProperties"}, {"orn", "_links.uploadLogo", "settings.manualProvisioning"}),
        ("2025-03-14", {"orn", "settings.manualProvisioning"}, {"universalLogout", "settings.extendedProperties"}),
        ("2026-01-05", {"universalLogout"}, {"settings.extendedProperties"}),
    ],
)
def test_applications_tell_more_with_the_years(org, date, shown, absent):
    seed(org, "recorded", "", {"date": f"{date}T00:00:00+00:00"})
    app = made(org, BOOKMARK)
    told = {*app, *(f"settings.{name}" for name in app["settings"]), *(f"_links.{name}" for name in app["_links"])}
    assert shown <= told and not absent & told


@pytest.mark.parametrize(("date", "relay"), [("2026-01-05", ""), ("2026-06-01", None)])
def test_an_empty_relay_state_was_shown_once(org, date, relay):
    seed(org, "recorded", "", {"date": f"{date}T00:00:00+00:00"})
    seed(org, ".well-known/okta-organization", "", {"id": "00o1", "pipeline": "idx"})
    app = made(org, SAML)
    assert app["settings"]["signOn"]["defaultRelayState"] == relay
    assert app["orn"].startswith("orn:oktapreview:idp:00o1:apps:dev-123456_myportal2_1:")
    assert ok(org, f"PUT {path(app)}", SAML | {"name": "renamed"})["orn"] == app["orn"]


def test_a_policy_takes_the_place_of_the_one_of_its_type(org):
    app = made(org, BOOKMARK)
    seed(org, "policies", "rst2", {"id": "rst2", "type": "ACCESS_POLICY", "name": "Strict"})
    assert call(org, f"PUT {path(app)}/policies/rst2").status == 204
    after = ok(org, f"GET {path(app)}")
    assert after["_links"]["accessPolicy"]["href"] == f"{BASE}/api/v1/policies/rst2"
    assert after["lastUpdated"] == app["lastUpdated"]
    seed(org, "policies", "rst3", {"id": "rst3", "type": "ACCESS_POLICY", "name": "Okta Admin Console"})
    assert cause(call(org, f"PUT {path(app)}/policies/rst3"))[:2] == (400, "E0000001")
    assert call(org, f"PUT {path(app)}/policies/rst9").status == 404


def test_a_picture_is_replaced(org):
    app = made(org, BOOKMARK)
    assert call(org, f"POST {path(app)}/logo").status == 201
    assert ok(org, f"GET {path(app)}")["_links"]["logo"] != app["_links"]["logo"]


def test_an_application_has_the_ways_in_that_it_brings_along(org):
    seen = made(org, BOOKMARK | {"visibility": {"appLinks": {"login": False, "other": True}}})
    assert seen["visibility"]["appLinks"] == {"login": False}
    unlisted = made(org, {"name": "unheard_of", "label": "x", "visibility": {"appLinks": {"door": True}}})
    assert unlisted["visibility"]["appLinks"] == {"door": True}


def test_applications_of_the_catalogue_bring_their_settings_along(org):
    sold = ok(org, "POST /api/v1/apps", {"label": "CRM", "name": "salesforce", "settings": {"app": {"orgID": "o1"}}})
    assert (sold["settings"]["app"]["orgID"], sold["settings"]["app"]["siteURL"]) == ("o1", None)
    assert sold["visibility"]["appLinks"] == {"mc": True}
    assert sold["universalLogout"]["protocol"] == "PROPRIETARY"
    unknown = ok(org, "POST /api/v1/apps", {"label": "x", "name": "nobody_lists_this"})
    assert (unknown["settings"]["app"], unknown["signOnMode"]) == ({}, "BROWSER_PLUGIN")
