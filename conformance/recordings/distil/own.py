"""Texts that a service wrote itself: several organisations show them, or things show them that programs have made.

Nobody's text is among them: a text that a client ever sent before an answer showed it is not, nor the name of
somebody, nor what stands in a thing that was there before and that only one organisation has. Organisations have
other hosts or are recorded by others, and mention no made-up id in common; one too few costs only a made-up text.
Recordings that nobody has published are no witnesses: those of one company may all show its own words.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import unquote, urlsplit

from conformance.recordings.distil.forms import (
    CTIME,
    DOMAIN,
    EMAIL,
    FIXED,
    RUN,
    TIMESTAMP,
    URL,
    as_json_text,
    is_hex,
    is_opaque,
    is_prose,
    is_segment_id,
)
from conformance.recordings.distil.keys import NAMES, PEOPLE, names_id, plain, role
from conformance.recordings.model import Interaction, Json, Recording

ORGANISATIONS = 2
"""Organisations that must show a text."""

NAMED = 4
"""Letters from which on what a client called a thing is looked for in other texts."""

DIGITS = 6
"""Digits from which on a number belongs to one organisation only."""

RECORDINGS = 2
"""Recordings that must show a text in things of their own; of a sentence without names one is enough."""

KEY_WORD = re.compile(r"[A-Z]?[a-z]{3,}|[A-Z]{3,}")
"""The words of a key: ``last`` and ``Name`` of ``lastName``."""

_LETTERS = re.compile(r"[^\W\d_]{2}")
_TOKEN = re.compile(r"[A-Za-z0-9]+")
_NUMBER = re.compile(r"\d{5}|(?:\d[A-Za-z]+){3}")
_PICTURE = re.compile(r"(?i:avatar|photo|picture)")
_IDENTIFIER = re.compile(r"[a-z]+(?:[A-Z][a-z]+)+")
_MARKUP = re.compile(r"</\w+>")
_CAPITAL = re.compile(r"(?<!^)(?<![.?!] )\b[A-Z]")


@dataclass
class _Sightings:
    """The recordings that show a text unsent, those that do so in a thing of their own, and whether others do."""

    shown: set[str] = field(default_factory=set)
    born: set[str] = field(default_factory=set)
    ambient: bool = False


class Groups:
    """What belongs together: recordings or sources, by what they mention both."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}

    def of(self, name: str) -> str:
        """One name for all that belongs together with ``name``."""
        while (parent := self._parents.setdefault(name, name)) != name:
            name = parent
        return name

    def join(self, one: str, other: str) -> None:
        """Both belong together."""
        self._parents[self.of(one)] = self.of(other)


@dataclass(frozen=True)
class Own:
    """Whole texts, keys of objects and domains of hosts that are the service's."""

    texts: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()


def own_of(recordings: Iterable[Recording], private: frozenset[str] = frozenset()) -> Own:
    """What the service wrote, as far as these recordings show it; no text with one of the ``private`` words."""
    witness = _Witness(private)
    for recording in recordings:
        if recording.provenance.repository:
            witness.hear(recording)
    return Own(frozenset(witness.texts()), frozenset(witness.keys()), frozenset(witness.domains()))


class _Witness:
    def __init__(self, private: frozenset[str]) -> None:
        self._private = private
        self._texts: defaultdict[str, _Sightings] = defaultdict(_Sightings)
        self._domains: defaultdict[str, _Sightings] = defaultdict(_Sightings)
        self._sent: set[str] = set()
        self._names: set[str] = set()
        self._people: set[str] = set()
        self._hosts: set[str] = set()
        self._keys: defaultdict[str, set[str]] = defaultdict(set)
        self._by_id = Groups()
        self._places: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)

    # -- hearing ------------------------------------------------------------------------------------

    def hear(self, recording: Recording) -> None:
        """Note what clients sent and answers showed, in the order in which they did."""
        shown, sent, seen, made = set[str](), set[str](), set[str](), set[str]()
        for item in recording.interactions:
            self._hear_host(item, recording)
            sent |= set(self._hear_request(item, shown))
            asked = _ids(item.request.uri) | _ids_in(item.request.json)
            new = _made(item)
            made |= {new} - asked - seen if new else set()
            about = _last_id(item.request.path) or new
            seen |= asked | _ids_in(item.response.json)
            for key, text, owner in _leaves(item.response.json, "", None):
                shown.add(text)
                self._keys[key].add(recording.name)
                if plain(key) in NAMES | PEOPLE:
                    self._names.add(text)
                if plain(key) in PEOPLE:
                    self._people.add(text)
                elif item.response.status < 300:
                    self._note(text, sent, recording.name, (owner or about) in made)
        for token in seen:
            self._by_id.join(recording.name, "id " + token)

    def _hear_host(self, item: Interaction, recording: Recording) -> None:
        host = (urlsplit(item.request.uri).hostname or "").lower()
        self._hosts.add(host)
        self._places[recording.name].add((recording.provenance.repository, host))

    def _hear_request(self, item: Interaction, shown: set[str]) -> Iterator[str]:
        """The texts, and the domains of those that are URLs, which no answer has shown yet."""
        for key, text, _ in _leaves(item.request.json, "", None):
            if text not in shown:
                self._sent.add(text)
                if plain(key) in NAMES | PEOPLE:
                    self._names.add(text)
                yield text
                yield registrable(text)
        self._sent.update(_keys(item.request.json))

    def _note(self, text: str, sent: set[str], recording: str, born: bool) -> None:
        pairs = [(text, self._texts)]
        if URL.fullmatch(text) and (domain := registrable(text)):
            pairs.append((domain, self._domains))
        for said, sightings in pairs:
            if said not in sent:
                sighting = sightings[said]
                sighting.shown.add(recording)
                sighting.born |= {recording} if born else set()
                sighting.ambient |= not born

    # -- judging ------------------------------------------------------------------------------------

    def texts(self) -> Iterator[str]:
        """The texts for which there are enough witnesses."""
        derived = self._derived()
        single = {name.casefold() for name in self._names if len(RUN.findall(name)) == 1} - self._api
        for text, sighting in self._texts.items():
            if text in self._sent or text in self._people or not self._may_stay(text, sighting):
                continue
            born = 0 if sighting.ambient and not URL.fullmatch(text) else len(sighting.born)
            words = {word.casefold() for word in RUN.findall(text)}
            plainly = is_prose(text) and not _CAPITAL.search(text) and not words & single
            enough = self._organisations(sighting) >= ORGANISATIONS or born >= RECORDINGS or (born and plainly)
            if enough and not derived(text):
                yield text

    def keys(self) -> Iterator[str]:
        """Keys that no client sent, neither as such nor as a text."""
        for key, shown in self._keys.items():
            if len(shown) >= RECORDINGS and _IDENTIFIER.fullmatch(key) and key not in self._sent:
                yield key

    def domains(self) -> Iterator[str]:
        """The domains of hosts in URLs for which there are enough witnesses."""
        for domain, sighting in self._domains.items():
            if "." not in domain or any(host.endswith(domain) for host in self._hosts):
                continue
            sent = any(registrable(text) == domain for text in self._sent if domain in text)
            if len(sighting.born) >= RECORDINGS or (not sent and self._organisations(sighting) >= ORGANISATIONS):
                yield domain

    @cached_property
    def _api(self) -> frozenset[str]:
        """Case-folded words of keys that several recordings show."""
        keys = (key for key, who in self._keys.items() if len(who) >= RECORDINGS)
        return frozenset(word.casefold() for key in keys for word in KEY_WORD.findall(key))

    def _derived(self) -> Callable[[str], bool]:
        """Tells whether something that a client sent, or the name of somebody, stands in a text."""
        told = {name.casefold() for name in (self._names & self._sent) | self._people if len(name) >= NAMED}
        common = self._common({word for name in told for word in RUN.findall(name)})
        by_word: defaultdict[str, set[str]] = defaultdict(set)
        for name in told:
            words = RUN.findall(name)
            if not common.issuperset(words):
                by_word[next(iter(words), "")].add(name)

        def derived(text: str) -> bool:
            folded = text.casefold()
            return any(name in folded and name != folded for word in RUN.findall(folded) for name in by_word[word])

        return derived

    def _common(self, words: set[str]) -> frozenset[str]:
        """Those of ``words`` (case-folded) that several organisations use, unsent, or that stand in keys."""
        uses: defaultdict[str, _Sightings] = defaultdict(_Sightings)
        private = self._people | self._sent
        for text, sighting in self._texts.items():
            for word in words.intersection(RUN.findall(text.casefold())) if text not in private else ():
                uses[word].shown |= sighting.shown
        return self._api | {word for word, use in uses.items() if self._organisations(use) >= ORGANISATIONS}

    def _organisations(self, sighting: _Sightings) -> int:
        """How many organisations at least: by their ids, and by hosts and recorders."""
        return min(len({self._by_id.of(name) for name in sighting.shown}), len(self._places_of(sighting)))

    def _places_of(self, sighting: _Sightings) -> set[tuple[str, str]]:
        return {place for name in sighting.shown for place in self._places[name]}

    def _may_stay(self, text: str, sighting: _Sightings) -> bool:
        """No address, moment or id, and nothing that tells of an account; hashes in URLs are those of files."""
        if not _LETTERS.search(text) or is_opaque(text) or is_segment_id(text) or _MARKUP.search(text):
            return False
        if EMAIL.search(text) or TIMESTAMP.search(text) or CTIME.search(text) or FIXED.fullmatch(text):
            return False
        if not self._private.isdisjoint(word.lower() for word in RUN.findall(text)):
            return False
        if any(label in text.lower() for label in self._labels) or (URL.match(text) and _PICTURE.search(text)):
            return False
        if DOMAIN.fullmatch(text) and not sighting.ambient:
            return len(self._places_of(sighting)) >= ORGANISATIONS
        digits = [token for token in _TOKEN.findall(text) if _NUMBER.search(token) or is_opaque(token)]
        return all(URL.fullmatch(text) and is_hex(token) for token in digits)

    @cached_property
    def _labels(self) -> frozenset[str]:
        """Hosts that were called, and their first labels where these are no words."""
        hosts = {host for host in self._hosts if "." in host}
        labels = {host.split(".")[0] for host in hosts}
        return frozenset(hosts | {label for label in labels if not label.isalpha()})


def _leaves(node: Json, key: str, owner: str | None) -> Iterator[tuple[str, str, str | None]]:
    """All texts with the keys they stand under and the id of the nearest object around them that has one."""
    if isinstance(node, dict):
        owner = _thing(str(node.get("id") or "")) or owner
        for name, value in node.items():
            yield from _leaves(value, role(name, node), owner)
    elif isinstance(node, list):
        for value in node:
            yield from _leaves(value, key, owner)
    elif isinstance(node, str) and as_json_text(node):
        try:
            yield from _leaves(json.loads(node), key, owner)
        except (ValueError, RecursionError):
            yield key, node, owner
    elif isinstance(node, str):
        yield key, node, owner


def _keys(node: Json) -> Iterator[str]:
    """All keys of objects."""
    if isinstance(node, dict):
        yield from node
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _keys(value)


def _thing(own: str) -> str | None:
    """What an object with this id is: some ids are URLs; a place in a document (``#base``) is no thing."""
    if own.startswith("#"):
        return None
    return _last_id(own) or own or None


def _made(item: Interaction) -> str | None:
    """The id of what a call made, as far as the answer says."""
    document = item.response.json
    made = item.request.method == "POST" and item.response.status < 300 and isinstance(document, dict)
    new = document.get("id") if made and isinstance(document, dict) else None
    return new if isinstance(new, str) and is_opaque(new) else None


def _ids_in(document: Json) -> set[str]:
    """Ids under keys of ids and in the paths of URLs."""
    found: set[str] = set()
    for key, text, _ in _leaves(document, "", None):
        if URL.fullmatch(text):
            found |= _ids(text)
        elif names_id(key) and _is_minted(text):
            found.add(text)
    return found


def _is_minted(text: str) -> bool:
    """True for ids so long that no other organisation has the same."""
    return len(text) >= DIGITS if text.isdigit() else is_opaque(text)


def _ids(url: str) -> set[str]:
    """Segments of a path that are ids, without names of files."""
    try:
        segments = map(unquote, urlsplit(url).path.split("/"))
    except ValueError:
        return set()
    return {segment for segment in segments if _is_minted(segment) and "." not in segment}


def _last_id(path: str) -> str | None:
    """What a path is about."""
    return next((segment for segment in reversed(path.split("/")) if is_opaque(segment)), None)


def registrable(url: str) -> str:
    """The domain under which a host is registered, roughly: its last two labels."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return ".".join(host.lower().split(".")[-2:])
