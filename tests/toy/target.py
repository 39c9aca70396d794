"""The library as a target of the engine: what anyone who publishes a target has to write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http.client import HTTPResponse
from typing import Any, ClassVar

from conformance.programs.model import Call, Exchange, Given, Observation, PathKey, SdkError, Step
from conformance.recordings.model import Json, Request, Response, fold_headers
from conformance.target import Condition, Operation, Sdk
from conformance.twinkit.router import Router
from conformance.twinkit.service import Service
from toy import sdk
from toy.charter import Claim, claims
from toy.twin import BOOK_FIELDS, SERVICE

DOMAIN = "library.example"
HOST = f"api.{DOMAIN}"

OPERATIONS = {
    "POST /v1/books": "create_book",
    "GET /v1/books": "list_books",
    "GET /v1/books/{book_id}": "get_book",
    "PATCH /v1/books/{book_id}": "update_book",
    "DELETE /v1/books/{book_id}": "delete_book",
    "PUT /v1/books/{book_id}/cover": "upload_cover",
    "GET /v1/books/{book_id}/cover": "download_cover",
    "POST /v1/books/{book_id}/reserve": "reserve_book",
    "POST /v1/members": "create_member",
    "GET /v1/members/{member_id}": "get_member",
    "POST /v1/loans": "create_loan",
    "GET /v1/loans": "list_loans",
    "POST /v1/loans/{loan_id}/return": "return_loan",
    "POST /v1/visits": "create_visit",
    "GET /v1/visits": "list_visits",
    "GET /v1/visits/{visit_id}": "get_visit",
    "POST /v1/desk.write": "write_note",
    "POST /v1/desk.read": "read_note",
    "POST /v1/desk.change": "change_note",
    "POST /v1/desk.search": "search_notes",
}
_ROUTER = Router(OPERATIONS)
_NUMBERS = {"member_id", "limit"}


class LibrarySession:
    """One client of the SDK, and what it puts on the wire."""

    def __init__(self, base_url: str, credentials: str | None, timeout: float) -> None:
        self._exchanges: list[Exchange] = []
        self._client = sdk.Library(base_url, credentials or "", watch=self._watch, timeout=timeout)

    def call(self, call: Call) -> Observation:
        self._exchanges = []
        value, error, defect = None, None, ""
        try:
            value = getattr(self._client, call.sdk_call)(**call.arguments)
        except sdk.LibraryError as refused:
            error = SdkError(type(refused).__name__, refused.status, refused.code, refused.text)
        except sdk.Unreadable as broken:
            defect = f"raises on the answer: {broken}"
        except Exception as broken:
            error = SdkError(type(broken).__name__, None, "", str(broken))
        return Observation(value, error, tuple(self._exchanges), sdk_defect=defect)

    def close(self) -> None:
        self._client.close()

    def _watch(
        self, method: str, url: str, headers: Mapping[str, str], sent: bytes, response: HTTPResponse, answer: bytes
    ) -> None:
        request = Request(method, url, fold_headers(iter(headers.items())), sent)
        received = Response(response.status, response.reason, fold_headers(iter(response.headers.items())), answer)
        self._exchanges.append(Exchange(request, received))


class LibraryTarget:
    """See ``conformance.target.Target``."""

    name = "library"
    service = "library"
    always_added: frozenset[tuple[str, str]] = frozenset()
    judged_headers = frozenset({"content-type", "etag", "link", "location", "retry-after"})
    roles: ClassVar[Mapping[str, str]] = {
        "limit": "limit",
        "cursor": "cursor",
        "after": "cursor",
        "shelf": "filter",
        "fields": "projection",
    }

    def sdk(self) -> Sdk:
        return Sdk("library-sdk", sdk.__version__)

    def surface(self) -> Mapping[str, Operation]:
        return {name: Operation(name, call) for name, call in OPERATIONS.items()}

    def lift(self, request: Request) -> Call | str | None:
        if not request.host.endswith(f".{DOMAIN}"):
            return None
        found = _ROUTER.match(request.method, request.path)
        if found is None:
            return "no such operation"
        arguments: dict[str, Any] = {**found.params, **dict(request.query)}
        arguments = {key: int(value) if key in _NUMBERS else value for key, value in arguments.items()}
        if found.operation.endswith("/cover") and request.method == "PUT":
            arguments["image"] = request.body.decode("latin-1")
        elif request.json:
            arguments |= request.json
        if etag := request.header("if-match"):
            arguments["etag"] = etag
        return Call(self.name, found.operation, OPERATIONS[found.operation], arguments)

    def canonical_request(self, request: Request) -> Request:
        return request

    def session(self, base_url: str, credentials: str | None, timeout: float = 2.0) -> LibrarySession:
        return LibrarySession(base_url, credentials, timeout)

    def variant(self, call: Call) -> str:
        return "by shelf" if "shelf" in call.arguments and call.operation == "GET /v1/books" else ""

    def error_code(self, status: int, body: Json) -> str:
        error = body.get("error") if isinstance(body, dict) else None
        if isinstance(error, str) and body.get("ok") is False:
            return error
        return str(error.get("code", "")) if isinstance(error, dict) else ""

    def reads(self, operation: str) -> bool:
        """The desk is asked by POST, whatever is asked."""
        return operation in ("POST /v1/desk.read", "POST /v1/desk.search")

    def leaf_type(self, operation: str, path: PathKey) -> str:
        if "books" in operation and path and path[-1] in (*BOOK_FIELDS, "etag", "createdTime", "updatedTime"):
            return f"Book.{path[-1]}"
        return ""

    def condition(self, observation: Observation) -> Condition | None:
        return Condition("rate_limit") if observation.status == 429 else None

    def givens(self, steps: Sequence[Step], observations: Sequence[Observation]) -> tuple[Given, ...]:
        """Books and members that are read before the program could have made them."""
        made: set[object] = set()
        found: dict[object, Given] = {}
        for step, observation in zip(steps, observations, strict=True):
            for name, kind in (("book_id", "book"), ("member_id", "member")):
                wanted = step.call.arguments.get(name) if not step.call.lost_body else None
                if wanted is not None and wanted not in made and wanted not in found and observation.status != 404:
                    found[wanted] = self._given(kind, wanted, observation)
            if not step.call.lost_body:  # nobody can make it again: it has to be there
                made |= _ids(observation.body)
        return tuple(found.values())

    def _given(self, kind: str, wanted: Any, observation: Observation) -> Given:
        known = observation.body if isinstance(observation.body, dict) and not observation.error else {}
        own = "id" if kind == "book" else "memberId"
        known = dict(known) if known.get(own) == wanted else {}
        facts = {"kind": kind, "id": wanted, "known": known, "base_url": f"http://{HOST}"}
        wished = {key: value for key, value in known.items() if key in ("title", "author", "shelf", "copies", "tags")}
        create = (
            Call(self.name, "POST /v1/books", "create_book", {"title": "Given", **wished})
            if kind == "book"
            else Call(self.name, "POST /v1/members", "create_member", {"name": known.get("name", "Given")})
        )
        return Given(self.name, kind, wanted, facts, create, (own,))

    def not_implemented(self, observation: Observation) -> bool:
        return observation.status == 501

    def declared_programs(self) -> tuple[Claim, ...]:
        return claims(self.name)

    def twin(self) -> Service | None:
        return SERVICE


def _ids(body: Json) -> set[object]:
    """Ids of what an answer shows to exist."""
    if not isinstance(body, dict):
        return set()
    shown = {body.get("id"), body.get("memberId")} - {None}
    return shown.union(*(_ids(item) for item in body.get("items", ())))


TARGET = LibraryTarget()
