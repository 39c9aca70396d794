"""A Google API as a target of the engine; what tells the APIs apart is data (``Description``)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from conformance.programs.grow.laws import Law
from conformance.programs.grow.texts import TextLimit
from conformance.programs.model import Call, Given, Observation, PathKey, Step
from conformance.programs.writing import CallText
from conformance.recordings.model import Json, Request
from conformance.target import Condition, Operation, Sdk, Session
from targets.google import discovery, laws, lifting, repro, texts

if TYPE_CHECKING:
    from conformance.twinkit.service import Service

VARIANT_PARTS = 3
"""A variant names at most so many kinds of requests in a batch."""

CONDITIONS: Mapping[tuple[int, str], str] = {
    (429, "RESOURCE_EXHAUSTED"): "rate_limit",
    (429, "RATE_LIMIT_EXCEEDED"): "rate_limit",
    (403, "RATE_LIMIT_EXCEEDED"): "rate_limit",
    (403, "rateLimitExceeded"): "rate_limit",
    (403, "userRateLimitExceeded"): "rate_limit",
    (429, "rateLimitExceeded"): "rate_limit",
    (403, "SERVICE_DISABLED"): "service_disabled",
    (403, "accessNotConfigured"): "service_disabled",
    (403, "PERMISSION_DENIED"): "permission_denied",
    (400, "API_KEY_INVALID"): "api_key_invalid",
    (403, "API_KEY_SERVICE_BLOCKED"): "api_key_blocked",
    (401, "UNAUTHENTICATED"): "unauthenticated",
    (401, "authError"): "unauthenticated",
}
"""Outcomes that no call causes, by status and by any of the codes in the error."""

ROLES: Mapping[str, str] = {
    "pageSize": "limit",
    "maxResults": "limit",
    "pageToken": "cursor",
    "startPageToken": "cursor",
    "q": "filter",
    "corpora": "filter",
    "spaces": "filter",
    "driveId": "filter",
    "includeDeleted": "filter",
    "includeRemoved": "filter",
    "ranges": "filter",
    "dataFilters": "filter",
    "orderBy": "order",
    "fields": "projection",
    "includeGridData": "projection",
}
"""What parameters mean that Google's APIs have in common."""


@dataclass(frozen=True)
class Description:
    """What tells one Google API from another.

    ``hosts`` and ``roots`` are patterns for the requests that are this API's (also its other versions and batches,
    which are not lifted); ``root`` is the pattern below which its operations are. ``error_code`` reads the vendor's
    code in the object under ``error``. ``discriminators`` name, by SDK call, the arguments besides enumerations
    whose values split behaviours: a dotted path (``body.mimeType``), whose last part ``*`` stands for the keys of
    the objects in a list, and which begins with ``?`` where only its presence counts.
    """

    name: str
    hosts: str
    roots: str
    root: str
    error_code: Callable[[Mapping[str, Any]], str]
    givens: Callable[[Sequence[Step], Sequence[Observation]], tuple[Given, ...]]
    twin: Callable[[], Service | None]
    discriminators: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    defaults: frozenset[str] = frozenset()
    """Values of enumerations that say what holds anyway: they make no variant."""


class GoogleTarget:
    """A Google API driven through google-api-python-client (see ``conformance.target.Target``)."""

    always_added = frozenset({("alt", "json")})
    judged_headers = frozenset({"content-type", "location", "retry-after"})
    roles = ROLES

    def __init__(self, description: Description) -> None:
        self._description = description
        self.name = description.name
        self.service = description.name

    @cached_property
    def _api(self) -> discovery.Api:
        return discovery.api(self.name)

    @cached_property
    def _lifter(self) -> lifting.Lifter:
        described = self._description
        return lifting.Lifter(self.name, self._api, described.hosts, described.roots, described.root)

    def sdk(self) -> Sdk:
        """Name and version of the SDK; raises BadConfiguration when it is not installed."""
        return discovery.installed_sdk()

    def surface(self) -> Mapping[str, Operation]:
        """All operations the SDK can call, by name."""
        return self._api.operations

    def lift(self, request: Request) -> Call | str | None:
        """The call that causes ``request``; a reason where there is none; None if it is another target's."""
        return self._lifter.lift(request)

    def session(self, base_url: str, credentials: str | None, timeout: float = 30.0) -> Session:
        """A client that sends everything to ``base_url`` (no trailing slash)."""
        self.sdk()
        from targets.google.session import GoogleSession  # the SDK takes 0.3 s to import

        return GoogleSession(self._api, base_url, credentials, self.error_code, timeout)

    def variant(self, call: Call) -> str:
        """Values of the discriminating arguments, joined by commas; "" where none is given."""
        method = self._api.methods[call.operation]
        enums = [name for name, parameter in sorted(method.parameters.items()) if parameter.enum]
        declared = self._description.discriminators.get(method.sdk_call, ())
        values = [_discriminator(path, call.arguments) for path in (*declared, *enums)]
        media = ["media"] if call.sdk_call.endswith("_media") else []
        telling = [value for value in values if value and value not in self._description.defaults]
        return ",".join(media + telling)

    def error_code(self, status: int, body: Json) -> str:
        """The vendor's code in an error body; "" where it has none."""
        error = _error(body)
        return self._description.error_code(error) if error else ""

    def leaf_type(self, operation: str, path: PathKey) -> str:
        """Declared type that owns the leaf at ``path`` in the operation's answer (``User.displayName``), or ""."""
        return self._api.owner(operation, path)

    def condition(self, observation: Observation) -> Condition | None:
        """The condition of the surroundings that this observation shows, if any."""
        if observation.status == 429 and observation.response is not None and observation.response.json is None:
            return Condition("automated_queries")
        status, codes = observation.status or 0, _codes(_error(observation.body))
        return next((Condition(CONDITIONS[status, code]) for code in codes if (status, code) in CONDITIONS), None)

    def givens(self, steps: Sequence[Step], observations: Sequence[Observation]) -> tuple[Given, ...]:
        """What the recorded program needs to find, as far as the recording shows it."""
        return self._description.givens(steps, observations)

    def not_implemented(self, observation: Observation) -> bool:
        """True when the twin says that it does not have this."""
        return observation.status == 501

    def twin(self) -> Service | None:
        """The embedded twin's description, or None."""
        return self._description.twin()

    @property
    def laws(self) -> tuple[Law, ...]:
        """How answers to different calls hang together."""
        return laws.LAWS.get(self.name, ())

    def text_limit(self, operation: str, path: str) -> TextLimit | None:
        """The documented limit of a text that is only echoed."""
        return texts.LIMITS.get((operation, path))

    def repro_preamble(self) -> tuple[str, str]:
        """Imports and the client's fixture, for programs that are written out."""
        return repro.preamble(self.name, self._api.document["version"])

    def repro(self, call: Call) -> CallText | None:
        """The call as Python text; None for paths that the SDK does not know."""
        return repro.written(self.name, call)

    def repro_refusal(self, call: str, status: int, answer: str) -> list[str]:
        """Lines that make a call that must be refused."""
        return repro.refusal(call, status, answer)

    def repro_header(self, call: str, name: str, value: str) -> list[str]:
        """Lines that claim a header of an answer."""
        return repro.header(call, name, value)

    def canonical_request(self, request: Request) -> Request:
        """The request that is meant: one that travelled as another (``x-http-method-override``), an upload's parts."""
        return lifting.canonical(lifting.logical(request))


def _error(body: Json) -> Mapping[str, Any]:
    """The object under ``error``, also where the answer is a list of one; {} where there is none."""
    if isinstance(body, list) and body:
        body = body[0]
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else {}


def _codes(error: Mapping[str, Any]) -> Iterable[str]:
    """All codes in an error: reasons first, then the status."""
    for item in (*_objects(error.get("details")), *_objects(error.get("errors")), {"reason": error.get("status")}):
        if isinstance(item.get("reason"), str):
            yield item["reason"]


def _objects(items: Json) -> list[Mapping[str, Any]]:
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def first_reason(error: Mapping[str, Any]) -> str:
    """Drive's code: ``errors[0].reason``, else the status."""
    reasons = [item.get("reason") for item in _objects(error.get("errors"))]
    return str(next((reason for reason in reasons if reason), error.get("status") or ""))


def status_name(error: Mapping[str, Any]) -> str:
    """The code of Sheets and Docs: the canonical status (``INVALID_ARGUMENT``)."""
    return str(error.get("status") or first_reason(error))


def _discriminator(path: str, arguments: Mapping[str, Any]) -> str:
    name = path.lstrip("?")
    value: Any = arguments
    for key in name.split("."):
        if key == "*":
            return _kinds(value)
        value = value.get(key) if isinstance(value, Mapping) else None
    if value is None or value == "":
        return ""
    if path.startswith("?"):
        return key
    if isinstance(value, bool):
        return key if value else ""
    return value if isinstance(value, str) else ""


def _kinds(items: Json) -> str:
    """Which kinds of requests a batch holds, sorted: ``addSheet+updateCells``."""
    kinds = sorted({key for item in _objects(items) for key in item})
    rest = len(kinds) - VARIANT_PARTS
    return "+".join(kinds[:VARIANT_PARTS] + ([f"{rest} more"] if rest > 0 else []))
