"""Variants, error codes, conditions, types of leaves."""

import json

import pytest

from conformance.programs.model import Call, Exchange, Observation
from conformance.recordings.model import Request, Response
from targets.okta import TARGET
from targets.okta.models import Models
from targets.okta.surface import Endpoint, Surface
from targets.okta.variants import variant

GENERATED = int(TARGET.sdk().version.partition(".")[0]) >= 3


def answered(status, body):
    response = Response(status, "", {}, json.dumps(body).encode())
    return Observation(exchanges=(Exchange(Request("GET", "http://x/"), response),))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"body": {"signOnMode": "SAML_2_0", "label": "My App"}}, "SAML_2_0"),
        ({"body": {"name": "template_swa", "signOnMode": "BROWSER_PLUGIN"}}, "BROWSER_PLUGIN,template_swa"),
        ({"body": {"name": "Somebody's own", "type": "ACCESS_POLICY"}}, "ACCESS_POLICY"),
        ({"body": {"factorType": "token:software:totp", "provider": "OKTA"}}, "token:software:totp,OKTA"),
        ({"body": {"type": "a sentence is no kind"}}, ""),
        ({"body": [{"type": "X"}]}, ""),
        ({"type": "OKTA_SIGN_ON", "limit": 5}, "OKTA_SIGN_ON"),
        ({"activate": False, "body": {"profile": {}}}, "activate=false"),
        ({"search": 'profile.name eq "x"', "expand": ["a", "b"]}, "expand=a+b,search"),
        ({"userId": "00u1"}, ""),
    ],
)
def test_variants(arguments, expected):
    assert variant(Call("okta", "POST /api/v1/x", "x", arguments)) == expected


@pytest.mark.parametrize(
    ("body", "code"),
    [({"errorCode": "E0000007"}, "E0000007"), ({"error": "use_dpop_nonce"}, "use_dpop_nonce"), ([], ""), (None, "")],
)
def test_error_codes(body, code):
    assert TARGET.error_code(400, body) == code


def test_conditions():
    assert TARGET.condition(answered(429, {"errorCode": "E0000047"})).name == "rate_limit"
    assert TARGET.condition(answered(404, {"errorCode": "E0000007"})) is None
    assert TARGET.condition(Observation()) is None
    full = {"errorCode": "E0000001", "errorCauses": [{"errorSummary": "Maximum number of instances has been reached."}]}
    assert TARGET.condition(answered(400, full)).name == "full_of_apps"
    no_type = {"errorCode": "E0000001", "errorCauses": [{"errorSummary": "x: The field entityType is not valid."}]}
    assert TARGET.condition(answered(400, no_type)).name == "entity_type_refused"
    assert TARGET.condition(answered(400, {"errorCode": "E0000001"})) is None
    assert TARGET.condition(answered(500, {"errorCode": "E0000009"})).name == "internal_error"


def test_leaves_of_models_that_say_nothing(tmp_path):
    surface = Surface([Endpoint("GET", "/api/v1/apps", "list_applications", answer="Application")], 2)
    owner = Models(tmp_path, surface).owner
    assert (
        owner("GET /api/v1/apps", (0, "visibility", "appLinks", "acme_1_link")) == "Application.visibility.appLinks.*"
    )
    assert owner("GET /api/v1/other", ("status",)) == ""


@pytest.mark.skipif(not GENERATED, reason="models of okta 2.x do not say what they hold")
@pytest.mark.parametrize(
    ("operation", "path", "owner"),
    [
        ("GET /api/v1/users", (0, "status"), "User.status"),
        ("GET /api/v1/groups", (0, "profile"), "Group.profile"),
        ("GET /api/v1/apps", (3, "visibility", "hide", "iOS"), "ApplicationVisibilityHide.iOS"),
        (
            "GET /api/v1/apps/{appId}",
            ("settings", "oauthClient", "redirect_uris", 0),
            "OpenIdConnectApplicationSettingsClient.redirect_uris",
        ),
        (
            "GET /api/v1/meta/schemas/user/{schemaId}",
            ("definitions", "custom", "properties", "x", "title"),
            "UserSchemaAttribute.title",
        ),
        ("GET /api/v1/groups", (0, "nobody", "knows"), ""),
        ("GET /no/such/operation", ("id",), ""),
    ],
)
def test_types_of_leaves(operation, path, owner):
    assert TARGET.leaf_type(operation, path) == owner
