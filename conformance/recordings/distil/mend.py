"""What publishers did to recordings: made up whole answers, or masked what was asked and not what was answered."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from statistics import median
from urllib.parse import parse_qsl, quote_plus, urlsplit, urlunsplit

from conformance.recordings.distil.forms import is_terms
from conformance.recordings.ids import is_capital_id
from conformance.recordings.model import Interaction, Json, Recording, Request

MADE_UP = "the request ids in its answers are no server's: it was made up"

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
    """The recording, asking for what its answers say was asked for."""
    return replace(recording, interactions=tuple(map(_mended, recording.interactions)))


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
