"""What an answer shows that a client can send back: the leaves of its body, and the URLs in its headers.

A URL in a header stands at ``("@location",)``; those of a ``Link`` header stand under their relation, at ``("@link",
"next")``. Keys ``?name`` and ``/n`` lead into a URL (see ``trees.follow``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from conformance.programs.identity import is_token
from conformance.programs.model import Observation, PathKey
from conformance.programs.trees import follow, leaves, leaves_and_parameters
from conformance.recordings.model import Json, Response

MARK = "@"
_ENTRY = re.compile(r"<([^<>]*)>([^<]*)")
_RELATION = re.compile(r';\s*rel\s*=\s*"?([^";,]+)', re.IGNORECASE)


def header_urls(response: Response | None) -> dict[str, Json]:
    """The URLs in headers, by ``@name``: one URL, or URLs by relation. Linear in the length of the headers."""
    found: dict[str, Json] = {}
    for name, lines in response.headers.items() if response else ():
        urls = _urls(lines)
        if urls:
            found[MARK + name] = urls
    return found


def _urls(lines: tuple[str, ...]) -> Json:
    relations: dict[str, Json] = {}
    for line in lines:
        if line.lstrip().startswith("<"):
            for url, parameters in _ENTRY.findall(line):
                relation = _RELATION.search(parameters)
                if relation and "://" in url:
                    relations.setdefault(relation[1].strip(), url)
    alone = lines[-1].strip() if lines else ""
    return relations or (alone if alone.startswith(("http://", "https://")) and " " not in alone else None)


def is_in_header(path: PathKey) -> bool:
    """Whether a path leads into headers."""
    return bool(path) and str(path[0]).startswith(MARK)


def shown(observation: Observation) -> Iterator[tuple[PathKey, Any]]:
    """Every scalar that an answer shows, with its path: of the body first, then of the headers."""
    yield from leaves_and_parameters(observation.body)
    urls = header_urls(observation.response)
    yield from leaves_and_parameters(urls)
    for path, url in leaves(urls):
        yield from _named_in_path(path, url)


def _named_in_path(path: PathKey, url: str) -> Iterator[tuple[PathKey, Any]]:
    """Made-up parts of a URL's path, counted from its end: a twin's address may have a path of its own."""
    parts = url.partition("?")[0].partition("#")[0].split("/")
    for place, part in enumerate(reversed(parts[3:]), start=1):
        if is_token(part):
            yield (*path, f"/{place}"), part


def value_at(observation: Observation, path: PathKey) -> Json:
    """The value at a path that ``shown`` gives; None where it leads nowhere."""
    tree = header_urls(observation.response) if is_in_header(path) else observation.body
    return follow(tree, path)
