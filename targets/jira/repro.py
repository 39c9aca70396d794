"""How programs of Jira are written out for pycontribs' client."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from conformance.programs.model import Call
from conformance.programs.writing import CallText, Raw, header_claim, quoted, refusal_lines
from targets.jira import calls
from targets.jira.client import DEPLOYMENTS
from targets.jira.flavours import flavour_of
from targets.jira.surface import BODY, Endpoint, Surface

IMPORTS = """\
from datetime import datetime
from urllib.parse import quote
from jira import JIRA, JIRAError, resources
"""

CLIENT = '''\
class Site:
    """The twin, through Jira's client: calls give the service's own answer to the request that they are about."""

    def __init__(self):
        token = os.environ.get("CONFORMANCE_TWIN_TOKEN", "twin")
        self.client = JIRA(TWIN, token_auth=token, get_server_info=False, max_retries=0)
        self.client._session.trust_env = False
        self.client._get_user_id = lambda user: user  # arguments are ids already
        self.client._fields_cache_value = {"": ""}
        self.response = None

    def ask(self, name, deployment, version, path=""):
        """A method of the client, or of a resource that has this path."""
        self.client.deploymentType, self.client._version = deployment, (1001, 0, 0)
        self.client._options["rest_api_version"] = version
        kind, _, own = name.rpartition(".")
        if not kind:
            return lambda **arguments: self._answer(getattr(self.client, own), arguments)
        raw = {"self": TWIN + path, "id": path.rpartition("/")[2]}
        resource = getattr(resources, kind)(self.client._options, self.client._session, raw=raw)
        return lambda **arguments: self._answer(getattr(resource, own), arguments)

    def send(self, method, path):
        """A request for which the client has no method."""
        return lambda **more: self._answer(lambda: self.client._session.request(method, TWIN + path, **more), {})

    def _answer(self, call, arguments):
        seen, failure = [], None
        self.client._session.hooks["response"] = [lambda response, **_: seen.append(response)]
        try:
            call(**arguments)
        except JIRAError as error:
            failure = error
        writes = (response for response in seen if response.request.method != "GET")
        self.response = next(writes, seen[0] if seen else None)  # before a write things are looked up
        if failure is not None and (self.response is None or not self.response.ok):
            raise failure
        return self.response.json() if self.response.content else None
'''

FIXTURE = """\
@pytest.fixture
def {name}():
    return Site()
"""


def preamble(name: str) -> tuple[str, str]:
    """Import lines, and the text of the client's fixture."""
    return IMPORTS, f"{CLIENT}\n\n{FIXTURE.format(name=name)}"


def written(name: str, surface: Surface, call: Call) -> CallText | None:
    """``jira.ask("issue", "Cloud", "2")(id=…)``; None for what the SDK cannot be told."""
    for endpoint in surface.called(call.operation, call.sdk_call):
        try:
            arguments = calls.python_arguments(endpoint, call.arguments)
        except calls.NotSayable:
            continue
        return CallText(_head(name, call, endpoint), {key: _spoken(value) for key, value in arguments.items()})
    return _generic(name, call)


def _head(name: str, call: Call, endpoint: Endpoint) -> str:
    flavour = flavour_of(call.operation)
    version = call.arguments.get(calls.VERSION_OPTION, flavour.version)
    deployment = DEPLOYMENTS[flavour.deployment] if endpoint.informed else None
    path = f", {_path(call)}" if endpoint.resource else ""
    told = quoted(deployment) if deployment else "None"
    return f"{name}.ask({quoted(call.sdk_call)}, {told}, {quoted(str(version))}{path})"


def _generic(name: str, call: Call) -> CallText:
    method = call.operation.partition(" ")[0]
    query = calls.query_of(calls.template_of(call.operation), call.arguments)
    more: dict[str, Any] = {"params": query} if query else {}
    more |= {"json": call.arguments[BODY]} if BODY in call.arguments else {}
    return CallText(f"{name}.send({quoted(method)}, {_path(call)})", more)


def _path(call: Call) -> str:
    """The path as an expression."""
    version = str(call.arguments.get(calls.VERSION_OPTION, flavour_of(call.operation).version))
    pieces = re.split(r"\{(\w+)\}", calls.in_version(calls.template_of(call.operation), version))
    return " + ".join(
        _segment(call.arguments.get(piece, "")) if place % 2 else quoted(piece)
        for place, piece in enumerate(pieces)
        if piece
    )


def _segment(value: Any) -> str:
    text = f"str({value.text})" if isinstance(value, Raw) else quoted(str(value))
    return f'quote({text}, safe="")'


def _spoken(value: Any) -> Any:
    if isinstance(value, datetime):
        return Raw(f"datetime.fromisoformat({quoted(value.isoformat())})")
    return value


def refusal(call: str, status: int, answer: str) -> list[str]:
    """A call that must be refused."""
    return refusal_lines(call, "JIRAError", f"status_code == {status}", answer, "refused.value.response.json()")


def header(name: str, call: str, header_name: str, value: str) -> list[str]:
    """A header of an answer: the media type of ``content-type``, of others only that they are there."""
    return [call, header_claim(f"{name}.response.headers", header_name, value)]
