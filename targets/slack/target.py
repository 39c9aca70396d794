"""Slack as a target of the engine; its two clients differ only in their sessions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from conformance.programs.model import Call, Given, Observation, PathKey, Step
from conformance.programs.writing import CallText
from conformance.recordings.model import Json, Recording, Request
from conformance.target import Condition, Operation, Sdk, Session
from targets.slack import declared, givens, lifting, losses, repro, requests, surface, uploads, variants
from targets.slack.contract import contract

if TYPE_CHECKING:
    from conformance.twinkit.service import Service

CONDITIONS: Mapping[str, Condition] = {
    "ratelimited": Condition("rate_limit"),
    "not_authed": Condition("not_authed", credentials=""),
    "invalid_auth": Condition("invalid_auth", credentials="xoxb-nobody-has-this"),
    "token_revoked": Condition("token_revoked", credentials="xoxb-revoked", of_twin=True),
    "account_inactive": Condition("account_inactive", credentials="xoxb-inactive", of_twin=True),
}
"""By their errors, outcomes that no call causes: those of the token that it is made with, and of a used-up quota."""

ROLES: Mapping[str, str] = {
    "limit": "limit",
    "count": "limit",
    "cursor": "cursor",
    "page": "cursor",
    "query": "filter",
    "types": "filter",
    "exclude_archived": "filter",
    "oldest": "filter",
    "latest": "filter",
    "inclusive": "filter",
    "ts_from": "filter",
    "ts_to": "filter",
    "sort": "order",
    "sort_dir": "order",
    "presence": "projection",
    "include_locale": "projection",
    "include_num_members": "projection",
    "include_users": "projection",
    "include_count": "projection",
    "include_disabled": "filter",
    "simple_latest": "projection",
    "no_unreads": "projection",
}
"""What arguments mean."""


class SlackTarget:
    """See ``conformance.target.Target``."""

    service = "slack"
    always_added: frozenset[tuple[str, str]] = frozenset()
    roles = ROLES
    judged_headers = frozenset(
        {"content-type", "retry-after", "x-accepted-oauth-scopes", "x-oauth-scopes", "x-slack-failure"}
    )

    def __init__(self, name: str, *, nonblocking: bool) -> None:
        self.name = name
        self._nonblocking = nonblocking

    @cached_property
    def _surface(self) -> surface.Surface:
        return surface.surface(nonblocking=self._nonblocking)

    @cached_property
    def _lifter(self) -> lifting.Lifter:
        return lifting.Lifter(self.name, self._surface)

    def sdk(self) -> Sdk:
        """Name and version of the SDK; raises BadConfiguration when it is not installed."""
        return surface.installed_sdk()

    def surface(self) -> Mapping[str, Operation]:
        """All operations the SDK can call, by name."""
        return self._surface.operations

    def reads(self, operation: str) -> bool:
        """True when the operation changes nothing (see ``conformance.target.TellsReads``)."""
        return self._surface.reads(operation)

    def lift(self, request: Request) -> Call | str | None:
        """The call that causes ``request``; a reason where there is none; None if it is another target's."""
        return self._lifter.lift(request)

    def composed(self, steps: Sequence[Step], recording: Recording) -> Sequence[Step]:
        """The steps with uploads put together, and losses marked (see ``conformance.target.Composes``)."""
        if any(step.call.target != self.name for step in steps):
            return steps
        return uploads.composed(losses.marked(steps, recording, self._surface), recording, self._surface)

    def canonical_request(self, request: Request) -> Request:
        """The request that stands for all spellings of a call."""
        return requests.canonical(request, self._surface) if requests.is_api(request) else request

    def session(self, base_url: str, credentials: str | None, timeout: float = 30.0) -> Session:
        """A client that sends everything to ``base_url`` (no trailing slash)."""
        self.sdk()
        from targets.slack import session  # aiohttp takes 0.3 s to import

        kind: Any = session.AsyncWebSession if self._nonblocking else session.WebSession
        made: Session = kind(self._surface, base_url, credentials, self.error_code, timeout)
        return made

    def variant(self, call: Call) -> str:
        """Values of the discriminating arguments, joined by commas; "" where none is given."""
        return variants.variant(call)

    def error_code(self, status: int, body: Json) -> str:
        """``error`` of an answer that says ``"ok": false``, whatever its status; "" for any other."""
        failed = isinstance(body, dict) and body.get("ok") is False
        return str(body.get("error", "")) if failed else ""

    def leaf_type(self, operation: str, path: PathKey) -> str:
        """The kind of thing that owns the leaf at ``path`` (``user.real_name``); "" for what no thing owns."""
        return variants.owner(path)

    def condition(self, observation: Observation) -> Condition | None:
        """The condition of the surroundings that this observation shows, if any."""
        return CONDITIONS.get(self.error_code(observation.status or 0, observation.body))

    def givens(self, steps: Sequence[Step], observations: Sequence[Observation]) -> tuple[Given, ...]:
        """What the recorded program needs to find, as far as the recording shows it; of calls of this client only."""
        mine = [pair for pair in zip(steps, observations, strict=True) if pair[0].call.target == self.name]
        return givens.givens(self.name, mine) if mine else ()

    def not_implemented(self, observation: Observation) -> bool:
        """True when the twin says that it does not have this."""
        return observation.status == 501

    def declared_programs(self) -> tuple[declared.Assertion, ...]:
        """Pairs of method and error that the vendor asserts, with programs where their arguments can be told."""
        return declared.assertions(self.name, contract(), self._surface)

    def twin(self) -> Service | None:
        """The embedded twin's description."""
        from targets.slack.twin.service import SERVICE

        return SERVICE

    def repro_preamble(self) -> tuple[str, str]:
        """Imports and the client's fixture, for programs that are written out."""
        asynchronous = repro.ASYNC_IMPORTS, repro.ASYNC_FIXTURE
        return asynchronous if self._nonblocking else (repro.IMPORTS, repro.FIXTURE)

    def repro(self, call: Call) -> CallText | None:
        """The call as Python text; None for what the SDK does not send by itself."""
        return repro.written(call, self._surface)

    def repro_refusal(self, call: str, status: int, answer: str) -> list[str]:
        """Lines that make a call that must be refused."""
        return repro.refusal(call, status, answer)

    def repro_header(self, call: str, name: str, value: str) -> list[str]:
        """Lines that claim a header of an answer."""
        return repro.header(call, name, value)


SYNC = SlackTarget("slack", nonblocking=False)
ASYNC = SlackTarget("slack-async", nonblocking=True)
