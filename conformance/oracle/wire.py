"""A pseudo target for recordings of a service that no installed target speaks: its calls are the requests themselves.

Path templates are learned from the recordings: identifiers become parameters, what every recording spells alike stays.
Where a target exists its lifting is used instead, without playing the call, so that nothing is left out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NoReturn
from urllib.parse import parse_qsl, unquote

from conformance.programs.identity import identity, is_token
from conformance.programs.model import Call, Exchange, Given, Observation, PathKey, Program, SdkError, Step, Trace
from conformance.programs.trees import last_key, leaves
from conformance.recordings.model import Interaction, Json, Recording, Request
from conformance.target import Condition, Operation, Sdk, Session, Target, lifted
from conformance.twinkit.service import Service

MAX_VERSIONS = 3
"""So many different numbers at one place of a path may be versions; more are identifiers. A version stands among the
first so many parts of a path, or after the word ``api``."""

_VERSION = re.compile(r"(?:v?\d{1,2}(?:\.\d+)*|latest)\Z")
_ISSUE_KEY = re.compile(r"[A-Z][A-Z0-9_]*-\d+\Z")
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\Z")
_VERB = re.compile(r"(.+)(:[a-z][A-Za-z]+)\Z")
_FORM = "application/x-www-form-urlencoded"


class Templates:
    """Path templates learned from requests. Look-up costs one dictionary access for each part of a path."""

    def __init__(self, recordings: Iterable[Recording]) -> None:
        self._named: set[str] = set()
        self._numbers: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for recording in recordings:
            for interaction in recording.interactions:
                self._learn(interaction)

    def _learn(self, interaction: Interaction) -> None:
        parts = _parts(interaction.request.path)
        for place, part in enumerate(parts):
            if _VERSION.match(part):
                self._numbers[tuple(parts[:place])].add(part)
        for path, value in leaves(interaction.response.json):
            if isinstance(value, str) and _could_name(value) and identity(last_key(path), value):
                self._named.add(value)

    def match(self, path: str) -> tuple[str, dict[str, str]]:
        """The template of a path and the values of its parameters, which are named for what stands before them."""
        names: dict[str, str] = {}
        shown: list[str] = []
        parts = _parts(path)
        for place, part in enumerate(parts):
            text, verb = _without_verb(part)
            if self._is_parameter(text, parts[:place]):
                name = _parameter_name(shown, names)
                names[name] = unquote(text)
                shown.append(f"{{{name}}}{verb}")
            else:
                shown.append(part)
        return "/" + "/".join(shown), names

    def _is_parameter(self, part: str, before: list[str]) -> bool:
        if _VERSION.match(part):
            many = len(self._numbers[tuple(before)]) > MAX_VERSIONS
            return many or (len(before) > MAX_VERSIONS and before[-1] != "api")
        return _made_up(part) or unquote(part) in self._named


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part]


def _without_verb(part: str) -> tuple[str, str]:
    """``{id}:batchUpdate`` is an identifier and a verb."""
    found = _VERB.match(part)
    return (found[1], found[2]) if found else (part, "")


@lru_cache(maxsize=65536)
def _made_up(part: str) -> bool:
    text = unquote(part)
    if text.isdecimal() or is_token(text) or _ISSUE_KEY.match(text) or _UUID.match(text):
        return True
    return any(char in text for char in "@! '")


def _could_name(value: str) -> bool:
    """Names of things have a digit or a capital in them; plain words may be names of collections as well."""
    return 3 <= len(value) <= 80 and "/" not in value and any(char.isdigit() or char.isupper() for char in value)


def _parameter_name(before: list[str], taken: Mapping[str, str]) -> str:
    literal = next((part for part in reversed(before) if not part.startswith("{")), "")
    name = f"{re.sub(r'[^A-Za-z0-9]', '', literal)}Id"
    return name if name not in taken else f"{name}{len(taken) + 1}"


class WireTarget:
    """What a Target says, as far as requests and answers alone can tell."""

    always_added: frozenset[tuple[str, str]] = frozenset()
    judged_headers = frozenset({"content-type", "link", "location", "etag", "retry-after"})
    roles: Mapping[str, str] = {}

    def __init__(self, service: str, templates: Templates, name: str = "") -> None:
        self.name = name or service
        self.service = service
        self._templates = templates

    def sdk(self) -> Sdk:
        """There is none."""
        return Sdk("wire", "")

    def surface(self) -> Mapping[str, Operation]:
        """Nobody declares what the service can do."""
        return {}

    def lift(self, request: Request) -> Call:
        """The request as a call: path parameters, query and body are its arguments."""
        template, parameters = self._templates.match(request.path)
        operation = f"{request.method} {template}"
        arguments: dict[str, Any] = {**parameters, **_query(request.query)}
        body = _body(request)
        if body is not None:
            arguments["body"] = body
        return Call(self.name, operation, operation, arguments)

    def canonical_request(self, request: Request) -> Request:
        """Nothing is known to travel in another form."""
        return request

    def session(self, base_url: str, credentials: str | None, timeout: float = 30.0) -> Session:
        """There is no SDK to run."""
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise NotImplementedError(f"{self.name} is known on the wire only")

    def variant(self, call: Call) -> str:
        """Discriminators are learned."""
        return ""

    def error_code(self, status: int, body: Json) -> str:
        """The code in an error body, by the names that vendors use; "" for successes and where there is none."""
        return error_code(status, body)

    def leaf_type(self, operation: str, path: PathKey) -> str:
        """No types are declared."""
        return ""

    def condition(self, observation: Observation) -> Condition | None:
        """A used-up quota is the only condition that all services spell alike."""
        return Condition("rate_limit") if observation.status == 429 else None

    def givens(self, steps: Sequence[Step], observations: Sequence[Observation]) -> tuple[Given, ...]:
        """Nothing runs, so nothing is needed."""
        return ()

    def not_implemented(self, observation: Observation) -> bool:
        """True for 501."""
        return observation.status == 501

    def twin(self) -> Service | None:
        """There is none."""
        return None


def error_code(status: int, body: Json) -> str:
    """The vendor's code in an error body; an answer may be an error by its status, or by saying so (``ok: false``)."""
    if not isinstance(body, dict) or (status < 400 and body.get("ok") is not False):
        return ""
    for name in ("errorCode", "error", "code"):
        found = body.get(name)
        if isinstance(found, dict):
            return _nested_code(found)
        if isinstance(found, str) and " " not in found:
            return found
    return ""


def _nested_code(error: Mapping[str, Any]) -> str:
    """Google's form: a reason in the list of errors, else the status."""
    listed = error.get("errors")
    reasons = [item.get("reason") for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    return str(next((reason for reason in (*reasons, error.get("status")) if isinstance(reason, str)), ""))


def _query(pairs: Iterable[tuple[str, str]]) -> dict[str, Json]:
    """Query or form parameters; repeated ones are lists."""
    found: dict[str, Json] = {}
    for name, value in pairs:
        if name in found:
            found[name] = [*(found[name] if isinstance(found[name], list) else [found[name]]), value]
        else:
            found[name] = value
    return found


def _body(request: Request) -> Json:
    if (request.header("content-type") or "").startswith(_FORM) and request.json is None:
        return _query(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)) or None
    return request.json


def observe(interaction: Interaction, code: str) -> Observation:
    """The recorded answer as an observation of a client that returns bodies and raises for errors."""
    response = interaction.response
    error = None
    if response.status >= 400 or code:
        error = SdkError("HTTPError", response.status, code, response.reason)
    value = response.json if response.json is not None else (response.body or None)
    return Observation(None if error else value, error, (Exchange(interaction.request, response),))


def wire_traces(
    recordings: Sequence[Recording], targets: Iterable[Target] = ()
) -> tuple[list[Trace], dict[str, Target]]:
    """Traces of recordings as they are, nothing played; and the targets (given or made up) that their calls name.

    Linear in the size of the recordings.
    """
    given = {target.name: target for target in targets}
    made_up: dict[str, WireTarget] = {}
    for service in sorted({recording.provenance.service for recording in recordings}):
        own = [recording for recording in recordings if recording.provenance.service == service]
        name = f"{service} (wire)" if service in given else service or "wire"
        made_up[service] = WireTarget(service, Templates(own), name)
    found = [_trace(recording, made_up[recording.provenance.service], given.values()) for recording in recordings]
    return found, {**{target.name: target for target in made_up.values()}, **given}


def _trace(recording: Recording, fallback: WireTarget, targets: Iterable[Target]) -> Trace:
    steps: list[Step] = []
    observations: list[Observation] = []
    for interaction in recording.interactions:
        call, target = _lifted(interaction.request, fallback, targets)
        steps.append(Step(call, interaction.index))
        code = target.error_code(interaction.response.status, interaction.response.json)
        observations.append(observe(interaction, code))
    return Trace(Program(recording.name, tuple(steps), recording=recording), tuple(observations))


def _lifted(request: Request, fallback: WireTarget, targets: Iterable[Target]) -> tuple[Call, Target | WireTarget]:
    for target in targets:
        call = lifted(target, request)
        if isinstance(call, Call):
            return call, target
    return fallback.lift(request), fallback
