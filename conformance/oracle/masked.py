"""Texts in which a publisher masked hosts, in answers only: they come back otherwise than they were sent.

A sentence that comes back word for word, but for the hosts in its links, is not what the service answered. A link that
stands alone is another matter: services make such of their own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from conformance.programs.model import Observation, PathKey, Program
from conformance.programs.trees import leaves, values

_HOST = re.compile(r"(?<=://)[^/\s|\])}>\"']+")


def masked(program: Program, observations: Iterable[Observation]) -> Mapping[int, set[PathKey]]:
    """The places of such texts in answers, by the index of the interaction. Linear in what was sent and answered."""
    sent: dict[str, set[str]] = defaultdict(set)
    found: dict[int, set[PathKey]] = defaultdict(set)
    for step, seen in zip(program.steps, observations, strict=True):
        for text in filter(_has_link, values(step.call.arguments)):
            sent[_plain(text)].add(text)
        for path, text in leaves(seen.body) if sent else ():
            if _has_link(text) and text not in sent.get(_plain(text), {text}):
                found[step.interaction].add(path)
    return found


def _has_link(leaf: object) -> bool:
    return isinstance(leaf, str) and "://" in leaf and len(leaf.split(maxsplit=1)) > 1


def _plain(text: str) -> str:
    """A text without the hosts in its links."""
    return _HOST.sub("", text)
