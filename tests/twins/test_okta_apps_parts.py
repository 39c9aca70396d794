"""What belongs to applications of the Okta twin: keys, metadata, secrets, users, groups, grants, provisioning."""

import base64
import hashlib
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from okta_calls import BASE, call, ok, okta, seed

from conformance.twinkit.store import Clock, Ids
from targets.okta.twin import certificates
from targets.okta.twin.org import Org

SAML = {"label": "Portal", "signOnMode": "SAML_2_0"}
CLIENT = {"name": "oidc_client", "label": "Shop", "signOnMode": "OPENID_CONNECT"}
METADATA = "{urn:oasis:names:tc:SAML:2.0:metadata}"


@pytest.fixture
def org():
    return okta()


def app_path(org, body):
    return f"/api/v1/apps/{ok(org, 'POST /api/v1/apps', body)['id']}"


def user(org, name="ann"):
    login = f"{name}@example.com"
    profile = {"firstName": name.title(), "lastName": "Ames", "login": login, "email": login}
    return ok(org, "POST /api/v1/users", {"profile": profile})["id"]


def group(org, name):
    return ok(org, "POST /api/v1/groups", {"profile": {"name": name}})["id"]


# --- keys


def test_an_application_signs_with_the_key_that_it_names(org):
    app = ok(org, "POST /api/v1/apps", SAML)
    (key,) = ok(org, f"GET /api/v1/apps/{app['id']}/credentials/keys")
    assert key["kid"] == app["credentials"]["signing"]["kid"]
    assert key["created"] == app["created"]
    assert key["expiresAt"][:4] == str(int(key["created"][:4]) + 10)
    certificate = base64.b64decode(key["x5c"][0])
    assert key["x5t#S256"] == certificates.url_safe(hashlib.sha256(certificate).digest())


def test_openid_applications_share_the_organisations_key(org):
    first, second = (ok(org, "POST /api/v1/apps", CLIENT)["credentials"]["signing"] for _ in range(2))
    assert first == second != {}


def test_saml_1_applications_share_an_old_key(org):
    old = {"name": "sharepoint_onpremise", "label": "Shares", "signOnMode": "SAML_1_1"}
    keys = [ok(org, f"GET {app_path(org, old)}/credentials/keys") for _ in range(2)]
    assert [[key["kid"] for key in some] for some in keys] == [[keys[0][0]["kid"]]] * 2
    newer = {"name": "pagerduty", "label": "Pager", "signOnMode": "SAML_2_0"}
    both = [key["kid"] for key in ok(org, f"GET {app_path(org, newer)}/credentials/keys")]
    assert len(both) == 2 and keys[0][0]["kid"] in both
    assert both == sorted(both, key=str.lower)


def test_keys_are_generated_and_cloned(org):
    one, other = app_path(org, SAML), app_path(org, CLIENT)
    reply = call(org, f"POST {one}/credentials/keys/generate?validityYears=2")
    kid = reply.body["kid"]
    assert reply.status == 201
    assert reply.headers["location"] == f"{BASE}{one}/credentials/keys/{kid}"
    assert int(reply.body["expiresAt"][:4]) - int(reply.body["created"][:4]) == 2
    cloned = call(org, f"POST {one}/credentials/keys/{kid}/clone?targetAid={other.rpartition('/')[2]}")
    assert cloned.status == 201 and cloned.body == reply.body
    assert ok(org, f"GET {other}/credentials/keys/{kid}") == reply.body


@given(st.integers(1, 2**2048 - 1))
def test_the_length_of_a_modulus(modulus):
    text = certificates.url_safe(modulus.to_bytes(256))
    assert certificates.modulus_bits({"n": text}) == modulus.bit_length()
    assert certificates.modulus_bits({}) == 0


def unpacked(data):
    """(tag, content) of the values that follow one another in a DER encoding."""
    found = []
    while data:
        tag, length, start = data[0], data[1], 2
        if length & 0x80:
            start += length & 0x7F
            length = int.from_bytes(data[2:start])
        found.append((tag, data[start : start + length]))
        data = data[start + length :]
    return found


def test_a_certificate_is_three_things_and_holds_the_key():
    key = certificates.key(Org(Clock(), Ids()), 5)
    ((_, whole),) = unpacked(base64.b64decode(key["x5c"][0]))
    (_, body), _, (signed_tag, signature) = unpacked(whole)
    public = unpacked(body)[6][1]
    modulus, exponent = (content for _, content in unpacked(unpacked(unpacked(public)[1][1][1:])[0][1]))
    assert certificates.url_safe(modulus.lstrip(b"\0")) == key["n"]
    assert certificates.url_safe(exponent) == key["e"] == "AQAB"
    assert (signed_tag, len(signature)) == (3, 257)


def test_a_signing_request_holds_subject_and_names(org):
    path = f"{app_path(org, SAML)}/credentials/csrs"
    body = {"subject": {"commonName": "Issuer", "countryName": "CA"}, "subjectAltNames": {"dnsNames": ["dev.example"]}}
    reply = call(org, f"POST {path}", body)
    assert reply.status == 201
    assert reply.headers["location"] == reply.body["_links"]["self"]["href"]
    content = base64.b64decode(reply.body["csr"])
    assert b"Issuer" in content and b"dev.example" in content
    one = f"{path}/{reply.body['id']}"
    assert ok(org, f"GET {one}") == reply.body
    assert call(org, f"DELETE {one}").status == 204
    assert ok(org, f"GET {path}") == []


# --- metadata


def metadata(org, body, query=""):
    reply = call(org, f"GET {app_path(org, body)}/sso/saml/metadata{query}")
    assert reply.headers["content-type"].startswith("application/xml")
    return ET.fromstring(reply.body)


def test_metadata_name_the_formats_that_are_asked_for(org):
    asked = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
    root = metadata(org, SAML | {"settings": {"signOn": {"subjectNameIdFormat": asked}}})
    formats = [one.text for one in root.iter(f"{METADATA}NameIDFormat")]
    assert formats == ["urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress", asked]
    assert root.attrib["entityID"].startswith("http://www.okta.com/exk")
    assert list(root.iter(f"{METADATA}SingleLogoutService")) == []


def test_metadata_tell_where_to_log_out(org):
    root = metadata(org, SAML | {"settings": {"signOn": {"slo": {"enabled": True}}}})
    services = [one.attrib["Location"] for one in root.iter(f"{METADATA}SingleLogoutService")]
    assert [url.rpartition("/slo/")[2] for url in services] == ["saml", "saml"]


def test_only_saml_applications_have_metadata(org):
    reply = call(org, f"GET {app_path(org, CLIENT)}/sso/saml/metadata?kid=any")
    assert (reply.status, reply.body["errorCode"]) == (400, "E0000019")


# --- secrets


def test_the_life_of_a_secret(org):
    path = f"{app_path(org, CLIENT)}/credentials/secrets"
    reply = call(org, f"POST {path}")
    assert reply.status == 201 and reply.body["status"] == "ACTIVE"
    here = f"{path}/{reply.body['id']}"
    assert len(ok(org, f"GET {path}")) == 2
    assert call(org, f"DELETE {here}").status == 501
    off = ok(org, f"POST {here}/lifecycle/deactivate")
    assert off["_links"].keys() == {"activate", "delete"}
    on = ok(org, f"POST {here}/lifecycle/activate")
    assert on["_links"].keys() == {"deactivate"} and on["lastUpdated"] > off["lastUpdated"]
    ok(org, f"POST {here}/lifecycle/deactivate")
    assert call(org, f"DELETE {here}").status == 204
    assert len(ok(org, f"GET {path}")) == 1


def test_a_public_key_must_be_long(org):
    refused = call(org, f"POST {app_path(org, CLIENT)}/credentials/jwks", {"kty": "RSA", "n": "AQAB"})
    assert refused.body["errorSummary"] == "Api validation failed: JsonWebKey"


# --- members


def test_a_user_is_assigned_changed_and_taken_away(org):
    path, ann = f"{app_path(org, SAML)}/users", user(org)
    body = {"id": ann, "credentials": {"userName": "ann", "password": {"value": "secret"}}}
    assigned = ok(org, f"POST {path}", body)
    assert assigned["credentials"] == {"userName": "ann"}
    assert (assigned["scope"], assigned["syncState"], assigned["profile"]) == ("USER", "DISABLED", {})
    changed = ok(org, f"POST {path}/{ann}", {"status": "SUSPENDED", "credentials": {"userName": "ann2"}})
    assert (changed["credentials"], changed["status"]) == ({"userName": "ann2"}, "ACTIVE")
    assert [one["id"] for one in ok(org, f"GET {path}?q=ANN")] == [ann]
    assert call(org, f"DELETE {path}/{ann}").status == 204
    assert ok(org, f"GET {path}") == []


def test_without_a_name_a_user_is_called_as_at_home(org):
    path, ann = f"{app_path(org, SAML)}/users", user(org)
    assert ok(org, f"POST {path}", {"id": ann})["credentials"] == {"userName": "ann@example.com"}
    assert call(org, f"POST {path}", {"id": "00uNobody"}).status == 404


def test_groups_make_room_for_one_another(org):
    path = f"{app_path(org, SAML)}/groups"
    first, second, third = (group(org, name) for name in ("a", "b", "c"))
    for id_ in (first, second):
        assert ok(org, f"PUT {path}/{id_}", {"priority": 0})["priority"] == 0
    assert ok(org, f"PUT {path}/{third}", {"profile": {"role": "guest"}})["priority"] == 2
    listed = [(one["id"], one["priority"]) for one in ok(org, f"GET {path}")]
    assert listed == [(second, 0), (first, 1), (third, 2)]
    assert call(org, f"PUT {path}/00gNone", {}).body["errorSummary"].endswith("(UserGroup)")
    assert call(org, f"DELETE {path}/{first}").status == 204
    assert call(org, f"GET {path}/{first}").status == 404


def test_a_group_tells_its_applications(org):
    path, crew = app_path(org, SAML), group(org, "crew")
    assert ok(org, f"GET /api/v1/groups/{crew}/apps") == []
    ok(org, f"PUT {path}/groups/{crew}", {})
    reply = call(org, f"GET /api/v1/groups/{crew}/apps")
    assert [app["label"] for app in reply.body] == ["Portal"]
    assert reply.headers["link"] == [f'<{BASE}/api/v1/groups/{crew}/apps?limit=20>; rel="self"']


def test_grants_are_of_the_client_whichever_application_it_is(org):
    client = CLIENT | {"credentials": {"oauthClient": {"client_id": "mine"}}}
    old = {"id": "oag1", "clientId": "mine", "scopeId": "okta.groups.read", "created": "2009-01-01T00:00:00.000Z"}
    seed(org, "apps/grants", "oag1", old, of=("0oaGone",))
    app = ok(org, "POST /api/v1/apps", client)
    here = f"/api/v1/apps/{app['id']}/grants"
    new = ok(org, f"POST {here}", {"issuer": BASE, "scopeId": "okta.users.read"})
    assert [one["id"] for one in ok(org, f"GET {here}")] == [new["id"], "oag1"]


def test_a_grant_tells_who_gave_it(org):
    path = f"{app_path(org, CLIENT)}/grants"
    given_ = ok(org, f"POST {path}", {"issuer": BASE, "scopeId": "okta.users.read"})
    assert given_["_embedded"] == {"scope": {"id": "okta.users.read"}}
    assert given_["_links"]["client"]["title"] == "Shop"
    (found,) = ok(org, f"GET {path}")
    assert "_embedded" not in found and found["clientId"] == given_["clientId"]
    assert call(org, f"DELETE {path}/{given_['id']}").status == 204
    assert ok(org, f"GET {path}") == []


def test_tokens_are_those_that_were_there(org):
    path = app_path(org, CLIENT)
    app_id = path.rpartition("/")[2]
    seed(org, "apps/tokens", "oar1", {"id": "oar1", "status": "ACTIVE"}, of=(app_id,))
    assert ok(org, f"GET {path}/tokens/oar1")["status"] == "ACTIVE"
    missing = call(org, f"GET {path}/tokens/oar2").body["errorSummary"]
    assert missing == f"Not found: Resource not found: {app_id}.oar2 (OAuth2RefreshTokenTx)"
    assert call(org, f"DELETE {path}/tokens").status == 204
    assert ok(org, f"GET {path}/tokens") == []


# --- provisioning


def test_features_need_provisioning(org):
    path = app_path(org, SAML)
    assert call(org, f"GET {path}/features").body["errorCauses"] == [{"errorSummary": "Provisioning is not supported."}]
    assert call(org, f"GET {path}/features/USER_PROVISIONING").status == 400
    assert call(org, f"GET {path}/features/NONE").body["errorSummary"].endswith("(PublicAppFeatureSetName)")
    assert (
        call(org, "GET /api/v1/apps/0oaNone/features/USER_PROVISIONING").body["errorSummary"].endswith("(AppInstance)")
    )
    assert call(org, f"PUT {path}/features/USER_PROVISIONING").body["errorCode"] == "E0000003"


def test_a_feature_is_changed_in_part(org):
    path = app_path(org, SAML)
    shown = {"capabilities": {"create": {"lifecycleCreate": {"status": "ENABLED"}}}}
    seed(org, "apps/features", "USER_PROVISIONING", shown, of=(path.rpartition("/")[2],))
    changed = ok(org, f"PUT {path}/features/USER_PROVISIONING", {"update": {"profile": {"status": "DISABLED"}}})
    assert changed["capabilities"].keys() == {"create", "update"}
    assert [one["name"] for one in ok(org, f"GET {path}/features")] == ["USER_PROVISIONING"]


def test_a_connection_is_made_and_switched_on(org):
    path = f"{app_path(org, SAML)}/connections/default"
    none = {"status": "UNKNOWN", "profile": {"authScheme": "UNKNOWN"}}
    assert ok(org, f"GET {path}") == none
    assert ok(org, f"POST {path}", {"profile": {"authScheme": "UNKNOWN"}}) == none
    body = {"baseUrl": "https://scim.example", "profile": {"authScheme": "TOKEN", "token": "secret"}}
    connected = ok(org, f"POST {path}", body)
    assert connected["profile"] == {"authScheme": "TOKEN"}
    assert connected["status"] == "DISABLED" and "activate" in connected["_links"]
    assert call(org, f"POST {path}/lifecycle/activate").status == 204
    assert ok(org, f"GET {path}")["status"] == "ENABLED"
    assert call(org, "GET /api/v1/apps/0oaNone/connections/default").status == 404


def test_federated_claims(org):
    path = f"{app_path(org, SAML)}/federated-claims"
    reply = call(org, f"POST {path}", {"name": "role", "expression": "user.profile.role"})
    assert reply.status == 201
    here = f"{path}/{reply.body['id']}"
    changed = ok(org, f"PUT {here}", {"name": "job", "expression": "user.profile.job"})
    assert changed["name"] == "job" and changed["lastUpdated"] > reply.body["lastUpdated"]
    assert call(org, f"DELETE {here}").status == 204
    assert call(org, f"GET {here}").status == 404


def test_groups_are_pushed(org):
    path, source = f"{app_path(org, SAML)}/group-push/mappings", group(org, "crew")
    pushed = ok(org, f"POST {path}", {"sourceGroupId": source, "targetGroupName": "Crew", "status": "ACTIVE"})
    assert "targetGroupName" not in pushed and pushed["created"].endswith("Z") and "." not in pushed["created"]
    assert ok(org, f"GET {path}?sourceGroupId=00gOther") == []
    assert ok(org, f"GET {path}?sourceGroupId={source}") == [pushed]
    assert ok(org, f"PATCH {path}/{pushed['id']}", {"status": "INACTIVE"})["status"] == "INACTIVE"
    assert call(org, f"DELETE {path}/{pushed['id']}?deleteTargetGroup=true").status == 200
    assert call(org, f"GET {path}/{pushed['id']}").status == 404
