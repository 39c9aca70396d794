"""Brands: their themes with images, and the pages that people see (sign-in, error, sign-out)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.okta.givens import places_of
from targets.okta.twin import errors
from targets.okta.twin.context import Answering, Context
from targets.okta.twin.family import Family
from targets.okta.twin.kinds import NO_CONTENT, Kind, called, hints, setting, standard
from targets.okta.twin.listing import Listing, contains
from targets.okta.twin.org import BASE, Org, Path, Resource, merged

NO_APP: Resource = {"appInstanceId": None, "appLinkName": None, "classicApplicationUri": None}


# --- brands

SEVERAL = 2023
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
        "self": hints(context.href(here), "GET", "PUT", *(("DELETE",) if context.org.year >= SEVERAL else ())),
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
    apps = (app["id"] for app in org.shelf("apps").values() if app.get("name") == "okta_enduser")
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


# --- pages


def of_a_brand(answer: Answering) -> Answering:
    """``answer``, refused where the brand is not there."""

    def checked(context: Context) -> Reply:
        BRANDS.find(context.org, context.ids[0])
        return answer(context)

    return checked


_WORDS = (
    "signInLabel usernameLabel usernameInfoTip passwordLabel passwordInfoTip showPasswordVisibilityToggle "
    "showUserIdentifier forgotPasswordLabel forgotPasswordUrl unlockAccountLabel unlockAccountUrl helpLabel "
    "helpUrl customLink1Label customLink1Url customLink2Label customLink2Url authenticatorPageCustomLinkLabel "
    "authenticatorPageCustomLinkUrl classicRecoveryFlowEmailOrUsernameLabel"
)
WIDGET = _WORDS.split()
SHOWN = {"showPasswordVisibilityToggle": True, "showUserIdentifier": True, "widgetGeneration": "G2"}
OKTA_WORDS = {
    "signInLabel": "Sign In",
    "usernameLabel": "Username",
    "passwordLabel": "Password",
    "forgotPasswordLabel": "Forgot password?",
    "unlockAccountLabel": "Unlock account?",
    "helpLabel": "Help",
    "classicRecoveryFlowEmailOrUsernameLabel": "Email or Username",
}
ENFORCED = {"contentSecurityPolicySetting": {"mode": "enforced"}}
SIGN_IN = {
    "pageContent": "<!DOCTYPE html>\n<html>\n<head>\n    <title>{{pageTitle}}</title>\n    {{{SignInWidgetResources}}}"
    '\n</head>\n<body>\n    <div id="okta-login-container"></div>\n    {{{OktaUtil}}}\n</body>\n</html>\n',
    "widgetVersion": "^7",
    "widgetCustomizations": {**dict.fromkeys(WIDGET, ""), **SHOWN, **OKTA_WORDS},
    **ENFORCED,
}
ERROR = {
    "pageContent": "<!DOCTYPE html>\n<html>\n<head>\n    <title>{{orgName}} - {{errorSummary}}</title>\n</head>\n<body>"
    "\n    <h2>{{errorSummary}}</h2>\n    <p>{{{errorDescription}}}</p>\n</body>\n</html>\n",
    **ENFORCED,
}
MINORS = {5: range(11, 17), 6: range(10), 7: range(39)}
"""Versions of the sign-in widget that can be asked for."""


def sign_in_made(body: Resource) -> Resource:
    """A sign-in page: words that are not customised are none."""
    below = {**dict.fromkeys(WIDGET), **SHOWN}
    return {"widgetVersion": "*", **body, "widgetCustomizations": merged(below, body.get("widgetCustomizations") or {})}


PROMPT = dict.fromkeys(("title", "subtitle", "acceptButtonText", "rejectButtonText"))


def _with_prompt(page: Resource) -> Resource:
    """Reads, not writes, show the prompt of the second generation of the widget."""
    if page.get("widgetCustomizations", {}).get("widgetGeneration") != "G2":
        return page
    return {**page, "widgetCustomizations": {"postAuthKeepMeSignedInPrompt": PROMPT, **page["widgetCustomizations"]}}


def page(name: str, default: Resource, made: Callable[[Resource], Resource]) -> dict[str, Answering]:
    """Routes of a page that can be customised and previewed."""
    here = f"/api/v1/brands/{{brandId}}/pages/{name}"
    routes = {f"GET {here}/default": of_a_brand(setting(f"{here}/default", default)[f"GET {here}/default"])}
    for part in ("customized", "preview"):
        routes |= _page_part(f"{here}/{part}", made)
    return routes


def _page_part(path: str, made: Callable[[Resource], Resource]) -> dict[str, Answering]:
    kind = [place.kind for place in places_of(path, {})][-1]

    def put(context: Context) -> Reply:
        brand = BRANDS.find(context.org, context.ids[0])
        return Reply(context.org.put(kind, (brand["id"],), "", made(context.body)))

    def get(context: Context) -> Reply:
        brand = BRANDS.find(context.org, context.ids[0])
        found = context.org.get(kind, (brand["id"],), "")
        if found is None:
            raise errors.not_found(context.org, brand["id"], BRANDS.entity)
        return Reply(context.shown(_with_prompt(found)))

    def remove(context: Context) -> Reply:
        brand = BRANDS.find(context.org, context.ids[0])
        context.org.remove(kind, (brand["id"],), "")
        return NO_CONTENT

    return {f"GET {path}": get, f"PUT {path}": put, f"DELETE {path}": remove}


def widget_versions(context: Context) -> Reply:
    """GET of the widget's versions."""
    BRANDS.find(context.org, context.ids[0])
    lists = ([*(f"{major}.{minor}" for minor in minors), f"^{major}"] for major, minors in MINORS.items())
    return Reply([*(version for versions in lists for version in versions), "*"])


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
    brand = {"id": org.new_id("bnd"), "name": "okta-dev", **off, "isDefault": True}
    _add_theme(org, BRANDS.keep(org, (), brand)["id"])


FAMILY = Family(
    kinds=(BRANDS, THEMES),
    answers={
        **standard(BRANDS),
        **standard(THEMES, "read", "replace"),
        f"GET {THEMES.collection}": list_themes,
        **_images(),
        **page("sign-in", SIGN_IN, sign_in_made),
        **page("error", ERROR, lambda body: body),
        **setting("/api/v1/brands/{brandId}/pages/sign-out/customized", {"type": "OKTA_DEFAULT"}),
        "GET /api/v1/brands/{brandId}/pages/sign-in/widget-versions": widget_versions,
        "GET /api/v1/brands/{brandId}/domains": brand_domains,
        "GET /api/v1/brands/{brandId}/well-known-uris": well_known_uris,
    },
    presets=default_brand,
)
