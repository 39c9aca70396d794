"""Okta as a service of a twin: the families of its resources, put together."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from conformance.errors import ConformanceError
from conformance.twinkit.router import Router
from conformance.twinkit.service import Reply, Service, TwinRequest
from targets.okta import surface
from targets.okta.lifting import normal_path
from targets.okta.twin import (
    access,
    apps,
    apps_kind,
    authenticators,
    authorization_servers,
    brand_pages,
    brands,
    devices,
    devices_assurance,
    domains,
    errors,
    factors,
    governance,
    group_rules,
    groups,
    hooks,
    iam,
    identity_providers,
    identity_sources,
    integrations,
    limits,
    linked_objects,
    mappings,
    metadata,
    org_settings,
    policies,
    protection,
    rates,
    realms,
    roles,
    schemas,
    sessions,
    subscriptions,
    templates,
    user_lifecycle,
    user_parts,
    user_types,
    users,
    zones,
)
from targets.okta.twin.context import Answering, routes
from targets.okta.twin.family import Family
from targets.okta.twin.org import Org
from targets.okta.twin.seeding import Seeder, dump, new_org

FAMILIES: tuple[Family, ...] = (
    user_types.FAMILY,
    users.FAMILY,
    user_lifecycle.FAMILY,
    user_parts.FAMILY,
    factors.FAMILY,
    linked_objects.FAMILY,
    sessions.FAMILY,
    subscriptions.FAMILY,
    groups.FAMILY,
    group_rules.FAMILY,
    apps.FAMILY,
    iam.FAMILY,
    mappings.FAMILY,
    policies.FAMILY,
    authorization_servers.FAMILY,
    zones.FAMILY,
    protection.FAMILY,
    identity_providers.FAMILY,
    devices_assurance.FAMILY,
    authenticators.FAMILY,
    roles.FAMILY,
    schemas.FAMILY,
    brands.FAMILY,
    templates.FAMILY,
    domains.FAMILY,
    hooks.FAMILY,
    identity_sources.FAMILY,
    devices.FAMILY,
    realms.FAMILY,
    rates.FAMILY,
    org_settings.FAMILY,
    integrations.FAMILY,
    governance.FAMILY,
    metadata.FAMILY,
    brand_pages.FAMILY,
    access.FAMILY,
)


CONDITIONS: Mapping[str, limits.Condition] = {
    "feature_disabled": errors.feature_disabled,
    "authenticator_in_policy": authenticators.in_default_policy,
    "internal_error": errors.internal_error,
    "full_of_apps": apps_kind.full,
    "entity_type_refused": identity_sources.entity_type_refused,
}
"""What the control plane arranges, besides that a bucket is used up."""
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
"""With which Okta is asked."""


def _presets(org: Org) -> None:
    for family in FAMILIES:
        family.presets(org)


def _seeder() -> Seeder:
    kinds = {kind.name: kind for family in FAMILIES for kind in family.kinds}
    return Seeder(kinds, {name: seed for family in FAMILIES for name, seed in family.seeds.items()})


def _answers() -> Mapping[str, Answering]:
    return {operation: answer for family in FAMILIES for operation, answer in family.answers.items()}


def not_implemented(request: TwinRequest) -> Reply:
    """An operation of Okta that the twin does not have."""
    return errors.stateless(501, "E0000060", f"Unsupported operation: {request.method} {request.path}")


def unknown_route(request: TwinRequest) -> Reply:
    """A path that Okta does not have, or not for this method."""
    if any(_all_routes().match(method, normal_path(request.path)) for method in METHODS):
        return errors.stateless(405, *errors.WRONG_METHOD)
    return errors.stateless(404, "E0000022", f"The twin knows no path like {request.path}")


@cache
def _all_routes() -> Router:
    """What the twin answers, and what the SDK knows besides."""
    return Router({*_answers(), *_surface()})


def _surface() -> frozenset[str]:
    """The operations of the installed SDK; a twin can also be served without one."""
    try:
        return frozenset(surface.surface().operations)
    except ConformanceError:
        return frozenset()


@cache
def service() -> Service:
    """The description of the twin."""
    return Service(
        name="okta",
        routes={operation: limits.limited(handler) for operation, handler in routes(_answers()).items()},
        state_key="okta",
        new_state=new_org(_presets),
        seed=_seeder().seed,
        dump=dump,
        unknown_route=unknown_route,
        not_implemented=not_implemented,
        surface=_surface(),
        normalise_path=normal_path,
        guard=access.guard,
        roots=("/api/v1/", "/oauth2/", "/.well-known/", "/governance/", "/integrations/"),
        conditions={name: limits.counting(condition) for name, condition in CONDITIONS.items()}
        | {"rate_limit": limits.rate_limit},
    )
