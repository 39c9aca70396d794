"""API service integrations: applications of the catalogue that call the organisation by themselves."""

from __future__ import annotations

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from conformance.twinkit.store import URL_SAFE
from targets.okta.twin.context import Context
from targets.okta.twin.family import Family
from targets.okta.twin.kinds import Kind, hints, standard
from targets.okta.twin.metadata import rank
from targets.okta.twin.org import Path, Resource

CATALOGUE = {
    "anzennaapiservice": (
        "Anzenna",
        "https://app.tango.us/app/workflow/Setup-Okta-Integration-in-Anzenna-via-Okta-Integration-Network-"
        "de0830961a114582b9a39bf6a0ecfe53",
    ),
}
"""By type: the name, and where its set-up is described."""
LOGO = "https://op3static.oktacdn.com/fs/bcg/4/gfsg9anevm930UkAP1d7"


def service_made(context: Context, body: Resource, old: Resource | None) -> Resource:
    """What the catalogue says of its type, and what the body grants; types that it does not know have bare names."""
    name, guide = CATALOGUE.get(str(body.get("type")), (str(body.get("type")), None))
    told: Resource = {"name": name, "configGuideUrl": guide, "createdBy": context.org.caller()}
    told["grantedScopes"] = sorted(body.get("grantedScopes") or (), key=rank, reverse=True)
    return {"properties": {}, **body, **told, "~secret": context.org.ids.token(64, URL_SAFE)}


def service_links(context: Context, _: Resource, ids: Path) -> Json:
    """The integration, the OAuth client that it is, its logo."""
    return {
        "self": hints(context.href("/integrations/api/v1/api-services/{}".format(*ids)), "GET", "DELETE"),
        "client": hints(context.href("/oauth2/v1/clients/{}".format(*ids)), "GET"),
        "logo": {"name": "medium", "href": LOGO},
    }


SERVICES = Kind(
    "/integrations/api/v1/api-services/{apiServiceId}",
    entity="ApiServiceIntegrationInstance",
    prefix="0oa",
    make=service_made,
    links=service_links,
    times=("createdAt",),
)


def create(context: Context) -> Reply:
    """POST: the only answer that shows the client's secret."""
    made = SERVICES.new(context, (), context.body)
    return Reply({**SERVICES.shown(context, made, context.ids), "clientSecret": made["~secret"]}, 201)


FAMILY = Family(
    kinds=(SERVICES,),
    answers={**standard(SERVICES, "list", "read", "delete"), f"POST {SERVICES.collection}": create},
)
