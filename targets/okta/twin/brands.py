"""Brands: their themes with images, and the pages that people see (sign-in, error, sign-out)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.okta.twin import errors
from targets.okta.twin.context import Answering, Context
from targets.okta.twin.family import Family
from targets.okta.twin.kinds import NO_CONTENT, Kind, called, hints, standard
from targets.okta.twin.listing import Listing, contains
from targets.okta.twin.org import BASE, Org, Path, Resource
from targets.okta.twin.seeding import adopt_default, seed_kind

DASHBOARD = "okta_enduser"
"""The application that people are sent to where a brand names no other."""
NO_APP: Resource = {"appInstanceId": None, "appLinkName": None, "classicApplicationUri": None}


# --- brands

SEVERAL = "2023"
"""Before this year an organisation had one brand, which had no name."""


def brand_made(_: Context, body: Resource, old: Resource | None) -> Resource:
    """Members that nobody names are off or none; an empty address is none."""
    off: Resource = {
        "removePoweredByOkta": False,
        "customPrivacyPolicyUrl": None,
        "agreeToCustomPrivacyPolicy": False,
    }
    made = off | body
    made |= {} if old else {"isDefault": False}
    made["customPrivacyPolicyUrl"] = made["customPrivacyPolicyUrl"] or None
    if "defaultApp" in body:
        made["defaultApp"] = {**NO_APP, **(body["defaultApp"] or {})}
    return made


def brand_links(context: Context, brand: Resource, _: Path) -> Json:
    """Themes, the brand itself, its e-mail domain if it has one."""
    here = f"/api/v1/brands/{brand['id']}"
    links = {
        "themes": hints(context.href(f"{here}/themes"), "GET"),
        "self": hints(context.href(here), "GET", "PUT", *(("DELETE",) if context.org.date >= SEVERAL else ())),
    }
    if domain := brand.get("emailDomainId"):
        links["emailDomain"] = hints(context.href(f"/api/v1/email-domains/{domain}"), "GET", "PUT")
    return links


def default_app(context: Context, brand: Resource) -> Resource:
    """A brand that names no application sends people to the organisation's dashboard; writes do not show that."""
    if "defaultApp" in brand or context.request.method != "GET":
        return {"defaultApp": brand.get("defaultApp", NO_APP)}
    return {"defaultApp": {**NO_APP, "appInstanceId": _dashboard(context.org)}}


def _dashboard(org: Org) -> str | None:
    apps = (app["id"] for app in org.shelf("apps").values() if app.get("name") == DASHBOARD)
    others = (value_of(brand) for brand in org.shelf("brands").values())
    return next(apps, None) or next(filter(None, others), None)


def value_of(brand: Resource) -> str | None:
    """The application that a brand names."""
    app: str | None = (brand.get("defaultApp") or NO_APP).get("appInstanceId")
    return app


def brand_embedded(context: Context, brand: Resource) -> Json:
    """What ``expand`` asks for."""
    asked = (context.request.first("expand") or "").split(",")
    shown: dict[str, Any] = {}
    if "domains" in asked:
        shown["domains"] = domains_of(context.org, brand["id"])
    if "themes" in asked:
        shown["themes"] = [THEMES.shown(context, theme, (brand["id"],)) for theme in _themes(context, brand["id"])]
    return shown


def domains_of(org: Org, brand_id: str) -> list[Resource]:
    """The domains of a brand."""
    return [domain for domain in org.shelf("domains").values() if domain.get("brandId") == brand_id]


def _by_name(_: Context, found: list[Resource]) -> list[Resource]:
    return sorted(found, key=lambda brand: str(called(brand)).lower())


def _not_the_default(context: Context, brand: Resource) -> None:
    if brand.get("isDefault"):
        raise errors.unevidenced(context.org, "the removal of the default brand")


BRANDS = Kind(
    "/api/v1/brands/{brandId}",
    entity="Brand",
    prefix="bnd",
    make=brand_made,
    links=brand_links,
    computed=default_app,
    embedded=brand_embedded,
    before_delete=_not_the_default,
    keeps=frozenset({"isDefault", "emailDomainId"}),
    times=(),
    created=201,
    since=dict.fromkeys(("name", "agreeToCustomPrivacyPolicy", "isDefault", "defaultApp"), SEVERAL),
    listing=Listing(limit=20, most=200, narrow={"q": contains("name")}, told=("limit", "q"), order=_by_name),
    same=lambda brand: brand.get("isDefault", True),
)


# --- themes

IMAGES: Mapping[str, str | None] = {
    "logo": "https://op3static.oktacdn.com/assets/img/logos/okta-logo.1e146cad5713da744492be95eb0f7793.png",
    "favicon": f"{BASE}/favicon.ico",
    "backgroundImage": None,
}
"""What a theme shows where nothing was uploaded."""
TOUCH_POINTS = {
    "signInPageTouchPointVariant": "OKTA_DEFAULT",
    "endUserDashboardTouchPointVariant": "OKTA_DEFAULT",
    "errorPageTouchPointVariant": "OKTA_DEFAULT",
    "emailTemplateTouchPointVariant": "OKTA_DEFAULT",
    "loadingPageTouchPointVariant": "OKTA_DEFAULT",
}


def theme_made(_: Context, body: Resource, old: Resource | None) -> Resource:
    """What is not said stays as it is."""
    return {**(old or {}), **body}


def theme_links(context: Context, _: Resource, ids: Path) -> Json:
    """The theme and its images."""
    here = context.href("/api/v1/brands/{}/themes/{}".format(*ids))
    images = {name: hints(f"{here}/{name}", "POST", "DELETE") for name in ("favicon", "logo", "background-image")}
    return {**images, "self": hints(here, "GET", "PUT")}


THEMES = Kind(
    "/api/v1/brands/{brandId}/themes/{themeId}",
    entity="Theme",
    prefix="the",
    make=theme_made,
    links=theme_links,
    times=(),
    under=BRANDS,
    same=lambda _theme: True,
)


def _add_theme(org: Org, brand_id: str) -> Resource:
    colours = {"primaryColorHex": "#1662dd", "secondaryColorHex": "#ebebed"}
    contrasts = {"primaryColorContrastHex": "#ffffff", "secondaryColorContrastHex": "#000000"}
    theme = {"id": org.new_id("the"), **IMAGES, **colours, **contrasts, **TOUCH_POINTS}
    return THEMES.keep(org, (brand_id,), theme)


def _themes(context: Context, brand_id: str) -> list[Resource]:
    """A brand has one theme from the start."""
    return THEMES.all(context.org, brand_id) or [_add_theme(context.org, brand_id)]


def list_themes(context: Context) -> Reply:
    """GET of the themes."""
    brand = BRANDS.find(context.org, context.ids[0])
    return Reply([THEMES.shown(context, theme, (brand["id"],)) for theme in _themes(context, brand["id"])])


def image_removed(name: str) -> Answering:
    """DELETE of an image: the theme shows Okta's again."""

    def answer(context: Context) -> Reply:
        THEMES.find(context.org, *context.ids)[name] = IMAGES[name]
        return NO_CONTENT

    return answer


def image_uploaded(name: str) -> Answering:
    """POST of an image (a form; what is in it does not matter): it gets an address of its own."""

    def answer(context: Context) -> Reply:
        theme = THEMES.find(context.org, *context.ids)
        theme[name] = f"https://op3static.oktacdn.com/fs/bco/1/{context.org.new_id('fs0')}"
        return Reply({"url": theme[name]}, 201)

    return answer


def _images() -> dict[str, Answering]:
    segments = {"logo": "logo", "favicon": "favicon", "backgroundImage": "background-image"}
    removed = {f"DELETE {THEMES.path}/{segment}": image_removed(name) for name, segment in segments.items()}
    return removed | {f"POST {THEMES.path}/{segment}": image_uploaded(name) for name, segment in segments.items()}


def brand_domains(context: Context) -> Reply:
    """GET of a brand's domains."""
    brand = BRANDS.find(context.org, context.ids[0])
    return Reply(context.shown({"domains": domains_of(context.org, brand["id"])}))


def well_known_uris(context: Context) -> Reply:
    """GET of files under /.well-known that a brand serves: no organisation that was recorded has the feature."""
    BRANDS.find(context.org, context.ids[0])
    raise errors.no_feature(context.org)


def default_brand(org: Org) -> None:
    """A new organisation has one brand."""
    off = {"removePoweredByOkta": False, "customPrivacyPolicyUrl": None, "agreeToCustomPrivacyPolicy": False}
    brand = {"id": org.new_id("bnd"), "name": org.subdomain, **off, "isDefault": True}
    _add_theme(org, BRANDS.keep(org, (), brand)["id"])


def seed_brand(org: Org, ids: Path, shown: Resource) -> None:
    """A brand of before names the organisation's dashboard."""
    seed_kind(org, BRANDS, ids, shown)
    if named := value_of(shown):
        adopt_default(org, "apps", named, "name", DASHBOARD)


FAMILY = Family(
    kinds=(BRANDS, THEMES),
    answers={
        **standard(BRANDS),
        **standard(THEMES, "read", "replace"),
        f"GET {THEMES.collection}": list_themes,
        **_images(),
        "GET /api/v1/brands/{brandId}/domains": brand_domains,
        "GET /api/v1/brands/{brandId}/well-known-uris": well_known_uris,
    },
    presets=default_brand,
    seeds={BRANDS.name: seed_brand},
)
