"""The pages of a brand that people see: sign-in, errors, sign-out; Okta's own, customised, and previews."""

from __future__ import annotations

from collections.abc import Callable

from conformance.programs.trees import merged
from conformance.twinkit.service import Reply
from targets.okta.places import places_of
from targets.okta.twin import errors
from targets.okta.twin.brands import BRANDS
from targets.okta.twin.context import Answering, Context
from targets.okta.twin.family import Family
from targets.okta.twin.kinds import NO_CONTENT, setting
from targets.okta.twin.org import Resource


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
    routes = {f"GET {here}/default": of_a_brand(_okta_page(f"brands/pages/{name}/default", default))}
    for part in ("customized", "preview"):
        routes |= _page_part(f"{here}/{part}", made)
    return routes


def _okta_page(kind: str, page: Resource) -> Answering:
    """GET of Okta's own page: the one that was shown before, under whichever brand, or ``page``."""
    return lambda context: Reply(context.shown(context.org.get(kind, (), "") or page))


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


FAMILY = Family(
    answers={
        **page("sign-in", SIGN_IN, sign_in_made),
        **page("error", ERROR, lambda body: body),
        **setting("/api/v1/brands/{brandId}/pages/sign-out/customized", {"type": "OKTA_DEFAULT"}),
        "GET /api/v1/brands/{brandId}/pages/sign-in/widget-versions": widget_versions,
    },
)
