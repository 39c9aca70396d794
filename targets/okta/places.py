"""Where resources are: the words of their paths, and the ids on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from conformance.recordings.model import Json

PREFIX = re.compile(r"^/(?:(?:api|oauth2)/)?(?:v\d+/)?")
PARAMETER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Place:
    """Where a resource is: the words of its path, and the ids on the way, its own last ("" for a single one)."""

    kind: str
    ids: tuple[str, ...]

    @property
    def id(self) -> str:
        """The resource's own id."""
        return self.ids[-1]


def places_of(template: str, arguments: Mapping[str, Json]) -> Iterator[Place]:
    """The resources that a path leads through, the one it names last; a path without an id at its end names "".

    ``/api/v1/apps/{appId}/users`` is the place ``apps`` of that app, and the place ``apps/users`` with the id "".
    """
    words: list[str] = []
    ids: list[str] = []
    path = PREFIX.sub("", template.partition("?")[0])
    for segment in path.split("/"):
        parameter = PARAMETER.fullmatch(segment)
        if parameter is None:
            words.append(segment)
            continue
        ids.append(str(arguments.get(parameter[1], "")))
        yield Place("/".join(words), tuple(ids))
    if not path.endswith("}"):
        yield Place("/".join(words), (*ids, ""))
