"""Against abuse: behaviours, captchas, attack protection, providers of security events, features."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from conformance.recordings.model import Json
from conformance.twinkit.service import Refusal, Reply
from targets.okta.twin import errors
from targets.okta.twin.context import Context
from targets.okta.twin.errors import texts
from targets.okta.twin.family import Family
from targets.okta.twin.kinds import NO_CONTENT, SWITCH, Kind, hints, lifecycle, list_all, self_link, setting, standard
from targets.okta.twin.kinds import update as changes
from targets.okta.twin.listing import Listing
from targets.okta.twin.org import Org, Path, Resource, plain
from targets.okta.twin.zones import switched

# --- behaviours


@dataclass(frozen=True)
class Behaviours(Kind):
    """Behaviours write times in a form of their own."""

    def shown(self, context: Context, resource: Resource, parents: Path = ()) -> Any:
        """``2025-09-24 04:05:52.0``."""
        view = super().shown(context, resource, parents)
        return {**view, **{name: f"{plain(view[name])}.0" for name in self.times if name in view}}


BEHAVIOURS = Behaviours(
    "/api/v1/behaviors/{behaviorId}",
    entity="BehaviorSettings",
    prefix="bhv",
    defaults={"status": "ACTIVE", "settings": {}},
    make=lambda _, body, __: {name: value for name, value in body.items() if name != "status"},
    links=switched("/api/v1/behaviors/{}"),
    listing=Listing(
        limit=10,
        told=("limit",),
        key=lambda behaviour: str(behaviour.get("name", "")),
        order=lambda _, found: sorted(found, key=lambda one: str(one.get("name", "")).lower()),
    ),
)


# --- captchas

ONE_CAPTCHA = (
    "CAPTCHA count limit reached. At most one CAPTCHA instance is allowed per Org. Please remove existing CAPTCHA to"
    " create a new one."
)
CAPTCHA_METHODS = ("GET", "POST", "PUT", "DELETE")


def make_captcha(context: Context, body: Resource, old: Resource | None) -> Resource:
    """There is one at most; its secret is not shown."""
    if old is None and CAPTCHAS.all(context.org):
        raise too_many_captchas(context.org)
    return {name: value for name, value in body.items() if name != "secretKey"}


def too_many_captchas(org: Org) -> Refusal:
    """403, with a cause that says more than others do."""
    reply: Any = errors.not_allowed(org, "E0000166", ONE_CAPTCHA).reply
    about = {"reason": "EXCEEDS_MAX_VALUE", "locationType": "url", "domain": "captcha"}
    return Refusal(replace(reply, body={**reply.body, "errorCauses": [{"errorSummary": ONE_CAPTCHA, **about}]}))


CAPTCHAS = Kind(
    "/api/v1/captchas/{captchaId}",
    entity="Captcha",
    prefix="cap",
    make=make_captcha,
    links=self_link(*CAPTCHA_METHODS, path="/api/v1/captchas/{}"),
    keeps=frozenset(),
    times=(),
    created=201,
)
ORG_CAPTCHA = "/api/v1/org/captcha"
NO_CAPTCHA: Resource = {"enabledPages": [], "captchaId": None}


def org_captcha_links(context: Context, document: Resource, _: Path) -> Json:
    """The captcha, if there is one, and the setting."""
    own = {"self": hints(context.href(ORG_CAPTCHA), "GET", "PUT")}
    if not document.get("captchaId"):
        return own
    return {"captcha": hints(context.href(f"/api/v1/captchas/{document['captchaId']}"), *CAPTCHA_METHODS), **own}


ORG_CAPTCHA_ROUTES = setting(ORG_CAPTCHA, NO_CAPTCHA, links=org_captcha_links)
PAGES = ("SSPR", "SSR", "SIGN_IN")
"""In the order in which they are listed."""


def change_org_captcha(context: Context) -> Reply:
    """PUT of the setting."""
    pages = texts(context.body.get("enabledPages"))
    if unknown := set(pages) - set(PAGES):
        raise errors.unevidenced(context.org, f"captchas on {sorted(unknown)}")
    shown = {"enabledPages": sorted(pages, key=PAGES.index), "captchaId": context.body.get("captchaId")}
    context.org.put("org/captcha", (), "", shown)
    return ORG_CAPTCHA_ROUTES[f"GET {ORG_CAPTCHA}"](context)


def no_org_captcha(context: Context) -> Reply:
    """DELETE of the setting."""
    context.org.remove("org/captcha", (), "")
    return NO_CONTENT


# --- providers of security events

SECURITY_EVENTS = Kind(
    "/api/v1/security-events-providers/{securityEventProviderId}",
    entity="SecurityEventsProvider",
    prefix="sse",
    defaults={"status": "ACTIVE"},
    links=switched("/api/v1/security-events-providers/{}"),
    times=(),
)

# --- features

FEATURES = Kind("/api/v1/features/{featureId}", entity="Feature", prefix="ftr", times=())
SWITCHES = {"enable": "ENABLED", "disable": "DISABLED"}


def switch_feature(context: Context) -> Reply:
    """POST of what is to become of a feature, which is the last word of the path."""
    feature = FEATURES.find(context.org, context.ids[0])
    feature["status"] = SWITCHES[context.ids[1].lower()]
    return Reply(FEATURES.shown(context, feature))


RELATED = tuple(
    Kind(f"/api/v1/features/{{featureId}}/{what}/{{otherId}}", entity="Feature", times=(), under=FEATURES)
    for what in ("dependents", "dependencies")
)

FAMILY = Family(
    kinds=(BEHAVIOURS, CAPTCHAS, SECURITY_EVENTS, FEATURES, *RELATED),
    answers={
        **standard(BEHAVIOURS),
        **lifecycle(BEHAVIOURS, SWITCH, touches=True),
        **standard(CAPTCHAS),
        f"POST {CAPTCHAS.path}": changes(CAPTCHAS),
        **ORG_CAPTCHA_ROUTES,
        f"PUT {ORG_CAPTCHA}": change_org_captcha,
        f"DELETE {ORG_CAPTCHA}": no_org_captcha,
        **setting(
            "/attack-protection/api/v1/user-lockout-settings", {"preventBruteForceLockoutFromUnknownDevices": False}
        ),
        **setting("/attack-protection/api/v1/authenticator-settings", {"verifyKnowledgeSecondWhen2faRequired": False}),
        **standard(SECURITY_EVENTS),
        **lifecycle(SECURITY_EVENTS, SWITCH),
        **standard(FEATURES, "list", "read"),
        f"POST {FEATURES.path}/{{lifecycle}}": switch_feature,
        **{f"GET {kind.collection}": list_all(kind) for kind in RELATED},
    },
)
