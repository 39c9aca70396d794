"""The official SDK of the library service, as small as an SDK can be: what its users would pip-install."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

__version__ = "1.2.0"

MAX_REDIRECTS = 3

Watch = Callable[[str, str, Mapping[str, str], bytes, HTTPResponse, bytes], None]
"""Told of every exchange: method, URL, request headers, request body, response, response body."""


class LibraryError(Exception):
    """The service refused. ``code`` is its own error code."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(f"{status} {code}: {text}")
        self.status, self.code, self.text = status, code, text


class NotFound(LibraryError):
    """There is no such thing."""


class RateLimited(LibraryError):
    """Too many calls; ``retry_after`` is in seconds."""

    retry_after = 0


class Unreadable(Exception):
    """The SDK does not know what to make of a good answer: a defect of its own."""


class Library:
    """A client. ``host`` is what the Host header says, where it is not the host of ``base_url``."""

    def __init__(
        self, base_url: str, token: str = "", *, host: str = "", watch: Watch | None = None, timeout: float = 5.0
    ) -> None:
        self._origin = base_url.rstrip("/")
        self._token, self._host, self._watch, self._timeout = token, host, watch, timeout
        self._connections: dict[str, HTTPConnection] = {}
        self._links: list[str] = []
        self._location = ""

    def close(self) -> None:
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()

    # Books

    def create_book(self, **book: Any) -> Any:
        return self._entity("POST", "/v1/books", body=book)

    def get_book(self, book_id: str, **query: Any) -> Any:
        return self._entity("GET", f"/v1/books/{quote(book_id)}", query)

    def list_books(self, **query: Any) -> Any:
        return self._send("GET", "/v1/books", query)

    def update_book(self, book_id: str, etag: str | None = None, **changes: Any) -> Any:
        headers = {"If-Match": etag} if etag else {}
        return self._entity("PATCH", f"/v1/books/{quote(book_id)}", body=changes, headers=headers)

    def delete_book(self, book_id: str) -> Any:
        return self._send("DELETE", f"/v1/books/{quote(book_id)}")

    def upload_cover(self, book_id: str, image: str) -> Any:
        return self._send("PUT", f"/v1/books/{quote(book_id)}/cover", content=image.encode("latin-1"))

    def download_cover(self, book_id: str) -> Any:
        return self._send("GET", f"/v1/books/{quote(book_id)}/cover")

    def reserve_book(self, book_id: str, member_id: int) -> Any:
        return self._send("POST", f"/v1/books/{quote(book_id)}/reserve", body={"member_id": member_id})

    # Members

    def create_member(self, **member: Any) -> Any:
        return self._send("POST", "/v1/members", body=member)

    def get_member(self, member_id: int) -> Any:
        return self._send("GET", f"/v1/members/{member_id}")

    # Loans

    def create_loan(self, **loan: Any) -> Any:
        return self._entity("POST", "/v1/loans", body=loan)

    def list_loans(self, **query: Any) -> Any:
        return self._send("GET", "/v1/loans", query)

    def return_loan(self, loan_id: str) -> Any:
        return self._entity("POST", f"/v1/loans/{quote(loan_id)}/return", body={})

    # Visits

    def create_visit(self, **visit: Any) -> str:
        """The id, which only the address of the new visit says."""
        self._send("POST", "/v1/visits", body=visit)
        return self._location.rpartition("/")[2]

    def get_visit(self, visit_id: str) -> Any:
        visit = self._send("GET", f"/v1/visits/{quote(visit_id)}")
        if visit["mood"] == "odd":
            raise Unreadable("mood")
        return visit

    def list_visits(self, **query: Any) -> Any:
        return self._send("GET", "/v1/visits", query)

    def next_visits(self) -> str:
        """The cursor of the page after the last one that was read; "" for none."""
        found = next((link for link in self._links if 'rel="next"' in link), "")
        return dict(parse_qsl(urlsplit(found.strip("<").partition(">")[0]).query)).get("after", "")

    # The desk

    def write_note(self, **note: Any) -> Any:
        return self._ask("desk.write", note)

    def read_note(self, note: str) -> Any:
        return self._ask("desk.read", {"note": note})

    def change_note(self, **change: Any) -> Any:
        return self._ask("desk.change", change)

    def search_notes(self, **query: Any) -> Any:
        return self._ask("desk.search", query)

    def _ask(self, method: str, arguments: Mapping[str, Any]) -> Any:
        answer = self._send("POST", f"/v1/{method}", body=arguments)
        if not answer["ok"]:
            raise LibraryError(200, answer["error"], answer["error"])
        return answer

    # The wire

    def _entity(self, *arguments: Any, **more: Any) -> Any:
        """An answer whose times the SDK checks, as generated SDKs do."""
        entity = self._send(*arguments, **more)
        if "createdTime" in entity:
            datetime.fromisoformat(entity["createdTime"])
        return entity

    def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        url = self._origin + path + (f"?{urlencode(query)}" if query else "")
        sent = {"Authorization": f"Bearer {self._token}", **({"Host": self._host} if self._host else {})}
        if content is not None:
            sent["Content-Type"] = "application/octet-stream"
        elif body is not None:
            content = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        return self._follow(method, url, {**sent, **(headers or {})}, content or b"")

    def _follow(self, method: str, url: str, headers: Mapping[str, str], content: bytes) -> Any:
        for _ in range(MAX_REDIRECTS):
            response, answer = self._exchange(method, url, headers, content)
            self._links = response.headers.get_all("Link") or []
            self._location = response.headers.get("Location") or ""
            if response.status not in (302, 307):
                return _value(response, answer)
            url = response.headers["Location"]
        raise LibraryError(response.status, "too_many_redirects", url)

    def _exchange(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes
    ) -> tuple[HTTPResponse, bytes]:
        parts = urlsplit(url)
        connection = self._connections.get(parts.netloc)
        if connection is None:
            connection = HTTPConnection(parts.netloc, timeout=self._timeout)
            self._connections[parts.netloc] = connection
        try:
            connection.request(method, url.partition(parts.netloc)[2] or "/", content, dict(headers))
            response = connection.getresponse()
            answer = response.read()
        except Exception:
            self._connections.pop(parts.netloc).close()
            raise
        if self._watch:
            self._watch(method, url, headers, content, response, answer)
        return response, answer


def _value(response: HTTPResponse, answer: bytes) -> Any:
    if response.status >= 400:
        raise _error(response, answer)
    if response.status == 204 or not answer:
        return None
    is_json = (response.headers.get("Content-Type") or "").startswith("application/json")
    return json.loads(answer) if is_json else answer


def _error(response: HTTPResponse, answer: bytes) -> LibraryError:
    try:
        error = json.loads(answer)["error"]
        code, text = error["code"], error["message"]
    except (ValueError, KeyError, TypeError):
        code, text = "", answer.decode("utf-8", "replace")
    if response.status == 404:
        return NotFound(404, code, text)
    if response.status == 429:
        limited = RateLimited(429, code, text)
        limited.retry_after = int(response.headers.get("Retry-After") or 0)
        return limited
    return LibraryError(response.status, code, text)
