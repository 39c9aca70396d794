"""Two requests are the same when they mean the same."""

from __future__ import annotations

import pytest

from conformance.recordings.model import Request
from conformance.worlds.canonical import request_key

URL = "http://h/v1/things"
JSON = {"content-type": ("application/json",)}
FORM = {"content-type": ("application/x-www-form-urlencoded; charset=utf-8",)}


def get(query: str = "", path: str = "") -> Request:
    return Request("GET", f"{URL}{path}?{query}")


def post(body: bytes, headers: dict[str, tuple[str, ...]] = JSON) -> Request:
    return Request("POST", URL, headers, body)


def multipart(boundary: str, content: bytes) -> Request:
    body = f"--{boundary}\r\n\r\n".encode() + content + f"\r\n--{boundary}--".encode()
    return post(body, {"content-type": (f'multipart/related; boundary="{boundary}"',)})


SAME = {
    "order of parameters": (get("a=1&b=2"), get("b=2&a=1")),
    "encoding of parameters": (get("q=a%20b%27"), get("q=a+b'")),
    "encoding of the path": (get(path="/Sheet1%21A1"), get(path="/Sheet1!A1")),
    "spelling of truth": (get("all=True&x=false"), get("all=true&x=False")),
    "case of the method": (Request("get", URL), Request("GET", URL)),
    "order of members": (post(b'{"a": 1, "b": [2]}'), post(b'{"b":[2],"a":1}')),
    "escapes in JSON": (post('{"a": "ä"}'.encode()), post(b'{"a": "\\u00e4"}')),
    "no body and an empty one": (post(b""), post(b"{}")),
    "null for a body": (post(b""), post(b"null")),
    "order of form fields": (post(b"a=1&b=2", FORM), post(b"b=2&a=1", FORM)),
    "boundary": (multipart("abc123", b"x"), multipart("zzz9", b"x")),
    "ends of lines": (multipart("b", b"one\r\ntwo"), multipart("b", b"one\ntwo")),
    "host": (Request("GET", "http://one/v1"), Request("GET", "https://two:99/v1")),
    "what the SDK adds": (get("a=1"), get("a=1&alt=json")),
}

OTHER = {
    "value of a parameter": (get("a=1"), get("a=2")),
    "blank parameter": (get("a="), get("")),
    "parameter given twice": (get("a=1&a=1"), get("a=1")),
    "order of a list": (post(b"[1, 2]"), post(b"[2, 1]")),
    "number and text": (post(b'{"a": 1}'), post(b'{"a": "1"}')),
    "null and absent": (post(b'{"a": null}'), post(b"{}")),
    "method": (Request("PUT", URL), Request("POST", URL)),
    "content of a part": (multipart("b", b"x"), multipart("b", b"y")),
    "bytes that are no text": (multipart("b", b"\xff"), multipart("b", b"\xfe")),
    "form field": (post(b"a=1", FORM), post(b"a=2", FORM)),
    "almost what the SDK adds": (get("a=1"), get("a=1&alt=media")),
}

ADDED = {("alt", "json")}


@pytest.mark.parametrize("case", SAME)
def test_same(case: str) -> None:
    one, other = SAME[case]
    assert request_key(one, ADDED) == request_key(other, ADDED)


@pytest.mark.parametrize("case", OTHER)
def test_other(case: str) -> None:
    one, other = OTHER[case]
    assert request_key(one, ADDED) != request_key(other, ADDED)


@pytest.mark.parametrize("headers", [JSON, FORM, {}])
def test_any_bytes_have_a_key(headers: dict[str, tuple[str, ...]]) -> None:
    hash(request_key(post(b"\xff\xfe\x00{", headers)))
