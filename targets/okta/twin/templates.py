"""E-mail templates of a brand, with customizations, settings and previews; and templates of text messages."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.okta.twin import errors
from targets.okta.twin.brands import BRANDS, SEVERAL
from targets.okta.twin.context import Answering, Context
from targets.okta.twin.family import Family
from targets.okta.twin.kinds import NO_CONTENT, Kind, hints, setting, standard, update
from targets.okta.twin.listing import Listing, listed
from targets.okta.twin.org import Org, Path, Resource

_EMAILS = (
    "UserActivation UserBootstrappedActivation ForgotPassword ForgotPasswordDenied PasswordResetByAdmin "
    "PasswordResetBySupportUser ADUserActivation ADForgotPasswordDenied ADForgotPassword LDAPUserActivation "
    "LDAPForgotPassword LDAPForgotPasswordDenied SelfServiceUnlock ADSelfServiceUnlock LDAPSelfServiceUnlock "
    "OktaVerifyActivation AccountLockout EmailChallenge EmailFactorVerification NewSignOnNotification "
    "RegistrationActivation ChangeEmailConfirmation PendingEmailChange EmailChangeConfirmation "
    "RegistrationEmailVerification SelfServiceUnlockOnUnlockedAccount AuthenticatorEnrolled "
    "AuthenticatorReset PasswordChanged IGAReviewerOverdueNotification MyAccountChangeConfirmation"
)
EMAILS = _EMAILS.split()
EMAIL = "/api/v1/brands/{brandId}/templates/email/{templateName}"
DEFAULT = {
    "subject": "Welcome to Okta!",
    "body": "<!DOCTYPE html>\n<html>\n<body>\n<p>Hi ${user.profile.firstName},</p>\n"
    '<p>${org.name} uses Okta. <a href="${activationLink}">Continue</a></p>\n</body>\n</html>\n',
}
"""Subject and text of a template that nobody customised."""


def _here(brand: str, name: str) -> str:
    return f"/api/v1/brands/{brand}/templates/email/{name}"


def links_of(context: Context, template: Path, *names: str, **others: Json) -> Resource:
    """The links called ``names`` of what belongs to a template, as far as the template has them; and others."""
    here = context.href(_here(*template))
    known = {
        "template": hints(here, "GET"),
        "settings": hints(f"{here}/settings", "GET", "PUT"),
        "defaultContent": hints(f"{here}/default-content", "GET"),
        "customizations": hints(f"{here}/customizations", "GET", "POST", "DELETE"),
        "test": hints(f"{here}/test", "POST"),
    }
    missing = () if context.org.date >= SEVERAL else ("settings",)
    return {**{name: known[name] for name in names if name not in missing}, **others}


# --- templates

LINKS = ("settings", "defaultContent", "customizations", "test")


def templates_of(org: Org, brand: str) -> list[Resource]:
    """The templates of a brand: those that are known to have been there, else those of today."""
    seeded = list(org.shelf("brands/templates/email", (brand,)).values())
    return seeded or [{"name": name} for name in EMAILS]


def template_of(context: Context, path: Path) -> Resource:
    """The template at a path. Raises Refusal: 404 for it, or for its brand."""
    brand = BRANDS.find(context.org, path[0])["id"]
    found = [one for one in templates_of(context.org, brand) if one["name"] == path[1]]
    if not found and path[1] not in EMAILS:
        raise errors.not_found(context.org, path[1], "EmailTemplate")
    return found[0] if found else {"name": path[1]}


def template_seeded(org: Org, ids: Path, resource: Resource) -> None:
    """A template as an answer showed it: those of 2022 had other names."""
    org.put("brands/templates/email", ids[:-1], ids[-1], {"name": ids[-1]})


def shown_template(context: Context, brand: str, template: Resource) -> Resource:
    """A template as an answer shows it."""
    path = (brand, template["name"])
    itself = hints(context.href(_here(*path)), "GET")
    return {"name": template["name"], "_links": links_of(context, path, *LINKS, self=itself)}


def _cursor(template: Resource) -> str:
    return base64.b64encode(template["name"].encode()).decode()


LISTING = Listing(limit=10, most=200, told=("limit",), key=_cursor)


def list_templates(context: Context) -> Reply:
    """GET of all templates."""
    brand = BRANDS.find(context.org, context.ids[0])["id"]
    return listed(context, LISTING, templates_of(context.org, brand), lambda one: shown_template(context, brand, one))


def read_template(context: Context) -> Reply:
    """GET of a template."""
    return Reply(shown_template(context, context.ids[0], template_of(context, context.ids)))


def checked(answers: Mapping[str, Answering]) -> dict[str, Answering]:
    """``answers`` of what belongs to a template: refused where the brand or the template is not there."""

    def after_check(answer: Answering) -> Answering:
        def checking(context: Context) -> Reply:
            template_of(context, context.ids[:2])
            return answer(context)

        return checking

    return {operation: after_check(answer) for operation, answer in answers.items()}


# --- customizations


def customization_links(context: Context, _: Resource, ids: Path) -> Json:
    """Preview, template, settings, the customization itself, test."""
    here = context.href(f"{_here(*ids[:2])}/customizations/{ids[2]}")
    itself = {"preview": hints(f"{here}/preview", "GET"), "self": hints(here, "GET", "PUT", "DELETE")}
    return links_of(context, ids[:2], "template", "settings", "test", **itself)


def customization_made(context: Context, body: Resource, old: Resource | None) -> Resource:
    """The first customization is the default one; one that is made the default takes the place of the last."""
    others = [one for one in CUSTOMIZATIONS.all(context.org, *context.ids[:2]) if one is not old]
    default = not others or bool(body.get("isDefault", old and old["isDefault"]))
    for other in others if default else ():
        other["isDefault"] = False
    return {**body, "isDefault": default}


CUSTOMIZATIONS = Kind(
    f"{EMAIL}/customizations/{{customizationId}}",
    entity="EmailTemplateCustomization",
    prefix="oel",
    make=customization_made,
    links=customization_links,
    created=201,
    listing=Listing(limit=10, most=200, told=("limit",)),
)


def remove_customizations(context: Context) -> Reply:
    """DELETE of all customizations of a template."""
    for customization in CUSTOMIZATIONS.all(context.org, *context.ids):
        context.org.remove(CUSTOMIZATIONS.name, context.ids, customization["id"])
    return NO_CONTENT


# --- contents

_VARIABLE = re.compile(r"\$\{([\w.]+)\}")
_INNER = re.compile(r"<body[^>]*>(.*)</body>", re.DOTALL | re.IGNORECASE)
_HEAD = (
    '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">\n<html><head>'
    '<meta http-equiv="Content-Type" content="text/html; charset=UTF-8"></head>\n<body><div>'
)
_IN_ADDRESS = re.compile(r'(?<==")\$\{([\w.]+)\}(?=")')


def rendered(org: Org, text: str) -> str:
    """``text`` with examples in the place of its variables."""
    settings = org.get("org", (), "") or {}
    known = {
        "org.name": settings.get("companyName", org.subdomain),
        "user.profile.firstName": "John",
        "user.profile.lastName": "Doe",
    }
    filled = _IN_ADDRESS.sub(lambda found: quote(f"({found[1]} Placeholder)"), text)
    return _VARIABLE.sub(lambda found: known.get(found[1], f"({found[1]} Placeholder)"), filled)


def preview(context: Context, content: Resource, links: Json) -> Reply:
    """A subject and a text as somebody would get them."""
    inner = _INNER.search(content["body"])
    body = f"{_HEAD}{rendered(context.org, inner[1] if inner else content['body'])}</div></body></html>"
    return Reply({"subject": rendered(context.org, content["subject"]), "body": body, "_links": links})


def preview_customization(context: Context) -> Reply:
    """GET of a customization's preview."""
    itself = hints(context.href(context.request.path), "GET")
    customization = CUSTOMIZATIONS.find(context.org, *context.ids)
    return preview(context, customization, links_of(context, context.ids[:2], "template", "test", self=itself))


CONTENT = "brands/templates/email/default-content"
"""Kind of the subject and text that a template has from Okta."""


def own_content(context: Context) -> Resource:
    """A template's own subject and text."""
    known = context.org.get(CONTENT, context.ids, "") or DEFAULT
    return {name: known[name] for name in DEFAULT}


def default_content(context: Context) -> Reply:
    """GET of a template's own subject and text."""
    here = context.href(context.request.path)
    itself = {"preview": hints(f"{here}/preview", "GET"), "self": hints(here, "GET")}
    content = own_content(context)
    return Reply({**content, "_links": links_of(context, context.ids, "template", **itself)})


def preview_default(context: Context) -> Reply:
    """GET of the preview of a template's own subject and text, which is Okta's: one that was shown before is good."""
    itself = hints(context.href(context.request.path), "GET")
    links = links_of(context, context.ids, "template", "defaultContent", self=itself)
    known = context.org.get(f"{CONTENT}/preview", context.ids, "")
    return Reply(context.shown({**known, "_links": links})) if known else preview(context, own_content(context), links)


def settings_links(context: Context, _: Resource, ids: Path) -> Json:
    """Template, and the settings themselves."""
    itself = hints(context.href(f"{_here(*ids)}/settings"), "GET", "PUT")
    return links_of(context, ids, "template", self=itself)


# --- text messages

MESSAGES = Kind(
    "/api/v1/templates/sms/{templateId}",
    entity="AppInstance",
    prefix="cst",
    defaults={"translations": {}},
    listing=Listing(narrow={"templateType": lambda _, text: lambda one: one.get("type") == text}),
)

_EMAIL_ANSWERS: dict[str, Any] = {
    f"GET {EMAIL}": read_template,
    **standard(CUSTOMIZATIONS),
    f"DELETE {CUSTOMIZATIONS.collection}": remove_customizations,
    f"GET {CUSTOMIZATIONS.path}/preview": preview_customization,
    f"GET {EMAIL}/default-content": default_content,
    f"GET {EMAIL}/default-content/preview": preview_default,
    f"POST {EMAIL}/test": lambda _context: NO_CONTENT,
    **setting(f"{EMAIL}/settings", {"recipients": "ALL_USERS"}, links=settings_links),
}

FAMILY = Family(
    kinds=(CUSTOMIZATIONS, MESSAGES),
    answers={
        "GET /api/v1/brands/{brandId}/templates/email": list_templates,
        **checked(_EMAIL_ANSWERS),
        **standard(MESSAGES),
        f"POST {MESSAGES.path}": update(MESSAGES),
    },
    seeds={"brands/templates/email": template_seeded},
)
