"""What was there before a program began, put in (in the form of ``targets/okta/givens.py``); the state, taken out."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.programs.trees import map_texts, merged
from conformance.recordings.model import Json
from targets.okta.twin.family import Seed
from targets.okta.twin.kinds import Kind
from targets.okta.twin.org import BASE, Org, Path, Resource, timestamp

_API = re.compile(r"https?://([^/]+)/(?:api/v\d|oauth2)/")
_ORN = re.compile(r"orn:(\w+):\w+:(\w+):")
"""Names of resources tell the part of Okta that the organisation is in, and its id."""


@dataclass(frozen=True)
class Seeder:
    """Puts facts into an organisation. ``kinds`` and ``seeds`` are by name of the kind."""

    kinds: Mapping[str, Kind]
    seeds: Mapping[str, Seed]

    def seed(self, org: Org, fact: Mapping[str, Any]) -> None:
        """Put in one fact; what is there already is completed or changed."""
        told = fact.get("resource") or {}
        if hosts := _hosts(told):
            org.traits.setdefault("subdomain", min(hosts).partition(".")[0])
        resource = own(told)
        name, ids = fact["kind"], (*fact["of"], fact["id"])
        _learn_caller(org, resource)
        _learn_name(org, resource)
        if seed := self.seeds.get(name):
            seed(org, ids, resource)
        elif kind := self.kinds.get(name):
            seed_kind(org, kind, ids, resource)
        else:
            org.put(name, ids[:-1], ids[-1], resource)


def _learn_caller(org: Org, resource: Resource) -> None:
    """Who changed what was there is who calls."""
    by = resource.get("lastUpdatedBy")
    if isinstance(by, str) and "caller" not in org.traits:
        org.names["users", "me"] = org.traits["caller"] = by


def _learn_name(org: Org, resource: Resource) -> None:
    """What was there before is called after the organisation."""
    for found in filter(None, map(_ORN.match, _texts(resource))):
        org.traits.setdefault("partition", found[1])
        org.traits.setdefault("own_id", found[2])


def seed_kind(org: Org, kind: Kind, ids: Path, resource: Resource) -> Resource:
    """Store a resource as an answer showed it, in the place of the same thing that a new organisation has."""
    parents, id_ = kind.parents(org, ids[:-1]), ids[-1]
    there = org.get(kind.name, parents, id_)
    if there is not None and resource.get(kind.key, there[kind.key]) != there[kind.key]:
        org.remove(kind.name, parents, there[kind.key])  # the name leads to another one from now on
        there = None
    if there is None:
        _make_room(org, kind, parents, resource)
        there = {
            kind.key: id_,
            **copy.deepcopy(dict(kind.defaults)),
            **dict.fromkeys(kind.times, timestamp(org.clock.moment)),
        }
    made = {"_links", "_embedded"} if kind.links is not None else {"_embedded"}
    stored = {name: value for name, value in resource.items() if name not in made}
    return kind.keep(org, parents, merged(there, stored))


def adopt_default(org: Org, kind: str, id_: str, member: str, value: Json = True) -> None:
    """Something of before names ``id_``: if that is not known, it is the preset that ``member`` (a ``value``) tells."""
    if org.get(kind, (), id_) is not None:
        return
    for old, resource in list(org.shelf(kind).items()):
        if (kind, old) in org.presets and resource.get(member) == value:
            org.remove(kind, (), old)
            org.put(kind, (), id_, resource | {"id": id_})


def _make_room(org: Org, kind: Kind, parents: Path, resource: Resource) -> None:
    """Take away the preset that ``resource`` is."""
    for id_, preset in list(org.shelf(kind.name, parents).items()):
        if (kind.name, id_) in org.presets and resource and kind.same(preset) == kind.same(resource):
            org.remove(kind.name, parents, id_)


def own(resource: Resource) -> Any:
    """``resource`` with BASE in the place of the address of the organisation that it was recorded in."""
    hosts = _hosts(resource)
    if not hosts:
        return resource
    address = re.compile("https?://(?:" + "|".join(map(re.escape, sorted(hosts))) + ")(?![\\w.-])")
    return map_texts(resource, lambda text: address.sub(BASE, text))


def _hosts(resource: Resource) -> set[str]:
    """Where the organisation was recorded, as URLs of its API tell."""
    return {host for text in _texts(resource) for host in _API.findall(text)}


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


def dump(org: Org) -> Json:
    """All shelves, by kind and parents."""
    return {"/".join((kind, *parents)): list(shelf.values()) for (kind, parents), shelf in org.shelves.items()}


def new_org(presets: Callable[[Org], None]) -> Callable[..., Org]:
    """Makes organisations that have what ``presets`` puts in, and knows which resources those are."""

    def make(clock: Any, ids: Any) -> Org:
        org = Org(clock, ids)
        presets(org)
        org.presets = {(kind, id_) for (kind, _), shelf in org.shelves.items() for id_ in shelf}
        return org

    return make
