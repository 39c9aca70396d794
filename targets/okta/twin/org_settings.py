"""Settings of the organisation: itself, contacts, preferences, privacy, UI schemas."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from conformance.twinkit.service import Reply
from targets.okta.places import places_of
from targets.okta.twin import errors
from targets.okta.twin.context import Answering, Context
from targets.okta.twin.family import Family
from targets.okta.twin.kinds import NO_CONTENT, Kind, hints, self_link, setting, standard
from targets.okta.twin.org import Org, Resource, timestamp

# --- the organisation

ADDRESS = ("address1", "address2", "city", "state", "country", "postalCode")
SUPPORT = ("phoneNumber", "endUserSupportHelpURL", "supportPhoneNumber")
FIXED = frozenset({"id", "subdomain", "status", "expiresAt", "created", "lastUpdated"})
"""Members that no body changes."""


def organisation(org: Org) -> Resource:
    """The organisation's own settings."""
    return org.get("org", (), "") or org.put("org", (), "", _new_organisation(org))


def _new_organisation(org: Org) -> Resource:
    now = timestamp(org.clock.moment)
    own = {"id": org.own_id, "subdomain": org.subdomain, "companyName": org.subdomain, "status": "ACTIVE"}
    times = {"expiresAt": None, "created": now, "lastUpdated": now, "website": "https://developer.okta.com"}
    return {**own, **times, **dict.fromkeys(SUPPORT, ""), **dict.fromkeys(ADDRESS)}


def show_organisation(context: Context) -> Reply:
    """GET."""
    here = context.href("/api/v1/org")
    links = {
        "preferences": {"href": f"{here}/preferences"},
        "uploadLogo": hints(f"{here}/logo", "POST"),
        "oktaCommunication": {"href": f"{here}/privacy/oktaCommunication"},
        "logo": {
            "href": "https://ok12static.oktacdn.com/assets/img/logos/okta-logo.47066819ac7db5c13f4c431b2687cef6.png"
        },
        "oktaSupport": {"href": f"{here}/privacy/oktaSupport"},
        "contacts": {"href": f"{here}/contacts"},
    }
    return Reply(context.shown({"_links": links, **organisation(context.org)}))


def change_organisation(context: Context) -> Reply:
    """POST changes what the body names; PUT also clears what it does not name."""
    settings = organisation(context.org)
    cleared = dict.fromkeys(SUPPORT, "") | dict.fromkeys(ADDRESS) if context.request.method == "PUT" else {}
    named = {name: value for name, value in context.body.items() if name not in FIXED and name in settings}
    settings.update({**cleared, **named, "lastUpdated": context.org.now()})
    return show_organisation(context)


def well_known(context: Context) -> Reply:
    """GET of what anybody may know of the organisation."""
    known = context.org.known or {
        "id": organisation(context.org)["id"],
        "cell": "op3",
        "pipeline": "idx",
        "settings": {"analyticsCollectionEnabled": False, "bugReportingEnabled": True, "omEnabled": False},
    }
    return Reply({**known, "_links": {"organization": {"href": context.request.base_url}}})


# --- contacts

CONTACTS = ("BILLING", "TECHNICAL")


def list_contacts(context: Context) -> Reply:
    """GET of the kinds of contacts."""
    here = context.href("/api/v1/org/contacts")
    return Reply(
        [{"contactType": kind, "_links": {kind.lower(): {"href": f"{here}/{kind.lower()}"}}} for kind in CONTACTS]
    )


def contact(context: Context) -> Reply:
    """GET and PUT of the person to talk to."""
    kind = context.ids[0].upper()
    if kind not in CONTACTS:
        raise errors.not_found(context.org, context.ids[0], "ContactType")
    found = context.org.get("org/contacts", (), kind) or {"userId": context.org.caller()}
    if context.request.method == "PUT":
        found = context.org.put("org/contacts", (), kind, {"userId": context.body.get("userId")})
    user = found["userId"]
    return Reply({"userId": user, "_links": {"user": {"href": context.href(f"/api/v1/users/{user}")}}})


# --- switches


def switch(path: str, member: str, default: bool, verbs: Mapping[str, bool]) -> dict[str, Answering]:
    """Routes of a document with one member that two verbs turn on and off; the links offer the other one."""
    kind = [place.kind for place in places_of(path, {})][-1]

    def show(context: Context, value: bool) -> Reply:
        offered = {verb: hints(context.href(f"{path}/{verb}"), "POST") for verb in verbs if verbs[verb] is not value}
        return Reply({member: value, "_links": offered})

    def get(context: Context) -> Reply:
        return show(context, (context.org.get(kind, (), "") or {member: default})[member])

    def turn(value: bool) -> Answering:
        return lambda context: show(context, context.org.put(kind, (), "", {member: value})[member])

    return {f"GET {path}": get, **{f"POST {path}/{verb}": turn(value) for verb, value in verbs.items()}}


# --- Okta's support

SUPPORT_PATH = "/api/v1/org/privacy/oktaSupport"
GRANTED, EXTENDED = timedelta(hours=8), timedelta(hours=24)
"""How long support may look in, and how much longer."""


def show_support(context: Context) -> Reply:
    """GET: whether Okta's support may look in."""
    support = context.org.get("org/privacy/oktaSupport", (), "") or {"support": "DISABLED", "expiration": None}
    verbs = ("extend", "revoke") if support["support"] == "ENABLED" else ("grant",)
    links = {verb: hints(context.href(f"{SUPPORT_PATH}/{verb}"), "POST") for verb in verbs}
    return Reply({**support, "_links": links})


def change_support(verb: str) -> Answering:
    """POST: let support in, or for longer, or no longer."""

    def answer(context: Context) -> Reply:
        old = context.org.get("org/privacy/oktaSupport", (), "") or {}
        new = {"support": "DISABLED" if verb == "revoke" else "ENABLED", "expiration": _expiration(context, verb, old)}
        context.org.put("org/privacy/oktaSupport", (), "", new)
        return show_support(context)

    return answer


def _expiration(context: Context, verb: str, old: Resource) -> str | None:
    now = datetime.fromisoformat(context.org.now())
    if verb == "grant":
        return timestamp(now + GRANTED)
    until = datetime.fromisoformat(old["expiration"]) if old.get("expiration") else now
    return timestamp(until + EXTENDED) if verb == "extend" else None


# --- UI schemas

UI_SCHEMAS = Kind(
    "/api/v1/meta/uischemas/{id}",
    entity="UISchemaEntity",
    prefix="uis",
    links=self_link("GET", "PUT", "DELETE", path="/api/v1/meta/uischemas/{}"),
)


def remove_ui_schema(context: Context) -> Reply:
    """DELETE: one that is not there is gone all the same."""
    context.org.remove(UI_SCHEMAS.name, (), context.ids[0])
    return NO_CONTENT


NOTIFICATIONS = {
    "sendEmailForNewDeviceEnabled": True,
    "sendEmailForFactorEnrollmentEnabled": True,
    "sendEmailForFactorResetEnabled": True,
    "sendEmailForPasswordChangedEnabled": True,
    "reportSuspiciousActivityEnabled": True,
    "customizedEmailsList": [],
    "customizedEmailsWithReportButtonList": [],
}

FAMILY = Family(
    kinds=(UI_SCHEMAS,),
    answers={
        "GET /.well-known/okta-organization": well_known,
        "GET /api/v1/org": show_organisation,
        "POST /api/v1/org": change_organisation,
        "PUT /api/v1/org": change_organisation,
        "GET /api/v1/org/contacts": list_contacts,
        "GET /api/v1/org/contacts/{contactType}": contact,
        "PUT /api/v1/org/contacts/{contactType}": contact,
        **switch(
            "/api/v1/org/preferences",
            "showEndUserFooter",
            default=True,
            verbs={"hideEndUserFooter": False, "showEndUserFooter": True},
        ),
        **switch(
            "/api/v1/org/privacy/oktaCommunication",
            "optOutEmailUsers",
            default=False,
            verbs={"optIn": False, "optOut": True},
        ),
        f"GET {SUPPORT_PATH}": show_support,
        **{f"POST {SUPPORT_PATH}/{verb}": change_support(verb) for verb in ("grant", "extend", "revoke")},
        **setting("/api/internal/org/settings/security-notification-settings", NOTIFICATIONS),
        **standard(UI_SCHEMAS, "create", "list", "read", "replace"),
        f"DELETE {UI_SCHEMAS.path}": remove_ui_schema,
    },
)
