"""Rewrite the values of one source's recordings: ids, people, names and dates anew, everything else as it was."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import quote, unquote, unquote_plus

from conformance.recordings.distil import parts
from conformance.recordings.distil.disguise import Disguise
from conformance.recordings.distil.forms import (
    CTIME,
    DAY,
    DOMAIN,
    EMAIL,
    EXAMPLE,
    FIXED,
    HOST_ROLES,
    IPV4,
    LONG_NUMBER,
    MARKUP,
    PROSE_WORDS,
    RESERVED,
    RUN,
    TAG,
    TIMESTAMP,
    URL,
    is_blob,
    is_formula,
    is_hex,
    is_logged,
    is_machine,
    is_phrase,
    is_prose,
    is_terms,
)
from conformance.recordings.distil.keys import LABELS, NAMES, OPENS_DOORS, PEOPLE, QUERIES, SECRETS, names_id, plain
from conformance.recordings.distil.own import registrable
from conformance.recordings.distil.sites import site_words
from conformance.recordings.distil.survey import Survey
from conformance.recordings.distil.vocabulary import LEAD_IN, Vocabulary
from conformance.recordings.ids import MOMENT, names_time

ENCODED_URL = re.compile(r"(?i:https?%3A%2F%2F)")
"""How a URL begins that is a parameter."""

MAX_INT32 = str(2**31 - 1)
MOMENT_IN_URL = re.compile(r"p(\d{10})(\d{6})")
"""How a moment that is a name is written in the address of what it names."""

SENTINELS = "0999999999"
"""Seconds since 1970 up to which a text is no moment of ours: nothing was yet (``0000000000``)."""

COUNTED = re.compile(r"-\d+")
"""What stands behind the key of a project in the name of a thing of it."""

SHORTEST = 3
"""Letters of the shortest word in a text that stays which may be somebody's."""

WEEKS = 3
"""Dates move back by so many weeks, everywhere: which of two recordings is older is evidence, too."""

SAFE = "!:'()*,@$&+;=~-._/?"
"""Characters that some clients send as they are and others percent-encoded."""


class Scribe:
    """Replaces values. The first pass over the recordings only learns which; then ``seal`` and pass again.

    Args:
        found: What the survey of the recordings found.
        vocabulary: What stays because it is the vendor's.
        salt: Derived from the recordings' content: the only source of choice.
    """

    def __init__(self, found: Survey, vocabulary: Vocabulary, salt: bytes) -> None:
        self._found = found
        found.ids -= found.numbered_fields
        self._vocabulary = vocabulary
        self._common = vocabulary.api | vocabulary.of_keys
        self._people = (found.private - self._common) | found.project_words
        self._sites = {part for label in vocabulary.sites for part in (label, *label.split("."))}
        keys = "|".join(sorted(map(re.escape, found.projects), key=lambda key: (-len(key), key)))
        self._keyed = re.compile(rf"(?<![A-Za-z0-9])(?:{keys or '(?!)'})(?![A-Za-z0-9])")
        self._kept = {word.casefold() for text in found.kept for word in RUN.findall(text)}
        self._kept |= vocabulary.words
        self._kept -= {word for label in vocabulary.sites for word in site_words(label)} - self._common
        self._ids, self._numbers, self._words = Disguise(salt), Disguise(salt), Disguise(salt)
        self._free = Disguise(salt)  # no kept word can show through: for people and for sentences
        self._hashes = Disguise(salt, "abcdef")
        self._mails = Disguise(salt)  # where each word is so short that among many others nothing else is left for it
        self._written: dict[tuple[str, str, bool, bool], str] = {}

    def seal(self) -> None:
        """Everything has been learnt: from now on values are replaced."""
        self._written.clear()
        for disguise in (self._ids, self._numbers, self._words, self._free, self._hashes, self._mails):
            disguise.seal()

    # -- single values ------------------------------------------------------------------------------

    def id(self, token: str) -> str:
        """An id, cursor, key or hash, of the same length, alphabet and beginning."""
        if FIXED.fullmatch(token):
            return token
        if self._is_keyed(token):
            return self.keyed(token)
        if token.isdigit() and token.isascii():
            return self.number(token)
        if is_hex(token):
            return self._hashes(token)
        return self._ids(token, self._vocabulary.kept_letters(token))

    def blob(self, text: str) -> str:
        """Bytes in base64: the same whatever lines they are written in; white space stays."""
        if not is_blob(text):
            return self._words_and_ids(text)
        new = iter(self.id("".join(text.split())))
        return "".join(char if char.isspace() else next(new, "") for char in text)

    def _words_and_ids(self, text: str) -> str:
        return parts.TOKEN.sub(lambda found: self._token(found[0]), text)

    def number(self, digits: str) -> str:
        """A number of as many digits; what fits into 32 bits still does (the few next to the limit stay)."""
        kept = 1
        while len(digits) == len(MAX_INT32) and digits[:kept] == MAX_INT32[:kept] and kept < len(digits):
            kept += 1
        return self._numbers(digits, kept)

    def date(self, text: str) -> str:
        """Every timestamp in ``text``, moved by whole weeks; sentinels far off stay."""
        moved = TIMESTAMP.sub(lambda found: self._day(found[1]) + found[2], text)
        return CTIME.sub(lambda found: self._ctime(found[0]), moved)

    def _ctime(self, text: str) -> str:
        words = text.split()
        form = "%a %b %d %H:%M:%S %Y"
        try:
            when = datetime.strptime(" ".join((*words[:4], words[-1])), form) - timedelta(weeks=WEEKS)
        except ValueError:
            return text
        moved = when.strftime(form).split()
        return " ".join((*moved[:4], *words[4:-1], moved[-1]))

    def http_date(self, text: str) -> str:
        """An HTTP date, moved by whole weeks."""
        try:
            when = parsedate_to_datetime(text)
            return format_datetime(when - timedelta(weeks=WEEKS), usegmt=text.endswith("GMT"))
        except (ValueError, OverflowError):
            return text

    def epoch(self, text: str) -> str:
        """Seconds since 1970, moved by whole weeks."""
        told = text.isdigit() and len(text) == 10 and text > SENTINELS
        return str(int(text) - WEEKS * 7 * 86400) if told else text

    def moment(self, text: str) -> str:
        """A moment that is a name (``1700000000.000100``), moved by whole weeks."""
        return MOMENT.sub(lambda found: self.epoch(found[1]) + found[2], text)

    def mail(self, address: str) -> str:
        """An e-mail address of somebody who does not exist."""
        local, _, host = address.rpartition("@")
        person, other = self.person(local), self._mails(local)
        return f"{person if person != local else other}@{self.host(host)}"

    def person(self, text: str) -> str:
        """Name of a person, user name or local part of an address."""
        return RUN.sub(lambda found: self._free(found[0]), text)

    def host(self, host: str) -> str:
        """A host name: the vendor's and reserved ones stay, others become names under ``.example``."""
        bare, colon, port = host.partition(":")
        domain = registrable("//" + bare)
        label = bare[: -len(domain) - 1]
        if label.lower() in self._vocabulary.sites and domain in self._vocabulary.hosts:
            return self.site(label) + host[len(label) :]
        stays = domain in self._vocabulary.hosts | self._vocabulary.own.domains or RESERVED.fullmatch(bare)
        if stays or "." not in bare:
            return host
        if IPV4.fullmatch(bare):
            return self.address(bare) + colon + port
        labels = self.person(bare.rpartition(".")[0])
        return f"{labels}.example{colon}{port}"

    def site(self, label: str) -> str:
        """What stands before the vendor's domain in the host of an account; what it says of its role stays."""
        return RUN.sub(lambda found: found[0] if found[0].lower() in HOST_ROLES else self._free(found[0]), label)

    def _is_site(self, text: str) -> bool:
        return text.lower() in self._sites

    def keyed(self, text: str) -> str:
        """A text with the keys of projects in it made anew: those of their things count on (``KEY-123``)."""
        return self._keyed.sub(lambda found: self._free(found[0]), text)

    def _is_keyed(self, text: str) -> bool:
        """True for the key of a project, or of a thing of it."""
        found = self._keyed.match(text)
        return found is not None and (found.end() == len(text) or bool(COUNTED.fullmatch(text, found.end())))

    def address(self, text: str) -> str:
        """An IPv4 address."""
        octets = text.split(".")
        return ".".join(
            self._free(octet, 3 if octet >= "2" else 1) if len(octet) == 3 else self._free(octet) for octet in octets
        )

    # -- texts --------------------------------------------------------------------------------------

    def name(self, text: str) -> str:
        """What somebody called a thing or wrote about it, word by word; a shared vocabulary stays."""
        if self._is_own(text):
            return self._as_it_is(text)
        if text in self._vocabulary.texts or (is_machine(text) and text not in self._found.names):
            words = self._plain_words(text)
            return text if self._vocabulary.is_term(text) else words
        front, rest = _cut(text, LEAD_IN)
        if front and rest in self._found.names:
            return self._sentence(front) + self.name(rest)
        return self._sentence(text)

    def _sentence(self, text: str) -> str:
        """No run of kept words may be long enough to be a sentence; those at the front may stay, for the order."""
        enough = LEAD_IN + 1 if text in self._found.written else PROSE_WORDS
        words = [word for word in RUN.findall(FIXED.sub(" ", text)) if word.isalpha()]
        survives = "1" * enough in "".join("01"[self._stays(word)] for word in words)
        if not survives:
            return self._around(text, self._plain_words)
        front, rest = _cut(text, enough - 1)
        return self._around(front, self._plain_words) + self._around(rest, self._bare_words)

    def _around(self, text: str, words: parts.Replace) -> str:
        """Addresses, dates and ids in a text by their own rules, what stands between them by ``words``."""

        def part(text: str) -> str:
            if FIXED.fullmatch(text) or EXAMPLE.fullmatch(text):
                return text
            if is_blob(text):
                return self.blob(text)
            if self._is_keyed(text):
                return self.keyed(text)
            if text in self._found.ids:
                return self.id(text)
            if EMAIL.fullmatch(text):
                return self.mail(text)
            return self.date(text) if TIMESTAMP.fullmatch(text) or CTIME.fullmatch(text) else words(text)

        return parts.replace_between(text, parts.WHOLE, part, words)

    def _plain_words(self, text: str) -> str:
        return RUN.sub(lambda found: self.word(found[0]), text)

    def _bare_words(self, text: str) -> str:
        return RUN.sub(lambda found: self._free(found[0]) if found[0].isalpha() else self.word(found[0]), text)

    def word(self, word: str) -> str:
        """One word of a name: kept, or replaced in an order that fits between the kept ones."""
        if word.casefold() in self._people:
            return self._free(word)
        return self._words(word, len(word) if self._stays(word) else 0)

    def _stays(self, word: str) -> bool:
        if word.isdigit():
            return len(word) < LONG_NUMBER
        return word.casefold() in self._kept and word.casefold() not in self._people

    def parts(self, text: str, quotes_name: bool = False, dated: bool = True, failed: bool = False) -> str:
        """A text that stays, but for ids, addresses, dates and names that stand in it as delimited parts.

        Args:
            text: A range, formula, error text, query, …
            quotes_name: True where whatever stands in quotes is a name, as in queries and paths.
            dated: False for cells: a date in them is what somebody typed.
            failed: True for what an error says: in it a word of the API is none that somebody is called.
        """
        head, mark, tail = text.rpartition("!")
        before, colon, head = head.rpartition(": ")
        if mark and head in self._found.names:  # a range whose sheet is not in quotes, alone or in an error text
            return self.parts(before) + colon + self.name(head) + mark + self.parts(tail)
        rules: dict[str, parts.Replace] = {
            "url": self.url,
            "blob": self.blob,
            "mail": self.mail,
            "time": self.date if dated else str,
            "quoted": lambda part: parts.requoted(part, lambda inner: self._in_quotes(inner, quotes_name)),
            "reference": lambda part: self.name(part) if part in self._found.names else part,
            "token": (lambda token: token if self._is_common(token) else self._token(token)) if failed else self._token,
        }
        return parts.replace_parts(text, rules)

    def _in_quotes(self, inner: str, is_name: bool) -> str:
        if self._is_keyed(inner):
            return self.keyed(inner)
        if self._is_own(inner) or FIXED.fullmatch(inner):
            return self._as_it_is(inner)
        if ENCODED_URL.match(inner):
            return quote(self.url(unquote(inner)), safe="")
        if inner in self._found.ids:
            return self.id(inner)
        if EMAIL.fullmatch(inner):
            return self.mail(inner)
        if DOMAIN.fullmatch(inner):
            return self.host(inner)
        if inner in self._found.people:
            return self.person(inner)
        if TIMESTAMP.fullmatch(inner):
            return self.date(inner)
        if inner in self._found.names or (is_name and not is_machine(inner)):
            return self.name(inner)
        return self.parts(inner)

    def query_text(self, text: str) -> str:
        """A text in a query language: its words stay, the names and moments in it are made anew."""
        days = parts.replace_between(text, DAY, self._moved_day, str)
        return self.parts(days, quotes_name=True)

    def _moved_day(self, text: str) -> str:
        return self._day(text[:10]) + text[10:]

    def _is_common(self, token: str) -> bool:
        return token.casefold() in self._common

    def _is_id(self, text: str) -> bool:
        return text in self._found.ids and not self._vocabulary.is_term(text)

    def key(self, name: str) -> str:
        """A key of a JSON object: what several sources share is the vendor's, all others may be names or ids."""
        stays = name in self._vocabulary.keys or name in self._vocabulary.own.keys or self._is_own(name)
        return name if stays else self.parts(name)

    def _token(self, token: str) -> str:
        if self._is_keyed(token):
            return self.keyed(token)
        if len(token) < SHORTEST:
            return token
        if self._is_site(token):
            return self.site(token)
        if moment := MOMENT_IN_URL.fullmatch(token):
            return "p" + self.epoch(moment[1]) + moment[2]
        if self._is_own(token):
            return self._as_it_is(token)
        if token in self._found.people:
            return self.person(token)
        if self._is_id(token):
            return self.id(token)
        return self.name(token) if token in self._found.names else self.keyed(token)

    # -- leaves -------------------------------------------------------------------------------------

    def leaf(self, text: str, key: str, failed: bool = False, cell: bool = False) -> str:
        """A text in a JSON document or parameter, by the key it stands under.

        Args:
            text: The value.
            key: The key, the list's key inside lists.
            failed: True in the answer of a call that failed: such texts are the vendor's.
            cell: True for the cells of a table (lists in lists): what users typed and the service computes with.
        """
        place = (text, key, failed, cell)
        if place not in self._written:
            self._written[place] = self._leaf(*place)
        return self._written[place]

    def _leaf(self, text: str, key: str, failed: bool, cell: bool) -> str:
        if not text or FIXED.fullmatch(text):
            return text
        if self._is_keyed(text):
            return self.keyed(text)
        if self._is_site(text):
            return self.site(text)
        if self._is_own(text):
            return self._as_it_is(text)
        if plain(key) in QUERIES or is_terms(text) or (not cell and is_formula(text)):
            return self.query_text(text)
        secret = plain(key) in OPENS_DOORS and not cell
        if secret or (self._is_id(text) and not (cell and text.isdigit())):
            return self.id(text)
        if MOMENT.fullmatch(text):
            return self.moment(text)
        if is_blob(text.strip()):
            return parts.replace_between(text, parts.SOLID, self.blob, str)
        if EMAIL.fullmatch(text):
            return self.mail(text)
        if URL.fullmatch(text):
            return self.url(text, personal=plain(key) in PEOPLE)
        if not cell and MARKUP.search(text):
            return parts.replace_between(text, TAG, self.parts, lambda content: self.leaf(content, key, failed))
        if not cell and DOMAIN.fullmatch(text) and text not in self._found.people:
            return self.host(text)
        if (not cell and plain(key) in PEOPLE) or text in self._found.people:
            return self.person(text)
        return self._other(text, key, failed, cell)

    def _other(self, text: str, key: str, failed: bool, cell: bool) -> str:
        if failed or is_logged(text):
            return self.parts(text, failed=True)
        if cell and (IPV4.fullmatch(text) or not is_prose(text)):
            return self.address(text) if IPV4.fullmatch(text) else self._stay(text, dated=False)
        if not cell and (TIMESTAMP.fullmatch(text) or CTIME.fullmatch(text)):
            return self.date(text)
        if not cell and DAY.fullmatch(text):
            return self._day(text)
        said = is_prose(text) or (not cell and (plain(key) in NAMES or is_phrase(text)))
        if said and (plain(key) in LABELS or not is_machine(text)):
            return self.name(text)
        return self._stay(text)

    def _is_own(self, text: str) -> bool:
        """True for a text that the service wrote, whole."""
        return text in self._vocabulary.own.texts

    def _as_it_is(self, text: str) -> str:
        """A text that stays, whole: its words keep their places in the order of words."""
        for word in RUN.findall(text):
            self._words(word, len(word))
        return text

    def _stay(self, text: str, dated: bool = True) -> str:
        """A text that stays keeps its words out of the tree's way, but for a name used as a reference."""
        if text in self._found.names and len(text) > 2:
            return self.name(text)
        self._plain_words(text)
        return self.parts(text, dated=dated)

    def integer(self, number: int, key: str) -> int:
        """A number in a JSON document: ids are replaced, everything that counts stays."""
        digits = str(abs(number))
        if names_time(key) and len(digits) == 10:
            return int(self.epoch(digits))
        known = digits in self._found.ids and (names_id(key) or len(digits) > LONG_NUMBER + 1)
        if not known:
            return number
        return int(self.number(digits)) * (-1 if number < 0 else 1)

    # -- URLs ---------------------------------------------------------------------------------------

    def url(self, url: str, personal: bool = False) -> str:
        """A URL: host, path segments and parameters one by one, encoded as they were.

        Args:
            url: Absolute, or without a scheme.
            personal: True for the URL of somebody's picture or page: no word of its path stays.
        """
        head, fragment_mark, fragment = url.partition("#")
        head, query_mark, query = head.partition("?")
        scheme, slashes, rest = head.partition("//")
        host, slash, path = rest.partition("/")
        segments = [self._segment(raw, personal) for raw in path.split("/")]
        new = scheme + slashes + self.host(host) + slash + "/".join(segments)
        return new + query_mark + self.query(query) + fragment_mark + self.query(fragment)

    def _segment(self, raw: str, personal: bool) -> str:
        text = unquote(raw)
        if text in self._found.ids:
            return self.id(text)
        if self._is_own(text):
            self._as_it_is(text)
            return raw
        if personal and len(text) > 2:
            private, equals, options = text.partition("=")
            return quote(self._personal(private) + equals + options, safe=SAFE)
        if text in self._found.names and len(text) > 2:
            return encoded(self.name(text), text, raw)
        return encoded(self.parts(text, quotes_name=True), text, raw)

    def _personal(self, text: str) -> str:
        return parts.TOKEN.sub(lambda f: self.id(f[0]) if f[0] in self._found.ids else self.person(f[0]), text)

    def query(self, query: str) -> str:
        """A query string or fragment, parameter by parameter."""
        return "&".join(self.pair(raw) for raw in query.split("&"))

    def pair(self, raw: str) -> str:
        """One parameter with its value."""
        key, equals, value = raw.partition("=")
        if not equals:
            return self.parts(raw)
        text = unquote_plus(value)
        return key + equals + encoded(self.parameter(unquote(key), text), text, value)

    def parameter(self, key: str, text: str) -> str:
        """The value of a query parameter."""
        if plain(key) in SECRETS:
            return self.id(text)
        if parts.QUOTED.search(text) and plain(key) not in QUERIES:
            return self.parts(text, quotes_name=True)
        if "," in text and any(part in self._found.ids for part in text.split(",")):
            return ",".join(self.leaf(part, key) for part in text.split(","))
        return self.leaf(text, key)

    def _day(self, day: str) -> str:
        try:
            when = date.fromisoformat(day)
        except ValueError:
            return day
        return str(when - timedelta(weeks=WEEKS)) if 1990 < when.year < 2100 else day


def _cut(text: str, words: int) -> tuple[str, str]:
    """Cut ``text`` after its first ``words`` words and the space that follows; nothing in front if it has no more."""
    found = re.match(rf"(?:\S+\s+){{{words}}}(?=\S)", text)
    return (found[0], text[found.end() :]) if found else ("", text)


def encoded(new: str, text: str, raw: str) -> str:
    """``new`` percent-encoded the way ``raw`` encodes ``text``."""
    if new == text:
        return raw
    safe = "".join(c for c in SAFE if c in raw and (c != "+" or " " not in text))
    coded = quote(new, safe=safe)
    return coded.replace("%20", "+") if "+" in raw and " " in text else coded
