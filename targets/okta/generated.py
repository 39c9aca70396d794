"""Reads the generated API classes of okta 3.x.

Every operation is a method ``x`` with a helper ``_x_serialize`` in which the generator wrote down, always in the same
words, what goes where: ``_path_params["userId"] = user_id``, ``_query_params.append(("limit", limit))``,
``_body_params = user``, and ``param_serialize(method="GET", resource_path="/api/v1/users/{userId}", ...)``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from targets.okta.surface import Body, Endpoint, Parameter

Function = ast.FunctionDef | ast.AsyncFunctionDef
KINDS = {
    "StrictInt": "integer",
    "int": "integer",
    "StrictBool": "boolean",
    "bool": "boolean",
    "StrictFloat": "number",
    "float": "number",
    "List": "list",
}
_PLACES = {"_path_params": "path", "_header_params": "header", "_files": "file"}
_OWN_HEADERS = frozenset({"Accept", "Content-Type"})


def endpoints(sdk: Path) -> Iterator[Endpoint]:
    """All operations of the SDK whose package is the folder ``sdk``."""
    for source in sorted((sdk / "api").glob("*_api.py")):
        for node in ast.parse(source.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef):
                yield from _of_class(node)


def _of_class(api: ast.ClassDef) -> Iterator[Endpoint]:
    functions = {node.name: node for node in api.body if isinstance(node, Function)}
    for name, function in functions.items():
        helper = functions.get(f"_{name}_serialize")
        if helper is not None:
            yield _endpoint(function, helper)


def _endpoint(function: Function, helper: Function) -> Endpoint:
    sent = next(node for node in ast.walk(helper) if _is_call_of(node, "param_serialize"))
    fixed = {keyword.arg: keyword.value for keyword in sent.keywords}  # type: ignore[attr-defined]  # it is a Call
    types = {arg.arg: arg.annotation for arg in function.args.args if arg.annotation is not None}
    return Endpoint(
        method=ast.literal_eval(fixed["method"]),
        template=ast.literal_eval(fixed["resource_path"]),
        sdk_call=function.name,
        parameters=tuple(_parameters(helper, types)),
        body=_body(helper, types),
        answer=_answer(function),
    )


def _is_call_of(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "attr", "") == name


def _parameters(helper: Function, types: dict[str, ast.expr]) -> Iterator[Parameter]:
    styles = _styles(helper)
    for name, value, place in _placed(helper):
        python = _variable(value)
        if python in types and not (place == "header" and name in _OWN_HEADERS):
            kind, required = _kind(types[python])
            yield Parameter(name, python, place, kind, required, styles.get(name) == "multi")


def _placed(helper: Function) -> Iterator[tuple[str, ast.expr, str]]:
    """Names on the wire, each with the expression whose value is sent, and where it goes."""
    for node in ast.walk(helper):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            held = node.targets[0]
            place = _PLACES.get(getattr(held.value, "id", ""))
            if place:
                yield ast.literal_eval(held.slice), node.value, place
        elif _is_call_of(node, "append") and getattr(node.func.value, "id", "") == "_query_params":  # type: ignore[attr-defined]  # it is a Call
            name, value = node.args[0].elts  # type: ignore[attr-defined]  # the generator appends pairs
            yield ast.literal_eval(name), value, "query"


def _variable(value: ast.expr) -> str:
    """The variable in ``x``, ``x.value`` or ``x.strftime(...)``; "" where there is none."""
    while isinstance(value, (ast.Attribute, ast.Call)):
        value = value.value if isinstance(value, ast.Attribute) else value.func
    return value.id if isinstance(value, ast.Name) else ""


def _styles(helper: Function) -> dict[str, str]:
    for node in ast.walk(helper):
        if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "_collection_formats":
            found: dict[str, str] = ast.literal_eval(node.value) if node.value else {}
            return found
    return {}


def _body(helper: Function, types: dict[str, ast.expr]) -> Body | None:
    for node in ast.walk(helper):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "_body_params":
            python = _variable(node.value)
            if python in types:
                inner, required = _unwrapped(types[python])
                listed = _name(inner) == "List"
                model = _name(inner.slice if isinstance(inner, ast.Subscript) else inner)
                return Body(python, model if re.match(r"[A-Z]", model) else "", listed, required)
    return None


def _kind(annotation: ast.expr) -> tuple[str, bool]:
    inner, required = _unwrapped(annotation)
    return KINDS.get(_name(inner), "string"), required


def _unwrapped(annotation: ast.expr) -> tuple[ast.expr, bool]:
    """The type inside ``Annotated`` and ``Optional``, and whether a value is required."""
    required = True
    while isinstance(annotation, ast.Subscript) and _name(annotation) in ("Annotated", "Optional"):
        required = required and _name(annotation) != "Optional"
        inner = annotation.slice
        annotation = inner.elts[0] if isinstance(inner, ast.Tuple) else inner
    return annotation, required


def _name(annotation: ast.expr) -> str:
    if isinstance(annotation, ast.Subscript):
        annotation = annotation.value
    return annotation.id if isinstance(annotation, ast.Name) else ""


def _answer(function: Function) -> str:
    """The type of the documented 2xx answer, as the SDK writes it (``List[User]``); "" for none."""
    for node in ast.walk(function):
        if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "_response_types_map":
            types = ast.literal_eval(node.value) if node.value else {}
            return next((str(name) for status, name in types.items() if status[0] == "2" and name), "")
    return ""
