"""What belongs to the vendor and not to a user: what several independent sources have in common."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations, pairwise

from conformance.recordings.distil.forms import RUN, URL, is_opaque, is_segment_id
from conformance.recordings.distil.own import KEY_WORD, Groups, Own, registrable
from conformance.recordings.distil.survey import Survey
from conformance.recordings.model import Recording

SOURCES = 2
"""Independent repositories that must share a word before it counts as the vendor's."""

ONE_ACCOUNT = 0.2
"""Share of the ids of the smaller of two sources from which on both recorded in one account."""

_FRONT = re.compile(r"\w+ [^\W\d_A-Z]\w*(?= )")
"""A lead-in ends with a small word; two names in a row may be somebody's."""

_WORDS = re.compile(r"(?:[A-Z]?[a-z]{2,}[_-])+(?=.{4})|[A-Z]{4,}(?=\d{5,}$)")

_TERM = re.compile(r"[a-z0-9]+(?:[._][a-z0-9-]+)+")

LEAD_IN = 2
"""Words that a service puts in front of a name (``Copy of``)."""

MAX_PREFIX = 4
"""Letters at the beginning of an id that may tell its kind (``0A…``, ``00u…``)."""


@dataclass(frozen=True)
class Vocabulary:
    """Words, whole texts and hosts that stay, and the beginnings by which ids of a kind are known.

    ``own`` is what the service wrote itself, ``keys`` are those of JSON objects, ``api`` the words that paths put in
    front of ids and those of constants: they stay even when somebody is called so (``Test User``). ``sites`` are what
    stands before the vendor's domains in the hosts of accounts: these are made anew.
    """

    texts: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    api: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()
    prefixes: frozenset[str] = field(default_factory=frozenset)
    own: Own = field(default_factory=Own)
    sites: frozenset[str] = frozenset()

    @property
    def of_keys(self) -> frozenset[str]:
        """Case-folded words of keys: nobody's name, though somebody may be called so in a test (``Name``)."""
        return frozenset(word.casefold() for key in self.keys for word in KEY_WORD.findall(key))

    def is_term(self, text: str) -> bool:
        """True for a compound name that several sources share whole: ``template_swa``, ``com.vendor.event``."""
        return text in self.texts and bool(_TERM.fullmatch(text))

    def kept_letters(self, token: str) -> int:
        """How many first letters of ``token`` tell its kind: words (``customfield_``), else the first at least."""
        words = _WORDS.match(token)
        kept = words.end() if words else 1
        while kept < MAX_PREFIX and token[: kept + 1] in self.prefixes:
            kept += 1
        return kept


class Gatherer:
    """Collects, text by text and id by id, who uses what."""

    def __init__(self) -> None:
        self._texts: defaultdict[str, set[str]] = defaultdict(set)
        self._fronts: defaultdict[str, set[str]] = defaultdict(set)
        self._words: defaultdict[str, set[str]] = defaultdict(set)
        self._hosts: defaultdict[str, set[str]] = defaultdict(set)
        self._keys: defaultdict[str, set[str]] = defaultdict(set)
        self._api: defaultdict[str, set[str]] = defaultdict(set)
        self._ids: set[str] = set()
        self._tokens: defaultdict[str, set[str]] = defaultdict(set)

    def add(self, recording: Recording, found: Survey) -> None:
        """Note the texts, ids, keys and words of the API in one recording."""
        source = recording.provenance.repository or recording.provenance.source
        for text in found.said - found.people:
            self._texts[text].add(source)
            if front := _FRONT.match(text):
                self._fronts[front[0]].add(source)
            for word in RUN.findall(text):
                self._words[word.casefold()].add(source)
            for url in URL.findall(text):
                self._hosts[registrable(url)].add(source)
        for key in found.keys - found.people:
            self._keys[key].add(source)
        for constant in found.constants:
            self._api[constant].add(recording.name)
        for item in recording.interactions:
            self._hosts[registrable(item.request.uri)].add(source)
            for segment in _collections(item.request.path):
                self._api[segment].add(recording.name)
        self._ids.update(found.ids)
        self._tokens[source].update(filter(is_opaque, found.ids))

    @property
    def api(self) -> frozenset[str]:
        """Case-folded words of constants, and of path segments that stand before an id, in several recordings."""
        shared = (text for text, who in self._api.items() if len(who) >= SOURCES)
        words = {word.casefold() for text in shared for word in RUN.findall(text)}
        return frozenset(words | {word.removesuffix("s") for word in words})

    def vocabulary(self, private: frozenset[str], own: Own, sites: frozenset[str]) -> Vocabulary:
        """What stays: shared by several accounts and not among the ``private`` words (case-folded).

        Of a word it is not enough that two accounts use it: both may have a colleague of that name. It must be one
        of the API, or of a text that the service wrote, that both have whole or that begins alike.
        """
        accounts = self._accounts()

        def shared(who: set[str]) -> bool:
            return len({accounts.of(source) for source in who}) >= SOURCES

        texts = frozenset(text for text, who in self._texts.items() if shared(who))
        fronts = frozenset(front for front, who in self._fronts.items() if shared(who))
        services = self._words_of(own.texts | texts | fronts) - private
        return Vocabulary(
            texts=texts,
            words=frozenset(word for word, who in self._words.items() if shared(who) and word in services),
            api=self.api,
            keys=frozenset(key for key, who in self._keys.items() if shared(who)),
            hosts=frozenset(h for h, who in self._hosts.items() if h and len(who) >= SOURCES),
            prefixes=self._prefixes(),
            own=own,
            sites=sites,
        )

    def _words_of(self, texts: frozenset[str]) -> frozenset[str]:
        """Case-folded words of ``texts``, of keys and of paths."""
        words = (word.casefold() for text in texts for word in RUN.findall(text))
        keys = (word.casefold() for key in self._keys for word in KEY_WORD.findall(key))
        return self.api.union(words, keys)

    def _accounts(self) -> Groups:
        """Which sources are of one account: they have many ids in common; a few may be the vendor's."""
        accounts = Groups()
        for (one, ids), (other, others) in combinations(self._tokens.items(), 2):
            if len(ids & others) > ONE_ACCOUNT * min(len(ids), len(others)):
                accounts.join(one, other)
        return accounts

    def _prefixes(self) -> frozenset[str]:
        """Beginnings that at least half of the ids with one letter less share, and at least three ids."""
        counts = Counter(item[:n] for item in self._ids for n in range(1, MAX_PREFIX + 1))
        return frozenset(p for p, n in counts.items() if len(p) > 1 and n >= 3 and counts[p[:-1]] <= 2 * n)


def _collections(path: str) -> Iterator[str]:
    """Segments of a path that name what the id behind them is one of: ``users`` in ``/users/00u1a2b3``."""
    segments = path.split("/")
    return (word for word, behind in pairwise(segments) if is_segment_id(behind) and not is_segment_id(word))
