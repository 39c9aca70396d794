"""Brands, themes, pages, templates and domains of the Okta twin."""

from __future__ import annotations

import pytest
from okta_calls import BASE, call, ok, okta, seed

from conformance.twinkit.twin import Twin

EMAIL = "/templates/email/UserActivation"


@pytest.fixture
def twin() -> Twin:
    return okta()


@pytest.fixture
def brand(twin: Twin) -> str:
    return f"/api/v1/brands/{ok(twin, 'POST /api/v1/brands', {'name': 'Acme'})['id']}"


def test_a_brand_is_made_named_and_removed(twin: Twin, brand: str) -> None:
    made = ok(twin, f"GET {brand}")
    assert made["name"] == "Acme" and made["isDefault"] is False and made["customPrivacyPolicyUrl"] is None
    changed = ok(twin, f"PUT {brand}", {"name": "Bolt", "customPrivacyPolicyUrl": "", "locale": "de"})
    assert (changed["name"], changed["customPrivacyPolicyUrl"], changed["locale"]) == ("Bolt", None, "de")
    assert call(twin, f"DELETE {brand}").status == 204
    assert call(twin, f"GET {brand}").body["errorSummary"].endswith("(Brand)")


def test_a_brand_without_application_shows_the_dashboard_to_readers_only(twin: Twin) -> None:
    default = ok(twin, "GET /api/v1/brands")[0]["defaultApp"]["appInstanceId"]
    made = ok(twin, "POST /api/v1/brands", {"name": "Acme"})
    assert made["defaultApp"]["appInstanceId"] is None
    assert ok(twin, f"GET /api/v1/brands/{made['id']}")["defaultApp"]["appInstanceId"] == default


def test_brands_are_listed_by_name_and_found_by_it(twin: Twin) -> None:
    for name in ("zeta", "Alpha"):
        ok(twin, "POST /api/v1/brands", {"name": name})
    names = [one["name"] for one in ok(twin, "GET /api/v1/brands")]
    assert names == sorted(names, key=str.lower)
    assert [one["name"] for one in ok(twin, "GET /api/v1/brands?q=alp")] == ["Alpha"]


def test_a_seeded_default_brand_takes_the_place_of_the_preset(twin: Twin) -> None:
    seed(twin, "brands", "bnd1", {"id": "bnd1", "name": "Own", "isDefault": True})
    assert [one["id"] for one in ok(twin, "GET /api/v1/brands")] == ["bnd1"]


def test_brands_of_before_name_the_dashboard(twin: Twin) -> None:
    seed(twin, "brands", "bnd1", {"id": "bnd1", "isDefault": True, "defaultApp": {"appInstanceId": "0oa1"}})
    made = ok(twin, "POST /api/v1/brands", {"name": "Acme"})
    assert ok(twin, f"GET /api/v1/brands/{made['id']}")["defaultApp"]["appInstanceId"] == "0oa1"
    assert ok(twin, "GET /api/v1/apps/0oa1")["name"] == "okta_enduser"


def test_brands_of_2021_have_no_names(twin: Twin) -> None:
    seed(twin, "recorded", "", {"date": "2021-05-01T00:00:00+00:00"})
    seed(twin, "brands", "bnd1", {"id": "bnd1", "removePoweredByOkta": False, "customPrivacyPolicyUrl": None})
    (shown,) = ok(twin, "GET /api/v1/brands")
    assert set(shown) == {"id", "removePoweredByOkta", "customPrivacyPolicyUrl", "_links"}
    assert shown["_links"]["self"]["hints"]["allow"] == ["GET", "PUT"]


def test_themes_keep_what_is_not_said_and_lose_their_images(twin: Twin, brand: str) -> None:
    (theme,) = ok(twin, f"GET {brand}/themes")
    here = f"{brand}/themes/{theme['id']}"
    changed = ok(twin, f"PUT {here}", {"primaryColorHex": "#000001"})
    assert changed["primaryColorHex"] == "#000001" and changed["secondaryColorHex"] == theme["secondaryColorHex"]
    uploaded = call(twin, f"POST {here}/background-image", {})
    assert uploaded.status == 201
    assert ok(twin, f"GET {here}")["backgroundImage"] == uploaded.body["url"]
    assert call(twin, f"DELETE {here}/background-image").status == 204
    assert ok(twin, f"GET {here}")["backgroundImage"] is None


def test_a_page_can_be_customised_and_put_back(twin: Twin, brand: str) -> None:
    page = f"{brand}/pages/sign-in/customized"
    sent = {"pageContent": "<p>x</p>", "widgetCustomizations": {"signInLabel": "Go", "widgetGeneration": "G3"}}
    shown = ok(twin, f"PUT {page}", sent)
    assert shown["widgetCustomizations"]["signInLabel"] == "Go"
    assert shown["widgetCustomizations"]["helpLabel"] is None
    assert ok(twin, f"GET {page}") == shown
    assert call(twin, f"DELETE {page}").status == 204
    assert call(twin, f"GET {page}").status == 404


def test_templates_come_in_pages(twin: Twin, brand: str) -> None:
    first = call(twin, f"GET {brand}/templates/email")
    assert len(first.body) == 10
    self_line, next_line = first.headers["link"]
    assert self_line == f'<{BASE}{brand}/templates/email?limit=10>; rel="self"'
    second = call(twin, "GET " + next_line.partition(";")[0].strip("<>").removeprefix(BASE))
    assert {one["name"] for one in first.body}.isdisjoint(one["name"] for one in second.body)


def test_the_first_customization_is_the_default_until_another_is(twin: Twin, brand: str) -> None:
    here = f"{brand}{EMAIL}/customizations"
    texts = {"subject": "s", "body": "b"}
    first = ok(twin, f"POST {here}", {"language": "en", "isDefault": False, **texts})
    second = ok(twin, f"POST {here}", {"language": "fr", "isDefault": True, **texts})
    assert first["isDefault"] and second["isDefault"]
    assert [one["isDefault"] for one in ok(twin, f"GET {here}")] == [False, True]
    assert call(twin, f"DELETE {here}").status == 204
    assert ok(twin, f"GET {here}") == []


def test_a_preview_fills_in_variables(twin: Twin, brand: str) -> None:
    content = {"subject": "${org.name}", "body": '<body><a href="${link}">${user.profile.firstName}</a></body>'}
    made = ok(twin, f"POST {brand}{EMAIL}/customizations", {"language": "en", **content})
    shown = ok(twin, f"GET {brand}{EMAIL}/customizations/{made['id']}/preview")
    assert '<a href="%28link%20Placeholder%29">John</a>' in shown["body"] and "${" not in shown["subject"]


def test_settings_of_a_template_are_kept_for_its_brand_only(twin: Twin, brand: str) -> None:
    other = f"/api/v1/brands/{ok(twin, 'POST /api/v1/brands', {'name': 'Other'})['id']}"
    ok(twin, f"PUT {brand}{EMAIL}/settings", {"recipients": "NO_USERS"})
    assert ok(twin, f"GET {brand}{EMAIL}/settings")["recipients"] == "NO_USERS"
    assert ok(twin, f"GET {other}{EMAIL}/settings")["recipients"] == "ALL_USERS"


def test_a_domain_gets_a_brand_and_is_never_verified(twin: Twin) -> None:
    made = ok(twin, "POST /api/v1/domains", {"domain": "ID.Acme.com", "certificateSourceType": "MANUAL"})
    assert made["domain"] == "id.acme.com"
    assert ok(twin, f"GET /api/v1/brands/{made['brandId']}")["name"] == "id.acme.com"
    assert ok(twin, f"POST /api/v1/domains/{made['id']}/verify")["validationStatus"] == "FAILED_TO_VERIFY"
    assert ok(twin, "GET /api/v1/domains")["domains"][-1]["id"] == "default"


@pytest.mark.parametrize(
    ("operation", "body", "what"),
    [
        ("POST /api/v1/domains", {"domain": "a.example.com", "certificateSourceType": "OKTA_MANAGED"}, "domain"),
        ("POST /api/v1/domains/default/verify", None, "id"),
    ],
)
def test_domains_that_cannot_be(twin: Twin, operation: str, body: object, what: str) -> None:
    refused = call(twin, operation, body)
    assert (refused.status, refused.body["errorSummary"]) == (400, f"Api validation failed: {what}")


def test_what_was_shown_of_okta_is_shown_again(twin: Twin, brand: str) -> None:
    seed(
        twin,
        "brands/templates/email/default-content/preview",
        "",
        {"subject": "s", "body": "b"},
        (brand.rpartition("/")[2], "UserActivation"),
    )
    links = {"self": {"href": "https://acme.okta.com/api/v1/brands"}}
    seed(twin, "brands/pages/error/default", "", {"pageContent": "oops, see https://acme.okta.com", "_links": links})
    assert ok(twin, f"GET {brand}/pages/error/default")["pageContent"] == f"oops, see {BASE}"
    shown = ok(twin, f"GET {brand}/templates/email/UserActivation/default-content/preview")
    assert (shown["subject"], shown["body"]) == ("s", "b")


def test_an_organisation_is_called_as_it_was_recorded(twin: Twin) -> None:
    seed(twin, "brands", "b1", {"id": "b1", "_links": {"self": {"href": "https://acme.okta.com/api/v1/brands/b1"}}})
    assert ok(twin, "GET /api/v1/org")["subdomain"] == "acme"


def test_a_brand_tells_of_its_e_mail_domain_while_there_is_one(twin: Twin, brand: str) -> None:
    sent = {"brandId": brand.rpartition("/")[2], "domain": "Acme.com", "displayName": "A", "userName": "u"}
    made = ok(twin, "POST /api/v1/email-domains", sent)
    assert "brandId" not in made and made["dnsValidationRecords"][1]["fqdn"] == "mail.acme.com"
    assert ok(twin, f"GET {brand}")["emailDomainId"] == made["id"]
    assert call(twin, f"DELETE /api/v1/email-domains/{made['id']}").status == 204
    assert "emailDomainId" not in ok(twin, f"GET {brand}")


def test_passwords_of_e_mail_servers_are_not_shown(twin: Twin) -> None:
    made = ok(twin, "POST /api/v1/email-servers", {"alias": "a", "host": "h", "port": 25, "password": "p"})
    assert "password" not in ok(twin, f"GET /api/v1/email-servers/{made['id']}")


def test_an_sms_template_is_changed_in_part_or_whole(twin: Twin) -> None:
    made = ok(twin, "POST /api/v1/templates/sms", {"name": "n", "template": "t", "translations": {"de": "d"}})
    here = f"/api/v1/templates/sms/{made['id']}"
    assert ok(twin, f"POST {here}", {"translations": {"fr": "f"}})["translations"] == {"de": "d", "fr": "f"}
    assert ok(twin, f"PUT {here}", {"name": "m", "template": "t"})["translations"] == {}
