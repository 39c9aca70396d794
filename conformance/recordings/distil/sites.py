"""Whose account a host under a vendor's domain belongs to: ``acme`` in ``acme.vendor.com``."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from urllib.parse import unquote

from conformance.recordings.distil.forms import HOST_ROLES, RESERVED, RUN
from conformance.recordings.distil.own import registrable
from conformance.recordings.model import Interaction, Recording

ENOUGH = 2
"""Repositories whose recordings must call a host before it is everybody's."""


def sites_of(recordings: Iterable[Recording]) -> frozenset[str]:
    """What stands before a vendor's domain in the hosts of accounts, in lower case: ``acme``, ``acme-admin``."""
    recordings = list(recordings)
    callers: defaultdict[str, set[str]] = defaultdict(set)
    for recording in recordings:
        for item in recording.interactions:
            for name in (item.request.host, registrable(item.request.uri)):
                callers[name].add(recording.provenance.repository)
    everybodys = {name for name, who in callers.items() if len(who) >= ENOUGH}
    domains = sorted(name for name in everybodys if name == registrable("//" + name) and not RESERVED.fullmatch(name))
    if not domains:
        return frozenset()
    host = re.compile(rf"(?:%2f|(?<![\w%.-]))([\w.-]+)\.({'|'.join(map(re.escape, domains))})(?![\w.-]*\w)")
    mentioned = {found for item in _exchanges(recordings) for found in host.findall(_text(item))}
    return frozenset(label for label, name in mentioned if f"{label}.{name}" not in everybodys and site_words(label))


def site_words(label: str) -> frozenset[str]:
    """The words of ``label`` that say whose host it is, in lower case."""
    return frozenset(word.lower() for word in RUN.findall(label) if word.lower() not in HOST_ROLES)


def _exchanges(recordings: Iterable[Recording]) -> Iterable[Interaction]:
    return (item for recording in recordings for item in recording.interactions)


def _text(item: Interaction) -> str:
    bodies = item.request.body + b" " + item.response.body
    locations = " ".join(line for lines in item.response.headers.values() for line in lines)
    return f"{unquote(item.request.uri)} {locations} {bodies.decode('utf-8', 'replace')}".lower()
