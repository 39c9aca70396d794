"""The state of an organisation: every resource on the shelf of its kind.

A *kind* is the words of the path that leads to a resource (``policies/rules``), as in the facts that recorded programs
are seeded with (``targets/okta/givens.py``). A shelf holds the resources of one kind under one parent, by id, in order
of creation: look-up is O(1), a list is O(its length).

Resources are stored as answers show them, with three exceptions: ``_links`` and ``_embedded`` are made when a resource
is read, unless its kind does not say how; members whose name begins with ``~`` are never shown; and the address of the
organisation in a stored URL is ``BASE``.
"""

from __future__ import annotations

import string
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from conformance.twinkit.store import Clock, Ids
from targets.okta.givens import RECORDED, UNAVAILABLE, UNSEEN

Resource = dict[str, Any]
Path = tuple[str, ...]
"""Ids that lead to a resource, its own last."""

BASE = "{base}"
"""Stands for the organisation's address in stored URLs."""
ALPHANUMERIC = string.ascii_letters + string.digits
ID_LENGTH = 20
TODAY = "9999"
"""Later than all changes of what answers show."""
WELL_KNOWN = ".well-known/okta-organization"
"""Kind of what anybody may know of the organisation."""
SUBDOMAIN = "dev-123456"
"""What an organisation is called of which nobody said how: Okta gives developers such names."""
CLASSIC_UNTIL = "2022"
"""Before this year all organisations had the old pipeline, in which sign-on begins with a password."""
ORDERED = string.digits + string.ascii_uppercase + string.ascii_lowercase
"""Digits of numbers in ids, in the order in which ids are sorted."""
COUNTED = 4
"""How many of them an id has."""
NEWER = "z"
"""Begins all new ids after their prefix: they come after those that were there before."""
SUFFIX = "1d7"
"""Ends every id: it names the cell that the organisation lives in."""


def timestamp(moment: datetime) -> str:
    """ISO 8601 with whole seconds, ``.000Z``: as Okta writes nearly all times."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def plain(time: str) -> str:
    """A time of that form without zone and fractions of a second, as some kinds write it."""
    return time[:19].replace("T", " ")


@dataclass
class Org:
    """One organisation. ``names`` finds resources by what they may be called instead of their id."""

    clock: Clock
    ids: Ids
    shelves: dict[tuple[str, Path], dict[str, Resource]] = field(default_factory=dict)
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    presets: set[tuple[str, str]] = field(default_factory=set)
    """Kind and id of what a new organisation has."""
    tokens: dict[str, Resource] = field(default_factory=dict)
    """OAuth access tokens that were issued (see ``access``), by value."""
    nonces: set[str] = field(default_factory=set)
    """Given out for proofs of possession."""
    spent: set[str] = field(default_factory=set)
    """Ids of the assertions that clients have asked for tokens with: each is good once."""
    buckets: dict[str, Any] = field(default_factory=dict)
    """What is left of the rate limits (see ``limits``)."""
    made: int = 0
    """How many ids were given out."""
    traits: dict[str, Any] = field(default_factory=dict)
    """What this organisation is like where they differ; what was there before tells."""

    def now(self) -> str:
        """The time of a write, as Okta writes it. A write takes a second, so that later ones can be told apart."""
        self.clock.advance(1)
        return timestamp(self.clock.now())

    def new_id(self, prefix: str, length: int = ID_LENGTH) -> str:
        """A new id: ``prefix``, characters that grow from id to id, random ones, the organisation's suffix."""
        self.made += 1
        grown = "".join(
            ORDERED[self.made // len(ORDERED) ** place % len(ORDERED)] for place in reversed(range(COUNTED))
        )
        return self.ids.token(length - len(SUFFIX), ALPHANUMERIC, prefix + NEWER + grown) + SUFFIX

    @property
    def own_id(self) -> str:
        """The organisation's own id: what was there before tells it, or it is made when it is first asked for."""
        if "id" not in self.known and "own_id" not in self.traits:
            self.traits["own_id"] = self.new_id("00o")
        return str(self.known.get("id") or self.traits["own_id"])

    @property
    def known(self) -> Resource:
        """What anybody may know of it, as far as that was told."""
        return self.get(WELL_KNOWN, (), "") or {}

    @property
    def subdomain(self) -> str:
        """What it is called in its own address."""
        told = self.traits.get("subdomain", SUBDOMAIN)
        return str((self.get("org", (), "") or {}).get("subdomain", told))

    @property
    def partition(self) -> str:
        """The part of Okta that it is in: cells whose names begin with ``op`` are the preview's."""
        if "partition" in self.traits:
            return str(self.traits["partition"])
        return "oktapreview" if str(self.known.get("cell", "op")).startswith("op") else "okta"

    @property
    def is_classic(self) -> bool:
        """Whether it works by its old pipeline: as it says, as its applications show, or as all did once."""
        return self.known.get("pipeline") == "v1" or self.lacks("apps/policies") or self.date < CLASSIC_UNTIL

    def caller(self) -> str:
        """The id of the user whom the API token belongs to."""
        if ("users", "me") not in self.names:
            self.names["users", "me"] = self.new_id("00u")
        return self.names["users", "me"]

    def shelf(self, kind: str, parents: Path = ()) -> dict[str, Resource]:
        """The resources of a kind under one parent; change them by ``put`` and ``remove`` only."""
        return self.shelves.get((kind, parents), {})

    def get(self, kind: str, parents: Path, name: str) -> Resource | None:
        """The resource that has the id ``name``, or may be called so."""
        shelf = self.shelf(kind, parents)
        found = shelf.get(name)
        return found if found is not None else shelf.get(self.names.get((kind, name), ""))

    def put(self, kind: str, parents: Path, id_: str, resource: Resource) -> Resource:
        """Keep ``resource``, in its old place if there was one."""
        self.shelves.setdefault((kind, parents), {})[id_] = resource
        return resource

    def remove(self, kind: str, parents: Path, id_: str) -> None:
        """Take a resource away, and with it all that is under it. O(number of shelves)."""
        self.shelves.get((kind, parents), {}).pop(id_, None)
        path = (*parents, id_)
        for below, place in list(self.shelves):
            if below.startswith(f"{kind}/") and place[: len(path)] == path:
                del self.shelves[below, place]

    def remove_everywhere(self, kinds: Collection[str], id_: str) -> None:
        """Take away every resource of ``kinds`` that has the id ``id_``, under whichever parent."""
        for kind, parents in [place for place in self.shelves if place[0] in kinds]:
            self.remove(kind, parents, id_)

    def oldest_first(self, kind: str, ids: Iterable[str]) -> list[str]:
        """``ids`` of resources of a kind in the order in which these came to be: that of real ids. O(resources)."""
        places = {id_: place for place, id_ in enumerate(self.shelf(kind))}
        return sorted(ids, key=lambda id_: places.get(id_, len(places)))

    def goes_on(self, kind: str, parents: Path, asked: str) -> bool:
        """Whether a list has more than what is known of it, when so much is asked (``givens.narrowing``)."""
        return asked in self.shelf(UNSEEN, (kind, *parents))

    @property
    def date(self) -> str:
        """The day (``2025-03-14``) whose answers it gives: that of the recording that it is seeded with, if any."""
        recorded = self.shelf(RECORDED).get("")
        return str(recorded["date"])[:10] if recorded else TODAY

    def lacks(self, kind: str) -> bool:
        """Whether the organisation does not have such resources. O(words of ``kind``)."""
        words = kind.split("/")
        ways = ("/".join(words[:end]) for end in range(1, len(words) + 1))
        return any((UNAVAILABLE, (way,)) in self.shelves for way in ways)

    def all(self, kind: str) -> Iterator[tuple[Path, Resource]]:
        """All resources of a kind with the ids that lead to them (their own last). O(number of shelves)."""
        for (shelf_kind, parents), shelf in self.shelves.items():
            if shelf_kind == kind:
                yield from (((*parents, id_), resource) for id_, resource in shelf.items())
