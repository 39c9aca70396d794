"""Replace words by other words of the same form, so that equality, order and common beginnings survive.

All words that are to be replaced are first put into one tree, letter by letter. Every branching point then maps
its letters to other letters of the same kind, in increasing order. Two words that part at some letter are thus
still in the same order, equal words stay equal, different ones different, and a word that begins with another
still does. Length, case, digits and separators stay what they were. Kept words can be pinned: the tree maps
them to themselves and puts all others around them in order.
"""

from __future__ import annotations

import string
from collections.abc import Sequence
from hashlib import blake2b

VOWELS = frozenset("aeiou")


class _Node:
    """A branching point: what letters follow here, and which of them must stay."""

    __slots__ = ("children", "kept", "table")

    def __init__(self) -> None:
        self.children: dict[str, _Node] = {}
        self.kept: set[str] = set()
        self.table: dict[str, str] | None = None


class Disguise:
    """An order-preserving replacement of words: learn all of them, seal, then replace.

    Args:
        salt: Decides which letters replace which.
        letters: The alphabet of ASCII letters that words are made of, in order; hex digits for hashes.
    """

    def __init__(self, salt: bytes, letters: str = string.ascii_lowercase) -> None:
        self._salt = salt
        self._letters = letters
        self._root = _Node()
        self._sealed = False
        self._learnt: set[tuple[str, int]] = set()
        self._done: dict[str, str] = {}

    def seal(self) -> None:
        """No more words: from now on words are replaced."""
        self._sealed = True

    def __call__(self, word: str, kept: int = 0) -> str:
        """Replace ``word``, or learn it (and return it) as long as the tree is not sealed.

        Args:
            word: A word, number or token.
            kept: How many of its first letters must stay.
        """
        if not self._sealed:
            if (word, kept) not in self._learnt:
                self._learn(word, kept)
            return word
        if word not in self._done:
            self._done[word] = self._replace(word)
        return self._done[word]

    def _learn(self, word: str, kept: int) -> None:
        self._learnt.add((word, kept))
        node = self._root
        for place, letter in enumerate(map(_fold, word)):
            if place < kept:
                node.kept.add(letter)
            if letter not in node.children:
                node.children[letter] = _Node()
            node = node.children[letter]

    def _replace(self, word: str) -> str:
        node, out = self._root, ""
        for place, character in enumerate(word):
            letter = _fold(character)
            if node.table is None:
                node.table = self._table(node, _folded(word[:place]), out[-1:].lower())
            target = node.table[letter]
            out += target.upper() if character in string.ascii_uppercase else target
            node = node.children[letter]
        return out

    def _table(self, node: _Node, before: str, last: str) -> dict[str, str]:
        """What each letter after ``before`` becomes; ``last`` is the letter put before it."""
        table = {letter: letter for letter in node.children}
        kept = node.kept | ({"0"} if not before else set())  # numbers keep their length: no leading zero
        for alphabet in {self._alphabet(letter): None for letter in sorted(node.children)}:
            here = [letter for letter in alphabet if letter in node.children]
            table |= self._increasing(here, alphabet, kept, before, last)
        return table

    def _alphabet(self, letter: str) -> str:
        """All letters of its kind, in order; separators are alone in theirs."""
        if letter in string.digits:
            return string.digits
        if letter in string.ascii_lowercase:
            return self._letters if letter in self._letters else letter
        if letter.isascii() or not letter.isalpha():
            return letter
        start = ord(letter) & ~0x3F  # the neighbourhood in its script: as many bytes, as wide
        return "".join(c for c in map(chr, range(start, start + 0x40)) if c.isalpha())

    def _increasing(self, here: Sequence[str], alphabet: str, kept: set[str], before: str, last: str) -> dict[str, str]:
        """Map the letters ``here`` to letters of ``alphabet`` in order, those ``kept`` to themselves."""
        walls = [letter for letter in alphabet if letter in kept]
        table: dict[str, str] = {letter: letter for letter in here if letter in kept}
        for low, high in zip([None, *walls], [*walls, None], strict=True):
            gap = [c for c in alphabet if (low is None or c > low) and (high is None or c < high)]
            free = [letter for letter in here if letter in gap]
            table |= dict(zip(free, self._choose(free, gap, before, last), strict=True))
        return table

    def _choose(self, free: Sequence[str], gap: Sequence[str], before: str, last: str) -> list[str]:
        """As many letters of ``gap`` as there are ``free``, in order; pronounceable where there is a choice."""
        if not free:
            return []
        fresh = [c for c in gap if c not in free]
        if len(fresh) >= len(free):
            gap = fresh
        sounding = [c for c in gap if (c in VOWELS) != (last in VOWELS)] if last.isalpha() else gap
        if len(sounding) >= len(free):
            gap = sounding
        return sorted(sorted(gap, key=lambda c: self._lot(before + "\0" + c))[: len(free)])

    def _lot(self, text: str) -> bytes:
        return blake2b(text.encode("utf-8", "surrogatepass"), key=self._salt, digest_size=8).digest()


def _fold(character: str) -> str:
    """ASCII letters in lower case, so that order regardless of case survives as well."""
    return character.lower() if character.isascii() else character


def _folded(word: str) -> str:
    return "".join(map(_fold, word))
