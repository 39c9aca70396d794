"""Authorization servers, identity providers, authenticators, zones and what else protects an organisation."""

import base64

import pytest
from okta_calls import BASE, call, ok, okta, seed

from targets.okta.twin import certificates, x509
from targets.okta.twin.java_sets import record_order


@pytest.fixture
def twin():
    return okta()


def code(reply):
    return reply.status, reply.body["errorCode"]


# --- authorization servers


@pytest.fixture
def server(twin):
    return ok(twin, "POST /api/v1/authorizationServers", {"name": "orders", "audiences": ["api://orders"]})


def of(server, rest=""):
    return f"/api/v1/authorizationServers/{server['id']}{rest}"


def test_a_server_comes_with_scopes_claims_and_a_key(twin, server):
    assert server["issuer"] == f"{BASE}/oauth2/{server['id']}"
    assert (server["issuerMode"], server["default"], server["status"]) == ("DYNAMIC", False, "ACTIVE")
    assert {scope["name"] for scope in ok(twin, f"GET {of(server, '/scopes')}")} >= {"openid", "offline_access"}
    claims = {claim["name"]: claim for claim in ok(twin, f"GET {of(server, '/claims')}")}
    assert claims["sub"]["valueType"] == "EXPRESSION"
    assert claims["email"]["conditions"] == {"scopes": ["email"]}
    (key,) = ok(twin, f"GET {of(server, '/credentials/keys')}")
    assert key["kid"] == server["credentials"]["signing"]["kid"]
    assert "id" not in key


def test_keys_rotate_only_by_themselves_if_they_may(twin, server):
    rotated = ok(twin, f"POST {of(server, '/credentials/lifecycle/keyRotate')}", {"use": "sig"})
    assert [key["status"] for key in rotated] == ["ACTIVE", "EXPIRED"]
    signing = ok(twin, f"GET {of(server)}")["credentials"]["signing"]
    assert signing["kid"] == rotated[0]["kid"]
    manual = {"name": "orders", "credentials": {"signing": {"rotationMode": "MANUAL"}}}
    after = ok(twin, f"PUT {of(server)}", manual)["credentials"]["signing"]
    assert (after["kid"], "nextRotation" in after, "nextRotation" in signing) == (signing["kid"], False, True)


def test_the_default_server_is_called_by_its_name(twin):
    default = ok(twin, "GET /api/v1/authorizationServers/default")
    assert default["default"] and default["issuer"] == f"{BASE}/oauth2/default"
    assert ok(twin, "GET /api/v1/authorizationServers?q=def")[0]["id"] == default["id"]


def test_a_default_server_of_their_own_takes_its_place(twin):
    theirs = {"id": "ausX", "name": "default", "default": True, "credentials": {"signing": {"rotationMode": "MANUAL"}}}
    seed(twin, "authorizationServers", "default", theirs)
    assert ok(twin, "GET /api/v1/authorizationServers/default")["id"] == "ausX"
    assert len(ok(twin, "GET /api/v1/authorizationServers")) == 1


def test_claims_and_scopes_take_what_bodies_say(twin, server):
    claim = ok(twin, f"POST {of(server, '/claims')}", {"name": "c", "claimType": "RESOURCE", "conditions": {}})
    assert (claim["conditions"], claim["status"], claim["system"]) == ({"scopes": []}, "ACTIVE", False)
    here = of(server, f"/claims/{claim['id']}")
    assert ok(twin, f"PUT {here}", {"name": "c", "status": "INACTIVE"})["status"] == "INACTIVE"
    assert call(twin, f"DELETE {here}").status == 204
    assert "(OAuth2Claim)" in call(twin, f"GET {here}").body["errorSummary"]
    scope = ok(twin, f"POST {of(server, '/scopes')}", {"name": "s:read"})
    assert (scope["metadataPublish"], scope["description"]) == ("NO_CLIENTS", None)


def test_rules_of_servers_are_numbered_and_grants_are_a_set(twin, server):
    policy = ok(twin, f"POST {of(server, '/policies')}", {"name": "p"})
    assert (policy["conditions"], policy["type"]) == ({"clients": {"include": []}}, "OAUTH_AUTHORIZATION_POLICY")
    assert policy["_links"]["rules"]["hints"]["allow"] == ["GET"]
    here = of(server, f"/policies/{policy['id']}/rules")
    grants = {"grantTypes": {"include": ["authorization_code", "client_credentials"]}, "scopes": {}}
    reply = call(twin, f"POST {here}", {"name": "r", "priority": 7, "conditions": grants})
    assert (reply.status, reply.body["priority"]) == (201, 1)
    assert reply.body["conditions"] == {
        "people": {"users": {"exclude": []}},
        "grantTypes": {"include": ["client_credentials", "authorization_code"]},
        "scopes": {"include": []},
    }
    assert call(twin, f"POST {here}/{reply.body['id']}/lifecycle/deactivate").status == 204
    assert ok(twin, f"GET {here}/{reply.body['id']}")["status"] == "INACTIVE"


def test_tokens_are_those_of_clients_that_are_known(twin, server):
    assert ok(twin, f"GET {of(server, '/clients')}") == []
    unknown = call(twin, f"GET {of(server, '/clients/0oaX/tokens')}")
    assert "0oaX (PublicClientApp)" in unknown.body["errorSummary"]
    seed(
        twin, "authorizationServers/clients/tokens", "oar1", {"id": "oar1", "status": "ACTIVE"}, (server["id"], "0oa1")
    )
    seed(twin, "authorizationServers/clients", "0oa1", None, (server["id"],))
    assert ok(twin, f"GET {of(server, '/clients/0oa1/tokens/oar1')}")["status"] == "ACTIVE"
    assert call(twin, f"DELETE {of(server, '/clients/0oa1/tokens')}").status == 204
    assert ok(twin, f"GET {of(server, '/clients/0oa1/tokens')}") == []


# --- identity providers


def provider(twin, type_, **protocol):
    body = {"name": f"a {type_}", "type": type_, "protocol": {"type": "OIDC", **protocol}}
    return ok(twin, "POST /api/v1/idps", body)


def test_social_providers_have_known_addresses_and_no_settings(twin):
    made = provider(twin, "GOOGLE", credentials={"client": {"client_id": "c", "pkce_required": None}})
    assert made["protocol"]["endpoints"]["token"]["binding"] == "HTTP-POST"
    assert made["protocol"]["credentials"] == {"client": {"client_id": "c"}}
    assert "settings" not in made["protocol"] and "trustClaims" not in made["policy"]
    assert list(made["_links"]) == ["authorize", "clientRedirectUri"]


def test_openid_providers_show_only_signatures_by_shared_secrets(twin):
    def signed(algorithm):
        return {"request": {"signature": {"algorithm": algorithm, "scope": "REQUEST"}}}

    assert "algorithms" not in provider(twin, "OIDC", algorithms=signed("SHA-256"))["protocol"]
    assert provider(twin, "OIDC", algorithms=signed("HS256"))["protocol"]["algorithms"] == signed("HS256")
    endpoints = {"acs": {"type": "INSTANCE"}, "slo": {"url": "https://x/slo"}}
    shown = provider(twin, "OIDC", endpoints=endpoints)["protocol"]["endpoints"]
    assert shown == {"slo": {"url": "https://x/slo", "binding": "HTTP-REDIRECT"}}


def test_saml_providers_trust_one_audience_for_good(twin):
    made = provider(twin, "SAML2", credentials={"trust": {"issuer": "https://x", "kid": "k"}})
    trust = made["protocol"]["credentials"]["trust"]
    assert trust["audience"].startswith("https://www.okta.com/saml2/service-provider/sp")
    assert (trust["revocation"], trust["kid"], "issuerMode" in made) == (None, "k", False)
    here = f"/api/v1/idps/{made['id']}"
    replaced = ok(twin, f"PUT {here}", {"name": "new", "type": "SAML2", "protocol": {"type": "SAML2"}})
    assert replaced["created"] is None
    assert ok(twin, f"GET {here}")["created"] == made["created"]
    assert replaced["protocol"]["credentials"]["trust"]["audience"] == trust["audience"]


def test_providers_of_other_types_are_not_guessed(twin):
    assert call(twin, "POST /api/v1/idps", {"name": "x", "type": "NEW"}).status == 501


def test_trusted_keys_are_what_their_certificates_say(twin):
    made = certificates.key(twin.store["okta"], 3)
    key = ok(twin, "POST /api/v1/idps/credentials/keys", {"x5c": made["x5c"]})
    assert {name: key[name] for name in ("n", "e", "expiresAt", "x5t#S256")} == {
        name: made[name] for name in ("n", "e", "expiresAt", "x5t#S256")
    }
    unreadable = [ok(twin, "POST /api/v1/idps/credentials/keys", {"x5c": ["nothing"]}) for _ in range(2)]
    assert unreadable[0]["n"] == unreadable[1]["n"]
    listed = call(twin, "GET /api/v1/idps/credentials/keys")
    assert len(listed.body) == 3 and 'rel="next"' in listed.headers["link"][0]
    assert call(twin, f"DELETE /api/v1/idps/credentials/keys/{key['kid']}").status == 204
    assert "(IdpTrust)" in call(twin, f"GET /api/v1/idps/credentials/keys/{key['kid']}").body["errorSummary"]


@pytest.mark.parametrize("data", [b"", b"\x30", b"\x30\x82\x01", b"\x02\x01\x05", base64.b64decode("MIIB")])
def test_what_is_no_certificate(data):
    with pytest.raises(ValueError):
        x509.public_key(data)


def test_signing_keys_are_made_cloned_and_listed_with_the_organisations_own(twin):
    one, other = provider(twin, "GOOGLE"), provider(twin, "OIDC")
    keys = f"/api/v1/idps/{one['id']}/credentials/keys"
    made = call(twin, f"POST {keys}/generate?validityYears=2")
    assert made.status == 201 and made.headers["location"] == f"{BASE}{keys}/{made.body['kid']}"
    ok(twin, f"POST {keys}/{made.body['kid']}/clone?targetIdpId={other['id']}")
    assert ok(twin, f"GET /api/v1/idps/{other['id']}/credentials/keys/{made.body['kid']}") == made.body
    listed = ok(twin, f"GET {keys}")
    assert [key["kid"] == made.body["kid"] for key in listed] == [True, False]
    assert ok(twin, f"GET {keys}/{listed[1]['kid']}") == listed[1]


# --- authenticators


def authenticator(twin, key):
    return next(one for one in ok(twin, "GET /api/v1/authenticators") if one["key"] == key)


def test_authenticators_and_their_methods(twin):
    password = authenticator(twin, "okta_password")
    assert list(password["_links"]) == ["self", "methods"]
    verify = authenticator(twin, "okta_verify")
    assert "enroll" in verify["_links"]
    methods = ok(twin, f"GET /api/v1/authenticators/{verify['id']}/methods")
    assert [method["type"] for method in methods] == ["totp", "push", "signed_nonce"]
    assert all("id" not in method for method in methods)
    assert "activate" in methods[1]["_links"] and list(methods[0]["_links"]) == ["self"]


def test_what_authenticators_refuse(twin):
    phone = authenticator(twin, "phone_number")
    here = f"/api/v1/authenticators/{phone['id']}"
    body = {"key": "phone_number", "name": "Phone", "type": "phone"}
    assert code(call(twin, f"PUT {here}", body)) == (400, "E0000226")
    assert ok(twin, f"PUT {here}", {**body, "status": "INACTIVE"})["settings"] == {"allowedFor": "recovery"}
    assert code(call(twin, f"POST {here}/lifecycle/deactivate")) == (400, "E0000001")
    assert code(call(twin, "POST /api/v1/authenticators", {"key": "okta_email"})) == (400, "E0000001")


def test_an_authenticator_that_a_policy_enrols_cannot_be_switched_off(twin):
    email = authenticator(twin, "okta_email")
    wanted = {"authenticators": [{"key": "okta_email", "enroll": {"self": "REQUIRED"}}]}
    ok(twin, "POST /api/v1/policies", {"name": "enrol", "type": "MFA_ENROLL", "settings": wanted})
    refused = call(twin, f"POST /api/v1/authenticators/{email['id']}/lifecycle/deactivate")
    assert code(refused) == (403, "E0000148")
    assert refused.body["errorCauses"] == [{"errorSummary": "Authenticator Enrollment Policies: enrol"}]


def test_seeded_authenticators_and_methods_take_the_place_of_the_usual_ones(twin):
    seed(twin, "authenticators", "aut1", {"id": "aut1", "key": "okta_verify", "type": "app", "status": "ACTIVE"})
    assert [one["id"] for one in ok(twin, "GET /api/v1/authenticators")] == ["aut1"]
    for name in ("push", "totp"):
        seed(twin, "authenticators/methods", name, {"type": name, "status": "INACTIVE"}, ("aut1",))
    methods = {one["type"]: one["status"] for one in ok(twin, "GET /api/v1/authenticators/aut1/methods")}
    assert methods == {"push": "INACTIVE", "totp": "INACTIVE"}


def test_models_of_keys_where_the_organisation_may_have_them(twin):
    key = authenticator(twin, "webauthn")
    models = f"/api/v1/authenticators/{key['id']}/aaguids"
    assert code(call(twin, f"GET {models}")) == (401, "E0000015")
    seed(twin, "authenticators/aaguids", "0-1", {"aaguid": "0-1", "name": "k"}, (key["id"],))
    (model,) = ok(twin, f"GET {models}")
    assert (model["aaguid"], "id" in model) == ("0-1", False)
    assert ok(twin, f"GET {models}/0-1") == model


# --- zones, origins, threats


def test_zones_show_what_their_type_has(twin):
    ip = ok(twin, "POST /api/v1/zones", {"type": "IP", "name": "z", "gateways": []})
    assert (ip["proxies"], ip["usage"], ip["system"]) == (None, "POLICY", False)
    dynamic = ok(twin, "POST /api/v1/zones", {"type": "DYNAMIC", "name": "d", "locations": [{"country": "US"}]})
    assert (dynamic["locations"], dynamic["proxyType"]) == ([{"country": "US", "region": None}], "")
    assert "asns" not in dynamic
    newer = ok(twin, "POST /api/v1/zones", {"type": "DYNAMIC_V2", "name": "n", "asns": {"include": ["1"]}})
    assert newer["asns"] == {"include": ["1"], "exclude": []}
    assert newer["locations"] == {"include": [], "exclude": []}


def test_switching_a_zone_shows_it_and_notes_the_time(twin):
    zone = ok(twin, "POST /api/v1/zones", {"type": "IP", "name": "z"})
    on = ok(twin, f"POST /api/v1/zones/{zone['id']}/lifecycle/activate")
    assert on["lastUpdated"] > zone["lastUpdated"]
    off = ok(twin, f"POST /api/v1/zones/{zone['id']}/lifecycle/deactivate")
    assert off["status"] == "INACTIVE" and "activate" in off["_links"]


def test_records_are_listed_as_a_set_of_them_is():
    places = [{"country": "US", "region": None}, {"country": "AF", "region": "AF-BGL"}]
    assert record_order(places, "country", "region") == record_order(reversed(places), "country", "region")


def test_who_calls_is_who_changed_what_was_there(twin):
    seed(twin, "trustedOrigins", "tos1", {"id": "tos1", "name": "o", "lastUpdatedBy": "00uA"})
    made = ok(twin, "POST /api/v1/trustedOrigins", {"name": "p", "origin": "https://p", "scopes": []})
    assert (made["createdBy"], made["lastUpdatedBy"], made["status"]) == ("00uA", "00uA", "ACTIVE")


def test_threats_leave_out_only_the_zones_that_the_last_body_names(twin):
    here = "/api/v1/threats/configuration"
    assert ok(twin, f"POST {here}", {"action": "block", "excludeZones": ["nzo1"]})["excludeZones"] == ["nzo1"]
    after = ok(twin, f"POST {here}", {"action": "none"})
    assert (after["action"], after["excludeZones"]) == ("none", [])
    assert ok(twin, f"GET {here}") == after


# --- captchas, behaviours, devices, push providers, features


def test_there_is_one_captcha_and_its_secret_is_not_shown(twin):
    body = {"name": "c", "siteKey": "s", "secretKey": "x", "type": "HCAPTCHA"}
    made = call(twin, "POST /api/v1/captchas", body)
    assert made.status == 201 and "secretKey" not in made.body
    refused = call(twin, "POST /api/v1/captchas", body)
    assert code(refused) == (403, "E0000166")
    assert refused.body["errorCauses"][0]["reason"] == "EXCEEDS_MAX_VALUE"
    org = ok(twin, "PUT /api/v1/org/captcha", {"captchaId": made.body["id"], "enabledPages": ["SIGN_IN", "SSPR"]})
    assert org["enabledPages"] == ["SSPR", "SIGN_IN"] and "captcha" in org["_links"]
    assert call(twin, "DELETE /api/v1/org/captcha").status == 204
    assert ok(twin, "GET /api/v1/org/captcha")["captchaId"] is None


def test_behaviours_begin_active_and_write_times_their_own_way(twin):
    for name in ("b", "a"):
        made = ok(twin, "POST /api/v1/behaviors", {"name": name, "type": "VELOCITY", "status": "INACTIVE"})
    assert made["status"] == "ACTIVE"
    assert made["created"].count(" ") == 1 and made["created"].endswith(".0")
    reply = call(twin, "GET /api/v1/behaviors?limit=1")
    assert [one["name"] for one in reply.body] == ["a"]
    assert "after=a" in reply.headers["link"][1]


def test_a_changed_assurance_does_not_say_who_made_it(twin):
    made = ok(twin, "POST /api/v1/device-assurances", {"name": "d", "platform": "IOS"})
    assert (made["resourceId"], made["resourceDisplayName"]["value"]) == (made["id"], "d")
    here = f"/api/v1/device-assurances/{made['id']}"
    changed = ok(twin, f"PUT {here}", {"name": "e", "platform": "IOS"})
    assert "createdDate" not in changed and changed["resourceDisplayName"]["value"] == "e"
    assert ok(twin, f"GET {here}")["createdDate"] == made["createdDate"]


def test_push_providers_need_a_type_and_a_configuration_and_keep_secrets(twin):
    refused = call(twin, "POST /api/v1/push-providers", {"name": "p"})
    assert refused.body["errorSummary"] == "Api validation failed: providerType"
    assert len(refused.body["errorCauses"]) == 2
    configuration = {"keyId": "k", "tokenSigningKey": "secret"}
    body = {"name": "p", "providerType": "APNS", "configuration": configuration}
    made = ok(twin, "POST /api/v1/push-providers", body)
    assert made["configuration"] == {"keyId": "k"} and "created" not in made
    assert ok(twin, "GET /api/v1/push-providers?type=FCM") == []
    assert ok(twin, f"PUT /api/v1/push-providers/{made['id']}", body)["lastUpdatedDate"] > made["lastUpdatedDate"]


def test_what_is_always_there_and_what_never_is(twin):
    here = "/attack-protection/api/v1/user-lockout-settings"
    assert ok(twin, f"GET {here}") == {"preventBruteForceLockoutFromUnknownDevices": False}
    assert code(call(twin, "GET /api/v1/device-posture-checks/default")) == (401, "E0000015")
    seed(twin, "features", "ftr1", {"id": "ftr1", "name": "f"})
    assert ok(twin, "GET /api/v1/features/ftr1/dependents") == []


def test_kinds_that_the_organisation_does_not_have(twin):
    seed(twin, "unavailable", "", {}, ("authorizationServers",))
    assert code(call(twin, "POST /api/v1/authorizationServers", {})) == (401, "E0000015")
    assert code(call(twin, "GET /api/v1/authorizationServers/default/scopes")) == (401, "E0000015")
    assert ok(twin, "GET /api/v1/policies?type=PASSWORD")


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("POST /api/v1/zones", {"type": "DYNAMIC", "name": "z", "locations": [{"country": 1}]}),
        ("POST /api/v1/policies", {"type": "PASSWORD", "name": "p", "settings": []}),
        ("POST /api/v1/policies", {"type": "PASSWORD", "name": "p", "priority": "first"}),
        ("POST /api/v1/idps", {"type": "OIDC", "name": "i", "protocol": {"endpoints": {"token": "x"}}}),
        ("POST /api/v1/device-assurances", {"name": "d", "diskEncryptionType": {"include": [1]}}),
        ("POST /api/v1/authorizationServers", {"name": "s", "credentials": {"signing": "x"}}),
        ("PUT /api/v1/org/captcha", {"enabledPages": "SSPR"}),
    ],
)
def test_bodies_of_another_shape_cannot_be_read(twin, operation, body):
    assert code(call(twin, operation, body)) == (400, "E0000003")
