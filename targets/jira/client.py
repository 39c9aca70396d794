"""Makes clients of the SDK that know nothing of the machine they run on.

The SDK reads ``.netrc``, proxy variables and certificates of the environment, waits before it tries again, and looks
users up by what they are called. None of that may reach a measurement: arguments of calls are ids already.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any

from conformance.target import Sdk, find_sdk
from targets.jira.flavours import Flavour

DISTRIBUTION = "jira"
MISSING = "jira is not installed; install it with: pip install 'sdk-conformance[jira]'."
VERSIONS: Mapping[str, tuple[int, int, int]] = {"cloud": (1001, 0, 0), "server": (9, 12, 0)}
"""What a site of each deployment says it is; the SDK asks before it uses some newer endpoints."""
DEPLOYMENTS: Mapping[str, str] = {"cloud": "Cloud", "server": "Server"}
NO_FIELDS: Mapping[str, str] = {"": ""}
"""Names of fields by what JQL calls them: calls name fields by their ids, so the SDK need not ask for the names."""


def installed_sdk() -> Sdk:
    """Name and version of the SDK.

    Raises:
        BadConfiguration: it is not installed.
    """
    return find_sdk(DISTRIBUTION, MISSING)


@cache
def client_class() -> Any:
    """The SDK's client, whose users are named by their ids. Importing it takes 0.3 s."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # old versions use modules that Python is about to lose
        base: Any = import_module("jira").JIRA
    logging.getLogger("jira").propagate = False

    def own_id(_: Any, user: str | None) -> str | None:
        return user

    return type("Client", (base,), {"_get_user_id": own_id, "__del__": lambda _: None})


def new_client(
    base_url: str,
    flavour: Flavour,
    adapter: Any,
    *,
    token: str | None = None,
    timeout: float = 30.0,
    informed: bool = True,
) -> Any:
    """A client of the SDK for ``base_url`` (no trailing slash) that makes every request once.

    It does not ask the site what it is: it takes it for one of the flavour.

    Args:
        base_url: Where the site answers.
        flavour: What the site is taken for.
        adapter: The transport adapter that sends all requests.
        token: ``user:password`` for basic, any other text for bearer authentication; None for anonymous.
        timeout: Seconds that one wait may take.
        informed: Whether it knows the deployment; one that has not asked takes every site for a server.
    """
    options = {"server": base_url, "rest_api_version": flavour.version, "check_update": False}
    created = client_class()(
        options=options,
        get_server_info=False,
        max_retries=0,
        logging=False,
        timeout=timeout,
        **_authentication(token),
    )
    created._session.trust_env = False  # no .netrc, no proxies, no certificates of this machine
    created._session.mount("http://", adapter)
    created._session.mount("https://", adapter)
    created.deploymentType = DEPLOYMENTS[flavour.deployment] if informed else None
    created._version = VERSIONS[flavour.deployment]
    created._fields_cache_value = NO_FIELDS
    return created


def _authentication(token: str | None) -> dict[str, Any]:
    if token is None:
        return {}
    user, colon, password = token.partition(":")
    return {"basic_auth": (user, password)} if colon else {"token_auth": token}
