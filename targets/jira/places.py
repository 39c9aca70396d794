"""Addresses of things: of ``self`` links in answers, and of what calls name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from conformance.programs.model import Call
from conformance.recordings.model import Json
from targets.jira import calls
from targets.jira.requests import is_rest, root_relative

CHOICES = "allowedValues"
"""What may be chosen: it is told of the field, and need not be there otherwise."""

_ROOT = re.compile(r"/rest/(\w+)/(?:[\d.]+|latest)/")
_USER_IDS = ("accountId", "username", "key")
_WORD_IDS = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Place:
    """The address of a thing: the words of its path, the ids on the way, its own id ("" for a list or a view)."""

    kind: str
    id: str
    of: tuple[str, ...] = ()


def place_of(link: str) -> Place | None:
    """The place that a ``self`` link names; None where it is none of the REST API's."""
    parts = urlsplit(link)
    if not is_rest(parts.path):
        return None
    found = _ROOT.match(f"{root_relative(parts.path)}/")
    if found is None:
        return None
    query = dict(parse_qsl(parts.query))
    segments = [unquote(part) for part in root_relative(parts.path)[found.end() :].split("/") if part]
    named = next((query[name] for name in _USER_IDS if name in query), None)
    return _place(found[1], [*segments, named] if named else segments)


def _place(api: str, segments: list[str]) -> Place:
    """Words and ids alternate in addresses; a word at the end has the id ""."""
    words, ids = segments[::2], segments[1::2]
    kind = "/".join(words if api == "api" else [api, *words])
    own = ids.pop() if len(ids) == len(words) else ""
    return Place(kind, own, tuple(ids))


def called_place(call: Call) -> Place:
    """The place that a call's path names."""
    template = calls.template_of(call.operation)
    found = _ROOT.match(template)
    words = [part for part in template[found.end() if found else 0 :].split("/") if part]
    ids = [str(call.arguments.get(name[1], "")) for part in words if (name := _WORD_IDS.fullmatch(part))]
    kind = "/".join(part for part in words if not part.startswith("{"))
    kind = kind if not found or found[1] == "api" else f"{found[1]}/{kind}"
    return Place(kind, ids.pop(), tuple(ids)) if template.endswith("}") else Place(kind, "", tuple(ids))


def linked(tree: Json) -> Iterator[tuple[str, dict[str, Json]]]:
    """Everything in an answer that has a ``self`` link, the outer before the inner. A page is no thing."""
    if isinstance(tree, dict):
        if isinstance(tree.get("self"), str) and "startAt" not in tree:
            yield tree["self"], tree
        for name, value in tree.items():
            if name != CHOICES:
                yield from linked(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from linked(value)
