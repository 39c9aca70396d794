"""What recordings hold that must be made anew: ids, people, names of things."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from urllib.parse import parse_qsl, unquote, urlsplit

from conformance.recordings.distil.forms import (
    DAY,
    DOMAIN,
    EMAIL,
    HOST_ROLES,
    KEYED,
    LONG_NUMBER,
    NUMBERED,
    RUN,
    URL,
    as_json_text,
    is_formula,
    is_id,
    is_logged,
    is_machine,
    is_opaque,
    is_phrase,
    is_prose,
    is_segment_id,
    is_terms,
)
from conformance.recordings.distil.keys import (
    LABELS,
    NAMES,
    OPENS_DOORS,
    PEOPLE,
    QUERIES,
    SECRETS,
    WRITTEN,
    names_id,
    names_kind,
    names_site,
    plain,
    role,
)
from conformance.recordings.distil.parts import MEMBER, TOKEN, quoted, unescaped, without_names
from conformance.recordings.model import Interaction, Json, Recording, Request, Response

SHORTEST = 3
"""Letters from which on a word of a person's name is looked for elsewhere."""

ACCOUNT_NUMBER = re.compile(r"\d{11,}")
"""Numbers so long that in an error text they are those of somebody's account."""

LABEL = re.compile(r"[a-z0-9][a-z0-9-]{2,}")
"""What may stand before a domain."""

CONSTANT = re.compile(r"[A-Z][A-Z0-9_]+")

DEFAULT_NAME = re.compile(r"^(?:[A-Z][a-z]+(?: [a-z]+)? ?\d+|(?:Untitled|New|Default|Unnamed)(?: [a-z]+)?)$")
"""How services name what comes without a name."""


@dataclass
class Survey:
    """The findings in recordings.

    ``kept`` are texts that will stay, ``said`` all texts and ``keys`` all keys of objects in its bodies,
    ``constants`` words in capitals that say what kind of thing an object is, ``projects`` the keys of projects,
    ``written`` what people wrote about things.
    """

    ids: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    said: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    constants: set[str] = field(default_factory=set)
    projects: set[str] = field(default_factory=set)
    written: set[str] = field(default_factory=set)

    @property
    def private(self) -> frozenset[str]:
        """Case-folded words of the names of people."""
        words = (word.casefold() for text in self.people for word in RUN.findall(text))
        return frozenset(word for word in words if len(word) >= SHORTEST and not word.isdigit())

    @property
    def project_words(self) -> frozenset[str]:
        """Case-folded keys of projects that may stand for them in a text."""
        return frozenset(key.casefold() for key in self.projects if len(key) >= SHORTEST and key.isalpha())

    @property
    def numbered_fields(self) -> frozenset[str]:
        """Fields that a site has added to its documents (``customfield_10011``), and their numbers: names, no ids."""
        found = [NUMBERED.fullmatch(key) for key in self.keys]
        return frozenset(text for field in found if field for text in (field[0], field[2]))

    def take(self, other: Survey) -> None:
        """Add the findings in another recording."""
        for facts in fields(self):
            getattr(self, facts.name).update(getattr(other, facts.name))


def survey(recording: Recording) -> Survey:
    """Look through all requests and answers of ``recording``."""
    found = Survey()
    for item in recording.interactions:
        _uri(item.request.uri, found)
        _api_words(item.request, found)
        _body(item.request, False, found)
        _defaults(item, found)
        _body(item.response, item.response.failed, found)
        for line in item.response.headers.get("etag", ()):
            found.ids.update(line.split('"')[1:2])
    found.names -= found.ids
    found.people |= found.names & _beginnings(found.people)
    return found


def _beginnings(people: set[str]) -> set[str]:
    """What e-mail addresses begin with: searches ask for it."""
    return {mail[:end] for mail in people if EMAIL.fullmatch(mail) for end in range(SHORTEST, mail.index("@") + 1)}


def _body(message: Request | Response, failed: bool, found: Survey) -> None:
    """A body as JSON, else as one text; ``failed`` is the answer of a call that failed."""
    if message.json is not None:
        _walk(message.json, "", failed, found)
    elif "x-www-form-urlencoded" in (message.header("content-type") or ""):
        for key, value in parse_qsl(message.body.decode("utf-8", "replace"), keep_blank_values=True):
            _parameter(key, value, found)
    elif message.body:
        _walk(message.body.decode("utf-8", "replace"), "", failed, found)


def _api_words(request: Request, found: Survey) -> None:
    """Path segments and what a query calls a member (``'root' in parents``) are the service's own words."""
    segments = [unquote(segment) for segment in request.path.split("/")]
    words = [without_names(segment) for segment in segments if not KEYED.fullmatch(segment)]
    for _, value in request.query:
        words += [unescaped(part) for part in MEMBER.findall(value)]
    found.kept.update(word for word in words if not EMAIL.search(word))


def _defaults(item: Interaction, found: Survey) -> None:
    """A plain name in the answer to a POST that nobody has sent is the service's own: ``Untitled``, ``Table1``."""
    if item.request.method == "POST" and item.response.status < 300:
        for key, text in _texts(item.response.json, ""):
            if plain(key) in NAMES and text not in found.names:
                found.kept.update(DEFAULT_NAME.findall(text))


def _texts(node: Json, key: str) -> Iterator[tuple[str, str]]:
    """All texts of a document with the keys they stand under."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _texts(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value, key)
    elif isinstance(node, str):
        yield key, node


def _uri(uri: str, found: Survey) -> None:
    parts = urlsplit(uri)
    for segment in parts.path.split("/"):
        text = unquote(segment)
        _tokens(text, found)
        _project(text, found)
        found.names.update(quoted(text))
        if is_segment_id(text.split(":")[0]):
            found.ids.add(text.split(":")[0])
    for parameters in (parts.query, parts.fragment):
        for key, value in parse_qsl(parameters, keep_blank_values=True):
            _parameter(key, value, found)


def _parameter(key: str, value: str, found: Survey) -> None:
    if plain(key) in QUERIES:
        _query(value, found)
        return
    if as_json_text(value):
        _text(value, key, False, found, cell=False)
        return
    if names_id(key) or key.lower().endswith("id") or plain(key) in SECRETS or is_segment_id(value):
        found.ids.update(part for part in value.split(",") if is_id(part))
    _tokens(value, found)
    texts = quoted(MEMBER.sub("", value))
    found.names.update(text for text in texts if not is_machine(text) and not is_opaque(text))


def _query(text: str, found: Survey) -> None:
    """A text in a query language: only what stands in quotes may be a name."""
    _tokens(text, found)
    found.names.update(part for part in quoted(text) if not is_machine(part) and not DAY.match(part))


def _walk(node: Json, key: str, failed: bool, found: Survey, depth: int = 0) -> None:
    """``depth`` counts lists directly inside lists: cells of a table are at 2."""
    if isinstance(node, dict):
        _person_in(node, found)
        if not failed:
            found.people.update(value for key, value in node.items() if names_site(key) and _is_label(value))
        found.keys.update(node)
        for name, value in node.items():
            _tokens(name, found)
            if plain(name) == "project" and isinstance(value, dict):
                _project(f"{value.get('key')}-1", found)
            _walk(value, role(name, node), failed, found)
    elif isinstance(node, list):
        _row(node, found)
        for value in node:
            _walk(value, key, failed, found, depth + 1)
    elif isinstance(node, str):
        _text(node, key, failed, found, cell=depth > 1)
    elif names_id(key) and isinstance(node, int) and abs(node) >= 10 ** (LONG_NUMBER - 1):
        found.ids.add(str(abs(node)))


def _person_in(node: dict[str, Json], found: Survey) -> None:
    for key, value in node.items():
        if isinstance(value, str) and plain(role(key, node)) in PEOPLE and not URL.match(value):
            found.people.add(value)


def _is_label(value: Json) -> bool:
    return isinstance(value, str) and bool(LABEL.fullmatch(value)) and value not in HOST_ROLES


def _project(text: str, found: Survey) -> None:
    if keyed := KEYED.fullmatch(text):
        found.projects.add(keyed[1])


def _row(row: list[Json], found: Survey) -> None:
    """A row that holds an e-mail address describes a person: its capitalised words are names."""
    texts = [cell for cell in row if isinstance(cell, str)]
    if len(texts) > 1 and any(EMAIL.fullmatch(text) for text in texts):
        found.people.update(text for text in texts if text.istitle() and text.replace(" ", "").isalpha())


def _text(text: str, key: str, failed: bool, found: Survey, cell: bool) -> None:
    if as_json_text(text):
        try:
            return _walk(json.loads(text), key, failed, found)
        except (ValueError, RecursionError):
            pass
    if plain(key) in QUERIES or is_terms(text) or (not cell and is_formula(text)):
        return _query(text, found)
    if key == "key":
        _project(text, found)
    found.said.add(text)
    if plain(key) in WRITTEN:
        found.written.add(text)
    if not cell and CONSTANT.fullmatch(text) and names_kind(key):
        found.constants.add(text)
    _tokens(text, found)
    if failed:
        found.ids.update(ACCOUNT_NUMBER.findall(text))
    if URL.match(text):
        return _uri(text, found)
    return _classify(text, key, failed or is_logged(text), found, cell)


def _classify(text: str, key: str, failed: bool, found: Survey, cell: bool) -> None:
    """Is it an id, something a user called a thing or wrote, or a text that stays?"""
    word = "" if cell else plain(key)
    if not cell and (names_id(key) or word in OPENS_DOORS) and is_id(text):
        found.ids.add(text)
    elif not failed and (
        is_prose(text)
        or (word in NAMES and not (is_machine(text) and word not in LABELS))
        or (not cell and is_phrase(text))
    ):
        found.names.add(text)
    elif word not in PEOPLE | OPENS_DOORS and text not in found.ids and not _is_address(text):
        found.kept.update(_plain_parts(text))


def _is_address(text: str) -> bool:
    return bool(EMAIL.search(text) or DOMAIN.fullmatch(text))


def _plain_parts(text: str) -> list[str]:
    """``text`` without names; of one that is made of others, ids among them, the words (``orn:00u1a2b3c4d5:apps``)."""
    if " " not in text and any(map(is_opaque, TOKEN.findall(text))):
        return [part for part in re.split(r"[:/.]", text) if part.isalpha()]
    return [without_names(text)]


def _tokens(text: str, found: Survey) -> None:
    """Tokens nobody chose are ids wherever they stand."""
    if is_opaque(text):
        found.ids.add(text)
        return
    if len(text) < 9:
        return
    for mail in EMAIL.findall(text):
        found.people.add(mail)
    found.ids.update(part for part in TOKEN.findall(text) if is_opaque(part))
