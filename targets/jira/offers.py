"""Workflows as recordings show them: transitions that were offered, and where those lead that were taken."""

from __future__ import annotations

from typing import Any

from conformance.programs.model import Call
from conformance.recordings.model import Json
from targets.jira.places import Place, linked, place_of


class Workflow:
    """Transitions: those that answers offer, and where those lead that were taken."""

    def __init__(self) -> None:
        self._status: dict[str, dict[str, Json]] = {}
        """By issue, the status that an answer last showed."""
        self._taken: dict[str, tuple[str, str]] = {}
        """By issue, the transition that was last taken, and the status before."""
        self._found: dict[tuple[str, str], dict[str, Any]] = {}

    def take(self, call: Call, place: Place, body: Json) -> None:
        """Take the next step."""
        if place.kind == "issue/transitions":
            self._offered(place.of[0], body) if call.reads else self._take(call, place.of[0])
        for link, resource in linked(body):
            found, fields = place_of(link), resource.get("fields")
            status = fields.get("status") if isinstance(fields, dict) else None
            if found and found.kind == "issue" and isinstance(status, dict):
                self._saw(str(resource.get("id", found.id)), status)
                self._offered(str(resource.get("id", found.id)), resource)

    def transitions(self, key_of: Any) -> dict[tuple[str, str], dict[str, Any]]:
        """By project key and id."""
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for (issue, own), transition in self._found.items():
            known = found.setdefault((key_of(issue).rpartition("-")[0], own), {"from": []})
            known["from"] += [status for status in transition["from"] if status not in known["from"]]
            known.update({name: value for name, value in transition.items() if name != "from" and name not in known})
        return found

    def _offered(self, issue: str, body: Json) -> None:
        offered = body.get("transitions") if isinstance(body, dict) else None
        for transition in offered if isinstance(offered, list) else ():
            known = self._know(issue, str(transition.get("id")), self._now(issue))
            known.update({name: value for name, value in transition.items() if name not in ("id", "from")})

    def _take(self, call: Call, issue: str) -> None:
        body = call.arguments.get("body")
        transition = body.get("transition") if isinstance(body, dict) else None
        if isinstance(transition, dict) and "id" in transition:
            self._know(issue, str(transition["id"]), self._now(issue))
            self._taken[issue] = (str(transition["id"]), self._now(issue))

    def _saw(self, issue: str, status: dict[str, Json]) -> None:
        taken, _ = self._taken.pop(issue, ("", ""))
        if taken:
            self._know(issue, taken, "").setdefault("to", status)
        self._status[issue] = status

    def _now(self, issue: str) -> str:
        return str(self._status.get(issue, {}).get("id", ""))

    def _know(self, issue: str, own: str, before: str) -> dict[str, Any]:
        known = self._found.setdefault((issue, own), {"from": []})
        if before and before not in known["from"]:
            known["from"].append(before)
        return known
