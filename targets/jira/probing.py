"""Finds out what methods of the SDK send, by calling them with marks for arguments on a transport that sends nothing.

A mark is a text, number, list or object that is nowhere else: where it turns up in the request is where the argument
goes. A flag is turned over instead; what changes in the request is what it does.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from conformance.programs.trees import leaves
from conformance.recordings.model import Json, Request
from targets.jira.client import new_client
from targets.jira.flavours import Flavour
from targets.jira.requests import canonical
from targets.jira.stub import Stub, new_resource
from targets.jira.surface import BODY, Endpoint, Parameter

SITE = "http://site"
_NOT_CALLS = re.compile(r"_|close$|find$|async_do$|client_info$|get_igrid$|backup|reindex|supports_service_desk$")
"""Members of the client that are no calls of one endpoint, or not of the REST API."""
_NO_RESOURCES = ("Resource", "AgileResource", "UnknownResource", "TimeTracking")
"""Classes that stand for no resource of their own."""
_OWN_METHODS = ("update", "delete")
"""Methods of resources that send something; ``find`` is how the client itself reads them."""
_MOMENT = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)
_marks = count(9_010_001)


@dataclass(frozen=True)
class _Method:
    """A method of the SDK, bound to something that it can be called on."""

    name: str
    call: Callable[..., Any]
    signature: inspect.Signature
    stub: Stub

    def request(self, arguments: Mapping[str, Any]) -> Request | None:
        """The first request that holds all marks among the arguments; what comes before it are look-ups."""
        marks = [mark for mark in arguments.values() if not isinstance(mark, bool)]
        self.stub.wanted = lambda request: all(_place(request, mark) for mark in marks)
        found = self.stub.caught(lambda: self.call(**arguments))
        return canonical(found) if found else None


def endpoints(flavour: Flavour, *, informed: bool = True) -> list[Endpoint]:
    """All endpoints that the SDK reaches on a site of that flavour."""
    stub = Stub()
    client = new_client(SITE, flavour, stub, informed=informed)
    methods = [*_client_methods(client, stub), *_resource_methods(client, stub)]
    return [endpoint for method in methods for endpoint in _probe(method, informed)]


def _client_methods(client: Any, stub: Stub) -> Iterator[_Method]:
    for name, function in vars(import_module("jira").JIRA).items():
        if not _NOT_CALLS.match(name) and inspect.isfunction(function):
            yield _Method(name, getattr(client, name), _signature(function), stub)


def _resource_methods(client: Any, stub: Stub) -> Iterator[_Method]:
    module = import_module("jira.resources")
    for name, kind in vars(module).items():
        if not inspect.isclass(kind) or not issubclass(kind, module.Resource) or name in _NO_RESOURCES:
            continue
        for own in _OWN_METHODS:
            resource = new_resource(client, name, _link(client, kind))
            if resource is not None and (own in vars(kind) or _is_mark(resource.self.rpartition("/")[2])):
                yield _Method(f"{name}.{own}", getattr(resource, own), _signature(getattr(kind, own)), stub)


def _link(client: Any, kind: Any) -> str:
    """A link to such a resource, in which the ids are marks; "" where none is known."""
    try:
        blank = kind(client._options, client._session)
    except TypeError:
        return ""
    path = re.sub(r"\{\w*\}", lambda _: str(next(_marks)), blank._resource)
    link: str = blank._get_url(path)
    return link


def _signature(function: Any) -> inspect.Signature:
    """Some decorators of the SDK hide what they decorate: it is looked for in their closures."""
    found = inspect.signature(function)
    kinds = {parameter.kind for parameter in found.parameters.values()}
    if kinds == {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}:
        hidden = [cell.cell_contents for cell in function.__closure__ or () if inspect.isfunction(cell.cell_contents)]
        return _signature(hidden[0]) if hidden else found
    return found


def _probe(method: _Method, informed: bool) -> Iterator[Endpoint]:
    """The endpoint of a method, and those to which its flags turn it."""
    declared = [p for p in method.signature.parameters.values() if p.name != "self"]
    for base in _bases(method, declared):
        optional = [p for p in declared if p.name not in base and p.kind is not p.VAR_POSITIONAL]
        yield _Reading(method, base, optional, informed).endpoint()
        for flag in optional:
            if isinstance(flag.default, bool) and _goes_elsewhere(method, base, flag):
                turned = {flag.name: not flag.default}
                rest = [p for p in optional if p is not flag]
                yield _Reading(method, base | turned, rest, informed, tuple(turned.items())).endpoint()


def _goes_elsewhere(method: _Method, base: Mapping[str, Any], flag: inspect.Parameter) -> bool:
    here, there = method.request(base), method.request({**base, flag.name: not flag.default})
    return here is not None and there is not None and here.method != there.method


def _bases(method: _Method, declared: list[inspect.Parameter]) -> Iterator[dict[str, Any]]:
    """Marks with which the method sends something: for what it requires, else for one thing more each time."""
    required = [p for p in declared if p.default is p.empty and p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    marks = {parameter.name: _candidates(parameter)[0] for parameter in required}
    if method.request(marks) is not None:
        yield marks
        return
    for parameter in declared:
        alternatives = [] if parameter.kind is parameter.VAR_KEYWORD else _candidates(parameter)
        for mark in alternatives if not isinstance(parameter.default, bool) else ():
            if method.request({**marks, parameter.name: mark}) is not None:
                yield {**marks, parameter.name: mark}
                break


def _candidates(parameter: inspect.Parameter) -> list[Any]:
    """Marks of the kinds that the parameter may take, the likeliest first."""
    said = str(parameter.annotation)
    number = next(_marks)
    an_object = {"project": {"id": "1"}, "issuetype": {"id": "1"}, "mark": str(number)}
    kinds = {"datetime": _MOMENT, "str": str(number), "dict": an_object, "list": [str(number)], "int": number}
    likely = [kind for kind in kinds if re.search(rf"\b{kind}\b", said)]
    return [kinds[kind] for kind in dict.fromkeys([*likely, "str", "dict", "list", "int"])]


class _Reading:
    """Reads the endpoint of a method off what it sends for ``base``, arguments that are marks."""

    def __init__(
        self,
        method: _Method,
        base: Mapping[str, Any],
        optional: list[inspect.Parameter],
        informed: bool,
        fixed: tuple[tuple[str, Json], ...] = (),
    ) -> None:
        self._method = method
        self._base = base
        self._optional = optional
        self._informed = informed
        self._fixed = fixed
        request = method.request(base)
        assert request is not None, "its marks were found in it"
        self._request = request
        self._names = path_names(request.path)

    def endpoint(self) -> Endpoint:
        """The endpoint, with all parameters whose way is known."""
        fixed = dict(self._fixed)
        required = [self._parameter(name, mark, True) for name, mark in self._base.items() if name not in fixed]
        optional = [self._tried(parameter) for parameter in self._optional]
        found = tuple(parameter for parameter in (*required, *optional) if parameter)
        template = "/".join(self._names[0])
        return Endpoint(self._request.method, template, self._method.name, found, self._fixed, self._informed)

    def _tried(self, declared: inspect.Parameter) -> Parameter | None:
        if isinstance(declared.default, bool):
            return self._flag(declared)
        if declared.kind is declared.VAR_KEYWORD:
            return self._members(declared)
        for mark in _candidates(declared):
            sent = self._method.request({**self._base, declared.name: mark})
            if sent and sent.method == self._request.method:
                return self._parameter(declared.name, mark, False, sent)
        return None

    def _members(self, declared: inspect.Parameter) -> Parameter | None:
        mark = str(next(_marks))
        sent = self._method.request({**self._base, "mark": mark})
        placed = sent and _place(sent, mark)
        if not placed or placed[0] != BODY or placed[-1] != "mark":
            return None
        return Parameter(declared.name, placed[:-1], "members")

    def _flag(self, declared: inspect.Parameter) -> Parameter | None:
        turned = self._method.request({**self._base, declared.name: not declared.default})
        if turned is None or turned.method != self._request.method:
            return None
        for place, sent in _said(turned).items():
            if _said(self._request).get(place) != sent:
                return Parameter(declared.name, place, "flag", value=not declared.default, sent=sent)
        return None

    def _parameter(self, name: str, mark: Any, required: bool, sent: Request | None = None) -> Parameter:
        placed = _place(sent or self._request, mark)
        assert placed is not None, "a mark is looked for before"
        if placed[0] == "path":
            placed = ("path", self._names[1][placed[1]])
        return Parameter(name, placed, _kind(mark), required, always=placed in _said(self._request))


def _kind(mark: Any) -> str:
    kinds = {dict: "object", list: "list", int: "number", datetime: "moment"}
    return kinds.get(type(mark), "text")


def path_names(path: str) -> tuple[list[str], dict[str, str]]:
    """The segments of the template of a path whose ids are marks, and the parameters' names by mark."""
    segments: list[str] = []
    names: dict[str, str] = {}
    for segment in path.split("/"):
        if _is_mark(segment):
            name = parameter_name(segments, names.values())
            names[segment] = name
            segments.append(f"{{{name}}}")
        else:
            segments.append(segment)
    return segments, names


def parameter_name(before: list[str], taken: Any) -> str:
    """A name for the id that comes after these segments: ``issueId`` after ``issue``."""
    word = next((re.sub(r"\W", "", part) for part in reversed(before) if not part.startswith("{")), "")
    name = f"{_singular(word) or 'it'}Id"
    return name if name not in taken else f"sub{name[0].upper()}{name[1:]}"


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us")) else word


def _is_mark(text: str) -> bool:
    return text.isdecimal() and len(text) == 7 and text.startswith("90")


def _said(request: Request) -> dict[tuple[str, ...], Json]:
    """All that a request says, by place."""
    said: dict[tuple[str, ...], Json] = {("query", name): value for name, value in _pairs(request)}
    said |= {(BODY, *map(str, path)): value for path, value in leaves(request.json)}
    return said


def _pairs(request: Request) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(request.uri).query, keep_blank_values=True)


def _place(request: Request, mark: Any) -> tuple[str, ...] | None:
    """Where a mark went: ``("path", mark)``, ``("query", name)`` or ``("body", key, …)``."""
    if isinstance(mark, (dict, list, datetime)):
        return _place_of_tree(request, mark)
    text = str(mark)
    if text in unquote(request.path).split("/"):
        return "path", text
    named = next((name for name, value in _pairs(request) if value == text), None)
    if named is not None:
        return "query", named
    found = next((path for path, value in leaves(request.json) if str(value) == text), None)
    return None if found is None else (BODY, *map(str, found))


def _place_of_tree(request: Request, mark: Any) -> tuple[str, ...] | None:
    if isinstance(mark, list):
        named = next((name for name, value in _pairs(request) if value == mark[0]), None)
        if named is not None:
            return "query", named
    return next(_trees(request.json, mark), None)


def _trees(tree: Json, mark: Any, path: tuple[str, ...] = (BODY,)) -> Iterator[tuple[str, ...]]:
    """Where a tree equals the mark, or is the moment as text."""
    same_moment = isinstance(mark, datetime) and isinstance(tree, str) and tree.startswith(f"{mark:%Y-%m-%dT%H:%M:%S}")
    if same_moment or (not isinstance(mark, datetime) and _plain(tree) == _plain(mark)):
        yield path
    elif isinstance(tree, dict):
        for key, value in tree.items():
            yield from _trees(value, mark, (*path, key))


def _plain(tree: Json) -> str:
    return json.dumps(tree, sort_keys=True, default=str)
