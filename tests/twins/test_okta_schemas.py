"""Schemas of profiles, and mappings between them."""

import pytest
from okta_calls import call, ok, okta, seed

USER = "/api/v1/meta/schemas/user/default"
TEXT = {"title": "T", "type": "string", "required": False, "scope": "NONE", "master": {"type": "PROFILE_MASTER"}}


def custom(**properties):
    return {"definitions": {"custom": {"id": "#custom", "type": "object", "properties": properties}}}


@pytest.fixture
def org():
    return okta()


def test_the_default_schema_is_found_by_its_id_too(org):
    schema = ok(org, f"GET {USER}")
    here = schema["_links"]["self"]["href"]
    assert ok(org, "GET " + here.removeprefix("https://twin.example")) == schema
    assert schema["definitions"]["base"]["required"] == ["login", "firstName", "lastName", "email"]
    assert "required" not in schema["definitions"]["custom"]


def test_properties_are_added_changed_and_taken_away(org):
    before = ok(org, f"GET {USER}")["lastUpdated"]
    schema = ok(org, f"POST {USER}", custom(colour=TEXT))
    assert schema["lastUpdated"] > before
    assert schema["definitions"]["custom"]["properties"]["colour"]["mutability"] == "READ_WRITE"
    assert "required" not in schema["definitions"]["custom"]["properties"]["colour"]
    assert schema["definitions"]["custom"]["required"] == []
    schema = ok(org, f"POST {USER}", custom(colour={"title": "Colour"}, size=TEXT))
    assert schema["definitions"]["custom"]["properties"]["colour"]["title"] == "Colour"
    assert list(schema["definitions"]["custom"]["properties"]) == ["colour", "size"]
    schema = ok(org, f"POST {USER}", custom(colour=None))
    assert list(schema["definitions"]["custom"]["properties"]) == ["size"]
    assert ok(org, f"GET {USER}") == schema


def test_a_base_property_can_become_optional(org):
    body = {"definitions": {"base": {"id": "#base", "type": "object", "properties": {"lastName": {"required": False}}}}}
    base = ok(org, f"POST {USER}", body)["definitions"]["base"]
    assert "lastName" not in base["required"] and base["properties"]["lastName"]["maxLength"] == 50


def test_what_was_there_before_is_shown_as_it_was(org):
    recorded = ok(org, f"POST {USER}", custom(colour=TEXT))
    other = okta()
    moved = {**recorded, "_links": {"self": {"href": "https://org.example/api/v1/meta/schemas/user/osc1"}}}
    seed(other, "meta/schemas/user", "default", moved)
    assert ok(other, f"GET {USER}")["definitions"] == recorded["definitions"]
    assert ok(other, "GET /api/v1/meta/schemas/user/osc1")["definitions"] == recorded["definitions"]


def test_groups_have_a_schema(org):
    path = "/api/v1/meta/schemas/group/default"
    assert ok(org, f"GET {path}")["definitions"]["base"]["required"] == ["name"]
    assert "colour" in ok(org, f"POST {path}", custom(colour=TEXT))["definitions"]["custom"]["properties"]


def test_users_of_an_openid_client_have_a_schema_without_masters(org):
    seed(org, "apps", "0oa1", {"id": "0oa1", "name": "oidc_client", "label": "Web", "signOnMode": "OPENID_CONNECT"})
    path = "/api/v1/meta/schemas/apps/0oa1/default"
    schema = ok(org, f"GET {path}")
    assert schema["title"] == "Web User" and schema["definitions"]["base"]["required"] == ["userName"]
    colour = ok(org, f"POST {path}", custom(colour={**TEXT, "union": "DISABLE"}))["definitions"]["custom"]
    assert colour["properties"]["colour"] == {"title": "T", "type": "string", "scope": "NONE"}


def test_other_applications_schemas_are_not_made_up(org):
    seed(org, "apps", "0oa1", {"id": "0oa1", "name": "bookmark", "label": "Home", "signOnMode": "BOOKMARK"})
    assert call(org, "GET /api/v1/meta/schemas/apps/0oa1/default").status == 501
    assert call(org, "GET /api/v1/meta/schemas/apps/0oanone/default").body["errorSummary"].endswith("(AppInstance)")


@pytest.fixture
def mapping(org):
    seed(org, "meta/types/user", "oty1", {"id": "oty1", "name": "user", "default": True})
    seed(org, "idps", "0oa1", {"id": "0oa1", "type": "GOOGLE"})
    (found,) = [one for one in ok(org, "GET /api/v1/mappings?sourceId=0oa1") if one["target"]["id"] == "oty1"]
    return found


def test_an_identity_provider_has_mappings_to_types_of_users(org, mapping):
    assert mapping["source"]["name"] == "google_idp" and "properties" not in mapping
    again = [one["id"] for one in ok(org, "GET /api/v1/mappings?sourceId=0oa1")]
    assert mapping["id"] in again and len(set(again)) == len(again)
    assert ok(org, "GET /api/v1/mappings?sourceId=0oanone") == []


def test_properties_of_a_mapping_are_set_and_taken_away(org, mapping):
    here = f"/api/v1/mappings/{mapping['id']}"
    assert ok(org, f"GET {here}")["properties"]["login"]["expression"] == "appuser.email"
    sent = {"login": None, "title": {"expression": "appuser.t", "pushStatus": "DONT_PUSH"}}
    properties = ok(org, f"POST {here}", {"properties": sent})["properties"]
    assert "login" not in properties and properties["title"] == sent["title"] and "email" in properties
    assert call(org, "GET /api/v1/mappings/prmnone").body["errorSummary"].endswith("prmnone (ProfileMapping)")
