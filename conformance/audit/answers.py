"""Faults in answers: fields, values, lists, outcomes, headers. None of them knows a service."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from conformance.audit.places import EACH, name_of, slots, values
from conformance.audit.plant import Fault, Serve, is_good, status_of
from conformance.audit.survey import Sample, Spot, Survey, sent
from conformance.programs.identity import identity, is_token
from conformance.programs.moments import epoch, timestamp
from conformance.recordings.model import Json
from conformance.twinkit.service import Reply, TwinRequest
from conformance.twinkit.store import Store

Change = Callable[[Any, Any], None]
"""Changes the member of a container at a key or index."""

VOCABULARY = 8
_WORD = re.compile(r"(?=.*[A-Za-z])[\w#.+/-]+\Z")


class Altered(Fault):
    """Answers of one route and status go out changed."""

    def __init__(self, spot: Spot, change: Callable[[Reply], Reply]) -> None:
        self._spot = spot
        self._change = change

    def answer(self, route: str, request: TwinRequest, serve: Serve, store: Store) -> Reply:
        """The changed answer."""
        reply = serve(request)
        hit = route == self._spot.route and self._spot.status in (0, status_of(reply, self.fails))
        return self._change(reply) if hit else reply


def at_place(change: Change) -> Callable[[Survey, Spot], Fault]:
    """Makes a fault that changes all that stands at a place."""

    def make(_: Survey, spot: Spot) -> Fault:
        def changed(reply: Reply) -> Reply:
            for holder, key in list(slots(reply.body, spot.place)):
                change(holder, key)
            return reply

        return Altered(spot, changed)

    return make


def whole(change: Callable[[Survey, Spot, Reply], Reply]) -> Callable[[Survey, Spot], Fault]:
    """Makes a fault that changes an answer as a whole."""
    return lambda survey, spot: Altered(spot, lambda reply: change(survey, spot, reply))


# --- where


def places(wanted: Callable[[Spot, list[Sample]], bool]) -> Callable[[Survey], Iterator[Spot]]:
    """Places of which the samples are wanted."""
    return lambda survey: (spot for spot, samples in survey.places.items() if wanted(spot, samples))


def any_sample(test: Callable[[Spot, Json], bool]) -> Callable[[Survey], Iterator[Spot]]:
    """Places where any sample passes the test."""
    return places(lambda spot, samples: any(test(spot, value) for value, _ in samples))


members = any_sample(lambda spot, _: spot.place[-1] != EACH)
present = any_sample(lambda spot, value: value is not None)


def is_echo(spot: Spot, samples: list[Sample]) -> bool:
    """The client's own texts come back, different ones."""
    texts = {value for value, served in samples if isinstance(value, str) and value in sent(served.request)}
    return len(texts) > 1 and not any(map(is_token, texts)) and is_good(spot.status)


def is_vocabulary(spot: Spot, samples: list[Sample]) -> bool:
    """The vendor's own words: a few, which no client sends."""
    words = {value for value, _ in samples if isinstance(value, str)}
    if not 0 < len(words) <= VOCABULARY or len(samples) < 3:
        return False
    free = any(
        not _WORD.match(word) or is_token(word) or timestamp(word) or identity(name_of(spot.place), word)
        for word in words
    )
    return not free and not any(isinstance(value, str) and value in sent(served.request) for value, served in samples)


def is_count(spot: Spot, value: Json) -> bool:
    """Whether a value is a number that names nothing and tells no moment: of moments only form and order count."""
    name = name_of(spot.place)
    return type(value) in (int, float) and identity(name, value) is None and epoch(name, value) is None


def missing_keys(survey: Survey) -> Iterator[Spot]:
    """Keys that objects at this place have in some answers and not in others."""
    for spot in survey.places:
        if spot.place[-1] == EACH:
            continue
        owner = spot.place[:-1]
        answers = survey.answers[spot.route, spot.status]
        if any(
            isinstance(one, dict) and spot.place[-1] not in one
            for served in answers
            for one in values(served.reply.body, owner)
        ):
            yield spot


def twin_fields(survey: Survey) -> Iterator[Spot]:
    """Pairs of neighbouring text fields of one object: their values can be swapped."""
    last: Spot | None = None
    for spot, samples in survey.places.items():
        texts = spot.place[-1] != EACH and all(isinstance(value, str) for value, _ in samples)
        if texts and last and (last.route, last.status, last.place[:-1]) == (spot.route, spot.status, spot.place[:-1]):
            yield replace(spot, detail=last.place[-1])
        last = spot if texts else last


def lists_of(least: int) -> Callable[[Survey], Iterator[Spot]]:
    """Lists of at least so many different elements."""

    def different(value: Json) -> bool:
        return isinstance(value, list) and len({json.dumps(one, sort_keys=True) for one in value}) >= least

    def found(survey: Survey) -> Iterator[Spot]:
        yield from any_sample(lambda _, value: different(value))(survey)
        for (route, status), answers in sorted(survey.answers.items()):
            shown = survey.evidenced.place(route, is_good(status), ())
            if shown and any(different(served.reply.body) for served in answers):
                yield Spot(route, status)

    return found


def outcomes(*, good: bool | None) -> Callable[[Survey], Iterator[Spot]]:
    """Routes with answers of this kind."""
    return lambda survey: (Spot(route, status) for route, status in survey.routes(good=good))


def several(spots: Callable[[Survey], Iterator[Spot]], *details: str) -> Callable[[Survey], Iterator[Spot]]:
    """Each spot once for every detail."""
    return lambda survey: (replace(spot, detail=detail) for spot in spots(survey) for detail in details)


# --- fields


def drop(holder: Any, key: Any) -> None:
    """The field is not there."""
    del holder[key]


def rename(holder: Any, key: str) -> None:
    """The field has a name of another style."""
    snake = re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: f"_{found[1].lower()}", key)
    holder[snake if snake != key else key.capitalize() if key.islower() else f"{key}_"] = holder.pop(key)


def retype(holder: Any, key: Any) -> None:
    """The value is of another JSON type."""
    holder[key] = retyped(holder[key])


def retyped(value: Json) -> Json:
    """The same content as another type."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str):
        return int(value) if value.isdecimal() and value.isascii() and len(value) < 19 else [value]
    if isinstance(value, list):
        return {str(index): one for index, one in enumerate(value)}
    return [value] if isinstance(value, dict) else ""


def nullify(holder: Any, key: Any) -> None:
    """There is null instead of a value."""
    holder[key] = None


def add_null(survey: Survey, spot: Spot) -> Fault:
    """A field that other answers have is there, as null."""

    def changed(reply: Reply) -> Reply:
        for one in values(reply.body, spot.place[:-1]):
            if isinstance(one, dict):
                one.setdefault(spot.place[-1], None)
        return reply

    return Altered(spot, changed)


# --- values


def constant(survey: Survey, spot: Spot) -> Fault:
    """Always what the first program got."""
    first = next(value for value, _ in survey.places[spot] if isinstance(value, str))

    def always(holder: Any, key: Any) -> None:
        if isinstance(holder[key], str):
            holder[key] = first

    return at_place(always)(survey, spot)


def mangle(holder: Any, key: Any) -> None:
    """A text comes back in small letters, in ASCII, or cut."""
    text = holder[key]
    if isinstance(text, str):
        changed = text.lower().encode("ascii", "replace").decode()
        holder[key] = changed if changed != text else text[:-1]


def misspell(holder: Any, key: Any) -> None:
    """A word of a vocabulary in another spelling."""
    word = holder[key]
    if isinstance(word, str):
        holder[key] = word.lower() if word.lower() != word else word.upper() if word.upper() != word else f"{word}x"


def count_wrong(holder: Any, key: Any) -> None:
    """A number is one too high."""
    if type(holder[key]) in (int, float):
        holder[key] += 1


def swap_fields(survey: Survey, spot: Spot) -> Fault:
    """Two fields have each other's values."""

    def swapped(holder: Any, key: Any) -> None:
        if spot.detail in holder:
            holder[key], holder[spot.detail] = holder[spot.detail], holder[key]

    return at_place(swapped)(survey, spot)


# --- lists


def on_list(change: Callable[[list[Any]], list[Any]]) -> Callable[[Survey, Spot], Fault]:
    """Makes a fault that changes a list; at the empty place, the whole body."""

    def make(survey: Survey, spot: Spot) -> Fault:
        def changed(holder: Any, key: Any) -> None:
            if isinstance(holder[key], list) and holder[key]:
                holder[key] = change(holder[key])

        def body(_: Survey, __: Spot, reply: Reply) -> Reply:
            return replace(reply, body=change(reply.body)) if isinstance(reply.body, list) and reply.body else reply

        return at_place(changed)(survey, spot) if spot.place else whole(body)(survey, spot)

    return make


def swap_first(found: list[Any]) -> list[Any]:
    """The first two elements have changed places."""
    return [*found[1::-1], *found[2:]]


# --- outcomes


def other_status(_: Survey, __: Spot, reply: Reply) -> Reply:
    """A status that means nearly the same."""
    others = {200: 201, 201: 200, 204: 200, 404: 400, 400: 422, 403: 401, 401: 403, 409: 400, 429: 503}
    return replace(reply, status=others.get(reply.status, 500 if reply.status >= 400 else 200))


def other_code(survey: Survey, spot: Spot, reply: Reply) -> Reply:
    """Another of the vendor's error codes, or none at all."""
    code = survey.target.error_code(reply.status, reply.body)
    if not code:
        return reply
    alike = sorted(word for word in survey.words if word.isupper() == code.isupper() and word != code)
    other = alike[0] if alike else f"{code}X"
    return replace(reply, body=_with_word(reply.body, code, other))


def _with_word(tree: Json, old: str, new: str) -> Json:
    if isinstance(tree, dict):
        return {key: _with_word(value, old, new) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_with_word(value, old, new) for value in tree]
    return new if tree == old else tree


def has_code(survey: Survey) -> Iterator[Spot]:
    """Errors with a code."""
    for route, status in survey.routes(good=False):
        if any(survey.target.error_code(abs(status), served.reply.body) for served in survey.answers[route, status]):
            yield Spot(route, status)


def other_error_shape(_: Survey, spot: Spot, reply: Reply) -> Reply:
    """An error in the form of other vendors."""
    if spot.detail == "text":
        return Reply(b"Bad Request", reply.status, {**reply.headers, "content-type": "text/plain; charset=utf-8"})
    if spot.detail == "flat":
        return replace(reply, body={"error": "invalid_request", "error_description": "The request failed."})
    nested = None if isinstance(reply.body, bytes) else reply.body
    return replace(reply, body={"message": "The request failed.", "data": nested})


class SuccessForError(Fault):
    """An error is answered as a success: with the last good answer of this route, or an empty object."""

    def __init__(self, spot: Spot) -> None:
        self._spot = spot
        self._last: Reply | None = None

    def answer(self, route: str, request: TwinRequest, serve: Serve, store: Store) -> Reply:
        """A success."""
        reply = serve(request)
        if route != self._spot.route:
            return reply
        if not self.fails(reply):
            self._last = reply
            return reply
        hit = status_of(reply, self.fails) == self._spot.status
        return (self._last or Reply({}, 200, reply.headers)) if hit else reply


REFUSALS = ("400", "403", "500")
SAID = "as the service says it"


def refusable(survey: Survey) -> Iterator[Spot]:
    """Good answers, with how they can be refused."""
    yield from several(outcomes(good=True), *REFUSALS)(survey)
    for spot in outcomes(good=True)(survey) if survey.saying_failed else ():
        if survey.evidenced.place(spot.route, True, ()):  # else nobody looks whether the answer says so
            yield replace(spot, detail=SAID)


def error_for_success(survey: Survey, spot: Spot, reply: Reply) -> Reply:
    """A good call is refused."""
    if spot.detail == SAID:
        return replace(reply, body=survey.saying_failed)
    return Reply({"error": {"code": int(spot.detail), "message": "Refused."}}, int(spot.detail), reply.headers)


def cut_content(_: Survey, __: Spot, reply: Reply) -> Reply:
    """The last byte of a download is missing."""
    return replace(reply, body=reply.body[:-1]) if isinstance(reply.body, bytes) else reply


def contents(survey: Survey) -> Iterator[Spot]:
    """Routes that answer with bytes."""
    for route, status in survey.routes(good=True):
        if survey.evidenced.place(route, True, ()) and any(
            isinstance(served.reply.body, bytes) for served in survey.answers[route, status]
        ):
            yield Spot(route, status)


# --- headers


def judged_headers(survey: Survey) -> Iterator[Spot]:
    """Headers that clients act on, where answers have them."""
    for route, status in survey.routes():
        for name in sorted(survey.target.judged_headers):
            shown = survey.evidenced.header(route, is_good(status), name)
            if shown and any(name in served.reply.headers for served in survey.answers[route, status]):
                yield Spot(route, status, detail=name)


def media_types(survey: Survey) -> Iterator[Spot]:
    """Answers with a media type."""
    return (spot for spot in judged_headers(survey) if spot.detail == "content-type")


def without_header(_: Survey, spot: Spot, reply: Reply) -> Reply:
    """A header is missing."""
    headers = {name: value for name, value in reply.headers.items() if name != spot.detail}
    return Reply(_encoded(reply.body), reply.status, headers)  # bytes: the server adds no type of its own


def _encoded(body: Any) -> Any:
    return body if body is None or isinstance(body, bytes) else json.dumps(body).encode()


def wrong_header(_: Survey, spot: Spot, reply: Reply) -> Reply:
    """Another media type."""
    lines = reply.lines().get(spot.detail)
    if not lines:
        return reply
    plain_text = lines[0].startswith("text/")
    return replace(reply, headers={**reply.headers, spot.detail: "application/xml" if plain_text else "text/plain"})


def moments(survey: Survey) -> Iterator[Spot]:
    """Places of timestamps, told as texts."""
    return any_sample(lambda _, value: isinstance(value, str) and timestamp(value) is not None)(survey)


def all_moments(survey: Survey) -> Iterator[Spot]:
    """Places of timestamps with the ways in which their format can be another one."""
    yield from several(moments, "precision", "zone")(survey)
    yield from several(any_sample(lambda spot, value: _is_epoch(name_of(spot.place), value)), "unit")(survey)


def _is_epoch(name: str, value: Json) -> bool:
    """Whether a number tells a moment."""
    return type(value) is int and epoch(name, value) is not None


def reformat(survey: Survey, spot: Spot) -> Fault:
    """A timestamp is written in another precision or unit, or with another zone."""

    def changed(holder: Any, key: Any) -> None:
        if _is_epoch(name_of(spot.place), holder[key]):
            holder[key] *= 1000
        elif isinstance(holder[key], str) and timestamp(holder[key]):
            holder[key] = _reformatted(holder[key], spot.detail)

    return at_place(changed)(survey, spot)


def _reformatted(text: str, style: str) -> str:
    if style == "precision":
        return re.sub(r"\.\d+", "", text) if "." in text else text.replace("Z", ".000Z")
    return f"{text[:-1]}+00:00" if text.endswith("Z") else re.sub(r"[+-]\d\d:?\d\d\Z", "Z", text)
