"""How programs of Okta are written out for its SDK, whose calls are coroutines."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from dataclasses import replace
from typing import Any

from conformance.programs.model import Call
from conformance.programs.trees import map_leaves
from conformance.programs.writing import CallText, Raw, header_claim, quoted, refusal_lines, value_text
from conformance.recordings.model import Json
from targets.okta.dialects import dialect
from targets.okta.hermetic import new_client
from targets.okta.surface import Body, Endpoint, Parameter, Surface

IMPORTS = """\
import asyncio
import aiohttp
from urllib.parse import quote, urlencode
from okta import models
from okta.client import Client
from okta.config import config_setter
"""

CLIENT = '''\
class Refused(Exception):
    """An error of the service's own."""

    def __init__(self, status, answer):
        super().__init__(f"{status} {answer}")
        self.status, self.answer = status, answer


class Org:
    """The twin, through Okta's SDK: calls give the service's own answer.

    What the SDK makes of the answer does not matter, unless it is called by ``strictly``.
    """

    def __init__(self, strict=False):
        token = os.environ.get("CONFORMANCE_TWIN_TOKEN", "conformance")
        config = {"orgUrl": TWIN, "token": token, "rateLimit": {"maxRetries": 0}, "cache": {"enabled": False}}
        self.client, self.strict = Client(config), strict
        self.response = self.content = None

    @property
    def strictly(self):
        """The same, but what the SDK cannot read is an error."""
        return Org(strict=True)

    def __getattr__(self, name):
        return lambda **arguments: self._wait(lambda: getattr(self.client, name)(**arguments))

    def send(self, method, path, query=(), body=None):
        """A request that the SDK's methods cannot be told, by its request executor."""
        url = f"{TWIN}{path}?{urlencode([(name, value) for name, value in query])}".rstrip("?")
        return self._wait(lambda: self._execute(method, url, body))

    async def _execute(self, method, url, body):
        executor = self.client.get_request_executor()
        request, error = await executor.create_request(method, url, body or {}, {}, {}, keep_empty_params=True)
        return (True, error) if error else (True, *await executor.execute(request))

    def _wait(self, call):
        self.response = None
        result, error = asyncio.run(self._exchange(call))
        if self.response is None:
            raise error
        try:
            answer = json.loads(self.content) if self.content else None
        except ValueError:
            answer = self.content.decode()
        if self.response.status >= 400:
            raise Refused(self.response.status, answer)
        if self.strict and error is not None:
            raise error
        assert not self.strict or result is not None or not answer, "the SDK loses the answer"
        return answer

    async def _exchange(self, call):
        tracing = aiohttp.TraceConfig()
        tracing.on_request_end.append(self._keep)
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), trace_configs=[tracing]) as session:
            self.client.get_request_executor().set_session(session)
            try:
                returned = await call()
            except Exception as raised:
                return None, raised
        return (returned[0], returned[-1]) if isinstance(returned, tuple) else (returned, None)

    async def _keep(self, session, context, exchange):
        self.response, self.content = exchange.response, await exchange.response.read()
'''

FIXTURE = '''\
@pytest.fixture
def {name}(monkeypatch):
    """A client that nothing on this machine configures."""
    for variable in [variable for variable in os.environ if variable.startswith("OKTA_")]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("OKTA_TESTING_TESTINGDISABLEHTTPSCHECK", "true")
    for setting in ("_GLOBAL_YAML_PATH", "_LOCAL_YAML_PATH"):
        monkeypatch.setattr(config_setter, setting, os.path.join(os.devnull, "okta.yaml"))
    return Org()
'''
NOBODY = "http://127.0.0.1:1"
"""Where calls are sent to that are only tried out: none of them leaves."""
SAMPLE = "sample"
"""Stands for a reference where a call is tried out."""


def preamble(name: str) -> tuple[str, str]:
    """Import lines, and the text of the client's fixture."""
    return IMPORTS, f"{CLIENT}\n\n{FIXTURE.format(name=name)}"


def written(name: str, surface: Surface, call: Call) -> CallText | None:
    """``okta.get_user(id=…)``, or ``okta.send("GET", …)`` where the method would send something else.

    None where the SDK has no such operation.
    """
    endpoint = surface.endpoints.get(call.operation)
    if endpoint is None:
        return None
    if call.extra_query or call.sent_path or call.lost_body or not _says(surface, endpoint, call):
        return _request(name, endpoint, call)
    arguments = _generated(endpoint, call) if surface.generation >= 3 else _classic(endpoint, call)
    return CallText(f"{name}.{endpoint.sdk_call}", arguments)


def read(name: str, text: CallText) -> CallText:
    """The call written so that it fails where the SDK cannot read the answer."""
    return replace(text, head=f"{name}.strictly.{text.head.removeprefix(f'{name}.')}")


def refusal(call: str, status: int, answer: str) -> list[str]:
    """A call that must be refused."""
    return refusal_lines(call, "Refused", f"status == {status}", answer, "refused.value.answer")


def header(name: str, call: str, header_name: str, value: str) -> list[str]:
    """A header of an answer: the media type of ``content-type``, of others only that they are there."""
    return [call, header_claim(f"{name}.response.headers", header_name, value)]


# --- calls of the SDK's methods


def _generated(endpoint: Endpoint, call: Call) -> dict[str, Any]:
    """Arguments as okta 3.x takes them: by name, the body as a model."""
    arguments = {p.python: call.arguments[p.name] for p in endpoint.parameters if p.name in call.arguments}
    if endpoint.body and "body" in call.arguments:
        arguments[endpoint.body.python] = _modelled(endpoint.body, call.arguments["body"])
    return arguments


def _modelled(body: Body, value: Json) -> Any:
    if body.model and body.listed and isinstance(value, list):
        return [_modelled(replace(body, listed=False), member) for member in value]
    known = body.model and isinstance(value, dict)
    return Raw(f"models.{body.model}.from_dict({value_text(value, 4, 40)})") if known else value


def _classic(endpoint: Endpoint, call: Call) -> dict[str, Any]:
    """Arguments as okta 2.x takes them: the query in a dictionary, the body as it is."""
    arguments: dict[str, Any] = {p.python: call.arguments[p.name] for p in endpoint.parameters if p.place == "path"}
    query = {p.name: call.arguments[p.name] for p in endpoint.parameters if _is_asked(p, call)}
    arguments |= {"query_params": query} if query else {}
    return arguments | ({endpoint.body.python: call.arguments.get("body", {})} if endpoint.body else {})


def _is_asked(parameter: Parameter, call: Call) -> bool:
    return parameter.place == "query" and parameter.name in call.arguments


# --- requests that no method sends


def _request(name: str, endpoint: Endpoint, call: Call) -> CallText:
    query = [(p.name, text) for p in endpoint.parameters if _is_asked(p, call) for text in _texts(p, call)]
    pairs = [list(pair) for pair in (*endpoint.fixed_query, *query, *call.extra_query)]
    more: dict[str, Any] = {"query": pairs} if pairs else {}
    more |= {"body": call.arguments["body"]} if call.arguments.get("body") else {}
    return CallText(f"{name}.send", {"method": endpoint.method, "path": Raw(_path(endpoint, call)), **more})


def _texts(parameter: Parameter, call: Call) -> list[Any]:
    value = call.arguments[parameter.name]
    return [value] if isinstance(value, Raw) else parameter.texts(value)


def _path(endpoint: Endpoint, call: Call) -> str:
    """The path as an expression."""
    pieces = re.split(r"\{(\w+)\}", call.sent_path or endpoint.template)
    return " + ".join(
        _segment(call.arguments.get(piece, "")) if place % 2 else quoted(piece)
        for place, piece in enumerate(pieces)
        if piece
    )


def _segment(value: Any) -> str:
    text = value.text if isinstance(value, Raw) else quoted(str(value))
    return f'quote({text}, safe="")'


# --- what the SDK makes of a call


class _Tried(Exception):
    """A request was about to leave."""


def _says(surface: Surface, endpoint: Endpoint, call: Call) -> bool:
    """Whether the SDK's method sends what the call means: its models refuse, drop and rename members."""
    plain = replace(call, arguments=map_leaves(call.arguments, _sampled))
    return asyncio.run(_trial(surface, endpoint, plain))


def _sampled(_: str | int, leaf: Any) -> Any:
    return SAMPLE if isinstance(leaf, Raw) else leaf


async def _trial(surface: Surface, endpoint: Endpoint, call: Call) -> bool:
    from targets.okta.session import intention_of  # aiohttp takes 0.3 s to import
    from targets.okta.wire import Wire

    says: list[bool] = []

    class Trial(Wire):
        """Lets nothing leave."""

        def request(self, method: str, url: str, **more: Any) -> Any:
            says.append(self._put_right(intention_of(endpoint, call), url, more) == url and not self.altered)
            raise _Tried(method)

    client, wire = new_client(NOBODY, None, 1.0), Trial(NOBODY)
    client.get_request_executor().set_session(wire)
    with suppress(Exception):  # the trial's own, or the SDK refuses the call
        await dialect(surface.generation).invoke(client, endpoint, call.arguments)
    await wire.close()
    return says == [True]
