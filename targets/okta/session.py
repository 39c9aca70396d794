"""A client of the SDK for one program: makes calls, and tells all that a caller can see of them.

Four things that the SDK does are its own defects, and are told in ``Observation.sdk_defect``: it refuses a call that
the service takes, it sends another body than it was given, it raises on an answer, it loses an answer. The call is
then made through the SDK's own request executor, or put right on its way (see ``wire``), and judged on the wire.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

from conformance.programs.model import Call, Observation, SdkError
from conformance.recordings.model import Json, Response
from targets.okta.dialects import Returned, dialect
from targets.okta.hermetic import new_client
from targets.okta.surface import Endpoint, Surface
from targets.okta.wire import Intention, Wire

Result = TypeVar("Result")
ErrorCode = Callable[[int, Json], str]
ALL_PAGES = "all_pages"
"""Argument that makes a call follow the pages to the end; it is not sent."""
MOST_PAGES = 1000


class OktaSession:
    """A session of one SDK version. ``timeout`` is in seconds; ``error_code`` reads the code in an error body."""

    def __init__(
        self, surface: Surface, base_url: str, credentials: str | None, error_code: ErrorCode, timeout: float = 30.0
    ) -> None:
        self._surface = surface
        self._base_url = base_url.rstrip("/")
        self._error_code = error_code
        self._dialect = dialect(surface.generation)
        self._client = new_client(self._base_url, credentials, timeout)
        self._loop = asyncio.new_event_loop()
        self._wire = self._run(self._new_wire())
        self._client.get_request_executor().set_session(self._wire)

    def call(self, call: Call) -> Observation:
        """Make the call; what the SDK raises or returns as an error becomes the observation's error."""
        return self._run(self._observe(call))

    def close(self) -> None:
        """Release connections."""
        if not self._loop.is_closed():
            self._run(self._wire.close())
            self._loop.close()

    def _run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return self._loop.run_until_complete(work)

    async def _new_wire(self) -> Wire:
        return Wire(self._base_url)

    async def _observe(self, call: Call) -> Observation:
        await asyncio.sleep(0)  # connections that the server has closed meanwhile are noticed now
        endpoint = self._surface.endpoints[call.operation]
        intention = intention_of(endpoint, call)
        self._wire.expect(intention)
        defect = ""
        if call.lost_body:  # no method takes such a call, and that is no defect of theirs
            returned, raised = await self._attempt(self._execute(endpoint, intention))
        else:
            returned, raised = await self._attempt(self._dialect.invoke(self._client, endpoint, call.arguments))
        if raised is not None and self._untried:
            defect = f"refuses the call: {_cause(raised)}"
            returned, raised = await self._attempt(self._execute(endpoint, intention))
        if call.arguments.get(ALL_PAGES):
            returned, raised = await self._all_pages(endpoint, call.arguments, returned, raised)
        return self._observation(endpoint, returned, raised, defect)

    @property
    def _untried(self) -> bool:
        return not self._wire.exchanges and self._wire.failure is None

    async def _attempt(self, work: Coroutine[Any, Any, Returned]) -> tuple[Returned, Exception | None]:
        try:
            return await work, None
        except Exception as raised:
            return Returned(), raised

    def _execute(self, endpoint: Endpoint, intention: Intention) -> Coroutine[Any, Any, Returned]:
        url = self._base_url + intention.target
        return self._dialect.execute(self._client, endpoint, url, intention.body)

    async def _all_pages(
        self, endpoint: Endpoint, arguments: Mapping[str, Json], first: Returned, raised: Exception | None
    ) -> tuple[Returned, Exception | None]:
        """Go on to the last page: one result of all of them, as a caller would collect it."""
        page, found = first, _members(first.result)
        while raised is None and page.error is None and len(self._wire.exchanges) < MOST_PAGES:
            following, raised = await self._attempt(self._page_after(endpoint, arguments, page))
            if following.response is None and following.error is None:
                break
            page = following
            found += _members(page.result)
        return Returned(found, page.response, page.error), raised

    async def _page_after(self, endpoint: Endpoint, arguments: Mapping[str, Json], page: Returned) -> Returned:
        return await self._dialect.next_page(self._client, endpoint, arguments, page) or Returned()

    def _observation(
        self, endpoint: Endpoint, returned: Returned, raised: Exception | None, defect: str
    ) -> Observation:
        exchanges = tuple(self._wire.exchanges)
        answer = exchanges[-1].response if exchanges else None
        defects = [defect, self._wire.altered and f"sends another body: {self._wire.altered}"]
        defects.append(_misread(endpoint, returned, raised, answer) if answer else "")
        return Observation(
            value=_value(returned, answer),
            error=self._error(returned, raised, answer),
            exchanges=exchanges,
            sdk_defect="; ".join(filter(None, defects)),
        )

    def _error(self, returned: Returned, raised: Exception | None, answer: Response | None) -> SdkError | None:
        """What the caller catches or gets as an error. An exception on a good answer is a defect, and no error."""
        caught = raised or returned.error
        if answer is None:
            caught = self._wire.failure or caught or RuntimeError("the SDK sent nothing")
            return SdkError(type(caught).__name__, None, "", str(caught))
        if caught is None or 200 <= answer.status < 300:
            return None
        code = self._error_code(answer.status, answer.json)
        return SdkError(type(caught).__name__, answer.status, code, str(getattr(caught, "message", caught)))


def intention_of(endpoint: Endpoint, call: Call) -> Intention:
    """The request that a call means."""
    arguments = call.arguments
    return Intention(
        method=endpoint.method,
        path=endpoint.path(arguments, call.sent_path),
        query=tuple(endpoint.query(arguments)),
        extra=call.extra_query,
        body=arguments.get("body"),
    )


def _misread(endpoint: Endpoint, returned: Returned, raised: Exception | None, answer: Response) -> str:
    """What the SDK makes of an answer that is not what is in it; "" where it reads it well."""
    good = 200 <= answer.status < 300
    caught = raised or (returned.error if good else None)
    if caught is not None:
        return f"raises on the answer: {_cause(caught)}"
    if good and endpoint.answer and answer.json is not None and returned.result is None:
        return f"loses the answer, which is {answer.status}"
    if not good and returned.error is None:
        return f"takes the answer for good, which is {answer.status}"
    return ""


def _value(returned: Returned, answer: Response | None) -> Json:
    """What the SDK gave back: the names of its models, and the data they were made of."""
    if answer is None or returned.error is not None:
        return None
    if answer.json is None:
        return answer.body or None
    return {"returned": _kind(returned.result), "data": answer.json}


def _kind(result: Any) -> Json:
    """The class of a result; of a list, the classes in it."""
    if isinstance(result, list):
        return sorted({type(member).__name__ for member in result})
    return None if result is None else type(result).__name__


def _members(result: Any) -> list[Any]:
    return list(result) if isinstance(result, list) else []


def _cause(raised: Exception) -> str:
    """An exception in a few words that name no value: equal causes are counted as one."""
    kind = type(raised).__name__
    errors = getattr(raised, "errors", None)
    if callable(errors):  # pydantic's: which field of which model, and what is wrong with it
        first = errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(_declared(part) for part in first["loc"] if not isinstance(part, int))
        return f"{kind}: {getattr(raised, 'title', '')}.{place}: {first['type']}"
    words = re.split(r"[{\[('\"`<:]", str(raised), maxsplit=1)[0].strip()
    return f"{kind}: {words[:80]}".rstrip(": ")


def _declared(key: object) -> str:
    """A key of a model; ``*`` for one that somebody made up."""
    return str(key) if re.fullmatch(r"_?[A-Za-z]+", str(key)) else "*"
