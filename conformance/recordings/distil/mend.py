"""What publishers did to recordings: made up whole answers, or masked what was asked and not what was answered."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from statistics import median
from urllib.parse import parse_qsl, quote, quote_plus, urlsplit, urlunsplit

from conformance.recordings.distil.forms import EMAIL, is_terms
from conformance.recordings.ids import is_capital_id
from conformance.recordings.model import Interaction, Json, Recording, Request

MADE_UP = "the request ids in its answers are no server's: it was made up"

_SEARCH = re.compile(r'\s*(?P<path>[\w.]+)\s+(?P<how>eq|sw)\s+"(?P<text>[^"\\]+)"\s*')
"""One question of a SCIM filter (RFC 7644)."""

_REQUEST_ID = re.compile(r"x-(?:\w+-)?(?:req|request)-?id")


def made_up(recordings: Iterable[Recording]) -> set[str]:
    """Names of recordings with answers that no server gave, told by request ids not half as long as others'."""
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for recording in recordings:
        for item in recording.interactions:
            for name in filter(_REQUEST_ID.fullmatch, item.response.headers):
                found[name].append((len(item.response.header(name) or ""), recording.name))
    usual = {header: median(length for length, _ in ids) for header, ids in found.items()}
    return {name for header, ids in found.items() for length, name in ids if length * 2 <= usual[header]}


def mended(recording: Recording) -> Recording:
    """The recording, asking for what its answers say was asked for, and finding what it searched for."""
    masked = _masked(recording)
    interactions = map(_mended, recording.interactions)
    return replace(recording, interactions=tuple(_unmasked(item, masked) for item in interactions))


def _masked(recording: Recording) -> dict[str, str]:
    """E-mail addresses that searches cannot have found, with ones that they could: somebody masked the answers."""
    told: defaultdict[str, set[str]] = defaultdict(set)
    for item in recording.interactions:
        for _, query in item.request.query:
            if (asked := _SEARCH.fullmatch(query)) and isinstance(item.response.json, list):
                for found in _at(item.response.json, asked["path"].split(".")):
                    if EMAIL.fullmatch(found) and not found.lower().startswith(asked["text"].lower()):
                        told[found].add(asked["text"] + (found if asked["how"] == "sw" else ""))
    return {found: min(texts) for found, texts in told.items() if len(texts) == 1}


def _at(nodes: list[Json], path: list[str]) -> Iterator[str]:
    """The texts at a place of each of ``nodes``."""
    for node in nodes:
        for key in path:
            node = node.get(key) if isinstance(node, dict) else None
        if isinstance(node, str):
            yield node


def _unmasked(item: Interaction, masked: dict[str, str]) -> Interaction:
    """The exchange with whole texts replaced."""
    if not masked:
        return item

    def body(old: bytes) -> bytes:
        for found, told in masked.items():
            old = old.replace(f'"{found}"'.encode(), f'"{told}"'.encode())
        return old

    request, response = item.request, item.response
    uri = request.uri
    for found, told in masked.items():
        uri = uri.replace(quote(found), quote(told)).replace(found, told)
    asked = Request(request.method, uri, request.headers, body(request.body))
    return replace(item, request=asked, response=replace(response, body=body(response.body)))


def _mended(item: Interaction) -> Interaction:
    answer = item.response.json
    if not isinstance(answer, dict):
        return item
    parts = urlsplit(item.request.uri)
    uri = urlunsplit(parts._replace(query=_form(parts.query, answer)))
    body = item.request.body
    if "x-www-form-urlencoded" in (item.request.header("content-type") or ""):
        body = _form(body.decode("latin-1"), answer).encode("latin-1")
    if (uri, body) == (item.request.uri, item.request.body):
        return item
    return replace(item, request=Request(item.request.method, uri, item.request.headers, body))


def _form(text: str, answer: dict[str, Json]) -> str:
    """A form whose values agree with the answer."""
    return "&".join(_field(raw, answer) for raw in text.split("&"))


def _field(raw: str, answer: dict[str, Json]) -> str:
    pairs = parse_qsl(raw)
    if not pairs:
        return raw
    name, value = pairs[0]
    told = _asked_for(value, answer.get(name))
    return raw if told == value else f"{raw.partition('=')[0]}={quote_plus(told)}"


def _asked_for(value: str, told: Json) -> str:
    """What was asked for, by the answer: the terms of a search it repeats, or the id of what it shows.

    A word in the place of an id stands for one; whatever else was asked may be a name, which is no id.
    """
    if isinstance(told, str) and is_terms(value) and is_terms(told):
        same = [term.partition(":")[0] for term in value.split()] == [term.partition(":")[0] for term in told.split()]
        return told if same else value
    if isinstance(told, dict) and isinstance(told.get("id"), str) and (value.islower() or is_capital_id(value)):
        return str(told["id"]) if value.isalnum() else value
    return value
