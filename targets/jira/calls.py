"""From arguments as they are on the wire to a call of the SDK.

A call's arguments are those of the request: path parameters and query parameters by name (a list where one is sent
several times), and ``body``. Which Python argument each of them is, the surface knows; what a method cannot be told is
left to the SDK's generic calls (``_get_json``, ``_session.post``), whose names mark them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote

from conformance.recordings.model import Json
from targets.jira.requests import defaults_for
from targets.jira.stub import new_resource
from targets.jira.surface import BODY, Endpoint, Parameter

VERSION_OPTION = "rest_api_version"
"""An argument that is an option of the client: ``latest``, where the site was asked for that."""
GENERIC_GET = "_get_json"
_MISSING = object()
_MOMENT = "%Y-%m-%dT%H:%M:%S.%f%z"
_PARAMETER = re.compile(r"\{(\w+)\}")


class NotSayable(Exception):
    """A method of the SDK cannot be told these arguments."""


def is_generic(sdk_call: str) -> bool:
    """Whether a call is none of a method for its endpoint."""
    return sdk_call.startswith("_")


def generic_name(method: str) -> str:
    """The SDK's generic call for a method."""
    return GENERIC_GET if method == "GET" else f"_session.{method.lower()}"


def template_of(operation: str) -> str:
    """The path template of an operation."""
    return operation.partition(" ")[2].partition("#")[0]


def path_of(template: str, arguments: Mapping[str, Json]) -> str:
    """The path with its parameters filled in, percent-encoded."""
    return _PARAMETER.sub(lambda name: quote(str(arguments.get(name[1], "")), safe=""), template)


def in_version(path: str, version: str) -> str:
    """The path as a site is asked in that version of the API."""
    return re.sub(r"^/rest/api/\w+", f"/rest/api/{version}", path)


def query_of(template: str, arguments: Mapping[str, Json]) -> dict[str, Json]:
    """The arguments that are query parameters."""
    others = {*_PARAMETER.findall(template), BODY, VERSION_OPTION}
    return {name: value for name, value in arguments.items() if name not in others}


def bound(client: Any, endpoint: Endpoint, arguments: Mapping[str, Json], link: str) -> Callable[[], Any]:
    """The SDK's method with its arguments; ``link`` is the ``self`` link of the resource whose method it is.

    Raises:
        NotSayable: the method cannot be told these arguments.
    """
    if not endpoint.resource:
        return partial(getattr(client, endpoint.name), **python_arguments(endpoint, arguments))
    resource = new_resource(client, endpoint.resource, link)
    if resource is None:
        raise NotSayable(endpoint.sdk_call)
    return partial(getattr(resource, endpoint.name), **python_arguments(endpoint, arguments))


def bound_generic(
    client: Any, sdk_call: str, template: str, arguments: Mapping[str, Json], base_url: str
) -> Callable[[], Any]:
    """A generic call of the SDK."""
    path, query = (
        in_version(path_of(template, arguments), client._options[VERSION_OPTION]),
        query_of(template, arguments),
    )
    if sdk_call == GENERIC_GET:
        return partial(client._get_json, "", params=query or None, base=_literal(f"{base_url}{path}"))
    method = getattr(client._session, sdk_call.rpartition(".")[2])
    more = {"json": arguments[BODY]} if BODY in arguments else {}
    return partial(method, f"{base_url}{path}", params=query or None, allow_redirects=False, **more)


def _literal(url: str) -> str:
    """A URL that stays as it is where the SDK fills in templates."""
    return url.replace("{", "{{").replace("}", "}}")


def python_arguments(endpoint: Endpoint, arguments: Mapping[str, Json]) -> dict[str, Any]:
    """Arguments of the SDK's method.

    Raises:
        NotSayable: one that it must have is not there, or is of another kind.
    """
    found: dict[str, Any] = dict(endpoint.fixed)
    defaults = defaults_for(endpoint.template)
    taken: set[tuple[str, ...]] = set()
    for parameter in endpoint.parameters:
        value = _value(parameter, arguments)
        if value is _MISSING and parameter.always:
            value = defaults.get("".join(parameter.place[1:2]), _MISSING)
        if value is _MISSING or parameter.place in taken:
            if parameter.required:
                raise NotSayable(parameter.python)
            continue  # of several parameters for one place, the first is the one that is meant for it
        taken.add(parameter.place)
        found |= _converted(parameter, value)
    return found


def _value(parameter: Parameter, arguments: Mapping[str, Json]) -> Any:
    where, *rest = parameter.place
    if where != BODY:
        return arguments.get(rest[0], _MISSING)
    value: Any = arguments.get(BODY, _MISSING)
    for place, key in enumerate(rest):
        if isinstance(value, list):
            if place == len(rest) - 1:
                return value  # marked in a list's first member: the argument is the list
            value = value[0] if key == "0" and len(value) == 1 else _MISSING
        else:
            value = value.get(key, _MISSING) if isinstance(value, dict) else _MISSING
    return value


def _converted(parameter: Parameter, value: Any) -> dict[str, Any]:
    if parameter.kind == "flag":
        return {parameter.python: parameter.value} if str(value).lower() == str(parameter.sent).lower() else {}
    if parameter.kind == "members":
        if not isinstance(value, dict):
            raise NotSayable(parameter.python)
        return dict(value)
    if parameter.place[0] != "query":
        return {parameter.python: _moment(parameter, value) if parameter.kind == "moment" else value}
    return {parameter.python: _from_query(parameter, value)}


def _from_query(parameter: Parameter, value: Any) -> Any:
    if parameter.kind == "list":
        return value if isinstance(value, list) else [value]
    text = ",".join(map(str, value)) if isinstance(value, list) else value
    if parameter.kind != "number" or not isinstance(text, str | int):  # a written reference is passed on
        return text
    if not re.fullmatch(r"-?\d+", str(text)):
        raise NotSayable(parameter.python)
    return int(text)


def _moment(parameter: Parameter, value: Any) -> datetime:
    try:
        return datetime.strptime(value, _MOMENT)
    except (TypeError, ValueError):
        raise NotSayable(parameter.python) from None
