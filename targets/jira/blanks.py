"""What a new issue has that nobody sent: told once for each type of issue, as an issue of it was first read.

Chance gives later ones other words (the colour of an epic), and some sites put another thing into a field than what
was sent for it; both show when the issue is read, and a twin cannot know them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.recordings.model import Json

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT")


class Blanks:
    """New issues, by project key and issue type."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], dict[str, Any]] = {}

    def take(self, issue: Mapping[str, Json], sent: Mapping[str, Json]) -> bool:
        """Take an issue as it was first read; False if the answer does not tell its type."""
        fields = issue.get("fields")
        if not isinstance(fields, dict) or not isinstance(fields.get("issuetype"), dict):
            return False
        project = str(issue.get("key", "")).rpartition("-")[0]
        unsent = {name: value for name, value in fields.items() if sent.get(name) is None and not is_moment(value)}
        place = (project, str(fields["issuetype"].get("id")))
        known = self._found.setdefault(place, {"fields": unsent, "drawn": [], "overruled": {}})
        known["drawn"].append(_drawn(known["fields"], unsent, sent))
        for name in sent.keys() & fields.keys():
            if _is_overruled(sent[name], fields[name]):
                rule = {"sent": sent[name], "shown": fields[name]}
                known["overruled"].setdefault(name, rule)
        return True

    def facts(self) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
        """All that is known."""
        yield from self._found.items()


def is_moment(value: Json) -> bool:
    """Whether a value is a moment."""
    return isinstance(value, str) and _MOMENT.match(value) is not None


def _drawn(first: Mapping[str, Json], unsent: Mapping[str, Json], sent: Mapping[str, Json]) -> dict[str, Any]:
    drawn = {name: value for name, value in unsent.items() if _is_drawn(first.get(name), value)}
    return {"summary": sent.get("summary"), "fields": drawn}


def _is_drawn(first: Json, value: Json) -> bool:
    """Whether chance gave one issue another word than the first one."""
    return isinstance(first, str) and isinstance(value, str) and value != first


def _is_overruled(sent: Json, shown: Json) -> bool:
    """Whether a field does not hold the thing whose name was sent for it."""
    if not isinstance(sent, dict) or not isinstance(shown, dict):
        return False
    return any(name in shown and isinstance(word, str) and shown[name] != word for name, word in sent.items())
