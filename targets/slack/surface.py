"""The surface of the SDK: what its client's methods are called, and how they put their arguments on the wire.

Read off the SDK's source without importing it. Both clients have the same methods; the asynchronous one sends GET
where a method declares it, the other sends POST whatever is declared.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import metadata
from pathlib import Path
from types import MappingProxyType

from conformance.target import Operation, Sdk, find_sdk
from targets.slack.contract import contract

DISTRIBUTION = "slack-sdk"
MISSING = "slack-sdk is not installed; install it with: pip install 'sdk-conformance[slack]'."

API_CALL = "api_call"
"""The SDK's method for API methods that it does not know."""

ANY = "POST /api/{method}"
"""The operation of API methods that the SDK does not know."""

UPLOAD = "files_upload_v2"
"""The SDK's method that makes three kinds of requests."""

UPLOAD_OPERATION = "POST /upload/v1"

_READING = re.compile(r"\.(?:list|info|get|test|history|replies)$")
_STRUCTURED = re.compile(r"\b(?:[Dd]ict|Block|RichTextBlock|Attachment|View|Chunk|\w*Metadata)\b")
_LISTED = re.compile(r"\b(?:Sequence|List)\[str\]")
_FILE = re.compile(r"\b(?:IOBase|bytes)\b")


@dataclass(frozen=True)
class Parameter:
    """A declared parameter.

    ``kind`` is ``text``, ``integer``, ``boolean``, ``texts`` (a list that goes out joined by commas), ``structure``
    (JSON) or ``file``. ``as_text`` says that a structure may also be given as JSON text.
    """

    name: str
    kind: str
    required: bool = False
    as_text: bool = False


@dataclass(frozen=True)
class Method:
    """A method of the client. ``api`` is the API's name for it, ``python`` the SDK's.

    ``verb`` is what goes over the wire, which says little: most that only read go as POST, a few that write as GET.
    ``carrier`` is ``params`` (a form, or the query of a GET), ``json`` or ``data``.
    """

    api: str
    python: str
    verb: str = "POST"
    carrier: str = "params"
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    declared: str = "POST"
    """The verb that the SDK's source declares."""

    @property
    def operation(self) -> str:
        """``METHOD path``."""
        return f"{self.verb} /api/{self.api}"

    @property
    def reads(self) -> bool:
        """Whether it changes nothing: by its name, else as the contract declares it, else the SDK."""
        declared = contract().methods.get(self.api)
        return bool(_READING.search(self.api)) or (declared.verb if declared else self.declared) == "GET"

    def kind(self, name: str) -> str:
        """The kind of the parameter ``name``; ``text`` for one that is not declared."""
        known = self.parameters.get(name)
        return known.kind if known else "text"

    def required(self) -> Iterator[str]:
        """Names of the parameters that the SDK demands."""
        return (name for name, parameter in self.parameters.items() if parameter.required)


class Surface:
    """All methods of one client of one SDK version."""

    def __init__(self, methods: Mapping[str, Method]) -> None:
        self.methods = methods
        """By the API's names."""

    @property
    def operations(self) -> Mapping[str, Operation]:
        """What the engine wants to know of them: the API's methods, and the upload that is made of several."""
        known = {method.operation: Operation(method.operation, method.python) for method in self.methods.values()}
        return MappingProxyType({**known, UPLOAD_OPERATION: Operation(UPLOAD_OPERATION, UPLOAD)})

    def reads(self, operation: str) -> bool:
        """Whether an operation changes nothing."""
        method = self.methods.get(operation.rpartition("/")[2])
        return method is not None and method.reads

    def method(self, api: str) -> Method:
        """The method that the API calls ``api``; one that the SDK can only reach by ``api_call`` where it has none."""
        return self.methods.get(api) or Method(api, API_CALL)


def installed_sdk() -> Sdk:
    """Name and version of the SDK.

    Raises:
        BadConfiguration: it is not installed.
    """
    return find_sdk(DISTRIBUTION, MISSING)


@cache
def surface(*, nonblocking: bool) -> Surface:
    """The surface of the installed SDK's client; only the one that does not block sends what is declared.

    Raises:
        BadConfiguration: the SDK is not installed.
    """
    installed_sdk()
    path = Path(str(metadata.distribution(DISTRIBUTION).locate_file("slack_sdk/web/client.py")))
    methods = _methods(ast.parse(path.read_text("utf-8")))
    return Surface({m.api: replace(m, verb=m.declared if nonblocking else "POST") for m in methods})


def _methods(source: ast.Module) -> Iterator[Method]:
    client = next(node for node in source.body if isinstance(node, ast.ClassDef) and node.name == "WebClient")
    for function in client.body:
        if isinstance(function, ast.FunctionDef):
            call = next(filter(_is_api_call, ast.walk(function)), None)
            if isinstance(call, ast.Call):
                yield _method(function, call)


def _is_api_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == API_CALL


def _method(function: ast.FunctionDef, call: ast.Call) -> Method:
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    api = ast.literal_eval(call.args[0])
    verb = ast.literal_eval(given["http_verb"]) if "http_verb" in given else "POST"
    carrier = next((name for name in ("json", "data") if name in given), "params")
    return Method(api, function.name, verb, carrier, {p.name: p for p in _parameters(function)}, verb)


def _parameters(function: ast.FunctionDef) -> Iterator[Parameter]:
    arguments = function.args
    positional = arguments.args[1:]
    without = len(positional) - len(arguments.defaults)
    for place, argument in enumerate(positional):
        yield _parameter(argument, required=place < without)
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield _parameter(argument, required=default is None)


def _parameter(argument: ast.arg, *, required: bool) -> Parameter:
    declared = argument.annotation or ast.Name("str")
    return Parameter(argument.arg, _kind(ast.unparse(declared)), required, "str" in _alternatives(declared))


def _alternatives(annotation: ast.expr) -> Iterator[str]:
    """The types that an annotation allows, without their parameters."""
    if isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value) in ("Optional", "Union"):
        inner = annotation.slice
        for one in inner.elts if isinstance(inner, ast.Tuple) else (inner,):
            yield from _alternatives(one)
    else:
        yield ast.unparse(annotation)


def _kind(annotation: str) -> str:
    if _FILE.search(annotation):
        return "file"
    if _STRUCTURED.search(annotation):
        return "structure"
    if _LISTED.search(annotation):
        return "texts"
    if "bool" in annotation:
        return "boolean"
    return "integer" if "int" in annotation and "str" not in annotation else "text"
