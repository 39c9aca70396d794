"""What a query means for the issues of a site: which fit, and in which order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from targets.jira.twin import documents, people
from targets.jira.twin.fields import definitions, project_named
from targets.jira.twin.grammar import BadQuery, Clause, Condition, Empty, Function, Logic, Operand, Text, parse
from targets.jira.twin.site import Resource, Site, parsed

Predicate = Callable[[Resource], bool | None]
"""Whether an issue fits; None where too little is known of it."""
NAMES = ("id", "key", "name", "value", "accountId", "displayName", "emailAddress")
"""Members by which a value may be called in a query."""
TEXTS = ("summary", "description", "environment")
"""Fields that ``text ~`` looks through, besides comments."""
UNITS = {"y": 365 * 24 * 60, "M": 30 * 24 * 60, "w": 7 * 24 * 60, "d": 24 * 60, "h": 60, "m": 1}
"""Minutes."""

_WORDS = re.compile(r"\w+")
_RELATIVE = re.compile(r"([+-]?)(\d+)\s*([yMwdhm])")
_KEY = re.compile(r"(.*)-(\d+)")


@dataclass(frozen=True)
class Meaning:
    """A query in the light of one site.

    ``told`` has the ids of the issues that the site is known to have found by this query, in order; it is None where
    nobody has told. Then what is not known of an issue is nothing; else the issue fits if it was found.
    """

    site: Site
    told: tuple[str, ...] | None = None

    # --- which issues

    def found(self, text: str) -> list[Resource]:
        """The issues that fit, in order.

        Raises:
            BadQuery: the query is wrong, or names what is not there.
        """
        query = parse(text)
        fits = self._predicate(query.where)
        order = [(field, down) for name, down in query.order if (field := self._sorting(name))]
        known = (issue for issue in self.site.shelf("issue").values() if issue["fields"])
        return self._sorted([issue for issue in known if self._belongs(issue, fits(issue))], order)

    def _belongs(self, issue: Resource, fits: bool | None) -> bool:
        """Whether an issue is found. What was found before, and was not changed, is found again."""
        if fits or not self.told or issue["id"] not in self.told:
            return bool(fits)
        return fits is None or issue["fields"].get("updated") == issue.get("~seen", "")

    def _sorting(self, name: str) -> str | None:
        """The field to sort by; None for one that is not known, though the site is known to have sorted by it."""
        try:
            return self._field(name)
        except BadQuery:
            if self.told is None:
                raise
            return None

    def _predicate(self, where: Condition | None) -> Predicate:
        if where is None:
            return lambda _: True
        if isinstance(where, Logic):
            parts = [self._predicate(part) for part in where.parts]
            return partial(COMBINED[where.word], parts)
        try:
            return self._clause(where)
        except BadQuery:
            if self.told is None:
                raise
            return lambda _: None

    def _clause(self, clause: Clause) -> Predicate:
        if clause.field.lower() in SPECIAL:
            return SPECIAL[clause.field.lower()](self, clause)
        field = self._field(clause.field)
        operator = clause.operator.removeprefix("was").strip() or "="
        if operator == "changed" or (clause.operator.startswith("was") and field != "status"):
            raise BadQuery(f"Error in the JQL Query: History searches do not support the '{clause.field}' field.")
        for operand in clause.operands:
            self._check(clause, field, operand)
        fits = self._operated(field, NEGATIVE.get(operator, operator), clause.operands, operator in NEGATIVE)
        return lambda issue: None if self._is_untold(issue, field) else fits(issue)

    def _is_untold(self, issue: Resource, field: str) -> bool:
        """Whether nobody told what an issue has in a field, and it shows nowhere else."""
        if self.told is None or issue.get("~made") or field in ("issuekey", "project"):
            return False
        return DERIVED.get(field, field) not in issue["fields"]

    def _operated(self, field: str, operator: str, operands: tuple[Operand, ...], negative: bool) -> Predicate:
        holds = self._holds(field, operator, [value for operand in operands for value in self._values(operand)])
        if not negative:
            return holds
        if operator == "is":
            return lambda issue: not holds(issue)
        return lambda issue: bool(_members(self._read(issue, field))) and not holds(issue)

    def _holds(self, field: str, operator: str, operands: list[Any]) -> Predicate:
        if operator in ORDERED:
            return self._compared(field, ORDERED[operator], operands)
        test = _contains if operator == "~" else _is_called
        return lambda issue: any(self._matches(issue, field, value, test) for value in operands)

    def _matches(self, issue: Resource, field: str, value: Any, test: Callable[[Any, str], bool]) -> bool:
        members = _members(self._read(issue, field))
        if value is None:
            return not members
        if isinstance(value, datetime):
            return any((moment := self._moment(one)) and _same_minute(moment, value) for one in members)
        return any(test(one, str(value)) for one in members)

    def _compared(self, field: str, holds: Callable[[Any, Any], bool], operands: list[Any]) -> Predicate:
        bound = operands[0] if operands else None

        def fits(issue: Resource) -> bool:
            return any(holds(*pair) for one in _members(self._read(issue, field)) if (pair := self._pair(one, bound)))

        return fits

    def _pair(self, value: Any, bound: Any) -> tuple[Any, Any] | None:
        """Two values that can be compared: numbers, moments, priorities by rank, keys by number."""
        if isinstance(value, int | float):
            return (float(value), float(bound)) if re.fullmatch(r"-?\d+(\.\d+)?", str(bound)) else None
        if isinstance(value, dict):
            other = next((one for one in self._rank(value) if _is_called(one, str(bound))), None)
            return (-self._place(value), -self._place(other)) if other else None
        left, right = self._moment(value), bound if isinstance(bound, datetime) else self._moment(bound)
        if left and right:
            return left, right
        return _sortable(str(value)), _sortable(str(bound))

    def _rank(self, value: Resource) -> list[Resource]:
        return list(self.site.shelf("priority").values())

    def _place(self, value: Resource) -> int:
        ids = list(self.site.shelf("priority"))
        return ids.index(value["id"]) if value.get("id") in ids else len(ids)

    # --- fields

    def _field(self, name: str) -> str:
        """The id of the field that a query calls so.

        Raises:
            BadQuery: there is none.
        """
        sought = name.lower()
        for own, field in definitions(self.site).items():
            known = {own.lower(), *(clause.lower() for clause in field.get("clauseNames") or ())}
            if sought in known or (field.get("custom") and sought == str(field["name"]).lower()):
                return str(own)
        raise BadQuery(f"Field '{name}' does not exist or you do not have permission to view it.")

    def _read(self, issue: Resource, field: str) -> Any:
        if field == "issuekey":
            return {"id": issue["id"], "key": issue["key"]}
        if field == "project" and not issue["fields"].get("project"):
            key = issue["key"].rpartition("-")[0]
            return next((one for one in self.site.shelf("project").values() if one["key"] == key), {"key": key})
        if field == "statusCategory":
            return (issue["fields"].get("status") or {}).get("statusCategory")
        if field == "watches":
            return (issue["fields"].get("watches") or {}).get("watchCount")
        if field == "comment":
            return [one["body"] for one in self.site.shelf("issue/comment", (issue["id"],)).values()]
        return issue["fields"].get(field)

    def _check(self, clause: Clause, field: str, operand: Operand) -> None:
        """Raises BadQuery for a value that the field cannot have."""
        kind = KINDS.get(field)
        if (
            kind
            and isinstance(operand, Text)
            and clause.operator not in ("~", "!~")
            and not self._exists(kind, operand.text)
        ):
            raise BadQuery(f"The value '{operand.text}' does not exist for the field '{clause.field}'.")

    def _exists(self, kind: str, name: str) -> bool:
        if kind == "project":
            return self._project_exists(name)
        if kind == "version" and self.site.is_seeded and not self.site.shelf(kind):
            return True  # nobody told which there are
        return any(_is_called(one, name) for one in self.site.shelf(kind).values())

    def _project_exists(self, name: str) -> bool:
        known = list(self.site.shelf("project").values())
        return any(_is_called(one, name) for one in known) or (not known and bool(self._accept_project(name)))

    def _accept_project(self, name: str) -> Resource | None:
        return project_named(self.site, {"id": name} if name.isdigit() else {"key": name})

    # --- values

    def _values(self, operand: Operand) -> Iterator[Any]:
        if isinstance(operand, Empty):
            yield None
        elif isinstance(operand, Text):
            yield operand.text
        else:
            yield from self._called(operand)

    def _called(self, function: Function) -> Iterator[Any]:
        name = function.name.lower()
        if name == "currentuser":
            yield people.id_of(self.site, self.site.me)
        elif name in BOUNDS or name == "now":
            yield self._bound(name, function.arguments)
        elif name in ("unreleasedversions", "releasedversions"):
            released = name == "releasedversions"
            yield from (one["name"] for one in self.site.shelf("version").values() if one.get("released") == released)
        else:
            raise BadQuery(f"Unable to find JQL function '{function.name}({', '.join(function.arguments)})'.")

    def _bound(self, name: str, arguments: tuple[str, ...]) -> datetime:
        """Now, or where a day, week, month or year begins or ends, moved by an argument (``-1d``)."""
        moment = self._now() if name == "now" else BOUNDS[name](self._now())
        for argument in arguments:
            moment += _span(argument if argument[-1:].isalpha() else argument + name[-1:]) or timedelta()
        return moment

    def _now(self) -> datetime:
        return self.site.clock.moment.astimezone(self.site.zone)

    def _moment(self, value: Any) -> datetime | None:
        """A moment as answers or queries write it: absolute, or so long ago (``-2w``)."""
        if isinstance(value, datetime) or not isinstance(value, str):
            return value if isinstance(value, datetime) else None
        if span := _span(value):
            return self._now() + span
        text = value.strip().replace("/", "-")
        if not re.match(r"\d{4}-\d\d?-\d\d?", text):
            return None
        try:
            moment = parsed(text if "T" in text else text.replace(" ", "T", 1))
        except ValueError:
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=self.site.zone)

    # --- order

    def _sorted(self, issues: list[Resource], order: list[tuple[str, bool | None]]) -> list[Resource]:
        """By the fields that were named, and before that as they were told, or by key, downwards."""
        ordered = sorted(issues, key=lambda issue: _sortable(issue["key"]), reverse=True)
        places = {own: place for place, own in enumerate(self.told or ())}
        ordered.sort(key=lambda issue: places.get(issue["id"], -1))
        for field, down in reversed(order):
            ordered.sort(key=lambda issue: self._sort_key(issue, field), reverse=bool(down))
        return ordered

    def _sort_key(self, issue: Resource, field: str) -> tuple[Any, ...]:
        value = self._read(issue, field)
        if field == "issuekey":
            return (0, *_sortable(issue["key"]))
        if field == "priority" and value:
            return (0, -self._place(value))
        members = _members(value)
        if not members:
            return (1,)
        moment = self._moment(members[0])
        one = members[0]
        if moment:
            return (0, moment.astimezone(UTC).timestamp())
        if isinstance(one, int | float):
            return (0, one)
        return (
            0,
            str(one.get("name") or one.get("displayName") or one.get("value"))
            if isinstance(one, dict)
            else str(one).lower(),
        )


DERIVED = {"statusCategory": "status"}
"""Fields that are told by others."""
KINDS = {
    "project": "project",
    "components": "component",
    "status": "status",
    "issuetype": "issuetype",
    "priority": "priority",
    "resolution": "resolution",
    "fixVersions": "version",
    "versions": "version",
}
"""The kinds of things that fields hold of which a query must not name one that is not there."""
NEGATIVE = {"!=": "=", "!~": "~", "not in": "in", "is not": "is", "not": "="}
"""Operators that deny others."""
ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    ">": lambda left, right: bool(left > right),
    "<": lambda left, right: bool(left < right),
    ">=": lambda left, right: bool(left >= right),
    "<=": lambda left, right: bool(left <= right),
}


def _any_of(parts: list[Predicate], issue: Resource) -> bool | None:
    found = [part(issue) for part in parts]
    return True if True in found else None if None in found else False


def _all_of(parts: list[Predicate], issue: Resource) -> bool | None:
    found = [part(issue) for part in parts]
    return False if False in found else None if None in found else True


def _not(parts: list[Predicate], issue: Resource) -> bool | None:
    fits = parts[0](issue)
    return None if fits is None else not fits


COMBINED: dict[str, Callable[[list[Predicate], Resource], bool | None]] = {"or": _any_of, "and": _all_of, "not": _not}
"""Logic of three values: an issue may fit, not fit, or nobody knows."""


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _next_month(moment: datetime) -> datetime:
    return (_midnight(moment).replace(day=28) + timedelta(days=4)).replace(day=1)


BOUNDS: dict[str, Callable[[datetime], datetime]] = {
    "startofday": _midnight,
    "endofday": lambda moment: _midnight(moment) + timedelta(days=1, seconds=-1),
    "startofweek": lambda moment: _midnight(moment) - timedelta(days=(moment.weekday() + 1) % 7),
    "endofweek": lambda moment: _midnight(moment) + timedelta(days=7 - (moment.weekday() + 1) % 7, seconds=-1),
    "startofmonth": lambda moment: _midnight(moment).replace(day=1),
    "endofmonth": lambda moment: _next_month(moment) - timedelta(seconds=1),
    "startofyear": lambda moment: _midnight(moment).replace(month=1, day=1),
    "endofyear": lambda moment: _midnight(moment).replace(month=12, day=31) + timedelta(days=1, seconds=-1),
}
"""Functions that give a moment."""


def _span(text: str) -> timedelta | None:
    """``-1w 2d``: so long from now; without a sign, ago."""
    parts = _RELATIVE.findall(text)
    if not parts or _RELATIVE.sub("", text).strip():
        return None
    sign = -1 if parts[0][0] == "-" else 1
    return sign * timedelta(minutes=sum(int(number) * UNITS[unit] for _, number, unit in parts))


def _same_minute(left: datetime, right: datetime) -> bool:
    return left.replace(second=0, microsecond=0) == right.astimezone(left.tzinfo).replace(second=0, microsecond=0)


def _members(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return [] if value is None or value == "" else [value]


def _is_called(value: Any, name: str) -> bool:
    """Whether a value may be called so."""
    if isinstance(value, dict):
        return any(str(value[member]).lower() == name.lower() for member in NAMES if value.get(member) is not None)
    if isinstance(value, int | float) and re.fullmatch(r"-?\d+(\.\d+)?", name):
        return float(value) == float(name)
    return str(value).lower() == name.lower()


def _contains(value: Any, sought: str) -> bool:
    """Whether a text has all the words that are sought; ``word*`` begins with it, ``\"a b\"`` is a phrase."""
    text = str(
        documents.as_text(value) if not isinstance(value, dict) or documents.is_document(value) else value.get("name")
    )
    if sought.startswith('"') and sought.endswith('"') and len(sought) > 1:
        return " ".join(_words(sought)) in " ".join(_words(text))
    known = _words(text)
    return all(_has_word(known, word) for word in re.findall(r"[\w*?]+", sought.lower()))


def _has_word(known: list[str], word: str) -> bool:
    if word.endswith("*"):
        return any(one.startswith(word.rstrip("*")) for one in known)
    return word in known


def _words(text: str) -> list[str]:
    return _WORDS.findall(text.lower())


def _sortable(text: str) -> tuple[str, int]:
    found = _KEY.fullmatch(text)
    return (found[1], int(found[2])) if found else (text.lower(), 0)


# --- fields that are none of an issue's


def _text_anywhere(meaning: Meaning, clause: Clause) -> Predicate:
    """``text ~``: in any of an issue's texts, or in its comments."""
    sought = [str(value) for operand in clause.operands for value in meaning._values(operand)]

    def fits(issue: Resource) -> bool:
        texts = [issue["fields"].get(name) for name in TEXTS] + meaning._read(issue, "comment")
        return any(_contains(text, one) for one in sought for text in texts if text)

    return fits if clause.operator == "~" else lambda issue: not fits(issue)


def _in_filter(meaning: Meaning, clause: Clause) -> Predicate:
    """``filter =``: what the query of a saved filter finds."""
    filters = [meaning.site.get("filter", (), name) or meaning.site.named("filter", name) for name in _texts(clause)]
    for name, known in zip(_texts(clause), filters, strict=True):
        if known is None and not meaning.site.is_seeded:
            raise BadQuery(f"The value '{name}' does not exist for the field '{clause.field}'.")
    parts = [meaning._predicate(parse(known["jql"]).where) for known in filters if known and known.get("jql")]
    unknown = any(known is None for known in filters)

    def fits(issue: Resource) -> bool:
        return unknown or any(part(issue) for part in parts)

    return fits if clause.operator in ("=", "in") else lambda issue: not fits(issue)


def _texts(clause: Clause) -> list[str]:
    return [operand.text for operand in clause.operands if isinstance(operand, Text)]


SPECIAL: dict[str, Callable[[Meaning, Clause], Predicate]] = {"text": _text_anywhere, "filter": _in_filter}
SPECIAL |= {"savedfilter": _in_filter, "searchrequest": _in_filter, "request": _in_filter}
"""Words of queries that are no fields."""


def found(site: Site, text: str, told: tuple[str, ...] | None = None) -> list[Resource]:
    """The issues that fit a query, in order (see ``Meaning`` for ``told``). Raises BadQuery."""
    return Meaning(site, told).found(text)


def restricts(text: str) -> bool:
    """Whether a query has any condition. Raises BadQuery."""
    return parse(text).where is not None
