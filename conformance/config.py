"""The user's configuration: ``conformance.toml`` in the working directory, and the environment.

    [twins.sheets]
    url = "http://localhost:4100"
    credentials = "a token"        # or the environment variable CONFORMANCE_SHEETS_TOKEN
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from conformance.errors import BadConfiguration
from conformance.worlds.live import TwinAddress

FILE = Path("conformance.toml")


def recordings_folder() -> Path:
    """Where the recordings that come with the kit are: beside the package, in a checkout and in an installation."""
    return Path(__file__).resolve().parent.parent / "recordings"


def read_file(path: Path = FILE) -> Mapping[str, Any]:
    """The configuration file; empty if there is none.

    Raises:
        BadConfiguration: it is not TOML, or its parts have the wrong form.
    """
    if not path.is_file():
        return {}
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise BadConfiguration(f"{path} cannot be read as TOML ({error}); correct it or remove it.") from error
    twins = document.get("twins", {})
    if not isinstance(twins, dict) or not all(isinstance(entry, dict) for entry in twins.values()):
        raise BadConfiguration(f"{path}: twins are given as tables, [twins.TARGET] with url = …; correct it.")
    return document


def twin_addresses(options: Iterable[str], document: Mapping[str, Any], known: Iterable[str]) -> dict[str, TwinAddress]:
    """External twins by target: the configuration file's, overridden by ``--twin TARGET=URL`` options.

    Raises:
        BadConfiguration: an option is not TARGET=URL, or a URL is none.
    """
    entries = {name: dict(entry) for name, entry in document.get("twins", {}).items()}
    for option in options:
        name, separator, url = option.partition("=")
        if not separator or not name or not url:
            raise BadConfiguration(f"--twin {option}: write TARGET=URL, for example sheets=http://localhost:4100.")
        entries.setdefault(name, {})["url"] = url
    names = set(known)
    for name in entries:
        if name not in names:
            raise BadConfiguration(f"A twin is given for '{name}', which is no target; there are: {_listed(names)}.")
    return {name: _address(name, entry) for name, entry in entries.items()}


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _address(name: str, entry: Mapping[str, Any]) -> TwinAddress:
    url = str(entry.get("url", "")).rstrip("/")
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        valid = False
    if not valid:
        raise BadConfiguration(f"The twin of '{name}' has the URL '{url}'; write http://HOST[:PORT][/PREFIX].")
    credentials = os.environ.get(f"CONFORMANCE_{name.upper().replace('-', '_')}_TOKEN") or entry.get("credentials")
    return TwinAddress(url, str(credentials) if credentials is not None else "conformance")
