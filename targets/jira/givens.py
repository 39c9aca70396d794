"""What a recorded program needs to find on its site.

Everything an answer shows that the program has not made itself was there before. It is told in one form for all kinds
of things, read off addresses and answers, and the twin's seed takes each of them as it stands here::

    {"kind": "issue", "id": "10002", "of": [], "resource": {...}, "after": [...]}

``kind`` are the words of the thing's address that are no ids, joined by ``/``; ``id`` is its own id in that address
and ``of`` the ids on the way to it: the comment ``/rest/api/2/issue/10002/comment/7`` is
``{"kind": "issue/comment", "id": "7", "of": ["10002"]}``. Things of other APIs than ``api`` have its name in front
(``agile/sprint``). Addresses are ``self`` links, wherever in an answer they stand: the ``status``, ``project`` and
``reporter`` of an issue are told on their own too. A user's ``id`` is its account id (Cloud) or name (Server).
``resource`` is what answers show of the thing's *first* state, with the service's own names: the first view, and of
later, more detailed views what it lacks. It is {} where only its being there is known (a call named it and was not
told 404). ``after`` names the program's own operations on it that came before the first view, so that what they set
may have been something else. Parts of issues say in ``about`` which key the issue has. Things that others hang on come
first.

| kind | id | of | resource |
|---|---|---|---|
| ``site`` | "" | | ``deployment`` (``cloud`` or ``server``), ``version`` (``2``, ``3``), ``path`` (context path), \
                  ``date`` of the first answer, ``limited`` (good answers tell of a rate limit), ``caller`` (user) |
| ``issue`` | id, or key where no answer shows the id | | as ``GET issue`` shows it, with ``fields`` |
| ``issue/comment``, ``issue/worklog``, ``issue/remotelink`` ... | id | issue | as the service shows it |
| ``project``, ``issuetype``, ``priority``, ``status``, ``user``, ``version`` ... | id | | as the service shows it |
| ``field`` | id | | ``name`` and ``schema``, of custom fields, as far as issues show them |
| ``transition`` | id | project key | ``name``, ``to`` (a status), ``from`` (ids of statuses that offered it) |
| ``blank`` | issue type id | project key | ``fields`` of a new issue that the program did not send, as first read; \
                  ``drawn``: for each of them ``summary``, and ``fields`` where chance gave other words than before; \
                  ``overruled``: by field what was ``sent``, and ``shown``, where the site put another thing there |
| ``change`` | issue id | | ``key``, ``fields`` and names of ``moments`` that somebody else changed of an issue which \
                  the program made (it wrote nothing, and it read otherwise); ``seen``: its ``updated`` then |
| ``counter`` | project key | | ``next``, the number in the key of the first issue that the program makes; ``next_id`` |
| ``counter`` | kind | | ``next_id``, that of the first thing of the kind that the program makes |
| ``list`` | words of the path | ids in the path | ``members``: ids in order, of a list that was read whole; their \
                  ``kind``, and ``of`` |
| ``view`` | words of the path | ids in the path | ``query`` and ``answer``, of what is no resource of its own; \
                  ``found``: ids of the issues on the page of a search |

A ``view`` is the first answer of an endpoint that gives no ``self`` link: ``field``, ``issue/createmeta``,
``issue/editmeta``, ``issue/transitions``, ``mypermissions``, ``serverInfo``; of a search what is about no single issue.
What may be chosen (``allowedValues``) is told there only. ``blank`` leaves out moments, which depend on the time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from conformance.programs.model import Call, Given, Observation, Step
from conformance.recordings.model import Json
from targets.jira import calls
from targets.jira.blanks import Blanks, is_moment
from targets.jira.flavours import flavour_of
from targets.jira.offers import Workflow
from targets.jira.places import Place, called_place, linked, place_of
from targets.jira.requests import root_relative

REFERRED = ("issue", "filter", "attachment", "version", "component", "agile", "issueLink")
"""Kinds whose ids programs hand on; everything else is the site's vocabulary, which the twin has under its ids."""

UPDATED = "updated"
VIEWS = ("list", "view")
"""Kinds of which an endpoint has one for each question."""
_CUSTOM = "customfield_"

_KEY = re.compile(r"([A-Z][A-Z0-9_]*)-(\d+)")
_SEARCH = re.compile(r"(?:^|/)(?:search(?:/jql)?|picker)$")
_PARTS, _PART_NAMES = ("issue/comment", "issue/worklog"), frozenset({"comment", "worklog"})
_COUNTED = ("issue/watchers", "issue/votes")
"""What has an address, and no id."""
_TYPES_BY_FORM = {re.compile(r"\d+_\*:\*_\d+_\*:\*_"): {"custom": "com.atlassian.jira.ext.charting:timeinstatus"}}
"""Custom fields whose type shows in their values: time in status."""


@dataclass
class _Shown:
    """What answers have shown of a thing. ``seen``: its first view is known."""

    resource: dict[str, Json] = field(default_factory=dict)
    after: list[str] = field(default_factory=list)
    seen: bool = False


def givens(target: str, steps: Sequence[Step], observations: Sequence[Observation]) -> tuple[Given, ...]:
    """What was there before the program began."""
    mine = [pair for pair in zip(steps, observations, strict=True) if pair[0].call.target == target]
    if not mine:
        return ()
    gatherer = _Gatherer()
    for step, observation in mine:
        gatherer.take(step.call, observation)
    facts = [_site(mine), *gatherer.facts()]
    return tuple(given for fact in facts for given in _givens(target, fact))


def _givens(target: str, fact: dict[str, Json]) -> Iterator[Given]:
    """One given seeds the thing; an issue's key is another name for it."""
    kind, own = str(fact["kind"]), str(fact["id"])
    referred = kind.partition("/")[0] in REFERRED and own
    resource = fact["resource"]
    number = resource.get("id") if isinstance(resource, dict) else None
    recorded: str | int = own if referred else resource["seen"] if kind == "change" else _name_of(fact)
    if referred and isinstance(number, int) and str(number) == own:
        recorded = number
    yield Given(target, kind, recorded, fact, None, ("id",))
    key = resource.get("key") if isinstance(resource, dict) else None
    if referred and kind == "issue" and isinstance(key, str) and key != own:
        yield Given(target, "issue key", key, None, None, ("key",))


def _name_of(fact: Mapping[str, Any]) -> str:
    """What no value of an answer is called: a fact's address, with the question that a view answers."""
    asked = json.dumps(fact["resource"]["query"], sort_keys=True, default=str) if fact["kind"] in VIEWS else ""
    return "/".join((fact["kind"], *fact["of"], fact["id"])) + asked


def _site(steps: Sequence[tuple[Step, Observation]]) -> dict[str, Json]:
    flavours = [flavour_of(step.call.operation) for step, _ in steps]
    links = (urlsplit(link).path for _, seen in steps for link, _ in linked(seen.body))
    path = next((path.removesuffix(root_relative(path)) for path in links), "")
    flavour = max(flavours, key=flavours.count)
    resource = {"deployment": flavour.deployment, "version": flavour.version, "path": path, **_era(steps)}
    resource["caller"] = next((name for step, seen in steps if (name := _caller(step.call, seen))), "")
    return {"kind": "site", "id": "", "of": [], "resource": resource, "after": []}


def _caller(call: Call, seen: Observation) -> str:
    """Who made a call, where the answer says so: by their own page, or as the author of what they made."""
    body = seen.body if isinstance(seen.body, dict) and 200 <= (seen.status or 0) < 300 else {}
    is_own_page = called_place(call).kind == "myself"
    author = body if is_own_page else body.get("author") if call.operation.startswith("POST ") else None
    found = place_of(str(author.get("self"))) if isinstance(author, dict) else None
    return found.id if found else ""


def _era(steps: Sequence[tuple[Step, Observation]]) -> dict[str, Json]:
    """When the site answered (ISO 8601), and whether it said how much may still be asked of it."""
    answers = [exchange.response for _, seen in steps for exchange in seen.exchanges]
    dates = (answer.header("date") for answer in answers)
    date = next((date for date in dates if date), None)
    limited = any(answer.status < 400 and answer.header("retry-after") is not None for answer in answers)
    return {"date": _iso(date) if date else "", "limited": limited}


def _iso(date: str) -> str:
    try:
        return parsedate_to_datetime(date).isoformat()
    except ValueError:
        return ""


class _Gatherer:
    """Follows a program, and tells what it did not make itself."""

    def __init__(self) -> None:
        self._shown: dict[Place, _Shown] = {}
        self._views: dict[tuple[str, tuple[str, ...], str], dict[str, Json]] = {}
        self._names: dict[str, str] = {}
        """Issue key → id."""
        self._made: set[str] = set()
        """Ids and keys of what the program made."""
        self._counters: dict[str, dict[str, Json]] = {}
        self._blanks = Blanks()
        self._read_last: dict[str, Mapping[str, Json]] = {}
        """By id, the fields of issues that were made and have been read since the last write."""
        self._changes: dict[str, dict[str, Any]] = {}
        """By the moment that tells of it, what somebody else changed."""
        self._sent: dict[str, Mapping[str, Json]] = {}
        """By the id of an issue that has not been read since it was made, the fields that were sent."""
        self._written_to: set[str] = set()
        """Issues to which the program may have added parts that no answer told."""
        self._workflow = Workflow()
        self._fields: dict[str, dict[str, Json]] = {}

    def take(self, call: Call, observation: Observation) -> None:
        """Take the next step."""
        status = observation.status or 0
        place = self._canonical(called_place(call))
        if not 200 <= status < 500 or status in (401, 404):
            return
        if call.reads and status < 300:
            self._read(call, place, observation.body)
        self._need(place)
        if not call.reads and status < 300:
            self._read_last.clear()
            self._count(call, place, observation)
            self._written(call, place, observation.body)
        if status < 300:
            self._workflow.take(call, place, observation.body)
        self._note_fields(observation.body)

    def facts(self) -> Iterator[dict[str, Json]]:
        """All that was there before, what others hang on first."""
        ordered = sorted(self._shown.items(), key=lambda item: (item[0].kind.startswith("issue"), len(item[0].of)))
        for place, shown in ordered:
            about = {"about": self._key_of(place.of[0])} if place.kind in _PARTS else {}
            yield _fact(place.kind, place.id, place.of, shown.resource, shown.after) | about
        for own, custom in self._fields.items():
            yield _fact("field", own, (), custom)
        for (project, own), transition in self._workflow.transitions(self._key_of).items():
            yield _fact("transition", own, (project,), transition)
        for (project, own), blank in self._blanks.facts():
            yield _fact("blank", own, (project,), blank)
        for project, counter in self._counters.items():
            yield _fact("counter", project, (), counter)
        for moment, change in self._changes.items():
            yield _fact("change", change["id"], (), {**change["resource"], "seen": moment})
        for (words, of, _), view in self._views.items():
            yield _fact("list" if "members" in view else "view", words, of, view)

    def _canonical(self, place: Place) -> Place:
        """The place with issues by their ids, as far as these are known."""
        if not place.kind.startswith("issue"):
            return place
        own = self._names.get(place.id, place.id) if place.kind == "issue" else place.id
        return Place(place.kind, own, tuple(self._names.get(name, name) for name in place.of))

    def _key_of(self, issue: str) -> str:
        return next((key for key, own in self._names.items() if own == issue), issue)

    def _read(self, call: Call, place: Place, body: Json) -> None:
        self._show_all(body)
        if isinstance(body, list) and body and all(isinstance(member, dict) and "self" in member for member in body):
            self._view(call, place, _list(body))
        elif _SEARCH.search(place.kind) and isinstance(body, dict):
            self._view(call, place, {"answer": _without_issues(body), "found": self._found(body)})
        elif place.kind in _COUNTED or (not _has_own_link(body) and place.kind != "issue"):
            self._view(call, Place(place.kind, "", (*place.of, place.id) if place.id else place.of), {"answer": body})
        elif place.kind == "issue" and isinstance(body, dict):
            if place_of(str(body.get("self"))) is None:
                self._show(place, body)  # its link is not readable
            self._note_change(body)

    def _note_change(self, issue: Mapping[str, Json]) -> None:
        """What reads otherwise than before though the program wrote nothing: somebody else was at it."""
        own, fields = str(issue.get("id")), issue.get("fields")
        if own not in self._made or not isinstance(fields, dict):
            return
        before = self._read_last.get(own, fields)
        self._read_last[own] = fields
        if before.get(UPDATED) == fields.get(UPDATED) or not isinstance(fields.get(UPDATED), str):
            return
        changed = {name: value for name, value in fields.items() if name in before and before[name] != value}
        told = {name: value for name, value in changed.items() if not is_moment(value)}
        change = {"key": issue.get("key"), "fields": told, "moments": [name for name in changed if name not in told]}
        self._changes[str(fields[UPDATED])] = {"id": own, "resource": change}

    def _found(self, body: Mapping[str, Json]) -> list[Json]:
        """The issues that a search found, but for those that the program made: of these the twin knows all."""
        issues = body.get("issues")
        return [one["id"] for one in issues if one.get("id") not in self._made] if isinstance(issues, list) else []

    def _view(self, call: Call, place: Place, view: dict[str, Json]) -> None:
        """The first answer of an endpoint about something that the program has not made."""
        sent = call.arguments.get("body")
        query = calls.query_of(calls.template_of(call.operation), call.arguments)
        query |= dict(sent) if isinstance(sent, Mapping) else {}
        if self._made.isdisjoint(place.of):
            key = (place.kind, place.of, json.dumps(query, sort_keys=True, default=str))
            self._views.setdefault(key, {"query": query, **view})

    def _show_all(self, body: Json) -> None:
        for link, resource in linked(body):
            found = place_of(link)
            if found and found.id:
                self._note_name(found, resource)
                self._note_blank(resource)
                self._show(self._canonical(found), resource)

    def _note_name(self, place: Place, resource: Mapping[str, Json]) -> None:
        key, own = resource.get("key"), resource.get("id")
        if place.kind == "issue" and isinstance(key, str) and isinstance(own, str):
            self._names[key] = own
            self._rename(key, own)

    def _note_blank(self, issue: Mapping[str, Json]) -> None:
        """What a new issue has when it is read first."""
        sent = self._sent.pop(str(issue.get("id")), None)
        if sent is not None and not self._blanks.take(issue, sent):
            self._sent[str(issue["id"])] = sent

    def _rename(self, key: str, own: str) -> None:
        """What was known by the issue's key only is known by its id."""
        known = self._shown.pop(Place("issue", key), None)
        if known is not None and own not in self._made:
            self._shown.setdefault(Place("issue", own), known).resource.setdefault("key", key)

    def _show(self, place: Place, resource: Mapping[str, Json]) -> None:
        shown = self._note(place)
        if shown is not None:
            _complete(shown.resource, resource)
            shown.seen = True

    def _note(self, place: Place) -> _Shown | None:
        if place.id in self._made or (not self._made.isdisjoint(place.of) and not self._is_others(place)):
            return None
        return self._shown.setdefault(place, _Shown())

    def _is_others(self, place: Place) -> bool:
        """Whether somebody else wrote a part of an issue that the program made: what it writes, answers tell."""
        return place.kind in _PARTS and place.of[0] not in self._written_to

    def _need(self, place: Place) -> None:
        """What a call names was there, and what its path leads through."""
        if place.of:
            self._note(self._canonical(Place(place.kind.partition("/")[0], place.of[0])))
        if place.id:
            self._note(place)

    def _written(self, call: Call, place: Place, body: Json) -> None:
        """What a POST answers with was made by it; what a write names is no longer as it was."""
        self._note_parent(place, body)
        place = self._canonical(place)
        made = body if isinstance(body, dict) and call.operation.startswith("POST ") else {}
        own = made.get("id")
        if isinstance(own, str | int) and Place(place.kind, str(own), place.of) not in self._shown:
            self._make(str(own), made)
            sent = call.arguments.get("body")
            if place.kind == "issue" and isinstance(sent, dict):
                self._sent[str(own)] = sent.get("fields") or {}
        self._note_parts(call, place)
        self._show_all({name: value for name, value in made.items() if name != "self"})
        parent = Place(place.kind.partition("/")[0], place.of[0]) if place.of else place
        for name in {place, parent}:
            shown = self._shown.get(name)
            if shown and not shown.seen:
                shown.after.append(call.operation)
        if not made:
            self._show_all(body)

    def _note_parts(self, call: Call, place: Place) -> None:
        """An edit, a transition or a link may add comments and worklogs of which its answer tells nothing."""
        sent = call.arguments.get("body") if place.kind not in _PARTS else None
        update = (sent.get("update") or {}) | sent if isinstance(sent, dict) else {}
        if _PART_NAMES & update.keys():
            self._written_to |= self._made

    def _count(self, call: Call, place: Place, observation: Observation) -> None:
        """The first id of its kind that the program gets: an answer has it, or the header that says where it is."""
        if not call.operation.startswith("POST ") or place.id or place.kind == "issue":
            return
        made = observation.body.get("id") if isinstance(observation.body, dict) else None
        answer = observation.exchanges[-1].response if observation.exchanges else None
        found = place_of(answer.header("location") or "") if answer else None
        own = str(made if made is not None else found.id if found and found.kind == place.kind else "")
        if own.isdigit():
            self._counters.setdefault(place.kind, {"next_id": own})

    def _note_parent(self, place: Place, body: Json) -> None:
        """An answer's own link has the id of the issue that the call named by its key."""
        found = place_of(str(body.get("self"))) if isinstance(body, dict) else None
        if found and found.of and place.of and place.kind == found.kind and _KEY.fullmatch(place.of[0]):
            self._names.setdefault(place.of[0], found.of[0])
            self._rename(place.of[0], found.of[0])

    def _note_fields(self, tree: Json) -> None:
        """What answers tell of custom fields: by their names and schemas, and by the form of their values."""
        if isinstance(tree, list):
            for item in tree:
                self._note_fields(item)
        if not isinstance(tree, dict):
            return
        names, schemas = tree.get("names"), tree.get("schema")
        if isinstance(names, dict) and isinstance(schemas, dict):
            for own in names.keys() & schemas.keys():
                if own.startswith(_CUSTOM):
                    self._fields[own] = {"name": names[own], "schema": schemas[own]}
        for own, value in (tree.get("fields") or {}).items() if isinstance(tree.get("fields"), dict) else ():
            if own.startswith(_CUSTOM) and isinstance(value, str) and (schema := _told_by_form(value)):
                self._fields.setdefault(own, {"name": own, "schema": schema})
        self._note_fields(tree.get("issues"))

    def _make(self, own: str, made: Mapping[str, Json]) -> None:
        self._made.add(own)
        key = made.get("key")
        if isinstance(key, str):
            self._made.add(key)
            self._names[key] = own
            if found := _KEY.fullmatch(key):
                self._counters.setdefault(found[1], {"next": int(found[2]), "next_id": own})


def _without_issues(body: Mapping[str, Json]) -> Json:
    """What an answer to a search tells besides issues."""
    return {name: value for name, value in body.items() if name != "issues"}


def _told_by_form(value: str) -> dict[str, Json] | None:
    return next((dict(schema) for form, schema in _TYPES_BY_FORM.items() if form.match(value)), None)


def _list(members: Sequence[Any]) -> dict[str, Json]:
    """A list of things: of which kind, below which, and their ids."""
    places = [found for member in members if (found := place_of(member["self"]))]
    first = places[0] if places else Place("", "")
    return {"members": [found.id for found in places], "kind": first.kind, "of": list(first.of)}


def _has_own_link(body: Json) -> bool:
    return isinstance(body, dict) and isinstance(body.get("self"), str)


def _fact(
    kind: str, own: str, of: Sequence[str], resource: dict[str, Json], after: Sequence[str] = ()
) -> dict[str, Json]:
    return {"kind": kind, "id": own, "of": list(of), "resource": resource, "after": list(after)}


def _complete(known: dict[str, Json], more: Mapping[str, Json]) -> None:
    """Add what is not known yet, in depth; what is known stays as it was first."""
    for name, value in more.items():
        if name not in known:
            known[name] = _copied(value)
        elif isinstance(known[name], dict) and isinstance(value, dict):
            _complete(known[name], value)


def _copied(tree: Json) -> Json:
    return {name: _copied(value) for name, value in tree.items()} if isinstance(tree, dict) else tree
