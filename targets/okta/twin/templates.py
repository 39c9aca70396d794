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
from targets.okta.twin.brands import BRANDS
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
_FORMER = (
    "welcome forgotPassword forgotPasswordDenied tempPassword ad.welcome ad.forgotPassword "
    "ad.forgotPasswordReset ldap.welcome ldap.forgotPassword ldap.forgotPasswordDenied"
)
EMAILS, FORMER = _EMAILS.split(), _FORMER.split()
"""Names of today, and of 2022: those are not listed any more, but still understood."""
EMAIL = "/api/v1/brands/{brandId}/templates/email/{templateName}"
DEFAULT = {
    "subject": "Welcome to Okta!",
    "body": "<!DOCTYPE html>\n<html>\n<body>\n<p>Hi ${user.profile.firstName},</p>\n"
    '<p>${org.name} uses Okta. <a href="${activationLink}">Continue</a></p>\n</body>\n</html>\n',
}
"""Subject and text of a template that nobody customised."""


def _here(brand: str, name: str) -> str:
    return f"/api/v1/brands/{brand}/templates/email/{name}"


def links_of(context: Context, brand: str, template: str, *names: str, **others: Json) -> Resource:
    """The links called ``names`` of what belongs to a template, and others."""
    here = context.href(_here(brand, template))
    known = {
        "template": hints(here, "GET"),
        "settings": hints(f"{here}/settings", "GET", "PUT"),
        "defaultContent": hints(f"{here}/default-content", "GET"),
        "customizations": hints(f"{here}/customizations", "GET", "POST", "DELETE"),
        "test": hints(f"{here}/test", "POST"),
    }
    return {**{name: known[name] for name in names}, **others}


# --- templates


def email_template(context: Context, brand: str, name: str) -> Resource:
    """A template as an answer shows it."""
    names = ("settings", "defaultContent", "customizations", "test")
    links = links_of(context, brand, name, *names, self=hints(context.href(_here(brand, name)), "GET"))
    return {"name": name, "_links": links}


def _cursor(template: Resource) -> str:
    return base64.b64encode(template["name"].encode()).decode()


LISTING = Listing(limit=10, most=200, told=("limit",), key=_cursor)


def list_templates(context: Context) -> Reply:
    """GET of all templates."""
    brand = BRANDS.find(context.org, context.ids[0])["id"]
    found = [{"name": name} for name in EMAILS]
    return listed(context, LISTING, found, lambda one: email_template(context, brand, one["name"]))


def read_template(context: Context) -> Reply:
    """GET of a template."""
    return Reply(email_template(context, *context.ids))


def checked(answers: Mapping[str, Answering]) -> dict[str, Answering]:
    """``answers`` of what belongs to a template: refused where the brand or the template is not there."""

    def after_check(answer: Answering) -> Answering:
        def checking(context: Context) -> Reply:
            BRANDS.find(context.org, context.ids[0])
            if context.ids[1] not in (*EMAILS, *FORMER):
                raise errors.not_found(context.org, context.ids[1], "EmailTemplate")
            return answer(context)

        return checking

    return {operation: after_check(answer) for operation, answer in answers.items()}


# --- customizations


def customization_links(context: Context, _: Resource, ids: Path) -> Json:
    """Preview, template, settings, the customization itself, test."""
    brand, template, own = ids
    here = context.href(f"{_here(brand, template)}/customizations/{own}")
    itself = {"preview": hints(f"{here}/preview", "GET"), "self": hints(here, "GET", "PUT", "DELETE")}
    return links_of(context, brand, template, "template", "settings", "test", **itself)


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
_IN_ADDRESS = re.compile(r'(?<==")\$\{([\w.]+)\}(?=")')


def rendered(org: Org, text: str) -> str:
    """``text`` with examples in the place of its variables."""
    settings = org.get("org", (), "") or {}
    known = {
        "org.name": settings.get("companyName", "okta-dev"),
        "user.profile.firstName": "John",
        "user.profile.lastName": "Doe",
    }
    filled = _IN_ADDRESS.sub(lambda found: quote(f"({found[1]} Placeholder)"), text)
    return _VARIABLE.sub(lambda found: known.get(found[1], f"({found[1]} Placeholder)"), filled)


def preview(context: Context, content: Resource, links: Json) -> Reply:
    """A subject and a text as somebody would get them."""
    shown = {name: rendered(context.org, content[name]) for name in ("subject", "body")}
    return Reply({**shown, "_links": links})


def preview_customization(context: Context) -> Reply:
    """GET of a customization's preview."""
    brand, template, _ = context.ids
    itself = hints(context.href(context.request.path), "GET")
    customization = CUSTOMIZATIONS.find(context.org, *context.ids)
    return preview(context, customization, links_of(context, brand, template, "template", "test", self=itself))


def default_content(context: Context) -> Reply:
    """GET of a template's own subject and text."""
    here = context.href(context.request.path)
    itself = {"preview": hints(f"{here}/preview", "GET"), "self": hints(here, "GET")}
    return Reply({**DEFAULT, "_links": links_of(context, *context.ids, "template", **itself)})


def preview_default(context: Context) -> Reply:
    """GET of the preview of a template's own subject and text."""
    itself = hints(context.href(context.request.path), "GET")
    return preview(context, DEFAULT, links_of(context, *context.ids, "template", "defaultContent", self=itself))


def settings_links(context: Context, _: Resource, ids: Path) -> Json:
    """Template, and the settings themselves."""
    itself = hints(context.href(f"{_here(*ids)}/settings"), "GET", "PUT")
    return links_of(context, *ids, "template", self=itself)


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
)
