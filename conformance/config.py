"""The user's configuration: ``conformance.toml`` in the working directory, and the environment.

[twins.sheets]
url = "http://localhost:4100"
credentials = "a token"        # or the environment variable CONFORMANCE_SHEETS_TOKEN
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from conformance.errors import BadConfiguration
from conformance.worlds.live import DEFAULT_CREDENTIALS, TwinAddress

FILE = Path("conformance.toml")
TWIN_KEYS = ("url", "credentials")
_NOT_IN_URL = re.compile(r"[^!-~]")
_NOT_IN_HEADER = re.compile(r"[^ -~]")


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
    _check_form(path, document)
    return document


def _check_form(path: Path, document: Mapping[str, Any]) -> None:
    twins = document.get("twins", {})
    if not isinstance(twins, dict) or not all(isinstance(entry, dict) for entry in twins.values()):
        raise BadConfiguration(f"{path}: twins are given as tables, [twins.TARGET] with url = …; correct it.")
    unknown = [name for name in document if name != "twins"]
    for name, entry in twins.items():
        unknown += [f"twins.{name}.{key}" for key in entry if key not in TWIN_KEYS]
        wrong = [key for key, value in entry.items() if not isinstance(value, str)]
        if wrong and not unknown:
            raise BadConfiguration(f"{path}: twins.{name}.{wrong[0]} is no text; write it in quotes.")
    if unknown:
        raise BadConfiguration(f"{path}: there is no setting '{unknown[0]}'; correct its name or remove it.")


def twin_addresses(options: Iterable[str], document: Mapping[str, Any], known: Iterable[str]) -> dict[str, TwinAddress]:
    """External twins by target: the configuration file's, overridden by ``--twin TARGET=URL`` options.

    Raises:
        BadConfiguration: an option is not TARGET=URL, a URL is none, or a token cannot be sent.
    """
    entries = {name: dict(entry) for name, entry in document.get("twins", {}).items()}
    sources = dict.fromkeys(entries, str(FILE))
    for option in options:
        name, separator, url = option.partition("=")
        if not separator or not name or not url:
            example = next(iter(sorted(known)), "name")
            raise BadConfiguration(f"--twin {option}: write TARGET=URL, for example {example}=http://localhost:4100.")
        entries.setdefault(name, {})["url"] = url
        sources[name] = f"--twin {option}"
    names = set(known)
    for name in entries:
        if name not in names:
            raise BadConfiguration(f"{sources[name]}: '{name}' is no target; there are: {_listed(names)}.")
    return {name: TwinAddress(_url(sources[name], name, entry), _token(name, entry)) for name, entry in entries.items()}


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _url(source: str, name: str, entry: Mapping[str, str]) -> str:
    url = entry.get("url", "").rstrip("/")
    try:
        parts = urlsplit(url)
        plain = not (parts.query or parts.fragment or parts.username) and not _NOT_IN_URL.search(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0 and plain
    except ValueError:
        valid = False
    if not valid:
        raise BadConfiguration(
            f"{source}: the twin of '{name}' has the URL '{url}'; write http://HOST[:PORT][/PREFIX]."
        )
    return url


def _token(name: str, entry: Mapping[str, str]) -> str:
    """The twin's token: from the environment, else from the file, else a made-up one."""
    variable = f"CONFORMANCE_{name.upper().replace('-', '_')}_TOKEN"
    token = os.environ.get(variable) or entry.get("credentials", DEFAULT_CREDENTIALS)
    if _NOT_IN_HEADER.search(token):
        where = variable if os.environ.get(variable) else f"{FILE}: twins.{name}.credentials"
        raise BadConfiguration(f"{where} has characters that no header can carry; give the token alone.")
    return token
