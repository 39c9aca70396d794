"""What goes on between Okta and an application besides signing on: provisioning, group push, federated claims."""

from __future__ import annotations

from typing import Any

from conformance.programs.trees import merged
from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.okta.twin import errors
from targets.okta.twin.apps_kind import APPS
from targets.okta.twin.context import Answering, Context
from targets.okta.twin.kinds import NO_CONTENT, Kind, create, delete, hints, list_all, read, standard
from targets.okta.twin.listing import Listing, equals
from targets.okta.twin.org import Org, Path, Resource

# --- features

FEATURES = {
    "USER_PROVISIONING": "User provisioning settings from Okta to a downstream application",
    "INBOUND_PROVISIONING": "In-bound provisioning settings for provisioning users from an application to Okta",
}
"""What can be provisioned, and how it is described."""


def feature_links(context: Context, feature: Resource, ids: Path) -> Json:
    """A feature is read and changed."""
    here = context.href(f"/api/v1/apps/{ids[0]}/features/{feature.get('name')}")
    return {"self": hints(here, "GET", "PUT")}


APP_FEATURES = Kind(
    "/api/v1/apps/{appId}/features/{featureName}", entity="PublicAppFeatureSetName", links=feature_links, under=APPS
)


def seed_feature(org: Org, ids: Path, resource: Resource) -> None:
    """A feature is known by its name."""
    if ids[-1] in FEATURES:
        _keep_feature(org, ids[0], ids[-1], resource)


def _keep_feature(org: Org, app_id: str, name: str, resource: Resource) -> Resource:
    plain = {"name": name, "status": "ENABLED", "description": FEATURES[name], "capabilities": {}}
    return org.put(APP_FEATURES.name, (app_id,), name, {**plain, **resource})


def _feature(context: Context) -> Resource:
    """The feature that the path names. Raises Refusal: 404 for its name, then for the application; 400."""
    app_id, name = context.ids
    if name not in FEATURES:
        raise errors.not_found(context.org, name, APP_FEATURES.entity)
    APPS.find(context.org, app_id)
    found = context.org.get(APP_FEATURES.name, (app_id,), name)
    if found is None:
        raise _no_provisioning(context)
    return found


def _no_provisioning(context: Context) -> Exception:
    return errors.invalid(context.org, "feature", "Provisioning is not supported.")


def read_feature(context: Context) -> Reply:
    """GET of one."""
    return Reply(APP_FEATURES.shown(context, _feature(context), context.ids[:-1]))


def list_features(context: Context) -> Reply:
    """GET of all that an application has."""
    app = APPS.find(context.org, *context.ids)
    if not context.org.shelf(APP_FEATURES.name, (app["id"],)):
        raise _no_provisioning(context)
    return list_all(APP_FEATURES)(context)


def change_feature(context: Context) -> Reply:
    """PUT of what an application is capable of: what the body does not say stays."""
    if not context.body:
        raise errors.malformed(context.org)
    found = _feature(context)
    found["capabilities"] = merged(found.get("capabilities") or {}, context.body)
    return Reply(APP_FEATURES.shown(context, found, context.ids[:-1]))


# --- the connection

CONNECTION = "apps/connections/default"
NONE_YET = {"status": "UNKNOWN", "profile": {"authScheme": "UNKNOWN"}}
"""The connection of an application that has none."""


def connection(context: Context) -> Resource:
    """The connection over which users are provisioned. Raises Refusal: 404."""
    app = APPS.find(context.org, context.ids[0])
    return context.org.get(CONNECTION, (app["id"],), "") or NONE_YET


def _shown(context: Context, found: Resource) -> Reply:
    if found.get("status") == "UNKNOWN":
        return Reply(NONE_YET)
    here = context.href(f"/api/v1/apps/{context.ids[0]}/connections/default")
    verb = "deactivate" if found.get("status") == "ENABLED" else "activate"
    links = {"self": hints(here, "POST", "GET"), verb: hints(f"{here}/lifecycle/{verb}", "POST")}
    return Reply(context.shown({**found, "_links": links}))


def connect(context: Context) -> Reply:
    """POST of one: it is off until it is switched on, and its token is not shown again."""
    APPS.find(context.org, context.ids[0])
    profile: dict[str, Any] = dict(context.body.get("profile") or {})
    scheme = profile.get("authScheme")
    if scheme in (None, "UNKNOWN"):
        return _shown(context, NONE_YET)
    made = {
        "authScheme": scheme,
        "status": "ENABLED" if context.flag("activate") else "DISABLED",
        **({"baseUrl": context.body["baseUrl"]} if "baseUrl" in context.body else {}),
        "profile": {name: value for name, value in profile.items() if name not in ("token", "clientSecret")},
    }
    return _shown(context, context.org.put(CONNECTION, (context.ids[0],), "", made))


def switch_connection(status: str) -> Answering:
    """POST ``…/lifecycle/{verb}``."""

    def answer(context: Context) -> Reply:
        found = connection(context)
        if found is not NONE_YET:
            found["status"] = status
        return NO_CONTENT

    return answer


# --- federated claims, group push

FEDERATED_CLAIMS = Kind(
    "/api/v1/apps/{appId}/federated-claims/{claimId}", entity="FederatedClaim", prefix="ofc", created=201, under=APPS
)


class BriefKind(Kind):
    """A kind whose times have no fractions of seconds."""

    def shown(self, context: Context, resource: Resource, parents: Path = ()) -> Any:
        """The resource as an answer shows it."""
        view = super().shown(context, resource, parents)
        return {name: value.replace(".000Z", "Z") if name in self.times else value for name, value in view.items()}


def mapping_links(context: Context, mapping: Resource, ids: Path) -> Json:
    """The application, and the groups on both sides."""
    groups = {name: f"/api/v1/groups/{mapping.get(f'{name}Id')}" for name in ("sourceGroup", "targetGroup")}
    paths = {"app": f"/api/v1/apps/{ids[0]}", **groups}
    return {name: {"href": context.href(path)} for name, path in paths.items()}


def make_mapping(context: Context, body: Resource, _: Resource | None) -> Resource:
    """A mapping to a group of the application, which is made where only its name is known."""
    target = body.get("targetGroupId") or context.org.new_id("00g")
    asked = {name: value for name, value in body.items() if name != "targetGroupName"}
    return {"status": "ACTIVE", **asked, "targetGroupId": target}


MAPPINGS = BriefKind(
    "/api/v1/apps/{appId}/group-push/mappings/{mappingId}",
    entity="GroupPushMapping",
    prefix="gPm",
    make=make_mapping,
    links=mapping_links,
    under=APPS,
    listing=Listing(limit=100, most=1000, narrow={"sourceGroupId": equals("sourceGroupId")}, told=("limit",)),
)


def switch_mapping(context: Context) -> Reply:
    """PATCH of a mapping's status."""
    found = MAPPINGS.find(context.org, *context.ids)
    if "status" in context.body:
        MAPPINGS.touch(context, found, status=context.body["status"])
    return Reply(MAPPINGS.shown(context, found, context.ids[:-1]))


_CONNECTION_PATH = f"{APPS.path}/connections/default"
ANSWERS: dict[str, Answering] = {
    f"GET {APP_FEATURES.collection}": list_features,
    f"GET {APP_FEATURES.path}": read_feature,
    f"PUT {APP_FEATURES.path}": change_feature,
    f"GET {_CONNECTION_PATH}": lambda context: _shown(context, connection(context)),
    f"POST {_CONNECTION_PATH}": connect,
    f"POST {_CONNECTION_PATH}/lifecycle/activate": switch_connection("ENABLED"),
    f"POST {_CONNECTION_PATH}/lifecycle/deactivate": switch_connection("DISABLED"),
    **standard(FEDERATED_CLAIMS),
    f"POST {MAPPINGS.collection}": create(MAPPINGS),
    f"GET {MAPPINGS.collection}": list_all(MAPPINGS),
    f"GET {MAPPINGS.path}": read(MAPPINGS),
    f"PATCH {MAPPINGS.path}": switch_mapping,
    f"DELETE {MAPPINGS.path}": delete(MAPPINGS, Reply(None, 200)),
}
