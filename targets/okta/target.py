"""Okta as a target of the engine, driven through either generation of its Python SDK."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from conformance.programs.model import Call, Given, Observation, PathKey, Step
from conformance.programs.writing import CallText
from conformance.recordings.model import Json, Recording, Request
from conformance.target import Condition, Operation, Sdk, Session
from targets.okta import contradictions, givens, lifting, models, repro, surface, variants

if TYPE_CHECKING:
    from conformance.twinkit.service import Service

CONDITIONS: Sequence[tuple[int, str, str, str]] = (
    (429, "E0000047", "", "rate_limit"),
    (401, "E0000015", "", "feature_disabled"),
    (403, "E0000148", "", "authenticator_in_policy"),
    (500, "E0000009", "", "internal_error"),
    (400, "E0000001", "Maximum number of instances has been reached", "full_of_apps"),
    (400, "E0000001", "The field entityType is not valid", "entity_type_refused"),
)
"""Outcomes that no call causes: status, code, words of the answer, and the name of the condition."""

ROLES: Mapping[str, str] = {
    "limit": "limit",
    "after": "cursor",
    "before": "cursor",
    "q": "filter",
    "search": "filter",
    "filter": "filter",
    "type": "filter",
    "status": "filter",
    "since": "filter",
    "until": "filter",
    "sortBy": "order",
    "sortOrder": "order",
    "orderBy": "order",
    "expand": "projection",
    "fields": "projection",
}
"""What parameters mean."""


class OktaTarget:
    """See ``conformance.target.Target``."""

    name = "okta"
    service = "okta"
    always_added: frozenset[tuple[str, str]] = frozenset()
    roles = ROLES
    judged_headers = frozenset(
        {
            "content-type",
            "dpop-nonce",
            "etag",
            "link",
            "location",
            "x-rate-limit-limit",
            "x-rate-limit-remaining",
            "x-rate-limit-reset",
        }
    )

    @cached_property
    def _surface(self) -> surface.Surface:
        return surface.surface()

    @cached_property
    def _lifter(self) -> lifting.Lifter:
        return lifting.Lifter(self.name, self._surface)

    @cached_property
    def _models(self) -> models.Models:
        return models.Models(surface.sdk_folder(), self._surface)

    def sdk(self) -> Sdk:
        """Name and version of the SDK; raises BadConfiguration when it is not installed."""
        return surface.installed_sdk()

    def surface(self) -> Mapping[str, Operation]:
        """All operations the SDK can call, by name."""
        return self._surface.operations

    def lift(self, request: Request) -> Call | str | None:
        """The call that causes ``request``; a reason where there is none; None if it is another target's."""
        return self._lifter.lift(request)

    def canonical_request(self, request: Request) -> Request:
        """``request`` with its path in one spelling: the generations of the SDK differ in the last slash."""
        return lifting.canonical(request)

    def session(self, base_url: str, credentials: str | None, timeout: float = 30.0) -> Session:
        """A client that sends everything to ``base_url`` (no trailing slash)."""
        self.sdk()
        from targets.okta.session import OktaSession  # aiohttp takes 0.3 s to import

        return OktaSession(self._surface, base_url, credentials, self.error_code, timeout)

    def variant(self, call: Call) -> str:
        """Values of the discriminators in the call, joined by commas; "" where there is none."""
        return variants.variant(call)

    def error_code(self, status: int, body: Json) -> str:
        """``errorCode`` of the API, ``error`` of its OAuth endpoints; "" where there is none."""
        if not isinstance(body, dict):
            return ""
        code = body.get("errorCode") or body.get("error")
        return code if isinstance(code, str) else ""

    def composed(self, steps: Sequence[Step], recording: Recording) -> Sequence[Step]:
        """The steps, those marked whose answers are none to what they ask (see ``conformance.target.Composes``)."""
        return contradictions.marked(steps, recording) if all(one.call.target == self.name for one in steps) else steps

    def leaf_type(self, operation: str, path: PathKey) -> str:
        """Declared type that owns the leaf at ``path`` in the operation's answer (``User.status``), or ""."""
        return self._models.owner(operation, path)

    def condition(self, observation: Observation) -> Condition | None:
        """The condition of the surroundings that this observation shows, if any."""
        status = observation.status or 0
        told = (status, self.error_code(status, observation.body))
        text = str(observation.body)
        found = (name for *outcome, words, name in CONDITIONS if (*outcome,) == told and words in text)
        return next(map(Condition, found), None)

    def givens(self, steps: Sequence[Step], observations: Sequence[Observation]) -> tuple[Given, ...]:
        """What the recorded program needs to find, as far as the recording shows it."""
        return givens.givens(self.name, self._surface, steps, observations)

    def repro_preamble(self) -> tuple[str, str]:
        """Imports and the client's fixture, for programs that are written out."""
        return repro.preamble(self.name)

    def repro(self, call: Call) -> CallText | None:
        """The call as Python text."""
        return repro.written(self.name, self._surface, call)

    def repro_read(self, text: CallText) -> CallText:
        """A written call, so that it fails where the SDK cannot read the answer."""
        return repro.read(self.name, text)

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
        """The embedded twin of an organisation."""
        from targets.okta.twin.service import service  # imported only where a twin is served

        return service()
