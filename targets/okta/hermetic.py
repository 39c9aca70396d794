"""Makes clients of the SDK that know nothing of the machine they run on.

Both generations read ``OKTA_...`` and proxy variables, ``~/.okta/okta.yaml`` and ``./okta.yaml``, log to standard
error and wait out rate limits. None of that may reach a measurement.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import Any

LOGGER = "okta-sdk-python"
NO_FILE = os.path.join(os.devnull, "okta.yaml")  # noqa: PTH118  # the SDK compares strings; it can never exist
NO_TOKEN = "conformance"
"""The SDK refuses to work without a token; a twin that needs none ignores it."""

_HTTP_ALLOWED = "OKTA_TESTING_TESTINGDISABLEHTTPSCHECK"
_PROXIES = frozenset({"http_proxy", "https_proxy", "all_proxy", "no_proxy"})
_environment = threading.Lock()


@contextmanager
def clean_environment() -> Iterator[None]:
    """Within this context nothing in the environment configures the SDK, and it takes URLs without TLS."""
    with _environment:
        hidden = {name: os.environ.pop(name) for name in list(os.environ) if _configures(name)}
        os.environ[_HTTP_ALLOWED] = "true"
        try:
            yield
        finally:
            del os.environ[_HTTP_ALLOWED]
            os.environ.update(hidden)


def _configures(name: str) -> bool:
    return name.upper().startswith("OKTA_") or name.lower() in _PROXIES


@cache
def _client_class() -> Any:
    """The SDK's client. Importing it takes two to three seconds."""
    with clean_environment():
        client = import_module("okta.client").Client
        setter: Any = import_module("okta.config.config_setter")
    setter._GLOBAL_YAML_PATH = setter._LOCAL_YAML_PATH = NO_FILE
    return client


def new_client(base_url: str, token: str | None, timeout: float) -> Any:
    """A client of the SDK for ``base_url`` (no trailing slash) that makes every request once.

    Args:
        base_url: Where the twin answers.
        token: The API token; None sends one that means nothing.
        timeout: Seconds that one answer may take.
    """
    client_class = _client_class()
    config = {
        "orgUrl": base_url,
        "token": token or NO_TOKEN,
        "authorizationMode": "SSWS",
        "requestTimeout": timeout,
        "rateLimit": {"maxRetries": 0},
        "cache": {"enabled": False},
    }
    with clean_environment():
        client = client_class(config)
    logging.getLogger(LOGGER).handlers.clear()  # every client adds one
    return client
