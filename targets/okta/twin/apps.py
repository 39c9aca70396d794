"""Everything under ``/api/v1/apps``, put together."""

from __future__ import annotations

from targets.okta.twin import apps_keys, apps_kind, apps_members, apps_provisioning
from targets.okta.twin.apps_members import apps_of_group
from targets.okta.twin.family import Family

__all__ = ("FAMILY", "apps_of_group")

FAMILY = Family(
    kinds=(
        apps_kind.APPS,
        apps_keys.KEYS,
        apps_keys.CSRS,
        apps_keys.SECRETS,
        apps_members.APP_USERS,
        apps_members.APP_GROUPS,
        apps_members.GRANTS,
        apps_members.TOKENS,
        apps_provisioning.APP_FEATURES,
        apps_provisioning.FEDERATED_CLAIMS,
        apps_provisioning.MAPPINGS,
    ),
    answers={**apps_kind.ANSWERS, **apps_keys.ANSWERS, **apps_members.ANSWERS, **apps_provisioning.ANSWERS},
    presets=apps_kind.internal_apps,
    seeds={
        "apps": apps_kind.seed_app,
        "apps/credentials/keys": apps_keys.seed_key,
        "apps/grants": apps_members.seed_grant,
        "apps/features": apps_provisioning.seed_feature,
    },
)
