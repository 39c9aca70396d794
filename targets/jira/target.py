"""Jira as a target of the engine."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from conformance.programs.model import Call, Given, Observation, PathKey, Step
from conformance.programs.writing import CallText
from conformance.recordings.model import Json, Recording, Request
from conformance.target import Condition, Operation, Sdk, Session
from targets.jira import client, contradictions, givens, lifting, repro, requests, surface, variants

if TYPE_CHECKING:
    from conformance.twinkit.service import Service

_SEARCHES = re.compile(r"POST /rest/api/\d/(?:search|jql|expression|issue/bulkfetch)(?:[/#]|$)")
CONDITIONS: Mapping[int, str] = {401: "unauthenticated", 429: "rate_limit", 500: "internal_error", 503: "unavailable"}
"""Outcomes that no call causes, by status."""

ROLES: Mapping[str, str] = {
    "maxResults": "limit",
    "startAt": "cursor",
    "nextPageToken": "cursor",
    "jql": "filter",
    "query": "filter",
    "username": "filter",
    "projectKeys": "filter",
    "issuetypeNames": "filter",
    "state": "filter",
    "orderBy": "order",
    "fields": "projection",
    "expand": "projection",
    "properties": "projection",
}
"""What parameters mean."""


class JiraTarget:
    """See ``conformance.target.Target``. Operations of different flavours are different operations."""

    name = "jira"
    service = "jira"
    always_added: frozenset[tuple[str, str]] = frozenset()
    roles = ROLES
    judged_headers = frozenset({"content-type", "location", "retry-after", "www-authenticate"})

    @cached_property
    def _surface(self) -> surface.Surface:
        return surface.surface()

    @cached_property
    def _lifter(self) -> lifting.Lifter:
        return lifting.Lifter(self.name, self._surface)

    def sdk(self) -> Sdk:
        """Name and version of the SDK; raises BadConfiguration when it is not installed."""
        return client.installed_sdk()

    def surface(self) -> Mapping[str, Operation]:
        """All operations the SDK can call, by name, of all flavours."""
        return self._surface.operations

    def lift(self, request: Request) -> Call | str | None:
        """The call that causes ``request``; a reason where there is none; None if it is another target's."""
        return self._lifter.lift(request)

    def composed(self, steps: Sequence[Step], recording: Recording) -> Sequence[Step]:
        """The steps with the flavour that all of the recording tells; those that it contradicts are marked."""
        lift = self._lifter.in_recording(recording)
        known = [self._in_flavour(step, lift(recording.interactions[step.interaction].request)) for step in steps]
        return contradictions.marked(known, recording)

    def _in_flavour(self, step: Step, lifted: Call | str | None) -> Step:
        if step.call.target != self.name or not isinstance(lifted, Call):
            return step
        return replace(step, call=replace(lifted, harmless=step.call.harmless))

    def reads(self, operation: str) -> bool:
        """True when the operation changes nothing: a search sent as POST."""
        return _SEARCHES.match(operation) is not None

    def canonical_request(self, request: Request) -> Request:
        """``request`` in the one spelling of all that mean the same to Jira."""
        return requests.canonical(request)

    def session(self, base_url: str, credentials: str | None, timeout: float = 30.0) -> Session:
        """A client that sends everything to ``base_url`` (no trailing slash)."""
        self.sdk()
        from targets.jira.session import JiraSession  # requests takes 0.1 s to import

        return JiraSession(self._surface, base_url, credentials, self.error_code, timeout)

    def variant(self, call: Call) -> str:
        """Values of the discriminators in the call, joined by commas; "" where there is none."""
        return variants.variant(call)

    def error_code(self, status: int, body: Json) -> str:
        """The fields that an error is about, joined by ``+``: Jira has no codes. "" where it names none."""
        return variants.error_code(body)

    def leaf_type(self, operation: str, path: PathKey) -> str:
        """What owns the leaf at ``path``, by flavour (``Server status.name``), or ""."""
        return variants.owner(operation, path)

    def condition(self, observation: Observation) -> Condition | None:
        """The condition of the surroundings that this observation shows, if any."""
        name = CONDITIONS.get(observation.status or 0)
        return Condition(name) if name else None

    def givens(self, steps: Sequence[Step], observations: Sequence[Observation]) -> tuple[Given, ...]:
        """What the recorded program needs to find, as far as the recording shows it."""
        return givens.givens(self.name, steps, observations)

    def repro_preamble(self) -> tuple[str, str]:
        """Imports and the client's fixture, for programs that are written out."""
        return repro.preamble(self.name)

    def repro(self, call: Call) -> CallText | None:
        """The call as Python text."""
        return repro.written(self.name, self._surface, call)

    def repro_refusal(self, call: str, status: int, answer: str) -> list[str]:
        """Lines that make a call that must be refused."""
        return repro.refusal(call, status, answer)

    def repro_header(self, call: str, name: str, value: str) -> list[str]:
        """Lines that claim a header of an answer."""
        return repro.header(self.name, call, name, value)

    def not_implemented(self, observation: Observation) -> bool:
        """True when the twin says that it does not have this."""
        return observation.status == 501

    def twin(self) -> Service | None:
        """The embedded twin."""
        from targets.jira.twin.service import service  # grammars take time to build

        return service()
