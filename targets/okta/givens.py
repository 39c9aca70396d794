"""What a recorded program needs to find in its organisation.

Everything an answer shows that the program has not made itself was there before. It is told in one form for all
kinds of resources, read off path templates and answers, so that no kind needs a rule of its own::

    {"kind": "apps/users", "id": "00u1", "of": ["0oa1"], "resource": {...}, "after": [...]}

``kind`` are the words of the path that lead to the resource, ``of`` the ids on the way there. ``resource`` is the
earliest state that an answer shows, None where none does; ``after`` names the program's own operations that came
before that answer, so that the state is no longer the first one. A resource without an id (``org``) has the id "".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from conformance.programs.model import Call, Given, GivenRef, Observation, Step
from conformance.programs.trees import leaves
from conformance.recordings.model import Json
from targets.okta.places import PARAMETER, PREFIX, Place, places_of
from targets.okta.surface import Surface

NOT_GIVEN_BACK = frozenset({"id", "created", "lastUpdated", "status", "system", "_links", "_embedded", "orn"})
"""Members of a resource that a call which makes one like it leaves out."""
UNAVAILABLE = "unavailable"
"""Kind of what tells that the organisation does not have a kind (its ``of``) of resources."""
NO_FEATURE = "E0000015"
SIGNS: Sequence[tuple[str, str, str, str]] = (
    ("users", "credentials", "realmId", "realms"),
    ("users", "_links.schema", "_links.resetFactors", "users/resetFactors"),
    ("rules", "conditions.userType", "conditions.riskScore", "policies/rules/riskScore"),
    ("groups", "objectClass", "_links.owners", "groups/owners"),
    ("user", "definitions", "definitions.base.properties.login.master", "meta/schemas/user/master"),
    ("realms", "profile.name", "profile.realmType", "realms/realmType"),
    ("device-assurances", "platform", "displayRemediationMode", "device-assurances/displayRemediationMode"),
    ("apps", "signOnMode", "_links.policies", "apps/policies"),
    ("apps", "signOnMode", "settings.emOptInStatus", "apps/emOptInStatus"),
    ("apps", "signOnMode", "universalLogout", "apps/universalLogout"),
    ("apps", "settings.oauthClient", "settings.oauthClient.participate_slo", "apps/participate_slo"),
)
"""What organisations tell about themselves whenever they show a resource.

The last word of its kind; a member that all of them have that show so much; a member without which the organisation
lacks something; and what that is.
"""
MISSING = "missing"
"""Kind of what tells that nothing of a sort (``of``: the word that refusals have for it) is called ``id``."""
_NOT_FOUND = re.compile(r"Not found: Resource not found: (?P<name>\S+) \((?P<entity>\w+)\)")
UNSEEN = "unseen"
"""Kind of what tells that a list goes on after what the program saw of it.

``of`` has its kind and parents, ``id`` what was asked of it (see ``narrowing``).
"""
NAMELESS = frozenset({MISSING, UNSEEN})
"""Kinds of facts whose id stands for nothing in the live world."""
EVERYWHERE = frozenset({"brands/pages/sign-in/default", "brands/pages/error/default"})
"""Kinds of documents that are the same under all parents, also under those that the program made: told without them."""
TOKENS = "sessions/tokens"
"""Kind of the tokens that sessions are made of: users get them by calls that no SDK has."""
MOMENT = timedelta(seconds=10)
"""What is older than the program by more than this was not made by it: clocks may differ a little."""
NARROWING = frozenset({"q", "filter", "search", "sourceId", "targetId", "type", "status"})
"""Query parameters that leave resources out of a list."""
RECORDED = "recorded"
"""Kind of what tells the ``date`` of the recording: answers have got more members with the years."""


@dataclass
class _Shown:
    """What answers have shown of one resource."""

    resource: Json = None
    after: list[str] = field(default_factory=list)
    fixed: bool = False
    """Its earliest state is known."""
    written: bool = False
    """Something was written to it: what answers show now is no longer its earliest state."""

    def take_write(self, operation: str) -> None:
        """The program wrote to it."""
        self.written = True
        if not self.fixed:
            self.after.append(operation)


class Gatherer:
    """Follows a program, and tells what it did not make itself."""

    def __init__(self, start: str = "") -> None:
        self._start = start
        """When the program began (ISO 8601), "" where nothing tells."""
        self._made: set[str] = set()
        self._made_places: set[Place] = set()
        self._called: set[Any] = set()
        """What calls have said."""
        self._shown: dict[Place, _Shown] = {}
        self._goes_on: dict[tuple[Place, str], bool] = {}

    def take(self, call: Call, observation: Observation) -> None:
        """Take the next step."""
        method, _, template = call.operation.partition(" ")
        status = observation.status or 0
        places = list(places_of(template, call.arguments))
        self._called.update(value for _, value in leaves(call.arguments))
        ends_in_id = template.endswith("}")
        if not places or status == 404 or status >= 500:
            self._miss(places, observation.body)
            return
        self._tell(places[-1], observation.body)
        if not 200 <= status < 300:
            self._need(places, ends_in_id)
            self._lack(places[-1], observation.body)
        elif method == "GET":
            self._take_read(call, places, ends_in_id, observation)
        else:
            joins = method == "PUT" and ends_in_id and observation.body is None
            self._need(places, ends_in_id and not joins)
            if joins and places[-1] not in self._shown:  # such a PUT makes a membership: nothing else answers nothing
                self._made_places.add(places[-1])
            self._written(call, places, observation.body)

    def _take_read(self, call: Call, places: list[Place], ends_in_id: bool, observation: Observation) -> None:
        self._note_name(places[-1], observation.body)
        self._need(places, ends_in_id)
        self._read(places[-1], ends_in_id, observation.body)
        if not ends_in_id:
            self._goes_on[places[-1], narrowing(call.arguments)] = _goes_on(observation)

    def found(self) -> list[tuple[Place, _Shown]]:
        """All that was there before, parents first."""
        lists = [(place, query) for (place, query), on in self._goes_on.items() if on]
        unseen = {Place(UNSEEN, (place.kind, *place.ids[:-1], query)): _Shown({}) for place, query in lists}
        return sorted((self._shown | unseen).items(), key=lambda item: len(item[0].ids))

    def _need(self, places: list[Place], with_last: bool) -> None:
        """The resources on the way to what a call names were there."""
        for place in places[: None if with_last else -1]:
            self._note(place)

    def _miss(self, places: list[Place], body: Json) -> None:
        """What was looked for in vain was not there before, though it may be deleted all the same."""
        found = _NOT_FOUND.search(str(body.get("errorSummary"))) if isinstance(body, dict) else None
        if found is None or found["name"] in self._made:
            return
        self._show(Place(MISSING, (found["entity"], found["name"])), {})
        if places[-1].id == found["name"] and places[-1] not in self._shown:
            self._made_places.add(places[-1])

    def _lack(self, place: Place, body: Json) -> None:
        """An answer may say that the organisation does not have such things."""
        if isinstance(body, dict) and body.get("errorCode") == NO_FEATURE:
            self._show(Place(UNAVAILABLE, (place.kind, "")), {})

    def _tell(self, place: Place, body: Json) -> None:
        """A resource may show what the organisation does not have."""
        word = place.kind.rpartition("/")[2]
        signs = [sign for word_, *sign in SIGNS if word_ == word]
        for resource in (_members(body) or [body]) if signs else ():
            for mark, sign, lacking in signs:
                if _at(resource, mark) is not None and _at(resource, sign) is None:
                    self._show(Place(UNAVAILABLE, (lacking, "")), {})

    def _read(self, place: Place, single: bool, body: Json) -> None:
        members = None if single else _members(body)
        if members is not None:
            for member in members:
                name = _led_by(member, place.kind)
                if name:
                    self._show(Place(place.kind, (*place.ids[:-1], name)), member)
        elif isinstance(body, dict) and (single or "_embedded" not in body):
            self._show(place, body)

    def _written(self, call: Call, places: list[Place], body: Json) -> None:
        """What a write answers with under a new id was made by it; what it names is no longer as it was."""
        for member, known in _parts(call.arguments.get("body"), body):
            part = Place(f"{places[-1].kind}/{member}", (*places[-1].ids[:-1], known["id"]))
            self._show(part, known, after=call.operation)
        token = _at(call.arguments.get("body"), "sessionToken")
        if token and isinstance(body, dict) and "userId" in body:
            self._show(Place(TOKENS, (str(token),)), {"userId": body["userId"]})
        made = _own_id(body)
        if made and all(made not in place.ids for place in places) and not self._knows(made):
            if not call.lost_body:
                self._made.add(made)
            return
        for place in places:
            if shown := self._shown.get(place):
                shown.take_write(call.operation)
        self._read_after(places, body)

    def _read_after(self, places: list[Place], body: Json) -> None:
        """A write answers with what it left: better than nothing where no read came before."""
        if isinstance(body, dict):
            for place in places:
                if place.id == _own_id(body) and (place.id or place is places[-1]):
                    self._show(place, body)

    def _note_name(self, place: Place, body: Json) -> None:
        """What a path called by a name may be a thing that the program made."""
        if isinstance(body, dict) and body.get("id") in self._made:
            self._made.add(place.id)

    def _knows(self, made: str) -> bool:
        return any(place.id == made for place in self._shown)

    def _note(self, place: Place) -> _Shown | None:
        if place in self._made_places or not self._made.isdisjoint(place.ids):
            return None
        return self._shown.setdefault(place, _Shown())

    def _show(self, place: Place, resource: Json, after: str = "") -> None:
        """Keep the earliest state; as long as nothing was written, later answers may tell more of it.

        ``after`` is the operation that the answer is to, where it may have changed the resource.
        """
        if place.kind in EVERYWHERE:
            place = Place(place.kind, place.ids[-1:])
        if place not in self._shown and self._came_along(place, resource):
            self._made.add(place.id)
            for other, known in _named(resource):
                self._show(other, known)
        shown = self._shown.setdefault(place, _Shown()) if self._is_older(place, resource) else self._note(place)
        if shown is None:
            return
        if not shown.fixed:
            shown.resource, shown.fixed = resource, True
            shown.after += [after] if after else []
        elif not shown.written and isinstance(shown.resource, dict) and isinstance(resource, dict):
            shown.resource = {**resource, **shown.resource}

    def _is_older(self, place: Place, resource: Json) -> bool:
        """Whether a thing is older than the program, though its own address is under what the program made."""
        address, created = _at(resource, "_links.self.href"), _at(resource, "created")
        if not isinstance(address, str) or not isinstance(created, str) or not self._start:
            return False
        if place.id in self._made or not set(place.ids) <= set(address.split("/")):
            return False
        try:
            return datetime.fromisoformat(self._start) - datetime.fromisoformat(created) > MOMENT
        except (ValueError, TypeError):  # a form that is not ISO's, or one without a zone
            return False

    def _came_along(self, place: Place, resource: Json) -> bool:
        """Whether a thing came into being with what the program made: it is of that, and nobody called it before."""
        if not isinstance(resource, dict) or not place.id or place.id in self._called:
            return False
        own = {name: value for name, value in resource.items() if not name.startswith("_")}
        return any(value in self._made for _, value in leaves(own) if isinstance(value, str))


def _named(resource: Json) -> Iterator[tuple[Place, Json]]:
    """Things that a resource has members for, with what these tell of them: each gives its id and its address."""
    for member in resource.values() if isinstance(resource, dict) else ():
        address = _at(member, "_links.self.href")
        if isinstance(address, str) and _own_id(member):
            words, _, name = PREFIX.sub("", urlsplit(address).path).rpartition("/")
            known = {key: value for key, value in member.items() if not key.startswith("_")}
            yield Place(words, (name,)), known


def _parts(asked: Json, answer: Json) -> Iterator[tuple[str, dict[str, Any]]]:
    """Things that a body names by their ids in one of its lists, as the answer shows them: with that list's name."""
    if not isinstance(asked, dict) or not isinstance(answer, dict):
        return
    for name in asked.keys() & answer.keys():
        named = {_own_id(item) for item in asked[name]} if isinstance(asked[name], list) else set()
        shown = answer[name] if named - {""} and isinstance(answer[name], list) else []
        yield from ((name, item) for item in shown if isinstance(item, dict) and item.get("id") in named)


def _at(resource: Json, path: str) -> Json:
    """What is at a dotted path; None where there is nothing."""
    for name in path.split("."):
        resource = resource.get(name) if isinstance(resource, dict) else None
    return resource


def narrowing(asked: Mapping[str, Json]) -> str:
    """What leaves resources out of a list, as a query in one order; "" where nothing does."""
    return urlencode(sorted((name, str(value)) for name, value in asked.items() if name in NARROWING and value))


def _members(body: Json) -> list[Json] | None:
    """The resources that a list has: some kinds' lists are the one member of an object."""
    if isinstance(body, list) or not isinstance(body, dict):
        return body if isinstance(body, list) else None
    told = [value for name, value in body.items() if not name.startswith("_")]
    resources = [value for value in told if isinstance(value, list) and all(isinstance(one, dict) for one in value)]
    return resources[0] if len(resources) == len(told) == 1 else None


def _led_by(member: Json, kind: str) -> str:
    """What leads to a member of a list: its id, else the end of its own address, else its name."""
    if not isinstance(member, dict) or isinstance(member.get("id"), str):
        return member["id"] if isinstance(member, dict) else ""
    links = member.get("_links")
    own = links.get("self") if isinstance(links, dict) else None
    address = own.get("href") if isinstance(own, dict) else None
    *_, words, name = (address if isinstance(address, str) else "").rsplit("/", 2) if address else ("", "")
    found = name if words == kind.rpartition("/")[2] else member.get("kid", member.get("name"))
    return found if isinstance(found, str) else ""


def _goes_on(observation: Observation) -> bool:
    """Whether a list has a next page."""
    lines = observation.response.headers.get("link", ()) if observation.response else ()
    return any('rel="next"' in line for line in lines)


def _own_id(body: Json) -> str:
    """The id of a resource, or of a key; "" where it has none (a setting), or is named by an address (a schema)."""
    id_ = body.get("id", body.get("kid")) if isinstance(body, dict) else None
    return id_ if isinstance(id_, str) and "://" not in id_ else ""


def givens(
    target: str, surface: Surface, steps: Sequence[Step], observations: Sequence[Observation]
) -> tuple[Given, ...]:
    """What was there before the program began."""
    dates = [observation.date for observation in observations if observation.date]
    gatherer = Gatherer(*dates[:1])
    for step, observation in zip(steps, observations, strict=True):
        gatherer.take(step.call, observation)
    creators = _creators(surface)
    recorded = [(Place(RECORDED, ("",)), _Shown({"date": date})) for date in dates[:1]]
    return tuple(_given(target, place, shown, creators) for place, shown in recorded + gatherer.found())


def _given(target: str, place: Place, shown: _Shown, creators: Mapping[str, tuple[str, str]]) -> Given:
    facts: dict[str, Any] = {"kind": place.kind, "id": place.id, "of": list(place.ids[:-1])}
    facts |= {"resource": shown.resource, "after": shown.after}
    create = _create(target, place, shown.resource, creators)
    named = place.id and place.kind not in NAMELESS
    recorded = place.id if named else "/".join((place.kind, *filter(None, place.ids)))
    return Given(target, place.kind, recorded, facts, create, ("id",))


def _creators(surface: Surface) -> dict[str, tuple[str, str]]:
    """By kind: the operation that makes one, and the SDK's name for it."""
    return {
        "/".join(PARAMETER.sub("", PREFIX.sub("", e.template)).replace("//", "/").strip("/").split("/")): (
            e.operation,
            e.sdk_call,
        )
        for e in surface.endpoints.values()
        if e.method == "POST" and e.body and not e.template.endswith("}")
    }


def _create(target: str, place: Place, resource: Json, creators: Mapping[str, tuple[str, str]]) -> Call | None:
    """A call that makes a resource like it; None where the SDK has none, or nothing is known of it."""
    if place.kind not in creators or not isinstance(resource, dict) or not place.id:
        return None
    operation, sdk_call = creators[place.kind]
    parents = [GivenRef(parent) for parent in place.ids[:-1]]
    arguments: dict[str, Any] = dict(zip(PARAMETER.findall(operation), parents, strict=False))
    arguments["body"] = {name: value for name, value in resource.items() if name not in NOT_GIVEN_BACK}
    return Call(target, operation, sdk_call, arguments)
