"""How the two generations of the SDK are called, and what they give back, evened out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Protocol
from urllib.parse import unquote

from conformance.recordings.model import Json
from targets.okta.surface import Body, Endpoint

Arguments = Mapping[str, Json]
_NEXT = re.compile(r'<[^>]*[?&]after=([^&>]+)[^>]*>;\s*rel="next"')


@dataclass(frozen=True)
class Returned:
    """What an SDK method returned: the object, the response, and the error. None for what there is not."""

    result: Any = None
    response: Any = None
    error: Any = None


class Dialect(Protocol):
    """One generation of the SDK."""

    async def invoke(self, client: Any, endpoint: Endpoint, arguments: Arguments) -> Returned:
        """Call the SDK's method. Raises what the method raises, or what making its arguments raises."""
        ...

    async def execute(self, client: Any, endpoint: Endpoint, url: str, body: Json) -> Returned:
        """Send a request through the SDK's request executor, around its methods; read the answer as they would."""
        ...

    async def next_page(self, client: Any, endpoint: Endpoint, arguments: Arguments, last: Returned) -> Returned | None:
        """The page after ``last``, asked for in the SDK's own way; None when there is none."""
        ...


@dataclass
class Generated:
    """okta 3.x: keyword arguments, pydantic models, cursors taken from the headers."""

    _models: dict[str, Any] = field(default_factory=dict)

    async def invoke(self, client: Any, endpoint: Endpoint, arguments: Arguments) -> Returned:
        """See Dialect."""
        keywords = {p.python: arguments[p.name] for p in endpoint.parameters if p.name in arguments}
        if endpoint.body and "body" in arguments:
            keywords[endpoint.body.python] = self._modelled(endpoint.body, arguments["body"])
        return _returned(await getattr(client, endpoint.sdk_call)(**keywords))

    async def execute(self, client: Any, endpoint: Endpoint, url: str, body: Json) -> Returned:
        """See Dialect."""
        executor = client.get_request_executor()
        request, error = await executor.create_request(endpoint.method, url, body, keep_empty_params=True)
        if error:
            return Returned(error=error)
        response, content, error = await executor.execute(request)
        if error or not content:
            return Returned(None, response, error)
        return Returned(client.deserialize(content, endpoint.answer) if endpoint.answer else None, response)

    async def next_page(self, client: Any, endpoint: Endpoint, arguments: Arguments, last: Returned) -> Returned | None:
        """See Dialect."""
        links = (getattr(last.response, "headers", None) or {}).get("Link") or ""
        found = _NEXT.search(links)  # what okta.pagination does, which 3.0 does not have
        if found is None or "after" not in endpoint.by_name:
            return None
        return await self.invoke(client, endpoint, {**arguments, "after": unquote(found[1])})

    def _modelled(self, body: Body, value: Json) -> Any:
        """The body as the model that the method wants."""
        if not body.model:
            return value
        if body.listed and isinstance(value, list):
            return [self._instance(body.model, member) for member in value]
        return self._instance(body.model, value)

    def _instance(self, model: str, value: Json) -> Any:
        """An instance of a model, of the subclass that its discriminator names; other values as they are."""
        if model not in self._models:
            self._models[model] = getattr(import_module("okta.models"), model, None)
        make = getattr(self._models[model], "from_dict", None)
        return make(value) if make and isinstance(value, dict) else value


class Classic:
    """okta 2.x: path parameters and body by position, the query as a dictionary, an iterating response."""

    async def invoke(self, client: Any, endpoint: Endpoint, arguments: Arguments) -> Returned:
        """See Dialect."""
        keywords: dict[str, Any] = {p.python: arguments[p.name] for p in endpoint.parameters if p.place == "path"}
        query = {p.name: arguments[p.name] for p in endpoint.parameters if p.place == "query" and p.name in arguments}
        if query:
            keywords["query_params"] = query
        if endpoint.body:
            keywords[endpoint.body.python] = arguments.get("body", {})
        return _returned(await getattr(client, endpoint.sdk_call)(**keywords))

    async def execute(self, client: Any, endpoint: Endpoint, url: str, body: Json) -> Returned:
        """See Dialect."""
        executor = client.get_request_executor()
        request, error = await executor.create_request(endpoint.method, url, body or {}, {}, {}, keep_empty_params=True)
        if error:
            return Returned(error=error)
        response, error = await executor.execute(request)
        return Returned(response.get_body() if response else None, response, error)

    async def next_page(self, client: Any, endpoint: Endpoint, arguments: Arguments, last: Returned) -> Returned | None:
        """See Dialect."""
        if last.response is None or not last.response.has_next():
            return None
        page, error = await last.response.next()
        return Returned(page, last.response, error)


def _returned(answer: Any) -> Returned:
    """Methods return two or three values; the error is the last, and before it may stand a response.

    Of two values the first is the response, or nothing when there is none.
    """
    if not isinstance(answer, tuple):
        return Returned(answer)
    if len(answer) == 2:
        return Returned(None, *answer)
    return Returned(*answer)


def dialect(generation: int) -> Dialect:
    """The dialect of the SDK's generation."""
    return Generated() if generation >= 3 else Classic()
