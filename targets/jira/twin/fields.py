"""Fields of issues: which there are, and what becomes of a value that is sent for one.

A field's schema says of which type its values are. Values are kept as answers show them: who sends the name of a
priority reads all of the priority.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from conformance.recordings.model import Json
from targets.jira.twin import documents, people, times
from targets.jira.twin.context import Context
from targets.jira.twin.presets import bare_project, system_fields
from targets.jira.twin.site import BASE, Resource, Site

TEXT_AREA = "com.atlassian.jira.plugin.system.customfieldtypes:textarea"
LONG_TEXTS = frozenset({"description", "environment"})
"""System fields whose values are documents in version 3."""
READ_ONLY = frozenset(
    (
        *("created", "updated", "creator", "status", "statusCategory", "resolutiondate", "workratio", "progress"),
        *("aggregateprogress", "votes", "watches", "lastViewed", "subtasks", "thumbnail", "issuekey"),
        *("statuscategorychangedate", "timespent", "aggregatetimespent", "comment", "worklog", "attachment"),
    )
)
"""Fields that nobody sets by sending them."""


class BadValue(ValueError):
    """A value that a field does not take; the text is Jira's."""


# --- which there are


def definitions(site: Site) -> dict[str, Resource]:
    """All fields of a site by id, as the list of fields shows them."""
    return {**system_fields(site.deployment), **site.shelf("field")}


def definition(site: Site, field: str) -> Resource | None:
    """A field of a site, by id."""
    return site.get("field", (), field) or system_fields(site.deployment).get(field)


def schema_of(site: Site, field: str) -> Resource:
    """The schema of a field; {} where it is not known."""
    known: Resource | None = (definition(site, field) or {}).get("schema")
    return known or {}


def holds_document(site: Site, field: str) -> bool:
    """Whether the values of a field are long texts."""
    return field in LONG_TEXTS or schema_of(site, field).get("custom") == TEXT_AREA


def screens(site: Site) -> Iterator[Resource]:
    """What is known of the screens on which issues are made and edited: fields by id."""
    yield from (screen for _, screen in site.all("screen"))


def choices(site: Site, field: str) -> Iterator[Resource]:
    """The values that may be chosen in a field, as far as screens tell."""
    for screen in screens(site):
        yield from (screen.get(field) or {}).get("allowedValues") or ()


# --- what becomes of what is sent


def stored(context: Context, field: str, value: Json) -> Any:
    """What is kept of a value that was sent.

    Raises:
        BadValue: the field does not take it.
    """
    schema = schema_of(context.site, field)
    if value is None:
        return [] if schema.get("type") == "array" else None
    if holds_document(context.site, field):
        return _long_text(context, value)
    return _converted(context, field, str(schema.get("type", "")), schema, value)


def _converted(context: Context, field: str, kind: str, schema: Resource, value: Json) -> Any:
    if kind == "array":
        return _many(context, field, schema, value)
    convert = CONVERTERS.get(kind)
    return convert(context, field, value) if convert else _guessed(context, field, value)


def _many(context: Context, field: str, schema: Resource, value: Json) -> Any:
    if not isinstance(value, list):
        raise BadValue("data was not an array")
    item = str(schema.get("items", ""))
    if field == "labels":
        return _labels(value)
    return [_converted(context, field, item, {}, one) for one in value]


def _labels(labels: list[Any]) -> list[str]:
    """A set, shown in order."""
    for label in labels:
        if " " in str(label):
            raise BadValue(f"The label '{label}' contains spaces which is invalid.")
    return sorted({str(label) for label in labels})


def _long_text(context: Context, value: Json) -> Json:
    if context.has_documents and not documents.is_document(value):
        raise BadValue("Operation value must be an Atlassian Document (see the Atlassian Document Format)")
    if not context.has_documents and not isinstance(value, str):
        raise BadValue("Operation value must be a string")
    return value or None


def _text(_: Context, __: str, value: Json) -> Json:
    if not isinstance(value, str):
        raise BadValue("Operation value must be a string")
    return value or None


def _number(_: Context, __: str, value: Json) -> Json:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadValue("Operation value must be a number")
    return float(value)


def _date(_: Context, __: str, value: Json) -> Json:
    """A day; the time of a moment is left out."""
    if not re.match(r"\d{4}-\d\d-\d\d(?:T|$)", str(value)):
        raise BadValue("Error parsing date string: " + str(value))
    return str(value)[:10]


def _user(context: Context, _: str, value: Json) -> Json:
    name = people.named_in(value)
    if not name or name == "-1":
        return None
    user = people.meant(context.site, name)
    if user is None:
        raise BadValue(f"User '{name}' does not exist.")
    return people.in_others(user)


def _named(kind: str, called: str) -> Callable[[Context, str, Json], Json]:
    """Converts references by id or name to things of a kind."""

    def convert(context: Context, field: str, value: Json) -> Json:
        found = referred(context.site, kind, value) or _chosen(context.site, field, value)
        if found is not None:
            return found
        if context.site.is_seeded and kind in ("component", "version", "securitylevel"):
            return _made_up(context.site, kind, value)  # nobody told which there are
        how = "id" if isinstance(value, dict) and "id" in value else "name"
        raise BadValue(f"{called} {how} '{_word(value)}' is not valid")

    return convert


def referred(site: Site, kind: str, value: Json) -> Resource | None:
    """The thing of a kind that a reference means: ``{"id": …}``, ``{"key": …}`` or ``{"name": …}``."""
    if not isinstance(value, dict):
        return site.named(kind, str(value))
    if value.get("id") is not None:
        return site.get(kind, (), str(value["id"]))
    if value.get("key") is not None:
        return next((one for one in site.shelf(kind).values() if one.get("key") == value["key"]), None)
    return site.named(kind, str(value["name"])) if value.get("name") is not None else None


def _chosen(site: Site, field: str, value: Json) -> Resource | None:
    """The choice on a screen that a reference means."""
    for choice in choices(site, field):
        if any(_word(value) == str(choice.get(name)) for name in ("id", "value", "name", "key")):
            return dict(choice)
    return None


def _word(value: Json) -> str:
    if not isinstance(value, dict):
        return str(value)
    return str(next((value[name] for name in ("id", "value", "name", "key") if value.get(name) is not None), ""))


def _made_up(site: Site, kind: str, value: Json) -> Resource:
    own = site.new_id(kind)
    made = {"self": f"{BASE}/rest/api/2/{kind}/{own}", "id": own, "name": _word(value)}
    return site.put(kind, (), own, made)


def _option(context: Context, field: str, value: Json) -> Json:
    chosen = _chosen(context.site, field, value)
    if chosen is not None:
        return chosen
    known = (one for _, one in context.site.all("customFieldOption") if _word(value) in (one["id"], one["value"]))
    return next(known, None) or _new_option(context.site, value)


def _new_option(site: Site, value: Json) -> Resource:
    own = site.new_id("customFieldOption")
    made = {"self": f"{BASE}/rest/api/2/customFieldOption/{own}", "value": _word(value), "id": own}
    return site.put("customFieldOption", (), own, made)


def _cascade(context: Context, field: str, value: Json) -> Json:
    parent = _option(context, field, value)
    child = value.get("child") if isinstance(value, dict) else None
    return {**_as_object(parent), "child": _option(context, field, child)} if child else parent


def _as_object(value: Json) -> Resource:
    return value if isinstance(value, dict) else {}


def _guessed(context: Context, field: str, value: Json) -> Json:
    """A value of a field whose type is not known: options and users show by their form, all else is echoed."""
    if isinstance(value, list):
        return [_guessed(context, field, one) for one in value]
    if isinstance(value, dict) and value.keys() <= {"value", "child"}:
        return _cascade(context, field, value)
    if isinstance(value, dict) and ("accountId" in value or (value.keys() == {"name"} and _is_user(context, value))):
        return _user(context, field, value)
    return value


def _is_user(context: Context, value: Resource) -> bool:
    return people.find(context.site, str(value["name"])) is not None


def _issue(context: Context, _: str, value: Json) -> Json:
    name = _word(value)
    found = context.site.issue(name)
    if found is None:
        raise BadValue("Could not find issue by id or key.")
    return {"id": found["id"], "key": found["key"]}


def project_named(site: Site, value: Json) -> Resource | None:
    """The project that a reference means. A site of which no project is known may have any."""
    if isinstance(value, dict) and not isinstance(value.get("id"), str | int) and "key" not in value:
        value = {"key": value.get("name", "")}
    found = referred(site, "project", value)
    if found is None and site.is_seeded and isinstance(value, dict):
        nameless = next((one for one in site.shelf("project").values() if one.get("~guessed")), None)
        if nameless is not None and "id" in value:
            return _learn_id(site, nameless, str(value["id"]))
        if not site.shelf("project"):
            own, key = str(value.get("id") or site.new_id("project")), str(value.get("key") or "PROJECT")
            found = site.put("project", (), own, bare_project(site, key, own))
    return found


def _learn_id(site: Site, project: Resource, own: str) -> Resource:
    """A project that was only known by its key turns out to have this id."""
    site.remove("project", (), project["id"])
    return site.put("project", (), own, bare_project(site, project["key"], own))


def _project(context: Context, _: str, value: Json) -> Json:
    found = project_named(context.site, value)
    if found is None:
        raise BadValue("valid project is required")
    names = ("self", "id", "key", "name", "projectTypeKey", "simplified", "avatarUrls", "projectCategory")
    return {name: found[name] for name in names if name in found}


def _issue_type(context: Context, _: str, value: Json) -> Json:
    found = referred(context.site, "issuetype", value)
    if found is None:
        raise BadValue("issue type is required")
    hidden = ("untranslatedName", "scope", "expand", "fields")
    return {name: value for name, value in found.items() if name not in hidden}


def _priority(context: Context, field: str, value: Json) -> Json:
    found = _as_object(_named("priority", "Priority")(context, field, value))
    return {name: found[name] for name in ("self", "iconUrl", "name", "id") if name in found}


def _tracked(context: Context, _: str, value: Json) -> Json:
    if not isinstance(value, dict):
        raise BadValue("Operation value must be an object")
    return {name: times.seconds(str(text)) for name, text in value.items() if name in times.ESTIMATES}


CONVERTERS: dict[str, Callable[[Context, str, Json], Any]] = {
    "string": _text,
    "number": _number,
    "date": _date,
    "user": _user,
    "project": _project,
    "issuetype": _issue_type,
    "priority": _priority,
    "resolution": _named("resolution", "Resolution"),
    "securitylevel": _named("securitylevel", "Security level"),
    "component": _named("component", "Component"),
    "version": _named("version", "Version"),
    "option": _option,
    "option-with-child": _cascade,
    "issuelink": _issue,
    "timetracking": _tracked,
}
"""By type in the schema; values of other types are echoed."""
