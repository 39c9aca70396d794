"""Templates of paths: those of the SDK's methods, and guesses for what no method reaches."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from conformance.twinkit.router import Router
from targets.jira.flavours import flavour_at
from targets.jira.probing import parameter_name

_ID = re.compile(
    r"\d+"  # ids
    r"|[A-Z][A-Z0-9_]*-\d+"  # issue keys
    r"|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|[0-9a-f]{24,}"  # UUIDs, account ids
    r"|\d+%3A.*|\d+:.*"  # account ids
    r"|customfield_\d+"
)
_VERSIONS = re.compile(r"/rest/(?:api|agile|auth|greenhopper|dev-status)/[\w.]+(?=/)|/rest/servicedeskapi(?=/)")


class Paths:
    """Reads operations off paths."""

    def __init__(self, operations: Iterable[str]) -> None:
        by_flavour: dict[str, dict[str, str]] = {}
        for operation in operations:
            name, _, flavour = operation.partition("#")
            by_flavour.setdefault(flavour, {})[name] = operation
        self._operations = by_flavour
        self._routers = {flavour: Router(names) for flavour, names in by_flavour.items()}
        self._tree: dict[str, Any] = {}
        for names in by_flavour.values():
            for name in names:
                self._grow(name.partition(" ")[2])

    def _grow(self, template: str) -> None:
        node = self._tree
        for part in template.split("/"):
            node = node.setdefault("{}" if part.startswith("{") else part, {})

    def read(self, method: str, path: str, deployment: str) -> tuple[str, dict[str, str]]:
        """The operation, and the ids in the path, percent-encoded. ``path`` is canonical."""
        flavour = flavour_at(path, deployment)
        router = self._routers.get(flavour.name)
        found = router.match(method, path) if router else None
        if found:
            return self._operations[flavour.name][found.operation], _ids(found.operation.partition(" ")[2], path)
        template, ids = self._guess(path)
        return flavour.operation(method, template), ids

    def _guess(self, path: str) -> tuple[str, dict[str, str]]:
        """A template for a path that no method reaches: by what is known of its beginning, and by form."""
        head = _VERSIONS.match(path)
        fixed = len(head[0].split("/")) if head else 1
        segments: list[str] = []
        ids: dict[str, str] = {}
        node: dict[str, Any] | None = self._tree
        for place, part in enumerate(path.split("/")):
            known = node is not None and part in node
            is_id = place >= fixed and not known and (_ID.fullmatch(part) or (node is not None and "{}" in node))
            if is_id:
                name = parameter_name(segments, ids)
                ids[name] = part
                part = f"{{{name}}}"
            segments.append(part)
            node = node.get("{}" if is_id else part) if node is not None else None
        return "/".join(segments), ids


def _ids(template: str, path: str) -> dict[str, str]:
    pairs = zip(template.split("/"), path.split("/"), strict=True)
    return {part.strip("{}"): value for part, value in pairs if part.startswith("{")}
