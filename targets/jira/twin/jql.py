"""What a query means for the issues of a site: which fit, and in which order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from targets.jira.twin import documents, functions
from targets.jira.twin.fields import definitions, project_named
from targets.jira.twin.grammar import BadQuery, Clause, Condition, Empty, Logic, Operand, Text, parse
from targets.jira.twin.site import Resource, Site

Predicate = Callable[[Resource], bool | None]
"""Whether an issue fits; None where too little is known of it."""
NAMES = ("id", "key", "name", "value", "accountId", "displayName", "emailAddress")
"""Members by which a value may be called in a query."""
TEXTS = ("summary", "description", "environment")
"""Fields that ``text ~`` looks through, besides comments."""

_WORDS = re.compile(r"\w+")
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
        if clause.operator.startswith(("was", "changed")):
            return self._history(clause, field)
        operator = clause.operator
        operands = tuple(_resolved(field, operand) for operand in clause.operands)
        for operand in operands:
            self._check(clause, field, operand)
        fits = self._operated(field, NEGATIVE.get(operator, operator), operands, operator in NEGATIVE)
        return lambda issue: None if self._is_untold(issue, field) else fits(issue)

    def _history(self, clause: Clause, field: str) -> Predicate:
        """``was``: what an issue has been, of which the twin knows statuses only."""
        if field not in WITH_HISTORY:
            raise BadQuery(f"History searches do not support the '{clause.field}' field.")
        if field != "status" or clause.operator == "changed":
            raise functions.NotWorkedOut(f"what {clause.field} has been")
        sought = [str(value) for operand in clause.operands for value in self._values(operand)]

        def fits(issue: Resource) -> bool:
            been = [issue["fields"].get("status"), *issue.get("~was", ())]
            return any(_is_called(one, word) for one in been if one for word in sought)

        return (lambda issue: not fits(issue)) if "not" in clause.operator else fits

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
        """Raises BadQuery for an operator that the field does not have, and for a value that it cannot have."""
        kind = str((definitions(self.site).get(field) or {}).get("schema", {}).get("type", ""))
        if clause.operator not in OPERATORS.get(field, OPERATORS.get(kind, (clause.operator,))):
            raise BadQuery(f"The operator '{clause.operator}' is not supported by the '{clause.field}' field.")
        if not isinstance(operand, Text) or clause.operator in ("~", "!~"):
            return
        if kind in ("date", "datetime") and self._moment(operand.text) is None:
            raise BadQuery(BAD_DATE.format(operand.text, clause.field))
        if field == "issuekey" and self.site.issue(operand.text) is None:
            raise BadQuery(f"An issue with key '{operand.text}' does not exist for field '{clause.field}'.")
        if field in KINDS and not self._exists(KINDS[field], operand.text):
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
            yield from functions.values(self.site, operand)

    def _moment(self, value: Any) -> datetime | None:
        return functions.moment(self.site, value)

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


WITH_HISTORY = frozenset({"assignee", "fixVersions", "priority", "reporter", "resolution", "status"})
"""Fields of which a query may ask what they were."""
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
_IS = ("is", "is not")
_EQUAL = ("=", "!=", "in", "not in", *_IS)
_LIKE = ("~", "!~", *_IS)
_BOUNDED = (*_EQUAL, ">", ">=", "<", "<=")
OPERATORS = {
    **dict.fromkeys(("project", "issuetype", "status", "user", "labels"), _EQUAL),
    **dict.fromkeys(("summary", "description", "environment", "comment"), _LIKE),
    **dict.fromkeys(("priority", "resolution", "issuekey", "date", "datetime"), _BOUNDED),
}
"""Operators that fields have, by id or by type; others may have any."""
BAD_DATE = (
    "Date value '{}' for field '{}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', "
    "'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."
)
NEGATIVE = {"!=": "=", "!~": "~", "not in": "in", "is not": "is", "not": "="}
"""Operators that deny others."""
ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    ">": lambda left, right: bool(left > right),
    "<": lambda left, right: bool(left < right),
    ">=": lambda left, right: bool(left >= right),
    "<=": lambda left, right: bool(left <= right),
}


def _resolved(field: str, operand: Operand) -> Operand:
    """Issues that nobody resolved have a resolution by that name."""
    is_none = field == "resolution" and isinstance(operand, Text) and operand.text.lower() == "unresolved"
    return Empty() if is_none else operand


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
